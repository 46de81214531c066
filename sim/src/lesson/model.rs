//! What the page, the terminal walkthrough and the exports read: one lesson as plain data.
//!
//! This is the contract between Rust and the page. The page finds it as JSON in
//! `<script type="application/json" id="lesson">`.
//!
//! - A [`Key`] is looked up in [`Lesson::texts`] of the language: what is found there is ready to be shown, arguments
//!   are filled in already. A key of the user interface begins with `ui.`.
//! - A [`StepNumber`] counts from 1, as people do; a [`ValueNumber`] is a place in [`Lesson::values`], from 0.
//! - Nothing here is markup. Every text goes into the page as text.
//! - What is absent is left out of the JSON; an empty list is there.
//! - A permalink is `#trace=RUN&seed=SEED&step=STEP&lang=LANGUAGE&pick=VALUE`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names a text; looked up in [`Lesson::texts`].
pub type Key = String;

/// The number of a step in its run, from 1.
pub type StepNumber = u32;

/// The place of a value in [`Lesson::values`], from 0.
pub type ValueNumber = u32;

/// One lesson: one run, or an attack with the defence beside it, and the honest run of the same parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The version of this format: 1.
    pub format: u32,
    /// Its name: of the ready lesson, or of the scenario.
    pub id: String,
    /// What it shows.
    pub title: Key,
    /// What is worth knowing about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Key>,
    /// The languages, the first being the one that is shown when nothing else is asked for.
    pub languages: Vec<String>,
    /// By language and key, every text that this lesson or the page needs.
    pub texts: BTreeMap<String, BTreeMap<Key, String>>,
    /// What the reader chooses among at the top; one alone needs no choice.
    pub scenarios: Vec<ScenarioChoice>,
    /// Everybody who takes part in some run, in the order of the lanes.
    pub parties: Vec<Party>,
    /// The invariants that some run puts to the test, in the order of the lamps.
    pub invariants: Vec<InvariantText>,
    /// The values that are followed, over all runs; equal values are one value.
    pub values: Vec<Value>,
    /// Every parameter that some message has, by its name.
    pub parameters: BTreeMap<String, ParameterText>,
    /// Every run, branches among them.
    pub runs: Vec<Run>,
}

/// One choice at the top of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioChoice {
    /// Its name.
    pub id: String,
    /// What the button says, such as "Honest run" or "Attack: login CSRF".
    pub label: Key,
    /// The [`Run::id`] that it shows; of an attack, the run without the defence.
    pub run: String,
    /// The [`Run::id`] with the defence, if this is an attack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defence: Option<String>,
    /// What the toggle says for `run`, such as "state ignored".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_label: Option<Key>,
    /// What the toggle says for `defence`, such as "state checked".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defence_label: Option<Key>,
    /// The first step at which the two runs differ: "the two runs part here" is drawn above it. It may be one more
    /// than a run has, when the shorter one is the beginning of the longer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts_at: Option<StepNumber>,
}

/// What a party is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// A resource owner's browser.
    Browser,
    /// A client.
    Client,
    /// An authorization server, or one node of it.
    Server,
    /// The store of an authorization server; only in lessons about races.
    Store,
    /// A resource server.
    Resource,
    /// Whoever attacks: a browser, a client, a server or nobody in particular.
    Attacker,
}

/// Somebody with a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The name in the trace, such as `alice`, `client`, `as`.
    pub id: String,
    /// What it is; it decides colour and icon.
    pub role: PartyRole,
    /// What its card says, such as "Authorization server".
    pub name: Key,
    /// The same where there is little room.
    pub short: Key,
    /// The second line of the card: "Alice", "client.example".
    pub address: Key,
}

/// Where something is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Such as "RFC 6749 §10.12".
    pub text: String,
    /// Where to read it; left out when it is in no published text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// An invariant as a lamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvariantText {
    /// Its name in traces.
    pub id: String,
    /// In two or three words.
    pub name: Key,
    /// In one sentence.
    pub about: Key,
    /// Who demands it.
    pub rfc: Vec<Section>,
}

/// What a value is for; it decides the colour.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// `state`; letter S.
    State,
    /// An authorization code; C.
    Code,
    /// An access or refresh token; T.
    Token,
    /// A client secret, a password, or a code verifier; K.
    Secret,
    /// A redirection URI; R.
    Redirect,
    /// A nonce, a session, the token of a form: fresh, and only good for being compared; N.
    Nonce,
    /// A name, such as a client identifier; I.
    Identifier,
    /// Anything else, such as a code challenge; H.
    Other,
}

