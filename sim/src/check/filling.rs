//! How a page is filled in: by what the target file says of it, or by what people would do.

use grantlab_core::text::Text;

use super::page::{ForeignForm, ForeignPage};
use super::target::{PagePart, Purpose, UserPart};

/// Words on buttons and links that say no.
const NO: &[&str] = &[
    "abort", "cancel", "decline", "deny", "disagree", "no", "refuse", "reject",
];

/// Words on buttons that say yes.
const YES: &[&str] = &[
    "accept",
    "agree",
    "allow",
    "approve",
    "authorise",
    "authorize",
    "confirm",
    "consent",
    "continue",
    "grant",
    "log",
    "login",
    "next",
    "ok",
    "sign",
    "signin",
    "submit",
    "yes",
];

/// Words in names of fields that want to know who somebody is.
const WHO: &[&str] = &[
    "account",
    "email",
    "identifier",
    "login",
    "mail",
    "name",
    "user",
    "username",
];

/// What a user does at a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filling {
    /// What the page is for.
    pub purpose: Purpose,
    /// What he types, by field.
    pub types: Vec<(String, String)>,
    /// What he presses to go on.
    pub go_on: Option<Act>,
    /// What he presses to say no.
    pub deny: Option<Act>,
    /// Whether he says yes or no on the page on which he logs in.
    pub decides_at_once: bool,
}

impl Filling {
    /// Whether `text` is typed into a field.
    #[must_use]
    pub fn types_out(&self, text: &str) -> bool {
        self.types.iter().any(|(_, value)| value == text)
    }
}

/// What can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A button, as the user-agent calls it.
    Button(Text, Text),
    /// A link, by its place.
    Link(u32),
}

/// What a user does at a page; nothing, when it has nothing for him.
#[must_use]
pub fn filling(
    page: &ForeignPage,
    path: &str,
    rules: &[PagePart],
    user: &UserPart,
) -> Option<Filling> {
    match rules.iter().find(|rule| fits(rule, page, path)) {
        Some(rule) => Some(by_rule(rule, page, user)),
        None => by_custom(page, user),
    }
}

fn fits(rule: &PagePart, page: &ForeignPage, path: &str) -> bool {
    let has = |form: &ForeignForm| {
        let named = |name: &String| form.fields.iter().any(|field| field.name == *name);
        rule.has_fields.iter().all(named)
    };
    let fields = rule.has_fields.is_empty() || page.forms.iter().any(has);
    let text = rule.has_text.as_ref();
    let text = text
        .is_none_or(|text| page.text.contains(text.as_str()) || page.title.contains(text.as_str()));
    let below = rule.path.as_ref();
    fields && text && below.is_none_or(|below| path.starts_with(below.as_str()))
}

fn by_rule(rule: &PagePart, page: &ForeignPage, user: &UserPart) -> Filling {
    let value = |text: &String| {
        text.replace("${username}", &user.username)
            .replace("${password}", &user.password)
    };
    let by_custom = by_custom(page, user);
    let mut types: Vec<(String, String)> = by_custom
        .as_ref()
        .map(|filling| filling.types.clone())
        .unwrap_or_default();
    types.retain(|(name, _)| !rule.fill.contains_key(name));
    types.extend(
        rule.fill
            .iter()
            .map(|(name, text)| (name.clone(), value(text))),
    );
    let said = |wanted: &Option<String>| wanted.as_ref().and_then(|wanted| named(page, wanted));
    let found = by_custom.unwrap_or(Filling {
        purpose: rule.purpose,
        types: Vec::new(),
        go_on: only_button(page),
        deny: None,
        decides_at_once: false,
    });
    Filling {
        purpose: rule.purpose,
        types,
        go_on: said(&rule.press).or(found.go_on),
        deny: said(&rule.deny).or(found.deny),
        decides_at_once: found.decides_at_once,
    }
}

