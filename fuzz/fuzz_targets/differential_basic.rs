//! See [`grantlab_fuzz::differential_basic`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(differential_basic);