/// A value that is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// What it is for.
    pub kind: ValueKind,
    /// The letter of its tile.
    pub letter: char,
    /// What it is called, such as `state`; not translated.
    pub name: String,
    /// Its name in the trace, such as `state(alice.1)`; the name again when nobody minted it.
    pub label: String,
    /// The octets, as they travel.
    pub text: String,
    /// How many bits of it nobody can guess; left out for a value that was agreed before the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<u32>,
    /// What it is, in a sentence or two.
    pub about: Key,
    /// What happens if it is missing or wrong.
    pub wrong: Key,
    /// Who says so.
    pub rfc: Vec<Section>,
}

/// What a parameter is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterText {
    /// What it is, in a sentence or two.
    pub about: Key,
    /// What happens if it is missing or wrong.
    pub wrong: Key,
    /// Who says so.
    pub rfc: Vec<Section>,
}

/// One run of the simulator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its name, unique in the lesson: `honest`, `attack`, `defence`, or that of a branch.
    pub id: String,
    /// What it is called.
    pub label: Key,
    /// The scenario that it is a run of, such as `flows/login`.
    pub scenario: String,
    /// The profile it ran in.
    pub profile: String,
    /// The seed, in hexadecimal digits.
    pub seed: String,
    /// The hash of the trace; equal runs have equal hashes.
    pub hash: String,
    /// The switches in which it differs from its profile, by name.
    pub switches: BTreeMap<String, String>,
    /// The parties that take part, by [`Party::id`], in the order of the lanes.
    pub parties: Vec<String>,
    /// The run that this one branches off from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_of: Option<BranchOf>,
    /// How it ends.
    pub verdict: Verdict,
    /// The way of each value that this run has.
    pub paths: Vec<ValuePath>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// Where a branch comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchOf {
    /// The [`Run::id`].
    pub run: String,
    /// How many steps the two have in common.
    pub shared: StepNumber,
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The invariants that are violated, by [`InvariantText::id`]; none when all hold.
    pub violated: Vec<String>,
    /// In a few words.
    pub words: Key,
}

/// The way of a value through one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuePath {
    /// Which.
    pub value: ValueNumber,
    /// Who made it, and in which step; left out for a value that was agreed before the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minted: Option<Minted>,
    /// The steps whose message carries it; the hop is made by [`Step::from`].
    pub steps: Vec<StepNumber>,
}

/// The origin of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minted {
    /// Who.
    pub party: String,
    /// In which step.
    pub step: StepNumber,
}

/// What a step is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A message that asks: a whole arrow.
    Request,
    /// A message that answers: a dashed arrow.
    Response,
    /// A decision of one party: a pill on its lane, a diamond on the scrubber.
    Local,
    /// Something that nobody wanted, or time that passes: a pill in warning colours.
    Fault,
}

/// The sign of a step.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// A check that was made and passed, or a good refusal: ✓.
    Good,
    /// A check that is missing, or a bad end: ✕.
    Bad,
    /// No sign.
    None,
}

/// One message or one local decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What kind of step it is, such as `step.callback.request.code`; for tests and for finding it, not to be shown.
    pub topic: String,
    /// When, in milliseconds since the run began. In many runs no time passes at all: then all steps say 0, and the
    /// number of the step says more.
    pub at_ms: u64,
    /// What it is.
    pub kind: StepKind,
    /// Who acts, by [`Party::id`].
    pub from: String,
    /// Who receives; left out for a local decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What stands at the arrow or in the pill: `GET /cb/as`, "state = session.state".
    pub label: Key,
    /// The values it carries, in order of appearance: the tiles behind the label.
    pub values: Vec<ValueNumber>,
    /// A headline.
    pub title: Key,
    /// What happens, in one sentence.
    pub what: Key,
    /// Why it matters, in one sentence.
    pub why: Key,
    /// Whether it is drawn with ✓, with ✕, or with neither.
    pub sign: Sign,
    /// The attacker's bad move, or the missing check: drawn in red.
    pub attack: bool,
    /// The message, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The comparisons that a decision consists of.
    pub checks: Vec<Check>,
    /// What parties note meanwhile and ask their stores, in order: for who wants to know more.
    pub details: Vec<Detail>,
    /// How the knowledge of the parties changes.
    pub deltas: Vec<Delta>,
    /// The invariants whose lamp changes in this step, and to what; at the beginning all are `not_exercised`.
    pub invariants: BTreeMap<String, Lamp>,
    /// The invariants that are violated from this step on: a big red mark on the scrubber.
    pub violated: Vec<String>,
    /// Other ways that the run could take from here.
    pub branches: Vec<Branch>,
    /// Predict first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiz: Option<Quiz>,
    /// The entries of the trace that this step is made of. Every entry is in exactly one step.
    pub entries: Vec<u32>,
}

