//! Which runs make a lesson, and what is asked on the way. The ready lessons are data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::model::{Answer, Quiz};
use super::texts::{self, Phrase, Texts};

/// The composition of a lesson.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name.
    pub id: String,
    /// What it shows.
    pub title: Phrase,
    /// What is worth knowing about it.
    pub note: Option<Phrase>,
    /// What the reader chooses among.
    pub choices: Vec<Choice>,
    /// Runs that branch off from others.
    pub branches: Vec<BranchPlan>,
    /// What is asked.
    pub quizzes: Vec<QuizPlan>,
}

/// One choice at the top of the page.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name.
    pub id: String,
    /// What the button says.
    pub label: Phrase,
    /// The run.
    pub run: String,
    /// The run with the defence.
    pub defence: Option<String>,
    /// What the toggle says for the run without it.
    pub run_label: Option<Phrase>,
    /// What the toggle says for the run with it.
    pub defence_label: Option<Phrase>,
}

/// A run that branches off.
#[derive(Clone, Debug)]
pub struct BranchPlan {
    /// From which run.
    pub from: String,
    /// Which run.
    pub run: String,
    /// The question that leads there.
    pub label: Phrase,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuizPlan {
    /// The name of its texts: `quiz.<id>.question`, `quiz.<id>.1.text`, `quiz.<id>.1.why`, …
    pub id: String,
    /// In which run; in all, when nothing is said.
    #[serde(default)]
    pub run: Option<String>,
    /// At the first step of this topic.
    pub at: String,
    /// Made by this party; by anybody, when nothing is said.
    #[serde(default)]
    pub from: Option<String>,
    /// How many answers there are.
    pub answers: u32,
    /// Which is right, from 1.
    pub right: u32,
}

impl QuizPlan {
    /// The question as the page asks it.
    pub(super) fn asked(&self, texts: &mut Texts) -> Quiz {
        let mut say = |what: &str| texts.say(Phrase::text(format!("quiz.{}.{what}", self.id)));
        Quiz {
            question: say("question"),
            answers: (1..=self.answers)
                .map(|number| Answer {
                    text: say(&format!("{number}.text")),
                    why: say(&format!("{number}.why")),
                    right: number == self.right,
                })
                .collect(),
        }
    }
}

/// A ready lesson, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// Its name: of its texts, and of its file.
    pub id: String,
    /// The scenario in which all goes well.
    pub honest: String,
    /// The scenario in which the attack succeeds.
    #[serde(default)]
    pub attack: Option<String>,
    /// The same with the defence.
    #[serde(default)]
    pub defence: Option<String>,
    /// Scenarios that branch off from the honest run; `lesson.<id>.branch.<n>` asks, n from 1.
    #[serde(default)]
    pub branches: Vec<String>,
    /// What is asked.
    #[serde(default)]
    pub quizzes: Vec<QuizPlan>,
}

static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    // The file is part of the binary; a test reads it.
    serde_json::from_str(include_str!("ready.json")).unwrap_or_default()
});

/// The ready lessons, in the order in which they are best read.
#[must_use]
pub fn ready() -> &'static [Ready] {
    &READY
}

impl Ready {
    /// The runs that it needs: the name of each in the lesson, and its scenario.
    #[must_use]
    pub fn runs(&self) -> Vec<(String, &str)> {
        let mut runs = vec![("honest".to_owned(), self.honest.as_str())];
        runs.extend(
            self.attack
                .as_deref()
                .map(|name| ("attack".to_owned(), name)),
        );
        runs.extend(
            self.defence
                .as_deref()
                .map(|name| ("defence".to_owned(), name)),
        );
        let branches = (1..).zip(&self.branches);
        runs.extend(branches.map(|(number, name)| (format!("branch{number}"), name.as_str())));
        runs
    }

    /// What a run is called.
    #[must_use]
    pub fn label(&self, run: &str) -> Phrase {
        match run {
            "honest" => Phrase::text("ui.honest_run"),
            "attack" => Phrase::text(format!("lesson.{}.attack_label", self.id)),
            "defence" => Phrase::text(format!("lesson.{}.defence_label", self.id)),
            branch => self.question(branch),
        }
    }

    fn question(&self, branch: &str) -> Phrase {
        let number = branch.trim_start_matches("branch");
        Phrase::text(format!("lesson.{}.branch.{number}", self.id))
    }

    /// Its composition.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let text = |part: &str| Phrase::text(format!("lesson.{}.{part}", self.id));
        let mut choices = vec![Choice {
            id: "honest".to_owned(),
            label: Phrase::text("ui.honest_run"),
            run: "honest".to_owned(),
            defence: None,
            run_label: None,
            defence_label: None,
        }];
        if self.attack.is_some() {
            choices.push(Choice {
                id: "attack".to_owned(),
                label: text("attack"),
                run: "attack".to_owned(),
                defence: self.defence.as_ref().map(|_| "defence".to_owned()),
                run_label: Some(text("attack_label")),
                defence_label: Some(text("defence_label")),
            });
        }
        let branches = (1..=self.branches.len()).map(|number| {
            let run = format!("branch{number}");
            BranchPlan {
                from: "honest".to_owned(),
                label: self.question(&run),
                run,
            }
        });
        Plan {
            id: self.id.clone(),
            title: text("title"),
            note: Some(text("note")),
            choices,
            branches: branches.collect(),
            quizzes: self.quizzes.clone(),
        }
    }
}

/// What a scenario is called: by the words for it, where there are some, or by its own title.
#[must_use]
pub fn scenario_title(name: &str, title: &str) -> Phrase {
    let key = format!("scenario.{name}");
    if texts::exists(&key) {
        Phrase::text(key)
    } else {
        Phrase::Literal(title.to_owned())
    }
}

impl Plan {
    /// The lesson of scenarios that nobody prepared: each is a choice, called by its title.
    #[must_use]
    pub fn of_scenarios(
        id: &str,
        title: Phrase,
        note: Option<&str>,
        scenarios: &[(String, Phrase)],
    ) -> Self {
        let choice = |(run, title): &(String, Phrase)| Choice {
            id: run.clone(),
            label: title.clone(),
            run: run.clone(),
            defence: None,
            run_label: None,
            defence_label: None,
        };
        Self {
            id: id.to_owned(),
            title,
            note: note.map(|note| Phrase::Literal(note.to_owned())),
            choices: scenarios.iter().map(choice).collect(),
            branches: Vec::new(),
            quizzes: Vec::new(),
        }
    }
}

static SECTIONS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    // The file is part of the binary; a test reads it.
    serde_json::from_str(include_str!("text/sections.json")).unwrap_or_default()
});

/// The name under which a parameter is explained. What a provider adds of its own has one name together.
#[must_use]
pub fn parameter_name(name: &str) -> &str {
    if SECTIONS.contains_key(name) {
        return name;
    }
    if name.ends_with("session") {
        return "session";
    }
    "other"
}

/// Who says what a parameter is.
#[must_use]
pub fn parameter_sections(name: &str) -> &'static str {
    SECTIONS.get(name).map_or("", String::as_str)
}

/// The names of all parameters that are explained.
pub fn parameter_names() -> impl Iterator<Item = &'static str> {
    SECTIONS.keys().map(String::as_str)
}
