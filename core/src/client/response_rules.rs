//! The rules for authorization responses, one by one. In which order they are asked stands in
//! [`redirection_endpoint`](super::redirection_endpoint).

use alloc::format;

use super::Client;
use super::configuration::Provider;
use super::login::Login;
use super::policy::{
    AbsentCheck, ContextCheck, IssCheck, PostMessageSource, ResponseDuplicates, StateUse,
};
use super::redirection_endpoint::{Arrival, path_of};
use crate::http::Form;
use crate::message::{AuthorizationResponse, Outcome, Repeats, SignedIdToken};
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{AccessToken, AuthorizationCode, Issuer, ResponseMode, State};
use crate::wire::location;

proof! {
    /// It came as it was asked to come, and can be read.
    ResponseReadable
}
proof! {
    /// This browser session has a login that it may answer.
    waivable LoginUnderWay
}
proof! {
    /// Its `state` is that of the login.
    waivable StateMatches
}
proof! {
    /// It came to the redirection URI of the login.
    waivable ContextMatches
}
proof! {
    /// The window that posted it shows the server that was asked.
    waivable MessageSourceMatches
}
proof! {
    /// The server that answers is the one that was asked.
    waivable IssuerMatches
}
proof! {
    /// The owner said yes.
    ResponseGranted
}

/// What a granted response says.
pub(super) struct Granted {
    /// The code.
    pub(super) code: AuthorizationCode,
    /// The `state` that came with it.
    pub(super) state: Option<State>,
    /// An ID Token.
    pub(super) id_token: Option<SignedIdToken>,
    /// An access token.
    pub(super) access_token: Option<AccessToken>,
}

impl ResponseReadable {
    /// RFC 6749 §3.1.2, §4.1.2 (MUST): it comes the way that was asked for, with each parameter once, and with a
    /// code or an error.
    pub(super) fn check(
        duplicates: ResponseDuplicates,
        arrival: &Arrival,
    ) -> Result<(AuthorizationResponse, Self), Refusal> {
        let refused = |found: &str| {
            let expected = Compared::shown("a code or an error, in the way that was asked for");
            Refusal::new(Rule::ResponseReadable, expected, Compared::shown(found))
        };
        let fields = arrival.fields.as_ref().ok_or_else(|| refused("nothing"))?;
        let repeats = match duplicates {
            ResponseDuplicates::Reject => Repeats::Refuse,
            ResponseDuplicates::First => Repeats::First,
            ResponseDuplicates::Last => Repeats::Last,
        };
        AuthorizationResponse::parse(fields, repeats)
            .map(|response| (response, Self(())))
            .map_err(|fault| refused(&format!("{fault}")))
    }
}

impl LoginUnderWay {
    /// RFC 9700 §4.7.1 (MUST): a response that no login of this browser session waits for is not believed.
    pub(super) fn check(client: &Client, arrival: &Arrival) -> Result<Self, Refusal> {
        if client.candidates(arrival).next().is_some() {
            return Ok(Self(()));
        }
        if client.policy().absent_check == AbsentCheck::Skip || client.keeps_nothing(arrival) {
            return Ok(Self::waived());
        }
        let expected = Compared::shown("a login under way");
        Err(Refusal::new(
            Rule::LoginUnderWay,
            expected,
            Compared::Absent,
        ))
    }
}

impl StateMatches {
    /// RFC 6749 §10.12, RFC 9700 §4.7.1 (MUST): the `state` is that of a login of this browser session, and has
    /// not been used. Says which login that is; none when there is nothing to compare with.
    pub(super) fn check<'a>(
        client: &'a Client,
        arrival: &Arrival,
        found: Option<&State>,
    ) -> Result<(Option<&'a Login>, Self), Refusal> {
        let newest = client.candidates(arrival).next();
        match client.policy().state {
            StateUse::Absent | StateUse::SentNotChecked => Ok((newest, Self::waived())),
            StateUse::Static if found == Some(&client.configuration.static_state) => {
                Ok((newest, Self(())))
            }
            StateUse::Static => Err(state_refused(
                Some(&client.configuration.static_state),
                found,
            )),
            StateUse::BoundOnce
            | StateUse::BoundMulti
            | StateUse::UnboundStore
            | StateUse::SessionFromState => {
                let Some(newest) = newest else {
                    return Ok((None, Self::waived()));
                };
                let mut all = client.candidates(arrival);
                all.find(|login| found.is_some() && login.sent.state.as_ref() == found)
                    .map(|login| (Some(login), Self(())))
                    .ok_or_else(|| state_refused(newest.sent.state.as_ref(), found))
            }
        }
    }
}

