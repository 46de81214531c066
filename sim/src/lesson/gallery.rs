//! The gallery: one page that leads to all others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::assets;
use super::model::{Key, Lesson, PartyRole, Run, StepKind};
use super::page::{data, escaped, filled, policy};
use super::texts::{self, Catalogue, LANGUAGES};

/// A page that the gallery leads to.
#[derive(Debug)]
pub struct Shown {
    /// The group it belongs to: the last word of its text, `gallery.<group>`.
    pub group: String,
    /// Where it is, relative to the gallery.
    pub file: String,
    /// What is on it.
    pub lesson: Lesson,
}

/// What the page of the gallery reads.
#[derive(Debug, Serialize)]
struct Gallery {
    format: u32,
    title: &'static str,
    about: &'static str,
    languages: [&'static str; 3],
    texts: BTreeMap<&'static str, Catalogue>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    title: Key,
    lessons: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    file: String,
    title: Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Key>,
    runs: Vec<RunEntry>,
}

#[derive(Debug, Serialize)]
struct RunEntry {
    label: Key,
    steps: usize,
    violated: Vec<Key>,
    words: Key,
    ticks: Vec<Tick>,
}

#[derive(Debug, Serialize)]
struct Tick {
    role: PartyRole,
    #[serde(skip_serializing_if = "is_false")]
    local: bool,
    #[serde(skip_serializing_if = "is_false")]
    violated: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The gallery of these pages, in their order.
#[must_use]
pub fn gallery(shown: &[Shown]) -> String {
    let mut gallery = Gallery {
        format: super::FORMAT,
        title: "gallery.title",
        about: "gallery.about",
        languages: LANGUAGES,
        texts: BTreeMap::new(),
        groups: Vec::new(),
    };
    for language in LANGUAGES {
        let known = texts::catalogue(language).into_iter().flatten();
        let needed = known.filter(|(key, _)| key.starts_with("ui.") || key.starts_with("gallery."));
        let table = needed
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect();
        gallery.texts.insert(language, table);
    }
    for shown in shown {
        let entry = gallery.entry(shown);
        let title = format!("gallery.{}", shown.group);
        match gallery.groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.lessons.push(entry),
            None => gallery.groups.push(Group {
                title,
                lessons: vec![entry],
            }),
        }
    }
    let language = LANGUAGES.first().copied().unwrap_or("en");
    let title = gallery
        .texts
        .get(language)
        .and_then(|texts| texts.get("gallery.title"));
    filled(
        assets::GALLERY_HTML,
        &[
            ("language", language),
            ("title", &escaped(title.map_or("", String::as_str))),
            ("policy", &policy(assets::GALLERY_CSS, assets::GALLERY_JS)),
            ("style", assets::GALLERY_CSS),
            ("list", &list(shown, language)),
            ("gallery", &data(&gallery)),
            ("script", assets::GALLERY_JS),
        ],
    )
}

/// The list for browsers without scripts.
fn list(shown: &[Shown], language: &str) -> String {
    let mut out = String::from("<ul>");
    for shown in shown {
        let title = text(&shown.lesson, language, &shown.lesson.title);
        // Writing to a `String` cannot fail.
        let _ = write!(
            out,
            "<li><a href=\"{}\">{}</a></li>",
            escaped(&shown.file),
            escaped(title)
        );
    }
    out.push_str("</ul>");
    out
}

fn text<'a>(lesson: &'a Lesson, language: &str, key: &'a str) -> &'a str {
    let texts = lesson.texts.get(language);
    texts
        .and_then(|texts| texts.get(key))
        .map_or(key, String::as_str)
}

impl Gallery {
    fn entry(&mut self, shown: &Shown) -> Entry {
        let lesson = &shown.lesson;
        let runs = lesson.runs.iter().filter(|run| run.branch_of.is_none());
        Entry {
            id: lesson.id.clone(),
            file: shown.file.clone(),
            title: self.say(lesson, &lesson.title),
            note: lesson.note.as_ref().map(|note| self.say(lesson, note)),
            runs: runs.map(|run| self.run(lesson, run)).collect(),
        }
    }

    fn run(&mut self, lesson: &Lesson, run: &Run) -> RunEntry {
        let named = lesson
            .invariants
            .iter()
            .filter(|known| run.verdict.violated.contains(&known.id));
        let role = |id: &str| {
            lesson
                .parties
                .iter()
                .find(|party| party.id == id)
                .map(|party| party.role)
        };
        RunEntry {
            label: self.say(lesson, &run.label),
            steps: run.steps.len(),
            violated: named.map(|known| self.say(lesson, &known.name)).collect(),
            words: self.say(lesson, &run.verdict.words),
            ticks: run
                .steps
                .iter()
                .map(|step| Tick {
                    role: role(&step.from).unwrap_or(PartyRole::Attacker),
                    local: matches!(step.kind, StepKind::Local | StepKind::Fault),
                    violated: !step.violated.is_empty(),
                })
                .collect(),
        }
    }

    /// A text of a lesson under a key of the gallery's own.
    fn say(&mut self, lesson: &Lesson, key: &str) -> Key {
        let own = format!("{}/{key}", lesson.id);
        for (language, table) in &mut self.texts {
            table.insert(own.clone(), text(lesson, language, key).to_owned());
        }
        own
    }
}
