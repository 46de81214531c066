//! Pages of strangers: their forms, fields and buttons, and the page that our user-agent makes of them.

use grantlab_core::http::{self, Fields, Press};
use grantlab_core::text::Text;
use scraper::{ElementRef, Html, Selector};

/// Forms of a page that are looked at.
const FORMS_MAX: usize = 32;

/// Fields of a form, and links of a page, that are looked at.
const FIELDS_MAX: usize = 256;

/// Characters of text that are kept of a page.
const TEXT_MAX: usize = 4_096;

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignPage {
    /// Its title.
    pub title: String,
    /// What it says, blanks made one.
    pub text: String,
    /// Its forms.
    pub forms: Vec<ForeignForm>,
    /// Its links: text and target.
    pub links: Vec<(String, String)>,
    /// Whether a script is needed to see anything.
    pub is_script: bool,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignForm {
    /// Where it is sent, as written.
    pub action: String,
    /// Whether it is sent with `POST`.
    pub post: bool,
    /// Its fields.
    pub fields: Vec<ForeignField>,
    /// Its buttons.
    pub buttons: Vec<ForeignButton>,
    /// Whether a script of the page sends it at once.
    pub by_itself: bool,
}

/// A field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignField {
    /// Its name.
    pub name: String,
    /// Its type, in lower case: `text`, `password`, `hidden`, `checkbox`, `radio`, `select`, ….
    pub kind: String,
    /// Its value so far.
    pub value: String,
    /// Whether it is chosen: for check boxes and radio buttons.
    pub checked: bool,
    /// What else says what it is for: label, placeholder, id.
    pub hints: String,
}

/// A button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignButton {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What is written on it.
    pub text: String,
    /// Its id.
    pub id: String,
}

impl ForeignField {
    /// Whether the user can see and change it.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.kind != "hidden"
    }

    /// Whether it is a check box or a radio button.
    #[must_use]
    pub fn is_box(&self) -> bool {
        matches!(self.kind.as_str(), "checkbox" | "radio")
    }

    /// Whether text is typed into it.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        self.is_visible() && !self.is_box() && !matches!(self.kind.as_str(), "select" | "file")
    }
}

impl ForeignPage {
    /// Reads HTML as browsers do: whatever it is, something comes of it.
    #[must_use]
    pub fn read(html: &str) -> Self {
        let document = Html::parse_document(html);
        let root = document.root_element();
        let onload = all(root, "body")
            .filter_map(|body| body.attr("onload"))
            .chain(Vec::new())
            .any(|script| script.contains("submit("));
        let script = all(root, "script").any(|script| {
            let text: String = script.text().collect();
            text.contains(".submit()")
        });
        let mut page = Self {
            title: all(root, "title").next().map(words).unwrap_or_default(),
            text: visible_text(root),
            forms: all(root, "form").take(FORMS_MAX).map(form).collect(),
            links: all(root, "a[href]")
                .take(FIELDS_MAX)
                .map(|link| (words(link), attribute(link, "href")))
                .collect(),
            is_script: false,
        };
        page.is_script = page.forms.is_empty() && all(root, "script").next().is_some();
        // Only a form that nobody has to fill in is sent by a script at once.
        if (onload || script)
            && let [form] = page.forms.as_mut_slice()
        {
            form.by_itself |= form.fields.iter().all(|field| !field.is_typed());
        }
        page
    }

    /// Chooses in lists and boxes, where nothing can be typed.
    pub fn choose(&mut self, chosen: &[(String, String)]) {
        for field in self.forms.iter_mut().flat_map(|form| &mut form.fields) {
            let wanted = chosen.iter().find(|(name, _)| *name == field.name);
            if let Some((_, value)) = wanted.filter(|_| !field.is_typed()) {
                if field.is_box() {
                    field.checked = field.value == *value;
                } else {
                    field.value.clone_from(value);
                }
            }
        }
    }

