//! What browsers are shown.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::Client;
use super::configuration::Provider;
use super::login::ProviderId;
use super::policy::{AskedResponseMode, CallbackPage, ClientCookie, ClientReferrer, ErrorPage};
use super::redirection_endpoint::path_of;
use super::session::{Session, Visitor};
use crate::http::{
    Body, Field, Fields, Form, Header, Location, Page, Press, ReferrerPolicy, Resource,
    ResourceKind, Response, SameSite, SetCookie, Status,
};
use crate::machine::Context;
use crate::refusal::Refusal;
use crate::text::Text;
use crate::value::SessionId;
use crate::wire::location;

/// The home page.
pub(super) const HOME: &str = "/";

/// Where logins start.
pub(super) const LOGIN: &str = "/login";

/// Where the resource is read.
pub(super) const READ: &str = "/read";

/// Where tokens are renewed.
pub(super) const REFRESH: &str = "/refresh";

/// Where sessions end.
pub(super) const LOGOUT: &str = "/logout";

/// Where the open redirector is, if there is one.
pub(super) const GO: &str = "/go";

impl Client {
    /// The home page: one form per provider, and who is logged in.
    pub(super) fn home_page(&self, session: Option<&Session>) -> Response {
        let account = session.and_then(|session| session.account.as_ref());
        let has_tokens = session.is_some_and(|session| session.tokens.is_some());
        let mut forms: Vec<Form> = self.providers().map(login_form).collect();
        if has_tokens {
            forms.push(button_form(READ, "read", "resource"));
            forms.push(button_form(REFRESH, "refresh", "tokens"));
        }
        if has_tokens || account.is_some() {
            forms.push(button_form(LOGOUT, "logout", "session"));
        }
        forms.extend(self.home_listener(session));
        let page = Page {
            title: Text::new("Home"),
            text: account.map_or_else(
                || Text::new("Nobody is logged in."),
                |account| format!("Logged in: {account}.").into(),
            ),
            forms,
            ..Page::default()
        };
        with_referrer(shown(Status::OK, page), self.home_referrer_policy())
    }

    /// Where responses travel in messages, the home page listens too: for the newest login of its session.
    fn home_listener(&self, session: Option<&Session>) -> Option<Form> {
        if self.policy().response_mode != AskedResponseMode::WebMessage {
            return None;
        }
        let mut logins = self.logins.newest_first();
        let login = logins.find(|login| {
            login.stage.is_started() && session.is_some_and(|session| session.id == login.session)
        });
        let provider = login.map_or(ProviderId(0), |login| login.provider);
        self.message_listener(self.configuration.provider(provider).ok()?)
    }

    /// The form that sends a posted message to the redirection endpoint: the part of a script (RFC 9700 §4.17).
    fn message_listener(&self, provider: &Provider) -> Option<Form> {
        let action = path_of(self.redirect_uri(provider).text())?;
        let marker = (Text::new(Form::MESSAGE_LISTENER), Text::EMPTY);
        Some(Form {
            action,
            post: true,
            fields: vec![hidden(marker)],
            buttons: Fields::EMPTY,
            press: Press::ByUser,
        })
    }

    /// A page whose link opens the authorization endpoint in a window of its own, and that listens for what that
    /// window says.
    pub(super) fn window_opener(&self, provider: &Provider, location: &Location) -> Response {
        let page = Page {
            title: Text::new("Log in"),
            text: format!("Log in at {} in its own window.", provider.name).into(),
            forms: self.message_listener(provider).into_iter().collect(),
            links: vec![location::join(location).into()],
            ..Page::default()
        };
        self.page(Status::OK, page)
    }

    /// What the redirection endpoint shows once a login is complete (RFC 6749 §3.1.2.5).
    pub(super) fn logged_in(&self) -> Response {
        match self.policy().callback_page {
            CallbackPage::CleanRedirect => self.to_home(),
            CallbackPage::ThirdPartyContent => self.page(
                Status::OK,
                Page {
                    title: Text::new("Logged in"),
                    text: Text::new("You are logged in."),
                    resources: vec![self.picture()],
                    ..Page::default()
                },
            ),
        }
    }

    /// A page that says no. The refused URL may hold a code, so what the page loads matters (RFC 9700 §4.2.4).
    pub(super) fn refused(&self, refusal: &Refusal) -> Response {
        let resources = match self.policy().error_page {
            ErrorPage::Clean => Vec::new(),
            ErrorPage::ThirdPartyContent => vec![self.picture()],
        };
        let page = Page {
            title: Text::new("Refused"),
            text: refusal.description(),
            resources,
            ..Page::default()
        };
        self.page(refusal.answer().status, page)
    }

    /// Back to the home page, by a `GET`. Whoever handed a URL to a native app is told where its pages are.
    pub(super) fn to_home(&self) -> Response {
        let home = if self.is_native() {
            format!("{}{HOME}", self.configuration.origin).into()
        } else {
            Text::new(HOME)
        };
        self.redirect(Status::SEE_OTHER, Location::to(home))
    }

