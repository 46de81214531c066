//! The back half of the authorization server and its store, driven one message at a time.

#[cfg(test)]
mod binding;
#[cfg(test)]
mod client_authentication;
#[cfg(test)]
mod client_registration;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod octets;
#[cfg(test)]
mod other_endpoints;
#[cfg(test)]
mod races;
#[cfg(test)]
mod redemption;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod responses;
