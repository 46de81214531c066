//! Proving to be the one whom a token is bound to (RFC 9449 §4, §7.1; RFC 8705 §3).

use super::configuration::Provider;
use crate::entropy::Fresh;
use crate::http::Request;
use crate::machine::Context;
use crate::message::{DpopProof, Proved, TokenScheme, attach_proof, set_client_certificate};
use crate::value::AccessToken;
use crate::wire::base64url;

impl Provider {
    /// How a token of this server is used.
    pub(super) const fn token_scheme(&self) -> TokenScheme {
        match self.proof_key {
            Some(_) => TokenScheme::Dpop,
            None => TokenScheme::Bearer,
        }
    }

    /// A request with what says who sends it, where this server binds tokens to that.
    pub(super) fn proved(
        &self,
        mut request: Request,
        access_token: Option<&AccessToken>,
        ctx: &mut Context<'_>,
    ) -> Request {
        if let Some(key) = &self.proof_key {
            let jti = base64url::encode(&ctx.entropy.fresh(Fresh::ProofId));
            let proved = Proved {
                method: request.method.as_str(),
                url: &request.url,
                access_token,
                now: ctx.now,
            };
            let proof = key.prove(&DpopProof::of(&proved, jti));
            attach_proof(&mut request.headers, proof);
        }
        if let Some(certificate) = &self.certificate {
            set_client_certificate(&mut request.headers, Some(certificate));
        }
        request
    }
}
