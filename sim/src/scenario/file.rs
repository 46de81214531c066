//! The format of scenario files. [`crate::document`] reads them; the schema comes from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::expectation::Expectation;
use super::names::{HexSeed, PowerName};
use super::step::Step;
use crate::profile::Differences;
use crate::profile::settings::Settings;

/// A scenario: who does what, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// Where the schema of this file is, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// What it shows, in one line.
    pub title: String,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
    /// The provider: the name of a profile, or the path of a profile file beside this one.
    #[serde(default = "rfc9700")]
    pub profile: String,
    /// The switches that differ from the profile.
    #[serde(default)]
    pub set: Settings,
    /// What else differs from the profile.
    #[serde(default)]
    pub change: Differences,
    /// From this every fresh value derives.
    #[serde(default)]
    pub seed: HexSeed,
    /// How many authorization servers there are: 1 or 2.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 2))]
    pub servers: u8,
    /// How many nodes each authorization server has: 1 to 4.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 4))]
    pub nodes: u8,
    /// Who attacks. There is one client, one authorization server and one owner then.
    #[serde(default)]
    pub attacker: Option<AttackerPart>,
    /// How far the clocks of parties are ahead, in milliseconds.
    #[serde(default)]
    pub clock_skew_ms: BTreeMap<String, i64>,
    /// How messages travel.
    #[serde(default)]
    pub mode: TravelMode,
    /// When a step is over.
    #[serde(default)]
    pub granularity: Granularity,
    /// What happens, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Decisions that a search took after the steps, by their keys; what is not said is honest.
    #[serde(default)]
    pub keys: Vec<HexKey>,
    /// What must be true in the end.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

/// Who attacks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttackerPart {
    /// What he can do; switches such as `net.a3` may give him more.
    pub powers: Vec<PowerName>,
    /// What is worth knowing about him.
    #[serde(default)]
    pub note: Option<String>,
}

fn rfc9700() -> String {
    "rfc9700".to_owned()
}

const fn one() -> u8 {
    1
}

/// How messages travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TravelMode {
    /// As values.
    Message,
    /// As the octets of HTTP/1.1.
    Wire,
    /// Both ways, which must give the same trace.
    #[default]
    Both,
}

/// When a step is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// When everything that follows from it has happened.
    #[default]
    Action,
    /// At once: `deliver` and `settle` say what happens next. Pages are still loaded where a step needs them.
    Event,
}

/// Names a decision by its content: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexKey(pub u64);

impl<'de> Deserialize<'de> for HexKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        let text = String::deserialize(deserializer)?;
        let digits = text.len() == 16 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
        digits
            .then(|| u64::from_str_radix(&text, 16).ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| D::Error::custom("a key is 16 hexadecimal digits"))
    }
}

impl JsonSchema for HexKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A decision by its content: 16 hexadecimal digits.",
            "type": "string",
            "pattern": "^[0-9a-fA-F]{16}$",
        })
    }
}
