//! See [`grantlab_fuzz::scenario_file`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(scenario_file);
