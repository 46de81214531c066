//! Any value of every message, and anything at all.

use grantlab_core::http::Fields;
use grantlab_core::json::Json;
use grantlab_core::message::{
    AccessTokenRequest, AccessTokenResponse, AuthorizationError, AuthorizationRequest,
    AuthorizationResponse, ClientCredentials, CredentialsIn, Grant, IdToken, IntrospectionRequest,
    IntrospectionResponse, Metadata, Outcome, PushedAuthorizationResponse, ResourceRequest,
    RevocationRequest, SignedIdToken, TokenError, TokenScheme,
};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{
    AccessToken, AuthorizationCode, ClientId, ClientSecret, CodeChallenge, CodeChallengeMethod,
    CodeVerifier, Confirmation, GrantType, Issuer, Malformed, Nonce, Prompt, RedirectionUri,
    RefreshToken, RequestUri, ResponseMode, ResponseType, Scope, State, Subject, Thumbprint,
    TokenType,
};
use proptest::option::of;
use proptest::prelude::*;

/// Seconds that milliseconds can count.
const SECONDS_MAX: u64 = u64::MAX / 1000;

fn value<T: std::fmt::Debug>(
    pattern: &'static str,
    new: fn(Text) -> Result<T, Malformed>,
) -> impl Strategy<Value = T> {
    pattern.prop_map(move |text| new(Text::from(text)).unwrap())
}

/// One or more `VSCHAR`.
fn printable<T: std::fmt::Debug>(
    new: fn(Text) -> Result<T, Malformed>,
) -> impl Strategy<Value = T> {
    value("[ -~]{1,60}", new)
}

fn text(pattern: &'static str) -> impl Strategy<Value = Text> {
    pattern.prop_map(Text::from)
}

fn scope() -> impl Strategy<Value = Scope> {
    value("[!#-\\[\\]-~]{1,9}( [!#-\\[\\]-~]{1,9}){0,3}", Scope::new)
}

fn issuer() -> impl Strategy<Value = Issuer> {
    value(
        "https?://[a-z.]{1,20}(:[0-9]{1,4})?(/[a-z]{1,9})?",
        Issuer::new,
    )
}

fn redirect_uri() -> impl Strategy<Value = RedirectionUri> {
    value("[a-z][a-z0-9+.-]{0,6}:[^#]{1,60}", RedirectionUri::new)
}

fn url() -> impl Strategy<Value = Text> {
    text("https://[!-~]{1,40}")
}

fn whole_seconds() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..4_000_000_000, Just(SECONDS_MAX)]
}

fn span() -> impl Strategy<Value = Span> {
    whole_seconds().prop_map(Span::from_seconds)
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    whole_seconds().prop_map(Timestamp::from_seconds)
}

fn signed() -> impl Strategy<Value = SignedIdToken> {
    printable(SignedIdToken::new)
}

prop_compose! {
    pub(crate) fn authorization_request()(
        words in prop::sample::select(vec![
            "code", "code id_token", "code token", "code id_token token", "id_token", "token",
            "id_token token",
        ]),
        client_id in printable(ClientId::new),
        redirect_uri in of(redirect_uri()),
        scope in of(scope()),
        state in of(printable(State::new)),
        code_challenge in of(printable(CodeChallenge::new)),
        code_challenge_method in of(prop::sample::select(vec![
            CodeChallengeMethod::Plain, CodeChallengeMethod::S256,
        ])),
        nonce in of(printable(Nonce::new)),
        response_mode in of(prop::sample::select(vec![
            ResponseMode::Query, ResponseMode::Fragment, ResponseMode::FormPost,
            ResponseMode::WebMessage,
        ])),
        prompt in of(prop::sample::select(vec![Prompt::None, Prompt::Login, Prompt::Consent])),
        expected in (of(any::<u32>()), of(signed())),
        request_uri in of(printable(RequestUri::new)),
    ) -> AuthorizationRequest {
        AuthorizationRequest {
            response_type: ResponseType::read(words).unwrap(),
            client_id,
            redirect_uri,
            scope,
            state,
            code_challenge,
            code_challenge_method,
            nonce,
            response_mode,
            prompt,
            max_age: expected.0.map(|seconds| Span::from_seconds(seconds.into())),
            id_token_hint: expected.1,
            request_uri,
        }
    }
}

/// `error`, `error_description` and `error_uri`.
fn error_words() -> impl Strategy<Value = (Text, Option<Text>, Option<Text>)> {
    (
        text("[ !#-\\[\\]-~]{1,30}"),
        of(text("[ !#-\\[\\]-~]{1,80}")),
        of(text("[!#-\\[\\]-~]{1,80}")),
    )
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let granted = (
        printable(AuthorizationCode::new),
        of(signed()),
        of(printable(AccessToken::new)),
    );
    prop_oneof![
        granted.prop_map(|(code, id_token, access_token)| Outcome::Granted {
            code,
            id_token,
            access_token,
        }),
        error_words().prop_map(|(error, error_description, error_uri)| {
            Outcome::Refused(AuthorizationError {
                error,
                error_description,
                error_uri,
            })
        }),
    ]
}

