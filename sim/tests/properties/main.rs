//! Every invariant: it holds when hardened, it is violated by its weak switch, and it was exercised.

mod minimal;
mod rules;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod tale;

use std::collections::BTreeSet;
use std::sync::Arc;

use grantlab_sim::choices::{Bytes, Seeded};
use grantlab_sim::invariant::{self, Invariant, Judgement};
use grantlab_sim::profile::Scale;
use grantlab_sim::seed::Seed;
use grantlab_sim::setup::Setup;
use grantlab_sim::trace::Trace;
use grantlab_sim::walk::{Plan, violations, walk};
use grantlab_sim::world::Mode;
use proptest::prelude::*;
use support::world_of;

/// What a profile's own document leaves open: these invariants are not asked of it.
/// Without rotation a refresh token is good again and again (RFC 9700 §4.14.2); without `state` nothing ties a
/// response to its session (§4.7). OAuth 2.1 drops `redirect_uri` from the token request, since the verifier does
/// its work (§10.2); Pockets drops it without.
const LEFT_OPEN: &[(&str, &[&str])] = &[
    ("oauth21", &["redirect-binding"]),
    ("wishtack", &["refresh-after-end"]),
    ("rfc6749", &["refresh-linearity"]),
    ("isogeo", &["refresh-linearity", "state-integrity"]),
    (
        "pockets",
        &[
            "redirect-binding",
            "redirect-uri-repeated",
            "refresh-linearity",
        ],
    ),
    ("login-retry", &["refresh-linearity"]),
    ("aidbox", &["refresh-linearity"]),
];

/// What profiles leave open that are older than RFC 9700: a code in another browser, for want of PKCE (§4.5), and
/// errors that are redirected before anybody has logged in (§4.11.2).
const OLDER: &[&str] = &[
    "browser-agreement",
    "own-identity",
    "intended-login",
    "login-before-redirect",
];

fn is_left_open(profile: &str, id: &str) -> bool {
    let is_older = !["rfc9700", "oauth21"].contains(&profile);
    LEFT_OPEN
        .iter()
        .any(|(name, open)| *name == profile && open.contains(&id))
        || (is_older && OLDER.contains(&id))
}

/// Choices as octets; shown as hexadecimal digits when a run fails.
#[derive(Clone)]
struct Tape(Vec<u8>);

impl std::fmt::Debug for Tape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0
            .iter()
            .try_for_each(|octet| write!(formatter, "{octet:02x}"))
    }
}

fn tape() -> impl Strategy<Value = Tape> {
    proptest::collection::vec(any::<u8>(), 0..400).prop_map(Tape)
}

fn check(profile: &str, setup: &Arc<Setup>, tape: &[u8]) -> Result<(), TestCaseError> {
    let walked = walk(
        setup,
        Seed(7),
        &mut Bytes::new(tape),
        &Plan::probed(Mode::Message),
    );
    for (id, violation) in violations(&walked.trace) {
        prop_assert!(
            is_left_open(profile, id),
            "{profile} violates {id}: {violation:?}"
        );
    }
    prop_assert!(walked.completed, "{profile}: somebody never got logged in");
    Ok(())
}

macro_rules! holds_on_profiles {
    ($($test:ident: $profile:literal, $nodes:literal;)+) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $test(tape in tape()) {
                    let setup = world_of($profile, &[], &Scale { nodes: $nodes, ..Scale::SMALL });
                    check($profile, &setup, &tape.0)?;
                }
            )+
        }
    };
}

holds_on_profiles! {
    rfc9700_keeps_every_invariant: "rfc9700", 1;
    rfc9700_on_two_nodes_keeps_every_invariant: "rfc9700", 2;
    oauth21_keeps_what_it_promises: "oauth21", 2;
    rfc6749_keeps_what_it_promises: "rfc6749", 1;
    wishtack_keeps_what_it_promises: "wishtack", 1;
    isogeo_keeps_what_it_promises: "isogeo", 1;
    pockets_keeps_what_it_promises: "pockets", 1;
    login_retry_keeps_what_it_promises: "login-retry", 1;
    aidbox_keeps_what_it_promises: "aidbox", 1;
}

