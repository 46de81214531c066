//! The walkthrough on a terminal: one frame at a time, and a line of what to do next.

use std::io::{self, BufRead as _, IsTerminal as _};

use grantlab_sim::lesson::canvas::Charset;
use grantlab_sim::lesson::frame::{Look, frame};
use grantlab_sim::lesson::model::{Lesson, Run, ValueNumber};
use grantlab_sim::lesson::transcript::Reader;

use super::super::console::Console;
use super::super::layout::{BOLD, DIM, styled};

/// Columns of a frame.
const WIDTH: usize = 80;

/// Clears the screen and goes to its beginning.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// Whether somebody sits there who can answer.
pub(super) fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Where the reader is.
struct Walk<'a> {
    reader: Reader<'a>,
    run: &'a Run,
    step: usize,
    look: Look,
    /// What was said about the last line, if it was not understood.
    said: String,
}

/// Walks through a lesson until the reader has enough.
pub(super) fn walk(
    lesson: &Lesson,
    language: &str,
    charset: Charset,
    console: &mut Console,
) -> io::Result<()> {
    let reader = Reader { lesson, language };
    let Some(run) = lesson.runs.first() else {
        return Ok(());
    };
    let look = Look {
        width: WIDTH,
        charset,
    };
    let mut walk = Walk {
        reader,
        run,
        step: 1,
        look,
        said: String::new(),
    };
    let mut lines = io::stdin().lock().lines();
    loop {
        console.text(CLEAR)?;
        console.text(&frame(walk.reader, walk.run, walk.step, walk.look))?;
        console.text(&format!(
            "{}\n{}",
            walk.said,
            styled(DIM, &keys(walk.reader))
        ))?;
        console.text("\n> ")?;
        console.flush()?;
        let Some(line) = lines.next() else {
            return Ok(());
        };
        if !walk.go(line?.trim()) {
            return Ok(());
        }
    }
}

/// Prints every frame of the first run, one below the other.
pub(super) fn print(
    lesson: &Lesson,
    language: &str,
    charset: Charset,
    console: &mut Console,
) -> io::Result<()> {
    let reader = Reader { lesson, language };
    let look = Look {
        width: WIDTH,
        charset,
    };
    for run in lesson.runs.iter().take(1) {
        for step in 1..=run.steps.len() {
            console.text(&frame(reader, run, step, look))?;
            console.text("\n")?;
        }
    }
    Ok(())
}

fn keys(reader: Reader<'_>) -> String {
    reader.text("ui.keys").to_owned()
}

impl Walk<'_> {
    /// Does what a line says; `false` when the reader has enough.
    fn go(&mut self, line: &str) -> bool {
        self.said.clear();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let last = self.run.steps.len();
        match word {
            "" | "n" => self.step = self.step.saturating_add(1).min(last),
            "p" => self.step = self.step.saturating_sub(1).max(1),
            "g" => match rest.trim().parse::<usize>() {
                Ok(step) if (1..=last).contains(&step) => self.step = step,
                Ok(_) | Err(_) => self.said = format!("g 1 … g {last}"),
            },
            "f" => self.follow(rest.trim()),
            "b" => self.branch(),
            "c" => self.compare(),
            "q" => return false,
            number => match number.parse::<usize>() {
                Ok(step) if (1..=last).contains(&step) => self.step = step,
                Ok(_) | Err(_) => {
                    self.said = format!("{}?", number.chars().take(20).collect::<String>())
                }
            },
        }
        true
    }

    /// Says where the values of a letter travel, or all that this step carries.
    fn follow(&mut self, letter: &str) {
        let Some(step) = self.run.steps.get(self.step.saturating_sub(1)) else {
            return;
        };
        for number in &step.values {
            let Some(value) = usize::try_from(*number)
                .ok()
                .and_then(|place| self.reader.lesson.values.get(place))
            else {
                continue;
            };
            if letter.is_empty() || letter.eq_ignore_ascii_case(&value.letter.to_string()) {
                let way = self.way(*number);
                self.said.push_str(&format!(
                    "[{}] {}: {way}\n",
                    value.letter,
                    styled(BOLD, &value.name)
                ));
            }
        }
    }

    fn way(&self, number: ValueNumber) -> String {
        let path = self.run.paths.iter().find(|path| path.value == number);
        let hops = path
            .map_or(&[][..], |path| &path.steps)
            .iter()
            .filter_map(|step| {
                let place = usize::try_from(*step).ok()?.checked_sub(1)?;
                let sender = self
                    .run
                    .steps
                    .get(place)
                    .map(|step| self.reader.name(&step.from))?;
                Some(format!("{step} {sender}"))
            });
        hops.collect::<Vec<_>>().join(" → ")
    }

    /// Goes to the run that branches off here, or back to where it came from.
    fn branch(&mut self) {
        let lesson = self.reader.lesson;
        let find = |id: &str| lesson.runs.iter().find(|run| run.id == id);
        let here = self.run.steps.get(self.step.saturating_sub(1));
        if let Some(branch) = here.and_then(|step| step.branches.first()) {
            if let Some(run) = find(&branch.run) {
                self.run = run;
                self.step = usize::try_from(branch.step).unwrap_or(1);
            }
        } else if let Some(origin) = &self.run.branch_of
            && let Some(run) = find(&origin.run)
        {
            self.run = run;
        }
        self.step = self.step.clamp(1, self.run.steps.len().max(1));
    }

    /// Goes to the next run of the lesson, at the same step.
    fn compare(&mut self) {
        let runs = &self.reader.lesson.runs;
        let place = runs
            .iter()
            .position(|run| run.id == self.run.id)
            .unwrap_or(0);
        let next = place.saturating_add(1).checked_rem(runs.len()).unwrap_or(0);
        if let Some(run) = runs.get(next) {
            self.run = run;
            self.step = self.step.clamp(1, run.steps.len().max(1));
            self.said = self.reader.text(&run.label).to_owned();
        }
    }
}
