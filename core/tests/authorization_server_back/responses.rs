//! What the token endpoint's answers look like (RFC 6749 §5.1, §5.2).

use grantlab_core::authorization_server::registration::{
    Configuration, ExtraMember, IssueRefreshToken, ScopeInResponse,
};
use grantlab_core::http::{Header, Response};
use grantlab_core::json::Json;
use grantlab_core::message::store::CodeRecord;
use grantlab_core::message::{IdToken, SignedIdToken, half_hash};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};

use crate::driver::{
    CLIENT, Rig, as_client, code, get, json, member, redeem, redemption, refresh_fields,
    refresh_with, scope, tokens,
};

fn written(response: &Response) -> String {
    let mut text = String::new();
    grantlab_core::wire::json::write(json(response), &mut text);
    text
}

/// A response to the redemption of a code for `asked`, of which `granted` was granted.
fn granted(
    change: impl FnOnce(&mut Configuration),
    asked: Option<&str>,
    granted: &str,
) -> (Rig, Response) {
    let mut rig = Rig::empty(change, 10);
    rig.save(CodeRecord {
        scope: scope(granted),
        scope_asked: asked.map(scope),
        ..code()
    });
    let response = rig.send(redeem());
    (rig, response)
}

#[test]
fn a_success_in_full() {
    let (_, response) = granted(
        |configuration| {
            configuration.options.token_type = Text::new("bearer");
            configuration.options.access_token_lifetime = Some(Span::from_seconds(2_592_000));
            configuration.options.extra_members = vec![
                ExtraMember::OwnerData(Text::new("user_data")),
                ExtraMember::Roles(Text::new("authorities")),
                ExtraMember::Fixed(Text::new("example_parameter"), Json::from("example_value")),
            ];
        },
        Some("read"),
        "read",
    );
    insta::assert_snapshot!(written(&response), @r#"
    {"access_token":"AAAAAAAAAAMBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","token_type":"bearer","expires_in":2592000,"refresh_token":"AAAAAAAAAAQCAgICAgICAgICAgICAgICAgICAgICAgI","scope":"read","user_data":{"sub":"sub-alice","username":"alice","email":"alice@mail.example"},"authorities":["ADMIN","USER"],"example_parameter":"example_value"}
    "#);
}

/// RFC 6749 §5.1, §5.2 (MUST): no cache keeps any answer, and all are JSON.
#[test]
fn no_answer_is_cached() {
    let mut rig = Rig::new();
    for request in [redeem(), redeem(), as_client(redemption()), get("/token")] {
        let response = rig.send(request);
        let has = |wanted: Header| response.headers.0.contains(&wanted);
        assert!(has(Header::CacheControl(Text::new("no-store"))));
        assert!(has(Header::Pragma(Text::new("no-cache"))));
        json(&response);
    }
}

#[test]
fn another_method_is_told_which_to_use() {
    let response = Rig::new().send(get("/token"));
    assert!(
        response
            .headers
            .0
            .contains(&Header::Allow(Text::new("POST")))
    );
}

/// RFC 6749 §5.1 (MUST): the scope is there when it is not what was asked for.
#[test]
fn scope_is_said_when_it_differs() {
    for (rule, asked, expected) in [
        (ScopeInResponse::IfDifferent, Some("write read"), None),
        (
            ScopeInResponse::IfDifferent,
            Some("read write openid"),
            Some("read write"),
        ),
        (ScopeInResponse::IfDifferent, None, Some("read write")),
        (
            ScopeInResponse::Always,
            Some("read write"),
            Some("read write"),
        ),
    ] {
        let set = |configuration: &mut Configuration| {
            configuration.options.scope_in_response = rule;
        };
        let (_, response) = granted(set, asked, "read write");
        assert_eq!(member(&response, "scope").as_deref(), expected);
    }
}

#[test]
fn a_token_that_never_expires_does_not_say_when() {
    let set = |configuration: &mut Configuration| {
        configuration.options.access_token_lifetime = None;
    };
    let (_, response) = granted(set, None, "read");
    assert_eq!(json(&response).member("expires_in"), None);
    let (_, response) = granted(|_| {}, None, "read");
    let expires_in = json(&response).member("expires_in").and_then(Json::as_u64);
    assert_eq!(expires_in, Some(3_600));
}

/// RFC 6749 §1.5: who gets a refresh token.
#[test]
fn refresh_tokens_are_for_those_who_registered() {
    for (rule, registered, granted_scope, expected) in [
        (IssueRefreshToken::Never, true, "offline_access", false),
        (IssueRefreshToken::IfRegistered, true, "read", true),
        (IssueRefreshToken::IfRegistered, false, "read", false),
        (IssueRefreshToken::IfOffline, true, "read", false),
        (IssueRefreshToken::IfOffline, true, "offline_access", true),
        (IssueRefreshToken::IfOffline, false, "offline_access", false),
    ] {
        let set = |configuration: &mut Configuration| {
            configuration.options.refresh_token = rule;
            for client in &mut configuration.clients {
                client.refresh_grant = registered;
            }
        };
        let (_, response) = granted(set, None, granted_scope);
        assert_eq!(member(&response, "refresh_token").is_some(), expected);
    }
}

fn read_id_token(response: &Response) -> Option<IdToken> {
    let signed = SignedIdToken::new(member(response, "id_token")?).unwrap();
    let key = grantlab_core::message::SigningKey::from_seed("k", [7; 32]);
    Some(signed.read(&[key.verifying_key()]).unwrap())
}

/// OpenID Connect Core §3.1.3.3, §12.2.
#[test]
fn an_id_token_says_who_logged_in() {
    let (mut rig, response) = granted(|_| {}, None, "openid email");
    let token = read_id_token(&response).unwrap();
    let (access, refresh) = tokens(&response);
    assert_eq!(token.aud.as_str(), CLIENT);
    assert_eq!(token.sub.as_str(), "sub-alice");
    assert_eq!(token.iat, Timestamp(1_000));
    assert_eq!(token.exp, Timestamp(3_601_000));
    assert_eq!(token.nonce, code().nonce);
    assert_eq!(token.at_hash, Some(half_hash(&access)));
    assert_eq!(
        token.email.as_ref().map(Text::as_str),
        Some("alice@mail.example")
    );

    rig.now = Timestamp(5_000);
    let refreshed = read_id_token(&rig.send(refresh_with(&refresh))).unwrap();
    assert_eq!(
        (&refreshed.iss, &refreshed.sub, &refreshed.aud),
        (&token.iss, &token.sub, &token.aud)
    );
    assert_eq!((refreshed.iat, refreshed.nonce), (Timestamp(5_000), None));
}

#[test]
fn an_id_token_is_only_for_openid_and_only_signed() {
    let (_, response) = granted(|_| {}, None, "read");
    assert_eq!(read_id_token(&response), None);
    let (_, response) = granted(|_| {}, None, "openid");
    assert_eq!(read_id_token(&response).unwrap().email, None);
    let (_, response) = granted(
        |configuration| configuration.signing_key = None,
        None,
        "openid",
    );
    assert_eq!(read_id_token(&response), None);
}

/// RFC 6749 §5.2: errors that a developer may know about say what is demanded.
#[test]
fn errors_in_full() {
    let mut out = String::new();
    let mut unknown_code = redemption();
    unknown_code.set("code", "guess");
    let mut unknown_grant = redemption();
    unknown_grant.set("grant_type", "password");
    for fields in [unknown_code, unknown_grant, refresh_fields("")] {
        out += &written(&Rig::new().send(as_client(fields)));
        out.push('\n');
    }
    insta::assert_snapshot!(out, @r#"
    {"error":"invalid_grant"}
    {"error":"unsupported_grant_type","error_description":"the grant_type is one that the server supports"}
    {"error":"invalid_request","error_description":"required parameters are there, none is repeated, all obey their grammar, none is in the URL"}
    "#);
}
