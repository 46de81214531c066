//! Asking at the token endpoint and reading the answer: steps (D) and (E) of RFC 6749 figure 3, §4.1.3, §5.

use alloc::format;

use super::Client;
use super::back_channel::{self, Answer, Purpose};
use super::configuration::{Provider, SendRedirectUri};
use super::login::{Known, Login, LoginId, ProviderId, Sent, Turn, Wait};
use super::redirection_endpoint::Proofs;
use super::session::Tokens;
use crate::event::Event;
use crate::http::{Body, Request, Response, Status};
use crate::json::Json;
use crate::machine::Context;
use crate::message::{AccessTokenRequest, AccessTokenResponse, Grant, TokenError, TokenScheme};
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{AuthorizationCode, CodeVerifier, RedirectionUri, SessionId, TokenType};

proof! {
    /// The token endpoint did not refuse.
    TokenResponseGranted
}
proof! {
    /// The answer has a token and its type, both of the right shape.
    TokenResponseReadable
}
proof! {
    /// The client knows how to use a token of this type.
    TokenTypeUnderstood
}

impl TokenResponseGranted {
    /// RFC 6749 §5.2 (MUST): an error is a no, also under status 200, as some servers send it.
    fn check(json: &Json) -> Result<Self, Refusal> {
        let found = match TokenError::parse(json) {
            Ok(error) => Compared::Shown(error.error),
            Err(_) if json.member("error").is_some() => Compared::shown("an error"),
            Err(_) => return Ok(Self(())),
        };
        let expected = Compared::shown("tokens");
        Err(Refusal::new(Rule::TokenResponseGranted, expected, found))
    }
}

impl TokenResponseReadable {
    /// RFC 6749 §5.1 (MUST): 200, JSON, and every member of the type that it should have. A redirect is not
    /// followed: it would carry the client's credentials to wherever it says.
    fn check(status: Status, json: &Json) -> Result<(AccessTokenResponse, Self), Refusal> {
        if status != Status::OK {
            return Err(unreadable(Compared::shown(&format!("{}", status.0))));
        }
        AccessTokenResponse::parse(json)
            .map(|response| (response, Self(())))
            .map_err(|fault| unreadable(Compared::shown(&format!("{fault}"))))
    }
}

fn unreadable(found: Compared) -> Refusal {
    let expected = Compared::shown("access_token and token_type");
    Refusal::new(Rule::TokenResponseReadable, expected, found)
}

impl TokenTypeUnderstood {
    /// RFC 6749 §7.1 (MUST NOT): a token of an unknown type is not used. RFC 9449 §5: nor is a bearer token where one
    /// that is bound to the client's key was asked for.
    fn check(response: &AccessTokenResponse, scheme: TokenScheme) -> Result<Self, Refusal> {
        if response.token_type == TokenType(Text::new(scheme.as_str())) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::TokenTypeUnderstood,
            Compared::shown(scheme.as_str()),
            Compared::Shown(response.token_type.0.clone()),
        ))
    }
}

/// What a token endpoint said, once every rule about its answer is kept.
pub(super) struct Usable {
    response: AccessTokenResponse,
    granted: TokenResponseGranted,
    readable: TokenResponseReadable,
    understood: TokenTypeUnderstood,
}

impl Usable {
    /// RFC 6749 §5.1, §5.2, §7.1, in this order.
    pub(super) fn judge(answer: &Response, scheme: TokenScheme) -> Result<Self, Refusal> {
        let Body::Json(json) = &answer.body else {
            return Err(unreadable(status_of(answer)));
        };
        let granted = TokenResponseGranted::check(json)?;
        let (response, readable) = TokenResponseReadable::check(answer.status, json)?;
        let understood = TokenTypeUnderstood::check(&response, scheme)?;
        Ok(Self {
            response,
            granted,
            readable,
            understood,
        })
    }

    /// What it says.
    pub(super) const fn response(&self) -> &AccessTokenResponse {
        &self.response
    }

    /// What may be used now.
    pub(super) fn into_response(self) -> AccessTokenResponse {
        let Self {
            response,
            granted: TokenResponseGranted(()),
            readable: TokenResponseReadable(()),
            understood: TokenTypeUnderstood(()),
        } = self;
        response
    }
}

/// What an answer is that is not JSON.
pub(super) fn status_of(answer: &Response) -> Compared {
    let what = match &answer.body {
        Body::Empty => "nothing",
        Body::Form(_) => "a form",
        Body::Json(_) => "JSON",
        Body::Page(_) => "a page",
        Body::Octets { .. } => "something else",
    };
    Compared::shown(&format!("{} with {what}", answer.status.0))
}

/// What goes to the token endpoint for a code.
pub(super) struct Redemption {
    request: Request,
    event: Event,
}

