//! What does the owner say? The consent page and its form, and what is remembered of it (RFC 6749 §4.1, §10.2).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::AuthorizationServer;
use super::authorization_endpoint::Arrival;
use super::content;
use super::forms::{APPROVE, DECISION, DENY, TRANSACTION};
use super::policy::{AuthorizationCsrf, Consent, PromptNone};
use super::proof::proof;
use super::session::Visit;
use super::transaction::{Asked, Purpose, Step, Transaction};
use crate::event::Event;
use crate::http::{Field, Fields, Form, Method, Page, Press, Request, Status};
use crate::machine::{Context, ExchangeId};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{ClientId, Prompt, Scope, Subject, TransactionId};

proof! {
    /// The owner said yes: now, or earlier where that counts.
    waivable OwnerConsents
}

/// A consent that counts again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remembered {
    pub(super) subject: Subject,
    pub(super) client_id: ClientId,
    pub(super) scope: Scope,
}

crate::canonical_struct!(Remembered {
    subject,
    client_id,
    scope
});

impl Remembered {
    /// Who said yes, and to which client: there is one such consent at the most.
    pub(super) fn about(&self) -> (&str, &str) {
        (self.subject.as_str(), self.client_id.as_str())
    }
}

/// Whether the owner must be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// He must.
    Needed,
    /// An earlier yes counts.
    Remembered,
    /// The policy asks nobody.
    NeverAsked,
}

impl AuthorizationServer {
    /// RFC 6749 §10.2 (MUST): an earlier yes counts only for a client that can prove who it is.
    pub(super) fn asking(&self, asked: &Asked, subject: &Subject) -> Asking {
        let policy = &self.configuration.policy;
        if asked.prompt == Some(Prompt::None) && policy.prompt_none == PromptNone::Allowed {
            return Asking::NeverAsked;
        }
        let counts = match policy.consent {
            Consent::None => return Asking::NeverAsked,
            Consent::Always => false,
            Consent::RememberedAll => true,
            Consent::AlwaysUnlessAuthenticatedClient => self.is_confidential(&asked.client_id),
        };
        let remembered = self.consents.iter().any(|one| {
            one.subject == *subject
                && one.client_id == asked.client_id
                && asked.scope.is_within(&one.scope)
        });
        if counts && remembered && asked.prompt != Some(Prompt::Consent) {
            Asking::Remembered
        } else {
            Asking::Needed
        }
    }

    /// RFC 6749 §2.1: whether a client can prove who it is.
    fn is_confidential(&self, client_id: &ClientId) -> bool {
        self.client(client_id)
            .is_some_and(|client| client.is_confidential())
    }

