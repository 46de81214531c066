//! The users: what they see in their browsers, and what they want.

use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::{Form, Page, Press, Scheme};
use grantlab_core::text::Text;
use grantlab_core::user_agent::{Command, UserAgent};

use super::World;
use super::network::Origination;
use super::node::{Party, Told};
use crate::party::PartyId;
use crate::provenance::{FlowId, Path, Provenance};
use crate::setup::UserSetup;
use crate::trace::What;

/// A user at his browser.
#[derive(Clone, Debug)]
pub struct UserState {
    /// His browser.
    pub browser: PartyId,
    /// The flow of each tab: what he began there last.
    tabs: Vec<(Text, FlowId)>,
    /// How often he did the same thing in the same flow, in the order of the things.
    done: Vec<(u64, u32)>,
}

/// What a user can do at a page by himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Opens the home page of a client.
    Visit {
        /// Which client, by its place in the setup.
        client: usize,
    },
    /// Types his name and password into the form and presses a button.
    Login {
        /// Whether the password is right.
        right: bool,
        /// The button: its name and value.
        button: Option<(Text, Text)>,
    },
    /// Presses a button.
    Press {
        /// Its name and value.
        button: (Text, Text),
    },
}

/// What a wrong password looks like.
pub(super) const WRONG_PASSWORD: &str = "wrong";

impl UserState {
    /// A user who has done nothing yet.
    #[must_use]
    pub const fn new(browser: PartyId) -> Self {
        Self {
            browser,
            tabs: Vec::new(),
            done: Vec::new(),
        }
    }

    /// The flow of a tab.
    #[must_use]
    pub fn flow(&self, tab: &str) -> Option<FlowId> {
        self.tabs
            .iter()
            .find(|(name, _)| name == tab)
            .map(|(_, flow)| *flow)
    }

    /// The tabs that he opened.
    pub fn tabs(&self) -> impl Iterator<Item = &Text> {
        self.tabs.iter().map(|(name, _)| name)
    }

    fn count(&mut self, what: u64) -> u32 {
        let place = self.done.binary_search_by_key(&what, |(key, _)| *key);
        if let Err(place) = place {
            self.done.insert(place, (what, 0));
            return 0;
        }
        let known = place.ok().and_then(|place| self.done.get_mut(place));
        known.map_or(0, |(_, count)| {
            *count = count.saturating_add(1);
            *count
        })
    }
}

impl UserState {
    /// What decides what he can do. How often he did something decides the names of fresh values and nothing else;
    /// flows stand for themselves by name, since their numbers say in which order they began.
    pub(super) fn encode(&self, flows: &Provenance, out: &mut Encoder) {
        let tabs = self.tabs.iter();
        let mut tabs: Vec<(&Text, &str)> = tabs
            .map(|(tab, flow)| (tab, flows.flow_name(*flow)))
            .collect();
        tabs.sort_unstable();
        out.length(tabs.len());
        for (tab, flow) in tabs {
            tab.encode(out);
            flow.encode(out);
        }
    }
}

