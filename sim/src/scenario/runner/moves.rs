//! Carries steps out: which step is whose.

use super::requests;
use super::stage::{Fault, Hitch, Stage};
use crate::scenario::step::Step;
use grantlab_core::time::Span;

impl Stage<'_> {
    /// Takes one step.
    pub(super) fn take(&mut self, index: usize, step: &Step) -> Result<(), Hitch> {
        match step {
            Step::Start(parts) => self.start(parts),
            Step::Visit(parts) => self.visit(self.seat(parts.user, &parts.tab)?, parts.client),
            Step::Login(parts) => self.log_in(self.seat(parts.user, &parts.tab)?, true),
            Step::WrongPassword(parts) => self.mistype(parts),
            Step::Approve(parts) => self.approve(parts),
            Step::Deny(parts) => self.deny(self.seat(parts.user, &parts.tab)?),
            Step::Logout(parts) => self.log_out(parts),
            Step::Open(parts) => self.open(parts),
            Step::Popup(parts) => self.popup(parts),
            Step::Follow(parts) => self.follow(parts),
            Step::Press(parts) => self.press_named(parts),
            Step::Fill(parts) => self.fill_in(parts),
            Step::Back(parts) => self.back(self.seat(parts.user, &parts.tab)?),
            Step::Reload(parts) => self.reload(self.seat(parts.user, &parts.tab)?),
            Step::Close(parts) => self.close(self.seat(parts.user, &parts.tab)?),
            Step::Pause(parts) => self.hold(self.seat(parts.user, &parts.tab)?, true),
            Step::Resume(parts) => self.hold(self.seat(parts.user, &parts.tab)?, false),
            Step::Read(parts) => self.read(parts),
            Step::Refresh(parts) => self.refresh(parts),
            Step::Revoke(parts) => self.revoke(parts),
            Step::Send(parts) => self.send(parts),
            Step::Repeat(parts) => self.repeat(parts),
            Step::Advance(parts) => {
                let ms = Span::from_seconds(parts.seconds).0.saturating_add(parts.ms);
                self.advance(Span(ms));
                Ok(())
            }
            Step::Settle(parts) => self.settle_until(parts.until),
            Step::Deliver(parts) => self.deliver_one(parts.message),
            Step::Lose(parts) => self.arm(index, parts.message, Fault::Lose),
            Step::Duplicate(parts) => self.arm(index, parts.message, Fault::Duplicate),
            Step::Delay(parts) => {
                let by = Span::from_seconds(parts.seconds);
                self.arm(index, parts.message, Fault::Delay(by))
            }
            Step::Crash(parts) => self.crash(index, parts),
            Step::Restart(parts) => {
                self.position.world.restart(self.party(&parts.party)?);
                Ok(())
            }
            Step::Begin(parts) => self.played(self.begin(parts)),
            Step::GoOn(parts) => self.played(self.go_on(parts)),
            Step::Lure(parts) => self.played(self.lure(parts)),
            Step::Browse(parts) => self.played(self.browse(parts)),
            Step::Forge(parts) => self.played(self.forge(parts)),
            Step::Answer(parts) => self.played(self.answer(parts)),
            Step::Renew(parts) => self.played(self.renew(parts)),
            Step::Withdraw(parts) => self.played(self.withdraw(parts)),
            Step::Happen(parts) => self.happen(parts),
            Step::DisableOwner(parts) => self.disable_owner(parts),
            Step::RevokeConsent(parts) => self.revoke_consent(parts),
            Step::EndSessions(parts) => self.end_sessions(parts),
        }
    }

    fn send(&mut self, parts: &crate::scenario::step::Send) -> Result<(), Hitch> {
        let request = requests::made(parts, self)?;
        self.position.world.send(request);
        Ok(())
    }

    fn repeat(&mut self, parts: &crate::scenario::step::Repeat) -> Result<(), Hitch> {
        let request = requests::repeated(parts.request, self)?;
        (0..parts.times).for_each(|_| self.position.world.send(request.clone()));
        Ok(())
    }
}
