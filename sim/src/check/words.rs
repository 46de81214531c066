//! The words that check files and target files choose from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares an enum of words, each as it is spelt in a file.
macro_rules! words {
    ($(#[doc = $doc:literal])+ pub enum $name:ident { $( $(#[doc = $about:literal])+ $variant:ident = $word:literal, )+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
        pub enum $name { $( $(#[doc = $about])+ #[serde(rename = $word)] $variant, )+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$( Self::$variant, )+];

            /// The word in a file.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }
        }
    };
}

words! {
    /// How much a standard demands what a check looks at.
    pub enum Level {
        /// Without it there is no conformance.
        Must = "MUST",
        /// There may be reasons for something else.
        Should = "SHOULD",
        /// It is free.
        May = "MAY",
        /// No standard says anything: what is done is noted, so that a change shows.
        Recorded = "recorded",
    }
}

words! {
    /// What came of a check.
    pub enum Verdict {
        /// As demanded.
        Pass = "pass",
        /// Not as demanded.
        Fail = "fail",
        /// Allowed, but not advised; or weaker than it could be.
        Warning = "warning",
        /// Noted, without judgement.
        Recorded = "recorded",
        /// The target does not offer what the check is about.
        NotApplicable = "not applicable",
        /// Something that had to work first did not.
        CouldNotRun = "could not run",
        /// It was not tried: it has to wait, or the target file says so.
        Skipped = "skipped",
    }
}

words! {
    /// What servers decide for themselves, and what a change of surprises their clients.
    pub enum PolicyName {
        /// What becomes of a code that somebody failed to redeem.
        Burn = "burn policy",
        /// What becomes of what was issued when a code or refresh token comes a second time.
        Replay = "replay policy",
        /// What two errors that should look the same tell apart.
        ErrorOracle = "error oracle",
        /// Which of two errors is told.
        Precedence = "precedence of errors",
    }
}

words! {
    /// What an answer comes to. An answer can be several of these: `error` is also `refused`.
    pub enum Outcome {
        /// The browser came back to the client with a code, and without an error.
        Code = "code",
        /// The browser came back to the client with an error.
        ErrorRedirect = "error_redirect",
        /// The browser came back to the client with neither.
        OtherRedirect = "other_redirect",
        /// The browser is shown a page by the target that asks for a password.
        LoginPage = "login_page",
        /// The browser is shown a page by the target that asks for consent.
        ConsentPage = "consent_page",
        /// The target answers the browser by itself, and asks for nothing: an error page, mostly.
        ErrorPage = "error_page",
        /// Success with an `access_token`.
        Tokens = "tokens",
        /// A JSON object with `error`.
        Error = "error",
        /// No code, no token and no success, but an orderly answer: 4xx, an error, or an error page.
        Refused = "refused",
        /// 2xx.
        Success = "success",
        /// 5xx.
        Crash = "crash",
        /// No answer, or one that is no HTTP.
        Unanswered = "unanswered",
    }
}

words! {
    /// A client of the target by what it is good for. The first that fits is taken.
    pub enum Role {
        /// The first client of the target file.
        Main = "main",
        /// Another client that has a secret.
        Other = "other",
        /// A client without a secret.
        Public = "public",
        /// A client that sends its secret in the form.
        Post = "post",
        /// A client that sends its secret as Basic credentials.
        Basic = "basic",
        /// A client with more than one redirection URI.
        Several = "several",
        /// A client with an `http` redirection URI on a loopback address.
        Loopback = "loopback",
        /// A client with a redirection URI of a private-use scheme.
        PrivateScheme = "private_scheme",
        /// A client with a redirection URI that has a query.
        Query = "query",
        /// A client whose id or secret has characters that need encoding.
        Odd = "odd",
        /// A client without redirection URIs.
        NoRedirect = "no_redirect",
    }
}

words! {
    /// An endpoint of the target.
    pub enum Endpoint {
        /// RFC 6749 §3.1
        Authorization = "authorization",
        /// RFC 6749 §3.2
        Token = "token",
        /// RFC 7009
        Revocation = "revocation",
        /// RFC 7662
        Introspection = "introspection",
        /// OpenID Connect Core §5.3
        Userinfo = "userinfo",
        /// RFC 7591
        Registration = "registration",
        /// RFC 9126
        PushedRequests = "pushed_requests",
        /// RFC 7517 §5
        Jwks = "jwks",
        /// RFC 8414 §3, or OpenID Connect Discovery §4
        Metadata = "metadata",
        /// Something that an access token opens (RFC 6749 §7). Without one of its own, a target has its `userinfo`.
        Resource = "resource",
    }
}

words! {
    /// What a target can do beyond the plain code flow.
    pub enum Feature {
        /// It knows PKCE (RFC 7636).
        Pkce = "pkce",
        /// It takes the method `plain`.
        PkcePlain = "pkce_plain",
        /// It issues refresh tokens.
        Refresh = "refresh",
        /// It is an OpenID provider: the scope `openid` brings an ID Token.
        Openid = "openid",
        /// It puts `iss` into authorization responses (RFC 9207).
        Iss = "iss",
        /// It has a revocation endpoint.
        Revocation = "revocation",
        /// It has an introspection endpoint.
        Introspection = "introspection",
        /// It has a userinfo endpoint.
        Userinfo = "userinfo",
        /// It lets clients register themselves.
        Registration = "registration",
        /// It takes pushed authorization requests.
        PushedRequests = "pushed_requests",
        /// It publishes metadata.
        Metadata = "metadata",
        /// It publishes keys.
        Jwks = "jwks",
        /// There is something that an access token opens.
        Resource = "resource",
        /// It knows the response mode `form_post`.
        FormPost = "form_post",
        /// It asks for consent on a page of its own, so that it can be denied.
        Consent = "consent",
        /// It asks for a password.
        Login = "login",
        /// Its clock can be moved.
        Clock = "clock",
        /// It has the hybrid response type `code id_token`.
        Hybrid = "hybrid",
    }
}

words! {
    /// How a client proves itself at the token endpoint.
    pub enum Authentication {
        /// As it is registered.
        Own = "own",
        /// Basic credentials, form-encoded first (RFC 6749 §2.3.1).
        Basic = "basic",
        /// Basic credentials as they are, which many clients send.
        BasicRaw = "basic_raw",
        /// In the form.
        Post = "post",
        /// Both ways at once.
        Both = "both",
        /// Not at all; `client_id` is in the form.
        Id = "id",
        /// Not at all, and without `client_id`.
        Nothing = "nothing",
    }
}

words! {
    /// How long something of the target is good for.
    pub enum Lifetime {
        /// An authorization code.
        Code = "code",
        /// An access token.
        AccessToken = "access_token",
        /// A refresh token.
        RefreshToken = "refresh_token",
    }
}

words! {
    /// How parameters of an authorization response travel.
    pub enum Channel {
        /// In the query of the redirection URI.
        Query = "query",
        /// In its fragment.
        Fragment = "fragment",
        /// In a form that a page of the target posts.
        FormPost = "form_post",
    }
}

words! {
    /// What the signature of a JSON Web Token is worth.
    pub enum Signature {
        /// A key of the set made it.
        Good = "good",
        /// None of the keys that could have made it did.
        Wrong = "wrong",
        /// The set has no key that could have made it.
        NoKey = "no key",
        /// It is of an algorithm that is not verified here: a shared secret, mostly.
        OtherAlgorithm = "other algorithm",
        /// There is none.
        None = "none",
    }
}

words! {
    /// The type of a JSON value.
    pub enum JsonType {
        /// Text.
        String = "string",
        /// A number without fraction.
        Integer = "integer",
        /// A number with fraction or exponent.
        Fraction = "fraction",
        /// `true` or `false`
        Boolean = "boolean",
        /// A list.
        Array = "array",
        /// An object.
        Object = "object",
        /// `null`
        Null = "null",
    }
}

words! {
    /// The characters that a value may have.
    pub enum Charset {
        /// RFC 6749 Appendix A: printable ASCII and the blank.
        Vschar = "vschar",
        /// RFC 6749 §4.1.2.1: what `error` and `error_description` may have: no quote, no backslash.
        Nqschar = "nqschar",
        /// The unreserved characters of RFC 3986 §2.3.
        Unreserved = "unreserved",
    }
}

words! {
    /// What a matcher of redirection URIs overlooks, the worst first.
    pub enum Leniency {
        /// Everything: a stranger is taken.
        Anything = "anything",
        /// What stands behind the host: `client.example.evil.example`, `client.example@evil.example`.
        HostPrefix = "host prefix",
        /// What stands before the host: `evilclient.example`.
        HostSuffix = "host suffix",
        /// That a registered URI is no pattern: a dot means any character, or it is looked for inside.
        Pattern = "pattern",
        /// Which host of this machine it is, or whether it is one.
        LoopbackHost = "loopback host",
        /// Labels in front of the host.
        Subdomain = "subdomain",
        /// That one goes over TLS and the other in the clear.
        Scheme = "scheme",
        /// The port.
        Port = "port",
        /// The path.
        Path = "path",
        /// What stands behind the registered URI.
        Suffix = "suffix",
        /// A query, or more of one.
        Query = "query",
        /// A fragment.
        Fragment = "fragment",
        /// Whether the path is written in capitals.
        PathCase = "path case",
        /// A slash at the end of the path.
        Slash = "slash",
        /// How it is written: `HOST`, `:443`, `/x/../`, `%63`.
        Spelling = "spelling",
        /// That `localhost` is a name, and 127.0.0.1 an address.
        LoopbackName = "loopback name",
        /// The port on a loopback address, as RFC 8252 §7.3 has it.
        LoopbackPort = "loopback port",
        /// Some character.
        Near = "near",
    }
}

words! {
    /// How a server compares redirection URIs with registered ones.
    pub enum MatcherClass {
        /// Octet for octet (RFC 9700 §2.1).
        Exact = "exact",
        /// Octet for octet but for the port of a loopback address (RFC 8252 §7.3).
        ExactLoopbackPort = "exact but for loopback ports",
        /// URIs that are written otherwise and lead to the same place are the same.
        Normalised = "normalised",
        /// What begins with a registered one.
        Prefix = "prefix",
        /// What begins with a registered one, even where that changes the host.
        TextPrefix = "text prefix",
        /// Whatever the query is.
        AnyQuery = "any query",
        /// Whatever path the host has.
        Origin = "origin",
        /// Whatever path, scheme or port: the host alone counts.
        Host = "host",
        /// Subdomains too.
        Subdomains = "subdomains",
        /// Every host that ends like the registered one, its subdomains among them.
        HostSuffix = "host suffix",
        /// As a pattern.
        Pattern = "pattern",
        /// Everything that looks like this machine.
        AnyLoopback = "any loopback",
        /// Everything.
        Any = "any",
        /// Something else: what is overlooked is listed.
        Other = "other",
        /// Not even the registered one is taken, or nothing shows which are.
        Unclear = "unclear",
    }
}
