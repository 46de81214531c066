//! Fuzz targets: plain functions over octets, each of which states what must hold for every input.
//!
//! The same function runs under libFuzzer (`cargo fuzz run -s none <target>`), on the files that the command line
//! names, and on the committed corpus in every `cargo test --workspace`.

mod checking;
mod differential;
mod identity;
mod keeping;
mod laboratory;
mod message;
mod user_agent;
mod value;
mod wire;
mod world;

pub use checking::{check_file, foreign_page, strange_server, target_file};
pub use differential::{
    Parting, differential_base64url, differential_basic, differential_form, differential_json,
    differential_redirect, differential_url,
};
pub use identity::{id_token, key_set};
pub use keeping::{keep_entry, run};
pub use laboratory::{lesson_embedding, scenario_file};
pub use message::{
    access_token_request, access_token_response, authorization_request, authorization_response,
};
pub use user_agent::navigation;
pub use value::{pkce, redirection_uri, scope};
pub use wire::{
    basic, bearer, challenge, cookie, form, http_request, http_response, json, location, page, url,
};
pub use world::{
    Course, Deed, Done, Event, NODES, PROFILE, Played, crossed, faults, mutant, mutated, play, put,
    regression, setup, shrunk, spliced, world,
};

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
    ("check_file", check_file),
    ("cookie", cookie),
    ("differential_base64url", differential_base64url),
    ("differential_basic", differential_basic),
    ("differential_form", differential_form),
    ("differential_json", differential_json),
    ("differential_redirect", differential_redirect),
    ("differential_url", differential_url),
    ("foreign_page", foreign_page),
    ("form", form),
    ("http_request", http_request),
    ("http_response", http_response),
    ("id_token", id_token),
    ("json", json),
    ("key_set", key_set),
    ("lesson_embedding", lesson_embedding),
    ("location", location),
    ("navigation", navigation),
    ("page", page),
    ("pkce", pkce),
    ("redirection_uri", redirection_uri),
    ("scenario_file", scenario_file),
    ("scope", scope),
    ("strange_server", strange_server),
    ("target_file", target_file),
    ("url", url),
    ("world", world),
];

/// The body of a binary in `fuzz_targets/`.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|octets: &[u8]| $crate::$name(octets));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            $crate::run(stringify!($name), $crate::$name)
        }
    };
}
