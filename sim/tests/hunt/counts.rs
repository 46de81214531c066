//! Three small games, counted: what is there, however it is searched.

use grantlab_sim::attacker::{Move, Powers};
use grantlab_sim::choices::Key;
use grantlab_sim::finding::{Chase, Quarry};
use grantlab_sim::hunt::{Caught, Granularity, Position};
use grantlab_sim::invariant::CANARY;
use grantlab_sim::search::{Bounds, Cost, Options, Space, Unwatched, Verdict, search};
use grantlab_sim::seed::Seed;

use super::grounds::profile;

/// As many uses of every budget as a path can have, but no faults.
const PLENTY: Cost = Cost {
    sessions: u8::MAX,
    injections: u8::MAX,
    faults: 0,
};

/// A game, how far it is searched, and how many states and transitions there are.
struct Counted {
    quarry: Quarry,
    bounds: Bounds,
    states: u64,
    transitions: u64,
}

/// The secure profile, by a web attacker; the same without limits on who may be lured; one login, a delivery at a time.
fn games() -> [Counted; 3] {
    let secure = Quarry::any(profile("rfc9700"));
    let mut bare = Quarry::any(profile("rfc6749"));
    bare.profile.policies.set("client.state", "absent").unwrap();
    let mut deliveries = Quarry::any(profile("rfc9700"));
    deliveries.arena.powers = Powers::NONE;
    deliveries.granularity = Granularity::Event;
    let one_login = Cost {
        sessions: 1,
        ..Cost::FREE
    };
    [
        Counted {
            quarry: secure,
            bounds: Bounds::new(PLENTY, 3),
            states: 1_174,
            transitions: 4_309,
        },
        Counted {
            quarry: bare,
            bounds: Bounds::new(PLENTY, 2),
            states: 587,
            transitions: 979,
        },
        Counted {
            quarry: deliveries,
            bounds: Bounds::new(one_login, 40),
            states: 17_734,
            transitions: 30_380,
        },
    ]
}

#[test]
fn small_games_have_as_many_states_as_they_have_on_any_number_of_threads() {
    for game in games() {
        for threads in [1, 2, 3] {
            let options = Options {
                threads,
                ..Options::every(game.bounds)
            };
            let report = search(&game.quarry.chase().unwrap(), options, &Unwatched);
            assert_eq!(report.verdict, Verdict::Complete);
            let counts = (report.counts.states, report.counts.transitions);
            assert_eq!(counts, (game.states, game.transitions), "{threads} threads");
        }
    }
}

/// What fresh values look like makes no difference.
#[test]
fn small_games_are_the_same_from_every_seed() {
    for mut game in games() {
        for seed in [2, 3] {
            game.quarry.seed = Seed(seed);
            let chase = game.quarry.chase().unwrap();
            let report = search(&chase, Options::every(game.bounds), &Unwatched);
            let counts = (report.counts.states, report.counts.transitions);
            assert_eq!(counts, (game.states, game.transitions), "seed {seed}");
        }
    }
}

/// A game that remembers nothing of moves that changed nothing.
struct Forgetful(Chase);

impl Space for Forgetful {
    type State = Position;
    type Move = Move;
    type Finding = Caught;

    fn root(&self) -> Position {
        self.0.root()
    }

    fn moves(&self, state: &Position) -> Vec<Move> {
        self.0.moves(state)
    }

    fn apply(&self, state: &mut Position, taken: &Move) {
        self.0.apply(state, taken);
    }

    fn fingerprint(&self, state: &Position) -> u128 {
        self.0.fingerprint(state)
    }

    fn cost(&self, of: &Move) -> Cost {
        self.0.cost(of)
    }

    fn violation(&self, state: &Position) -> Option<Caught> {
        self.0.violation(state)
    }

    fn key(&self, finding: &Caught) -> Key {
        self.0.key(finding)
    }
}

#[test]
fn what_is_remembered_of_idle_moves_makes_no_difference() {
    for game in games() {
        let forgetful = Forgetful(game.quarry.chase().unwrap());
        let report = search(&forgetful, Options::every(game.bounds), &Unwatched);
        let counts = (report.counts.states, report.counts.transitions);
        assert_eq!(counts, (game.states, game.transitions));
    }
}

#[test]
fn a_property_that_nothing_can_keep_is_violated_by_the_first_login() {
    for mut game in games() {
        game.quarry.properties = vec![&CANARY];
        let chase = game.quarry.chase().unwrap();
        let report = search(&chase, Options::first(game.bounds), &Unwatched);
        assert_eq!(report.verdict, Verdict::Found);
        let found = report.found.first().unwrap();
        assert_eq!(found.finding.invariant.id, CANARY.id);
    }
}
