//! A switch without an effect is worse than none: every value of every switch changes what happens in some scenario.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::borrow::Cow;
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::thread;

use grantlab_core::event::Event;
use grantlab_core::switch::Switch;
use grantlab_sim::attacker::environment::Environment;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::file::TravelMode;
use grantlab_sim::scenario::{Scenario, run, shelf};
use grantlab_sim::switches;
use grantlab_sim::trace::{Trace, event_parts};

/// The folders whose scenarios may show what a value does.
const FOLDERS: [&str; 4] = ["faults", "flows", "refusals", "switches"];

/// A scenario and what happens in it as its file stands.
struct Played {
    name: &'static str,
    scenario: Scenario,
    trace: Trace,
}

impl Played {
    fn new(name: &'static str) -> Self {
        let source = shelf::find(name).unwrap();
        let mut scenario = Scenario::read(source, &Profiles::built_in())
            .unwrap_or_else(|error| panic!("{}", error.render(false)));
        scenario.file.mode = TravelMode::Message;
        let trace = run(&scenario).trace;
        Self {
            name,
            scenario,
            trace,
        }
    }

    /// What happens with a switch at a value, whatever the file says about it.
    fn with(&self, switch: &Switch, value: &str) -> Cow<'_, Trace> {
        let mut profile = self.scenario.profile.clone();
        assert_eq!(profile.policies.set(switch.key, value), Ok(()));
        if profile.policies == self.scenario.profile.policies {
            return Cow::Borrowed(&self.trace);
        }
        let changed = self.scenario.clone().in_profile(profile);
        let changed = changed.unwrap_or_else(|error| panic!("{}", error.render(false)));
        Cow::Owned(run(&changed).trace)
    }

    /// The scenarios that are about a switch come first: its own, then those that set it. Short ones show it best.
    fn distance_from(&self, switch: &Switch) -> (u8, usize) {
        let own = format!("switches/{}", switch.key.replace(['.', '_'], "-"));
        let mut set = self.scenario.file.set.iter();
        let about = match (self.name == own, set.any(|(key, _)| key == switch.key)) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        (about, self.trace.entries().len())
    }
}

/// Every scenario, in the order of their names.
fn library() -> Vec<Played> {
    let names = FOLDERS.iter().flat_map(|folder| shelf::below(folder));
    names.map(Played::new).collect()
}

/// The first fact that is noted with a value and not without it, or the other way round.
fn first_difference(secure: &Trace, weak: &Trace) -> Option<String> {
    secure.hash().first_difference(weak.hash())?;
    let (without, with) = (facts(secure), facts(weak));
    let places = 0..without.len().max(with.len());
    let place = places
        .into_iter()
        .find(|at| without.get(*at) != with.get(*at))?;
    let other = without.get(place).map(|(_, event)| *event);
    Some(match with.get(place) {
        Some((party, event)) => fact(weak, party, event, other),
        None => "the parties note nothing more".to_owned(),
    })
}

/// The noted facts, each with who noted it.
fn facts(trace: &Trace) -> Vec<(&str, &Event)> {
    let facts = trace.events();
    facts
        .map(|(_, entry, event)| (trace.name(entry.party), event))
        .collect()
}

/// A fact by its name, and by the part that differs from the other run's fact of that name.
fn fact(trace: &Trace, party: &str, event: &Event, other: Option<&Event>) -> String {
    let mut words = format!("{party} notes {}", event.name());
    let parts = event_parts(trace, event);
    let other = other.filter(|other| other.name() == event.name());
    let differing = other.and_then(|other| {
        let others = event_parts(trace, other);
        parts.iter().find(|part| !others.contains(part))
    });
    let told = differing.or_else(|| parts.iter().find(|(name, _)| *name == "refusal"));
    if let Some((name, shown)) = told {
        let _ = write!(words, " {name}={shown}");
    }
    words
}

/// The scenario that shows what a value does, and what is first seen of it.
fn shown_by<'a>(library: &'a [Played], switch: &Switch, value: &str) -> Option<(&'a str, String)> {
    let mut candidates: Vec<&Played> = library.iter().collect();
    candidates.sort_by_key(|played| played.distance_from(switch));
    candidates.into_iter().find_map(|played| {
        let secure = played.with(switch, switch.secure);
        let weak = played.with(switch, value);
        let words = first_difference(&secure, &weak)?;
        Some((played.name, words))
    })
}

/// A value of a switch, and what it changes in which scenario.
struct Line {
    setting: String,
    shown: Option<String>,
}

/// A line for every value but the secure one.
fn lines(library: &[Played], switch: &Switch) -> Vec<Line> {
    let values = switch
        .values
        .iter()
        .filter(|value| **value != switch.secure);
    let line = |value: &&str| Line {
        setting: format!("{}={value}", switch.key),
        shown: shown_by(library, switch, value)
            .map(|(scenario, words)| format!("{scenario}: {words}")),
    };
    values.map(line).collect()
}

/// What the attacker can do changes nothing in a world without him: hunts show that.
fn is_power(switch: &Switch) -> bool {
    Environment::SWITCHES.contains(switch)
}

#[test]
fn every_value_of_every_switch_changes_some_trace() {
    let library = &library();
    let switches: Vec<&Switch> = switches::all().filter(|one| !is_power(one)).collect();
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let lines: Vec<Line> = thread::scope(|scope| {
        let shares: Vec<_> = switches
            .chunks(switches.len().div_ceil(threads))
            .map(|share| {
                scope.spawn(|| {
                    share
                        .iter()
                        .flat_map(|switch| lines(library, switch))
                        .collect()
                })
            })
            .collect();
        let done = shares.into_iter().map(|share| share.join().unwrap());
        done.flat_map(|lines: Vec<Line>| lines).collect()
    });

    let mut table = String::new();
    let mut without_effect = Vec::new();
    for Line { setting, shown } in lines {
        match shown {
            Some(words) => {
                let _ = writeln!(table, "{setting}: {words}");
            }
            None => without_effect.push(setting),
        }
    }
    assert!(
        without_effect.is_empty(),
        "no scenario shows these: {without_effect:#?}"
    );
    insta::assert_snapshot!(table);
}
