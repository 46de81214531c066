//! How a server compares redirection URIs (RFC 6749 §3.1.2.3, RFC 9700 §4.1): found out by asking.
//!
//! A registered URI is changed in one respect at a time. What the server takes says what its matcher overlooks; then
//! the nearest URI that it takes is looked for among those that differ by one character.

mod probes;

use schemars::JsonSchema;
use serde::Serialize;

use probes::{Parts, distance, near};

use super::Choice;
use super::resolved::Target;
use super::run::Run;
use super::seen::Seen;
use super::step::{Authorize, Changes, Owner};
use super::subject::Subject;
use super::words::{Leniency, MatcherClass, Outcome, Role};

/// A client whose redirection URIs were changed, and what that showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Matcher {
    /// Which client it is.
    pub client: Role,
    /// Its registered URI.
    pub registered: String,
    /// How it is compared.
    pub class: MatcherClass,
    /// What is overlooked, the worst first.
    pub overlooks: Vec<Leniency>,
    /// The nearest URI that differs and is taken.
    pub nearest: Option<String>,
    /// How many URIs were tried.
    pub tried: u64,
}

/// Infers the matcher for the first client, and for one on a loopback address, which RFC 8252 §7.3 treats apart.
pub fn infer(subject: &mut dyn Subject, target: &Target, choice: &Choice) -> Vec<Matcher> {
    let mut all = Vec::new();
    for role in [Role::Main, Role::Loopback] {
        let uri = target
            .client(role)
            .and_then(|client| client.redirect_uri().map(str::to_owned));
        let Some(registered) = uri else {
            continue;
        };
        let known = |one: &Matcher| one.registered == registered;
        if all.iter().any(known) || subject.reset().is_err() {
            continue;
        }
        let mut prober = Prober {
            run: Run::new(&mut *subject, target, role, choice, "matcher"),
            looks: Owner::Absent,
            tried: 0,
        };
        all.push(prober.matcher(role, &registered));
    }
    all
}

/// Asks whether a URI is taken.
struct Prober<'a> {
    run: Run<'a>,
    /// How far the owner goes: some servers look at the URI only after he said yes.
    looks: Owner,
    tried: u64,
}

impl Prober<'_> {
    fn matcher(&mut self, role: Role, registered: &str) -> Matcher {
        let mut matcher = Matcher {
            client: role,
            registered: registered.to_owned(),
            class: MatcherClass::Unclear,
            overlooks: Vec::new(),
            nearest: None,
            tried: 0,
        };
        let Some(parts) = Parts::of(registered) else {
            return matcher;
        };
        if self.takes("https://evil.example/") {
            self.looks = Owner::Approves;
        }
        if self.takes(registered) {
            let mut taken = Vec::new();
            for (leniency, uri) in parts.probes() {
                if self.takes(&uri) {
                    taken.push((leniency, uri));
                }
            }
            let nearest = near(registered).into_iter().find(|uri| self.takes(uri));
            let is_new = nearest.is_some() && taken.is_empty();
            matcher.overlooks = taken.iter().map(|(leniency, _)| *leniency).collect();
            if is_new {
                matcher.overlooks.push(Leniency::Near);
            }
            matcher.overlooks.sort_unstable();
            matcher.overlooks.dedup();
            matcher.class = class(&matcher.overlooks);
            let of_probes = || {
                let all = taken.into_iter().map(|(_, uri)| uri);
                all.min_by_key(|uri| distance(registered, uri))
            };
            matcher.nearest = nearest.or_else(of_probes);
        }
        matcher.tried = self.tried;
        matcher
    }

    /// Whether an authorization request with this URI is not refused on a page: the server goes on, or sends the
    /// browser there.
    fn takes(&mut self, uri: &str) -> bool {
        self.tried = self.tried.saturating_add(1);
        let mut with = Changes::default();
        with.set
            .0
            .push(("redirect_uri".to_owned(), uri.replace("${", "$${")));
        let step = Authorize {
            with,
            owner: self.looks,
            ..Authorize::default()
        };
        // What the last step saw is judged; the answers of hundreds of probes are not kept.
        let asked = self.run.authorize(&step, &[]);
        let seen = self.run.seen.pop();
        asked.is_ok() && seen.is_some_and(|seen| is_taken(&seen, uri))
    }
}