/// Seeds within which a weak switch must show.
const SEEDS: u128 = 600;

/// For each invariant, switches that break it.
const WEAK: &[(&str, &[(&str, &str)])] = &[
    ("code-single-use", &[("as.code_use", "unlimited")]),
    ("code-single-use", &[("as.code_use", "check_then_set")]),
    ("code-expiry", &[("as.code_ttl", "none")]),
    (
        "client-binding",
        &[
            ("as.code_bind_client", "off"),
            ("as.redirect_at_token", "ignored"),
            ("as.pkce_verify", "never"),
        ],
    ),
    ("client-binding", &[("as.rt_bind_client", "off")]),
    (
        "client-authentication",
        &[("as.client_auth", "skip_if_absent")],
    ),
    ("redirect-binding", &[("as.redirect_match", "prefix")]),
    ("redirect-binding", &[("as.redirect_match", "none")]),
    ("redirect-binding", &[("as.redirect_at_token", "ignored")]),
    ("no-open-redirect", &[("as.error_redirect", "any")]),
    ("pkce-binding", &[("as.pkce_verify", "never")]),
    (
        "pkce-binding",
        &[("as.pkce_verify", "only_if_verifier_present")],
    ),
    (
        "state-integrity",
        &[
            ("client.state", "sent_not_checked"),
            ("client.pkce", "none"),
            ("as.pkce", "optional"),
        ],
    ),
    ("state-integrity", &[("client.state", "static")]),
    (
        "browser-agreement",
        &[
            ("client.state", "sent_not_checked"),
            ("client.pkce", "none"),
            ("as.pkce", "optional"),
        ],
    ),
    ("scope-never-widened", &[("as.rt_scope", "unchecked")]),
    ("refresh-linearity", &[("as.rt_rotation", "none")]),
    ("refresh-linearity", &[("as.rt_use", "check_then_set")]),
    (
        "revocation-safety",
        &[("as.code_replay_revoke", "on_any_request")],
    ),
];

fn runs(settings: &[(&str, &str)], nodes: u8) -> impl Iterator<Item = Trace> {
    let setup = world_of(
        "rfc9700",
        settings,
        &Scale {
            nodes,
            ..Scale::SMALL
        },
    );
    (0..SEEDS).map(Seed).map(move |seed| {
        walk(
            &setup,
            seed,
            &mut Seeded::new(seed),
            &Plan::probed(Mode::Message),
        )
        .trace
    })
}

#[test]
fn every_weak_switch_breaks_its_invariant() {
    let mut unbroken = Vec::new();
    for (id, settings) in WEAK {
        let invariant = Invariant::read(id).expect("an invariant");
        let broken = runs(settings, 2)
            .any(|trace| matches!(invariant.judge(&trace), Judgement::Violated(_)));
        if !broken {
            unbroken.push((id, settings));
        }
    }
    assert!(
        unbroken.is_empty(),
        "not found within {SEEDS} seeds: {unbroken:#?}"
    );
}

#[test]
fn every_invariant_is_exercised_by_hardened_runs() {
    let mut exercised = BTreeSet::new();
    for trace in runs(&[], 2) {
        for invariant in invariant::ALL {
            match invariant.judge(&trace) {
                Judgement::NotExercised => {}
                Judgement::Holds => {
                    exercised.insert(invariant.id);
                }
                Judgement::Violated(violations) => {
                    panic!("{} is violated: {violations:?}", invariant.id)
                }
            }
        }
    }
    let missing: Vec<&str> = invariant::ALL
        .iter()
        .map(|each| each.id)
        .filter(|id| !exercised.contains(id))
        .collect();
    assert!(missing.is_empty(), "never exercised: {missing:?}");
}

#[test]
fn the_canary_is_reported() {
    let trace = runs(&[], 1).next().expect("a run");
    assert!(matches!(
        invariant::CANARY.judge(&trace),
        Judgement::Violated(_)
    ));
}
