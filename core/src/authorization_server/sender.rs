//! Who alone will be able to use the tokens of a request: whoever can prove to be its sender (RFC 9700 §2.2.1).

use super::AuthorizationServer;
use super::policy::TokenBinding;
use super::proof::proof;
use crate::http::{Request, Url};
use crate::message::store::TokenRecord;
use crate::message::{DpopProof, Proved, SeenFault, client_certificate, proof_of};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::{Confirmation, Thumbprint};

proof! {
    /// The sender proved to have the key or the certificate that the tokens will be bound to.
    waivable SenderProved
}
proof! {
    /// The refresh token is used by whoever it is bound to.
    RefreshBoundToSender
}

impl SenderProved {
    /// RFC 9449 §5, RFC 8705 §3 (MUST): where tokens are bound, the token request says to what.
    fn check(
        server: &AuthorizationServer,
        request: &Request,
        now: Timestamp,
    ) -> Result<(Option<Sender>, Self), Refusal> {
        let sender = match server.configuration.policy.token_bind {
            TokenBinding::None => return Ok((None, Self::waived())),
            TokenBinding::Dpop => server.prover(request, now)?,
            TokenBinding::Mtls => Sender {
                confirmation: certificate(request)?,
                proof: None,
            },
        };
        Ok((Some(sender), Self(())))
    }
}

impl RefreshBoundToSender {
    /// RFC 9449 §5, RFC 8705 §4 (MUST): the refresh token of a public client is used with the key or certificate that
    /// it was issued to. That of a confidential client is bound to the client, which proves itself.
    pub(super) fn check(
        token: &TokenRecord,
        sender: Option<&Confirmation>,
    ) -> Result<Self, Refusal> {
        let Some(bound_to) = &token.bound_to else {
            return Ok(Self(()));
        };
        if sender == Some(bound_to) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::RefreshBoundToSender,
            Compared::shown(bound_to.thumbprint().as_str()),
            sender.map_or(Compared::Absent, |sender| {
                Compared::shown(sender.thumbprint().as_str())
            }),
        ))
    }
}

/// Who sends a token request.
struct Sender {
    confirmation: Confirmation,
    /// The proof that this took, which is used up by it.
    proof: Option<(DpopProof, Thumbprint)>,
}

impl AuthorizationServer {
    /// What the tokens of a request will be bound to. A proof that says so is used up.
    ///
    /// # Errors
    /// [`Rule::ProofGood`], [`Rule::CertificatePresent`]
    pub(super) fn sender(
        &mut self,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<Confirmation>, Refusal> {
        let (sender, _proved) = SenderProved::check(self, request, now)?;
        Ok(sender.map(|sender| {
            if let Some((proof, key)) = &sender.proof {
                self.proofs.remember(proof, key, now);
            }
            sender.confirmation
        }))
    }

    /// RFC 9449 §4.3, §11.1 (MUST): one proof, made for this request just now, and never used before.
    fn prover(&self, request: &Request, now: Timestamp) -> Result<Sender, Refusal> {
        let refused =
            |expected: &str, found| Refusal::new(Rule::ProofGood, Compared::shown(expected), found);
        let text = proof_of(&request.headers)
            .map_err(|_| refused("one proof", Compared::shown("several")))?
            .ok_or_else(|| refused("a proof", Compared::Absent))?;
        let url = Url::new(
            &self.configuration.origin,
            self.configuration.endpoints.token.as_str(),
        );
        let proved = Proved {
            method: request.method.as_str(),
            url: &url,
            access_token: None,
            now,
        };
        let (proof, key) = DpopProof::read(text)
            .and_then(|(proof, key)| proof.fits(&proved).map(|()| (proof, key)))
            .map_err(|fault| {
                let found = fault.found.map_or(Compared::Absent, Compared::Shown);
                refused(fault.expected, found)
            })?;
        self.proofs
            .unused(&proof, &key, now)
            .map_err(|fault| match fault {
                SeenFault::Used => refused("a new proof", Compared::shown("one that was used")),
                SeenFault::Full => refused("fewer proofs at a time", Compared::Absent),
            })?;
        Ok(Sender {
            confirmation: Confirmation::Key(key.clone()),
            proof: Some((proof, key)),
        })
    }
}

/// RFC 8705 §3 (MUST): the connection has a certificate to bind the tokens to.
fn certificate(request: &Request) -> Result<Confirmation, Refusal> {
    client_certificate(&request.headers)
        .map(Confirmation::Certificate)
        .ok_or_else(|| {
            Refusal::new(
                Rule::CertificatePresent,
                Compared::shown("a client certificate"),
                Compared::Absent,
            )
        })
}
