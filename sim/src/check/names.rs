//! What the values of a run are called: `$code1` is its first code. Equal values have equal names, and no report
//! shows a secret.

use super::resolved::Target;

/// Octets of a value that is short enough to stand for itself.
const SHORT: usize = 6;

/// The kinds of values that differ from run to run, or are nobody's business.
const KINDS: &[&str] = &[
    "access_token",
    "challenge",
    "client_secret",
    "code",
    "id_token",
    "nonce",
    "password",
    "refresh_token",
    "request_uri",
    "state",
    "verifier",
];

/// Values and their names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Value, kind, and which of its kind; longest values first.
    known: Vec<(String, String)>,
    counts: Vec<(String, u32)>,
}

impl Names {
    /// The names of what a target file says.
    #[must_use]
    pub fn of(target: &Target) -> Self {
        let mut names = Self::default();
        for client in &target.clients {
            if let Some(secret) = &client.client_secret {
                names.add(secret, format!("$secret({})", client.name));
            }
        }
        for user in &target.users {
            names.add(&user.password, format!("$password({})", user.username));
        }
        names
    }

    /// A value was seen.
    pub fn learn(&mut self, kind: &str, value: &str) {
        let is_known = self.known.iter().any(|(known, _)| known == value);
        if !KINDS.contains(&kind) || value.len() <= SHORT || is_known {
            return;
        }
        // Two ID Tokens of one second may be the same one: which it is says nothing.
        if kind == "id_token" {
            return self.add(value, "$id_token".to_owned());
        }
        let place = self.counts.iter().position(|(known, _)| known == kind);
        let count = match place.and_then(|place| self.counts.get_mut(place)) {
            Some((_, count)) => {
                *count = count.saturating_add(1);
                *count
            }
            None => {
                self.counts.push((kind.to_owned(), 1));
                1
            }
        };
        self.add(value, format!("${kind}{count}"));
    }

    fn add(&mut self, value: &str, name: String) {
        if value.len() <= SHORT {
            return;
        }
        let mut written = String::new();
        let fields = grantlab_core::http::Fields::EMPTY.with("", value);
        grantlab_core::wire::form::write(&fields, &mut written);
        let encoded = written.trim_start_matches('=').to_owned();
        self.known.push((value.to_owned(), name.clone()));
        if encoded != value {
            self.known.push((encoded, name));
        }
        self.known
            .sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    /// The text with names in place of values.
    #[must_use]
    pub fn told(&self, text: &str) -> String {
        self.known
            .iter()
            .fold(text.to_owned(), |text, (value, name)| {
                if text.contains(value.as_str()) {
                    text.replace(value.as_str(), name)
                } else {
                    text
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_names() {
        let mut names = Names::default();
        names.learn("code", "abcdefghij");
        names.learn("code", "0123456789");
        names.learn("code", "abcdefghij");
        names.learn("scope", "read write all");
        names.learn("state", "x y/z-long");
        assert_eq!(
            names.told("code=0123456789&code=abcdefghij&state=x+y%2Fz-long"),
            "code=$code2&code=$code1&state=$state1"
        );
        assert_eq!(names.told("read write all"), "read write all");
    }
}
