//! Clients that nobody here wrote, through every case of `grantlab serve`. What each of them did is reviewed and kept
//! under `scenarios/clients/snapshots`. A client whose runtime is not there is skipped, and said to be.

#[cfg(test)]
#[path = "support/skipping.rs"]
mod skipping;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use grantlab_sim::live::serve::{Plan, Serving};

    use crate::skipping::skipped;

    /// The root of the repository.
    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    /// Runs a client's trials and compares what came of them. `needed` is what `scenarios/clients/README.md` installs.
    fn try_out(name: &str, needed: &str, program: &str, arguments: &[&str]) {
        let at = |path: &str| root().join(path);
        if !at(needed).exists() {
            return skipped(&format!(
                "{name} is not installed (scenarios/clients/README.md says how)"
            ));
        }
        let serving = Serving::start(Plan::usual().unwrap()).unwrap();
        let program = if program.contains('/') {
            at(program)
        } else {
            PathBuf::from(program)
        };
        let output = Command::new(program)
            .args(arguments.iter().map(|path| at(path)))
            .arg(format!("http://{}", serving.admin()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        insta::with_settings!({
            snapshot_path => at("scenarios/clients/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, serving.report().table());
        });
    }

    #[test]
    fn authlib() {
        let python = "target/clients/python/bin/python";
        try_out(
            "authlib",
            python,
            python,
            &["scenarios/clients/authlib/run.py"],
        );
    }

    #[test]
    fn requests_oauthlib() {
        let python = "target/clients/python/bin/python";
        let runner = "scenarios/clients/requests-oauthlib/run.py";
        try_out("requests-oauthlib", python, python, &[runner]);
    }

    #[test]
    fn openid_client() {
        // Node looks for packages beside the runner.
        let runner = "target/clients/openid-client/run.mjs";
        let needed = "target/clients/openid-client/node_modules";
        if root().join(needed).exists() {
            let newest = root().join("scenarios/clients/openid-client/run.mjs");
            std::fs::copy(newest, root().join(runner)).unwrap();
        }
        try_out("openid-client", needed, "node", &[runner]);
    }

    #[test]
    fn oauth2_rs() {
        let program = "target/clients/oauth2-rs/debug/grantlab-trial-oauth2-rs";
        try_out("oauth2-rs", program, program, &[]);
    }
}
