//! See [`grantlab_fuzz::navigation`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(navigation);