    /// The page as our user-agent takes it. A button without a name is known by its place: an empty name is not
    /// sent.
    #[must_use]
    pub fn for_user_agent(&self) -> http::Page {
        http::Page {
            title: Text::from(&self.title),
            text: Text::new(""),
            forms: self
                .forms
                .iter()
                .enumerate()
                .map(|(place, form)| form.for_user_agent(place))
                .collect(),
            links: self
                .links
                .iter()
                .map(|(_, href)| Text::from(href))
                .collect(),
            ..http::Page::default()
        }
    }
}

impl ForeignForm {
    fn for_user_agent(&self, place: usize) -> http::Form {
        let asks_password = self.fields.iter().any(|field| field.kind == "password");
        let sent = |field: &&ForeignField| match field.kind.as_str() {
            // Scopes and the like are granted; "stay logged in" is as the page has it.
            "checkbox" => field.checked || !asks_password,
            "radio" => field.checked,
            _ => true,
        };
        let fields = self.fields.iter().filter(sent).map(|field| http::Field {
            name: Text::from(&field.name),
            value: Text::from(&field.value),
            hidden: !field.is_typed(),
        });
        let mut buttons = Fields::EMPTY;
        for (nth, _) in self.buttons.iter().enumerate() {
            let (name, value) = self.button(place, nth);
            buttons.0.push((name, value));
        }
        if self.buttons.is_empty() {
            buttons
                .0
                .push((Text::new(""), Text::from(format!("form {place}"))));
        }
        http::Form {
            action: Text::new(if self.action == "#" { "" } else { &self.action }),
            post: self.post,
            fields: fields.collect(),
            buttons,
            press: if self.by_itself {
                Press::OnLoad
            } else {
                Press::ByUser
            },
        }
    }

    /// How the user-agent calls a button of this form, which is the one at `place` of its page.
    #[must_use]
    pub fn button(&self, place: usize, nth: usize) -> (Text, Text) {
        match self.buttons.get(nth) {
            Some(button) if !button.name.is_empty() => {
                (Text::from(&button.name), Text::from(&button.value))
            }
            Some(_) => (
                Text::new(""),
                Text::from(format!("form {place}, button {nth}")),
            ),
            None => (Text::new(""), Text::from(format!("form {place}"))),
        }
    }
}

fn form(element: ElementRef<'_>) -> ForeignForm {
    let post = element
        .attr("method")
        .is_some_and(|method| method.eq_ignore_ascii_case("post"));
    let inputs = all(element, "input, select, textarea, button").take(FIELDS_MAX);
    let mut form = ForeignForm {
        action: attribute(element, "action"),
        post,
        by_itself: element.attr("data-press") == Some("load"),
        ..ForeignForm::default()
    };
    for input in inputs {
        let kind = attribute(input, "type").to_ascii_lowercase();
        let is_button = match input.value().name() {
            "button" => !matches!(kind.as_str(), "button" | "reset"),
            "input" => matches!(kind.as_str(), "submit" | "image"),
            _ => false,
        };
        if is_button {
            form.buttons.push(button(input));
        } else if !matches!(input.value().name(), "button")
            && !matches!(kind.as_str(), "button" | "reset")
        {
            form.fields.push(field(element, input, kind));
        }
    }
    form
}

fn button(element: ElementRef<'_>) -> ForeignButton {
    let text = match element.value().name() {
        "button" => words(element),
        _ => attribute(element, "value"),
    };
    ForeignButton {
        name: attribute(element, "name"),
        value: attribute(element, "value"),
        text,
        id: attribute(element, "id"),
    }
}

fn field(form: ElementRef<'_>, element: ElementRef<'_>, kind: String) -> ForeignField {
    let id = attribute(element, "id");
    let label = all(form, "label")
        .filter(|label| !id.is_empty() && label.attr("for") == Some(id.as_str()))
        .map(words)
        .next()
        .unwrap_or_default();
    let placeholder = attribute(element, "placeholder");
    let (kind, value) = match element.value().name() {
        "select" => ("select".to_owned(), chosen(element)),
        "textarea" => ("text".to_owned(), words(element)),
        _ if kind.is_empty() => ("text".to_owned(), attribute(element, "value")),
        _ => (kind, attribute(element, "value")),
    };
    let is_box = matches!(kind.as_str(), "checkbox" | "radio");
    let value = match value {
        empty if is_box && element.attr("value").is_none() => {
            debug_assert!(empty.is_empty(), "no attribute, no value");
            "on".to_owned()
        }
        value => value,
    };
    ForeignField {
        name: attribute(element, "name"),
        kind,
        value,
        checked: element.attr("checked").is_some(),
        hints: format!("{label} {placeholder} {id}").trim().to_owned(),
    }
}

