//! Somebody's authorization server over HTTP, as checks see it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use grantlab_core::http::{Origin, Request, Scheme};
use grantlab_core::time::Span;

use super::dialer::Dialer;
use super::line;
use super::process::{Hooks, Process};
use crate::check::target::{LimitsPart, TargetFile};
use crate::check::{Answer, NoAnswer, Subject, Target, arrive};

/// Somebody's authorization server over HTTP.
#[derive(Debug)]
pub struct HttpSubject {
    file: TargetFile,
    dialer: Dialer,
    limits: LimitsPart,
    hooks: Hooks,
    /// What was started for it; nothing, when it runs anyway.
    process: Option<Process>,
    last: Option<Instant>,
    /// Somebody wants it to end: nothing more is sent then.
    interrupted: Arc<AtomicBool>,
}

impl HttpSubject {
    /// A server that runs already. The commands of its hooks run where this process runs.
    ///
    /// # Errors
    /// Why it cannot be checked, in a few words.
    pub fn running(file: TargetFile) -> Result<(Self, Target), String> {
        Self::of(file, PathBuf::from("."), None)
    }

    /// A server whose target file is in `folder`.
    pub(super) fn of(
        file: TargetFile,
        folder: PathBuf,
        process: Option<Process>,
    ) -> Result<(Self, Target), String> {
        let dialer = Dialer::new(&file.limits, file.ca.as_deref())?;
        let mut subject = Self {
            dialer: dialer.clone(),
            limits: file.limits.clone(),
            hooks: Hooks::new(file.hooks.clone(), folder, dialer),
            file,
            process,
            last: None,
            interrupted: Arc::new(AtomicBool::new(false)),
        };
        let target = subject.arrive()?;
        Ok((subject, target))
    }

    /// Sends nothing more once `interrupted` is set. What was started ends when this is dropped.
    pub fn stop_when(&mut self, interrupted: Arc<AtomicBool>) {
        self.interrupted = interrupted;
    }

    fn arrive(&mut self) -> Result<Target, String> {
        let mut file = self.file.clone();
        if let Some(process) = &self.process {
            file.clients.extend(process.written_clients(&file)?);
        }
        arrive(&file, self)
    }

    /// Waits until the target wants to be asked again.
    #[expect(
        clippy::disallowed_methods,
        reason = "some servers need a pause between requests: this is the edge, where time is real"
    )]
    fn keep_pace(&mut self) {
        let pace = Duration::from_millis(self.limits.pace_ms);
        if pace.is_zero() {
            return;
        }
        if let Some(last) = self.last {
            thread::sleep(pace.saturating_sub(last.elapsed()));
        }
        self.last = Some(Instant::now());
    }
}

impl Subject for HttpSubject {
    fn send(&mut self, request: &Request) -> Result<Answer, NoAnswer> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(NoAnswer::ConnectionLost);
        }
        self.keep_pace();
        self.dialer.send(request)
    }

    /// TLS is spoken by the library alone, which sends nothing but requests.
    fn send_octets(&mut self, origin: &Origin, octets: &[u8]) -> Option<Result<Answer, NoAnswer>> {
        if origin.scheme != Scheme::Http || self.interrupted.load(Ordering::Relaxed) {
            return None;
        }
        self.keep_pace();
        Some(line::converse(origin, octets, &self.limits))
    }

    /// Each request has a thread and a connection; all begin at once.
    fn race(&mut self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        let most = usize::from(self.limits.at_once.max(2));
        let requests: Vec<Request> = requests.iter().take(most).cloned().collect();
        let gate = Arc::new(Barrier::new(requests.len()));
        let threads: Vec<_> = requests
            .into_iter()
            .map(|request| {
                let dialer = self.dialer.clone();
                let gate = Arc::clone(&gate);
                thread::spawn(move || {
                    gate.wait();
                    dialer.send(&request)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(Err(NoAnswer::ConnectionLost)))
            .collect()
    }

    fn races(&self) -> bool {
        true
    }

    fn has_clock(&self) -> bool {
        self.hooks.has_clock() || self.process.as_ref().is_some_and(Process::has_clock)
    }

    /// Moves the clock of the target; without one, waits.
    #[expect(
        clippy::disallowed_methods,
        reason = "who asked to wait waits: this is the edge, where time is real"
    )]
    fn advance(&mut self, by: Span) -> Result<(), String> {
        if self.hooks.advance(by)? {
            return Ok(());
        }
        match &mut self.process {
            Some(process) if process.has_clock() => process.advance(by),
            Some(_) | None => {
                thread::sleep(Duration::from_millis(by.0));
                Ok(())
            }
        }
    }

    fn restart(&mut self) -> Result<Option<Target>, String> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if !self.hooks.reset()? {
            let Some(process) = &mut self.process else {
                return Ok(None);
            };
            process.restart()?;
        }
        self.arrive().map(Some)
    }
}

impl Drop for HttpSubject {
    fn drop(&mut self) {
        // Nobody is there any more who could be told that it did not work.
        let _ = self.hooks.stop();
    }
}
