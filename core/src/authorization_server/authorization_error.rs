//! How an authorization request is refused: where the error may go, and when (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2).

use alloc::boxed::Box;

use super::AuthorizationServer;
use super::authorization_endpoint::Seen;
use super::policy::ErrorRedirect;
use super::session::Visit;
use super::transaction::{Channel, Purpose};
use crate::event::Event;
use crate::http::Fields;
use crate::machine::Context;
use crate::message::{MessageError, MessageFault, Parameters};
use crate::refusal::{Compared, Destination, Refusal, Rule};
use crate::value::{ClientId, RedirectionUri};

/// A request that some rule refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Who asked, as far as that is known.
    pub(super) client_id: Option<ClientId>,
    /// Why.
    pub(super) refusal: Refusal,
    /// Where the error may go; nowhere but to the user, without.
    pub(super) channel: Option<Channel>,
    /// Whether the request forbids pages.
    pub(super) silent: bool,
}

impl AuthorizationServer {
    /// RFC 6749 §4.1.2.1, RFC 9700 §4.11.2: says no where the policy lets it, when the policy lets it.
    #[cold]
    pub(super) fn refuse_authorization(
        &mut self,
        mut visit: Visit,
        refused: Refused,
        ctx: &mut Context<'_>,
    ) {
        let Refused {
            client_id,
            refusal,
            channel,
            silent,
        } = refused;
        ctx.note(Event::AuthorizationRefused {
            client_id,
            refusal: refusal.clone(),
        });
        let redirects = refusal.answer().destination != Destination::Page
            || self.configuration.policy.error_redirect == ErrorRedirect::Any;
        let Some(channel) = channel.filter(|_| redirects) else {
            return self.show_refusal(&visit, &refusal, ctx);
        };
        let at_once = match self.configuration.policy.error_redirect {
            ErrorRedirect::Any | ErrorRedirect::RegisteredImmediate => true,
            ErrorRedirect::OnlyRegisteredAfterAuth => {
                // A server that can keep no more can only answer.
                silent || self.session_of(&visit).is_some() || self.transactions.room().is_err()
            }
        };
        if at_once {
            return self.send_error(&visit, &channel, &refusal, ctx);
        }
        let purpose = Purpose::Tell(refusal);
        let transaction = self.transaction(&mut visit, channel, purpose, Seen::ByMany, ctx);
        self.show_login(visit, transaction, ctx);
    }

    /// A refusal before the redirection URI was found good.
    #[cold]
    pub(super) fn refused_unaddressed(
        &self,
        parameters: &Parameters<'_>,
        refusal: Refusal,
    ) -> Box<Refused> {
        let fields = parameters.fields();
        let channel = match self.configuration.policy.error_redirect {
            ErrorRedirect::OnlyRegisteredAfterAuth | ErrorRedirect::RegisteredImmediate => None,
            ErrorRedirect::Any => self.named_channel(parameters),
        };
        let client_id = fields
            .first("client_id")
            .and_then(|text| ClientId::new(text.clone()).ok());
        Box::new(Refused {
            client_id,
            refusal,
            channel,
            silent: is_silent(fields),
        })
    }

    /// Wherever the request wants its answer to go.
    fn named_channel(&self, parameters: &Parameters<'_>) -> Option<Channel> {
        let fields = parameters.fields();
        let uri = RedirectionUri::new(fields.first("redirect_uri")?.clone()).ok()?;
        let client = fields
            .first("client_id")
            .and_then(|text| ClientId::new(text.clone()).ok())
            .and_then(|client_id| self.client(&client_id));
        Some(self.channel(uri, client, parameters))
    }
}

/// Whether the request forbids pages (OpenID Connect Core §3.1.2.1).
pub(super) fn is_silent(fields: &Fields) -> bool {
    fields.all("prompt").any(|prompt| prompt == "none")
}

/// RFC 6749 §3.1 (MUST): `client_id` and `redirect_uri` are readable before anything is redirected.
pub(super) fn unaddressed(error: &MessageError) -> Refusal {
    Refusal::new(
        Rule::AuthorizationParameters,
        Compared::Absent,
        Compared::shown(&alloc::format!("{error}")),
    )
}

/// RFC 6749 §4.1.2.1: the parameter that cannot be read decides which error it is.
pub(super) fn ill_formed(error: &MessageError) -> Refusal {
    let rule = match (error.parameter, error.fault) {
        ("response_type", MessageFault::Malformed(_)) => Rule::ResponseTypeKnown,
        ("response_mode", MessageFault::Malformed(_)) => Rule::ResponseModeSupported,
        ("scope", MessageFault::Malformed(_)) => Rule::ScopeKnown,
        ("code_challenge", MessageFault::Malformed(_)) => Rule::ChallengeWellFormed,
        ("code_challenge_method", MessageFault::Malformed(_)) => Rule::ChallengeMethodSupported,
        (_, MessageFault::Malformed(_) | MessageFault::Missing | MessageFault::Repeated) => {
            Rule::AuthorizationWellFormed
        }
    };
    Refusal::new(
        rule,
        Compared::Absent,
        Compared::shown(&alloc::format!("{error}")),
    )
}
