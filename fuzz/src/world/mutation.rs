//! Changes courses by their events: an event is added, doubled, moved, deleted, brought forward or put off, and the ends of
//! two courses are exchanged. Octets are never changed, so that every mutant is a course.

use grantlab_sim::choices::Seeded;
use grantlab_sim::seed::Seed;

use super::course::{AFTER_MAX, Course, DECISIONS_MAX, Deed, EVENTS_MAX, Event};

/// Places among the enabled actions that are tried; there are rarely more.
const PLACES: usize = 64;

/// The largest number that decides something for the tester.
const DECISIONS: usize = 12;

/// Boring steps that are rarely exceeded between two deviations.
const AFTER_USUALLY: usize = 40;

/// A neighbour of `course`: one to three changes.
#[must_use]
pub fn mutated(course: &Course, seed: u32) -> Course {
    let mut dice = Seeded::new(Seed(u128::from(seed)));
    let mut events = course.events.clone();
    for _ in 0..=dice.below(3) {
        change(&mut events, &mut dice);
    }
    events.truncate(EVENTS_MAX);
    Course { events }
}

/// The begin of `one` and the end of `other`.
#[must_use]
pub fn spliced(one: &Course, other: &Course, seed: u32) -> Course {
    let mut dice = Seeded::new(Seed(u128::from(seed)));
    let begin = dice.below(one.events.len() + 1);
    let end = dice.below(other.events.len() + 1);
    let events = one
        .events
        .iter()
        .take(begin)
        .chain(other.events.iter().skip(end));
    Course {
        events: events.take(EVENTS_MAX).cloned().collect(),
    }
}

fn change(events: &mut Vec<Event>, dice: &mut Seeded) {
    let kinds = if events.is_empty() { 1 } else { 7 };
    let kind = dice.below(kinds);
    let place = dice.below(events.len());
    match (kind, events.get(place).cloned()) {
        (1, Some(event)) => events.insert(dice.below(events.len() + 1), event),
        (2, Some(_)) => {
            let event = events.remove(place);
            events.insert(dice.below(events.len() + 1), event);
        }
        (3, Some(_)) => {
            events.remove(place);
        }
        (4, Some(event)) => put(
            events,
            place,
            Event {
                after: after(dice),
                ..event
            },
        ),
        (5, Some(event)) => put(
            events,
            place,
            Event {
                deed: other_deed(event.deed, dice),
                ..event
            },
        ),
        (6, Some(event)) => {
            let sooner = event.after.saturating_sub(1);
            let later = (event.after + 1).min(AFTER_MAX);
            let after = if dice.happens(1, 2) { sooner } else { later };
            put(events, place, Event { after, ..event });
        }
        _ => {
            let event = Event {
                after: after(dice),
                deed: new_deed(dice),
            };
            events.insert(dice.below(events.len() + 1), event);
        }
    }
}

fn put(events: &mut [Event], place: usize, event: Event) {
    if let Some(old) = events.get_mut(place) {
        *old = event;
    }
}

fn after(dice: &mut Seeded) -> u16 {
    small(dice, AFTER_USUALLY)
}

fn new_deed(dice: &mut Seeded) -> Deed {
    if dice.happens(1, 3) {
        let decisions = 1 + dice.below(DECISIONS_MAX);
        Deed::Odd((0..decisions).map(|_| small(dice, DECISIONS)).collect())
    } else {
        Deed::Place(small(dice, PLACES))
    }
}

/// One decision of the tester changes; anything else is replaced.
fn other_deed(deed: Deed, dice: &mut Seeded) -> Deed {
    let Deed::Odd(mut decisions) = deed else {
        return new_deed(dice);
    };
    let place = dice.below(decisions.len());
    match decisions.get_mut(place) {
        Some(decision) => *decision = small(dice, DECISIONS),
        None => return new_deed(dice),
    }
    Deed::Odd(decisions)
}

fn small(dice: &mut Seeded, below: usize) -> u16 {
    u16::try_from(dice.below(below)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown(seeds: std::ops::Range<u32>) -> Vec<Course> {
        let mut courses = vec![Course::default()];
        for seed in seeds {
            let course = mutated(&courses[courses.len() / 2], seed);
            courses.push(course);
        }
        courses
    }

    #[test]
    fn every_mutant_is_a_course_and_every_change_happens() {
        let courses = grown(0..2_000);
        for course in &courses {
            assert!(course.events.len() <= EVENTS_MAX);
            assert_eq!(
                Course::read(course.write().as_bytes()).as_ref(),
                Some(course)
            );
        }
        let any = |what: &dyn Fn(&Event) -> bool| {
            courses.iter().flat_map(|course| &course.events).any(what)
        };
        assert!(any(&|event| matches!(event.deed, Deed::Odd(_))));
        assert!(any(&|event| matches!(event.deed, Deed::Place(_))));
        let lengths: std::collections::BTreeSet<usize> =
            courses.iter().map(|course| course.events.len()).collect();
        assert!(lengths.len() > EVENTS_MAX / 2, "{lengths:?}");
        let doubled = |course: &Course| course.events.windows(2).any(|two| two[0] == two[1]);
        assert!(courses.iter().any(doubled));
    }

    #[test]
    fn a_splice_has_events_of_both() {
        let numbered = |range: std::ops::Range<u16>| Course {
            events: range
                .map(|place| Event {
                    after: 0,
                    deed: Deed::Place(place),
                })
                .collect(),
        };
        let (one, other) = (numbered(0..5), numbered(100..105));
        let mixed = (0..50).map(|seed| spliced(&one, &other, seed));
        let of_both = |course: Course| {
            course.events.iter().any(|event| one.events.contains(event))
                && course
                    .events
                    .iter()
                    .any(|event| other.events.contains(event))
        };
        assert!(mixed.map(of_both).filter(|both| *both).count() > 10);
    }
}
