//! See [`grantlab_fuzz::bearer`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(bearer);
