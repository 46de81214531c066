//! What can be done next: by honest users, by the attacker, and by honest clients on their own.

use std::fmt;
use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::{Fields, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::wire::location;

use crate::world::Action;

/// How far what a user began goes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pause {
    /// To its end: he types his password and says yes where he is asked.
    Never,
    /// To the first page that asks him something. He leaves it open.
    AtPage,
    /// Until the authorization response is on its way. It takes its time.
    BeforeResponse,
}

grantlab_core::canonical_unit_enum!(Pause { Never = 0, AtPage = 1, BeforeResponse = 2 });

impl Pause {
    /// Its word in scenarios.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AtPage => "at_page",
            Self::BeforeResponse => "before_response",
        }
    }
}

/// How a page of the attacker makes a browser send a request. What goes along, such as cookies and where the
/// request comes from, is for the browser to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bait {
    /// A link, which the user follows.
    Link,
    /// A picture.
    Image,
    /// A frame.
    Frame,
    /// A window that the page opens and can talk to.
    Popup,
    /// A form that sends itself.
    Form,
}

grantlab_core::canonical_unit_enum!(Bait { Link = 0, Image = 1, Frame = 2, Popup = 3, Form = 4 });

impl Bait {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Link,
        Self::Image,
        Self::Frame,
        Self::Popup,
        Self::Form,
    ];

    /// Its word in scenarios.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Image => "image",
            Self::Frame => "frame",
            Self::Popup => "popup",
            Self::Form => "form",
        }
    }
}

/// One step of an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// A user starts a login: he opens the client's home page and presses the button of a server.
    Start {
        /// Who, by his place in the setup.
        user: usize,
        /// At which client, by its place in the setup.
        client: usize,
        /// With which server, by the name that the client gives it.
        server: Text,
        /// Which server the client is told instead, by whoever controls the network (A2).
        instead: Option<Text>,
        /// How far it goes.
        pause: Pause,
    },
    /// A user goes on with a page that he had left open, or in a frame; or what was late arrives.
    GoOn {
        /// Who.
        user: usize,
        /// In which tab.
        tab: Text,
    },
    /// The attacker's site makes a user's browser send a request.
    Lure {
        /// Whose browser.
        user: usize,
        /// How.
        bait: Bait,
        /// Which request.
        request: Arc<Request>,
        /// What the site posts to the window that it opened.
        message: Option<Fields>,
        /// How far it goes.
        pause: Pause,
    },
    /// The attacker sends a request with his own browser. He logs in with his own account and says yes where he is
    /// asked; where the browser is sent to another site he stops and looks.
    Browse {
        /// Which request.
        request: Arc<Request>,
    },
    /// The attacker starts a login in his own browser, as any user does.
    Begin {
        /// At which client, by its place in the setup.
        client: usize,
        /// With which server, by the name that the client gives it.
        server: Text,
    },
    /// One of the attacker's machines sends a request.
    Send {
        /// Which request.
        request: Arc<Request>,
        /// How often in the same moment.
        times: u8,
    },
    /// The attacker's authorization server redirects a browser that waits for its answer.
    Answer {
        /// Which of the waiting browsers, the oldest first.
        waiting: usize,
        /// To where.
        location: Url,
    },
    /// A client renews the tokens that it has for a user.
    Refresh {
        /// Which client.
        client: usize,
        /// For whom.
        user: usize,
    },
    /// A user takes back what he granted a client (RFC 9700 §4.14.2).
    Withdraw {
        /// Who.
        user: usize,
        /// From which client.
        client: usize,
    },
    /// One event of the world: a delivery, a fault, time.
    Event(Action),
}

impl Canonical for Move {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Start {
                user,
                client,
                server,
                instead,
                pause,
            } => {
                out.tag(0);
                out.length(*user);
                out.length(*client);
                server.encode(out);
                instead.encode(out);
                pause.encode(out);
            }
            Self::GoOn { user, tab } => {
                out.tag(1);
                out.length(*user);
                tab.encode(out);
            }
            Self::Lure {
                user,
                bait,
                request,
                message,
                pause,
            } => {
                out.tag(2);
                out.length(*user);
                bait.encode(out);
                request.as_ref().encode(out);
                message.encode(out);
                pause.encode(out);
            }
            Self::Browse { request } => {
                out.tag(3);
                request.as_ref().encode(out);
            }
            Self::Begin { client, server } => {
                out.tag(4);
                out.length(*client);
                server.encode(out);
            }
            Self::Send { request, times } => {
                out.tag(5);
                request.as_ref().encode(out);
                times.encode(out);
            }
            Self::Answer { waiting, location } => {
                out.tag(6);
                out.length(*waiting);
                location.encode(out);
            }
            Self::Refresh { client, user } => {
                out.tag(7);
                out.length(*client);
                out.length(*user);
            }
            Self::Withdraw { user, client } => {
                out.tag(8);
                out.length(*user);
                out.length(*client);
            }
            Self::Event(action) => {
                out.tag(9);
                action.encode(out);
            }
        }
    }
}

impl fmt::Display for Move {
    /// Without values: secrets stay secret.
    #[expect(clippy::too_many_lines, reason = "one arm for each case")]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start {
                user,
                client,
                server,
                instead,
                pause,
            } => {
                write!(
                    formatter,
                    "user {user} starts at client {client} with {server}"
                )?;
                if let Some(instead) = instead {
                    write!(formatter, ", which becomes {instead}")?;
                }
                write_pause(*pause, formatter)
            }
            Self::GoOn { user, tab } => write!(formatter, "user {user} goes on in tab {tab}"),
            Self::Lure {
                user,
                bait,
                request,
                pause,
                ..
            } => {
                write!(
                    formatter,
                    "a {} lures user {user} to {}",
                    bait.as_str(),
                    request.url.endpoint()
                )?;
                write_pause(*pause, formatter)
            }
            Self::Browse { request } => {
                write!(
                    formatter,
                    "the attacker browses to {}",
                    request.url.endpoint()
                )
            }
            Self::Begin { client, server } => {
                write!(
                    formatter,
                    "the attacker starts at client {client} with {server}"
                )
            }
            Self::Send { request, times } => {
                let twice = if *times > 1 { ", twice at once" } else { "" };
                write!(
                    formatter,
                    "the attacker sends a request to {}{twice}",
                    request.url.endpoint()
                )
            }
            Self::Answer { location, .. } => write!(
                formatter,
                "the attacker's server redirects the browser to {}",
                location::text_without_fragment(&Url::new(
                    &location.origin,
                    location.path.as_str()
                ))
            ),
            Self::Refresh { client, user } => {
                write!(
                    formatter,
                    "client {client} renews the tokens of user {user}"
                )
            }
            Self::Withdraw { user, client } => {
                write!(
                    formatter,
                    "user {user} takes back what client {client} may do"
                )
            }
            Self::Event(action) => write!(formatter, "{action:?}"),
        }
    }
}

fn write_pause(pause: Pause, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match pause {
        Pause::Never => Ok(()),
        Pause::AtPage => formatter.write_str(", and pauses at the page that asks"),
        Pause::BeforeResponse => formatter.write_str("; the response takes its time"),
    }
}
