//! Somebody's server as a process: started in a group of its own, waited for, moved through time, ended.

mod clock;
mod hooks;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use grantlab_core::http::Request;
use grantlab_core::time::Span;
use grantlab_core::wire::location;
use rustix::process::{Pid, Signal, kill_process_group};

use self::clock::FakeClock;
pub(in crate::live) use self::hooks::Hooks;
use super::dialer::Dialer;
use super::subject::HttpSubject;
use crate::check::target::{ClientPart, Clock, LimitsPart, ProcessPart, TargetFile};
use crate::check::{NoAnswer, Target};
use crate::document::{Document, FILE_OCTETS_MAX};
use crate::input_error::{InputError, SourceText};

/// How often a server that starts is asked whether it is ready.
const POLL: Duration = Duration::from_millis(50);

/// How long a server may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lines of its log that are shown when it does not get ready.
const LOG_LINES: usize = 12;

/// Why a target cannot be checked.
#[derive(Debug)]
pub enum NotStarted {
    /// There is a mistake in its file.
    File(InputError),
    /// What it needs is not installed here: which, in a line.
    NotInstalled(String),
    /// It did not get ready, or does not answer as its file says.
    Failed(String),
}

/// A server that was started.
#[derive(Debug)]
pub(super) struct Process {
    part: ProcessPart,
    folder: PathBuf,
    ready_url: String,
    dialer: Dialer,
    log: PathBuf,
    clock: Option<FakeClock>,
    child: Child,
}

/// Reads a target file, starts what it says, and finds out what is there.
///
/// # Errors
/// Why it cannot be checked.
pub fn start(path: &Path) -> Result<(HttpSubject, Target), NotStarted> {
    let (file, folder) = read(path)?;
    let Some(part) = file.process.clone() else {
        return HttpSubject::of(file, folder, None).map_err(NotStarted::Failed);
    };
    available(&part, &folder)?;
    let process = Process::start(&file, part, folder.clone()).map_err(NotStarted::Failed)?;
    HttpSubject::of(file, folder, Some(process)).map_err(NotStarted::Failed)
}

/// The file, with a free port and its own folder filled in.
fn read(path: &Path) -> Result<(TargetFile, PathBuf), NotStarted> {
    let name = path.display().to_string();
    let unreadable = |error: io::Error| {
        NotStarted::File(InputError::about(
            name.as_str(),
            format!("cannot be read: {error}"),
        ))
    };
    let text = File::open(path)
        .and_then(read_bounded)
        .map_err(unreadable)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let folder = fs::canonicalize(if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    });
    let folder = folder.map_err(unreadable)?;
    let port = free_port().map_err(unreadable)?;
    let folder_text = folder
        .display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let text = text
        .replace("${port}", &port.to_string())
        .replace("${folder}", &folder_text);
    let (_, mut file) =
        TargetFile::read(SourceText::new(&name, &text)).map_err(NotStarted::File)?;
    file.ca = file.ca.map(|ca| folder.join(ca).display().to_string());
    Ok((file, folder))
}

fn read_bounded(file: File) -> io::Result<String> {
    let bound = u64::try_from(FILE_OCTETS_MAX).unwrap_or(u64::MAX);
    let mut text = String::new();
    file.take(bound.saturating_add(1))
        .read_to_string(&mut text)?;
    Ok(text)
}

/// A port that nobody listens on. Somebody else may take it before the server does; then it does not get ready.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: the system knows which port is free"
)]
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Asks whether what a server needs is installed.
fn available(part: &ProcessPart, folder: &Path) -> Result<(), NotStarted> {
    let Some((program, arguments)) = part.available.split_first() else {
        return Ok(());
    };
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let mut said = output.stdout;
            said.extend(output.stderr);
            let said = String::from_utf8_lossy(&said).into_owned();
            let last = said.lines().rev().find(|line| !line.trim().is_empty());
            let last = last.unwrap_or("what it needs is not installed");
            Err(NotStarted::NotInstalled(last.trim().to_owned()))
        }
        Err(error) => Err(NotStarted::NotInstalled(format!("{program}: {error}"))),
    }
}