fn state_refused(expected: Option<&State>, found: Option<&State>) -> Refusal {
    let secret = |state: Option<&State>| {
        state.map_or(Compared::Absent, |state| Compared::secret(state.as_str()))
    };
    Refusal::new(Rule::StateMatches, secret(expected), secret(found))
}

impl ContextMatches {
    /// RFC 9700 §4.4.2.2 (MUST): it came to the redirection URI that its login had named.
    pub(super) fn check(
        policy: ContextCheck,
        arrival: &Arrival,
        login: Option<&Login>,
    ) -> Result<Self, Refusal> {
        let (ContextCheck::On, Some(login)) = (policy, login) else {
            return Ok(Self::waived());
        };
        let expected = path_of(login.sent.redirect_uri.text());
        if expected.as_ref() == Some(&arrival.path) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::ContextMatches,
            expected.map_or(Compared::Absent, Compared::Shown),
            Compared::Shown(arrival.path.clone()),
        ))
    }
}

impl MessageSourceMatches {
    /// RFC 9700 §4.17 (MUST): the sender of a message between windows is the server that was asked.
    pub(super) fn check(
        policy: PostMessageSource,
        mode: ResponseMode,
        provider: &Provider,
        arrival: &Arrival,
    ) -> Result<Self, Refusal> {
        match (policy, mode) {
            (PostMessageSource::Checked, ResponseMode::WebMessage) => {}
            (PostMessageSource::Any, _)
            | (_, ResponseMode::Query | ResponseMode::Fragment | ResponseMode::FormPost) => {
                return Ok(Self::waived());
            }
        }
        let expected = location::parse(provider.authorization_endpoint.as_str())
            .map(|url| Text::from(format!("{}", url.origin)))
            .unwrap_or_default();
        let found = arrival.first(Form::MESSAGE_SOURCE);
        if found == Some(&expected) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::MessageSourceMatches,
            Compared::Shown(expected),
            found.map_or(Compared::Absent, |found| Compared::Shown(found.clone())),
        ))
    }
}

impl IssuerMatches {
    /// RFC 9207 §2.4 (MUST): `iss` is the issuer that was asked, as a string, and there if the server promises it.
    pub(super) fn check(
        policy: IssCheck,
        provider: &Provider,
        iss: Option<&Issuer>,
    ) -> Result<Self, Refusal> {
        match (policy, iss) {
            (IssCheck::Off, _) | (IssCheck::IfPresent, None) => Ok(Self::waived()),
            (IssCheck::Strict, None) if !provider.promises_iss => Ok(Self(())),
            (IssCheck::Strict | IssCheck::IfPresent, Some(iss)) if *iss == provider.issuer => {
                Ok(Self(()))
            }
            (IssCheck::Strict | IssCheck::IfPresent, found) => Err(Refusal::new(
                Rule::IssuerMatches,
                Compared::shown(provider.issuer.as_str()),
                found.map_or(Compared::Absent, |iss| Compared::shown(iss.as_str())),
            )),
        }
    }
}

impl ResponseGranted {
    /// RFC 6749 §4.1.2.1 (MUST): an error is a no.
    pub(super) fn check(response: AuthorizationResponse) -> Result<(Granted, Self), Refusal> {
        match response.outcome {
            Outcome::Granted {
                code,
                id_token,
                access_token,
            } => Ok((
                Granted {
                    code,
                    state: response.state,
                    id_token,
                    access_token,
                },
                Self(()),
            )),
            Outcome::Refused(error) => Err(Refusal::new(
                Rule::ResponseGranted,
                Compared::shown("a code"),
                Compared::Shown(error.error),
            )),
        }
    }
}
