//! The catalogue of published attacks, as data inside the binary.
//!
//! Each attack has presets: settings in which it works, with everything else as `rfc9700` has it. What a search
//! finds in a preset is what these few weaknesses open, and not a simpler attack.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::profile::{Differences, Profile};
use crate::scenario::file::Granularity;
use grantlab_core::switch::NoSuchSetting;

/// The profile that every preset starts from.
pub const BASE_PROFILE: &str = "rfc9700";

/// Every published attack, in the order of RFC 9700 §4 and then by what it steals.
pub static ATTACKS: LazyLock<Vec<Attack>> = LazyLock::new(|| {
    // The text is part of the binary; a test reads it, so it is never the empty list in a build that passed.
    let file: serde_json::Result<File> = serde_json::from_str(include_str!("catalogue.json"));
    file.map(|file| file.attacks).unwrap_or_default()
});

/// The attack called `id`, in capitals or not.
#[must_use]
pub fn find(id: &str) -> Option<&'static Attack> {
    ATTACKS
        .iter()
        .find(|attack| attack.id.eq_ignore_ascii_case(id))
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    attacks: Vec<Attack>,
}

/// A published attack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Its name in reports, such as `RU-01`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// 1: the laboratory has every part that it needs; 2: most; 3: it is listed for completeness.
    pub tier: u8,
    /// Who published it.
    pub sections: Vec<String>,
    /// The attackers of RFC 9700 §3 that it takes, such as `a1`.
    pub powers: Vec<String>,
    /// The published properties that it violates, such as `AUTHZ`; any of them will do.
    pub violates: Vec<String>,
    /// Actions of users and attacker in the shortest published trace.
    pub depth: u32,
    /// What happens.
    pub about: String,
    /// Settings in which it works, each by itself. None where the laboratory cannot be made so weak.
    pub presets: Vec<Preset>,
    /// What is published to stop it, each by itself.
    pub countermeasures: Vec<Countermeasure>,
}

impl Attack {
    /// Whether it violates the published property called `property`.
    #[must_use]
    pub fn violates(&self, property: &str) -> bool {
        self.violates.iter().any(|violated| violated == property)
    }
}

/// Settings in which an attack works, and as little else as possible.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The switches that differ from [`BASE_PROFILE`], with their values.
    pub set: BTreeMap<String, String>,
    /// What else differs from it, as profiles and scenarios state it.
    #[serde(default)]
    pub change: Option<serde_json::Value>,
    /// What happened before the attacker came.
    #[serde(default)]
    pub prologue: Prologue,
    /// When a step is over: races need [`Granularity::Event`].
    #[serde(default)]
    pub granularity: Granularity,
}

impl Preset {
    /// What differs from the base profile besides switches.
    fn differences(&self) -> Option<Differences> {
        let change = self.change.clone()?;
        // A test reads every one of them.
        serde_json::from_value(change).ok()
    }

    /// Changes a profile into this preset.
    ///
    /// # Errors
    /// A switch or a value of it does not exist.
    pub fn apply(&self, profile: &mut Profile) -> Result<(), NoSuchSetting> {
        if let Some(change) = self.differences() {
            profile.change(&change);
        }
        self.set
            .iter()
            .try_for_each(|(key, value)| profile.policies.set(key, value))
    }
}

/// What happened before the attacker came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prologue {
    /// Nothing.
    #[default]
    Nothing,
    /// The owner logged in once: the server knows his browser and his yes, the client has tokens.
    Login,
}

/// Settings that are published to make an attack impossible.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countermeasure {
    /// The switches, all of them together.
    pub set: BTreeMap<String, String>,
    /// Whether it stops some variants alone.
    #[serde(default)]
    pub partial: bool,
    /// Why it does not stop the attack in this laboratory, where that is known.
    #[serde(default)]
    pub passes: Option<String>,
}

