//! The grant store.
