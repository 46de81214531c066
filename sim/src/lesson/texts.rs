//! What a lesson says, in each language: data, looked up by key, with arguments filled in.
//!
//! `{name}` in a text is an argument. `{name:form}` is a name in another form: where English has "Alice’s", Russian
//! has the genitive; the forms are texts of their own, `name.alice.of`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::assets;
use super::model::Key;

/// The languages, the first being the one that is shown when nothing else is asked for.
pub const LANGUAGES: [&str; 3] = ["en", "fr", "ru"];

/// The texts of each language, as they are in the files.
const FILES: [&str; 3] = [
    include_str!("text/en.json"),
    include_str!("text/fr.json"),
    include_str!("text/ru.json"),
];

/// The texts of one language by key.
pub type Catalogue = BTreeMap<String, String>;

static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| {
    // The files are part of the binary; a test reads each of them.
    let of_page: BTreeMap<String, Catalogue> =
        serde_json::from_str(assets::PAGE_WORDS).unwrap_or_default();
    let read = |(language, file): (&&str, &&str)| {
        let mut texts: Catalogue = serde_json::from_str(file).unwrap_or_default();
        texts.extend(of_page.get(*language).cloned().unwrap_or_default());
        texts
    };
    LANGUAGES.iter().zip(&FILES).map(read).collect()
});

/// The texts of a language.
#[must_use]
pub fn catalogue(language: &str) -> Option<&'static Catalogue> {
    let place = LANGUAGES.iter().position(|known| *known == language)?;
    CATALOGUES.get(place)
}

/// Whether there is a text called `key`.
#[must_use]
pub fn exists(key: &str) -> bool {
    CATALOGUES
        .first()
        .is_some_and(|texts| texts.contains_key(key))
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phrase {
    /// The same in every language: part of a message, a name in the trace.
    Literal(String),
    /// A text with arguments.
    Text {
        /// Which.
        key: String,
        /// What is filled in.
        arguments: Vec<(&'static str, Argument)>,
    },
}

/// What is filled into a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Argument {
    /// As it is.
    Literal(String),
    /// The name of somebody, which may have forms: `name.<this>`.
    Name(String),
    /// Another text.
    Text(String),
}

impl Phrase {
    /// A text without arguments.
    #[must_use]
    pub fn text(key: impl Into<String>) -> Self {
        Self::Text {
            key: key.into(),
            arguments: Vec::new(),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, argument: Argument) -> Self {
        if let Self::Text { arguments, .. } = &mut self {
            arguments.push((name, argument));
        }
        self
    }
}

/// Gathers what a lesson says.
#[derive(Debug, Default)]
pub struct Texts {
    said: BTreeMap<Phrase, Key>,
    /// How often a key was used with other arguments.
    uses: BTreeMap<String, u32>,
}

impl Texts {
    /// The key under which the page finds this.
    pub fn say(&mut self, phrase: Phrase) -> Key {
        if let Some(key) = self.said.get(&phrase) {
            return key.clone();
        }
        let key = match &phrase {
            Phrase::Literal(_) => self.numbered("literal"),
            Phrase::Text { key, arguments } if arguments.is_empty() => key.clone(),
            Phrase::Text { key, .. } => self.numbered(key),
        };
        self.said.insert(phrase, key.clone());
        key
    }

    fn numbered(&mut self, key: &str) -> Key {
        let uses = self.uses.entry(key.to_owned()).or_default();
        *uses = uses.saturating_add(1);
        format!("{key}#{uses}")
    }

    /// Everything that was said, and what the user interface needs, in every language.
    #[must_use]
    pub fn finish(self) -> BTreeMap<String, BTreeMap<Key, String>> {
        let mut all = BTreeMap::new();
        for (language, texts) in LANGUAGES.iter().zip(&*CATALOGUES) {
            let interface = texts.iter().filter(|(key, _)| key.starts_with("ui."));
            let mut table: BTreeMap<Key, String> = interface
                .map(|(key, text)| (key.clone(), text.clone()))
                .collect();
            for (phrase, key) in &self.said {
                table.insert(key.clone(), spoken(phrase, texts));
            }
            all.insert((*language).to_owned(), table);
        }
        all
    }
}

/// A phrase in one language. A text that is not there shows its key, which no release does.
#[must_use]
pub fn spoken(phrase: &Phrase, texts: &Catalogue) -> String {
    match phrase {
        Phrase::Literal(text) => text.clone(),
        Phrase::Text { key, arguments } => {
            let template = texts.get(key).map_or(key.as_str(), String::as_str);
            filled(template, arguments, texts)
        }
    }
}

fn filled(template: &str, arguments: &[(&'static str, Argument)], texts: &Catalogue) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        out.push_str(before);
        let Some((hole, after)) = behind.split_once('}') else {
            out.push('{');
            rest = behind;
            continue;
        };
        out.push_str(&argument(hole, arguments, texts));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn argument(hole: &str, arguments: &[(&'static str, Argument)], texts: &Catalogue) -> String {
    let (name, form) = hole.split_once(':').unwrap_or((hole, ""));
    let found = arguments.iter().find(|(known, _)| *known == name);
    match found.map(|(_, argument)| argument) {
        None => format!("{{{hole}}}"),
        Some(Argument::Literal(text)) => text.clone(),
        Some(Argument::Text(key)) => texts
            .get(key)
            .map_or(key.as_str(), String::as_str)
            .to_owned(),
        Some(Argument::Name(who)) => {
            let key = match form {
                "" => format!("name.{who}"),
                form => format!("name.{who}.{form}"),
            };
            texts.get(&key).unwrap_or(who).clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_filled_in_once_and_not_read_again() {
        let texts = Catalogue::from([("greeting".to_owned(), "{who}: {what}!".to_owned())]);
        let phrase = Phrase::text("greeting")
            .with("who", Argument::Literal("{what}".to_owned()))
            .with("what", Argument::Literal("hello".to_owned()));
        assert_eq!(spoken(&phrase, &texts), "{what}: hello!");
    }

    #[test]
    fn a_name_has_forms() {
        let texts = Catalogue::from([
            ("t".to_owned(), "{who:of} code".to_owned()),
            ("name.bob.of".to_owned(), "Bob’s".to_owned()),
        ]);
        let phrase = Phrase::text("t").with("who", Argument::Name("bob".to_owned()));
        assert_eq!(spoken(&phrase, &texts), "Bob’s code");
    }

    #[test]
    fn equal_phrases_have_one_key() {
        let mut texts = Texts::default();
        let phrase = || Phrase::text("t").with("n", Argument::Literal("1".to_owned()));
        let first = texts.say(phrase());
        assert_eq!(texts.say(phrase()), first);
        let other = Phrase::text("t").with("n", Argument::Literal("2".to_owned()));
        assert_ne!(texts.say(other), first);
        assert_eq!(texts.say(Phrase::text("plain")), "plain");
    }
}
