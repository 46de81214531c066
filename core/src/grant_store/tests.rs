use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::*;
use crate::canonical::{Canonical, Encoder};
use crate::entropy::{Entropy, FRESH_OCTETS, Fresh};
use crate::http::Fields;
use crate::message::store::{
    CodeRecord, CodeStage, GrantId, PushedRecord, TokenKind, TokenRecord, TokenStage,
};
use crate::value::{ClientId, Scope, SecretDigest, Subject};

/// A store asks for nothing fresh.
struct NoEntropy;

impl Entropy for NoEntropy {
    fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
        [0; FRESH_OCTETS]
    }

    fn ticket(&mut self) -> u64 {
        0
    }
}

struct Rig {
    store: GrantStore,
    now: Timestamp,
    events: Vec<&'static str>,
}

impl Rig {
    fn new(capacity: usize) -> Self {
        Self {
            store: GrantStore::new(capacity),
            now: Timestamp(1_000),
            events: Vec::new(),
        }
    }

    fn ask(&mut self, request: StoreRequest) -> StoreReply {
        let mut outputs = Vec::new();
        let mut entropy = NoEntropy;
        let mut ctx = Context::new(self.now, &mut entropy, &mut outputs);
        let ticket = Ticket(7);
        let request = Arc::new(request);
        self.store.handle(Input { ticket, request }, &mut ctx);
        let mut replies = Vec::new();
        for output in outputs {
            match output {
                Output::Note(event) => self.events.push(event.name()),
                Output::Reply { ticket, reply } => {
                    assert_eq!(ticket, Ticket(7));
                    replies.push(reply);
                }
                Output::Send { .. } | Output::Respond { .. } | Output::Store { .. } => {
                    panic!("a store only replies")
                }
            }
        }
        assert_eq!(replies.len(), 1, "every request has one reply");
        replies.remove(0)
    }

    fn save_code(&mut self, name: &str, expires_at: Option<u64>) -> StoreReply {
        self.ask(StoreRequest::SaveCode(Arc::new(code(name, expires_at))))
    }

    fn save_tokens(&mut self, grant: &str, access: &str, refresh: Option<&str>) -> StoreReply {
        let token =
            |name: &str, kind, expires_at| (digest(name), Arc::new(token(grant, kind, expires_at)));
        self.ask(StoreRequest::SaveTokens {
            access: token(access, TokenKind::Access, 2_000),
            refresh: refresh.map(|name| token(name, TokenKind::Refresh, 3_000)),
        })
    }

    fn stage_of(&mut self, token: &str) -> Option<TokenStage> {
        let StoreReply::Token(record) = self.ask(StoreRequest::LoadToken(digest(token))) else {
            return None;
        };
        Some(record.stage)
    }

    fn code_stage(&mut self, name: &str) -> Option<CodeStage> {
        let StoreReply::Code(record) = self.ask(StoreRequest::LoadCode(digest(name))) else {
            return None;
        };
        Some(record.stage)
    }
}

fn digest(name: &str) -> SecretDigest {
    SecretDigest::of(name)
}

fn code(name: &str, expires_at: Option<u64>) -> CodeRecord {
    CodeRecord {
        grant: GrantId(digest(name)),
        client_id: ClientId::new("client").unwrap(),
        subject: Subject::new("alice").unwrap(),
        scope: Scope::new("read").unwrap(),
        scope_asked: None,
        redirect_uri: None,
        challenge: None,
        nonce: None,
        auth_time: None,
        issued_at: Timestamp(0),
        expires_at: expires_at.map(Timestamp),
        stage: CodeStage::Issued,
    }
}

fn token(grant: &str, kind: TokenKind, expires_at: u64) -> TokenRecord {
    TokenRecord {
        kind,
        grant: GrantId(digest(grant)),
        client_id: ClientId::new("client").unwrap(),
        subject: Subject::new("alice").unwrap(),
        scope: Scope::new("read").unwrap(),
        bound_to: None,
        issued_at: Timestamp(0),
        expires_at: Some(Timestamp(expires_at)),
        stage: TokenStage::Live,
    }
}

fn octets(value: &impl Canonical) -> Vec<u8> {
    let mut encoder = Encoder::default();
    value.encode(&mut encoder);
    encoder.into_octets()
}

type Operation = fn(SecretDigest) -> StoreRequest;

