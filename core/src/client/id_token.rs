//! Believing an ID Token (OpenID Connect Core §3.1.3.7, §3.3.2.12, §3.3.3.6).

use super::Client;
use super::configuration::Provider;
use super::login::{Known, Login, Sent, Stage};
use super::policy::{AbsentCheck, NonceUse};
use super::response_rules::Granted;
use crate::message::{AccessTokenResponse, IdToken, IdTokenFault, SignedIdToken, half_hash};
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::{Span, Timestamp};
use crate::value::{AccessToken, AuthorizationCode, Nonce, Subject};

/// How far the clocks of two parties may be apart: 60 seconds, FAPI 2.0 Security Profile §5.3.2.1.
const CLOCK_DIFFERENCE: Span = Span::from_seconds(60);

proof! {
    /// Signature, issuer, audience and times are right.
    IdTokenValid
}
proof! {
    /// The token answers this login.
    waivable NonceMatches
}
proof! {
    /// The token belongs to the code and the access token that it came with.
    HashesMatch
}

/// Which way an ID Token came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// With the authorization response, through the browser.
    Front,
    /// From the token endpoint.
    Back,
}

impl IdTokenValid {
    /// OpenID Connect Core §3.1.3.7 (MUST): signed by the issuer that was asked, for this client, and in time.
    pub(super) fn check(
        signed: &SignedIdToken,
        provider: &Provider,
        now: Timestamp,
    ) -> Result<(IdToken, Self), Refusal> {
        let token = signed
            .read(&provider.keys)
            .map_err(|fault| invalid(Compared::Absent, Compared::shown(fault_text(fault))))?;
        if token.iss != provider.issuer {
            let (expected, found) = (provider.issuer.as_str(), token.iss.as_str());
            return Err(invalid(Compared::shown(expected), Compared::shown(found)));
        }
        if token.aud != provider.client_id {
            let (expected, found) = (provider.client_id.as_str(), token.aud.as_str());
            return Err(invalid(Compared::shown(expected), Compared::shown(found)));
        }
        if token.exp.after(CLOCK_DIFFERENCE) <= now {
            return Err(invalid(Compared::Absent, Compared::shown("expired")));
        }
        if token.iat > now.after(CLOCK_DIFFERENCE) {
            let found = Compared::shown("issued in the future");
            return Err(invalid(Compared::Absent, found));
        }
        Ok((token, Self(())))
    }
}

fn invalid(expected: Compared, found: Compared) -> Refusal {
    Refusal::new(Rule::IdTokenValid, expected, found)
}

const fn fault_text(fault: IdTokenFault) -> &'static str {
    match fault {
        IdTokenFault::Malformed => "malformed",
        IdTokenFault::Algorithm => "another algorithm",
        IdTokenFault::UnknownKey => "an unknown key",
        IdTokenFault::Signature => "a wrong signature",
        IdTokenFault::Claims => "missing claims",
    }
}

impl NonceMatches {
    /// OpenID Connect Core §3.1.3.7 (MUST): the nonce that was sent, in every ID Token (RFC 9700 §4.5.3.2).
    pub(super) fn check(
        (nonce_use, absent): (NonceUse, AbsentCheck),
        channel: Channel,
        sent: Option<&Nonce>,
        token: &IdToken,
    ) -> Result<Self, Refusal> {
        match (nonce_use, channel) {
            (NonceUse::TokenEndpoint, Channel::Front | Channel::Back)
            | (NonceUse::FrontOnly, Channel::Front) => {}
            (NonceUse::FrontOnly, Channel::Back)
            | (NonceUse::SentNotChecked | NonceUse::None, Channel::Front | Channel::Back) => {
                return Ok(Self::waived());
            }
        }
        if sent.is_none() && absent == AbsentCheck::Skip {
            return Ok(Self::waived());
        }
        if sent == token.nonce.as_ref() {
            return Ok(Self(()));
        }
        let secret = |nonce: Option<&Nonce>| {
            nonce.map_or(Compared::Absent, |nonce| Compared::secret(nonce.as_str()))
        };
        Err(Refusal::new(
            Rule::NonceMatches,
            secret(sent),
            secret(token.nonce.as_ref()),
        ))
    }
}

