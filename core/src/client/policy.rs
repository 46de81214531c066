//! The client's switches.

use crate::{policy, switch};

switch! {
    /// Whether the client can keep a secret.
    "client.type", demanded by "environment (RFC 6749 §2.1)", secure Confidential,
    pub enum ClientType {
        /// It can.
        Confidential = "confidential",
        /// It cannot, and has none.
        Public = "public",
    }
}
switch! {
    /// How `state` ties a response to the browser session that asked.
    "client.state", demanded by "RFC 6749 §10.12; RFC 9700 §2.1, §4.7.1", secure BoundOnce,
    pub enum StateUse {
        /// Fresh for each login, kept in the session, good once.
        BoundOnce = "bound_once",
        /// Fresh and kept in the session, good again and again.
        BoundMulti = "bound_multi",
        /// Fresh, kept in one place for all sessions.
        UnboundStore = "unbound_store",
        /// The same word for everybody.
        Static = "static",
        /// Sent, and not compared with what comes back.
        SentNotChecked = "sent_not_checked",
        /// Not sent.
        Absent = "absent",
        /// The response's `state` says which session it belongs to.
        SessionFromState = "session_from_state",
    }
}
switch! {
    /// What a response means to a session that has no login under way.
    "client.absent_check", demanded by "RFC 9700 §4.7.1", secure Abort,
    pub enum AbsentCheck {
        /// It is refused.
        Abort = "abort",
        /// There is nothing to compare with, so nothing is compared.
        Skip = "skip",
    }
}
switch! {
    /// What the client sends as its code challenge.
    "client.pkce", demanded by "RFC 9700 §2.1.1; RFC 7636 §7.1, §7.2", secure S256PerTransaction,
    pub enum ClientPkce {
        /// `S256` of a verifier made for this login.
        S256PerTransaction = "S256_per_txn",
        /// The verifier itself.
        Plain = "plain",
        /// `S256` of the same verifier every time.
        Constant = "constant",
        /// `S256` of a verifier of eight characters.
        Short = "short",
        /// Nothing.
        None = "none",
    }
}
switch! {
    /// How the client uses `nonce` with ID Tokens.
    "client.nonce", demanded by "RFC 9700 §2.1.1, §4.5.3.2; OpenID Connect Core §3.1.3.7", secure TokenEndpoint,
    pub enum NonceUse {
        /// Sent, and compared in every ID Token, the token endpoint's included.
        TokenEndpoint = "token_endpoint",
        /// Compared in the authorization response alone.
        FrontOnly = "front_only",
        /// Sent, and not compared.
        SentNotChecked = "sent_not_checked",
        /// Not sent.
        None = "none",
    }
}
switch! {
    /// Whether the issuer of a response is compared with the one that was asked.
    "client.iss_check", demanded by "RFC 9207 §2.4; RFC 9700 §2.1, §4.4.2.1", secure Strict,
    pub enum IssCheck {
        /// Always, and it must be there if the server promised it.
        Strict = "strict",
        /// If it is there.
        IfPresent = "if_present",
        /// Never.
        Off = "off",
    }
}
switch! {
    /// Whether two registrations may claim one issuer.
    "client.issuer_unique", demanded by "RFC 9207 §4", secure On,
    pub enum IssuerUnique {
        /// No: the second is refused.
        On = "on",
        /// Yes.
        Off = "off",
    }
}
switch! {
    /// How many authorization servers the client knows.
    "client.as_set", demanded by "environment (RFC 9700 §4.4.2)", secure Multi,
    pub enum AuthorizationServers {
        /// All that the world has.
        Multi = "multi",
        /// The first.
        Single = "single",
    }
}
switch! {
    /// How the client knows which server a response comes from.
    "client.as_tracking", demanded by "RFC 9700 §4.4.2", secure Session,
    pub enum Tracking {
        /// From what it kept in the session.
        Session = "session",
        /// From the redirection URI that was called.
        RedirectUri = "redirect_uri",
    }
}
switch! {
    /// Whether each server has a redirection URI of its own.
    "client.redirect_uris", demanded by "RFC 9700 §4.4.2.2", secure PerContext,
    pub enum RedirectUris {
        /// Each has.
        PerContext = "per_context",
        /// All share one.
        Shared = "shared",
    }
}
switch! {
    /// Whether the response must arrive where its login was told to come back.
    "client.context_check", demanded by "RFC 9700 §4.4.2.2", secure On,
    pub enum ContextCheck {
        /// It must.
        On = "on",
        /// Nobody looks.
        Off = "off",
    }
}
switch! {
    /// Whether a login remembers which server it is with: its `state` is then looked up among that server's logins.
    "client.check_scope", demanded by "RFC 9700 §4.4.2", secure PerProvider,
    pub enum CheckScope {
        /// It does.
        PerProvider = "per_provider",
        /// It does not: all logins are in one place, and the redirection URI that is called says who answers.
        Global = "global",
    }
}
switch! {
    /// Where the client keeps what a login sent.
    "client.txn_store", demanded by "RFC 9700 §2.1.1 (bound to the user-agent's session)", secure PerSession,
    pub enum TransactionStore {
        /// With the login, in its session.
        PerSession = "per_session",
        /// Verifier, `nonce` and server have one place for all: who starts last overwrites those before.
        ProcessGlobal = "process_global",
    }
}
switch! {
    /// Whether the client is called the same at every server.
    "client.client_id_across_as", demanded by "OAuth security topics (draft update) §2.1.2.3", secure Distinct,
    pub enum ClientIdAcrossServers {
        /// Each server has a name of its own for it.
        Distinct = "distinct",
        /// All call it the same.
        Equal = "equal",
    }
}
switch! {
    /// Whether the client proves itself with the same key everywhere, where its tokens are bound to keys.
    "client.keys_across_as", demanded by "OAuth security topics (draft update) §2.1.2.3; FAPI 2.0 Security Profile", secure Distinct,
    pub enum KeysAcrossServers {
        /// It has a key, and a certificate, for each server.
        Distinct = "distinct",
        /// It has one for all.
        Shared = "shared",
    }
}
switch! {
    /// Where the endpoints of a server come from.
    "client.as_config", demanded by "RFC 8414 §3.3; RFC 9700 §2.6", secure ValidatedMetadata,
    pub enum ServerConfiguration {
        /// From its metadata, whose issuer must be the one that was asked, and its endpoints on that origin.
        ValidatedMetadata = "validated_metadata",
        /// Whatever somebody typed in.
        FreeEndpoints = "free_endpoints",
    }
}
switch! {
    /// Whether a refused response is redeemed all the same, to use up its code.
    "client.burn_on_mismatch", demanded by "no RFC; seen in code", secure Off,
    pub enum BurnOnMismatch {
        /// No.
        Off = "off",
        /// Yes, and the answer is thrown away.
        On = "on",
    }
}
switch! {
    /// What a repeated parameter in a response means.
    "client.dup_params", demanded by "RFC 6749 §3.1", secure Reject,
    pub enum ResponseDuplicates {
        /// The response is refused.
        Reject = "reject",
        /// The first counts.
        First = "first",
        /// The last counts.
        Last = "last",
    }
}
switch! {
    /// What the redirection endpoint shows.
    "client.callback_page", demanded by "RFC 9700 §4.2.4; RFC 6749 §3.1.2.5", secure CleanRedirect,
    pub enum CallbackPage {
        /// Nothing: it redirects to a clean URL.
        CleanRedirect = "clean_redirect",
        /// A page with a picture from another site.
        ThirdPartyContent = "third_party_content",
    }
}
switch! {
    /// What the client shows when it refuses a response.
    "client.error_page", demanded by "RFC 9700 §4.2.4", secure Clean,
    pub enum ErrorPage {
        /// A page of its own alone.
        Clean = "clean",
        /// A page with a picture from another site.
        ThirdPartyContent = "third_party_content",
    }
}
switch! {
    /// The `Referrer-Policy` of the client's pages.
    "client.referrer", demanded by "RFC 9700 §4.2.4", secure NoReferrer,
    pub enum ClientReferrer {
        /// `no-referrer`
        NoReferrer = "no-referrer",
        /// None stated: the user-agent's default counts.
        Default = "default",
        /// `unsafe-url`
        UnsafeUrl = "unsafe-url",
    }
}
switch! {
    /// Whether the client redirects to wherever a parameter says.
    "client.open_redirector", demanded by "RFC 9700 §2.1, §4.11.1", secure None,
    pub enum OpenRedirector {
        /// No.
        None = "none",
        /// Yes, at `/go?to=…`, with the other parameters added.
        Present = "present",
    }
}
switch! {
    /// What starts a login.
    "client.init", demanded by "OpenID Connect Core §4; Fett, Küsters, Schmitz 2016 §5.1", secure PostWithOriginCheck,
    pub enum LoginStart {
        /// A form of its own pages.
        PostWithOriginCheck = "post_with_origin_check",
        /// Any link.
        Get = "get",
    }
}
switch! {
    /// What the cookie that names a session is bound to.
    "client.cookie", demanded by "RFC 6265bis §4.1.3.2", secure HostPrefix,
    pub enum ClientCookie {
        /// To this host and to TLS, by its name.
        HostPrefix = "host_prefix",
        /// To nothing: a subdomain may set it too, and it travels in the clear.
        Plain = "plain",
    }
}
switch! {
    /// What an account at the client is looked up by.
    "client.account_key", demanded by "OpenID Connect Core §5.7", secure IssuerAndSubject,
    pub enum AccountKey {
        /// Issuer and subject.
        IssuerAndSubject = "iss+sub",
        /// Subject.
        Subject = "sub",
        /// E-mail address.
        Email = "email",
    }
}
switch! {
    /// What the client does with tokens that arrive in the front channel.
    "client.front_tokens", demanded by "RFC 9700 §2.1.2, §4.6", secure Ignored,
    pub enum FrontTokens {
        /// Nothing.
        Ignored = "ignored",
        /// It uses them.
        Accepted = "accepted",
    }
}
switch! {
    /// Whose messages the client's window believes.
    "client.postmessage_source", demanded by "RFC 9700 §4.17", secure Checked,
    pub enum PostMessageSource {
        /// Those of the server it asked.
        Checked = "checked",
        /// Anybody's.
        Any = "any",
    }
}
switch! {
    /// How the authorization response travels.
    "flow.response_mode", demanded by "environment (OAuth 2.0 Multiple Response Types §2.1; Form Post §2)", secure Query,
    pub enum AskedResponseMode {
        /// In the query.
        Query = "query",
        /// In a form that sends itself.
        FormPost = "form_post",
        /// In the fragment.
        Fragment = "fragment",
        /// In a message to the window that opened the page.
        WebMessage = "web_message",
    }
}
switch! {
    /// What the client asks the authorization endpoint for.
    "flow.response_type", demanded by "environment (RFC 6749 §3.1.1; OpenID Connect Core §3.3)", secure Code,
    pub enum AskedResponseType {
        /// `code`
        Code = "code",
        /// `code id_token`
        CodeIdToken = "code_id_token",
        /// `code token`
        CodeToken = "code_token",
    }
}

