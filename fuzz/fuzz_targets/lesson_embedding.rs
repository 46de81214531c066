//! See [`grantlab_fuzz::lesson_embedding`].
#![cfg_attr(fuzzing, no_main)]

grantlab_fuzz::target!(lesson_embedding);
