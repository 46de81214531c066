//! The published security properties of the authorization code flow, the most telling first, and against whom
//! nobody can keep them.

use super::{Invariant, Level};

/// A property of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name in findings and on the command line.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it says, in words.
    pub predicate: &'static str,
    /// Who demands or defines it.
    pub section: &'static str,
    /// How bad it is when it is violated.
    pub level: Level,
    /// The invariants that judge it.
    pub judged_by: &'static [&'static str],
    /// When nothing that the protocol has can keep it.
    pub unpreventable: &'static [Unpreventable],
}

/// A case in which a violation says nothing against a deployment.
#[derive(Clone, Copy, Debug)]
pub struct Unpreventable {
    /// The powers that make it so, by their words; he needs all of them.
    pub powers: &'static [&'static str],
    /// What happens then, in words.
    pub when: &'static str,
    /// Who says that nothing helps.
    pub section: &'static str,
}

impl Property {
    /// The property called `id`, in any case.
    #[must_use]
    pub fn read(id: &str) -> Option<&'static Self> {
        ALL.iter()
            .find(|property| property.id.eq_ignore_ascii_case(id))
    }

    /// The invariants that judge it.
    pub fn invariants(&self) -> impl Iterator<Item = &'static Invariant> {
        self.judged_by.iter().filter_map(|id| Invariant::read(id))
    }

    /// Why an attacker with these powers, by their words, can violate it whatever one does; `None` when one can
    /// do something.
    #[must_use]
    pub fn unpreventable<'p>(
        &self,
        powers: impl IntoIterator<Item = &'p str>,
    ) -> Option<&'static Unpreventable> {
        let powers: Vec<&str> = powers.into_iter().collect();
        self.unpreventable
            .iter()
            .find(|case| case.powers.iter().all(|power| powers.contains(power)))
    }
}

/// FAPI 2.0 counts on it that nobody reads the response in time: a code and a state are all that a browser shows.
const BROWSER_SWAPPING: Unpreventable = Unpreventable {
    powers: &["a1", "a3"],
    when: "he lets the owner finish a login that he started himself, and reads the response: the browser that brings code and state is all that the client sees",
    section: "FAPI 2.0 Security Profile, Browser-Swapping Attacks; RFC 9700 §3 (A3)",
};

/// A cookie that anybody on a plain connection can set ties nothing to a browser.
const COOKIES_OVERWRITTEN: Unpreventable = Unpreventable {
    powers: &["a2"],
    when: "he answers for the client on a plain connection and gives the browser a session of his own; a cookie with the prefix __Host- would not let him",
    section: "RFC 6265 §8.6; Fett, Küsters, Schmitz 2016, §5.2",
};

/// Whoever can cut the line can end every login.
const LINE_CUT: Unpreventable = Unpreventable {
    powers: &["a2"],
    when: "he drops what travels: nobody can log in through a network that does not deliver",
    section: "RFC 9700 §3 (A2)",
};

/// A state is good once: who knows it can use it up.
const STATE_SPENT: Unpreventable = Unpreventable {
    powers: &["a1", "a3"],
    when: "he reads code and state while the response is on its way, and makes the browser bring them with something else before it: a state is good once",
    section: "RFC 9700 §3 (A3), §4.7",
};

/// A bearer token is good in any hands.
const BEARER_LEAKED: Unpreventable = Unpreventable {
    powers: &["a5"],
    when: "he holds a bearer token: unless it is bound to its sender, who presents it does not matter",
    section: "RFC 9700 §4.10; RFC 6750 §5.2",
};

/// What the attacker is said to read, he reads.
const READS_RESPONSES: Unpreventable = Unpreventable {
    powers: &["a3"],
    when: "codes and states reach him by definition; form_post keeps them out of URLs",
    section: "RFC 9700 §3 (A3), §4.3.1",
};

/// What the attacker is said to read, he reads.
const READS_REQUESTS: Unpreventable = Unpreventable {
    powers: &["a4"],
    when: "states and challenges reach him by definition; pushed requests keep them out of URLs",
    section: "RFC 9700 §3 (A4)",
};

