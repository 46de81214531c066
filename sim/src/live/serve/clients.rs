//! Which clients a server knows: some that are always there, and those of a file.

use grantlab_core::authorization_server::registration::Registration;
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, Malformed, RedirectionUri, ResponseMode,
    ResponseType, Scope,
};
use serde::Deserialize;

use crate::document::{Document, Step};
use crate::input_error::{InputError, SourceText};

/// What a client may ask for unless its file says otherwise.
pub const USUAL_SCOPE: &str = "openid email offline_access read write";

/// Where the responses to the clients that are always there may go, unless they are told otherwise.
pub const USUAL_REDIRECT_URIS: [&str; 2] = ["http://127.0.0.1:8085/cb", "http://localhost:8085/cb"];

/// Clients of a file at most.
const CLIENTS_MAX: usize = 64;

/// A client as a file states it, with the names of RFC 7591 §2.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientFile {
    client_id: String,
    #[serde(default)]
    client_secret: Option<String>,
    redirect_uris: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_method: Option<AuthMethod>,
    #[serde(default)]
    scope: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AuthMethod {
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

/// Reads a file with an array of clients.
///
/// # Errors
/// The first mistake, with its place and what is allowed there.
pub fn read(source: SourceText) -> Result<Vec<Registration>, InputError> {
    let (document, files): (Document, Vec<ClientFile>) = Document::read(source)?;
    if files.len() > CLIENTS_MAX {
        let problem = format!("more than {CLIENTS_MAX} clients");
        return Err(document.mistake(&[], problem));
    }
    let read = |(place, file): (usize, &ClientFile)| {
        file.registration().map_err(|(member, malformed)| {
            let path = [Step::Item(place), Step::Member(member.to_owned())];
            document.mistake(&path, malformed.to_string())
        })
    };
    files.iter().enumerate().map(read).collect()
}

impl ClientFile {
    fn registration(&self) -> Result<Registration, (&'static str, Malformed)> {
        let at = |member| move |malformed: Malformed| (member, malformed);
        let secret = self.client_secret.as_deref().map(ClientSecret::new);
        let uris = self.redirect_uris.iter();
        let authentication = match (self.token_endpoint_auth_method, &self.client_secret) {
            (Some(AuthMethod::ClientSecretBasic), _) => vec![ClientAuthenticationMethod::Basic],
            (Some(AuthMethod::ClientSecretPost), _) => vec![ClientAuthenticationMethod::Form],
            (Some(AuthMethod::None), _) | (None, None) => vec![ClientAuthenticationMethod::None],
            (None, Some(_)) => BOTH.to_vec(),
        };
        Ok(registration(
            ClientId::new(self.client_id.as_str()).map_err(at("client_id"))?,
            secret.transpose().map_err(at("client_secret"))?,
            authentication,
            uris.map(|uri| RedirectionUri::new(uri.as_str()))
                .collect::<Result<_, _>>()
                .map_err(at("redirect_uris"))?,
            Scope::new(self.scope.as_deref().unwrap_or(USUAL_SCOPE)).map_err(at("scope"))?,
        ))
    }
}

/// What a client with a secret may do with it.
const BOTH: [ClientAuthenticationMethod; 2] = [
    ClientAuthenticationMethod::Basic,
    ClientAuthenticationMethod::Form,
];

/// The clients that are always there: one with a secret, one that is public, and one whose name and secret hold what
/// form encoding changes (RFC 6749 §2.3.1).
///
/// # Errors
/// A redirection URI is none.
pub fn usual(redirect_uris: &[String]) -> Result<Vec<Registration>, Malformed> {
    let uris = redirect_uris
        .iter()
        .map(|uri| RedirectionUri::new(uri.as_str()))
        .collect::<Result<Vec<_>, _>>()?;
    let scope = Scope::new(USUAL_SCOPE)?;
    let with = |id: &str, secret: Option<&str>, ways: &[ClientAuthenticationMethod]| {
        let secret = secret.map(ClientSecret::new).transpose()?;
        let id = ClientId::new(id)?;
        Ok(registration(
            id,
            secret,
            ways.to_vec(),
            uris.clone(),
            scope.clone(),
        ))
    };
    Ok(vec![
        with("web", Some("secret-of-web"), &BOTH)?,
        with("native", None, &[ClientAuthenticationMethod::None])?,
        with("odd/id+1", Some("s%25:a+b c&d=e/x"), &BOTH)?,
    ])
}

fn registration(
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    authentication: Vec<ClientAuthenticationMethod>,
    redirect_uris: Vec<RedirectionUri>,
    scope: Scope,
) -> Registration {
    Registration {
        client_id,
        client_secret,
        authentication,
        redirect_uris,
        response_types: vec![ResponseType::CODE, ResponseType::CODE_ID_TOKEN],
        response_modes: vec![
            ResponseMode::Query,
            ResponseMode::Fragment,
            ResponseMode::FormPost,
        ],
        code_grant: true,
        refresh_grant: true,
        scope,
        introspects: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        read(SourceText::new("clients.json", text))
            .unwrap_err()
            .render(false)
    }

    #[test]
    fn a_file_says_who_the_clients_are() {
        let text = r#"[{"client_id": "a", "client_secret": "s", "redirect_uris": ["https://a.example/cb"]},
            {"client_id": "b", "redirect_uris": ["http://127.0.0.1/cb"], "scope": "openid"}]"#;
        let clients = read(SourceText::new("clients.json", text)).unwrap();
        assert_eq!(clients[0].authentication, BOTH);
        assert!(clients[0].is_confidential() && !clients[1].is_confidential());
        assert_eq!(clients[1].scope.as_str(), "openid");
    }

    #[test]
    fn a_mistake_is_shown_in_its_place() {
        let said = mistake(r#"[{"client_id": "a", "redirect_uris": ["/cb"]}]"#);
        assert!(said.contains("clients.json:1:38"), "{said}");
        let said = mistake(r#"[{"client_id": "a", "redirect_uri": []}]"#);
        assert!(said.contains("unknown member `redirect_uri`"), "{said}");
        assert!(said.contains("did you mean `redirect_uris`?"), "{said}");
    }

    #[test]
    fn somebody_is_always_there() {
        let uris = USUAL_REDIRECT_URIS.map(str::to_owned);
        assert_eq!(usual(&uris).unwrap().len(), 3);
        assert!(usual(&["cb".to_owned()]).is_err());
    }
}
