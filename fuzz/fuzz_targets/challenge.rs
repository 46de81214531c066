//! See [`grantlab_fuzz::challenge`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(challenge);
