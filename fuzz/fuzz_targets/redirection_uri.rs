//! See [`grantlab_fuzz::redirection_uri`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(redirection_uri);
