//! What a scenario expects in the end.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::names::{ErrorName, EventName, InvariantName, MessageName, RuleName, User};

/// Something that must be true of the run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// A party noted a fact.
    Event(ExpectedEvent),
    /// No party noted such a fact.
    NoEvent(ExpectedEvent),
    /// A rule refused something.
    Refusal(ExpectedRefusal),
    /// A rule refused nothing.
    NoRefusal(ExpectedRefusal),
    /// A message was sent.
    Message(Box<ExpectedMessage>),
    /// No such message was sent.
    NoMessage(Box<ExpectedMessage>),
    /// What a user sees in the end.
    Page(ExpectedPage),
    /// What the invariants say of the run.
    Invariant(ExpectedVerdicts),
}

impl Expectation {
    /// The word of this expectation.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Event(_) => "event",
            Self::NoEvent(_) => "no_event",
            Self::Refusal(_) => "refusal",
            Self::NoRefusal(_) => "no_refusal",
            Self::Message(_) => "message",
            Self::NoMessage(_) => "no_message",
            Self::Page(_) => "page",
            Self::Invariant(_) => "invariant",
        }
    }
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEvent {
    /// Its name.
    pub name: EventName,
    /// Who noted it.
    #[serde(default)]
    pub by: Option<String>,
    /// How often; at least once, when nothing is said.
    #[serde(default)]
    pub count: Option<usize>,
    /// Parts of it, as traces show them; `*` is anything that is there.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRefusal {
    /// The rule.
    pub rule: RuleName,
    /// Who refused.
    #[serde(default)]
    pub by: Option<String>,
    /// How often; at least once, when nothing is said.
    #[serde(default)]
    pub count: Option<usize>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedMessage {
    /// What it is in the flow.
    pub is: MessageName,
    /// Who sent it.
    #[serde(default)]
    pub from: Option<String>,
    /// Who gets it.
    #[serde(default)]
    pub to: Option<String>,
    /// The method of a request.
    #[serde(default)]
    pub method: Option<String>,
    /// The status of a response.
    #[serde(default)]
    pub status: Option<u16>,
    /// The `error` of a response, in body, redirect or challenge.
    #[serde(default)]
    pub error: Option<ErrorName>,
    /// Parameters of query, body or redirect, by name; `*` is any value.
    #[serde(default)]
    pub has: BTreeMap<String, String>,
    /// Parameters that are not there.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Header fields, by name; `*` is any value, and a value may be a part of what is there.
    #[serde(default)]
    pub header: BTreeMap<String, String>,
    /// How often; at least once, when nothing is said.
    #[serde(default)]
    pub count: Option<usize>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// What somebody sees.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedPage {
    /// Who.
    #[serde(default)]
    pub user: User,
    /// In which tab.
    #[serde(default = "first_tab")]
    pub tab: String,
    /// The title of the page.
    #[serde(default)]
    pub title: Option<String>,
    /// A part of its text.
    #[serde(default)]
    pub text: Option<String>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
}

fn first_tab() -> String {
    "1".to_owned()
}

/// What invariants say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedVerdicts {
    /// These were put to the test and held.
    #[serde(default)]
    pub holds: Vec<InvariantName>,
    /// These were violated.
    #[serde(default)]
    pub violated: Vec<InvariantName>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
}
