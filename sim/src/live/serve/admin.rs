//! The administrator's port: what a test may do to the server it tests against. JSON in, JSON out.

use std::convert::Infallible;
use std::sync::Arc;

use grantlab_core::authorization_server::Command;
use grantlab_core::time::Timestamp;
use grantlab_core::value::{ClientId, Malformed, Subject};
use hyper::Method;
use hyper::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Shared;
use super::cases::CASES_MAX;
use super::hall::{Hall, Unknown};
use super::listener::{Answers, Outgoing, Step};
use super::report::{Outcome, Trial};
use super::translation::Draft;
use super::visitor::Decision;
use crate::input_error::SourceText;
use crate::nearest::nearest;

/// Whoever is listened to here.
pub(super) struct Administrator(pub(super) Arc<Shared>);

/// What can be asked: method, path, and what it does.
const ROUTES: [(&str, &str, &str); 14] = [
    ("GET", "/", "what can be asked here"),
    ("GET", "/issuers", "the issuers, users and clients"),
    (
        "GET",
        "/cases",
        "the cases: their issuers, and what a trial of each does",
    ),
    (
        "GET",
        "/events/CASE",
        "what happened at an issuer; without a case, at the one that does everything right",
    ),
    (
        "GET",
        "/report",
        "what the client made of the cases; /report.txt is for people",
    ),
    (
        "POST",
        "/inject",
        "one more case, or another of a name that is taken: an object as in scenarios/clients/cases.json",
    ),
    (
        "POST",
        "/trial",
        "what came of a case: {\"case\": \"iss-wrong\", \"outcome\": \"refused\", \"detail\": \"…\"}",
    ),
    ("GET", "/clock", "what the clock shows"),
    ("POST", "/clock/advance", "moves the clock: {\"ms\": 60000}"),
    (
        "POST",
        "/clock/set",
        "sets the clock, in milliseconds since 1970: {\"at_ms\": 0}",
    ),
    (
        "POST",
        "/clock/freeze",
        "stops the clock; {\"frozen\": false} lets it go on",
    ),
    ("POST", "/reset", "forgets everything that happened"),
    (
        "POST",
        "/command",
        "the server's administrator acts: {\"disable_owner\": \"alice\"}, {\"end_sessions\": \"alice\"} or \
         {\"revoke_consent\": [\"alice\", \"web\"]}, at one issuer with \"case\"",
    ),
    (
        "POST",
        "/visit",
        "logs in and decides: {\"url\": \"…\", \"user\": \"alice\", \"decision\": \"approve\"}",
    ),
];

/// Why a request is refused.
struct Refused {
    status: u16,
    problem: String,
    allowed: Vec<String>,
}

impl Refused {
    fn bad(problem: impl Into<String>) -> Self {
        Self {
            status: 400,
            problem: problem.into(),
            allowed: Vec::new(),
        }
    }
}

