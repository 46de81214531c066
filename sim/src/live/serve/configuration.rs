//! What the machines of one issuer are told before they start: the profile's own words, moved to where they are served.

use std::sync::Arc;

use grantlab_core::authorization_server::registration::{
    Configuration as ServerConfiguration, Endpoints, Registration,
};
use grantlab_core::http::Origin;
use grantlab_core::message::SigningKey;
use grantlab_core::resource_server::Configuration as ResourceConfiguration;
use grantlab_core::text::Text;
use grantlab_core::value::{Issuer, Malformed};

use crate::profile::{Profile, Scale};

/// What the resource `userinfo` asks of a token (OpenID Connect Core §5.3.1).
const USERINFO_SCOPE: &str = "openid";

/// Where metadata is, before the path of the issuer (RFC 8414 §3.1).
pub(super) const METADATA: &str = "/.well-known/oauth-authorization-server";

/// Where OpenID Connect puts it: behind the path of the issuer (OpenID Connect Discovery §4.1), or before it.
pub(super) const OPENID: &str = "/.well-known/openid-configuration";

/// The name of the key that is published.
pub(super) const KEY_ID: &str = "serve-key";

/// The machines' configurations.
pub(super) struct Configurations {
    pub(super) server: Arc<ServerConfiguration>,
    pub(super) resource: Arc<ResourceConfiguration>,
    pub(super) userinfo: Arc<ResourceConfiguration>,
    /// Records of each kind that the store keeps.
    pub(super) store_records_max: usize,
}

/// Where an issuer is: an origin, and the first segment of its paths, empty for the issuer without one.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) origin: &'a Origin,
    pub(super) segment: &'a str,
}

impl Place<'_> {
    /// What every path of this issuer begins with.
    pub(super) fn prefix(self) -> String {
        match self.segment {
            "" => String::new(),
            segment => format!("/{segment}"),
        }
    }

    /// The issuer identifier (RFC 8414 §2).
    pub(super) fn issuer(self) -> String {
        format!("{}{}", self.origin, self.prefix())
    }
}

impl Configurations {
    /// The configurations of the issuer at `place`.
    ///
    /// # Errors
    /// A text of the profile, or the origin, is not what it should be.
    pub(super) fn new(
        profile: &Profile,
        place: Place<'_>,
        clients: &[Registration],
        key: [u8; 32],
    ) -> Result<Self, Malformed> {
        let setup = profile.setup(&Scale::SMALL)?;
        let missing = Malformed {
            position: 0,
            expected: "a profile with a server and a resource",
        };
        let (Some(server), Some(resource)) = (setup.servers.first(), setup.resources.first())
        else {
            return Err(missing);
        };
        let issuer = Issuer::new(place.issuer())?;
        let mut told = ServerConfiguration::clone(&server.configuration);
        told.clients.retain(|client| client.introspects);
        told.clients.splice(0..0, clients.iter().cloned());
        told.issuer = issuer.clone();
        told.origin = place.origin.clone();
        told.endpoints = moved(&told.endpoints, &place);
        told.signing_key = told.signing_key.map(|_| SigningKey::from_seed(KEY_ID, key));
        let at = |path: &Text| Text::from(format!("{}{}", place.prefix(), path));
        let mut kept = ResourceConfiguration::clone(&resource.configuration);
        kept.origin = place.origin.clone();
        kept.path = at(&kept.path);
        kept.introspection_endpoint =
            Text::from(format!("{}{}", place.origin, told.endpoints.introspection));
        kept.issuer = issuer;
        let userinfo = ResourceConfiguration {
            path: at(&Text::new("/userinfo")),
            realm: Text::new("userinfo"),
            required_scope: Some(Text::new(USERINFO_SCOPE)),
            ..kept.clone()
        };
        Ok(Self {
            server: Arc::new(told),
            resource: Arc::new(kept),
            userinfo: Arc::new(userinfo),
            store_records_max: server.store_records_max,
        })
    }
}

/// The endpoints below the issuer's path; the metadata around it (RFC 8414 §3.1).
fn moved(endpoints: &Endpoints, place: &Place<'_>) -> Endpoints {
    let prefix = place.prefix();
    let at = |path: &Text| Text::from(format!("{prefix}{path}"));
    Endpoints {
        authorization: at(&endpoints.authorization),
        login: at(&endpoints.login),
        consent: at(&endpoints.consent),
        token: at(&endpoints.token),
        revocation: at(&endpoints.revocation),
        introspection: at(&endpoints.introspection),
        pushed_requests: at(&endpoints.pushed_requests),
        registration: at(&endpoints.registration),
        metadata: Text::from(format!("{METADATA}{prefix}")),
        jwks: at(&endpoints.jwks),
    }
}
