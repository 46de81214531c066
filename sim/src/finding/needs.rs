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

    /// Whether a party could do better. The other switches say what the world around them is like.
    #[must_use]
    pub fn is_of_a_party(&self) -> bool {
        let around = ["net.", "world."];
        match self {
            Self::Switch { key, .. } => !around.iter().any(|prefix| key.starts_with(prefix)),
            Self::Power(_) => false,
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
    /// These are needed as well, but each could be replaced by some that do not matter: not all of them can go.
    pub replaceable: Vec<Weakness>,
    /// Without all of these together it is found all the same.
    pub does_not_matter: Vec<Weakness>,
    /// Budgets were spent before it was known whether these matter.
    pub unknown: Vec<Weakness>,
    /// Whether no party has to be weak for it: every switch that matters is about the world around them.
    pub nothing_weak: bool,
}

/// Takes weaknesses away: each by itself, and then all together that can be spared. `without` searches again and says
/// what became of the attack.
pub fn needs(
    weaknesses: impl IntoIterator<Item = Weakness>,
    mut without: impl FnMut(&[Weakness]) -> Tried,
) -> Needs {
    let mut needs = Needs::default();
    let mut spare = Vec::new();
    for weakness in weaknesses {
        let list = match without(std::slice::from_ref(&weakness)) {
            Tried::Gone => &mut needs.needs,
            Tried::StillFound => &mut spare,
            Tried::Unknown => &mut needs.unknown,
        };
        list.push(weakness);
    }
    if spare.len() < 2 || without(&spare) == Tried::StillFound {
        needs.does_not_matter = spare;
    } else {
        for weakness in spare {
            needs.does_not_matter.push(weakness);
            if without(&needs.does_not_matter) != Tried::StillFound {
                needs.replaceable.extend(needs.does_not_matter.pop());
            }
        }
    }
    let matter = [&needs.needs, &needs.replaceable, &needs.unknown];
    needs.nothing_weak = !matter.into_iter().flatten().any(Weakness::is_of_a_party);
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(name: &str) -> Weakness {
        Weakness::Power(name.to_owned())
    }

    #[test]
    fn every_weakness_is_tried_by_itself() {
        let all = [power("a1"), power("a2"), power("a3")];
        let found = needs(all, |gone| match gone {
            [one] if one.words() == "a1" => Tried::Gone,
            [one] if one.words() == "a2" => Tried::StillFound,
            _ => Tried::Unknown,
        });
        assert_eq!(found.needs, [power("a1")]);
        assert_eq!(found.does_not_matter, [power("a2")]);
        assert_eq!(found.unknown, [power("a3")]);
        assert!(found.nothing_weak);
    }

    #[test]
    fn what_can_replace_each_other_cannot_go_together() {
        let switch = |key: &str| Weakness::Switch {
            key: key.to_owned(),
            value: "off".to_owned(),
            secure: "on".to_owned(),
        };
        let all = [switch("as.one"), switch("as.idle"), switch("as.other")];
        let found = needs(all, |gone| {
            let both = gone.contains(&switch("as.one")) && gone.contains(&switch("as.other"));
            if both { Tried::Gone } else { Tried::StillFound }
        });
        assert_eq!(found.needs, []);
        assert_eq!(found.replaceable, [switch("as.other")]);
        assert_eq!(found.does_not_matter, [switch("as.one"), switch("as.idle")]);
        assert!(!found.nothing_weak);
    }

    #[test]
    fn the_world_is_no_party() {
        let leak = Weakness::Switch {
            key: "net.a3".to_owned(),
            value: "on".to_owned(),
            secure: "off".to_owned(),
        };
        assert!(needs([leak, power("a1")], |_| Tried::Gone).nothing_weak);
    }
}
