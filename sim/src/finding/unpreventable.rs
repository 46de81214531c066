//! Findings that say nothing against a deployment: whatever its parties do, this attacker gets there.

use grantlab_core::value::Malformed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::needs::{Tried, Weakness};
use super::pursuit::{Told, still};
use super::quarry::Quarry;
use crate::choices::Key;
use crate::invariant::catalogue::{self, Property};
use crate::search::{Bounds, Options, Watch, replay};

/// Why nothing that the parties do keeps a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unpreventable {
    /// The powers that make it so: he needs all of them.
    pub powers: Vec<String>,
    /// What happens then, in words.
    pub when: String,
    /// Who says that nothing helps.
    pub section: String,
}

impl Unpreventable {
    fn of(case: &'static catalogue::Unpreventable) -> Self {
        Self {
            powers: case.powers.iter().map(ToString::to_string).collect(),
            when: case.when.to_owned(),
            section: case.section.to_owned(),
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn words(&self) -> String {
        format!("against {}, {}", self.powers.join(","), self.when)
    }
}

/// Says of a finding whether a party is to blame: whether the same moves violate the same property when every party is
/// as good as it can be, and then whether it is a known case against which nothing helps.
///
/// # Errors
/// [`Malformed`] when no world comes of a changed profile.
pub fn blame(told: &mut Told, quarry: &Quarry) -> Result<(), Malformed> {
    let nothing_weak = leads_there(told, &quarry.secured())?;
    told.finding.nothing_weak = Some(nothing_weak);
    if nothing_weak {
        told.finding.unpreventable = unpreventable(told, quarry)?;
    }
    Ok(())
}

/// The known case that it is: the attacker has the powers that it names, and gets nowhere without any one of them.
pub(super) fn unpreventable(
    told: &Told,
    quarry: &Quarry,
) -> Result<Option<Unpreventable>, Malformed> {
    let Some(case) = named(told, quarry)? else {
        return Ok(None);
    };
    let secured = quarry.secured();
    for power in case.powers {
        if leads_there(told, &without_power(&secured, power))? {
            return Ok(None);
        }
    }
    Ok(Some(Unpreventable::of(case)))
}

/// The known case that a finding with a countermeasure is: with every party as good as it can be, the same attack is
/// found in as many moves, by whatever way, and no longer when the attacker lacks one of the powers of the case.
///
/// # Errors
/// [`Malformed`] when no world comes of a changed profile.
pub fn whatever_one_does(
    told: &Told,
    quarry: &Quarry,
    options: Options,
    watch: &dyn Watch,
) -> Result<Option<Unpreventable>, Malformed> {
    let Some(case) = named(told, quarry)? else {
        return Ok(None);
    };
    let options = Options {
        bounds: Bounds {
            depth: u32::try_from(told.moves.len()).unwrap_or(u32::MAX),
            ..options.bounds
        },
        ..options
    };
    let property = &told.finding.property;
    let secured = quarry.secured();
    if still(&secured, property, options, watch)? != Tried::StillFound {
        return Ok(None);
    }
    for power in case.powers {
        let without = without_power(&secured, power);
        if still(&without, property, options, watch)? != Tried::Gone {
            return Ok(None);
        }
    }
    Ok(Some(Unpreventable::of(case)))
}

/// The known case whose property a finding violates and whose powers the attacker has.
fn named(
    told: &Told,
    quarry: &Quarry,
) -> Result<Option<&'static catalogue::Unpreventable>, Malformed> {
    let chase = quarry.chase()?;
    let attacker = chase.setup().attacker.as_ref();
    let powers = attacker.map(|attacker| attacker.powers).unwrap_or_default();
    let property = Property::read(&told.finding.published_property);
    let words = powers.iter().map(|power| power.as_str());
    Ok(property.and_then(|property| property.unpreventable(words)))
}

/// Whether the same moves lead to the same violation.
fn leads_there(told: &Told, quarry: &Quarry) -> Result<bool, Malformed> {
    let property = told.finding.property.as_str();
    let mut quarry = quarry.clone();
    quarry.attack = None;
    quarry.properties.retain(|known| known.id == property);
    let found = replay(&quarry.chase()?, &told.moves, Key::of(&property));
    Ok(found.is_some())
}

/// The same without a power of the attacker's, and without what the world around him gives him of it.
fn without_power(quarry: &Quarry, power: &str) -> Quarry {
    let given = match power {
        "a2" => "net.first_request".to_owned(),
        other => format!("net.{other}"),
    };
    let gone = quarry
        .weaknesses()
        .into_iter()
        .filter(|weakness| match weakness {
            Weakness::Switch { key, .. } => *key == given,
            Weakness::Power(word) => word == power,
        });
    gone.fold(quarry.clone(), |quarry, weakness| quarry.without(&weakness))
}
