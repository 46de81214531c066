//! What a client is told at its redirection URI: an authorization response, as it came.

use grantlab_core::http::{Body, Fields, Request};
use grantlab_core::wire::{form, location};

use super::words::Channel;

/// An authorization response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The URI as it was written, with its parameters.
    pub uri: String,
    /// The status of the redirect; 200 for a form that a page sends.
    pub status: u16,
    /// How the parameters travelled. A redirect without any travelled by its query.
    pub channel: Channel,
    /// The parameters in their order, with repeats: those of the query, then those of the fragment.
    pub parameters: Vec<(String, String)>,
}

impl Callback {
    /// What a redirect says.
    #[must_use]
    pub fn of_location(uri: &str, status: u16) -> Self {
        let (before, fragment) = uri.split_once('#').unwrap_or((uri, ""));
        let query = before.split_once('?').map_or("", |(_, query)| query);
        let in_fragment = parameters(fragment);
        let channel = match in_fragment.is_empty() {
            true => Channel::Query,
            false => Channel::Fragment,
        };
        let mut all = parameters(query);
        all.extend(in_fragment);
        Self {
            uri: uri.to_owned(),
            status,
            channel,
            parameters: all,
        }
    }

    /// What a form says that a page of the target sends.
    #[must_use]
    pub fn of_form(request: &Request) -> Self {
        let uri = location::text(&request.url);
        let body = match &request.body {
            Body::Form(encoded) => form::octets(encoded).into_owned(),
            Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => {
                return Self::of_location(&uri, 200);
            }
        };
        Self {
            uri,
            status: 200,
            channel: Channel::FormPost,
            parameters: parameters(&body),
        }
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.parameters
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The pairs of a query. What cannot be decoded is kept as it is.
fn parameters(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut out = Vec::new();
    for pair in pairs {
        match form::parse(pair.as_bytes()) {
            Ok(Fields(fields)) => out.extend(
                fields
                    .into_iter()
                    .map(|(name, value)| (name.to_string(), value.to_string())),
            ),
            Err(_) => {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                out.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_order_and_repeats() {
        let callback = Callback::of_location("com.example:/cb?a=1&code=x%2Fy&a=%zz#iss=i", 302);
        assert_eq!(callback.parameter("code"), Some("x/y"));
        assert_eq!(callback.all("a").collect::<Vec<_>>(), ["1", "%zz"]);
        assert_eq!(callback.parameter("iss"), Some("i"));
        assert_eq!(callback.channel, Channel::Fragment);
        assert_eq!(Callback::of_location("nonsense", 302).parameters, []);
    }
}
