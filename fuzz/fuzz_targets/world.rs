//! See [`grantlab_fuzz::world`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(world);
