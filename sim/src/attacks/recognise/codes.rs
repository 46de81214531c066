//! Attacks on what a code is bound to: its client, its one use, its challenge.

use grantlab_core::event::Event;
use grantlab_core::http::Header;
use grantlab_core::value::CodeChallengeMethod;
use grantlab_core::wire::basic;

use super::Witness;
use super::facts::{Facts, Redeemed, parameter};
use crate::trace::{EntryId, Leak};

/// Two redemptions of one code, the first before the second.
fn twice<'f, 't>(
    facts: &'f Facts<'t>,
) -> impl Iterator<Item = (&'f Redeemed<'t>, &'f Redeemed<'t>)> {
    facts.redeemed.iter().filter_map(|second| {
        let mut earlier = facts.redeemed.iter();
        let first =
            earlier.find(|first| first.code == second.code && first.entry < second.entry)?;
        Some((first, second))
    })
}

/// Whether the second request was there before the first was answered.
fn overlap(first: &Redeemed<'_>, second: &Redeemed<'_>) -> bool {
    second.arrived.is_some_and(|arrived| arrived < first.entry)
}

/// CU-01: a code is redeemed again.
pub(super) fn replayed(facts: &Facts<'_>) -> Witness {
    let (first, second) = twice(facts).find(|(first, second)| !overlap(first, second))?;
    Some(vec![first.entry, second.entry])
}

/// CU-02: two token requests with one code overlap, and both are answered with tokens.
pub(super) fn race(facts: &Facts<'_>) -> Witness {
    let (first, second) = twice(facts).find(|(first, second)| overlap(first, second))?;
    Some(vec![first.entry, second.entry])
}

/// CU-03: a code from one session is redeemed in another, which is the attacker's. Where the owner's browser carried the
/// attacker's own request, the code is from his session: that is BS-01.
pub(super) fn injected(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let injected = facts.injection(issued)?;
        let honest = !facts.is_his(issued.subject.as_str());
        let same_client = facts
            .redeemed
            .iter()
            .any(|redeemed| redeemed.code == issued.code && redeemed.client_id == issued.client_id);
        let learned = facts
            .leak(issued.code.as_str())
            .map(|learned| learned.entry);
        let shown = [issued.entry, injected].into_iter().chain(learned);
        let elsewhere =
            honest && facts.is_honest_browser(issued.browser) && !facts.is_asked_by_him(issued);
        (elsewhere && same_client).then(|| shown.collect())
    })
}

/// CU-04: a code is redeemed by another client than it was issued to.
pub(super) fn other_client(facts: &Facts<'_>) -> Witness {
    facts.redeemed.iter().find_map(|redeemed| {
        let issued = facts.issue(redeemed.code)?;
        (issued.client_id != redeemed.client_id).then(|| vec![issued.entry, redeemed.entry])
    })
}

/// CU-06: a code is redeemed that nobody issued.
pub(super) fn guessed(facts: &Facts<'_>) -> Witness {
    let mut redeemed = facts.redeemed.iter();
    let made_up = redeemed.find(|redeemed| facts.issue(redeemed.code).is_none())?;
    Some(vec![made_up.entry])
}

/// CU-07: a replay that fails another rule makes the server take the owner's tokens back.
pub(super) fn revoked_by_worthless_replay(facts: &Facts<'_>) -> Witness {
    facts.find(|revoked, _, event| {
        let Event::FamilyRevoked {
            grant,
            by_replay: true,
        } = event
        else {
            return None;
        };
        let replay = facts.find(|id, _, event| {
            if let Event::ReplayDetected {
                grant: replayed,
                otherwise_valid: false,
            } = event
                && replayed == grant
                && id < revoked
                && facts.is_hostile(facts.presenter(id))
            {
                return Some(id);
            }
            None
        })?;
        Some(vec![replay, revoked])
    })
}

