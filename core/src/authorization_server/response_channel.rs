//! What the client asks for and how the answer travels: response type and response mode.

use super::AuthorizationServer;
use super::policy::{ResponseModes, ResponseTypes};
use super::proof::proof;
use super::redirect_matching::is_registered;
use super::registration::Registration;
use super::transaction::Channel;
use crate::message::{AuthorizationRequest, Parameters};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::{RedirectionUri, ResponseMode, ResponseType, State};

proof! {
    /// The server has what is asked for.
    ResponseTypeKnown
}
proof! {
    /// The client may ask for it.
    waivable ResponseTypeRegistered
}
proof! {
    /// The response may travel as asked.
    ResponseModeSupported
}

impl ResponseTypeKnown {
    /// RFC 6749 §3.1.1 (MUST): the server has this response type; every one that it has includes a code.
    pub(super) fn check(asked: ResponseType, signs: bool) -> Result<Self, Refusal> {
        if asked.code && (signs || !asked.id_token) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::ResponseTypeKnown,
            Compared::shown("code"),
            Compared::shown(asked.as_str()),
        ))
    }
}

impl ResponseTypeRegistered {
    /// RFC 6749 §4.1.2.1, RFC 7591 §2 (MUST): the client registered this response type.
    pub(super) fn check(
        policy: ResponseTypes,
        asked: ResponseType,
        client: &Registration,
    ) -> Result<Self, Refusal> {
        match policy {
            ResponseTypes::Any => Ok(Self::waived()),
            ResponseTypes::RegisteredOnly if client.response_types.contains(&asked) => Ok(Self(())),
            ResponseTypes::RegisteredOnly => Err(Refusal::new(
                Rule::ResponseTypeRegistered,
                client
                    .response_types
                    .first()
                    .map_or(Compared::Absent, |one| Compared::shown(one.as_str())),
                Compared::shown(asked.as_str()),
            )),
        }
    }
}

impl ResponseModeSupported {
    /// Multiple Response Types §2.1, §5 (MUST): known, registered, and no token in a query.
    pub(super) fn check(
        policy: ResponseModes,
        request: &AuthorizationRequest,
        client: &Registration,
    ) -> Result<Self, Refusal> {
        match request.response_mode {
            None => Ok(Self(())),
            Some(mode) if may_travel(policy, mode, request.response_type, client) => Ok(Self(())),
            Some(mode) => Err(Refusal::new(
                Rule::ResponseModeSupported,
                Compared::shown(default_mode(request.response_type).as_str()),
                Compared::shown(mode.as_str()),
            )),
        }
    }
}

impl AuthorizationServer {
    /// How a response to these parameters travels; what is wrong with them is said elsewhere.
    pub(super) fn channel(
        &self,
        uri: RedirectionUri,
        client: Option<&Registration>,
        parameters: &Parameters<'_>,
    ) -> Channel {
        let word = |name| parameters.optional(name).ok().flatten();
        let response_type =
            word("response_type").and_then(|word| ResponseType::read(word.as_str()));
        let default = response_type.map_or(ResponseMode::Query, default_mode);
        let mode = word("response_mode")
            .and_then(|word| ResponseMode::read(word.as_str()))
            .filter(|mode| {
                client.is_some_and(|client| {
                    let policy = self.configuration.policy.response_modes;
                    may_travel(
                        policy,
                        *mode,
                        response_type.unwrap_or(ResponseType::CODE),
                        client,
                    )
                })
            });
        Channel {
            registered: client.is_some_and(|client| is_registered(client, &uri)),
            uri,
            state: parameters
                .optional_value("state", State::new)
                .ok()
                .flatten(),
            mode: mode.unwrap_or(default),
            web_message_uri: word("web_message_uri").cloned(),
        }
    }
}

/// Multiple Response Types §5: what must not be in a query goes into the fragment.
const fn default_mode(response_type: ResponseType) -> ResponseMode {
    if response_type.needs_fragment() {
        ResponseMode::Fragment
    } else {
        ResponseMode::Query
    }
}

/// The response type's own mode needs no registration. No policy puts tokens into a query.
fn may_travel(
    policy: ResponseModes,
    mode: ResponseMode,
    response_type: ResponseType,
    client: &Registration,
) -> bool {
    let registered = match policy {
        ResponseModes::Any => true,
        ResponseModes::RegisteredOnly => {
            mode == default_mode(response_type) || client.response_modes.contains(&mode)
        }
    };
    registered && !(mode == ResponseMode::Query && response_type.needs_fragment())
}
