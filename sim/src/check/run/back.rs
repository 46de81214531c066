//! Requests that a client makes by itself: to the token endpoint and its neighbours.

use std::borrow::Cow;

use grantlab_core::http::{Body, Encoded, Fields, Header, Method, Request};
use grantlab_core::text::Text;
use grantlab_core::wire::basic;

use super::{Done, Flow, Run, Stopped, content, method, not_applicable};
use crate::check::resolved::Client;
use crate::check::step::Back;
use crate::check::words::{Authentication, Endpoint};

/// The requests that a client makes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Redeem,
    Refresh,
    Introspect,
    Revoke,
    Push,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Redeem => "redeem",
            Self::Refresh => "refresh",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
            Self::Push => "push",
        }
    }

    const fn endpoint(self) -> Endpoint {
        match self {
            Self::Redeem | Self::Refresh => Endpoint::Token,
            Self::Introspect => Endpoint::Introspection,
            Self::Revoke => Endpoint::Revocation,
            Self::Push => Endpoint::PushedRequests,
        }
    }
}

impl Run<'_> {
    /// A request by the client: to the token endpoint or its neighbours.
    pub(super) fn back(&mut self, step: &Back, kind: Kind) -> Done {
        let request = self.back_request(step, kind)?;
        self.exchange(step.name.as_deref(), kind.word(), request, &step.must)
    }

    pub(super) fn back_request(&mut self, step: &Back, kind: Kind) -> Result<Request, Stopped> {
        let flow = self.flow(step.from.as_deref());
        let role = step
            .client
            .or(flow.as_ref().map(|flow| flow.client))
            .unwrap_or(self.client);
        let plainly = (&step.client, &step.authentication, &step.secret) == (&None, &None, &None);
        let introspector = self.target.introspector.as_ref();
        let client = match introspector.filter(|_| kind == Kind::Introspect && plainly) {
            Some(introspector) => Cow::Borrowed(introspector),
            None => self.role(role)?,
        };
        if kind == Kind::Refresh && step.must.is_empty() && !client.refreshes {
            return Err(not_applicable("this client gets no refresh tokens"));
        }
        let mut fields = self.honest_fields(step, kind, &client, flow.as_ref())?;
        let secret = match &step.secret {
            Some(secret) => Some(self.fill(secret)?),
            None => client.client_secret.clone(),
        };
        let own = |how: &Authentication| *how == Authentication::Own;
        let how = step.authentication.filter(|how| !own(how));
        let how = how.unwrap_or(client.authentication);
        let mut headers = self.headers(&step.headers.0)?;
        let header = authenticate(how, &client.client_id, secret.as_deref(), &mut fields);
        if headers.authorization() == Ok(None) {
            headers.0.extend(header);
        }
        headers.push(Header::Accept(Text::new("application/json")));
        let (text, _) = self.changed(fields, &step.with)?;
        let mut url = self.url(kind.endpoint())?;
        if let Some(query) = &step.query {
            url.query = Some(Encoded::Octets(Text::from(self.fill(query)?)));
        }
        let method = method(step.method.as_deref(), Method::Post);
        let body = match method {
            Method::Get => {
                url.query
                    .get_or_insert_with(|| Encoded::Octets(Text::from(text)));
                Body::Empty
            }
            Method::Post | Method::Other(_) => content(step.content_type.as_deref(), text),
        };
        Ok(Request {
            method,
            url,
            headers,
            body,
        })
    }

    fn flow(&self, from: Option<&str>) -> Option<Flow> {
        match from {
            Some(from) => {
                let named = |flow: &&Flow| flow.name.as_deref() == Some(from);
                self.flows.iter().rev().find(named).cloned()
            }
            None => self.flows.last().cloned(),
        }
    }

    /// The parameters of an honest request.
    fn honest_fields(
        &mut self,
        step: &Back,
        kind: Kind,
        client: &Client,
        flow: Option<&Flow>,
    ) -> Result<Fields, Stopped> {
        let named = |name: &str| match &step.from {
            Some(from) => format!("{from}.{name}"),
            None => name.to_owned(),
        };
        let mut fields = Fields::EMPTY;
        match kind {
            Kind::Redeem => {
                fields.push("grant_type", "authorization_code");
                if let Some(code) = self.values.get(&named("code")) {
                    fields.push("code", code.as_str());
                }
                if let Some(uri) = flow.and_then(|flow| flow.redirect_uri.as_deref()) {
                    fields.push("redirect_uri", uri);
                }
                if let Some(verifier) = flow.and_then(|flow| flow.verifier.as_deref()) {
                    fields.push("code_verifier", verifier);
                }
                for (name, value) in &self.target.request.token {
                    fields.push(name, value.as_str());
                }
            }
            Kind::Refresh => {
                let name = named("refresh_token");
                let says_token = step
                    .with
                    .set
                    .0
                    .iter()
                    .any(|(name, _)| name == "refresh_token");
                let Some(token) = self.values.get(&name) else {
                    if says_token || step.with.raw.is_some() {
                        return Ok(fields.with("grant_type", "refresh_token"));
                    }
                    return Err(not_applicable("the target issued no refresh token"));
                };
                fields.push("grant_type", "refresh_token");
                fields.push("refresh_token", token.as_str());
            }
            Kind::Introspect | Kind::Revoke => {
                if let Some(token) = self.values.get(&named("access_token")) {
                    fields.push("token", token.as_str());
                }
            }
            Kind::Push => fields = self.honest_request(client)?,
        }
        Ok(fields)
    }
}

/// Adds what proves the client to the parameters, or says which header field does.
fn authenticate(
    how: Authentication,
    client_id: &str,
    secret: Option<&str>,
    fields: &mut Fields,
) -> Option<Header> {
    let secret_text = secret.unwrap_or_default();
    let header = |text| Some(Header::Authorization(text));
    match how {
        Authentication::Own | Authentication::Nothing => None,
        Authentication::Basic => header(basic::write(client_id, secret_text)),
        Authentication::BasicRaw => header(basic::write_raw(client_id, secret_text)),
        Authentication::Post => {
            fields.set("client_id", client_id);
            fields.set("client_secret", secret_text);
            None
        }
        Authentication::Both => {
            fields.set("client_id", client_id);
            fields.set("client_secret", secret_text);
            header(basic::write(client_id, secret_text))
        }
        Authentication::Id => {
            fields.set("client_id", client_id);
            None
        }
    }
}