    /// A link to the consent page, or a consent form, arrives.
    pub(super) fn consent_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let visit = self.visit(exchange, request);
        if let Err(refusal) = self.take_up(&visit, request, ctx) {
            self.refuse_form(&visit, refusal, ctx);
        }
    }

    fn take_up(
        &mut self,
        visit: &Visit,
        request: &Request,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        content::method(request, &[Method::Get, Method::Post])?;
        if request.method == Method::Get {
            let transaction = self.follow_link(visit, request)?;
            self.go_on_with(visit.clone(), &transaction, ctx);
        } else if let Some(fields) = self.unbound_request(request) {
            self.take_unbound(visit.clone(), &fields, ctx);
        } else {
            self.take_decision(visit.clone(), request, ctx)?;
        }
        Ok(())
    }

    fn follow_link(&self, visit: &Visit, request: &Request) -> Result<TransactionId, Refusal> {
        let fields = content::query_fields(request)?;
        let transaction = self.believe_link(&fields, visit)?;
        Ok(transaction.id.clone())
    }

    /// What a form says. One without a decision is a login form that a redirect sent on: the owner is asked.
    fn take_decision(
        &mut self,
        visit: Visit,
        request: &Request,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let form = self.believe(request, &visit)?;
        match form.fields.first(DECISION).map(Text::as_str) {
            Some(DENY) => self.deny(visit, &form.transaction, ctx),
            Some(APPROVE) => {
                let transaction = self.transactions.find(Some(form.transaction.text()))?;
                self.same_owner(transaction, &visit)?;
                let scope = match &transaction.purpose {
                    Purpose::Ask(asked) => granted_scope(&form.fields, &asked.scope),
                    Purpose::Tell(_) => Scope::NONE,
                };
                let transaction = self.transaction_after(&form.transaction, Step::OwnerKnown)?;
                self.approve(visit, transaction, scope, ctx);
            }
            Some(_) | None => self.go_on_with(visit, &form.transaction, ctx),
        }
        Ok(())
    }

    /// Goes on after the login: asks the owner, or does not.
    fn go_on_with(&mut self, visit: Visit, id: &TransactionId, ctx: &mut Context<'_>) {
        let known = self
            .transactions
            .find(Some(id.text()))
            .and_then(|transaction| self.same_owner(transaction, &visit))
            .and_then(|_| self.transaction_after(id, Step::OwnerKnown));
        match known {
            Ok(transaction) => self.owner_known(visit, transaction, ctx),
            Err(refusal) => self.refuse_form(&visit, refusal, ctx),
        }
    }

    /// The owner is known: he is asked, or told, or the code is issued.
    pub(super) fn owner_known(
        &mut self,
        visit: Visit,
        mut transaction: Transaction,
        ctx: &mut Context<'_>,
    ) {
        let asked = match &transaction.purpose {
            Purpose::Ask(asked) => asked,
            Purpose::Tell(refusal) => {
                let refusal = refusal.clone();
                return match transaction.step(Step::ErrorSent) {
                    Ok(()) => self.send_error(&visit, &transaction.channel, &refusal, ctx),
                    Err(refusal) => self.refuse_form(&visit, refusal, ctx),
                };
            }
        };
        let Some(subject) = &transaction.owner else {
            return self.refuse_form(
                &visit,
                Refusal::unreachable("a known owner has a name"),
                ctx,
            );
        };
        let (remembered, consents) = match self.asking(asked, subject) {
            Asking::Needed => {
                let asked = asked.clone();
                return self.show_consent(&visit, transaction, &asked, ctx);
            }
            Asking::Remembered => (true, OwnerConsents(())),
            Asking::NeverAsked => (false, OwnerConsents::waived()),
        };
        ctx.note_with(|| Event::ConsentSkipped {
            transaction: transaction.id.clone(),
            subject: subject.clone(),
            client_id: asked.client_id.clone(),
            remembered,
            client_confidential: self.is_confidential(&asked.client_id),
        });
        let scope = asked.scope.clone();
        self.issue(visit, transaction, scope, consents, ctx);
    }

    /// Shows the consent page and waits.
    fn show_consent(
        &mut self,
        visit: &Visit,
        transaction: Transaction,
        asked: &Asked,
        ctx: &mut Context<'_>,
    ) {
        ctx.note(Event::ConsentPageShown {
            transaction: transaction.id.clone(),
            client_id: asked.client_id.clone(),
            scope: asked.scope.clone(),
        });
        let mut fields = self.hidden_fields(&transaction);
        fields.extend(scope_fields(&asked.scope));
        let page = Page {
            title: Text::new("Allow access?"),
            text: asks(asked),
            forms: alloc::vec![Form {
                action: self.configuration.endpoints.consent.clone(),
                post: true,
                fields,
                buttons: decision_buttons(),
                press: Press::ByUser,
            }],
            ..Page::default()
        };
        ctx.respond(visit.exchange, self.page(visit, Status::OK, page));
        self.transactions.keep(transaction);
    }

    /// The owner says yes to `scope`: to all, or to less.
    pub(super) fn approve(
        &mut self,
        visit: Visit,
        transaction: Transaction,
        scope: Scope,
        ctx: &mut Context<'_>,
    ) {
        let (asked, subject) = match (&transaction.purpose, &transaction.owner) {
            (Purpose::Ask(asked), Some(subject)) => (asked.clone(), subject.clone()),
            (Purpose::Ask(_) | Purpose::Tell(_), _) => {
                return self.owner_known(visit, transaction, ctx);
            }
        };
        match OwnerConsents::check(&asked.scope, &scope) {
            Ok(consents) => {
                ctx.note(Event::ConsentGiven {
                    transaction: transaction.id.clone(),
                    subject: subject.clone(),
                    client_id: asked.client_id.clone(),
                    scope: scope.clone(),
                });
                self.remember(subject, asked.client_id, &scope);
                self.issue(visit, transaction, scope, consents, ctx);
            }
            Err(refusal) => self.refused_by_owner(&visit, transaction, &refusal, ctx),
        }
    }

    /// RFC 6749 §4.1.2.1 (`access_denied`): the owner says no.
    pub(super) fn deny(&mut self, visit: Visit, id: &TransactionId, ctx: &mut Context<'_>) {
        let refusal = denied(Compared::shown(DENY));
        match self.transactions.take(id) {
            Some(transaction) => self.refused_by_owner(&visit, transaction, &refusal, ctx),
            None => self.refuse_form(
                &visit,
                Refusal::unreachable("a believed form has its transaction"),
                ctx,
            ),
        }
    }

    fn refused_by_owner(
        &mut self,
        visit: &Visit,
        mut transaction: Transaction,
        refusal: &Refusal,
        ctx: &mut Context<'_>,
    ) {
        if let Err(refusal) = transaction.step(Step::Denied) {
            return self.refuse_form(visit, refusal, ctx);
        }
        if let Purpose::Ask(asked) = &transaction.purpose {
            ctx.note(Event::ConsentDenied {
                transaction: transaction.id.clone(),
                client_id: asked.client_id.clone(),
            });
        }
        self.send_error(visit, &transaction.channel, refusal, ctx);
    }

    /// A consent form that belongs to no page and names a whole authorization request, where that is enough.
    fn unbound_request(&self, request: &Request) -> Option<Fields> {
        match self.configuration.policy.authz_csrf {
            AuthorizationCsrf::Token => None,
            AuthorizationCsrf::None => {
                let fields = content::form_fields(&request.body).ok()?;
                let unbound =
                    fields.first(TRANSACTION).is_none() && fields.first("client_id").is_some();
                unbound.then(|| fields.into_owned())
            }
        }
    }

    /// RFC 6749 §10.12 is not kept here: whatever made the browser send this, the owner is taken to have said it.
    fn take_unbound(&mut self, visit: Visit, fields: &Fields, ctx: &mut Context<'_>) {
        let considered = self.considered(fields);
        let parameters = self.parameters(&considered);
        let Some(session) = self.session_of(&visit) else {
            return self.decide(visit, &parameters, Arrival::Direct, ctx);
        };
        let session = session.clone();
        let acceptable = match self.rules(&parameters, Arrival::Direct, &visit, ctx.now) {
            Ok(acceptable) => acceptable,
            Err(refused) => return self.refuse_authorization(visit, *refused, ctx),
        };
        let asked_scope = acceptable.scope().clone();
        let (visit, mut transaction) = self.begin(visit, acceptable, ctx);
        if let Err(refusal) = transaction.know(&session) {
            return self.refuse_form(&visit, refusal, ctx);
        }
        ctx.note(Event::OwnerAuthenticated {
            transaction: transaction.id.clone(),
            subject: session.subject,
            session: session.id,
            by_password: false,
        });
        match fields.first(DECISION).map(Text::as_str) {
            Some(APPROVE) => self.approve(visit, transaction, asked_scope, ctx),
            Some(DENY) => {
                let refusal = denied(Compared::shown(DENY));
                self.refused_by_owner(&visit, transaction, &refusal, ctx);
            }
            Some(_) | None => self.owner_known(visit, transaction, ctx),
        }
    }

    /// Keeps a yes for next time, where the policy lets it count.
    fn remember(&mut self, subject: Subject, client_id: ClientId, scope: &Scope) {
        let counts = match self.configuration.policy.consent {
            Consent::Always | Consent::None => false,
            Consent::RememberedAll => true,
            Consent::AlwaysUnlessAuthenticatedClient => self.is_confidential(&client_id),
        };
        if !counts {
            return;
        }
        let earlier = self
            .consents
            .iter_mut()
            .find(|one| one.subject == subject && one.client_id == client_id);
        match earlier {
            Some(earlier) => earlier.scope = union(&earlier.scope, scope),
            None => self.consents.push(Remembered {
                subject,
                client_id,
                scope: scope.clone(),
            }),
        }
    }
}

