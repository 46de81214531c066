//! Cases: what an issuer does wrong, and what a careful client makes of it. They are data.
//!
//! The name of a case is the first path segment of the issuer that behaves so, so that one server has all of them at
//! once and a client needs to know nothing about it.

mod answer;
mod callback;
mod id_token;
mod placeholder;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::mischief::Mischief;
use crate::document::{Document, Step};
use crate::input_error::{InputError, SourceText};
use crate::profile::file::Differences;
use crate::profile::settings::Settings;

pub(super) use answer::change_answer;
pub(super) use callback::change_callback;
pub(super) use id_token::{Forge, change_id_token};
pub(super) use placeholder::Known;

/// The cases inside the binary.
const BUILT_IN: &str = include_str!("../../../../../scenarios/clients/cases.json");

/// Cases of a server at most, those that were injected among them.
pub(super) const CASES_MAX: usize = 256;

/// What a careful client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Careful {
    /// It goes on: nothing is wrong with it.
    Accept,
    /// It stops.
    Refuse,
    /// One or the other; what it does is recorded.
    Either,
}

impl Careful {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Either => "either",
        }
    }
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    Must,
    Should,
    May,
    Recorded,
}

impl Level {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::Recorded => "recorded",
        }
    }
}

/// With which message the client is tested; what it does next says what it made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum At {
    /// With the metadata: an authorization request shows that it took them.
    Metadata,
    /// With the authorization response: an access token request shows that it took it.
    Callback,
    /// With the token response: a request with the token shows that it took it.
    Token,
    /// With the ID Token, likewise.
    IdToken,
    /// With what a resource answers.
    Resource,
    /// With what the userinfo endpoint answers.
    Userinfo,
    /// With the answer to a refresh.
    Refresh,
    /// With the answer to a revocation.
    Revocation,
}

impl At {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Callback => "callback",
            Self::Token => "token",
            Self::IdToken => "id_token",
            Self::Resource => "resource",
            Self::Userinfo => "userinfo",
            Self::Refresh => "refresh",
            Self::Revocation => "revocation",
        }
    }
}

const fn once() -> u8 {
    1
}

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// Its name, which is the first path segment of its issuer.
    pub(super) id: String,
    /// What happens, in one line.
    pub(super) title: String,
    /// The checks of the list that it belongs to.
    #[serde(default)]
    pub(super) checks: Vec<String>,
    pub(super) level: Level,
    /// Which text demands it.
    pub(super) reference: String,
    pub(super) careful: Careful,
    pub(super) at: At,
    /// Logins that a trial begins; the callback of the last one is delivered.
    #[serde(default = "once")]
    pub(super) logins: u8,
    /// How often a trial delivers the callback.
    #[serde(default = "once")]
    pub(super) deliver: u8,
    /// Logins that a trial begins in one browser; all their callbacks are delivered there, the first one first.
    #[serde(default = "once")]
    pub(super) tabs: u8,
    /// Whether a trial refreshes after the login.
    #[serde(default)]
    pub(super) refresh: bool,
    /// Whether a trial revokes its tokens at the end.
    #[serde(default)]
    pub(super) revoke: bool,
    /// Switches of this issuer.
    #[serde(default)]
    pub(super) set: Settings,
    /// Other differences of this issuer from its profile.
    #[serde(default)]
    pub(super) change: Differences,
    /// What it does wrong.
    #[serde(default, rename = "do")]
    pub(super) changes: Vec<Change>,
}

/// One thing that is done wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// To the authorization response.
    Callback(CallbackChange),
    /// To the metadata.
    Metadata(AnswerChange),
    /// To the JWK Set.
    Keys(AnswerChange),
    /// To the answer to a code.
    Token(AnswerChange),
    /// To the answer to a refresh token.
    Refresh(AnswerChange),
    /// To the ID Token.
    IdToken(IdTokenChange),
    /// To what the resource answers.
    Resource(AnswerChange),
    /// To what the userinfo endpoint answers.
    Userinfo(AnswerChange),
    /// To the answer to a revocation.
    Revocation(AnswerChange),
}

/// Changes of an authorization response, carried out in this order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CallbackChange {
    /// Parameters that are left out.
    remove: Vec<String>,
    /// Parameters that have another value.
    set: BTreeMap<String, String>,
    /// Parameters that are there once more.
    add: BTreeMap<String, String>,
    /// Parameters whose last character is another.
    alter: Vec<String>,
    /// Parameters that have the value that they had in this issuer's first response.
    earlier: Vec<String>,
    /// Whether all of them are in the fragment.
    fragment: bool,
}

