//! The resource server.
