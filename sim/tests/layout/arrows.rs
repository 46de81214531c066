//! Who may know whom.

use crate::Finding;
use crate::source::{Named, is_rust, named};

/// The modules of the core, each beside those of its own height. A module knows its own line and those above it
/// in this list.
const LAYERS: &[&[&str]] = &[
    &[
        "canonical",
        "entropy",
        "json",
        "limits",
        "proof",
        "reuse",
        "switch",
        "text",
        "time",
    ],
    &["http"],
    &["wire"],
    &["value"],
    &["message"],
    &["event", "proof", "refusal"],
    &["machine"],
    PARTIES,
];

/// The parties. What they share is below them.
const PARTIES: &[&str] = &[
    "authorization_server",
    "client",
    "grant_store",
    "resource_server",
    "user_agent",
];

/// Macros live at the root of the crate, whatever file declares them.
fn is_macro(name: &str) -> bool {
    name == "policy" || name.starts_with("canonical_")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The module at the root of the core that a file belongs to.
fn core_module(path: &str) -> Option<&str> {
    let below = path.strip_prefix("core/src/")?;
    let module = below.split('/').next()?.trim_end_matches(".rs");
    (is_rust(path) && !matches!(module, "lib" | "attacks")).then_some(module)
}

/// The core stands on itself and on `alloc`; a module uses what is below it.
pub(crate) fn core(path: &str, text: &str) -> Vec<Finding> {
    let Some(module) = core_module(path) else {
        return Vec::new();
    };
    let Some(height) = layer(module) else {
        return vec![Finding::new(path, 1, format!("`{module}` has no layer"))];
    };
    let judge = |used: &Named| match (used.segment(0), used.segment(1)) {
        ("std", _) => Some("the core knows no `std`".to_owned()),
        ("crate", name) if is_macro(name) => None,
        ("crate", name) => match layer(name) {
            Some(other) if other <= height => None,
            Some(_) => Some(format!("`{module}` is below `{name}`")),
            None => Some(format!("`{name}` has no layer")),
        },
        _ => None,
    };
    judged(path, text, judge)
}

/// Parties share values, messages, events and rules, and nothing else.
pub(crate) fn parties(path: &str, text: &str) -> Vec<Finding> {
    let Some(module) = core_module(path).filter(|module| PARTIES.contains(module)) else {
        return Vec::new();
    };
    judged(path, text, |used| {
        let other = used.segment(1);
        (used.segment(0) == "crate" && other != module && PARTIES.contains(&other))
            .then(|| format!("`{module}` knows `{other}`"))
    })
}

/// What the readers of traces may not know of the laboratory.
const NOT_FOR_READERS: &[&str] = &[
    "action", "choices", "commands", "explore", "live", "network", "search", "shrink", "world",
];

/// Invariants and the lesson read what was noted and sent, and never look into a party.
pub(crate) fn readers(path: &str, text: &str) -> Vec<Finding> {
    let is_reader = ["invariant", "lesson"].iter().any(|module| {
        path.strip_prefix("sim/src/")
            .and_then(|below| below.strip_prefix(module))
            .is_some_and(|rest| rest.starts_with(['/', '.']))
    });
    if !is_reader || !is_rust(path) {
        return Vec::new();
    }
    judged(path, text, |used| {
        let name = used.segment(1);
        let hidden = match used.segment(0) {
            "crate" | "grantlab_sim" => NOT_FOR_READERS.contains(&name),
            "grantlab_core" => name == "machine" || PARTIES.contains(&name),
            _ => false,
        };
        hidden.then(|| format!("readers of traces do not know `{name}`"))
    })
}

/// Modules of `std` that reach out of the process, and who may: files whose path starts so.
/// Threads carry whole runs; none is inside a run.
const OUTSIDE: &[(&str, &[&str])] = &[
    (
        "env",
        &["sim/src/main.rs", "sim/src/commands", "sim/src/live"],
    ),
    (
        "fs",
        &["sim/src/main.rs", "sim/src/commands", "sim/src/live"],
    ),
    (
        "io",
        &["sim/src/main.rs", "sim/src/commands", "sim/src/live"],
    ),
    (
        "net",
        &[
            "sim/src/arguments/serving",
            "sim/src/commands/serve",
            "sim/src/live",
        ],
    ),
    (
        "os",
        &["sim/src/live/process", "sim/src/live/serve/mischief"],
    ),
    (
        "process",
        &[
            "sim/src/main.rs",
            "sim/src/commands",
            "sim/src/live/process",
        ],
    ),
    (
        "thread",
        &[
            "sim/src/commands/hunt/plan",
            "sim/src/commands/shards",
            "sim/src/commands/sweep",
            "sim/src/live",
            "sim/src/search/threads",
            "sim/src/walk/sweep",
        ],
    ),
    (
        "time",
        &["sim/src/main.rs", "sim/src/commands", "sim/src/live"],
    ),
];

/// Files, sockets, clocks, threads and the environment are for the edge of the laboratory alone.
pub(crate) fn outside(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("sim/src/") || !is_rust(path) {
        return Vec::new();
    }
    judged(path, text, |used| {
        let name = used.segment(1);
        let (_, edge) = OUTSIDE
            .iter()
            .find(|(module, _)| used.segment(0) == "std" && *module == name)?;
        let allowed = edge.iter().any(|start| path.starts_with(start));
        (!allowed).then(|| format!("`std::{name}` is not for this file"))
    })
}

fn judged(path: &str, text: &str, judge: impl Fn(&Named) -> Option<String>) -> Vec<Finding> {
    named(path, text)
        .iter()
        .filter_map(|used| judge(used).map(|what| Finding::new(path, used.line, what)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_does_not_look_up() {
        assert!(core("core/src/message/x.rs", "use crate::wire::form;").is_empty());
        assert!(core("core/src/canonical.rs", "use crate::text::Text;").is_empty());
        assert!(core("core/src/client/policy.rs", "use crate::{policy, switch};").is_empty());
        assert_eq!(
            core("core/src/wire/x.rs", "\nuse crate::{text, value::Scope};"),
            [Finding::new(
                "core/src/wire/x.rs",
                2,
                "`wire` is below `value`"
            )]
        );
        assert_eq!(
            core("core/src/wire/x.rs", "use super::super::event;").len(),
            1
        );
        assert_eq!(core("core/src/time.rs", "use std::time::Instant;").len(), 1);
    }

    #[test]
    fn a_new_module_needs_a_layer() {
        assert_eq!(core("core/src/extra.rs", "").len(), 1);
        assert_eq!(core("core/src/event.rs", "use crate::extra::X;").len(), 1);
    }

    #[test]
    fn a_party_that_knows_another_is_found() {
        let text = "fn f(x: crate::grant_store::GrantStore) {}";
        assert_eq!(parties("core/src/client/x.rs", text).len(), 1);
        assert!(parties("core/src/grant_store/x.rs", text).is_empty());
        assert!(parties("core/src/client/x.rs", "use crate::message::store;").is_empty());
    }

    #[test]
    fn a_reader_that_peeks_is_found() {
        let world = "use crate::{trace::Trace, world::World};";
        let party = "use grantlab_core::client::Client;";
        for path in [
            "sim/src/invariant/x.rs",
            "sim/src/lesson/mod.rs",
            "sim/src/lesson.rs",
        ] {
            assert_eq!(readers(path, world).len(), 1, "{path}");
            assert_eq!(readers(path, party).len(), 1, "{path}");
            assert!(readers(path, "use grantlab_core::event::Event;").is_empty());
        }
        assert!(readers("sim/src/search.rs", world).is_empty());
        assert!(readers("sim/src/lesson/page.js", "§").is_empty());
    }

    #[test]
    fn a_file_in_the_middle_that_reaches_out_is_found() {
        for text in [
            "use std::fs;",
            "use std::{fmt, net::TcpStream};",
            "fn f() { std::env::args(); }",
            "use std::time::Instant;",
            "use std::thread;",
        ] {
            assert_eq!(outside("sim/src/world.rs", text).len(), 1, "{text}");
            assert!(outside("sim/tests/x.rs", text).is_empty(), "{text}");
        }
        assert!(outside("sim/src/live/dialer.rs", "use std::net::TcpStream;").is_empty());
        assert!(outside("sim/src/commands/run.rs", "use std::fs;").is_empty());
        assert_eq!(
            outside("sim/src/commands/run.rs", "use std::thread;").len(),
            1
        );
        assert!(outside("sim/src/walk/sweep.rs", "use std::thread;").is_empty());
    }
}
