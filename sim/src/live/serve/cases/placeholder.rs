//! Values of a case that are known only once somebody asks: `{issuer}`, `{now+60}`, `{client_id}` …

use grantlab_core::json::Json;
use grantlab_core::text::Text;
use serde_json::Value;

use super::super::witness::ELSEWHERE;

/// What placeholders stand for.
#[derive(Clone, Debug)]
pub(in super::super) struct Known {
    /// This issuer.
    pub(in super::super) issuer: String,
    /// The server's origin, which is the issuer that does everything right.
    pub(in super::super) origin: String,
    /// The client that asks, if it is known.
    pub(in super::super) client_id: String,
    /// The time, in seconds since 1970.
    pub(in super::super) now: u64,
    /// A public key that is not published.
    pub(in super::super) another_jwk: Json,
}

impl Known {
    /// A text with its placeholders filled in. Braces around anything else stay.
    pub(in super::super) fn text(&self, text: &str) -> String {
        let upper = self
            .issuer
            .replacen("http://127.0.0.1", "HTTP://127.0.0.1", 1);
        text.replace("{issuer}", &self.issuer)
            .replace("{issuer_in_capitals}", &upper)
            .replace("{elsewhere}", &self.elsewhere())
            .replace("{origin}", &self.origin)
            .replace("{client_id}", &self.client_id)
    }

    /// A place of another origin, though it is this server that listens there.
    fn elsewhere(&self) -> String {
        let moved = self.issuer.replacen("//127.0.0.1", "//localhost", 1);
        format!("{moved}{ELSEWHERE}")
    }

    /// A value of a file as the core has it, with its placeholders filled in.
    pub(super) fn value(&self, value: &Value) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(Text::from(number.to_string())),
            Value::String(text) => self.string(text),
            Value::Array(values) => Json::Array(values.iter().map(|one| self.value(one)).collect()),
            Value::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(name, value)| (Text::from(name), self.value(value)))
                    .collect(),
            ),
        }
    }

    fn string(&self, text: &str) -> Json {
        if text == "{another_jwk}" {
            return self.another_jwk.clone();
        }
        match self.moment(text) {
            Some(seconds) => Json::Number(Text::from(seconds.to_string())),
            None => Json::String(Text::from(self.text(text))),
        }
    }

    /// `{now}`, `{now+60}`, `{now-60}`: a number of seconds.
    fn moment(&self, text: &str) -> Option<u64> {
        let inner = text.strip_prefix("{now")?.strip_suffix('}')?;
        match inner {
            "" => Some(self.now),
            difference => Some(self.now.saturating_add_signed(difference.parse().ok()?)),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub(in super::super) fn known() -> Known {
        Known {
            issuer: "http://127.0.0.1:1/x".to_owned(),
            origin: "http://127.0.0.1:1".to_owned(),
            client_id: "web".to_owned(),
            now: 1_000,
            another_jwk: Json::Null,
        }
    }

    #[test]
    fn placeholders_are_filled_in() {
        let known = known();
        assert_eq!(
            known.text("{issuer}/{client_id}{x}"),
            "http://127.0.0.1:1/x/web{x}"
        );
        assert_eq!(known.text("{issuer_in_capitals}"), "HTTP://127.0.0.1:1/x");
        assert_eq!(known.text("{elsewhere}"), "http://localhost:1/x/elsewhere");
        let number = |digits: &str| Json::Number(Text::new(digits));
        assert_eq!(known.value(&json!("{now-60}")), number("940"));
        assert_eq!(
            known.value(&json!(["{now}"])),
            Json::Array(vec![number("1000")])
        );
        assert_eq!(known.value(&json!("{now*2}")), Json::from("{now*2}"));
    }
}