/// A lamp.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lamp {
    /// Nothing so far could have violated it.
    NotExercised,
    /// It was put to the test, and holds.
    Holds,
    /// It is violated, and stays so.
    Violated,
}

/// An HTTP message, or one between a server and its store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What it is.
    pub kind: MessageKind,
    /// Where it goes or comes from, such as `https://client.example`; for the raw octets of a request to be read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The true octets. Line breaks are `\r\n` where they are.
    pub octets: String,
    /// How many there are.
    pub length: u32,
    /// The same for people: one parameter a line.
    pub lines: Vec<Line>,
}

/// What a message is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// An HTTP request.
    Request,
    /// An HTTP response.
    Response,
    /// No response: the connection broke or never was.
    Failure,
    /// An operation on the store, or its reply; the octets are its name.
    Store,
}

/// One line of a message.
pub type Line = Vec<Span>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// What it says.
    pub text: String,
    /// How it looks.
    pub style: SpanStyle,
    /// The value that it is; the reader can pick it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueNumber>,
    /// The parameter that it belongs to, a name in [`Lesson::parameters`]; the reader can pick it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

/// How a piece of a line looks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SpanStyle {
    /// The first line, or what else is worth emphasis.
    Strong,
    /// The name of a parameter or header field, with its `=` or `:`.
    Name,
    /// A value.
    Value,
    /// Anything else.
    Plain,
}

/// A comparison, shown as `left ? right`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The rule, by its name in `core::refusal`.
    pub rule: String,
    /// What the rule demands.
    pub about: Key,
    /// Who demands it.
    pub rfc: Vec<Section>,
    /// What came.
    pub left: Side,
    /// What it is compared with.
    pub right: Side,
    /// What comes of it.
    pub result: CheckResult,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// What it is called, such as `callback.state`; not translated.
    pub name: String,
    /// The value, if it is one that is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueNumber>,
    /// Its text; left out when there is nothing: "absent".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What comes of a comparison.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// Both sides agree: `=`.
    Equal,
    /// They do not, and the party stops: `≠`.
    Different,
    /// They do not, and the party goes on: it never compared them.
    Skipped,
}

/// Something that came of a step at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// Who.
    pub party: String,
    /// The name of a fact, or the operation on the store; not translated.
    pub name: String,
    /// What the fact means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Key>,
    /// Its parts, by name, as the trace shows them.
    pub parts: Vec<(String, String)>,
}

/// How knowledge changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum DeltaSign {
    /// The party knows something new.
    #[serde(rename = "+")]
    Added,
    /// The party has it no more.
    #[serde(rename = "-")]
    Removed,
    /// The party has something else in its place.
    #[serde(rename = "~")]
    Changed,
}

/// One change in what a party knows.
///
/// All knowledge of a party at a step is the fold of all its deltas up to there, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delta {
    /// Whose.
    pub party: String,
    /// What happens to it.
    pub sign: DeltaSign,
    /// What it is called there, such as `session.state`. A name with a dot belongs under the part before the dot.
    pub path: String,
    /// The value, if it is one that is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueNumber>,
    /// Its text, whole; when something is removed, what it was.
    pub text: String,
}

/// Another way to go from a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The question: "What if Bob delivers his own code here?"
    pub label: Key,
    /// The [`Run::id`] to go to.
    pub run: String,
    /// The step of that run to go to.
    pub step: StepNumber,
}

/// A question before the answer is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// What is asked.
    pub question: Key,
    /// What can be answered; exactly one is right.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What it says.
    pub text: Key,
    /// Why it is right or wrong.
    pub why: Key,
    /// Whether it is right.
    pub right: bool,
}
