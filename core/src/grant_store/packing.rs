//! Records to rows and back, and what a store looks like to a search.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::records::Records;
use super::rows::{CodeRow, Moment, Packed, Short, TokenRow, short};
use super::terms::{Bound, Challenge, Terms};
use crate::canonical::{Canonical, Encoder};
use crate::message::store::{CodeRecord, GrantId, TokenKind, TokenRecord};
use crate::reuse::ReusedTexts;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{
    CodeChallenge, Confirmation, RedirectionUri, Scope, SecretDigest, Subject, Thumbprint,
};
use crate::wire::base64url;

/// The low octets of a time, and what is left of it.
fn split(at: Timestamp) -> (Moment, u32) {
    let [a, b, c, d, e, high @ ..] = at.0.to_le_bytes();
    let [low, middle, high] = high;
    ([a, b, c, d, e], u32::from_le_bytes([low, middle, high, 0]))
}

fn joined([a, b, c, d, e]: Moment, high: u32) -> Timestamp {
    let [low, middle, high, _] = high.to_le_bytes();
    Timestamp(u64::from_le_bytes([a, b, c, d, e, low, middle, high]))
}

/// From the issue to the end. A time that ends before it begins goes once around.
fn lifetime(issued_at: Timestamp, expires_at: Option<Timestamp>) -> Option<u64> {
    expires_at.map(|expires_at| expires_at.0.wrapping_sub(issued_at.0))
}

fn expiry(issued_at: Moment, terms: &Terms) -> Option<Timestamp> {
    let issued_at = joined(issued_at, terms.issued_high);
    let lifetime_ms = terms.lifetime_ms?;
    Some(Timestamp(issued_at.0.wrapping_add(lifetime_ms)))
}

impl Terms {
    /// The same, which keeps no request in memory.
    fn own(&self) -> Self {
        let own = |text: &Option<Text>| text.as_ref().map(Text::detached);
        Self {
            scope: self.scope.detached(),
            scope_asked: own(&self.scope_asked),
            redirect_uri: own(&self.redirect_uri),
            ..self.clone()
        }
    }
}

/// Packing.
impl Records {
    pub(super) fn packed_code(&mut self, code: &CodeRecord) -> CodeRow {
        let (issued_at, issued_high) = split(code.issued_at);
        let (spelled, challenge) = match &code.challenge {
            None => ([0; 32], Challenge::Absent),
            Some((challenge, method)) => match base64url::decode_32(challenge.as_str()) {
                Some(spelled) => (spelled, Challenge::Spelled((*method).into())),
                None => {
                    let text = Text::new(challenge.as_str());
                    ([0; 32], Challenge::Unusual(text, (*method).into()))
                }
            },
        };
        let terms = Terms {
            client_id: code.client_id.clone(),
            scope: code.scope.clone().into(),
            scope_asked: code.scope_asked.clone().map(Into::into),
            redirect_uri: code.redirect_uri.clone().map(Into::into),
            challenge,
            auth_time: code.auth_time,
            kind: None,
            subject: None,
            bound_to: None,
            lifetime_ms: lifetime(code.issued_at, code.expires_at),
            issued_high,
        };
        let GrantId(SecretDigest(digest)) = code.grant;
        CodeRow {
            digest,
            challenge: spelled,
            terms: self.terms.take(&terms, Terms::own),
            subject: self.subjects.take(&code.subject, Subject::clone),
            family: Packed::NONE,
            issued_at,
            stage: code.stage,
        }
    }

    pub(super) fn packed_token(
        &mut self,
        grant: u32,
        digest: &SecretDigest,
        token: &TokenRecord,
    ) -> TokenRow {
        let (issued_at, issued_high) = split(token.issued_at);
        let code = self.codes.get(grant);
        let owner = code.and_then(|code| self.subjects.get(code.subject));
        let terms = Terms {
            client_id: token.client_id.clone(),
            scope: token.scope.clone().into(),
            scope_asked: None,
            redirect_uri: None,
            challenge: Challenge::Absent,
            auth_time: None,
            kind: Some(token.kind.into()),
            subject: (owner != Some(&token.subject)).then(|| token.subject.clone()),
            bound_to: token.bound_to.as_ref().map(Bound::of),
            lifetime_ms: lifetime(token.issued_at, token.expires_at),
            issued_high,
        };
        TokenRow {
            digest: short(digest),
            grant: Packed::new(grant),
            next: code.map_or(Packed::NONE, |code| code.family),
            terms: self.terms.take(&terms, Terms::own),
            issued_at,
            stage: token.stage,
        }
    }
}

/// Unpacking.
impl Records {
    pub(super) fn code_expiry(&self, code: &CodeRow) -> Option<Timestamp> {
        expiry(code.issued_at, self.terms.get(code.terms)?)
    }

    pub(super) fn token_expiry(&self, token: &TokenRow) -> Option<Timestamp> {
        expiry(token.issued_at, self.terms.get(token.terms)?)
    }

    pub(super) fn kind(&self, token: &TokenRow) -> Option<TokenKind> {
        Some(self.terms.get(token.terms)?.kind?.into())
    }

