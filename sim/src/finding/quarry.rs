//! What is hunted: a world, an attacker, and what he must not reach.

use grantlab_core::value::Malformed;

use super::chase::Chase;
use super::needs::Weakness;
use crate::attacker::{Power, Powers};
use crate::attacks::catalogue::BASE_PROFILE;
use crate::attacks::{Attack, Preset, Prologue};
use crate::hunt::{self, Arena, Game, Granularity};
use crate::invariant::{self, Invariant, Level};
use crate::profile::Profile;
use crate::scenario::file::Granularity as ScenarioGranularity;
use crate::seed::Seed;
use crate::switches;
use grantlab_core::switch::NoSuchSetting;

/// What is hunted.
#[derive(Clone, Debug)]
pub struct Quarry {
    /// How the parties behave.
    pub profile: Profile,
    /// What else differs from the named profile, as scenarios state it; [`Quarry::profile`] has it already.
    pub change: Option<serde_json::Value>,
    /// How large the world is and what the attacker can do.
    pub arena: Arena,
    /// How large one move is.
    pub granularity: Granularity,
    /// What must hold, the most telling first.
    pub properties: Vec<&'static Invariant>,
    /// The only attack that counts; any violation, without.
    pub attack: Option<&'static Attack>,
    /// What happened before the attacker came.
    pub prologue: Prologue,
    /// From this every fresh value derives.
    pub seed: Seed,
}

/// Published properties whose violation harms nobody yet: a rule is broken that stands before the harm.
const PRECURSORS: [&str; 4] = ["CODE-REDIR", "PKCE", "STATE", "NO-LEAK"];

/// What harms somebody when it is violated.
fn harms() -> impl Iterator<Item = &'static Invariant> {
    invariant::ALL
        .iter()
        .filter(|known| !PRECURSORS.contains(&known.property))
}

/// What harms nobody yet when it is violated; warnings are left to those who ask for them by name.
fn precursors() -> impl Iterator<Item = &'static Invariant> {
    invariant::ALL
        .iter()
        .filter(|known| PRECURSORS.contains(&known.property) && known.level == Level::Error)
}

impl Quarry {
    /// Any violation that harms somebody in a profile, by a web attacker.
    #[must_use]
    pub fn any(profile: Profile) -> Self {
        Self {
            profile,
            change: None,
            arena: Arena::WEB,
            granularity: Granularity::Action,
            properties: harms().collect(),
            attack: None,
            prologue: Prologue::Nothing,
            seed: Seed(1),
        }
    }

    /// A published attack in one of its presets. `base` is the profile that presets start from.
    ///
    /// # Errors
    /// [`NoSuchSetting`] when the preset names a switch that there is not.
    pub fn published(
        attack: &'static Attack,
        preset: &Preset,
        base: Profile,
    ) -> Result<Self, NoSuchSetting> {
        debug_assert_eq!(base.name, BASE_PROFILE);
        let mut profile = base;
        preset.apply(&mut profile)?;
        let mut quarry = Self::any(profile);
        let violated = |known: &&Invariant| attack.violates(known.property);
        quarry.properties = invariant::ALL.iter().filter(violated).collect();
        quarry.attack = Some(attack);
        quarry.change.clone_from(&preset.change);
        quarry.prologue = preset.prologue;
        quarry.granularity = match preset.granularity {
            ScenarioGranularity::Action => Granularity::Action,
            ScenarioGranularity::Event => Granularity::Event,
        };
        quarry.arena.powers = own_powers(attack);
        Ok(quarry)
    }

    /// The same, and what counts are the rules that stand before the harm.
    #[must_use]
    pub fn for_precursors(&self) -> Self {
        Self {
            properties: precursors().collect(),
            ..self.clone()
        }
    }

    /// The same, and everything counts but warnings.
    #[must_use]
    pub fn for_everything(&self) -> Self {
        Self {
            properties: harms()
                .chain(precursors())
                .filter(|known| known.level == Level::Error)
                .collect(),
            ..self.clone()
        }
    }

    /// The space to be searched.
    ///
    /// # Errors
    /// [`Malformed`] when the profile makes a value that its grammar does not allow.
    pub fn chase(&self) -> Result<Chase, Malformed> {
        let setup = hunt::setup(&self.profile, self.arena)?;
        let game = Game::new(setup, self.properties.clone())
            .with_granularity(self.granularity)
            .with_seed(self.seed);
        Ok(Chase::new(game, self.attack, self.prologue))
    }

    /// What could be taken away: switches that are not at their secure value, and powers of the attacker.
    #[must_use]
    pub fn weaknesses(&self) -> Vec<Weakness> {
        let settings = self.profile.policies.settings().into_iter();
        let weak = settings.filter_map(|(key, value)| {
            let secure = switches::find(key)?.secure;
            (value != secure).then(|| Weakness::Switch {
                key: key.to_owned(),
                value,
                secure: secure.to_owned(),
            })
        });
        let powers = self.arena.powers.iter();
        weak.chain(powers.map(|power| Weakness::Power(power.as_str().to_owned())))
            .collect()
    }

    /// The same with every party as good as it can be, in the same world.
    #[must_use]
    pub fn secured(&self) -> Self {
        let weaknesses = self.weaknesses();
        let weak = weaknesses.iter().filter(|known| known.is_of_a_party());
        weak.fold(self.clone(), |quarry, weakness| quarry.without(weakness))
    }

    /// The same with one weakness less.
    #[must_use]
    pub fn without(&self, weakness: &Weakness) -> Self {
        let mut quarry = self.clone();
        match weakness {
            Weakness::Switch { key, secure, .. } => {
                // The key and its value come from the list of switches.
                let _ = quarry.profile.policies.set(key, secure);
            }
            Weakness::Power(word) => {
                let powers = quarry.arena.powers.iter();
                quarry.arena.powers = powers.filter(|power| power.as_str() != word).collect();
            }
        }
        quarry
    }
}

/// The powers that an attack takes as such. What leaks is for the switches of the environment to say.
fn own_powers(attack: &Attack) -> Powers {
    let powers = attack.powers.iter().filter_map(|word| Power::read(word));
    powers
        .filter(|power| matches!(power, Power::A1 | Power::A2))
        .collect()
}
