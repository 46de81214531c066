//! The nonces of codes (OpenID Connect Core §3.1.2.1).
//!
//! Each code has another one, so that there is nothing to share; most codes of a plain OAuth server have none, so that
//! a row has no room for one.

use alloc::collections::BTreeMap;

use crate::reuse::ReusedTexts;
use crate::text::Text;
use crate::value::Nonce;
use crate::wire::base64url;

/// Nonces by the row of their code.
#[derive(Clone, Debug)]
pub(super) struct Nonces(BTreeMap<u32, Kept>);

#[derive(Clone, Debug)]
enum Kept {
    /// As the 32 octets that it spells.
    Spelled([u8; 32]),
    /// As it is.
    Unusual(Text),
}

impl Nonces {
    pub(super) const EMPTY: Self = Self(BTreeMap::new());

    pub(super) fn put(&mut self, row: u32, nonce: &Nonce) {
        let kept = match base64url::decode_32(nonce.as_str()) {
            Some(spelled) => Kept::Spelled(spelled),
            None => Kept::Unusual(Text::new(nonce.as_str())),
        };
        self.0.insert(row, kept);
    }

    pub(super) fn get(&self, row: u32, texts: &mut ReusedTexts) -> Option<Nonce> {
        let text = match self.0.get(&row)? {
            Kept::Spelled(octets) => texts.text(base64url::encode_32(
                octets,
                &mut base64url::Characters::new(),
            )),
            Kept::Unusual(text) => text.clone(),
        };
        Nonce::new(text).ok()
    }

    pub(super) fn remove(&mut self, row: u32) {
        self.0.remove(&row);
    }
}
