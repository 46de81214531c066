//! Requests that nobody honest would send.
//!
//! The tester knows every value of the run and every client's secret. It redeems codes in other clients' names,
//! with other verifiers and redirection URIs, uses refresh tokens that are not its own, asks for redirects to
//! strange places, and opens other people's responses in the wrong browser. A hardened world bears all of it.

use grantlab_core::authorization_server::registration::{Configuration, Registration};
use grantlab_core::event::Event;
use grantlab_core::http::{Body, Encoded, Fields, Header, Method, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::user_agent::Command;
use grantlab_core::value::{ClientAuthenticationMethod, ClientId};
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
    Send {
        /// Which request.
        request: Box<Request>,
        /// How often in the same moment.
        times: u8,
    },
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
            Self::Send { request, times } => {
                for _ in 0..times {
                    world.send((*request).clone());
                }
            }
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

    /// A code: redeemed rightly, or with one thing wrong.
    fn redemption(&mut self) -> Option<Probe> {
        let minted = self.minted("code")?;
        let (issued_to, redirect_uri) = self.issued(&minted)?;
        let mut client = self.registration(&issued_to)?;
        let mut redirect_uri = Some(redirect_uri);
        let mut verifier = self.verifier_of(&minted);
        let mut proves = true;
        match self.number("wrong", 8) {
            1 => client = self.client()?,
            2 => proves = false,
            3 => verifier = self.minted("code_verifier").map(|other| other.text),
            4 => verifier = None,
            5 => verifier = Some(Text::EMPTY),
            6 => redirect_uri = Some(Text::new("https://evil.example/cb")),
            7 => redirect_uri = None,
            _ => {}
        }
        let mut fields = Fields::EMPTY
            .with("grant_type", "authorization_code")
            .with("code", minted.text);
        let optional = [("redirect_uri", redirect_uri), ("code_verifier", verifier)];
        for (name, value) in optional {
            if let Some(value) = value {
                fields.push(name, value);
            }
        }
        self.token_request(&client, fields, proves)
    }

    /// For whom a code was issued, and where it was sent.
    fn issued(&self, minted: &Minted) -> Option<(ClientId, Text)> {
        self.world.trace().events().find_map(|(_, _, event)| {
            if let Event::CodeIssued {
                code,
                client_id,
                redirect_uri,
                ..
            } = event
                && *code.text() == minted.text
            {
                return Some((client_id.clone(), redirect_uri.text().clone()));
            }
            None
        })
    }

    /// The verifier of the flow in which a code was issued.
    fn verifier_of(&self, minted: &Minted) -> Option<Text> {
        let all = self.world.trace().provenance().minted();
        let mine = all
            .iter()
            .rfind(|other| other.kind == "code_verifier" && other.flow == minted.flow);
        mine.map(|other| other.text.clone())
    }

    fn registration(&self, client_id: &ClientId) -> Option<Registration> {
        self.server()?
            .clients
            .iter()
            .find(|client| client.client_id == *client_id)
            .cloned()
    }

    /// A refresh token: used rightly, or with one thing wrong.
    fn refresh(&mut self) -> Option<Probe> {
        let minted = self.minted("refresh_token")?;
        let issued_to = self.world.trace().events().find_map(|(_, _, event)| {
            if let Event::RefreshTokenIssued {
                refresh_token,
                client_id,
                ..
            } = event
                && *refresh_token.text() == minted.text
            {
                return Some(client_id.clone());
            }
            None
        })?;
        let mut client = self.registration(&issued_to)?;
        let mut proves = true;
        let mut fields = Fields::EMPTY
            .with("grant_type", "refresh_token")
            .with("refresh_token", minted.text);
        match self.number("wrong", 4) {
            1 => client = self.client()?,
            2 => proves = false,
            3 => fields.push("scope", client.scope.clone()),
            _ => {}
        }
        self.token_request(&client, fields, proves)
    }

    fn token_request(
        &mut self,
        client: &Registration,
        mut fields: Fields,
        proves: bool,
    ) -> Option<Probe> {
        let server = self.server()?;
        let url = Url::new(&server.origin, server.endpoints.token.as_str());
        let mut headers = Vec::new();
        match client.client_secret.as_ref().filter(|_| proves) {
            None => fields.push("client_id", client.client_id.clone()),
            Some(secret)
                if client.authentication.first() == Some(&ClientAuthenticationMethod::Basic) =>
            {
                headers.push(Header::Authorization(wire::basic::write(
                    client.client_id.as_str(),
                    secret.as_str(),
                )));
            }
            Some(secret) => {
                fields.push("client_id", client.client_id.clone());
                fields.push("client_secret", secret.clone());
            }
        }
        let mut request = Request::post(url, Body::Form(Encoded::Fields(fields)));
        request.headers.0 = headers;
        let times = 1 + u8::from(self.number("twice", 2) == 1);
        Some(Probe::Send {
            request: Box::new(request),
            times,
        })
    }

    /// A response, in any browser: as it was sent, or with one thing wrong.
    fn callback(&mut self) -> Option<Probe> {
        let minted = self.minted("code")?;
        let (_, mut uri) = self.issued(&minted)?;
        let all = self.world.trace().provenance().minted();
        let mine = all
            .iter()
            .rfind(|other| other.kind == "state" && other.flow == minted.flow);
        let mut state = mine.map(|other| other.text.clone());
        let mut issuer = Some(self.server()?.issuer.text().clone());
        match self.number("wrong", 5) {
            1 => state = None,
            2 => state = self.minted("state").map(|other| other.text),
            3 => issuer = None,
            4 => {
                let client = self.client()?;
                uri = self.one("redirect_uri", &client.redirect_uris)?.into();
            }
            _ => {}
        }
        let mut fields = Fields::EMPTY.with("code", minted.text);
        for (name, value) in [("state", state), ("iss", issuer)] {
            if let Some(value) = value {
                fields.push(name, value);
            }
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
        let challenge = self.minted("code_challenge").map(|minted| minted.text);
        let mut fields = Fields::EMPTY
            .with("response_type", response_type)
            .with("client_id", client.client_id)
            .with("redirect_uri", uri)
            .with("scope", scope)
            .with("prompt", self.one("prompt", &["", "none"])?);
        if let Some(challenge) = challenge {
            fields.push("code_challenge", challenge);
            fields.push("code_challenge_method", "S256");
        }
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
