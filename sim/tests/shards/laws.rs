//! Merging is commutative and associative, and the default changes nothing.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use grantlab_sim::search::Sketch;
use grantlab_sim::shard::{
    ChunkWork, Explored, FoundPart, Part, Plan, SketchPart, Swept, SweptFirst, read, write,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

fn merged<P: Part>(mut one: P, other: P) -> P {
    one.merge(other);
    one
}

fn laws<P: Part + Clone + PartialEq + std::fmt::Debug>(one: &P, two: &P, three: &P) {
    let [one, two, three] = [one, two, three].map(|part| move || part.clone());
    assert_eq!(merged(one(), two()), merged(two(), one()));
    assert_eq!(
        merged(merged(one(), two()), three()),
        merged(one(), merged(two(), three()))
    );
    assert_eq!(merged(one(), P::default()), one());
    let plan = Plan::new("work", String::new(), b"");
    let back: P = read(&plan, 7, &write(&plan, 7, one())).expect("what was written can be read");
    assert_eq!(back, one());
}

fn swept() -> impl Strategy<Value = Swept> {
    let first = (any::<u128>(), "[a-b]", "[a-b]").prop_map(|(seed, property, words)| SweptFirst {
        seed: seed % 3,
        property,
        words,
    });
    let numbers = [0..1_000_u64, 0..1_000, 0..1_000, 0..1_000, 0..1_000];
    (numbers, any::<u128>(), proptest::option::of(first)).prop_map(
        |([walks, logins, faults, deviations, violating], digest, first)| Swept {
            walks,
            logins,
            faults,
            deviations,
            violating,
            digest,
            first,
        },
    )
}

fn explored() -> impl Strategy<Value = Explored> {
    let found =
        (0..3_u64, vec("[a-b]", 0..3), "[a-b]").prop_map(|(length, steps, words)| FoundPart {
            length,
            steps,
            words,
        });
    let numbers = [0..1_000_u64, 0..1_000, 0..1_000, 0..1_000];
    let found = btree_map("[a-c]", found, 0..3);
    (numbers, vec(any::<u128>(), 0..9), found).prop_map(
        |([pieces, incomplete, explored, transitions], names, found): (_, _, BTreeMap<_, _>)| {
            Explored {
                pieces,
                incomplete,
                explored,
                transitions,
                depth: u32::try_from(pieces % 10).unwrap(),
                distinct: SketchPart::of(&names.into_iter().collect::<Sketch>()),
                found,
            }
        },
    )
}

proptest! {
    #[test]
    fn sweeps_merge_in_any_order(one in swept(), two in swept(), three in swept()) {
        laws(&one, &two, &three);
    }

    #[test]
    fn explorations_merge_in_any_order(one in explored(), two in explored(), three in explored()) {
        laws(&one, &two, &three);
    }
}

#[test]
fn a_file_at_the_wrong_place_is_noticed() {
    let plan = Plan::new("work", String::new(), b"");
    let other = Plan::new("work", String::new(), b"another world");
    let text = write(&plan, 7, Swept::default());
    assert!(read::<Swept>(&plan, 7, &text).is_ok());
    assert!(read::<Swept>(&plan, 8, &text).is_err());
    assert!(read::<Swept>(&other, 7, &text).is_err());
    assert!(read::<Swept>(&plan, 7, &text[..text.len() / 2]).is_err());
}

/// Searches as work, on a space whose answer is known.
mod searches {
    use super::*;
    use grantlab_sim::search::{Bounds, Cost, Options, Pieces, Unwatched, search};
    use grantlab_sim::shard::Exploring;

    use crate::two_phase_commit::TwoPhaseCommit;

    #[test]
    fn chunks_of_a_search_come_to_what_the_search_says() {
        let hasty = TwoPhaseCommit {
            unheard: 1,
            ..TwoPhaseCommit::of(4)
        };
        let options = Options::every(Bounds::new(Cost::FREE, 99));
        let whole = search(&hasty, options, &Unwatched);
        let chunks_of = |chunk_size| {
            let pieces = Pieces::cut(&hasty, options, 4, &Unwatched).unwrap();
            let work = Exploring {
                plan: Plan {
                    end: pieces.len() as u64,
                    chunk_size,
                    ..Plan::new("explore", String::new(), b"hasty")
                },
                pieces,
                tell: &|found| {
                    let part = FoundPart {
                        length: found.path.len() as u64,
                        steps: found.path.iter().map(|step| format!("{step:?}")).collect(),
                        words: format!("{:?}", found.finding),
                    };
                    ("torn".to_owned(), part)
                },
            };
            let mut explored = Explored::default();
            for chunk in (0..work.plan().chunks()).rev() {
                explored.merge(work.chunk(chunk, &AtomicBool::new(false)).unwrap());
            }
            assert_eq!(work.chunk(0, &AtomicBool::new(true)), None);
            explored
        };
        let explored = chunks_of(1);
        assert_eq!(explored, chunks_of(7));
        let distinct = explored.distinct.sketch();
        assert!(distinct.is_exact());
        assert_eq!(distinct.count(), whole.counts.states);
        assert!(explored.explored > whole.counts.states);
        assert_eq!(explored.depth, whole.counts.depth);
        assert_eq!(explored.incomplete, 0);
        assert_eq!(
            explored.found["torn"].length,
            whole.found[0].path.len() as u64
        );
    }
}
