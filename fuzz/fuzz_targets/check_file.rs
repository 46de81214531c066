//! See [`grantlab_fuzz::check_file`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(check_file);
