//! Browser sessions at the authorization server: who is logged in where.
//!
//! A cookie names a browser as soon as it is shown a page. Only a login makes a record of it.

use super::AuthorizationServer;
use super::policy::{AuthorizationCsrf, Framing};
use crate::http::{Header, Method, Request, SameSite, Scheme, SetCookie};
use crate::limits::SESSIONS_MAX;
use crate::machine::{Context, ExchangeId};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{SessionId, Subject};

/// An owner who is logged in in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) subject: Subject,
    /// When he showed his password.
    pub(super) authenticated_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

crate::canonical_struct!(Session {
    id,
    subject,
    authenticated_at,
    expires_at
});

/// One request of a browser, from its arrival to the answer, which may have to wait for the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    /// Under this name it is answered.
    pub(super) exchange: ExchangeId,
    /// Whether the request brought a form: then the policy chooses the status of a redirect.
    pub(super) by_form: bool,
    /// The browser, as far as its cookie is known here.
    pub(super) browser: Option<SessionId>,
    /// Whether the answer sets the cookie.
    pub(super) sets_cookie: bool,
}

crate::canonical_struct!(Visit {
    exchange,
    by_form,
    browser,
    sets_cookie
});

impl Visit {
    /// The name of the browser; one that has none gets one with the answer.
    pub(super) fn name_browser(&mut self, ctx: &mut Context<'_>) -> SessionId {
        match &self.browser {
            Some(id) => id.clone(),
            None => self.rename_browser(ctx),
        }
    }

    /// A fresh name for the browser, whoever gave it the old one.
    fn rename_browser(&mut self, ctx: &mut Context<'_>) -> SessionId {
        let id = ctx.fresh_session();
        self.browser = Some(id.clone());
        self.sets_cookie = true;
        id
    }
}

impl AuthorizationServer {
    /// Who sends this request. A cookie that was not minted here for something that still is names nobody.
    pub(super) fn visit(&self, exchange: ExchangeId, request: &Request) -> Visit {
        let browser = request
            .headers
            .cookie(self.cookie_name())
            .and_then(|value| SessionId::new(value.clone()).ok())
            .filter(|id| self.session(id).is_some() || self.transactions.binds(id));
        Visit {
            exchange,
            by_form: request.method == Method::Post,
            browser,
            sets_cookie: false,
        }
    }

    /// The session of a browser, if an owner is logged in there.
    pub(super) fn session(&self, browser: &SessionId) -> Option<&Session> {
        self.sessions
            .iter()
            .find(|session| session.id == *browser)
            .filter(|session| self.account(&session.subject).is_some())
    }

    /// The session of a visit.
    pub(super) fn session_of(&self, visit: &Visit) -> Option<&Session> {
        self.session(visit.browser.as_ref()?)
    }

    /// Logs an owner in. The browser gets a new name, so that nobody who planted the old one shares the session.
    pub(super) fn log_in(
        &mut self,
        visit: &mut Visit,
        subject: &Subject,
        ctx: &mut Context<'_>,
    ) -> SessionId {
        let old = visit.browser.take();
        let id = visit.rename_browser(ctx);
        if let Some(old) = old {
            self.sessions.retain(|session| session.id != old);
            self.transactions.rebind(&old, &id);
        }
        if self.sessions.len() >= SESSIONS_MAX {
            self.sessions.remove(0);
        }
        self.sessions.push(Session {
            id: id.clone(),
            subject: subject.clone(),
            authenticated_at: ctx.now,
            expires_at: ctx.now.after(self.configuration.options.session_lifetime),
        });
        id
    }

    /// Logs an owner out everywhere.
    pub(super) fn end_sessions(&mut self, subject: &Subject) {
        self.sessions.retain(|session| session.subject != *subject);
    }

    /// The cookie that a visit's answer sets, if it sets one.
    ///
    /// A server whose pages may be framed by others needs its cookie there (RFC 6265bis §5.2: `None`).
    /// One that does not care about forged forms did not think of `SameSite` either.
    pub(super) fn cookie(&self, visit: &Visit) -> Option<Header> {
        let id = visit.browser.as_ref().filter(|_| visit.sets_cookie)?;
        let policy = &self.configuration.policy;
        let same_site = match (policy.frame, policy.authz_csrf) {
            (Framing::Any, _) => SameSite::None,
            (Framing::Deny, AuthorizationCsrf::None) => SameSite::Unset,
            (Framing::Deny, AuthorizationCsrf::Token) => SameSite::Lax,
        };
        Some(Header::SetCookie(SetCookie {
            name: Text::new(self.cookie_name()),
            value: id.text().clone(),
            domain: None,
            path: Some(Text::new("/")),
            max_age: None,
            secure: self.has_tls(),
            http_only: true,
            same_site,
        }))
    }

    /// RFC 6265bis §4.1.3.2: the prefix is kept only by a browser that came over TLS.
    fn cookie_name(&self) -> &'static str {
        if self.has_tls() {
            "__Host-as_session"
        } else {
            "as_session"
        }
    }

    fn has_tls(&self) -> bool {
        self.configuration.origin.scheme == Scheme::Https
    }
}
