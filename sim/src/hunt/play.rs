//! Carrying out moves: one initiative, and everything that follows from it, until nobody has anything more to do.

use std::sync::Arc;

use grantlab_core::authorization_server::Command as Administration;
use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::client::Command as Operation;
use grantlab_core::http::{
    Body, Encoded, Field, Fields, Form, Method, Page, PostMessage, Press, Request, Resource,
    ResourceKind,
};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::user_agent::Command;
use grantlab_core::value::{ClientId, SessionId, Subject};
use grantlab_core::wire::{form, location};

use crate::attacker::site::{LURE, redirect, with_scripts};
use crate::attacker::{Bait, Move, Pause};
use crate::party::PartyId;
use crate::provenance::FlowId;
use crate::trace::EntryId;
use crate::walk::asked;
use crate::world::{Intent, Party, World};

/// Pages that one initiative may ask its user about at most: login and consent, at a few servers in turn.
const QUESTIONS_MAX: u32 = 12;

/// What it takes to take something back.
const WITHDRAWING: Span = Span(1);

/// Tabs that one user opens in one run at most.
pub const TABS_MAX: u32 = 16;

/// A world in the middle of an attack, and what users left open in it.
#[derive(Clone, Debug)]
pub struct Position {
    /// The world.
    pub world: World,
    /// Pages that wait for their users: user and tab.
    open: Vec<(usize, Text)>,
    /// Flows whose authorization response is late: user and tab.
    late: Vec<(usize, Text)>,
    /// How long the trace was before the last step.
    before: EntryId,
}

impl Position {
    /// Before anything has happened.
    #[must_use]
    pub const fn new(world: World) -> Self {
        Self {
            world,
            open: Vec::new(),
            late: Vec::new(),
            before: 0,
        }
    }

