//! Plays a course: boring steps, and its deviations between them.

use std::sync::Arc;

use grantlab_core::text::Text;
use grantlab_core::user_agent::Command;
use grantlab_sim::choices::{Choices, Key};
use grantlab_sim::setup::Setup;
use grantlab_sim::trace::Trace;
use grantlab_sim::walk::{Probe, honest_step, think};
use grantlab_sim::world::{Action, Mode, World};

use super::SEED;
use super::course::{Course, Deed, Event};

/// Faults of the environment that a course may have.
const FAULTS_MAX: u32 = 4;

/// Boring steps behind the last deviation within which everybody must be logged in.
const HONEST_STEPS_MAX: usize = 2_000;

/// A tab that no honest user uses.
pub(super) const ODD_TAB: &str = "odd";

/// Something that was done.
#[derive(Clone, Debug)]
pub enum Done {
    /// The world made a move.
    Took(Key),
    /// The tester did something.
    Probed(Probe),
}

/// A course that was played to its end.
#[derive(Clone, Debug)]
pub struct Played {
    /// The run.
    pub trace: Trace,
    /// All that was done, in order.
    pub done: Vec<Done>,
    /// The course with keys in place of places, and without events that did nothing.
    pub pinned: Course,
    /// What each event of it is, in words.
    pub what: Vec<String>,
    /// Whether everybody who wanted to log in did.
    pub completed: bool,
}

/// Plays `course`, and after `steps_max` things that were done no more.
#[must_use]
pub fn play(setup: &Arc<Setup>, mode: Mode, course: &Course, steps_max: usize) -> Played {
    let mut player = Player {
        world: World::new(Arc::clone(setup), SEED, mode),
        done: Vec::new(),
        pinned: Course::default(),
        what: Vec::new(),
        faults: 0,
        since: 0,
        steps_max,
    };
    for event in &course.events {
        player.event(event);
    }
    let completed = (0..HONEST_STEPS_MAX).any(|_| !player.boring());
    Played {
        trace: player.world.into_trace(),
        done: player.done,
        pinned: player.pinned,
        what: player.what,
        completed,
    }
}

struct Player {
    world: World,
    done: Vec<Done>,
    pinned: Course,
    what: Vec<String>,
    faults: u32,
    /// What was done when the last event was over.
    since: usize,
    steps_max: usize,
}

impl Player {
    /// The boring next step; `false` when there is none.
    fn boring(&mut self) -> bool {
        let step = honest_step(&self.world).filter(|_| self.done.len() < self.steps_max);
        step.is_some_and(|action| {
            self.take(&action);
            true
        })
    }

    fn take(&mut self, action: &Action) {
        self.done.push(Done::Took(Key::of(action)));
        self.world.step(action);
    }

    fn event(&mut self, event: &Event) {
        let goes_on = (0..event.after).all(|_| self.boring());
        if !goes_on || self.done.len() >= self.steps_max {
            return;
        }
        let after = u16::try_from(self.done.len().saturating_sub(self.since)).unwrap_or(u16::MAX);
        let deed = match &event.deed {
            Deed::Odd(decisions) => self.probe(decisions),
            Deed::Key(key) => {
                self.act(|actions| actions.iter().position(|action| Key::of(action) == *key))
            }
            Deed::Place(place) => {
                self.act(|actions| usize::from(*place).checked_rem(actions.len()))
            }
        };
        if let Some(deed) = deed {
            self.pinned.events.push(Event { after, deed });
            self.since = self.done.len();
        }
    }

    fn act(&mut self, place: impl Fn(&[Action]) -> Option<usize>) -> Option<Deed> {
        let mut actions = self.world.honest_actions();
        if self.faults < FAULTS_MAX {
            actions.extend(self.world.faults());
        }
        let action = actions.get(place(&actions)?)?;
        self.faults += u32::from(action.is_fault());
        self.what.push(self.words(action));
        self.take(action);
        Some(Deed::Key(Key::of(action)))
    }

    fn probe(&mut self, decisions: &[u16]) -> Option<Deed> {
        let mut numbers = Numbers {
            left: decisions,
            taken: Vec::new(),
        };
        let probe = think(&self.world, &mut numbers)?;
        self.what.push(match &probe {
            Probe::Send { request, times } => {
                format!(
                    "the tester sends {} {} {times} times",
                    request.method.as_str(),
                    request.url.endpoint()
                )
            }
            Probe::Open { user, url } => format!(
                "user {user} opens {}",
                url.as_str().split('?').next().unwrap_or_default()
            ),
        });
        self.done.push(Done::Probed(probe.clone()));
        self.carry_out(probe);
        Some(Deed::Odd(numbers.taken))
    }

    /// As a scenario's own steps do it, so that a regression scenario does the same.
    fn carry_out(&mut self, probe: Probe) {
        match probe {
            Probe::Send { .. } => probe.carry_out(&mut self.world),
            Probe::Open { user, url } => {
                let tab = Text::new(ODD_TAB);
                let command = Command::Open { tab, url };
                self.world.browse(user, ODD_TAB, command, "opens a link");
            }
        }
    }

    fn words(&self, action: &Action) -> String {
        let flight = |id| {
            let found = self.world.flights().iter().find(|flight| flight.id == id);
            found.map_or("something", |flight| flight.words())
        };
        let party = |party| self.world.trace().name(party).to_owned();
        match action {
            Action::User { user, intent, .. } => format!("user {user}: {intent}"),
            Action::Deliver(id) => format!("deliver {}", flight(*id)),
            Action::Wait => "wait".to_owned(),
            Action::Lose(id) => format!("lose {}", flight(*id)),
            Action::Duplicate(id) => format!("duplicate {}", flight(*id)),
            Action::Delay(id, by) => format!("delay {} by {} ms", flight(*id), by.0),
            Action::Crash(id) => format!("crash {}", party(*id)),
            Action::Restart(id) => format!("restart {}", party(*id)),
        }
    }
}

/// Decisions by numbers, each modulo the alternatives there are; the first alternative when they are used up.
struct Numbers<'a> {
    left: &'a [u16],
    taken: Vec<u16>,
}

impl Choices for Numbers<'_> {
    fn pick(&mut self, _site: &'static str, alternatives: &[Key]) -> usize {
        let (number, left) = self
            .left
            .split_first()
            .map_or((0, self.left), |(number, left)| (*number, left));
        self.left = left;
        let place = usize::from(number)
            .checked_rem(alternatives.len())
            .unwrap_or(0);
        self.taken.push(u16::try_from(place).unwrap_or(u16::MAX));
        place
    }
}
