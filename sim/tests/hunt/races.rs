//! Races and crashes, found by search one delivery at a time, and what is taken at once in such searches.

use std::collections::BTreeSet;
use std::sync::Mutex;

use grantlab_core::event::Event;
use grantlab_sim::attacker::{Move, Powers};
use grantlab_sim::attacks::Prologue;
use grantlab_sim::choices::Key;
use grantlab_sim::finding::Quarry;
use grantlab_sim::hunt::{self, Caught, Game, Granularity, Position, Reduction, is_quiet};
use grantlab_sim::invariant::Invariant;
use grantlab_sim::search::{Bounds, Cost, Options, Space, Unwatched, Verdict, search};
use grantlab_sim::trace::What;

use super::grounds::profile;

/// One login and one fault.
const SMALL: Cost = Cost {
    sessions: 1,
    injections: 0,
    faults: 1,
};

/// Deliveries of one login with one fault, and some more.
const DEPTH: u32 = 40;

/// Honest users alone, in `rfc9700` with some settings, one delivery at a time.
fn quarry(settings: &[(&str, &str)], property: &str) -> Quarry {
    let mut profile = profile("rfc9700");
    for (key, value) in settings {
        profile.policies.set(key, value).unwrap();
    }
    let mut quarry = Quarry::any(profile);
    quarry.arena.powers = Powers::NONE;
    quarry.granularity = Granularity::Event;
    quarry.properties = vec![Invariant::read(property).unwrap()];
    quarry
}

fn verdict(quarry: &Quarry, cost: Cost) -> Verdict {
    let chase = quarry.chase().unwrap();
    let report = search(&chase, Options::first(Bounds::new(cost, DEPTH)), &Unwatched);
    report.verdict
}

#[test]
fn a_code_is_redeemed_twice_by_looking_then_writing_and_never_by_compare_and_set() {
    let weak = quarry(&[("as.code_use", "check_then_set")], "code-single-use");
    assert_eq!(verdict(&weak, SMALL), Verdict::Found);
    let sound = quarry(&[("as.code_use", "atomic_once")], "code-single-use");
    assert_eq!(verdict(&sound, SMALL), Verdict::Complete);
}

#[test]
fn a_code_is_redeemed_twice_where_copies_of_the_store_lag() {
    for (value, expected) in [
        ("lagging", Verdict::Found),
        ("linearizable", Verdict::Complete),
    ] {
        // A node that is asked twice is not behind itself: somebody asks both.
        let open = ("client.type", "public");
        let mut race = quarry(&[("as.store", value), open], "code-single-use");
        race.arena.powers = Powers::WEB;
        race.arena.nodes = 2;
        let setup = hunt::setup(&race.profile, race.arena).unwrap();
        let game = Game::new(setup, race.properties).with_granularity(Granularity::Event);
        let looking = Looking {
            allowed: asks_by_himself,
            ..Looking::at(&game, redeemed_twice)
        };
        let cost = Cost {
            sessions: 0,
            injections: 2,
            faults: 0,
        };
        let options = Options::first(Bounds::new(cost, DEPTH));
        let report = search(&looking, options, &Unwatched);
        assert_eq!(report.verdict, expected, "{value} {:?}", report.counts);
    }
}

/// The attacker logs in as himself and asks for tokens as the public client does; his other powers rest.
fn asks_by_himself(one: &Move) -> bool {
    matches!(
        one,
        Move::Browse { .. } | Move::Send { .. } | Move::Event(_)
    )
}

fn redeemed_twice(state: &Position) -> bool {
    let events = state.world.trace().events();
    let redeemed = events.filter(|(_, _, event)| matches!(event, Event::CodeRedeemed { .. }));
    redeemed.count() > 1
}

#[test]
fn a_family_of_refresh_tokens_forks_by_looking_then_writing_and_never_by_compare_and_set() {
    for (value, expected) in [
        ("check_then_set", Verdict::Found),
        ("atomic", Verdict::Complete),
    ] {
        let mut race = quarry(&[("as.rt_use", value)], "refresh-linearity");
        race.prologue = Prologue::Login;
        let cost = Cost {
            sessions: 0,
            ..SMALL
        };
        let chase = race.chase().unwrap();
        let bounds = Bounds::new(cost, 18);
        let report = search(&chase, Options::first(bounds), &Unwatched);
        assert_eq!(report.verdict, expected, "{value}");
    }
}

/// A game in which something else is looked for.
struct Looking<'a> {
    game: &'a Game,
    /// What may be done.
    allowed: fn(&Move) -> bool,
    /// Whether this is it.
    found: fn(&Position) -> bool,
    /// The quiet states that were seen.
    quiet: Mutex<BTreeSet<u128>>,
}

