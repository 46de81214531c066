//! See [`grantlab_fuzz::authorization_response`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(authorization_response);
