//! `--profile` and `--set`: names that were typed, looked up.

use grantlab_core::switch::{NoSuchSetting, Switch};
use grantlab_sim::input_error::InputError;
use grantlab_sim::profile::Profile;
use grantlab_sim::profile::library::{NamedBy, Profiles};
use grantlab_sim::switches::{self, CODE_TTL};

use super::console::read_file;
use crate::arguments::Setting;

/// The profile called `name`, or in the file of that name.
pub(super) fn profile(name: &str) -> Result<Profile, InputError> {
    Profiles::with_files(&read_file).find(name, NamedBy::Argument)
}

/// The switch called `key`.
pub(super) fn switch(key: &str) -> Result<&'static Switch, InputError> {
    switches::find(key).ok_or_else(|| no_such_switch(key))
}

/// Sets switches of a profile, the last one of a name counts.
pub(super) fn set(profile: &mut Profile, settings: &[Setting]) -> Result<(), InputError> {
    for Setting { key, value } in settings {
        match profile.policies.set(key, value) {
            Ok(()) => {}
            Err(NoSuchSetting::Key) => return Err(no_such_switch(key)),
            Err(NoSuchSetting::Value(switch)) => return Err(no_such_value(switch, value)),
        }
    }
    Ok(())
}

fn no_such_switch(key: &str) -> InputError {
    let problem = "there is no such switch";
    InputError::about(key, problem).instead_of(key, switches::keys().iter().copied())
}

fn no_such_value(switch: &Switch, value: &str) -> InputError {
    let key = switch.key;
    if key == CODE_TTL.key {
        let problem = format!("`{key}` is `none`, or a number of seconds such as `600s`");
        return InputError::about(value, problem);
    }
    InputError::about(value, format!("`{key}` has no such value"))
        .instead_of(value, switch.values.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_one(key: &str, value: &str) -> Result<Profile, InputError> {
        let mut profile = profile("rfc9700").unwrap();
        let setting = Setting {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        set(&mut profile, &[setting]).map(|()| profile)
    }

    #[test]
    fn a_switch_is_set() {
        let settings = set_one("as.pkce", "optional").unwrap().policies.settings();
        assert!(settings.contains(&("as.pkce", "optional".to_owned())));
    }

    #[test]
    fn what_was_meant_is_said() {
        let error = set_one("as.pcke", "optional").unwrap_err();
        assert_eq!(error.nearest(), Some("as.pkce"));
        let error = set_one("as.pkce", "optonal").unwrap_err();
        assert_eq!(error.nearest(), Some("optional"));
        let error = set_one("as.code_ttl", "1h").unwrap_err();
        assert!(error.problem().contains("600s"));
        assert_eq!(profile("wishtac").unwrap_err().nearest(), Some("wishtack"));
    }
}
