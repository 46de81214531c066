//! Whether a condition holds.

use grantlab_core::json::Json;

use super::condition::{Condition, ListMatch, Match, SignatureMatch};
use super::run::Run;
use super::seen::{Seen, text_of};
use super::signature;
use super::words::{Charset, JsonType};

/// A value that is looked at, and its JSON type where it has one.
struct Value {
    text: String,
    json: Option<Json>,
}

impl Value {
    fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            json: None,
        }
    }

    fn json(json: Json) -> Self {
        Self {
            text: text_of(&json),
            json: Some(json),
        }
    }
}

impl Run<'_> {
    /// Whether everything in a condition holds. Where a step was not answered, or a value is missing, it does not.
    #[must_use]
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        let seen = match &condition.of {
            Some(name) => self
                .seen
                .iter()
                .rev()
                .find(|seen| seen.name.as_ref() == Some(name)),
            None => self.seen.last(),
        };
        let of_answer = match seen {
            Some(seen) => self.answer_holds(condition, seen),
            None => condition.of.is_none(),
        };
        of_answer
            && self.values_hold(condition)
            && condition
                .signature
                .as_ref()
                .is_none_or(|wanted| self.signature_fits(wanted))
            && condition.all.iter().all(|inner| self.holds(inner))
            && (condition.any.is_empty() || condition.any.iter().any(|inner| self.holds(inner)))
            && !condition
                .not
                .as_ref()
                .is_some_and(|inner| self.holds(inner))
    }

    fn signature_fits(&self, wanted: &SignatureMatch) -> bool {
        let named = |seen: &&Seen| seen.name.as_ref() == Some(&wanted.keys);
        let keys = self.seen.iter().rev().find(named).and_then(Seen::object);
        let token = self.filled(&wanted.token).unwrap_or_default();
        let worth = signature::judged(&token, &keys.unwrap_or(Json::Null));
        wanted.is.contains(&worth)
    }

    fn answer_holds(&self, condition: &Condition, seen: &Seen) -> bool {
        let outcomes = seen.outcomes();
        let outcome = condition.outcome.is_empty()
            || condition
                .outcome
                .iter()
                .any(|wanted| outcomes.contains(wanted));
        let status = seen.callback.as_ref().map(|callback| callback.status);
        let status = status.or_else(|| seen.answer().ok().map(|answer| answer.status));
        let status = condition.status.is_empty()
            || status
                .is_some_and(|status| condition.status.iter().any(|word| word.includes(status)));
        let error = seen.error();
        let error = condition.error.is_empty()
            || error.is_some_and(|error| condition.error.contains(&error));
        let channel = condition.channel.is_none()
            || condition.channel == seen.callback.as_ref().map(|callback| callback.channel);
        outcome && status && error && channel && self.parts_hold(condition, seen)
    }

    fn parts_hold(&self, condition: &Condition, seen: &Seen) -> bool {
        let answer = seen.answer().ok();
        let parameters = condition.parameters.iter().all(|(name, wanted)| {
            let callback = seen.callback.as_ref();
            let values = callback.into_iter().flat_map(|callback| callback.all(name));
            self.fits(wanted, &values.map(Value::plain).collect::<Vec<_>>())
        });
        let members = condition.members.iter().all(|(path, wanted)| {
            let found: Vec<Value> = seen.member(path).map(Value::json).into_iter().collect();
            self.fits(wanted, &found)
        });
        let headers = condition.headers.iter().all(|(name, wanted)| {
            let values = answer
                .into_iter()
                .flat_map(|answer| answer.header_values(name));
            self.fits(wanted, &values.map(Value::plain).collect::<Vec<_>>())
        });
        let one = |wanted: &Option<Match>, value: Option<String>| match wanted {
            None => true,
            Some(wanted) => {
                let value = value.map(|value| Value::plain(&value));
                self.fits(wanted, &value.into_iter().collect::<Vec<_>>())
            }
        };
        let location = seen.callback.as_ref().map(|callback| callback.uri.clone());
        let winners = seen.winners.map(|winners| winners.to_string());
        parameters
            && members
            && headers
            && one(&condition.location, location)
            && one(&condition.body, answer.map(super::answer::Answer::text))
            && one(&condition.winners, winners)
    }

    fn values_hold(&self, condition: &Condition) -> bool {
        let values = condition.values.iter().all(|(template, wanted)| {
            let value = self.filled(template).ok().map(|value| Value::plain(&value));
            self.fits(wanted, &value.into_iter().collect::<Vec<_>>())
        });
        let lists = condition.lists.iter().all(|(name, wanted)| {
            self.lists
                .get(name)
                .is_some_and(|list| list_fits(*wanted, list))
        });
        values && lists
    }

    /// Whether a value fits. What must not be so must not be so of any.
    fn fits(&self, wanted: &Match, values: &[Value]) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|value| test(&value.text));
        let none = |test: &dyn Fn(&str) -> bool| {
            !values.is_empty() && !values.iter().any(|value| test(&value.text))
        };
        let filled = |text: &String, test: &dyn Fn(&str) -> bool| {
            self.filled(text).is_ok_and(|text| test(&text))
        };
        let lower = |text: &str| text.to_lowercase();
        let number = |text: &str| text.parse::<u64>().ok();
        match wanted {
            Match::Present => !values.is_empty(),
            Match::Absent => values.is_empty(),
            Match::Is(text) => filled(text, &|text| any(&|value| value == text)),
            Match::Differs(text) => filled(text, &|text| none(&|value| value == text)),
            Match::OneOf(texts) => texts
                .iter()
                .any(|text| filled(text, &|text| any(&|value| value == text))),
            Match::Contains(text) => filled(text, &|text| {
                any(&|value| lower(value).contains(&lower(text)))
            }),
            Match::Lacks(text) => filled(text, &|text| {
                none(&|value| lower(value).contains(&lower(text)))
            }),
            Match::StartsWith(text) => filled(text, &|text| any(&|value| value.starts_with(text))),
            Match::StartsOtherwise(text) => {
                filled(text, &|text| none(&|value| value.starts_with(text)))
            }
            Match::SameWords(text) => filled(text, &|text| {
                any(&|value| within(value, text) && within(text, value))
            }),
            Match::WithinWords(text) => filled(text, &|text| any(&|value| within(value, text))),
            Match::AtMost(most) => {
                any(&|value| number(value).is_some_and(|number| number <= *most))
            }
            Match::AtLeast(least) => {
                any(&|value| number(value).is_some_and(|number| number >= *least))
            }
            Match::Type(wanted) => values.iter().any(|value| {
                value
                    .json
                    .as_ref()
                    .is_some_and(|json| type_of(json) == *wanted)
            }),
            Match::Charset(charset) => {
                any(&|value| value.bytes().all(|octet| allows(*charset, octet)))
            }
            Match::Count(count) => values.len() == *count,
        }
    }
}

