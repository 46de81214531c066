//! Navigations from the first request to the page that is shown, and why some show none.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use core::fmt;

use super::cookies::Kept;
use super::fetch::Fetch;
use super::native;
use super::redirect;
use super::referrer::default_policy;
use super::tab::{Document, Entry, Navigation, Window};
use super::{Load, UserAgent};
use crate::event::Event;
use crate::http::{Body, Header, Page, Response, Scheme, Url};
use crate::limits::{REDIRECTS_MAX, SCRIPTED_NAVIGATIONS_MAX, TABS_MAX};
use crate::machine::{Context, ExchangeId, Failure};
use crate::text::Text;
use crate::wire::location::{self, UrlError};

/// Why no page is shown, or why a command cannot be obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// There is no such thing on the page, or no such page.
    Missing(&'static str),
    /// What should be a URL is none.
    Url(UrlError),
    /// The URL is for another program (RFC 8252 §7.1).
    Scheme(Text),
    /// One redirect more than [`REDIRECTS_MAX`].
    Redirects,
    /// One tab more than [`TABS_MAX`].
    Tabs,
    /// Pages go on by themselves, [`SCRIPTED_NAVIGATIONS_MAX`] times without the user.
    Scripted,
    /// One thing more is loading than may be.
    Loads,
    /// The page does not want to be framed (RFC 7034 §2.1).
    Framed,
    /// There is no content, and the old page stays (RFC 9110 §15.3.5).
    NoContent,
    /// There is no response.
    Failed(Failure),
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(formatter, "there is no {what}"),
            Self::Url(error) => write!(formatter, "not a URL: {error}"),
            Self::Scheme(scheme) => write!(formatter, "{scheme}: is for another program"),
            Self::Redirects => write!(formatter, "more than {REDIRECTS_MAX} redirects"),
            Self::Tabs => write!(formatter, "more than {TABS_MAX} tabs"),
            Self::Scripted => write!(
                formatter,
                "more than {SCRIPTED_NAVIGATIONS_MAX} navigations without the user"
            ),
            Self::Loads => formatter.write_str("too much is loading"),
            Self::Framed => formatter.write_str("the page does not want to be framed"),
            Self::NoContent => formatter.write_str("there is no content"),
            Self::Failed(Failure::Unreachable) => formatter.write_str("nobody answers"),
            Self::Failed(Failure::ConnectionLost) => formatter.write_str("the connection broke"),
        }
    }
}

impl UserAgent {
    /// The user types an address.
    pub(super) fn open(&mut self, tab: &Text, url: &str, ctx: &mut Context<'_>) {
        match location::parse(url) {
            Err(error) => Self::stop(tab, &Stop::Url(error), ctx),
            Ok(_) if self.tabs.open(tab, Window::Top).is_none() => {
                Self::stop(tab, &Stop::Tabs, ctx);
            }
            Ok(url) => self.go(tab, Fetch::typed(url), Entry::New, ctx),
        }
    }

    /// The user follows the link number `link` of the page.
    pub(super) fn follow(&mut self, tab: &Text, link: u32, ctx: &mut Context<'_>) {
        match self.linked(tab, link) {
            Ok(fetch) => self.go(tab, fetch, Entry::New, ctx),
            Err(stop) => Self::stop(tab, &stop, ctx),
        }
    }

    fn linked(&self, tab: &Text, link: u32) -> Result<Fetch, Stop> {
        let shown = self.tabs.find(tab).ok_or(Stop::Missing("such tab"))?;
        let initiator = self
            .tabs
            .initiator(tab)
            .ok_or(Stop::Missing("page in this tab"))?;
        let place = usize::try_from(link).map_err(|_| Stop::Missing("such link"))?;
        let reference = self
            .page(tab)
            .and_then(|page| page.links.get(place))
            .ok_or(Stop::Missing("such link"))?;
        let url = location::resolve(&initiator.url, reference.as_str()).map_err(Stop::Url)?;
        Ok(Fetch::from_page(initiator, url, shown.destination()))
    }

    /// The user goes back: the page before is asked for again, as it was asked for first, but with a `GET`.
    pub(super) fn back(&mut self, tab: &Text, ctx: &mut Context<'_>) {
        let before = self.tabs.find(tab).and_then(|tab| tab.past.last().cloned());
        match before {
            Some(before) => self.go(tab, before.again(), Entry::Back, ctx),
            None => Self::stop(tab, &Stop::Missing("page before this one"), ctx),
        }
    }

    /// The user reloads: the last request is sent once more, with its body and from the page it came from
    /// (RFC 6265bis §5.2: a reload is same-site if the first request was).
    pub(super) fn reload(&mut self, tab: &Text, ctx: &mut Context<'_>) {
        match self.tabs.document(tab) {
            Some(document) => self.go(tab, document.fetch.again(), Entry::Replace, ctx),
            None => Self::stop(tab, &Stop::Missing("page in this tab"), ctx),
        }
    }

