//! Every file under `scenarios/` is played; its trace is what was reviewed, and its expectations are met.

use std::path::Path;

use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Outcome, Scenario, run};
use grantlab_sim::trace::{Detail, write_text};

fn play(path: &Path) -> Result<Outcome, InputError> {
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| error.to_string());
    let name = path.to_string_lossy();
    let text = read(&name).map_err(|why| InputError::about(&*name, why))?;
    let scenario = Scenario::read(SourceText::new(&name, &text), &Profiles::with_files(&read))?;
    Ok(run(&scenario))
}

#[test]
fn every_scenario_is_as_reviewed() {
    insta::glob!(
        "../../scenarios",
        "{flows,faults,refusals}/*.json",
        |path| {
            let outcome = match play(path) {
                Ok(outcome) => outcome,
                Err(error) => panic!("{}", error.render(false)),
            };
            let failures: Vec<String> = outcome
                .failures
                .iter()
                .map(|failure| failure.render(false))
                .collect();
            assert!(failures.is_empty(), "{}", failures.join("\n"));
            insta::assert_snapshot!(write_text(&outcome.trace, Detail::Messages));
        }
    );
}
