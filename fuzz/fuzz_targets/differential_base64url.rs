//! See [`grantlab_fuzz::differential_base64url`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(differential_base64url);
