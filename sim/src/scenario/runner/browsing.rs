//! What users do in their browsers.

use grantlab_core::http::{Page, Press as PressedBy};
use grantlab_core::text::Text;
use grantlab_core::user_agent::Command;
use grantlab_core::wire;

use super::requests;
use super::stage::{Hitch, Stage};
use crate::scenario::names::{ClientName, User};
use crate::scenario::step::{
    Approve, Fill, Follow, Open, Popup, Press, Start, Visit, WrongPassword,
};
use crate::world::Intent;

/// The buttons of the pages that grantlab's own parties show: name and value.
type Button<'a> = (&'a str, &'a str);

const LOG_IN: Button<'_> = ("action", "login");
const APPROVE: Button<'_> = ("decision", "approve");
const DENY: Button<'_> = ("decision", "deny");
const LOG_OUT: Button<'_> = ("logout", "session");

/// A user at one of his tabs.
#[derive(Clone, Copy)]
pub(super) struct Seat<'a> {
    user: usize,
    name: &'static str,
    tab: &'a str,
}

impl Stage<'_> {
    pub(super) fn seat<'s>(&self, user: User, tab: &'s str) -> Result<Seat<'s>, Hitch> {
        let name = user.as_str();
        let user = self
            .position
            .world
            .user(name)
            .ok_or_else(|| format!("there is no {name}"))?;
        Ok(Seat { user, name, tab })
    }

    pub(super) fn start(&mut self, parts: &Start) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.tab)?;
        self.visit(seat, parts.client)?;
        self.press(seat, ("login", parts.server.as_str()))
    }

    /// Opens a client's home page and waits for it.
    pub(super) fn visit(&mut self, seat: Seat<'_>, client: ClientName) -> Result<(), Hitch> {
        let mut clients = self.position.world.setup().clients.iter();
        let client = clients
            .position(|known| known.name == client.as_str())
            .ok_or("there is no such client")?;
        self.position
            .world
            .act(seat.user, seat.tab, &Intent::Visit { client });
        self.load(seat);
        Ok(())
    }

    /// Types name and password. A form that takes the decision too is not sent yet when the password is right.
    pub(super) fn log_in(&mut self, seat: Seat<'_>, right: bool) -> Result<(), Hitch> {
        let page = self.position.world.page(seat.user, seat.tab);
        let separate = page.is_some_and(|page| has_button(page, LOG_IN));
        let button = match (separate, right) {
            (true, true | false) => Some(owned(LOG_IN)),
            (false, true) => None,
            (false, false) => Some(owned(APPROVE)),
        };
        let intent = Intent::Login { right, button };
        if self.position.world.act(seat.user, seat.tab, &intent) {
            Ok(())
        } else {
            Err(format!("{} cannot log in: {}", seat.name, self.sees(seat)))
        }
    }

    pub(super) fn mistype(&mut self, parts: &WrongPassword) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.tab)?;
        (0..parts.times).try_for_each(|_| {
            self.log_in(seat, false)?;
            self.load(seat);
            Ok(())
        })
    }

    pub(super) fn approve(&mut self, parts: &Approve) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.tab)?;
        if let Some(scope) = &parts.scope {
            self.fill(seat, "scope", scope);
        }
        self.press(seat, APPROVE)
    }

    pub(super) fn deny(&mut self, seat: Seat<'_>) -> Result<(), Hitch> {
        self.press(seat, DENY)
    }

    pub(super) fn log_out(&mut self, parts: &Visit) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.tab)?;
        self.visit(seat, parts.client)?;
        self.press(seat, LOG_OUT)
    }

    pub(super) fn open(&mut self, parts: &Open) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.tab)?;
        let url = wire::location::text(&requests::url(&parts.url, &parts.query, self)?);
        let tab = Text::new(seat.tab);
        self.command(
            seat,
            Command::Open {
                tab,
                url: url.into(),
            },
            "opens a link",
        )
    }

    pub(super) fn popup(&mut self, parts: &Popup) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.opener)?;
        let url = match &parts.url {
            Some(url) => Text::from(self.filled(url)?),
            None => self.link(seat, parts.link)?,
        };
        let (opener, tab) = (Text::new(seat.tab), Text::from(&parts.tab));
        let window = self.seat(parts.user, &parts.tab)?;
        let command = Command::OpenFromPage { opener, tab, url };
        self.command(window, command, "is shown a window")
    }

    /// A link of a page, counted from 1.
    fn link(&self, seat: Seat<'_>, number: u32) -> Result<Text, Hitch> {
        let page = self.position.world.page(seat.user, seat.tab);
        let place = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        page.and_then(|page| page.links.get(place))
            .cloned()
            .ok_or_else(|| format!("there is no link {number} in tab {}", seat.tab))
    }

    pub(super) fn follow(&mut self, parts: &Follow) -> Result<(), Hitch> {
        let seat = self.seat(parts.user, &parts.tab)?;
        let (tab, link) = (Text::new(seat.tab), parts.link.saturating_sub(1));
        self.command(seat, Command::Follow { tab, link }, "follows a link")
    }

    pub(super) fn press_named(&mut self, parts: &Press) -> Result<(), Hitch> {
        let button = parts.button.split_once('=');
        let button = button.ok_or("a button is written `name=value`")?;
        self.press(self.seat(parts.user, &parts.tab)?, button)
    }

    pub(super) fn fill_in(&mut self, parts: &Fill) -> Result<(), Hitch> {
        let value = self.filled(&parts.value)?;
        self.fill(self.seat(parts.user, &parts.tab)?, &parts.name, &value);
        Ok(())
    }

    pub(super) fn back(&mut self, seat: Seat<'_>) -> Result<(), Hitch> {
        let tab = Text::new(seat.tab);
        self.command(seat, Command::Back { tab }, "goes back")
    }

    pub(super) fn reload(&mut self, seat: Seat<'_>) -> Result<(), Hitch> {
        let tab = Text::new(seat.tab);
        self.command(seat, Command::Reload { tab }, "loads the page again")
    }

    pub(super) fn close(&mut self, seat: Seat<'_>) -> Result<(), Hitch> {
        let tab = Text::new(seat.tab);
        self.command(seat, Command::Close { tab }, "closes the tab")
    }

    pub(super) fn hold(&mut self, seat: Seat<'_>, hold: bool) -> Result<(), Hitch> {
        self.position.world.hold(seat.user, seat.tab, hold);
        Ok(())
    }

    /// Delivers what belongs to a tab, so that its page is there.
    fn load(&mut self, seat: Seat<'_>) {
        let state = self.position.world.users().get(seat.user);
        if let Some(flow) = state.and_then(|state| state.flow(seat.tab)) {
            self.settle(None, Some(flow));
        }
    }

    fn press(&mut self, seat: Seat<'_>, button: Button<'_>) -> Result<(), Hitch> {
        let intent = Intent::Press {
            button: owned(button),
        };
        if self.position.world.act(seat.user, seat.tab, &intent) {
            return Ok(());
        }
        let (name, value) = button;
        let sees = self.sees(seat);
        Err(format!("{} cannot press {name}={value}: {sees}", seat.name))
    }

    fn fill(&mut self, seat: Seat<'_>, name: &str, value: &str) {
        let words = format!("types {value} into {name}");
        let (tab, name, value) = (Text::new(seat.tab), Text::new(name), Text::new(value));
        self.position.world.browse(
            seat.user,
            seat.tab,
            Command::Fill { tab, name, value },
            &words,
        );
    }

    fn command(&mut self, seat: Seat<'_>, command: Command, words: &str) -> Result<(), Hitch> {
        self.position
            .world
            .browse(seat.user, seat.tab, command, words);
        Ok(())
    }

    /// What somebody sees, in words.
    fn sees(&self, seat: Seat<'_>) -> String {
        let Some(page) = self.position.world.page(seat.user, seat.tab) else {
            return format!("there is no page in tab {}", seat.tab);
        };
        let title = &page.title;
        let buttons: Vec<String> = buttons(page)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if buttons.is_empty() {
            format!("the page is \"{title}\" and has no buttons")
        } else {
            format!(
                "the page is \"{title}\" and has the buttons {}",
                buttons.join(", ")
            )
        }
    }
}

fn owned((name, value): Button<'_>) -> (Text, Text) {
    (Text::new(name), Text::new(value))
}

fn buttons(page: &Page) -> impl Iterator<Item = &(Text, Text)> {
    let forms = page
        .forms
        .iter()
        .filter(|form| form.press == PressedBy::ByUser);
    forms.flat_map(|form| &form.buttons.0)
}

fn has_button(page: &Page, (name, value): Button<'_>) -> bool {
    buttons(page).any(|button| button.0 == name && button.1 == value)
}
