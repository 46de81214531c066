//! What our own server does otherwise than a check demands, and on purpose: a switch or option of its profile says so.
//!
//! Such a deviation is listed with the target, as one of somebody else's server is in its target file: it is counted
//! as *known*, and reported once it is none any more.

use super::target::Deviation;
use super::words::Verdict;
use crate::profile::Profile;
use crate::profile::words::AbsentRedirectUri;

/// A deviation that follows from how a profile sets its switches.
struct Known {
    /// The switches and their values. All of them must be so.
    when: &'static [(&'static str, &'static str)],
    /// The checks that fail then.
    checks: &'static [&'static str],
    /// Why that is accepted.
    why: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        when: &[("as.redirect_match", "exact")],
        checks: &["RU-20"],
        why: "`as.redirect_match=exact` compares every octet, the port of a loopback address too; \
              `exact_loopback_port` is for servers with apps that get their port from the operating system",
    },
    Known {
        when: &[("as.redirect_at_token", "ignored")],
        checks: &[
            "TE-11a", "TE-11b", "TE-11c", "TE-11d", "TE-11e", "TE-11f", "TE-11g",
        ],
        why: "`as.redirect_at_token=ignored`: the documents of this profile leave redirect_uri out of the token request",
    },
    Known {
        when: &[("as.redirect_at_token", "ignored"), ("as.pkce", "optional")],
        checks: &["TE-10b"],
        why: "`as.redirect_at_token=ignored`: the documents of this profile leave redirect_uri out of the token request",
    },
    Known {
        when: &[("as.pkce", "optional"), ("as.pkce_downgrade", "accept")],
        checks: &["PK-04"],
        why: "`as.pkce_downgrade=accept`: PKCE is the next step of these documents, and not demanded yet",
    },
    Known {
        when: &[("as.rt_rotation", "none")],
        checks: &["RT-02b"],
        why: "`as.rt_rotation=none`: RFC 6749 §6 lets refresh tokens stay, and RFC 9700 came later",
    },
    Known {
        when: &[("as.rt_rotation", "rotate_only")],
        checks: &["RT-03b"],
        why: "`as.rt_rotation=rotate_only`: the documents of this profile promise a new pair, and nothing about thieves",
    },
];

/// What is known of a profile.
pub(super) fn deviations(profile: &Profile) -> Vec<Deviation> {
    let settings = profile.policies.settings();
    let is_so = |(key, value): &(&str, &str)| {
        settings
            .iter()
            .any(|(switch, set)| switch == key && set == value)
    };
    let known = KNOWN.iter().filter(|known| known.when.iter().all(is_so));
    let mut deviations: Vec<Deviation> = known
        .flat_map(|known| known.checks.iter().map(|check| deviation(check, known.why)))
        .collect();
    match profile.server.absent_redirect_uri {
        AbsentRedirectUri::FirstRegistered => {
            let why = "`absent_redirect_uri` of this profile: its documents take the first registered URI";
            deviations.extend(["RU-34", "RU-35"].map(|check| deviation(check, why)));
        }
        AbsentRedirectUri::OnlyRegistered | AbsentRedirectUri::Refuse => {}
    }
    deviations
}

fn deviation(check: &str, why: &str) -> Deviation {
    Deviation {
        check: check.to_owned(),
        verdict: Verdict::Fail,
        why: why.to_owned(),
    }
}
