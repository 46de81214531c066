//! From a search to a finding that can be told: the shortest run, what it needs, and the nearest that is safe.

use std::sync::atomic::{AtomicBool, Ordering};

use grantlab_core::value::Malformed;

use super::chase::Chase;
use super::needs::{Needs, Tried, Weakness, needs};
use super::parting::{Parting, parting};
use super::quarry::Quarry;
use super::unpreventable::unpreventable;
use super::words::words;
use super::{Finding, Searched};
use crate::attacker::Move;
use crate::hunt::Caught;
use crate::search::{
    Bounds, Budget, Found, OnFinding, Options, ReportOf, Verdict, WalkReportOf, Watch, search,
    shrink,
};
use crate::trace::{EntryId, Trace};

/// A finding with the run that shows it.
#[derive(Clone, Debug)]
pub struct Told {
    /// What is wrong.
    pub finding: Finding,
    /// The run.
    pub trace: Trace,
    /// What happened before the first move.
    pub before: Option<Move>,
    /// The moves.
    pub moves: Vec<Move>,
    /// The entries of the run with which the moves begin.
    pub starts: Vec<EntryId>,
}

/// Searches for what is hunted, breadth first.
///
/// # Errors
/// [`Malformed`] when no world comes of the profile.
pub fn pursue(
    quarry: &Quarry,
    options: Options,
    watch: &dyn Watch,
) -> Result<(ReportOf<Chase>, Vec<Told>), Malformed> {
    let chase = quarry.chase()?;
    let report = search(&chase, options, watch);
    let told = tell_all(&chase, quarry, &report);
    Ok((report, told))
}

/// Tells what a search of `chase` found, breadth first.
#[must_use]
pub fn tell_all(chase: &Chase, quarry: &Quarry, report: &ReportOf<Chase>) -> Vec<Told> {
    let told = report.found.iter().map(|found| {
        let searched = Searched {
            found_length: found.path.len(),
            deleted_length: found.path.len(),
            length: found.path.len(),
            // Breadth first: every shorter run was looked at.
            is_shortest: true,
            states: report.counts.states,
            transitions: report.counts.transitions,
            shrinking_milliseconds: None,
        };
        tell(chase, quarry, found, searched)
    });
    told.collect()
}

/// Makes what random walks came across as short as can be.
#[must_use]
pub fn shorten(
    chase: &Chase,
    quarry: &Quarry,
    report: &WalkReportOf<Chase>,
    options: Options,
    watch: &dyn Watch,
) -> Option<Told> {
    let (_, found) = report.found.as_ref()?;
    let shrunk = shrink(chase, &found.path, found.key, options, watch)?;
    let searched = Searched {
        found_length: shrunk.found_length,
        deleted_length: shrunk.deleted_length,
        length: shrunk.shortest.path.len(),
        is_shortest: shrunk.is_optimal,
        states: report.states,
        transitions: report.transitions,
        shrinking_milliseconds: None,
    };
    Some(tell(chase, quarry, &shrunk.shortest, searched))
}

fn tell(chase: &Chase, quarry: &Quarry, found: &Found<Move, Caught>, searched: Searched) -> Told {
    let (trace, starts) = chase.run(&found.path);
    let moves = found.path.iter();
    let steps = moves.map(|one| words(one, chase.setup(), &trace)).collect();
    let Caught {
        invariant,
        violation,
    } = &found.finding;
    let mut finding = Finding::of(&trace, invariant, violation, steps, searched);
    if let Some(attack) = quarry.attack {
        finding.prefer(&attack.id);
    }
    Told {
        finding,
        trace,
        before: chase.before(),
        moves: found.path.clone(),
        starts,
    }
}

/// Finds out what a finding needs, by searching again without each weakness, and which safe run is nearest.
///
/// # Errors
/// [`Malformed`] when no world comes of a changed profile.
pub fn examine(
    told: &mut Told,
    quarry: &Quarry,
    options: Options,
    watch: &dyn Watch,
) -> Result<(), Malformed> {
    let depth = u32::try_from(told.moves.len()).unwrap_or(u32::MAX);
    let chase = quarry.chase()?;
    let options = Options {
        bounds: Bounds {
            depth,
            ..options.bounds
        },
        on_finding: OnFinding::Stop,
        ..options
    };
    let property = told.finding.property.clone();
    let mut problem = None;
    let without = |weaknesses: &[Weakness]| {
        let less = weaknesses.iter();
        let less = less.fold(quarry.clone(), |less, weakness| less.without(weakness));
        still(&less, &property, options, watch).unwrap_or_else(|malformed| {
            problem = Some(malformed);
            Tried::Unknown
        })
    };
    let found = needs(quarry.weaknesses(), without);
    if let Some(malformed) = problem {
        return Err(malformed);
    }
    let safe = nearest_safe(told, quarry, &found, &chase);
    told.finding.nearest_safe = safe;
    told.finding.nothing_weak = Some(found.nothing_weak);
    if found.nothing_weak {
        told.finding.unpreventable = unpreventable(told, quarry)?;
    }
    told.finding.needs = Some(found);
    Ok(())
}

/// Whether a property is violated in what is left of a quarry.
pub(super) fn still(
    quarry: &Quarry,
    property: &str,
    options: Options,
    watch: &dyn Watch,
) -> Result<Tried, Malformed> {
    let mut quarry = quarry.clone();
    quarry.properties.retain(|known| known.id == property);
    Ok(match search(&quarry.chase()?, options, watch).verdict {
        Verdict::Found => Tried::StillFound,
        Verdict::Complete => Tried::Gone,
        Verdict::BudgetSpent(_) => Tried::Unknown,
    })
}

/// Of the runs with the same moves and one needed weakness less, the one that goes the same way longest.
fn nearest_safe(told: &Told, quarry: &Quarry, needs: &Needs, chase: &Chase) -> Option<Parting> {
    let partings = needs.needs.iter().filter_map(|weakness| {
        let less = quarry.without(weakness).chase().ok()?;
        let same_cast = less.setup().users.len() == chase.setup().users.len();
        let (safe, _) = less.run(&told.moves);
        let parting = parting(&told.trace, &told.starts, &safe, weakness.clone())?;
        same_cast.then_some(parting)
    });
    partings.max_by_key(|parting| parting.entry)
}

/// Stops a search when it is set.
#[derive(Clone, Copy, Debug)]
pub struct Stop<'a>(pub &'a AtomicBool);

impl Stop<'_> {
    /// Whether it is set.
    #[must_use]
    pub fn is_set(self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Watch for Stop<'_> {
    fn stop(&self) -> Option<Budget> {
        self.is_set().then_some(Budget::Interrupted)
    }
}
