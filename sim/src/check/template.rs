//! `${…}` in the texts of a check: a value of the run by its name, and what is done to it.
//!
//! `${code}` is the newest code, `${first.code}` that of the step called `first`, `${public.client_id}` belongs to a
//! client of the target, and `${id_token.claims.sub}` is in a JSON Web Token. `${code|changed}` is the code with its
//! last character changed; filters can follow each other. `$${` is `${` itself.

use grantlab_core::http::Fields;
use grantlab_core::wire::json::parse;
use grantlab_core::wire::{base64url, form};
use sha2::{Digest as _, Sha256, Sha512};

use super::seen::text_of;

/// The names that are always there, or come with the first step that makes them.
pub const NAMES: &[&str] = &[
    "access_token",
    "authorization_endpoint",
    "body",
    "challenge",
    "client_id",
    "client_secret",
    "code",
    "error",
    "error_description",
    "expires_in",
    "id_token",
    "introspection_endpoint",
    "iss",
    "issuer",
    "location",
    "narrow_scope",
    "nonce",
    "page",
    "password",
    "redirect_uri",
    "refresh_token",
    "request_uri",
    "resource_endpoint",
    "scope",
    "state",
    "status",
    "token_endpoint",
    "token_type",
    "username",
    "verifier",
];

/// The parts of a value that is a URL, behind a further dot: `${redirect_uri.host}`.
/// `port` begins with its colon and `query` with its question mark; both are empty when there is none.
pub const PARTS: &[&str] = &["scheme", "host", "port", "path", "query"];

/// What can be done to a value.
pub const FILTERS: &[&str] = &[
    "base64",
    "base64url",
    "changed",
    "cut",
    "doubled",
    "encoded",
    "encoded_twice",
    "first_upper",
    "half_s256",
    "half_s512",
    "long",
    "lower",
    "reversed",
    "s256",
    "upper",
];

/// How often `long` repeats a value.
const LONG: usize = 1000;

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Value { name: String, filters: Vec<String> },
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with a placeholder in it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            if let Some(plain) = before.strip_suffix('$') {
                pieces.push(Piece::Plain(format!("{plain}${{")));
                rest = after;
                continue;
            }
            pieces.push(Piece::Plain(before.to_owned()));
            let Some((inside, after)) = after.split_once('}') else {
                return Err("`${` without its `}`".to_owned());
            };
            pieces.push(placeholder(inside)?);
            rest = after;
        }
        pieces.push(Piece::Plain(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value { name, .. } => Some(name.as_str()),
            Piece::Plain(_) => None,
        })
    }

    /// The text with the values that `find` knows.
    ///
    /// # Errors
    /// The name that has no value.
    pub fn fill(&self, find: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(plain) => out.push_str(plain),
                Piece::Value { name, filters } => {
                    let value = value(name, find).ok_or_else(|| name.clone())?;
                    let filtered = filters
                        .iter()
                        .fold(value, |value, name| filter(name, value));
                    out.push_str(&filtered);
                }
            }
        }
        Ok(out)
    }
}

fn placeholder(inside: &str) -> Result<Piece, String> {
    let mut words = inside.split('|');
    let name = words.next().unwrap_or_default();
    if name.is_empty() {
        return Err("`${}` names nothing".to_owned());
    }
    let filters: Vec<String> = words.map(str::to_owned).collect();
    match filters
        .iter()
        .find(|filter| !FILTERS.contains(&filter.as_str()))
    {
        None => Ok(Piece::Value {
            name: name.to_owned(),
            filters,
        }),
        Some(unknown) => Err(format!(
            "there is no filter `{unknown}`, but {}",
            FILTERS.join(", ")
        )),
    }
}

fn value(name: &str, find: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    find(name)
        .or_else(|| {
            let (whole, wanted) = name.rsplit_once('.')?;
            part(&find(whole)?, wanted)
        })
        .or_else(|| {
            let (whole, part, path) = inside_token(name)?;
            claim(&find(whole)?, part, path)
        })
}

/// A name such as `first.id_token.claims.sub`: the token, which part of it, and what in that.
fn inside_token(name: &str) -> Option<(&str, usize, &str)> {
    [(".header.", 0), (".claims.", 1)]
        .into_iter()
        .find_map(|(word, part)| {
            let (whole, path) = name.split_once(word)?;
            Some((whole, part, path))
        })
}

/// A member of a part of a JSON Web Token (RFC 7519 §7.2). Nothing is verified.
fn claim(token: &str, part: usize, path: &str) -> Option<String> {
    let part = base64url::decode(token.split('.').nth(part)?)?;
    let mut found = parse(&part).ok()?;
    for name in path.split('.') {
        found = found.member(name)?.clone();
    }
    Some(text_of(&found))
}

/// A part of a URL, taken apart as text: nothing is normalised.
fn part(url: &str, wanted: &str) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//");
    let (authority, tail) = match rest {
        None => ("", url.split_once(':').map_or("", |(_, tail)| tail)),
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
    };
    let (path, query) = tail.split_at(tail.find('?').unwrap_or(tail.len()));
    let from_port = authority
        .rfind(':')
        .filter(|colon| !authority.get(*colon..).unwrap_or_default().contains(']'))
        .unwrap_or(authority.len());
    let (host, port) = authority.split_at(from_port);
    let found = match wanted {
        "scheme" => scheme,
        "host" => host,
        "port" => port,
        "path" => path,
        "query" => query,
        _ => return None,
    };
    Some(found.to_owned())
}

