//! How a subject is measured: requests in batches, each kind timed for itself, random codes redeemed.

use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::clock::cpu_ns;
use crate::subjects::Subject;
use crate::subjects::requests::{authorization, code, redemption, refresh, refresh_token};

/// Flows in a batch: long enough for the clock, short enough to take turns.
const BATCH: usize = 256;

/// A line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// Who was measured.
    pub(crate) peer: &'static str,
    /// Codes outstanding.
    pub(crate) codes: usize,
    /// Nanoseconds for an authorization request.
    pub(crate) authorize_ns: f64,
    /// Nanoseconds for redeeming a code.
    pub(crate) redeem_ns: f64,
    /// Nanoseconds for a refresh.
    pub(crate) refresh_ns: f64,
    /// Nanoseconds for an authorization request and its redemption.
    pub(crate) flow_ns: f64,
}

/// A subject under measurement.
pub(crate) struct Measured {
    subject: Box<dyn Subject>,
    authorization: Vec<u8>,
    /// The outstanding codes, one after the other.
    codes: Vec<[u8; CODE_OCTETS]>,
    random: ChaCha8Rng,
    authorize: Vec<f64>,
    redeem: Vec<f64>,
    refresh: Vec<f64>,
}

/// Characters kept of each code; shorter ones are filled with zeros.
const CODE_OCTETS: usize = 72;

impl Measured {
    /// A subject that has answered nothing yet.
    pub(crate) fn new(subject: Box<dyn Subject>, session: &str) -> Self {
        Self {
            subject,
            authorization: authorization(session),
            codes: Vec::new(),
            random: ChaCha8Rng::from_seed([9; 32]),
            authorize: Vec::new(),
            redeem: Vec::new(),
            refresh: Vec::new(),
        }
    }

    /// See [`Subject::name`].
    pub(crate) fn name(&self) -> &'static str {
        self.subject.name()
    }

    /// See [`Subject::leaves_out`].
    pub(crate) fn leaves_out(&self) -> &'static str {
        self.subject.leaves_out()
    }

    /// Issues codes until so many are outstanding.
    pub(crate) fn fill(&mut self, codes: usize) {
        let mut response = Vec::new();
        while self.codes.len() < codes {
            response.clear();
            self.subject.answer(&self.authorization, &mut response);
            self.codes.push(kept(code(&response)));
        }
    }

    /// One repetition: random codes are redeemed, their tokens refreshed, and new codes take their places.
    pub(crate) fn repeat(&mut self) {
        let places: Vec<usize> = (0..BATCH).map(|_| self.place()).collect();
        let mut requests = vec![String::new(); BATCH];
        let mut responses: Vec<_> = (0..BATCH).map(|_| Vec::with_capacity(1_024)).collect();
        for (turn, place) in places.iter().enumerate() {
            let code = shown(&self.codes[*place]).to_owned();
            redemption(&code, &mut requests[turn]);
            self.codes[*place] = [0; CODE_OCTETS];
        }
        let spent = timed(&mut *self.subject, &requests, &mut responses);
        self.redeem.push(spent);
        for turn in 0..BATCH {
            refresh(refresh_token(&responses[turn]), &mut requests[turn]);
        }
        let spent = timed(&mut *self.subject, &requests, &mut responses);
        self.refresh.push(spent);
        assert!(!refresh_token(&responses[0]).is_empty());
        let authorization = String::from_utf8(self.authorization.clone()).expect("text");
        let spent = timed(
            &mut *self.subject,
            &vec![authorization; BATCH],
            &mut responses,
        );
        self.authorize.push(spent);
        for (place, response) in places.iter().zip(&responses) {
            self.codes[*place] = kept(code(response));
        }
    }

    /// A random outstanding code that this batch has not taken yet.
    fn place(&mut self) -> usize {
        loop {
            let number = usize::try_from(self.random.next_u64()).expect("64 bits");
            let place = number % self.codes.len();
            if self.codes[place][CODE_OCTETS - 1] == 0 {
                self.codes[place][CODE_OCTETS - 1] = 1;
                return place;
            }
        }
    }

    /// The medians so far.
    pub(crate) fn figures(&self, codes: usize) -> Figures {
        let flows = self.authorize.iter().zip(&self.redeem);
        let flows: Vec<f64> = flows.map(|(one, other)| one + other).collect();
        Figures {
            peer: self.subject.name(),
            codes,
            authorize_ns: median(&self.authorize),
            redeem_ns: median(&self.redeem),
            refresh_ns: median(&self.refresh),
            flow_ns: median(&flows),
        }
    }
}

/// Nanoseconds of CPU time for one of these requests.
pub(crate) fn timed(
    subject: &mut dyn Subject,
    requests: &[String],
    responses: &mut [Vec<u8>],
) -> f64 {
    responses.iter_mut().for_each(Vec::clear);
    let start = cpu_ns();
    for (request, response) in requests.iter().zip(responses) {
        subject.answer(request.as_bytes(), response);
    }
    let spent = cpu_ns() - start;
    spent as f64 / requests.len() as f64
}

fn kept(code: &str) -> [u8; CODE_OCTETS] {
    let mut kept = [0; CODE_OCTETS];
    kept[..code.len()].copy_from_slice(code.as_bytes());
    kept
}

fn shown(code: &[u8; CODE_OCTETS]) -> &str {
    let length = code.iter().position(|octet| *octet < b' ').unwrap_or(0);
    std::str::from_utf8(&code[..length]).expect("codes are text")
}

/// The middle of some figures.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How many times ours theirs is.
pub(crate) fn ratio(theirs: f64, ours: f64) -> f64 {
    theirs / ours
}

/// Writes `target/comparison.json`.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_json(rows: &[Figures]) -> std::io::Result<String> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "name": format!("{}, {} codes", row.peer, row.codes),
                "peer": row.peer,
                "codes": row.codes,
                "threads": 1,
                "authorize_ns": row.authorize_ns.round(),
                "redeem_ns": row.redeem_ns.round(),
                "refresh_ns": row.refresh_ns.round(),
                "flow_ns": row.flow_ns.round(),
            })
        })
        .collect();
    // Cargo tells a benchmark where its target folder is.
    let target = option_env!("CARGO_TARGET_TMPDIR")
        .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tmp"));
    let path = Path::new(target).with_file_name("comparison.json");
    let text = serde_json::to_string_pretty(&serde_json::json!({ "rows": rows }))?;
    std::fs::write(&path, text + "\n")?;
    Ok("target/comparison.json".to_owned())
}
