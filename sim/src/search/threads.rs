//! Work on several threads, answered in its order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does `jobs` pieces of work on up to `threads` threads. The answers come in the order of the pieces.
pub(super) fn in_order<T: Send>(
    threads: usize,
    jobs: usize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let threads = threads.clamp(1, jobs.max(1));
    if threads == 1 {
        return (0..jobs).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs {
                return done;
            }
            done.push((job, work(job)));
        }
    };
    let mut answers = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
        let mut answers = worker();
        for other in others {
            match other.join() {
                Ok(done) => answers.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        answers
    });
    answers.sort_unstable_by_key(|(job, _)| *job);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_and_each_once() {
        for threads in [0, 1, 2, 7] {
            for jobs in [0, 1, 2, 100] {
                let answers = in_order(threads, jobs, |job| job * job);
                let expected: Vec<usize> = (0..jobs).map(|job| job * job).collect();
                assert_eq!(answers, expected);
            }
        }
    }
}
