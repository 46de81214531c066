//! The unavoidable work of one flow, in a straight line: the limit that a server is compared with.
//!
//! The same octets come in and go out as at our server, and the same things are checked; secrets rest as SHA-256;
//! codes and tokens begin with the number of their place, so that finding them is one look. What makes it no server:
//! one client, one owner, one policy, one spelling of each header, no events, no pages, and no other endpoint.

use std::borrow::Cow;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use grantlab_core::entropy::{Entropy as _, Fresh};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Subject;
use super::grantlab::Stream;
use super::requests::{CLIENT_ID, CLIENT_SECRET, HOST, REDIRECT_URI, SCOPE};

/// Octets of a digest.
type Digest = [u8; 32];

/// When everything happens, in milliseconds since 1970.
const NOW: u64 = 1_700_000_000_000;
/// How long a code is good for, in milliseconds.
const CODE_LIFETIME_MS: u64 = 60_000;
/// How long a refresh token is good for, in milliseconds.
const REFRESH_LIFETIME_MS: u64 = 1_209_600_000;
/// How long a session is good for, in milliseconds.
const SESSION_LIFETIME_MS: u64 = 28_800_000;

/// A code, and where the tokens are that came of it.
#[derive(Clone)]
struct Grant {
    code: Digest,
    challenge: Digest,
    owner: u32,
    expires_at: u64,
    stage: Stage,
    family: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Issued,
    Redeemed,
    Revoked,
}

/// The newest tokens of a grant.
#[derive(Clone)]
struct Family {
    access: Digest,
    refresh: Digest,
    grant: u32,
    expires_at: u64,
    live: bool,
}

/// Everything that is kept.
pub(crate) struct Floor {
    entropy: Stream,
    grants: Vec<Grant>,
    families: Vec<Family>,
    session: String,
    session_expires_at: u64,
    now: u64,
}

impl Floor {
    /// A server at which the owner of `session` is logged in.
    pub(crate) fn new(session: &str) -> Self {
        Self {
            entropy: Stream::new(2),
            grants: Vec::new(),
            families: Vec::new(),
            session: session.to_owned(),
            session_expires_at: NOW + SESSION_LIFETIME_MS,
            now: NOW,
        }
    }

    /// A secret that begins with the number of its place.
    fn mint(&mut self, kind: Fresh, place: u32) -> [u8; 43] {
        let mut octets = self.entropy.fresh(kind);
        octets[..4].copy_from_slice(&place.to_be_bytes());
        encode(&octets)
    }

    fn authorize(&mut self, message: &Message<'_>, query: &str, out: &mut Vec<u8>) -> Option<()> {
        let mut found = [None; 7];
        for (name, value) in pairs(query) {
            let place = NAMES.iter().position(|known| *known == name)?;
            if found[place].replace(value).is_some() {
                return None;
            }
        }
        let [kind, client, uri, scope, state, challenge, method] = found;
        let is_logged_in = message.session == self.session && self.now < self.session_expires_at;
        if !is_logged_in
            || kind? != "code"
            || client? != CLIENT_ID
            || !spelled(uri?).eq(REDIRECT_URI.bytes())
        {
            return None;
        }
        if scope? != SCOPE || method? != "S256" || challenge?.len() != 43 {
            return None;
        }
        let place = u32::try_from(self.grants.len()).ok()?;
        let code = self.mint(Fresh::Code, place);
        self.grants.push(Grant {
            code: Sha256::digest(code).into(),
            challenge: decode(challenge?)?,
            owner: 0,
            expires_at: self.now + CODE_LIFETIME_MS,
            stage: Stage::Issued,
            family: u32::MAX,
        });
        out.extend_from_slice(b"HTTP/1.1 302 Found\r\nLocation: ");
        out.extend_from_slice(REDIRECT_URI.as_bytes());
        out.extend_from_slice(b"?code=");
        out.extend_from_slice(&code);
        out.extend_from_slice(b"&state=");
        out.extend(spelled(state?));
        out.extend_from_slice(
            b"&iss=https%3A%2F%2Fas.example\r\nCache-Control: no-store\r\n\
              Referrer-Policy: no-referrer\r\nContent-Length: 0\r\n\r\n",
        );
        Some(())
    }

