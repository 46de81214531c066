//! Answers as a snapshot keeps them: what differs from run to run without meaning anything is left out or named.

use grantlab_core::json::Json;

use super::answer::Answer;
use super::browser::Exchange;
use super::names::Names;
use super::page::ForeignPage;
use super::resolved::Target;
use super::seen::text_of;

/// What is done to an answer, rule by rule; every snapshot lists them.
pub(super) const RULES: &[&str] = &[
    "header fields are sorted by name; connection, content-length, date, etag, expires, keep-alive, last-modified, \
     server, transfer-encoding, via, x-powered-by and fields that number or time requests are left out",
    "a cookie has its name and attributes, without value and expiry",
    "words of Allow and of Access-Control-Allow-Methods are sorted",
    "values that the check has sent or got are named by where they come from: `$code1` is its first code; the target's \
     own origins are `$origin`",
    "ID Tokens are `$id_token`: two of one second may be equal; other JSON Web Tokens that have no name are `$jwt`, UUIDs `$uuid`, other long texts of letters and digits `$opaque`",
    "moments are told from the first one in the same content: `$time`, `$time+3600`",
    "`expires_in` one or two seconds below a full minute is that minute; the words of `scope` are sorted",
    "a page is its title, the names of its fields, and its buttons",
    "content that is neither JSON nor a page is its type alone",
];

/// Header fields that say nothing about behaviour.
const LEFT_OUT: &[&str] = &[
    "connection",
    "content-length",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "server",
    "server-timing",
    "traceparent",
    "transfer-encoding",
    "via",
    "x-correlation-id",
    "x-powered-by",
    "x-request-id",
    "x-response-time",
    "x-runtime",
];

/// Letters and digits in a text that is somebody's secret, probably.
const OPAQUE: usize = 20;

/// An exchange's answer, line by line.
pub(super) fn answer(exchange: &Exchange, names: &Names, target: &Target) -> Vec<String> {
    let answer = match &exchange.answer {
        Ok(answer) => answer,
        Err(why) => return vec![why.to_string()],
    };
    let tell = |text: &str| named(text, names, target);
    let mut lines = vec![format!("{}", answer.status)];
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter_map(|(name, value)| header(&name.to_ascii_lowercase(), value, &tell))
        .collect();
    headers.sort();
    lines.extend(headers);
    lines.extend(content(answer, &tell));
    lines
}

fn header(name: &str, value: &str, tell: &dyn Fn(&str) -> String) -> Option<String> {
    if LEFT_OUT.contains(&name) {
        return None;
    }
    let value = match name {
        "set-cookie" => cookie(value),
        "allow" | "access-control-allow-methods" => {
            let mut words: Vec<&str> = value.split(',').map(str::trim).collect();
            words.sort_unstable();
            words.join(", ")
        }
        _ => tell(value),
    };
    Some(format!("{name}: {value}"))
}

fn cookie(value: &str) -> String {
    let mut parts = value.split(';').map(str::trim);
    let name = parts.next().and_then(|pair| pair.split('=').next());
    // Names of cookies may be made for one request: `_interaction.a1b2c3`.
    let mut out = vec![opaque_words(name.unwrap_or_default())];
    let mut attributes: Vec<String> = parts
        .map(|part| match part.split_once('=') {
            // Small letters alone look like words: secrets are named while they still look like secrets.
            Some((name, value)) => format!("{name}={}", opaque_words(value)),
            None => part.to_owned(),
        })
        .map(|part| part.to_ascii_lowercase())
        .collect();
    attributes.retain(|one| !one.starts_with("expires=") && !one.starts_with("max-age="));
    attributes.sort();
    for attribute in attributes {
        out.push(opaque_words(&attribute));
    }
    out.join("; ")
}

fn content(answer: &Answer, tell: &dyn Fn(&str) -> String) -> Vec<String> {
    if answer.is_page() {
        return page(&ForeignPage::read(&answer.text()), tell);
    }
    match answer.json() {
        Some(json) => {
            let mut first = None;
            let mut lines = Vec::new();
            members("", &json, &mut first, tell, &mut lines);
            lines
        }
        None => Vec::new(),
    }
}

fn page(page: &ForeignPage, tell: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut lines = vec![format!("page: {}", tell(&page.title))];
    for form in &page.forms {
        let fields = form
            .fields
            .iter()
            .map(|field| format!("{} {}", field.kind, field.name));
        let buttons = form
            .buttons
            .iter()
            .map(|button| format!("[{}]", button.text));
        let parts: Vec<String> = fields.chain(buttons).collect();
        lines.push(format!("form: {}", tell(&parts.join(", "))));
    }
    lines
}