/// The button or link with this text, value, id or name.
fn named(page: &ForeignPage, wanted: &str) -> Option<Act> {
    for (place, form) in page.forms.iter().enumerate() {
        let found = form.buttons.iter().position(|button| {
            [&button.text, &button.value, &button.id, &button.name].contains(&&wanted.to_owned())
        });
        if let Some(nth) = found {
            let (name, value) = form.button(place, nth);
            return Some(Act::Button(name, value));
        }
    }
    let link = page.links.iter().position(|(text, _)| text == wanted)?;
    Some(Act::Link(u32::try_from(link).ok()?))
}

/// What people would do: a password goes where one is asked for, then a button that says yes, or the only one.
fn by_custom(page: &ForeignPage, user: &UserPart) -> Option<Filling> {
    let asks = |form: &&ForeignForm| form.fields.iter().any(|field| field.kind == "password");
    let wants_name = |form: &&ForeignForm| name_field(form).is_some();
    let login = page.forms.iter().position(|form| asks(&form));
    let login = login.or_else(|| page.forms.iter().position(|form| wants_name(&form)));
    let deny = deny(page);
    if let Some((place, form)) = login.and_then(|place| Some((place, page.forms.get(place)?))) {
        let mut types = Vec::new();
        types.extend(name_field(form).map(|name| (name, user.username.clone())));
        let password = form.fields.iter().find(|field| field.kind == "password");
        types.extend(password.map(|field| (field.name.clone(), user.password.clone())));
        return Some(Filling {
            purpose: Purpose::Login,
            types,
            go_on: Some(yes(form, place)),
            deny,
            decides_at_once: decides(form),
        });
    }
    let forms = page.forms.iter().enumerate();
    let mut forms = forms.filter(|(_, form)| asks_nothing(form) && !says_no_alone(form));
    let (place, form) = forms.next()?;
    Some(Filling {
        purpose: Purpose::Consent,
        types: Vec::new(),
        go_on: Some(yes(form, place)),
        deny,
        decides_at_once: false,
    })
}

/// The field that wants to know who somebody is.
fn name_field(form: &ForeignForm) -> Option<String> {
    let typed = || {
        form.fields
            .iter()
            .filter(|field| field.is_typed() && field.kind != "password")
    };
    let named = typed().find(|field| {
        let hints = format!("{} {} {}", field.name, field.hints, field.kind);
        has_word(&hints, WHO)
    });
    let has_password = form.fields.iter().any(|field| field.kind == "password");
    let first = || typed().next().filter(|_| has_password);
    named.or_else(first).map(|field| field.name.clone())
}

/// The button of a form that says yes, or else one that does not say no.
fn yes(form: &ForeignForm, place: usize) -> Act {
    let says = |words: &[&str], nth: usize| {
        let button = form.buttons.get(nth);
        button.is_some_and(|button| {
            has_word(
                &format!("{} {} {}", button.text, button.value, button.name),
                words,
            )
        })
    };
    let all = 0..form.buttons.len();
    let found = all.clone().find(|nth| says(YES, *nth) && !says(NO, *nth));
    let found = found.or_else(|| all.clone().find(|nth| !says(NO, *nth)));
    let (name, value) = form.button(place, found.unwrap_or(0));
    Act::Button(name, value)
}

fn only_button(page: &ForeignPage) -> Option<Act> {
    page.forms.first().map(|form| yes(form, 0))
}

/// Whether every button of a form says no.
fn says_no_alone(form: &ForeignForm) -> bool {
    !form.buttons.is_empty()
        && form
            .buttons
            .iter()
            .all(|button| has_word(&format!("{} {}", button.text, button.value), NO))
}

/// Whether nothing has to be typed into a form. What stands in its fields already can be left so, where a decision is
/// all that is asked for: a scope that the owner may shorten.
fn asks_nothing(form: &ForeignForm) -> bool {
    let mut typed = form.fields.iter().filter(|field| field.is_typed());
    match decides(form) {
        true => typed.all(|field| !field.value.is_empty()),
        false => typed.next().is_none(),
    }
}

