//! The steps of a scenario.

use schemars::JsonSchema;
use serde::Deserialize;

use super::content::{Forged, Parameters, RawBody};
use super::file::HexKey;
use super::names::{ClientName, MessageName, ServerName, User};

/// Declares the steps with their words.
macro_rules! steps {
    ($( $(#[doc = $about:literal])+ $variant:ident = $word:literal ($parts:ty), )+) => {
        /// One step. Its only member says what is done.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        pub enum Step {
            $( $(#[doc = $about])+ #[serde(rename = $word)] $variant($parts), )+
        }

        impl Step {
            /// The word of this step.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $( Self::$variant(_) => $word, )+ }
            }

            /// What is worth knowing about this step.
            #[must_use]
            pub fn note(&self) -> Option<&str> {
                match self { $( Self::$variant(parts) => parts.note.as_deref(), )+ }
            }
        }
    };
}

steps! {
    // What users do.
    /// A user begins a login: he opens the client's home page and presses the button of the server.
    Start = "start" (Start),
    /// A user opens the client's home page.
    Visit = "visit" (Visit),
    /// A user types his name and password. Where one form takes password and decision, it is sent by
    /// `approve` or `deny`.
    Login = "login" (InTab),
    /// A user types a wrong password and sends the form.
    WrongPassword = "wrong_password" (WrongPassword),
    /// A user says yes.
    Approve = "approve" (Approve),
    /// A user says no.
    Deny = "deny" (InTab),
    /// A user logs out at the client: he opens its home page and presses the button.
    Logout = "logout" (Visit),
    /// A user opens a URL.
    Open = "open" (Open),
    /// A page opens a window that it can be reached from.
    Popup = "popup" (Popup),
    /// A user follows a link.
    Follow = "follow" (Follow),
    /// A user presses a button.
    Press = "press" (Press),
    /// A user types into a form.
    Fill = "fill" (Fill),
    /// A user goes back one page.
    Back = "back" (InTab),
    /// A user loads his page again.
    Reload = "reload" (InTab),
    /// A user closes a tab.
    Close = "close" (InTab),
    /// The messages of a tab are held back.
    Pause = "pause" (InTab),
    /// The messages of a tab travel again.
    Resume = "resume" (InTab),

    // What clients do by themselves.
    /// A client reads the resource of a user who is logged in.
    Read = "read" (ForUser),
    /// A client refreshes the tokens that it has for a user, without him.
    Refresh = "refresh" (ForUser),
    /// A client has the tokens that it has for a user taken back (RFC 7009).
    Revoke = "revoke" (ForUser),

    // What the scenario sends by itself.
    /// A request of the scenario's own making is sent.
    Send = "send" (Send),
    /// The last request of a kind is sent again, octet for octet, by the scenario.
    Repeat = "repeat" (Repeat),

    // Time and network.
    /// Time passes.
    Advance = "advance" (Advance),
    /// Everything that is on its way arrives.
    Settle = "settle" (Settle),
    /// One message arrives: the oldest of this name that is on its way.
    Deliver = "deliver" (OneMessage),
    /// One message gets lost: one that is on its way, or else the next that is sent.
    Lose = "lose" (OneMessage),
    /// One request arrives twice: one that is on its way, or else the next that is sent.
    Duplicate = "duplicate" (OneMessage),
    /// One message arrives later: one that is on its way, or else the next that is sent.
    Delay = "delay" (Delay),
    /// A party stops and forgets what is not durable.
    Crash = "crash" (Crash),
    /// A stopped party starts again.
    Restart = "restart" (OneParty),

    // What happens in an attack: each with all that follows from it.
    /// A user begins a login, types his password and says yes wherever he is asked.
    Begin = "begin" (Begin),
    /// A user goes on with a page that he had left open, or in a frame; or what was late arrives.
    GoOn = "go_on" (InTab),
    /// The attacker's site makes a user's browser send a request.
    Lure = "lure" (Lure),
    /// The attacker sends a request with his own browser, and logs in there with his own account.
    Browse = "browse" (Browse),
    /// One of the attacker's machines sends a request.
    Forge = "forge" (Forge),
    /// The attacker's authorization server redirects a browser that waits for its answer.
    Answer = "answer" (Answer),
    /// A client renews the tokens that it has for a user.
    Renew = "renew" (ForUser),
    /// A user takes back what he granted a client.
    Withdraw = "withdraw" (ForUser),
    /// One event that a search chose: a delivery, a fault, or that time passes.
    Happen = "happen" (Happen),

    // What administrators do.
    /// An owner may not log in any more.
    DisableOwner = "disable_owner" (OwnerAt),
    /// An owner takes back what he granted a client.
    RevokeConsent = "revoke_consent" (RevokeConsent),
    /// An owner is logged out in every browser.
    EndSessions = "end_sessions" (OwnerAt),
}

/// Declares the parts of steps; each step may have a note.
macro_rules! parts {
    ($( $(#[doc = $about:literal])+ pub struct $name:ident { $( $(#[$attribute:meta])+ $field:ident: $type:ty, )* } )+) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $( $(#[$attribute])+ pub $field: $type, )*
                /// What is worth knowing about this step.
                #[serde(default)]
                pub note: Option<String>,
            }
        )+
    };
}

/// The tab that users use when nothing else is said.
fn first_tab() -> String {
    "1".to_owned()
}

const fn once() -> u32 {
    1
}

const fn first_link() -> u32 {
    1
}

fn post() -> String {
    "POST".to_owned()
}

/// Seconds by which a message is late: more than a client waits.
const fn late() -> u64 {
    45
}

parts! {
    /// Somebody at a tab of his browser.
    pub struct InTab {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
    }
    /// The begin of a login.
    pub struct Start {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// At which client.
        #[serde(default)]
        client: ClientName,
        /// With which authorization server.
        #[serde(default)]
        server: ServerName,
    }
    /// A visit to a client.
    pub struct Visit {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// At which client.
        #[serde(default)]
        client: ClientName,
    }
    /// A mistyped password.
    pub struct WrongPassword {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// How often.
        #[serde(default = "once")]
        times: u32,
    }
    /// An owner's yes.
    pub struct Approve {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// To what: less than was asked for. Everything, when nothing is said.
        #[serde(default)]
        scope: Option<String>,
    }
    /// A URL to be opened.
    pub struct Open {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// The URL. It may contain `${…}`.
        url: String,
        /// What is added to its query.
        #[serde(default)]
        query: Parameters,
    }
    /// A window that a page opens.
    pub struct Popup {
        /// Whose page.
        #[serde(default)]
        user: User,
        /// In which tab the page is.
        #[serde(default = "first_tab")]
        opener: String,
        /// The name of the window.
        tab: String,
        /// The URL, maybe relative to the page; it may contain `${…}`. The link of the page, when nothing is said.
        #[serde(default)]
        url: Option<String>,
        /// Which link of the page, counted from 1.
        #[serde(default = "first_link")]
        link: u32,
    }
    /// A link to be followed.
    pub struct Follow {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// Which link of the page, counted from 1.
        #[serde(default = "first_link")]
        link: u32,
    }
    /// A button to be pressed.
    pub struct Press {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// The button: `name=value`.
        button: String,
    }
    /// A field to be filled in.
    pub struct Fill {
        /// Who.
        #[serde(default)]
        user: User,
        /// In which tab.
        #[serde(default = "first_tab")]
        tab: String,
        /// The name of the field.
        name: String,
        /// What is typed. It may contain `${…}`.
        value: String,
    }
    /// A request of the scenario's own making.
    pub struct Send {
        /// By which method.
        #[serde(default = "post")]
        method: String,
        /// Where to. It may contain `${…}`.
        url: String,
        /// What is added to its query.
        #[serde(default)]
        query: Parameters,
        /// Header fields.
        #[serde(default)]
        headers: Parameters,
        /// Whose credentials go into HTTP Basic: `client`, `client2` or `rs`.
        #[serde(default)]
        basic: Option<String>,
        /// A form as the body.
        #[serde(default)]
        form: Option<Parameters>,
        /// A JSON object as the body.
        #[serde(default)]
        json: Option<Parameters>,
        /// Any other body.
        #[serde(default)]
        body: Option<RawBody>,
    }
    /// A request to be sent again.
    pub struct Repeat {
        /// Which: the last one of this name.
        request: MessageName,
        /// How often.
        #[serde(default = "once")]
        times: u32,
    }
    /// A length of time: the sum of its parts.
    pub struct Advance {
        /// Seconds.
        #[serde(default)]
        seconds: u64,
        /// Milliseconds.
        #[serde(default)]
        ms: u64,
    }
    /// Deliveries.
    pub struct Settle {
        /// Until a message of this name is on its way; that one does not arrive yet.
        #[serde(default)]
        until: Option<MessageName>,
    }
    /// One message.
    pub struct OneMessage {
        /// Which.
        message: MessageName,
    }
    /// One message that is late.
    pub struct Delay {
        /// Which.
        message: MessageName,
        /// By how many seconds.
        #[serde(default = "late")]
        seconds: u64,
    }
    /// A crash.
    pub struct Crash {
        /// Who: a name such as `as`, `as/2` or `client`.
        party: String,
        /// When: as soon as a message of this name is on its way. At once, when nothing is said.
        #[serde(default)]
        when: Option<MessageName>,
    }
    /// One party.
    pub struct OneParty {
        /// Who: a name such as `as`, `as/2` or `client`.
        party: String,
    }
    /// An owner at an authorization server.
    pub struct OwnerAt {
        /// Who.
        #[serde(default)]
        user: User,
        /// Where.
        #[serde(default)]
        server: ServerName,
    }
    /// A consent to be taken back.
    pub struct RevokeConsent {
        /// Whose.
        #[serde(default)]
        user: User,
        /// Given to which client.
        #[serde(default)]
        client: ClientName,
        /// Where.
        #[serde(default)]
        server: ServerName,
    }
    /// A client that acts for a user who is logged in there.
    pub struct ForUser {
        /// For whom.
        #[serde(default)]
        user: User,
        /// By which client.
        #[serde(default)]
        client: ClientName,
    }
    /// A login that goes by itself.
    pub struct Begin {
        /// Who.
        #[serde(default)]
        user: User,
        /// At which client.
        #[serde(default)]
        client: ClientName,
        /// With which server: `as`, or `evil` and `evil-mixed`, which are the attacker's.
        #[serde(default = "honest_server")]
        server: String,
        /// What whoever controls the network makes of that.
        #[serde(default)]
        instead: Option<String>,
        /// How far it goes.
        #[serde(default)]
        pause: Pausing,
    }
    /// What the attacker's site does to a browser.
    pub struct Lure {
        /// Whose.
        #[serde(default)]
        user: User,
        /// By what.
        how: Baiting,
        /// What the browser sends.
        request: Forged,
        /// What the site posts to the window that it opened.
        #[serde(default)]
        message: Option<Parameters>,
        /// How far it goes.
        #[serde(default)]
        pause: Pausing,
    }
    /// What the attacker does in his browser.
    pub struct Browse {
        /// What it sends.
        request: Forged,
    }
    /// What the attacker sends himself.
    pub struct Forge {
        /// What he sends.
        request: Forged,
        /// How often at the same moment.
        #[serde(default = "one_time")]
        times: u8,
    }
    /// What the attacker's authorization server answers.
    pub struct Answer {
        /// Which of the waiting browsers, the oldest first, counted from 0.
        #[serde(default)]
        waiting: usize,
        /// Where it is sent. It may contain `${…}`.
        url: String,
        /// What is added to its query.
        #[serde(default)]
        query: Parameters,
    }
    /// An event by its content.
    pub struct Happen {
        /// What it is.
        key: HexKey,
    }
}

fn honest_server() -> String {
    "as".to_owned()
}

const fn one_time() -> u8 {
    1
}

/// How far what a user began goes by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pausing {
    /// To its end.
    #[default]
    Never,
    /// To the first page that asks something, which stays open.
    AtPage,
    /// Until the authorization response is on its way, which takes its time.
    BeforeResponse,
}

/// How a page of the attacker makes a browser send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Baiting {
    /// By a link, which the user follows.
    Link,
    /// By a picture.
    Image,
    /// By a frame.
    Frame,
    /// By a window that the page opens and can talk to.
    Popup,
    /// By a form that sends itself.
    Form,
}
