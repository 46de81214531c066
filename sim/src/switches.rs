//! All switches of all parties: what `grantlab switches` lists and what profiles and scenarios may set.

use std::sync::LazyLock;

use grantlab_core::authorization_server::policy::AuthorizationServerPolicy;
use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::resource_server::policy::ResourceServerPolicy;
use grantlab_core::switch::{NoSuchSetting, Switch};
use grantlab_core::time::Span;
use grantlab_core::user_agent::policy::UserAgentPolicy;

use crate::attacker::environment::Environment;

/// How long a code is good for. It has more values than an enum could have, so it is no policy of the core:
/// it sets [`code_lifetime`](grantlab_core::authorization_server::registration::Options::code_lifetime).
pub const CODE_TTL: Switch = Switch {
    key: "as.code_ttl",
    about: " How long a code is good for; `<n>s` is n seconds.",
    values: &["600s", "none"],
    secure: "600s",
    demanded_by: "RFC 6749 §4.1.2 (10 minutes at most, RECOMMENDED)",
};

/// The names of all switches, as error messages list them.
static KEYS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| all().map(|switch| switch.key).collect());

/// Every switch: those of the authorization server, of the client, of the user-agent, of the resource server, of the
/// world around them.
pub fn all() -> impl Iterator<Item = &'static Switch> {
    static CODE_TTL_AT_REST: Switch = CODE_TTL;
    AuthorizationServerPolicy::SWITCHES
        .iter()
        .chain(std::iter::once(&CODE_TTL_AT_REST))
        .chain(ClientPolicy::SWITCHES)
        .chain(UserAgentPolicy::SWITCHES)
        .chain(ResourceServerPolicy::SWITCHES)
        .chain(Environment::SWITCHES)
}

/// The switch called `key`.
#[must_use]
pub fn find(key: &str) -> Option<&'static Switch> {
    all().find(|switch| switch.key == key)
}

/// The names of all switches.
#[must_use]
pub fn keys() -> &'static [&'static str] {
    &KEYS
}

/// Whether `value` is one that `switch` takes.
#[must_use]
pub fn takes(switch: &Switch, value: &str) -> bool {
    if switch.key == CODE_TTL.key {
        read_code_ttl(value).is_some()
    } else {
        switch.values.contains(&value)
    }
}

/// The policies of all parties, and what a switch can set besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    /// Of the authorization servers.
    pub authorization_server: AuthorizationServerPolicy,
    /// Of the clients.
    pub client: ClientPolicy,
    /// Of the browsers.
    pub user_agent: UserAgentPolicy,
    /// Of the resource servers.
    pub resource_server: ResourceServerPolicy,
    /// Of the world around them.
    pub environment: Environment,
    /// How long a code is good for; for ever, without. 600 s at most: RFC 6749 §4.1.2.
    pub code_lifetime: Option<Span>,
}

impl Policies {
    /// Every switch at the value that the standards demand.
    #[must_use]
    pub const fn secure() -> Self {
        Self {
            authorization_server: AuthorizationServerPolicy::secure(),
            client: ClientPolicy::secure(),
            user_agent: UserAgentPolicy::secure(),
            resource_server: ResourceServerPolicy::secure(),
            environment: Environment::secure(),
            code_lifetime: Some(Span::from_seconds(600)),
        }
    }

    /// Sets the switch called `key` to `value`.
    ///
    /// # Errors
    /// [`NoSuchSetting`] when there is no such switch, or it has no such value; then nothing is changed.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), NoSuchSetting> {
        static CODE_TTL_AT_REST: Switch = CODE_TTL;
        if key == CODE_TTL.key {
            self.code_lifetime =
                read_code_ttl(value).ok_or(NoSuchSetting::Value(&CODE_TTL_AT_REST))?;
            return Ok(());
        }
        let attempts = [
            self.authorization_server.set(key, value),
            self.client.set(key, value),
            self.user_agent.set(key, value),
            self.resource_server.set(key, value),
            self.environment.set(key, value),
        ];
        attempts
            .into_iter()
            .find(|outcome| *outcome != Err(NoSuchSetting::Key))
            .unwrap_or(Err(NoSuchSetting::Key))
    }

    /// Every switch with its value, in the order of [`all`].
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let owned = |(key, value): (&'static str, &'static str)| (key, value.to_owned());
        let code_ttl = match self.code_lifetime {
            Some(lifetime) => format!("{}s", lifetime.seconds()),
            None => "none".to_owned(),
        };
        self.authorization_server
            .settings()
            .into_iter()
            .map(owned)
            .chain(std::iter::once((CODE_TTL.key, code_ttl)))
            .chain(self.client.settings().into_iter().map(owned))
            .chain(self.user_agent.settings().into_iter().map(owned))
            .chain(self.resource_server.settings().into_iter().map(owned))
            .chain(self.environment.settings().into_iter().map(owned))
            .collect()
    }
}

/// `none`, or a number of seconds followed by `s`.
fn read_code_ttl(value: &str) -> Option<Option<Span>> {
    if value == "none" {
        return Some(None);
    }
    let digits = value.strip_suffix('s')?;
    let plain = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
    let seconds: u64 = plain.then(|| digits.parse().ok())??;
    Some(Some(Span::from_seconds(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn switches_have_names_of_their_own() {
        let names: BTreeSet<&str> = keys().iter().copied().collect();
        assert_eq!(names.len(), keys().len());
        assert!(find("as.pkce").is_some());
        assert!(find("as.pkcs").is_none());
    }

    #[test]
    fn every_value_of_every_switch_can_be_set_and_is_then_there() {
        for switch in all() {
            for value in switch.values {
                let mut policies = Policies::secure();
                assert_eq!(policies.set(switch.key, value), Ok(()));
                assert!(takes(switch, value));
                let now = policies
                    .settings()
                    .into_iter()
                    .find(|(key, _)| *key == switch.key);
                assert_eq!(now, Some((switch.key, (*value).to_owned())));
            }
        }
    }

    #[test]
    fn the_secure_value_is_the_one_that_the_switch_names() {
        let secure: Vec<(&str, String)> = all()
            .map(|switch| (switch.key, switch.secure.to_owned()))
            .collect();
        assert_eq!(Policies::secure().settings(), secure);
    }

    #[test]
    fn a_setting_that_does_not_exist_changes_nothing() {
        let mut policies = Policies::secure();
        assert_eq!(policies.set("as.pkcs", "off"), Err(NoSuchSetting::Key));
        assert!(matches!(
            policies.set("as.pkce", "sometimes"),
            Err(NoSuchSetting::Value(switch)) if switch.key == "as.pkce"
        ));
        assert!(matches!(
            policies.set("as.code_ttl", "-1s"),
            Err(NoSuchSetting::Value(_))
        ));
        assert_eq!(policies, Policies::secure());
    }

    #[test]
    fn a_code_lifetime_is_none_or_seconds() {
        assert_eq!(read_code_ttl("none"), Some(None));
        assert_eq!(read_code_ttl("60s"), Some(Some(Span::from_seconds(60))));
        for bad in ["", "s", "60", "+1s", "1m", "99999999999999999999s"] {
            assert_eq!(read_code_ttl(bad), None, "{bad}");
        }
    }
}