/// Changes of an answer, carried out in this order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AnswerChange {
    /// Only so many answers are changed, the first ones.
    pub(super) first: Option<u32>,
    /// Members that are left out.
    remove: Vec<String>,
    /// Members that have another value.
    set: BTreeMap<String, Value>,
    /// Members that are there once more.
    repeat: BTreeMap<String, Value>,
    /// Values that are put in front of those of a member, which is an array.
    prepend: BTreeMap<String, Value>,
    /// The member in which all of it is.
    nest: Option<String>,
    /// Whether it is the only element of an array.
    array: bool,
    /// Whether it is form-encoded.
    form: bool,
    /// The content instead.
    body: Option<String>,
    /// Octets of blanks in front of the content.
    pad_octets: u32,
    /// Whether the content begins with a byte order mark.
    byte_order_mark: bool,
    /// Whether only half of the content comes, and nobody says that more was meant.
    truncate: bool,
    status: Option<u16>,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
    /// For how many milliseconds it is held back.
    pub(super) delay_ms: u64,
    /// Whether the connection breaks in the middle of the content.
    pub(super) cut: bool,
    /// Whether the connection breaks before anything comes.
    pub(super) lost: bool,
    /// What comes in its place that is no HTTP, or has no end.
    pub(super) mischief: Option<Mischief>,
}

/// Changes of an ID Token, which is signed again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct IdTokenChange {
    /// Claims that are left out.
    remove: Vec<String>,
    /// Claims that have another value.
    set: BTreeMap<String, Value>,
    /// Claims that are there once more.
    repeat: BTreeMap<String, Value>,
    /// Header parameters that are left out.
    remove_header: Vec<String>,
    /// Header parameters that have another value.
    header: BTreeMap<String, Value>,
    /// How it is signed.
    sign: Sign,
}

/// How an ID Token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sign {
    /// With the key that is published.
    #[default]
    Own,
    /// With a key that is not.
    Another,
    /// With the key that is published; then one bit is changed.
    Broken,
    /// With the client's secret, HS256.
    HmacSecret,
    /// With the octets of the public key, HS256.
    HmacPublicKey,
    /// With the public key as JSON, HS256.
    HmacPublicJwk,
    /// Not at all: there is no third part.
    Nothing,
}

/// The cases inside the binary.
///
/// # Errors
/// None: a test reads them.
pub(super) fn built_in() -> Result<Vec<Case>, InputError> {
    read(SourceText::new("scenarios/clients/cases.json", BUILT_IN))
}

/// Reads a file of cases.
///
/// # Errors
/// The first mistake, with its place and what is allowed there.
pub(super) fn read(source: SourceText) -> Result<Vec<Case>, InputError> {
    let (document, cases): (Document, Vec<Case>) = Document::read(source)?;
    if cases.len() > CASES_MAX {
        return Err(document.mistake(&[], format!("more than {CASES_MAX} cases")));
    }
    let mut names = BTreeSet::new();
    for (place, case) in cases.iter().enumerate() {
        let problem = if !is_segment(&case.id) {
            Some("a case is called by small letters, digits and hyphens")
        } else if !names.insert(&case.id) {
            Some("there are two cases of this name")
        } else {
            None
        };
        if let Some(problem) = problem {
            let path = [Step::Item(place), Step::Member("id".to_owned())];
            return Err(document.mistake(&path, problem));
        }
    }
    Ok(cases)
}

/// Whether a name can be the first segment of a path and is none of an endpoint, which begin otherwise or are short.
pub(super) fn is_segment(name: &str) -> bool {
    let mut octets = name.bytes();
    name.len() <= 64
        && name.contains('-')
        && octets.all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cases_inside_the_binary_are_right() {
        let cases = built_in().unwrap();
        assert!(cases.len() > 80, "{}", cases.len());
        let known = include_str!("../../../../../scenarios/clients/checks.tsv");
        let known: BTreeSet<&str> = known
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        for case in &cases {
            for check in &case.checks {
                assert!(known.contains(check.as_str()), "{}: {check}", case.id);
            }
            assert!(
                case.careful == Careful::Either
                    || !case.checks.is_empty()
                    || case.id == "all-right",
                "{}",
                case.id
            );
        }
    }

    #[test]
    fn a_mistake_is_shown_in_its_place() {
        let text = r#"[{"id": "x-y", "title": "", "level": "must", "reference": "", "careful": "perhaps", "at": "token"}]"#;
        let error = read(SourceText::new("mine.json", text)).unwrap_err();
        assert!(error.to_string().contains("mine.json:1:"), "{error}");
        assert_eq!(error.allowed(), ["accept", "refuse", "either"]);
        let text = text.replace("perhaps", "refuse").replace("x-y", "token");
        let error = read(SourceText::new("mine.json", &text)).unwrap_err();
        assert!(error.to_string().contains("hyphens"), "{error}");
    }
}
