//! Answers that no library would send: what is no HTTP, and what has no end.
//!
//! They leave over the same connection, once the library has let go of it.

use std::io;
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// How long one may last: a client without patience of its own waits so long.
const LIFETIME_MAX: Duration = Duration::from_secs(10);

/// Octets that are sent at most: no client has a use for so many, and a loop-back connection carries them at once.
const OCTETS_MAX: usize = 64 << 20;

/// How long one octet of a slow head takes.
const OCTET_PAUSE: Duration = Duration::from_millis(250);

/// Octets that are written at once, where there is no end.
const WRITE_OCTETS: usize = 16_384;

/// How an answer travels that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mischief {
    /// Octets that have nothing to do with HTTP.
    Garbage,
    /// A status line that is none; the rest is right.
    GarbageStatusLine,
    /// A header field without a colon.
    GarbageHeader,
    /// A chunk whose size is no number.
    BadChunk,
    /// Header fields without end.
    EndlessHead,
    /// Content without end.
    Endless,
    /// A head that comes octet by octet.
    SlowHead,
}

const HEAD: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n";

impl Mischief {
    /// What is sent at first, and what again and again.
    fn octets(self, content: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let text = String::from_utf8_lossy(content);
        let length = content.len();
        let whole = |head: &str| format!("{head}Content-Length: {length}\r\n\r\n{text}");
        let (first, again) = match self {
            Self::Garbage => {
                let octets: Vec<u8> = (0..=255).collect();
                return (octets, Vec::new());
            }
            Self::GarbageStatusLine => {
                let head = HEAD.replacen("HTTP/1.1 200 OK", "HTTP/one.one fine, thanks", 1);
                (whole(&head), String::new())
            }
            Self::GarbageHeader => {
                let head = format!("{HEAD}there is no colon here\r\n");
                (whole(&head), String::new())
            }
            Self::BadChunk => {
                let chunk = format!("zz\r\n{text}\r\n0\r\n\r\n");
                let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{chunk}");
                (head, String::new())
            }
            Self::EndlessHead => (
                HEAD.to_owned(),
                format!("X-More: {}\r\n", "x".repeat(1_000)),
            ),
            Self::Endless => {
                let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
                let chunk = format!("{WRITE_OCTETS:x}\r\n{}\r\n", " ".repeat(WRITE_OCTETS));
                (head, chunk)
            }
            Self::SlowHead => (whole(HEAD), String::new()),
        };
        (first.into_bytes(), again.into_bytes())
    }

    async fn write(self, stream: &TcpStream, content: &[u8]) -> io::Result<()> {
        let (first, again) = self.octets(content);
        if self == Self::SlowHead {
            for octet in &first {
                write_all(stream, std::slice::from_ref(octet)).await?;
                sleep(OCTET_PAUSE).await;
            }
        } else {
            write_all(stream, &first).await?;
        }
        let times = OCTETS_MAX.checked_div(again.len()).unwrap_or_default();
        for _ in 0..times {
            write_all(stream, &again).await?;
        }
        Ok(())
    }
}

async fn write_all(stream: &TcpStream, mut octets: &[u8]) -> io::Result<()> {
    while !octets.is_empty() {
        stream.writable().await?;
        match stream.try_write(octets) {
            Ok(written) => octets = octets.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A connection that can be taken away from the library, and what is to be sent over it then.
pub(super) struct Twin {
    stream: Option<std::net::TcpStream>,
    script: Script,
}

/// A mischief, and the content that it is about.
type Order = (Mischief, Vec<u8>);

/// What is to be sent; nothing, most of the time.
#[derive(Clone, Debug, Default)]
pub(super) struct Script(Arc<Mutex<Option<Order>>>);

impl Script {
    /// From now on the connection is the mischief's.
    pub(super) fn set(&self, mischief: Mischief, content: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((mischief, content));
    }

    fn take(&self) -> Option<Order> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Twin {
    /// A second handle of a connection. Where there is none, mischief is a lost answer.
    pub(super) fn of(stream: &TcpStream) -> Self {
        let twin = stream.as_fd().try_clone_to_owned();
        Self {
            stream: twin.ok().map(std::net::TcpStream::from),
            script: Script::default(),
        }
    }

    /// Where the library's side says what is to be done.
    pub(super) fn script(&self) -> Script {
        self.script.clone()
    }

    /// Does it, once the library has let go.
    pub(super) async fn carry_out(self) {
        let (Some((mischief, content)), Some(stream)) = (self.script.take(), self.stream) else {
            return;
        };
        if let Ok(stream) = TcpStream::from_std(stream) {
            // Whoever does not want to hear more of it closes, which ends it here.
            let _ = timeout(LIFETIME_MAX, mischief.write(&stream, &content)).await;
        }
    }
}
