//! What lies between two store operations: other requests, crashes, silence.

use grantlab_core::http::{Response, Status};
use grantlab_core::limits::EXCHANGE_TIMEOUT_MS;
use grantlab_core::message::store::{CodeStage, TokenStage};
use grantlab_core::refusal::Rule;
use grantlab_core::time::Span;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::driver::{CODE, Rig, redeem, refresh_with, tokens};

const OK: Status = Status::OK;
const NO: Status = Status::BAD_REQUEST;

/// Two redemptions in turns: load, load, use, use, keep, keep.
fn race(settings: &[&str]) -> (Rig, Vec<&'static str>, [Response; 2]) {
    let mut rig = Rig::set(settings);
    let exchanges = [rig.start(redeem()), rig.start(redeem())];
    let mut steps = Vec::new();
    while let Some(step) = rig.step() {
        steps.push(step);
    }
    let responses = exchanges.map(|exchange| rig.response(exchange).unwrap());
    (rig, steps, responses)
}

fn statuses(responses: &[Response; 2]) -> [Status; 2] {
    responses.each_ref().map(|response| response.status)
}

/// RFC 6749 §4.1.2: of two who race one gets the code.
#[test]
fn a_compare_and_set_lets_one_through() {
    let (mut rig, steps, responses) = race(&["as.code_replay_revoke=never"]);
    assert_eq!(statuses(&responses), [OK, NO]);
    assert_eq!(
        steps,
        [
            "load code",
            "load code",
            "consume code",
            "consume code",
            "save tokens"
        ]
    );
    assert_eq!(
        rig.happened(),
        [
            "consumed",
            "already_consumed",
            "replay_detected",
            "token_refused",
            "tokens_kept",
            "code_redeemed",
            "access_token_issued",
            "refresh_token_issued"
        ]
    );
    let (access, refresh) = tokens(&responses[0]);
    assert!(rig.is_active(&access));
    assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Live));
}

/// RFC 6749 §4.1.2 (SHOULD): who loses the race takes the tokens of the winner away, in any order of the store.
#[test]
fn the_tokens_of_a_code_that_two_redeemed_end_dead() {
    let (mut rig, steps, responses) = race(&[]);
    assert_eq!(steps.last(), Some(&"revoke family"));
    assert_eq!(statuses(&responses), [OK, NO]);
    let (access, refresh) = tokens(&responses[0]);
    assert!(!rig.is_active(&access));
    assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Revoked));

    let mut rig = Rig::new();
    let [winner, loser] = [rig.start(redeem()), rig.start(redeem())];
    for _ in 0..4 {
        rig.step();
    }
    rig.step_called("revoke family");
    rig.finish();
    let responses = [winner, loser].map(|exchange| rig.response(exchange).unwrap());
    assert_eq!(statuses(&responses), [NO, NO]);
    assert_eq!(rig.rule(), Some(Rule::GrantLive));
}

/// The weakness that a search must find: two look before either writes.
#[test]
fn looking_before_writing_lets_both_through() {
    let (_, steps, responses) = race(&["as.code_use=check_then_set"]);
    assert_eq!(statuses(&responses), [OK, OK]);
    assert_eq!(steps.get(2..4), Some(["mark code redeemed"; 2].as_slice()));
    assert_ne!(tokens(&responses[0]), tokens(&responses[1]));
}

#[test]
fn looking_before_writing_still_refuses_who_comes_later() {
    let mut rig = Rig::set(&["as.code_use=check_then_set"]);
    assert_eq!(rig.send(redeem()).status, OK);
    assert_eq!(rig.outcome(redeem()), "400 invalid_grant (code-single-use)");
}

#[test]
fn a_code_without_limit_is_redeemed_as_often_as_wanted() {
    let mut rig = Rig::set(&["as.code_use=unlimited"]);
    for _ in 0..3 {
        assert_eq!(rig.send(redeem()).status, OK);
    }
    assert_eq!(rig.code_stage(CODE), CodeStage::Issued);
}

/// Two refreshes with one token, in turns.
fn refresh_race(settings: &[&str]) -> (Rig, [Response; 2]) {
    let mut rig = Rig::set(settings);
    let (_, refresh) = tokens(&rig.send(redeem()));
    rig.events.clear();
    let exchanges = [(); 2].map(|()| rig.start(refresh_with(&refresh)));
    rig.finish();
    let responses = exchanges.map(|exchange| rig.response(exchange).unwrap());
    (rig, responses)
}

/// RFC 9700 §4.14.2: of two who refresh at the same time one gets a successor, and then nobody has any.
#[test]
fn a_refresh_token_has_one_successor() {
    let (mut rig, responses) = refresh_race(&[]);
    assert_eq!(statuses(&responses), [OK, NO]);
    let (access, refresh) = tokens(&responses[0]);
    assert!(!rig.is_active(&access));
    assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Revoked));

    let (mut rig, responses) = refresh_race(&["as.rt_rotation=rotate_only"]);
    assert_eq!(statuses(&responses), [OK, NO]);
    let (access, _) = tokens(&responses[0]);
    assert!(rig.is_active(&access));
}

