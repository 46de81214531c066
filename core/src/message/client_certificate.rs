//! The certificate of a TLS connection, as the one behind it learns of it (RFC 9440 §2).
//!
//! Connections have no TLS here. What stands for it is a header field that the network alone answers for: a sender
//! says which of its certificates the connection shall have, the network takes away what is not the sender's own
//! ([`keep_own_certificate`]), and the receiver believes what is left. Nothing here ever looks into a certificate,
//! so its thumbprint stands for it.

use crate::http::{Header, Headers};
use crate::text::Text;
use crate::value::Thumbprint;

/// The name of the header field (RFC 9440 §2.2), in lower case.
pub const CLIENT_CERT: &str = "client-cert";

/// The certificate of the connection that a request came over; none, when there are several fields.
#[must_use]
pub fn client_certificate(headers: &Headers) -> Option<Thumbprint> {
    let text = headers.other(CLIENT_CERT).ok().flatten()?;
    Thumbprint::new(text.clone()).ok()
}

/// Says which certificate the connection of a request shall have, and takes away what was said before.
pub fn set_client_certificate(headers: &mut Headers, certificate: Option<&Thumbprint>) {
    headers.0.retain(|header| !is_certificate(header));
    if let Some(certificate) = certificate {
        headers.push(Header::Other {
            name: Text::new(CLIENT_CERT),
            value: certificate.text().clone(),
        });
    }
}

/// What TLS does: nobody has a connection with a certificate whose key is not his own. For the network alone.
pub fn keep_own_certificate(headers: &mut Headers, own: &[Thumbprint]) {
    if headers.0.iter().any(is_certificate) {
        let shown = client_certificate(headers).filter(|shown| own.contains(shown));
        set_client_certificate(headers, shown.as_ref());
    }
}

fn is_certificate(header: &Header) -> bool {
    matches!(header, Header::Other { name, .. } if name.as_str().eq_ignore_ascii_case(CLIENT_CERT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_shows_a_certificate_that_is_not_his_own() {
        let (mine, other) = (Thumbprint::of(b"mine"), Thumbprint::of(b"other"));
        let shown = |certificate: &Thumbprint| {
            let mut headers = Headers::EMPTY;
            set_client_certificate(&mut headers, Some(certificate));
            keep_own_certificate(&mut headers, core::slice::from_ref(&mine));
            client_certificate(&headers)
        };
        assert_eq!(shown(&mine), Some(mine.clone()));
        assert_eq!(shown(&other), None);
    }

    #[test]
    fn several_certificates_are_none() {
        let mine = Thumbprint::of(b"mine");
        let mut headers = Headers::EMPTY;
        for name in ["client-cert", "Client-Cert"] {
            headers.push(Header::Other {
                name: Text::new(name),
                value: mine.text().clone(),
            });
        }
        assert_eq!(client_certificate(&headers), None);
        keep_own_certificate(&mut headers, core::slice::from_ref(&mine));
        assert_eq!(headers, Headers::EMPTY);
    }
}
