//! The lesson: runs of the simulator, told step by step.
//!
//! It reads the trace and nothing else of a run; the scenario adds its title and what its parties are.
//! [`cut`] cuts a trace into steps, [`telling`] finds the words for each, [`knowledge`] says what everybody knows,
//! [`checks`] what is compared, `lamps` what holds so far; [`model`] is what comes out.

mod assets;
pub mod canvas;
pub mod checks;
pub mod compare;
pub mod cut;
pub mod export;
pub mod frame;
pub mod gallery;
mod hostile;
pub mod knowledge;
mod lamps;
pub mod message;
pub mod model;
pub mod page;
pub mod places;
pub mod plan;
pub mod run;
pub mod sections;
pub mod telling;
pub mod texts;
pub mod transcript;
pub mod values;

use std::collections::BTreeMap;

use model::{InvariantText, Lesson, ParameterText, Party, PartyRole, Run, ScenarioChoice, Value};
use plan::{Plan, QuizPlan};
use run::{About, Told};
use texts::{Argument, Phrase, Texts};
use values::Values;

use crate::invariant;
use crate::profile::Profile;
use crate::scenario::{self, Scenario};
use crate::setup::Setup;
use crate::trace::Trace;

/// The version of [`model`].
pub const FORMAT: u32 = 1;

/// A run to be told.
#[derive(Debug)]
pub struct Given {
    /// What happened.
    pub trace: Trace,
    /// The parties.
    pub setup: std::sync::Arc<Setup>,
    /// What is known beside.
    pub about: About,
}

impl Given {
    /// Plays a scenario. `usual` is its profile as it is without the scenario's changes.
    #[must_use]
    pub fn of(
        scenario: &Scenario,
        usual: Option<&Profile>,
        name: &str,
        id: &str,
        label: Phrase,
    ) -> Self {
        let settings = |profile: &Profile| -> BTreeMap<String, String> {
            let settings = profile.policies.settings().into_iter();
            settings
                .map(|(key, value)| (key.to_owned(), value))
                .collect()
        };
        let usual = usual.map(settings).unwrap_or_default();
        let settings = settings(&scenario.profile);
        let mut switches = settings.clone();
        switches.retain(|key, value| usual.get(key) != Some(value));
        Self {
            trace: scenario::run(scenario).trace,
            setup: scenario.setup.clone(),
            about: About {
                id: id.to_owned(),
                label,
                scenario: name.to_owned(),
                profile: scenario.profile.name.clone(),
                seed: scenario.file.seed.0.to_string(),
                settings,
                switches,
            },
        }
    }
}

/// Tells runs as a lesson.
#[must_use]
pub fn lesson(plan: &Plan, given: &[Given]) -> Lesson {
    let mut values = Values::default();
    for given in given {
        values.add(&given.trace, &given.setup);
    }
    let told: Vec<Told<'_>> = given
        .iter()
        .map(|given| Told::new(&given.trace, &given.setup, &given.about))
        .collect();
    let mut texts = Texts::default();
    let mut runs: Vec<Run> = told
        .iter()
        .map(|told| run::tell(told, &plan.id, &values, &mut texts))
        .collect();
    dim(&mut runs);
    compare::branch(plan, &mut runs, &mut texts);
    for quiz in &plan.quizzes {
        ask(quiz, &mut runs, &mut texts);
    }
    let parameters = parameters(&runs, &mut texts);
    let title = texts.say(plan.title.clone());
    let note = plan.note.clone().map(|note| texts.say(note));
    Lesson {
        format: FORMAT,
        id: plan.id.clone(),
        title,
        note,
        languages: texts::LANGUAGES.map(str::to_owned).to_vec(),
        scenarios: choices(plan, &runs, &mut texts),
        parties: parties(&told, &mut texts),
        invariants: invariants(&runs, &mut texts),
        values: values
            .all()
            .iter()
            .map(|value| told_value(value, &mut texts))
            .collect(),
        parameters,
        runs,
        texts: texts.finish(),
    }
}

fn choices(plan: &Plan, runs: &[Run], texts: &mut Texts) -> Vec<ScenarioChoice> {
    let find = |id: &str| runs.iter().find(|run| run.id == id);
    let choice = |choice: &plan::Choice| ScenarioChoice {
        id: choice.id.clone(),
        label: texts.say(choice.label.clone()),
        run: choice.run.clone(),
        defence: choice.defence.clone(),
        run_label: choice.run_label.clone().map(|label| texts.say(label)),
        defence_label: choice.defence_label.clone().map(|label| texts.say(label)),
        parts_at: choice.defence.as_deref().and_then(|defence| {
            let (run, defence) = (find(&choice.run)?, find(defence)?);
            Some(compare::parts_at(run, defence))
        }),
    };
    plan.choices.iter().map(choice).collect()
}

