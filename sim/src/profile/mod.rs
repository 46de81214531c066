//! Profiles: what a provider's document says, as data.
//!
//! A profile file ([`mod@file`]) states everything, or what differs from another profile. [`library`] finds profiles
//! by name or path, [`Profile`] is what comes out of it, and [`setup`] makes parties of one.

pub mod file;
mod identities;
mod json;
pub mod library;
mod part;
pub mod settings;
pub mod setup;
pub mod words;

use grantlab_core::switch::NoSuchSetting;

use crate::switches::Policies;
use file::{Client, Resource, Server};
use settings::Settings;

pub use file::{Differences, ProfileFile};
pub use library::{NamedBy, Profiles};
pub use setup::Scale;

/// A profile with everything stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, or the path of its file.
    pub name: String,
    /// What it is, in a few words.
    pub title: String,
    /// What is special about it.
    pub note: Option<String>,
    /// Every switch.
    pub policies: Policies,
    /// The authorization servers.
    pub server: Server,
    /// The clients.
    pub client: Client,
    /// The resource servers.
    pub resource: Resource,
}

impl Profile {
    /// Changes what `differences` state.
    pub fn change(&mut self, differences: &Differences) {
        differences.server.apply(&mut self.server);
        differences.client.apply(&mut self.client);
        differences.resource.apply(&mut self.resource);
    }

    /// Sets switches.
    ///
    /// # Errors
    /// [`NoSuchSetting`] at the first one that does not exist; the ones before it are set.
    pub fn set(&mut self, settings: &Settings) -> Result<(), NoSuchSetting> {
        settings
            .iter()
            .try_for_each(|(key, value)| self.policies.set(key, value))
    }
}
