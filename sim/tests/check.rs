//! The checks, against every profile in memory: what comes of each is what was reviewed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use grantlab_sim::check::words::Verdict;
use grantlab_sim::check::{BuiltIn, Choice, Group, Snapshot, check, shelf};
use grantlab_sim::input_error::SourceText;
use grantlab_sim::profile::library::BUILT_IN;
use grantlab_sim::profile::{NamedBy, Profiles};

/// Verdict and sentence of every check that did not pass, for each profile, and how many did.
#[test]
fn every_profile_answers_as_reviewed() {
    let groups = shelf::groups().unwrap();
    for (name, _) in BUILT_IN {
        let profile = Profiles::built_in().find(name, NamedBy::Argument).unwrap();
        let (mut subject, target) = BuiltIn::new(&profile).unwrap();
        let report = check(
            &mut subject,
            &target,
            &groups,
            &Choice::default(),
            &mut |_| {},
        );
        let unexplained: Vec<&str> = report
            .checks
            .iter()
            .filter(|one| one.verdict == Verdict::Fail && !one.expected)
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!((unexplained, report.stale), (vec![], vec![]), "{name}");
        let others = report
            .checks
            .iter()
            .filter(|one| one.verdict != Verdict::Pass);
        let mut lines: Vec<String> = others
            .map(|one| format!("{} {}: {}", one.id, one.verdict.word(), one.says))
            .collect();
        lines.push(format!("{} pass", report.counts.pass));
        insta::assert_snapshot!(format!("verdicts_of_{name}"), lines.join("\n"));
    }
}

fn misread(text: &str) -> String {
    let error = Group::read(SourceText::new("x.json", text)).unwrap_err();
    error.to_string()
}

fn file(steps: &str, when: &str) -> String {
    format!(
        "{{\"group\": \"X\", \"title\": \"t\", \"checks\": [\n{{\"id\": \"X-01\", \"title\": \"t\", \"level\": \"MUST\", \
         \"reference\": \"r\",\n\"steps\": {steps},\n\"expect\": [{{\"verdict\": \"pass\", \"when\": {when}, \"says\": \"s\"}}],\n\
         \"otherwise\": {{\"verdict\": \"fail\", \"says\": \"s\"}}}}]}}"
    )
}

#[test]
fn mistakes_in_check_files_have_their_places() {
    for (steps, when, expected) in [
        ("[{\"cod\": {}}]", "{}", "x.json:3:12: unknown word `cod`"),
        (
            "[{\"code\": {\"wiht\": {}}}]",
            "{}",
            "x.json:3:21: unknown member `wiht`",
        ),
        (
            "[{\"redeem\": {\"secret\": \"${secrt}\"}}]",
            "{}",
            "x.json:3:11: there is no value called `secrt`",
        ),
        (
            "[{\"redeem\": {\"from\": \"first\"}}]",
            "{}",
            "x.json:3:11: there is no step before this called `first`",
        ),
        (
            "[{\"code\": {}}]",
            "{\"status\": [\"4x\"]}",
            "x.json:4:52: a status is three digits, or a class such as `4xx`",
        ),
        (
            "[{\"code\": {}}]",
            "{\"lists\": {\"codes\": \"distinct\"}}",
            "x.json:4:12: there is no list called `codes`",
        ),
    ] {
        assert_eq!(misread(&file(steps, when)), expected);
    }
    let wrong_group = file("[]", "{}").replace("X-01", "Y-01");
    assert_eq!(
        misread(&wrong_group),
        "x.json:2:8: the ids of this group begin with `X-`"
    );
}

/// A server that does something else than before is told so, in sentences.
#[test]
fn a_change_shows() {
    let groups = shelf::groups().unwrap();
    let report_with = |settings: &[(&str, &str)]| {
        let mut profile = Profiles::built_in()
            .find("rfc9700", NamedBy::Argument)
            .unwrap();
        for (key, value) in settings {
            profile.policies.set(key, value).unwrap();
        }
        let (mut subject, target) = BuiltIn::new(&profile).unwrap();
        let choice = Choice {
            only: ["AE-01", "CL", "ER-05"].map(str::to_owned).to_vec(),
            ..Choice::default()
        };
        check(&mut subject, &target, &groups, &choice, &mut |_| {})
    };
    let before = Snapshot::of(&report_with(&[]));
    assert_eq!(before.changes(&report_with(&[]), false), []);
    let now = report_with(&[("as.iss_param", "off"), ("as.code_use", "unlimited")]);
    let changes = before.changes(&now, false);
    let lines: Vec<String> = changes
        .iter()
        .map(|change| format!("{} ({})", change.what, change.checks.join(", ")))
        .collect();
    insta::assert_snapshot!("changes", lines.join("\n"));
}
