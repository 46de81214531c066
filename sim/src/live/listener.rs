//! A listener on loopback for pages that are computed: one request per connection, in bounded time and space.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use grantlab_core::http::{Request, Scheme};
use grantlab_core::wire::http;

/// Octets of a request at most; what browsers send here is far shorter.
const REQUEST_OCTETS_MAX: usize = 16_384;

/// How long one connection may take to ask, and again to take its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections at once; browsers open a few more than they use. Whoever comes beyond that is hung up on.
const CONNECTIONS_MAX: usize = 32;

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// HTML.
    pub body: String,
}

/// Serves until the process ends. `announce` is told where.
///
/// Each connection has a thread, so that one that only waits holds nobody up; `answer` is asked once for each.
///
/// # Errors
/// The port cannot be listened on. What goes wrong with one connection ends that connection alone.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: a socket on loopback"
)]
pub(super) fn serve(
    port: u16,
    announce: impl FnOnce(SocketAddr),
    answer: fn(&Request) -> Reply,
    unreadable: fn() -> Reply,
) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    announce(listener.local_addr()?);
    let places = Arc::new(());
    for connection in listener.incoming() {
        // The listener has one handle, and each connection that is served another.
        let place = Arc::clone(&places);
        let (Ok(connection), true) = (connection, Arc::strong_count(&place) <= CONNECTIONS_MAX + 1)
        else {
            continue;
        };
        let served = thread::Builder::new().spawn(move || {
            // Whoever hangs up early gets nothing.
            let _ = converse(connection, answer, unreadable);
            drop(place);
        });
        // Without a thread there is no answer; the connection is closed with the closure that held it.
        drop(served);
    }
    Ok(())
}

/// One request, one response.
fn converse(
    mut connection: TcpStream,
    answer: fn(&Request) -> Reply,
    unreadable: fn() -> Reply,
) -> io::Result<()> {
    let reply = read(&mut connection)?.map_or_else(unreadable, |request| answer(&request));
    let head = format!(
        "HTTP/1.1 {} \r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nX-Frame-Options: SAMEORIGIN\r\nReferrer-Policy: no-referrer\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n",
        reply.status,
        reply.body.len()
    );
    connection.set_write_timeout(Some(PATIENCE))?;
    connection.write_all(head.as_bytes())?;
    connection.write_all(reply.body.as_bytes())?;
    connection.flush()
}

/// Reads a request up to the end of its head: no request here has content.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: a dialer that sends an octet now and then is not waited for"
)]
fn read(connection: &mut TcpStream) -> io::Result<Option<Request>> {
    let began = Instant::now();
    let mut octets = Vec::new();
    let mut piece = [0; 1024];
    while !octets.windows(4).any(|end| end == b"\r\n\r\n") {
        let left = PATIENCE.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        connection.set_read_timeout(Some(left))?;
        let count = connection.read(&mut piece)?;
        octets.extend_from_slice(piece.get(..count).unwrap_or_default());
        if count == 0 || octets.len() > REQUEST_OCTETS_MAX {
            return Ok(None);
        }
    }
    Ok(http::read_request(&Scheme::Http, &octets).ok())
}