impl Client {
    /// RFC 6749 §4.1.3, RFC 7636 §4.5: the code, and what proves that this client may redeem it.
    pub(super) fn redemption(
        &self,
        provider: &Provider,
        code: &AuthorizationCode,
        sent: Option<&Sent>,
        ctx: &mut Context<'_>,
    ) -> Result<Redemption, Refusal> {
        let redirect_uri: Option<RedirectionUri> = match provider.send_redirect_uri {
            SendRedirectUri::Both => Some(sent.map_or_else(
                || self.redirect_uri(provider),
                |sent| sent.redirect_uri.clone(),
            )),
            SendRedirectUri::AuthorizationRequestOnly | SendRedirectUri::Neither => None,
        };
        let code_verifier: Option<CodeVerifier> = sent.and_then(|sent| sent.code_verifier.clone());
        let grant = Grant::AuthorizationCode {
            code: code.clone(),
            redirect_uri: redirect_uri.clone(),
            code_verifier: code_verifier.clone(),
            empty_verifier: false,
        };
        Ok(Redemption {
            request: self.token_request(provider, grant, ctx)?,
            event: Event::TokenRequested {
                issuer: provider.issuer.clone(),
                code: code.clone(),
                code_verifier,
                redirect_uri,
            },
        })
    }

    /// RFC 6749 §3.2 (MUST): a `POST`, in the body that the server's document asks for.
    pub(super) fn token_request(
        &self,
        provider: &Provider,
        grant: Grant,
        ctx: &mut Context<'_>,
    ) -> Result<Request, Refusal> {
        let request = AccessTokenRequest {
            client: Some(self.credentials(provider)),
            grant,
        };
        let authorization = request.write_authorization();
        let endpoint = &provider.token_endpoint;
        back_channel::post(provider, endpoint, request.write_fields(), authorization)
            .map(|request| provider.proved(request, None, ctx))
    }

    /// How tokens of a server are used.
    pub(super) fn scheme_of(&self, provider: ProviderId) -> TokenScheme {
        let provider = self.configuration.provider(provider);
        provider.map_or(TokenScheme::Bearer, Provider::token_scheme)
    }

    /// Redeems a code and throws the answer away: nobody else can redeem it then.
    pub(super) fn burn(&mut self, redemption: Redemption, ctx: &mut Context<'_>) {
        let Redemption { request, event } = redemption;
        if self.send_errand(request, Purpose::Burn, ctx).is_ok() {
            ctx.note(event);
        }
    }

    /// Sends what redeems the code of a response that every rule let through.
    pub(super) fn redeem(&self, redemption: Redemption, _: Proofs, ctx: &mut Context<'_>) -> Wait {
        let Redemption { request, event } = redemption;
        ctx.note(event);
        self.send(request, ctx)
    }

    /// The token endpoint answered a login, or did not.
    pub(super) fn tokens_answered(&mut self, id: LoginId, answer: Answer, ctx: &mut Context<'_>) {
        let Some((login, _)) = self.waiting_login(id) else {
            return;
        };
        let judged = answer
            .and_then(|response| Usable::judge(&response, self.scheme_of(login.provider)))
            .and_then(|usable| {
                let owner = self.owner_said(login, usable.response(), ctx.now)?;
                Ok((usable.into_response(), owner))
            });
        let login = login.clone();
        match judged {
            Ok((response, owner)) => {
                self.keep_tokens(&login.session, login.provider, response, ctx);
                self.identify(&login, owner, ctx);
            }
            Err(refusal) => self.give_up(id, refusal, ctx),
        }
    }

    /// Tokens replace older ones of the session only now that everything about them is right.
    pub(super) fn keep_tokens(
        &mut self,
        session: &SessionId,
        provider: ProviderId,
        response: AccessTokenResponse,
        ctx: &mut Context<'_>,
    ) {
        self.note_tokens(provider, &response, ctx);
        self.sessions.change(session, |session| {
            session.tokens = Some(Tokens {
                provider,
                access_token: response.access_token,
                refresh_token: response.refresh_token,
            });
        });
    }

    /// Notes that there are tokens.
    pub(super) fn note_tokens(
        &self,
        provider: ProviderId,
        response: &AccessTokenResponse,
        ctx: &mut Context<'_>,
    ) {
        if let Ok(provider) = self.configuration.provider(provider) {
            ctx.note(Event::TokensReceived {
                issuer: provider.issuer.clone(),
                access_token: response.access_token.clone(),
                refresh_token: response.refresh_token.clone(),
                scope: response.scope.clone(),
            });
        }
    }

    /// Goes on to the resource when its answer is part of the login, else completes.
    fn identify(&mut self, login: &Login, owner: Option<Known>, ctx: &mut Context<'_>) {
        let wanted = self
            .configuration
            .provider(login.provider)
            .is_ok_and(|provider| provider.reads_resource_at_once);
        let request = self.resource_request(&login.session, ctx);
        match request {
            Some(Ok(request)) if wanted => {
                let wait = self.send(request, ctx);
                self.turn(login.id, Turn::Reads { wait, owner }, ctx);
            }
            Some(_) | None => self.complete(login.id, owner, ctx),
        }
    }
}
