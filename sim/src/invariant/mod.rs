//! What must be true of every run. Each invariant reads the trace and nothing else.
//!
//! An invariant answers in three ways: the run did not exercise it, it held, or it was violated; a violation
//! names the two or three entries that show it. [`catalogue`] says which invariants judge which published
//! property, and against which attackers nothing helps.

mod authentication;
mod authorization;
mod browser_agreement;
mod canary;
pub mod catalogue;
mod client_authentication;
mod client_binding;
mod code_expiry;
mod code_single_use;
mod consent_integrity;
mod honest_completion;
mod intended_login;
mod issuer_agreement;
mod login_before_redirect;
mod no_crash;
mod no_leak;
mod no_open_redirect;
mod no_secret_in_url;
mod own_identity;
mod password_secrecy;
mod pkce_binding;
mod pkce_method;
mod reading;
mod redirect_binding;
mod redirect_uri_repeated;
mod refresh_after_end;
mod refresh_linearity;
mod replayed_code_tokens;
mod revocation_safety;
mod scope_never_widened;
mod state_integrity;
mod token_audience;
mod token_destination;

use crate::trace::{Entry, EntryId, Trace, What};
use reading::Reading;

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
    /// How bad it is when it is violated.
    pub level: Level,
    judge: fn(&Reading<'_>) -> Judgement,
    /// Whether an entry is one that may violate it. Only the last entry of a witness counts.
    woken_by: fn(&What) -> bool,
}

/// How bad a violation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Somebody is harmed, or a rule that protects him is broken.
    Error,
    /// Nobody is harmed yet.
    Warning,
}

impl Level {
    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
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
    /// Whether what happened may violate it.
    pub(crate) fn is_woken_by(&self, what: &What) -> bool {
        (self.woken_by)(what)
    }

    /// Judges a run.
    #[must_use]
    pub fn judge(&self, trace: &Trace) -> Judgement {
        self.judge_reading(&Reading::new(trace, 0))
    }

    fn judge_reading(&self, reading: &Reading<'_>) -> Judgement {
        let mut judgement = (self.judge)(reading);
        if let Judgement::Violated(violations) = &mut judgement {
            for violation in violations {
                violation.complete(reading);
            }
        }
        judgement
    }

    /// The invariant called `id`.
    #[must_use]
    pub fn read(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|invariant| invariant.id == id)
    }
}

impl Violation {
    /// Puts the entries in order. One alone says little: what was sent before it, and brought it about, is added.
    fn complete(&mut self, reading: &Reading<'_>) {
        if let [alone] = *self.witness {
            let mut behind = reading
                .causes(alone)
                .filter(|(_, entry)| matches!(entry.what, What::Sent { .. } | What::Acted(_)));
            let before = behind.next().map(|(id, _)| id);
            self.witness.extend(before.or(alone.checked_sub(1)));
        }
        self.witness.sort_unstable();
        self.witness.dedup();
    }
}

/// The invariants of [`ALL`] that a run violates, in their order, each with the first violation that it names. The
/// trace is read once for all of them.
#[must_use]
pub fn judge_each(trace: &Trace) -> Vec<(&'static Invariant, Violation)> {
    let reading = Reading::new(trace, 0);
    ALL.iter()
        .filter_map(|invariant| match invariant.judge_reading(&reading) {
            Judgement::Violated(violations) => Some((invariant, violations.into_iter().next()?)),
            Judgement::Holds | Judgement::NotExercised => None,
        })
        .collect()
}

/// The first of `invariants`, in their order, that a run violates, with its first violation.
///
/// With the order of [`ALL`] that is the most telling one: several are often violated at once.
#[must_use]
pub fn judge_all<'i>(
    trace: &Trace,
    invariants: &[&'i Invariant],
) -> Option<(&'i Invariant, Violation)> {
    judge_since(trace, 0, invariants)
}

/// The same for a run whose entries before `from` were judged before: it costs next to nothing when none of the
/// later entries can violate anything.
#[must_use]
pub fn judge_since<'i>(
    trace: &Trace,
    from: EntryId,
    invariants: &[&'i Invariant],
) -> Option<(&'i Invariant, Violation)> {
    let place = usize::try_from(from).unwrap_or(usize::MAX);
    let later: Vec<&Entry> = trace.entries().since(place).collect();
    let mut reading = None;
    let mut woken = invariants.iter().filter(|invariant| {
        let mut later = later.iter();
        later.any(|entry| invariant.is_woken_by(&entry.what))
    });
    woken.find_map(|invariant| {
        let reading = reading.get_or_insert_with(|| Reading::new(trace, from));
        match invariant.judge_reading(reading) {
            Judgement::Violated(violations) => Some((*invariant, first(violations, from)?)),
            Judgement::Holds | Judgement::NotExercised => None,
        }
    })
}

/// The violation that shows first, at entry `from` or later.
fn first(violations: Vec<Violation>, from: EntryId) -> Option<Violation> {
    let shows = |violation: &Violation| violation.witness.iter().copied().max();
    violations
        .into_iter()
        .filter(|violation| shows(violation) >= Some(from))
        .min_by_key(shows)
}

/// Every invariant that a hardened world keeps; the most telling first, warnings last.
pub const ALL: &[Invariant] = &[
    authorization::INVARIANT,
    authentication::INVARIANT,
    password_secrecy::INVARIANT,
    own_identity::INVARIANT,
    intended_login::INVARIANT,
    consent_integrity::INVARIANT,
    browser_agreement::INVARIANT,
    issuer_agreement::INVARIANT,
    token_destination::INVARIANT,
    code_single_use::INVARIANT,
    code_expiry::INVARIANT,
    client_binding::INVARIANT,
    redirect_binding::INVARIANT,
    redirect_uri_repeated::INVARIANT,
    pkce_binding::INVARIANT,
    state_integrity::INVARIANT,
    no_open_redirect::INVARIANT,
    login_before_redirect::INVARIANT,
    refresh_linearity::INVARIANT,
    refresh_after_end::INVARIANT,
    scope_never_widened::INVARIANT,
    token_audience::INVARIANT,
    client_authentication::INVARIANT,
    revocation_safety::INVARIANT,
    honest_completion::INVARIANT,
    no_crash::INVARIANT,
    replayed_code_tokens::INVARIANT,
    pkce_method::INVARIANT,
    no_leak::INVARIANT,
    no_secret_in_url::INVARIANT,
];

/// An invariant that every complete login violates. A rig that never reports it reports nothing.
pub const CANARY: Invariant = canary::INVARIANT;

/// Whether an entry is a note of one of these facts.
macro_rules! wakes {
    ($($event:ident)|+) => {
        |what: &What| {
            matches!(what, What::Noted(event) if matches!(**event, $(Event::$event { .. })|+))
        }
    };
}
use wakes;

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
