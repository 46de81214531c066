//! What is done to an authorization response.

use grantlab_core::http::{Fields, Location};
use grantlab_core::text::Text;

use super::CallbackChange;
use super::placeholder::Known;

/// Changes where a response goes and with what. `first` is the first response of this issuer, as it left.
pub(in super::super) fn change_callback(
    change: &CallbackChange,
    location: &mut Location,
    known: &Known,
    first: Option<&Fields>,
) {
    let fields = if location.fragment.0.is_empty() {
        &mut location.query
    } else {
        &mut location.fragment
    };
    for name in &change.remove {
        fields.remove(name);
    }
    for (name, value) in &change.set {
        fields.set(name, known.text(value).as_str());
    }
    for (name, value) in &change.add {
        fields.push(name, known.text(value).as_str());
    }
    for name in &change.alter {
        if let Some(value) = fields.first(name) {
            let value = altered(value.as_str());
            fields.set(name, value.as_str());
        }
    }
    for name in &change.earlier {
        if let Some(value) = first.and_then(|first| first.first(name)) {
            fields.set(name, value.clone());
        }
    }
    if change.fragment && location.fragment.0.is_empty() {
        location.fragment = std::mem::take(&mut location.query);
    }
}

/// The same text with another last character.
pub(super) fn altered(text: &str) -> Text {
    let mut characters = text.chars();
    let last = characters.next_back();
    let other = if last == Some('A') { 'B' } else { 'A' };
    Text::from(format!("{}{other}", characters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::placeholder::tests::known;
    use super::*;
    use grantlab_core::wire::location::join;

    fn changed(change: &str, first: Option<&Fields>) -> String {
        let change: CallbackChange = serde_json::from_str(change).unwrap();
        let mut location = Location::to("http://a.example/cb");
        location.query = Fields::EMPTY.with("code", "c").with("state", "sA");
        change_callback(&change, &mut location, &known(), first);
        join(&location)
    }

    #[test]
    fn parameters_are_changed() {
        let first = Fields::EMPTY.with("state", "old");
        for (change, query) in [
            (r#"{"remove": ["state"]}"#, "?code=c"),
            (r#"{"set": {"state": "{client_id}"}}"#, "?code=c&state=web"),
            (r#"{"add": {"code": "d"}}"#, "?code=c&state=sA&code=d"),
            (r#"{"alter": ["state"]}"#, "?code=c&state=sB"),
            (r#"{"earlier": ["state"]}"#, "?code=c&state=old"),
            (r#"{"fragment": true}"#, "#code=c&state=sA"),
        ] {
            let expected = format!("http://a.example/cb{query}");
            assert_eq!(changed(change, Some(&first)), expected);
        }
        assert!(changed(r#"{"earlier": ["state"]}"#, None).ends_with("state=sA"));
    }
}
