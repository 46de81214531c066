//! The user-agent on its way through redirects that somebody else chose.

use std::sync::Arc;

use grantlab_core::entropy::{Entropy, Fresh};
use grantlab_core::http::{
    Body, Header, Method, Origin, ReferrerPolicy, Request, Response, Scheme,
};
use grantlab_core::limits::{REDIRECTS_MAX, SCRIPTED_NAVIGATIONS_MAX, TABS_MAX};
use grantlab_core::machine::{Context, ExchangeId, Machine, Output};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::policy::{
    FragmentReattach, Http302Post, NativeScheme, ReferrerDefault, SameSiteDefault, UserAgentPolicy,
};
use grantlab_core::user_agent::{Command, Input, UserAgent};
use grantlab_core::wire::http::read_response;
use grantlab_core::wire::location;

/// Requests that one octet of input can cause at most: for each of three commands every navigation without the user, with
/// all its redirects, once more for everything that a page of that length can load.
const REQUESTS_PER_OCTET: usize = 3 * (SCRIPTED_NAVIGATIONS_MAX as usize + 1) * (REDIRECTS_MAX + 1);

/// A secure browser.
const POLICY: UserAgentPolicy = UserAgentPolicy {
    referrer_default: ReferrerDefault::StrictOriginWhenCrossOrigin,
    samesite_default: SameSiteDefault::Lax,
    fragment_reattach: FragmentReattach::On,
    http302_post: Http302Post::Rewrite,
    native_scheme: NativeScheme::ClaimedHttps,
};

/// Whatever responses say, a user-agent stops after a bounded number of requests, tells no fragment, no user name and no
/// page of a site without TLS to anybody, tells others no more of a page than its `Referrer-Policy` allows, turns a `POST`
/// into a `GET` after 303, and sends no `Secure` cookie without TLS.
///
/// The input is an address, a line feed, and the octets of HTTP responses, each behind a line `---`. They are given in
/// turn, the last again and again.
pub fn navigation(octets: &[u8]) {
    let Some(place) = octets.iter().position(|octet| *octet == b'\n') else {
        return;
    };
    let (address, rest) = octets.split_at(place);
    let (Ok(address), Ok(rest)) = (str::from_utf8(address), str::from_utf8(rest)) else {
        return;
    };
    let responses: Vec<Arc<Response>> = rest
        .split("\n---\n")
        .filter_map(|text| read_response(text.replace('\n', "\r\n").as_bytes()).ok())
        .map(Arc::new)
        .collect();
    let mut browser = Browser::new(responses, octets.len().saturating_mul(REQUESTS_PER_OCTET));
    let tab = Text::new("1");
    browser.obey(Command::Open {
        tab: tab.clone(),
        url: Text::new(address),
    });
    browser.obey(Command::Follow {
        tab: tab.clone(),
        link: 0,
    });
    browser.obey(Command::Press { tab, button: None });
}

struct Browser {
    machine: UserAgent,
    responses: Vec<Arc<Response>>,
    next: usize,
    /// Requests that may still be sent.
    left: usize,
    counter: Counter,
    /// Whether each response so far allows no more than the default.
    reserved: bool,
}

impl Browser {
    fn new(responses: Vec<Arc<Response>>, left: usize) -> Self {
        let reserved = responses.iter().all(|response| {
            response.headers.0.iter().all(|header| {
                !matches!(
                    header,
                    Header::ReferrerPolicy(
                        ReferrerPolicy::NoReferrerWhenDowngrade | ReferrerPolicy::UnsafeUrl
                    )
                )
            })
        });
        Self {
            machine: UserAgent::new(POLICY),
            responses,
            next: 0,
            left,
            counter: Counter(0),
            reserved,
        }
    }

    fn obey(&mut self, command: Command) {
        let mut sent = self.handle(Input::Command(command));
        while let Some((exchange, request)) = sent.pop() {
            self.judge(&request);
            let Some(response) = self.answer() else {
                return;
            };
            let see_other = response.status.0 == 303;
            let followed = self.handle(Input::Response { exchange, response });
            let posted = |(_, next): &(ExchangeId, Arc<Request>)| next.method == Method::Post;
            // A page that sends a form by itself has no redirect status.
            assert!(!see_other || !followed.iter().any(posted), "POST after 303");
            sent.extend(followed);
        }
    }

    fn answer(&mut self) -> Option<Arc<Response>> {
        let last = self.responses.len().checked_sub(1)?;
        let response = self.responses.get(self.next.min(last)).cloned();
        self.next += 1;
        response
    }

    fn handle(&mut self, input: Input) -> Vec<(ExchangeId, Arc<Request>)> {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(Timestamp(0), &mut self.counter, &mut outputs);
        self.machine.handle(input, &mut ctx);
        let sent = outputs.into_iter().filter_map(|output| match output {
            Output::Send { exchange, request } => Some((exchange, request)),
            Output::Respond { .. }
            | Output::Store { .. }
            | Output::Reply { .. }
            | Output::Note(_) => None,
        });
        sent.collect()
    }

    fn judge(&mut self, request: &Request) {
        assert!(self.left > 0, "it goes on for ever");
        self.left -= 1;
        assert!(self.machine.tabs().count() <= TABS_MAX);
        assert_eq!(request.url.fragment, None, "fragments do not travel");
        assert!(request.method != Method::Get || request.body == Body::Empty);
        for header in &request.headers.0 {
            if let Header::Referer(referer) = header {
                self.judge_referer(request, referer.as_str());
            }
            if let Header::Cookie(cookies) = header {
                let promises = |(name, _): &(Text, Text)| {
                    ["__Host-", "__Secure-"]
                        .iter()
                        .any(|promise| name.as_str().starts_with(promise))
                };
                let promised = cookies.0.iter().any(promises);
                let private = is_private(&request.url.origin);
                assert!(private || !promised, "a secure cookie without TLS");
            }
        }
    }

    fn judge_referer(&self, request: &Request, referer: &str) {
        let source = location::parse(referer);
        let Ok(source) = source else {
            return assert!(source.is_ok(), "{referer} is no URL");
        };
        assert_eq!(source.fragment, None, "{referer}");
        let authority = referer.split('/').nth(2).unwrap_or_default();
        assert!(!authority.contains('@'), "{referer}");
        if self.reserved && source.origin != request.url.origin {
            assert!(
                source.query.is_none() && source.path == "/",
                "{referer} is told to others"
            );
            let downgrade = is_private(&source.origin) && !is_private(&request.url.origin);
            assert!(!downgrade, "{referer} is told without TLS");
        }
    }
}

/// Whether nobody on the way reads what is sent there: TLS, or this very machine (W3C Secure Contexts §3.1).
fn is_private(origin: &Origin) -> bool {
    let host = origin.host.as_str();
    let local = host == "localhost" || host.ends_with(".localhost") || host == "[::1]";
    let address = host.split('.').all(|number| number.parse::<u8>().is_ok());
    origin.scheme == Scheme::Https
        || origin.scheme == Scheme::Http && (local || address && host.starts_with("127."))
}

struct Counter(u64);

impl Entropy for Counter {
    fn fresh(&mut self, _: Fresh) -> [u8; 32] {
        [0; 32]
    }

    fn ticket(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}
