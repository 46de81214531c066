//! What is checked: somebody's authorization server, over HTTP or in this process.

use grantlab_core::http::{Origin, Request};
use grantlab_core::time::Span;

use super::answer::{Answer, NoAnswer};
use super::resolved::Target;

/// An authorization server that is checked. Whoever has one in Rust implements this to check it without sockets.
pub trait Subject {
    /// Sends one request, and nothing else: no redirect is followed and no cookie kept.
    ///
    /// # Errors
    /// Why there is no answer.
    fn send(&mut self, request: &Request) -> Result<Answer, NoAnswer>;

    /// Sends octets as they are to an origin, on a connection of their own; nothing, when the subject cannot.
    fn send_octets(&mut self, origin: &Origin, octets: &[u8]) -> Option<Result<Answer, NoAnswer>> {
        let _ = (origin, octets);
        None
    }

    /// Sends several requests at once, each on a connection of its own. A subject that cannot sends one after the
    /// other.
    fn race(&mut self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        requests.iter().map(|request| self.send(request)).collect()
    }

    /// Whether requests of a race are under way at the same time. Where they are not, a race shows nothing.
    fn races(&self) -> bool {
        false
    }

    /// Whether its clock can be moved.
    fn has_clock(&self) -> bool {
        false
    }

    /// Moves its clock.
    ///
    /// # Errors
    /// Why it cannot, in a few words.
    fn advance(&mut self, by: Span) -> Result<(), String> {
        let _ = by;
        Err("its clock cannot be moved".to_owned())
    }

    /// Forgets everything that happened, where that is possible: checks then do not see each other.
    ///
    /// # Errors
    /// Why it cannot go on, in a few words.
    fn reset(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Starts anew, with everything forgotten, even if that takes time: for checks that need a server that has never
    /// seen their user. What is known of it may be different then: the new target, or nothing when it is the same.
    ///
    /// # Errors
    /// Why it cannot go on, in a few words.
    fn restart(&mut self) -> Result<Option<Target>, String> {
        Ok(None)
    }
}
