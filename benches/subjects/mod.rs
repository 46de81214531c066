//! What is measured: servers that turn the octets of a request into the octets of a response.

pub(crate) mod floor;
pub(crate) mod grantlab;
pub(crate) mod oauth_as;
pub(crate) mod oxide_auth;
pub(crate) mod requests;

/// A server, with everything that it keeps.
pub(crate) trait Subject {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// What it does not do although grantlab does, or does otherwise.
    fn leaves_out(&self) -> &'static str;

    /// Answers one request; `response` is empty before.
    fn answer(&mut self, request: &[u8], response: &mut Vec<u8>);
}
