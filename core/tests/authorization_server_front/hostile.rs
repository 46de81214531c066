//! Whatever comes, a secure server answers, and sends nobody where its client did not register.

use grantlab_core::http::{Body, Encoded, Fields, Header, Origin, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::wire::location;
use proptest::prelude::*;

use crate::driver::{Browser, CALLBACK, Rig, page, web};

/// Names that mean something, and one that does not.
fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "prompt",
        "response_mode",
        "request_uri",
        "web_message_uri",
        "transaction",
        "form_token",
        "username",
        "password",
        "decision",
        "extra",
    ])
}

/// Values that open doors elsewhere, and any text.
fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "code",
            "code id_token",
            "web",
            "app",
            "alice",
            "approve",
            "deny",
            "none",
            "login",
            "S256",
            "plain",
            "form_post",
            "fragment",
            "web_message",
            "https://evil.example/cb",
            "https://client.example/cb?code=1",
            CALLBACK,
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn changes() -> impl Strategy<Value = Vec<(bool, &'static str, String)>> {
    prop::collection::vec((any::<bool>(), names(), values()), 0..5)
}

fn changed(mut fields: Fields, changes: &[(bool, &'static str, String)]) -> Fields {
    for (replaces, name, value) in changes {
        if *replaces {
            fields.set(name, value.as_str());
        } else {
            fields.push(name, value.as_str());
        }
    }
    fields
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn redirects_lead_to_registered_uris(first in changes(), second in changes(), path in 0..3_usize) {
        let mut rig = Rig::with(|configuration| configuration.signing_key = None);
        let mut browser = Browser::default();
        let registered = ["https://client.example/cb", "https://app.example/cb", "https://two.example/a", "https://two.example/b?x=1"];
        let check = |response: &grantlab_core::http::Response| {
            if let Some(location) = response.headers.location() {
                assert!(registered.contains(&location.uri.as_str()), "{location:?}");
            }
        };
        check(&browser.authorize(&mut rig, &changed(web(), &first)));
        let login = page(&Browser::default().authorize(&mut rig, &web()));
        let form = login.forms[0].fields.iter().fold(Fields::EMPTY, |fields, field| {
            fields.with(field.name.as_str(), field.value.clone())
        });
        let path = ["/login", "/consent", "/authorize"][path];
        check(&browser.post(&mut rig, path, changed(form, &second)));
    }

    #[test]
    fn any_octets_get_an_answer(octets in any::<String>(), cookie in any::<String>(), origin in any::<String>(), path in 0..4_usize) {
        let mut rig = Rig::with(|configuration| configuration.signing_key = None);
        let path = ["/authorize", "/login", "/consent", "/"][path];
        let url = || Url::new(&Origin::https("as.example"), path);
        let encoded = || Encoded::Octets(Text::new(&octets));
        let cookies = || Header::Cookie(Fields::EMPTY.with("__Host-as_session", cookie.as_str()));
        for mut request in [
            Request::get(url().with_query(encoded())),
            Request::post(url(), Body::Form(encoded())),
            Request::post(url(), Body::Octets { content_type: Text::new(&origin), octets: octets.clone().into_bytes() }),
        ] {
            request.headers.push(cookies());
            request.headers.push(Header::Origin(Text::new(&origin)));
            let response = rig.send(request);
            prop_assert!(response.status.0 >= 400 || response.headers.location().map(location::join).is_some());
        }
    }
}
