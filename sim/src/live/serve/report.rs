//! What a client made of the cases, one verdict for each, and one for each check that they belong to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::cases::{At, Careful, Case, Level};
use super::witness::{Seen, Witness};

/// The checks that cases belong to: what is sent, what is expected, and who says so.
const CHECKS: &str = include_str!("../../../../scenarios/clients/checks.tsv");

/// Requests of one kind after which somebody goes round in a circle.
const REQUESTS_BEFORE_LOOP: u32 = 10;

/// The shortest `state` that nobody can guess, in characters: 128 bits in base64url (RFC 6749 §10.10).
const STATE_CHARACTERS_MIN: usize = 22;

/// What whoever ran the client says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went on: somebody is logged in.
    Accepted,
    /// It stopped, and said so.
    Refused,
    /// It fell over.
    Crashed,
}

/// How something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody tried.
    NotExercised,
    /// The client stopped before it came to what matters here.
    NotReached,
    /// As a careful client does.
    Pass,
    /// There is no right and wrong; what it does is written down.
    Recorded,
    /// A careful client would do something else, but nobody demands it.
    Warning,
    /// The client does what it must not do.
    Fail,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotExercised => "not exercised",
            Self::NotReached => "not reached",
            Self::Pass => "pass",
            Self::Recorded => "recorded",
            Self::Warning => "warning",
            Self::Fail => "fail",
        }
    }
}

/// A trial of one case.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) outcome: Outcome,
    pub(super) detail: String,
}

/// A case and how it went.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    /// Its name.
    pub case: String,
    /// What happened, in one line.
    pub title: String,
    /// The checks that it belongs to.
    pub checks: Vec<String>,
    /// `must`, `should`, `may` or `recorded`.
    pub level: &'static str,
    /// Which text demands it.
    pub reference: String,
    /// What a careful client does: `accept`, `refuse` or `either`.
    pub careful: &'static str,
    /// With which message it was tested.
    pub at: &'static str,
    /// What the client did, as far as anybody knows.
    pub outcome: Option<Outcome>,
    /// How it went.
    pub verdict: Verdict,
    /// Why.
    pub because: String,
    /// What whoever ran the client said about it.
    pub detail: Option<String>,
    /// What was seen.
    seen: Seen,
}

/// A check and how it went.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// Its name in the list of checks.
    pub check: String,
    /// What is done.
    pub title: String,
    /// What is expected.
    pub expected: String,
    /// Which text demands it.
    pub reference: String,
    /// The worst verdict of its cases.
    pub verdict: Verdict,
    /// The cases that it was judged by; none where everything that was seen counts.
    pub cases: Vec<String>,
}

/// What a client made of the cases.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How many cases had which verdict.
    pub counts: BTreeMap<&'static str, usize>,
    /// How many checks were exercised.
    pub checks_exercised: usize,
    /// The cases that a careful client refuses and this one accepted.
    pub accepted_wrongly: Vec<String>,
    /// Those that it refuses too late: what it should not have sent was sent by then.
    pub refused_late: Vec<String>,
    /// In the order of their names.
    pub checks: Vec<CheckReport>,
    /// In the order of the list.
    pub cases: Vec<CaseReport>,
}

/// A case with what is known about it.
pub(super) struct Judged<'a> {
    pub(super) case: &'a Case,
    pub(super) witness: &'a Witness,
    pub(super) trial: Option<&'a Trial>,
}

