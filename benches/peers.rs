//! The same flow through us and through other servers, by criterion. `comparison` does it in turns and in one table.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a subject that fails has no figure")]
#![expect(clippy::panic, reason = "a subject that fails has no figure")]

mod flow;
mod subjects;

use criterion::{Criterion, criterion_group, criterion_main};
use subjects::grantlab::Grantlab;
use subjects::oauth_as::OauthAs;
use subjects::oxide_auth::OxideAuth;

fn peers(criterion: &mut Criterion) {
    let session = Grantlab::new().session;
    flow::bench(
        criterion,
        "grantlab",
        &session,
        || Box::new(Grantlab::new()),
    );
    flow::bench(criterion, "oauth-as", &session, || Box::new(OauthAs::new()));
    flow::bench(criterion, "oxide-auth", &session, || {
        Box::new(OxideAuth::new())
    });
}

criterion_group!(benches, peers);
criterion_main!(benches);
