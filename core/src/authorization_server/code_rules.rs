//! The rules of a redemption, one by one (RFC 6749 §4.1.2, §4.1.3). Their order is in `token_endpoint`.

use super::AuthorizationServer;
use super::client_authentication::ActingClient;
use super::policy::{
    AuthorizationServerPolicy, CodeBindClient, CodeUse, RedirectAtToken, RefreshRecheck,
};
use super::proof::proof;
use super::redirect_matching::RedirectTrusted;
use super::registration::Registration;
use crate::message::store::{CodeRecord, CodeStage};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::{ClientId, RedirectionUri, Subject};

proof! {
    /// The code was issued to this client.
    waivable CodeBoundToClient
}
proof! {
    /// The redirection URI is that of the authorization request.
    waivable CodeRedirectMatches
}
proof! {
    /// The code is not expired.
    CodeFresh
}
proof! {
    /// The owner still has his account, and did not take his consent back.
    waivable OwnerStillThere
}
proof! {
    /// The code had not been used when it was looked at.
    waivable CodeUnused
}

impl CodeBoundToClient {
    pub(super) fn decide(
        policy: CodeBindClient,
        code: &CodeRecord,
        client: &ActingClient,
    ) -> Result<Self, Refusal> {
        match policy {
            CodeBindClient::On => Self::check(code, client),
            CodeBindClient::Off => Ok(Self::waived()),
        }
    }

    /// RFC 6749 §4.1.3, §10.5 (MUST): a code is redeemed by the client that it was issued to.
    fn check(code: &CodeRecord, client: &ActingClient) -> Result<Self, Refusal> {
        if code.client_id == *client.client_id() {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::CodeBoundToClient,
            Compared::shown(code.client_id.as_str()),
            Compared::shown(client.client_id().as_str()),
        ))
    }
}

impl AuthorizationServer {
    pub(super) fn redirect_matches(
        &self,
        code: &CodeRecord,
        sent: Option<&RedirectionUri>,
    ) -> Result<CodeRedirectMatches, Refusal> {
        let policy = &self.configuration.policy;
        let client = self.client(&code.client_id);
        match policy.redirect_at_token {
            RedirectAtToken::Identical => CodeRedirectMatches::check(code, sent, client),
            RedirectAtToken::RegPattern => {
                CodeRedirectMatches::check_pattern(policy, code, sent, client)
            }
            RedirectAtToken::Ignored => Ok(CodeRedirectMatches::waived()),
        }
    }
}

impl CodeRedirectMatches {
    /// RFC 6749 §4.1.3, §10.6 (MUST): the same octets as in the authorization request, and there if it was there.
    ///
    /// Where that request had none, the client may leave it out or name the one that its registration stands for,
    /// which is the first: that is where the code was sent.
    fn check(
        code: &CodeRecord,
        sent: Option<&RedirectionUri>,
        client: Option<&Registration>,
    ) -> Result<Self, Refusal> {
        let expected = match &code.redirect_uri {
            Some(asked) => Some(asked),
            None => client.and_then(|client| client.redirect_uris.first()),
        };
        let may_be_absent = code.redirect_uri.is_none();
        if (sent.is_none() && may_be_absent) || (sent.is_some() && sent == expected) {
            return Ok(Self(()));
        }
        Err(redirect_mismatch(expected, sent))
    }

    /// The weak reading of the same rule: any redirection URI that the authorization endpoint would take.
    fn check_pattern(
        policy: &AuthorizationServerPolicy,
        code: &CodeRecord,
        sent: Option<&RedirectionUri>,
        client: Option<&Registration>,
    ) -> Result<Self, Refusal> {
        let good = match (sent, client) {
            (None, _) => code.redirect_uri.is_none(),
            (Some(_), None) => false,
            (Some(sent), Some(client)) => {
                RedirectTrusted::check(policy.redirect_match, sent, client).is_ok()
            }
        };
        if good {
            return Ok(Self::waived());
        }
        Err(redirect_mismatch(code.redirect_uri.as_ref(), sent))
    }
}

fn redirect_mismatch(expected: Option<&RedirectionUri>, found: Option<&RedirectionUri>) -> Refusal {
    let compared = |uri: Option<&RedirectionUri>| {
        uri.map_or(Compared::Absent, |uri| Compared::Shown(uri.text().clone()))
    };
    Refusal::new(
        Rule::CodeRedirectMatches,
        compared(expected),
        compared(found),
    )
}

impl CodeFresh {
    /// RFC 6749 §4.1.2, §10.5 (MUST): a code is good until it expires, and no millisecond longer.
    pub(super) fn check(code: &CodeRecord, now: Timestamp) -> Result<Self, Refusal> {
        not_expired(Rule::CodeFresh, code.expires_at, now).map(|()| Self(()))
    }
}

/// Expired means: now is the moment or later. What has no such moment never expires.
pub(super) fn not_expired(
    rule: Rule,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    match expires_at {
        Some(expires_at) if now >= expires_at => Err(Refusal::new(
            rule,
            Compared::shown(&alloc::format!("before {} ms", expires_at.0)),
            Compared::shown(&alloc::format!("{} ms", now.0)),
        )),
        Some(_) | None => Ok(()),
    }
}

impl AuthorizationServer {
    /// RFC 9700 §4.14.2 (MAY), RFC 6749 §10.5: nothing is issued for an owner who is gone or changed his mind.
    pub(super) fn owner_still_there(
        &self,
        subject: &Subject,
        client_id: &ClientId,
        granted: Timestamp,
    ) -> Result<OwnerStillThere, Refusal> {
        let missing = if self.account(subject).is_none() {
            "the owner's account"
        } else if self.consent_stands(subject, client_id, granted) {
            return Ok(OwnerStillThere(()));
        } else {
            "the owner's consent"
        };
        Err(Refusal::new(
            Rule::OwnerStillThere,
            Compared::shown(missing),
            Compared::Absent,
        ))
    }

    /// The same for a refresh, where the policy may look at nothing but the token.
    pub(super) fn owner_rechecked(
        &self,
        subject: &Subject,
        client_id: &ClientId,
        granted: Timestamp,
    ) -> Result<OwnerStillThere, Refusal> {
        match self.configuration.policy.rt_recheck {
            RefreshRecheck::UserClientGrant => self.owner_still_there(subject, client_id, granted),
            RefreshRecheck::None => Ok(OwnerStillThere::waived()),
        }
    }
}

impl CodeUnused {
    pub(super) fn decide(policy: CodeUse, stage: CodeStage) -> Result<Self, Refusal> {
        match policy {
            CodeUse::AtomicOnce | CodeUse::CheckThenSet => Self::check(stage),
            CodeUse::Unlimited => Ok(Self::waived()),
        }
    }

    /// RFC 6749 §4.1.2, §10.5 (MUST): a code is used once, and not at all once its grant is revoked.
    ///
    /// Between this look and the use somebody else may use the code: the store has the last word.
    fn check(stage: CodeStage) -> Result<Self, Refusal> {
        match stage {
            CodeStage::Issued => Ok(Self(())),
            CodeStage::Redeemed | CodeStage::Revoked => Err(used(stage)),
        }
    }
}

/// Why a code is not good any more.
pub(super) fn used(stage: CodeStage) -> Refusal {
    let (rule, found) = match stage {
        CodeStage::Issued | CodeStage::Redeemed => (Rule::CodeSingleUse, "a code that was used"),
        CodeStage::Revoked => (Rule::GrantLive, "a grant that was revoked"),
    };
    Refusal::new(rule, Compared::Absent, Compared::shown(found))
}
