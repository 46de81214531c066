//! The grant store against a model of it: whatever is asked in whatever order, ordered maps would answer the same.

#![expect(clippy::unwrap_used, reason = "the values of the test are well-formed")]

mod model;
mod records;
mod rig;
mod steps;

use proptest::prelude::*;
use records::Digests;
use rig::Rig;
use steps::{Numbers, steps};

/// Few records, looked through one after the other; full most of the time.
const FEW: Numbers = Numbers {
    codes: 12,
    tokens: 24,
    run: 3,
};
/// As many as need an index, and drop out of it and come back.
const INDEXED: Numbers = Numbers {
    codes: 200,
    tokens: 400,
    run: 60,
};
/// So many that buckets of the index are split several times.
const SPLIT: Numbers = Numbers {
    codes: 4_000,
    tokens: 9_000,
    run: 1_500,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_small_store_is_its_model(
        capacity in 1_usize..9,
        steps in steps(FEW, 1..250),
    ) {
        Rig::new(capacity, Digests::Random).take_all(&steps);
    }

    #[test]
    fn an_indexed_store_is_its_model(
        capacity in 33_usize..160,
        digests in prop_oneof![Just(Digests::Random), Just(Digests::OfOneHash)],
        steps in steps(INDEXED, 1..80),
    ) {
        Rig::new(capacity, digests).take_all(&steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_store_that_splits_its_index_is_its_model(
        capacity in 1_000_usize..3_500,
        digests in prop_oneof![
            3 => Just(Digests::Random),
            2 => Just(Digests::OfOneBucket),
            1 => Just(Digests::OfOneHash),
        ],
        steps in steps(SPLIT, 1..14),
    ) {
        Rig::new(capacity, digests).take_all(&steps);
    }
}

/// What is in a store does not depend on how it came there: not on the order, nor on places that were used before.
#[test]
fn a_store_is_what_it_keeps() {
    let mut rig = Rig::new(4_000, Digests::Random);
    rig.take_all(&[
        steps::Step::SaveCodes {
            from: 0,
            count: 2_500,
        },
        steps::Step::SaveTokens {
            grant: 0,
            from: 0,
            count: 2_500,
        },
    ]);
    let mut other = Rig::new(4_000, Digests::Random);
    for from in (0..25).rev() {
        let from = from * 100;
        other.take_all(&[
            steps::Step::SaveCodes { from, count: 100 },
            steps::Step::SaveTokens {
                grant: from,
                from: 2 * from,
                count: 100,
            },
        ]);
    }
    assert!(rig.store == other.store, "the same records");
    rig.take_all(&[steps::Step::RevokeFamily(7)]);
    assert!(rig.store != other.store, "a family is revoked");
}
