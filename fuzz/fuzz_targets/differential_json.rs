//! See [`grantlab_fuzz::differential_json`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(differential_json);
