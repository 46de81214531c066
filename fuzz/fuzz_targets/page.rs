//! See [`grantlab_fuzz::page`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(page);
