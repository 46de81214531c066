//! Work that is shared by processes and machines through nothing but files.
//!
//! There is no scheduler here and no connection: the queues that people already have are enough, because no piece of
//! work needs another's result.
//!
//! 1. A [`Plan`] says what is to be done: the format of the files, the version of the tool, a digest of the world,
//!    the range, the chunk size, the budgets. Its own name is the SHA-256 of its file. Engines, threads and the
//!    number of shards are not in it.
//! 2. Each chunk has one file, `OUT/PLAN/00000042.json`, written under another name, flushed to the disk and then
//!    renamed: it is there as a whole or not at all. Two workers on one chunk write the same octets.
//! 3. `--shard i/n` only chooses chunks: those whose number leaves `i - 1` when divided by `n` ([`Share`]). A chunk
//!    whose file exists is skipped. So whatever was killed is started again, with the same `n` or another one.
//! 4. `grantlab merge OUT` names the chunks that are missing, or prints the same octets whatever made the files:
//!    results are put together ([`Part::merge`]) by sums, unions, and the smallest of several findings.
//!
//! # Recipes
//!
//! `OUT` is a folder that all workers see: a disk of one machine, a network file system, or folders that are copied
//! together afterwards. Everything after `--shard` and `--out` must be the same for all workers.
//!
//! ## The matrix of a CI service
//!
//! Each job keeps its folder as an artifact; the last one unpacks them on top of each other.
//!
//! ```yaml
//! jobs:
//!   sweep:
//!     strategy:
//!       matrix:
//!         shard: [1, 2, 3, 4, 5, 6, 7, 8]
//!     runs-on: ubuntu-latest
//!     steps:
//!       - uses: actions/checkout@v4
//!       - run: cargo run --release -- sweep --seeds 0..1000000 --shard ${{ matrix.shard }}/8 --out out
//!       - uses: actions/upload-artifact@v4
//!         with: { name: "part-${{ matrix.shard }}", path: out }
//!   merge:
//!     needs: sweep
//!     runs-on: ubuntu-latest
//!     steps:
//!       - uses: actions/checkout@v4
//!       - uses: actions/download-artifact@v4
//!         with: { pattern: "part-*", path: out, merge-multiple: true }
//!       - run: cargo run --release -- merge out
//! ```
//!
//! ## GNU Parallel
//!
//! On this machine, or with `--sshlogin` on several that share `OUT`:
//!
//! ```sh
//! seq 32 | parallel --jobs 8 grantlab sweep --seeds 0..1000000 --threads 1 --shard {}/32 --out OUT
//! grantlab merge OUT
//! ```
//!
//! ## A Slurm array
//!
//! ```sh
//! #!/bin/sh
//! #SBATCH --array=1-32
//! #SBATCH --cpus-per-task=4
//! #SBATCH --requeue
//! grantlab sweep --seeds 0..1000000 --threads 4 --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --out "$OUT"
//! ```
//!
//! ## A Kubernetes Indexed Job
//!
//! The index starts at 0 and shards at 1. A pod that is evicted is started again and skips what exists.
//!
//! ```yaml
//! apiVersion: batch/v1
//! kind: Job
//! metadata: { name: grantlab-sweep }
//! spec:
//!   completionMode: Indexed
//!   completions: 32
//!   parallelism: 8
//!   backoffLimitPerIndex: 3
//!   template:
//!     spec:
//!       restartPolicy: Never
//!       containers:
//!         - name: grantlab
//!           image: grantlab
//!           command: [sh, -c]
//!           args: ['grantlab sweep --seeds 0..1000000 --shard "$((JOB_COMPLETION_INDEX + 1))/32" --out /out']
//!           volumeMounts: [{ name: out, mountPath: /out }]
//!       volumes:
//!         - name: out
//!           persistentVolumeClaim: { claimName: grantlab-out }
//! ```

mod chunk;
mod explore;
mod plan;
mod share;
mod sweep;

pub use chunk::{BadChunk, file_name, read, write};
pub use explore::{Explored, Exploring, FoundPart, SketchPart, Tell};
pub use plan::{BadPlan, PLAN_FILE, Plan};
pub use share::{NotAShare, Share};
pub use sweep::{Sweeping, Swept, SweptFirst};

use std::sync::atomic::AtomicBool;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a chunk comes to. Merging is commutative and associative, and the default is what changes nothing.
pub trait Part: Default + Send + Serialize + DeserializeOwned {
    /// Takes another part in.
    fn merge(&mut self, other: Self);
}

/// Work that falls into chunks which need nothing of each other.
pub trait ChunkWork: Sync {
    /// What a chunk comes to: a function of the plan and of its number.
    type Part: Part;

    /// What is to be done.
    fn plan(&self) -> &Plan;

    /// Does one chunk. `None` when `stop` was set before it was done.
    fn chunk(&self, number: u64, stop: &AtomicBool) -> Option<Self::Part>;
}