    /// Sends the request for a page. A navigation that was under way in this tab is forgotten.
    pub(super) fn go(&mut self, tab: &Text, fetch: Fetch, entry: Entry, ctx: &mut Context<'_>) {
        if let Scheme::Other(scheme) = &fetch.url.origin.scheme
            && !native::is_handed_over(self.policy.native_scheme, &fetch)
        {
            return Self::stop(tab, &Stop::Scheme(scheme.clone()), ctx);
        }
        ctx.note(Event::Navigated {
            tab: tab.clone(),
            method: Text::new(fetch.method.as_str()),
            url: fetch.url.endpoint().into(),
            referer: fetch.referer(),
            redirected: fetch.redirects > 0,
        });
        let exchange = self.send(&fetch, ctx);
        if let Some(tab) = self.tabs.find_mut(tab) {
            tab.navigation = Some(
                Navigation {
                    exchange,
                    fetch,
                    entry,
                }
                .into(),
            );
        }
    }

    /// As [`Self::go`], but no user has asked for it.
    pub(super) fn go_by_script(&mut self, tab: &Text, fetch: Fetch, ctx: &mut Context<'_>) {
        if self.scripted >= SCRIPTED_NAVIGATIONS_MAX {
            return Self::stop(tab, &Stop::Scripted, ctx);
        }
        self.scripted = self.scripted.saturating_add(1);
        self.go(tab, fetch, Entry::Replace, ctx);
    }

    /// Sends one hop with its cookies.
    pub(super) fn send(&self, fetch: &Fetch, ctx: &mut Context<'_>) -> ExchangeId {
        let at_home = native::home(&fetch.url.origin).map(|home| fetch.at(home));
        let chosen = self.cookies.choose(
            at_home.as_ref().unwrap_or(fetch),
            self.policy.samesite_default,
            ctx.now,
        );
        for name in chosen.withheld {
            let host = fetch.url.origin.host.clone();
            ctx.note(Event::CookieWithheld { name, host });
        }
        ctx.send(fetch.request(chosen.sent))
    }

    /// A response comes back. One that nobody waits for any more is ignored.
    pub(super) fn receive(
        &mut self,
        exchange: ExchangeId,
        response: &Response,
        ctx: &mut Context<'_>,
    ) {
        if let Some(load) = self.take_load(exchange) {
            return self.loaded(load, response, ctx);
        }
        let Some((tab, navigation)) = self.take_navigation(exchange) else {
            return;
        };
        let Navigation { fetch, entry, .. } = navigation;
        self.keep_cookies(&fetch, response, ctx);
        match self.next_hop(fetch, response) {
            Ok(Hop::Next(fetch)) => self.go(&tab, *fetch, entry, ctx),
            Ok(Hop::Last(fetch)) => self.arrive(&tab, *fetch, entry, response, ctx),
            Err((fetch, stop)) => self.fail(&tab, *fetch, entry, &stop, ctx),
        }
    }

    /// No response comes back.
    pub(super) fn give_up(
        &mut self,
        exchange: ExchangeId,
        failure: Failure,
        ctx: &mut Context<'_>,
    ) {
        if self.take_load(exchange).is_some() {
            return;
        }
        if let Some((tab, navigation)) = self.take_navigation(exchange) {
            let Navigation { fetch, entry, .. } = navigation;
            self.fail(&tab, fetch, entry, &Stop::Failed(failure), ctx);
        }
    }

    fn take_navigation(&mut self, exchange: ExchangeId) -> Option<(Text, Navigation)> {
        let tab = self.tabs.waiting_for(exchange)?;
        let navigation = tab.navigation.take()?;
        Some((tab.name.clone(), *navigation))
    }

    /// Whether `response` redirects, and to where.
    pub(super) fn next_hop(
        &self,
        fetch: Fetch,
        response: &Response,
    ) -> Result<Hop, (Box<Fetch>, Stop)> {
        match redirect::target(&fetch.url, response, self.policy.fragment_reattach) {
            None => Ok(Hop::Last(fetch.into())),
            Some(Err(error)) => Err((fetch.into(), Stop::Url(error))),
            Some(Ok(_)) if usize::from(fetch.redirects) >= REDIRECTS_MAX => {
                Err((fetch.into(), Stop::Redirects))
            }
            Some(Ok(url)) => {
                let next = fetch.redirected(url, response, &self.policy);
                Ok(Hop::Next(next.into()))
            }
        }
    }

