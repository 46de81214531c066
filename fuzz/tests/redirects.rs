//! Which redirection URIs, as near to a registered one as can be, go elsewhere although a matcher takes them. Each of these
//! is a scenario under `scenarios/regressions`, which shows where the authorization response goes.
//!
//! Delete a file there and run this test to have it written anew.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grantlab_core::authorization_server::policy::RedirectMatch;
use grantlab_core::value::RedirectionUri;
use grantlab_core::wire::location;
use grantlab_fuzz::Parting;
use serde_json::json;

/// What is registered: with a path, without one, and at a loopback address.
const REGISTERED: [&str; 3] = [
    "https://client.example/cb",
    "https://client.example",
    "http://127.0.0.1/cb",
];

/// What is inserted, or put in place of one character.
const PIECES: [&str; 10] = ["@", "\\", "/", "?", ":", ".", "%", "a", "9", "%2F"];

/// Changes to a registered URI at most: with two, a subdomain can be put in front.
const CHANGES_MAX: u32 = 2;

/// Texts with one insertion, replacement or deletion.
fn changed(text: &str) -> impl Iterator<Item = String> {
    let places = 0..=text.len();
    places.flat_map(move |place| {
        let (before, behind) = text.split_at(place);
        let shorter = behind.get(1..);
        let inserted = PIECES
            .into_iter()
            .map(move |piece| format!("{before}{piece}{behind}"));
        let replaced = PIECES
            .into_iter()
            .filter_map(move |piece| Some(format!("{before}{piece}{}", shorter?)));
        inserted
            .chain(replaced)
            .chain(shorter.map(|shorter| format!("{before}{shorter}")))
    })
}

/// The nearest URI that `policy` takes for `registered` and that goes elsewhere; of those the shortest.
fn nearest(policy: RedirectMatch, registered: &str, who: Parting) -> Option<String> {
    let home = RedirectionUri::new(registered).unwrap();
    let mut ring = BTreeSet::from([registered.to_owned()]);
    for _ in 0..CHANGES_MAX {
        ring = ring.iter().flat_map(|text| changed(text)).collect();
        let parts = |text: &&String| {
            let asked = RedirectionUri::new(text.as_str());
            asked.is_ok_and(|asked| Parting::of(policy, &home, &asked) == Some(who))
        };
        let found = ring
            .iter()
            .filter(parts)
            .min_by_key(|text| (text.len(), (*text).clone()));
        if found.is_some() {
            return found.cloned();
        }
    }
    None
}

#[test]
fn who_parts_from_the_registered_host_and_how_soon() {
    use RedirectMatch::{
        Exact, ExactLoopbackPort, GlobAny, LoopbackAnyHost, None, Normalised, Origin, Prefix,
        RegexUnescaped, WildcardSubdomain,
    };
    let all = [
        Exact,
        ExactLoopbackPort,
        Prefix,
        Origin,
        WildcardSubdomain,
        GlobAny,
        RegexUnescaped,
        Normalised,
        LoopbackAnyHost,
        None,
    ];
    let mut table = String::new();
    for policy in all {
        for (who, word) in [
            (Parting::UserAgent, "user-agent"),
            (Parting::Rfc3986, "RFC 3986"),
        ] {
            let found = REGISTERED
                .into_iter()
                .find_map(|registered| Some((registered, nearest(policy, registered, who)?)));
            if let Some((registered, asked)) = found {
                table += &format!("{policy:?}, {word}: {asked} for {registered}\n");
                if who == Parting::UserAgent {
                    is_kept(policy, registered, &asked);
                }
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/redirects.txt");
    assert_eq!(
        table,
        fs::read_to_string(path).unwrap_or_default(),
        "what is found is not what was reviewed"
    );
}

/// The scenario of a differential is the file that is there.
fn is_kept(policy: RedirectMatch, registered: &str, asked: &str) {
    let word = policy.as_str();
    let text = scenario(word, registered, asked);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../scenarios/regressions")
        .join(format!("redirect-host-{}.json", word.replace('_', "-")));
    if !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text,
        "{}",
        path.display()
    );
}

fn scenario(word: &str, registered: &str, asked: &str) -> String {
    let query = json!({
        "response_type": "code", "client_id": "${client.id}", "redirect_uri": asked, "scope": "read",
        "state": "af0ifjsldkj", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    });
    let home = location::parse(registered).unwrap().endpoint();
    let open = json!({ "open": { "url": "${as.authorization_endpoint}", "query": query } });
    format!(
        "{{\n  \"title\": \"A user-agent goes elsewhere although `{word}` takes the redirection URI for the registered one\",\n  \
         \"note\": {},\n  \"profile\": \"rfc9700\",\n  \"set\": {},\n  \"change\": {},\n  \"steps\": [\n    {open},\n    \
         {{\"login\":{{}}}},\n    {{\"approve\":{{}}}}\n  ],\n  \"expect\": [\n    {},\n    {}\n  ]\n}}\n",
        json!(
            "RFC 9700 §4.1.3: the nearest such URI, which the differential target of the fuzzer looks for."
        ),
        json!({ "as.redirect_match": word, "as.redirect_scheme": "any" }),
        json!({ "client": { "further_redirect_uris": [registered] } }),
        json!({ "event": { "name": "code_issued", "count": 1, "with": { "redirect_uri": asked } } }),
        json!({ "no_event": { "name": "navigated", "with": { "url": home } } }),
    )
}
