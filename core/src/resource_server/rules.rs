//! Whether a token opens the resource (RFC 6749 §7, RFC 6750 §3.1, RFC 7662 §4).

use super::ResourceServer;
use super::asking::Pending;
use super::possession::Possession;
use crate::http::{Body, Response, Status};
use crate::message::IntrospectionResponse;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientId, Confirmation, Issuer, Scope, Subject};

/// Proof that the token is good.
#[derive(Debug)]
pub(super) struct TokenGood(());

/// Proof that its scope covers the resource.
#[derive(Debug)]
pub(super) struct TokenScopeCovers(());

/// What lets the resource be served, and to whom.
#[derive(Debug)]
pub(super) struct Servable {
    /// Whose resource.
    pub(super) owner: Subject,
    /// For whom the token had been issued.
    pub(super) client_id: ClientId,
    /// What its sender proved.
    pub(super) possession: Possession,
    _good: TokenGood,
    _covers: TokenScopeCovers,
}

/// What the authorization server says about a token that it calls active.
struct Active {
    client_id: ClientId,
    sub: Subject,
    scope: Scope,
    exp: Option<Timestamp>,
    iss: Issuer,
    cnf: Option<Confirmation>,
}

impl ResourceServer {
    /// Judges the answer about a token at `now`, by this server's own clock.
    ///
    /// # Errors
    /// The first rule that is broken: [`Rule::VerdictReachable`], [`Rule::TokenGood`], those of
    /// [`Self::possession`], [`Rule::TokenScopeCovers`].
    pub(super) fn servable(
        &self,
        pending: &Pending,
        response: &Response,
        now: Timestamp,
    ) -> Result<Servable, Refusal> {
        let configuration = &self.configuration;
        let active = active(verdict(response)?)?;
        let good = TokenGood::check(&active, &configuration.issuer, now)?;
        let (sender, token) = (&pending.sender, &pending.access_token);
        let possession = self.possession(sender, token, active.cnf.as_ref(), now)?;
        let covers = TokenScopeCovers::check(&active.scope, configuration.required_scope.as_ref())?;
        Ok(Servable {
            owner: active.sub,
            client_id: active.client_id,
            possession,
            _good: good,
            _covers: covers,
        })
    }
}

/// RFC 7662 §2.2, §4 (MUST): an answer is a JSON object with status 200; anything else is no answer.
fn verdict(response: &Response) -> Result<IntrospectionResponse, Refusal> {
    let unusable = |found: &str| {
        Refusal::new(
            Rule::VerdictReachable,
            Compared::shown("200 with a readable answer"),
            Compared::shown(found),
        )
    };
    match &response.body {
        Body::Json(json) if response.status == Status::OK => {
            IntrospectionResponse::parse(json).map_err(|error| unusable(&alloc::format!("{error}")))
        }
        Body::Json(_) | Body::Empty | Body::Form(_) | Body::Page(_) | Body::Octets { .. } => {
            Err(unusable(&alloc::format!("{}", response.status.0)))
        }
    }
}

/// RFC 7662 §2.2 (MUST): a token that is not active opens nothing.
fn active(verdict: IntrospectionResponse) -> Result<Active, Refusal> {
    match verdict {
        IntrospectionResponse::Inactive => Err(not_good("active", "inactive")),
        IntrospectionResponse::Active {
            client_id,
            sub,
            scope,
            exp,
            iss,
            cnf,
        } => Ok(Active {
            client_id,
            sub,
            scope,
            exp,
            iss,
            cnf,
        }),
    }
}

impl TokenGood {
    /// RFC 6750 §3.1 (MUST): issued by the server that this one trusts (RFC 9068 §4), and not expired.
    fn check(active: &Active, issuer: &Issuer, now: Timestamp) -> Result<Self, Refusal> {
        if active.iss != *issuer {
            return Err(not_good(issuer.as_str(), active.iss.as_str()));
        }
        if active.exp.is_some_and(|exp| now >= exp) {
            return Err(not_good("not expired", "expired"));
        }
        Ok(Self(()))
    }
}

fn not_good(expected: &str, found: &str) -> Refusal {
    Refusal::new(
        Rule::TokenGood,
        Compared::shown(expected),
        Compared::shown(found),
    )
}

impl TokenScopeCovers {
    /// RFC 6750 §3.1 (MUST): every scope token that the resource asks for is in the token's scope.
    fn check(scope: &Scope, required: Option<&Text>) -> Result<Self, Refusal> {
        let mut wanted = required
            .into_iter()
            .flat_map(|required| required.as_str().split(' '))
            .filter(|token| !token.is_empty());
        match wanted.find(|token| !scope.contains(token)) {
            None => Ok(Self(())),
            Some(missing) => Err(Refusal::new(
                Rule::TokenScopeCovers,
                Compared::shown(missing),
                Compared::shown(scope.as_str()),
            )),
        }
    }
}
