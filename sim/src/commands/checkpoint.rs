//! `--checkpoint FILE`: a search that is written down while it runs, and gone on from by the same command.
//!
//! A file begins with three lines for people: the version of the tool, the question, and which of the command's
//! searches it is. The octets of [`Search::save`] follow.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::time::Duration;

use grantlab_core::canonical::Encoder;
use grantlab_sim::finding::{Chase, Quarry, Told, tell_all};
use grantlab_sim::input_error::InputError;
use grantlab_sim::search::{
    Bounds, Budget, DIGEST_OCTETS, Limits, NotResumed, OnFinding, Options, Progress, ReportOf,
    Search, Unwatched, Verdict, Watch,
};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Failure;
use super::atomic::{parted, write_atomically};
use super::console::Console;
use super::hunt::no_world;
use super::hunt::plan;
use crate::arguments::{CheckpointArguments, World};

/// How a file begins. The version of the tool follows.
const HEAD: &str = "grantlab checkpoint ";

/// Before the number of the search.
const SEARCH: &str = "search ";

/// Octets of a line at the beginning of a file at most: arguments that people type are shorter.
const LINE_OCTETS_MAX: u64 = 1 << 16;

/// What can be done about a file that does not fit.
const INSTEAD: &str = "another file name, or no such file, starts anew";

/// What was asked: the command and its arguments, without those that only say when and where it runs.
pub(super) fn question(command: &str, world: &World, more: &[(&str, Option<&str>)]) -> String {
    let mut words = format!("{command} --profile {}", plan::profile_name(world));
    for setting in &world.settings {
        let _ = write!(words, " --set {setting}");
    }
    if !world.powers.is_empty() {
        let _ = write!(words, " --powers {}", world.powers.join(","));
    }
    if let Some(grain) = world.granularity {
        let _ = write!(words, " --granularity {}", grain.as_str());
    }
    let uses = [
        ("sessions", world.sessions),
        ("injections", world.injections),
        ("faults", world.faults),
    ];
    for (name, uses) in uses {
        if let Some(uses) = uses {
            let _ = write!(words, " --{name} {uses}");
        }
    }
    if let Some(depth) = world.depth {
        let _ = write!(words, " --depth {depth}");
    }
    for (name, value) in more {
        if let Some(value) = value {
            let _ = write!(words, " --{name} {value}");
        }
    }
    words.replace(['\n', '\r'], " ")
}

/// Whatever decides what a search comes to beside its bounds: the world as it came out of profiles and settings, what
/// is looked for, and how this build plays the first moves.
pub(super) fn subject(quarry: &Quarry, chase: &Chase, options: Options) -> Vec<u8> {
    let mut subject = Encoder::default();
    for (key, value) in quarry.profile.policies.settings() {
        subject.octets(key.as_bytes());
        subject.octets(value.as_bytes());
    }
    let properties: Vec<&str> = quarry.properties.iter().map(|known| known.id).collect();
    let attack = quarry.attack.map(|attack| attack.id.as_str());
    let asked = (properties, attack, quarry.prologue, quarry.granularity);
    subject.octets(format!("{asked:?} {:?}", chase.setup()).as_bytes());
    let first = Options {
        bounds: Bounds {
            depth: 1,
            ..options.bounds
        },
        limits: Limits::NONE,
        on_finding: OnFinding::GoOn,
        ..options
    };
    let mut search = Search::new(chase, first);
    search.run(&Unwatched);
    for name in search.sketch().names() {
        subject.octets(&name.to_le_bytes());
    }
    subject.into_octets()
}

/// What a report says of a checkpoint.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct CheckpointReport {
    /// The file. The same command goes on from it.
    pub(super) file: String,
    /// Distinct states that were in it when the command began; nothing when there was no file.
    pub(super) resumed_states: Option<u64>,
}

impl CheckpointReport {
    /// Where the search came from, and how to go on when its budget was spent.
    pub(super) fn words(&self, is_spent: bool) -> String {
        let mut out = String::new();
        if let Some(states) = self.resumed_states {
            let _ = writeln!(out, "went on from {states} states of {}", self.file);
        }
        if is_spent {
            let _ = writeln!(out, "kept in {}: the same command goes on", self.file);
        }
        out
    }
}

/// Where a command's searches are written down, and how often.
pub(super) struct Checkpoint<'a> {
    path: &'a str,
    every: Duration,
    question: String,
    clock: fn() -> Duration,
}

/// The beginning of a file that fits was read.
struct Opened {
    number: u32,
    rest: BufReader<File>,
}

impl<'a> Checkpoint<'a> {
    /// The checkpoint that was asked for.
    pub(super) fn of(
        arguments: &'a CheckpointArguments,
        question: String,
        console: &Console,
    ) -> Option<Self> {
        Some(Self {
            path: arguments.checkpoint.as_deref()?,
            every: Duration::from_secs(arguments.checkpoint_every),
            question,
            clock: console.watch(),
        })
    }

    /// Which of the command's searches is in the file, if there is one: those before it are over.
    pub(super) fn number(&self) -> Result<Option<u32>, InputError> {
        Ok(self.open()?.map(|opened| opened.number))
    }