impl Judged<'_> {
    /// Whether the client came as far as the message that it is tested with.
    const fn is_reached(&self) -> bool {
        let seen = &self.witness.seen;
        match self.case.at {
            At::Metadata => seen.metadata > 0,
            // What was mixed up may be answered by somebody else.
            At::Callback => seen.callbacks > 0 || (seen.metadata > 0 && self.trial.is_some()),
            At::Token | At::IdToken => seen.redemptions > 0,
            // One of them is asked first, and refuses the same token.
            At::Resource => seen.uses_token(),
            At::Userinfo => seen.userinfo > 0,
            At::Refresh => seen.refreshes > 0,
            At::Revocation => seen.revocations > 0,
        }
    }

    /// Whether it went on from there, where that can be seen.
    const fn is_taken(&self) -> Option<bool> {
        let seen = &self.witness.seen;
        match self.case.at {
            At::Metadata => Some(seen.logins > 0),
            At::Callback => Some(seen.redemptions > 0),
            At::Token | At::IdToken => Some(seen.uses_token()),
            At::Resource | At::Userinfo | At::Refresh | At::Revocation => None,
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        let seen = self.is_taken().map(|taken| match taken {
            true => Outcome::Accepted,
            false => Outcome::Refused,
        });
        self.trial.map(|trial| trial.outcome).or(seen)
    }

    fn verdict(&self) -> (Verdict, String) {
        let seen = &self.witness.seen;
        let severe = match self.case.level {
            Level::Must => Verdict::Fail,
            Level::Should | Level::May | Level::Recorded => Verdict::Warning,
        };
        if seen.followed_with_credentials > 0 {
            let why = "it took a code or a secret to where an answer redirected";
            return (Verdict::Fail, why.to_owned());
        }
        if !self.is_reached() {
            return match self.trial {
                None => (Verdict::NotExercised, "nobody tried".to_owned()),
                Some(_) => (
                    Verdict::NotReached,
                    "it stopped before it came to this".to_owned(),
                ),
            };
        }
        let logins = u32::from(self.case.logins).saturating_mul(self.case.tabs.into());
        if logins > 1 && seen.logins < logins {
            let why = format!("it began {} of {logins} logins", seen.logins);
            return (Verdict::NotReached, why);
        }
        if self.is_about_nonces() && self.witness.nonces.is_empty() {
            return (Verdict::NotReached, "it sends no nonce".to_owned());
        }
        let repeats = [
            seen.redemptions,
            seen.refreshes,
            seen.resource,
            seen.userinfo,
        ];
        if repeats.iter().any(|count| *count > REQUESTS_BEFORE_LOOP) {
            return (severe, "it asked again and again".to_owned());
        }
        match (self.case.careful, self.outcome()) {
            (_, None) => (
                Verdict::NotReached,
                "nobody says what came of it".to_owned(),
            ),
            (_, Some(Outcome::Crashed)) => (severe, "it fell over".to_owned()),
            (Careful::Either, Some(Outcome::Accepted)) => {
                (Verdict::Recorded, "it accepts".to_owned())
            }
            (Careful::Either, Some(Outcome::Refused)) => {
                (Verdict::Recorded, "it refuses".to_owned())
            }
            (Careful::Accept, Some(Outcome::Accepted)) => (Verdict::Pass, "it accepts".to_owned()),
            (Careful::Accept, Some(Outcome::Refused)) => {
                (severe, "it refuses what is right".to_owned())
            }
            (Careful::Refuse, Some(Outcome::Accepted)) => (severe, "it accepts".to_owned()),
            (Careful::Refuse, Some(Outcome::Refused)) => match self.is_taken() {
                Some(true) if self.case.at == At::Callback && self.redeems_in_vain() => (
                    Verdict::Pass,
                    "it tries the code and refuses then".to_owned(),
                ),
                Some(true) => (severe, "it says that it refuses, and went on".to_owned()),
                Some(false) | None => (Verdict::Pass, "it refuses".to_owned()),
            },
        }
    }

    /// OpenID Connect Core §3.1.3.7 item 11 is about clients that sent a nonce.
    fn is_about_nonces(&self) -> bool {
        self.case.checks.iter().any(|check| check == "ID-08")
    }

    /// A code that cannot be redeemed may be tried: the answer says no.
    fn redeems_in_vain(&self) -> bool {
        self.witness.seen.redeemed == 0 && self.case.checks.iter().any(|check| check == "CR-03")
    }

    fn report(&self) -> CaseReport {
        let (verdict, because) = self.verdict();
        CaseReport {
            case: self.case.id.clone(),
            title: self.case.title.clone(),
            checks: self.case.checks.clone(),
            level: self.case.level.as_str(),
            reference: self.case.reference.clone(),
            careful: self.case.careful.as_str(),
            at: self.case.at.as_str(),
            outcome: self.outcome().filter(|_| verdict > Verdict::NotReached),
            verdict,
            because,
            detail: self.trial.map(|trial| trial.detail.clone()),
            seen: self.witness.seen.clone(),
        }
    }
}

