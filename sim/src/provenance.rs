//! Where every fresh value comes from.
//!
//! A value is minted from the seed and from the path of causes that led to it, never from a counter: deleting
//! one event of a run changes no other value, and events that have nothing to do with each other commute.

use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::text::Text;
use grantlab_core::value::{CodeChallengeMethod, CodeVerifier};
use grantlab_core::wire::base64url;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::history::History;
use crate::party::PartyId;
use crate::seed::Seed;

/// The chain of causes that led to an input, folded into one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub u128);

impl Canonical for Path {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
    }
}

impl Path {
    /// The path of something that nobody caused: an initiative, named by its content.
    #[must_use]
    pub fn root(content: &impl Canonical) -> Self {
        let mut encoder = Encoder::reusing(Vec::with_capacity(ROOT_OCTETS_USUAL));
        content.encode(&mut encoder);
        Self(xxh3_128(encoder.as_slice()))
    }

    /// The path of the `nth` thing that `party` does in answer to this.
    #[must_use]
    pub fn child(self, party: PartyId, nth: u32) -> Self {
        let mut octets = [0; 22];
        octets[..16].copy_from_slice(&self.0.to_le_bytes());
        octets[16..18].copy_from_slice(&party.0.to_le_bytes());
        octets[18..].copy_from_slice(&nth.to_le_bytes());
        Self(xxh3_128(&octets))
    }
}

/// Octets of most initiatives.
const ROOT_OCTETS_USUAL: usize = 256;

/// Names the flow that an event belongs to, such as `alice.1`: her first tab.
pub type FlowId = u16;

/// One fresh value: what it is for, who minted it and in which flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minted {
    /// What it is for.
    pub kind: &'static str,
    /// Who minted it.
    pub party: PartyId,
    /// In which flow.
    pub flow: FlowId,
    /// How many values of this kind this flow had before, from the same party where several mint them.
    pub nth: u32,
    /// The value as it travels.
    pub text: Text,
    /// The entry of the trace in whose course it was minted.
    pub entry: u32,
}

/// All fresh values of a run, in the order of minting, and the names of its flows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    minted: History<Minted>,
    flows: Arc<Vec<Text>>,
    owners: Arc<[Text]>,
}

/// Fresh values of a login.
const VALUES_USUAL: usize = 32;

/// Kinds that several parties mint, each for itself.
const OWNED_KINDS: [&str; 2] = ["session", "form_token"];

impl Provenance {
    /// No values yet; the parties are called `owners`.
    #[must_use]
    pub fn new(owners: Vec<Text>) -> Self {
        Self {
            minted: History::with_room(VALUES_USUAL),
            flows: Arc::default(),
            owners: owners.into(),
        }
    }

    /// The number of the flow called `name`.
    pub fn flow(&mut self, name: &str) -> FlowId {
        let place = self
            .flows
            .iter()
            .position(|flow| flow == name)
            .unwrap_or_else(|| {
                Arc::make_mut(&mut self.flows).push(Text::new(name));
                self.flows.len() - 1
            });
        FlowId::try_from(place).unwrap_or(FlowId::MAX)
    }

    /// The name of a flow.
    #[must_use]
    pub fn flow_name(&self, flow: FlowId) -> &str {
        self.flows.get(usize::from(flow)).map_or("?", Text::as_str)
    }

    /// Every fresh value.
    #[must_use]
    pub const fn minted(&self) -> &History<Minted> {
        &self.minted
    }

    /// Who minted the value `text`.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Minted> {
        self.minted.iter().find(|minted| minted.text == text)
    }

    /// The name of a value: its kind and flow, such as `code(alice.1)`, and `#2` for the second of its kind.
    #[must_use]
    pub fn label(&self, text: &str) -> Option<String> {
        self.find(text).map(|minted| self.label_of(minted))
    }

    /// The name of a minted value. Sessions and forms belong to whoever made them: `session(client, alice.1)`.
    #[must_use]
    pub fn label_of(&self, minted: &Minted) -> String {
        let flow = self.flow_name(minted.flow);
        let owner = self
            .owners
            .get(usize::from(minted.party.0))
            .filter(|_| OWNED_KINDS.contains(&minted.kind));
        let name = match owner {
            Some(owner) => format!("{}({owner}, {flow})", minted.kind),
            None => format!("{}({flow})", minted.kind),
        };
        match minted.nth {
            0 => name,
            nth => format!("{name}#{}", u64::from(nth) + 1),
        }
    }

    /// The value called `label`.
    #[must_use]
    pub fn value(&self, label: &str) -> Option<&Text> {
        self.minted
            .iter()
            .find(|minted| self.label_of(minted) == label)
            .map(|minted| &minted.text)
    }

    /// The newest value of `kind`.
    #[must_use]
    pub fn newest(&self, kind: &str) -> Option<&Text> {
        self.minted
            .iter()
            .rev()
            .find(|minted| minted.kind == kind)
            .map(|minted| &minted.text)
    }

    fn record(&mut self, kind: &'static str, party: PartyId, flow: FlowId, text: Text, entry: u32) {
        let owned = OWNED_KINDS.contains(&kind);
        let same = |minted: &Minted| {
            minted.kind == kind && minted.flow == flow && (!owned || minted.party == party)
        };
        let earlier = self.minted.count(same);
        let nth = u32::try_from(earlier).unwrap_or(u32::MAX);
        self.minted.push(Minted {
            kind,
            party,
            flow,
            nth,
            text,
            entry,
        });
    }
}

