//! What happens when nothing odd happens.

use grantlab_core::http::{Page, Press};
use grantlab_core::text::Text;

use crate::world::{Action, Intent, Party, World};

/// The tab in which a user pursues what he came for.
const TAB: &str = "1";

/// The next step of honest parties on an honest network: deliver what was sent first; when all is quiet start
/// what has stopped; then let the first user who is not there yet go on; then let time pass, if somebody is
/// waiting for something. `None` when everybody has what he came for.
#[must_use]
pub fn honest_step(world: &World) -> Option<Action> {
    if let Some(flight) = world.deliverable().next() {
        return Some(Action::Deliver(flight.id));
    }
    let down = (0_u16..).zip(world.nodes()).find(|(_, node)| !node.up);
    if let Some((place, _)) = down {
        return Some(Action::Restart(crate::party::PartyId(place)));
    }
    let wants = (0..world.users().len()).find_map(|user| next_intent(world, user));
    if let Some((user, tab, intent)) = wants {
        return Some(Action::User { user, tab, intent });
    }
    let delayed = world
        .flights()
        .iter()
        .any(|flight| flight.due > world.now());
    delayed.then_some(Action::Wait)
}

/// What a user wants next: to be logged in at the first client, and to go on with whatever asks for him in any
/// other tab. `None` when he has what he came for.
fn next_intent(world: &World, user: usize) -> Option<(usize, Text, Intent)> {
    let tab = Text::new(TAB);
    if !is_waiting(world, user) {
        match world.page(user, TAB) {
            None => return Some((user, tab, Intent::Visit { client: 0 })),
            Some(page) => {
                if let Some(intent) = intent_at(page) {
                    return Some((user, tab, intent));
                }
            }
        }
    }
    let mut others = world
        .users()
        .get(user)?
        .tabs()
        .filter(|other| **other != tab);
    others.find_map(|other| {
        Some((
            user,
            other.clone(),
            asked(world.page(user, other.as_str())?)?,
        ))
    })
}

fn is_waiting(world: &World, user: usize) -> bool {
    let Some(state) = world.users().get(user) else {
        return true;
    };
    let Some(node) = world.nodes().get(usize::from(state.browser.0)) else {
        return true;
    };
    let loading = if let Party::UserAgent(machine) = &node.party {
        machine.is_waiting(&Text::new(TAB))
    } else {
        false
    };
    loading
        && (world
            .flights()
            .iter()
            .any(|flight| flight.due > world.now())
            || world.next_moment().is_some())
}

/// What an honest user does at a page: what it asks of him; otherwise he starts the login that he came for, and
/// goes back to the client when a page leads nowhere. `None` when he is there.
fn intent_at(page: &Page) -> Option<Intent> {
    if let Some(intent) = asked(page) {
        return Some(intent);
    }
    if buttons(page).any(|(name, _)| name == "read" || name == "logout") {
        return None;
    }
    let login = buttons(page).find(|(name, _)| name == "login");
    Some(
        login.map_or(Intent::Visit { client: 0 }, |button| Intent::Press {
            button: button.clone(),
        }),
    )
}

/// What a page asks of an honest user: his own password, and his yes.
pub(crate) fn asked(page: &Page) -> Option<Intent> {
    let asks_password = page.forms.iter().any(|form| {
        form.fields
            .iter()
            .any(|field| field.name == "password" && !field.hidden)
    });
    if asks_password {
        let button = buttons(page).find(|(_, value)| value != "deny").cloned();
        return Some(Intent::Login {
            right: true,
            button,
        });
    }
    let approve = buttons(page).find(|(_, value)| value == "approve");
    approve.map(|button| Intent::Press {
        button: button.clone(),
    })
}

fn buttons(page: &Page) -> impl Iterator<Item = &(Text, Text)> {
    page.forms
        .iter()
        .filter(|form| form.press == Press::ByUser)
        .flat_map(|form| &form.buttons.0)
}
