//! Which switches take the force out of which rule.

use grantlab_core::refusal::Rule;

/// The switches that can make a party skip the rule, or apply it loosely.
#[expect(
    clippy::too_many_lines,
    reason = "a line for each rule, so that nobody forgets a new one"
)]
pub(super) const fn weakened_by(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::AuthorizationParameters | Rule::AuthorizationWellFormed | Rule::TokenParameters => {
            &["as.dup_params"]
        }
        Rule::RedirectRegistered => &["as.redirect_match"],
        Rule::RedirectUnreserved => &["as.redirect_params"],
        Rule::RequestPushed => &["as.par"],
        Rule::RequestUriGood => &["as.request_uri_once"],
        Rule::ResponseTypeRegistered => &["as.response_types"],
        Rule::ResponseModeSupported => &["as.response_modes"],
        Rule::ChallengePresent => &["as.pkce"],
        Rule::ChallengeMethodSupported => &["as.pkce_methods"],
        Rule::ChallengeWellFormed | Rule::VerifierWellFormed => &["as.pkce_abnf"],
        Rule::PromptSatisfiable => &["as.prompt_none"],
        Rule::ConsentAtHand => &["as.prompt_none", "as.consent"],
        Rule::OwnerConsents => &["as.consent"],
        Rule::TransactionOpen => &["as.txn"],
        Rule::SameBrowser | Rule::FormTokenMatches | Rule::SameOrigin => &["as.authz_csrf"],
        Rule::ClientAuthenticated => &["as.client_auth"],
        Rule::ClientIdConsistent => &["as.client_id_consistency"],
        Rule::CodeBoundToClient => &["as.code_bind_client"],
        Rule::CodeRedirectMatches => &["as.redirect_at_token"],
        Rule::VerifierMatches => &["as.pkce", "as.pkce_verify"],
        Rule::VerifierExpected => &["as.pkce_downgrade"],
        Rule::CodeFresh => &["as.code_ttl"],
        Rule::CodeSingleUse => &["as.code_use"],
        Rule::GrantLive => &["as.code_replay_revoke", "as.rt_recheck"],
        Rule::RefreshBoundToClient => &["as.rt_bind_client"],
        Rule::RefreshNewest => &["as.rt_rotation", "as.rt_use"],
        Rule::RefreshScopeWithin => &["as.rt_scope"],
        Rule::OwnerStillThere => &["as.rt_recheck"],
        Rule::LoginStartedHere => &["client.init"],
        Rule::ResponseReadable => &["client.dup_params"],
        Rule::LoginUnderWay | Rule::StateMatches => &["client.state", "client.absent_check"],
        Rule::IssuerMatches => &["client.iss_check", "as.iss_param"],
        Rule::ContextMatches => &["client.context_check", "client.redirect_uris"],
        Rule::IssuerTrusted => &["client.as_config", "client.issuer_unique"],
        Rule::MessageSourceMatches => &["client.postmessage_source"],
        Rule::NonceMatches => &["client.nonce"],
        Rule::MethodAllowed
        | Rule::ContentReadable
        | Rule::WithinLimits
        | Rule::EndpointExists
        | Rule::ClientKnown
        | Rule::RedirectPresent
        | Rule::ResponseTypeKnown
        | Rule::ScopeKnown
        | Rule::NoncePresent
        | Rule::TransactionsBounded
        | Rule::OneAuthenticationMethod
        | Rule::AuthenticationMethodRegistered
        | Rule::GrantTypeKnown
        | Rule::GrantTypeAllowed
        | Rule::CodeKnown
        | Rule::RefreshTokenKnown
        | Rule::RefreshFresh
        | Rule::StoreHasRoom
        | Rule::RevokesItsOwn
        | Rule::IntrospectionAuthorized
        | Rule::TokenPresent
        | Rule::OneTokenPlace
        | Rule::TokenGood
        | Rule::TokenScopeCovers
        | Rule::VerdictReachable
        | Rule::ResponseGranted
        | Rule::TokenResponseReadable
        | Rule::TokenResponseGranted
        | Rule::TokenTypeUnderstood
        | Rule::IdTokenValid
        | Rule::IdTokenExpected
        | Rule::AnswerInTime
        | Rule::LoginsBounded
        | Rule::Unreachable => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_sim::switches;

    #[test]
    fn switches_that_weaken_exist() {
        for rule in Rule::ALL {
            for key in weakened_by(*rule) {
                assert!(switches::find(key).is_some(), "{rule:?} {key}");
            }
        }
    }
}
