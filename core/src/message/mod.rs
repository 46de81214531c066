//! The messages of the flow: well-formed values only, each with `parse` and `write` side by side.
//!
//! A message can always be written back. Rules work on these; attackers work on `wire`.

mod about_token;
mod access_token_request;
mod access_token_response;
mod authorization_request;
mod authorization_response;
mod client_certificate;
mod client_credentials;
mod client_registration;
mod dpop;
mod error_code;
mod error_text;
mod id_token;
mod introspection;
mod jws;
mod members;
mod metadata;
mod parameters;
mod pushed_authorization_response;
mod resource_request;
mod revocation;
pub mod store;

pub use access_token_request::{AccessTokenRequest, Grant};
pub use access_token_response::{AccessTokenResponse, TokenError};
pub use authorization_request::AuthorizationRequest;
pub use authorization_response::{AuthorizationError, AuthorizationResponse, Outcome};
pub use client_certificate::{
    CLIENT_CERT, client_certificate, keep_own_certificate, set_client_certificate,
};
pub use client_credentials::{ClientCredentials, CredentialsIn};
pub use client_registration::{ClientInformation, ClientMetadata};
pub use dpop::{
    DPOP, DpopProof, ProofFault, ProofsSeen, Proved, SeenFault, attach_proof, proof_of,
};
pub use error_code::ErrorCode;
pub use id_token::{
    Audience, IdToken, IdTokenFault, SignedIdToken, SigningKey, VerifyingKey, half_hash, jwks,
    read_jwks,
};
pub use introspection::{IntrospectionRequest, IntrospectionResponse};
pub use members::{BODY, Members, fields_json, json_fields};
pub use metadata::Metadata;
pub use parameters::{MessageError, MessageFault, Parameters, Repeats};
pub use pushed_authorization_response::PushedAuthorizationResponse;
pub use resource_request::{ResourceRequest, TokenScheme};
pub use revocation::RevocationRequest;
