//! Where a rule can be seen at work: the refusals of the scenarios.

use grantlab_core::event::Part;
use grantlab_core::refusal::Rule;
use grantlab_sim::input_error::InputError;
use grantlab_sim::scenario::run as play;
use grantlab_sim::trace::event_parts;
use schemars::JsonSchema;
use serde::Serialize;

use crate::arguments::{Changes, Travel};
use crate::commands::scenarios;

/// A refusal in a scenario.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Seen {
    /// The scenario.
    pub(super) scenario: String,
    /// Who refused.
    pub(super) party: String,
    /// What was compared.
    pub(super) refusal: String,
}

/// The first refusal by each rule in each scenario inside the binary.
pub(super) fn refusals() -> Result<Vec<(Rule, Seen)>, InputError> {
    let once = Changes {
        mode: Some(Travel::Message),
        ..Changes::default()
    };
    let mut all = Vec::new();
    for found in scenarios::many(&[])? {
        let name = found.name.clone();
        let trace = play(&found.read(&once)?).trace;
        let mut rules: Vec<Rule> = Vec::new();
        for (_, entry, event) in trace.events() {
            let mut refused = None;
            event.visit(&mut |part_name, part| {
                if let Part::Refused(refusal) = part {
                    refused = Some((part_name, refusal.rule));
                }
            });
            let Some((part_name, rule)) = refused.filter(|(_, rule)| !rules.contains(rule)) else {
                continue;
            };
            rules.push(rule);
            let mut parts = event_parts(&trace, event).into_iter();
            let refusal = parts.find(|(name, _)| *name == part_name);
            let seen = Seen {
                scenario: name.clone(),
                party: trace.name(entry.party).to_owned(),
                refusal: refusal.map(|(_, text)| text).unwrap_or_default(),
            };
            all.push((rule, seen));
        }
    }
    Ok(all)
}
