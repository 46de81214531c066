//! `grantlab serve`: our authorization server over HTTP, for somebody else's client.

use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use grantlab_core::authorization_server::registration::Registration;
use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::live::serve::{Cases, Plan, Serving, Source, clients};
use grantlab_sim::profile::setup::USERS;
use serde::Serialize;

use super::console::{Console, read_file};
use super::interrupt::{interrupts, terminations};
use super::settings;
use super::{Failure, Verdict};
use crate::arguments::{Randomness, ServeArguments};

pub(super) fn run(arguments: &ServeArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let plan = plan(arguments)?;
    if let Some(path) = &arguments.report {
        // Whoever waits for a report at the end is told at the start that there will be none.
        keep(path, b"")?;
    }
    let started = Started::of(&plan);
    let place = format!("{} and {}", plan.address, plan.admin);
    let serving = Serving::start(plan)
        .map_err(|error| InputError::about(place, format!("cannot be served: {error}")))?;
    let interrupted = interrupts()?;
    terminations(&interrupted)?;
    let started = started.at(&serving);
    console.report(&started, Started::text)?;
    console.flush()?;
    serving.wait(&interrupted);
    if let Some(path) = &arguments.report {
        let report = serving.report();
        let is_text = path.ends_with(".txt");
        let written = if is_text {
            report.text().into_bytes()
        } else {
            serde_json::to_vec_pretty(&report).unwrap_or_default()
        };
        keep(path, &written)?;
    }
    Ok(Verdict::Fine)
}

fn source(path: &str) -> Result<SourceText, InputError> {
    let text = read_file(path).map_err(|problem| InputError::about(path, problem))?;
    Ok(SourceText::new(path, &text))
}

fn keep(path: &str, octets: &[u8]) -> Result<(), InputError> {
    fs::write(path, octets)
        .map_err(|error| InputError::about(path, format!("cannot be written: {error}")))
}

fn plan(arguments: &ServeArguments) -> Result<Plan, InputError> {
    let mut profile = settings::profile(&arguments.profile)?;
    settings::set(&mut profile, &arguments.settings)?;
    if let Some(name) = &arguments.auto_approve
        && !USERS.contains(&name.as_str())
    {
        let error = InputError::about(name.as_str(), "there is no user of this name");
        return Err(error.instead_of(name, USERS));
    }
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Ok(Plan {
        profile,
        clients: known_clients(arguments)?,
        address: SocketAddr::new(arguments.listen, arguments.port),
        admin: SocketAddr::new(loopback, arguments.admin_port),
        source: match arguments.entropy {
            Some(Randomness::Os) => Source::System,
            None => Source::Seed(arguments.seed),
        },
        auto_approve: arguments.auto_approve.clone(),
        store_delay: Duration::from_millis(arguments.store_delay),
        cases: arguments
            .cases
            .as_deref()
            .map(|path| source(path).and_then(Cases::read))
            .transpose()?
            .unwrap_or_default(),
    })
}

/// The clients that are always there, and those of the file: one of the same name takes the place of the other.
fn known_clients(arguments: &ServeArguments) -> Result<Vec<Registration>, InputError> {
    let uris = match arguments.redirect_uris.as_slice() {
        [] => clients::USUAL_REDIRECT_URIS.map(str::to_owned).to_vec(),
        uris => uris.to_vec(),
    };
    let mut known = clients::usual(&uris)
        .map_err(|malformed| InputError::about("--redirect-uri", malformed.to_string()))?;
    if let Some(path) = &arguments.clients {
        let more = clients::read(source(path)?)?;
        known.retain(|one| !more.iter().any(|other| other.client_id == one.client_id));
        known.extend(more);
    }
    Ok(known)
}

/// What is printed at the start.
#[derive(Debug, Serialize)]
struct Started {
    issuer: String,
    admin: String,
    profile: String,
    auto_approve: Option<String>,
    users: Vec<Pair>,
    clients: Vec<Known>,
}

#[derive(Debug, Serialize)]
struct Pair {
    username: String,
    password: String,
}

#[derive(Debug, Serialize)]
struct Known {
    client_id: String,
    client_secret: Option<String>,
    redirect_uris: Vec<String>,
}

impl Started {
    fn of(plan: &Plan) -> Self {
        let clients = plan.clients.iter().map(|client| Known {
            client_id: client.client_id.as_str().to_owned(),
            client_secret: client
                .client_secret
                .as_ref()
                .map(|secret| secret.as_str().to_owned()),
            redirect_uris: client
                .redirect_uris
                .iter()
                .map(|uri| uri.as_str().to_owned())
                .collect(),
        });
        Self {
            issuer: String::new(),
            admin: String::new(),
            profile: plan.profile.name.clone(),
            auto_approve: plan.auto_approve.clone(),
            users: Vec::new(),
            clients: clients.collect(),
        }
    }

    fn at(self, serving: &Serving) -> Self {
        let users = serving.accounts().iter().map(|(username, password)| Pair {
            username: username.clone(),
            password: password.clone(),
        });
        Self {
            issuer: serving.issuer().to_owned(),
            admin: format!("http://{}", serving.admin()),
            users: users.collect(),
            ..self
        }
    }

    fn text(&self) -> String {
        let mut out = format!(
            "issuer    {0}   ({1})\nmetadata  {0}/.well-known/openid-configuration\nadmin     {2}\n",
            self.issuer, self.profile, self.admin
        );
        // Writing to a `String` cannot fail.
        for Pair { username, password } in &self.users {
            let _ = writeln!(out, "user      {username}   password {password}");
        }
        for client in &self.clients {
            let secret = client.client_secret.as_deref();
            let secret = secret.map_or("public".to_owned(), |secret| format!("secret {secret}"));
            let _ = writeln!(
                out,
                "client    {}   {secret}   {}",
                client.client_id,
                client.redirect_uris.join(" ")
            );
        }
        if let Some(user) = &self.auto_approve {
            let _ = writeln!(out, "{user} says yes to everything, without a page");
        }
        out
    }
}