#[test]
fn looking_before_writing_forks_the_family() {
    let (_, responses) = refresh_race(&["as.rt_use=check_then_set"]);
    assert_eq!(statuses(&responses), [OK, OK]);
}

/// A node dies between any two steps: whatever was issued is used up or good, and never twice.
#[test]
fn a_crash_between_any_two_steps_issues_nothing_twice() {
    for steps in 0..4 {
        let mut rig = Rig::new();
        let exchange = rig.start(redeem());
        for _ in 0..steps {
            rig.step();
        }
        let answered = rig.response(exchange).is_some_and(|one| one.status == OK);
        rig.crash();
        let again = rig.send(redeem()).status == OK;
        assert!(!(answered && again), "after {steps} steps");
        assert_eq!(answered, steps == 3, "after {steps} steps");
        assert_eq!(again, steps < 2, "after {steps} steps");
    }
}

/// A store that says nothing is as good as a full one, and its late reply is ignored.
#[test]
fn a_silent_store_is_not_waited_for_longer_than_a_client_would() {
    let mut rig = Rig::new();
    let exchange = rig.start(redeem());
    rig.advance(Span(EXCHANGE_TIMEOUT_MS - 1));
    assert_eq!(rig.response(exchange), None);
    rig.advance(Span(1));
    let response = rig.response(exchange).unwrap();
    assert_eq!(response.status, Status::SERVICE_UNAVAILABLE);
    assert_eq!(rig.rule(), Some(Rule::StoreHasRoom));
    rig.finish();
    assert_eq!(rig.response(exchange), None);
}

/// RFC 9700 §4.14.2: who reads that an old refresh token ended its family finds the family dead; while the store says
/// nothing of that, he does not read it.
#[test]
fn a_family_that_may_live_on_is_not_said_to_be_dead() {
    let mut rig = Rig::new();
    let (_, first) = tokens(&rig.send(redeem()));
    let (access, _) = tokens(&rig.send(refresh_with(&first)));
    let exchange = rig.start(refresh_with(&first));
    assert_eq!(rig.step(), Some("load token"));
    rig.advance(Span(EXCHANGE_TIMEOUT_MS));
    let response = rig.response(exchange).unwrap();
    assert_eq!(response.status, Status::SERVICE_UNAVAILABLE);
    assert_eq!(rig.rule(), Some(Rule::StoreHasRoom));
    rig.finish();
    assert!(!rig.is_active(&access));
}

/// The code is gone, and no token is there: nobody has half of anything.
#[test]
fn a_full_store_issues_nothing() {
    let mut rig = Rig::empty(|_| {}, 1);
    rig.save(crate::driver::code());
    let (_, refresh) = tokens(&rig.send(redeem()));
    let answer = rig.outcome(refresh_with(&refresh));
    assert_eq!(answer, "503 server_error (store-has-room)");
    assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Rotated));
}

/// Redemptions of one code, at two nodes, whose store requests go in any order.
fn any_order(settings: &[&str], requests: usize, order: &[usize]) -> (Rig, Vec<Response>) {
    let mut rig = Rig::set(settings);
    let started: Vec<_> = (0..requests)
        .map(|number| rig.start_at(number % 2, redeem()))
        .collect();
    for pick in order.iter().cycle() {
        if !rig.step_any(*pick) {
            break;
        }
    }
    let responses = started.into_iter().map(|one| rig.response(one).unwrap());
    let responses = responses.collect();
    (rig, responses)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// CL-09, CL-10: in every order of the store one redemption succeeds, and without revocation its tokens live.
    #[test]
    fn in_every_order_one_succeeds(requests in 1_usize..6, order in vec(0_usize..8, 40)) {
        let (mut rig, responses) = any_order(&["as.code_replay_revoke=never"], requests, &order);
        let good: Vec<_> = responses.iter().filter(|one| one.status == OK).collect();
        prop_assert_eq!(good.len(), 1);
        let (access, refresh) = tokens(good[0]);
        prop_assert!(rig.is_active(&access));
        prop_assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Live));
    }

    /// CL-11: with revocation, a race leaves no token alive, whoever won and however late.
    #[test]
    fn in_every_order_a_race_leaves_nothing(requests in 2_usize..6, order in vec(0_usize..8, 40)) {
        let (mut rig, responses) = any_order(&[], requests, &order);
        let good: Vec<_> = responses.iter().filter(|one| one.status == OK).collect();
        prop_assert!(good.len() <= 1);
        for response in good {
            let (access, refresh) = tokens(response);
            prop_assert!(!rig.is_active(&access));
            prop_assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Revoked));
        }
        prop_assert_eq!(rig.code_stage(CODE), CodeStage::Revoked);
    }
}
