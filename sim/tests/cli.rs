//! The binary as people and programs use it.

/// Every `console` block of `sim/tests/cli/` is typed, and prints what stands there.
#[test]
fn the_binary_prints_what_its_examples_say() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .case("tests/cli/*.md");
}

/// Programs read objects, and what they read is documented.
#[cfg(test)]
mod programs {
    use std::collections::BTreeSet;
    use std::io::Read as _;
    use std::process::{Command, Output, Stdio};

    use grantlab_sim::live::serve::{Plan, Serving};
    use serde_json::Value;

    fn grantlab(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantlab"));
        command.args(arguments);
        command
    }

    fn json(arguments: &[&str]) -> Value {
        let Output { stdout, stderr, .. } = grantlab(arguments).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&stderr), "", "{arguments:?}");
        serde_json::from_slice(&stdout).unwrap()
    }

    /// The names of the members of an object.
    fn members(value: &Value) -> BTreeSet<&str> {
        let object = value.as_object().unwrap();
        object.keys().map(String::as_str).collect()
    }

    /// Compares what was printed with its schema, member by member and all the way down.
    fn compare(printed: &Value, schema: &Value, definitions: &Value, place: &str) {
        let reference = [schema, &schema["anyOf"][0]]
            .into_iter()
            .find_map(|schema| schema["$ref"].as_str());
        if let Some(reference) = reference.filter(|_| !printed.is_null()) {
            let name = reference.rsplit('/').next().unwrap();
            return compare(printed, &definitions[name], definitions, place);
        }
        if let Some(items) = printed.as_array() {
            for item in items {
                compare(item, &schema["items"], definitions, place);
            }
        } else if printed.is_object() && schema["properties"].is_object() {
            let known = members(&schema["properties"]);
            assert!(known.is_superset(&members(printed)), "{place}: {printed}");
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(
                    printed.get(name.as_str().unwrap()).is_some(),
                    "{place}: {name}"
                );
            }
            for (name, value) in printed.as_object().unwrap() {
                let place = format!("{place}.{name}");
                compare(value, &schema["properties"][name], definitions, &place);
            }
        }
    }

    /// Our own server over HTTP, and a target file for it.
    fn served() -> (Serving, String) {
        let serving = Serving::start(Plan::usual().unwrap()).unwrap();
        let target = serde_json::json!({
            "name": "our own",
            "issuer": serving.issuer(),
            "clients": [{
                "name": "web",
                "client_id": "web",
                "client_secret": "secret-of-web",
                "redirect_uris": ["http://127.0.0.1:8085/cb"],
            }],
            "users": [{ "username": "alice", "password": "password-of-alice-at-as" }],
            "request": { "scope": "read" },
        });
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/cli-target.json");
        std::fs::write(path, target.to_string()).unwrap();
        (serving, path.to_owned())
    }

    /// A sweep in which two nodes redeem one code.
    const RACE: [&str; 7] = [
        "sweep",
        "--seeds",
        "0..200",
        "--nodes",
        "2",
        "--set",
        "as.code_use=check_then_set",
    ];

    #[test]
    fn what_programs_get_is_what_the_schema_says() {
        let output = json(&["schema", "output"]);
        let violation = concat!(env!("CARGO_TARGET_TMPDIR"), "/violation.json");
        let shards = concat!(env!("CARGO_TARGET_TMPDIR"), "/cli-shards");
        let _ = std::fs::remove_dir_all(shards);
        let (_serving, target) = served();
        let commands: &[(&str, &[&str])] = &[
            ("any", &["profiles", "nobody"]),
            ("attacks", &["attacks"]),
            (
                "check",
                &["check", "--profile", "rfc9700", "--only", "CL-02"],
            ),
            (
                "compare",
                &[
                    "compare",
                    "../scenarios/targets/oidc-provider/target.snapshot.json",
                    "../scenarios/targets/oxide-auth/target.snapshot.json",
                ],
            ),
            ("explain", &["explain", "code-single-use"]),
            ("explore", &["explore", "--depth", "1"]),
            ("hunt", &["hunt", "--attack", "RD-04"]),
            ("matrix", &["matrix", "--attack", "RD-02"]),
            ("profiles", &["profiles"]),
            ("properties", &["properties"]),
            (
                "run",
                &["run", "flows/login", "--trace", "--set", "as.pkce=ignored"],
            ),
            ("run_against", &["run", "flows/login", "--against", &target]),
            ("step", &["step", "flows/login"]),
            ("sweep", &[&RACE[..], &["--save", violation]].concat()),
            ("sweep_shard", &[&RACE[..], &["--out", shards]].concat()),
            ("merge", &["merge", shards]),
            ("switches", &["switches"]),
            ("tour", &[]),
        ];
        let names: BTreeSet<&str> = commands.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, members(&output["properties"]));
        for (name, arguments) in commands {
            let printed = json(&[*arguments, &["--format", "json"]].concat());
            let schema = &output["properties"][*name];
            compare(&printed, schema, &output["$defs"], name);
        }
    }

    #[test]
    fn every_member_of_a_trace_is_documented() {
        let readme = include_str!("../../scenarios/README.md");
        let replayed = json(&["run", "--trace", "--format", "json"]);
        let mut seen = BTreeSet::new();
        for scenario in replayed["scenarios"].as_array().unwrap() {
            seen.extend(members(&scenario["trace"]));
            for entry in scenario["trace"]["entries"].as_array().unwrap() {
                seen.extend(members(entry));
            }
        }
        assert!(seen.contains("sent") && seen.contains("hash"));
        let undocumented = |name: &&str| !readme.contains(&format!("`{name}`"));
        assert_eq!(seen.into_iter().find(undocumented), None);
    }

    #[test]
    fn a_violation_that_a_sweep_keeps_comes_back() {
        let kept = concat!(env!("CARGO_TARGET_TMPDIR"), "/kept.json");
        let found = json(&[
            "sweep",
            "--seeds",
            "0..400",
            "--nodes",
            "2",
            "--set",
            "as.code_use=check_then_set",
            "--save",
            kept,
            "--format",
            "json",
        ]);
        assert_eq!(found["first"]["property"], "code-single-use");
        assert_eq!(found["first"]["scenario"], kept);
        let replayed = json(&["run", kept, "--format", "json"]);
        assert_eq!(replayed["passed"], 1, "the file expects the violation");
        let violated = &replayed["scenarios"][0]["violated"];
        assert_eq!(violated[0]["property"], "code-single-use");
    }

    #[test]
    fn who_stops_reading_is_no_mistake() {
        let mut child = grantlab(&["run", "--trace", "--detail", "messages"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 10]).unwrap();
        drop(stdout);
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&stderr), "");
        assert_eq!(status.code(), Some(0));
    }
}
