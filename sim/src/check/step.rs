//! The steps of a check: what is sent to the target, in order.

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{Authentication, Endpoint, Lifetime, Outcome, Role};
use crate::scenario::content::Parameters;

/// One step. Its only member says what is done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Step {
    /// The browser takes an authorization request to the target; the owner logs in and consents.
    #[serde(rename = "authorize")]
    Authorize(Box<Authorize>),
    /// As `authorize`, and a code must come back, or the check could not run.
    #[serde(rename = "code")]
    Code(Box<Authorize>),
    /// The client redeems the newest code.
    #[serde(rename = "redeem")]
    Redeem(Box<Back>),
    /// `code` and `redeem`, and tokens must come back, or the check could not run.
    #[serde(rename = "tokens")]
    Tokens(Box<Authorize>),
    /// The client uses the newest refresh token.
    #[serde(rename = "refresh")]
    Refresh(Box<Back>),
    /// The newest access token is shown to the resource.
    #[serde(rename = "resource")]
    Resource(Box<Bearer>),
    /// The newest access token is shown to the userinfo endpoint.
    #[serde(rename = "userinfo")]
    Userinfo(Box<Bearer>),
    /// The client asks about a token; without `set`, about the newest access token.
    #[serde(rename = "introspect")]
    Introspect(Box<Back>),
    /// The client has a token taken back; without `set`, the newest access token.
    #[serde(rename = "revoke")]
    Revoke(Box<Back>),
    /// The client pushes an authorization request (RFC 9126).
    #[serde(rename = "push")]
    Push(Box<Back>),
    /// Any other request.
    #[serde(rename = "request")]
    Request(Box<Plain>),
    /// Octets that need not be a request at all.
    #[serde(rename = "octets")]
    Octets(Box<Octets>),
    /// Time passes.
    #[serde(rename = "advance")]
    Advance(Advance),
    /// A value gets a name.
    #[serde(rename = "remember")]
    Remember(Remember),
    /// Steps are done several times, and a value of each time is kept.
    #[serde(rename = "collect")]
    Collect(Collect),
    /// One request is sent many times at once.
    #[serde(rename = "race")]
    Race(Race),
}

/// What is changed of a request that is otherwise honest, in this order: `set`, `remove`, `append`, `add_raw`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Changes {
    /// Parameters with other values. Values may contain `${…}`.
    pub set: Parameters,
    /// Parameters that are left out.
    pub remove: Vec<String>,
    /// Parameters that are added behind the others, even if they are there already.
    pub append: Parameters,
    /// Text that is added behind the parameters as it is, `&` included.
    pub add_raw: Option<String>,
    /// Text that stands in place of all parameters.
    pub raw: Option<String>,
    /// The parameters are sent in the opposite order.
    pub reversed: bool,
}

/// An authorization request and what the owner does with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Authorize {
    /// What later steps call it: `"as": "first"` makes `${first.code}`.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// Whose request it is.
    pub client: Option<Role>,
    /// In which browser. Without, in a new one; one that is named keeps its cookies.
    pub browser: Option<String>,
    /// What is changed of the honest request.
    pub with: Changes,
    /// The method. Parameters of anything but `GET` are in the body.
    pub method: Option<String>,
    /// The `Content-Type` of a body.
    pub content_type: Option<String>,
    /// Header fields that are added to the first request.
    pub headers: Parameters,
    /// What the owner decides.
    pub owner: Owner,
    /// How often he types a wrong password first.
    pub wrong_passwords: u8,
    /// The place of the user in the target file: 0 is the first.
    pub user: u8,
    /// What must come of it, or the check could not run.
    pub must: Vec<Outcome>,
    /// What is worth knowing about this step.
    pub note: Option<String>,
}

/// What the owner decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// He logs in and says yes.
    #[default]
    Approves,
    /// He logs in and says no.
    Denies,
    /// He does not log in.
    LooksAtLogin,
    /// He types a wrong password once, and does nothing more.
    Mistypes,
    /// He logs in and does nothing more.
    LooksAtConsent,
    /// He is not there: nothing but redirects is followed.
    Absent,
}