impl Countermeasure {
    /// Its settings in one line: `client.pkce=S256_per_txn as.pkce=required`.
    #[must_use]
    pub fn words(&self) -> String {
        let settings = self.set.iter().map(|(key, value)| format!("{key}={value}"));
        settings.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches;
    use std::collections::BTreeSet;

    /// Switches that presets name and the laboratory does not have, because no party has the part.
    const ABSENT: &[&str] = &[
        "as.access_token_short",
        "as.assertion_jti",
        "as.code_entropy",
        "as.dcr",
        "as.jar_merge",
        "as.login_session",
        "as.proxy_headers",
        "as.redirect_parser",
        "as.redirect_scheme",
        "as.sub_namespace",
        "as.token_aud",
        "as.token_bind",
        "client.assertion_aud",
        "client.at_hash",
        "client.backchannel_redirects",
        "client.c_hash",
        "client.client_id_across_as",
        "client.cookie",
        "client.idtoken_checks",
        "client.keys_across_as",
        "client.rs_url",
        "client.session_rotate",
        "client.token_endpoint",
        "client.token_owner_check",
        "client.txn_store",
        "client.xss",
        "net.a3",
        "net.a4",
        "net.a5",
        "net.first_request",
        "rs.aud",
        "rs.iss",
        "rs.pop",
        "rs.pop_replay",
        "rs.sub_kind",
        "ua.native_scheme",
        "user.checks_origin",
        "world.attacker_subdomain",
    ];

    fn settings() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        ATTACKS.iter().flat_map(|attack| {
            let presets = attack.presets.iter().map(|preset| &preset.set);
            let stops = attack.countermeasures.iter().map(|stop| &stop.set);
            let all = presets.chain(stops).flatten();
            all.map(|(key, value)| (attack.id.as_str(), key.as_str(), value.as_str()))
        })
    }

    #[test]
    fn the_catalogue_is_whole() {
        let tiers = [1, 2, 3].map(|tier| ATTACKS.iter().filter(|known| known.tier == tier).count());
        assert_eq!(tiers, [47, 23, 12]);
        let ids: BTreeSet<&str> = ATTACKS.iter().map(|attack| attack.id.as_str()).collect();
        assert_eq!(ids.len(), ATTACKS.len());
    }

    #[test]
    fn an_attack_is_found_by_its_name() {
        assert_eq!(
            find("mx-01").map(|attack| attack.id.as_str()),
            Some("MX-01")
        );
        assert_eq!(find("MX-99"), None);
    }

    #[test]
    fn every_switch_exists_with_its_value() {
        for (attack, key, value) in settings() {
            let Some(switch) = switches::find(key) else {
                assert!(ABSENT.contains(&key), "{attack}: {key}");
                continue;
            };
            assert!(switches::takes(switch, value), "{attack}: {key}={value}");
        }
    }

    #[test]
    fn presets_differ_from_what_is_secure() {
        for attack in ATTACKS.iter() {
            assert!(
                attack.tier > 1 || !attack.presets.is_empty(),
                "{}",
                attack.id
            );
            for (key, value) in attack.presets.iter().flat_map(|preset| &preset.set) {
                let secure = switches::find(key).map(|switch| switch.secure);
                assert_ne!(secure, Some(value.as_str()), "{}: {key}", attack.id);
            }
        }
    }

    #[test]
    fn what_else_differs_can_be_read() {
        let presets = || ATTACKS.iter().flat_map(|attack| &attack.presets);
        let stated = presets().filter(|preset| preset.change.is_some()).count();
        let read = presets().filter_map(Preset::differences).count();
        assert!(stated > 3);
        assert_eq!(read, stated);
    }

    #[test]
    fn a_countermeasure_changes_something() {
        for attack in ATTACKS.iter().filter(|attack| attack.tier == 1) {
            for stop in &attack.countermeasures {
                let changes = |preset: &Preset| {
                    stop.set.iter().any(|(key, value)| {
                        let secure = switches::find(key).map(|switch| switch.secure);
                        let now = preset.set.get(key).map(String::as_str).or(secure);
                        now != Some(value)
                    })
                };
                assert!(
                    attack.presets.iter().any(changes),
                    "{}: {}",
                    attack.id,
                    stop.words()
                );
            }
        }
    }
}
