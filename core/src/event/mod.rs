//! Facts that parties note. Invariants, snapshots and lessons read these, and never look inside a party.
//!
//! The party, the moment and the cause of a fact are added by whoever runs the party.

mod part;

pub use part::Part;

use part::AsPart as _;

use crate::canonical::{Canonical, Encoder};
use crate::message::ErrorCode;
use crate::message::store::GrantId;
use crate::refusal::Refusal;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{
    AccessToken, AuthorizationCode, ClientId, CodeChallenge, CodeVerifier, Issuer, Nonce,
    RedirectionUri, RefreshToken, Scope, SessionId, State, Subject, Thumbprint, TransactionId,
};

macro_rules! events {
    ($( $(#[doc = $prose:literal])+ $variant:ident $name:literal { $( $(#[doc = $doc:literal])+ $field:ident: $type:ty, )* } )+) => {
        /// A fact. Each variant's first line says it in one line of prose.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $( $(#[doc = $prose])+ $variant { $( $(#[doc = $doc])+ $field: $type, )* }, )+
        }

        impl Event {
            /// The names of all facts.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name that scenarios and traces use.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)+ }
            }

            /// The fact in one line of prose.
            #[must_use]
            pub const fn prose(&self) -> &'static str {
                match self { $(Self::$variant { .. } => concat!($($prose),+),)+ }
            }

            /// Shows every part of the fact, by name, to `visit`.
            pub fn visit(&self, visit: &mut dyn FnMut(&'static str, Part<'_>)) {
                match self {
                    $(Self::$variant { $($field),* } => { $(visit(stringify!($field), $field.part());)* let _ = visit; })+
                }
            }
        }

        impl Canonical for Event {
            fn encode(&self, out: &mut Encoder) {
                self.name().encode(out);
                match self {
                    $(Self::$variant { $($field),* } => { $($field.encode(out);)* })+
                }
            }
        }
    };
}