/// A request by the client to the token endpoint or its neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Back {
    /// What later steps call it.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// The `authorize`, `code` or `tokens` step whose values it uses; without, the newest.
    pub from: Option<String>,
    /// Who proves itself; without, the client of that step.
    pub client: Option<Role>,
    /// How it proves itself.
    pub authentication: Option<Authentication>,
    /// Another secret than its own.
    pub secret: Option<String>,
    /// What is changed of the honest request.
    pub with: Changes,
    /// The method.
    pub method: Option<String>,
    /// The `Content-Type`.
    pub content_type: Option<String>,
    /// A query that is added to the URL, as it is.
    pub query: Option<String>,
    /// Header fields that are added. `authorization` replaces what authentication would send.
    pub headers: Parameters,
    /// What must come of it, or the check could not run.
    pub must: Vec<Outcome>,
    /// What is worth knowing about this step.
    pub note: Option<String>,
}

/// A request with an access token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bearer {
    /// What later steps call it.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// The token; without, `${access_token}`.
    pub token: Option<String>,
    /// Where the token is.
    pub token_in: TokenIn,
    /// The word before the token in the header field.
    pub scheme: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// Header fields that are added.
    pub headers: Parameters,
    /// What must come of it, or the check could not run.
    pub must: Vec<Outcome>,
    /// What is worth knowing about this step.
    pub note: Option<String>,
}

/// Where an access token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenIn {
    /// RFC 6750 §2.1
    #[default]
    Header,
    /// RFC 6750 §2.2
    Body,
    /// RFC 6750 §2.3
    Query,
    /// Nowhere.
    Nowhere,
}

/// Any other request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plain {
    /// What later steps call it.
    #[serde(rename = "as", default)]
    pub name: Option<String>,
    /// To which endpoint.
    pub to: Endpoint,
    /// The method; without, `GET`.
    #[serde(default)]
    pub method: Option<String>,
    /// Text that is added to the URL as it is, `?` or `/` included.
    #[serde(default)]
    pub url_suffix: Option<String>,
    /// Header fields.
    #[serde(default)]
    pub headers: Parameters,
    /// The content.
    #[serde(default)]
    pub body: Option<String>,
    /// Its type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// What must come of it, or the check could not run.
    #[serde(default)]
    pub must: Vec<Outcome>,
    /// What is worth knowing about this step.
    #[serde(default)]
    pub note: Option<String>,
}

/// Octets, sent as they are over a connection of their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Octets {
    /// What later steps call it.
    #[serde(rename = "as", default)]
    pub name: Option<String>,
    /// To where an endpoint is.
    pub to: Endpoint,
    /// What is sent. It may contain `${…}`; lines end where it says so, with `\r\n`.
    pub send: String,
    /// What must come of it, or the check could not run.
    #[serde(default)]
    pub must: Vec<Outcome>,
    /// What is worth knowing about this step.
    #[serde(default)]
    pub note: Option<String>,
}

/// Time passes at the target.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// As long as something of the target is good for, as its file says.
    #[serde(default)]
    pub lifetime: Option<Lifetime>,
    /// And so many seconds more.
    #[serde(default)]
    pub seconds: u64,
    /// Or so many seconds less.
    #[serde(default)]
    pub less_seconds: u64,
    /// What is worth knowing about this step.
    #[serde(default)]
    pub note: Option<String>,
}

/// A value gets a name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remember {
    /// The name: `${name}`.
    #[serde(rename = "as")]
    pub name: String,
    /// The value. It may contain `${…}`.
    pub value: String,
}

/// Steps that are done several times.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// The name of the list that comes of it.
    #[serde(rename = "as")]
    pub name: String,
    /// How often.
    pub times: u8,
    /// What is done each time.
    pub steps: Vec<Step>,
    /// What is kept each time. It may contain `${…}`.
    pub value: String,
}

/// One request that is sent many times at once, on connections of their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Race {
    /// What later steps call it.
    #[serde(rename = "as", default)]
    pub name: Option<String>,
    /// What is done before each round.
    pub before: Vec<Step>,
    /// What is sent: a `redeem` or a `refresh`.
    pub each: Box<Step>,
    /// How many at once.
    pub at_once: u8,
    /// How many rounds.
    pub rounds: u8,
}