/// Every operation on a code, at every stage of it: the reply and the stage afterwards.
#[test]
fn operations_on_codes() {
    let mut out = String::new();
    let ways: [(&str, &[Operation]); 4] = [
        ("unknown", &[]),
        ("issued", &[]),
        ("redeemed", &[StoreRequest::ConsumeCode]),
        ("revoked", &[StoreRequest::InvalidateCode]),
    ];
    let operations: [Operation; 5] = [
        StoreRequest::LoadCode,
        StoreRequest::ConsumeCode,
        StoreRequest::MarkCodeRedeemed,
        StoreRequest::InvalidateCode,
        |digest| StoreRequest::RevokeFamily(GrantId(digest)),
    ];
    for (stage, way) in ways {
        for operation in operations {
            let mut rig = Rig::new(10);
            if stage != "unknown" {
                rig.save_code("c", None);
            }
            for step in way {
                rig.ask(step(digest("c")));
            }
            let request = operation(digest("c"));
            let name = request.name();
            let reply = rig.ask(request).name();
            let after = rig
                .code_stage("c")
                .map_or_else(|| "-".into(), |stage| format!("{stage:?}"));
            out += &format!("{stage}, {name}: {reply}, then {after}\n");
        }
    }
    insta::assert_snapshot!(out, @"
    unknown, load code: unknown, then -
    unknown, consume code: unknown, then -
    unknown, mark code redeemed: unknown, then -
    unknown, invalidate code: unknown, then -
    unknown, revoke family: unknown, then -
    issued, load code: code, then Issued
    issued, consume code: code consumed, then Redeemed
    issued, mark code redeemed: done, then Redeemed
    issued, invalidate code: done, then Revoked
    issued, revoke family: done, then Revoked
    redeemed, load code: code, then Redeemed
    redeemed, consume code: code already used, then Redeemed
    redeemed, mark code redeemed: done, then Redeemed
    redeemed, invalidate code: done, then Redeemed
    redeemed, revoke family: done, then Revoked
    revoked, load code: code, then Revoked
    revoked, consume code: code already used, then Revoked
    revoked, mark code redeemed: done, then Redeemed
    revoked, invalidate code: done, then Revoked
    revoked, revoke family: done, then Revoked
    ");
}

/// Every operation on a refresh token, at every stage of it.
#[test]
fn operations_on_refresh_tokens() {
    let mut out = String::new();
    let ways: [(&str, Option<Operation>); 3] = [
        ("live", None),
        ("rotated", Some(StoreRequest::ConsumeRefresh)),
        ("revoked", Some(StoreRequest::RevokeToken)),
    ];
    let operations: [Operation; 4] = [
        StoreRequest::LoadToken,
        StoreRequest::ConsumeRefresh,
        StoreRequest::MarkRefreshRotated,
        StoreRequest::RevokeToken,
    ];
    for (stage, way) in ways {
        for operation in operations {
            let mut rig = Rig::new(10);
            rig.save_code("c", None);
            rig.save_tokens("c", "a", Some("r"));
            if let Some(step) = way {
                rig.ask(step(digest("r")));
            }
            let request = operation(digest("r"));
            let name = request.name();
            let reply = rig.ask(request).name();
            let after = rig.stage_of("r").unwrap();
            out += &format!("{stage}, {name}: {reply}, then {after:?}\n");
        }
    }
    insta::assert_snapshot!(out, @"
    live, load token: token, then Live
    live, consume refresh token: refresh token consumed, then Rotated
    live, mark refresh token rotated: done, then Rotated
    live, revoke token: done, then Revoked
    rotated, load token: token, then Rotated
    rotated, consume refresh token: refresh token already used, then Rotated
    rotated, mark refresh token rotated: done, then Rotated
    rotated, revoke token: done, then Revoked
    revoked, load token: token, then Revoked
    revoked, consume refresh token: refresh token already used, then Revoked
    revoked, mark refresh token rotated: done, then Rotated
    revoked, revoke token: done, then Revoked
    ");
}

/// RFC 6749 §4.1.2: of many who consume one code, exactly one gets it; the store says who.
#[test]
fn one_of_many_consumes() {
    let mut rig = Rig::new(10);
    rig.save_code("c", None);
    let replies: Vec<_> = (0..5)
        .map(|_| rig.ask(StoreRequest::ConsumeCode(digest("c"))).name())
        .collect();
    assert_eq!(replies.first(), Some(&"code consumed"));
    assert_eq!(replies.get(1..), Some(["code already used"; 4].as_slice()));
    assert_eq!(rig.events.first(), Some(&"consumed"));
    assert_eq!(
        rig.events.get(1..),
        Some(["already_consumed"; 4].as_slice())
    );
}

#[test]
fn revoking_a_family_reaches_all_of_it_and_nothing_else() {
    let mut rig = Rig::new(10);
    for grant in ["c1", "c2"] {
        rig.save_code(grant, None);
        rig.save_tokens(grant, &format!("{grant}a"), Some(&format!("{grant}r")));
    }
    rig.ask(StoreRequest::RevokeFamily(GrantId(digest("c1"))));
    for token in ["c1a", "c1r"] {
        assert_eq!(rig.stage_of(token), Some(TokenStage::Revoked));
    }
    for token in ["c2a", "c2r"] {
        assert_eq!(rig.stage_of(token), Some(TokenStage::Live));
    }
    assert_eq!(rig.code_stage("c1"), Some(CodeStage::Revoked));
    assert_eq!(
        rig.save_tokens("c1", "late", None),
        StoreReply::GrantRevoked
    );
    assert_eq!(rig.stage_of("late"), None);
    assert_eq!(
        rig.save_tokens("nowhere", "late", None),
        StoreReply::GrantRevoked
    );
}

#[test]
fn an_access_token_cannot_be_consumed_as_a_refresh_token() {
    let mut rig = Rig::new(10);
    rig.save_code("c", None);
    rig.save_tokens("c", "a", None);
    let reply = rig.ask(StoreRequest::ConsumeRefresh(digest("a")));
    assert_eq!(reply, StoreReply::Unknown);
}

/// A network may deliver an operation twice: the second delivery does not bring a code back.
#[test]
fn saving_twice_is_saving_once() {
    let mut rig = Rig::new(1);
    rig.save_code("c", None);
    rig.ask(StoreRequest::ConsumeCode(digest("c")));
    assert_eq!(rig.save_code("c", None), StoreReply::Done);
    assert_eq!(rig.code_stage("c"), Some(CodeStage::Redeemed));
}

/// A store with many records has an index; what it replies is what one with few would reply.
#[test]
fn many_records_are_found_like_few() {
    let name = |kind: &str, number: u64| format!("{kind}{number}");
    let mut rig = Rig::new(1_000);
    for number in 0..200 {
        // Every second code expires first, and those that were not redeemed have no tokens.
        let expires_at = Some(if number % 2 == 0 { 1_500 } else { 9_000 });
        rig.save_code(&name("c", number), expires_at);
        if number % 4 < 2 {
            let (code, access) = (name("c", number), name("a", number));
            rig.ask(StoreRequest::ConsumeCode(digest(&code)));
            let saved = rig.save_tokens(&code, &access, Some(&name("r", number)));
            assert_eq!(saved, StoreReply::Done);
        }
    }
    for number in (1..200).step_by(8) {
        let grant = GrantId(digest(&name("c", number)));
        rig.ask(StoreRequest::RevokeFamily(grant));
    }
    for (now, made_room) in [(1_000, false), (3_000, true)] {
        rig.now = Timestamp(now);
        if made_room {
            (0..1_000).for_each(|number| {
                rig.save_code(&name("n", number), Some(9_000));
            });
        }
        for number in 0..200 {
            let redeemed = number % 4 < 2;
            let code = match (made_room && number % 2 == 0, redeemed, number % 8) {
                (true, _, _) => None,
                (false, true, 1) => Some(CodeStage::Revoked),
                (false, true, _) => Some(CodeStage::Redeemed),
                (false, false, _) => Some(CodeStage::Issued),
            };
            assert_eq!(rig.code_stage(&name("c", number)), code, "c{number}, {now}");
            let token = match (redeemed && !made_room, number % 8) {
                (false, _) => None,
                (true, 1) => Some(TokenStage::Revoked),
                (true, _) => Some(TokenStage::Live),
            };
            for kind in ["a", "r"] {
                assert_eq!(
                    rig.stage_of(&name(kind, number)),
                    token,
                    "{kind}{number}, {now}"
                );
            }
        }
    }
}

#[test]
fn a_full_store_keeps_both_tokens_or_none() {
    let mut rig = Rig::new(2);
    rig.save_code("c", None);
    for (access, refresh, reply) in [
        ("a1", Some("r1"), StoreReply::Done),
        ("a2", None, StoreReply::Done),
        ("a3", None, StoreReply::Full),
        ("a4", Some("r2"), StoreReply::Full),
    ] {
        assert_eq!(rig.save_tokens("c", access, refresh), reply, "{access}");
    }
    assert_eq!(rig.stage_of("r2"), None);
    rig.save_code("d", None);
    assert_eq!(rig.save_code("e", None), StoreReply::Full);
}

#[test]
fn room_is_made_of_what_is_expired_and_of_nothing_else() {
    let mut rig = Rig::new(2);
    rig.save_code("old", Some(1_000));
    rig.save_code("used", Some(1_000));
    rig.save_tokens("used", "a", Some("r"));
    rig.now = Timestamp(999);
    assert_eq!(rig.save_code("new", None), StoreReply::Full);
    rig.now = Timestamp(1_000);
    assert_eq!(rig.save_code("new", None), StoreReply::Done);
    assert_eq!(rig.code_stage("old"), None);
    assert_eq!(
        rig.code_stage("used"),
        Some(CodeStage::Issued),
        "its tokens are still good"
    );
    rig.now = Timestamp(2_999);
    assert_eq!(rig.save_code("newer", None), StoreReply::Full);
    assert_eq!(rig.stage_of("r"), Some(TokenStage::Live));
    assert_eq!(rig.stage_of("a"), None);
    rig.now = Timestamp(3_000);
    assert_eq!(rig.save_code("newer", None), StoreReply::Done);
    assert_eq!(rig.code_stage("used"), None);
    assert_eq!(
        rig.save_tokens("used", "late", None),
        StoreReply::GrantRevoked
    );
}

#[test]
fn a_pushed_request_can_be_taken_once() {
    let mut rig = Rig::new(1);
    let pushed = PushedRecord {
        client_id: ClientId::new("client").unwrap(),
        parameters: Fields::EMPTY.with("scope", "read"),
        expires_at: Timestamp(2_000),
    };
    let save = |name| StoreRequest::SavePushed(digest(name), Arc::new(pushed.clone()));
    assert_eq!(rig.ask(save("p")), StoreReply::Done);
    assert_eq!(rig.ask(save("q")), StoreReply::Full);
    let found = StoreReply::Pushed(Arc::new(pushed.clone()));
    assert_eq!(rig.ask(StoreRequest::LoadPushed(digest("p"))), found);
    assert_eq!(rig.ask(StoreRequest::TakePushed(digest("p"))), found);
    assert_eq!(
        rig.ask(StoreRequest::TakePushed(digest("p"))),
        StoreReply::Unknown
    );
    assert_eq!(rig.ask(save("q")), StoreReply::Done);
    rig.now = Timestamp(2_000);
    assert_eq!(rig.ask(save("r")), StoreReply::Done);
}

/// What was pushed is part of what a store is, and so is under which name.
#[test]
fn stores_with_different_contents_have_different_octets() {
    let with = |name: &str, scope: &str| {
        let mut rig = Rig::new(9);
        let pushed = PushedRecord {
            client_id: ClientId::new("client").unwrap(),
            parameters: Fields::EMPTY.with("scope", scope),
            expires_at: Timestamp(2_000),
        };
        rig.ask(StoreRequest::SavePushed(digest(name), Arc::new(pushed)));
        octets(&rig.store)
    };
    let all = [
        octets(&Rig::new(9).store),
        with("p", "read"),
        with("q", "read"),
        with("p", "write"),
    ];
    for (place, one) in all.iter().enumerate() {
        assert!(
            all.iter().skip(place + 1).all(|other| other != one),
            "{place}"
        );
    }
}

/// Two orders of independent operations meet in the same state.
#[test]
fn independent_operations_commute() {
    let mut one = Rig::new(10);
    let mut other = Rig::new(10);
    for rig in [&mut one, &mut other] {
        rig.save_code("c", None);
    }
    for access in ["a1", "a2", "a3"] {
        one.save_tokens("c", access, None);
    }
    for access in ["a3", "a1", "a2"] {
        other.save_tokens("c", access, None);
    }
    assert_eq!(octets(&one.store), octets(&other.store));
    one.ask(StoreRequest::RevokeToken(digest("a2")));
    assert_ne!(octets(&one.store), octets(&other.store));
}