/// Whether each word of one list is in the other.
fn within(some: &str, all: &str) -> bool {
    some.split(' ')
        .all(|word| all.split(' ').any(|other| other == word))
}

fn type_of(json: &Json) -> JsonType {
    match json {
        Json::Null => JsonType::Null,
        Json::Bool(_) => JsonType::Boolean,
        Json::Number(digits) if digits.as_str().bytes().any(|octet| b".eE".contains(&octet)) => {
            JsonType::Fraction
        }
        Json::Number(_) => JsonType::Integer,
        Json::String(_) => JsonType::String,
        Json::Array(_) => JsonType::Array,
        Json::Object(_) => JsonType::Object,
    }
}

fn allows(charset: Charset, octet: u8) -> bool {
    match charset {
        Charset::Vschar => matches!(octet, 0x20..=0x7e),
        Charset::Nqschar => matches!(octet, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e),
        Charset::Unreserved => octet.is_ascii_alphanumeric() || b"-._~".contains(&octet),
    }
}

fn list_fits(wanted: ListMatch, list: &[String]) -> bool {
    let mut sorted: Vec<&String> = list.iter().collect();
    sorted.sort_unstable();
    let repeated = sorted
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one == other));
    match wanted {
        ListMatch::Distinct => !repeated && !list.is_empty(),
        ListMatch::Repeated => repeated,
        ListMatch::BitsAtLeast(bits) => !list.is_empty() && chance(list) >= bits,
        ListMatch::BitsAtMost(bits) => !list.is_empty() && chance(list) <= bits,
    }
}

/// How many bits of chance the values can hold at most, by the length of the shortest, the characters that are seen
/// in them, and the places at which all are equal. It says nothing about how they were made.
fn chance(list: &[String]) -> u64 {
    let shortest = list.iter().map(String::len).min().unwrap_or(0);
    let varies = |place: usize| {
        let first = list.first().and_then(|value| value.as_bytes().get(place));
        list.iter()
            .any(|value| value.as_bytes().get(place) != first)
    };
    let places = (0..shortest).filter(|place| varies(*place)).count();
    let seen = |test: fn(u8) -> bool| list.iter().any(|value| value.bytes().any(test));
    let mut alphabet: u64 = 0;
    for (test, size) in [
        ((|octet: u8| octet.is_ascii_digit()) as fn(u8) -> bool, 10),
        (|octet| matches!(octet, b'a'..=b'f'), 6),
        (|octet| matches!(octet, b'g'..=b'z'), 20),
        (|octet| octet.is_ascii_uppercase(), 26),
        (|octet| !octet.is_ascii_alphanumeric(), 2),
    ] {
        alphabet += if seen(test) { size } else { 0 };
    }
    // Half bits are rounded down: 10 and 16 characters hold 3 and 4 bits, 62 and 64 hold 5 and 6.
    let places = u64::try_from(places).unwrap_or(u64::MAX);
    match alphabet {
        0 | 1 => 0,
        64.. => places.saturating_mul(6),
        // 62 characters hold 5.95 bits.
        62..=63 => places.saturating_mul(595) / 100,
        36..=61 => places.saturating_mul(516) / 100,
        16..=35 => places.saturating_mul(4),
        _ => places.saturating_mul(3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_that_of_the_places_that_vary() {
        let list = |texts: &[&str]| -> Vec<String> {
            texts.iter().map(|text| (*text).to_owned()).collect()
        };
        assert!(chance(&list(&["code-1", "code-2"])) < 8);
        assert_eq!(chance(&list(&["00af", "fa11"])), 16);
        assert!(list_fits(ListMatch::Repeated, &list(&["a", "b", "a"])));
        assert!(list_fits(ListMatch::Distinct, &list(&["a", "b"])));
        assert!(!list_fits(ListMatch::Distinct, &[]));
    }

    #[test]
    fn words_are_compared_as_sets() {
        assert!(within("a b", "b a") && !within("a c", "a b"));
    }
}
