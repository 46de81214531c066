//! Who the parties of a world are to each other: names, secrets, passwords, keys.
//!
//! None of these is fresh: they are the same in every world, and traces never show the secret ones.

use grantlab_core::authorization_server::registration::{Account, Developer, Registration};
use grantlab_core::client::policy::{ClientPolicy, ClientType};
use grantlab_core::http::Origin;
use grantlab_core::message::SigningKey;
use grantlab_core::text::Text;
use grantlab_core::value::{
    AccessToken, ClientAuthenticationMethod, ClientId, ClientSecret, Malformed, Password, Scope,
    Subject, Thumbprint, Username,
};
use sha2::{Digest as _, Sha256};

use super::setup::origin;

/// A site that is no party: whoever loads a picture from there tells it where he is.
pub(super) fn third_party() -> Origin {
    origin("pictures")
}

/// A client is called differently at every authorization server.
pub(super) fn client_id(client: &str, server: &str) -> Result<ClientId, Malformed> {
    ClientId::new(match server {
        "as" => client.to_owned(),
        _ => format!("{client}-at-{server}"),
    })
}

pub(super) fn client_secret(
    client: &str,
    server: &str,
    policy: &ClientPolicy,
) -> Result<Option<ClientSecret>, Malformed> {
    match policy.client_type {
        ClientType::Public => Ok(None),
        ClientType::Confidential => {
            ClientSecret::new(format!("client-secret-of-{client}-at-{server}")).map(Some)
        }
    }
}

pub(super) fn secret_of(resource: &str) -> Result<ClientSecret, Malformed> {
    ClientSecret::new(format!("client-secret-of-{resource}"))
}

pub(super) fn password(user: &str, server: &str) -> Result<Password, Malformed> {
    Password::new(format!("password-of-{user}-at-{server}"))
}

pub(super) fn account(user: &str, server: &str) -> Result<Account, Malformed> {
    let roles: &[&str] = match user {
        "alice" => &["ROLE_USER", "ROLE_EDITOR"],
        _ => &["ROLE_USER"],
    };
    Ok(Account {
        username: Username::new(user)?,
        password: password(user, server)?,
        subject: Subject::new(user)?,
        email: Text::from(format!("{user}@mail.example")),
        roles: roles.iter().map(|role| Text::new(role)).collect(),
    })
}

/// A resource server asks about tokens as a client that may do nothing else (RFC 7662 §2.1).
pub(super) fn resource_registration(name: &str) -> Result<Registration, Malformed> {
    Ok(Registration {
        client_id: ClientId::new(name)?,
        client_secret: Some(secret_of(name)?),
        authentication: vec![ClientAuthenticationMethod::Basic],
        redirect_uris: Vec::new(),
        response_types: Vec::new(),
        response_modes: Vec::new(),
        code_grant: false,
        refresh_grant: false,
        scope: Scope::NONE,
        introspects: true,
    })
}

/// Whoever made a client may register more, on the origin of that client.
pub(super) fn developer(client: &str, server: &str) -> Result<Developer, Malformed> {
    Ok(Developer {
        initial_access_token: AccessToken::new(format!(
            "initial-access-token-of-{client}-at-{server}"
        ))?,
        origins: vec![origin(client)],
    })
}

/// What a client proves itself with to whom its tokens are bound (RFC 9449): a key for each server.
pub(super) fn proof_key(client: &str, server: &str) -> SigningKey {
    let seed = Sha256::digest(format!("proof key of {client} at {server}"));
    SigningKey::from_seed("", seed.into())
}

/// The certificate of a client's connections (RFC 8705): one for each server.
pub(super) fn certificate(client: &str, server: &str) -> Thumbprint {
    Thumbprint::of(format!("certificate of {client} at {server}").as_bytes())
}

/// The key of an authorization server. It is the same in every world, so that its signatures are too.
pub(super) fn signing_key(server: &str) -> SigningKey {
    let seed = Sha256::digest(format!("signing key of {server}"));
    SigningKey::from_seed(&format!("{server}-key"), seed.into())
}
