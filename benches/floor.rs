//! The unavoidable work of a flow, by criterion; `comparison` puts it beside the servers.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a subject that fails has no figure")]
#![expect(clippy::panic, reason = "a subject that fails has no figure")]

mod flow;
mod subjects;

use criterion::{Criterion, criterion_group, criterion_main};
use subjects::floor::Floor;
use subjects::grantlab::Grantlab;

fn floor(criterion: &mut Criterion) {
    let session = Grantlab::new().session;
    flow::bench(criterion, "floor", &session, || {
        Box::new(Floor::new(&session))
    });
}

criterion_group!(benches, floor);
criterion_main!(benches);
