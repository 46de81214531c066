//! What a decision compares: `left ? right`, with both values.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "some facts are decisions that compare; a new one is no comparison until somebody says what is compared"
)]

use grantlab_core::event::Event;
use grantlab_core::refusal::{Compared, Refusal, Rule};
use grantlab_core::value::{CodeChallenge, CodeChallengeMethod, CodeVerifier};

use super::model::CheckResult;
use super::run::Told;
use crate::trace::{Entry, EntryId};

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compare {
    /// The rule that demands it.
    pub rule: Rule,
    /// What came: its name, and what it is, if it is there.
    pub left: (&'static str, Option<String>),
    /// What it is compared with.
    pub right: (&'static str, Option<String>),
    /// What comes of it.
    pub result: CheckResult,
}

/// The comparisons of a decision, in the order of the rules.
#[must_use]
pub fn comparisons(told: &Told<'_>, id: EntryId, entry: &Entry, event: &Event) -> Vec<Compare> {
    if let Some(refusal) = refusal(event) {
        return vec![refused(refusal)];
    }
    match event {
        Event::CallbackAccepted { .. } => callback(told, id, entry, event),
        Event::CodeRedeemed { .. } => redemption(told, id, event),
        Event::AuthorizationRequested {
            client_id,
            redirect_uri,
            redirect_registered: false,
            ..
        } => vec![Compare {
            rule: Rule::RedirectRegistered,
            left: ("redirect_uri", Some(redirect_uri.as_str().to_owned())),
            right: ("registered", told.registered_uri(client_id.as_str())),
            result: CheckResult::Skipped,
        }],
        Event::RefreshTokenUsed { refresh_token, .. } => {
            let mut earlier = told.trace.events().take_while(|(other, _, _)| *other < id);
            let used = earlier.any(|(_, _, event)| {
                matches!(event, Event::RefreshTokenUsed { refresh_token: other, .. } if other == refresh_token)
            });
            vec![unused(Rule::RefreshNewest, "refresh_token.used", used)]
        }
        _ => Vec::new(),
    }
}

/// The refusal in a fact, if it is one.
#[must_use]
pub fn refusal(event: &Event) -> Option<&Refusal> {
    match event {
        Event::CallbackRefused { refusal, .. }
        | Event::LoginFailed { refusal, .. }
        | Event::RefreshFailed { refusal, .. }
        | Event::ResourceUnread { refusal, .. }
        | Event::AuthorizationRefused { refusal, .. }
        | Event::FormRefused { refusal, .. }
        | Event::TokenRefused { refusal, .. }
        | Event::RequestRefused { refusal, .. }
        | Event::ResourceRefused { refusal, .. } => Some(refusal),
        _ => None,
    }
}

fn refused(refusal: &Refusal) -> Compare {
    let (left, right) = sides(refusal.rule);
    Compare {
        rule: refusal.rule,
        left: (left, compared(&refusal.found)),
        right: (right, compared(&refusal.expected)),
        result: CheckResult::Different,
    }
}

fn compared(side: &Compared) -> Option<String> {
    match side {
        Compared::Absent => None,
        Compared::Shown(text) | Compared::Secret(text) => Some(text.to_string()),
    }
}

/// What the two sides of a rule are called.
const fn sides(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::StateMatches => ("callback.state", "login.state"),
        Rule::LoginUnderWay => ("session.login", "under way"),
        Rule::IssuerMatches => ("callback.iss", "login.issuer"),
        Rule::RedirectRegistered => ("redirect_uri", "registered"),
        Rule::CodeRedirectMatches => ("redirect_uri", "code.redirect_uri"),
        Rule::CodeBoundToClient => ("client", "code.client"),
        Rule::VerifierMatches => ("S256(code_verifier)", "code.code_challenge"),
        Rule::NonceMatches => ("id_token.nonce", "login.nonce"),
        Rule::ClientKnown => ("client_id", "registered"),
        _ => ("found", "expected"),
    }
}

/// What a client compares before it believes a response, and what it should.
fn callback(told: &Told<'_>, id: EntryId, entry: &Entry, event: &Event) -> Vec<Compare> {
    let Event::CallbackAccepted { session, state, .. } = event else {
        return Vec::new();
    };
    let earlier = told.trace.events().take_while(|(other, _, _)| *other < id);
    let started = earlier.filter(|(_, other, event)| {
        other.party == entry.party
            && matches!(event, Event::LoginStarted { session: mine, .. } if mine == session)
    });
    // A session may have several logins under way: the one that this answers is the one with this state.
    let logins: Vec<&Event> = started.map(|(_, _, event)| event).collect();
    let answered = logins
        .iter()
        .rev()
        .find(|login| state_of(login) == state.as_ref().map(|text| text.as_str()));
    let login = answered.or_else(|| logins.last());
    let sent = login.and_then(|login| state_of(login));
    let came = state.as_ref().map(|text| text.as_str());
    let mut compared = vec![Compare {
        rule: Rule::StateMatches,
        left: ("callback.state", came.map(str::to_owned)),
        right: ("login.state", sent.map(str::to_owned)),
        result: match (came, told.setting("client.state")) {
            (Some(came), "bound_once" | "bound_multi") if Some(came) == sent => CheckResult::Equal,
            _ => CheckResult::Skipped,
        },
    }];
    let iss = told.callback_parameter(id, "iss");
    let issuer = login.and_then(|login| issuer_of(login));
    if iss.is_some() && issuer.is_some() {
        let looks = matches!(told.setting("client.iss_check"), "strict" | "if_present");
        compared.push(Compare {
            rule: Rule::IssuerMatches,
            result: match looks && iss == issuer {
                true => CheckResult::Equal,
                false => CheckResult::Skipped,
            },
            left: ("callback.iss", iss),
            right: ("login.issuer", issuer),
        });
    }
    compared
}

fn state_of(login: &Event) -> Option<&str> {
    match login {
        Event::LoginStarted { state, .. } => state.as_ref().map(|text| text.as_str()),
        _ => None,
    }
}

fn issuer_of(login: &Event) -> Option<String> {
    match login {
        Event::LoginStarted { issuer, .. } => Some(issuer.as_str().to_owned()),
        _ => None,
    }
}

/// What an authorization server compares before it redeems a code, and what it should.
fn redemption(told: &Told<'_>, id: EntryId, event: &Event) -> Vec<Compare> {
    let Event::CodeRedeemed {
        code,
        client_id,
        code_verifier,
        redirect_uri,
        ..
    } = event
    else {
        return Vec::new();
    };
    let issued = told.trace.events().find_map(|(_, _, event)| match event {
        Event::CodeIssued {
            code: other,
            client_id,
            redirect_uri,
            code_challenge,
            ..
        } if other == code => Some((client_id, redirect_uri, code_challenge)),
        _ => None,
    });
    let Some((owner, issued_to, challenge)) = issued else {
        return Vec::new();
    };
    let mut earlier = told.trace.events().take_while(|(other, _, _)| *other < id);
    let used = earlier.any(
        |(_, _, event)| matches!(event, Event::CodeRedeemed { code: other, .. } if other == code),
    );
    let mut compared = vec![
        unused(Rule::CodeSingleUse, "code.used", used),
        Compare {
            rule: Rule::CodeBoundToClient,
            left: ("client", Some(client_id.as_str().to_owned())),
            right: ("code.client", Some(owner.as_str().to_owned())),
            result: agreed(client_id == owner && told.setting("as.code_bind_client") == "on"),
        },
        Compare {
            rule: Rule::CodeRedirectMatches,
            left: (
                "redirect_uri",
                redirect_uri.as_ref().map(|uri| uri.as_str().to_owned()),
            ),
            right: ("code.redirect_uri", Some(issued_to.as_str().to_owned())),
            result: agreed(
                redirect_uri.as_ref() == Some(issued_to)
                    && told.setting("as.redirect_at_token") == "identical",
            ),
        },
    ];
    compared.extend(verifier(told, code_verifier.as_ref(), challenge.as_ref()));
    compared
}

fn verifier(
    told: &Told<'_>,
    verifier: Option<&CodeVerifier>,
    challenge: Option<&CodeChallenge>,
) -> Option<Compare> {
    if verifier.is_none() && challenge.is_none() {
        return None;
    }
    let methods = [CodeChallengeMethod::S256, CodeChallengeMethod::Plain];
    let made = verifier.map(|verifier| {
        let mut made = methods.iter().map(|method| verifier.challenge(*method));
        made.find(|made| Some(made) == challenge)
            .unwrap_or_else(|| verifier.challenge(CodeChallengeMethod::S256))
    });
    let looks = told.setting("as.pkce") != "ignored" && told.setting("as.pkce_verify") != "never";
    Some(Compare {
        rule: Rule::VerifierMatches,
        result: agreed(made.is_some() && made.as_ref() == challenge && looks),
        left: (
            "S256(code_verifier)",
            made.map(|made| made.as_str().to_owned()),
        ),
        right: (
            "code.code_challenge",
            challenge.map(|text| text.as_str().to_owned()),
        ),
    })
}

const fn agreed(equal: bool) -> CheckResult {
    if equal {
        CheckResult::Equal
    } else {
        CheckResult::Skipped
    }
}

/// Whether a value that is good once was used before.
fn unused(rule: Rule, name: &'static str, used: bool) -> Compare {
    let word = if used { "yes" } else { "no" };
    Compare {
        rule,
        left: (name, Some(word.to_owned())),
        right: ("expected", Some("no".to_owned())),
        result: agreed(!used),
    }
}
