//! See [`grantlab_fuzz::basic`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(basic);
