//! Check files: what is sent to an authorization server, and what its answers mean.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::condition::{Alternative, Otherwise};
use super::step::Step;
use super::template::{NAMES, Template};
use super::words::{Feature, Level, PolicyName, Role, Verdict};
use crate::document::{Document, Step as At};
use crate::input_error::{InputError, SourceText};

/// The checks of one group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckFile {
    /// Where the schema of this file is, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// The letters that the ids of the group begin with, such as `CL`.
    pub group: String,
    /// What the checks of the group are about.
    pub title: String,
    /// What is worth knowing about them.
    #[serde(default)]
    pub note: Option<String>,
    /// The checks.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name: the letters of the group, a hyphen, a number, maybe a small letter.
    pub id: String,
    /// What is so when it passes, in one line.
    pub title: String,
    /// How much that is demanded.
    pub level: Level,
    /// By which text.
    pub reference: String,
    /// The policy of the target that it shows: snapshots and their differences speak of it by name.
    #[serde(default)]
    pub policy: Option<ShownPolicy>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
    /// What the target must be able to do. What the steps need by themselves (a second client, refresh tokens, an
    /// endpoint, a clock) need not be said.
    #[serde(default)]
    pub needs: Vec<Feature>,
    /// What the target must not be able to do.
    #[serde(default)]
    pub needs_not: Vec<Feature>,
    /// Whose requests are sent, unless a step says otherwise.
    #[serde(default = "main_client")]
    pub client: Role,
    /// What is sent, in order.
    pub steps: Vec<Step>,
    /// What the answers mean. The first alternative that holds counts.
    pub expect: Vec<Alternative>,
    /// What it means that none holds.
    pub otherwise: Otherwise,
}

/// A policy, and the case in which a check shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownPolicy {
    /// Which policy.
    pub of: PolicyName,
    /// For what, in a few words.
    pub case: String,
}

const fn main_client() -> Role {
    Role::Main
}

/// A check file that was read and makes sense.
#[derive(Clone, Debug)]
pub struct Group {
    /// The file with the places of everything in it.
    pub document: Document,
    /// What it says.
    pub file: CheckFile,
}

impl Group {
    /// Reads a check file.
    ///
    /// # Errors
    /// The first mistake in it, at its place: an id that is there twice or is of another group, a name that no step
    /// gives, a verdict that cannot be given there.
    pub fn read(source: SourceText) -> Result<Self, InputError> {
        let (document, file) = Document::read::<CheckFile>(source)?;
        let group = Self { document, file };
        for (place, check) in group.file.checks.iter().enumerate() {
            group.check_id(place, check)?;
            group.check_verdicts(place, check)?;
            group.check_names(place, check)?;
        }
        Ok(group)
    }

    fn mistake(&self, place: usize, below: &[At], problem: String) -> InputError {
        let mut path = vec![At::from("checks"), At::from(place)];
        path.extend_from_slice(below);
        self.document.mistake(&path, problem)
    }

    fn check_id(&self, place: usize, check: &Check) -> Result<(), InputError> {
        let at = [At::from("id")];
        let prefix = format!("{}-", self.file.group);
        let Some(number) = check.id.strip_prefix(&prefix) else {
            let problem = format!("the ids of this group begin with `{prefix}`");
            return Err(self.mistake(place, &at, problem));
        };
        let digits = number.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            let problem = format!("an id is `{prefix}` with a number, maybe with a small letter");
            return Err(self.mistake(place, &at, problem));
        }
        let mut earlier = self.file.checks.iter().take(place);
        if earlier.any(|earlier| earlier.id == check.id) {
            return Err(self.mistake(place, &at, "this id is there twice".to_owned()));
        }
        Ok(())
    }

    fn check_verdicts(&self, place: usize, check: &Check) -> Result<(), InputError> {
        for (nth, alternative) in check.expect.iter().enumerate() {
            if matches!(alternative.verdict, Verdict::CouldNotRun | Verdict::Skipped) {
                let at = [At::from("expect"), At::from(nth), At::from("verdict")];
                let problem = "no answer of the target leads to this verdict".to_owned();
                let error = self.mistake(place, &at, problem);
                return Err(error.instead_of(alternative.verdict.word(), GIVEN));
            }
        }
        match check.otherwise.verdict {
            Verdict::Fail | Verdict::Warning | Verdict::Recorded | Verdict::Pass => Ok(()),
            Verdict::NotApplicable | Verdict::CouldNotRun | Verdict::Skipped => {
                let at = [At::from("otherwise"), At::from("verdict")];
                let problem = "what no alternative explains is judged".to_owned();
                let error = self.mistake(place, &at, problem);
                Err(error.instead_of(
                    check.otherwise.verdict.word(),
                    ["fail", "warning", "recorded"],
                ))
            }
        }
    }

    /// Every `${…}` can be read and has a name that something gives, and every `of` and `from` names a step.
    fn check_names(&self, place: usize, check: &Check) -> Result<(), InputError> {
        let mut given = Given::default();
        let steps = given.all(&check.steps);
        steps.map_err(|(path, problem)| self.mistake_of(place, "steps", path, problem))?;
        for (nth, alternative) in check.expect.iter().enumerate() {
            given.alternative(alternative).map_err(|problem| {
                let path = vec![At::from(nth)];
                self.mistake_of(place, "expect", path, problem)
            })?;
        }
        given
            .template(&check.otherwise.says)
            .map_err(|problem| self.mistake_of(place, "otherwise", Vec::new(), problem))
    }

    fn mistake_of(
        &self,
        place: usize,
        member: &str,
        path: Vec<At>,
        unknown: Unknown,
    ) -> InputError {
        let mut below = vec![At::from(member)];
        below.extend(path);
        let error = self.mistake(place, &below, unknown.problem);
        if unknown.allowed.is_empty() {
            return error;
        }
        error.instead_of(&unknown.name, unknown.allowed.iter().map(String::as_str))
    }
}

