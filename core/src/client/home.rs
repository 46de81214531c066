//! The pages of the client that are no part of a login: home, its buttons, and what is not there.

use alloc::borrow::Cow;

use super::Client;
use super::authorization_request::same_origin;
use super::pages;
use super::session::Visitor;
use crate::event::Event;
use crate::http::{Location, Method, Request, Status};
use crate::machine::{Context, ExchangeId};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::SessionId;
use crate::wire::form;

impl Client {
    /// The session that a request's cookie names, if the client made it.
    pub(super) fn session_of(&self, request: &Request) -> Option<&SessionId> {
        let value = request.headers.cookie(self.cookie_name())?;
        let id = SessionId::new(value.clone()).ok()?;
        self.sessions.find(&id).map(|session| &session.id)
    }

    /// The session that a browser comes with, or a new one.
    pub(super) fn enter(
        &mut self,
        exchange: ExchangeId,
        known: Option<SessionId>,
        ctx: &mut Context<'_>,
    ) -> (SessionId, Visitor) {
        let is_new = known.is_none();
        let session = known.unwrap_or_else(|| {
            let fresh = ctx.fresh_session();
            self.sessions.open(fresh.clone());
            fresh
        });
        (session, Visitor { exchange, is_new })
    }

    pub(super) fn home(&mut self, exchange: ExchangeId, request: &Request, ctx: &mut Context<'_>) {
        let known = self.session_of(request).cloned();
        let (session, visitor) = self.enter(exchange, known, ctx);
        let page = self.home_page(self.sessions.find(&session));
        self.answer(visitor, &session, page, ctx);
    }

    /// A button of the home page. Only a page of the client's own can press it (RFC 6749 §10.12).
    pub(super) fn button_pressed(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let own = same_origin(&self.configuration.origin, request);
        if request.method != Method::Post || own.is_err() {
            let (expected, found) = own.err().unwrap_or_else(|| {
                let method = Compared::shown(request.method.as_str());
                ("POST".into(), method)
            });
            let refusal = Refusal::new(Rule::SameOrigin, Compared::Shown(expected), found);
            return self.refuse_form(exchange, refusal, ctx);
        }
        let known = self.session_of(request).cloned();
        let (session, visitor) = self.enter(exchange, known, ctx);
        match request.url.path.as_str() {
            pages::READ => self.read_resource(&session, Some(visitor), ctx),
            pages::REFRESH => self.refresh(&session, Some(visitor), ctx),
            _ => self.log_out(&session, Some(visitor), ctx),
        }
    }

    /// RFC 9700 §4.11.1 (MUST NOT): the browser goes wherever a parameter says, with all the other parameters.
    pub(super) fn redirect_openly(
        &self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let query = request.url.query.as_ref().map(form::pairs);
        let mut fields = query
            .and_then(Result::ok)
            .map(Cow::into_owned)
            .unwrap_or_default();
        let Some(target) = fields.first("to").cloned() else {
            return self.refuse_path(exchange, ctx);
        };
        fields.remove("to");
        let location = Location {
            query: fields,
            ..Location::to(target.clone())
        };
        ctx.note(Event::OpenRedirected { target });
        ctx.respond(exchange, self.redirect(Status::FOUND, location));
    }

    /// RFC 9110 §15.5.5: there is nothing at this path.
    pub(super) fn refuse_path(&self, exchange: ExchangeId, ctx: &mut Context<'_>) {
        let refusal = Refusal::new(Rule::EndpointExists, Compared::Absent, Compared::Absent);
        ctx.respond(exchange, self.refused(&refusal));
    }

    /// Does not believe a form of its own pages.
    pub(super) fn refuse_form(
        &self,
        exchange: ExchangeId,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        ctx.respond(exchange, self.refused(&refusal));
        ctx.note(Event::FormRefused { refusal });
    }
}
