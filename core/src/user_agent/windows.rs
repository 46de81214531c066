//! What pages do by themselves: load things, frame pages, open windows, and post messages to each other.

use alloc::format;

use super::UserAgent;
use super::fetch::{Destination, Fetch};
use super::forms;
use super::navigation::{Stop, is_web};
use super::tab::{Entry, Window};
use crate::event::Event;
use crate::http::{Fields, Form, Origin, Page, PostMessage, Press, ResourceKind, Url};
use crate::limits::WAITING_MAX;
use crate::machine::Context;
use crate::text::Text;
use crate::wire::{form, location};

impl UserAgent {
    /// A page opens a window, or sends one that is already there somewhere else (`window.open`).
    pub(super) fn open_from_page(
        &mut self,
        opener: &Text,
        tab: &Text,
        url: &str,
        ctx: &mut Context<'_>,
    ) {
        let Some(initiator) = self.tabs.initiator(opener) else {
            return Self::stop(opener, &Stop::Missing("page in this tab"), ctx);
        };
        let url = match location::resolve(&initiator.url, url) {
            Ok(url) => url,
            Err(error) => return Self::stop(tab, &Stop::Url(error), ctx),
        };
        let Some(target) = self.tabs.open(tab, Window::Top) else {
            return Self::stop(tab, &Stop::Tabs, ctx);
        };
        let destination = target.destination();
        match target.window {
            Window::Top | Window::Popup { .. } if opener != tab => {
                target.window = Window::Popup {
                    opener: opener.clone(),
                };
            }
            Window::Top | Window::Popup { .. } | Window::Frame { .. } => {}
        }
        let fetch = Fetch::from_page(initiator, url, destination);
        self.go(tab, fetch, Entry::New, ctx);
    }

    /// Closes a tab; nobody waits for its requests any more.
    pub(super) fn close(&mut self, tab: &Text) {
        self.tabs.close(tab);
        let tabs = &self.tabs;
        self.loads.retain(|load| tabs.find(&load.tab).is_some());
    }

    /// Asks for everything that a page refers to, in its order. What is no URL is skipped.
    pub(super) fn load_resources(&mut self, tab: &Text, page: &Page, ctx: &mut Context<'_>) {
        let Some(initiator) = self.tabs.initiator(tab) else {
            return;
        };
        let mut frames = 0_u32;
        for resource in &page.resources {
            let url = location::resolve(&initiator.url, resource.url.as_str());
            match (resource.kind, url) {
                (ResourceKind::Frame, url) => {
                    let name = Text::from(format!("{tab}/frame{frames}"));
                    frames = frames.saturating_add(1);
                    match url {
                        Err(error) => Self::stop(&name, &Stop::Url(error), ctx),
                        Ok(url) => {
                            let destination = Destination::Frame;
                            let fetch = Fetch::from_page(initiator.clone(), url, destination);
                            self.frame(tab, &name, fetch, ctx);
                        }
                    }
                }
                (ResourceKind::Content, Ok(url)) if is_web(&url) => {
                    if self.loads.len() >= WAITING_MAX {
                        return Self::stop(tab, &Stop::Loads, ctx);
                    }
                    let fetch = Fetch::from_page(initiator.clone(), url, Destination::Content);
                    self.load(tab, fetch, ctx);
                }
                (ResourceKind::Content, Ok(_) | Err(_)) => {}
            }
        }
    }

    fn frame(&mut self, parent: &Text, name: &Text, fetch: Fetch, ctx: &mut Context<'_>) {
        self.close(name);
        let window = Window::Frame {
            parent: parent.clone(),
        };
        if self.tabs.open(name, window).is_none() {
            return Self::stop(name, &Stop::Tabs, ctx);
        }
        self.go_by_script(name, fetch, ctx);
    }

    /// Posts the messages of a page that has just been shown, and those that its window has been waiting for.
    pub(super) fn post_messages(
        &mut self,
        tab: &Text,
        source: &Origin,
        page: &Page,
        ctx: &mut Context<'_>,
    ) {
        let Some(shown) = self.tabs.find(tab) else {
            return;
        };
        let correspondent = shown.correspondent().cloned();
        for message in &page.messages {
            self.deliver(correspondent.as_ref(), source, message, ctx);
        }
        let Some(other) = correspondent else {
            return;
        };
        let nobody_else = self
            .tabs
            .find(&other)
            .is_some_and(|other| other.correspondent().is_none());
        if nobody_else && let Some(document) = self.tabs.document(&other) {
            let messages = document.page.iter().flat_map(|page| &page.messages);
            for message in messages {
                self.deliver(Some(tab), &document.url().origin, message, ctx);
            }
        }
    }

