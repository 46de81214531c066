//! Says which published attack a run was. Reads the trace and nothing else.
//!
//! Each attack is one small question about the facts of a run. A run may show several attacks; the list goes
//! from the particular to the general, so the first name is the one that says most.

mod codes;
mod facts;
mod leaks;
mod mix_up;
mod redirects;
mod sessions;
mod tokens;

use crate::trace::{EntryId, Trace};
use facts::Facts;

/// A published attack that a run shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Which, by its name in the catalogue.
    pub id: &'static str,
    /// The entries that show it, in order.
    pub witness: Vec<EntryId>,
}

/// The entries that show an attack, if the run is one.
type Witness = Option<Vec<EntryId>>;

/// Asks whether a run is an attack.
type Question = fn(&Facts<'_>) -> Witness;

/// Every question, the particular before the general.
const QUESTIONS: &[(&str, Question)] = &[
    // Where a code goes.
    ("RU-07", redirects::two_codes),
    ("RU-09", redirects::poisoned_transaction),
    ("RU-05", redirects::fragment_at_redirector),
    ("RU-06", redirects::path_confusion),
    ("RU-08", redirects::host_confusion),
    ("RU-04", redirects::redirector),
    ("RU-12", redirects::loopback),
    ("RU-03", redirects::sub_domain),
    ("CS-10", leaks::silent_app),
    ("RU-10", leaks::app),
    ("LK-05", leaks::posted_away),
    ("RU-01", redirects::unregistered),
    // Who is asked.
    ("MX-07", mix_up::cross_tool),
    ("MX-03", mix_up::first_request),
    ("MX-05", mix_up::metadata),
    ("MX-04", mix_up::hybrid),
    ("MX-10", mix_up::token_sent_away),
    ("MX-01", mix_up::web_attacker),
    ("MX-12", mix_up::account_without_issuer),
    ("MX-13", mix_up::overwritten),
    // What a code is bound to.
    ("CU-10", codes::two_clients),
    ("CU-04", codes::other_client),
    ("CU-06", codes::guessed),
    ("CU-02", codes::race),
    ("CU-07", codes::revoked_by_worthless_replay),
    ("CU-08", codes::burnt),
    ("PK-03", codes::verifier_read),
    ("PK-06", codes::short_verifier),
    ("PK-01", codes::verifier_skipped),
    ("PK-02", codes::downgrade),
    ("CU-09", codes::no_secret),
    // Whose session takes a code.
    ("LK-04", leaks::broken_path),
    ("LK-07", leaks::clear_text),
    ("BS-01", sessions::swapped),
    ("NO-01", sessions::other_id_token),
    ("CU-03", codes::injected),
    ("LK-03", leaks::history),
    ("CU-01", codes::replayed),
    // Whose code a session takes.
    ("LK-06", leaks::posted_in),
    ("LK-01", leaks::state_from_client),
    ("LK-02", leaks::state_from_server),
    ("NO-02", sessions::leaked_nonce),
    ("CS-04", leaks::state_from_response),
    ("MX-08", mix_up::session_integrity),
    ("CS-02", sessions::foreign_state),
    ("CS-12", sessions::handle_in_url),
    ("CA-02", sessions::request_uri_twice),
    ("PK-07", sessions::nothing_to_compare),
    ("CS-01", sessions::forged_response),
    ("CS-11", sessions::fixation),
    ("CS-07", sessions::forced_by_link),
    ("CS-06", sessions::forced_start),
    ("CS-08", sessions::foreign_form),
    ("CS-09", sessions::framed),
    // What is redirected.
    ("RD-01", redirects::password_travels),
    ("RD-07", redirects::password_typed),
    ("RD-02", redirects::server_redirects),
    ("RD-04", redirects::client_redirects),
    ("RU-11", redirects::script),
    ("PR-01", redirects::parameter_twice),
    // Tokens.
    ("RD-06", tokens::followed),
    ("TK-03", tokens::refresh_token_injected),
    ("TK-02", tokens::other_clients_token),
    ("TK-01", tokens::injected),
    ("TK-04", tokens::phished),
    ("TK-05", tokens::replayed),
    ("RT-03", tokens::refresh_race),
    ("RT-06", tokens::refresh_after_end),
    ("RT-05", tokens::widened),
    ("RT-02", tokens::reuse_without_consequence),
    ("RT-01", tokens::refresh_stolen),
    ("PR-02", tokens::crashed),
];

/// The published attacks that a run shows, the one that says most first.
#[must_use]
pub fn recognise(trace: &Trace) -> Vec<Recognised> {
    let facts = Facts::of(trace);
    let asked = QUESTIONS.iter().filter_map(|(id, question)| {
        let mut witness = question(&facts)?;
        witness.sort_unstable();
        witness.dedup();
        Some(Recognised { id, witness })
    });
    asked.collect()
}

/// Whether a run shows the attack called `id`.
#[must_use]
pub fn is(id: &str, trace: &Trace) -> bool {
    let question = QUESTIONS.iter().find(|(known, _)| *known == id);
    question.is_some_and(|(_, question)| question(&Facts::of(trace)).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attacks::ATTACKS;

    /// Attacks that no part of the laboratory can show, so nothing could be asked of a run.
    const UNASKED: &[&str] = &[
        "LK-08", "CS-13", "MX-11", "RD-05", "TK-06", "TK-07", "TK-08", "TK-09", "CA-01", "CA-03",
    ];

    #[test]
    fn every_attack_has_one_question() {
        for attack in ATTACKS.iter() {
            let asked = QUESTIONS.iter().filter(|(id, _)| *id == attack.id).count();
            let expected = usize::from(!UNASKED.contains(&attack.id.as_str()));
            assert_eq!(asked, expected, "{}", attack.id);
            assert!(attack.tier > 1 || asked == 1, "{}", attack.id);
        }
    }
}
