//! Live lessons: a page on loopback whose run is computed anew when a switch, the seed or the next action changes.
//!
//! [`answer`] is a pure function of what was asked; [`serve`] carries it over sockets of this machine alone. Only
//! those who call it by a loopback name are answered, so that no page from elsewhere can read it (DNS rebinding).

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use grantlab_core::http::{Fields, Method, Request};
use grantlab_core::wire::form;
use serde_json::{Value, json};

use super::listener::{self, Reply};
use crate::input_error::{InputError, SourceText};
use crate::lesson::page::{escaped, page, policy};
use crate::lesson::plan::{self, Plan};
use crate::lesson::texts::{Argument, LANGUAGES, Phrase, catalogue};
use crate::lesson::{Given, lesson};
use crate::profile::Profiles;
use crate::scenario::{self, Scenario, shelf};
use crate::switches;

/// Settings that can be changed at once.
const SETTINGS_MAX: usize = 3;

/// What can happen after a scenario's own steps: the word, and the step.
const ACTIONS: [(&str, &str); 7] = [
    ("refresh", r#"{ "refresh": {} }"#),
    ("read", r#"{ "read": {} }"#),
    ("revoke", r#"{ "revoke": {} }"#),
    ("logout", r#"{ "logout": {} }"#),
    ("repeat", r#"{ "repeat": { "request": "token request" } }"#),
    ("wait", r#"{ "advance": { "seconds": 3600 } }"#),
    ("again", r#"{ "start": { "user": "bob" } }"#),
];

/// Serves live lessons until the process ends. `announce` is told where.
///
/// # Errors
/// The port cannot be listened on.
pub fn serve(port: u16, announce: impl FnOnce(SocketAddr)) -> io::Result<()> {
    listener::serve(port, announce, answer, unreadable)
}

/// What is said to a request that cannot be read.
fn unreadable() -> Reply {
    refusal(400, "this is not a request that is understood here")
}

/// Answers a request.
#[must_use]
pub fn answer(request: &Request) -> Reply {
    let host = request.url.origin.host.as_str();
    if !["127.0.0.1", "localhost"].contains(&host) {
        return refusal(421, "this is served to this machine alone");
    }
    if request.method != Method::Get {
        return refusal(405, "there is nothing to be sent here");
    }
    let query = request.url.query.as_ref().map(form::pairs).transpose();
    let Ok(asked) = query else {
        return refusal(400, "the query is too long, or is none");
    };
    let asked = asked.unwrap_or_default();
    let asked = Asked::of(&asked);
    match request.url.path.as_str() {
        "/" => Reply {
            status: 200,
            body: shell(&asked),
        },
        "/lesson" => match asked.page() {
            Ok(body) => Reply { status: 200, body },
            Err(mistake) => refusal(400, mistake.problem()),
        },
        _ => refusal(404, "there is no such page"),
    }
}

fn refusal(status: u16, words: &str) -> Reply {
    Reply {
        status,
        body: format!(
            "<!doctype html><title>{status}</title><pre>{}</pre>",
            escaped(words)
        ),
    }
}

/// What the reader chose.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    scenario: String,
    seed: String,
    settings: Vec<String>,
    action: String,
    language: &'static str,
}

impl Asked {
    fn of(fields: &Fields) -> Self {
        let first = |name: &str, otherwise: &str| {
            let found = fields
                .first(name)
                .map(|text| text.as_str())
                .filter(|text| !text.is_empty());
            found.unwrap_or(otherwise).to_owned()
        };
        let settings = fields
            .all("set")
            .map(|text| text.as_str().trim().to_owned());
        let language = first("lang", "en");
        Self {
            scenario: first("scenario", "flows/login"),
            seed: first("seed", "1"),
            settings: settings
                .filter(|setting| !setting.is_empty())
                .take(SETTINGS_MAX)
                .collect(),
            action: first("then", ""),
            language: LANGUAGES
                .into_iter()
                .find(|known| *known == language)
                .unwrap_or("en"),
        }
    }

    /// The page of the run that was asked for.
    fn page(&self) -> Result<String, InputError> {
        let (given, stopped) = self.given()?;
        let title = given.about.label.clone();
        let choices = [("run".to_owned(), title.clone())];
        let mut plan = Plan::of_scenarios(&self.scenario, title, None, &choices);
        plan.note = stopped.map(|why| {
            Phrase::text("live.stopped").with("why", Argument::Literal(why.problem().to_owned()))
        });
        Ok(page(&lesson(&plan, &[given])))
    }

    /// The run that was asked for, and what stopped it, if not every step could be taken.
    fn given(&self) -> Result<(Given, Option<InputError>), InputError> {
        let Some(source) = shelf::find(&self.scenario) else {
            return Err(InputError::about(
                &self.scenario,
                "there is no such scenario",
            ));
        };
        let text = self.changed(&source.text)?;
        let profiles = Profiles::built_in();
        let scenario = Scenario::read(SourceText::new(&source.name, &text), &profiles)?;
        let label = plan::scenario_title(&self.scenario, &scenario.file.title);
        let usual = profiles
            .find(&scenario.profile.name, crate::profile::NamedBy::Argument)
            .ok();
        let stopped = scenario::run(&scenario).failures.into_iter().next();
        let given = Given::of(&scenario, usual.as_ref(), &self.scenario, "run", label);
        Ok((given, stopped))
    }

    /// The scenario's file with what was changed. It expects nothing any more.
    fn changed(&self, text: &str) -> Result<String, InputError> {
        let unreadable = |_| InputError::about(&self.scenario, "this scenario cannot be changed");
        let mut file: Value = serde_json::from_str(text).map_err(unreadable)?;
        let mut set = file.get("set").cloned().unwrap_or_else(|| json!({}));
        for setting in &self.settings {
            let Some((key, value)) = setting.split_once('=') else {
                let problem = "a setting is KEY=VALUE, such as client.state=absent";
                return Err(InputError::about(setting.as_str(), problem));
            };
            if let Some(table) = set.as_object_mut() {
                table.insert(key.to_owned(), json!(value));
            }
        }
        let action = ACTIONS.iter().find(|(word, _)| *word == self.action);
        let mut steps = file.get("steps").cloned().unwrap_or_else(|| json!([]));
        if let (Some((_, step)), Some(list)) = (action, steps.as_array_mut()) {
            list.extend(serde_json::from_str::<Value>(step).ok());
        }
        if let Some(table) = file.as_object_mut() {
            table.insert("seed".to_owned(), json!(self.seed));
            table.insert("set".to_owned(), set);
            table.insert("steps".to_owned(), steps);
            table.insert("expect".to_owned(), json!([]));
        }
        Ok(file.to_string())
    }

    /// The same as a query.
    fn query(&self) -> String {
        let mut fields = Fields::EMPTY
            .with("scenario", self.scenario.as_str())
            .with("seed", self.seed.as_str())
            .with("then", self.action.as_str())
            .with("lang", self.language);
        for setting in &self.settings {
            fields.push("set", setting.as_str());
        }
        let mut query = String::new();
        form::write(&fields, &mut query);
        query
    }
}

/// The style of the bar above the lesson.
const STYLE: &str = "html,body{height:100%;margin:0}\
:root{color-scheme:light dark;--paper:#F6F4EE;--card:#FFF;--ink:#1B2130;--second:#4D566A;--edge:#D9D4C7;--field:#8A8578}\
@media(prefers-color-scheme:dark){:root{--paper:#10131A;--card:#181C26;--ink:#E9ECF3;--second:#AEB6C6;--edge:#2B3140;\
--field:#7C869A}}\
body{display:flex;flex-direction:column;font:15px/1.5 system-ui,sans-serif;background:var(--paper);color:var(--ink)}\
form{display:grid;grid-template-columns:2fr .7fr 1.4fr 1.4fr 1.4fr 1.8fr auto;gap:.4rem .6rem;align-items:end;\
padding:.5rem 1.25rem .7rem;background:var(--card);border-bottom:1px solid var(--edge)}\
label{display:grid;min-width:0;font-size:12.5px;color:var(--second)}\
input,select,button{box-sizing:border-box;width:100%;min-width:0;height:36px;padding:0 .5rem;font:14px/1.2 system-ui,sans-serif;\
color:var(--ink);background:var(--paper);border:1px solid var(--field);border-radius:8px}\
button{padding:0 1.2rem;font-weight:600;color:var(--card);background:var(--ink);border-color:var(--ink);cursor:pointer}\
:focus-visible{outline:3px solid #D98E04;outline-offset:1px}iframe{flex:1;min-height:0;border:0;width:100%}\
@media(max-width:900px){form{grid-template-columns:repeat(3,1fr);padding:.4rem .75rem}label:first-of-type,\
label:last-of-type{grid-column:span 2}}";

/// The page around a live lesson: what can be changed, and the lesson in a frame. There is no script in it.
fn shell(asked: &Asked) -> String {
    let texts = catalogue(asked.language);
    let say = |key: &str| {
        let text = texts.and_then(|texts| texts.get(key));
        escaped(text.map_or(key, String::as_str))
    };
    let policy =
        policy(STYLE, "").replace("form-action 'none'", "form-action 'self'; frame-src 'self'");
    let mut out = format!(
        "<!doctype html><html lang=\"{0}\"><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{1}</title><style>{STYLE}</style>\
         <form><input type=\"hidden\" name=\"lang\" value=\"{0}\"><label>{2}<select name=\"scenario\">",
        asked.language,
        say("live.title"),
        say("live.scenario"),
    );
    for name in shelf::names() {
        option(&mut out, name, name, name == asked.scenario);
    }
    let _ = write!(
        out,
        "</select></label><label>{}<input name=\"seed\" size=\"8\" maxlength=\"32\" value=\"{}\"></label>",
        say("live.seed"),
        escaped(&asked.seed)
    );
    for place in 0..SETTINGS_MAX {
        let value = asked.settings.get(place).map_or("", String::as_str);
        let _ = write!(
            out,
            "<label>{}<input name=\"set\" list=\"settings\" value=\"{}\"></label>",
            say("live.switch"),
            escaped(value)
        );
    }
    let _ = write!(out, "<label>{}<select name=\"then\">", say("live.then"));
    option(
        &mut out,
        "",
        &say("live.then.nothing"),
        asked.action.is_empty(),
    );
    for (word, _) in ACTIONS {
        option(
            &mut out,
            word,
            &say(&format!("live.then.{word}")),
            word == asked.action,
        );
    }
    let _ = write!(out, "</select></label><button>{}</button>", say("live.run"));
    out.push_str("<datalist id=\"settings\">");
    for switch in switches::all() {
        for value in switch.values {
            let _ = write!(out, "<option value=\"{}={value}\">", switch.key);
        }
    }
    let _ = write!(
        out,
        "</datalist></form><iframe title=\"{}\" src=\"/lesson?{}#lang={}\"></iframe></html>",
        say("live.title"),
        escaped(&asked.query()),
        asked.language
    );
    out
}

fn option(out: &mut String, value: &str, text: &str, chosen: bool) {
    let chosen = if chosen { " selected" } else { "" };
    // Writing to a `String` cannot fail.
    let _ = write!(out, "<option value=\"{value}\"{chosen}>{text}</option>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_core::http::Scheme;
    use grantlab_core::wire::http;

    fn ask(target: &str) -> Reply {
        let octets = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n\r\n");
        answer(&http::read_request(&Scheme::Http, octets.as_bytes()).unwrap())
    }

    #[test]
    fn a_changed_switch_changes_the_run() {
        let usual = ask("/lesson?scenario=lessons/login-csrf-stopped");
        let changed =
            ask("/lesson?scenario=lessons/login-csrf-stopped&set=client.state%3Dsent_not_checked");
        assert_eq!((usual.status, changed.status), (200, 200));
        assert!(!usual.body.contains("decision.callback_accepted.mismatched"));
        assert!(
            changed
                .body
                .contains("decision.callback_accepted.mismatched")
        );
    }

    #[test]
    fn seed_and_next_action_change_the_run() {
        let usual = ask("/lesson?scenario=flows/login");
        assert_ne!(usual, ask("/lesson?scenario=flows/login&seed=2a"));
        let more = ask("/lesson?scenario=flows/login&then=refresh");
        assert!(more.body.contains("step.refresh.request"));
        assert!(!usual.body.contains("\"step.refresh.request\""));
    }

    #[test]
    fn the_page_around_it_shows_what_was_asked_as_text() {
        let reply = ask("/?scenario=flows/login&set=%22%3E%3Cscript%3E");
        assert_eq!(reply.status, 200);
        assert!(!reply.body.contains("<script"));
        assert!(reply.body.contains("&quot;&gt;&lt;script&gt;"));
    }

    #[test]
    fn mistakes_and_strangers_are_refused() {
        let far = "x".repeat(1_500);
        for (target, status) in [
            ("/lesson?scenario=flows/nonsense", 400),
            ("/lesson?set=client.state", 400),
            ("/lesson?set=client.state%3Dperhaps", 400),
            ("/lesson?seed=xyz", 400),
            ("/lesson?seed=-1", 400),
            (&format!("/lesson?seed={far}"), 400),
            (&format!("/lesson?scenario={far}"), 400),
            (&format!("/lesson?set={far}%3D{far}"), 400),
            ("/lesson?set=client.state%3Dabsent&set=client.state%3D", 400),
            ("/lesson?then=nonsense&lang=xx", 200),
            ("/lesson?%FF=%ZZ&&&=", 400),
            ("/elsewhere", 404),
        ] {
            assert_eq!(ask(target).status, status, "{target:.60}");
        }
        for (request, status) in [
            ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
            (
                "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n",
                421,
            ),
            (
                "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
                405,
            ),
        ] {
            let request = http::read_request(&Scheme::Http, request.as_bytes()).unwrap();
            assert_eq!(answer(&request).status, status);
        }
    }

    /// Whatever can be asked of a page that the form offers, it answers: every scenario with every next action.
    #[test]
    fn a_next_action_that_cannot_be_is_named() {
        let impossible = ask("/lesson?scenario=attacks/redirect-307&then=repeat");
        assert_eq!(impossible.status, 200);
        assert!(impossible.body.contains("The run stops early"));
        for (word, _) in ACTIONS {
            let reply = ask(&format!("/lesson?scenario=flows/login&then={word}"));
            assert_eq!(reply.status, 200, "{word}");
            assert!(!reply.body.contains("The run stops early"), "{word}");
        }
    }
}
