//! See [`grantlab_fuzz::id_token`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(id_token);
