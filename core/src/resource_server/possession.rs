//! Whether whoever sends a token is the one that it is bound to (RFC 9449 §7, RFC 8705 §3).

use super::policy::{ProofOfPossession, ProofReplay};
use super::{Configuration, ResourceServer};
use crate::http::{Request, Url};
use crate::message::{DpopProof, Proved, SeenFault, TokenScheme, client_certificate, proof_of};
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{AccessToken, Confirmation, Thumbprint};

proof! {
    /// The token is served to whom it is bound.
    waivable SenderProved
}
proof! {
    /// Its proof was not used before.
    waivable ProofUnused
}

/// How a request for the resource came, as far as that says who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    /// The word before its token.
    scheme: TokenScheme,
    /// Its proof; none when there are several.
    proof: Option<Text>,
    /// The certificate of its connection.
    certificate: Option<Thumbprint>,
}

crate::canonical_struct!(Sender {
    scheme,
    proof,
    certificate
});

impl Sender {
    pub(super) fn of(request: &Request, scheme: TokenScheme) -> Self {
        Self {
            scheme,
            proof: proof_of(&request.headers).ok().flatten().cloned(),
            certificate: client_certificate(&request.headers),
        }
    }
}

/// Who sent a request, as far as he proved it, and the proof that this took.
#[derive(Debug)]
pub(super) struct Possession {
    /// The key or certificate that he has.
    pub(super) thumbprint: Option<Thumbprint>,
    used: Option<(DpopProof, Thumbprint)>,
    _proofs: (SenderProved, ProofUnused),
}

impl ResourceServer {
    /// RFC 9449 §7.1, §11.1; RFC 8705 §3, in this order: bound to nobody, to a key, to a certificate.
    ///
    /// # Errors
    /// [`Rule::SenderProved`], [`Rule::ProofUnused`], [`Rule::CertificateMatches`]
    pub(super) fn possession(
        &self,
        sender: &Sender,
        token: &AccessToken,
        bound_to: Option<&Confirmation>,
        now: Timestamp,
    ) -> Result<Possession, Refusal> {
        let policy = &self.configuration.policy;
        match policy.pop {
            ProofOfPossession::Unchecked => return Ok(nobody(SenderProved::waived())),
            ProofOfPossession::Checked => {}
        }
        match bound_to {
            None => SenderProved::unbound(sender).map(nobody),
            Some(Confirmation::Certificate(bound_to)) => {
                SenderProved::by_certificate(sender, bound_to).map(|proved| Possession {
                    thumbprint: Some(bound_to.clone()),
                    ..nobody(proved)
                })
            }
            Some(Confirmation::Key(bound_to)) => {
                let proved = proved(&self.configuration, token, now);
                let (proof, sender) = SenderProved::check(sender, bound_to, &proved.within())?;
                let unused = ProofUnused::decide(self, &proof, bound_to, now)?;
                Ok(Possession {
                    thumbprint: Some(bound_to.clone()),
                    used: Some((proof, bound_to.clone())),
                    _proofs: (sender, unused),
                })
            }
        }
    }

    /// Remembers the proof that a request used, where somebody asks for it later.
    pub(super) fn use_up(&mut self, possession: &Possession, now: Timestamp) {
        match (self.configuration.policy.pop_replay, &possession.used) {
            (ProofReplay::Checked, Some((proof, key))) => self.proofs.remember(proof, key, now),
            (ProofReplay::Off, _) | (ProofReplay::Checked, None) => {}
        }
    }
}

/// A request that needs no proof.
const fn nobody(proved: SenderProved) -> Possession {
    Possession {
        thumbprint: None,
        used: None,
        _proofs: (proved, ProofUnused::waived()),
    }
}

/// The request for the one resource.
struct Asked<'a> {
    url: Url,
    token: &'a AccessToken,
    now: Timestamp,
}

fn proved<'a>(configuration: &Configuration, token: &'a AccessToken, now: Timestamp) -> Asked<'a> {
    Asked {
        url: Url::new(&configuration.origin, configuration.path.as_str()),
        token,
        now,
    }
}

impl Asked<'_> {
    const fn within(&self) -> Proved<'_> {
        Proved {
            method: "GET",
            url: &self.url,
            access_token: Some(self.token),
            now: self.now,
        }
    }
}

impl SenderProved {
    /// RFC 9449 §4.3, §7.1 (MUST): the scheme is `DPoP`, and one proof by the token's key is there for this request.
    fn check(
        sender: &Sender,
        bound_to: &Thumbprint,
        proved: &Proved<'_>,
    ) -> Result<(DpopProof, Self), Refusal> {
        if sender.scheme != TokenScheme::Dpop {
            return Err(not_proved("DPoP", Compared::shown(sender.scheme.as_str())));
        }
        let text = sender
            .proof
            .as_ref()
            .ok_or_else(|| not_proved("one proof", Compared::Absent))?;
        let (proof, key) = DpopProof::read(text)
            .and_then(|(proof, key)| proof.fits(proved).map(|()| (proof, key)))
            .map_err(|fault| {
                let found = fault.found.map_or(Compared::Absent, Compared::Shown);
                not_proved(fault.expected, found)
            })?;
        if key == *bound_to {
            return Ok((proof, Self(())));
        }
        Err(not_proved(bound_to.as_str(), Compared::shown(key.as_str())))
    }

    /// RFC 9449 §7.1 (MUST): a token under `DPoP` is one that is bound to a key.
    fn unbound(sender: &Sender) -> Result<Self, Refusal> {
        match sender.scheme {
            TokenScheme::Bearer => Ok(Self(())),
            TokenScheme::Dpop => Err(not_proved("a bound token", Compared::Absent)),
        }
    }

    /// RFC 8705 §3 (MUST): the connection has the certificate that the token is bound to.
    fn by_certificate(sender: &Sender, bound_to: &Thumbprint) -> Result<Self, Refusal> {
        match &sender.certificate {
            Some(certificate) if certificate == bound_to => Ok(Self(())),
            found => Err(Refusal::new(
                Rule::CertificateMatches,
                Compared::shown(bound_to.as_str()),
                found
                    .as_ref()
                    .map_or(Compared::Absent, |found| Compared::shown(found.as_str())),
            )),
        }
    }
}

fn not_proved(expected: &str, found: Compared) -> Refusal {
    Refusal::new(Rule::SenderProved, Compared::shown(expected), found)
}

impl ProofUnused {
    fn decide(
        server: &ResourceServer,
        proof: &DpopProof,
        key: &Thumbprint,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        match server.configuration.policy.pop_replay {
            ProofReplay::Checked => Self::check(server, proof, key, now),
            ProofReplay::Off => Ok(Self::waived()),
        }
    }

    /// RFC 9449 §11.1 (SHOULD): a proof is good once.
    fn check(
        server: &ResourceServer,
        proof: &DpopProof,
        key: &Thumbprint,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let refused = |found| {
            Refusal::new(
                Rule::ProofUnused,
                Compared::shown("a new proof"),
                Compared::shown(found),
            )
        };
        match server.proofs.unused(proof, key, now) {
            Ok(()) => Ok(Self(())),
            Err(SeenFault::Used) => Err(refused("one that was used")),
            Err(SeenFault::Full) => Err(refused("more proofs than are remembered")),
        }
    }
}
