//! Every text is there in every language, and says where it comes from.

use std::collections::BTreeSet;

use grantlab_core::event::Event;
use grantlab_core::refusal::Rule;
use grantlab_sim::invariant;
use grantlab_sim::lesson::plan;
use grantlab_sim::lesson::texts::{LANGUAGES, catalogue};

use crate::{SAMPLE, plain, ready};

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

#[test]
fn every_rule_fact_and_invariant_has_its_text() {
    let texts = catalogue("en").unwrap();
    for rule in Rule::ALL {
        assert!(
            texts.contains_key(&format!("rule.{}", rule.text().id)),
            "{}",
            rule.text().id
        );
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

/// No text of a lesson is its own key, and no argument stayed open.
#[test]
fn nothing_falls_back() {
    let plains = SAMPLE.iter().map(|name| plain(name));
    for lesson in plan::ready()
        .iter()
        .map(|plan| ready(&plan.id))
        .chain(plains)
    {
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
        }
        for invariant in &lesson.invariants {
            assert!(!invariant.rfc.is_empty(), "{}", invariant.id);
        }
    }
}
