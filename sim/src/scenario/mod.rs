//! Scenarios: who does what, and what must come of it, as data.
//!
//! [`mod@file`] is the format. [`Scenario::read`] finds every mistake that can be found before anything happens and
//! shows it at its place; a scenario that was read can be run.

pub mod content;
pub mod expectation;
pub mod file;
pub mod names;
pub mod placeholder;
pub mod runner;
pub mod shelf;
pub mod step;
mod verdict;

pub use runner::{Outcome, run};

use std::sync::Arc;

use crate::attacker::Power;
use crate::document::{Document, Step as At};
use crate::hunt::{self, Arena};
use crate::input_error::{InputError, SourceText};
use crate::profile::library::{NamedBy, beside};
use crate::profile::setup::{NODES_MAX, SERVERS_MAX};
use crate::profile::{Profile, Profiles, Scale};
use crate::setup::Setup;
use file::{AttackerPart, ScenarioFile};
use names::ServerName;
use placeholder::{Placeholder, Template};
use step::Step;

/// A scenario that can be run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file with the places of everything in it.
    pub document: Document,
    /// What the file says.
    pub file: ScenarioFile,
    /// The profile with the scenario's changes.
    pub profile: Profile,
    /// The parties.
    pub setup: Arc<Setup>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The first mistake in it or in its profile, at its place. Nothing has happened then.
    pub fn read(source: SourceText, profiles: &Profiles<'_>) -> Result<Self, InputError> {
        let name = source.name.clone();
        let (document, file) = Document::read::<ScenarioFile>(source)?;
        let profile_name = beside(&name, &file.profile);
        let mut profile = profiles.find(&profile_name, NamedBy::Member(&document, "profile"))?;
        profile.change(&file.change);
        if profile.set(&file.set).is_err() {
            return Err(document.mistake(&["set".into()], "a switch that does not exist"));
        }
        in_range(&document, "servers", file.servers, SERVERS_MAX)?;
        in_range(&document, "nodes", file.nodes, NODES_MAX)?;
        let scenario = Self {
            setup: setup(&document, &file, &profile)?,
            document,
            file,
            profile,
        };
        scenario.check_parties()?;
        scenario.check_steps()?;
        Ok(scenario)
    }

    /// A profile with this scenario's changes.
    #[must_use]
    pub fn adapted(&self, mut profile: Profile) -> Profile {
        profile.change(&self.file.change);
        // The file was read, so every switch in it exists.
        let _ = profile.set(&self.file.set);
        profile
    }

    /// The same scenario in another profile.
    ///
    /// # Errors
    /// No world comes of that profile.
    pub fn in_profile(mut self, profile: Profile) -> Result<Self, InputError> {
        self.setup = setup(&self.document, &self.file, &profile)?;
        self.profile = profile;
        Ok(self)
    }

    /// The names of all parties, as `crash`, `by`, `from` and `to` use them.
    #[must_use]
    pub fn party_names(&self) -> Vec<String> {
        let setup = &self.setup;
        let mut names: Vec<String> = setup
            .users
            .iter()
            .map(|user| user.name.to_string())
            .collect();
        names.extend(setup.clients.iter().map(|client| client.name.to_string()));
        for server in &setup.servers {
            names.push(server.name.to_string());
            names.push(format!("{}-store", server.name));
            if server.nodes > 1 {
                names.extend((1..=server.nodes).map(|node| format!("{}/{node}", server.name)));
            }
        }
        names.extend(
            setup
                .resources
                .iter()
                .map(|resource| resource.name.to_string()),
        );
        if setup.attacker.is_some() {
            names.push("attacker".to_owned());
        }
        names.push("tester".to_owned());
        names
    }

    fn check_parties(&self) -> Result<(), InputError> {
        for name in self.file.clock_skew_ms.keys() {
            self.check_party(
                name,
                &["clock_skew_ms".into(), At::from(name.as_str())],
                true,
            )?;
        }
        for (index, expectation) in self.file.expect.iter().enumerate() {
            use expectation::Expectation;

            let named: Vec<(&str, &Option<String>)> = match expectation {
                Expectation::Event(fact) | Expectation::NoEvent(fact) => vec![("by", &fact.by)],
                Expectation::Refusal(refusal) | Expectation::NoRefusal(refusal) => {
                    vec![("by", &refusal.by)]
                }
                Expectation::Message(message) | Expectation::NoMessage(message) => {
                    vec![("from", &message.from), ("to", &message.to)]
                }
                Expectation::Page(_) | Expectation::Invariant(_) => Vec::new(),
            };
            for (member, name) in named {
                if let Some(name) = name {
                    let path = [
                        "expect".into(),
                        index.into(),
                        expectation.word().into(),
                        member.into(),
                    ];
                    self.check_party(name, &path, false)?;
                }
            }
        }
        Ok(())
    }

    fn check_party(&self, name: &str, path: &[At], in_name: bool) -> Result<(), InputError> {
        let names = self.party_names();
        if names.iter().any(|known| known == name) {
            return Ok(());
        }
        let problem = format!("there is no party called `{name}`");
        let mistake = if in_name {
            self.document.mistake_in_name(path, problem)
        } else {
            self.document.mistake(path, problem)
        };
        Err(mistake.instead_of(name, names.iter().map(String::as_str)))
    }

    fn check_steps(&self) -> Result<(), InputError> {
        for (index, step) in self.file.steps.iter().enumerate() {
            let at = |member: &str| -> Vec<At> {
                vec![
                    "steps".into(),
                    index.into(),
                    step.word().into(),
                    member.into(),
                ]
            };
            if let Some(server) =
                server_of(step).filter(|server| server.place() >= self.file.servers)
            {
                let problem = format!(
                    "there is no authorization server `{}` unless `servers` is {}",
                    server.as_str(),
                    server.place() + 1
                );
                return Err(self.document.mistake(&at("server"), problem));
            }
            if let Step::Crash(step::Crash { party, .. })
            | Step::Restart(step::OneParty { party, .. }) = step
            {
                self.check_party(party, &at("party"), false)?;
            }
            for (path, text) in texts_of(step) {
                let place: Vec<At> = at(path.0).into_iter().chain(path.1.map(At::from)).collect();
                self.check_template(text, &place)?;
            }
        }
        Ok(())
    }

    fn check_template(&self, text: &str, place: &[At]) -> Result<(), InputError> {
        let template =
            Template::read(text).map_err(|problem| self.document.mistake(place, problem))?;
        for placeholder in template.placeholders() {
            if let Placeholder::Known(name) = placeholder {
                let names = placeholder::known_names(&self.setup);
                if !names.iter().any(|known| known == name) {
                    let all = placeholder::MINTED
                        .iter()
                        .copied()
                        .chain(names.iter().map(String::as_str));
                    return Err(self
                        .document
                        .mistake(place, format!("nothing is called `{name}`"))
                        .instead_of(name, all));
                }
            }
        }
        Ok(())
    }
}

