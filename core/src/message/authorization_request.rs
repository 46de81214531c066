//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).

use crate::http::Fields;
use crate::message::parameters::push_optional;
use crate::message::{MessageError, Parameters, Repeats};
use crate::value::{
    ClientId, CodeChallenge, CodeChallengeMethod, Nonce, Prompt, RedirectionUri, RequestUri,
    ResponseMode, ResponseType, Scope, State,
};

/// What the client asks of the authorization endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// What is wanted.
    pub response_type: ResponseType,
    /// By whom.
    pub client_id: ClientId,
    /// Where the answer goes; if absent, where the registration says (§3.1.2.3).
    pub redirect_uri: Option<RedirectionUri>,
    /// What the token shall open; if absent, a default (§3.3).
    pub scope: Option<Scope>,
    /// What comes back unchanged.
    pub state: Option<State>,
    /// RFC 7636 §4.3.
    pub code_challenge: Option<CodeChallenge>,
    /// RFC 7636 §4.3; if absent, `plain`.
    pub code_challenge_method: Option<CodeChallengeMethod>,
    /// OpenID Connect Core §3.1.2.1.
    pub nonce: Option<Nonce>,
    /// Multiple Response Types §2.1; if absent, the response type's own.
    pub response_mode: Option<ResponseMode>,
    /// OpenID Connect Core §3.1.2.1.
    pub prompt: Option<Prompt>,
    /// RFC 9126 §4: the request was pushed before.
    pub request_uri: Option<RequestUri>,
}

impl AuthorizationRequest {
    /// RFC 6749 §3.1 (MUST): no parameter twice, an empty one as none, unknown ones ignored.
    ///
    /// # Errors
    /// The first fault in this order, which is the order in which it decides where an error may go: `client_id`
    /// and `redirect_uri`, then `state`, then the rest. A word that nobody defined is
    /// [`Malformed`](crate::value::Malformed), and the parameter's name tells which rule it breaks.
    pub fn parse(fields: &Fields, repeats: Repeats) -> Result<Self, MessageError> {
        let parameters = Parameters::new(fields, repeats);
        let client_id = parameters.required_value("client_id", ClientId::new)?;
        let redirect_uri = parameters.optional_value("redirect_uri", RedirectionUri::new)?;
        let state = parameters.optional_value("state", State::new)?;
        Ok(Self {
            response_type: parameters
                .optional_word(
                    "response_type",
                    "code, id_token and token, each once",
                    ResponseType::read,
                )?
                .ok_or(MessageError::missing("response_type"))?,
            client_id,
            redirect_uri,
            scope: parameters.optional_value("scope", Scope::new)?,
            state,
            code_challenge: parameters.optional_value("code_challenge", CodeChallenge::new)?,
            code_challenge_method: parameters.optional_word(
                "code_challenge_method",
                "plain or S256",
                CodeChallengeMethod::read,
            )?,
            nonce: parameters.optional_value("nonce", Nonce::new)?,
            response_mode: parameters.optional_word(
                "response_mode",
                "query, fragment, form_post or web_message",
                ResponseMode::read,
            )?,
            prompt: parameters.optional_word("prompt", "none, login or consent", Prompt::read)?,
            request_uri: parameters.optional_value("request_uri", RequestUri::new)?,
        })
    }

    /// The parameters in the order of RFC 6749 §4.1.1 and its extensions.
    #[must_use]
    pub fn write(&self) -> Fields {
        let mut fields = Fields::EMPTY
            .with("response_type", self.response_type.as_str())
            .with("client_id", self.client_id.as_str());
        for (name, value) in [
            (
                "redirect_uri",
                self.redirect_uri.as_ref().map(RedirectionUri::as_str),
            ),
            ("scope", self.scope.as_ref().map(Scope::as_str)),
            ("state", self.state.as_ref().map(State::as_str)),
            (
                "code_challenge",
                self.code_challenge.as_ref().map(CodeChallenge::as_str),
            ),
            (
                "code_challenge_method",
                self.code_challenge_method.map(CodeChallengeMethod::as_str),
            ),
            ("nonce", self.nonce.as_ref().map(Nonce::as_str)),
            (
                "response_mode",
                self.response_mode.map(ResponseMode::as_str),
            ),
            ("prompt", self.prompt.map(Prompt::as_str)),
            (
                "request_uri",
                self.request_uri.as_ref().map(RequestUri::as_str),
            ),
        ] {
            push_optional(&mut fields, name, value);
        }
        fields
    }
}
