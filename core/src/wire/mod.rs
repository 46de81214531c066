//! Octets to fields and back.
//!
//! This layer splits and joins, keeps order and repeats, and judges nothing.
//! Every octet string gets a defined answer: a value, or an error that names the octet and what was expected
//! there. Whatever is written here is read back as the same value.

pub mod base64url;
pub mod basic;
pub mod bearer;
pub mod cookie;
pub mod form;
pub mod http;
pub mod json;
pub mod location;
pub(crate) mod octets;
mod out;
pub mod page;

pub use out::Out;
