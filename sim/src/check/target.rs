//! Target files: an authorization server that somebody runs, and how to drive it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{Authentication, Endpoint, Feature, Verdict};
use crate::document::{Document, Step as At};
use crate::input_error::{InputError, SourceText};

/// An authorization server that somebody runs, and how to drive it.
///
/// `${port}` in `issuer`, `endpoints`, `also_at`, and the texts of `process` is a free port that grantlab chooses, and
/// `${folder}` the folder of this file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// Where the schema of this file is, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// What it is, with its version.
    pub name: String,
    /// What is worth knowing about it.
    #[serde(default)]
    pub note: Option<String>,
    /// Its issuer identifier, or, for a server without one, its origin: `http://127.0.0.1:3000`.
    pub issuer: String,
    /// Other origins at which the same server answers, such as `http://localhost:3000`.
    #[serde(default)]
    pub also_at: Vec<String>,
    /// A file beside this one with the certificates (PEM) that its own come from, where that is nobody whom browsers
    /// know: a test server that signs for itself. Without, the roots of browsers are trusted.
    #[serde(default)]
    pub ca: Option<String>,
    /// Whether its metadata is asked for where it should be (RFC 8414 §3.1, OpenID Connect Discovery §4).
    /// What the file says goes before what the metadata says.
    #[serde(default = "yes")]
    pub discover: bool,
    /// Its endpoints: URLs, or paths that begin with a slash and stand behind the origin of the issuer. Without
    /// metadata, `authorization` and `token` have to be said.
    #[serde(default)]
    pub endpoints: BTreeMap<Endpoint, String>,
    /// What it can do. Without, that is taken from its metadata and endpoints.
    #[serde(default)]
    pub features: Option<Vec<Feature>>,
    /// Its clients; the first is the one that most checks use.
    #[serde(default)]
    pub clients: Vec<ClientPart>,
    /// A file that the start command writes, with a list of more clients, when their ids are chosen at the start.
    #[serde(default)]
    pub clients_file: Option<String>,
    /// Who asks about tokens (RFC 7662), where clients may not: a resource server, mostly.
    #[serde(default)]
    pub introspector: Option<ClientPart>,
    /// How clients register themselves (RFC 7591), for those without `client_id`.
    #[serde(default)]
    pub registration: RegistrationPart,
    /// Its users; the first is the one that most checks use.
    pub users: Vec<UserPart>,
    /// What an honest authorization request looks like.
    #[serde(default)]
    pub request: RequestPart,
    /// How its pages are filled in, where the rules of `scenarios/README.md` do not find out. The first that fits
    /// a page is taken.
    #[serde(default)]
    pub pages: Vec<PagePart>,
    /// How long what it issues is good for.
    #[serde(default)]
    pub lifetimes: LifetimesPart,
    /// Bounds on what it may answer.
    #[serde(default)]
    pub limits: LimitsPart,
    /// How it is started, stopped and moved through time; without, it runs already.
    #[serde(default)]
    pub process: Option<ProcessPart>,
    /// What else moves it through time, makes it forget, and ends it.
    #[serde(default)]
    pub hooks: HooksPart,
    /// Verdicts that are known and accepted.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
    /// Checks that are not to be tried.
    #[serde(default)]
    pub skip: Vec<Skip>,
}

const fn yes() -> bool {
    true
}

/// A client of the target.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPart {
    /// What reports call it.
    pub name: String,
    /// Its id; without, it registers itself.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Its secret; a public client has none.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// How it proves itself: `basic`, `basic_raw`, `post` or `id`. Without: `basic` with a secret, `id` without.
    #[serde(default)]
    pub authentication: Option<Authentication>,
    /// Its redirection URIs; the first is the one that most checks use. They are never connected to.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// What it asks for, if not what `request` says.
    #[serde(default)]
    pub scope: Option<String>,
    /// Whether it sends a PKCE challenge, if not as `request` says.
    #[serde(default)]
    pub pkce: Option<Pkce>,
    /// Whether it gets refresh tokens, where the target issues any.
    #[serde(default = "yes")]
    pub refreshes: bool,
}

/// How clients register themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationPart {
    /// What whoever registers shows.
    pub initial_access_token: Option<String>,
    /// What the registration says beside redirection URIs and authentication, such as `scope`.
    pub metadata: BTreeMap<String, serde_json::Value>,
}