policy! {
    /// Everything about a client that can be done well or badly.
    pub struct ClientPolicy {
        /// See [`ClientType`].
        pub client_type: ClientType,
        /// See [`StateUse`].
        pub state: StateUse,
        /// See [`AbsentCheck`].
        pub absent_check: AbsentCheck,
        /// See [`ClientPkce`].
        pub pkce: ClientPkce,
        /// See [`NonceUse`].
        pub nonce: NonceUse,
        /// See [`IssCheck`].
        pub iss_check: IssCheck,
        /// See [`IssuerUnique`].
        pub issuer_unique: IssuerUnique,
        /// See [`AuthorizationServers`].
        pub as_set: AuthorizationServers,
        /// See [`Tracking`].
        pub as_tracking: Tracking,
        /// See [`RedirectUris`].
        pub redirect_uris: RedirectUris,
        /// See [`ContextCheck`].
        pub context_check: ContextCheck,
        /// See [`CheckScope`].
        pub check_scope: CheckScope,
        /// See [`TransactionStore`].
        pub txn_store: TransactionStore,
        /// See [`ClientIdAcrossServers`].
        pub client_id_across_as: ClientIdAcrossServers,
        /// See [`KeysAcrossServers`].
        pub keys_across_as: KeysAcrossServers,
        /// See [`ServerConfiguration`].
        pub as_config: ServerConfiguration,
        /// See [`BurnOnMismatch`].
        pub burn_on_mismatch: BurnOnMismatch,
        /// See [`ResponseDuplicates`].
        pub dup_params: ResponseDuplicates,
        /// See [`CallbackPage`].
        pub callback_page: CallbackPage,
        /// See [`ErrorPage`].
        pub error_page: ErrorPage,
        /// See [`ClientReferrer`].
        pub referrer: ClientReferrer,
        /// See [`OpenRedirector`].
        pub open_redirector: OpenRedirector,
        /// See [`LoginStart`].
        pub init: LoginStart,
        /// See [`ClientCookie`].
        pub cookie: ClientCookie,
        /// See [`AccountKey`].
        pub account_key: AccountKey,
        /// See [`FrontTokens`].
        pub front_tokens: FrontTokens,
        /// See [`PostMessageSource`].
        pub postmessage_source: PostMessageSource,
        /// See [`AskedResponseMode`].
        pub response_mode: AskedResponseMode,
        /// See [`AskedResponseType`].
        pub response_type: AskedResponseType,
    }
}