fn is_taken(seen: &Seen, uri: &str) -> bool {
    if let Some(callback) = &seen.callback {
        let before = uri.split_once('#').map_or(uri, |(before, _)| before);
        return callback.uri.starts_with(before);
    }
    let asks = [Outcome::LoginPage, Outcome::ConsentPage];
    seen.outcomes().iter().any(|outcome| asks.contains(outcome))
}

/// What a matcher is that overlooks this.
fn class(overlooks: &[Leniency]) -> MatcherClass {
    let has = |leniency: Leniency| overlooks.contains(&leniency);
    let only = |allowed: &[Leniency]| overlooks.iter().all(|one| allowed.contains(one));
    let same_place = [Leniency::Spelling, Leniency::Slash, Leniency::LoopbackPort];
    if has(Leniency::Anything) {
        MatcherClass::Any
    } else if has(Leniency::Pattern) {
        MatcherClass::Pattern
    } else if has(Leniency::LoopbackHost) {
        MatcherClass::AnyLoopback
    } else if has(Leniency::HostPrefix) {
        MatcherClass::TextPrefix
    } else if has(Leniency::HostSuffix) {
        MatcherClass::HostSuffix
    } else if has(Leniency::Subdomain) {
        MatcherClass::Subdomains
    } else if has(Leniency::Path) && (has(Leniency::Scheme) || has(Leniency::Port)) {
        MatcherClass::Host
    } else if has(Leniency::Path) {
        MatcherClass::Origin
    } else if has(Leniency::Suffix) {
        MatcherClass::Prefix
    } else if has(Leniency::Query) {
        MatcherClass::AnyQuery
    } else if overlooks.is_empty() {
        MatcherClass::Exact
    } else if overlooks == [Leniency::LoopbackPort] {
        MatcherClass::ExactLoopbackPort
    } else if only(&same_place) {
        MatcherClass::Normalised
    } else {
        MatcherClass::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::BuiltIn;
    use crate::profile::{NamedBy, Profiles};

    /// What is inferred about our own server with a matcher.
    fn inferred(policy: &str) -> Vec<Matcher> {
        let mut profile = Profiles::built_in()
            .find("rfc9700", NamedBy::Argument)
            .unwrap();
        let known = profile.policies.set("as.redirect_match", policy);
        assert!(known.is_ok(), "{policy}");
        for (switch, weak) in [
            ("as.redirect_scheme", "any"),
            ("as.redirect_params", "allow"),
        ] {
            let _ = profile.policies.set(switch, weak);
        }
        let (mut subject, target) = BuiltIn::new(&profile).unwrap();
        infer(&mut subject, &target, &Choice::default())
    }

    fn classes(policy: &str) -> Vec<MatcherClass> {
        inferred(policy).iter().map(|one| one.class).collect()
    }

    #[test]
    fn every_matcher_of_our_own_is_told_from_the_others() {
        use MatcherClass::{
            Any, AnyLoopback, Exact, ExactLoopbackPort, Normalised, Origin, Pattern, Prefix,
            Subdomains,
        };
        for (policy, main) in [
            ("exact", Exact),
            ("exact_loopback_port", Exact),
            ("prefix", Prefix),
            ("origin", Origin),
            ("wildcard_subdomain", Subdomains),
            ("regex_unescaped", Pattern),
            ("normalised", Normalised),
            ("loopback_any_host", AnyLoopback),
            ("none", Any),
        ] {
            let found = inferred(policy);
            assert_eq!(found.first().map(|one| one.class), Some(main), "{found:#?}");
        }
        assert_eq!(classes("exact").get(1), Some(&Exact));
        assert_eq!(
            classes("exact_loopback_port").get(1),
            Some(&ExactLoopbackPort)
        );
    }

    #[test]
    fn the_nearest_is_one_character_away_where_there_is_one() {
        let nearest = |policy| inferred(policy).swap_remove(0).nearest;
        assert_eq!(nearest("exact"), None);
        let registered = inferred("exact").swap_remove(0).registered;
        let prefix = nearest("prefix").unwrap();
        assert_eq!(prefix.len(), registered.len() + 1);
        assert!(prefix.starts_with(&registered));
        assert_eq!(
            distance(&nearest("regex_unescaped").unwrap(), &registered),
            1
        );
    }

    #[test]
    fn distances_count_changes() {
        for (one, other, expected) in [
            ("", "", 0),
            ("ab", "b", 1),
            ("abc", "axcd", 2),
            ("", "xy", 2),
        ] {
            assert_eq!(distance(one, other), expected);
            assert_eq!(distance(other, one), expected);
        }
    }
}