/// The parties of a scenario in a profile.
fn setup(
    document: &Document,
    file: &ScenarioFile,
    profile: &Profile,
) -> Result<Arc<Setup>, InputError> {
    if let Some(attacker) = &file.attacker {
        return attacked(document, file, attacker, profile);
    }
    let scale = Scale {
        servers: file.servers,
        nodes: file.nodes,
        clock_skew_ms: file.clock_skew_ms.clone().into_iter().collect(),
    };
    match profile.setup(&scale) {
        Ok(setup) => Ok(Arc::new(setup)),
        Err(malformed) => Err(document.mistake(&[], format!("no world comes of it: {malformed}"))),
    }
}

/// The parties of a scenario with an attacker: those of a hunt.
fn attacked(
    document: &Document,
    file: &ScenarioFile,
    attacker: &AttackerPart,
    profile: &Profile,
) -> Result<Arc<Setup>, InputError> {
    for (member, there) in [
        ("servers", file.servers > 1),
        ("clock_skew_ms", !file.clock_skew_ms.is_empty()),
    ] {
        if there {
            let problem = format!("`{member}` and `attacker` do not go together");
            return Err(document.mistake_in_name(&[member.into()], problem));
        }
    }
    let powers = attacker.powers.iter();
    let arena = Arena {
        powers: powers
            .filter_map(|word| Power::read(word.as_str()))
            .collect(),
        nodes: file.nodes,
    };
    hunt::setup(profile, arena)
        .map_err(|malformed| document.mistake(&[], format!("no world comes of it: {malformed}")))
}

fn in_range(document: &Document, member: &str, value: u8, max: u8) -> Result<(), InputError> {
    if (1..=max).contains(&value) {
        return Ok(());
    }
    Err(document.mistake(
        &[member.into()],
        format!("`{member}` is a number from 1 to {max}"),
    ))
}

