//! See [`grantlab_fuzz::url`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(url);
