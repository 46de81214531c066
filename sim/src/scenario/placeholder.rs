//! `${…}` in a scenario's texts: a value of the run by its name.
//!
//! A *minted* value is named as traces name it: `${code}` is the newest code, `${code(alice.1)}` that of a flow,
//! `${code(alice.1)#2}` its second. A *known* value is part of the setup: `${client.secret}`,
//! `${as.token_endpoint}`. `$${` is `${` itself.

use grantlab_core::entropy::Fresh;
use grantlab_core::text::Text;

use crate::provenance::Provenance;
use crate::setup::{ClientSetup, ResourceSetup, ServerSetup, Setup, UserSetup};

/// The kinds of minted values.
pub const MINTED: [&str; 13] = [
    Fresh::Code.name(),
    Fresh::AccessToken.name(),
    Fresh::RefreshToken.name(),
    Fresh::State.name(),
    Fresh::CodeVerifier.name(),
    "code_challenge",
    Fresh::Nonce.name(),
    Fresh::Session.name(),
    Fresh::Transaction.name(),
    Fresh::FormToken.name(),
    Fresh::RequestUri.name(),
    Fresh::ClientId.name(),
    Fresh::ClientSecret.name(),
];

/// The name of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The newest value of a kind.
    Newest(String),
    /// A value by its label.
    Labelled(String),
    /// A value of the setup.
    Known(String),
}

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Value(Placeholder),
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with a placeholder in it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, after) = (
                rest.get(..start).unwrap_or(""),
                rest.get(start + 2..).unwrap_or(""),
            );
            if let Some(plain) = before.strip_suffix('$') {
                pieces.push(Piece::Plain(format!("{plain}${{")));
                rest = after;
                continue;
            }
            pieces.push(Piece::Plain(before.to_owned()));
            let Some((name, after)) = after.split_once('}') else {
                return Err("`${` without its `}`".to_owned());
            };
            pieces.push(Piece::Value(Placeholder::read(name)));
            rest = after;
        }
        pieces.push(Piece::Plain(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The names in it.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(placeholder) => Some(placeholder),
            Piece::Plain(_) => None,
        })
    }

    /// The text with the values that the names have now.
    ///
    /// # Errors
    /// The name that has no value yet.
    pub fn fill(&self, setup: &Setup, provenance: &Provenance) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(plain) => text.push_str(plain),
                Piece::Value(placeholder) => text.push_str(&placeholder.value(setup, provenance)?),
            }
        }
        Ok(text)
    }
}

impl Placeholder {
    fn read(name: &str) -> Self {
        let kind = name.split(['(', '#']).next().unwrap_or(name);
        match (MINTED.contains(&kind), kind == name) {
            (true, true) => Self::Newest(name.to_owned()),
            (true, false) => Self::Labelled(name.to_owned()),
            (false, _) => Self::Known(name.to_owned()),
        }
    }

    fn value(&self, setup: &Setup, provenance: &Provenance) -> Result<String, String> {
        let found = match self {
            Self::Newest(kind) => provenance.newest(kind).map(Text::to_string),
            Self::Labelled(label) => provenance.value(label).map(Text::to_string),
            Self::Known(name) => known(setup)
                .into_iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value),
        };
        let (Self::Newest(name) | Self::Labelled(name) | Self::Known(name)) = self;
        found.ok_or_else(|| format!("there is no `{name}` yet"))
    }
}

/// The names of the values of a setup.
#[must_use]
pub fn known_names(setup: &Setup) -> Vec<String> {
    known(setup).into_iter().map(|(name, _)| name).collect()
}

/// The values of a setup with their names.
fn known(setup: &Setup) -> Vec<(String, String)> {
    let mut values = Vec::new();
    setup
        .servers
        .iter()
        .for_each(|server| of_server(server, &mut values));
    setup
        .clients
        .iter()
        .for_each(|client| of_client(client, &mut values));
    setup
        .resources
        .iter()
        .for_each(|resource| of_resource(resource, &mut values));
    setup
        .users
        .iter()
        .for_each(|user| of_user(user, &setup.servers, &mut values));
    values
}

fn of_server(server: &ServerSetup, values: &mut Vec<(String, String)>) {
    let known = &server.configuration;
    let endpoints = &known.endpoints;
    values.push((
        format!("{}.issuer", server.name),
        known.issuer.as_str().to_owned(),
    ));
    for (word, path) in [
        ("authorization_endpoint", &endpoints.authorization),
        ("login_endpoint", &endpoints.login),
        ("consent_endpoint", &endpoints.consent),
        ("token_endpoint", &endpoints.token),
        ("revocation_endpoint", &endpoints.revocation),
        ("introspection_endpoint", &endpoints.introspection),
        (
            "pushed_authorization_request_endpoint",
            &endpoints.pushed_requests,
        ),
        ("registration_endpoint", &endpoints.registration),
        ("metadata_endpoint", &endpoints.metadata),
        ("jwks_endpoint", &endpoints.jwks),
    ] {
        values.push((
            format!("{}.{word}", server.name),
            format!("{}{path}", known.origin),
        ));
    }
    if let Some(developer) = known.developers.first() {
        values.push((
            format!("{}.initial_access_token", server.name),
            developer.initial_access_token.as_str().to_owned(),
        ));
    }
}

fn of_client(client: &ClientSetup, values: &mut Vec<(String, String)>) {
    let known = &client.configuration;
    values.push((format!("{}.origin", client.name), known.origin.to_string()));
    for provider in &known.providers {
        let at = at_server(provider.name.as_str());
        let name = |word: &str| format!("{}.{word}{at}", client.name);
        values.push((name("id"), provider.client_id.as_str().to_owned()));
        values.push((
            name("redirect_uri"),
            provider.redirect_uri.as_str().to_owned(),
        ));
        if let Some(secret) = &provider.client_secret {
            values.push((name("secret"), secret.as_str().to_owned()));
        }
    }
}

fn of_resource(resource: &ResourceSetup, values: &mut Vec<(String, String)>) {
    let known = &resource.configuration;
    let name = |word: &str| format!("{}.{word}", resource.name);
    values.push((name("resource"), format!("{}{}", known.origin, known.path)));
    values.push((name("id"), known.client_id.as_str().to_owned()));
    values.push((name("secret"), known.client_secret.as_str().to_owned()));
}

fn of_user(user: &UserSetup, servers: &[ServerSetup], values: &mut Vec<(String, String)>) {
    for (origin, username, password) in &user.credentials {
        let server = servers
            .iter()
            .find(|server| server.configuration.origin == *origin);
        let at = server.map_or(String::new(), |server| at_server(server.name.as_str()));
        values.push((
            format!("{}.username{at}", user.name),
            username.as_str().to_owned(),
        ));
        values.push((
            format!("{}.password{at}", user.name),
            password.as_str().to_owned(),
        ));
    }
}

/// What is known at the first authorization server has a plain name; what is known at another says so.
fn at_server(server: &str) -> String {
    match server {
        "as" => String::new(),
        other => format!("@{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_texts() {
        let template = Template::read("a${code}b${code(alice.1)#2}$${c}${client.id}").unwrap();
        let names: Vec<&Placeholder> = template.placeholders().collect();
        assert_eq!(
            names,
            [
                &Placeholder::Newest("code".to_owned()),
                &Placeholder::Labelled("code(alice.1)#2".to_owned()),
                &Placeholder::Known("client.id".to_owned()),
            ]
        );
        assert!(Template::read("a${code").is_err());
    }
}
