//! Whose form is this? What ties a login or consent form to the page that showed it (RFC 6749 §10.12).

use alloc::string::ToString as _;

use super::AuthorizationServer;
use super::content;
use super::policy::{AuthorizationCsrf, Referrer};
use super::proof::proof;
use super::session::Visit;
use super::transaction::Transaction;
use crate::event::Event;
use crate::http::{Field, Fields, Request};
use crate::machine::Context;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{Subject, TransactionId};

proof! {
    /// The form comes from a page of this server.
    waivable SameOrigin
}
proof! {
    /// The form comes from the browser that the page was shown to.
    waivable SameBrowser
}
proof! {
    /// The form carries the token of its page.
    waivable FormTokenMatches
}
proof! {
    /// The owner is the one that the page was shown to.
    SameOwner
}

/// A form that belongs to a page of this server. Only [`AuthorizationServer::believe`] makes one.
#[derive(Debug)]
pub(super) struct Believed {
    /// The transaction that it goes on with.
    pub(super) transaction: TransactionId,
    /// What was typed and pressed.
    pub(super) fields: Fields,
    _proofs: (SameOrigin, SameBrowser, FormTokenMatches),
}

impl AuthorizationServer {
    /// RFC 6749 §10.12, in this order: the transaction is open, and the form is this browser's own.
    pub(super) fn believe(&self, request: &Request, visit: &Visit) -> Result<Believed, Refusal> {
        let fields = content::form_fields(&request.body)?.into_owned();
        let transaction = self.transactions.find(fields.first(TRANSACTION))?;
        let proofs = match self.configuration.policy.authz_csrf {
            AuthorizationCsrf::Token => (
                self.same_origin(request)?,
                SameBrowser::check(transaction, visit)?,
                FormTokenMatches::check(transaction, &fields)?,
            ),
            AuthorizationCsrf::None => (
                SameOrigin::waived(),
                SameBrowser::waived(),
                FormTokenMatches::waived(),
            ),
        };
        Ok(Believed {
            transaction: transaction.id.clone(),
            fields,
            _proofs: proofs,
        })
    }

    /// The transaction that a link to the consent page names, if it is this browser's own.
    pub(super) fn believe_link<'a>(
        &'a self,
        fields: &Fields,
        visit: &Visit,
    ) -> Result<&'a Transaction, Refusal> {
        let transaction = self.transactions.find(fields.first(TRANSACTION))?;
        match self.configuration.policy.authz_csrf {
            AuthorizationCsrf::Token => SameBrowser::check(transaction, visit)?,
            AuthorizationCsrf::None => SameBrowser::waived(),
        };
        Ok(transaction)
    }

    /// RFC 6454 §7.3, RFC 6749 §10.12: a browser that says where a form comes from says this server.
    ///
    /// A page that sends no referrer has its forms sent with the origin `null` (Fetch standard, appending a
    /// request `Origin` header), so under that policy `null` says nothing, and the token decides alone.
    fn same_origin(&self, request: &Request) -> Result<SameOrigin, Refusal> {
        let own = self.configuration.origin.to_string();
        let says_nothing = |origin: &Text| {
            origin == "null" && self.configuration.policy.referrer == Referrer::NoReferrer
        };
        match request.headers.origin() {
            None => Ok(SameOrigin(())),
            Some(origin) if *origin == own.as_str() || says_nothing(origin) => Ok(SameOrigin(())),
            Some(origin) => Err(Refusal::new(
                Rule::SameOrigin,
                Compared::shown(&own),
                Compared::Shown(origin.clone()),
            )),
        }
    }

    /// OpenID Connect Core §3.1.2.3: the owner who decides is the one who was asked.
    pub(super) fn same_owner(
        &self,
        transaction: &Transaction,
        visit: &Visit,
    ) -> Result<(Subject, SameOwner), Refusal> {
        let shown = |subject: Option<&Subject>| {
            subject.map_or(Compared::Absent, |subject| {
                Compared::Shown(subject.text().clone())
            })
        };
        let present = self.session_of(visit).map(|session| &session.subject);
        match (&transaction.owner, present) {
            (Some(asked), Some(present)) if asked == present => {
                Ok((present.clone(), SameOwner(())))
            }
            (asked, present) => Err(Refusal::new(
                Rule::SameBrowser,
                shown(asked.as_ref()),
                shown(present),
            )),
        }
    }

    /// A form is not believed: the user is told.
    #[cold]
    pub(super) fn refuse_form(&self, visit: &Visit, refusal: Refusal, ctx: &mut Context<'_>) {
        ctx.note(Event::FormRefused {
            refusal: refusal.clone(),
        });
        self.show_refusal(visit, &refusal, ctx);
    }

    /// What every form of a transaction carries.
    pub(super) fn hidden_fields(&self, transaction: &Transaction) -> alloc::vec::Vec<Field> {
        let hidden = |name: &str, value: &Text| Field {
            name: Text::new(name),
            value: value.clone(),
            hidden: true,
        };
        let mut fields = alloc::vec![hidden(TRANSACTION, transaction.id.text())];
        match self.configuration.policy.authz_csrf {
            AuthorizationCsrf::Token => {
                fields.push(hidden(FORM_TOKEN, transaction.form_token.text()));
            }
            AuthorizationCsrf::None => {}
        }
        fields
    }
}

impl SameBrowser {
    /// RFC 6749 §10.12 (MUST): the form comes from the browser that the page was shown to.
    fn check(transaction: &Transaction, visit: &Visit) -> Result<Self, Refusal> {
        if visit.browser.as_ref() == Some(&transaction.browser) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::SameBrowser,
            Compared::secret(transaction.browser.as_str()),
            visit
                .browser
                .as_ref()
                .map_or(Compared::Absent, |id| Compared::secret(id.as_str())),
        ))
    }
}

impl FormTokenMatches {
    /// RFC 6749 §10.12 (MUST): the form carries what only its page knew.
    fn check(transaction: &Transaction, fields: &Fields) -> Result<Self, Refusal> {
        let found = fields.first(FORM_TOKEN);
        if found == Some(transaction.form_token.text()) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::FormTokenMatches,
            Compared::secret(transaction.form_token.as_str()),
            found.map_or(Compared::Absent, |text| Compared::Secret(text.clone())),
        ))
    }
}

/// The field that names the transaction.
pub(super) const TRANSACTION: &str = "transaction";
/// The field that ties the form to its page.
const FORM_TOKEN: &str = "form_token";
/// The button by which the owner decides.
pub(super) const DECISION: &str = "decision";
/// The owner says yes.
pub(super) const APPROVE: &str = "approve";
/// The owner says no.
pub(super) const DENY: &str = "deny";
