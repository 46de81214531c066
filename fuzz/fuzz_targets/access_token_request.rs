//! See [`grantlab_fuzz::access_token_request`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(access_token_request);
