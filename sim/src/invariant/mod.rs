//! What must be true of every run. Each invariant reads the trace and nothing else.
//!
//! An invariant answers in three ways: the run did not exercise it, it held, or it was violated; a violation
//! names the two or three entries that show it.

mod browser_agreement;
mod canary;
mod client_authentication;
mod client_binding;
mod code_expiry;
mod code_single_use;
mod honest_completion;
mod issuer_agreement;
mod no_crash;
mod no_open_redirect;
mod no_secret_in_url;
mod pkce_binding;
mod redirect_binding;
mod refresh_linearity;
mod revocation_safety;
mod scope_never_widened;
mod state_integrity;

use crate::trace::{EntryId, Trace};

/// One thing that must be true of every run.
#[derive(Clone, Copy, Debug)]
pub struct Invariant {
    /// Its name in scenarios and on the command line.
    pub id: &'static str,
    /// The property of the published catalogue that it belongs to.
    pub property: &'static str,
    /// Who demands it.
    pub section: &'static str,
    /// What it says, in one sentence.
    pub about: &'static str,
    judge: fn(&Trace) -> Judgement,
}

/// What an invariant says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing in the run could have violated it.
    NotExercised,
    /// It held.
    Holds,
    /// It did not.
    Violated(Vec<Violation>),
}

/// Where an invariant was violated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The entries that show it, in order.
    pub witness: Vec<EntryId>,
    /// What they show, in one sentence.
    pub words: String,
}

impl Invariant {
    /// Judges a run.
    #[must_use]
    pub fn judge(&self, trace: &Trace) -> Judgement {
        (self.judge)(trace)
    }

    /// The invariant called `id`.
    #[must_use]
    pub fn read(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|invariant| invariant.id == id)
    }
}

/// Every invariant that a hardened world keeps, in the order of the flow.
pub const ALL: &[Invariant] = &[
    state_integrity::INVARIANT,
    browser_agreement::INVARIANT,
    issuer_agreement::INVARIANT,
    redirect_binding::INVARIANT,
    no_open_redirect::INVARIANT,
    code_single_use::INVARIANT,
    code_expiry::INVARIANT,
    client_binding::INVARIANT,
    client_authentication::INVARIANT,
    pkce_binding::INVARIANT,
    scope_never_widened::INVARIANT,
    refresh_linearity::INVARIANT,
    revocation_safety::INVARIANT,
    no_secret_in_url::INVARIANT,
    honest_completion::INVARIANT,
    no_crash::INVARIANT,
];

/// An invariant that every complete login violates. A rig that never reports it reports nothing.
pub const CANARY: Invariant = canary::INVARIANT;

/// Gathers violations while an invariant reads a trace.
#[derive(Debug, Default)]
struct Findings {
    exercised: bool,
    violations: Vec<Violation>,
}

impl Findings {
    /// The run came to a point where the invariant could be violated.
    const fn exercise(&mut self) {
        self.exercised = true;
    }

    fn violate(&mut self, witness: impl IntoIterator<Item = EntryId>, words: impl Into<String>) {
        self.exercised = true;
        self.violations.push(Violation {
            witness: witness.into_iter().collect(),
            words: words.into(),
        });
    }

    fn judgement(self) -> Judgement {
        match (self.violations.is_empty(), self.exercised) {
            (false, _) => Judgement::Violated(self.violations),
            (true, true) => Judgement::Holds,
            (true, false) => Judgement::NotExercised,
        }
    }
}
