//! The authorization endpoint: the rules of RFC 6749 §3.1 and §4.1.1 in their order, then the act.
//!
//! Until the redirection URI is found good nothing may be redirected (§4.1.2.1): [`Refused::channel`] is empty.

use alloc::borrow::Cow;
use alloc::boxed::Box;

use super::AuthorizationServer;
use super::authorization_error::{Refused, ill_formed, is_silent, unaddressed};
use super::code_challenge::ChallengeSound;
use super::content;
use super::hint::HintOurs;
use super::policy::{Pkce, PushedRequests};
use super::prompt::{PromptSatisfiable, RoomLeft, owner_at_hand};
use super::proof::proof;
use super::redirect_matching::{RedirectTrusted, RedirectUnreserved, SchemeSafe};
use super::registration::{AbsentRedirectUri, Registration};
use super::response_channel::{ResponseModeSupported, ResponseTypeKnown, ResponseTypeRegistered};
use super::session::Visit;
use super::transaction::{Asked, Channel, Purpose, Stage, Step, Transaction};
use super::unsupported::{RegistrationAbsent, RequestObjectAbsent};
use crate::event::Event;
use crate::http::{Fields, Method, Request};
use crate::machine::{Context, ExchangeId, Notes};
use crate::message::{AuthorizationRequest, Parameters};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::{ClientId, FormToken, RedirectionUri, Scope, TransactionId};
use crate::wire::form::Memory;

proof! {
    /// The request may come as it came: pushed, or not pushed.
    waivable ArrivedRightly
}
proof! {
    /// The client may ask for every scope token.
    ScopeKnown
}
proof! {
    /// An ID Token in the front channel will have a nonce.
    NoncePresent
}

/// Whether anybody sees the names of a transaction: on a page, or in a fact. Others have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    ByMany,
    ByNobody,
}

/// Whether the parameters were pushed before (RFC 9126).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// They came through the browser.
    Direct,
    /// The client pushed them.
    Pushed,
}

/// A request that every rule let pass. Only [`AuthorizationServer::rules`] makes one.
#[derive(Debug)]
pub(super) struct Acceptable {
    asked: Asked,
    channel: Channel,
    /// Whether the owner has to be shown a page.
    needs_page: bool,
    _proofs: (Redirect, Demands),
}

impl Acceptable {
    /// What is asked for.
    pub(super) const fn scope(&self) -> &Scope {
        &self.asked.scope
    }
}

/// The answer may go where it is asked to go.
type Redirect = (RedirectTrusted, RedirectUnreserved, SchemeSafe);

/// Everything else is as it must be.
#[derive(Debug)]
struct Demands {
    _arrived: ArrivedRightly,
    _unsupported: (RequestObjectAbsent, RegistrationAbsent),
    _response_type: (ResponseTypeKnown, ResponseTypeRegistered),
    _response_mode: ResponseModeSupported,
    _scope: ScopeKnown,
    _challenge: ChallengeSound,
    _nonce: NoncePresent,
    _hint: HintOurs,
    _prompt: PromptSatisfiable,
    _room: RoomLeft,
}

/// Who asks, and where the answer may go.
struct Addressed<'a> {
    client: &'a Registration,
    redirect_uri: Option<RedirectionUri>,
    channel: Channel,
    redirect: Redirect,
}

impl AuthorizationServer {
    /// RFC 6749 §3.1, §4.1.1, in this order.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub(super) fn rules(
        &self,
        parameters: &Parameters<'_>,
        arrival: Arrival,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Acceptable, Box<Refused>> {
        let addressed = match self.addressed(parameters) {
            Ok(addressed) => addressed,
            Err(refusal) => return Err(self.refused_unaddressed(parameters, refusal)),
        };
        let demands = self.demands(parameters, arrival, &addressed, (visit, now));
        let Addressed {
            client,
            channel,
            redirect,
            ..
        } = addressed;
        match demands {
            Ok((asked, needs_page, demands)) => Ok(Acceptable {
                asked,
                channel,
                needs_page,
                _proofs: (redirect, demands),
            }),
            Err(refusal) => Err(Box::new(Refused {
                client_id: Some(client.client_id.clone()),
                refusal,
                channel: Some(channel),
                silent: is_silent(parameters.fields()),
            })),
        }
    }