impl<'a> Looking<'a> {
    fn at(game: &'a Game, found: fn(&Position) -> bool) -> Self {
        Self {
            game,
            allowed: |_| true,
            found,
            quiet: Mutex::default(),
        }
    }
}

impl Space for Looking<'_> {
    type State = Position;
    type Move = Move;
    type Finding = ();

    fn root(&self) -> Position {
        self.game.root()
    }

    fn moves(&self, state: &Position) -> Vec<Move> {
        let moves = self.game.moves(state).into_iter();
        moves.filter(|one| (self.allowed)(one)).collect()
    }

    fn apply(&self, state: &mut Position, taken: &Move) {
        self.game.apply(state, taken);
    }

    fn fingerprint(&self, state: &Position) -> u128 {
        self.game.fingerprint(state)
    }

    fn cost(&self, of: &Move) -> Cost {
        self.game.cost(of)
    }

    fn violation(&self, state: &Position) -> Option<()> {
        if is_quiet(&state.world) {
            let print = self.game.fingerprint(state);
            self.quiet.lock().unwrap().insert(print);
        }
        (self.found)(state).then_some(())
    }

    fn key(&self, (): &()) -> Key {
        Key(0)
    }
}

fn game(settings: &[(&str, &str)]) -> Game {
    let quarry = quarry(settings, "code-single-use");
    let setup = hunt::setup(&quarry.profile, quarry.arena).unwrap();
    Game::new(setup, quarry.properties).with_granularity(Granularity::Event)
}

/// The code is used up, the node that used it has stopped, and nobody has tokens.
fn died_in_between(state: &Position) -> bool {
    let trace = state.world.trace();
    let noted = |wanted: fn(&Event) -> bool| trace.events().any(|(_, _, event)| wanted(event));
    let crashed = trace
        .entries()
        .iter()
        .any(|entry| matches!(entry.what, What::Crashed));
    crashed
        && is_quiet(&state.world)
        && noted(|event| matches!(event, Event::Consumed { .. }))
        && !noted(|event| matches!(event, Event::TokensKept { .. }))
}

#[test]
fn a_node_that_stops_between_consuming_and_answering_costs_the_login() {
    let game = game(&[]);
    let looking = Looking::at(&game, died_in_between);
    let report = search(
        &looking,
        Options::first(Bounds::new(SMALL, DEPTH)),
        &Unwatched,
    );
    assert_eq!(report.verdict, Verdict::Found);
    let without_faults = Cost { faults: 0, ..SMALL };
    let options = Options::first(Bounds::new(without_faults, DEPTH));
    let report = search(&looking, options, &Unwatched);
    assert_eq!(report.verdict, Verdict::Complete);
}

/// What a search finds, and the quiet states that it sees.
fn seen(game: &Game, bounds: Bounds) -> (BTreeSet<&'static str>, BTreeSet<u128>, u64) {
    let found = search(game, Options::every(bounds), &Unwatched).found;
    let properties = found.iter().map(|found| {
        let Caught { invariant, .. } = &found.finding;
        invariant.id
    });
    let looking = Looking {
        allowed: is_named_by_itself,
        ..Looking::at(game, |_| false)
    };
    let report = search(&looking, Options::every(bounds), &Unwatched);
    assert_eq!(report.verdict, Verdict::Complete);
    let quiet = looking.quiet.into_inner().unwrap();
    (properties.collect(), quiet, report.counts.states)
}

/// What operators and administrators do is named by how much was done before, which is no part of a state: quiet states
/// after it differ by names alone.
fn is_named_by_itself(one: &Move) -> bool {
    !matches!(one, Move::Refresh { .. } | Move::Withdraw { .. })
}

#[test]
fn what_is_taken_at_once_hides_no_finding_and_no_quiet_state() {
    let without_faults = Bounds::new(Cost { faults: 0, ..SMALL }, DEPTH);
    let short_with_one = Bounds::new(SMALL, 14);
    for (settings, bounds) in [
        (&[("as.code_use", "atomic_once")], without_faults),
        (&[("as.store", "lagging")], without_faults),
        (&[("as.code_use", "check_then_set")], short_with_one),
    ] {
        let (found, quiet, states) = seen(&game(settings), bounds);
        let plain = game(settings).reduced(Reduction::Off);
        let (all_found, all_quiet, all_states) = seen(&plain, bounds);
        assert_eq!(found, all_found, "{settings:?}");
        assert_eq!(quiet, all_quiet, "{settings:?}");
        assert!(states <= all_states);
    }
}
