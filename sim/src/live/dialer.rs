//! One request over HTTP and its answer, in bounded time and space.
//!
//! No redirect is followed, no cookie kept, no body decoded and no connection used twice. Whoever answers without
//! end, too slowly or not in HTTP is left alone: he gets the octets and the time that the target file allows.

use std::fs;
use std::time::Duration;

use grantlab_core::http::Request;
use grantlab_core::limits::HEADER_OCTETS_MAX;
use grantlab_core::wire::http;
use ureq::Agent;
use ureq::http as typed;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::check::target::LimitsPart;
use crate::check::{Answer, NoAnswer};

/// Octets of the head of an answer: four of the longest fields that the core takes.
const HEAD_OCTETS_MAX: usize = 4 * HEADER_OCTETS_MAX;

/// Sends requests.
#[derive(Clone, Debug)]
pub(super) struct Dialer {
    agent: Agent,
    body_octets: u64,
}

impl Dialer {
    /// A dialer that trusts what browsers trust, or, where the file of certificates is said, what is in there.
    ///
    /// # Errors
    /// Why that file cannot be used.
    pub(super) fn new(limits: &LimitsPart, ca: Option<&str>) -> Result<Self, String> {
        let time = Duration::from_millis(limits.answer_ms.max(1));
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .max_response_header_size(HEAD_OCTETS_MAX)
            .timeout_global(Some(time))
            .proxy(None)
            .no_delay(true)
            .accept("")
            .accept_encoding("")
            .user_agent(concat!("grantlab/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(roots(ca)?).build())
            .build();
        Ok(Self {
            agent: Agent::new_with_config(config),
            body_octets: u64::try_from(limits.body_octets).unwrap_or(u64::MAX),
        })
    }

    /// Sends one request.
    pub(super) fn send(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let (head, body) = parts(request)?;
        let sent = match body.is_empty() && request.method.as_str() != "POST" {
            true => self.agent.run(head.map(|()| ureq::SendBody::none())),
            false => self.agent.run(head.map(|()| body)),
        };
        let mut response = sent.map_err(|error| why(&error))?;
        let headers = response.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let headers = headers.collect();
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(self.body_octets);
        Ok(Answer {
            status,
            headers,
            body: body.read_to_vec().map_err(|error| why(&error))?,
        })
    }
}

/// Who is trusted to sign certificates.
fn roots(ca: Option<&str>) -> Result<RootCerts, String> {
    let Some(path) = ca else {
        return Ok(RootCerts::WebPki);
    };
    let pem = fs::read(path).map_err(|error| format!("`ca`: {path}: {error}"))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|error| format!("`ca`: {path}: {error}"))?
        {
            certificates.push(certificate);
        }
    }
    match certificates.is_empty() {
        true => Err(format!("`ca`: {path}: there is no certificate in it")),
        false => Ok(RootCerts::new_with_certs(&certificates)),
    }
}

/// A request as the library takes it. The octets are those that the core writes.
fn parts(request: &Request) -> Result<(typed::Request<()>, Vec<u8>), NoAnswer> {
    let octets = http::write_request(request);
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = end
        .and_then(|end| octets.split_at_checked(end))
        .ok_or(NoAnswer::NotHttp)?;
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let target = lines.next().and_then(|line| line.split(' ').nth(1));
    let url = format!("{}{}", request.url.origin, target.unwrap_or("/"));
    let mut out = typed::Request::builder()
        .method(request.method.as_str())
        .uri(url);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let follows = ["host", "content-length"];
        if !follows.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            out = out.header(name, value);
        }
    }
    let head = out.body(()).map_err(|_| NoAnswer::NotHttp)?;
    Ok((head, body.get(4..).unwrap_or_default().to_vec()))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "these enums are other people's, and grow"
)]
fn why(error: &ureq::Error) -> NoAnswer {
    use std::io::ErrorKind;

    match error {
        ureq::Error::Timeout(_) => NoAnswer::TooSlow,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
            NoAnswer::TooLong
        }
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => NoAnswer::Unreachable,
        // The TLS library's own error is inside, and its type with it: its words are all that is left to look at.
        ureq::Error::Io(error) if error.to_string().contains("certificate") => NoAnswer::Untrusted,
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => NoAnswer::Unreachable,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => NoAnswer::TooSlow,
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => NoAnswer::ConnectionLost,
            _ => NoAnswer::NotHttp,
        },
        _ => NoAnswer::NotHttp,
    }
}
