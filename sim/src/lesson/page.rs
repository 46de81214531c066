//! The page: one file with everything in it, that asks nobody for anything.

use grantlab_core::wire::base64url;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::assets;
use super::model::Lesson;
use super::transcript;

/// The page of a lesson, in the language that comes first.
#[must_use]
pub fn page(lesson: &Lesson) -> String {
    let language = lesson.languages.first().map_or("en", String::as_str);
    let reader = transcript::Reader { lesson, language };
    filled(
        assets::PAGE_HTML,
        &[
            ("language", language),
            ("title", &escaped(reader.text(&lesson.title))),
            ("policy", &policy(assets::PAGE_CSS, assets::PAGE_JS)),
            ("style", assets::PAGE_CSS),
            ("transcript_name", &escaped(reader.text("ui.transcript"))),
            ("transcript", &transcript::html(lesson, language)),
            ("lesson", &data(lesson)),
            ("script", assets::PAGE_JS),
        ],
    )
}

/// Fills `{{name}}` in a template, in one pass: what is filled in is not looked through again.
#[must_use]
pub fn filled(template: &str, parts: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = behind.split_once("}}") else {
            out.push_str("{{");
            rest = behind;
            continue;
        };
        let part = parts.iter().find(|(known, _)| *known == name);
        out.push_str(part.map_or("", |(_, text)| *text));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What a page may load and run: its own style and its own script, by their hashes, and nothing else (Content Security
/// Policy Level 3 §2.3.1).
#[must_use]
pub fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'",
        hash(style),
        hash(script)
    )
}

/// SHA-256 in base64 with padding: 32 octets end in one `=`.
fn hash(text: &str) -> String {
    let encoded = base64url::encode(Sha256::digest(text.as_bytes()).as_slice());
    let mut standard = encoded.as_str().replace('-', "+").replace('_', "/");
    standard.push('=');
    standard
}

/// JSON that can stand in a `<script>`: nothing in it ends the element, or is a line break to a reader of scripts.
#[must_use]
pub fn data(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            letter => out.push(letter),
        }
    }
    out
}

/// Text in HTML.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_script() {
        let hostile = "</script><!--&\u{2028}\u{2029}";
        let written = data(&hostile);
        assert!(
            !written.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{written}"
        );
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let parts = [("a", "{{b}}"), ("b", "never")];
        assert_eq!(filled("<{{a}}> {{ {{c}}", &parts), "<{{b}}> ");
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(escaped("<a b='\"'>&"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;");
    }

    /// RFC 4648 §4; the hash of nothing.
    #[test]
    fn a_hash_is_in_padded_base64() {
        assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
