//! What is done to an answer: metadata, keys, token responses, resources.

use grantlab_core::http::Fields;
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::wire::{form, json};

use super::super::translation::Draft;
use super::AnswerChange;
use super::placeholder::Known;

/// Octets that one answer can be made longer by.
const PAD_OCTETS_MAX: u32 = 16 << 20;

/// Changes an answer.
pub(in super::super) fn change_answer(change: &AnswerChange, draft: &mut Draft, known: &Known) {
    if let Ok(body) = json::parse(&draft.content) {
        change_json(change, body, draft, known);
    }
    if let Some(body) = &change.body {
        draft.content = known.text(body).into_bytes();
    }
    if change.truncate {
        let half = draft.content.len() / 2;
        draft.content.truncate(half);
    }
    if change.pad_octets > 0 {
        let count = usize::try_from(change.pad_octets.min(PAD_OCTETS_MAX)).unwrap_or_default();
        let mut padded = vec![b' '; count];
        padded.append(&mut draft.content);
        draft.content = padded;
    }
    if change.byte_order_mark {
        draft.content.splice(0..0, *b"\xef\xbb\xbf");
    }
    if let Some(status) = change.status {
        draft.status = status;
    }
    if let Some(content_type) = &change.content_type {
        draft.set_header("content-type", content_type);
    }
    for (name, value) in &change.headers {
        draft.set_header(name, &known.text(value));
    }
}

fn change_json(change: &AnswerChange, mut body: Json, draft: &mut Draft, known: &Known) {
    if let Json::Object(members) = &mut body {
        members.retain(|(name, _)| !change.remove.iter().any(|gone| *name == *gone.as_str()));
        for (name, value) in &change.set {
            set(members, name, known.value(value));
        }
        for (name, value) in &change.prepend {
            let mut all = members.iter_mut();
            if let Some((_, Json::Array(values))) = all.find(|(key, _)| *key == *name.as_str()) {
                values.insert(0, known.value(value));
            }
        }
        for (name, value) in &change.repeat {
            members.push((Text::from(name), known.value(value)));
        }
    }
    if let Some(name) = &change.nest {
        body = Json::Object(vec![(Text::from(name), body)]);
    }
    if change.array {
        body = Json::Array(vec![body]);
    }
    let mut text = String::new();
    if change.form {
        form::write(&fields(&body), &mut text);
        draft.set_header("content-type", "application/x-www-form-urlencoded");
    } else {
        json::write(&body, &mut text);
    }
    draft.content = text.into_bytes();
}

/// Sets a member in its place, or at the end.
pub(super) fn set(members: &mut Vec<(Text, Json)>, name: &str, value: Json) {
    match members.iter_mut().find(|(key, _)| *key == *name) {
        Some((_, place)) => *place = value,
        None => members.push((Text::new(name), value)),
    }
}

/// The members that are texts or numbers.
fn fields(body: &Json) -> Fields {
    let mut fields = Fields::EMPTY;
    for (name, value) in body.members().unwrap_or_default() {
        match value {
            Json::String(text) | Json::Number(text) => fields.push(name.as_str(), text.clone()),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::super::placeholder::tests::known;
    use super::*;

    fn changed(change: &str) -> (u16, String) {
        let change: AnswerChange = serde_json::from_str(change).unwrap();
        let mut draft = Draft {
            status: 200,
            headers: Vec::new(),
            content: br#"{"access_token":"a","expires_in":60}"#.to_vec(),
        };
        change_answer(&change, &mut draft, &known());
        (draft.status, String::from_utf8(draft.content).unwrap())
    }

    #[test]
    fn members_and_octets_are_changed() {
        for (change, body) in [
            (r#"{"remove": ["access_token"]}"#, r#"{"expires_in":60}"#),
            (
                r#"{"set": {"expires_in": "60"}}"#,
                r#"{"access_token":"a","expires_in":"60"}"#,
            ),
            (
                r#"{"repeat": {"expires_in": 1}}"#,
                r#"{"access_token":"a","expires_in":60,"expires_in":1}"#,
            ),
            (
                r#"{"nest": "data", "remove": ["expires_in"]}"#,
                r#"{"data":{"access_token":"a"}}"#,
            ),
            (
                r#"{"array": true, "remove": ["expires_in"]}"#,
                r#"[{"access_token":"a"}]"#,
            ),
            (r#"{"form": true}"#, "access_token=a&expires_in=60"),
            (r#"{"body": "<p>{client_id}"}"#, "<p>web"),
            (r#"{"truncate": true, "body": "abcd"}"#, "ab"),
            (r#"{"pad_octets": 2, "body": "x"}"#, "  x"),
            (r#"{"byte_order_mark": true, "body": "x"}"#, "\u{feff}x"),
        ] {
            assert_eq!(changed(change), (200, body.to_owned()), "{change}");
        }
        assert_eq!(changed(r#"{"status": 503}"#).0, 503);
    }
}
