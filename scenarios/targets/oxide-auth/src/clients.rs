//! The clients of the lab, registered as the library's documentation asks: redirection URIs compared verbatim.
use oxide_auth::primitives::registrar::{
    Client, ClientMap, ExactUrl, IgnoreLocalPortUrl, PasswordPolicy, RegisteredUrl, RegistrarError,
};
use oxide_auth::primitives::scope::Scope;

pub fn scope() -> Scope {
    "profile email"
        .parse()
        .unwrap_or_else(|_| unreachable!("two words are a scope"))
}

/// What the resource asks of a token.
pub fn needed() -> Scope {
    "profile"
        .parse()
        .unwrap_or_else(|_| unreachable!("one word is a scope"))
}

fn exact(uri: &str) -> RegisteredUrl {
    match ExactUrl::new(uri.to_owned()) {
        Ok(exact) => RegisteredUrl::Exact(exact),
        Err(error) => unreachable!("{uri}: {error}"),
    }
}

/// The library's own variant for native clients.
fn loopback(uri: &str) -> RegisteredUrl {
    match IgnoreLocalPortUrl::new(uri) {
        Ok(local) => RegisteredUrl::IgnorePortOnLocalhost(local),
        Err(error) => unreachable!("{uri}: {error}"),
    }
}

/// Secrets as they are. The library's default, Argon2, costs a third of a second for each request.
struct Plain;

impl PasswordPolicy for Plain {
    fn store(&self, _client_id: &str, passphrase: &[u8]) -> Vec<u8> {
        passphrase.to_vec()
    }

    fn check(&self, _: &str, passphrase: &[u8], stored: &[u8]) -> Result<(), RegistrarError> {
        if passphrase == stored {
            Ok(())
        } else {
            Err(RegistrarError::Unspecified)
        }
    }
}

pub fn registered() -> ClientMap {
    let mut map = ClientMap::new();
    map.set_password_policy(Plain);
    let confidential = |id: &str, uri: &str, secret: &str| {
        Client::confidential(id, exact(uri), scope(), secret.as_bytes())
    };
    let many = confidential(
        "many",
        "https://many.example/cb",
        "many-secret-3d9a7c50e1f24b688d9a7c50e1f24b68",
    );
    let clients = [
        confidential(
            "app",
            "https://client.example/cb",
            "app-secret-5b1f0c3e9a7d4826b1f0c3e9a7d48265",
        ),
        many.with_additional_redirect_uris(vec![exact("https://many.example/other?tenant=1")]),
        Client::public("native", loopback("http://127.0.0.1:8910/cb"), scope()),
        confidential(
            "second",
            "https://second.example/cb",
            "second-secret-70c2d4be96f14a3ab0c2d4be96f14a3a",
        ),
        confidential("odd/id+1", "https://odd.example/cb", "s%25:a+b c&d=e/x"),
        Client::public("phone", exact("com.example.phone:/cb"), scope()),
    ];
    for client in clients {
        map.register_client(client);
    }
    map
}
