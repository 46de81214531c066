//! Authorization requests, and the browsers that carry them.

use grantlab_core::http::{Body, Encoded, Fields, Method, Request};
use grantlab_core::text::Text;
use grantlab_core::wire::{base64url, form};
use sha2::{Digest as _, Sha256};

use super::{Done, Flow, Run, Stopped, content, method, not_applicable};
use crate::check::browser::{Browser, Intention};
use crate::check::resolved::Client;
use crate::check::seen::Seen;
use crate::check::step::{Authorize, Changes};
use crate::check::words::{Endpoint, Outcome};

impl Run<'_> {
    pub(in crate::check) fn authorize(&mut self, step: &Authorize, must: &[Outcome]) -> Done {
        let role = step.client.unwrap_or(self.client);
        let client = self.role(role)?;
        let fields = self.honest_request(&client)?;
        let (text, fields) = self.changed(fields, &step.with)?;
        let request = self.front_request(step, text)?;
        self.flows.push(Flow {
            name: step.name.clone(),
            client: role,
            redirect_uri: fields.first("redirect_uri").map(ToString::to_string),
            verifier: fields
                .first("code_challenge")
                .and_then(|_| self.values.get("verifier").cloned()),
        });
        let user = self.target.users.get(usize::from(step.user));
        let user = user.ok_or_else(|| not_applicable("the target file has not so many users"))?;
        let intention = Intention {
            owner: step.owner,
            wrong_passwords: step.wrong_passwords,
            user,
        };
        let name = step.browser.clone().unwrap_or_default();
        let mut browser = match step.browser {
            Some(_) => self.browsers.remove(&name).unwrap_or_default(),
            None => Browser::default(),
        };
        let way = browser.go(self.subject, self.target, request, intention);
        self.browsers.insert(name, browser);
        let seen = Seen::of_way(step.name.as_deref(), way);
        let must = must.iter().chain(&step.must).copied().collect::<Vec<_>>();
        self.keep(seen, &must)
    }

    /// What an honest client asks for.
    pub(super) fn honest_request(&mut self, client: &Client) -> Result<Fields, Stopped> {
        let mut fields = Fields::EMPTY
            .with("response_type", "code")
            .with("client_id", client.client_id.as_str());
        if let Some(uri) = client.redirect_uri() {
            fields.push("redirect_uri", uri);
        }
        if let Some(scope) = &client.scope {
            fields.push("scope", scope.as_str());
        }
        let state = self.fresh("state");
        fields.push("state", state.as_str());
        self.values.insert("state".to_owned(), state);
        let verifier = self.fresh("verifier");
        let challenge = base64url::encode(&Sha256::digest(verifier.as_bytes())).to_string();
        self.names.learn("challenge", &challenge);
        if client.pkce {
            fields.push("code_challenge", challenge.as_str());
            fields.push("code_challenge_method", "S256");
        }
        self.values.insert("challenge".to_owned(), challenge);
        self.values.insert("verifier".to_owned(), verifier);
        let nonce = self.fresh("nonce");
        if client
            .scope
            .as_ref()
            .is_some_and(|scope| scope.split(' ').any(|word| word == "openid"))
        {
            fields.push("nonce", nonce.as_str());
        }
        self.values.insert("nonce".to_owned(), nonce);
        for (name, value) in &self.target.request.authorization {
            fields.push(name, value.as_str());
        }
        Ok(fields)
    }

    /// Parameters with their changes: as text, and as the fields that it spells.
    pub(super) fn changed(
        &self,
        mut fields: Fields,
        changes: &Changes,
    ) -> Result<(String, Fields), Stopped> {
        let mut done: Vec<&str> = Vec::new();
        for (name, value) in &changes.set.0 {
            let value = self.fill(value)?;
            match done.contains(&name.as_str()) {
                true => fields.push(name, value),
                false => fields.set(name, value),
            }
            done.push(name);
        }
        for name in &changes.remove {
            fields.remove(name);
        }
        for (name, value) in &changes.append.0 {
            fields.push(name, self.fill(value)?);
        }
        if changes.reversed {
            fields.0.reverse();
        }
        let mut text = String::new();
        match &changes.raw {
            Some(raw) => text.push_str(&self.fill(raw)?),
            None => form::write(&fields, &mut text),
        }
        if let Some(raw) = &changes.add_raw {
            text.push_str(&self.fill(raw)?);
        }
        Ok((text, fields))
    }

    fn front_request(&self, step: &Authorize, text: String) -> Result<Request, Stopped> {
        let mut url = self.url(Endpoint::Authorization)?;
        let method = method(step.method.as_deref(), Method::Get);
        let body = match method {
            Method::Get => {
                let before = url
                    .query
                    .as_ref()
                    .map(|query| form::octets(query).into_owned());
                let query = match before {
                    Some(before) if !before.is_empty() => format!("{before}&{text}"),
                    Some(_) | None => text,
                };
                url.query = Some(Encoded::Octets(Text::from(query)));
                Body::Empty
            }
            Method::Post | Method::Other(_) => content(step.content_type.as_deref(), text),
        };
        Ok(Request {
            method,
            url,
            headers: self.headers(&step.headers.0)?,
            body,
        })
    }
}
