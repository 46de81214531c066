//! Renewing tokens (RFC 6749 §6) and taking them back (RFC 7009).

use super::Client;
use super::access_token::Usable;
use super::back_channel::{self, Answer, Purpose};
use super::session::{Tokens, Visitor};
use crate::event::Event;
use crate::machine::Context;
use crate::message::{AccessTokenResponse, ErrorCode, Grant, RevocationRequest, TokenScheme};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{RefreshToken, SessionId};

impl Client {
    /// RFC 6749 §6: a new access token for a refresh token. One request per session is under way at a time: a
    /// second one would use a token that the first has used up (RFC 9700 §4.14.2).
    pub(super) fn refresh(
        &mut self,
        session: &SessionId,
        visitor: Option<Visitor>,
        ctx: &mut Context<'_>,
    ) {
        let asked = self
            .may_refresh(session)
            .and_then(|(tokens, refresh_token)| {
                let provider = self.configuration.provider(tokens.provider).ok()?;
                let request = self.token_request(
                    provider,
                    Grant::RefreshToken {
                        refresh_token: refresh_token.clone(),
                        scope: None,
                    },
                    ctx,
                );
                let event = Event::RefreshRequested {
                    issuer: provider.issuer.clone(),
                    refresh_token: refresh_token.clone(),
                };
                Some((request, event))
            });
        let Some((request, event)) = asked else {
            return self.answer_home(session, visitor, ctx);
        };
        let purpose = Purpose::Refresh {
            session: session.clone(),
            visitor,
        };
        match request.and_then(|request| self.send_errand(request, purpose, ctx)) {
            Ok(()) => ctx.note(event),
            Err(refusal) => self.refresh_failed(session, visitor, refusal, ctx),
        }
    }

    fn may_refresh(&self, session: &SessionId) -> Option<(&Tokens, &RefreshToken)> {
        let refreshing = self.errands.iter().any(|errand| match &errand.purpose {
            Purpose::Refresh { session: other, .. } => other == session,
            Purpose::Read { .. } | Purpose::Revoke | Purpose::Burn => false,
        });
        if refreshing {
            return None;
        }
        let tokens = self.sessions.find(session)?.tokens.as_ref()?;
        Some((tokens, tokens.refresh_token.as_ref()?))
    }

    /// The token endpoint answered a refresh, or did not.
    pub(super) fn refresh_answered(
        &mut self,
        session: &SessionId,
        visitor: Option<Visitor>,
        answer: Answer,
        ctx: &mut Context<'_>,
    ) {
        let tokens = self
            .sessions
            .find(session)
            .and_then(|found| found.tokens.as_ref());
        let scheme = tokens.map_or(TokenScheme::Bearer, |tokens| {
            self.scheme_of(tokens.provider)
        });
        match answer.and_then(|response| Usable::judge(&response, scheme)) {
            Ok(usable) => {
                self.renew(session, usable.into_response(), ctx);
                self.answer_home(session, visitor, ctx);
            }
            Err(refusal) => {
                if is_final(&refusal)
                    && let Some(session) = self.sessions.find_mut(session)
                {
                    session.tokens = None;
                }
                self.refresh_failed(session, visitor, refusal, ctx);
            }
        }
    }

    /// RFC 6749 §6: a new refresh token replaces the old one; without one the old one stays.
    fn renew(&mut self, session: &SessionId, response: AccessTokenResponse, ctx: &mut Context<'_>) {
        let Some(tokens) = self
            .sessions
            .find_mut(session)
            .and_then(|session| session.tokens.as_mut())
        else {
            // The user logged out meanwhile: nobody may use these any more.
            return;
        };
        tokens.access_token = response.access_token.clone();
        if let Some(refresh_token) = &response.refresh_token {
            tokens.refresh_token = Some(refresh_token.clone());
        }
        let provider = tokens.provider;
        self.note_tokens(provider, &response, ctx);
    }

    fn refresh_failed(
        &self,
        session: &SessionId,
        visitor: Option<Visitor>,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        if let Some(visitor) = visitor {
            self.answer(visitor, session, self.refused(&refusal), ctx);
        }
        ctx.note(Event::RefreshFailed { refusal });
    }

    /// Ends a session: the client forgets its tokens at once, and asks the server to forget them too. Whether
    /// that succeeds changes nothing here (RFC 7009 §2.2).
    pub(super) fn log_out(
        &mut self,
        id: &SessionId,
        visitor: Option<Visitor>,
        ctx: &mut Context<'_>,
    ) {
        if let Some(session) = self.sessions.find_mut(id) {
            session.account = None;
            let tokens = session.tokens.take();
            self.revoke(tokens, ctx);
        }
        self.answer_home(id, visitor, ctx);
    }

    /// RFC 7009 §2.1: the refresh token if there is one, because its grant goes with it.
    fn revoke(&mut self, tokens: Option<Tokens>, ctx: &mut Context<'_>) {
        let Some((request, event)) = tokens.and_then(|tokens| {
            let provider = self.configuration.provider(tokens.provider).ok()?;
            let endpoint = provider.revocation_endpoint.as_ref()?;
            let (token, hint) = match &tokens.refresh_token {
                Some(token) => (token.text(), "refresh_token"),
                None => (tokens.access_token.text(), "access_token"),
            };
            let request = RevocationRequest {
                client: Some(self.credentials(provider)),
                token: token.clone(),
                token_type_hint: Some(Text::new(hint)),
            };
            let authorization = request.write_authorization();
            let fields = request.write_fields();
            let request = back_channel::post(provider, endpoint, fields, authorization).ok()?;
            let issuer = provider.issuer.clone();
            Some((request, Event::RevocationRequested { issuer }))
        }) else {
            return;
        };
        if self.send_errand(request, Purpose::Revoke, ctx).is_ok() {
            ctx.note(event);
        }
    }

    /// Sends a browser that waited back to the home page.
    pub(super) fn answer_home(
        &self,
        session: &SessionId,
        visitor: Option<Visitor>,
        ctx: &mut Context<'_>,
    ) {
        if let Some(visitor) = visitor {
            self.answer(visitor, session, self.to_home(), ctx);
        }
    }
}

/// RFC 6749 §5.2: after `invalid_grant` the refresh token is worth nothing. After anything else it may still be.
fn is_final(refusal: &Refusal) -> bool {
    let invalid_grant = Compared::shown(ErrorCode::InvalidGrant.as_str());
    refusal.rule == Rule::TokenResponseGranted && refusal.found == invalid_grant
}
