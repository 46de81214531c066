//! The lives of codes and tokens, as tables.
//!
//! Rules of this file: a table is `next(self, step)`, without a wildcard; `None` means that the step is not
//! taken and nothing changes. The store moves a record by these tables and in no other way.
//!
//! ```text
//!   code    Issued ──consume──▶ Redeemed ──revoke family──▶ Revoked
//!             └─────invalidate, revoke family──────────────────▲
//!
//!   token   Live ──consume──▶ Rotated ──revoke──▶ Revoked
//!             └──────────────revoke──────────────────▲
//! ```
//!
//! The blind writes (`mark`) look at nothing. They are what a check-then-set server does, and why it is broken.

use crate::message::store::{CodeStage, TokenStage};

/// What can happen to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStep {
    /// Somebody redeems it: compare-and-set (RFC 6749 §4.1.2).
    Consume,
    /// Somebody writes that it is redeemed, without looking.
    Mark,
    /// A redemption failed, and the policy lets the code pay for it.
    Invalidate,
    /// Its grant is revoked (RFC 6749 §4.1.2, §10.5).
    RevokeFamily,
}

impl CodeStep {
    /// Every step.
    pub const ALL: [Self; 4] = [
        Self::Consume,
        Self::Mark,
        Self::Invalidate,
        Self::RevokeFamily,
    ];
}

impl CodeStage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Issued, Self::Redeemed, Self::Revoked];

    /// Where `step` leads.
    #[must_use]
    pub const fn next(self, step: CodeStep) -> Option<Self> {
        match (self, step) {
            (Self::Issued, CodeStep::Consume)
            | (Self::Issued | Self::Redeemed | Self::Revoked, CodeStep::Mark) => {
                Some(Self::Redeemed)
            }
            (Self::Issued, CodeStep::Invalidate)
            | (Self::Issued | Self::Redeemed | Self::Revoked, CodeStep::RevokeFamily) => {
                Some(Self::Revoked)
            }
            (Self::Redeemed | Self::Revoked, CodeStep::Consume | CodeStep::Invalidate) => None,
        }
    }
}

/// What can happen to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStep {
    /// Somebody uses a refresh token that is rotated: compare-and-set (RFC 9700 §4.14.2).
    Consume,
    /// Somebody writes that it is rotated, without looking.
    Mark,
    /// It is revoked, alone or with its family (RFC 7009 §2.1).
    Revoke,
}

impl TokenStep {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Consume, Self::Mark, Self::Revoke];
}

impl TokenStage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Live, Self::Rotated, Self::Revoked];

    /// Where `step` leads.
    #[must_use]
    pub const fn next(self, step: TokenStep) -> Option<Self> {
        match (self, step) {
            (Self::Live, TokenStep::Consume)
            | (Self::Live | Self::Rotated | Self::Revoked, TokenStep::Mark) => Some(Self::Rotated),
            (Self::Live | Self::Rotated | Self::Revoked, TokenStep::Revoke) => Some(Self::Revoked),
            (Self::Rotated | Self::Revoked, TokenStep::Consume) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use core::fmt::Debug;

    fn matrix<S: Copy + Debug, T: Copy + Debug>(
        stages: &[S],
        steps: &[T],
        next: impl Fn(S, T) -> Option<S>,
    ) -> String {
        let mut out = String::new();
        for stage in stages {
            for step in steps {
                let to = next(*stage, *step).map_or_else(|| "-".into(), |to| format!("{to:?}"));
                out += &format!("{stage:?} + {step:?} = {to}\n");
            }
        }
        out
    }

    #[test]
    fn the_life_of_a_code() {
        insta::assert_snapshot!(matrix(&CodeStage::ALL, &CodeStep::ALL, CodeStage::next), @"
        Issued + Consume = Redeemed
        Issued + Mark = Redeemed
        Issued + Invalidate = Revoked
        Issued + RevokeFamily = Revoked
        Redeemed + Consume = -
        Redeemed + Mark = Redeemed
        Redeemed + Invalidate = -
        Redeemed + RevokeFamily = Revoked
        Revoked + Consume = -
        Revoked + Mark = Redeemed
        Revoked + Invalidate = -
        Revoked + RevokeFamily = Revoked
        ");
    }

    #[test]
    fn the_life_of_a_token() {
        insta::assert_snapshot!(matrix(&TokenStage::ALL, &TokenStep::ALL, TokenStage::next), @"
        Live + Consume = Rotated
        Live + Mark = Rotated
        Live + Revoke = Revoked
        Rotated + Consume = -
        Rotated + Mark = Rotated
        Rotated + Revoke = Revoked
        Revoked + Consume = -
        Revoked + Mark = Rotated
        Revoked + Revoke = Revoked
        ");
    }

    /// RFC 6749 §4.1.2, §10.5: no way leads back to a good code or token.
    #[test]
    fn nothing_comes_back_to_life() {
        for stage in CodeStage::ALL {
            for step in CodeStep::ALL {
                assert_ne!(stage.next(step), Some(CodeStage::Issued));
            }
        }
        for stage in TokenStage::ALL {
            for step in TokenStep::ALL {
                assert_ne!(stage.next(step), Some(TokenStage::Live));
            }
        }
    }
}
