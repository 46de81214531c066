//! Our authorization server and its resources over HTTP/1.1, for somebody else's client.
//!
//! The machines of the core do all of the protocol: this carries octets to them and back. Everything that a client can
//! be tested against is behind one port; a second port is for whoever runs the test: the clock, the journals, and a
//! visitor who logs in for clients that have no browser.
//!
//! ```
//! use grantlab_sim::live::serve::{Plan, Serving};
//!
//! let serving = Serving::start(Plan::usual().expect("it is built in")).expect("a port of this machine");
//! assert!(serving.issuer().starts_with("http://127.0.0.1:"));
//! // It stops when it is dropped.
//! ```

mod admin;
mod cases;
pub mod clients;
mod clock;
mod configuration;
mod entropy;
mod hall;
mod journal;
mod lane;
mod listener;
mod mischief;
pub mod report;
mod room;
mod translation;
mod visitor;
mod witness;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use grantlab_core::authorization_server::registration::Registration;
use grantlab_core::http::{Origin, Scheme};
use grantlab_core::text::Text;
use hyper::http::request::Parts;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::input_error::{InputError, SourceText};
use crate::profile::{NamedBy, Profile, Profiles};
use crate::seed::Seed;
use hall::{Hall, Paused};
use listener::{Answers, Step};
use report::Report;

pub use entropy::Source;
pub use visitor::Decision;

/// How often whoever waits for Ctrl-C looks whether it came.
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// What is served, and where.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the servers behave.
    pub profile: Profile,
    /// The clients that they know.
    pub clients: Vec<Registration>,
    /// Where to listen; port 0 is any that is free.
    pub address: SocketAddr,
    /// Where the administrator's port is.
    pub admin: SocketAddr,
    /// Where fresh values come from.
    pub source: Source,
    /// The user who says yes to every authorization request, without a page.
    pub auto_approve: Option<String>,
    /// How long each question to the store takes. With time between looking and writing, `as.code_use=check_then_set`
    /// shows what it is: two requests at once redeem one code.
    pub store_delay: Duration,
    /// Cases beside those inside the binary; one of a name that is taken there is meant instead.
    pub cases: Cases,
}

/// Cases that are not inside the binary.
#[derive(Clone, Debug, Default)]
pub struct Cases(Vec<cases::Case>);

impl Cases {
    /// Reads a file of cases.
    ///
    /// # Errors
    /// The first mistake, with its place and what is allowed there.
    pub fn read(source: SourceText) -> Result<Self, InputError> {
        cases::read(source).map(Self)
    }
}

impl Plan {
    /// RFC 9700 on a free port of this machine, with fresh values from seed 1.
    ///
    /// # Errors
    /// None: what it needs is built in.
    pub fn usual() -> Result<Self, InputError> {
        let profile = Profiles::built_in().find("rfc9700", NamedBy::Argument)?;
        let uris = clients::USUAL_REDIRECT_URIS.map(str::to_owned);
        let clients = clients::usual(&uris)
            .map_err(|malformed| InputError::about("redirection URI", malformed.to_string()))?;
        let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Ok(Self {
            profile,
            clients,
            address: anywhere,
            admin: anywhere,
            source: Source::Seed(Seed(1)),
            auto_approve: None,
            store_delay: Duration::ZERO,
            cases: Cases::default(),
        })
    }
}

/// A server that runs until this is dropped.
pub struct Serving {
    address: SocketAddr,
    admin: SocketAddr,
    issuer: String,
    accounts: Vec<(String, String)>,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Starts a server in a thread of its own. It answers as soon as this returns.
    ///
    /// # Errors
    /// A port is taken, the profile makes no server, or the system has no randomness to give.
    pub fn start(plan: Plan) -> io::Result<Self> {
        let listener = listener::bind(plan.address)?;
        let admin_listener = listener::bind(plan.admin)?;
        let address = listener.local_addr()?;
        let admin = admin_listener.local_addr()?;
        let invalid = |problem: String| io::Error::new(io::ErrorKind::InvalidInput, problem);
        let root = plan.source.root()?;
        let auto_approve = plan.auto_approve.clone();
        let mut cases = cases::built_in().map_err(|error| invalid(error.to_string()))?;
        cases.extend(plan.cases.0.iter().cloned());
        let hall = Hall::new(plan, root, origin(address), cases)
            .map_err(|malformed| invalid(malformed.to_string()))?;
        let accounts = hall.accounts();
        if let Some(name) = auto_approve
            && !accounts.iter().any(|(known, _)| *known == name)
        {
            return Err(invalid(format!("there is no user called `{name}`")));
        }
        let issuer = hall.origin().to_string();
        let shared = Arc::new(Shared(Mutex::new(hall)));
        let kept = Arc::clone(&shared);
        let (stop, stopped) = watch::channel(false);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let ports = {
            let _inside = runtime.enter();
            [
                TcpListener::from_std(listener)?,
                TcpListener::from_std(admin_listener)?,
            ]
        };
        let thread = thread::Builder::new()
            .name("grantlab-serve".to_owned())
            .spawn(move || run(&runtime, ports, shared, stopped))?;
        Ok(Self {
            address,
            admin,
            issuer,
            accounts,
            shared: kept,
            stop,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its administrator is listened to.
    #[must_use]
    pub const fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// The issuer that does everything right. The others are below it: its name, a slash, and the case.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Login names and passwords.
    #[must_use]
    pub fn accounts(&self) -> &[(String, String)] {
        &self.accounts
    }

    /// What the client made of the cases so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.shared.hall().report()
    }

    /// Waits until `interrupted` is set, or until it has stopped, which it does by itself only when something is wrong.
    pub fn wait(&self, interrupted: &AtomicBool) {
        while !interrupted.load(Ordering::Relaxed)
            && self
                .thread
                .as_ref()
                .is_some_and(|thread| !thread.is_finished())
        {
            thread::park_timeout(LOOKS_EVERY);
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// How people on this machine reach an address.
fn origin(address: SocketAddr) -> Origin {
    let host = match address.ip() {
        ip if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    Origin {
        scheme: Scheme::Http,
        host: Text::from(host),
        port: Some(address.port()).filter(|port| *port != 80),
    }
}

fn run(
    runtime: &Runtime,
    [port, admin_port]: [TcpListener; 2],
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
) {
    runtime.block_on(async {
        let administrator = Arc::new(admin::Administrator(Arc::clone(&shared)));
        tokio::join!(
            listener::serve(port, shared, stop.clone()),
            listener::serve(admin_port, administrator, stop),
        );
    });
}

/// The hall, one visitor at a time.
struct Shared(Mutex<Hall>);

impl Shared {
    fn hall(&self) -> MutexGuard<'_, Hall> {
        // A panic in the middle of an exchange leaves a machine between two inputs, never inside one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers for Shared {
    type Paused = Paused;

    fn answer(&self, head: &Parts, content: &[u8]) -> Step<Paused> {
        match translation::request(head, content) {
            Ok(request) => self.hall().answer(request),
            Err(error) => Step::Done(hall::plain(400, &error.to_string()).into()),
        }
    }

    fn resume(&self, paused: Paused) -> Step<Paused> {
        self.hall().resume(paused)
    }
}
