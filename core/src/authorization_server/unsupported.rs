//! What an OpenID provider may do without, but not without a word (OpenID Connect Core §6.1, §7.2.1).

use super::AuthorizationServer;
use super::proof::proof;
use crate::http::Fields;
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::Scope;

proof! {
    /// No parameter of the request is inside a request object.
    waivable RequestObjectAbsent
}
proof! {
    /// No client describes itself in the request.
    waivable RegistrationAbsent
}

impl AuthorizationServer {
    /// Where nobody asks for an ID Token these are parameters that nobody knows, and ignored (RFC 6749 §3.1).
    pub(super) fn unsupported(
        &self,
        fields: &Fields,
        scope: &Scope,
    ) -> Result<(RequestObjectAbsent, RegistrationAbsent), Refusal> {
        if self.configuration.signing_key.is_none() || !scope.contains("openid") {
            return Ok((RequestObjectAbsent::waived(), RegistrationAbsent::waived()));
        }
        Ok((
            RequestObjectAbsent::check(fields)?,
            RegistrationAbsent::check(fields)?,
        ))
    }
}

impl RequestObjectAbsent {
    /// OpenID Connect Core §6.1 (MUST): request objects are refused by name where they are not read.
    fn check(fields: &Fields) -> Result<Self, Refusal> {
        match has(fields, "request") {
            false => Ok(Self(())),
            true => Err(found(Rule::RequestObjectAbsent, "request")),
        }
    }
}

impl RegistrationAbsent {
    /// OpenID Connect Core §7.2.1 (MUST): likewise client metadata.
    fn check(fields: &Fields) -> Result<Self, Refusal> {
        match has(fields, "registration") {
            false => Ok(Self(())),
            true => Err(found(Rule::RegistrationAbsent, "registration")),
        }
    }
}

/// RFC 6749 §3.1: a parameter without a value is as good as none.
fn has(fields: &Fields, name: &str) -> bool {
    fields.all(name).any(|value| !value.is_empty())
}

fn found(rule: Rule, name: &str) -> Refusal {
    Refusal::new(rule, Compared::Absent, Compared::shown(name))
}
