//! `grantlab lesson`: tells scenarios as a page, or in the formats of other tools.

use std::fs;
use std::path::{Path, PathBuf};

use grantlab_sim::input_error::InputError;
use grantlab_sim::lesson::gallery::{self, Shown};
use grantlab_sim::lesson::model::Lesson;
use grantlab_sim::lesson::page;
use grantlab_sim::lesson::plan::{self, Plan, Ready};
use grantlab_sim::lesson::texts::Phrase;
use grantlab_sim::lesson::transcript::Reader;
use grantlab_sim::lesson::{self, Given, export};
use grantlab_sim::live;
use grantlab_sim::profile::{NamedBy, Profiles};
use grantlab_sim::scenario::{Scenario, shelf};

use serde::Serialize;

use super::console::{Console, read_file};
use super::scenarios;
use super::{Failure, Verdict};
use crate::arguments::{Changes, Export, LessonArguments};

pub(super) fn run(arguments: &LessonArguments, console: &mut Console) -> Result<Verdict, Failure> {
    if arguments.serve {
        return Ok(live::lessons::serve(arguments.port, |address| {
            console.warn(&format!("live lessons at http://{address}/ (Ctrl-C stops)"));
        })
        .map(|()| Verdict::Fine)?);
    }
    if arguments.all {
        let folder = arguments.output.as_deref().unwrap_or("lessons");
        return all(Path::new(folder), &arguments.changes, console);
    }
    let lesson = named(&arguments.scenarios, &arguments.changes)?;
    let written = match arguments.export {
        Some(export) => exported(export, arguments, &lesson)?,
        None => page::page(&lesson).into_bytes(),
    };
    match &arguments.output {
        None => console.octets(&written)?,
        Some(path) => write(Path::new(path), &written)?,
    }
    Ok(Verdict::Fine)
}

/// The lesson that is meant: a ready one by its name, or that of scenarios.
pub(super) fn named(names: &[String], changes: &Changes) -> Result<Lesson, InputError> {
    match plan::ready()
        .iter()
        .find(|ready| names == [ready.id.as_str()])
    {
        Some(ready) => ready_lesson(ready, changes),
        None => lesson_of(names, changes),
    }
}

/// A run of a lesson in another format.
fn exported(
    format: Export,
    arguments: &LessonArguments,
    lesson: &Lesson,
) -> Result<Vec<u8>, InputError> {
    let run = match &arguments.run {
        None => lesson.runs.first(),
        Some(id) => lesson.runs.iter().find(|run| run.id == *id),
    };
    let Some(run) = run else {
        let id = arguments.run.clone().unwrap_or_default();
        let names = lesson.runs.iter().map(|run| run.id.as_str());
        return Err(
            InputError::about(id.clone(), "there is no such run in this lesson")
                .instead_of(&id, names),
        );
    };
    let reader = Reader {
        lesson,
        language: arguments.language.as_str(),
    };
    Ok(match format {
        Export::Json => json(lesson),
        Export::Har => json(&export::har(lesson, run)),
        Export::Markdown => export::markdown(reader, run).into_bytes(),
        Export::Mermaid => export::mermaid(reader, run).into_bytes(),
        Export::Pcap => export::pcap(run),
        Export::Plantuml => export::plantuml(reader, run).into_bytes(),
        Export::Svg => export::svg(reader, run).into_bytes(),
    })
}

/// Writes every ready lesson, a page for every scenario inside the binary, and the gallery that leads to them.
fn all(folder: &Path, changes: &Changes, console: &mut Console) -> Result<Verdict, Failure> {
    let mut shown = Vec::new();
    for ready in plan::ready() {
        let group = if ready.attack.is_some() {
            "attacks"
        } else {
            "providers"
        };
        let lesson = ready_lesson(ready, changes)?;
        shown.push(keep(folder, group, format!("{}.html", ready.id), lesson)?);
    }
    for name in shelf::names() {
        let (group, _) = name.split_once('/').unwrap_or(("other", ""));
        let group = match group {
            "flows" | "faults" | "refusals" | "switches" | "lessons" => group,
            "attacks" => "attacks_found",
            _ => "other",
        };
        let lesson = lesson_of(&[name.to_owned()], changes)?;
        shown.push(keep(folder, group, format!("{name}.html"), lesson)?);
    }
    write(
        &folder.join("index.html"),
        gallery::gallery(&shown).as_bytes(),
    )?;
    let pages = shown.len();
    console.text(&format!(
        "{pages} pages in {}; begin with index.html\n",
        folder.display()
    ))?;
    Ok(Verdict::Fine)
}

fn keep(folder: &Path, group: &str, file: String, lesson: Lesson) -> Result<Shown, InputError> {
    write(&folder.join(&file), page::page(&lesson).as_bytes())?;
    Ok(Shown {
        group: group.to_owned(),
        file,
        lesson,
    })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut written = serde_json::to_vec_pretty(value).unwrap_or_default();
    written.push(b'\n');
    written
}

fn write(path: &Path, octets: &[u8]) -> Result<(), InputError> {
    let unwritable = |error: std::io::Error| {
        let name = path.display().to_string();
        InputError::about(name, format!("cannot be written: {error}"))
    };
    if let Some(folder) = path.parent().filter(|folder| *folder != PathBuf::new()) {
        fs::create_dir_all(folder).map_err(unwritable)?;
    }
    fs::write(path, octets).map_err(unwritable)
}

/// A ready lesson.
fn ready_lesson(ready: &Ready, changes: &Changes) -> Result<Lesson, InputError> {
    let mut given = Vec::new();
    for (id, name) in ready.runs() {
        let scenario = scenarios::one(name)?.read(changes)?;
        let label = ready.label(&id);
        given.push(given_run(&scenario, name, &id, label));
    }
    Ok(lesson::lesson(&ready.plan(), &given))
}

/// The lesson of scenarios that nobody prepared.
fn lesson_of(names: &[String], changes: &Changes) -> Result<Lesson, InputError> {
    let mut given = Vec::new();
    let mut choices = Vec::new();
    let mut first = None;
    for (number, name) in (1..).zip(names) {
        let found = scenarios::one(name)?;
        let name = found.name.clone();
        let scenario = found.read(changes)?;
        let id = if number == 1 {
            "run".to_owned()
        } else {
            format!("run{number}")
        };
        let title = plan::scenario_title(&name, &scenario.file.title);
        given.push(given_run(&scenario, &name, &id, title.clone()));
        choices.push((id, title.clone()));
        first.get_or_insert((name, title, scenario.file.note.clone()));
    }
    let Some((id, title, note)) = first else {
        let problem = "a scenario or a ready lesson is needed";
        return Err(InputError::about("grantlab lesson", problem));
    };
    let plan = Plan::of_scenarios(&id, title, note.as_deref(), &choices);
    Ok(lesson::lesson(&plan, &given))
}

fn given_run(scenario: &Scenario, name: &str, id: &str, label: Phrase) -> Given {
    let profiles = Profiles::with_files(&read_file);
    let usual = profiles
        .find(&scenario.profile.name, NamedBy::Argument)
        .ok();
    Given::of(scenario, usual.as_ref(), name, id, label)
}