impl OwnerConsents {
    /// RFC 6749 §3.3, §4.1.2.1: a yes to nothing of what was asked is a no.
    fn check(asked: &Scope, granted: &Scope) -> Result<Self, Refusal> {
        if granted.is_empty() && !asked.is_empty() {
            return Err(denied(Compared::Absent));
        }
        Ok(Self(()))
    }
}

fn denied(found: Compared) -> Refusal {
    Refusal::new(Rule::OwnerConsents, Compared::shown(APPROVE), found)
}

/// What a page says about a request.
pub(super) fn asks(asked: &Asked) -> Text {
    let scope = if asked.scope.is_empty() {
        "your login"
    } else {
        asked.scope.as_str()
    };
    format!("{} asks for: {scope}", asked.client_id.as_str()).into()
}

/// The two answers of an owner.
pub(super) fn decision_buttons() -> Fields {
    Fields::EMPTY.with(DECISION, APPROVE).with(DECISION, DENY)
}

/// One field for each scope token; the owner may empty those that he does not grant.
pub(super) fn scope_fields(scope: &Scope) -> impl Iterator<Item = Field> {
    scope.tokens().map(|token| Field {
        name: Text::new("scope"),
        value: Text::new(token),
        hidden: false,
    })
}

/// RFC 6749 §3.3: what the owner left of what was asked; never more than that.
pub(super) fn granted_scope(fields: &Fields, asked: &Scope) -> Scope {
    if fields.first("scope").is_none() {
        return asked.clone();
    }
    let left = |token: &str| {
        fields
            .all("scope")
            .any(|value| value.as_str().split(' ').any(|word| word == token))
    };
    joined(asked.tokens().filter(|token| left(token)))
}

fn union(one: &Scope, other: &Scope) -> Scope {
    let more = other.tokens().filter(|token| !one.contains(token));
    joined(one.tokens().chain(more))
}

fn joined<'a>(tokens: impl Iterator<Item = &'a str>) -> Scope {
    let text: String = tokens.collect::<Vec<_>>().join(" ");
    Scope::new(text).unwrap_or(Scope::NONE)
}
