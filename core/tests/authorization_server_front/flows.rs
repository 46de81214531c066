//! Whole flows, from the request to the response.

use grantlab_core::http::{Fields, Status};
use grantlab_core::time::Span;

use crate::driver::{Browser, CALLBACK, Rig, asked, page, parameter, query, redirected, web};

#[test]
fn one_form_takes_password_and_decision() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let first = browser.authorize(&mut rig, &web());
    assert_eq!(first.status, Status::OK);
    let login = page(&first);
    assert_eq!(login.title, "Log in");
    assert_eq!(login.text, "web asks for: read write");
    assert_eq!(
        query(&login.forms[0].buttons),
        "decision=approve&decision=deny"
    );

    let answer = browser.log_in(&mut rig, &login, "alice");
    assert_eq!(answer.status, Status::SEE_OTHER);
    let (uri, fields) = redirected(&answer);
    assert_eq!(uri, CALLBACK);
    let names: Vec<&str> = fields.0.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(parameter(&answer, "state").unwrap(), "af0ifjsldkj");
    assert_eq!(
        rig.happened(),
        [
            "authorization_requested",
            "login_page_shown",
            "consent_page_shown",
            "owner_authenticated",
            "consent_given",
            "code_issued"
        ]
    );
}
