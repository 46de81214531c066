//! A move in words: who does what, with every value by the name of its provenance.

use grantlab_core::http::Request;
use grantlab_core::wire::location;

use crate::attacker::{Bait, Move, Pause};
use crate::setup::Setup;
use crate::trace::{Payload, Summary, Trace};
use crate::world::Action;

/// Says what a move is. The trace of the run knows the names of its values.
#[must_use]
pub fn words(one: &Move, setup: &Setup, trace: &Trace) -> String {
    let names = Names { setup, trace };
    match one {
        Move::Start {
            user,
            client,
            server,
            instead,
            pause,
        } => {
            let (user, client) = (names.user(*user), names.client(*client));
            let changed = instead
                .as_ref()
                .map(|instead| format!("; the attacker changes that into {instead} on its way"));
            format!(
                "{user} starts a login at {client} with {server}{}{}",
                changed.unwrap_or_default(),
                pause_words(*pause)
            )
        }
        Move::GoOn { user, tab } => {
            format!("{} goes on in tab {tab}", names.user(*user))
        }
        Move::Lure {
            user,
            bait,
            request,
            message,
            pause,
        } => {
            let posts = message.as_ref().map_or("", |_| ", and posts it a message");
            format!(
                "the attacker's site makes the browser of {} {} {}{posts}{}",
                names.user(*user),
                bait_words(*bait),
                names.request(request),
                pause_words(*pause)
            )
        }
        Move::Browse { request } => {
            format!("the attacker browses to {}", names.request(request))
        }
        Move::Begin { client, server } => format!(
            "the attacker starts a login at {} with {server}",
            names.client(*client)
        ),
        Move::Send { request, times } => {
            let often = match times {
                1 => String::new(),
                _ => format!(", {times} times at once"),
            };
            format!("the attacker sends {}{often}", names.request(request))
        }
        Move::Answer { location, .. } => format!(
            "the attacker's server redirects the browser that waits to {}",
            names.within(&location::text(location))
        ),
        Move::Refresh { client, user } => format!(
            "{} renews the tokens that it has for {}",
            names.client(*client),
            names.user(*user)
        ),
        Move::Withdraw { user, client } => format!(
            "{} takes back what {} may do",
            names.user(*user),
            names.client(*client)
        ),
        Move::Event(action) => action_words(action),
    }
}

const fn pause_words(pause: Pause) -> &'static str {
    match pause {
        Pause::Never => "",
        Pause::AtPage => ", and leaves the page open that asks",
        Pause::BeforeResponse => ", whose response takes its time",
    }
}

const fn bait_words(bait: Bait) -> &'static str {
    match bait {
        Bait::Link => "follow a link to",
        Bait::Image => "load a picture from",
        Bait::Frame => "show a frame of",
        Bait::Popup => "open a window with",
        Bait::Form => "send a form:",
    }
}

/// An event of the world. What is on its way has no name but its number.
fn action_words(action: &Action) -> String {
    match action {
        Action::User { tab, intent, .. } => format!("a user goes on in tab {tab}: {intent}"),
        Action::Deliver(flight) => format!("message {flight:?} arrives"),
        Action::Wait => "time passes".to_owned(),
        Action::Lose(flight) => format!("message {flight:?} gets lost"),
        Action::Duplicate(flight) => format!("message {flight:?} will arrive twice"),
        Action::Delay(flight, by) => format!("message {flight:?} is late by {} s", by.seconds()),
        Action::Crash(party) => format!("party {} stops", party.0),
        Action::Restart(party) => format!("party {} starts again", party.0),
    }
}

struct Names<'a> {
    setup: &'a Setup,
    trace: &'a Trace,
}

impl Names<'_> {
    fn user(&self, place: usize) -> &str {
        let user = self.setup.users.get(place);
        user.map_or("nobody", |user| user.name.as_str())
    }

    fn client(&self, place: usize) -> &str {
        let client = self.setup.clients.get(place);
        client.map_or("no client", |client| client.name.as_str())
    }

    /// Method, URL and parameters.
    fn request(&self, request: &std::sync::Arc<Request>) -> String {
        let payload = Payload::Request(request.clone());
        let Summary { head, parts } = Summary::of(&payload, self.trace.provenance());
        let mut words = head;
        for (name, value) in parts {
            words.push_str(&format!(" {name}={value}"));
        }
        words
    }

    fn within(&self, text: &str) -> String {
        let provenance = self.trace.provenance();
        let minted = provenance.minted().iter();
        minted.fold(text.to_owned(), |text, minted| {
            text.replace(minted.text.as_str(), &provenance.label_of(minted))
        })
    }
}