/// A user of the target.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPart {
    /// What he types as his name.
    pub username: String,
    /// What he types as his password.
    #[serde(default)]
    pub password: String,
}

/// Whether a client sends a PKCE challenge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Pkce {
    /// It does, with the method `S256`.
    #[default]
    S256,
    /// It does not.
    #[serde(rename = "none")]
    None,
}

/// What an honest authorization request looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestPart {
    /// What is asked for; nothing, without.
    pub scope: Option<String>,
    /// A part of that which can be asked for alone.
    pub narrow_scope: Option<String>,
    /// Whether a PKCE challenge is sent.
    pub pkce: Pkce,
    /// More parameters of the authorization request, such as `prompt`.
    pub authorization: BTreeMap<String, String>,
    /// More parameters of token requests.
    pub token: BTreeMap<String, String>,
}

/// How a page of the target is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PagePart {
    /// What reports call it.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// It has a form with these fields.
    pub has_fields: Vec<String>,
    /// It contains this text.
    pub has_text: Option<String>,
    /// Its path begins so.
    pub path: Option<String>,
    /// What is typed or chosen, by field: `${username}` and `${password}` are the user's.
    pub fill: BTreeMap<String, String>,
    /// The button that says yes, or goes on: its text, its value, its id or its name; without, the rules find it.
    pub press: Option<String>,
    /// The button or link that says no.
    pub deny: Option<String>,
}

/// What a page is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The user says who he is.
    Login,
    /// The user says yes or no.
    Consent,
    /// The user goes on.
    #[default]
    Other,
}

/// How long what the target issues is good for, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LifetimesPart {
    /// An authorization code.
    pub code_s: Option<u64>,
    /// An access token; without, what `expires_in` says.
    pub access_token_s: Option<u64>,
    /// A refresh token.
    pub refresh_token_s: Option<u64>,
}

/// Bounds on what the target may answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsPart {
    /// Milliseconds that an answer may take, from the connection to its end.
    pub answer_ms: u64,
    /// Octets of its content.
    pub body_octets: usize,
    /// Milliseconds between two requests; some servers need a pause.
    pub pace_ms: u64,
    /// Requests at once in a race.
    pub at_once: u8,
}

impl Default for LimitsPart {
    fn default() -> Self {
        Self {
            answer_ms: 10_000,
            body_octets: 1 << 20,
            pace_ms: 0,
            at_once: 8,
        }
    }
}

/// How a target is started, stopped and moved through time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcessPart {
    /// The command and its arguments. It runs in a process group of its own, in the folder of this file, and ends
    /// with it.
    pub start: Vec<String>,
    /// What is added to its environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// A command that says by its exit code whether what it needs is installed; its last line says what is not.
    #[serde(default)]
    pub available: Vec<String>,
    /// A path or URL that is answered with a status below 500 once it is ready; without, any answer of the
    /// authorization endpoint will do.
    #[serde(default)]
    pub ready: Option<String>,
    /// Seconds until it must be ready.
    #[serde(default = "twenty")]
    pub ready_within_s: u64,
    /// How its clock is moved.
    #[serde(default)]
    pub clock: Clock,
}

const fn twenty() -> u64 {
    20
}

/// How the clock of a target is moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// It cannot be.
    #[default]
    None,
    /// By `libfaketime`, which is loaded into the process: no support by the target is needed.
    Faketime,
}

/// What moves a target through time, makes it forget, and ends it, where `process` does not. A command runs in the
/// folder of the target file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HooksPart {
    /// Lets time pass: `${seconds}` and `${ms}` say how much.
    pub advance: Option<Hook>,
    /// Makes it forget everything but its clients and users.
    pub reset: Option<Hook>,
    /// Ends it, when all checks are done.
    pub stop: Option<Hook>,
}

/// A command, or a request: one of `run` and `post`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Hook {
    /// A command and its arguments; it says by its exit code whether it did what it should.
    pub run: Vec<String>,
    /// Where a POST request goes to; an answer with a status of 2xx says that it was done.
    pub post: Option<String>,
    /// The JSON text that is posted.
    pub json: Option<String>,
}