prop_compose! {
    pub(crate) fn authorization_response()(
        outcome in outcome(),
        state in of(printable(State::new)),
        iss in of(issuer()),
    ) -> AuthorizationResponse {
        AuthorizationResponse { outcome, state, iss }
    }
}

prop_compose! {
    fn credentials_in_header()(
        client_id in printable(ClientId::new),
        client_secret in of(printable(ClientSecret::new)),
        client_id_in_body in of(printable(ClientId::new)),
        client_secret_in_body in of(printable(ClientSecret::new)),
    ) -> ClientCredentials {
        ClientCredentials {
            client_id,
            via: CredentialsIn::Header,
            client_id_in_body,
            client_secret_in_body,
            empty_secret: client_secret.is_none(),
            client_secret,
        }
    }
}

prop_compose! {
    fn credentials_in_body()(
        client_id in printable(ClientId::new),
        client_secret in of(printable(ClientSecret::new)),
        says_empty in any::<bool>(),
    ) -> ClientCredentials {
        ClientCredentials {
            empty_secret: says_empty && client_secret.is_none(),
            ..ClientCredentials::body(client_id, client_secret)
        }
    }
}

pub(crate) fn client() -> impl Strategy<Value = Option<ClientCredentials>> {
    of(prop_oneof![credentials_in_header(), credentials_in_body()])
}

prop_compose! {
    fn authorization_code_grant()(
        code in printable(AuthorizationCode::new),
        redirect_uri in of(redirect_uri()),
        code_verifier in of(printable(CodeVerifier::new)),
        says_empty in any::<bool>(),
    ) -> Grant {
        Grant::AuthorizationCode {
            code,
            redirect_uri,
            empty_verifier: says_empty && code_verifier.is_none(),
            code_verifier,
        }
    }
}

fn grant() -> impl Strategy<Value = Grant> {
    let refresh = (printable(RefreshToken::new), of(scope()));
    prop_oneof![
        authorization_code_grant(),
        refresh.prop_map(|(refresh_token, scope)| Grant::RefreshToken {
            refresh_token,
            scope,
        }),
        text("(client_credentials|password|urn:[ -~]{1,40})")
            .prop_map(|word| Grant::Other(GrantType::read(&word))),
    ]
}

prop_compose! {
    pub(crate) fn access_token_request()(
        client in client(),
        grant in grant(),
    ) -> AccessTokenRequest {
        AccessTokenRequest { client, grant }
    }
}

prop_compose! {
    pub(crate) fn access_token_response()(
        access_token in printable(AccessToken::new),
        token_type in printable(TokenType::new),
        expires_in in of(span()),
        refresh_token in of(printable(RefreshToken::new)),
        scope in of(scope()),
        id_token in of(signed()),
        extra in prop::collection::btree_map("x_[a-z]{0,6}", any_json(), 0..4),
    ) -> AccessTokenResponse {
        AccessTokenResponse {
            access_token,
            token_type,
            expires_in,
            refresh_token,
            scope,
            id_token,
            extra: extra.into_iter().rev().map(|(name, json)| (name.into(), json)).collect(),
        }
    }
}

pub(crate) fn token_error() -> impl Strategy<Value = TokenError> {
    error_words().prop_map(|(error, error_description, error_uri)| TokenError {
        error,
        error_description,
        error_uri,
    })
}

/// A token that Bearer can carry (RFC 6750 §2.1).
pub(crate) fn resource_request() -> impl Strategy<Value = ResourceRequest> {
    of(value("[A-Za-z0-9._~+/-]{1,60}={0,2}", AccessToken::new)).prop_map(|access_token| {
        ResourceRequest {
            access_token,
            scheme: TokenScheme::Bearer,
        }
    })
}

prop_compose! {
    pub(crate) fn revocation_request()(
        client in client(),
        token in text("\\PC{1,60}"),
        token_type_hint in of(text("\\PC{1,20}")),
    ) -> RevocationRequest {
        RevocationRequest { client, token, token_type_hint }
    }
}

pub(crate) fn introspection_request() -> impl Strategy<Value = IntrospectionRequest> {
    revocation_request().prop_map(|same| IntrospectionRequest {
        client: same.client,
        token: same.token,
        token_type_hint: same.token_type_hint,
    })
}

fn confirmation() -> impl Strategy<Value = Confirmation> {
    (any::<[u8; 8]>(), any::<bool>()).prop_map(|(octets, key)| {
        let thumbprint = Thumbprint::of(&octets);
        if key {
            Confirmation::Key(thumbprint)
        } else {
            Confirmation::Certificate(thumbprint)
        }
    })
}

prop_compose! {
    fn active()(
        client_id in printable(ClientId::new),
        sub in printable(Subject::new),
        scope in of(scope()),
        exp in of(timestamp()),
        iss in issuer(),
        cnf in of(confirmation()),
    ) -> IntrospectionResponse {
        IntrospectionResponse::Active {
            client_id,
            sub,
            scope: scope.unwrap_or(Scope::NONE),
            exp,
            iss,
            cnf,
        }
    }
}