/// Whether a form asks for a decision, and not only for a way out.
fn decides(form: &ForeignForm) -> bool {
    form.buttons.iter().any(|button| {
        let words = format!("{} {}", button.text, button.value);
        has_word(&words, &["decline", "deny", "refuse", "reject"])
    })
}

/// What says no: a button, a form of its own, or a link.
fn deny(page: &ForeignPage) -> Option<Act> {
    for (place, form) in page.forms.iter().enumerate() {
        let found = form.buttons.iter().position(|button| {
            has_word(
                &format!("{} {} {}", button.text, button.value, button.name),
                NO,
            )
        });
        if let Some(nth) = found {
            let (name, value) = form.button(place, nth);
            return Some(Act::Button(name, value));
        }
    }
    let link = page.links.iter().position(|(text, _)| has_word(text, NO))?;
    Some(Act::Link(u32::try_from(link).ok()?))
}

/// Whether one of `words` is in `text`, as a word of its own.
fn has_word(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    let mut found = lower.split(|letter: char| !letter.is_alphanumeric());
    found.any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> UserPart {
        UserPart {
            username: "alice".to_owned(),
            password: "secret".to_owned(),
        }
    }

    fn fill(html: &str, rules: &[PagePart]) -> Option<Filling> {
        filling(&ForeignPage::read(html), "/login", rules, &alice())
    }

    fn button(value: &str) -> Option<Act> {
        Some(Act::Button(Text::new("d"), Text::new(value)))
    }

    #[test]
    fn a_login_and_a_consent() {
        let login = fill(
            "<form method=post><input name=q type=hidden><input name=uid placeholder='E-mail or login'>\
             <input name=pw type=password><button name=d value=go>Log in</button></form>",
            &[],
        )
        .unwrap();
        assert_eq!(login.purpose, Purpose::Login);
        let pairs = [("uid", "alice"), ("pw", "secret")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!((login.types, login.go_on), (pairs.to_vec(), button("go")));
        let consent = fill(
            "<form method=post><button name=d value=n>Deny</button><button name=d value=y>Allow</button></form>",
            &[],
        )
        .unwrap();
        assert_eq!(consent.purpose, Purpose::Consent);
        assert_eq!((consent.go_on, consent.deny), (button("y"), button("n")));
    }

    #[test]
    fn a_consent_to_a_scope_that_can_be_shortened() {
        let buttons = "<button name=d value=n>Deny</button><button name=d value=y>Approve</button>";
        let filled = fill(
            &format!("<form method=post><input name=scope value=read>{buttons}</form>"),
            &[],
        )
        .unwrap();
        assert_eq!(filled.purpose, Purpose::Consent);
        assert_eq!((filled.go_on, filled.types), (button("y"), Vec::new()));
        let empty = fill(&format!("<form><input name=why>{buttons}</form>"), &[]);
        assert!(empty.is_none());
    }

    #[test]
    fn two_pages_and_links() {
        let name = fill(
            "<form><input name=username><button>Next</button></form>",
            &[],
        )
        .unwrap();
        assert_eq!(name.types, [("username".to_owned(), "alice".to_owned())]);
        let consent = fill(
            "<form><button>Continue</button></form><a href=/x>[ Cancel ]</a>",
            &[],
        )
        .unwrap();
        assert_eq!(consent.deny, Some(Act::Link(0)));
        assert!(fill("<p>error</p>", &[]).is_none());
    }

    #[test]
    fn a_rule_goes_first() {
        let rule = PagePart {
            name: "odd".to_owned(),
            purpose: Purpose::Login,
            has_fields: vec!["a".to_owned()],
            fill: [("a".to_owned(), "${username}!".to_owned())].into(),
            press: Some("Weiter".to_owned()),
            ..PagePart::default()
        };
        let html = "<form><input name=a><button name=d value=1>Nein</button><button name=d value=2>Weiter</button></form>";
        let filling = fill(html, &[rule]).unwrap();
        assert_eq!(filling.types, [("a".to_owned(), "alice!".to_owned())]);
        assert_eq!(filling.go_on, button("2"));
    }
}
