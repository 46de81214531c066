//! See [`grantlab_fuzz::json`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(json);
