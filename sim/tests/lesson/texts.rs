//! Every text is there in every language, and says where it comes from.

use std::collections::BTreeSet;

use grantlab_core::event::Event;
use grantlab_core::refusal::Rule;
use grantlab_sim::invariant;
use grantlab_sim::lesson::model::Lesson;
use grantlab_sim::lesson::plan;
use grantlab_sim::lesson::texts::{LANGUAGES, catalogue};
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Scenario, shelf};

use crate::{plain, ready};

#[test]
fn every_language_has_the_same_texts() {
    let keys =
        |language: &str| -> BTreeSet<&String> { catalogue(language).unwrap().keys().collect() };
    let english = keys("en");
    assert!(english.len() > 900);
    for language in LANGUAGES {
        let other = keys(language);
        let missing: Vec<_> = english.symmetric_difference(&other).collect();
        assert!(missing.is_empty(), "{language}: {missing:?}");
        for (key, text) in catalogue(language).unwrap() {
            assert!(!text.trim().is_empty(), "{language} {key}");
        }
    }
}

#[test]
fn arguments_are_the_same_in_every_language() {
    let holes = |text: &str| -> BTreeSet<String> {
        let parts = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'));
        parts
            .map(|(hole, _)| hole.split(':').next().unwrap().to_owned())
            .collect()
    };
    let english = catalogue("en").unwrap();
    for language in LANGUAGES {
        for (key, text) in catalogue(language).unwrap() {
            // The subject of a sentence may be left out where the language does.
            let mut here = holes(text);
            let mut there = holes(&english[key]);
            here.remove("user");
            there.remove("user");
            assert_eq!(here, there, "{language} {key}");
        }
    }
}

/// Letters that fit into the pill of a decision.
const LABEL_MAX: usize = 30;

#[test]
fn every_rule_fact_and_invariant_has_its_text() {
    let texts = catalogue("en").unwrap();
    for rule in Rule::ALL {
        let id = rule.text().id;
        assert!(texts.contains_key(&format!("rule.{id}")), "{id}");
        let label = &texts[&format!("rule.{id}.label")];
        assert!(label.chars().count() <= LABEL_MAX, "{id}: {label}");
    }
    for event in Event::NAMES {
        assert!(texts.contains_key(&format!("event.{event}")), "{event}");
    }
    for invariant in invariant::ALL {
        for part in ["name", "about"] {
            let key = format!("invariant.{}.{part}", invariant.id);
            assert!(texts.contains_key(&key), "{key}");
        }
    }
}

/// What no standard names and no provider documents: scenarios send it to see it ignored.
const STRANGE: [&str; 1] = ["x"];

/// The lesson of every scenario there is, and every ready one.
fn all() -> impl Iterator<Item = Lesson> {
    let plains = shelf::names().map(plain);
    plan::ready()
        .iter()
        .map(|plan| ready(&plan.id))
        .chain(plains)
}

/// No text of a lesson is its own key, no argument stayed open, and whatever occurs in it is explained.
#[test]
fn nothing_falls_back() {
    let mut lessons = 0;
    for lesson in all() {
        lessons += 1;
        for (language, texts) in &lesson.texts {
            for (key, text) in texts
                .iter()
                .filter(|(key, _)| !key.starts_with("ui.") && !key.starts_with("literal"))
            {
                let bare = key.split('#').next().unwrap();
                assert_ne!(text, bare, "{} {language}", lesson.id);
                assert!(
                    !text.contains('{'),
                    "{} {language} {key}: {text}",
                    lesson.id
                );
            }
        }
        for (name, parameter) in &lesson.parameters {
            assert!(!parameter.rfc.is_empty(), "{name} has no section");
            let known = parameter.about != "parameter.other.about";
            assert!(known || STRANGE.contains(&name.as_str()), "{name}");
        }
        for invariant in &lesson.invariants {
            assert!(!invariant.rfc.is_empty(), "{}", invariant.id);
        }
        let explained: BTreeSet<_> = lesson.invariants.iter().map(|known| &known.id).collect();
        for run in &lesson.runs {
            for violated in &run.verdict.violated {
                assert!(explained.contains(violated), "{} {violated}", lesson.id);
            }
            for check in run.steps.iter().flat_map(|step| &step.checks) {
                assert!(!check.rfc.is_empty(), "{} has no section", check.rule);
                let about = &lesson.texts["en"][&check.about];
                assert_eq!(about, &catalogue("en").unwrap()[&check.about]);
            }
        }
    }
    assert!(lessons > 300, "{lessons}");
}

/// Where a title is translated, the English one is that of the file.
#[test]
fn a_translated_title_is_that_of_its_scenario() {
    let profiles = Profiles::built_in();
    let texts = catalogue("en").unwrap();
    let mut titles = 0;
    for (name, title) in texts
        .iter()
        .filter_map(|(key, title)| Some((key.strip_prefix("scenario.")?, title)))
    {
        let source = shelf::find(name).unwrap_or_else(|| panic!("{name} is not on the shelf"));
        let scenario = Scenario::read(source, &profiles).unwrap();
        assert_eq!(scenario.file.title, *title);
        titles += 1;
    }
    for (_, name) in plan::ready().iter().flat_map(|ready| ready.runs()) {
        assert!(texts.contains_key(&format!("scenario.{name}")), "{name}");
    }
    assert!(titles > 20);
}

/// A text of a lesson of its own is said in some run: what is never said is never read either.
#[test]
fn every_text_of_a_ready_lesson_is_said() {
    for plan in plan::ready() {
        let lesson = ready(&plan.id);
        let said: BTreeSet<&str> = lesson.texts["en"]
            .keys()
            .map(|key| key.split('#').next().unwrap())
            .collect();
        let mine = format!("lesson.{}.", plan.id);
        for key in catalogue("en").unwrap().keys() {
            assert!(
                !key.starts_with(&mine) || said.contains(key.as_str()),
                "{key}"
            );
        }
    }
}