events! {
    // The client.
    /// The client starts a login: it will send the browser to the authorization server.
    LoginStarted "login_started" {
        /// The browser session at the client.
        session: SessionId,
        /// The server that is asked.
        issuer: Issuer,
        /// As which client.
        client_id: ClientId,
        /// Where the answer shall go; none when the request leaves it out.
        redirect_uri: Option<RedirectionUri>,
        /// What is asked for.
        scope: Option<Scope>,
        /// What must come back.
        state: Option<State>,
        /// What must be in the ID Token.
        nonce: Option<Nonce>,
        /// What the verifier will be compared with.
        code_challenge: Option<CodeChallenge>,
    }
    /// The client believes an authorization response and goes on with it.
    CallbackAccepted "callback_accepted" {
        /// The browser session at the client.
        session: SessionId,
        /// The server that the client takes it to come from.
        issuer: Issuer,
        /// The state that came back.
        state: Option<State>,
        /// The code that came with it.
        code: AuthorizationCode,
        /// Whether this session had asked for it.
        asked_here: bool,
    }
    /// The client refuses an authorization response.
    CallbackRefused "callback_refused" {
        /// The browser session at the client, if there is one.
        session: Option<SessionId>,
        /// Why.
        refusal: Refusal,
    }
    /// The client asks the token endpoint to redeem a code.
    TokenRequested "token_requested" {
        /// The server that it asks.
        issuer: Issuer,
        /// The code.
        code: AuthorizationCode,
        /// The verifier that goes with it.
        code_verifier: Option<CodeVerifier>,
        /// The redirection URI that goes with it.
        redirect_uri: Option<RedirectionUri>,
    }
    /// The client has tokens.
    TokensReceived "tokens_received" {
        /// From whom.
        issuer: Issuer,
        /// The access token.
        access_token: AccessToken,
        /// The refresh token, if there is one.
        refresh_token: Option<RefreshToken>,
        /// What they open; none when the server left it out.
        scope: Option<Scope>,
    }
    /// The client's login is complete: this browser session now acts for this account.
    LoginCompleted "login_completed" {
        /// The browser session at the client.
        session: SessionId,
        /// Who said so.
        issuer: Issuer,
        /// Who logged in, as far as the client knows.
        subject: Option<Subject>,
        /// The account that this opens at the client.
        account: Text,
        /// The code that it came of.
        code: AuthorizationCode,
    }
    /// The client gives a login up.
    LoginFailed "login_failed" {
        /// The browser session at the client.
        session: SessionId,
        /// Why.
        refusal: Refusal,
    }
    /// The client asks for new tokens with its refresh token.
    RefreshRequested "refresh_requested" {
        /// The server that it asks.
        issuer: Issuer,
        /// The token.
        refresh_token: RefreshToken,
    }
    /// The client could not refresh its tokens.
    RefreshFailed "refresh_failed" {
        /// Why.
        refusal: Refusal,
    }
    /// The client revokes a token.
    RevocationRequested "revocation_requested" {
        /// The server that it asks.
        issuer: Issuer,
    }
    /// The client sends the browser to wherever a parameter said.
    OpenRedirected "open_redirected" {
        /// Where.
        target: Text,
    }
    /// The client has read the resource.
    ResourceRead "resource_read" {
        /// The browser session that it read it for.
        session: SessionId,
        /// Whose resource it is.
        owner: Subject,
    }
    /// The client could not read the resource.
    ResourceUnread "resource_unread" {
        /// The browser session that it read it for.
        session: SessionId,
        /// Why.
        refusal: Refusal,
    }
    /// The client gets an answer that it no longer waits for, and ignores it.
    LateAnswerIgnored "late_answer_ignored" {}

    // The authorization server: authorization endpoint.
    /// The authorization server takes an authorization request on.
    AuthorizationRequested "authorization_requested" {
        /// The transaction that it opens.
        transaction: TransactionId,
        /// Who asks.
        client_id: ClientId,
        /// Where the answer will go.
        redirect_uri: RedirectionUri,
        /// Whether that is one that the client registered, octet for octet.
        redirect_registered: bool,
        /// What is asked for.
        scope: Scope,
        /// What will be sent back.
        state: Option<State>,
        /// What the verifier will be compared with.
        code_challenge: Option<CodeChallenge>,
    }
    /// The authorization server refuses an authorization request.
    AuthorizationRefused "authorization_refused" {
        /// Who asked, if that is known.
        client_id: Option<ClientId>,
        /// Why.
        refusal: Refusal,
    }
    /// The authorization server shows its login page.
    LoginPageShown "login_page_shown" {
        /// For which transaction.
        transaction: TransactionId,
    }
    /// The authorization server knows who the owner is.
    OwnerAuthenticated "owner_authenticated" {
        /// For which transaction.
        transaction: TransactionId,
        /// Who.
        subject: Subject,
        /// The browser session at the authorization server.
        session: SessionId,
        /// Whether a password was given just now; otherwise the session was still good.
        by_password: bool,
    }
    /// The authorization server does not take a password.
    PasswordRefused "password_refused" {
        /// For which transaction.
        transaction: TransactionId,
        /// The login name that was given.
        username: Text,
    }
    /// The authorization server asks the owner.
    ConsentPageShown "consent_page_shown" {
        /// For which transaction.
        transaction: TransactionId,
        /// For which client.
        client_id: ClientId,
        /// For what.
        scope: Scope,
    }
    /// The owner says yes.
    ConsentGiven "consent_given" {
        /// For which transaction.
        transaction: TransactionId,
        /// Who.
        subject: Subject,
        /// To which client.
        client_id: ClientId,
        /// To what: maybe less than was asked for.
        scope: Scope,
    }
    /// The owner says no.
    ConsentDenied "consent_denied" {
        /// For which transaction.
        transaction: TransactionId,
        /// To which client.
        client_id: ClientId,
    }
    /// The owner is not asked, because of an earlier yes or because nobody ever is.
    ConsentSkipped "consent_skipped" {
        /// For which transaction.
        transaction: TransactionId,
        /// Who would have been asked.
        subject: Subject,
        /// For which client.
        client_id: ClientId,
        /// Whether there was an earlier yes.
        remembered: bool,
        /// Whether the client can prove who it is.
        client_confidential: bool,
    }
    /// A login or consent form is not believed.
    FormRefused "form_refused" {
        /// Why.
        refusal: Refusal,
    }
    /// The authorization server issues a code.
    CodeIssued "code_issued" {
        /// The code.
        code: AuthorizationCode,
        /// The grant that it begins.
        grant: GrantId,
        /// The transaction that it answers.
        transaction: TransactionId,
        /// For whom.
        client_id: ClientId,
        /// Who consented.
        subject: Subject,
        /// To what.
        scope: Scope,
        /// Where it is sent.
        redirect_uri: RedirectionUri,
        /// Whether that is one that the client registered, octet for octet.
        redirect_registered: bool,
        /// What the verifier will be compared with.
        code_challenge: Option<CodeChallenge>,
        /// The owner's browser session at the authorization server.
        session: SessionId,
        /// From when on it is expired.
        expires_at: Option<Timestamp>,
    }
    /// The authorization server redirects an error.
    ErrorRedirected "error_redirected" {
        /// Where.
        redirect_uri: Text,
        /// Whether that is one that the client registered, octet for octet.
        redirect_registered: bool,
        /// Which.
        error: ErrorCode,
        /// Whether the owner had logged in before.
        owner_authenticated: bool,
    }
    /// An owner takes back what he granted a client.
    ConsentWithdrawn "consent_withdrawn" {
        /// Who.
        subject: Subject,
        /// From which client.
        client_id: ClientId,
    }
    /// An owner may not log in any more.
    OwnerDisabled "owner_disabled" {
        /// Who.
        subject: Subject,
    }
    /// The authorization server keeps a pushed authorization request.
    RequestPushed "request_pushed" {
        /// Whose.
        client_id: ClientId,
    }

    /// The authorization server knows a client that registered itself.
    ClientRegistered "client_registered" {
        /// As whom.
        client_id: ClientId,
        /// Whether it has a secret to prove itself with.
        client_confidential: bool,
        /// Where its responses may go, with blanks between.
        redirect_uris: Text,
    }

    // The authorization server: token endpoint and after.
    /// The authorization server redeems a code for tokens.
    CodeRedeemed "code_redeemed" {
        /// The code.
        code: AuthorizationCode,
        /// Its grant.
        grant: GrantId,
        /// Who redeems it.
        client_id: ClientId,
        /// Whether it has a secret to prove itself with.
        client_confidential: bool,
        /// Whether it proved itself.
        client_authenticated: bool,
        /// When, by the clock of the node that redeems.
        redeemed_at: Timestamp,
        /// The verifier it brought.
        code_verifier: Option<CodeVerifier>,
        /// The redirection URI it brought.
        redirect_uri: Option<RedirectionUri>,
    }
    /// The authorization server issues an access token.
    AccessTokenIssued "access_token_issued" {
        /// The token.
        access_token: AccessToken,
        /// Its grant.
        grant: GrantId,
        /// For whom.
        client_id: ClientId,
        /// Whose resource it opens.
        subject: Subject,
        /// For what.
        scope: Scope,
        /// The key or certificate of whoever alone can use it; whoever has it can, without.
        bound_to: Option<Thumbprint>,
        /// From when on it is expired.
        expires_at: Option<Timestamp>,
    }
    /// The authorization server issues a refresh token.
    RefreshTokenIssued "refresh_token_issued" {
        /// The token.
        refresh_token: RefreshToken,
        /// Its grant.
        grant: GrantId,
        /// For whom.
        client_id: ClientId,
        /// For what.
        scope: Scope,
        /// The key or certificate of whoever alone can use it.
        bound_to: Option<Thumbprint>,
    }
    /// The authorization server takes a refresh token.
    RefreshTokenUsed "refresh_token_used" {
        /// The token.
        refresh_token: RefreshToken,
        /// Its grant.
        grant: GrantId,
        /// Who uses it.
        client_id: ClientId,
    }
    /// The authorization server refuses a request to the token endpoint.
    TokenRefused "token_refused" {
        /// Who asked, if that is known.
        client_id: Option<ClientId>,
        /// The code that was handed in.
        code: Option<AuthorizationCode>,
        /// The refresh token that was handed in.
        refresh_token: Option<RefreshToken>,
        /// Why.
        refusal: Refusal,
    }
    /// The authorization server sees a code or refresh token for the second time.
    ReplayDetected "replay_detected" {
        /// The grant that it belongs to.
        grant: GrantId,
        /// Whether the request passed every other rule.
        otherwise_valid: bool,
    }
    /// The authorization server revokes a grant with all its tokens.
    FamilyRevoked "family_revoked" {
        /// The grant.
        grant: GrantId,
        /// Whether a replay was the reason; otherwise the client asked.
        by_replay: bool,
    }
    /// The authorization server revokes one token.
    TokenRevoked "token_revoked" {
        /// For whom it had been issued.
        client_id: ClientId,
    }
    /// The authorization server refuses a request to another of its endpoints.
    RequestRefused "request_refused" {
        /// Why.
        refusal: Refusal,
    }
    /// The authorization server says whether a token is good.
    TokenIntrospected "token_introspected" {
        /// Whether it is.
        active: bool,
    }

    // The resource server.
    /// The resource server serves the resource.
    ResourceServed "resource_served" {
        /// To whoever has this token.
        access_token: AccessToken,
        /// Whose resource.
        owner: Subject,
        /// For whom the token had been issued.
        client_id: ClientId,
        /// The key or certificate that the sender proved to have.
        sender: Option<Thumbprint>,
    }
    /// The resource server refuses.
    ResourceRefused "resource_refused" {
        /// Why.
        refusal: Refusal,
    }

    // The user-agent.
    /// The browser goes to a URL.
    Navigated "navigated" {
        /// In which tab.
        tab: Text,
        /// By which method.
        method: Text,
        /// Origin and path.
        url: Text,
        /// What it tells the server about where it comes from.
        referer: Option<Text>,
        /// Whether the previous page redirected here.
        redirected: bool,
    }
    /// The browser sends a form.
    FormSent "form_sent" {
        /// In which tab.
        tab: Text,
        /// Whether the user pressed a button; otherwise the page sent it by itself.
        by_user: bool,
        /// The origin of the page around this one, when that is of another origin.
        framed_by: Option<Text>,
    }
    /// The browser shows a page.
    PageShown "page_shown" {
        /// In which tab.
        tab: Text,
        /// Its title.
        title: Text,
    }
    /// The browser keeps a cookie.
    CookieKept "cookie_kept" {
        /// Its name.
        name: Text,
        /// Whose.
        host: Text,
    }
    /// The browser does not keep a cookie.
    CookieRefused "cookie_refused" {
        /// Its name.
        name: Text,
        /// Why.
        reason: Text,
    }
    /// The browser does not send a cookie that it has, because the request comes from another site.
    CookieWithheld "cookie_withheld" {
        /// Its name.
        name: Text,
        /// To which host it was not sent.
        host: Text,
    }
    /// The browser loads something that a page refers to.
    ResourceLoaded "resource_loaded" {
        /// Origin and path.
        url: Text,
        /// What it tells the server about where it comes from.
        referer: Option<Text>,
    }
    /// The browser shows no page: it stops, and says why.
    NavigationStopped "navigation_stopped" {
        /// In which tab.
        tab: Text,
        /// Why.
        reason: Text,
    }
    /// A page posts a message to another window.
    MessagePosted "message_posted" {
        /// By which origin.
        source: Text,
        /// For which origin.
        target_origin: Text,
        /// Whether the window there may read it.
        delivered: bool,
    }

    // The grant store.
    /// The store gives a code or refresh token to the first who consumes it.
    Consumed "consumed" {
        /// Its grant.
        grant: GrantId,
    }
    /// The store tells a later one that it is gone.
    AlreadyConsumed "already_consumed" {
        /// Its grant.
        grant: GrantId,
    }
    /// The store keeps new tokens of a grant.
    TokensKept "tokens_kept" {
        /// The grant.
        grant: GrantId,
    }
    /// The store ends a grant: its tokens are dead, and no more are kept.
    GrantEnded "grant_ended" {
        /// The grant.
        grant: GrantId,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    #[test]
    fn facts_have_names_of_their_own() {
        let names: BTreeSet<&&str> = Event::NAMES.iter().collect();
        assert_eq!(names.len(), Event::NAMES.len());
    }

    #[test]
    fn a_visit_names_every_part_in_order() {
        let event = Event::PasswordRefused {
            transaction: TransactionId::new("t").unwrap(),
            username: Text::new("alice"),
        };
        let mut seen = Vec::new();
        event.visit(&mut |name, part| {
            if let Part::Shown(text) = part {
                assert_eq!(text, "alice");
            }
            seen.push(name);
        });
        assert_eq!(seen, ["transaction", "username"]);
        assert_eq!(
            event.prose().trim(),
            "The authorization server does not take a password."
        );
    }
}
