//! `grantlab attacks`: the published attacks, what each needs and what is published to stop it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grantlab_sim::attacks::{self, ATTACKS, Attack, Preset, Prologue};
use grantlab_sim::input_error::InputError;
use grantlab_sim::scenario::file::Granularity;
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BOLD, DIM, paragraph, styled, table};
use super::{Failure, Verdict};
use crate::arguments::AttacksArguments;

/// What `grantlab attacks` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AttacksReport {
    /// In the order of RFC 9700 §4, then by what they steal.
    attacks: Vec<AttackReport>,
}

/// A published attack.
#[derive(Debug, Serialize, JsonSchema)]
struct AttackReport {
    /// Its name in commands and reports.
    id: &'static str,
    /// What people call it.
    name: &'static str,
    /// 1: the laboratory has every part that it needs; 2: most; 3: it is listed for completeness.
    tier: u8,
    /// Who published it.
    sections: &'static [String],
    /// The attackers of RFC 9700 §3 that it takes.
    powers: &'static [String],
    /// The published properties that it violates.
    violates: &'static [String],
    /// Actions of users and attacker in the shortest published trace.
    depth: u32,
    /// What happens.
    about: &'static str,
    /// Settings in which it works, each by itself.
    presets: Vec<PresetReport>,
    /// What is published to stop it, each by itself.
    countermeasures: Vec<StopReport>,
}

/// Settings in which an attack works.
#[derive(Debug, Serialize, JsonSchema)]
struct PresetReport {
    /// The switches that differ from the profile `rfc9700`.
    set: &'static BTreeMap<String, String>,
    /// Whether the owner logged in once before.
    after_login: bool,
    /// Whether every delivery is a step: it is a race.
    race: bool,
}

/// What is published to stop an attack.
#[derive(Debug, Serialize, JsonSchema)]
struct StopReport {
    /// The switches, all of them together.
    set: &'static BTreeMap<String, String>,
    /// Whether it stops some variants alone.
    partial: bool,
}

impl AttackReport {
    fn of(attack: &'static Attack) -> Self {
        let preset = |preset: &'static Preset| PresetReport {
            set: &preset.set,
            after_login: preset.prologue == Prologue::Login,
            race: preset.granularity == Granularity::Event,
        };
        let stops = attack.countermeasures.iter();
        Self {
            id: &attack.id,
            name: &attack.name,
            tier: attack.tier,
            sections: &attack.sections,
            powers: &attack.powers,
            violates: &attack.violates,
            depth: attack.depth,
            about: &attack.about,
            presets: attack.presets.iter().map(preset).collect(),
            countermeasures: stops
                .map(|stop| StopReport {
                    set: &stop.set,
                    partial: stop.partial,
                })
                .collect(),
        }
    }
}

pub(super) fn run(arguments: &AttacksArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let report = AttacksReport {
        attacks: match &arguments.id {
            Some(id) => vec![AttackReport::of(find(id)?)],
            None => ATTACKS.iter().map(AttackReport::of).collect(),
        },
    };
    console.report(&report, |report| match arguments.id {
        Some(_) => report.attacks.iter().map(whole).collect(),
        None => list(report),
    })?;
    Ok(Verdict::Fine)
}

/// The attack called `id`.
pub(super) fn find(id: &str) -> Result<&'static Attack, InputError> {
    let names = ATTACKS.iter().map(|attack| attack.id.as_str());
    attacks::find(id)
        .ok_or_else(|| InputError::about(id, "there is no such attack").instead_of(id, names))
}

fn list(report: &AttacksReport) -> String {
    let row = |attack: &AttackReport| [attack.id.to_owned(), attack.name.to_owned()];
    let mut out = table(&report.attacks.iter().map(row).collect::<Vec<_>>());
    out.push_str("\nTry: grantlab attacks MX-01\n");
    out
}

fn whole(attack: &AttackReport) -> String {
    let mut out = format!("{}  {}\n", styled(BOLD, attack.id), attack.name);
    out.push_str(&paragraph(attack.about, 2));
    let _ = writeln!(out, "  published in  {}", attack.sections.join("; "));
    let _ = writeln!(out, "  attackers     {}", attack.powers.join(", "));
    if !attack.violates.is_empty() {
        let _ = writeln!(out, "  violates      {}", attack.violates.join(", "));
    }
    let _ = writeln!(out, "  depth         {} or less", attack.depth);
    for preset in &attack.presets {
        let mut settings = words(preset.set);
        if preset.after_login {
            settings.push_str(&styled(DIM, "  after a login"));
        }
        if preset.race {
            settings.push_str(&styled(DIM, "  as a race"));
        }
        let _ = writeln!(out, "  works with    {settings}");
    }
    for stop in &attack.countermeasures {
        let mut settings = words(stop.set);
        if stop.partial {
            settings.push_str(&styled(DIM, "  some variants"));
        }
        let _ = writeln!(out, "  stopped by    {settings}");
    }
    out
}

fn words(set: &BTreeMap<String, String>) -> String {
    let settings = set.iter().map(|(key, value)| format!("{key}={value}"));
    settings.collect::<Vec<_>>().join(" ")
}
