//! Worlds for tests.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use grantlab_sim::profile::{Profile, Profiles, Scale};
use grantlab_sim::setup::Setup;

/// A built-in profile with some switches set.
pub(crate) fn profile(name: &str, settings: &[(&str, &str)]) -> Profile {
    let mut profile = Profiles::built_in()
        .find(name, grantlab_sim::profile::NamedBy::Argument)
        .expect("a built-in profile");
    for (key, value) in settings {
        profile
            .policies
            .set(key, value)
            .unwrap_or_else(|problem| panic!("{key}={value}: {problem:?}"));
    }
    profile
}

/// The world of a built-in profile with some switches set.
pub(crate) fn world_of(name: &str, settings: &[(&str, &str)], scale: &Scale) -> Arc<Setup> {
    Arc::new(
        profile(name, settings)
            .setup(scale)
            .expect("a profile makes a world"),
    )
}
