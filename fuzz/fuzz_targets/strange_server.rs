//! See [`grantlab_fuzz::strange_server`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(strange_server);
