//! Pages as HTML: a small valid subset that any browser shows, and that is read back exactly.
//!
//! The order is fixed: text, forms, links, sub-resources, messages.
//! What HTML cannot say without a script is said by `data-` attributes that our user-agent understands:
//! `data-press="load"` on a form that sends itself, `data-post-message` on a JSON block for another window.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::json;
use super::octets::Set;
use crate::http::{Field, Fields, Form, Page, PostMessage, Press, Resource, ResourceKind};
use crate::json::Json;
use crate::text::Text;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>";
const BODY: &str = "</title>\n</head>\n<body>\n<p>";
const BODY_TEXT_END: &str = "</p>\n";
const END: &str = "</body>\n</html>\n";

const FORM_POST: &str = "<form method=\"post\" action=\"";
const FORM_GET: &str = "<form method=\"get\" action=\"";
const FORM_BY_USER: &str = ">\n";
const FORM_ON_LOAD: &str = " data-press=\"load\">\n";
const FORM_END: &str = "</form>\n";
const HIDDEN: &str = "<input type=\"hidden\" name=\"";
const LABEL: &str = "<label><span>";
const INPUT_TEXT: &str = "</span> <input type=\"text\" name=\"";
const INPUT_PASSWORD: &str = "</span> <input type=\"password\" name=\"";
const INPUT_VALUE: &str = "\" value=\"";
const LABEL_END: &str = "\"></label>\n";
const BUTTON: &str = "<button name=\"";
const BUTTON_END: &str = "</button>\n";
const LINK: &str = "<p><a href=\"";
const LINK_END: &str = "</a></p>\n";
const IMAGE: &str = "<img alt=\"\" src=\"";
const FRAME: &str = "<iframe src=\"";
const FRAME_END: &str = "\"></iframe>\n";
const MESSAGE: &str = "<script type=\"application/json\" data-post-message=\"";
const MESSAGE_END: &str = "</script>\n";
const TAG_END: &str = "\">\n";
const TAG_TEXT: &str = "\">";

/// Writes a page. Every text is escaped: none can add an element.
#[must_use]
pub fn write(page: &Page) -> String {
    let mut out = String::with_capacity(1_024);
    append(page, &mut out);
    out
}

/// Appends what [`write()`] writes.
pub(super) fn append(page: &Page, out: &mut String) {
    element(HEAD, &page.title, BODY, out);
    element("", &page.text, BODY_TEXT_END, out);
    for form in &page.forms {
        append_form(form, out);
    }
    for link in &page.links {
        element(LINK, link, TAG_TEXT, out);
        element("", link, LINK_END, out);
    }
    for Resource { url, kind } in &page.resources {
        match kind {
            ResourceKind::Content => element(IMAGE, url, TAG_END, out),
            ResourceKind::Frame => element(FRAME, url, FRAME_END, out),
        }
    }
    for message in &page.messages {
        append_message(message, out);
    }
    out.push_str(END);
}

fn append_form(form: &Form, out: &mut String) {
    let start = if form.post { FORM_POST } else { FORM_GET };
    let end = match form.press {
        Press::ByUser => FORM_BY_USER,
        Press::OnLoad => FORM_ON_LOAD,
    };
    element(start, &form.action, "\"", out);
    out.push_str(end);
    for field in &form.fields {
        if field.hidden {
            element(HIDDEN, &field.name, INPUT_VALUE, out);
            element("", &field.value, TAG_END, out);
        } else {
            element(LABEL, &field.name, input(&field.name), out);
            element("", &field.name, INPUT_VALUE, out);
            element("", &field.value, LABEL_END, out);
        }
    }
    for (name, value) in &form.buttons.0 {
        element(BUTTON, name, INPUT_VALUE, out);
        element("", value, TAG_TEXT, out);
        element("", value, BUTTON_END, out);
    }
    out.push_str(FORM_END);
}

/// What is typed into a field called `password` is not shown.
fn input(name: &Text) -> &'static str {
    if name == "password" {
        INPUT_PASSWORD
    } else {
        INPUT_TEXT
    }
}

fn append_message(message: &PostMessage, out: &mut String) {
    element(MESSAGE, &message.target_origin, TAG_TEXT, out);
    append_data(&message.data, out);
    out.push_str(MESSAGE_END);
}

/// A JSON object in which no tag can start.
fn append_data(data: &Fields, out: &mut String) {
    let members = data
        .0
        .iter()
        .map(|(name, value)| (name.clone(), Json::String(value.clone())))
        .collect();
    let mut text = String::new();
    json::write(&Json::Object(members), &mut text);
    for (index, piece) in text.split('<').enumerate() {
        if index > 0 {
            out.push_str("\\u003c");
        }
        out.push_str(piece);
    }
}

/// Appends `before`, the escaped text and `after`.
fn element(before: &str, text: &Text, after: &str, out: &mut String) {
    out.push_str(before);
    escape(text.as_str(), out);
    out.push_str(after);
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let (plain, special) = ESCAPED.split(rest);
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            None => return,
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') => out.push_str("&quot;"),
            Some(control) => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "&#{};", u32::from(control));
            }
        }
        rest = characters.as_str();
    }
}

/// Markup, and control characters, which an HTML reader would change.
static ESCAPED: Set = Set::range(0, 0x1f).without(b"\n\t").and(b"&<>\"");

/// What is never seen in escaped text.
static TEXT_END: Set = Set::range(0, 0x1f).without(b"\n\t").and(b"<>\"");

