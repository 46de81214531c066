//! See [`grantlab_fuzz::authorization_request`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(authorization_request);
