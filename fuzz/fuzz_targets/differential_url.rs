//! See [`grantlab_fuzz::differential_url`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(differential_url);
