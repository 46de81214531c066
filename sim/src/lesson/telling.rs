//! Which words belong to a step: keys of texts, chosen by what the message or the decision is.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a new fact is told by its own name until somebody says more"
)]

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Fields, Request, Response};
use grantlab_core::refusal::Rule;

use super::checks::Compare;
use super::model::{CheckResult, Sign};
use super::places::{self, Exchange};
use super::texts::{Argument, Phrase, exists};
use crate::trace::What;

/// What a step says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The kind of the step: the keys of its texts begin so.
    pub topic: String,
    /// At the arrow or in the pill.
    pub label: Phrase,
    /// The headline.
    pub title: Phrase,
    /// What happens.
    pub what: Phrase,
    /// Why it matters.
    pub why: Phrase,
}

/// Who tells about whom.
#[derive(Clone, Debug)]
pub struct Teller<'a> {
    /// The lesson, which may have words of its own.
    pub lesson: &'a str,
    /// Who acts, by his name in the trace.
    pub party: &'a str,
    /// The user that the step is about.
    pub user: String,
}

impl Teller<'_> {
    /// The words called `key`: those of this lesson for this party, those of this lesson, or the usual ones.
    #[must_use]
    pub fn words(&self, key: &str, label: Phrase, arguments: &[(&'static str, Argument)]) -> Words {
        let part = |part: &str| {
            let own = format!("lesson.{}.{}.{key}.{part}", self.lesson, self.party);
            let of_lesson = format!("lesson.{}.{key}.{part}", self.lesson);
            let usual = format!("{key}.{part}");
            let key = [own, of_lesson]
                .into_iter()
                .find(|key| exists(key))
                .unwrap_or(usual);
            self.phrase(key, arguments)
        };
        Words {
            topic: key.to_owned(),
            title: part("title"),
            what: part("what"),
            why: part("why"),
            label,
        }
    }

    /// A text with the usual arguments.
    #[must_use]
    pub fn phrase(&self, key: String, arguments: &[(&'static str, Argument)]) -> Phrase {
        let mut phrase = Phrase::text(key).with("user", Argument::Name(self.user.clone()));
        for (name, argument) in arguments {
            phrase = phrase.with(name, argument.clone());
        }
        phrase
    }
}

/// The words for a request.
#[must_use]
pub fn request(exchange: Exchange, request: &Request) -> String {
    let parameters = places::parameters(request);
    let has = |name: &str| parameters.iter().any(|fields| fields.first(name).is_some());
    let is = |name: &str, value: &str| {
        parameters
            .iter()
            .any(|fields| fields.first(name).is_some_and(|text| *text == value))
    };
    let variant = match exchange {
        Exchange::Authorization if has("request_uri") => ".pushed",
        Exchange::Authorization => match (has("state"), has("code_challenge")) {
            (true, true) => ".state_pkce",
            (true, false) => ".state",
            (false, true) => ".pkce",
            (false, false) => ".bare",
        },
        Exchange::OwnerForm => match (
            has("password"),
            is("decision", "approve"),
            is("decision", "deny"),
        ) {
            (true, true, _) => ".login_approve",
            (true, false, true) => ".login_deny",
            (true, false, false) => ".login",
            (false, _, true) => ".deny",
            (false, _, false) => ".approve",
        },
        Exchange::Callback if has("code") => ".code",
        Exchange::Callback if has("error") => ".error",
        Exchange::Callback => ".empty",
        Exchange::ClientPage if has("code") => ".code",
        Exchange::Token if has("code_verifier") => ".verifier",
        Exchange::Token => ".plain",
        Exchange::Home
        | Exchange::LoginStart
        | Exchange::ClientPage
        | Exchange::Refresh
        | Exchange::TokenOther
        | Exchange::Revocation
        | Exchange::Introspection
        | Exchange::Pushed
        | Exchange::Metadata
        | Exchange::Resource
        | Exchange::Elsewhere
        | Exchange::Other => "",
    };
    format!("step.{}.request{variant}", exchange.word())
}

/// The words for a response.
#[must_use]
pub fn response(exchange: Exchange, response: &Response) -> String {
    let location = response.headers.location();
    let carries = |name: &str| {
        location.is_some_and(|location| {
            let joined = grantlab_core::wire::location::join(location);
            [&location.query, &location.fragment]
                .iter()
                .any(|fields| fields.first(name).is_some())
                || has_parameter(&joined, name)
        })
    };
    let posted = posted(response);
    let posts = |name: &str| posted.iter().any(|fields| fields.first(name).is_some());
    let variant = match exchange {
        Exchange::LoginStart if carries("response_type") || carries("request_uri") => ".redirect",
        Exchange::LoginStart if posts("response_type") => ".page",
        Exchange::LoginStart => ".other",
        Exchange::Authorization | Exchange::OwnerForm => match response.status.0 {
            _ if carries("code") || posts("code") => ".code",
            _ if carries("error") || posts("error") => ".error",
            300..=399 => ".moved",
            400..=599 => ".refused",
            _ => ".page",
        },
        Exchange::Callback => match response.status.0 {
            300..=399 => ".done",
            400..=599 => ".refused",
            _ => ".page",
        },
        Exchange::Token
        | Exchange::Refresh
        | Exchange::TokenOther
        | Exchange::Revocation
        | Exchange::Introspection
        | Exchange::Pushed
        | Exchange::Resource => match response.status.0 {
            200..=299 => ".good",
            _ => ".refused",
        },
        Exchange::ClientPage if location.is_some() => ".moved",
        Exchange::Home if posts("read") || has_form(response, "/logout") => ".signed_in",
        Exchange::Home
        | Exchange::ClientPage
        | Exchange::Metadata
        | Exchange::Elsewhere
        | Exchange::Other => "",
    };
    format!("step.{}.response{variant}", exchange.word())
}

/// What the forms of a page would send.
fn posted(response: &Response) -> Vec<Fields> {
    let Body::Page(page) = &response.body else {
        return Vec::new();
    };
    let forms = page.forms.iter().map(|form| {
        let fields = form
            .fields
            .iter()
            .map(|field| (field.name.clone(), field.value.clone()));
        Fields(fields.collect())
    });
    forms.collect()
}

fn has_form(response: &Response, action: &str) -> bool {
    let Body::Page(page) = &response.body else {
        return false;
    };
    page.forms.iter().any(|form| form.action == action)
}

fn has_parameter(url: &str, name: &str) -> bool {
    url.split(['?', '#', '&'])
        .skip(1)
        .any(|pair| pair.split('=').next() == Some(name))
}

/// What stands at the arrow of a response.
#[must_use]
pub fn response_label(response: &Response) -> String {
    let status = response.status.0;
    if let Some(location) = response.headers.location() {
        let joined = grantlab_core::wire::location::join(location);
        let place = joined.split(['?', '#']).next().unwrap_or_default();
        let place = place.split_once("://").map_or(place, |(_, place)| place);
        return format!("{status} → {place}");
    }
    match &response.body {
        Body::Page(page) => format!("{status} {}", page.title),
        Body::Json(json) => {
            let first = json.members().and_then(|members| members.first());
            match first {
                Some((name, value)) if name == "error" => {
                    let error = value
                        .as_text()
                        .map(|text| text.as_str())
                        .unwrap_or_default();
                    format!("{status} {error}")
                }
                Some((name, _)) => format!("{status} {name}"),
                None => status.to_string(),
            }
        }
        Body::Empty | Body::Form(_) | Body::Octets { .. } => status.to_string(),
    }
}

/// The words for a decision.
#[must_use]
pub fn decision(event: &Event, compared: &[Compare]) -> String {
    let all_equal = compared
        .iter()
        .all(|compare| compare.result == CheckResult::Equal);
    let variant = match event {
        Event::CallbackAccepted { .. } => match compared.first() {
            Some(Compare {
                left: (_, None),
                right: (_, None),
                ..
            }) => ".stateless",
            Some(first) if first.result == CheckResult::Equal => {
                match compared.iter().any(overlooks) {
                    true => ".issuer_skipped",
                    false => ".checked",
                }
            }
            Some(first) if first.left.1 == first.right.1 => ".unchecked",
            Some(_) | None => ".mismatched",
        },
        Event::CodeRedeemed { .. } if all_equal => ".checked",
        Event::CodeRedeemed { .. } if was_used(compared) => ".again",
        Event::CodeRedeemed { .. } => ".loose",
        Event::RefreshTokenUsed { .. } if !all_equal => ".again",
        Event::ConsentSkipped { remembered, .. } => match remembered {
            true => ".remembered",
            false => ".never_asked",
        },
        Event::MessagePosted { delivered, .. } => match delivered {
            true => ".delivered",
            false => ".kept_back",
        },
        Event::FamilyRevoked { by_replay, .. } => match by_replay {
            true => ".replay",
            false => ".asked",
        },
        _ => "",
    };
    format!("decision.{}{variant}", event.name())
}

/// Whether a comparison is left out that would have failed.
fn overlooks(compare: &Compare) -> bool {
    compare.result == CheckResult::Skipped && compare.left.1 != compare.right.1
}

fn was_used(compared: &[Compare]) -> bool {
    compared
        .first()
        .is_some_and(|first| first.left.1.as_deref() == Some("yes"))
}

/// Whether a decision is drawn with ✓, with ✕ or with neither.
#[must_use]
pub fn sign(event: &Event, compared: &[Compare]) -> Sign {
    let goes_on_in_spite = compared.iter().any(|compare| {
        compare.result == CheckResult::Skipped
            && compare.left.1 != compare.right.1
            && (compare.left.1.is_some() || compare.rule == Rule::VerifierMatches)
    });
    if goes_on_in_spite || matches!(event, Event::OpenRedirected { .. }) {
        return Sign::Bad;
    }
    let refuses = super::checks::refusal(event).is_some();
    let good = matches!(
        event,
        Event::PasswordRefused { .. }
            | Event::FamilyRevoked { .. }
            | Event::TokenRevoked { .. }
            | Event::CookieWithheld { .. }
            | Event::CookieRefused { .. }
            | Event::Consumed { .. }
            | Event::AlreadyConsumed { .. }
    );
    let compared_all = !compared.is_empty()
        && compared
            .iter()
            .all(|compare| compare.result == CheckResult::Equal);
    if refuses || good || compared_all {
        Sign::Good
    } else {
        Sign::None
    }
}

/// The words for what nobody wanted, and for time.
#[must_use]
pub const fn fault(what: &What) -> &'static str {
    match what {
        What::Lost { .. } => "fault.lost",
        What::Duplicated { .. } => "fault.duplicated",
        What::Delayed { .. } => "fault.delayed",
        What::TimePassed(_) => "fault.time_passed",
        What::DeadlineCame => "fault.deadline",
        What::Crashed => "fault.crashed",
        What::Restarted => "fault.restarted",
        What::NobodyThere { .. } => "fault.nobody_there",
        What::Arrived { .. } => "fault.arrives_late",
        _ => "fault.other",
    }
}
