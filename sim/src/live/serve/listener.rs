//! The port: HTTP/1.1 by a well-kept library, in bounded space and time.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::mischief::{Mischief, Script, Twin};
use super::translation::{Content, Draft, Ending};

/// Octets of a request's head at most: more than any authorization request that browsers send.
const HEAD_OCTETS_MAX: usize = 32_768;

/// Header fields of a request at most, as in the core.
const HEADERS_MAX: usize = grantlab_core::limits::HEADERS_MAX;

/// Octets of a request's content at most, as in the core.
const BODY_OCTETS_MAX: usize = grantlab_core::limits::BODY_OCTETS_MAX;

/// Connections at once. Whoever comes beyond that waits in the system's own queue.
const CONNECTIONS_MAX: usize = 128;

/// How long a dialer may take for a head, or keep silent between two requests.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// How long a dialer may take for the content of a request.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may last in all: whoever reads an answer octet by octet is left then.
const CONNECTION_LIFETIME_MAX: Duration = Duration::from_secs(300);

/// How long an answer may be held back.
pub(super) const DELAY_MAX: Duration = Duration::from_secs(60);

/// A response and how it travels.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) draft: Draft,
    /// How long it is held back.
    pub(super) delay: Duration,
    /// How its content ends.
    pub(super) ending: Ending,
    /// Whether it never leaves, and the connection breaks instead.
    pub(super) lost: bool,
    /// What is sent in its place that is no HTTP, or has no end.
    pub(super) mischief: Option<Mischief>,
}

impl From<Draft> for Outgoing {
    fn from(draft: Draft) -> Self {
        Self {
            draft,
            delay: Duration::ZERO,
            ending: Ending::Whole,
            lost: false,
            mischief: None,
        }
    }
}

/// How far an answer is.
pub(super) enum Step<P> {
    /// Here it is.
    Done(Outgoing),
    /// It goes on after so long a time.
    Paused(Duration, P),
}

/// Whoever answers.
pub(super) trait Answers: Send + Sync + 'static {
    /// What is kept of a request while its answer takes time.
    type Paused: Send;

    /// The answer to a request: its head, and its content, which is whole.
    fn answer(&self, head: &hyper::http::request::Parts, content: &[u8]) -> Step<Self::Paused>;

    /// The answer goes on.
    fn resume(&self, paused: Self::Paused) -> Step<Self::Paused>;
}

/// Serves until `stop` is set.
pub(super) async fn serve(
    listener: TcpListener,
    answers: Arc<impl Answers>,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopped| *stopped) => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of descriptors, most likely: those that are served will give theirs back.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let answers = Arc::clone(&answers);
        let mut stop = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = converse(stream, answers) => {}
                _ = stop.wait_for(|stopped| *stopped) => {}
            }
            drop(place);
        });
    }
}

/// Binds a port.
///
/// # Errors
/// Somebody else has it.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: a socket, on loopback unless told otherwise"
)]
pub(super) fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// What goes wrong with one connection ends that connection alone.
async fn converse(stream: TcpStream, answers: Arc<impl Answers>) {
    // Answers are small and written at once; nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let twin = Twin::of(&stream);
    let script = twin.script();
    let service =
        service_fn(move |request| exchange(request, Arc::clone(&answers), script.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_OCTETS_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let _ = timeout(CONNECTION_LIFETIME_MAX, connection).await;
    twin.carry_out().await;
}

/// One request, one response.
async fn exchange(
    request: hyper::Request<Incoming>,
    answers: Arc<impl Answers>,
    script: Script,
) -> io::Result<hyper::Response<Content>> {
    let (head, content) = request.into_parts();
    let Some(content) = read(content).await else {
        let refused = super::hall::plain(413, "the content is too long, too slow, or cut off");
        let mut response = refused.into_response(Ending::Whole);
        response.headers_mut().insert(
            hyper::header::CONNECTION,
            hyper::header::HeaderValue::from_static("close"),
        );
        return Ok(response);
    };
    let mut step = answers.answer(&head, &content);
    let outgoing = loop {
        match step {
            Step::Done(outgoing) => break outgoing,
            Step::Paused(delay, paused) => {
                sleep(delay.min(DELAY_MAX)).await;
                step = answers.resume(paused);
            }
        }
    };
    if !outgoing.delay.is_zero() {
        sleep(outgoing.delay.min(DELAY_MAX)).await;
    }
    if let Some(mischief) = outgoing.mischief {
        script.set(mischief, outgoing.draft.content);
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    if outgoing.lost {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(outgoing.draft.into_response(outgoing.ending))
}

async fn read(content: Incoming) -> Option<Bytes> {
    let collected = Limited::new(content, BODY_OCTETS_MAX).collect();
    let collected = timeout(BODY_PATIENCE, collected).await.ok()?;
    Some(collected.ok()?.to_bytes())
}
