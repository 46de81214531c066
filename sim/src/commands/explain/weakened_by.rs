//! Which switches take the force out of which rule.

use grantlab_core::refusal::Rule;

/// Rules with the switches that can make a party skip them, or apply them loosely. Other rules always hold.
const WEAKENED_BY: &[(Rule, &[&str])] = &[
    (Rule::AuthorizationParameters, &["as.dup_params"]),
    (Rule::AuthorizationWellFormed, &["as.dup_params"]),
    (Rule::TokenParameters, &["as.dup_params"]),
    (Rule::RedirectRegistered, &["as.redirect_match"]),
    (Rule::RedirectUnreserved, &["as.redirect_params"]),
    (Rule::RequestPushed, &["as.par"]),
    (Rule::RequestUriGood, &["as.request_uri_once"]),
    (Rule::ResponseTypeRegistered, &["as.response_types"]),
    (Rule::ResponseModeSupported, &["as.response_modes"]),
    (Rule::ChallengePresent, &["as.pkce"]),
    (Rule::ChallengeMethodSupported, &["as.pkce_methods"]),
    (Rule::ChallengeWellFormed, &["as.pkce_abnf"]),
    (Rule::VerifierWellFormed, &["as.pkce_abnf"]),
    (Rule::PromptSatisfiable, &["as.prompt_none"]),
    (Rule::ConsentAtHand, &["as.prompt_none", "as.consent"]),
    (Rule::OwnerConsents, &["as.consent"]),
    (Rule::TransactionOpen, &["as.txn"]),
    (Rule::SameBrowser, &["as.authz_csrf"]),
    (Rule::FormTokenMatches, &["as.authz_csrf"]),
    (Rule::SameOrigin, &["as.authz_csrf"]),
    (Rule::ClientAuthenticated, &["as.client_auth"]),
    (Rule::ClientIdConsistent, &["as.client_id_consistency"]),
    (Rule::CodeBoundToClient, &["as.code_bind_client"]),
    (Rule::CodeRedirectMatches, &["as.redirect_at_token"]),
    (Rule::VerifierMatches, &["as.pkce", "as.pkce_verify"]),
    (Rule::VerifierExpected, &["as.pkce_downgrade"]),
    (Rule::CodeFresh, &["as.code_ttl"]),
    (Rule::CodeSingleUse, &["as.code_use"]),
    (Rule::GrantLive, &["as.code_use", "as.code_replay_revoke"]),
    (Rule::RefreshBoundToClient, &["as.rt_bind_client"]),
    (Rule::RefreshNewest, &["as.rt_rotation", "as.rt_use"]),
    (Rule::RefreshScopeWithin, &["as.rt_scope"]),
    (Rule::OwnerStillThere, &["as.rt_recheck"]),
    (Rule::LoginStartedHere, &["client.init"]),
    (Rule::ResponseReadable, &["client.dup_params"]),
    (
        Rule::LoginUnderWay,
        &["client.state", "client.absent_check"],
    ),
    (Rule::StateMatches, &["client.state", "client.absent_check"]),
    (Rule::IssuerMatches, &["client.iss_check", "as.iss_param"]),
    (
        Rule::ContextMatches,
        &["client.context_check", "client.redirect_uris"],
    ),
    (
        Rule::IssuerTrusted,
        &["client.as_config", "client.issuer_unique"],
    ),
    (Rule::MessageSourceMatches, &["client.postmessage_source"]),
    (Rule::NonceMatches, &["client.nonce", "client.absent_check"]),
];

/// The switches that can make a party skip the rule, or apply it loosely.
pub(super) fn weakened_by(rule: Rule) -> &'static [&'static str] {
    let found = WEAKENED_BY.iter().find(|(weakened, _)| *weakened == rule);
    found.map_or(&[], |(_, switches)| *switches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_sim::switches;
    use std::collections::BTreeSet;

    #[test]
    fn switches_that_weaken_exist() {
        for (rule, keys) in WEAKENED_BY {
            for key in *keys {
                assert!(switches::find(key).is_some(), "{rule:?} {key}");
            }
        }
    }

    #[test]
    fn a_rule_is_listed_once() {
        let rules: BTreeSet<Rule> = WEAKENED_BY.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(rules.len(), WEAKENED_BY.len());
    }
}
