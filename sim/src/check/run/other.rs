//! Requests with an access token, any other requests, and many at once.

use grantlab_core::http::{Body, Encoded, Fields, Header, Headers, Method, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::wire::{form, location};

use super::back::Kind;
use super::{Done, Run, content, could_not, method, not_applicable};
use crate::check::browser::Exchange;
use crate::check::seen::Seen;
use crate::check::step::{Bearer, Octets, Plain, Race, Step, TokenIn};
use crate::check::words::{Endpoint, Outcome};

impl Run<'_> {
    pub(super) fn bearer(&mut self, step: &Bearer, endpoint: Endpoint) -> Done {
        let token = match &step.token {
            Some(token) => self.fill(token)?,
            None => self.fill("${access_token}")?,
        };
        let mut url = self.url(endpoint)?;
        let mut headers = self.headers(&step.headers.0)?;
        let mut fields = String::new();
        form::write(
            &Fields::EMPTY.with("access_token", token.as_str()),
            &mut fields,
        );
        let mut body = Body::Empty;
        let mut usual = Method::Get;
        match step.token_in {
            TokenIn::Header => {
                let scheme = step.scheme.as_deref().unwrap_or("Bearer");
                headers.push(Header::Authorization(Text::from(format!(
                    "{scheme} {token}"
                ))));
            }
            TokenIn::Body => {
                usual = Method::Post;
                body = content(None, fields);
            }
            TokenIn::Query => url.query = Some(Encoded::Octets(Text::from(fields))),
            TokenIn::Nowhere => {}
        }
        let word = if endpoint == Endpoint::Userinfo {
            "userinfo"
        } else {
            "resource"
        };
        let request = Request {
            method: method(step.method.as_deref(), usual),
            url,
            headers,
            body,
        };
        self.exchange(step.name.as_deref(), word, request, &step.must)
    }

    pub(super) fn plain(&mut self, step: &Plain) -> Done {
        let mut url = self.url(step.to)?;
        if let Some(suffix) = &step.url_suffix {
            let whole = format!("{}{}", location::text(&url), self.fill(suffix)?);
            url =
                location::parse(&whole).map_err(|error| could_not(format!("{whole}: {error}")))?;
        }
        let body = match &step.body {
            Some(body) => content(step.content_type.as_deref(), self.fill(body)?),
            None => Body::Empty,
        };
        let request = Request {
            method: method(step.method.as_deref(), Method::Get),
            url,
            headers: self.headers(&step.headers.0)?,
            body,
        };
        self.exchange(step.name.as_deref(), "request", request, &step.must)
    }

    /// Octets of the check's own making.
    pub(super) fn octets(&mut self, step: &Octets) -> Done {
        let url = self.url(step.to)?;
        let octets = self.fill(&step.send)?.into_bytes();
        let answer = self.subject.send_octets(&url.origin, &octets);
        let answer = answer.ok_or_else(|| {
            not_applicable("octets of our own making are only sent where HTTP is in the clear")
        })?;
        let request = Request {
            method: Method::Other(Text::new("octets to")),
            url: Url::new(&url.origin, "/"),
            headers: Headers::EMPTY,
            body: Body::Octets {
                content_type: Text::new("as they are"),
                octets,
            },
        };
        let exchange = Exchange { request, answer };
        let seen = Seen::of_exchange(step.name.as_deref(), "octets", exchange);
        self.keep(seen, &step.must)
    }

    /// Many at once, round after round. What is kept is the round with the most successes.
    pub(super) fn race(&mut self, step: &Race) -> Done {
        if !self.subject.races() {
            return Err(not_applicable(
                "requests to this target are never under way at the same time",
            ));
        }
        let mut worst: Option<Seen> = None;
        for _ in 0..step.rounds.max(1) {
            self.steps(&step.before)?;
            let (back, kind) = if let Step::Redeem(back) = &*step.each {
                (back, Kind::Redeem)
            } else if let Step::Refresh(back) = &*step.each {
                (back, Kind::Refresh)
            } else {
                return Err(could_not("a race is of `redeem` or `refresh`"));
            };
            let request = self.back_request(back, kind)?;
            let requests = vec![request.clone(); usize::from(step.at_once.max(2))];
            let answers = self.subject.race(&requests);
            let mut seen: Option<Seen> = None;
            let mut winners = 0;
            for answer in answers {
                let exchange = Exchange {
                    request: request.clone(),
                    answer,
                };
                let one = Seen::of_exchange(step.name.as_deref(), "race", exchange);
                if one.outcomes().contains(&Outcome::Tokens) {
                    winners += 1;
                    seen = Some(one);
                } else {
                    seen.get_or_insert(one);
                }
            }
            if let Some(mut seen) = seen
                && worst
                    .as_ref()
                    .is_none_or(|worst| worst.winners < Some(winners))
            {
                seen.winners = Some(winners);
                worst = Some(seen);
            }
        }
        match worst {
            Some(seen) => self.keep(seen, &[]),
            None => Ok(()),
        }
    }
}