    /// A hash of everything that decides what can happen from here on.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        let mut encoder = Encoder::default();
        self.world.fingerprint().encode(&mut encoder);
        self.encode_windows(&mut encoder);
        xxhash_rust::xxh3::xxh3_128(encoder.as_slice())
    }

    /// Whether nothing is late: what is, arrives with the next move, whatever that is.
    pub(super) const fn is_punctual(&self) -> bool {
        self.late.is_empty()
    }

    /// What users left open and what is late.
    pub(super) fn encode_windows(&self, encoder: &mut Encoder) {
        for list in [&self.open, &self.late] {
            let mut sorted: Vec<&(usize, Text)> = list.iter().collect();
            sorted.sort_unstable();
            encoder.length(sorted.len());
            for (user, tab) in sorted {
                encoder.length(*user);
                tab.encode(encoder);
            }
        }
    }

    /// The tabs in which users can go on: pages that they left open, frames, and responses that are late.
    pub fn unfinished(&self) -> impl Iterator<Item = &(usize, Text)> {
        self.open.iter().chain(&self.late)
    }

    /// Takes one step, and lets everything follow from it.
    pub fn play(&mut self, step: &Move) {
        let mut late = std::mem::take(&mut self.late);
        late.sort_unstable();
        self.begin(step);
        self.follow();
        // What was late when the step began has arrived by now.
        for (user, tab) in late {
            self.world.hold(user, tab.as_str(), false);
            self.follow();
        }
        self.tidy();
    }

    /// Users close the windows that have nothing more for them.
    fn tidy(&mut self) {
        for user in 0..self.world.users().len() {
            for tab in self.idle_tabs(user) {
                self.world.forget(user, &tab);
            }
        }
    }

    /// Windows in which nothing is loading and nothing is asked, with all that they opened.
    fn idle_tabs(&self, user: usize) -> Vec<Text> {
        let Some(machine) = self.world.browser_of(user) else {
            return Vec::new();
        };
        let base = |tab: &Text| Text::new(tab.as_str().split('/').next().unwrap_or_default());
        let busy: Vec<Text> = machine
            .tabs()
            .filter(|tab| machine.is_waiting(tab) || machine.page(tab).and_then(asked).is_some())
            .map(base)
            .collect();
        let waits = |tab: &Text| {
            let mut unfinished = self.unfinished();
            unfinished.any(|(who, what)| *who == user && base(what) == base(tab))
        };
        let idle = machine
            .tabs()
            .filter(|tab| !busy.contains(&base(tab)) && !waits(tab));
        idle.cloned().collect()
    }

    /// Takes one step, and lets nothing follow from it.
    pub fn play_once(&mut self, step: &Move) {
        self.begin(step);
    }

    /// How long the trace was before the last step.
    #[must_use]
    pub const fn before(&self) -> EntryId {
        self.before
    }

    fn begin(&mut self, step: &Move) {
        self.before = self.world.trace().next_id();
        match step {
            Move::Start {
                user,
                client,
                server,
                instead,
                pause,
            } => {
                self.start(*user, *client, server, instead.as_ref(), *pause);
            }
            Move::GoOn { user, tab } => self.go_on(*user, tab),
            Move::Lure {
                user,
                bait,
                request,
                message,
                pause,
            } => {
                self.lure(*user, *bait, request, message.as_ref(), *pause);
            }
            Move::Browse { request } => self.browse(request),
            Move::Begin { client, server } => {
                if let Some(user) = self.own_user() {
                    self.start(user, *client, server, None, Pause::Never);
                }
            }
            Move::Send { request, times } => self.send(request, *times),
            Move::Answer { waiting, location } => {
                if let (Some(Encoded::Fields(fields)), Some(machine)) =
                    (&location.query, self.world.attacker_mut())
                {
                    machine.ask_for(fields);
                }
                self.world.answer_waiting(*waiting, redirect(location));
            }
            Move::Refresh { client, user } => self.refresh(*client, *user),
            Move::Withdraw { user, client } => self.withdraw(*user, *client),
            Move::Event(action) => self.world.step(action),
        }
    }

    fn own_user(&self) -> Option<usize> {
        self.world
            .setup()
            .attacker
            .as_ref()
            .map(|attacker| attacker.user)
    }

    /// `1`, `2`, … for what a user begins himself.
    fn fresh_tab(&self, user: usize, prefix: &str) -> Text {
        let begun = self.world.users().get(user).map_or(0, |state| {
            state
                .tabs()
                .filter(|tab| tab.as_str().strip_prefix(prefix).is_some_and(is_number))
                .count()
        });
        Text::from(format!("{prefix}{}", begun.saturating_add(1)))
    }

    fn start(
        &mut self,
        user: usize,
        client: usize,
        server: &Text,
        instead: Option<&Text>,
        pause: Pause,
    ) {
        let tab = self.fresh_tab(user, "");
        self.world
            .act(user, tab.as_str(), &Intent::Visit { client });
        self.world.settle();
        if pause == Pause::BeforeResponse {
            self.slow(user, &tab);
        }
        self.world.rewrite_next_start(instead.cloned());
        let button = (Text::new("login"), server.clone());
        self.world
            .act(user, tab.as_str(), &Intent::Press { button });
        self.pause(user, tab, pause);
    }

    fn slow(&mut self, user: usize, tab: &Text) {
        if let Some(flow) = self.flow(user, tab) {
            self.world.slow_down(flow);
        }
    }

    fn flow(&self, user: usize, tab: &Text) -> Option<FlowId> {
        self.world.users().get(user)?.flow(tab.as_str())
    }

    fn pause(&mut self, user: usize, tab: Text, pause: Pause) {
        match pause {
            Pause::Never => {}
            Pause::AtPage => self.open.push((user, tab)),
            Pause::BeforeResponse => self.late.push((user, tab)),
        }
    }

    fn go_on(&mut self, user: usize, tab: &Text) {
        let here = |(who, what): &(usize, Text)| *who == user && what == tab;
        if self.late.iter().any(here) {
            self.late.retain(|entry| !here(entry));
            self.world.hold(user, tab.as_str(), false);
        } else {
            self.open.retain(|entry| !here(entry));
            self.answer_page(user, tab);
        }
    }

    fn lure(
        &mut self,
        user: usize,
        bait: Bait,
        request: &Request,
        message: Option<&Fields>,
        pause: Pause,
    ) {
        let Some(attacker) = self.world.setup().attacker.clone() else {
            return;
        };
        let tab = self.fresh_tab(user, "lure");
        let target = location::text(&request.url);
        if let Some(machine) = self.world.attacker_mut() {
            if let Some(Encoded::Fields(fields)) = &request.url.query {
                machine.ask_for(fields);
            }
            machine.lay(bait_page(bait, request, &target, message));
        }
        let url = attacker.at(LURE);
        let open = Command::Open {
            tab: tab.clone(),
            url,
        };
        if pause == Pause::BeforeResponse {
            // The tab has no flow before it is opened.
            self.world
                .browse(user, tab.as_str(), open, "follows a lure");
            self.slow(user, &tab);
        } else {
            self.world
                .browse(user, tab.as_str(), open, "follows a lure");
        }
        self.world.settle();
        match bait {
            Bait::Link => {
                let follow = Command::Follow {
                    tab: tab.clone(),
                    link: 0,
                };
                self.world
                    .browse(user, tab.as_str(), follow, "follows a link");
            }
            Bait::Popup => {
                let popup = Text::from(format!("{tab}/popup"));
                let open = Command::OpenFromPage {
                    opener: tab.clone(),
                    tab: popup,
                    url: Text::from(target),
                };
                self.world
                    .browse(user, tab.as_str(), open, "clicks, and a window opens");
            }
            Bait::Image | Bait::Frame | Bait::Form => {}
        }
        self.pause(user, tab, pause);
    }

    fn browse(&mut self, request: &Request) {
        let Some(user) = self.own_user() else {
            return;
        };
        let tab = self.fresh_tab(user, "");
        let target = Text::from(location::text(&request.url));
        let url = match request.method {
            Method::Post => {
                let page = bait_page(Bait::Form, request, target.as_str(), None);
                if let Some(machine) = self.world.attacker_mut() {
                    machine.lay(page);
                }
                let own = self.world.setup().attacker.as_ref();
                own.map_or(target, |own| own.at(LURE))
            }
            Method::Get | Method::Other(_) => target,
        };
        if let Some(Encoded::Fields(fields)) = &request.url.query
            && let Some(machine) = self.world.attacker_mut()
        {
            machine.browse(fields);
        }
        let open = Command::Open {
            tab: tab.clone(),
            url,
        };
        self.world
            .browse(user, tab.as_str(), open, "opens an address");
    }

    fn send(&mut self, request: &Request, times: u8) {
        for _ in 0..times {
            self.world.send_as_attacker(request.clone());
        }
    }

    fn refresh(&mut self, client: usize, user: usize) {
        if let Some((party, session)) = self.session(client, user) {
            self.world.operate(
                party,
                Operation::Refresh { session },
                "refreshes its tokens",
            );
        }
    }

    /// The session that a client has tokens for, opened in a user's browser: of several, the first by the name of its
    /// tab.
    #[must_use]
    pub fn session(&self, client: usize, user: usize) -> Option<(PartyId, SessionId)> {
        let name = self.world.setup().clients.get(client)?.name.clone();
        let party = self.world.party(name.as_str())?;
        let Party::Client(machine) = &self.world.nodes().get(usize::from(party.0))?.party else {
            return None;
        };
        let owner = format!("{}.", self.world.setup().users.get(user)?.name);
        let provenance = self.world.trace().provenance();
        let sessions = machine.sessions().filter_map(|session| {
            let minted = provenance.find(session.as_str())?;
            let flow = provenance.flow_name(minted.flow);
            flow.starts_with(&owner).then_some((flow, session))
        });
        let (_, session) = sessions.min_by_key(|(flow, _)| *flow)?;
        Some((party, session.clone()))
    }

    fn withdraw(&mut self, user: usize, client: usize) {
        let Some((server, command)) = self.withdrawal(user, client) else {
            return;
        };
        self.world
            .administer(server.as_str(), &command, "takes back what was granted");
        // What is granted again is granted later: servers tell by the moment.
        self.world.take_time(WITHDRAWING);
    }

    fn withdrawal(&self, user: usize, client: usize) -> Option<(Text, Administration)> {
        let setup = self.world.setup();
        let provider = setup.clients.get(client)?.configuration.providers.first()?;
        let subject = Subject::new(setup.users.get(user)?.name.clone()).ok()?;
        let client_id: ClientId = provider.client_id.clone();
        let command = Administration::RevokeConsent { subject, client_id };
        Some((setup.servers.first()?.name.clone(), command))
    }

    /// Delivers what is on its way, and lets users answer what they are asked, until all is quiet.
    fn follow(&mut self) {
        for _ in 0..QUESTIONS_MAX {
            self.world.settle();
            let Some((user, tab)) = self.question() else {
                return;
            };
            self.answer_page(user, &tab);
        }
    }

    /// The first window by name whose page asks its user something, unless he left it open or it is a frame.
    fn question(&mut self) -> Option<(usize, Text)> {
        let mut framed = Vec::new();
        let mut found = None;
        for user in 0..self.world.users().len() {
            let Some(machine) = self.world.browser_of(user) else {
                continue;
            };
            let mut tabs: Vec<&Text> = machine.tabs().collect();
            tabs.sort_unstable();
            for tab in tabs {
                let asks = machine.page(tab).and_then(asked).is_some();
                let known = self
                    .open
                    .iter()
                    .any(|(who, what)| *who == user && what == tab);
                if !asks || known {
                    continue;
                }
                if tab.as_str().contains("/frame") {
                    framed.push((user, tab.clone()));
                } else if found.is_none() {
                    found = Some((user, tab.clone()));
                }
            }
        }
        self.open.extend(framed);
        found
    }

    fn answer_page(&mut self, user: usize, tab: &Text) {
        let intent = self.world.page(user, tab.as_str()).and_then(asked);
        let answered = intent.is_some_and(|intent| self.world.act(user, tab.as_str(), &intent));
        if !answered {
            // Nothing that he could do: he leaves it.
            self.open.push((user, tab.clone()));
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// The page that makes a browser send `request`.
fn bait_page(bait: Bait, request: &Request, target: &str, message: Option<&Fields>) -> Page {
    let mut page = Page {
        title: Text::new("A nice page"),
        ..Page::default()
    };
    let resource = |kind| Resource {
        url: Text::new(target),
        kind,
    };
    match bait {
        Bait::Link | Bait::Popup => page.links.push(Text::new(target)),
        Bait::Image => page.resources.push(resource(ResourceKind::Content)),
        Bait::Frame => page.resources.push(resource(ResourceKind::Frame)),
        Bait::Form => page.forms.push(forged_form(request, target)),
    }
    if let Some(data) = message {
        page.messages.push(PostMessage {
            target_origin: Text::new("*"),
            data: data.clone(),
        });
    }
    match bait {
        // The form that sends itself comes first; the page has no time for anything else.
        Bait::Form => page,
        Bait::Link | Bait::Image | Bait::Frame | Bait::Popup => with_scripts(page),
    }
}

fn forged_form(request: &Request, target: &str) -> Form {
    let fields = match &request.body {
        Body::Form(encoded) => form::pairs(encoded)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default(),
        Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => Fields::EMPTY,
    };
    let fields = fields.0.into_iter();
    Form {
        action: Text::new(target),
        post: request.method == Method::Post,
        fields: fields
            .map(|(name, value)| Field {
                name,
                value,
                hidden: true,
            })
            .collect(),
        buttons: Fields::EMPTY,
        press: Press::OnLoad,
    }
}

/// Shares a request among moves.
#[must_use]
pub fn shared(request: Request) -> Arc<Request> {
    Arc::new(request)
}
