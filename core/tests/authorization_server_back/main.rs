//! The back half of the authorization server and its store, driven one message at a time.

mod client_authentication;
mod driver;
mod hostile;
mod other_endpoints;
mod races;
mod redemption;
mod refresh;
mod responses;
