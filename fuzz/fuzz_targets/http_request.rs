//! See [`grantlab_fuzz::http_request`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(http_request);