    /// What decides where errors may go.
    fn addressed(&self, parameters: &Parameters<'_>) -> Result<Addressed<'_>, Refusal> {
        let client_id = parameters
            .required_value("client_id", ClientId::new)
            .map_err(|error| unaddressed(&error))?;
        let asked = parameters
            .optional_value("redirect_uri", RedirectionUri::new)
            .map_err(|error| unaddressed(&error))?;
        let client = self.known_client(&client_id)?;
        let uri = self.redirection_uri(client, asked.as_ref(), parameters.fields())?;
        let policy = &self.configuration.policy;
        let trusted = match &asked {
            Some(asked) => RedirectTrusted::check(policy.redirect_match, asked, client)?,
            None => RedirectTrusted::by_registration(&uri),
        };
        let unreserved = RedirectUnreserved::check(policy.redirect_params, &uri)?;
        let safe = SchemeSafe::check(policy.redirect_scheme, &uri)?;
        Ok(Addressed {
            client,
            channel: self.channel(uri, Some(client), parameters),
            redirect_uri: asked,
            redirect: (trusted, unreserved, safe),
        })
    }

    /// Everything else, in the order of the RFC.
    fn demands(
        &self,
        parameters: &Parameters<'_>,
        arrival: Arrival,
        addressed: &Addressed<'_>,
        (visit, now): (&Visit, Timestamp),
    ) -> Result<(Asked, bool, Demands), Refusal> {
        let policy = &self.configuration.policy;
        let client = addressed.client;
        let arrived = ArrivedRightly::check(policy.par, arrival)?;
        let (client_id, redirect_uri) = (&client.client_id, &addressed.redirect_uri);
        let request =
            AuthorizationRequest::parse_rest(parameters, client_id.clone(), redirect_uri.clone())
                .map_err(|error| ill_formed(&error))?;
        let known = ResponseTypeKnown::check(
            request.response_type,
            self.configuration.signing_key.is_some(),
        )?;
        let registered =
            ResponseTypeRegistered::check(policy.response_types, request.response_type, client)?;
        let mode = ResponseModeSupported::check(policy.response_modes, &request, client)?;
        let default = &self.configuration.options.default_scope;
        let (scope, scope_known) = ScopeKnown::check(request.scope.as_ref(), default, client)?;
        let unsupported = self.unsupported(parameters.fields(), &scope)?;
        let (challenge, sound) = ChallengeSound::check(policy, &request, client)?;
        let nonce = NoncePresent::check(&request)?;
        let key = self.configuration.signing_key.as_ref();
        let (hinted, hint) = HintOurs::check(key, request.id_token_hint.as_ref())?;
        let asked = Asked {
            client_id: request.client_id,
            redirect_uri: request.redirect_uri,
            scope,
            scope_asked: request.scope,
            challenge,
            nonce: request.nonce,
            response_type: request.response_type,
            prompt: request.prompt,
            max_age: request.max_age,
            hinted,
        };
        let session = self.session_of(visit);
        let prompt = self.prompt_satisfiable(&asked, session, now)?;
        let needs_page = self.needs_page(&asked, session, now);
        let room = self.room_left(needs_page, visit)?;
        let demands = Demands {
            _arrived: arrived,
            _unsupported: unsupported,
            _response_type: (known, registered),
            _response_mode: mode,
            _scope: scope_known,
            _challenge: sound,
            _nonce: nonce,
            _hint: hint,
            _prompt: prompt,
            _room: room,
        };
        Ok((asked, needs_page, demands))
    }

    /// A request arrives.
    pub(super) fn authorization_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let visit = self.visit(exchange, request);
        let mut memory = core::mem::take(&mut self.memory);
        match self.authorization_fields(request, &mut memory) {
            Ok(fields) => {
                self.authorize(visit, &fields, ctx);
                if let Cow::Owned(fields) = fields {
                    memory.take_back(fields);
                }
            }
            Err(refusal) => {
                ctx.note(Event::AuthorizationRefused {
                    client_id: None,
                    refusal: refusal.clone(),
                });
                self.show_refusal(&visit, &refusal, ctx);
            }
        }
        self.memory = memory;
    }