impl From<Unknown> for Refused {
    fn from(unknown: Unknown) -> Self {
        Self {
            status: 400,
            problem: format!("there is no such {}", unknown.what),
            allowed: unknown.allowed,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    at_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Freeze {
    frozen: bool,
}

impl Default for Freeze {
    fn default() -> Self {
        Self { frozen: true }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Visit {
    url: String,
    #[serde(default = "first_user")]
    user: String,
    #[serde(default)]
    decision: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Wanted {
    case: String,
    disable_owner: Option<String>,
    end_sessions: Option<String>,
    revoke_consent: Option<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    case: String,
    outcome: Outcome,
    #[serde(default)]
    detail: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    #[default]
    Approve,
    Deny,
}

fn first_user() -> String {
    "alice".to_owned()
}

impl Answers for Administrator {
    type Paused = Infallible;

    fn answer(&self, head: &Parts, content: &[u8]) -> Step<Infallible> {
        Step::Done(self.answered(head, content))
    }

    fn resume(&self, paused: Infallible) -> Step<Infallible> {
        match paused {}
    }
}

impl Administrator {
    fn answered(&self, head: &Parts, content: &[u8]) -> Outgoing {
        let host = head.headers.get("host").and_then(|host| host.to_str().ok());
        // A page from elsewhere that had itself called by this machine's name would come with its own (DNS rebinding).
        let is_elsewhere = head.headers.contains_key("origin");
        let answered = match host {
            Some(host) if is_loopback(host) && !is_elsewhere => {
                if head.uri.path() == "/report.txt" {
                    let text = self.0.hall().report().text();
                    return super::hall::plain(200, &text).into();
                }
                routed(&mut self.0.hall(), head, content)
            }
            Some(_) | None => Err(Refused {
                status: 421,
                problem: "the administrator's port is for this machine alone".to_owned(),
                allowed: Vec::new(),
            }),
        };
        match answered {
            Ok(value) => written(200, &value).into(),
            Err(refused) => {
                let mut value = json!({ "problem": refused.problem });
                if !refused.allowed.is_empty() {
                    value["allowed"] = json!(refused.allowed);
                }
                written(refused.status, &value).into()
            }
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        let is_port = port.bytes().all(|octet| octet.is_ascii_digit());
        if is_port { name } else { host }
    });
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

fn written(status: u16, value: &Value) -> Draft {
    let mut content = serde_json::to_vec_pretty(value).unwrap_or_default();
    content.push(b'\n');
    Draft {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        content,
    }
}

fn routed(hall: &mut Hall, head: &Parts, content: &[u8]) -> Result<Value, Refused> {
    let path = head.uri.path();
    match (&head.method, path) {
        (&Method::GET, "/") => Ok(routes()),
        (&Method::GET, "/issuers") => Ok(issuers(hall)),
        (&Method::GET, "/cases") => Ok(cases(hall)),
        (&Method::GET, "/report") => Ok(json!(hall.report())),
        (&Method::POST, "/inject") => inject(hall, content),
        (&Method::POST, "/trial") => tried(hall, read(content)?),
        (&Method::GET, "/clock") => Ok(clock(hall)),
        (&Method::GET, path) if path.starts_with("/events") => events(hall, path),
        (&Method::POST, "/clock/advance") => {
            hall.clock.advance(read::<Advance>(content)?.ms);
            Ok(clock(hall))
        }
        (&Method::POST, "/clock/set") => {
            hall.clock.set(Timestamp(read::<Set>(content)?.at_ms));
            Ok(clock(hall))
        }
        (&Method::POST, "/clock/freeze") => {
            match read_or_default::<Freeze>(content)?.frozen {
                true => hall.clock.freeze(),
                false => hall.clock.resume(),
            }
            Ok(clock(hall))
        }
        (&Method::POST, "/reset") => {
            hall.reset()
                .map_err(|malformed| Refused::bad(malformed.to_string()))?;
            Ok(json!({ "reset": true }))
        }
        (&Method::POST, "/command") => command(hall, read(content)?),
        (&Method::POST, "/visit") => visit(hall, &read(content)?),
        (method, path) => Err(no_route(method, path)),
    }
}

fn visit(hall: &mut Hall, wanted: &Visit) -> Result<Value, Refused> {
    let decision = match wanted.decision {
        Word::Approve => Decision::Approve,
        Word::Deny => Decision::Deny,
    };
    Ok(hall.visit(&wanted.url, &wanted.user, decision)?.json())
}

fn read<T: DeserializeOwned>(content: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(content).map_err(|error| Refused::bad(error.to_string()))
}

fn read_or_default<T: DeserializeOwned + Default>(content: &[u8]) -> Result<T, Refused> {
    match content {
        [] => Ok(T::default()),
        content => read(content),
    }
}

fn routes() -> Value {
    let routes = ROUTES.iter();
    routes
        .map(|(method, path, does)| json!({ "method": method, "path": path, "does": does }))
        .collect()
}

fn no_route(method: &Method, path: &str) -> Refused {
    let paths = ROUTES.iter().map(|(_, path, _)| *path);
    let problem = match nearest(path, paths.clone()) {
        Some(nearest) => format!("{method} {path} is nothing here; there is {nearest}"),
        None => format!("{method} {path} is nothing here"),
    };
    Refused {
        status: 404,
        problem,
        allowed: ROUTES
            .iter()
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect(),
    }
}

fn clock(hall: &Hall) -> Value {
    json!({ "now_ms": hall.clock.now().0, "frozen": hall.clock.is_frozen() })
}

fn issuers(hall: &Hall) -> Value {
    let issuers = hall.rooms().map(|(segment, room)| {
        let told = &room.lane().configurations().server;
        json!({ "segment": segment, "issuer": told.issuer.as_str() })
    });
    let users = hall.accounts().into_iter();
    json!({
        "issuers": issuers.collect::<Vec<_>>(),
        "users": users
            .map(|(name, password)| json!({ "username": name, "password": password }))
            .collect::<Vec<_>>(),
    })
}

/// `/events/CASE`; the issuer that does everything right is `/events`.
fn events(hall: &mut Hall, path: &str) -> Result<Value, Refused> {
    let segment = path.strip_prefix("/events").unwrap_or_default();
    Ok(hall.room(segment.trim_matches('/'))?.journal.json())
}

fn cases(hall: &Hall) -> Value {
    let cases = hall.rooms().filter_map(|(_, room)| {
        let case = room.case()?;
        Some(json!({
            "case": case.id,
            "title": case.title,
            "issuer": room.lane().configurations().server.issuer.as_str(),
            "checks": case.checks,
            "careful": case.careful.as_str(),
            "level": case.level.as_str(),
            "reference": case.reference,
            "at": case.at.as_str(),
            "logins": case.logins,
            "deliver": case.deliver,
            "tabs": case.tabs,
            "refresh": case.refresh,
            "revoke": case.revoke,
        }))
    });
    json!({ "cases": cases.collect::<Vec<_>>() })
}

fn inject(hall: &mut Hall, content: &[u8]) -> Result<Value, Refused> {
    let text = String::from_utf8_lossy(content);
    let array = SourceText::new("the request's content", &format!("[{text}]"));
    let injected = super::cases::read(array).map_err(|mistake| Refused {
        status: 400,
        problem: mistake.to_string(),
        allowed: mistake.allowed().to_vec(),
    })?;
    let Some(case) = injected.into_iter().next() else {
        return Err(Refused::bad("one case is needed"));
    };
    if hall.case_count() >= CASES_MAX && hall.room(&case.id).is_err() {
        return Err(Refused::bad(format!("there are {CASES_MAX} cases already")));
    }
    let segment = case.id.clone();
    hall.inject(case)
        .map_err(|malformed| Refused::bad(malformed.to_string()))?;
    Ok(json!({ "case": segment, "issuer": format!("{}/{segment}", hall.origin()) }))
}

fn command(hall: &mut Hall, wanted: Wanted) -> Result<Value, Refused> {
    let malformed = |malformed: Malformed| Refused::bad(malformed.to_string());
    let subject = |name: String| Subject::new(name).map_err(malformed);
    let mut commands = Vec::new();
    if let Some(name) = wanted.disable_owner {
        commands.push(Command::DisableOwner(subject(name)?));
    }
    if let Some(name) = wanted.end_sessions {
        commands.push(Command::EndSessions(subject(name)?));
    }
    if let Some((name, client)) = wanted.revoke_consent {
        commands.push(Command::RevokeConsent {
            subject: subject(name)?,
            client_id: ClientId::new(client).map_err(malformed)?,
        });
    }
    let now = hall.clock.now();
    let room = hall.room(&wanted.case)?;
    let done = commands.len();
    for command in commands {
        room.command(command, now);
    }
    Ok(json!({ "done": done }))
}

fn tried(hall: &mut Hall, said: Said) -> Result<Value, Refused> {
    let now = hall.clock.now();
    let room = hall.room(&said.case)?;
    let (outcome, detail) = (said.outcome, said.detail);
    room.tried(now, Trial { outcome, detail });
    Ok(json!({ "case": said.case, "outcome": outcome }))
}
