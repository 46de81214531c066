//! Our server beside the peers and beside the floor, in one run: a table of ratios, and `target/comparison.json`.
//!
//! Every repetition measures each subject in turn, so that whatever else the machine does falls on all of them.
//! Times are CPU time of this thread; figures are medians over the repetitions.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a subject that fails has no figure")]
#![expect(clippy::panic, reason = "a subject that fails has no figure")]

mod clock;
mod measure;
mod subjects;

use measure::{Figures, Measured, ratio};
use subjects::floor::Floor;
use subjects::grantlab::Grantlab;
use subjects::oauth_as::OauthAs;
use subjects::oxide_auth::OxideAuth;

/// Outstanding codes while everybody is measured.
const CODES: [usize; 2] = [1_000, 100_000];
/// Outstanding codes while we and the floor are measured.
const MORE_CODES: [usize; 1] = [1_000_000];
/// Repetitions.
const REPETITIONS: usize = 25;

fn everybody() -> Vec<Measured> {
    let ours = Grantlab::new();
    let session = ours.session.clone();
    vec![
        Measured::new(Box::new(Floor::new(&session)), &session),
        Measured::new(Box::new(ours), &session),
        Measured::new(Box::new(OauthAs::new()), &session),
        Measured::new(Box::new(OxideAuth::new()), &session),
    ]
}

/// Measures with so many codes outstanding, one repetition of each after the other.
fn measured(mut subjects: Vec<Measured>, codes: usize) -> Vec<Figures> {
    for subject in &mut subjects {
        subject.fill(codes);
    }
    for _ in 0..REPETITIONS {
        for subject in &mut subjects {
            subject.repeat();
        }
    }
    subjects
        .iter()
        .map(|subject| subject.figures(codes))
        .collect()
}

fn print(figures: &[Figures]) {
    let Some(ours) = figures.iter().find(|one| one.peer == "grantlab") else {
        return;
    };
    println!(
        "\n{} codes outstanding, 1 thread, ns of CPU time (times ours)",
        ours.codes
    );
    println!(
        "{:<12} {:>16} {:>16} {:>16} {:>16}",
        "", "authorize", "redeem", "refresh", "full flow"
    );
    for one in figures {
        let cell = |theirs: f64, ours: f64| format!("{theirs:.0} ({:.2})", ratio(theirs, ours));
        println!(
            "{:<12} {:>16} {:>16} {:>16} {:>16}",
            one.peer,
            cell(one.authorize_ns, ours.authorize_ns),
            cell(one.redeem_ns, ours.redeem_ns),
            cell(one.refresh_ns, ours.refresh_ns),
            cell(one.flow_ns, ours.flow_ns),
        );
    }
}

fn main() {
    let mut rows = Vec::new();
    for codes in CODES {
        rows.extend(measured(everybody(), codes));
        print(rows.get(rows.len() - 4..).unwrap_or_default());
    }
    for codes in MORE_CODES {
        let two = everybody().into_iter().take(2).collect();
        rows.extend(measured(two, codes));
        print(rows.get(rows.len() - 2..).unwrap_or_default());
    }
    println!("\nWhat each leaves out:");
    for subject in everybody() {
        println!("- {}: {}", subject.name(), subject.leaves_out());
    }
    let path = measure::write_json(&rows).expect("a target folder");
    println!("\nwritten: {path}");
}