    /// RFC 6749 §3.1 (MUST, MAY): `GET` with a query, or `POST` with a form, which an OpenID provider takes
    /// (OpenID Connect Core §3.1.2.1, MUST).
    fn authorization_fields<'a>(
        &self,
        request: &'a Request,
        memory: &mut Memory,
    ) -> Result<Cow<'a, Fields>, Refusal> {
        let configuration = &self.configuration;
        let by_post =
            configuration.options.authorization_by_post || configuration.signing_key.is_some();
        let allowed: &[Method] = if by_post {
            &[Method::Get, Method::Post]
        } else {
            &[Method::Get]
        };
        content::method(request, allowed)?;
        if request.method == Method::Post {
            content::form_fields_in(&request.body, memory)
        } else {
            content::query_fields_in(request, memory)
        }
    }

    /// Judges, then acts.
    fn authorize(&mut self, visit: Visit, fields: &Fields, ctx: &mut Context<'_>) {
        let fields = self.considered(fields);
        let parameters = self.parameters(&fields);
        match self.reference(&visit, &parameters) {
            Ok(None) => self.decide(visit, &parameters, Arrival::Direct, ctx),
            Ok(Some(reference)) => self.load_pushed(reference, ctx),
            Err(refusal) => {
                let refused = self.refused_unaddressed(&parameters, refusal);
                self.refuse_authorization(visit, *refused, ctx);
            }
        }
    }

    /// Judges parameters that are all there, then acts.
    pub(super) fn decide(
        &mut self,
        visit: Visit,
        parameters: &Parameters<'_>,
        arrival: Arrival,
        ctx: &mut Context<'_>,
    ) {
        match self.rules(parameters, arrival, &visit, ctx.now) {
            Ok(acceptable) => self.open(visit, acceptable, ctx),
            Err(refused) => self.refuse_authorization(visit, *refused, ctx),
        }
    }

    /// Takes the request on: shows the page that it needs, or none.
    fn open(&mut self, visit: Visit, acceptable: Acceptable, ctx: &mut Context<'_>) {
        let session = self.session_of(&visit);
        let owner = owner_at_hand(&acceptable.asked, session, ctx.now).cloned();
        let (visit, mut transaction) = self.begin(visit, acceptable, ctx);
        match owner {
            Some(session) => {
                if let Err(refusal) = transaction.know(&session) {
                    return self.refuse_form(&visit, refusal, ctx);
                }
                ctx.note_with(|| Event::OwnerAuthenticated {
                    transaction: transaction.id.clone(),
                    subject: session.subject,
                    session: session.id,
                    by_password: false,
                });
                self.owner_known(visit, transaction, ctx);
            }
            None => self.show_login(visit, transaction, ctx),
        }
    }

    /// Opens a transaction for the request.
    pub(super) fn begin(
        &self,
        mut visit: Visit,
        acceptable: Acceptable,
        ctx: &mut Context<'_>,
    ) -> (Visit, Transaction) {
        let Acceptable {
            asked,
            channel,
            needs_page,
            ..
        } = acceptable;
        let seen = match ctx.notes() {
            Notes::Unread if !needs_page => Seen::ByNobody,
            Notes::Unread | Notes::Read => Seen::ByMany,
        };
        let transaction = self.transaction(&mut visit, channel, Purpose::Ask(asked), seen, ctx);
        if let Purpose::Ask(asked) = &transaction.purpose {
            ctx.note_with(|| requested(&transaction, asked));
        }
        (visit, transaction)
    }

    /// A transaction at its beginning: a new one, or, in the one place of the browser, the old one's handle.
    pub(super) fn transaction(
        &self,
        visit: &mut Visit,
        channel: Channel,
        purpose: Purpose,
        seen: Seen,
        ctx: &mut Context<'_>,
    ) -> Transaction {
        let browser = visit.name_browser(ctx);
        let replaced = self
            .transactions
            .replaced_by(self.configuration.policy.txn, Some(&browser));
        let (id, form_token, stage) = match (replaced, seen) {
            (Some(old), _) => (
                old.id.clone(),
                old.form_token.clone(),
                old.stage.next(Step::Replaced),
            ),
            (None, Seen::ByMany) => (ctx.fresh_transaction(), ctx.fresh_form_token(), None),
            (None, Seen::ByNobody) => (TransactionId::unseen(), FormToken::unseen(), None),
        };
        Transaction {
            id,
            form_token,
            browser,
            stage: stage.unwrap_or(Stage::AwaitingLogin),
            owner: None,
            authenticated_at: None,
            purpose,
            channel,
            expires_at: ctx
                .now
                .after(self.configuration.options.transaction_lifetime),
        }
    }

    /// RFC 6749 §4.1.2.1 (MUST): the client is registered.
    pub(super) fn known_client(&self, client_id: &ClientId) -> Result<&Registration, Refusal> {
        self.client(client_id).ok_or_else(|| {
            Refusal::new(
                Rule::ClientKnown,
                Compared::Absent,
                Compared::Shown(client_id.text().clone()),
            )
        })
    }

    /// RFC 6749 §3.1.2.3 (MUST): a client that registered not exactly one redirection URI names the one it means.
    fn redirection_uri(
        &self,
        client: &Registration,
        asked: Option<&RedirectionUri>,
        fields: &Fields,
    ) -> Result<RedirectionUri, Refusal> {
        if let Some(asked) = asked {
            return Ok(asked.clone());
        }
        let usable = match (
            self.configuration.options.absent_redirect_uri,
            client.redirect_uris.as_slice(),
        ) {
            (AbsentRedirectUri::FirstRegistered, [first, ..]) => Some(first),
            // OpenID Connect Core §3.1.2.1 requires it, whatever is registered.
            (AbsentRedirectUri::OnlyRegistered, [only]) => {
                (!asks_for_openid(fields)).then_some(only)
            }
            (AbsentRedirectUri::Refuse | AbsentRedirectUri::OnlyRegistered, _)
            | (AbsentRedirectUri::FirstRegistered, []) => None,
        };
        usable.cloned().ok_or_else(|| {
            Refusal::new(
                Rule::RedirectPresent,
                Compared::shown("redirect_uri"),
                Compared::Absent,
            )
        })
    }

    /// The fields as the policy wants them read.
    pub(super) fn considered<'a>(&self, fields: &'a Fields) -> Cow<'a, Fields> {
        match self.configuration.policy.pkce {
            Pkce::Required | Pkce::RequiredPublic | Pkce::Optional => Cow::Borrowed(fields),
            Pkce::Ignored => {
                let mut fields = fields.clone();
                fields.remove("code_challenge");
                fields.remove("code_challenge_method");
                Cow::Owned(fields)
            }
        }
    }

    /// Fields read as the policy reads repeats.
    pub(super) fn parameters<'a>(&self, fields: &'a Fields) -> Parameters<'a> {
        Parameters::new(fields, self.configuration.policy.dup_params.repeats())
    }
}

