//! Who asks: client authentication (RFC 6749 §2.3, §3.2.1).

use subtle::ConstantTimeEq as _;

use super::AuthorizationServer;
use super::back_channel::{Posted, Spelling};
use super::policy::{ClientAuth, ClientIdConsistency};
use super::proof::proof;
use super::registration::Registration;
use crate::message::{ClientCredentials, CredentialsIn};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::{ClientAuthenticationMethod, ClientId, ClientSecret};

/// A client that may act. Only [`AuthorizationServer::authenticate`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ActingClient {
    client_id: ClientId,
    confidential: bool,
    proved: bool,
}

crate::canonical_struct!(ActingClient {
    client_id,
    confidential,
    proved
});

impl ActingClient {
    fn new(client: &Registration, proved: bool, _: Authenticated) -> Self {
        Self {
            client_id: client.client_id.clone(),
            confidential: client.is_confidential(),
            proved,
        }
    }

    /// As whom it acts.
    pub(super) const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whether it has a secret to prove itself with.
    pub(super) const fn confidential(&self) -> bool {
        self.confidential
    }

    /// Whether it proved itself with its secret; a public client has none.
    pub(super) const fn proved(&self) -> bool {
        self.proved
    }
}

proof! {
    /// The client proved itself, in a way that it registered, or has nothing to prove itself with.
    waivable Authenticated
}

impl AuthorizationServer {
    /// The rules of RFC 6749 §2.3 and §3.2.1, in order.
    ///
    /// # Errors
    /// [`Rule::ClientAuthenticated`], [`Rule::AuthenticationMethodRegistered`], [`Rule::ClientIdConsistent`]
    pub(super) fn authenticate(
        &self,
        credentials: Option<&ClientCredentials>,
        spelling: Spelling,
    ) -> Result<ActingClient, Refusal> {
        let credentials = credentials.ok_or_else(nobody)?;
        let client = self.registered(&credentials.client_id)?;
        let waived = is_waived(self.configuration.policy.client_auth, client, credentials);
        let authenticated = if waived {
            Authenticated::waived()
        } else {
            Authenticated::check(client, credentials, spelling)?
        };
        let acting = self.registered(self.consistent_id(credentials)?)?;
        let is_itself = acting.client_id == client.client_id;
        let proved = client.is_confidential() && !waived && is_itself;
        Ok(ActingClient::new(acting, proved, authenticated))
    }

    /// RFC 6749 §5.2 (MUST): a client that nobody registered is an `invalid_client`.
    fn registered(&self, client_id: &ClientId) -> Result<&Registration, Refusal> {
        self.client(client_id).ok_or_else(|| {
            Refusal::new(
                Rule::ClientAuthenticated,
                Compared::shown("a registered client"),
                Compared::shown(client_id.as_str()),
            )
        })
    }

    /// RFC 6749 §3.2.1 (MUST): a `client_id` in the body does not name another client than the header.
    fn consistent_id<'a>(
        &self,
        credentials: &'a ClientCredentials,
    ) -> Result<&'a ClientId, Refusal> {
        let authenticated = &credentials.client_id;
        let Some(in_body) = &credentials.client_id_in_body else {
            return Ok(authenticated);
        };
        match self.configuration.policy.client_id_consistency {
            ClientIdConsistency::BodyWins => Ok(in_body),
            ClientIdConsistency::Equal if in_body == authenticated => Ok(authenticated),
            ClientIdConsistency::Equal => Err(Refusal::new(
                Rule::ClientIdConsistent,
                Compared::shown(authenticated.as_str()),
                Compared::shown(in_body.as_str()),
            )),
        }
    }
}

impl Authenticated {
    /// RFC 6749 §3.2.1 (MUST): a confidential client proves itself with its secret.
    fn check(
        client: &Registration,
        credentials: &ClientCredentials,
        spelling: Spelling,
    ) -> Result<Self, Refusal> {
        if let Some(secret) = &client.client_secret
            && !is_same(Some(secret), credentials.client_secret.as_ref())
        {
            return Err(Refusal::new(
                Rule::ClientAuthenticated,
                Compared::secret(secret.as_str()),
                shown_secret(credentials.client_secret.as_ref()),
            ));
        }
        method_registered(client, method(credentials, spelling))?;
        Ok(Self(()))
    }
}