/// Every property, the most telling first.
pub const ALL: &[Property] = &[
    Property {
        id: "AUTHZ",
        name: "Authorization",
        predicate: "an access token that an honest server issued to an honest client for an honest owner is never usable by the attacker: he does not learn it, or not the key that it is bound to, and no resource is served to him for it; what an owner gave the attacker's own client is the attacker's",
        section: "RFC 6749 §10.3, §10.5; RFC 9700 §3; FAPI 2.0 Attacker Model, Authorization",
        level: Level::Error,
        judged_by: &["authorization"],
        unpreventable: &[BEARER_LEAKED],
    },
    Property {
        id: "AUTHN",
        name: "Authentication",
        predicate: "no session that acts for an honest owner at an honest client, by his account or by his tokens, is held by the attacker",
        section: "RFC 9700 §4.5; OpenID Connect Core §5.7; FAPI 2.0 Attacker Model, Authentication",
        level: Level::Error,
        judged_by: &["authentication"],
        unpreventable: &[BROWSER_SWAPPING],
    },
    Property {
        id: "CRED",
        name: "No credential leak",
        predicate: "the password of an honest owner at an honest server is never known to the attacker",
        section: "RFC 9700 §4.12; RFC 6749 §10.11",
        level: Level::Error,
        judged_by: &["password-secrecy"],
        unpreventable: &[],
    },
    Property {
        id: "SI-b",
        name: "Session integrity (b)",
        predicate: "who logs in in an honest browser, at an honest client with an honest server, is the owner that authenticated at that server in that browser, and so is the owner of the resource that he reads",
        section: "RFC 6749 §10.12; RFC 9700 §4.5, §4.7",
        level: Level::Error,
        judged_by: &["own-identity"],
        unpreventable: &[COOKIES_OVERWRITTEN],
    },
    Property {
        id: "SI-a",
        name: "Session integrity (a)",
        predicate: "a login completes in an honest browser only if its user had asked for it at that client, and, when the server is honest, with that server",
        section: "RFC 6749 §10.12; RFC 9700 §4.7",
        level: Level::Error,
        judged_by: &["intended-login"],
        unpreventable: &[COOKIES_OVERWRITTEN],
    },
    Property {
        id: "CONSENT",
        name: "Consent integrity",
        predicate: "a code is issued only if its owner allowed this client, this scope and this redirection URI by his own press in an unframed page of the server, or if the policy lets an earlier consent count and the client can prove who it is",
        section: "RFC 6749 §10.2, §10.12, §10.13; RFC 9700 §4.16; RFC 8252 §8.6",
        level: Level::Error,
        judged_by: &["consent-integrity"],
        unpreventable: &[],
    },
    Property {
        id: "B-AGREE",
        name: "Browser agreement",
        predicate: "a login that completes in a browser comes of a code that was issued in the same browser, for the same client, in answer to a request that the client had made there",
        section: "RFC 6749 §10.12; RFC 9700 §4.5, §4.7",
        level: Level::Error,
        judged_by: &["browser-agreement"],
        unpreventable: &[BROWSER_SWAPPING, COOKIES_OVERWRITTEN],
    },
    Property {
        id: "ISS-AGREE",
        name: "Issuer agreement",
        predicate: "a client takes a code to the server that issued it, which is the one that it had asked, and a token to that server and its resource servers alone",
        section: "RFC 9207 §2.4; RFC 9700 §4.4, §4.9",
        level: Level::Error,
        judged_by: &["issuer-agreement", "token-destination"],
        unpreventable: &[],
    },
    Property {
        id: "CODE1",
        name: "Code single use",
        predicate: "tokens are issued once for a code, in time, however requests race; after a second valid request the tokens of the first open nothing (should)",
        section: "RFC 6749 §4.1.2, §10.5",
        level: Level::Error,
        judged_by: &["code-single-use", "code-expiry", "replayed-code-tokens"],
        unpreventable: &[],
    },
    Property {
        id: "CODE-CLIENT",
        name: "Client binding",
        predicate: "a code is redeemed, and a refresh token used, by the client that it was issued to, and a client that has a secret proves it in the same request",
        section: "RFC 6749 §4.1.3, §6, §10.4, §10.5",
        level: Level::Error,
        judged_by: &["client-binding", "client-authentication"],
        unpreventable: &[],
    },
    Property {
        id: "CODE-REDIR",
        name: "Redirect binding",
        predicate: "a code is sent to the redirection URI of its request, which its client registered octet for octet (the port of a loopback address is free), and comes back to the token endpoint with that URI if the request had it; with a code challenge the latter may be left out",
        section: "RFC 6749 §3.1.2.3, §4.1.3, §10.6; RFC 9700 §4.1.3; OAuth 2.1 §10.2",
        level: Level::Error,
        judged_by: &["redirect-binding", "redirect-uri-repeated"],
        unpreventable: &[],
    },
    Property {
        id: "PKCE",
        name: "PKCE binding",
        predicate: "a code is redeemed with a verifier if and only if its request had a challenge; the verifier makes the challenge and has 43 to 128 characters; a server that refuses requests without a challenge redeems no code without one; the challenge does not show its verifier",
        section: "RFC 7636 §4.1, §4.6, §7.2; RFC 9700 §2.1.1, §4.8",
        level: Level::Error,
        judged_by: &["pkce-binding", "pkce-method"],
        unpreventable: &[],
    },
    Property {
        id: "STATE",
        name: "State integrity",
        predicate: "a client believes a response only if a login of the same session is open with its state, which was made for that login and is good once",
        section: "RFC 6749 §10.12; RFC 9700 §4.7",
        level: Level::Error,
        judged_by: &["state-integrity"],
        unpreventable: &[],
    },
    Property {
        id: "OPEN-REDIR",
        name: "No open redirect",
        predicate: "nobody is redirected where a request says, unless that is registered; and an authorization server redirects nobody who did not log in before, unless the request is silent",
        section: "RFC 6749 §4.1.2.1, §10.15; RFC 9700 §4.11",
        level: Level::Error,
        judged_by: &["no-open-redirect", "login-before-redirect"],
        unpreventable: &[],
    },
    Property {
        id: "RT",
        name: "Refresh token linearity",
        predicate: "a grant has one live refresh token at the most; when an older one is used again its family ends before another token is issued; no token is issued once the grant has ended or the owner is gone",
        section: "RFC 9700 §4.14.2; RFC 6749 §10.4",
        level: Level::Error,
        judged_by: &["refresh-linearity", "refresh-after-end", "client-binding"],
        unpreventable: &[],
    },
    Property {
        id: "SCOPE",
        name: "No amplification",
        predicate: "a token's scope is within what the owner consented to, and a resource server serves tokens of its own authorization server alone, within their scope",
        section: "RFC 6749 §3.3, §4.1.3, §6; RFC 9700 §2.3",
        level: Level::Error,
        judged_by: &["scope-never-widened", "token-audience"],
        unpreventable: &[],
    },
    Property {
        id: "CLIENT-AUTH",
        name: "Client authentication",
        predicate: "tokens in the name of a client that has a secret are issued to a request of that client, which proved it",
        section: "RFC 6749 §3.2.1, §4.1.3, §6",
        level: Level::Error,
        judged_by: &["client-authentication"],
        unpreventable: &[],
    },
    Property {
        id: "REVOKE-SAFE",
        name: "No revocation by invalid requests",
        predicate: "a replay revokes a grant only if the request passed client authentication, redirection URI and verifier",
        section: "OAuth 2.1 §7.5.2",
        level: Level::Error,
        judged_by: &["revocation-safety"],
        unpreventable: &[],
    },
    Property {
        id: "AVAIL",
        name: "Honest completion",
        predicate: "an honest login that nothing disturbs completes, and an attacker without the right credentials cannot make it fail",
        section: "RFC 6749 §4.1, §10.14",
        level: Level::Error,
        judged_by: &["honest-completion"],
        unpreventable: &[STATE_SPENT, LINE_CUT],
    },
    Property {
        id: "NO-CRASH",
        name: "Total and bounded",
        predicate: "every input has a defined answer, what is written is read as the same, and nothing grows without bound",
        section: "RFC 6749 §10.14",
        level: Level::Error,
        judged_by: &["no-crash"],
        unpreventable: &[],
    },
    Property {
        id: "NO-LEAK",
        name: "Channel hygiene",
        predicate: "a code reaches its browser, server and client alone; a state its browser, client and the server that was asked; a verifier its client and that server; a token its client, server and resource servers; a password its browser and server; and none of them travels where others read along",
        section: "RFC 9700 §4.2, §4.3; RFC 6749 §2.3.1, §10.3, §10.5",
        level: Level::Warning,
        judged_by: &["no-leak", "no-secret-in-url"],
        unpreventable: &[READS_RESPONSES, READS_REQUESTS, BEARER_LEAKED],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariant;

    #[test]
    fn every_invariant_judges_a_property_and_every_property_is_judged() {
        assert_eq!(ALL.len(), 21);
        for property in ALL {
            assert_eq!(property.invariants().count(), property.judged_by.len());
            assert!(property.invariants().next().is_some());
        }
        for invariant in invariant::ALL {
            let property = Property::read(invariant.property).expect("a property");
            assert!(
                property.judged_by.contains(&invariant.id),
                "{}",
                invariant.id
            );
        }
    }

    #[test]
    fn nothing_helps_against_who_reads_the_response_of_a_login_that_he_started() {
        let property = Property::read("authn").expect("a property");
        assert!(property.unpreventable(["a1"]).is_none());
        let case = property.unpreventable(["a1", "a2", "a3"]);
        assert!(case.is_some_and(|case| case.section.contains("Browser-Swapping")));
    }
}
