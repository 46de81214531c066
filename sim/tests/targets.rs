//! Servers that others wrote do what their reviewed snapshots say. Where what they need is not installed, that is said.

#[cfg(test)]
#[path = "support/skipping.rs"]
mod skipping;

#[cfg(test)]
mod servers {
    use std::fs;
    use std::path::{Path, PathBuf};

    use grantlab_sim::check::words::Verdict;
    use grantlab_sim::check::{Choice, Report, Snapshot, check, shelf};
    use grantlab_sim::live::{NotStarted, start};

    use crate::skipping::skipped;

    #[test]
    fn authlib_does_what_its_snapshot_says() {
        does_what_its_snapshot_says("authlib");
    }

    #[test]
    fn node_oauth2_server_does_what_its_snapshot_says() {
        does_what_its_snapshot_says("node-oauth2-server");
    }

    #[test]
    fn oidc_provider_does_what_its_snapshot_says() {
        does_what_its_snapshot_says("oidc-provider");
    }

    #[test]
    fn oxide_auth_does_what_its_snapshot_says() {
        does_what_its_snapshot_says("oxide-auth");
    }

    /// Every target is complete: a start script, a target file, and what its choices are.
    #[test]
    fn every_target_can_be_started() {
        let folder = folder("");
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                for name in ["README.md", "start", "target.json"] {
                    assert!(path.join(name).exists(), "{} has no {name}", path.display());
                }
            }
        }
    }

    fn folder(name: &str) -> PathBuf {
        let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/targets");
        targets.join(name)
    }

    /// Checks a target with every check, and compares verdicts and answers; headers and bodies may differ between
    /// versions of the runtimes below.
    fn does_what_its_snapshot_says(name: &str) {
        let folder = folder(name);
        let (mut subject, target) = match start(&folder.join("target.json")) {
            Ok(started) => started,
            Err(NotStarted::NotInstalled(what)) => {
                return skipped(&format!("{name}: {what}"));
            }
            Err(other) => panic!("{name}: {other:?}"),
        };
        let choice = Choice::default();
        let groups = shelf::groups().unwrap();
        let report = check(&mut subject, &target, &groups, &choice, &mut |_| {});
        let failed = unexpected(&report);
        assert!(failed.is_empty(), "{name}: {failed:#?}");

        let text = fs::read_to_string(folder.join("target.snapshot.json")).unwrap();
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        let changes: Vec<String> = snapshot
            .changes(&report, false)
            .into_iter()
            .filter(|change| !change.what.starts_with("in detail"))
            .map(|change| format!("{} ({})", change.what, change.checks.join(", ")))
            .collect();
        assert!(changes.is_empty(), "{name}: {changes:#?}");
    }

    /// What failed and is not listed in the target file.
    fn unexpected(report: &Report) -> Vec<String> {
        report
            .checks
            .iter()
            .filter(|checked| checked.verdict == Verdict::Fail && !checked.expected)
            .map(|checked| format!("{} {}: {}", checked.id, checked.title, checked.says))
            .collect()
    }
}