impl ArrivedRightly {
    /// RFC 9126 §5 (MUST): where requests must be pushed, this one was.
    fn check(policy: PushedRequests, arrival: Arrival) -> Result<Self, Refusal> {
        match (policy, arrival) {
            (_, Arrival::Pushed) => Ok(Self(())),
            (PushedRequests::Off | PushedRequests::Optional, Arrival::Direct) => Ok(Self::waived()),
            (PushedRequests::Required, Arrival::Direct) => Err(Refusal::new(
                Rule::RequestPushed,
                Compared::shown("request_uri"),
                Compared::Absent,
            )),
        }
    }
}

impl ScopeKnown {
    /// RFC 6749 §3.3, §4.1.2.1 (MUST): every token is one that the client may ask for.
    fn check(
        asked: Option<&Scope>,
        default: &Scope,
        client: &Registration,
    ) -> Result<(Scope, Self), Refusal> {
        match asked {
            None => Ok((default.intersection(&client.scope), Self(()))),
            Some(asked) if asked.is_within(&client.scope) => Ok((asked.clone(), Self(()))),
            Some(asked) => Err(Refusal::new(
                Rule::ScopeKnown,
                Compared::shown(client.scope.as_str()),
                Compared::shown(asked.as_str()),
            )),
        }
    }
}

impl NoncePresent {
    /// OpenID Connect Core §3.3.2.11 (MUST): an ID Token in the front channel answers a nonce.
    fn check(request: &AuthorizationRequest) -> Result<Self, Refusal> {
        if request.response_type.id_token && request.nonce.is_none() {
            return Err(Refusal::new(
                Rule::NoncePresent,
                Compared::shown("nonce"),
                Compared::Absent,
            ));
        }
        Ok(Self(()))
    }
}

fn requested(transaction: &Transaction, asked: &Asked) -> Event {
    let challenge = asked.challenge.as_ref();
    Event::AuthorizationRequested {
        transaction: transaction.id.clone(),
        client_id: asked.client_id.clone(),
        redirect_uri: transaction.channel.uri.clone(),
        redirect_registered: transaction.channel.registered,
        scope: asked.scope.clone(),
        state: transaction.channel.state.clone(),
        code_challenge: challenge.map(|(challenge, _)| challenge.clone()),
    }
}

fn asks_for_openid(fields: &Fields) -> bool {
    fields
        .all("scope")
        .any(|scope| scope.as_str().split(' ').any(|token| token == "openid"))
}