impl Process {
    fn start(file: &TargetFile, part: ProcessPart, folder: PathBuf) -> Result<Self, String> {
        let ready = part.ready.clone().or_else(|| {
            let endpoints = &file.endpoints;
            endpoints
                .get(&crate::check::words::Endpoint::Authorization)
                .cloned()
        });
        let ready = ready.unwrap_or_else(|| "/".to_owned());
        let ready_url = match ready.starts_with('/') {
            true => {
                let issuer = location::parse(&file.issuer).map_err(|error| error.to_string())?;
                format!("{}{ready}", issuer.origin)
            }
            false => ready,
        };
        let scratch = scratch().map_err(|error| format!("no scratch folder: {error}"))?;
        let log = scratch.join("log");
        let clock = match part.clock {
            Clock::None => None,
            Clock::Faketime => FakeClock::new(&scratch),
        };
        let dialer = Dialer::new(&LimitsPart::default(), file.ca.as_deref())?;
        nobody_is_there(&ready_url, &dialer)?;
        let child = spawn(&part, &folder, &log, clock.as_ref())?;
        let mut process = Self {
            part,
            folder,
            ready_url,
            dialer,
            log,
            clock,
            child,
        };
        process.wait_until_ready()?;
        Ok(process)
    }

    /// Asks until it answers.
    #[expect(
        clippy::disallowed_methods,
        reason = "a process takes real time to start: this is the edge"
    )]
    fn wait_until_ready(&mut self) -> Result<(), String> {
        let url = location::parse(&self.ready_url)
            .map_err(|error| format!("{}: {error}", self.ready_url))?;
        let request = Request::get(url);
        let within = Duration::from_secs(self.part.ready_within_s);
        let began = Instant::now();
        loop {
            // A request that nobody would send may be answered with a crash: the server is there all the same.
            let most = if self.part.ready.is_some() { 499 } else { 599 };
            if self
                .dialer
                .send(&request)
                .is_ok_and(|answer| answer.status <= most)
            {
                return Ok(());
            }
            let ended = self.child.try_wait().ok().flatten();
            if ended.is_some() || began.elapsed() > within {
                let what = match ended {
                    Some(status) => format!("it ended with {status}"),
                    None => format!("it was not ready within {} s", within.as_secs()),
                };
                return Err(format!("{what}; the end of its log:\n{}", self.log_end()));
            }
            thread::sleep(POLL);
        }
    }

    fn log_end(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(LOG_LINES);
        lines.get(from..).unwrap_or_default().join("\n")
    }

    /// Ends it and starts it again; its clock is right again.
    pub(super) fn restart(&mut self) -> Result<(), String> {
        self.stop();
        if let Some(clock) = &mut self.clock {
            clock.reset()?;
        }
        self.child = spawn(&self.part, &self.folder, &self.log, self.clock.as_ref())?;
        self.wait_until_ready()
    }

    pub(super) const fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    pub(super) fn advance(&mut self, by: Span) -> Result<(), String> {
        match &mut self.clock {
            Some(clock) => clock.advance(by),
            None => Err("its clock cannot be moved".to_owned()),
        }
    }

    /// The clients whose ids were chosen when it started.
    pub(super) fn written_clients(&self, file: &TargetFile) -> Result<Vec<ClientPart>, String> {
        let Some(name) = &file.clients_file else {
            return Ok(Vec::new());
        };
        let path = self.folder.join(name);
        let text = File::open(&path).and_then(read_bounded);
        let text = text.map_err(|error| format!("{name}: {error}"))?;
        let read = Document::read::<Vec<ClientPart>>(SourceText::new(name, &text));
        read.map(|(_, clients)| clients)
            .map_err(|error| error.to_string())
    }

    /// Ends its whole group: politely first.
    #[expect(
        clippy::disallowed_methods,
        reason = "a process takes real time to end: this is the edge"
    )]
    fn stop(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::TERM);
            let began = Instant::now();
            while began.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
                thread::sleep(POLL);
            }
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        if let Some(scratch) = self.log.parent() {
            let _ = fs::remove_dir_all(scratch);
        }
    }
}

/// What answers before a server is started is another one.
fn nobody_is_there(url: &str, dialer: &Dialer) -> Result<(), String> {
    let parsed = location::parse(url).map_err(|error| format!("{url}: {error}"))?;
    match dialer.send(&Request::get(parsed)) {
        Err(NoAnswer::Unreachable) => Ok(()),
        Ok(_) | Err(_) => Err(format!(
            "somebody answers at {url} before the server is started: end that, or let `${{port}}` choose a free port"
        )),
    }
}

/// A folder for the log and the clock of one server.
fn scratch() -> io::Result<PathBuf> {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("grantlab-target-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn spawn(
    part: &ProcessPart,
    folder: &Path,
    log: &Path,
    clock: Option<&FakeClock>,
) -> Result<Child, String> {
    let Some((program, arguments)) = part.start.split_first() else {
        return Err("there is no start command".to_owned());
    };
    let log = File::create(log).map_err(|error| format!("no log: {error}"))?;
    let other = log
        .try_clone()
        .map_err(|error| format!("no log: {error}"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .envs(&part.environment)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(other)
        .process_group(0);
    if let Some(clock) = clock {
        command.envs(clock.environment());
    }
    command
        .spawn()
        .map_err(|error| format!("{program}: {error}"))
}