fn filter(name: &str, value: String) -> String {
    match name {
        "base64" => base64(&value),
        "base64url" => base64url::encode(value.as_bytes()).to_string(),
        "changed" => changed(&value),
        "cut" => cut(&value),
        "doubled" => value.repeat(2),
        "encoded" => encoded(&value),
        "encoded_twice" => encoded(&encoded(&value)),
        "first_upper" => first_upper(&value),
        "half_s256" => left_half(&Sha256::digest(value)),
        "half_s512" => left_half(&Sha512::digest(value)),
        "long" => value.repeat(LONG),
        "lower" => value.to_ascii_lowercase(),
        "reversed" => value.chars().rev().collect(),
        "s256" => s256(&value),
        "upper" => value.to_ascii_uppercase(),
        // Reading refuses every other name.
        _ => value,
    }
}

/// Another last character of the same kind.
fn changed(value: &str) -> String {
    let mut characters: Vec<char> = value.chars().collect();
    // The last characters of base64url may hold bits that nobody reads: the one before them is changed.
    let place = characters.len().saturating_sub(4);
    if let Some(character) = characters.get_mut(place) {
        *character = match *character {
            'a' => 'b',
            'A' => 'B',
            '0' => '1',
            digit if digit.is_ascii_digit() => '0',
            upper if upper.is_ascii_uppercase() => 'A',
            _ => 'a',
        };
    }
    characters.into_iter().collect()
}

fn cut(value: &str) -> String {
    let mut shorter = value.to_owned();
    shorter.pop();
    shorter
}

fn first_upper(value: &str) -> String {
    match value.split_at_checked(1) {
        Some((first, rest)) => format!("{}{rest}", first.to_ascii_uppercase()),
        None => value.to_owned(),
    }
}

/// Percent-encoding of everything that is not unreserved.
fn encoded(value: &str) -> String {
    let mut out = String::new();
    form::write(&Fields::EMPTY.with("", value), &mut out);
    out.trim_start_matches('=').replace('+', "%20")
}

/// RFC 4648 §4, with padding: what Basic credentials are written in.
fn base64(value: &str) -> String {
    let mut out = base64url::encode(value.as_bytes())
        .to_string()
        .replace('-', "+")
        .replace('_', "/");
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// `at_hash` and `c_hash` of a token or code (OpenID Connect Core §3.1.3.6, §3.3.2.11).
fn left_half(digest: &[u8]) -> String {
    let half = digest.len() / 2;
    base64url::encode(digest.get(..half).unwrap_or_default()).to_string()
}

/// The challenge of a verifier (RFC 7636 §4.2), whatever its length.
fn s256(value: &str) -> String {
    base64url::encode(&Sha256::digest(value.as_bytes())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> Result<String, String> {
        let find = |name: &str| match name {
            "code" => Some("abcdefgh".to_owned()),
            "redirect_uri" => Some("https://client.example:8443/cb?a=b".to_owned()),
            "id_token" => {
                let header = base64url::encode(b"{\"alg\":\"none\"}");
                let claims =
                    base64url::encode(b"{\"sub\":\"alice\",\"address\":{\"city\":\"Bonn\"}}");
                Some(format!("{header}.{claims}."))
            }
            "app.redirect_uri" => Some("com.example:/cb".to_owned()),
            _ => None,
        };
        Template::read(text)?.fill(&find)
    }

    #[test]
    fn values_parts_and_filters() {
        for (text, expected) in [
            ("no names $${code}", "no names ${code}"),
            ("<${code}>", "<abcdefgh>"),
            ("${code|changed}", "abcdafgh"),
            ("${code|cut|upper}", "ABCDEFG"),
            (
                "${redirect_uri.scheme}://evil.${redirect_uri.host}${redirect_uri.port}${redirect_uri.path}${redirect_uri.query}",
                "https://evil.client.example:8443/cb?a=b",
            ),
            ("${app.redirect_uri.path}${app.redirect_uri.host}", "/cb"),
            (
                "${redirect_uri|encoded}",
                "https%3A%2F%2Fclient.example%3A8443%2Fcb%3Fa%3Db",
            ),
        ] {
            assert_eq!(fill(text).as_deref(), Ok(expected), "{text}");
        }
        let claims =
            "${id_token.claims.sub} ${id_token.claims.address.city} ${id_token.header.alg}";
        assert_eq!(fill(claims).as_deref(), Ok("alice Bonn none"));
        assert_eq!(
            fill("${id_token.claims.iss}"),
            Err("id_token.claims.iss".to_owned())
        );
        assert_eq!(fill("${nothing}"), Err("nothing".to_owned()));
        assert_eq!(fill("${code.host}"), Err("code.host".to_owned()));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(
            Template::read("${code").unwrap_err(),
            "`${` without its `}`"
        );
        assert!(Template::read("${}").is_err());
        let filter = Template::read("${code|uper}").unwrap_err();
        assert!(
            filter.contains("`uper`") && filter.contains("upper"),
            "{filter}"
        );
    }

    #[test]
    fn encodings_and_hashes_of_the_standards() {
        // RFC 7617 §2; the hashes are those of `printf abc | sha256sum` and `sha512sum`, halved.
        for (name, value, expected) in [
            (
                "base64",
                "Aladdin:open sesame",
                "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            ("base64", "~~>~~?", "fn4+fn4/"),
            ("half_s256", "abc", "ungWv48Bz-pBQUDeXa4iIw"),
            (
                "half_s512",
                "abc",
                "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o",
            ),
        ] {
            assert_eq!(filter(name, value.to_owned()), expected, "{name}");
        }
    }

    #[test]
    fn every_filter_does_something() {
        for name in FILTERS {
            assert_ne!(filter(name, "aB c/".to_owned()), "aB c/", "{name}");
        }
    }
}
