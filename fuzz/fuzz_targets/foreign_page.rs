//! See [`grantlab_fuzz::foreign_page`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(foreign_page);
