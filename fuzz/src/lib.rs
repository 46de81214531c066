//! Fuzz targets: plain functions over octets, each of which states what must hold for every input.
//!
//! The same function runs under libFuzzer (`cargo fuzz run -s none <target>`), on the files that the command line
//! names, and on the committed corpus in every `cargo test --workspace`.

mod message;
mod wire;
mod world;

pub use message::{
    access_token_request, access_token_response, authorization_request, authorization_response,
};
pub use wire::{
    basic, bearer, challenge, cookie, form, http_request, http_response, json, location, page, url,
};
pub use world::world;

/// What every target is.
pub type Target = fn(&[u8]);

/// Every target: its name, which is also that of its binary and of its corpus folder, and what it does.
pub const TARGETS: &[(&str, Target)] = &[
    ("access_token_request", access_token_request),
    ("access_token_response", access_token_response),
    ("authorization_request", authorization_request),
    ("authorization_response", authorization_response),
    ("basic", basic),
    ("bearer", bearer),
    ("challenge", challenge),
    ("cookie", cookie),
    ("form", form),
    ("http_request", http_request),
    ("http_response", http_response),
    ("json", json),
    ("location", location),
    ("page", page),
    ("url", url),
    ("world", world),
];

/// Runs a target on the files that the command line names: how a finding is looked at without libFuzzer.
///
/// # Errors
/// When a file cannot be read.
pub fn replay(target: Target) -> std::io::Result<()> {
    for path in std::env::args_os().skip(1) {
        target(&std::fs::read(path)?);
    }
    Ok(())
}

/// The body of a binary in `fuzz_targets/`.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|octets: &[u8]| $crate::$name(octets));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            $crate::replay($crate::$name)
        }
    };
}