impl HashesMatch {
    /// OpenID Connect Core §3.3.2.10, §3.3.2.9 (MUST): the hash of the code is there in the front channel, and
    /// whatever hash is there is right.
    fn check(
        token: &IdToken,
        code: Option<&AuthorizationCode>,
        access_token: Option<&AccessToken>,
    ) -> Result<Self, Refusal> {
        let compare = |expected: Text, found: Option<&Text>| {
            if found == Some(&expected) {
                return Ok(());
            }
            let found = found.map_or(Compared::Absent, |hash| Compared::Shown(hash.clone()));
            Err(invalid(Compared::Shown(expected), found))
        };
        if let Some(code) = code {
            compare(half_hash(code.as_str()), token.c_hash.as_ref())?;
        }
        if let (Some(access_token), Some(_)) = (access_token, &token.at_hash) {
            compare(half_hash(access_token.as_str()), token.at_hash.as_ref())?;
        }
        Ok(Self(()))
    }
}

impl Client {
    /// What the ID Token of an authorization response says, where the response type asks for one.
    ///
    /// OpenID Connect Core §3.3.2.12 (MUST): valid, for this login, and for this code.
    pub(super) fn front_owner(
        &self,
        provider: &Provider,
        sent: Option<&Sent>,
        response: &Granted,
        now: Timestamp,
    ) -> Result<Option<Subject>, Refusal> {
        if !self.response_type(provider).id_token {
            return Ok(None);
        }
        let signed = response.id_token.as_ref().ok_or(MISSING)?;
        let (token, IdTokenValid(())) = IdTokenValid::check(signed, provider, now)?;
        let nonce = sent.and_then(|sent| sent.nonce.as_ref());
        let NonceMatches(()) =
            NonceMatches::check(self.nonce_policy(), Channel::Front, nonce, &token)?;
        let HashesMatch(()) =
            HashesMatch::check(&token, Some(&response.code), response.access_token.as_ref())?;
        Ok(Some(token.sub))
    }

    /// What the ID Token of an access token response says, where `openid` was asked for and granted.
    ///
    /// OpenID Connect Core §3.1.3.3 (MUST): there is one; §3.1.3.7 (MUST): it is valid and for this login;
    /// §3.3.3.6 (MUST): it is about the same owner as the one in the authorization response.
    pub(super) fn owner_said(
        &self,
        login: &Login,
        response: &AccessTokenResponse,
        now: Timestamp,
    ) -> Result<Option<Known>, Refusal> {
        let provider = self.configuration.provider(login.provider)?;
        let granted = response
            .scope
            .as_ref()
            .is_none_or(|scope| scope.contains("openid"));
        let signed = match &response.id_token {
            Some(signed) if self.expects_id_token(provider) => signed,
            None if self.expects_id_token(provider) && granted => return Err(MISSING),
            Some(_) | None => return Ok(None),
        };
        let (token, IdTokenValid(())) = IdTokenValid::check(signed, provider, now)?;
        let nonce = login.sent.nonce.as_ref();
        let NonceMatches(()) =
            NonceMatches::check(self.nonce_policy(), Channel::Back, nonce, &token)?;
        let HashesMatch(()) = HashesMatch::check(&token, None, Some(&response.access_token))?;
        if let Stage::AwaitingToken { front, .. } = &login.stage
            && let Some(front) = front
            && *front != token.sub
        {
            let (expected, found) = (front.as_str(), token.sub.as_str());
            return Err(invalid(Compared::shown(expected), Compared::shown(found)));
        }
        Ok(Some(token.into()))
    }

    fn nonce_policy(&self) -> (NonceUse, AbsentCheck) {
        let policy = self.policy();
        (policy.nonce, policy.absent_check)
    }
}

const MISSING: Refusal = Refusal::new(Rule::IdTokenExpected, Compared::Absent, Compared::Absent);