    /// Searches for what is hunted, from where the file stopped if it is of this search. `number` counts the
    /// searches of a command.
    pub(super) fn pursue(
        &self,
        number: u32,
        quarry: &Quarry,
        options: Options,
        watch: &dyn Watch,
    ) -> Result<(ReportOf<Chase>, Vec<Told>, CheckpointReport), Failure> {
        let chase = quarry.chase().map_err(no_world)?;
        let plan = self.plan(number, &subject(quarry, &chase, options));
        let fresh = Search::new(&chase, options);
        let opened = self.open()?.filter(|opened| opened.number == number);
        let (mut search, resumed_states) = match opened {
            Some(opened) => {
                let search = self.resumed(fresh, &plan, opened.rest)?;
                let states = search.counts().states;
                (search, Some(states))
            }
            None => {
                // Better to hear now that it cannot be written than in an hour.
                self.save(number, &plan, &fresh)?;
                (fresh, None)
            }
        };
        let report = loop {
            let pausing = Pausing {
                watch,
                clock: self.clock,
                until: (self.clock)().saturating_add(self.every),
            };
            let mut report = search.run(&pausing);
            self.save(number, &plan, &search)?;
            let Verdict::BudgetSpent(Budget::Paused) = report.verdict else {
                break report;
            };
            if let Some(budget) = watch.stop() {
                report.verdict = Verdict::BudgetSpent(budget);
                break report;
            }
        };
        let told = tell_all(&chase, quarry, &report);
        let file = self.path.to_owned();
        let kept = CheckpointReport {
            file,
            resumed_states,
        };
        Ok((report, told, kept))
    }

    fn plan(&self, number: u32, subject: &[u8]) -> [u8; DIGEST_OCTETS] {
        let mut octets = Encoder::default();
        octets.octets(env!("CARGO_PKG_VERSION").as_bytes());
        octets.octets(self.question.as_bytes());
        octets.octets(&number.to_le_bytes());
        octets.octets(subject);
        Sha256::digest(octets.into_octets()).into()
    }

    /// Reads the lines at the beginning of the file, if there is one.
    fn open(&self) -> Result<Option<Opened>, InputError> {
        let file = match File::open(self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unread(&error)),
        };
        if file.metadata().is_ok_and(|found| !found.is_file()) {
            return Err(self.bad("is not a regular file"));
        }
        let mut rest = BufReader::new(file);
        let version = self.line(&mut rest)?;
        let version = version.strip_prefix(HEAD);
        let version = version.ok_or_else(|| self.bad("is no checkpoint"))?;
        if version != env!("CARGO_PKG_VERSION") {
            let problem = format!("is a checkpoint of another version of grantlab, {version:?}");
            return Err(self.bad(&problem));
        }
        let question = self.line(&mut rest)?;
        if question != self.question {
            let asked = &self.question;
            let problem = format!(
                "is a checkpoint of another question, `{}`; this is `{asked}`",
                question.escape_debug()
            );
            return Err(self.bad(&problem));
        }
        let number = self.line(&mut rest)?;
        let number = number.strip_prefix(SEARCH).and_then(|n| n.parse().ok());
        let number = number.ok_or_else(|| self.bad("is a damaged checkpoint"))?;
        Ok(Some(Opened { number, rest }))
    }

    fn line(&self, rest: &mut BufReader<File>) -> Result<String, InputError> {
        let mut line = Vec::new();
        let mut bounded = rest.take(LINE_OCTETS_MAX);
        let read = bounded.read_until(b'\n', &mut line);
        read.map_err(|error| self.unread(&error))?;
        let line = line.strip_suffix(b"\n").map(<[u8]>::to_vec);
        let line = line.and_then(|line| String::from_utf8(line).ok());
        line.ok_or_else(|| self.bad("is no checkpoint"))
    }

    fn resumed<'s>(
        &self,
        fresh: Search<'s, Chase>,
        plan: &[u8; DIGEST_OCTETS],
        mut rest: BufReader<File>,
    ) -> Result<Search<'s, Chase>, InputError> {
        let resumed = fresh.resume(plan, &mut |octets| rest.read_exact(octets));
        let search = resumed.map_err(|problem| match problem {
            NotResumed::Unread(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.bad("is a damaged checkpoint: its end is missing")
            }
            NotResumed::Unread(error) => self.unread(&error),
            NotResumed::OtherPlan => {
                self.bad("is a checkpoint of other bounds, of a profile that has changed, or of another build of grantlab")
            }
            NotResumed::Foreign | NotResumed::Damaged => self.bad("is a damaged checkpoint"),
            NotResumed::OtherSpace => self.bad("is a checkpoint of another build of grantlab"),
        })?;
        let has_more = rest.read(&mut [0]).is_ok_and(|octets| octets > 0);
        match has_more {
            true => Err(self.bad("is a damaged checkpoint: something follows its end")),
            false => Ok(search),
        }
    }

    fn save(
        &self,
        number: u32,
        plan: &[u8; DIGEST_OCTETS],
        search: &Search<'_, Chase>,
    ) -> Result<(), InputError> {
        let written = parted(self.path).and_then(|(folder, name)| {
            fs::create_dir_all(folder)?;
            write_atomically(folder, name, |out| {
                let version = env!("CARGO_PKG_VERSION");
                writeln!(out, "{HEAD}{version}\n{}\n{SEARCH}{number}", self.question)?;
                search.save(plan, &mut |octets| out.write_all(octets))
            })
        });
        written.map_err(|error| {
            InputError::about(
                self.path,
                format!("the checkpoint cannot be written: {error}"),
            )
        })
    }

    fn unread(&self, error: &io::Error) -> InputError {
        InputError::about(self.path, format!("cannot be read: {error}"))
    }

    fn bad(&self, problem: &str) -> InputError {
        InputError::about(self.path, format!("{problem}; {INSTEAD}"))
    }
}

/// Stops a search from time to time, so that it can be written down.
struct Pausing<'a> {
    watch: &'a dyn Watch,
    clock: fn() -> Duration,
    until: Duration,
}

impl Watch for Pausing<'_> {
    fn stop(&self) -> Option<Budget> {
        let is_late = || (self.clock)() >= self.until;
        self.watch
            .stop()
            .or_else(|| is_late().then_some(Budget::Paused))
    }

    fn see(&self, progress: &Progress) {
        self.watch.see(progress);
    }
}