/// A verdict that is known and accepted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The id of the check.
    pub check: String,
    /// What comes of it.
    pub verdict: Verdict,
    /// Why that is accepted.
    pub why: String,
}

/// A check that is not to be tried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The id of the check, or the letters of its group.
    pub check: String,
    /// Why.
    pub why: String,
}

impl TargetFile {
    /// Reads a target file.
    ///
    /// # Errors
    /// The first mistake in it, at its place.
    pub fn read(source: SourceText) -> Result<(Document, Self), InputError> {
        let (document, file) = Document::read::<Self>(source)?;
        file.look_over(&document)?;
        Ok((document, file))
    }

    fn look_over(&self, document: &Document) -> Result<(), InputError> {
        let web = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        if !web(&self.issuer) {
            let problem = "an issuer begins with `https://`, or with `http://` on this machine";
            return Err(document.mistake(&["issuer".into()], problem));
        }
        for (endpoint, url) in &self.endpoints {
            if !web(url) && !url.starts_with('/') {
                let problem = "an endpoint is a URL, or a path that begins with a slash";
                let at: [At; 2] = ["endpoints".into(), endpoint.word().into()];
                return Err(document.mistake(&at, problem));
            }
        }
        let said = |endpoint| self.endpoints.contains_key(&endpoint);
        if !(self.discover || said(Endpoint::Authorization) && said(Endpoint::Token)) {
            let problem = "without `discover`, the endpoints `authorization` and `token` are said";
            return Err(document.mistake(&["discover".into()], problem));
        }
        if self.clients.is_empty() && self.clients_file.is_none() {
            return Err(document.mistake(&["clients".into()], "a target has a client"));
        }
        if self.users.is_empty() {
            return Err(document.mistake(&["users".into()], "a target has a user"));
        }
        for (place, client) in self.clients.iter().enumerate() {
            if client.authentication.is_some_and(|how| !is_registered(how)) {
                let at: [At; 3] = ["clients".into(), place.into(), "authentication".into()];
                let problem = "a client is registered for one way to prove itself";
                let error = document.mistake(&at, problem);
                return Err(error.instead_of("", ["basic", "basic_raw", "post", "id"]));
            }
            for (nth, uri) in client.redirect_uris.iter().enumerate() {
                if !uri.contains(':') {
                    let at: [At; 4] = [
                        "clients".into(),
                        place.into(),
                        "redirect_uris".into(),
                        nth.into(),
                    ];
                    return Err(document.mistake(&at, "a redirection URI begins with its scheme"));
                }
            }
        }
        for (place, page) in self.pages.iter().enumerate() {
            for (field, text) in &page.fill {
                let rest = text.replace("${username}", "").replace("${password}", "");
                if rest.contains("${") {
                    let at: [At; 4] = [
                        "pages".into(),
                        place.into(),
                        "fill".into(),
                        field.as_str().into(),
                    ];
                    let error = document.mistake(&at, "there is no such value");
                    return Err(error.instead_of(text, ["${username}", "${password}"]));
                }
            }
        }
        if self
            .process
            .as_ref()
            .is_some_and(|process| process.start.is_empty())
        {
            let at: [At; 2] = ["process".into(), "start".into()];
            return Err(document.mistake(&at, "a command has a name"));
        }
        self.hooks.look_over(document)
    }
}

impl HooksPart {
    fn look_over(&self, document: &Document) -> Result<(), InputError> {
        let all = [
            ("advance", &self.advance),
            ("reset", &self.reset),
            ("stop", &self.stop),
        ];
        for (name, hook) in all {
            let Some(hook) = hook else { continue };
            let at: [At; 2] = ["hooks".into(), name.into()];
            if hook.run.is_empty() == hook.post.is_none() {
                return Err(document.mistake(&at, "a hook has either `run` or `post`"));
            }
            if hook.json.is_some() && hook.post.is_none() {
                return Err(document.mistake(&at, "`json` is what is posted: there is no `post`"));
            }
        }
        Ok(())
    }
}

const fn is_registered(how: Authentication) -> bool {
    match how {
        Authentication::Basic
        | Authentication::BasicRaw
        | Authentication::Post
        | Authentication::Id => true,
        Authentication::Own | Authentication::Both | Authentication::Nothing => false,
    }
}
