//! The values that a lesson follows: fresh ones by their provenance, and those that were agreed before the run.

use grantlab_core::http::Fields;
use grantlab_core::wire::{basic, form, http};

use super::model::{ValueKind, ValueNumber};
use crate::party::PartyId;
use crate::setup::Setup;
use crate::trace::{EntryId, Payload, Trace, What};

/// Bits of a fresh value that nobody can guess: 32 octets.
const FRESH_BITS: u32 = 256;

/// Shorter texts are words that occur anywhere: finding them would mean nothing.
const FOLLOWED_OCTETS_MIN: usize = 16;

/// A value that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// What it is for.
    pub kind: ValueKind,
    /// What it is called.
    pub name: &'static str,
    /// Its name in the trace.
    pub label: String,
    /// The octets.
    pub text: String,
    /// How many bits nobody can guess.
    pub bits: Option<u32>,
}

/// The values of a lesson, over all its runs. Equal texts are one value.
#[derive(Debug, Default)]
pub struct Values {
    followed: Vec<Followed>,
}

/// Where a value of one run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who made it.
    pub party: PartyId,
    /// The entry in whose course it was made.
    pub entry: EntryId,
}

impl Values {
    /// Adds the values of one run that some message of it carries.
    pub fn add(&mut self, trace: &Trace, setup: &Setup) {
        let mut mine = Self::default();
        mine.add_all(trace, setup);
        let octets = octets(trace);
        for value in mine.followed {
            let quoted = percent(&value.text);
            if octets.contains(value.text.as_str()) || octets.contains(&quoted) {
                self.follow(value);
            }
        }
    }

    fn add_all(&mut self, trace: &Trace, setup: &Setup) {
        let provenance = trace.provenance();
        for minted in provenance.minted() {
            if let Some((kind, name)) = kind_of(minted.kind) {
                self.follow(Followed {
                    kind,
                    name,
                    label: provenance.label_of(minted),
                    text: minted.text.to_string(),
                    bits: (minted.kind != "code_challenge").then_some(FRESH_BITS),
                });
            }
        }
        self.add_agreed(setup);
    }

    fn add_agreed(&mut self, setup: &Setup) {
        for client in &setup.clients {
            for known in &client.configuration.providers {
                self.agree(
                    ValueKind::Redirect,
                    "redirect_uri",
                    known.redirect_uri.as_str(),
                );
                let id = known.client_id.as_str();
                if let Some(secret) = &known.client_secret {
                    self.secret("client_secret", id, secret.as_str());
                }
            }
        }
        for server in &setup.servers {
            for registration in &server.configuration.clients {
                for uri in &registration.redirect_uris {
                    self.agree(ValueKind::Redirect, "redirect_uri", uri.as_str());
                }
            }
        }
        for user in &setup.users {
            for (_, _, password) in &user.credentials {
                self.agree(ValueKind::Secret, "password", password.as_str());
            }
        }
    }

    /// A client's secret, as it is and as HTTP Basic writes it (RFC 6749 §2.3.1).
    fn secret(&mut self, name: &'static str, id: &str, secret: &str) {
        self.agree(ValueKind::Secret, name, secret);
        let written = basic::write(id, secret);
        if let Some(credentials) = written.as_str().strip_prefix("Basic ") {
            self.agree(ValueKind::Secret, name, credentials);
        }
    }

    fn agree(&mut self, kind: ValueKind, name: &'static str, text: &str) {
        self.follow(Followed {
            kind,
            name,
            label: name.to_owned(),
            text: text.to_owned(),
            bits: None,
        });
    }

    fn follow(&mut self, value: Followed) {
        let known = self.followed.iter().any(|known| known.text == value.text);
        if !known && !value.text.is_empty() {
            self.followed.push(value);
        }
    }

    /// All of them, by number.
    #[must_use]
    pub fn all(&self) -> &[Followed] {
        &self.followed
    }

    /// The value that `text` is.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<ValueNumber> {
        let place = self.followed.iter().position(|known| known.text == text)?;
        ValueNumber::try_from(place).ok()
    }

    /// The value with this number.
    #[must_use]
    pub fn get(&self, number: ValueNumber) -> Option<&Followed> {
        self.followed.get(usize::try_from(number).ok()?)
    }

    /// Every place at which `text` holds a value, from left to right, none inside another.
    #[must_use]
    pub fn within(&self, text: &str) -> Vec<(usize, usize, ValueNumber)> {
        let mut found = Vec::new();
        for (number, value) in (0..).zip(&self.followed) {
            let whole = value.text == text;
            if whole || value.text.len() >= FOLLOWED_OCTETS_MIN {
                let places = text.match_indices(value.text.as_str());
                found.extend(
                    places.map(|(start, hit)| (start, start.saturating_add(hit.len()), number)),
                );
            }
        }
        found.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let mut reached = 0;
        found.retain(|(start, end, _)| {
            let free = *start >= reached;
            if free {
                reached = *end;
            }
            free
        });
        found
    }

    /// Who made a value of this run, if somebody did.
    #[must_use]
    pub fn origin(&self, number: ValueNumber, trace: &Trace) -> Option<Origin> {
        let value = self.get(number)?;
        let minted = trace.provenance().find(&value.text)?;
        Some(Origin {
            party: minted.party,
            entry: minted.entry,
        })
    }
}

/// Everything that is sent in a run.
fn octets(trace: &Trace) -> String {
    let mut all = String::new();
    for entry in trace.entries() {
        let What::Sent { payload, .. } = &entry.what else {
            continue;
        };
        let octets = match &payload {
            Payload::Request(request) => http::write_request(request),
            Payload::Response(response) => http::write_response(response),
            Payload::Failure(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => continue,
        };
        all.push_str(&String::from_utf8_lossy(&octets));
        all.push('\n');
    }
    all
}

/// A text as a form writes it.
fn percent(text: &str) -> String {
    let mut out = String::new();
    form::write(&Fields::EMPTY.with("", text), &mut out);
    out.trim_start_matches('=').to_owned()
}

/// What a fresh value is to a learner; nothing for one that only its maker looks at.
fn kind_of(minted: &str) -> Option<(ValueKind, &'static str)> {
    Some(match minted {
        "state" => (ValueKind::State, "state"),
        "code" => (ValueKind::Code, "code"),
        "access_token" => (ValueKind::Token, "access_token"),
        "refresh_token" => (ValueKind::Token, "refresh_token"),
        "code_verifier" => (ValueKind::Secret, "code_verifier"),
        "code_challenge" => (ValueKind::Other, "code_challenge"),
        "nonce" => (ValueKind::Nonce, "nonce"),
        "session" => (ValueKind::Nonce, "session"),
        "form_token" => (ValueKind::Nonce, "form_token"),
        "request_uri" => (ValueKind::Nonce, "request_uri"),
        _ => return None,
    })
}

/// The letter of a tile.
#[must_use]
pub const fn letter(kind: ValueKind) -> char {
    match kind {
        ValueKind::State => 'S',
        ValueKind::Code => 'C',
        ValueKind::Token => 'T',
        ValueKind::Secret => 'K',
        ValueKind::Redirect => 'R',
        ValueKind::Nonce => 'N',
        ValueKind::Identifier => 'I',
        ValueKind::Other => 'H',
    }
}
