//! See [`grantlab_fuzz::form`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(form);
