//! Every attack of the first tier, with its weakness and without: found in its preset, named, as short as published,
//! and gone with its first countermeasure.

use grantlab_sim::attacks::{ATTACKS, Attack, find, recognise};
use grantlab_sim::finding::Quarry;

use super::grounds::{hunted, profile, published};

/// Moves beyond the shortest run up to which the countermeasure is tried here. `grantlab matrix` tries every
/// countermeasure, and goes deeper.
const DEPTH_BEYOND: u32 = 1;

macro_rules! pairs {
    ($($test:ident: $id:literal,)+) => {
        /// The attacks that have a test below.
        const TESTED: &[&str] = &[$($id),+];

        $(#[test]
        fn $test() {
            pair(find($id).unwrap());
        })+
    };
}

pairs! {
    ru_01: "RU-01",
    ru_03: "RU-03",
    ru_04: "RU-04",
    ru_07: "RU-07",
    ru_09: "RU-09",
    ru_10: "RU-10",
    lk_01: "LK-01",
    lk_02: "LK-02",
    lk_03: "LK-03",
    lk_04: "LK-04",
    lk_05: "LK-05",
    lk_06: "LK-06",
    cu_01: "CU-01",
    cu_02: "CU-02",
    cu_03: "CU-03",
    cu_04: "CU-04",
    cu_07: "CU-07",
    cu_08: "CU-08",
    cu_09: "CU-09",
    pk_01: "PK-01",
    pk_02: "PK-02",
    pk_03: "PK-03",
    pk_07: "PK-07",
    bs_01: "BS-01",
    cs_01: "CS-01",
    cs_02: "CS-02",
    cs_04: "CS-04",
    cs_06: "CS-06",
    cs_07: "CS-07",
    cs_08: "CS-08",
    cs_09: "CS-09",
    cs_10: "CS-10",
    mx_01: "MX-01",
    mx_03: "MX-03",
    mx_05: "MX-05",
    mx_07: "MX-07",
    mx_08: "MX-08",
    mx_12: "MX-12",
    rd_01: "RD-01",
    rd_02: "RD-02",
    rd_04: "RD-04",
    tk_01: "TK-01",
    rt_01: "RT-01",
    rt_02: "RT-02",
    rt_03: "RT-03",
    rt_05: "RT-05",
    rt_06: "RT-06",
}

fn pair(attack: &'static Attack) {
    let (quarry, depth) = with_its_weakness(attack);
    without_it(attack, &quarry, depth);
}

/// The first preset in which the attack is found, and the moves of the shortest run there.
fn with_its_weakness(attack: &'static Attack) -> (Quarry, u32) {
    let mut presets = attack.presets.iter();
    let tried = presets.find_map(|preset| {
        let quarry = published(attack, preset);
        let (chase, report) = hunted(&quarry, attack.depth);
        let found = report.found.first()?;
        let (trace, _) = chase.run(&found.path);
        let named = recognise(&trace);
        assert!(
            named.iter().any(|named| named.id == attack.id),
            "{named:#?}"
        );
        Some((quarry, u32::try_from(found.path.len()).unwrap()))
    });
    tried.unwrap_or_else(|| panic!("nothing was found in any preset"))
}

/// One countermeasure is enough. Those that do not stop it, although published, are for `grantlab matrix` to tell;
/// where that is all of them, the attack is gone with every weakness of its preset.
fn without_it(attack: &'static Attack, quarry: &Quarry, shortest: u32) {
    let counts = attack
        .countermeasures
        .iter()
        .filter(|stop| stop.passes.is_none());
    let mut tried = counts
        .filter_map(|stop| {
            let mut hardened = quarry.clone();
            for (key, value) in &stop.set {
                hardened.profile.policies.set(key, value).unwrap();
            }
            (hardened.profile.policies != quarry.profile.policies).then_some(hardened)
        })
        .peekable();
    let stopped = if tried.peek().is_some() {
        tried.any(|hardened| is_gone(&hardened, shortest))
    } else {
        let mut secure = quarry.clone();
        secure.profile.policies = profile("rfc9700").policies;
        is_gone(&secure, shortest)
    };
    assert!(stopped, "no countermeasure stops it");
}

/// Nothing as short is found, and nothing longer as far as is looked.
fn is_gone(hardened: &Quarry, shortest: u32) -> bool {
    let (_, report) = hunted(hardened, shortest + DEPTH_BEYOND);
    report.found.is_empty() && report.counts.depth_complete >= shortest
}

#[test]
fn every_attack_of_the_first_tier_has_a_test() {
    let first = ATTACKS.iter().filter(|attack| attack.tier == 1);
    let names = first.map(|attack| attack.id.as_str());
    assert_eq!(TESTED, names.collect::<Vec<_>>());
}