/// Everybody who takes part in some run, in the order of the lanes.
fn parties(told: &[Told<'_>], texts: &mut Texts) -> Vec<Party> {
    let mut found: BTreeMap<(PartyRole, u16, String), Party> = BTreeMap::new();
    for told in told {
        for party in told.parties() {
            let role = told.role(party);
            let name = told.name(party).to_owned();
            let place = (role, party.0, name.clone());
            found.entry(place).or_insert_with(|| {
                let word = match told.trace.role(party) {
                    Some(crate::party::Role::Tester) => "tester",
                    _ => role_word(role),
                };
                Party {
                    role,
                    name: texts.say(Phrase::text(format!("party.{word}"))),
                    short: texts.say(Phrase::text(format!("party.{word}.short"))),
                    address: texts.say(address(told, &name)),
                    id: name,
                }
            });
        }
    }
    let mut parties: Vec<Party> = found.into_values().collect();
    parties.dedup_by(|one, other| one.id == other.id);
    parties
}

const fn role_word(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Browser => "browser",
        PartyRole::Client => "client",
        PartyRole::Server => "server",
        PartyRole::Store => "store",
        PartyRole::Resource => "resource",
        PartyRole::Attacker => "attacker",
    }
}

/// The second line of a card: who sits at a browser, or where a party listens.
fn address(told: &Told<'_>, name: &str) -> Phrase {
    let key = format!("name.{name}");
    if texts::exists(&key) {
        return Phrase::text(key);
    }
    let setup = told.setup;
    let clients = setup
        .clients
        .iter()
        .map(|known| (&known.name, &known.configuration.origin));
    let resources = setup
        .resources
        .iter()
        .map(|known| (&known.name, &known.configuration.origin));
    let mut known = clients.chain(resources);
    let origin = known
        .find(|(known, _)| known.as_str() == name)
        .map(|(_, origin)| origin);
    let (server, node) = name.split_once('/').unwrap_or((name, ""));
    let servers = setup
        .servers
        .iter()
        .find(|known| known.name.as_str() == server);
    let origin = origin.or_else(|| servers.map(|known| &known.configuration.origin));
    match (origin, node) {
        (Some(origin), "") => Phrase::Literal(origin.host.to_string()),
        (Some(_), node) => {
            Phrase::text("party.node").with("node", Argument::Literal(node.to_owned()))
        }
        (None, _) => Phrase::Literal(name.to_owned()),
    }
}

/// The invariants whose lamp is ever lit.
fn invariants(runs: &[Run], texts: &mut Texts) -> Vec<InvariantText> {
    let steps = || runs.iter().flat_map(|run| &run.steps);
    let lit = invariant::ALL
        .iter()
        .filter(|known| steps().any(|step| step.invariants.contains_key(known.id)));
    lit.map(|known| InvariantText {
        id: known.id.to_owned(),
        name: texts.say(Phrase::text(format!("invariant.{}.name", known.id))),
        about: texts.say(Phrase::text(format!("invariant.{}.about", known.id))),
        rfc: sections::of(known.section),
    })
    .collect()
}

fn told_value(value: &values::Followed, texts: &mut Texts) -> Value {
    let ParameterText { about, wrong, rfc } = parameter(value.name, texts);
    Value {
        kind: value.kind,
        letter: values::letter(value.kind),
        name: value.name.to_owned(),
        label: value.label.clone(),
        text: value.text.clone(),
        bits: value.bits,
        about,
        wrong,
        rfc,
    }
}

/// Every parameter of every message.
fn parameters(runs: &[Run], texts: &mut Texts) -> BTreeMap<String, ParameterText> {
    let messages = runs
        .iter()
        .flat_map(|run| &run.steps)
        .filter_map(|step| step.message.as_ref());
    let spans = messages.flat_map(|message| &message.lines).flatten();
    let names: Vec<&String> = spans.filter_map(|span| span.parameter.as_ref()).collect();
    let mut told = BTreeMap::new();
    for name in names {
        if !told.contains_key(name) {
            told.insert(name.clone(), parameter(name, texts));
        }
    }
    told
}

fn parameter(name: &str, texts: &mut Texts) -> ParameterText {
    let known = plan::parameter_name(name);
    ParameterText {
        about: texts.say(Phrase::text(format!("parameter.{known}.about"))),
        wrong: texts.say(Phrase::text(format!("parameter.{known}.wrong"))),
        rfc: sections::of(plan::parameter_sections(known)),
    }
}

/// Puts a question before the step that answers it.
fn ask(quiz: &QuizPlan, runs: &mut [Run], texts: &mut Texts) {
    let asked = |run: &&mut Run| quiz.run.as_ref().is_none_or(|id| *id == run.id);
    for run in runs.iter_mut().filter(asked) {
        let step = run.steps.iter_mut().find(|step| {
            step.topic == quiz.at
                && step.quiz.is_none()
                && quiz.from.as_ref().is_none_or(|from| *from == step.from)
        });
        if let Some(step) = step {
            step.quiz = Some(quiz.asked(texts));
        }
    }
}

/// The invariants that a learner looks at. Others have a lamp only where they are violated.
const LAMPS: [&str; 10] = [
    "state-integrity",
    "browser-agreement",
    "issuer-agreement",
    "redirect-binding",
    "code-single-use",
    "client-binding",
    "pkce-binding",
    "scope-never-widened",
    "refresh-linearity",
    "no-secret-in-url",
];

/// Takes the lamps away that nobody looks at.
fn dim(runs: &mut [Run]) {
    let violated: Vec<String> = runs
        .iter()
        .flat_map(|run| run.verdict.violated.clone())
        .collect();
    for step in runs.iter_mut().flat_map(|run| &mut run.steps) {
        step.invariants
            .retain(|id, _| LAMPS.contains(&id.as_str()) || violated.contains(id));
    }
}
