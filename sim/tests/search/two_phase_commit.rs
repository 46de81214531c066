//! Two-phase commit (Gray and Lamport, "Consensus on Transaction Commit", 2004): the model that other checkers
//! bundle, state by state, so that numbers can be compared.

use std::collections::BTreeSet;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_sim::choices::Key;
use grantlab_sim::search::{Cost, Space};
use xxhash_rust::xxh3::xxh3_128;

/// The life of a resource manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Manager {
    Working,
    Prepared,
    Committed,
    Aborted,
}

/// The life of the transaction manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Coordinator {
    Init,
    Committed,
    Aborted,
}

/// Messages are never lost and never used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Message {
    Prepared(u8),
    Commit,
    Abort,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Transaction {
    pub(crate) managers: Vec<Manager>,
    pub(crate) coordinator: Coordinator,
    pub(crate) prepared: Vec<bool>,
    pub(crate) messages: BTreeSet<Message>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    CoordinatorHearsPrepared(u8),
    CoordinatorCommits,
    CoordinatorAborts,
    ManagerPrepares(u8),
    ManagerChoosesToAbort(u8),
    ManagerHearsCommit(u8),
    ManagerHearsAbort(u8),
}

impl Canonical for Step {
    fn encode(&self, out: &mut Encoder) {
        let (tag, manager) = match *self {
            Self::CoordinatorHearsPrepared(manager) => (0, manager),
            Self::CoordinatorCommits => (1, 0),
            Self::CoordinatorAborts => (2, 0),
            Self::ManagerPrepares(manager) => (3, manager),
            Self::ManagerChoosesToAbort(manager) => (4, manager),
            Self::ManagerHearsCommit(manager) => (5, manager),
            Self::ManagerHearsAbort(manager) => (6, manager),
        };
        out.tag(tag);
        out.tag(manager);
    }
}

impl Canonical for Transaction {
    fn encode(&self, out: &mut Encoder) {
        out.length(self.managers.len());
        for (manager, prepared) in self.managers.iter().zip(&self.prepared) {
            out.tag(*manager as u8);
            out.tag(u8::from(*prepared));
        }
        out.tag(self.coordinator as u8);
        out.length(self.messages.len());
        for message in &self.messages {
            match *message {
                Message::Prepared(manager) => out.octets(&[manager]),
                Message::Commit => out.tag(b'c'),
                Message::Abort => out.tag(b'a'),
            }
        }
    }
}

/// One manager committed and another aborted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Torn;

/// The space of a transaction with some managers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TwoPhaseCommit {
    pub(crate) managers: u8,
    /// Managers whose word the coordinator does not wait for. None, as the protocol has it.
    pub(crate) unheard: u8,
    /// What it costs when a manager chooses to abort.
    pub(crate) giving_up: Cost,
}

impl TwoPhaseCommit {
    /// As it was published.
    pub(crate) const fn of(managers: u8) -> Self {
        Self {
            managers,
            unheard: 0,
            giving_up: Cost::FREE,
        }
    }

    fn is_ready(&self, state: &Transaction) -> bool {
        let heard = state.prepared.iter().filter(|heard| **heard).count();
        heard + usize::from(self.unheard) >= usize::from(self.managers)
    }
}

impl Space for TwoPhaseCommit {
    type State = Transaction;
    type Move = Step;
    type Finding = Torn;

    fn root(&self) -> Transaction {
        let managers = usize::from(self.managers);
        Transaction {
            managers: vec![Manager::Working; managers],
            coordinator: Coordinator::Init,
            prepared: vec![false; managers],
            messages: BTreeSet::new(),
        }
    }

    fn moves(&self, state: &Transaction) -> Vec<Step> {
        let mut steps = Vec::new();
        let undecided = state.coordinator == Coordinator::Init;
        if undecided && self.is_ready(state) {
            steps.push(Step::CoordinatorCommits);
        }
        if undecided {
            steps.push(Step::CoordinatorAborts);
        }
        for manager in 0..self.managers {
            if undecided && state.messages.contains(&Message::Prepared(manager)) {
                steps.push(Step::CoordinatorHearsPrepared(manager));
            }
            if state.managers[usize::from(manager)] == Manager::Working {
                steps.push(Step::ManagerPrepares(manager));
                steps.push(Step::ManagerChoosesToAbort(manager));
            }
            if state.messages.contains(&Message::Commit) {
                steps.push(Step::ManagerHearsCommit(manager));
            }
            if state.messages.contains(&Message::Abort) {
                steps.push(Step::ManagerHearsAbort(manager));
            }
        }
        steps
    }

    fn apply(&self, state: &mut Transaction, taken: &Step) {
        match *taken {
            Step::CoordinatorHearsPrepared(manager) => {
                state.prepared[usize::from(manager)] = true;
            }
            Step::CoordinatorCommits => {
                state.coordinator = Coordinator::Committed;
                state.messages.insert(Message::Commit);
            }
            Step::CoordinatorAborts => {
                state.coordinator = Coordinator::Aborted;
                state.messages.insert(Message::Abort);
            }
            Step::ManagerPrepares(manager) => {
                state.managers[usize::from(manager)] = Manager::Prepared;
                state.messages.insert(Message::Prepared(manager));
            }
            Step::ManagerChoosesToAbort(manager) | Step::ManagerHearsAbort(manager) => {
                state.managers[usize::from(manager)] = Manager::Aborted;
            }
            Step::ManagerHearsCommit(manager) => {
                state.managers[usize::from(manager)] = Manager::Committed;
            }
        }
    }

    fn fingerprint(&self, state: &Transaction) -> u128 {
        let mut encoder = Encoder::default();
        state.encode(&mut encoder);
        xxh3_128(encoder.as_slice())
    }

    fn cost(&self, of: &Step) -> Cost {
        match of {
            Step::ManagerChoosesToAbort(_) => self.giving_up,
            Step::CoordinatorHearsPrepared(_)
            | Step::CoordinatorCommits
            | Step::CoordinatorAborts
            | Step::ManagerPrepares(_)
            | Step::ManagerHearsCommit(_)
            | Step::ManagerHearsAbort(_) => Cost::FREE,
        }
    }

    fn violation(&self, state: &Transaction) -> Option<Torn> {
        let is = |manager| state.managers.contains(&manager);
        (is(Manager::Committed) && is(Manager::Aborted)).then_some(Torn)
    }

    fn key(&self, _finding: &Torn) -> Key {
        Key(0)
    }
}