    /// Keeps the cookies that came with a response, in their order.
    pub(super) fn keep_cookies(
        &mut self,
        fetch: &Fetch,
        response: &Response,
        ctx: &mut Context<'_>,
    ) {
        let default = self.policy.samesite_default;
        for header in &response.headers.0 {
            let Header::SetCookie(cookie) = header else {
                continue;
            };
            let name = cookie.name.clone();
            match self.cookies.keep(cookie, fetch, default, ctx.now) {
                Ok(Kept::Stored { host, evicted }) => {
                    if let Some(name) = evicted {
                        let reason = Text::new("it is the oldest of too many");
                        ctx.note(Event::CookieRefused { name, reason });
                    }
                    ctx.note(Event::CookieKept { name, host });
                }
                Ok(Kept::Removed) => {}
                Err(reason) => {
                    let reason = Text::new(reason);
                    ctx.note(Event::CookieRefused { name, reason });
                }
            }
        }
    }

    /// The last response of a navigation: its page is shown.
    fn arrive(
        &mut self,
        tab: &Text,
        fetch: Fetch,
        entry: Entry,
        response: &Response,
        ctx: &mut Context<'_>,
    ) {
        if matches!(response.status.0, 204 | 205) {
            return Self::stop(tab, &Stop::NoContent, ctx);
        }
        let framed = self
            .tabs
            .find(tab)
            .is_some_and(|tab| matches!(tab.window, Window::Frame { .. }));
        if framed && response.headers.0.contains(&Header::FrameDeny) {
            return self.fail(tab, fetch, entry, &Stop::Framed, ctx);
        }
        let referrer_policy = response
            .headers
            .referrer_policy()
            .unwrap_or_else(|| default_policy(self.policy.referrer_default));
        let document = Document {
            fetch,
            referrer_policy,
            page: Some(page(&response.body)),
        };
        self.show(tab, document, entry, ctx);
    }

    /// Shows a document, and lets it do what it does by itself.
    fn show(&mut self, tab: &Text, document: Document, entry: Entry, ctx: &mut Context<'_>) {
        let document = Arc::new(document);
        self.tabs.close_frames(tab);
        if let Some(tab) = self.tabs.find_mut(tab) {
            tab.show(Arc::clone(&document), entry);
        }
        if let Some(page) = &document.page {
            ctx.note(Event::PageShown {
                tab: tab.clone(),
                title: page.title.clone(),
            });
            self.load_resources(tab, page, ctx);
            self.post_messages(tab, &document.url().origin, page, ctx);
            self.run_scripts(tab, document.url(), page, ctx);
        }
    }

    /// Shows that there is no page at a URL.
    fn fail(&mut self, tab: &Text, fetch: Fetch, entry: Entry, stop: &Stop, ctx: &mut Context<'_>) {
        let document = Document {
            fetch,
            referrer_policy: default_policy(self.policy.referrer_default),
            page: None,
        };
        self.show(tab, document, entry, ctx);
        Self::stop(tab, stop, ctx);
    }

    /// Says why nothing happens in a tab.
    pub(super) fn stop(tab: &Text, stop: &Stop, ctx: &mut Context<'_>) {
        ctx.note(Event::NavigationStopped {
            tab: tab.clone(),
            reason: format!("{stop}").into(),
        });
    }

    /// Sends the request for something that a page loads.
    pub(super) fn load(&mut self, tab: &Text, fetch: Fetch, ctx: &mut Context<'_>) {
        ctx.note(Event::ResourceLoaded {
            url: fetch.url.endpoint().into(),
            referer: fetch.referer(),
        });
        let exchange = self.send(&fetch, ctx);
        self.loads.push(Load {
            exchange,
            tab: tab.clone(),
            fetch,
        });
    }

    fn take_load(&mut self, exchange: ExchangeId) -> Option<Load> {
        let place = self
            .loads
            .iter()
            .position(|load| load.exchange == exchange)?;
        Some(self.loads.remove(place))
    }

    /// What a page loads is not shown: its cookies are kept, and its redirects followed as far as they go.
    fn loaded(&mut self, load: Load, response: &Response, ctx: &mut Context<'_>) {
        self.keep_cookies(&load.fetch, response, ctx);
        if let Ok(Hop::Next(next)) = self.next_hop(load.fetch, response)
            && is_web(&next.url)
        {
            self.load(&load.tab, *next, ctx);
        }
    }
}

/// What follows a response.
pub(super) enum Hop {
    /// Another request.
    Next(Box<Fetch>),
    /// Nothing: the request was the last.
    Last(Box<Fetch>),
}

/// Whether a URL is for a user-agent.
pub(super) const fn is_web(url: &Url) -> bool {
    match url.origin.scheme {
        Scheme::Http | Scheme::Https => true,
        Scheme::Other(_) => false,
    }
}

/// The page in a body. Whatever else a body holds is shown as a page without a title.
fn page(body: &Body) -> Page {
    match body {
        Body::Page(page) => page.clone(),
        Body::Empty | Body::Form(_) | Body::Json(_) | Body::Octets { .. } => Page::default(),
    }
}
