//! See [`grantlab_fuzz::key_set`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(key_set);
