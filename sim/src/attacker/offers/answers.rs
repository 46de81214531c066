//! What the attacker's authorization server can answer to a browser that an honest client sent there
//! (RFC 9700 §4.4): it sends the browser on, to the honest server or straight back to the client.

use grantlab_core::http::{Encoded, Fields};
use grantlab_core::wire::location;

use super::Table;
use super::callbacks::{merged, response};
use super::receivers::Reception;
use crate::attacker::moves::Move;
use crate::attacker::site::Waiting;

impl Table<'_> {
    pub(super) fn answers(&self, moves: &mut Vec<Move>) {
        for (place, waiting) in self.attacker.waiting().iter().enumerate() {
            self.sent_on(place, waiting, moves);
            self.sent_back(place, waiting, moves);
        }
    }

    /// To the honest server, with the client's name there and the rest as it came.
    fn sent_on(&self, place: usize, waiting: &Waiting, moves: &mut Vec<Move>) {
        let Some(honest) = self.honest() else {
            return;
        };
        let mut fields = waiting.request.fields.clone();
        fields.set("client_id", honest.client_id.as_str());
        let mut elsewhere = fields.clone();
        elsewhere.set("redirect_uri", honest.redirect_uri.as_str());
        for fields in [fields, elsewhere] {
            let request = super::get(&self.authorization_endpoint(), fields);
            if self.receivers.server_says(self.server, &request) == Reception::GoesOn {
                moves.push(Move::Answer {
                    waiting: place,
                    location: request.url,
                });
            }
        }
    }

    /// Back to the client, with a code that he knows or that his own server issues.
    fn sent_back(&self, place: usize, waiting: &Waiting, moves: &mut Vec<Move>) {
        let state = waiting.request.fields.first("state");
        for provider in self.providers() {
            let Ok(url) = location::parse(provider.redirect_uri.as_str()) else {
                continue;
            };
            for (code, issuer) in self.codes(provider) {
                let fields: Fields = merged(&url, &response(&code, state, issuer.as_ref()));
                let to = grantlab_core::http::Url::new(&url.origin, url.path.as_str());
                let location = to.with_query(Encoded::Fields(fields));
                moves.push(Move::Answer {
                    waiting: place,
                    location,
                });
            }
        }
    }
}
