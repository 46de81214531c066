//! What can be asked of a store, by the numbers of secrets.

use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;

/// One step. Runs save one record after the other, so that many are there soon.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Advance(u64),
    SaveCodes { from: u16, count: u16 },
    SaveTokens { grant: u16, from: u16, count: u16 },
    LoadCode(u16),
    ConsumeCode(u16),
    MarkCodeRedeemed(u16),
    InvalidateCode(u16),
    RevokeFamily(u16),
    LoadToken(u16),
    ConsumeRefresh(u16),
    MarkRefreshRotated(u16),
    RevokeToken(u16),
    SavePushed(u16),
    LoadPushed(u16),
    TakePushed(u16),
}

/// How many different secrets there are, and how many records a run saves at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub(crate) codes: u16,
    pub(crate) tokens: u16,
    pub(crate) run: u16,
}

/// Steps in random order.
pub(crate) fn steps(
    numbers: Numbers,
    length: impl Into<SizeRange>,
) -> impl Strategy<Value = Vec<Step>> {
    vec(step(numbers), length)
}

fn step(numbers: Numbers) -> impl Strategy<Value = Step> {
    let Numbers { codes, tokens, run } = numbers;
    let (code, token, pushed) = (0..codes, 0..tokens, 0..12_u16);
    prop_oneof![
        3 => (0_u64..50).prop_map(Step::Advance),
        6 => (code.clone(), 1..=run).prop_map(|(from, count)| Step::SaveCodes { from, count }),
        6 => (code.clone(), token.clone(), 1..=run)
            .prop_map(|(grant, from, count)| Step::SaveTokens { grant, from, count }),
        2 => code.clone().prop_map(Step::LoadCode),
        3 => code.clone().prop_map(Step::ConsumeCode),
        1 => code.clone().prop_map(Step::MarkCodeRedeemed),
        1 => code.clone().prop_map(Step::InvalidateCode),
        2 => code.prop_map(Step::RevokeFamily),
        2 => token.clone().prop_map(Step::LoadToken),
        3 => token.clone().prop_map(Step::ConsumeRefresh),
        1 => token.clone().prop_map(Step::MarkRefreshRotated),
        1 => token.prop_map(Step::RevokeToken),
        2 => pushed.clone().prop_map(Step::SavePushed),
        1 => pushed.clone().prop_map(Step::LoadPushed),
        1 => pushed.prop_map(Step::TakePushed),
    ]
}
