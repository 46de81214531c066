//! The moves of an attack, as a search plays them: what a file says becomes the same [`Move`].

use std::sync::Arc;

use grantlab_core::http::{Body, Encoded, Fields, Request};
use grantlab_core::text::Text;

use super::requests;
use super::stage::{Hitch, Stage};
use crate::attacker::{Bait, Move, Pause};
use crate::choices::Key;
use crate::scenario::content::{Forged, Parameters};
use crate::scenario::file::Granularity;
use crate::scenario::names::{ClientName, User};
use crate::scenario::step::{
    Answer, Baiting, Begin, Browse, ForUser, Forge, Happen, InTab, Lure, Pausing,
};
use crate::walk::step_by_key;

impl Stage<'_> {
    /// Takes a move of an attack.
    pub(super) fn played(&mut self, one: Result<Move, Hitch>) -> Result<(), Hitch> {
        let one = one?;
        if self.position.world.setup().attacker.is_none() {
            return Err("nobody attacks: the scenario has no `attacker`".to_owned());
        }
        match self.scenario.file.granularity {
            Granularity::Action => self.position.play(&one),
            Granularity::Event => self.position.play_once(&one),
        }
        Ok(())
    }

    /// Takes an event that a search chose.
    pub(super) fn happen(&mut self, parts: &Happen) -> Result<(), Hitch> {
        let taken = step_by_key(&mut self.position.world, Key(parts.key.0));
        taken
            .then_some(())
            .ok_or_else(|| format!("nothing called {:016x} can happen now", parts.key.0))
    }

    pub(super) fn go_on(&self, parts: &InTab) -> Result<Move, Hitch> {
        Ok(Move::GoOn {
            user: self.owner(parts.user)?,
            tab: Text::from(&parts.tab),
        })
    }

    pub(super) fn lure(&self, parts: &Lure) -> Result<Move, Hitch> {
        let message = parts.message.as_ref().map(|message| self.fields(message));
        Ok(Move::Lure {
            user: self.owner(parts.user)?,
            bait: bait(parts.how),
            request: self.forged(&parts.request)?,
            message: message.transpose()?,
            pause: pause(parts.pause),
        })
    }

    pub(super) fn browse(&self, parts: &Browse) -> Result<Move, Hitch> {
        let request = self.forged(&parts.request)?;
        Ok(Move::Browse { request })
    }

    pub(super) fn forge(&self, parts: &Forge) -> Result<Move, Hitch> {
        Ok(Move::Send {
            request: self.forged(&parts.request)?,
            times: parts.times,
        })
    }

    pub(super) fn answer(&self, parts: &Answer) -> Result<Move, Hitch> {
        Ok(Move::Answer {
            waiting: parts.waiting,
            location: requests::url(&parts.url, &parts.query, self)?,
        })
    }

    pub(super) fn renew(&self, parts: &ForUser) -> Result<Move, Hitch> {
        Ok(Move::Refresh {
            client: self.place(parts.client)?,
            user: self.owner(parts.user)?,
        })
    }

    pub(super) fn withdraw(&self, parts: &ForUser) -> Result<Move, Hitch> {
        Ok(Move::Withdraw {
            user: self.owner(parts.user)?,
            client: self.place(parts.client)?,
        })
    }

    pub(super) fn begin(&self, parts: &Begin) -> Result<Move, Hitch> {
        let client = self.place(parts.client)?;
        let server = Text::from(&parts.server);
        if parts.user == User::Mallory {
            return Ok(Move::Begin { client, server });
        }
        Ok(Move::Start {
            user: self.owner(parts.user)?,
            client,
            server,
            instead: parts.instead.as_ref().map(Text::from),
            pause: pause(parts.pause),
        })
    }

    fn owner(&self, user: User) -> Result<usize, Hitch> {
        let name = user.as_str();
        let place = self.position.world.user(name);
        place.ok_or_else(|| format!("there is no {name}"))
    }

    fn place(&self, client: ClientName) -> Result<usize, Hitch> {
        let mut clients = self.position.world.setup().clients.iter();
        clients
            .position(|known| known.name == client.as_str())
            .ok_or_else(|| format!("there is no {}", client.as_str()))
    }

    fn forged(&self, forged: &Forged) -> Result<Arc<Request>, Hitch> {
        let mut url = requests::url(&forged.url, &Parameters::default(), self)?;
        if !forged.query.0.is_empty() {
            url.query = Some(Encoded::Fields(self.fields(&forged.query)?));
        }
        let body = match &forged.form {
            Some(form) => Body::Form(Encoded::Fields(self.fields(form)?)),
            None => Body::Empty,
        };
        let mut request = Request::post(url, body);
        request.method = requests::method(&forged.method);
        for (name, value) in &forged.headers.0 {
            let value = self.filled(value)?;
            request.headers.push(requests::header(name, &value));
        }
        Ok(Arc::new(request))
    }

    fn fields(&self, parameters: &Parameters) -> Result<Fields, Hitch> {
        requests::fields(parameters, self)
    }
}

const fn pause(pausing: Pausing) -> Pause {
    match pausing {
        Pausing::Never => Pause::Never,
        Pausing::AtPage => Pause::AtPage,
        Pausing::BeforeResponse => Pause::BeforeResponse,
    }
}

const fn bait(baiting: Baiting) -> Bait {
    match baiting {
        Baiting::Link => Bait::Link,
        Baiting::Image => Bait::Image,
        Baiting::Frame => Bait::Frame,
        Baiting::Popup => Bait::Popup,
        Baiting::Form => Bait::Form,
    }
}
