//! A flow through any subject, as criterion measures it.

use criterion::{BatchSize, Criterion};

use crate::subjects::Subject;
use crate::subjects::requests::{authorization, code, redemption, refresh, refresh_token};

/// Benches authorization, redemption and refresh, and a whole flow.
pub(crate) fn bench(
    criterion: &mut Criterion,
    name: &str,
    session: &str,
    make: impl Fn() -> Box<dyn Subject>,
) {
    let authorization = authorization(session);
    let mut group = criterion.benchmark_group(name);
    let mut subject = make();
    let mut response = Vec::with_capacity(4_096);
    group.bench_function("authorize", |bencher| {
        bencher.iter(|| {
            response.clear();
            subject.answer(&authorization, &mut response);
        });
    });
    let subject = std::cell::RefCell::new(make());
    let answer = |request: &[u8]| {
        let mut response = Vec::with_capacity(1_024);
        subject.borrow_mut().answer(request, &mut response);
        response
    };
    let redeemable = || {
        let mut request = String::new();
        redemption(code(&answer(&authorization)), &mut request);
        request
    };
    let refreshable = || {
        let mut request = String::new();
        refresh(
            refresh_token(&answer(redeemable().as_bytes())),
            &mut request,
        );
        request
    };
    group.bench_function("redeem", |bencher| {
        bencher.iter_batched(
            redeemable,
            |request| answer(request.as_bytes()),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("refresh", |bencher| {
        bencher.iter_batched(
            refreshable,
            |request| answer(request.as_bytes()),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("flow", |bencher| {
        bencher.iter(|| answer(redeemable().as_bytes()));
    });
    group.finish();
}
