//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).

use alloc::string::ToString as _;

use crate::http::Fields;
use crate::message::parameters::push_optional;
use crate::message::{MessageError, Parameters, Repeats, SignedIdToken};
use crate::text::Text;
use crate::time::Span;
use crate::value::{
    ClientId, CodeChallenge, CodeChallengeMethod, Malformed, Nonce, Prompt, RedirectionUri,
    RequestUri, ResponseMode, ResponseType, Scope, State,
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
    /// How long ago the owner may have logged in, in whole seconds (OpenID Connect Core §3.1.2.1).
    pub max_age: Option<Span>,
    /// Who is expected to be there (OpenID Connect Core §3.1.2.1).
    pub id_token_hint: Option<SignedIdToken>,
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
        Self::parse_rest(&parameters, client_id, redirect_uri)
    }

    /// The same, once it is known who asks and where the answer goes.
    pub(crate) fn parse_rest(
        parameters: &Parameters<'_>,
        client_id: ClientId,
        redirect_uri: Option<RedirectionUri>,
    ) -> Result<Self, MessageError> {
        let state = parameters.optional_value("state", State::new)?;
        Ok(Self {
            response_type: parameters
                .optional_word(
                    "response_type",
                    "code, id_token and token, each once",
                    ResponseType::read,
                )?
                .ok_or_else(|| MessageError::missing("response_type"))?,
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
            max_age: parameters.optional_value("max_age", seconds)?,
            id_token_hint: parameters.optional_value("id_token_hint", SignedIdToken::new)?,
            request_uri: parameters.optional_value("request_uri", RequestUri::new)?,
        })
    }

    /// The parameters in the order of RFC 6749 §4.1.1 and its extensions.
    #[must_use]
    pub fn write(&self) -> Fields {
        let max_age = self.max_age.map(|age| age.seconds().to_string());
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
            ("max_age", max_age.as_deref()),
            (
                "id_token_hint",
                self.id_token_hint.as_ref().map(|token| token.0.as_str()),
            ),
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

/// A number of seconds: digits, and few enough of them to count with.
fn seconds(text: Text) -> Result<Span, Malformed> {
    let malformed = |position| Malformed {
        position,
        expected: "a number of seconds",
    };
    if let Some(position) = text
        .as_str()
        .bytes()
        .position(|octet| !octet.is_ascii_digit())
    {
        return Err(malformed(position));
    }
    match text.as_str().parse::<u32>() {
        Ok(seconds) => Ok(Span::from_seconds(seconds.into())),
        Err(_) => Err(malformed(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MessageFault;
    use crate::wire::form;
    use alloc::string::String;

    fn parse(query: &str, repeats: Repeats) -> Result<AuthorizationRequest, MessageError> {
        AuthorizationRequest::parse(&form::parse(query.as_bytes()).unwrap(), repeats)
    }

    #[test]
    fn the_example_of_rfc_6749_4_1_1() {
        let query = "response_type=code&client_id=s6BhdRkqt3&redirect_uri=\
                     https%3A%2F%2Fclient.example.com%2Fcb&state=xyz";
        let request = parse(query, Repeats::Refuse).unwrap();
        assert_eq!(request.response_type, ResponseType::CODE);
        assert_eq!(request.client_id.as_str(), "s6BhdRkqt3");
        let redirect_uri = request.redirect_uri.as_ref().map(RedirectionUri::as_str);
        assert_eq!(redirect_uri, Some("https://client.example.com/cb"));
        let mut written = String::new();
        form::write(&request.write(), &mut written);
        assert_eq!(written, query);
    }

    #[test]
    fn empty_is_absent_and_unknown_is_ignored() {
        let bare = parse("response_type=code&client_id=c", Repeats::Refuse).unwrap();
        let noisy = "response_type=code&client_id=c&redirect_uri=&scope=&state=&code_challenge=\
                     &code_challenge_method=&nonce=&response_mode=&prompt=&max_age=&id_token_hint=\
                     &request_uri=&x=1&x=2";
        assert_eq!(parse(noisy, Repeats::Refuse), Ok(bare));
    }

    #[test]
    fn the_name_of_a_fault_tells_its_rule() {
        use MessageFault::{Missing, Repeated};
        let good = "response_type=code&client_id=c&";
        for (query, parameter, fault) in [
            ("response_type=code", "client_id", Some(Missing)),
            ("response_type=code&client_id=", "client_id", Some(Missing)),
            ("client_id=c", "response_type", Some(Missing)),
            ("client_id=c&response_type=", "response_type", Some(Missing)),
            ("client_id=c&response_type=codes", "response_type", None),
            ("client_id=c&response_type=code+code", "response_type", None),
            ("client_id=c&response_type=Code", "response_type", None),
            (
                "client_id=c&client_id=c&response_type=code",
                "client_id",
                Some(Repeated),
            ),
            ("client_id=%C3%A9&response_type=code", "client_id", None),
        ] {
            let error = parse(query, Repeats::Refuse).unwrap_err();
            assert_eq!(error.parameter, parameter, "{query}");
            assert!(fault.is_none_or(|fault| fault == error.fault), "{query}");
        }
        for (rest, parameter) in [
            ("redirect_uri=%2Fcb", "redirect_uri"),
            ("redirect_uri=https://c/%23f", "redirect_uri"),
            ("scope=a++b", "scope"),
            ("scope=%22", "scope"),
            ("state=%00", "state"),
            ("code_challenge=%0A", "code_challenge"),
            ("code_challenge_method=s256", "code_challenge_method"),
            ("nonce=%7F", "nonce"),
            ("response_mode=jwt", "response_mode"),
            ("prompt=select_account", "prompt"),
            ("max_age=-1", "max_age"),
            ("max_age=1.5", "max_age"),
            ("max_age=99999999999999999999", "max_age"),
            ("id_token_hint=%0A", "id_token_hint"),
            ("request_uri=%0D", "request_uri"),
        ] {
            let error = parse(&(String::from(good) + rest), Repeats::Refuse).unwrap_err();
            assert_eq!(error.parameter, parameter, "{rest}");
            assert!(matches!(error.fault, MessageFault::Malformed(_)), "{rest}");
        }
    }

    #[test]
    fn what_is_expected_of_the_owner_is_read_and_written() {
        let query = "response_type=code&client_id=c&max_age=0&id_token_hint=a.b.c";
        let request = parse(query, Repeats::Refuse).unwrap();
        assert_eq!(request.max_age, Some(Span::ZERO));
        let mut written = String::new();
        form::write(&request.write(), &mut written);
        assert_eq!(written, query);
    }

    /// What decides where an error may go is looked at before what can only be told by redirect.
    #[test]
    fn faults_come_in_the_order_of_their_destinations() {
        let mut query = String::from("client_id=%01&redirect_uri=cb&state=%01&response_type=x");
        for (fault, cure) in [
            ("client_id", "client_id=c"),
            ("redirect_uri", "redirect_uri=https://c"),
            ("state", "state=s"),
            ("response_type", "response_type=code"),
        ] {
            assert_eq!(parse(&query, Repeats::Last).unwrap_err().parameter, fault);
            query = query + "&" + cure;
        }
        assert!(parse(&query, Repeats::Last).is_ok());
    }
}