/// The authorization server that a step names.
const fn server_of(step: &Step) -> Option<ServerName> {
    match step {
        Step::Start(start) => Some(start.server),
        Step::DisableOwner(at) | Step::EndSessions(at) => Some(at.server),
        Step::RevokeConsent(at) => Some(at.server),
        Step::Visit(_)
        | Step::Login(_)
        | Step::WrongPassword(_)
        | Step::Approve(_)
        | Step::Deny(_)
        | Step::Read(_)
        | Step::Refresh(_)
        | Step::Logout(_)
        | Step::Open(_)
        | Step::Popup(_)
        | Step::Follow(_)
        | Step::Press(_)
        | Step::Fill(_)
        | Step::Back(_)
        | Step::Reload(_)
        | Step::Close(_)
        | Step::Pause(_)
        | Step::Resume(_)
        | Step::Send(_)
        | Step::Repeat(_)
        | Step::Advance(_)
        | Step::Settle(_)
        | Step::Deliver(_)
        | Step::Lose(_)
        | Step::Duplicate(_)
        | Step::Delay(_)
        | Step::Crash(_)
        | Step::Restart(_)
        | Step::Begin(_)
        | Step::GoOn(_)
        | Step::Lure(_)
        | Step::Browse(_)
        | Step::Forge(_)
        | Step::Answer(_)
        | Step::Renew(_)
        | Step::Withdraw(_)
        | Step::Happen(_)
        | Step::Revoke(_) => None,
    }
}

/// A member of a step, and the member inside it.
type Place<'a> = (&'static str, Option<&'a str>);

/// The texts of a step that may contain `${…}`, with their places.
fn texts_of(step: &Step) -> Vec<(Place<'_>, &str)> {
    let mut texts = Vec::new();
    match step {
        Step::Open(open) => {
            texts.push((("url", None), open.url.as_str()));
            texts.extend(inside("query", &open.query));
        }
        Step::Popup(popup) => {
            texts.extend(popup.url.iter().map(|url| (("url", None), url.as_str())))
        }
        Step::Fill(fill) => texts.push((("value", None), fill.value.as_str())),
        Step::Send(send) => {
            texts.push((("url", None), send.url.as_str()));
            texts.extend(inside("query", &send.query));
            texts.extend(inside("headers", &send.headers));
            texts.extend(send.form.iter().flat_map(|form| inside("form", form)));
            texts.extend(send.json.iter().flat_map(|json| inside("json", json)));
            texts.extend(
                send.body
                    .iter()
                    .map(|body| (("body", Some("text")), body.text.as_str())),
            );
        }
        Step::Lure(lure) => {
            forged(&lure.request, &mut texts);
            let message = lure.message.iter();
            texts.extend(message.flat_map(|message| inside("message", message)));
        }
        Step::Browse(browse) => forged(&browse.request, &mut texts),
        Step::Forge(forge) => forged(&forge.request, &mut texts),
        Step::Answer(answer) => {
            texts.push((("url", None), answer.url.as_str()));
            texts.extend(inside("query", &answer.query));
        }
        Step::Start(_)
        | Step::Begin(_)
        | Step::GoOn(_)
        | Step::Renew(_)
        | Step::Withdraw(_)
        | Step::Happen(_)
        | Step::Visit(_)
        | Step::Login(_)
        | Step::WrongPassword(_)
        | Step::Approve(_)
        | Step::Deny(_)
        | Step::Read(_)
        | Step::Refresh(_)
        | Step::Logout(_)
        | Step::Follow(_)
        | Step::Press(_)
        | Step::Back(_)
        | Step::Reload(_)
        | Step::Close(_)
        | Step::Pause(_)
        | Step::Resume(_)
        | Step::Repeat(_)
        | Step::Advance(_)
        | Step::Settle(_)
        | Step::Deliver(_)
        | Step::Lose(_)
        | Step::Duplicate(_)
        | Step::Delay(_)
        | Step::Crash(_)
        | Step::Restart(_)
        | Step::DisableOwner(_)
        | Step::RevokeConsent(_)
        | Step::EndSessions(_)
        | Step::Revoke(_) => {}
    }
    texts
}

/// The values of parameters, with their places.
fn inside<'a>(
    member: &'static str,
    parameters: &'a content::Parameters,
) -> impl Iterator<Item = (Place<'a>, &'a str)> {
    let pairs = parameters.0.iter();
    pairs.map(move |(name, value)| ((member, Some(name.as_str())), value.as_str()))
}

/// The texts of a request that an attacker makes.
fn forged<'a>(request: &'a content::Forged, texts: &mut Vec<(Place<'a>, &'a str)>) {
    texts.push((("request", Some("url")), request.url.as_str()));
    for (member, parameters) in [
        ("query", Some(&request.query)),
        ("headers", Some(&request.headers)),
        ("form", request.form.as_ref()),
    ] {
        let pairs = parameters.into_iter().flat_map(|parameters| &parameters.0);
        texts.extend(pairs.map(|(_, value)| (("request", Some(member)), value.as_str())));
    }
}