    /// To somewhere else.
    pub(super) fn redirect(&self, status: Status, location: Location) -> Response {
        self.with_referrer_policy(Response::redirect(status, location))
    }

    /// A page whose form carries fields elsewhere by itself.
    pub(super) fn form_that_sends_itself(&self, action: &Text, fields: Fields) -> Response {
        let form = Form {
            action: action.clone(),
            post: true,
            fields: fields.0.into_iter().map(hidden).collect(),
            buttons: Fields::EMPTY,
            press: Press::OnLoad,
        };
        self.page(
            Status::OK,
            Page {
                title: Text::new("One moment"),
                forms: vec![form],
                ..Page::default()
            },
        )
    }

    /// A page that sends the fragment, which no server sees, to the redirection endpoint: the part of a script
    /// (Multiple Response Types §2.1).
    pub(super) fn fragment_relay(&self, path: &Text) -> Response {
        self.form_that_sends_itself(path, Fields::EMPTY.with(Form::FRAGMENT_READER, Text::EMPTY))
    }

    /// Answers a browser, and tells it its session if that is new.
    pub(super) fn answer(
        &self,
        visitor: Visitor,
        session: &SessionId,
        response: Response,
        ctx: &mut Context<'_>,
    ) {
        let response = if visitor.is_new {
            response.with(Header::SetCookie(self.session_cookie(session)))
        } else {
            response
        };
        ctx.respond(visitor.exchange, response);
    }

    /// RFC 6265bis §4.1.3.2: the prefix binds the cookie that names a session to this host and to TLS.
    pub(super) fn cookie_name(&self) -> &'static str {
        match self.policy().cookie {
            ClientCookie::HostPrefix => "__Host-session",
            ClientCookie::Plain => "session",
        }
    }

    /// A response by `form_post` is a `POST` from another site, with which no other cookie would come back.
    fn session_cookie(&self, session: &SessionId) -> SetCookie {
        SetCookie {
            name: Text::new(self.cookie_name()),
            value: session.text().clone(),
            domain: None,
            path: Some(Text::new("/")),
            max_age: None,
            secure: self.policy().cookie == ClientCookie::HostPrefix,
            http_only: true,
            same_site: match self.policy().response_mode {
                AskedResponseMode::FormPost => SameSite::None,
                AskedResponseMode::Query
                | AskedResponseMode::Fragment
                | AskedResponseMode::WebMessage => SameSite::Lax,
            },
        }
    }

    /// A page under the policy's `Referrer-Policy`.
    pub(super) fn page(&self, status: Status, page: Page) -> Response {
        self.with_referrer_policy(shown(status, page))
    }

    fn picture(&self) -> Resource {
        Resource {
            url: format!("{}/picture.png", self.configuration.third_party).into(),
            kind: ResourceKind::Content,
        }
    }

    fn with_referrer_policy(&self, response: Response) -> Response {
        with_referrer(response, self.referrer_policy())
    }

    /// RFC 9700 §4.2.4 (SHOULD): pages whose URL has a code tell nobody.
    fn referrer_policy(&self) -> Option<ReferrerPolicy> {
        match self.policy().referrer {
            ClientReferrer::NoReferrer => Some(ReferrerPolicy::NoReferrer),
            ClientReferrer::Default => None,
            ClientReferrer::UnsafeUrl => Some(ReferrerPolicy::UnsafeUrl),
        }
    }

    /// The home page's URL hides nothing, and under `no-referrer` its forms would have the `Origin` `null`
    /// (Fetch standard §3.1), which the check of logins started here could not tell from a foreign one.
    fn home_referrer_policy(&self) -> Option<ReferrerPolicy> {
        match self.referrer_policy() {
            Some(ReferrerPolicy::NoReferrer) => Some(ReferrerPolicy::StrictOriginWhenCrossOrigin),
            other => other,
        }
    }
}

fn shown(status: Status, page: Page) -> Response {
    Response::new(status, Body::Page(page)).with(Header::CacheControl(Text::new("no-store")))
}

fn with_referrer(response: Response, policy: Option<ReferrerPolicy>) -> Response {
    match policy {
        Some(policy) => response.with(Header::ReferrerPolicy(policy)),
        None => response,
    }
}

fn login_form(provider: &Provider) -> Form {
    Form {
        action: Text::new(LOGIN),
        post: true,
        fields: vec![hidden((Text::new("provider"), provider.name.clone()))],
        buttons: Fields::EMPTY.with("login", provider.name.clone()),
        press: Press::ByUser,
    }
}

fn button_form(action: &str, name: &str, value: &str) -> Form {
    Form {
        action: Text::new(action),
        post: true,
        fields: Vec::new(),
        buttons: Fields::EMPTY.with(name, value),
        press: Press::ByUser,
    }
}

fn hidden((name, value): (Text, Text)) -> Field {
    Field {
        name,
        value,
        hidden: true,
    }
}