/// Reads a page that [`write()`] wrote. Any other text is `None`: foreign pages are not pages to us.
#[must_use]
pub fn read(html: &str) -> Option<Page> {
    let mut reader = Reader { rest: html };
    reader.literal(HEAD)?;
    let page = Page {
        title: reader.text(BODY)?,
        text: reader.text(BODY_TEXT_END)?,
        forms: reader.list(Reader::form)?,
        links: reader.list(Reader::link)?,
        resources: reader.list(Reader::resource)?,
        messages: reader.list(Reader::message)?,
    };
    reader.literal(END)?;
    reader.rest.is_empty().then_some(page)
}

/// Readers of one element return `Some(None)` when another kind of element is next, and `None` when the
/// page is not ours.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, literal: &str) -> bool {
        match self.rest.strip_prefix(literal) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.eat(literal).then_some(())
    }

    /// Reads escaped text up to `end`, which starts with a character that is escaped within text.
    fn text(&mut self, end: &str) -> Option<Text> {
        let (text, rest) = TEXT_END.split(self.rest);
        self.rest = rest;
        self.literal(end)?;
        unescape(text)
    }

    /// Reads escaped text that must be `expected`.
    fn repeated(&mut self, expected: &Text, end: &str) -> Option<()> {
        (self.text(end)? == *expected).then_some(())
    }

    fn list<T>(&mut self, element: impl Fn(&mut Self) -> Option<Option<T>>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        while let Some(found) = element(self)? {
            list.push(found);
        }
        Some(list)
    }

    fn form(&mut self) -> Option<Option<Form>> {
        let post = self.eat(FORM_POST);
        if !post && !self.eat(FORM_GET) {
            return Some(None);
        }
        let action = self.text("\"")?;
        let press = if self.eat(FORM_ON_LOAD) {
            Press::OnLoad
        } else {
            self.literal(FORM_BY_USER)?;
            Press::ByUser
        };
        let fields = self.list(Self::field)?;
        let buttons = Fields(self.list(Self::button)?);
        self.literal(FORM_END)?;
        Some(Some(Form {
            action,
            post,
            fields,
            buttons,
            press,
        }))
    }

    fn field(&mut self) -> Option<Option<Field>> {
        let hidden = self.eat(HIDDEN);
        if !hidden && !self.eat(LABEL) {
            return Some(None);
        }
        let (name, value) = if hidden {
            (self.text(INPUT_VALUE)?, self.text(TAG_END)?)
        } else {
            self.labelled()?
        };
        Some(Some(Field {
            name,
            value,
            hidden,
        }))
    }

    fn labelled(&mut self) -> Option<(Text, Text)> {
        let name = self.text("")?;
        self.literal(input(&name))?;
        self.repeated(&name, INPUT_VALUE)?;
        Some((name, self.text(LABEL_END)?))
    }

    fn button(&mut self) -> Option<Option<(Text, Text)>> {
        if !self.eat(BUTTON) {
            return Some(None);
        }
        let name = self.text(INPUT_VALUE)?;
        let value = self.text(TAG_TEXT)?;
        self.repeated(&value, BUTTON_END)?;
        Some(Some((name, value)))
    }

    fn link(&mut self) -> Option<Option<Text>> {
        if !self.eat(LINK) {
            return Some(None);
        }
        let link = self.text(TAG_TEXT)?;
        self.repeated(&link, LINK_END)?;
        Some(Some(link))
    }

    fn resource(&mut self) -> Option<Option<Resource>> {
        let (kind, end) = if self.eat(IMAGE) {
            (ResourceKind::Content, TAG_END)
        } else if self.eat(FRAME) {
            (ResourceKind::Frame, FRAME_END)
        } else {
            return Some(None);
        };
        let url = self.text(end)?;
        Some(Some(Resource { url, kind }))
    }

    fn message(&mut self) -> Option<Option<PostMessage>> {
        if !self.eat(MESSAGE) {
            return Some(None);
        }
        let target_origin = self.text(TAG_TEXT)?;
        let (written, rest) = self.rest.split_once(MESSAGE_END)?;
        self.rest = rest;
        let data = data(written)?;
        Some(Some(PostMessage {
            target_origin,
            data,
        }))
    }
}

/// Reads the content of a message, if it is spelled as [`append_data`] spells it.
fn data(written: &str) -> Option<Fields> {
    let json = json::parse(written.as_bytes()).ok()?;
    let pairs = json.members()?.iter();
    let data = Fields(
        pairs
            .map(|(name, value)| Some((name.clone(), value.as_text()?.clone())))
            .collect::<Option<_>>()?,
    );
    let mut again = String::with_capacity(written.len());
    append_data(&data, &mut again);
    (again == written).then_some(data)
}

/// Reads escaped text, if everything in it is escaped as [`escape`] does.
fn unescape(text: &str) -> Option<Text> {
    if !text.contains('&') {
        return Some(Text::new(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    out.push_str(pieces.next()?);
    for piece in pieces {
        let (name, plain) = piece.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            number => control(number.strip_prefix('#')?)?,
        });
        out.push_str(plain);
    }
    Some(out.into())
}

/// A control character by its number, spelled without leading zeros.
fn control(digits: &str) -> Option<char> {
    let code = digits.parse::<u8>().ok()?;
    let plain = !digits.starts_with('+') && (digits == "0" || !digits.starts_with('0'));
    let escaped = code < b' ' && ESCAPED.contains(code);
    (plain && escaped).then(|| char::from(code))
}
