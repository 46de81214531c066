//! Requests to the token endpoint (RFC 6749 §4.1.3, §6) with codes and refresh tokens that the attacker knows.

use grantlab_core::authorization_server::policy::{ClientAuth, RedirectAtToken};
use grantlab_core::http::{Body, Encoded, Fields, Header, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::wire::basic;

use super::Table;
use crate::attacker::knowledge::Kind;
use crate::attacker::moves::Move;
use crate::hunt::play::shared;

/// As whom a request presents itself.
struct Pretence {
    /// The parameters that say so.
    fields: Fields,
    /// The header field that proves it.
    proof: Option<Header>,
}

impl Table<'_> {
    pub(super) fn token_requests(&self, moves: &mut Vec<Move>) {
        let pretences = self.pretences();
        for code in self.knowledge().all(Kind::Code) {
            if code.as_str().starts_with("evil") {
                continue;
            }
            for pretence in &pretences {
                for fields in self.redemptions(code) {
                    self.ask(pretence, fields, moves);
                }
            }
        }
        for token in self.knowledge().all(Kind::RefreshToken) {
            for pretence in &pretences {
                for fields in self.renewals(token) {
                    self.ask(pretence, fields, moves);
                }
            }
        }
    }

    fn ask(&self, pretence: &Pretence, fields: Fields, moves: &mut Vec<Move>) {
        let known = &self.server.configuration;
        let url = Url::new(&known.origin, known.endpoints.token.as_str());
        let mut all = fields;
        all.0.extend(pretence.fields.0.iter().cloned());
        let mut request = Request::post(url, Body::Form(Encoded::Fields(all)));
        if let Some(proof) = &pretence.proof {
            request.headers.push(proof.clone());
        }
        let request = shared(request);
        for times in [1, 2] {
            let request = request.clone();
            moves.push(Move::Send { request, times });
        }
    }

    /// As the honest client, as far as he can; as his own; and as both.
    fn pretences(&self) -> Vec<Pretence> {
        let mut all = Vec::new();
        let own = &self.own().client;
        let own_secret = own
            .client_secret
            .as_ref()
            .map_or("", |secret| secret.as_str());
        let own_proof = Header::Authorization(basic::write(own.client_id.as_str(), own_secret));
        all.push(Pretence {
            fields: Fields::EMPTY,
            proof: Some(own_proof.clone()),
        });
        let Some(honest) = self.honest() else {
            return all;
        };
        let named = Fields::EMPTY.with("client_id", honest.client_id.as_str());
        all.push(Pretence {
            fields: named.clone(),
            proof: None,
        });
        let secret = honest.client_secret.as_ref();
        if self.server.configuration.policy.client_auth == ClientAuth::EmptyOk && secret.is_some() {
            all.push(Pretence {
                fields: named.clone().with("client_secret", ""),
                proof: None,
            });
        }
        all.push(Pretence {
            fields: named.clone(),
            proof: Some(own_proof),
        });
        if let Some(secret) =
            secret.filter(|secret| self.knowledge().knows(Kind::ClientSecret, secret.as_str()))
        {
            all.push(Pretence {
                fields: Fields::EMPTY,
                proof: Some(Header::Authorization(basic::write(
                    honest.client_id.as_str(),
                    secret.as_str(),
                ))),
            });
        }
        all
    }

    /// A code with the redirection URI that it was sent to, and with each verifier that could be its own.
    fn redemptions(&self, code: &Text) -> Vec<Fields> {
        let base = Fields::EMPTY
            .with("grant_type", "authorization_code")
            .with("code", code.clone());
        let bases: Vec<Fields> = match self.server.configuration.policy.redirect_at_token {
            RedirectAtToken::Identical | RedirectAtToken::RegPattern => {
                let uris = self.sent_to(code).into_iter();
                uris.map(|uri| base.clone().with("redirect_uri", uri))
                    .collect()
            }
            RedirectAtToken::Ignored => vec![base],
        };
        let verifiers = self.knowledge().all(Kind::CodeVerifier);
        let plain = self.knowledge().all(Kind::CodeChallenge);
        let verifiers: Vec<Option<Text>> = [None, Some(Text::EMPTY)]
            .into_iter()
            .chain(verifiers.chain(plain).cloned().map(Some))
            .collect();
        let mut all = Vec::new();
        for base in bases {
            for verifier in &verifiers {
                let mut fields = base.clone();
                if let Some(verifier) = verifier {
                    fields.push("code_verifier", verifier.clone());
                }
                all.push(fields);
            }
        }
        all
    }

    /// Where a code may have been sent: to the URI that the client itself names, or to one that he made somebody
    /// ask for.
    fn sent_to(&self, code: &Text) -> Vec<Text> {
        let honest = self
            .honest()
            .map(|honest| Text::new(honest.redirect_uri.as_str()));
        let own = self.own().redirect_uri().map(|uri| uri.text().clone());
        let mut uris: Vec<Text> = self.attacker.asked().to_vec();
        for uri in honest.into_iter().chain(own) {
            if !uris.contains(&uri) {
                uris.push(uri);
            }
        }
        let seen = self.knowledge().responses().iter();
        let at_client = seen
            .filter(|seen| seen.fields.all("code").any(|found| found == code))
            .any(|seen| seen.endpoint.origin == self.client.configuration.origin);
        if at_client {
            // It came to the client's own pages, so it was asked for there.
            let origin = self.client.configuration.origin.to_string();
            uris.retain(|uri| uri.as_str().starts_with(&origin));
        }
        uris
    }

    /// A refresh token, and one that asks for more than was granted (RFC 6749 §6).
    fn renewals(&self, token: &Text) -> Vec<Fields> {
        let base = Fields::EMPTY
            .with("grant_type", "refresh_token")
            .with("refresh_token", token.clone());
        let registered = self.server.configuration.clients.first();
        let more = registered.map(|client| base.clone().with("scope", client.scope.as_str()));
        std::iter::once(base).chain(more).collect()
    }
}
