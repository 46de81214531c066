//! A target that speaks TLS: trusted when its file says who signs for it, and refused with a clear word when not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use grantlab_sim::check::target::TargetFile;
use grantlab_sim::input_error::SourceText;
use grantlab_sim::live::HttpSubject;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server with a certificate that it signed itself, for one connection after the other.
struct Secured {
    port: u16,
    certificate: String,
}

impl Secured {
    #[expect(clippy::disallowed_methods, reason = "these tests are about sockets")]
    fn start() -> Self {
        let signed = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key =
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // Whoever does not trust the certificate hangs up in the middle.
                let _ = answer(stream.unwrap(), &config, port);
            }
        });
        Self {
            port,
            certificate: signed.cert.pem(),
        }
    }

    fn target(&self, ca: Option<&str>) -> TargetFile {
        let ca = ca.map_or_else(String::new, |path| format!("\"ca\": {path:?},"));
        let text = format!(
            "{{\"name\": \"secured\", \"issuer\": \"https://127.0.0.1:{}\", {ca} \"users\": [{{\"username\": \"alice\", \"password\": \"x\"}}], \"clients\": [{{\"name\": \"web\", \
             \"client_id\": \"web\", \"client_secret\": \"secret\", \"redirect_uris\": [\"https://client.example/cb\"]}}]}}",
            self.port
        );
        let (_, file) = TargetFile::read(SourceText::new("target.json", &text)).unwrap();
        file
    }
}

/// The metadata, whatever is asked.
fn answer(stream: TcpStream, config: &Arc<ServerConfig>, port: u16) -> std::io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet)?;
        head.extend(octet);
    }
    let origin = format!("https://127.0.0.1:{port}");
    let body = format!(
        "{{\"issuer\":\"{origin}\",\"authorization_endpoint\":\"{origin}/authorize\",\
         \"token_endpoint\":\"{origin}/token\"}}"
    );
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A file of this test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn whom_the_file_names_is_trusted() {
    let secured = Secured::start();
    let path = file("check_tls_own.pem", &secured.certificate);
    let (_, target) = HttpSubject::running(secured.target(path.to_str())).unwrap();
    let origin = format!("https://127.0.0.1:{}", secured.port);
    assert_eq!(target.issuer, origin);
    assert!(
        target
            .endpoints
            .values()
            .any(|url| *url == format!("{origin}/token"))
    );
}

#[test]
fn nobody_else_is() {
    let secured = Secured::start();
    let stranger = file("check_tls_stranger.pem", &Secured::start().certificate);
    for ca in [None, stranger.to_str()] {
        assert_eq!(
            HttpSubject::running(secured.target(ca)).unwrap_err(),
            "its certificate is not trusted: `ca` of the target file can name who signed it"
        );
    }
}

#[test]
fn a_file_without_certificates_is_said_to_be_one() {
    let secured = Secured::start();
    let empty = file("check_tls_empty.pem", "nothing\n");
    let empty = empty.to_str().unwrap();
    assert_eq!(
        HttpSubject::running(secured.target(Some(empty))).unwrap_err(),
        format!("`ca`: {empty}: there is no certificate in it")
    );
    let nowhere = HttpSubject::running(secured.target(Some("no/such.pem"))).unwrap_err();
    assert!(nowhere.starts_with("`ca`: no/such.pem: "), "{nowhere}");
}
