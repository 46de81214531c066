//! The authorization server's switches.

mod code;
mod pages;
mod redirection;
mod requests;
mod storage;
mod tokens;

pub use code::{
    CodeBindClient, CodeEntropy, CodeOnFailedRedeem, CodeReplayRevoke, CodeUse, Pkce, PkceAbnf,
    PkceDowngrade, PkceMethods, PkceVerify,
};
pub use pages::{
    AuthorizationCsrf, Consent, Framing, LoginPages, PromptNone, Referrer, ThirdPartyContent,
    Transactions,
};
pub use redirection::{
    ErrorRedirect, IssParameter, PostMessageTarget, RedirectAtToken, RedirectMatch,
    RedirectParameters, RedirectScheme, RedirectStatus, ResponseModes, ResponseTypes,
};
pub use requests::{
    ClientAuth, ClientIdConsistency, DuplicateParameters, PushedRequests, Registering,
    RequestUriOnce,
};
pub use storage::StoreReads;
pub use tokens::{
    RefreshBindClient, RefreshRecheck, RefreshRotation, RefreshScope, RefreshUse, TokenBinding,
};

use crate::policy;

policy! {
    /// Everything about an authorization server that can be done well or badly.
    pub struct AuthorizationServerPolicy {
        /// See [`RedirectMatch`].
        pub redirect_match: RedirectMatch,
        /// See [`RedirectParameters`].
        pub redirect_params: RedirectParameters,
        /// See [`RedirectScheme`].
        pub redirect_scheme: RedirectScheme,
        /// See [`RedirectAtToken`].
        pub redirect_at_token: RedirectAtToken,
        /// See [`CodeUse`].
        pub code_use: CodeUse,
        /// See [`CodeReplayRevoke`].
        pub code_replay_revoke: CodeReplayRevoke,
        /// See [`CodeOnFailedRedeem`].
        pub code_on_failed_redeem: CodeOnFailedRedeem,
        /// See [`CodeBindClient`].
        pub code_bind_client: CodeBindClient,
        /// See [`CodeEntropy`].
        pub code_entropy: CodeEntropy,
        /// See [`Pkce`].
        pub pkce: Pkce,
        /// See [`PkceVerify`].
        pub pkce_verify: PkceVerify,
        /// See [`PkceDowngrade`].
        pub pkce_downgrade: PkceDowngrade,
        /// See [`PkceMethods`].
        pub pkce_methods: PkceMethods,
        /// See [`PkceAbnf`].
        pub pkce_abnf: PkceAbnf,
        /// See [`ClientAuth`].
        pub client_auth: ClientAuth,
        /// See [`ClientIdConsistency`].
        pub client_id_consistency: ClientIdConsistency,
        /// See [`DuplicateParameters`].
        pub dup_params: DuplicateParameters,
        /// See [`IssParameter`].
        pub iss_param: IssParameter,
        /// See [`RedirectStatus`].
        pub redirect_status: RedirectStatus,
        /// See [`LoginPages`].
        pub login: LoginPages,
        /// See [`ErrorRedirect`].
        pub error_redirect: ErrorRedirect,
        /// See [`Consent`].
        pub consent: Consent,
        /// See [`PromptNone`].
        pub prompt_none: PromptNone,
        /// See [`AuthorizationCsrf`].
        pub authz_csrf: AuthorizationCsrf,
        /// See [`Framing`].
        pub frame: Framing,
        /// See [`Referrer`].
        pub referrer: Referrer,
        /// See [`ThirdPartyContent`].
        pub third_party_content: ThirdPartyContent,
        /// See [`Transactions`].
        pub txn: Transactions,
        /// See [`ResponseModes`].
        pub response_modes: ResponseModes,
        /// See [`ResponseTypes`].
        pub response_types: ResponseTypes,
        /// See [`PostMessageTarget`].
        pub postmessage_target: PostMessageTarget,
        /// See [`RefreshBindClient`].
        pub rt_bind_client: RefreshBindClient,
        /// See [`RefreshRotation`].
        pub rt_rotation: RefreshRotation,
        /// See [`RefreshUse`].
        pub rt_use: RefreshUse,
        /// See [`RefreshScope`].
        pub rt_scope: RefreshScope,
        /// See [`RefreshRecheck`].
        pub rt_recheck: RefreshRecheck,
        /// See [`StoreReads`].
        pub store: StoreReads,
        /// See [`TokenBinding`].
        pub token_bind: TokenBinding,
        /// See [`Registering`].
        pub dcr: Registering,
        /// See [`PushedRequests`].
        pub par: PushedRequests,
        /// See [`RequestUriOnce`].
        pub request_uri_once: RequestUriOnce,
    }
}
