//! `core/src/attacks.rs` speaks of settings that exist, and says of every attack what it needs and what stops it.

use grantlab_core::authorization_server::policy::AuthorizationServerPolicy;
use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::switch::Switch;
use grantlab_core::user_agent::policy::UserAgentPolicy;

const ATTACKS: &str = include_str!("../../core/src/attacks.rs");

fn switches() -> impl Iterator<Item = &'static Switch> {
    AuthorizationServerPolicy::SWITCHES
        .iter()
        .chain(ClientPolicy::SWITCHES)
        .chain(UserAgentPolicy::SWITCHES)
}

/// Settings such as `as.txn=per_request` that no party has.
fn unknown_settings(text: &str) -> Vec<&str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| {
            let (key, values) = code.split_once('=').unwrap_or((code, ""));
            let parties = ["as.", "client.", "flow.", "ua."];
            let is_setting = parties.iter().any(|party| key.starts_with(party));
            let known = switches().any(|switch| {
                let mut values = values.split('|').filter(|value| !value.is_empty());
                switch.key == key && values.all(|value| switch.values.contains(&value))
            });
            is_setting && !known
        })
        .collect()
}

/// Headings of attacks that do not say both what they need and what stops them.
fn incomplete(text: &str) -> Vec<&str> {
    text.split("\n//! ## ")
        .skip(1)
        .filter(|entry| !entry.contains("- Works with: ") || !entry.contains("- Stopped by: "))
        .filter_map(|entry| entry.lines().next())
        .collect()
}

#[test]
fn every_setting_exists() {
    assert_eq!(unknown_settings(ATTACKS), [""; 0]);
}

#[test]
fn every_attack_says_what_it_needs_and_what_stops_it() {
    assert_eq!(incomplete(ATTACKS), [""; 0]);
}

#[test]
fn a_setting_that_does_not_exist_is_found() {
    let text = "`as.txn=per_request` `as.txn=twice` `ua.none` `core/src` `client.state`";
    assert_eq!(unknown_settings(text), ["as.txn=twice", "ua.none"]);
}

#[test]
fn an_attack_without_remedy_is_found() {
    let text =
        "//!\n//! ## A\n//! - Works with: x\n//! ## B\n//! - Works with: x\n//! - Stopped by: y\n";
    assert_eq!(incomplete(text), ["A"]);
}
