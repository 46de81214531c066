//! Tabs: windows, popups and frames, each with the document it shows, what the user typed, and its history.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::fetch::{Destination, Fetch, Initiator};
use super::site::{Site, SiteForCookies};
use crate::canonical::{Canonical, Encoder};
use crate::http::{Fields, Origin, Page, ReferrerPolicy, Url};
use crate::limits::{HISTORY_MAX, TABS_MAX};
use crate::machine::ExchangeId;
use crate::text::Text;

/// What kind of window a tab is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Window {
    /// One that the user opened, or whose opener is gone.
    Top,
    /// One that a page opened.
    Popup {
        /// The tab of that page.
        opener: Text,
    },
    /// One inside a page.
    Frame {
        /// The tab of that page.
        parent: Text,
    },
}

impl Canonical for Window {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Top => out.tag(0),
            Self::Popup { opener } => {
                out.tag(1);
                opener.encode(out);
            }
            Self::Frame { parent } => {
                out.tag(2);
                parent.encode(out);
            }
        }
    }
}

/// What a tab shows.
#[derive(PartialEq, Eq)]
pub(super) struct Document {
    /// The last hop of the request that it answers.
    pub(super) fetch: Fetch,
    /// What others may know about its URL.
    pub(super) referrer_policy: ReferrerPolicy,
    /// The page; none when the navigation failed.
    pub(super) page: Option<Page>,
}

crate::canonical_struct!(Document {
    fetch,
    referrer_policy,
    page
});

impl Document {
    /// Its URL.
    pub(super) const fn url(&self) -> &Url {
        &self.fetch.url
    }
}

/// What a navigation does to the history of its tab.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// It adds an entry.
    New,
    /// It replaces the current one: a reload, or a script that leaves before the user could do anything.
    Replace,
    /// It goes back to the one before.
    Back,
}

crate::canonical_unit_enum!(Entry {
    New = 0,
    Replace = 1,
    Back = 2,
});

/// A request for a page that is not answered yet.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Navigation {
    /// Under this name the response comes back.
    pub(super) exchange: ExchangeId,
    /// The request.
    pub(super) fetch: Fetch,
    /// What it does to the history.
    pub(super) entry: Entry,
}

crate::canonical_struct!(Navigation {
    exchange,
    fetch,
    entry
});

/// A tab, a popup or a frame.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Tab {
    /// What commands call it.
    pub(super) name: Text,
    /// What kind of window it is.
    pub(super) window: Window,
    /// What it shows.
    pub(super) document: Option<Arc<Document>>,
    /// What the user typed into the page, by field.
    pub(super) typed: Fields,
    /// What it showed before, the latest last.
    pub(super) past: Vec<Arc<Fetch>>,
    /// Where it is going.
    pub(super) navigation: Option<Box<Navigation>>,
}

impl Canonical for Tab {
    fn encode(&self, out: &mut Encoder) {
        let Self {
            name,
            window,
            document,
            typed,
            past,
            navigation,
        } = self;
        name.encode(out);
        window.encode(out);
        document.as_deref().encode(out);
        typed.encode(out);
        out.length(past.len());
        for entry in past {
            entry.as_ref().encode(out);
        }
        navigation.encode(out);
    }
}

impl Tab {
    /// Shows `document` and forgets what was typed into the one before.
    pub(super) fn show(&mut self, document: Arc<Document>, entry: Entry) {
        let before = self.document.replace(document);
        self.typed = Fields::EMPTY;
        match (entry, before) {
            (Entry::New, Some(before)) => {
                if self.past.len() >= HISTORY_MAX {
                    self.past.remove(0);
                }
                self.past.push(Arc::new(before.fetch.again_as_get()));
            }
            (Entry::Back, _) => {
                self.past.pop();
            }
            (Entry::New, None) | (Entry::Replace, _) => {}
        }
    }

    /// What a request for a page here is for.
    pub(super) const fn destination(&self) -> Destination {
        match self.window {
            Window::Top | Window::Popup { .. } => Destination::Tab,
            Window::Frame { .. } => Destination::Frame,
        }
    }

    /// The window that its page posts messages to.
    pub(super) const fn correspondent(&self) -> Option<&Text> {
        match &self.window {
            Window::Top => None,
            Window::Popup { opener: other } | Window::Frame { parent: other } => Some(other),
        }
    }

    fn is_frame_of(&self, name: &Text) -> bool {
        match &self.window {
            Window::Frame { parent } => parent == name,
            Window::Top | Window::Popup { .. } => false,
        }
    }
}

/// All tabs in the order in which they were opened.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Tabs(pub(super) Vec<Tab>);

impl Canonical for Tabs {
    /// Which tab was opened first makes no difference to any of them.
    fn encode(&self, out: &mut Encoder) {
        out.sorted(&self.0, |one, other| {
            one.name.as_str().cmp(other.name.as_str())
        });
    }
}

impl Tabs {
    /// The tab called `name`.
    pub(super) fn find(&self, name: &Text) -> Option<&Tab> {
        self.0.iter().find(|tab| tab.name == *name)
    }

    /// The tab called `name`, to be changed.
    pub(super) fn find_mut(&mut self, name: &Text) -> Option<&mut Tab> {
        self.0.iter_mut().find(|tab| tab.name == *name)
    }

    /// What the tab called `name` shows.
    pub(super) fn document(&self, name: &Text) -> Option<Arc<Document>> {
        self.find(name)?.document.clone()
    }

    /// The tab that waits for this exchange.
    pub(super) fn waiting_for(&mut self, exchange: ExchangeId) -> Option<&mut Tab> {
        self.0.iter_mut().find(|tab| {
            tab.navigation
                .as_ref()
                .is_some_and(|navigation| navigation.exchange == exchange)
        })
    }