impl Report {
    pub(super) fn of(judged: &[Judged<'_>]) -> Self {
        let cases: Vec<CaseReport> = judged.iter().map(Judged::report).collect();
        let mut counts = BTreeMap::new();
        for case in &cases {
            *counts.entry(case.verdict.as_str()).or_default() += 1;
        }
        let wrongly = |outcome: Outcome| {
            let cases = cases.iter().filter(move |case| {
                let is_wrong = matches!(case.verdict, Verdict::Fail | Verdict::Warning);
                is_wrong && case.careful != "accept" && case.outcome == Some(outcome)
            });
            cases.map(|case| case.case.clone()).collect::<Vec<_>>()
        };
        let checks = checks(&cases, judged);
        let exercised = checks
            .iter()
            .filter(|check| check.verdict > Verdict::NotReached);
        Self {
            counts,
            checks_exercised: exercised.count(),
            accepted_wrongly: wrongly(Outcome::Accepted),
            refused_late: wrongly(Outcome::Refused),
            checks,
            cases,
        }
    }

    /// One line for each case that was exercised: what a snapshot of a client holds.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::new();
        let exercised = self
            .cases
            .iter()
            .filter(|case| case.verdict > Verdict::NotExercised);
        for case in exercised {
            let outcome = match case.outcome {
                None => "-",
                Some(Outcome::Accepted) => "accepted",
                Some(Outcome::Refused) => "refused",
                Some(Outcome::Crashed) => "crashed",
            };
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                out,
                "{:11}  {:28}  {:8}  {}",
                case.verdict.as_str(),
                case.case,
                outcome,
                case.because
            );
        }
        let (wrong, late) = (self.accepted_wrongly.len(), self.refused_late.len());
        let _ = writeln!(out, "accepts what it should refuse: {wrong}");
        let _ = writeln!(out, "refuses too late: {late}");
        let _ = writeln!(out, "checks exercised: {}", self.checks_exercised);
        out
    }

    /// The report for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a `String` cannot fail.
        for case in &self.cases {
            if matches!(case.verdict, Verdict::Fail | Verdict::Warning) {
                let _ = writeln!(
                    out,
                    "{:8}  {:26}  {}: {} ({})",
                    case.verdict.as_str(),
                    case.case,
                    case.title,
                    case.because,
                    case.reference
                );
            }
        }
        for (verdict, count) in &self.counts {
            let _ = writeln!(out, "{count:5} cases  {verdict}");
        }
        let _ = writeln!(
            out,
            "{:5} checks exercised of {}",
            self.checks_exercised,
            self.checks.len()
        );
        out
    }
}

/// The checks of the list that can be judged here.
fn checks(cases: &[CaseReport], judged: &[Judged<'_>]) -> Vec<CheckReport> {
    let overall = overall(judged);
    let rows = CHECKS.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (check, title) = (columns.next()?, columns.next()?);
        let (expected, reference) = (columns.next()?, columns.next()?);
        let about = cases
            .iter()
            .filter(|case| case.checks.iter().any(|one| one == check));
        let names: Vec<String> = about.clone().map(|case| case.case.clone()).collect();
        let also = overall.iter().filter(|(name, _)| *name == check);
        let verdict = about
            .map(|case| case.verdict)
            .chain(also.map(|(_, verdict)| *verdict));
        Some(CheckReport {
            check: check.to_owned(),
            title: title.to_owned(),
            expected: expected.to_owned(),
            reference: reference.to_owned(),
            verdict: verdict.max()?,
            cases: names,
        })
    });
    rows.collect()
}

/// What follows from everything that was seen.
fn overall(judged: &[Judged<'_>]) -> Vec<(&'static str, Verdict)> {
    let states = judged.iter().flat_map(|one| &one.witness.states);
    let states: Vec<&String> = states.collect();
    let nonces = judged.iter().flat_map(|one| &one.witness.nonces);
    let sum = |count: fn(&Seen) -> u32| {
        judged
            .iter()
            .map(|one| u64::from(count(&one.witness.seen)))
            .sum::<u64>()
    };
    let uses = sum(|seen| seen.resource.saturating_add(seen.userinfo));
    let told = judged.iter().any(|one| {
        one.trial
            .is_some_and(|trial| one.witness.is_told_in(&trial.detail))
    });
    let tried = judged.iter().any(|one| one.trial.is_some());
    let when = |exercised: bool, good: bool, bad: Verdict| match (exercised, good) {
        (false, _) => Verdict::NotExercised,
        (true, true) => Verdict::Pass,
        (true, false) => bad,
    };
    let long = states
        .iter()
        .all(|state| state.len() >= STATE_CHARACTERS_MIN);
    let stale = sum(|seen| seen.stale_refreshes);
    vec![
        ("ST-06", when(!states.is_empty(), long, Verdict::Warning)),
        (
            "ST-07",
            when(states.len() > 1, distinct(&states), Verdict::Fail),
        ),
        (
            "ID-08",
            when(
                nonces.clone().count() > 1,
                distinct(&nonces.collect::<Vec<_>>()),
                Verdict::Fail,
            ),
        ),
        (
            "BT-01",
            when(
                uses > 0,
                sum(|seen| seen.token_in_header) > 0,
                Verdict::Warning,
            ),
        ),
        (
            "BT-02",
            when(
                uses > 0,
                sum(|seen| seen.token_in_body) == 0,
                Verdict::Warning,
            ),
        ),
        (
            "BT-03",
            when(
                uses > 0,
                sum(|seen| seen.token_in_query) == 0,
                Verdict::Fail,
            ),
        ),
        (
            "CR-15",
            when(sum(|seen| seen.refreshes) > 1, stale == 0, Verdict::Fail),
        ),
        ("CR-20", when(tried, !told, Verdict::Fail)),
    ]
}

fn distinct(values: &[&String]) -> bool {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair.first() != pair.last())
}
