//! The protocol: the parties of the OAuth 2.0 authorization code flow as state machines.
//!
//! Values go in, values come out. Nothing here reads a clock, a random generator, a file, a socket or the
//! environment: a party is told the time with every input, and asks its context for fresh values.
//!
//! # The flow
//! RFC 6749 §4.1 draws it as figure 3, in five steps. Each is one or two files, read downwards:
//!
//! | step | who | where |
//! |---|---|---|
//! | the owner wants to log in | client | `core/src/client/mod.rs`: what it serves and where it sends the browser |
//! | (A) the client redirects to the authorization endpoint | client | `core/src/client/authorization_request.rs`: `state`, challenge, redirection URI |
//! | the redirect is followed | user-agent | `core/src/user_agent/redirect.rs`, and which cookies go along: `core/src/user_agent/cookies/` |
//! | the request is judged | authorization server | `core/src/authorization_server/authorization_endpoint.rs`: the rules of §3.1 and §4.1.1 in their order |
//! | (B) the owner logs in and decides | authorization server | `core/src/authorization_server/login.rs`, `core/src/authorization_server/consent.rs` |
//! | (C) a code goes to the redirection URI | authorization server | `core/src/authorization_server/grant.rs`, then `core/src/authorization_server/authorization_response.rs` |
//! | the response is judged | client | `core/src/client/redirection_endpoint.rs`: which responses it believes |
//! | (D) the client redeems the code | client | `core/src/client/access_token.rs` |
//! | the redemption is judged | authorization server | `core/src/authorization_server/token_endpoint.rs`: the rules of §3.2 and §4.1.3 in their order |
//! | the code is used up | grant store | `core/src/grant_store/records.rs`: one atomic operation |
//! | (E) tokens come back | authorization server | `core/src/authorization_server/tokens.rs` |
//! | the login is complete | client | `core/src/client/completion.rs` |
//!
//! What travels in each step is a file of [`message`]; how it looks on the wire is a file of [`wire`].
//! Using a token is `core/src/client/resource.rs` and [`resource_server`]; renewing it is
//! `core/src/client/refresh.rs` and `core/src/authorization_server/refresh.rs`.
//!
//! # How it is built
//! - A party is a [`machine::Machine`]: one door in (`handle`), one list of [`machine::Output`]s out.
//! - Parties do not know each other. They share messages, values, events and refusals, which stand below them.
//! - A rule looks and says yes with a proof or no with a [`refusal::Refusal`]; only then is something changed, and
//!   only with the proofs in hand. [`refusal::Rule`] lists all rules.
//! - A weakness is a value of a [`mod@switch`], in the policy of its party; [`attacks`] says what each is good for.
//! - What happened is a list of [`event::Event`]s; whoever judges a run reads these alone.
//! - Everything has a bound, in [`limits`].

#![no_std]
extern crate alloc;

pub mod attacks;
pub mod authorization_server;
pub mod canonical;
pub mod client;
pub mod entropy;
pub mod event;
pub mod grant_store;
pub mod http;
pub mod json;
pub mod limits;
pub mod machine;
pub mod message;
mod proof;
pub mod refusal;
pub mod resource_server;
pub mod reuse;
pub mod switch;
pub mod text;
pub mod time;
pub mod user_agent;
pub mod value;
pub mod wire;
