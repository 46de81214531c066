//! What is said of a run is what happened in it.

use std::collections::{BTreeMap, BTreeSet};

use grantlab_core::http::Scheme;
use grantlab_core::wire::http;
use grantlab_sim::invariant::{self, Judgement};
use grantlab_sim::lesson::compare::parts_at;
use grantlab_sim::lesson::model::{DeltaSign, Lamp, Lesson, MessageKind, PartyRole, Run, StepKind};
use grantlab_sim::lesson::plan;

use crate::{SAMPLE, given, plain, ready};
use grantlab_sim::lesson::texts::Phrase;
use grantlab_sim::scenario::shelf;

#[test]
fn every_entry_of_a_trace_is_in_exactly_one_step() {
    for name in SAMPLE {
        let entries = given(name, "run", Phrase::Literal(String::new()))
            .trace
            .entries()
            .len();
        let lesson = plain(name);
        let mut told: Vec<u32> = lesson.runs[0]
            .steps
            .iter()
            .flat_map(|step| step.entries.clone())
            .collect();
        told.sort_unstable();
        let all: Vec<u32> = (0..u32::try_from(entries).unwrap()).collect();
        assert_eq!(told, all, "{name}");
    }
}

#[test]
fn octets_are_read_as_the_message_that_they_are() {
    for name in SAMPLE {
        let lesson = plain(name);
        for step in lesson.runs.iter().flat_map(|run| &run.steps) {
            let Some(message) = &step.message else {
                continue;
            };
            let octets = message.octets.as_bytes();
            match message.kind {
                MessageKind::Request => {
                    let request = http::read_request(&Scheme::Https, octets).unwrap();
                    assert_eq!(http::write_request(&request), octets, "{name}");
                }
                MessageKind::Response => {
                    let response = http::read_response(octets).unwrap();
                    assert_eq!(http::write_response(&response), octets, "{name}");
                }
                MessageKind::Failure | MessageKind::Store => continue,
            }
            assert_eq!(usize::try_from(message.length).unwrap(), octets.len());
        }
    }
}

/// Nobody sends a fresh value that he did not make and never got.
#[test]
fn a_value_was_minted_by_its_sender_or_reached_him_before() {
    for ready in plan::ready() {
        let lesson = crate::ready(&ready.id);
        // The attacker's browser and his machines know the same.
        let who = |id: &str| {
            let known = lesson.parties.iter().find(|party| party.id == id);
            match known.map(|party| party.role) {
                Some(PartyRole::Attacker) if id != "tester" => "the attacker".to_owned(),
                _ => id.to_owned(),
            }
        };
        for run in &lesson.runs {
            let mut has: BTreeSet<(String, u32)> = BTreeSet::new();
            for (number, step) in (1_u32..).zip(&run.steps) {
                for path in &run.paths {
                    if let Some(minted) = &path.minted
                        && minted.step <= number
                    {
                        has.insert((who(&minted.party), path.value));
                    }
                }
                let learned = step
                    .deltas
                    .iter()
                    .filter(|delta| delta.sign != DeltaSign::Removed);
                has.extend(learned.filter_map(|delta| Some((who(&delta.party), delta.value?))));
                let sends = matches!(step.kind, StepKind::Request | StepKind::Response);
                for value in step.values.iter().filter(|_| sends) {
                    let path = run.paths.iter().find(|path| path.value == *value).unwrap();
                    let knows = has.contains(&(who(&step.from), *value));
                    // The scenario gets what it sends from its file.
                    let from_file = step.from == "tester";
                    assert!(
                        path.minted.is_none() || knows || from_file,
                        "{}: {} sends {} in step {number}",
                        ready.id,
                        step.from,
                        lesson.values[usize::try_from(*value).unwrap()].label
                    );
                    let receiver = step.to.clone().unwrap_or_default();
                    has.insert((who(&receiver), *value));
                }
            }
        }
    }
}

