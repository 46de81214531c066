//! See [`grantlab_fuzz::pkce`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(pkce);
