//! See [`grantlab_fuzz::differential_form`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(differential_form);