/// What a browser keeps by the lesson is what it sends by the simulator.
#[test]
fn cookies_are_sent_as_they_are_known() {
    for name in SAMPLE {
        let lesson = plain(name);
        let run = &lesson.runs[0];
        let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
        for step in &run.steps {
            if step.kind == StepKind::Request && step.from == "alice" {
                let octets = &step.message.as_ref().unwrap().octets;
                let cookies = octets
                    .lines()
                    .filter_map(|line| line.strip_prefix("Cookie: "));
                for cookie in cookies.flat_map(|line| line.split("; ")) {
                    let (_, value) = cookie.split_once('=').unwrap();
                    let mine = known.iter().filter(|((party, _), _)| *party == step.from);
                    assert!(
                        mine.clone().any(|(_, text)| text == value),
                        "{name}: a cookie that the browser does not know"
                    );
                }
            }
            for delta in &step.deltas {
                let place = (delta.party.clone(), delta.path.clone());
                match delta.sign {
                    DeltaSign::Added => {
                        assert_eq!(
                            known.insert(place, delta.text.clone()),
                            None,
                            "{name} {}",
                            delta.path
                        );
                    }
                    DeltaSign::Changed => {
                        assert!(
                            known.insert(place, delta.text.clone()).is_some(),
                            "{name} {}",
                            delta.path
                        );
                    }
                    DeltaSign::Removed => {
                        assert_eq!(
                            known.remove(&place),
                            Some(delta.text.clone()),
                            "{name} {}",
                            delta.path
                        );
                    }
                }
            }
        }
    }
}

/// The lamps of the last step are the verdicts of the checker.
#[test]
fn the_last_lamps_are_the_verdicts() {
    for name in SAMPLE {
        let trace = given(name, "run", Phrase::Literal(String::new())).trace;
        let lesson = plain(name);
        let run = &lesson.runs[0];
        for shown in &lesson.invariants {
            let lamp = run
                .steps
                .iter()
                .rev()
                .find_map(|step| step.invariants.get(&shown.id));
            let judged = match invariant::Invariant::read(&shown.id).unwrap().judge(&trace) {
                Judgement::NotExercised => Lamp::NotExercised,
                Judgement::Holds => Lamp::Holds,
                Judgement::Violated(_) => Lamp::Violated,
            };
            assert_eq!(
                lamp.copied().unwrap_or(Lamp::NotExercised),
                judged,
                "{name} {}",
                shown.id
            );
        }
    }
}

fn run<'a>(lesson: &'a Lesson, id: &str) -> &'a Run {
    lesson.runs.iter().find(|run| run.id == id).unwrap()
}

/// What each attack lesson is about.
const TAUGHT: [(&str, &str); 9] = [
    ("pkce", "pkce-binding"),
    ("refresh", "refresh-linearity"),
    ("code-replay", "code-single-use"),
    ("login-csrf", "state-integrity"),
    ("code-injection", "authentication"),
    ("mix-up", "issuer-agreement"),
    ("open-redirect", "no-open-redirect"),
    ("redirect-307", "password-secrecy"),
    ("race", "code-single-use"),
];

/// What the documents of two providers leave open, in honest runs too: their lessons show just this.
const LEFT_OPEN: [(&str, &str); 2] = [
    ("isogeo", "state-integrity"),
    ("pockets", "redirect-uri-repeated"),
];

/// An attack violates what its lesson teaches, its defence does not, and honest runs violate nothing.
#[test]
fn every_attack_shows_what_it_teaches() {
    let mut taught = BTreeMap::from(TAUGHT);
    for plan in plan::ready() {
        let lesson = ready(&plan.id);
        for run in &lesson.runs {
            let violated = &run.verdict.violated;
            match (run.id.as_str(), taught.get(plan.id.as_str())) {
                ("attack", Some(property)) => {
                    assert!(
                        violated.iter().any(|id| id == property),
                        "{}: {violated:?}",
                        plan.id
                    );
                    let steps = run.steps.iter();
                    let shown = steps.filter(|step| step.violated.iter().any(|id| id == property));
                    assert_ne!(shown.count(), 0, "{}", plan.id);
                    assert!(run.steps.iter().any(|step| step.attack), "{}", plan.id);
                }
                ("defence", Some(property)) => {
                    assert!(!violated.iter().any(|id| id == property), "{}", plan.id);
                }
                _ => {
                    let open = LEFT_OPEN.iter().filter(|(id, _)| *id == plan.id);
                    let open: Vec<&str> = open.map(|(_, property)| *property).collect();
                    assert_eq!(*violated, open, "{} {}", plan.id, run.id);
                }
            }
        }
        assert_eq!(
            taught.remove(plan.id.as_str()).is_some(),
            plan.attack.is_some()
        );
    }
    assert!(taught.is_empty(), "{taught:?}");
}