    fn token(&mut self, message: &Message<'_>, out: &mut Vec<u8>) -> Option<()> {
        let mut memory = [0; _];
        let (client, secret) = basic(message.authorization, &mut memory)?;
        let same: bool = secret.as_bytes().ct_eq(CLIENT_SECRET.as_bytes()).into();
        if client != CLIENT_ID || !same {
            return None;
        }
        let mut found = [None; 5];
        for (name, value) in pairs(message.body) {
            let place = TOKEN_NAMES.iter().position(|known| *known == name)?;
            if found[place].replace(value).is_some() {
                return None;
            }
        }
        let [kind, code, uri, verifier, refresh] = found;
        match kind? {
            "authorization_code" => self.redeem(code?, uri?, verifier?, out),
            "refresh_token" => self.refresh(refresh?, out),
            _ => None,
        }
    }

    fn redeem(&mut self, code: &str, uri: &str, verifier: &str, out: &mut Vec<u8>) -> Option<()> {
        let place = place(code)?;
        let digest: Digest = Sha256::digest(code).into();
        let grant = self.grants.get_mut(place as usize)?;
        let challenge: Digest = Sha256::digest(verifier).into();
        if grant.code != digest || !spelled(uri).eq(REDIRECT_URI.bytes()) || grant.owner != 0 {
            return None;
        }
        if !(43..=128).contains(&verifier.len()) || !bool::from(grant.challenge.ct_eq(&challenge)) {
            return None;
        }
        if self.now >= grant.expires_at || grant.stage != Stage::Issued {
            if grant.stage == Stage::Redeemed {
                grant.stage = Stage::Revoked;
                self.families.get_mut(grant.family as usize)?.live = false;
            }
            return None;
        }
        grant.stage = Stage::Redeemed;
        grant.family = u32::try_from(self.families.len()).ok()?;
        let family = grant.family;
        let (access, refresh) = self.tokens(family);
        self.families.push(Family {
            access: Sha256::digest(access).into(),
            refresh: Sha256::digest(refresh).into(),
            grant: place,
            expires_at: self.now + REFRESH_LIFETIME_MS,
            live: true,
        });
        granted(&access, &refresh, out);
        Some(())
    }

    fn refresh(&mut self, token: &str, out: &mut Vec<u8>) -> Option<()> {
        let place = place(token)?;
        let digest: Digest = Sha256::digest(token).into();
        let family = self.families.get_mut(place as usize)?;
        if !family.live || self.grants.get(family.grant as usize)?.stage != Stage::Redeemed {
            return None;
        }
        if family.refresh != digest {
            family.live = false;
            return None;
        }
        if self.now >= family.expires_at {
            return None;
        }
        let (access, refresh) = self.tokens(place);
        let family = self.families.get_mut(place as usize)?;
        family.access = Sha256::digest(access).into();
        family.refresh = Sha256::digest(refresh).into();
        family.expires_at = self.now + REFRESH_LIFETIME_MS;
        granted(&access, &refresh, out);
        Some(())
    }

    fn tokens(&mut self, family: u32) -> ([u8; 43], [u8; 43]) {
        let access = self.mint(Fresh::AccessToken, family);
        (access, self.mint(Fresh::RefreshToken, family))
    }
}

/// The parameters of an authorization request.
const NAMES: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// The parameters of a token request.
const TOKEN_NAMES: [&str; 5] = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
];

fn granted(access: &[u8], refresh: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(
        b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nPragma: no-cache\r\n\
          Content-Type: application/json\r\nContent-Length: 179\r\n\r\n{\"access_token\":\"",
    );
    out.extend_from_slice(access);
    out.extend_from_slice(b"\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"");
    out.extend_from_slice(refresh);
    out.extend_from_slice(b"\",\"scope\":\"read\"}");
}

impl Subject for Floor {
    fn name(&self) -> &'static str {
        "floor"
    }

    fn leaves_out(&self) -> &'static str {
        "everything that makes a server: other endpoints, clients, owners, policies, pages, events, expiry"
    }

    fn answer(&mut self, request: &[u8], response: &mut Vec<u8>) {
        let done = Message::read(request).and_then(|message| match message.query {
            Some(query) => self.authorize(&message, query, response),
            None => self.token(&message, response),
        });
        if done.is_none() {
            response.extend_from_slice(
                b"HTTP/1.1 400 Bad Request\r\nCache-Control: no-store\r\nPragma: no-cache\r\n\
                  Content-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"error\":\"invalid_grant\"}",
            );
        }
    }
}

