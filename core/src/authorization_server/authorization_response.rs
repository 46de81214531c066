//! How the authorization endpoint answers (RFC 6749 §4.1.2, §4.1.2.1): redirects, forms, messages and pages.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;

use super::AuthorizationServer;
use super::policy::{
    Framing, IssParameter, PostMessageTarget, RedirectStatus, Referrer, ThirdPartyContent,
};
use super::session::Visit;
use super::transaction::Channel;
use crate::event::Event;
use crate::http::{
    Body, Field, Fields, Form, Header, Location, Page, PostMessage, Press, ReferrerPolicy,
    Resource, ResourceKind, Response, Status,
};
use crate::machine::Context;
use crate::message::{AuthorizationError, AuthorizationResponse, Outcome};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{ResponseMode, Scope};
use crate::wire::location;

impl AuthorizationServer {
    /// RFC 6749 §4.1.2: sends the client what its owner granted.
    pub(super) fn send_grant(
        &self,
        visit: &Visit,
        channel: &Channel,
        granted: Outcome,
        scope: &Scope,
        ctx: &mut Context<'_>,
    ) {
        let mut fields = self.response_fields(channel, granted, ctx);
        if self.configuration.options.scope_in_redirect {
            fields.push("scope", scope.as_str());
        }
        self.send(visit, channel, fields, ctx);
    }

    /// RFC 6749 §4.1.2.1: sends the client the reason why not.
    #[cold]
    pub(super) fn send_error(
        &self,
        visit: &Visit,
        channel: &Channel,
        refusal: &Refusal,
        ctx: &mut Context<'_>,
    ) {
        let error = refusal.answer().error;
        ctx.note(Event::ErrorRedirected {
            redirect_uri: channel.uri.text().clone(),
            redirect_registered: channel.registered,
            error,
            owner_authenticated: self.session_of(visit).is_some(),
        });
        let outcome = Outcome::Refused(AuthorizationError::new(
            error,
            refusal.description().as_str(),
        ));
        let fields = self.response_fields(channel, outcome, ctx);
        self.send(visit, channel, fields, ctx);
    }

    /// Says why not to the user himself, where nothing may be redirected.
    #[cold]
    pub(super) fn show_refusal(&self, visit: &Visit, refusal: &Refusal, ctx: &mut Context<'_>) {
        let answer = refusal.answer();
        let page = Page {
            title: Text::new("Refused"),
            text: format!("{}: {}", answer.error.as_str(), refusal.description()).into(),
            ..Page::default()
        };
        let mut response = self.page(visit, answer.status, page);
        if let (Rule::MethodAllowed, Compared::Shown(methods)) = (refusal.rule, &refusal.expected) {
            response.headers.push(Header::Allow(methods.clone()));
        }
        ctx.respond(visit.exchange, response);
    }

    /// A page, with the headers that the policy wants.
    pub(super) fn page(&self, visit: &Visit, status: Status, mut page: Page) -> Response {
        match self.configuration.policy.third_party_content {
            ThirdPartyContent::None => {}
            ThirdPartyContent::Present => page.resources.push(Resource {
                url: format!("{}/picture", self.configuration.options.third_party).into(),
                kind: ResourceKind::Content,
            }),
        }
        let mut response = Response::new(status, Body::Page(page));
        match self.configuration.policy.frame {
            Framing::Deny => response.headers.push(Header::FrameDeny),
            Framing::Any => {}
        }
        self.with_headers(visit, response)
    }

    /// A redirect, with the headers that the policy wants.
    pub(super) fn redirect(
        &self,
        visit: &Visit,
        location: Location,
        ctx: &mut Context<'_>,
    ) -> Response {
        let response = Response {
            status: self.redirect_status(visit),
            headers: ctx.headers(),
            body: Body::Empty,
        };
        self.with_headers(visit, response.with(Header::Location(location)))
    }

