//! Using an access token (RFC 6749 §7, RFC 6750 §2.1).

use super::Client;
use super::access_token::status_of;
use super::back_channel::{self, Answer, Purpose};
use super::login::{Known, LoginId, Stage};
use super::session::Visitor;
use crate::event::Event;
use crate::http::{Body, Request, Response, Status};
use crate::machine::Context;
use crate::message::{Members, ResourceRequest};
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::{SessionId, Subject};

proof! {
    /// The resource server served the resource, and said whose it is.
    ResourceGranted
}

proof! {
    /// Resource and ID Token are about the same owner.
    OwnersAgree
}

impl OwnersAgree {
    /// OpenID Connect Core §5.3.2 (MUST): what is said about another owner than the ID Token's is not used.
    fn check(said: Option<Known>, read: Option<Known>) -> Result<(Option<Known>, Self), Refusal> {
        match (said, read) {
            (Some(said), Some(read)) if said.subject != read.subject => Err(Refusal::new(
                Rule::IdTokenValid,
                Compared::shown(read.subject.as_str()),
                Compared::shown(said.subject.as_str()),
            )),
            (Some(said), _) => Ok((Some(said), Self(()))),
            (None, read) => Ok((read, Self(()))),
        }
    }
}

impl ResourceGranted {
    /// RFC 6750 §3 (MUST): anything but 200 is a no. The owner is `sub`, as in OpenID Connect Core §5.3.2.
    fn check(response: &Response) -> Result<(Known, Self), Refusal> {
        let refused = |found| {
            let expected = Compared::shown("the resource");
            Refusal::new(Rule::ResourceGranted, expected, found)
        };
        let (Body::Json(json), Status::OK) = (&response.body, response.status) else {
            return Err(refused(status_of(response)));
        };
        let read = Members::new(json).and_then(|members| {
            Ok(Known {
                subject: members.required_value("sub", Subject::new)?,
                email: members.optional("email")?.cloned(),
            })
        });
        read.map(|owner| (owner, Self(())))
            .map_err(|fault| refused(Compared::shown(&alloc::format!("{fault}"))))
    }
}

impl Client {
    /// The request for the resource of a session's tokens; none when there are no tokens, or nothing they open.
    pub(super) fn resource_request(
        &self,
        session: &SessionId,
        ctx: &mut Context<'_>,
    ) -> Option<Result<Request, Refusal>> {
        let tokens = self.sessions.find(session)?.tokens.as_ref()?;
        let provider = self.configuration.provider(tokens.provider).ok()?;
        let request = ResourceRequest {
            access_token: Some(tokens.access_token.clone()),
            scheme: provider.token_scheme(),
        };
        let resource = provider.resource.as_ref()?;
        let request = back_channel::get(resource, request.write_authorization());
        Some(request.map(|request| provider.proved(request, Some(&tokens.access_token), ctx)))
    }

    /// Reads the resource for a session.
    pub(super) fn read_resource(
        &mut self,
        session: &SessionId,
        visitor: Option<Visitor>,
        ctx: &mut Context<'_>,
    ) {
        let Some(request) = self.resource_request(session, ctx) else {
            return self.answer_home(session, visitor, ctx);
        };
        let purpose = Purpose::Read {
            session: session.clone(),
            visitor,
        };
        if let Err(refusal) = request.and_then(|it| self.send_errand(it, purpose, ctx)) {
            self.resource_answered(session, visitor, Err(refusal), ctx);
        }
    }

    /// The resource server answered, or did not.
    pub(super) fn resource_answered(
        &self,
        session: &SessionId,
        visitor: Option<Visitor>,
        answer: Answer,
        ctx: &mut Context<'_>,
    ) {
        let read = note_reading(session, answer, ctx);
        let Some(visitor) = visitor else { return };
        let response = match read {
            Ok(_) => self.to_home(),
            Err(refusal) => self.refused(&refusal),
        };
        self.answer(visitor, session, response, ctx);
    }

    /// The resource server answered a login. Without an ID Token its word is all that the client has; without its
    /// word the session still has tokens.
    pub(super) fn owner_answered(&mut self, id: LoginId, answer: Answer, ctx: &mut Context<'_>) {
        let Some(login) = self.logins.find(id) else {
            return;
        };
        let Stage::AwaitingResource { owner, .. } = &login.stage else {
            return;
        };
        let (session, said) = (login.session.clone(), owner.clone());
        let read = note_reading(&session, answer, ctx).ok();
        match OwnersAgree::check(said, read) {
            Ok((owner, OwnersAgree(()))) => self.complete(id, owner, ctx),
            Err(refusal) => {
                if let Some(session) = self.sessions.find_mut(&session) {
                    session.tokens = None;
                }
                self.give_up(id, refusal, ctx);
            }
        }
    }
}

fn note_reading(
    session: &SessionId,
    answer: Answer,
    ctx: &mut Context<'_>,
) -> Result<Known, Refusal> {
    let session = session.clone();
    match answer.and_then(|response| ResourceGranted::check(&response)) {
        Ok((known, ResourceGranted(()))) => {
            let owner = known.subject.clone();
            ctx.note(Event::ResourceRead { session, owner });
            Ok(known)
        }
        Err(refusal) => {
            let why = refusal.clone();
            ctx.note(Event::ResourceUnread {
                session,
                refusal: why,
            });
            Err(refusal)
        }
    }
}
