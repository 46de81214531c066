//! See [`grantlab_fuzz::target_file`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(target_file);
