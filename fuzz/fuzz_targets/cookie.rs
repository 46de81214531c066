//! See [`grantlab_fuzz::cookie`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(cookie);