/// The parts of a request that the flow needs; each is empty when it is absent.
#[derive(Default)]
pub(crate) struct Message<'a> {
    /// The query of an authorization request; none for a token request.
    pub(crate) query: Option<&'a str>,
    /// `Authorization`
    pub(crate) authorization: &'a str,
    /// The session cookie.
    pub(crate) session: &'a str,
    /// The content.
    pub(crate) body: &'a str,
}

impl<'a> Message<'a> {
    /// Splits the octets of a request.
    pub(crate) fn read(octets: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(octets).ok()?;
        let (line, mut rest) = text.split_once("\r\n")?;
        let mut message = Self::default();
        match line.strip_suffix(" HTTP/1.1")?.split_once(' ')? {
            ("GET", target) => message.query = Some(target.strip_prefix("/authorize?")?),
            ("POST", "/token") => {}
            _ => return None,
        }
        let (mut length, mut host, mut is_form) = (0, "", false);
        loop {
            let (line, after) = rest.split_once("\r\n")?;
            rest = after;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ")?;
            match name {
                "Host" => host = value,
                "Authorization" => message.authorization = value,
                "Cookie" => message.session = value.strip_prefix("__Host-as_session=")?,
                "Content-Type" => is_form = value == "application/x-www-form-urlencoded",
                "Content-Length" => length = value.parse().ok()?,
                _ => {}
            }
        }
        message.body = rest;
        let sound = rest.len() == length && host == HOST && (is_form || message.query.is_some());
        sound.then_some(message)
    }
}

/// The pairs of a form, still encoded.
pub(crate) fn pairs(form: &str) -> impl Iterator<Item = (&str, &str)> {
    form.split('&').filter_map(|pair| pair.split_once('='))
}

/// The octets that a value of a form spells.
fn spelled(value: &str) -> impl Iterator<Item = u8> {
    let mut octets = value.bytes();
    std::iter::from_fn(move || {
        Some(match octets.next()? {
            b'+' => b' ',
            b'%' => {
                let mut hex = || {
                    octets
                        .next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                };
                let (high, low) = (hex()?, hex()?);
                u8::try_from(high * 16 + low).ok()?
            }
            octet => octet,
        })
    })
}

/// A value of a form; nothing is copied that need not be.
pub(crate) fn decoded(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(|octet| octet == b'%' || octet == b'+') {
        return Cow::Borrowed(value);
    }
    Cow::Owned(String::from_utf8(spelled(value).collect()).unwrap_or_default())
}

/// Memory for decoded credentials.
pub(crate) type Credentials = [u8; 128];

/// Name and secret in Basic credentials.
pub(crate) fn basic<'m>(
    authorization: &str,
    memory: &'m mut Credentials,
) -> Option<(&'m str, &'m str)> {
    let encoded = authorization.strip_prefix("Basic ")?;
    let octets = Base64::decode(encoded, memory).ok()?;
    std::str::from_utf8(octets).ok()?.split_once(':')
}

/// 32 octets in base64url.
fn encode(octets: &Digest) -> [u8; 43] {
    let mut text = [0; 43];
    Base64UrlUnpadded::encode(octets, &mut text).expect("room for 43 characters");
    text
}

/// And back.
fn decode(text: &str) -> Option<Digest> {
    let mut octets = [0; 32];
    let read = Base64UrlUnpadded::decode(text, &mut octets).ok()?;
    (read.len() == 32).then_some(octets)
}

/// The number of the place that a secret begins with.
fn place(secret: &str) -> Option<u32> {
    let mut octets = [0; 6];
    let read = Base64UrlUnpadded::decode(secret.get(..8)?, &mut octets).ok()?;
    read.first_chunk().copied().map(u32::from_be_bytes)
}
