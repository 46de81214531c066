//! Who is the owner? The login page and its form, sent as often as it takes (RFC 6749 §3.1).

use alloc::format;
use alloc::vec::Vec;

use subtle::ConstantTimeEq as _;

use super::AuthorizationServer;
use super::consent::{asks, granted_scope, scope_fields};
use super::content;
use super::forms::{APPROVE, Believed, DECISION, DENY, TRANSACTION};
use super::hint::HintedOwner;
use super::policy::{Consent, LoginPages};
use super::session::Visit;
use super::transaction::{Asked, Purpose, Step, Transaction};
use crate::event::Event;
use crate::http::{
    Encoded, Field, Fields, Form, Location, Method, Page, Press, Request, Status, Url,
};
use crate::machine::{Context, ExchangeId};
use crate::refusal::Refusal;
use crate::text::Text;
use crate::value::{Subject, TransactionId};
use crate::wire::location;

impl AuthorizationServer {
    /// A login form arrives.
    pub(super) fn login_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let visit = self.visit(exchange, request);
        let form =
            content::method(request, &[Method::Post]).and_then(|()| self.believe(request, &visit));
        match form {
            Ok(form) if form.fields.first(DECISION).is_some_and(|word| word == DENY) => {
                self.deny(visit, &form.transaction, ctx);
            }
            Ok(form) => self.take_password(visit, &form, ctx),
            Err(refusal) => self.refuse_form(&visit, refusal, ctx),
        }
    }

    /// Shows the login page and waits.
    pub(super) fn show_login(
        &mut self,
        visit: Visit,
        transaction: Transaction,
        ctx: &mut Context<'_>,
    ) {
        ctx.note(Event::LoginPageShown {
            transaction: transaction.id.clone(),
        });
        if let Some(asked) = self.decided_at_login(&transaction) {
            ctx.note(Event::ConsentPageShown {
                transaction: transaction.id.clone(),
                client_id: asked.client_id.clone(),
                scope: asked.scope.clone(),
            });
        }
        let page = self.login_page(&transaction);
        ctx.respond(visit.exchange, self.page(&visit, Status::OK, page));
        self.transactions.keep(transaction);
    }

    /// A right password logs the owner in; a wrong one changes nothing and may be followed by any number more.
    fn take_password(&mut self, visit: Visit, form: &Believed, ctx: &mut Context<'_>) {
        let typed = |name| form.fields.first(name).cloned().unwrap_or_default();
        let username = typed("username");
        let known = self.owner_by_password(&username, &typed("password"));
        match known.cloned() {
            Some(subject) => self.owner_logs_in(visit, form, &subject, ctx),
            None => self.refuse_password(visit, &form.transaction, username, ctx),
        }
    }

    fn refuse_password(
        &mut self,
        visit: Visit,
        id: &TransactionId,
        username: Text,
        ctx: &mut Context<'_>,
    ) {
        match self.transaction_after(id, Step::PasswordRefused) {
            Ok(transaction) => {
                ctx.note(Event::PasswordRefused {
                    transaction: id.clone(),
                    username,
                });
                self.show_login(visit, transaction, ctx);
            }
            Err(refusal) => self.refuse_form(&visit, refusal, ctx),
        }
    }

    /// The password was right: what the owner decided in the same form counts, or he is asked next.
    fn owner_logs_in(
        &mut self,
        mut visit: Visit,
        form: &Believed,
        subject: &Subject,
        ctx: &mut Context<'_>,
    ) {
        let session = self.log_in(&mut visit, subject, ctx);
        let mut transaction = match self.transaction_after(&form.transaction, Step::OwnerKnown) {
            Ok(transaction) => transaction,
            Err(refusal) => return self.refuse_form(&visit, refusal, ctx),
        };
        transaction.owner = Some(subject.clone());
        transaction.authenticated_at = Some(ctx.now);
        transaction.browser = session.clone();
        ctx.note(Event::OwnerAuthenticated {
            transaction: transaction.id.clone(),
            subject: subject.clone(),
            session,
            by_password: true,
        });
        if let Err(refusal) = HintedOwner::check(&transaction, subject) {
            transaction.tell(refusal, ctx);
        }
        match self.configuration.policy.login {
            LoginPages::SeparatePages => self.lead_to_consent(&visit, transaction, ctx),
            LoginPages::PostThenRedirect => {
                let granted = self
                    .decided_at_login(&transaction)
                    .filter(|_| {
                        form.fields
                            .first(DECISION)
                            .is_some_and(|word| word == APPROVE)
                    })
                    .map(|asked| granted_scope(&form.fields, &asked.scope));
                match granted {
                    Some(scope) => self.approve(visit, transaction, scope, ctx),
                    None => self.owner_known(visit, transaction, ctx),
                }
            }
        }
    }

    /// The login form's answer leads to the consent page, so that no redirect to a client answers a password.
    fn lead_to_consent(&mut self, visit: &Visit, transaction: Transaction, ctx: &mut Context<'_>) {
        let configuration = &self.configuration;
        let url = Url::new(
            &configuration.origin,
            configuration.endpoints.consent.as_str(),
        )
        .with_query(Encoded::Fields(
            Fields::EMPTY.with(TRANSACTION, transaction.id.text().clone()),
        ));
        let response = self.redirect(visit, Location::to(location::text(&url)), ctx);
        ctx.respond(visit.exchange, response);
        self.transactions.keep(transaction);
    }

    /// The transaction, taken out, after one more step.
    ///
    /// # Errors
    /// [`Rule::TransactionOpen`](crate::refusal::Rule::TransactionOpen); the transaction stays where it was.
    pub(super) fn transaction_after(
        &mut self,
        id: &TransactionId,
        step: Step,
    ) -> Result<Transaction, Refusal> {
        let Some(transaction) = self.transactions.find_mut(id) else {
            return Err(Refusal::unreachable("a believed form has its transaction"));
        };
        transaction.step(step)?;
        self.transactions
            .take(id)
            .ok_or_else(|| Refusal::unreachable("what was found can be taken"))
    }

    fn owner_by_password(&self, username: &Text, password: &Text) -> Option<&Subject> {
        let account = self
            .configuration
            .accounts
            .iter()
            .find(|account| account.username.text() == username)?;
        let same = account
            .password
            .text()
            .as_bytes()
            .ct_eq(password.as_bytes());
        (bool::from(same) && !self.disabled.contains(&account.subject)).then_some(&account.subject)
    }

    /// What the owner decides in the login form itself, where the policy has one form for both.
    fn decided_at_login<'a>(&self, transaction: &'a Transaction) -> Option<&'a Asked> {
        let policy = &self.configuration.policy;
        match (&transaction.purpose, policy.login, policy.consent) {
            (Purpose::Tell(_), _, _)
            | (Purpose::Ask(_), LoginPages::SeparatePages, _)
            | (Purpose::Ask(_), LoginPages::PostThenRedirect, Consent::None) => None,
            (
                Purpose::Ask(asked),
                LoginPages::PostThenRedirect,
                Consent::AlwaysUnlessAuthenticatedClient | Consent::Always | Consent::RememberedAll,
            ) => Some(asked),
        }
    }

    fn login_page(&self, transaction: &Transaction) -> Page {
        let typed = |name: &str| Field {
            name: Text::new(name),
            value: Text::EMPTY,
            hidden: false,
        };
        let mut fields = self.hidden_fields(transaction);
        fields.extend(["username", "password"].map(typed));
        let (text, buttons) = match self.decided_at_login(transaction) {
            Some(asked) => {
                fields.extend(scope_fields(&asked.scope).collect::<Vec<_>>());
                (asks(asked), super::consent::decision_buttons())
            }
            None => (
                Text::from(format!("Log in at {}", self.configuration.issuer.as_str())),
                Fields::EMPTY.with("action", "login"),
            ),
        };
        Page {
            title: Text::new("Log in"),
            text,
            forms: alloc::vec![Form {
                action: self.configuration.endpoints.login.clone(),
                post: true,
                fields,
                buttons,
                press: Press::ByUser,
            }],
            ..Page::default()
        }
    }
}