    /// RFC 9700 §4.12 (SHOULD): 303 answers a form; a request without one is answered by 302.
    fn redirect_status(&self, visit: &Visit) -> Status {
        if !visit.by_form {
            return Status::FOUND;
        }
        match self.configuration.policy.redirect_status {
            RedirectStatus::SeeOther => Status::SEE_OTHER,
            RedirectStatus::Found => Status::FOUND,
            RedirectStatus::TemporaryRedirect => Status::TEMPORARY_REDIRECT,
            RedirectStatus::PermanentRedirect => Status::PERMANENT_REDIRECT,
        }
    }

    /// The parameters of a response (RFC 9207 §2: with the issuer).
    fn response_fields(
        &self,
        channel: &Channel,
        outcome: Outcome,
        ctx: &mut Context<'_>,
    ) -> Fields {
        let iss = match self.configuration.policy.iss_param {
            IssParameter::On => Some(self.configuration.issuer.clone()),
            IssParameter::Off => None,
        };
        AuthorizationResponse {
            outcome,
            state: channel.state.clone(),
            iss,
        }
        .write_in(ctx.fields())
    }

    /// Multiple Response Types §2.1, Form Post §2: the response travels as it was asked to.
    fn send(&self, visit: &Visit, channel: &Channel, fields: Fields, ctx: &mut Context<'_>) {
        let uri = channel.uri.text();
        let response = match channel.mode {
            ResponseMode::Query => self.redirect(
                visit,
                Location {
                    uri: uri.clone(),
                    query: fields,
                    fragment: Fields::EMPTY,
                },
                ctx,
            ),
            ResponseMode::Fragment => self.redirect(
                visit,
                Location {
                    uri: uri.clone(),
                    query: Fields::EMPTY,
                    fragment: fields,
                },
                ctx,
            ),
            ResponseMode::FormPost => self.page(visit, Status::OK, form_post(uri, fields)),
            ResponseMode::WebMessage => {
                let page = Page {
                    title: Text::new("Back to the client"),
                    messages: vec![PostMessage {
                        target_origin: self.message_target(channel),
                        data: fields,
                    }],
                    ..Page::default()
                };
                self.page(visit, Status::OK, page)
            }
        };
        ctx.respond(visit.exchange, response);
    }

    /// RFC 9700 §4.17 (MUST): the message is for the origin of the redirection URI.
    fn message_target(&self, channel: &Channel) -> Text {
        let registered = channel.uri.text();
        let uri = match self.configuration.policy.postmessage_target {
            PostMessageTarget::RegisteredOrigin => registered,
            PostMessageTarget::Any => return Text::new("*"),
            PostMessageTarget::FromRequest => {
                channel.web_message_uri.as_ref().unwrap_or(registered)
            }
        };
        location::parse(uri.as_str())
            .map_or_else(|_| Text::new("null"), |url| url.origin.to_string().into())
    }

    /// RFC 9700 §4.2.4: nothing of this is kept in a cache or told to others.
    fn with_headers(&self, visit: &Visit, mut response: Response) -> Response {
        response
            .headers
            .push(Header::CacheControl(Text::new("no-store")));
        match self.configuration.policy.referrer {
            Referrer::NoReferrer => response
                .headers
                .push(Header::ReferrerPolicy(ReferrerPolicy::NoReferrer)),
            Referrer::Default => {}
            Referrer::UnsafeUrl => response
                .headers
                .push(Header::ReferrerPolicy(ReferrerPolicy::UnsafeUrl)),
        }
        if let Some(cookie) = self.cookie(visit) {
            response.headers.push(cookie);
        }
        response
    }
}

/// Form Post §2: a form that sends itself.
fn form_post(uri: &Text, fields: Fields) -> Page {
    let hidden = |(name, value)| Field {
        name,
        value,
        hidden: true,
    };
    Page {
        title: Text::new("Back to the client"),
        forms: vec![Form {
            action: uri.clone(),
            post: true,
            fields: fields.0.into_iter().map(hidden).collect::<Vec<_>>(),
            buttons: Fields::EMPTY,
            press: Press::OnLoad,
        }],
        ..Page::default()
    }
}
