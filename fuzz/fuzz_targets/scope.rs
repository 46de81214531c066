//! See [`grantlab_fuzz::scope`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(scope);
