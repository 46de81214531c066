//! Redirection URIs that differ from a registered one, by what a matcher must overlook to take them.

use super::Leniency;

/// Changes of one character that are tried at most; a registered URI of usual length has fewer.
const NEAR_MAX: usize = 160;

/// A registered URI, taken apart as text.
pub(super) struct Parts<'a> {
    scheme: &'a str,
    authority: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    /// The parts of `scheme://host:port/path?query`; nothing for other forms.
    pub(super) fn of(uri: &'a str) -> Option<Self> {
        let (scheme, rest) = uri.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at_checked(end)?;
        let digits = |port: &str| port.bytes().all(|octet| octet.is_ascii_digit());
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if digits(port) => (host, port),
            Some(_) | None => (authority, ""),
        };
        let (path, query) = behind.split_at_checked(behind.find('?').unwrap_or(behind.len()))?;
        Some(Self {
            scheme,
            authority,
            host,
            port,
            path,
            query,
        })
    }

    /// Whether it leads to the machine of the user.
    pub(super) fn is_loopback(&self) -> bool {
        self.scheme == "http" && (self.host == "[::1]" || self.host.starts_with("127."))
    }

    fn at(&self, authority: &str) -> String {
        format!("{}://{authority}{}{}", self.scheme, self.path, self.query)
    }

    fn with_path(&self, path: &str) -> String {
        format!("{}://{}{path}{}", self.scheme, self.authority, self.query)
    }

    fn other_port(&self) -> &'static str {
        if self.port == "49152" {
            "49153"
        } else {
            "49152"
        }
    }

    /// One probe after the other: what a matcher overlooks that takes it, and the URI. Where there is nothing to
    /// change, as in capital digits, there is no probe.
    pub(super) fn probes(&self) -> Vec<(Leniency, String)> {
        let mut all = vec![(Leniency::Anything, "https://evil.example/".to_owned())];
        self.hosts(&mut all);
        self.paths(&mut all);
        self.spellings(&mut all);
        let registered = self.at(self.authority);
        all.retain(|(_, uri)| *uri != registered);
        all
    }

    fn hosts(&self, all: &mut Vec<(Leniency, String)>) {
        let Self { host, port, .. } = self;
        let port = match port.is_empty() {
            true => String::new(),
            false => format!(":{port}"),
        };
        let whole = self.at(self.authority);
        let suffixed = self.at(&format!("{host}.evil.example{port}"));
        let named = self.at(&format!("{host}@evil.example"));
        let inside = format!("https://evil.example/?x={whole}");
        all.push((Leniency::HostPrefix, suffixed));
        all.push((Leniency::HostPrefix, named));
        all.push((Leniency::Pattern, inside));
        if self.is_loopback() {
            let other = self.at(&format!("{host}:{}", self.other_port()));
            all.push((Leniency::LoopbackPort, other));
            let evil = format!("http://localhost.evil.example{}", self.path);
            all.push((Leniency::LoopbackHost, evil));
            let elsewhere = format!("http://127.0.0.1:{}/elsewhere", self.other_port());
            all.push((Leniency::LoopbackHost, elsewhere));
            let localhost = self.at(&format!("localhost{port}"));
            all.push((Leniency::LoopbackName, localhost));
        } else {
            let dotted = host.replacen('.', "X", 1);
            if dotted != *host {
                all.push((Leniency::Pattern, self.at(&format!("{dotted}{port}"))));
            }
            all.push((Leniency::HostSuffix, self.at(&format!("evil{host}{port}"))));
            all.push((Leniency::Subdomain, self.at(&format!("taken.{host}{port}"))));
            all.push((
                Leniency::Port,
                self.at(&format!("{host}:{}", self.other_port())),
            ));
            all.push((
                Leniency::LoopbackHost,
                "http://localhost.evil.example/x".to_owned(),
            ));
        }
        if self.scheme == "https" {
            let plain = whole.replacen("https:", "http:", 1);
            all.push((Leniency::Scheme, plain));
        }
    }

    fn paths(&self, all: &mut Vec<(Leniency, String)>) {
        let path = match self.path {
            "" => "/",
            path => path,
        };
        all.push((
            Leniency::Path,
            format!("{}://{}/elsewhere", self.scheme, self.authority),
        ));
        all.push((
            Leniency::Suffix,
            format!("{}/more", self.at(self.authority)),
        ));
        all.push((Leniency::Suffix, format!("{}more", self.at(self.authority))));
        let climbing = format!("{}/../elsewhere", path.trim_end_matches('/'));
        all.push((Leniency::Suffix, self.with_path(&climbing)));
        let separator = if self.query.is_empty() { '?' } else { '&' };
        let with_query = format!("{}{separator}added=1", self.at(self.authority));
        all.push((Leniency::Query, with_query));
        let upper = path.to_uppercase();
        if upper != path {
            all.push((Leniency::PathCase, self.with_path(&upper)));
        }
        let slash = match path.strip_suffix('/') {
            Some(shorter) => shorter.to_owned(),
            None => format!("{path}/"),
        };
        all.push((Leniency::Slash, self.with_path(&slash)));
        all.push((Leniency::Fragment, format!("{}#x", self.at(self.authority))));
    }

    fn spellings(&self, all: &mut Vec<(Leniency, String)>) {
        let equal = |uri: String| (Leniency::Spelling, uri);
        all.push(equal(self.at(&self.authority.to_uppercase())));
        let default = match self.scheme {
            "https" => ":443",
            _ => ":80",
        };
        if self.port.is_empty() {
            let written = self.at(&format!("{}{default}", self.host));
            all.push(match self.is_loopback() {
                true => (Leniency::LoopbackPort, written),
                false => equal(written),
            });
        }
        all.push(equal(self.with_path(&format!("/x/..{}", self.path))));
        all.push(equal(self.with_path(&format!("/x/%2e%2e{}", self.path))));
        if let Some(first) = self.path.as_bytes().get(1) {
            let rest = self.path.get(2..).unwrap_or_default();
            all.push(equal(self.with_path(&format!("/%{first:02x}{rest}"))));
        }
    }
}

/// What is one character away: one more at the end, one less, or another one.
pub(super) fn near(uri: &str) -> Vec<String> {
    let added = ["/", "x", "?", ".", "%", "1"].map(|more| format!("{uri}{more}"));
    let places = || uri.char_indices().rev();
    let without = places().map(|(place, character)| {
        let mut shorter = uri.to_owned();
        shorter.replace_range(place..place + character.len_utf8(), "");
        shorter
    });
    let other = places().map(|(place, character)| {
        let mut changed = uri.to_owned();
        let instead = if character == 'x' { "y" } else { "x" };
        changed.replace_range(place..place + character.len_utf8(), instead);
        changed
    });
    let twice = places().map(|(place, character)| {
        let mut longer = uri.to_owned();
        longer.insert(place, character);
        longer
    });
    let all = added.into_iter().chain(without).chain(other).chain(twice);
    all.filter(|near| near != uri).take(NEAR_MAX).collect()
}

/// How many characters are added, left out or exchanged between two texts (Levenshtein).
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, mine) in (1..).zip(one.chars()) {
        let mut left = line;
        let mut corner = line - 1;
        for (above, theirs) in row.iter_mut().skip(1).zip(&other) {
            let kept = corner + usize::from(mine != *theirs);
            corner = *above;
            left = kept.min(left + 1).min(corner + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line;
        }
    }
    row.last().copied().unwrap_or_default()
}