pub(crate) fn introspection_response() -> impl Strategy<Value = IntrospectionResponse> {
    prop_oneof![Just(IntrospectionResponse::Inactive), active()]
}

prop_compose! {
    pub(crate) fn pushed_authorization_response()(
        request_uri in printable(RequestUri::new),
        seconds in 1..=SECONDS_MAX,
    ) -> PushedAuthorizationResponse {
        PushedAuthorizationResponse { request_uri, expires_in: Span::from_seconds(seconds) }
    }
}

fn texts() -> impl Strategy<Value = Vec<Text>> {
    prop::collection::vec(text("\\PC{0,9}"), 0..3)
}

prop_compose! {
    pub(crate) fn metadata()(
        issuer in issuer(),
        endpoints in (url(), url()),
        more_endpoints in (of(url()), of(url()), of(url()), of(url()), of(url())),
        lists in (texts(), texts(), texts(), texts(), texts(), texts(), texts()),
        flags in any::<[bool; 2]>(),
    ) -> Metadata {
        Metadata {
            issuer,
            authorization_endpoint: endpoints.0,
            token_endpoint: endpoints.1,
            revocation_endpoint: more_endpoints.0,
            introspection_endpoint: more_endpoints.1,
            pushed_authorization_request_endpoint: more_endpoints.2,
            registration_endpoint: more_endpoints.3,
            jwks_uri: more_endpoints.4,
            scopes_supported: lists.0,
            response_types_supported: lists.1,
            response_modes_supported: lists.2,
            grant_types_supported: lists.3,
            token_endpoint_auth_methods_supported: lists.4,
            code_challenge_methods_supported: lists.5,
            dpop_signing_alg_values_supported: lists.6,
            tls_client_certificate_bound_access_tokens: flags[0],
            authorization_response_iss_parameter_supported: flags[1],
        }
    }
}

prop_compose! {
    pub(crate) fn id_token()(
        iss in issuer(),
        sub in printable(Subject::new),
        aud in printable(ClientId::new),
        moments in (timestamp(), timestamp(), of(timestamp())),
        nonce in of(printable(Nonce::new)),
        more in (of(text("\\PC{0,50}")), of(text("\\PC{0,50}")), of(text("\\PC{0,50}"))),
    ) -> IdToken {
        IdToken {
            iss,
            sub,
            aud,
            exp: moments.0,
            iat: moments.1,
            auth_time: moments.2,
            nonce,
            c_hash: more.0,
            at_hash: more.1,
            email: more.2,
        }
    }
}

/// Names and values among which the right ones are likely, and repeats too.
pub(crate) fn any_fields(names: &'static [&'static str]) -> impl Strategy<Value = Fields> {
    let name = prop_oneof![
        9 => prop::sample::select(names).prop_map(String::from),
        1 => any::<String>(),
    ];
    let value = prop_oneof![
        prop::sample::select(WORDS).prop_map(String::from),
        any::<String>(),
    ];
    prop::collection::vec((name, value), 0..12).prop_map(|pairs| {
        let pairs = pairs.into_iter();
        Fields(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    })
}

/// Values that some parameter likes.
const WORDS: &[&str] = &[
    "",
    "code",
    "code id_token",
    "authorization_code",
    "refresh_token",
    "https://client.example/cb",
    "S256",
    "query",
    "none",
    "Bearer",
    "openid",
];

/// An `Authorization`, often of the right shape.
pub(crate) fn any_authorization() -> impl Strategy<Value = Option<Text>> {
    of(prop_oneof![
        text("(Basic|Bearer|bearer|basic) [A-Za-z0-9+/]{0,20}={0,2}"),
        any::<String>().prop_map(Text::from),
    ])
}

/// Any JSON, as deep as three levels.
pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    json_named(any::<String>().boxed())
}

/// A JSON object among whose members the right ones are likely, and repeats too.
pub(crate) fn any_object(names: &'static [&'static str]) -> impl Strategy<Value = Json> {
    let name = prop::sample::select(names).prop_map(String::from);
    let pairs = prop::collection::vec((name, any_json()), 0..9);
    prop_oneof![
        9 => pairs.prop_map(|pairs| {
            Json::Object(pairs.into_iter().map(|(name, json)| (name.into(), json)).collect())
        }),
        1 => any_json(),
    ]
}

fn json_named(name: BoxedStrategy<String>) -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,3})?([eE][0-9]{1,2})?"
            .prop_map(|digits| Json::Number(digits.into())),
        prop::sample::select(WORDS).prop_map(Json::from),
        any::<String>().prop_map(|text| Json::String(text.into())),
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        let pair = (name.clone(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Json::Array),
            prop::collection::vec(pair, 0..4).prop_map(|pairs| {
                Json::Object(
                    pairs
                        .into_iter()
                        .map(|(name, json)| (name.into(), json))
                        .collect(),
                )
            }),
        ]
    })
}
