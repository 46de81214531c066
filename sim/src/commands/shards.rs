//! `--shard I/N --out DIR`: chunks of work, a file each.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use grantlab_sim::input_error::InputError;
use grantlab_sim::shard::{self, ChunkWork, PLAN_FILE, Part, Plan, Share};
use indicatif::{ProgressBar, ProgressStyle};
use schemars::JsonSchema;
use serde::Serialize;

use super::atomic::write_atomically;
use super::console::Console;
use super::layout::{BOLD, styled};

/// What a command with `--out` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ShardReport {
    /// The name of the plan: a SHA-256.
    plan: String,
    /// The folder with a file for each chunk.
    folder: String,
    /// Which chunks were chosen: those whose number leaves I - 1 when divided by N.
    shard: String,
    /// Chunks of the plan.
    chunks: u64,
    /// Chunks that were chosen.
    chosen: u64,
    /// Chosen chunks whose files were there before.
    skipped: u64,
    /// Chosen chunks that were done now.
    done: u64,
    /// Whether every chosen chunk has its file; otherwise somebody stopped it.
    complete: bool,
}

/// The folder of a plan.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder of a plan below `out`, with the plan in it.
    fn make(out: &str, plan: &Plan) -> io::Result<Self> {
        let path = Path::new(out).join(plan.name());
        fs::create_dir_all(&path)?;
        let folder = Self { path };
        if !folder.path.join(PLAN_FILE).is_file() {
            folder.write(PLAN_FILE, &plan.write())?;
        }
        Ok(folder)
    }

    /// A folder that is there.
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    fn has(&self, chunk: u64) -> bool {
        self.path.join(shard::file_name(chunk)).is_file()
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        write_atomically(&self.path, name, |out| out.write_all(text.as_bytes()))
    }

    /// The chunks of a plan that have no file.
    pub(super) fn missing(&self, plan: &Plan) -> Vec<u64> {
        let chunks = 0..plan.chunks();
        chunks.filter(|chunk| !self.has(*chunk)).collect()
    }

    /// What all chunks of a plan come to. They are there.
    pub(super) fn merged<P: Part>(&self, plan: &Plan) -> Result<P, InputError> {
        let mut merged = P::default();
        for chunk in 0..plan.chunks() {
            let path = self.path.join(shard::file_name(chunk));
            let bad = |why: String| InputError::about(path.display().to_string(), why);
            let text = fs::read_to_string(&path)
                .map_err(|error| bad(format!("cannot be read: {error}")))?;
            merged.merge(shard::read(plan, chunk, &text).map_err(|error| bad(error.to_string()))?);
        }
        Ok(merged)
    }
}

/// Whose chunks are done, and how.
pub(super) struct Shard<'a> {
    pub(super) share: Share,
    /// Where the folder of the plan is made.
    pub(super) out: &'a str,
    pub(super) threads: usize,
}

/// Does the chunks of a shard that have no file yet, until somebody interrupts.
pub(super) fn run<W: ChunkWork>(
    work: &W,
    shard: &Shard<'_>,
    console: &Console,
    interrupted: &AtomicBool,
) -> Result<ShardReport, InputError> {
    let unwritten =
        |error: io::Error| InputError::about(shard.out, format!("cannot be written: {error}"));
    let plan = work.plan();
    let folder = Folder::make(shard.out, plan).map_err(unwritten)?;
    let chosen = shard.share.numbers(plan.chunks()).count();
    let numbers = shard.share.numbers(plan.chunks());
    let waiting: Vec<u64> = numbers.filter(|chunk| !folder.has(*chunk)).collect();
    let bar = bar(waiting.len(), console);
    let done = all(work, &folder, &waiting, shard.threads, &bar, interrupted).map_err(unwritten)?;
    bar.finish_and_clear();
    Ok(ShardReport {
        plan: plan.name(),
        folder: folder.path.display().to_string(),
        shard: shard.share.to_string(),
        chunks: plan.chunks(),
        chosen: chosen as u64,
        skipped: (chosen - waiting.len()) as u64,
        done,
        complete: done == waiting.len() as u64,
    })
}

fn bar(chunks: usize, console: &Console) -> ProgressBar {
    if !console.is_watched() {
        return ProgressBar::hidden();
    }
    let template = "{wide_bar} {human_pos} of {human_len} chunks, {eta} left (Ctrl-C stops)";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(chunks as u64).with_style(style)
}

/// Does chunks on several threads. Says how many were done.
fn all<W: ChunkWork>(
    work: &W,
    folder: &Folder,
    chunks: &[u64],
    threads: usize,
    bar: &ProgressBar,
    interrupted: &AtomicBool,
) -> io::Result<u64> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    let worker = || {
        while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            match one(work, folder, *chunk, interrupted) {
                Ok(true) => bar.inc(1),
                Ok(false) => return,
                Err(error) => {
                    interrupted.store(true, Ordering::Relaxed);
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(worker);
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(bar.position()),
    }
}

/// Does a chunk. `false` when it was interrupted.
fn one<W: ChunkWork>(
    work: &W,
    folder: &Folder,
    chunk: u64,
    interrupted: &AtomicBool,
) -> io::Result<bool> {
    // Somebody else may have done it meanwhile.
    if folder.has(chunk) {
        return Ok(true);
    }
    if interrupted.load(Ordering::Relaxed) {
        return Ok(false);
    }
    let Some(part) = work.chunk(chunk, interrupted) else {
        return Ok(false);
    };
    let text = shard::write(work.plan(), chunk, part);
    folder.write(&shard::file_name(chunk), &text).map(|()| true)
}

pub(super) fn text(report: &ShardReport) -> String {
    let ShardReport {
        folder,
        shard,
        chunks,
        chosen,
        skipped,
        done,
        complete,
        ..
    } = report;
    let stopped = match complete {
        true => "",
        false => "stopped early; the same command goes on\n",
    };
    let shard = styled(BOLD, shard);
    format!(
        "{stopped}shard {shard}: {done} of its {chosen} chunks done now, {skipped} were there\n  \
         plan    {chunks} chunks\n  folder  {folder}\n"
    )
}
