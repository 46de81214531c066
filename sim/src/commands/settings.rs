//! `--profile` and `--set`: names that were typed, looked up.

use grantlab_core::switch::Switch;
use grantlab_sim::input_error::InputError;
use grantlab_sim::profile::Profile;
use grantlab_sim::profile::library::{NamedBy, Profiles};
use grantlab_sim::switches;

use super::console::read_file;

/// The profile called `name`, or in the file of that name.
pub(super) fn profile(name: &str) -> Result<Profile, InputError> {
    Profiles::with_files(&read_file).find(name, NamedBy::Argument)
}

/// The switch called `key`.
pub(super) fn switch(key: &str) -> Result<&'static Switch, InputError> {
    switches::find(key).ok_or_else(|| no_such_switch(key))
}

fn no_such_switch(key: &str) -> InputError {
    let problem = "there is no such switch";
    InputError::about(key, problem).instead_of(key, switches::keys().iter().copied())
}