/// What the words of a step claim, and the fact that somebody must have noted in that step.
const CLAIMS: [(&str, &str); 11] = [
    ("step.authorization.response.code", "code_issued"),
    ("step.callback.response.done", "login_completed"),
    ("step.callback.request.code", "navigated"),
    ("step.owner_form.request.login_approve", "form_sent"),
    ("step.owner_form.response.code", "code_issued"),
    ("step.pushed.response.good", "request_pushed"),
    ("step.refresh.response.good", "access_token_issued"),
    ("step.resource.response.good", "resource_served"),
    ("step.token.request.plain", "token_requested"),
    ("step.token.response.good", "access_token_issued"),
    ("step.token.response.to_attacker", "access_token_issued"),
];

/// Who acts in the steps whose words name him.
const ACTORS: [(&str, &[PartyRole]); 5] = [
    ("step.token.request.", &[PartyRole::Client]),
    ("step.login_start.response.", &[PartyRole::Client]),
    ("step.callback.response.", &[PartyRole::Client]),
    ("step.forged.", &[PartyRole::Attacker]),
    ("step.attacker.response.", &[PartyRole::Attacker]),
];

/// Words that claim something are said only where the run has it.
#[test]
fn what_a_step_claims_was_noted() {
    let mut seen = BTreeSet::new();
    for lesson in shelf::names().map(plain) {
        let role = |id: &str| lesson.parties.iter().find(|party| party.id == id);
        for (run, step) in lesson
            .runs
            .iter()
            .flat_map(|run| run.steps.iter().map(move |step| (run, step)))
        {
            let place = format!("{}: {} in {}", run.scenario, step.topic, step.at_ms);
            for (topic, fact) in CLAIMS.iter().filter(|(topic, _)| *topic == step.topic) {
                seen.insert(*topic);
                let noted = step.details.iter().any(|detail| detail.name == *fact);
                let names: Vec<_> = step.details.iter().map(|detail| &detail.name).collect();
                assert!(noted, "{place}: no {fact}, but {names:?}");
            }
            for (topic, roles) in ACTORS {
                if step.topic.starts_with(topic) {
                    let role = role(&step.from).unwrap().role;
                    assert!(roles.contains(&role), "{place}: {role:?}");
                }
            }
        }
    }
    assert_eq!(seen.len(), CLAIMS.len(), "{seen:?}");
}

/// Attack and defence part where one switch decides, and nowhere before.
#[test]
fn an_attack_parts_from_its_defence_at_the_first_difference() {
    for plan in plan::ready().iter().filter(|plan| plan.attack.is_some()) {
        let lesson = ready(&plan.id);
        let (attack, defence) = (run(&lesson, "attack"), run(&lesson, "defence"));
        let parts = parts_at(attack, defence);
        assert_eq!(lesson.scenarios[1].parts_at, Some(parts), "{}", plan.id);
        assert!(parts > 1, "{} parts at once", plan.id);
        let place = usize::try_from(parts).unwrap() - 1;
        assert_ne!(
            attack.steps.get(place),
            defence.steps.get(place),
            "{}",
            plan.id
        );
    }
}

#[test]
fn a_branch_shares_what_it_says_that_it_shares() {
    let lesson = ready("wishtack");
    let twig = run(&lesson, "branch1");
    let origin = twig.branch_of.as_ref().unwrap();
    let trunk = run(&lesson, &origin.run);
    assert_eq!(parts_at(trunk, twig), origin.shared + 1);
    let fork = &trunk.steps[usize::try_from(origin.shared).unwrap() - 1];
    assert_eq!(fork.branches[0].run, "branch1");
}

#[test]
fn a_question_has_exactly_one_right_answer_and_is_asked() {
    for plan in plan::ready() {
        let lesson = ready(&plan.id);
        let asked = lesson
            .runs
            .iter()
            .flat_map(|run| &run.steps)
            .filter_map(|step| step.quiz.as_ref());
        let asked: Vec<_> = asked.collect();
        assert!(asked.len() >= plan.quizzes.len(), "{} never asks", plan.id);
        for quiz in asked {
            let right = quiz.answers.iter().filter(|answer| answer.right);
            assert_eq!(right.count(), 1, "{}", quiz.question);
        }
    }
}

#[test]
fn a_lesson_survives_json() {
    let lesson = ready("login-csrf");
    let written = serde_json::to_string(&lesson).unwrap();
    assert_eq!(serde_json::from_str::<Lesson>(&written).unwrap(), lesson);
}
