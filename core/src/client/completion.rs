//! How a login ends: with an account at the client, or with a page that says why not.

use alloc::format;

use super::Client;
use super::configuration::Provider;
use super::login::{Known, Login, LoginId, Stage, Turn};
use super::policy::AccountKey;
use super::session::Visitor;
use crate::event::Event;
use crate::machine::Context;
use crate::refusal::Refusal;
use crate::text::Text;
use crate::value::AuthorizationCode;

/// The account of a session that has tokens and no owner that anybody named.
const ACCOUNT_WITHOUT_OWNER: &str = "session";

impl Client {
    /// A login that a browser waits for.
    pub(super) fn waiting_login(&self, id: LoginId) -> Option<(&Login, Visitor)> {
        let login = self.logins.find(id)?;
        Some((login, login.stage.visitor()?))
    }

    /// The browser session acts for an account from now on.
    pub(super) fn complete(&mut self, id: LoginId, owner: Option<Known>, ctx: &mut Context<'_>) {
        let Some((login, visitor)) = self.waiting_login(id) else {
            return;
        };
        let (Ok(provider), Some(code)) = (
            self.configuration.provider(login.provider),
            code_of(&login.stage),
        ) else {
            return;
        };
        let account = account(self.policy().account_key, provider, owner.as_ref());
        let session = login.session.clone();
        let completed = Event::LoginCompleted {
            session: session.clone(),
            issuer: provider.issuer.clone(),
            subject: owner.map(|owner| owner.subject),
            account: account.clone(),
            code: code.clone(),
        };
        self.sessions
            .change(&session, |session| session.account = Some(account));
        self.turn(id, Turn::Known, ctx);
        ctx.note(completed);
        self.answer(visitor, &session, self.logged_in(), ctx);
    }

    /// Nothing comes of this login; tokens that the session had before stay.
    pub(super) fn give_up(&mut self, id: LoginId, refusal: Refusal, ctx: &mut Context<'_>) {
        let Some(login) = self.logins.find(id) else {
            return;
        };
        let (session, visitor) = (login.session.clone(), login.stage.visitor());
        self.turn(id, Turn::GivenUp, ctx);
        if let Some(visitor) = visitor {
            self.answer(visitor, &session, self.refused(&refusal), ctx);
        }
        ctx.note(Event::LoginFailed { session, refusal });
    }

    /// Moves a login on.
    pub(super) fn turn(&mut self, id: LoginId, turn: Turn, ctx: &mut Context<'_>) {
        let session = self.logins.find(id).map(|login| login.session.clone());
        if let (false, Some(session)) = (self.logins.turn(id, turn), session) {
            let refusal = Refusal::unreachable("a login was moved on against its life cycle");
            ctx.note(Event::LoginFailed { session, refusal });
        }
    }
}

const fn code_of(stage: &Stage) -> Option<&AuthorizationCode> {
    match stage {
        Stage::AwaitingToken { code, .. } | Stage::AwaitingResource { code, .. } => Some(code),
        Stage::Pushing { .. } | Stage::Started | Stage::Done | Stage::Failed => None,
    }
}

/// OpenID Connect Core §5.7 (MUST): issuer and subject together name an owner; a subject or an e-mail address
/// alone may be anybody's at another server.
fn account(key: AccountKey, provider: &Provider, owner: Option<&Known>) -> Text {
    let Some(Known { subject, email }) = owner else {
        return Text::new(ACCOUNT_WITHOUT_OWNER);
    };
    let by_issuer = || format!("{}|{}", provider.issuer.as_str(), subject.as_str()).into();
    match key {
        AccountKey::IssuerAndSubject => by_issuer(),
        AccountKey::Subject => subject.text().clone(),
        AccountKey::Email => email.clone().unwrap_or_else(by_issuer),
    }
}
