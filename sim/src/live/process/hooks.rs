//! What else moves somebody's server through time, makes it forget, and ends it: commands, or requests to a port of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use grantlab_core::http::{Body, Request};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::wire::location;

use crate::check::target::{Hook, HooksPart};
use crate::live::dialer::Dialer;

/// The hooks of a target.
#[derive(Debug)]
pub(in crate::live) struct Hooks {
    part: HooksPart,
    folder: PathBuf,
    dialer: Dialer,
}

impl Hooks {
    /// Commands run in `folder`; requests trust whom `dialer` trusts.
    pub(in crate::live) const fn new(part: HooksPart, folder: PathBuf, dialer: Dialer) -> Self {
        Self {
            part,
            folder,
            dialer,
        }
    }

    pub(in crate::live) const fn has_clock(&self) -> bool {
        self.part.advance.is_some()
    }

    /// Lets time pass; whether there is a hook for it.
    pub(in crate::live) fn advance(&self, by: Span) -> Result<bool, String> {
        let fill = |text: &str| {
            text.replace("${seconds}", &by.seconds().to_string())
                .replace("${ms}", &by.0.to_string())
        };
        self.pull(self.part.advance.as_ref(), fill)
    }

    /// Makes the server forget; whether there is a hook for it.
    pub(in crate::live) fn reset(&self) -> Result<bool, String> {
        self.pull(self.part.reset.as_ref(), str::to_owned)
    }

    /// Ends the server, if there is a hook for it.
    pub(in crate::live) fn stop(&self) -> Result<(), String> {
        self.pull(self.part.stop.as_ref(), str::to_owned).map(drop)
    }

    fn pull(&self, hook: Option<&Hook>, fill: impl Fn(&str) -> String) -> Result<bool, String> {
        let Some(hook) = hook else {
            return Ok(false);
        };
        match &hook.post {
            Some(url) => self.post(&fill(url), hook.json.as_deref().map(&fill)),
            None => self.run(hook.run.iter().map(|word| fill(word)).collect()),
        }?;
        Ok(true)
    }

    fn run(&self, words: Vec<String>) -> Result<(), String> {
        let Some((program, arguments)) = words.split_first() else {
            return Err("a hook is empty".to_owned());
        };
        let status = Command::new(program)
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| format!("the hook {program}: {error}"))?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("the hook {program}: {status}")),
        }
    }

    fn post(&self, url: &str, json: Option<String>) -> Result<(), String> {
        let request = Request::post(
            location::parse(url).map_err(|error| format!("the hook {url}: {error}"))?,
            json.map_or(Body::Empty, |json| Body::Octets {
                content_type: Text::new("application/json"),
                octets: json.into_bytes(),
            }),
        );
        match self.dialer.send(&request) {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("the hook {url}: status {}", answer.status)),
            Err(why) => Err(format!("the hook {url}: {why}")),
        }
    }
}