/// CU-08: the attacker sends a code that he cannot redeem, and then its client cannot either.
pub(super) fn burnt(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        if facts
            .redeemed
            .iter()
            .any(|redeemed| redeemed.code == issued.code)
        {
            return None;
        }
        let refused = |hostile: bool, after: EntryId| {
            facts.find(|id, _, event| {
                if let Event::TokenRefused {
                    code: Some(code), ..
                } = event
                    && code == issued.code
                    && id > after
                    && facts.is_hostile(facts.presenter(id)) == hostile
                {
                    return Some(id);
                }
                None
            })
        };
        let burnt = refused(true, issued.entry)?;
        let lost = refused(false, burnt)?;
        Some(vec![issued.entry, burnt, lost])
    })
}

/// CU-09: a confidential client's code is redeemed by the attacker without its secret.
pub(super) fn no_secret(facts: &Facts<'_>) -> Witness {
    let mut redeemed = facts.redeemed.iter();
    let bare = redeemed.find(|redeemed| {
        redeemed.client_confidential
            && !redeemed.client_authenticated
            && facts.is_hostile(redeemed.presenter)
    })?;
    let issued = facts.issue(bare.code).map(|issued| issued.entry);
    Some(issued.into_iter().chain([bare.entry]).collect())
}

/// CU-10: who proves himself in the header is not who is named in the form.
pub(super) fn two_clients(facts: &Facts<'_>) -> Witness {
    facts.redeemed.iter().find_map(|redeemed| {
        let sent = facts.request_of(redeemed.entry)?;
        let request = facts.request(sent)?;
        let named = parameter(request, "client_id")?;
        let proved = request.headers.0.iter().find_map(|header| {
            if let Header::Authorization(text) = header {
                return basic::read(text.as_str()).ok();
            }
            None
        })?;
        let differ = proved.client_id != named.as_str();
        (differ && facts.is_hostile(redeemed.presenter)).then(|| vec![sent, redeemed.entry])
    })
}

/// Redemptions by the attacker of a code with a challenge.
fn challenged<'f, 't>(
    facts: &'f Facts<'t>,
) -> impl Iterator<Item = (EntryId, &'t str, &'f Redeemed<'t>)> {
    facts.redeemed.iter().filter_map(|redeemed| {
        let issued = facts.issue(redeemed.code)?;
        let challenge = issued.code_challenge?;
        let stolen = facts.is_hostile(redeemed.presenter) && !facts.is_his(issued.subject.as_str());
        stolen.then_some((issued.entry, challenge.as_str(), redeemed))
    })
}

/// PK-01: there was a challenge, and no verifier that answers it.
pub(super) fn verifier_skipped(facts: &Facts<'_>) -> Witness {
    challenged(facts).find_map(|(issued, challenge, redeemed)| {
        let answered = redeemed.code_verifier.is_some_and(|verifier| {
            verifier.as_str() == challenge
                || verifier.challenge(CodeChallengeMethod::S256).as_str() == challenge
        });
        (!answered).then(|| vec![issued, redeemed.entry])
    })
}

/// PK-02: there was no challenge, and the client's verifier does not disturb the server.
pub(super) fn downgrade(facts: &Facts<'_>) -> Witness {
    facts.redeemed.iter().find_map(|redeemed| {
        let issued = facts.issue(redeemed.code)?;
        let ignored = issued.code_challenge.is_none() && redeemed.code_verifier.is_some();
        (ignored && facts.is_honest(redeemed.presenter)).then(|| vec![issued.entry, redeemed.entry])
    })
}

/// PK-03: the verifier that redeems a code was read in the request as its challenge.
pub(super) fn verifier_read(facts: &Facts<'_>) -> Witness {
    challenged(facts).find_map(|(issued, challenge, redeemed)| {
        let verifier = redeemed.code_verifier?.as_str();
        let mut learned = facts.learned.iter();
        let read = learned.find(|learned| {
            learned.value == verifier && matches!(learned.leak, Leak::Request | Leak::Network)
        })?;
        (verifier == challenge).then(|| vec![read.entry, issued, redeemed.entry])
    })
}

/// PK-06: a verifier that is shorter than RFC 7636 allows redeems a code.
pub(super) fn short_verifier(facts: &Facts<'_>) -> Witness {
    challenged(facts).find_map(|(issued, _, redeemed)| {
        let short = !redeemed.code_verifier?.is_well_formed();
        short.then(|| vec![issued, redeemed.entry])
    })
}