impl World {
    /// The user called `name`, by his place in the setup.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<usize> {
        self.setup.users.iter().position(|user| user.name == name)
    }

    /// What a user sees in a tab.
    #[must_use]
    pub fn page(&self, user: usize, tab: &str) -> Option<&Page> {
        self.browser_of(user)?.page(&Text::new(tab))
    }

    /// The browser of a user.
    #[must_use]
    pub fn browser_of(&self, user: usize) -> Option<&UserAgent> {
        let browser = self.users.get(user)?.browser;
        match &self.nodes.get(usize::from(browser.0))?.party {
            Party::UserAgent(machine) => Some(machine),
            Party::Client(_)
            | Party::AuthorizationServer { .. }
            | Party::GrantStore(_)
            | Party::ResourceServer(_)
            | Party::Attacker(_)
            | Party::Tester => None,
        }
    }

    /// Lets a user do something in his browser. `words` say what, for the trace.
    pub fn browse(&mut self, user: usize, tab: &str, command: Command, words: &str) {
        let Some(name) = self.setup.users.get(user).map(|user| user.name.clone()) else {
            return;
        };
        let begins = match &command {
            Command::Open { .. } => true,
            // A window inside what a tab began belongs to the flow of that tab.
            Command::OpenFromPage { tab, .. } => !tab.as_str().contains('/'),
            Command::Follow { .. }
            | Command::Fill { .. }
            | Command::Press { .. }
            | Command::Back { .. }
            | Command::Reload { .. }
            | Command::Close { .. } => false,
        };
        let flow_name = if begins {
            self.fresh_flow_name(user, &name, tab)
        } else {
            None
        };
        let Some(state) = Arc::make_mut(&mut self.users).get_mut(user) else {
            return;
        };
        let flow = match (flow_name, state.flow(tab)) {
            (Some(fresh), _) => {
                let flow = self.trace.provenance_mut().flow(&fresh);
                state.tabs.retain(|(open, _)| open != tab);
                state.tabs.push((Text::new(tab), flow));
                flow
            }
            (None, Some(flow)) => flow,
            (None, None) => match state.flow(tab.split('/').next().unwrap_or(tab)) {
                Some(flow) => flow,
                None => return,
            },
        };
        let key = Path::root(&(
            name,
            (
                Text::from(self.trace.provenance().flow_name(flow)),
                Text::new(words),
            ),
        ));
        let [low @ .., _, _, _, _, _, _, _, _] = key.0.to_le_bytes();
        let nth = state.count(u64::from_le_bytes(low));
        let browser = state.browser;
        self.steps = self.steps.saturating_add(1);
        let intention = self.intention(user, tab, &command);
        let mut cause = self.record(browser, flow, None, What::Acted(Text::new(words)));
        if let Some(intended) = intention {
            cause = self.record(browser, flow, Some(cause), intended);
        }
        self.tell(
            browser,
            Told::Browse(command),
            Origination {
                cause,
                path: key.child(browser, nth),
                flow,
            },
        );
    }

    /// What a user says with the login button of a client's own page, in a window of his own: at which client he
    /// wants to log in and with which authorization server.
    fn intention(&self, user: usize, tab: &str, command: &Command) -> Option<What> {
        let Command::Press {
            button: Some((name, server)),
            ..
        } = command
        else {
            return None;
        };
        let Party::UserAgent(machine) = &self
            .nodes
            .get(usize::from(self.users.get(user)?.browser.0))?
            .party
        else {
            return None;
        };
        let own_window = !tab.contains('/');
        let origin = &machine.url(&Text::new(tab))?.origin;
        let client = self
            .setup
            .clients
            .iter()
            .find(|client| client.configuration.origin == *origin)?;
        (own_window && name == "login").then(|| What::Intended {
            client: client.name.clone(),
            server: server.clone(),
        })
    }

    /// `alice.1` for what she does first in tab 1, `alice.1.2` for what she begins there next.
    fn fresh_flow_name(&self, user: usize, name: &Text, tab: &str) -> Option<String> {
        let base = format!("{name}.{tab}");
        let before = self
            .users
            .get(user)?
            .flow(tab)
            .map(|flow| self.trace.provenance().flow_name(flow).to_owned());
        Some(match before.as_deref() {
            None => base,
            Some(before) => {
                let begun = before
                    .strip_prefix(&base)
                    .and_then(|rest| rest.strip_prefix('.'));
                let count = begun.and_then(|count| count.parse().ok()).unwrap_or(1_u32);
                format!("{base}.{}", count.saturating_add(1))
            }
        })
    }

    /// A user closes a window that has nothing more for him, with its frames. Nobody notices.
    pub(crate) fn forget(&mut self, user: usize, tab: &Text) {
        let Some(state) = Arc::make_mut(&mut self.users).get_mut(user) else {
            return;
        };
        state.tabs.retain(|(open, _)| open != tab);
        let browser = state.browser;
        if let Some(seat) = self.nodes.get_mut(usize::from(browser.0))
            && let Party::UserAgent(machine) = &mut seat.node_mut().party
        {
            machine.forget(tab);
        }
    }

    /// Holds back, or releases, the messages of a tab.
    pub fn hold(&mut self, user: usize, tab: &str, hold: bool) {
        if let Some(flow) = self.users.get(user).and_then(|state| state.flow(tab)) {
            if hold {
                self.network.hold(flow);
            } else {
                self.network.release(flow);
            }
        }
    }

    /// Lets a user do what he wants at the page that he sees. `false` when that page has no place for it.
    pub fn act(&mut self, user: usize, tab: &str, intent: &Intent) -> bool {
        match intent {
            Intent::Visit { client } => {
                let Some(client) = self.setup.clients.get(*client) else {
                    return false;
                };
                let url = Text::from(format!("{}/", client.configuration.origin));
                let words = format!("opens {}", client.name);
                self.browse(
                    user,
                    tab,
                    Command::Open {
                        tab: Text::new(tab),
                        url,
                    },
                    &words,
                );
                true
            }
            Intent::Press { button } => self.press(user, tab, button),
            Intent::Login { right, button } => {
                self.type_and_press(user, tab, *right, button.clone())
            }
        }
    }

    fn press(&mut self, user: usize, tab: &str, button: &(Text, Text)) -> bool {
        let there = self
            .page(user, tab)
            .is_some_and(|page| form_with(page, button).is_some());
        if there {
            let words = format!("presses {}={}", button.0, button.1);
            let command = Command::Press {
                tab: Text::new(tab),
                button: Some(button.clone()),
            };
            self.browse(user, tab, command, &words);
        }
        there
    }

    fn type_and_press(
        &mut self,
        user: usize,
        tab: &str,
        right: bool,
        button: Option<(Text, Text)>,
    ) -> bool {
        let is_login = self
            .page(user, tab)
            .is_some_and(|page| login_form(page).is_some());
        let Some((username, password)) = self.credentials(user, tab).filter(|_| is_login) else {
            return false;
        };
        let password = if right {
            password
        } else {
            Text::new(WRONG_PASSWORD)
        };
        let fields = [("username", username), ("password", password)];
        for (name, value) in fields {
            let words = format!(
                "types {}{name}",
                if right || name == "username" {
                    "his "
                } else {
                    "a wrong "
                }
            );
            let command = Command::Fill {
                tab: Text::new(tab),
                name: Text::new(name),
                value,
            };
            self.browse(user, tab, command, &words);
        }
        if let Some(button) = button {
            let words = format!("presses {}={}", button.0, button.1);
            self.browse(
                user,
                tab,
                Command::Press {
                    tab: Text::new(tab),
                    button: Some(button),
                },
                &words,
            );
        }
        true
    }

    /// What the user types at the page that he sees: a password goes to its own origin alone.
    fn credentials(&self, user: usize, tab: &str) -> Option<(Text, Text)> {
        let browser = self.users.get(user)?.browser;
        let Party::UserAgent(machine) = &self.nodes.get(usize::from(browser.0))?.party else {
            return None;
        };
        let origin = &machine.url(&Text::new(tab))?.origin;
        let UserSetup { credentials, .. } = self.setup.users.get(user)?;
        let known = credentials
            .iter()
            .find(|(at, _, _)| at == origin && origin.scheme == Scheme::Https);
        let known = known.or_else(|| credentials.iter().find(|(at, _, _)| at == origin));
        known.map(|(_, username, password)| (username.text().clone(), password.text().clone()))
    }
}

/// The form that asks for a password.
#[must_use]
pub(super) fn login_form(page: &Page) -> Option<&Form> {
    page.forms.iter().find(|form| {
        form.fields
            .iter()
            .any(|field| field.name == "password" && !field.hidden)
    })
}

/// The form that has a button.
#[must_use]
pub(super) fn form_with<'a>(page: &'a Page, button: &(Text, Text)) -> Option<&'a Form> {
    page.forms
        .iter()
        .find(|form| form.press == Press::ByUser && form.buttons.0.contains(button))
}
