//! See [`grantlab_fuzz::location`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(location);
