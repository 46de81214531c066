//! See [`grantlab_fuzz::differential_redirect`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(differential_redirect);
