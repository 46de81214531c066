//! A page as the user-agent sees it: forms, links, sub-resources and messages to other windows.
//! `wire::page` writes it as HTML and reads that HTML back.
//!
//! There are no scripts. The four things that scripts do in this flow are said by the page itself:
//! - a form with [`Press::OnLoad`] sends itself;
//! - [`Page::messages`] are posted when the page is shown, to the window that opened it or that frames it; a page
//!   that nobody opened or framed posts them to each window that it opened or frames, once that shows a page;
//! - a form with a hidden field called [`Form::MESSAGE_LISTENER`] listens for messages: when one arrives that its
//!   window may read, the form is sent with the fields of the message and with [`Form::MESSAGE_SOURCE`], the
//!   origin that posted it, which no message can forge;
//! - a form with a hidden field called [`Form::FRAGMENT_READER`] reads `location.hash`: when the page is shown
//!   under a URL with a fragment, the form is sent with the parameters of that fragment.

use alloc::vec::Vec;

use super::body::Fields;
use crate::text::Text;

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: Text,
    /// What it says, in one line.
    pub text: Text,
    /// Its forms.
    pub forms: Vec<Form>,
    /// Where its links lead.
    pub links: Vec<Text>,
    /// What it loads from elsewhere by itself.
    pub resources: Vec<Resource>,
    /// Messages it posts to other windows.
    pub messages: Vec<PostMessage>,
}

crate::canonical_struct!(Page {
    title,
    text,
    forms,
    links,
    resources,
    messages
});

/// How a form is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// When the user presses a button.
    ByUser,
    /// By itself, once loaded: `form_post` (OAuth 2.0 Form Post Response Mode §2), or an attacker's page.
    OnLoad,
}

crate::canonical_unit_enum!(Press { ByUser = 0, OnLoad = 1 });

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent, as written: maybe relative.
    pub action: Text,
    /// Sent with `POST`; otherwise with `GET`.
    pub post: bool,
    /// What it contains.
    pub fields: Vec<Field>,
    /// The buttons: the name and value that each adds.
    pub buttons: Fields,
    /// How it is sent.
    pub press: Press,
}

crate::canonical_struct!(Form {
    action,
    post,
    fields,
    buttons,
    press
});

impl Form {
    /// The hidden field that makes a form listen for messages (`postMessage`).
    pub const MESSAGE_LISTENER: &'static str = "web_message";

    /// The field that says which origin posted a message.
    pub const MESSAGE_SOURCE: &'static str = "message_source";

    /// The hidden field that makes a form read the fragment of its page's URL.
    pub const FRAGMENT_READER: &'static str = "url_fragment";

    /// Whether it has a hidden field called `name`.
    #[must_use]
    pub fn hides(&self, name: &str) -> bool {
        self.fields
            .iter()
            .any(|field| field.hidden && field.name == name)
    }
}

/// An input of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Text,
    /// Its value so far.
    pub value: Text,
    /// Whether the user can see and change it.
    pub hidden: bool,
}

crate::canonical_struct!(Field {
    name,
    value,
    hidden
});

/// What kind of thing a page loads by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A picture, style or script: loaded, not shown as a page.
    Content,
    /// A frame: a page inside the page.
    Frame,
}

crate::canonical_unit_enum!(ResourceKind { Content = 0, Frame = 1 });

/// A thing that a page loads by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// From where, as written.
    pub url: Text,
    /// As what.
    pub kind: ResourceKind,
}

crate::canonical_struct!(Resource { url, kind });

/// A message to another window (HTML standard, `postMessage`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostMessage {
    /// The origin that may read it; `*` is anybody.
    pub target_origin: Text,
    /// What it says.
    pub data: Fields,
}

crate::canonical_struct!(PostMessage {
    target_origin,
    data
});