    /// The record of a code as it is now; the same memory as the last time if nothing has changed.
    pub(super) fn code_record(&mut self, digest: &SecretDigest) -> Option<Arc<CodeRecord>> {
        let number = self.code_row(digest)?;
        let (stage, grant) = (self.codes.get(number)?.stage, GrantId(*digest));
        if let Some(last) = self.lent_code.last()
            && last.grant == grant
            && last.stage == stage
        {
            return Some(Arc::clone(last));
        }
        let mut texts = core::mem::take(&mut self.texts);
        let record = self.unpacked_code(number, &mut texts);
        self.texts = texts;
        Some(self.lent_code.share(record?))
    }

    fn unpacked_code(&self, number: u32, texts: &mut ReusedTexts) -> Option<CodeRecord> {
        let row = self.codes.get(number)?;
        let terms = self.terms.get(row.terms)?;
        let challenge = match &terms.challenge {
            Challenge::Absent => None,
            Challenge::Spelled(method) => {
                let mut memory = base64url::Characters::new();
                let text = texts.text(base64url::encode_32(&row.challenge, &mut memory));
                Some((CodeChallenge::new(text).ok()?, (*method).into()))
            }
            Challenge::Unusual(text, method) => {
                Some((CodeChallenge::new(text.clone()).ok()?, (*method).into()))
            }
        };
        let scope = |text: &Text| Scope::kept(text.clone());
        let uri = terms.redirect_uri.as_ref();
        Some(CodeRecord {
            grant: GrantId(SecretDigest(row.digest)),
            client_id: terms.client_id.clone(),
            subject: self.subjects.get(row.subject)?.clone(),
            scope: scope(&terms.scope),
            scope_asked: terms.scope_asked.as_ref().map(scope),
            redirect_uri: uri.map(|uri| RedirectionUri::kept(uri.clone())),
            challenge,
            nonce: self.nonces.get(number, texts),
            auth_time: terms.auth_time,
            issued_at: joined(row.issued_at, terms.issued_high),
            expires_at: expiry(row.issued_at, terms),
            stage: row.stage,
        })
    }

    /// The record of a token as it is now.
    pub(super) fn token_record(&mut self, digest: &SecretDigest) -> Option<Arc<TokenRecord>> {
        let record = self.unpacked_token(self.token(digest)?)?;
        Some(self.lent_token.share(record))
    }

    fn unpacked_token(&self, row: &TokenRow) -> Option<TokenRecord> {
        let terms = self.terms.get(row.terms)?;
        let code = self.codes.get(row.grant.number())?;
        let bound_to = terms.bound_to.as_ref().and_then(|(kind, text)| {
            let thumbprint = Thumbprint::new(text.clone()).ok()?;
            Some(match kind {
                Bound::Key => Confirmation::Key(thumbprint),
                Bound::Certificate => Confirmation::Certificate(thumbprint),
            })
        });
        Some(TokenRecord {
            kind: terms.kind?.into(),
            grant: GrantId(SecretDigest(code.digest)),
            client_id: terms.client_id.clone(),
            subject: match &terms.subject {
                Some(subject) => subject.clone(),
                None => self.subjects.get(code.subject)?.clone(),
            },
            scope: Scope::kept(terms.scope.clone()),
            bound_to,
            issued_at: joined(row.issued_at, terms.issued_high),
            expires_at: expiry(row.issued_at, terms),
            stage: row.stage,
        })
    }
}

/// The records in the order of their digests: where they lie is no part of the value.
impl Canonical for Records {
    fn encode(&self, out: &mut Encoder) {
        let mut texts = ReusedTexts::EMPTY;
        let mut codes: Vec<(u32, &CodeRow)> = self.codes.iter().collect();
        codes.sort_unstable_by_key(|(_, row)| row.digest);
        out.length(codes.len());
        for (number, row) in codes {
            SecretDigest(row.digest).encode(out);
            if let Some(record) = self.unpacked_code(number, &mut texts) {
                record.encode(out);
            }
            self.family(row).encode(out);
        }
        for kind in [TokenKind::Access, TokenKind::Refresh] {
            let tokens = self.tokens.iter().map(|(_, row)| row);
            let is_kind = |row: &&TokenRow| self.kind(row) == Some(kind);
            let mut tokens: Vec<&TokenRow> = tokens.filter(is_kind).collect();
            tokens.sort_unstable_by_key(|row| row.digest);
            out.length(tokens.len());
            for row in tokens {
                row.digest.encode(out);
                if let Some(record) = self.unpacked_token(row) {
                    record.encode(out);
                }
            }
        }
        self.pushed.encode(out);
        self.sweep_at.encode(out);
    }
}

impl Records {
    /// The digests of the tokens of a grant, in their order.
    fn family(&self, code: &CodeRow) -> Vec<Short> {
        let mut family = Vec::new();
        let mut next = code.family;
        while let Some(token) = self.tokens.get(next.number()) {
            family.push(token.digest);
            next = token.next;
        }
        family.sort_unstable();
        family
    }
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        let octets = |records: &Self| {
            let mut out = Encoder::default();
            records.encode(&mut out);
            out.into_octets()
        };
        octets(self) == octets(other)
    }
}

impl Eq for Records {}