/// The members of a JSON value, a line each, in their order.
fn members(
    path: &str,
    json: &Json,
    first: &mut Option<u64>,
    tell: &dyn Fn(&str) -> String,
    lines: &mut Vec<String>,
) {
    let below = |name: &str| match path.is_empty() {
        true => name.to_owned(),
        false => format!("{path}.{name}"),
    };
    match json {
        Json::Object(pairs) => {
            for (name, value) in pairs {
                members(&below(name.as_str()), value, first, tell, lines);
            }
        }
        Json::Array(items) if items.iter().any(|item| item.members().is_some()) => {
            for (nth, item) in items.iter().enumerate() {
                members(&below(&nth.to_string()), item, first, tell, lines);
            }
        }
        Json::Number(_) if path == "expires_in" => {
            let shown = json.as_u64().map_or(text_of(json), in_full_minutes);
            lines.push(format!("{path} = {shown}"));
        }
        Json::String(_) if path == "scope" => {
            let text = text_of(json);
            let mut words: Vec<&str> = text.split(' ').collect();
            words.sort_unstable();
            lines.push(format!("{path} = {}", tell(&words.join(" "))));
        }
        Json::Number(_) => {
            let shown = match json.as_u64().filter(|number| is_moment(*number)) {
                Some(moment) => {
                    let from = *first.get_or_insert(moment);
                    match (moment.checked_sub(from), from.checked_sub(moment)) {
                        (Some(0), _) => "$time".to_owned(),
                        (Some(later), _) => format!("$time+{later}"),
                        (None, Some(earlier)) => format!("$time-{earlier}"),
                        (None, None) => "$time".to_owned(),
                    }
                }
                None => text_of(json),
            };
            lines.push(format!("{path} = {shown}"));
        }
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) => {
            lines.push(format!("{path} = {}", tell(&text_of(json))));
        }
    }
}

/// A second may begin between the making of a token and the telling of its lifetime.
fn in_full_minutes(seconds: u64) -> String {
    let full = seconds.saturating_add(2) / 60 * 60;
    full.max(seconds).to_string()
}

/// Seconds since 1970 of our time: from 2001 to 2286.
const fn is_moment(number: u64) -> bool {
    number >= 1_000_000_000 && number < 10_000_000_000
}

/// A text with names in place of values.
pub(super) fn named(text: &str, names: &Names, target: &Target) -> String {
    let mut text = names.told(text);
    for origin in &target.origins {
        let origin = origin.to_string();
        let encoded = origin.replace(':', "%3A").replace('/', "%2F");
        text = text
            .replace(&origin, "$origin")
            .replace(&encoded, "$origin");
    }
    opaque_words(&text)
}

/// A text with what looks like a secret named.
fn opaque_words(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '~' | '$') {
            word.push(character);
        } else {
            out.push_str(&opaque(&word));
            word.clear();
            out.push(character);
        }
    }
    out.push_str(&opaque(&word));
    out
}

fn opaque(word: &str) -> String {
    if word.starts_with('$') {
        return word.to_owned();
    }
    if word.starts_with("eyJ") && word.matches('.').count() >= 2 {
        return "$jwt".to_owned();
    }
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    let is_hex = word
        .bytes()
        .all(|octet| octet.is_ascii_hexdigit() || octet == b'-');
    if groups == [8, 4, 4, 4, 12] && is_hex {
        return "$uuid".to_owned();
    }
    // A name of parts, such as a cookie for one request, may end in a secret.
    match word.rsplit_once('.') {
        Some((before, last)) if is_secret(last) && !is_secret(before) => {
            format!("{before}.$opaque")
        }
        Some(_) | None if is_secret(word) => "$opaque".to_owned(),
        Some(_) | None => word.to_owned(),
    }
}

/// Long, and with digits among its letters: words of a language have none.
fn is_secret(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = word.bytes().filter(u8::is_ascii_lowercase).count();
    word.len() >= OPAQUE && (digits >= 2 || (upper >= 3 && lower >= 3)) && !word.contains("example")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(answer: Answer) -> Vec<String> {
        let url = grantlab_core::wire::location::parse("https://as.example/token").unwrap();
        let exchange = Exchange {
            request: grantlab_core::http::Request::get(url),
            answer: Ok(answer),
        };
        let mut names = Names::default();
        names.learn("code", "SplxlOBeZQQYbYS6WxSbIA");
        let target = Target {
            origins: vec![grantlab_core::http::Origin::https("as.example")],
            ..Target::default()
        };
        super::answer(&exchange, &names, &target)
    }

    #[test]
    fn what_differs_from_run_to_run_is_named() {
        let body = "{\"code\":\"SplxlOBeZQQYbYS6WxSbIA\",\"id_token\":\"eyJhbGciOiJub25lIn0.eyJh.c2ln\",\
                    \"iat\":1700000000,\"exp\":1700003600,\"jti\":\"3f2b6c1e-8f7a-4a55-9d0e-2f4a8f0c1d2e\",\
                    \"iss\":\"https://as.example\",\"scope\":\"write read\",\"expires_in\":3599}";
        let answer = Answer::new(200)
            .with_header("Date", "now")
            .with_header(
                "Set-Cookie",
                "_interaction.mTYUGJKLAw3vQh8XzMa1b; Path=/x; Expires=Thu; HttpOnly",
            )
            .with_header("Allow", "POST, GET")
            .with_body("application/json", body);
        assert_eq!(
            lines(answer),
            [
                "200",
                "allow: GET, POST",
                "content-type: application/json",
                "set-cookie: _interaction.$opaque; httponly; path=/x",
                "code = $code1",
                "id_token = $jwt",
                "iat = $time",
                "exp = $time+3600",
                "jti = $uuid",
                "iss = $origin",
                "scope = read write",
                "expires_in = 3600",
            ]
        );
    }

    #[test]
    fn a_page_is_what_it_asks() {
        let html = "<title>Sign in</title><form><input name=a type=hidden value=random><button>Go</button></form>";
        let answer = Answer::new(200).with_body("text/html", html);
        assert_eq!(
            lines(answer),
            [
                "200",
                "content-type: text/html",
                "page: Sign in",
                "form: hidden a, [Go]"
            ]
        );
    }
}
