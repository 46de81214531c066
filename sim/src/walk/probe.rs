//! Requests that nobody honest would send.
//!
//! The tester knows every value of the run and every client's secret. It redeems codes in other clients' names,
//! with other verifiers and redirection URIs, uses refresh tokens that are not its own, asks for redirects to
//! strange places, and opens other people's responses in the wrong browser. A hardened world bears all of it.

use grantlab_core::authorization_server::registration::{Configuration, Registration};
use grantlab_core::http::{Body, Encoded, Fields, Header, Method, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::user_agent::Command;
use grantlab_core::wire;

use crate::choices::{Choices, Key};
use crate::provenance::Minted;
use crate::world::World;

/// A tab that no honest user uses.
const ODD_TAB: &str = "odd";

/// Something that the tester does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It sends a request by itself.
    Send(Box<Request>),
    /// It makes a user open a URL.
    Open {
        /// Which user.
        user: usize,
        /// Which URL.
        url: Text,
    },
}

impl Probe {
    /// Does it.
    pub fn carry_out(self, world: &mut World) {
        match self {
            Self::Send(request) => world.send(*request),
            Self::Open { user, url } => {
                let words = "opens a strange link";
                world.browse(
                    user,
                    ODD_TAB,
                    Command::Open {
                        tab: Text::new(ODD_TAB),
                        url,
                    },
                    words,
                );
            }
        }
    }
}

/// Thinks of a probe; `None` when the run has nothing yet to probe with.
pub fn think(world: &World, choices: &mut impl Choices) -> Option<Probe> {
    let mut tester = Tester { world, choices };
    match tester.number("probe", 4) {
        0 => tester.redemption(),
        1 => tester.refresh(),
        2 => tester.callback(),
        _ => tester.authorization(),
    }
}

struct Tester<'a, C> {
    world: &'a World,
    choices: &'a mut C,
}

impl<C: Choices> Tester<'_, C> {
    fn number(&mut self, site: &'static str, of: u64) -> usize {
        let keys: Vec<Key> = (0..of).map(Key).collect();
        self.choices.pick(site, &keys)
    }

    fn one<T: Clone>(&mut self, site: &'static str, of: &[T]) -> Option<T> {
        let place = self.number(site, of.len() as u64);
        of.get(place).cloned()
    }

    fn minted(&mut self, kind: &str) -> Option<Minted> {
        let all: Vec<Minted> = self
            .world
            .trace()
            .provenance()
            .minted()
            .iter()
            .filter(|minted| minted.kind == kind)
            .cloned()
            .collect();
        self.one("value", &all)
    }

    fn server(&self) -> Option<&Configuration> {
        self.world
            .setup()
            .servers
            .first()
            .map(|server| &*server.configuration)
    }

    fn client(&mut self) -> Option<Registration> {
        let clients = self.server()?.clients.clone();
        self.one("client", &clients)
    }

    /// A code, in any client's name, with or without any verifier and redirection URI.
    fn redemption(&mut self) -> Option<Probe> {
        let code = self.minted("code")?;
        let client = self.client()?;
        let mut fields = Fields::EMPTY
            .with("grant_type", "authorization_code")
            .with("code", code.text);
        let verifiers = [
            None,
            self.minted("code_verifier").map(|minted| minted.text),
            Some(Text::EMPTY),
        ];
        if let Some(verifier) = self.one("verifier", &verifiers)? {
            fields.push("code_verifier", verifier);
        }
        let mut uris: Vec<Option<Text>> = client
            .redirect_uris
            .iter()
            .map(|uri| Some(uri.text().clone()))
            .collect();
        uris.extend([None, Some(Text::new("https://evil.example/cb"))]);
        if let Some(uri) = self.one("redirect_uri", &uris)? {
            fields.push("redirect_uri", uri);
        }
        self.token_request(&client, fields)
    }

    /// A refresh token, in any client's name, with or without a wider scope.
    fn refresh(&mut self) -> Option<Probe> {
        let token = self.minted("refresh_token")?;
        let client = self.client()?;
        let mut fields = Fields::EMPTY
            .with("grant_type", "refresh_token")
            .with("refresh_token", token.text);
        if self.number("wider", 2) == 1 {
            fields.push("scope", client.scope.clone());
        }
        self.token_request(&client, fields)
    }

    fn token_request(&mut self, client: &Registration, mut fields: Fields) -> Option<Probe> {
        let server = self.server()?;
        let url = Url::new(&server.origin, server.endpoints.token.as_str());
        let mut headers = Vec::new();
        match (self.number("credentials", 2), &client.client_secret) {
            (0, Some(secret)) => {
                headers.push(Header::Authorization(wire::basic::write(
                    client.client_id.as_str(),
                    secret.as_str(),
                )));
            }
            _ => fields.push("client_id", client.client_id.clone()),
        }
        let mut request = Request::post(url, Body::Form(Encoded::Fields(fields)));
        request.headers.0 = headers;
        Some(Probe::Send(Box::new(request)))
    }

    /// Anybody's code and state, at any redirection endpoint, in any browser.
    fn callback(&mut self) -> Option<Probe> {
        let code = self.minted("code")?;
        let states = [None, self.minted("state").map(|minted| minted.text)];
        let client = self.client()?;
        let uri = self.one("redirect_uri", &client.redirect_uris)?;
        let mut fields = Fields::EMPTY.with("code", code.text);
        if let Some(state) = self.one("state", &states)? {
            fields.push("state", state);
        }
        if self.number("iss", 2) == 1 {
            fields.push("iss", self.server()?.issuer.text().clone());
        }
        let user = self.number("user", self.world.users().len() as u64);
        let mut url = String::from(uri.as_str());
        url.push(if url.contains('?') { '&' } else { '?' });
        wire::form::write(&fields, &mut url);
        Some(Probe::Open {
            user,
            url: Text::from(url),
        })
    }

    /// An authorization request with a strange redirection URI, scope or response type, in any browser.
    fn authorization(&mut self) -> Option<Probe> {
        let client = self.client()?;
        let mut uris = vec![Text::new("https://evil.example/cb"), Text::EMPTY];
        for uri in &client.redirect_uris {
            uris.extend([
                uri.text().clone(),
                Text::from(format!("{}/evil", uri.as_str())),
            ]);
        }
        let uri = self.one("redirect_uri", &uris)?;
        let scope = self.one(
            "scope",
            &[
                client.scope.clone().into(),
                Text::new("everything"),
                Text::EMPTY,
            ],
        )?;
        let response_type = self.one("response_type", &["code", "token", "nonsense"])?;
        let fields = Fields::EMPTY
            .with("response_type", response_type)
            .with("client_id", client.client_id)
            .with("redirect_uri", uri)
            .with("scope", scope)
            .with("prompt", self.one("prompt", &["", "none"])?);
        let server = self.server()?;
        let url = Url::new(&server.origin, server.endpoints.authorization.as_str());
        let request = Request {
            method: Method::Get,
            ..Request::get(url.with_query(Encoded::Fields(fields)))
        };
        let user = self.number("user", self.world.users().len() as u64);
        Some(Probe::Open {
            user,
            url: Text::from(wire::location::text(&request.url)),
        })
    }
}