/// The option of a list that is chosen: the marked one, or the first.
fn chosen(select: ElementRef<'_>) -> String {
    let marked = all(select, "option[selected]").next();
    let option = marked.or_else(|| all(select, "option").next());
    option.map_or_else(String::new, |option| match option.attr("value") {
        Some(value) => value.to_owned(),
        None => words(option),
    })
}

fn all<'a>(element: ElementRef<'a>, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let found: Vec<_> = match Selector::parse(selector) {
        Ok(selector) => element.select(&selector).collect(),
        Err(_) => Vec::new(),
    };
    found.into_iter()
}

fn attribute(element: ElementRef<'_>, name: &str) -> String {
    element.attr(name).unwrap_or_default().to_owned()
}

/// The text of an element, with single blanks.
fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.len() + word.len() > TEXT_MAX {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// What a reader sees of a page: not its scripts and styles.
fn visible_text(root: ElementRef<'_>) -> String {
    let whole = all(root, "body").next().map(words).unwrap_or_default();
    let hidden = all(root, "script, style").map(words);
    hidden.fold(whole, |text, hidden| {
        if hidden.is_empty() {
            text
        } else {
            text.replace(&hidden, "")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_page_of_a_stranger() {
        let page = ForeignPage::read(
            "<title>Sign-in</title><form action='/i/1/login' method=POST>\
             <input type=hidden name=csrf value='a&amp;b'>\
             <label for=u>User</label><input id=u name=login placeholder='Enter any login'>\
             <input type=password name=password><input type=checkbox name=remember>\
             <button type=submit>Sign-in</button></form><a href='/i/1/abort'>[ Cancel ]</a>",
        );
        let form = &page.forms[0];
        assert!(form.post && !form.by_itself);
        assert_eq!(form.fields[0].value, "a&b");
        assert_eq!(form.fields[1].kind, "text");
        assert_eq!(form.fields[1].hints, "User Enter any login u");
        assert_eq!(form.buttons[0].text, "Sign-in");
        assert_eq!(
            page.links,
            [("[ Cancel ]".to_owned(), "/i/1/abort".to_owned())]
        );
        let taken = page.for_user_agent();
        let names: Vec<&str> = taken.forms[0]
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["csrf", "login", "password"],
            "nobody asked to be remembered"
        );
        assert_eq!(
            taken.forms[0].buttons.0[0].0.as_str(),
            "",
            "a button without name"
        );
    }

    #[test]
    fn a_page_that_sends_itself() {
        let page = ForeignPage::read(
            "<body onload=\"javascript:document.forms[0].submit()\">\
             <form method=post action=https://client.example/cb><input type=hidden name=code value=x></form>",
        );
        assert!(page.forms[0].by_itself);
        assert_eq!(page.for_user_agent().forms[0].press, Press::OnLoad);
        let page = ForeignPage::read("<form><input name=q></form><script>f.submit()</script>");
        assert!(!page.forms[0].by_itself, "somebody types here");
    }

    #[test]
    fn our_own_pages_are_read_too() {
        let page = http::Page {
            title: Text::new("Login"),
            forms: vec![http::Form {
                action: Text::new("/login"),
                post: true,
                fields: vec![http::Field {
                    name: Text::new("password"),
                    value: Text::new(""),
                    hidden: false,
                }],
                buttons: Fields::EMPTY.with("decision", "approve"),
                press: Press::ByUser,
            }],
            ..http::Page::default()
        };
        let html = grantlab_core::wire::page::write(&page);
        assert_eq!(ForeignPage::read(&html).for_user_agent().forms, page.forms);
    }

    #[test]
    fn nothing_is_too_strange() {
        for html in [
            "",
            "<form><form><input",
            "<select name=a><option>x",
            "\u{0}<p>",
        ] {
            let _ = ForeignPage::read(html).for_user_agent();
        }
    }
}
