//! What the attacker knows: values, and the requests and responses that he saw them in.

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::{Encoded, Fields, Url};
use grantlab_core::text::Text;
use grantlab_core::wire::form;

use crate::choices::Key;

/// Values of each kind that he keeps: more than any run within bounds brings him.
pub const VALUES_MAX: usize = 64;

/// Authorization requests and responses that he keeps, each.
pub const SIGHTINGS_MAX: usize = 16;

/// What a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// RFC 6749 §1.3.1.
    Code,
    /// RFC 6749 §1.4.
    AccessToken,
    /// RFC 6749 §1.5.
    RefreshToken,
    /// OpenID Connect Core §2.
    IdToken,
    /// RFC 6749 §4.1.1.
    State,
    /// OpenID Connect Core §3.1.2.1.
    Nonce,
    /// RFC 7636 §4.1.
    CodeVerifier,
    /// RFC 7636 §4.2.
    CodeChallenge,
    /// RFC 9126 §2.2.
    RequestUri,
    /// A browser session.
    Session,
    /// RFC 6749 §2.3.1.
    ClientSecret,
    /// A resource owner's.
    Password,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Code,
        Self::AccessToken,
        Self::RefreshToken,
        Self::IdToken,
        Self::State,
        Self::Nonce,
        Self::CodeVerifier,
        Self::CodeChallenge,
        Self::RequestUri,
        Self::Session,
        Self::ClientSecret,
        Self::Password,
    ];

    /// The word of traces, which is the name of the parameter that carries it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
            Self::IdToken => "id_token",
            Self::State => "state",
            Self::Nonce => "nonce",
            Self::CodeVerifier => "code_verifier",
            Self::CodeChallenge => "code_challenge",
            Self::RequestUri => "request_uri",
            Self::Session => "session",
            Self::ClientSecret => "client_secret",
            Self::Password => "password",
        }
    }

    /// The kind of what a parameter called `name` carries.
    #[must_use]
    pub fn of_parameter(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| *kind != Self::Session && kind.as_str() == name)
    }
}

/// An authorization request or response that he saw: where it was for, and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Origin and path, as a URL without query.
    pub endpoint: Url,
    /// Its parameters, from query, fragment or form.
    pub fields: Fields,
}

grantlab_core::canonical_struct!(Sighting { endpoint, fields });

impl Sighting {
    /// What a URL says.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        let mut fields = Fields::EMPTY;
        for part in [&url.query, &url.fragment].into_iter().flatten() {
            if let Ok(pairs) = form::pairs(part) {
                fields.0.extend(pairs.into_owned().0);
            }
        }
        Self {
            endpoint: Url::new(&url.origin, url.path.as_str()),
            fields,
        }
    }

    /// It as a URL, with its parameters in the query.
    #[must_use]
    pub fn url(&self) -> Url {
        self.endpoint
            .clone()
            .with_query(Encoded::Fields(self.fields.clone()))
    }
}

/// Everything that he knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Knowledge {
    values: Vec<(Kind, Text)>,
    requests: Vec<Sighting>,
    responses: Vec<Sighting>,
}

impl Canonical for Knowledge {
    /// The order in which he learned things makes no difference.
    fn encode(&self, out: &mut Encoder) {
        let mut values: Vec<(&'static str, &str)> = self
            .values
            .iter()
            .map(|(kind, value)| (kind.as_str(), value.as_str()))
            .collect();
        values.sort_unstable();
        out.length(values.len());
        for (kind, value) in values {
            kind.encode(out);
            value.encode(out);
        }
        for seen in [&self.requests, &self.responses] {
            let mut seen: Vec<&Sighting> = seen.iter().collect();
            seen.sort_by_cached_key(|seen| Key::of(*seen).0);
            seen.as_slice().encode(out);
        }
    }
}

impl Knowledge {
    /// Learns a value; `true` when it is new to him.
    pub fn learn(&mut self, kind: Kind, value: &Text) -> bool {
        let known = self
            .values
            .iter()
            .any(|(at, known)| *at == kind && known == value);
        let full = self.all(kind).count() >= VALUES_MAX;
        let is_new = !known && !full && !value.is_empty();
        if is_new {
            self.values.push((kind, value.clone()));
        }
        is_new
    }

    /// Remembers an authorization request.
    pub fn saw_request(&mut self, sighting: Sighting) {
        remember(&mut self.requests, sighting);
    }

    /// Remembers an authorization response.
    pub fn saw_response(&mut self, sighting: Sighting) {
        remember(&mut self.responses, sighting);
    }

    /// The values of a kind, oldest first.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &Text> {
        self.values
            .iter()
            .filter(move |(at, _)| *at == kind)
            .map(|(_, value)| value)
    }

    /// Whether he knows a value of a kind.
    #[must_use]
    pub fn knows(&self, kind: Kind, value: &str) -> bool {
        self.all(kind).any(|known| known == value)
    }

    /// The authorization requests that he saw, oldest first.
    #[must_use]
    pub fn requests(&self) -> &[Sighting] {
        &self.requests
    }

    /// The authorization responses that he saw, oldest first.
    #[must_use]
    pub fn responses(&self) -> &[Sighting] {
        &self.responses
    }
}

fn remember(list: &mut Vec<Sighting>, sighting: Sighting) {
    if !list.contains(&sighting) && list.len() < SIGHTINGS_MAX {
        list.push(sighting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_core::wire::location::parse;

    #[test]
    fn knowledge_is_a_set() {
        let (mut one, mut other) = (Knowledge::default(), Knowledge::default());
        let (a, b) = (Text::new("a"), Text::new("b"));
        assert!(one.learn(Kind::Code, &a) && one.learn(Kind::State, &b));
        assert!(!one.learn(Kind::Code, &a));
        assert!(other.learn(Kind::State, &b) && other.learn(Kind::Code, &a));
        let octets = |knowledge: &Knowledge| {
            let mut encoder = Encoder::default();
            knowledge.encode(&mut encoder);
            encoder.as_slice().to_vec()
        };
        assert_eq!(octets(&one), octets(&other));
        assert!(one.knows(Kind::Code, "a") && !one.knows(Kind::Code, "b"));
    }

    #[test]
    fn a_sighting_has_the_parameters_of_query_and_fragment() {
        let url = parse("https://client.example/cb?code=c#state=s").unwrap();
        let seen = Sighting::of(&url);
        assert_eq!(
            seen.fields,
            Fields::EMPTY.with("code", "c").with("state", "s")
        );
        assert_eq!(seen.endpoint.endpoint(), "https://client.example/cb");
    }
}
