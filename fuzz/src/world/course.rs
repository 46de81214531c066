//! A course: what deviates from the boring run, as events that have keys. This is what the world target reads, what its
//! mutator changes, and what its corpus holds, as JSON.

use grantlab_sim::choices::Key;
use serde_json::{Value, json};

/// Events of a course at most: enough for a login with several things going wrong at once.
pub(super) const EVENTS_MAX: usize = 10;

/// Boring steps before an event at most: longer than every login.
pub(super) const AFTER_MAX: u16 = 400;

/// Decisions of the tester in one event at most.
pub(super) const DECISIONS_MAX: usize = 12;

/// What deviates, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// At most `EVENTS_MAX`.
    pub events: Vec<Event>,
}

/// One deviation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Boring steps before it, at most `AFTER_MAX`.
    pub after: u16,
    /// What then happens.
    pub deed: Deed,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The action with this key; nothing, when it is not enabled.
    Key(Key),
    /// The action at this place among the enabled ones: how a mutator finds actions whose keys nobody knows yet.
    Place(u16),
    /// A request that nobody honest sends, by the decisions of the tester who thinks of it.
    Odd(Vec<u16>),
}

impl Course {
    /// Reads JSON; `None` when it is no course. Members that mean nothing here, such as `what`, are for people.
    #[must_use]
    pub fn read(octets: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(octets).ok()?;
        let events = json.get("events")?.as_array()?;
        let events = events.iter().take(EVENTS_MAX).map(Event::read);
        Some(Self {
            events: events.collect::<Option<Vec<_>>>()?,
        })
    }

    /// As JSON in few octets: what libFuzzer keeps.
    #[must_use]
    pub fn write(&self) -> String {
        let events: Vec<Value> = self.events.iter().map(Event::write).collect();
        json!({ "events": events }).to_string()
    }

    /// As JSON with a line for each event, and with `what` each of them is in words.
    #[must_use]
    pub fn write_for_people(&self, what: &[String]) -> String {
        let words = what.iter().map(String::as_str).chain(std::iter::repeat(""));
        let lines = self.events.iter().zip(words).map(|(event, what)| {
            let mut line = event.write();
            if let (Some(members), false) = (line.as_object_mut(), what.is_empty()) {
                members.insert("what".to_owned(), what.into());
            }
            format!("    {line}")
        });
        let lines: Vec<String> = lines.collect();
        format!("{{\n  \"events\": [\n{}\n  ]\n}}\n", lines.join(",\n"))
    }
}

impl Event {
    fn read(json: &Value) -> Option<Self> {
        let small = |json: &Value| u16::try_from(json.as_u64()?).ok();
        let after = small(json.get("after")?)?.min(AFTER_MAX);
        let deed = if let Some(key) = json.get("key") {
            Deed::Key(Key(u64::from_str_radix(key.as_str()?, 16).ok()?))
        } else if let Some(place) = json.get("place") {
            Deed::Place(small(place)?)
        } else {
            let decisions = json.get("odd")?.as_array()?;
            let decisions = decisions.iter().take(DECISIONS_MAX).map(small);
            Deed::Odd(decisions.collect::<Option<Vec<_>>>()?)
        };
        Some(Self { after, deed })
    }

    fn write(&self) -> Value {
        let after = self.after;
        match &self.deed {
            Deed::Key(key) => json!({ "after": after, "key": format!("{:016x}", key.0) }),
            Deed::Place(place) => json!({ "after": after, "place": place }),
            Deed::Odd(decisions) => json!({ "after": after, "odd": decisions }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let deeds = [
            Deed::Key(Key(0xab)),
            Deed::Place(7),
            Deed::Odd(vec![1, 0, 3]),
        ];
        let events = deeds.map(|deed| Event { after: 5, deed }).to_vec();
        let course = Course { events };
        assert_eq!(
            Course::read(course.write().as_bytes()),
            Some(course.clone())
        );
        let words = ["one".to_owned()];
        let text = course.write_for_people(&words);
        assert!(text.contains("\"what\":\"one\""), "{text}");
        assert_eq!(Course::read(text.as_bytes()), Some(course));
    }

    #[test]
    fn what_is_no_course_is_refused_and_bounds_hold() {
        for text in [
            "",
            "{}",
            "[]",
            "{\"events\":[{}]}",
            "{\"events\":[{\"after\":1,\"key\":\"x\"}]}",
        ] {
            assert_eq!(Course::read(text.as_bytes()), None, "{text}");
        }
        let event = "{\"after\":9999,\"place\":1}";
        let text = format!("{{\"events\":[{}]}}", [event; 50].join(","));
        let course = Course::read(text.as_bytes()).unwrap();
        assert_eq!(course.events.len(), EVENTS_MAX);
        assert_eq!(course.events[0].after, AFTER_MAX);
    }
}