    /// The tab called `name`, opened as `window` if there is none. Nothing when there are too many.
    pub(super) fn open(&mut self, name: &Text, window: Window) -> Option<&mut Tab> {
        if let Some(place) = self.0.iter().position(|tab| tab.name == *name) {
            return self.0.get_mut(place);
        }
        if self.0.len() >= TABS_MAX {
            return None;
        }
        self.0.push(Tab {
            name: name.clone(),
            window,
            document: None,
            typed: Fields::EMPTY,
            past: Vec::new(),
            navigation: None,
        });
        self.0.last_mut()
    }

    /// Closes a tab with all frames inside it. Popups that it opened stay, without an opener.
    pub(super) fn close(&mut self, name: &Text) {
        self.0.retain(|tab| tab.name != *name);
        self.close_frames(name);
        for tab in &mut self.0 {
            if tab.correspondent() == Some(name) {
                tab.window = Window::Top;
            }
        }
    }

    /// Closes all frames inside a tab.
    pub(super) fn close_frames(&mut self, name: &Text) {
        while let Some(frame) = self.0.iter().find(|tab| tab.is_frame_of(name)) {
            let frame = frame.name.clone();
            self.close(&frame);
        }
    }

    /// The page that the tab called `name` shows, as the one who asks for something.
    pub(super) fn initiator(&self, name: &Text) -> Option<Initiator> {
        let tab = self.find(name)?;
        let document = tab.document.as_ref()?;
        Some(Initiator {
            url: document.url().clone(),
            referrer_policy: document.referrer_policy,
            site_for_cookies: self.site_for_cookies(tab, document),
        })
    }

    /// The origin of the page around the one in `tab`, when `tab` is a frame in a page of another origin.
    pub(super) fn framed_by(&self, tab: &Text) -> Option<&Origin> {
        let inner = self.find(tab)?;
        let Window::Frame { parent } = &inner.window else {
            return None;
        };
        let outer = &self.find(parent)?.document.as_ref()?.url().origin;
        let own = inner
            .document
            .as_ref()
            .map(|document| &document.url().origin);
        (own != Some(outer)).then_some(outer)
    }

    /// RFC 6265bis §5.2.1: the site of a page, if all pages around it are of that site too.
    fn site_for_cookies(&self, tab: &Tab, document: &Document) -> SiteForCookies {
        let site = Site::of(&document.url().origin);
        let mut inner = tab;
        // Tabs are bounded, and a frame is never around its own parent.
        for _ in 0..TABS_MAX {
            let Window::Frame { parent } = &inner.window else {
                break;
            };
            let Some(outer) = self.find(parent) else {
                break;
            };
            let same = outer
                .document
                .as_ref()
                .is_some_and(|around| Site::of(&around.url().origin) == site);
            if !same {
                return SiteForCookies::Nobody;
            }
            inner = outer;
        }
        SiteForCookies::Only(site)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::location::parse;
    use alloc::format;

    fn shows(url: &str) -> Arc<Document> {
        Arc::new(Document {
            fetch: Fetch::typed(parse(url).unwrap()),
            referrer_policy: ReferrerPolicy::NoReferrer,
            page: None,
        })
    }

    fn add(tabs: &mut Tabs, name: &str, window: Window, url: &str) {
        let tab = tabs.open(&Text::new(name), window).unwrap();
        tab.show(shows(url), Entry::New);
    }

    fn frame(parent: &str) -> Window {
        Window::Frame {
            parent: Text::new(parent),
        }
    }

    fn tabs() -> Tabs {
        let mut tabs = Tabs::default();
        add(&mut tabs, "t", Window::Top, "https://a.example/");
        add(&mut tabs, "own", frame("t"), "https://www.a.example/");
        add(&mut tabs, "other", frame("t"), "https://evil.example/");
        add(&mut tabs, "inner", frame("other"), "https://a.example/");
        let opener = Text::new("t");
        add(
            &mut tabs,
            "p",
            Window::Popup { opener },
            "https://b.example/",
        );
        tabs
    }

    #[test]
    fn a_frame_in_another_site_has_no_cookies_of_its_own() {
        let tabs = tabs();
        let a = parse("https://a.example/").unwrap().origin;
        for (name, expected) in [
            ("t", true),
            ("own", true),
            ("other", false),
            ("inner", false),
        ] {
            let initiator = tabs.initiator(&Text::new(name)).unwrap();
            assert_eq!(initiator.site_for_cookies.includes(&a), expected, "{name}");
        }
    }

    #[test]
    fn closing_takes_frames_along_and_leaves_popups() {
        let mut tabs = tabs();
        tabs.close(&Text::new("t"));
        assert_eq!(tabs.0.len(), 1);
        assert!(tabs.0[0].window == Window::Top);
    }

    #[test]
    fn tabs_and_history_are_bounded() {
        let mut tabs = Tabs::default();
        for number in 0..TABS_MAX {
            let name = Text::from(format!("t{number}"));
            assert!(tabs.open(&name, Window::Top).is_some());
        }
        assert!(tabs.open(&Text::new("x"), Window::Top).is_none());
        let tab = tabs.open(&Text::new("t0"), Window::Top).unwrap();
        for number in 0..HISTORY_MAX + 5 {
            tab.show(shows(&format!("https://a.example/{number}")), Entry::New);
        }
        assert_eq!(tab.past.len(), HISTORY_MAX);
        assert_eq!(tab.past.first().unwrap().url.path, "/4");
        tab.show(shows("https://a.example/x"), Entry::Replace);
        assert_eq!(tab.past.len(), HISTORY_MAX);
        tab.show(shows("https://a.example/y"), Entry::Back);
        assert_eq!(tab.past.len(), HISTORY_MAX - 1);
    }
}