    /// HTML standard §9.3.3: a window reads a message that is for its origin, or for anybody.
    fn deliver(
        &mut self,
        target: Option<&Text>,
        source: &Origin,
        message: &PostMessage,
        ctx: &mut Context<'_>,
    ) {
        let reader = target.filter(|target| {
            self.tabs
                .document(target)
                .is_some_and(|document| may_read(message, source, &document.url().origin))
        });
        ctx.note(Event::MessagePosted {
            source: format!("{source}").into(),
            target_origin: message.target_origin.clone(),
            delivered: reader.is_some(),
        });
        if let Some(reader) = reader {
            let mut data = message.data.clone();
            data.set(Form::MESSAGE_SOURCE, format!("{source}"));
            self.send_by_script(reader, Form::MESSAGE_LISTENER, data, ctx);
        }
    }

    /// Reads the fragment, if the page does that, or else sends the form that sends itself.
    pub(super) fn run_scripts(
        &mut self,
        tab: &Text,
        url: &Url,
        page: &Page,
        ctx: &mut Context<'_>,
    ) {
        let fragment = url
            .fragment
            .as_ref()
            .and_then(|fragment| form::pairs(fragment).ok());
        let reads = page
            .forms
            .iter()
            .any(|form| form.hides(Form::FRAGMENT_READER));
        match fragment {
            Some(fragment) if reads && !fragment.0.is_empty() => {
                let fragment = fragment.into_owned();
                self.send_by_script(tab, Form::FRAGMENT_READER, fragment, ctx);
            }
            Some(_) | None => {
                let by_itself = page.forms.iter().find(|form| form.press == Press::OnLoad);
                if let Some(form) = by_itself {
                    self.submit_by_script(tab, form, Fields::EMPTY, ctx);
                }
            }
        }
    }

    /// Sends the form with the hidden field `marker`, if the page in `tab` has one, with more fields.
    fn send_by_script(&mut self, tab: &Text, marker: &str, more: Fields, ctx: &mut Context<'_>) {
        let Some(document) = self.tabs.document(tab) else {
            return;
        };
        let form = document
            .page
            .as_ref()
            .and_then(|page| page.forms.iter().find(|form| form.hides(marker)));
        if let Some(form) = form {
            self.submit_by_script(tab, form, more, ctx);
        }
    }

    fn submit_by_script(&mut self, tab: &Text, form: &Form, more: Fields, ctx: &mut Context<'_>) {
        let Some(shown) = self.tabs.find(tab) else {
            return;
        };
        let Some(initiator) = self.tabs.initiator(tab) else {
            return;
        };
        let mut fields = forms::entries(form, &Fields::EMPTY, None);
        fields.0.extend(more.0);
        let destination = shown.destination();
        self.note_form(tab, false, ctx);
        match forms::submission(form, fields, initiator, destination) {
            Ok(fetch) => self.go_by_script(tab, fetch, ctx),
            Err(error) => Self::stop(tab, &Stop::Url(error), ctx),
        }
    }

    /// The user presses a button.
    pub(super) fn press(
        &mut self,
        tab: &Text,
        button: Option<&forms::Button>,
        ctx: &mut Context<'_>,
    ) {
        match self.pressed(tab, button) {
            Ok(fetch) => {
                self.note_form(tab, true, ctx);
                self.go(tab, fetch, Entry::New, ctx);
            }
            Err(stop) => Self::stop(tab, &stop, ctx),
        }
    }

    /// Says who sends a form: the user or the page, and in a page of which other origin (RFC 6749 §10.13).
    fn note_form(&self, tab: &Text, by_user: bool, ctx: &mut Context<'_>) {
        ctx.note(Event::FormSent {
            tab: tab.clone(),
            by_user,
            framed_by: self
                .tabs
                .framed_by(tab)
                .map(|origin| format!("{origin}").into()),
        });
    }

    fn pressed(&self, tab: &Text, button: Option<&forms::Button>) -> Result<Fetch, Stop> {
        let shown = self.tabs.find(tab).ok_or(Stop::Missing("such tab"))?;
        let initiator = self
            .tabs
            .initiator(tab)
            .ok_or(Stop::Missing("page in this tab"))?;
        let (form, button) = self
            .page(tab)
            .and_then(|page| forms::pressed(page, button))
            .ok_or(Stop::Missing("such button"))?;
        let fields = forms::entries(form, &shown.typed, button);
        forms::submission(form, fields, initiator, shown.destination()).map_err(Stop::Url)
    }

    /// The user types into a field that he can see.
    pub(super) fn fill(&mut self, tab: &Text, name: &Text, value: Text, ctx: &mut Context<'_>) {
        let visible = self.page(tab).is_some_and(|page| {
            let mut fields = page.forms.iter().flat_map(|form| &form.fields);
            fields.any(|field| !field.hidden && field.name == *name)
        });
        match self.tabs.find_mut(tab) {
            Some(tab) if visible => tab.typed.set(name.as_str(), value),
            Some(_) | None => Self::stop(tab, &Stop::Missing("such field"), ctx),
        }
    }
}

/// Whether a window at `reader` may read what `source` posts: `*` is anybody, `/` the poster's own origin.
fn may_read(message: &PostMessage, source: &Origin, reader: &Origin) -> bool {
    match message.target_origin.as_str() {
        "*" => true,
        "/" => source == reader,
        target => location::parse(target).is_ok_and(|target| target.origin == *reader),
    }
}
