//! See [`grantlab_fuzz::http_response`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(http_response);
