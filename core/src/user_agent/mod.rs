//! The user-agent: tabs, popups and frames on one cookie jar.
//!
//! It does what browsers do where the flow depends on it, and says in events what it tells to whom: redirects
//! and fragments (`redirect`), `Referer` and `Origin` (`referrer`), cookies (`cookies`), forms (`forms`), frames,
//! popups and messages between windows (`windows`). Where browsers differ, a switch of [`policy`] decides.

mod cookies;
mod fetch;
mod forms;
mod native;
mod navigation;
pub mod policy;
mod redirect;
mod referrer;
mod site;
mod tab;
mod windows;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::http::{Fields, Page, Response, Url};
use crate::machine::{Context, ExchangeId, Failure, Machine};
use crate::text::Text;
use crate::time::Timestamp;
use cookies::Jar;
use fetch::Fetch;
use policy::UserAgentPolicy;
use tab::Tabs;

/// What a user-agent can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// By its user.
    Command(Command),
    /// By the network: a response.
    Response {
        /// The request that it answers.
        exchange: ExchangeId,
        /// The response.
        response: Arc<Response>,
    },
    /// By the network: there will be no response.
    Failed {
        /// The request.
        exchange: ExchangeId,
        /// Why.
        failure: Failure,
    },
}

/// What the user, or a page's own script, does. A frame is a tab called `<tab>/frame<n>`, counted from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Types an address, or picks a bookmark: no page asks for it, so there is no `Referer` and every cookie goes
    /// along.
    Open {
        /// Where; a new tab if there is none of that name.
        tab: Text,
        /// The address.
        url: Text,
    },
    /// Follows a link.
    Follow {
        /// Where.
        tab: Text,
        /// Which, counted from zero.
        link: u32,
    },
    /// Types into a visible field, in every form of the page that has it.
    Fill {
        /// Where.
        tab: Text,
        /// The name of the field.
        name: Text,
        /// What is in it afterwards.
        value: Text,
    },
    /// Presses a button, which sends its form; or the return key, which sends the first form.
    Press {
        /// Where.
        tab: Text,
        /// Name and value of the button.
        button: Option<(Text, Text)>,
    },
    /// Goes back to the page before.
    Back {
        /// Where.
        tab: Text,
    },
    /// Loads the page once more.
    Reload {
        /// Where.
        tab: Text,
    },
    /// Closes a tab with all its frames.
    Close {
        /// Which.
        tab: Text,
    },
    /// A page opens a window that it can be reached from (`window.open`).
    OpenFromPage {
        /// The tab of that page.
        opener: Text,
        /// The window; a new one if there is none of that name.
        tab: Text,
        /// Where it goes, maybe relative to that page.
        url: Text,
    },
}

/// Something that a page loads and that has not come yet.
#[derive(Clone, PartialEq, Eq)]
struct Load {
    exchange: ExchangeId,
    tab: Text,
    fetch: Fetch,
}

crate::canonical_struct!(Load {
    exchange,
    tab,
    fetch
});

/// A browser.
#[derive(Clone, PartialEq, Eq)]
pub struct UserAgent {
    policy: UserAgentPolicy,
    tabs: Tabs,
    cookies: Jar,
    loads: Vec<Load>,
    /// Navigations since the user last did something.
    scripted: u8,
}

crate::canonical_struct!(UserAgent {
    policy,
    tabs,
    cookies,
    loads,
    scripted
});

impl UserAgent {
    /// A browser without tabs and cookies.
    #[must_use]
    pub fn new(policy: UserAgentPolicy) -> Self {
        Self {
            policy,
            tabs: Tabs::default(),
            cookies: Jar::default(),
            loads: Vec::new(),
            scripted: 0,
        }
    }

    /// The page that the user sees in a tab; none when there is no such tab, or when no page came.
    #[must_use]
    pub fn page(&self, tab: &Text) -> Option<&Page> {
        self.tabs.find(tab)?.document.as_ref()?.page.as_ref()
    }

    /// The address of what a tab shows, with its fragment.
    #[must_use]
    pub fn url(&self, tab: &Text) -> Option<&Url> {
        Some(self.tabs.find(tab)?.document.as_ref()?.url())
    }

    /// The names of all tabs, popups and frames, in the order in which they were opened.
    pub fn tabs(&self) -> impl Iterator<Item = &Text> {
        self.tabs.0.iter().map(|tab| &tab.name)
    }

    /// Whether a tab is on its way to another page.
    #[must_use]
    pub fn is_waiting(&self, tab: &Text) -> bool {
        self.tabs
            .find(tab)
            .is_some_and(|tab| tab.navigation.is_some())
    }

    /// What the user has typed into the page of a tab so far, by field.
    #[must_use]
    pub fn fields(&self, tab: &Text) -> Option<&Fields> {
        self.tabs.find(tab).map(|tab| &tab.typed)
    }

    /// Closes a tab as its user does, without a word.
    pub fn forget(&mut self, tab: &Text) {
        self.close(tab);
    }

    fn obey(&mut self, command: Command, ctx: &mut Context<'_>) {
        self.scripted = 0;
        match command {
            Command::Open { tab, url } => self.open(&tab, url.as_str(), ctx),
            Command::Follow { tab, link } => self.follow(&tab, link, ctx),
            Command::Fill { tab, name, value } => self.fill(&tab, &name, value, ctx),
            Command::Press { tab, button } => self.press(&tab, button.as_ref(), ctx),
            Command::Back { tab } => self.back(&tab, ctx),
            Command::Reload { tab } => self.reload(&tab, ctx),
            Command::Close { tab } => self.close(&tab),
            Command::OpenFromPage { opener, tab, url } => {
                self.open_from_page(&opener, &tab, url.as_str(), ctx);
            }
        }
    }
}

impl Machine for UserAgent {
    type Input = Input;

    fn handle(&mut self, input: Input, ctx: &mut Context<'_>) {
        match input {
            Input::Command(command) => self.obey(command, ctx),
            Input::Response { exchange, response } => self.receive(exchange, &response, ctx),
            Input::Failed { exchange, failure } => self.give_up(exchange, failure, ctx),
        }
    }

    /// A user-agent waits for as long as its user does.
    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }
}

impl fmt::Debug for UserAgent {
    /// Tabs and where they are; what is typed and sent stays hidden.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(self.tabs.0.iter().map(|tab| {
                let url = tab.document.as_ref().map(|shown| shown.url().endpoint());
                (&tab.name, url)
            }))
            .finish()
    }
}