impl Step {
    /// What later steps call it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Authorize(step) | Self::Code(step) | Self::Tokens(step) => step.name.as_deref(),
            Self::Redeem(step)
            | Self::Refresh(step)
            | Self::Introspect(step)
            | Self::Revoke(step)
            | Self::Push(step) => step.name.as_deref(),
            Self::Resource(step) | Self::Userinfo(step) => step.name.as_deref(),
            Self::Request(step) => step.name.as_deref(),
            Self::Octets(step) => step.name.as_deref(),
            Self::Race(step) => step.name.as_deref(),
            Self::Advance(_) | Self::Remember(_) | Self::Collect(_) => None,
        }
    }

    /// The names of values that it gives beside those of its answer.
    pub fn gives(&self) -> impl Iterator<Item = &str> {
        let name = match self {
            Self::Remember(step) => Some(step.name.as_str()),
            Self::Collect(step) => Some(step.name.as_str()),
            Self::Authorize(_)
            | Self::Code(_)
            | Self::Redeem(_)
            | Self::Tokens(_)
            | Self::Refresh(_)
            | Self::Resource(_)
            | Self::Userinfo(_)
            | Self::Introspect(_)
            | Self::Revoke(_)
            | Self::Push(_)
            | Self::Request(_)
            | Self::Octets(_)
            | Self::Advance(_)
            | Self::Race(_) => None,
        };
        name.into_iter()
    }

    /// The step whose values it uses.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.back().and_then(|step| step.from.as_deref())
    }

    /// The parts of a request by the client.
    #[must_use]
    pub const fn back(&self) -> Option<&Back> {
        match self {
            Self::Redeem(step)
            | Self::Refresh(step)
            | Self::Introspect(step)
            | Self::Revoke(step)
            | Self::Push(step) => Some(step),
            Self::Authorize(_)
            | Self::Code(_)
            | Self::Tokens(_)
            | Self::Resource(_)
            | Self::Userinfo(_)
            | Self::Request(_)
            | Self::Octets(_)
            | Self::Advance(_)
            | Self::Remember(_)
            | Self::Collect(_)
            | Self::Race(_) => None,
        }
    }

    /// Whether the owner says no.
    #[must_use]
    pub fn denies(&self) -> bool {
        match self {
            Self::Authorize(step) | Self::Code(step) | Self::Tokens(step) => {
                step.owner == Owner::Denies
            }
            Self::Redeem(_)
            | Self::Refresh(_)
            | Self::Resource(_)
            | Self::Userinfo(_)
            | Self::Introspect(_)
            | Self::Revoke(_)
            | Self::Push(_)
            | Self::Request(_)
            | Self::Octets(_)
            | Self::Advance(_)
            | Self::Remember(_)
            | Self::Collect(_)
            | Self::Race(_) => false,
        }
    }

    /// Steps inside it.
    #[must_use]
    pub fn inner(&self) -> Vec<&[Self]> {
        match self {
            Self::Collect(step) => vec![&step.steps],
            Self::Race(step) => vec![&step.before, std::slice::from_ref(&*step.each)],
            Self::Authorize(_)
            | Self::Code(_)
            | Self::Redeem(_)
            | Self::Tokens(_)
            | Self::Refresh(_)
            | Self::Resource(_)
            | Self::Userinfo(_)
            | Self::Introspect(_)
            | Self::Revoke(_)
            | Self::Push(_)
            | Self::Request(_)
            | Self::Octets(_)
            | Self::Advance(_)
            | Self::Remember(_) => Vec::new(),
        }
    }

    /// The texts in it that may contain `${…}`.
    #[must_use]
    pub fn templates(&self) -> Vec<&str> {
        match self {
            Self::Authorize(step) | Self::Code(step) | Self::Tokens(step) => {
                let mut texts = step.with.templates();
                texts.extend(values(&step.headers));
                texts
            }
            Self::Redeem(step)
            | Self::Refresh(step)
            | Self::Introspect(step)
            | Self::Revoke(step)
            | Self::Push(step) => {
                let mut texts = step.with.templates();
                texts.extend(values(&step.headers));
                texts.extend(step.secret.as_deref());
                texts.extend(step.query.as_deref());
                texts
            }
            Self::Resource(step) | Self::Userinfo(step) => {
                let token = step.token.as_deref().into_iter();
                token.chain(values(&step.headers)).collect()
            }
            Self::Request(step) => {
                let texts = [&step.url_suffix, &step.body].into_iter().flatten();
                let texts = texts.map(String::as_str);
                texts.chain(values(&step.headers)).collect()
            }
            Self::Octets(step) => vec![&step.send],
            Self::Remember(step) => vec![&step.value],
            // The value of each time may name what the steps of that time give.
            Self::Advance(_) | Self::Collect(_) | Self::Race(_) => Vec::new(),
        }
    }
}

impl Changes {
    fn templates(&self) -> Vec<&str> {
        let raw = [&self.raw, &self.add_raw].into_iter().flatten();
        let texts = raw.map(String::as_str).chain(values(&self.set));
        texts.chain(values(&self.append)).collect()
    }
}

fn values(parameters: &Parameters) -> impl Iterator<Item = &str> {
    parameters.0.iter().map(|(_, value)| value.as_str())
}