/// The verdicts that an alternative can give.
const GIVEN: [&str; 5] = ["pass", "fail", "warning", "recorded", "not applicable"];

/// A name that nothing gives, or a template that cannot be read.
#[derive(Debug)]
struct Unknown {
    problem: String,
    name: String,
    allowed: Vec<String>,
}

/// The names that the steps so far give.
#[derive(Default)]
struct Given {
    steps: Vec<String>,
    values: Vec<String>,
}

impl Given {
    fn all(&mut self, steps: &[Step]) -> Result<(), (Vec<At>, Unknown)> {
        for (nth, step) in steps.iter().enumerate() {
            let at = |unknown| (vec![At::from(nth)], unknown);
            for text in step.templates() {
                self.template(text).map_err(at)?;
            }
            if let Some(from) = step.from() {
                self.step(from).map_err(at)?;
            }
            for inner in step.inner() {
                self.all(inner).map_err(|(_, unknown)| at(unknown))?;
            }
            if let Some(name) = step.name() {
                self.steps.push(name.to_owned());
            }
            self.values.extend(step.gives().map(str::to_owned));
        }
        Ok(())
    }

    fn alternative(&self, alternative: &Alternative) -> Result<(), Unknown> {
        self.template(&alternative.says)?;
        let mut wrong = Ok(());
        alternative.when.each(&mut |condition| {
            if wrong.is_ok()
                && let Some(of) = &condition.of
            {
                wrong = self.step(of);
            }
            if wrong.is_ok()
                && let Some(signature) = &condition.signature
            {
                wrong = self.step(&signature.keys);
            }
            for text in condition.templates() {
                if wrong.is_ok() {
                    wrong = self.template(text);
                }
            }
            for list in condition.lists.keys() {
                if wrong.is_ok() && !self.values.contains(list) {
                    wrong = Err(unknown("list", list, &self.values));
                }
            }
        });
        wrong
    }

    fn step(&self, name: &str) -> Result<(), Unknown> {
        if self.steps.iter().any(|known| known == name) {
            return Ok(());
        }
        Err(unknown("step before this", name, &self.steps))
    }

    fn template(&self, text: &str) -> Result<(), Unknown> {
        let template = Template::read(text).map_err(|problem| Unknown {
            problem,
            name: String::new(),
            allowed: Vec::new(),
        })?;
        for name in template.names() {
            let first = name.split('.').next().unwrap_or(name);
            let is_step = first != name && self.steps.iter().any(|known| known == first);
            let is_role = first != name && Role::ALL.iter().any(|role| role.word() == first);
            let is_value = self.values.iter().any(|known| known == first);
            if !(is_step || is_role || is_value || NAMES.contains(&first)) {
                let mut allowed: Vec<String> = self.steps.clone();
                allowed.extend(self.values.iter().cloned());
                allowed.extend(NAMES.iter().map(|name| (*name).to_owned()));
                return Err(unknown("value", first, &allowed));
            }
        }
        Ok(())
    }
}

fn unknown(kind: &str, name: &str, allowed: &[String]) -> Unknown {
    Unknown {
        problem: format!("there is no {kind} called `{name}`"),
        name: name.to_owned(),
        allowed: allowed.to_vec(),
    }
}