/// The source of fresh values for one input of one party.
pub struct Mint<'a> {
    /// The seed of the run.
    pub seed: Seed,
    /// Why the party acts.
    pub path: Path,
    /// Who acts.
    pub party: PartyId,
    /// In which flow.
    pub flow: FlowId,
    /// The entry of the trace that says so.
    pub entry: u32,
    /// How many values it drew already.
    pub drawn: u32,
    /// Where values are noted; without, nobody asks for their names.
    pub provenance: Option<&'a mut Provenance>,
}

impl Mint<'_> {
    fn next(&mut self) -> u32 {
        self.drawn = self.drawn.saturating_add(1);
        self.drawn
    }
}

impl Entropy for Mint<'_> {
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS] {
        let nth = self.next();
        let key = Sha256::new()
            .chain_update(b"grantlab value")
            .chain_update(self.seed.0.to_le_bytes())
            .chain_update(self.path.0.to_le_bytes())
            .chain_update(self.party.0.to_le_bytes())
            .chain_update(nth.to_le_bytes())
            .chain_update(kind.name())
            .finalize();
        let mut octets = [0; FRESH_OCTETS];
        ChaCha8Rng::from_seed(key.into()).fill_bytes(&mut octets);
        let (party, flow, entry) = (self.party, self.flow, self.entry);
        if let Some(provenance) = self.provenance.as_deref_mut() {
            provenance.record(kind.name(), party, flow, base64url::encode(&octets), entry);
            if kind == Fresh::CodeVerifier {
                let challenge =
                    CodeVerifier::from_fresh(octets).challenge(CodeChallengeMethod::S256);
                provenance.record("code_challenge", party, flow, challenge.into(), entry);
            }
        }
        octets
    }

    fn ticket(&mut self) -> u64 {
        let nth = self.next();
        let mut octets = [0; 22];
        octets[..16].copy_from_slice(&self.path.0.to_le_bytes());
        octets[16..18].copy_from_slice(&self.party.0.to_le_bytes());
        octets[18..].copy_from_slice(&nth.to_le_bytes());
        xxh3_64(&octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint(path: u128, provenance: &mut Provenance) -> Mint<'_> {
        Mint {
            seed: Seed(1),
            path: Path(path),
            party: PartyId(3),
            flow: 0,
            entry: 0,
            drawn: 0,
            provenance: Some(provenance),
        }
    }

    #[test]
    fn a_value_depends_on_its_path_and_not_on_what_came_before() {
        let mut provenance = Provenance::default();
        provenance.flow("alice.1");
        let first = mint(7, &mut provenance).fresh(Fresh::Code);
        let other = mint(8, &mut provenance).fresh(Fresh::Code);
        let again = mint(7, &mut Provenance::default()).fresh(Fresh::Code);
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert_eq!(
            provenance
                .label(base64url::encode(&other).as_str())
                .as_deref(),
            Some("code(alice.1)#2")
        );
        assert_eq!(
            provenance.value("code(alice.1)"),
            Some(&base64url::encode(&first))
        );
    }

    #[test]
    fn a_challenge_is_named_with_its_verifier() {
        let mut provenance = Provenance::default();
        provenance.flow("alice.1");
        mint(1, &mut provenance).fresh(Fresh::CodeVerifier);
        let names: Vec<String> = provenance
            .minted()
            .iter()
            .map(|minted| provenance.label_of(minted))
            .collect();
        assert_eq!(names, ["code_verifier(alice.1)", "code_challenge(alice.1)"]);
    }
}
