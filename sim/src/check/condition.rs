//! What a check expects of an answer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Channel, Charset, JsonType, Outcome, Signature, Verdict};

/// One way in which a check can come out. The first whose condition holds gives the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// `pass`, `warning`, `recorded`, `fail` or `not applicable`.
    pub verdict: Verdict,
    /// When it is so. Everything in it must hold.
    pub when: Condition,
    /// One sentence that explains the verdict. It may contain `${…}`.
    pub says: String,
}

/// What is so when no alternative holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    /// `fail`, `warning` or `recorded`.
    pub verdict: Verdict,
    /// One sentence that explains the verdict. It may contain `${…}`.
    pub says: String,
}

/// What must hold of an answer: everything that is said. An empty one always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Of which step, by its `as`; without, of the last one that was answered.
    pub of: Option<String>,
    /// What the answer comes to: one of these.
    pub outcome: Vec<Outcome>,
    /// Its status: one of these, such as `400` or `4xx`.
    pub status: Vec<StatusWord>,
    /// Its error code, in the redirect or in the JSON object: one of these.
    pub error: Vec<String>,
    /// Parameters of the authorization response.
    pub parameters: BTreeMap<String, Match>,
    /// Members of the JSON object. `a.b` is the member `b` of the member `a`; `id_token.claims.nonce` and
    /// `id_token.header.alg` look into a JSON Web Token.
    pub members: BTreeMap<String, Match>,
    /// Header fields, named in lower case. Of several of one name, each is looked at until one fits.
    pub headers: BTreeMap<String, Match>,
    /// Values of the run: `"${first.code}": { "differs": "${second.code}" }`.
    pub values: BTreeMap<String, Match>,
    /// Lists that `collect` made.
    pub lists: BTreeMap<String, ListMatch>,
    /// The redirection URI as it came, with its parameters.
    pub location: Option<Match>,
    /// How the parameters of the authorization response travelled.
    pub channel: Option<Channel>,
    /// The content as text.
    pub body: Option<Match>,
    /// The most successes in a round of a `race`.
    pub winners: Option<Match>,
    /// What the signature of a JSON Web Token is worth.
    pub signature: Option<SignatureMatch>,
    /// All of these.
    pub all: Vec<Self>,
    /// One of these at least.
    pub any: Vec<Self>,
    /// Not this.
    pub not: Option<Box<Self>>,
}

/// What must hold of a value. A value that is absent fits nothing but `absent`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// It is this text. It may contain `${…}`.
    Is(String),
    /// It is another text. It may contain `${…}`.
    Differs(String),
    /// It is one of these texts.
    OneOf(Vec<String>),
    /// It contains this text, in any case of letters.
    Contains(String),
    /// It does not contain this text, in any case of letters.
    Lacks(String),
    /// It starts with this text.
    StartsWith(String),
    /// It does not start with this text.
    StartsOtherwise(String),
    /// As a list of words with blanks between, it has the same words, in any order.
    SameWords(String),
    /// As a list of words with blanks between, it has none beyond these.
    WithinWords(String),
    /// It is a number, at most this one.
    AtMost(u64),
    /// It is a number, at least this one.
    AtLeast(u64),
    /// It has this JSON type.
    Type(JsonType),
    /// It has only these characters.
    Charset(Charset),
    /// It is there exactly so often.
    Count(usize),
}

/// What the signature of a JSON Web Token must be worth.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureMatch {
    /// The token: `${first.id_token}`.
    pub token: String,
    /// The step whose answer is the JSON Web Key Set.
    pub keys: String,
    /// One of these.
    pub is: Vec<Signature>,
}

/// What must hold of values that were collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListMatch {
    /// No two are equal.
    Distinct,
    /// Two are equal.
    Repeated,
    /// By its length and the characters that are seen in it, each can hold so many bits of chance.
    BitsAtLeast(u64),
    /// Each can hold at most so many.
    BitsAtMost(u64),
}

/// A status: three digits, or `4xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusWord {
    from: u16,
    to: u16,
}

impl StatusWord {
    /// Whether `status` is meant.
    #[must_use]
    pub const fn includes(self, status: u16) -> bool {
        self.from <= status && status <= self.to
    }

    fn read(word: &str) -> Option<Self> {
        if let Some(class @ ("1" | "2" | "3" | "4" | "5")) = word.strip_suffix("xx") {
            let from = class.parse::<u16>().ok()? * 100;
            let to = from + 99;
            return Some(Self { from, to });
        }
        let status = word.parse().ok().filter(|_| word.len() == 3)?;
        Some(Self {
            from: status,
            to: status,
        })
    }
}

impl<'de> Deserialize<'de> for StatusWord {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        let word = String::deserialize(deserializer)?;
        Self::read(&word)
            .ok_or_else(|| D::Error::custom("a status is three digits, or a class such as `4xx`"))
    }
}

impl JsonSchema for StatusWord {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StatusWord".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A status: three digits, or a class such as `4xx`.",
            "type": "string",
            "pattern": "^([1-5]xx|[1-5][0-9][0-9])$",
        })
    }
}

impl Serialize for StatusWord {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.from == self.to {
            serializer.collect_str(&self.from)
        } else {
            serializer.collect_str(&format_args!("{}xx", self.from / 100))
        }
    }
}

impl Condition {
    /// This condition and every one inside it.
    pub fn each<'a>(&'a self, look: &mut dyn FnMut(&'a Self)) {
        look(self);
        for inner in self.all.iter().chain(&self.any).chain(self.not.as_deref()) {
            inner.each(look);
        }
    }

    /// The templates of this condition alone.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        let values = self.values.keys().map(String::as_str);
        let matches = [&self.parameters, &self.members, &self.headers, &self.values];
        let matches = matches.into_iter().flat_map(BTreeMap::values);
        let single = [&self.location, &self.body, &self.winners];
        let single = single.into_iter().filter_map(Option::as_ref);
        let token = self.signature.as_ref().map(|signature| &*signature.token);
        let matches = matches.chain(single).flat_map(Match::templates);
        values.chain(token).chain(matches)
    }
}

impl Match {
    fn templates(&self) -> Vec<&str> {
        match self {
            Self::Is(text)
            | Self::Differs(text)
            | Self::Contains(text)
            | Self::Lacks(text)
            | Self::StartsWith(text)
            | Self::StartsOtherwise(text)
            | Self::SameWords(text)
            | Self::WithinWords(text) => vec![text],
            Self::OneOf(texts) => texts.iter().map(String::as_str).collect(),
            Self::Present
            | Self::Absent
            | Self::AtMost(_)
            | Self::AtLeast(_)
            | Self::Type(_)
            | Self::Charset(_)
            | Self::Count(_) => Vec::new(),
        }
    }
}
