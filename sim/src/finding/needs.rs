//! What an attack needs: each weakness is taken away by itself, and the search asked again.

use schemars::JsonSchema;
use serde::Serialize;

/// Something that could be taken away from an attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weakness {
    /// A switch that is not at its secure value.
    Switch {
        /// The switch.
        key: String,
        /// What it is set to.
        value: String,
        /// What it would be set to instead.
        secure: String,
    },
    /// An attacker of RFC 9700 §3.
    Power(String),
}

impl Weakness {
    /// In one word: `as.pkce=optional`, or `a3`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Switch { key, value, .. } => format!("{key}={value}"),
            Self::Power(power) => power.clone(),
        }
    }
}

/// What a search says once a weakness is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The same property is still violated, in as many moves at most.
    StillFound,
    /// It is not.
    Gone,
    /// A budget was spent before that was known.
    Unknown,
}

/// What an attack needs, as far as searches say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Needs {
    /// Without any one of these it is not found.
    pub needs: Vec<Weakness>,
    /// Without any one of these it is found all the same.
    pub does_not_matter: Vec<Weakness>,
    /// Budgets were spent before it was known whether these matter.
    pub unknown: Vec<Weakness>,
}

/// Takes each weakness away by itself. `without` searches again and says what became of the attack.
pub fn needs(
    weaknesses: impl IntoIterator<Item = Weakness>,
    mut without: impl FnMut(&Weakness) -> Tried,
) -> Needs {
    let mut needs = Needs::default();
    for weakness in weaknesses {
        let list = match without(&weakness) {
            Tried::Gone => &mut needs.needs,
            Tried::StillFound => &mut needs.does_not_matter,
            Tried::Unknown => &mut needs.unknown,
        };
        list.push(weakness);
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weakness_is_tried_by_itself() {
        let power = |name: &str| Weakness::Power(name.to_owned());
        let all = [power("a1"), power("a2"), power("a3")];
        let found = needs(all, |weakness| match weakness.words().as_str() {
            "a1" => Tried::Gone,
            "a2" => Tried::StillFound,
            _ => Tried::Unknown,
        });
        assert_eq!(found.needs, [power("a1")]);
        assert_eq!(found.does_not_matter, [power("a2")]);
        assert_eq!(found.unknown, [power("a3")]);
    }
}