/// RFC 7591 §2 (SHOULD): a client proves itself in a way that it registered; one that registered none, in any.
/// A public client that sends a secret does not, whatever the secret.
fn method_registered(
    client: &Registration,
    method: ClientAuthenticationMethod,
) -> Result<(), Refusal> {
    if client.authentication.is_empty() || client.authentication.contains(&method) {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::AuthenticationMethodRegistered,
        client
            .authentication
            .first()
            .map_or(Compared::Absent, |first| Compared::shown(first.as_str())),
        Compared::shown(method.as_str()),
    ))
}

/// How the client proves itself. An empty secret in the body is none (RFC 6749 §2.3.1).
const fn method(credentials: &ClientCredentials, spelling: Spelling) -> ClientAuthenticationMethod {
    match (credentials.via, &credentials.client_secret, spelling) {
        (CredentialsIn::Header, _, _) => ClientAuthenticationMethod::Basic,
        (CredentialsIn::Body, None, _) => ClientAuthenticationMethod::None,
        (CredentialsIn::Body, Some(_), Spelling::Form) => ClientAuthenticationMethod::Form,
        (CredentialsIn::Body, Some(_), Spelling::Json) => ClientAuthenticationMethod::Json,
    }
}

/// Whether the policy lets this client pass with what it sends.
const fn is_waived(
    policy: ClientAuth,
    client: &Registration,
    credentials: &ClientCredentials,
) -> bool {
    client.is_confidential()
        && match policy {
            ClientAuth::RequiredIfConfidential => false,
            ClientAuth::SkipIfAbsent => {
                credentials.client_secret.is_none() && !credentials.empty_secret
            }
            ClientAuth::EmptyOk => credentials.empty_secret,
        }
}

/// Compares in constant time: how long it takes follows from the length of what was sent, which its sender knows.
fn is_same(expected: Option<&ClientSecret>, found: Option<&ClientSecret>) -> bool {
    let (Some(expected), Some(found)) = (expected, found) else {
        return false;
    };
    let (expected, found) = (expected.text().as_bytes(), found.text().as_bytes());
    let same_length = expected.len().ct_eq(&found.len());
    // One of another length takes as long as a wrong one of its length.
    let other = if expected.len() == found.len() {
        expected
    } else {
        found
    };
    let ((octets, rest), (others, other_rest)) = (found.as_chunks(), other.as_chunks());
    let eights = octets.iter().zip(others);
    let same = eights.fold(rest.ct_eq(other_rest), |same, (eight, other)| {
        same & u64::from_ne_bytes(*eight).ct_eq(&u64::from_ne_bytes(*other))
    });
    (same & same_length).into()
}

fn shown_secret(secret: Option<&ClientSecret>) -> Compared {
    secret.map_or(Compared::Absent, |secret| Compared::secret(secret.as_str()))
}

fn nobody() -> Refusal {
    Refusal::new(
        Rule::ClientAuthenticated,
        Compared::shown("client_id"),
        Compared::Absent,
    )
}

impl Posted<'_> {
    /// RFC 6749 §2.3 (MUST): one authentication method per request. An assertion (RFC 7521) is one too.
    ///
    /// # Errors
    /// [`Rule::OneAuthenticationMethod`]
    pub(super) fn one_method(&self) -> Result<(), Refusal> {
        let has = |name| self.fields.all(name).any(|value| !value.is_empty());
        let methods = [
            (self.authorization.is_some(), "Authorization"),
            (has("client_secret"), "client_secret"),
            (has("client_assertion"), "client_assertion"),
        ];
        let mut used = methods.iter().filter(|(used, _)| *used);
        match (used.next(), used.next()) {
            (Some((_, first)), Some((_, second))) => Err(Refusal::new(
                Rule::OneAuthenticationMethod,
                Compared::shown(first),
                Compared::shown(second),
            )),
            (None | Some(_), None) | (None, Some(_)) => Ok(()),
        }
    }
}
