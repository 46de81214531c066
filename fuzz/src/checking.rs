//! What `grantlab check` is given: files that people write, and answers and pages of servers that nobody here wrote.

use std::sync::OnceLock;

use grantlab_core::http::Request;
use grantlab_sim::check::page::ForeignPage;
use grantlab_sim::check::target::TargetFile;
use grantlab_sim::check::{Answer, Choice, Group, NoAnswer, Subject, Target, check, shelf};
use grantlab_sim::input_error::SourceText;

/// A target file is refused with a message that names it, or describes a server that can be checked: one that hangs up
/// is asked for nothing but what it is said to have.
pub fn target_file(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    match TargetFile::read(SourceText::new("fuzzed.json", text)) {
        Err(error) => assert!(error.render(false).contains("fuzzed.json")),
        Ok((_, file)) => {
            put_to(&Target::new(&file, None), &[]);
        }
    }
}

/// A check file is refused with a message that names it, or its checks can be done to a server that hangs up.
///
/// Files that repeat something many times are read but not tried: that they take long is no finding.
pub fn check_file(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    match Group::read(SourceText::new("fuzzed.json", text)) {
        Err(error) => assert!(error.render(false).contains("fuzzed.json")),
        Ok(group) => {
            if !text.contains("times") && !text.contains("rounds") {
                let mut silent = Strange::new(strangers(), &[]);
                let choice = Choice::default();
                check(&mut silent, strangers(), &[group], &choice, &mut |_| {});
            }
        }
    }
}

/// HTML of a stranger is read as something, within bounds, and our user-agent can be shown it.
pub fn foreign_page(octets: &[u8]) {
    let html = String::from_utf8_lossy(octets);
    let page = ForeignPage::read(&html);
    let shown = page.for_user_agent();
    assert_eq!(shown.forms.len(), page.forms.len());
    for (form, foreign) in shown.forms.iter().zip(&page.forms) {
        assert!(!form.buttons.0.is_empty(), "a form that nobody can send");
        assert!(form.fields.len() <= foreign.fields.len());
    }
}

/// Requests for one check; a login with its redirects has some ten.
const REQUESTS_PER_CHECK_MAX: usize = 300;

/// The checks that a strange server is put to: a login, a redemption, a replay, a denial.
const CHECKS: &[&str] = &["AE-01", "AE-22", "CL-01", "CL-02"];

/// Whatever a server answers, checks end after a bounded number of requests, and nobody else is ever sent one.
///
/// The octets are its answers, one after the other and again from the first: status, header fields, an empty line and
/// content, each behind a line `---`.
pub fn strange_server(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let answers: Vec<Option<Answer>> = text.split("\n---\n").map(answer).collect();
    put_to(strangers(), &answers);
}

/// Puts a server that answers so to a few checks.
fn put_to(target: &Target, answers: &[Option<Answer>]) {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    let groups = GROUPS.get_or_init(|| shelf::groups().unwrap_or_default());
    let choice = Choice {
        only: CHECKS.iter().map(|id| (*id).to_owned()).collect(),
        ..Choice::default()
    };
    let mut strange = Strange::new(target, answers);
    let report = check(&mut strange, target, groups, &choice, &mut |_| {});
    assert_eq!(report.checks.len(), CHECKS.len());
}

/// One answer as it is written in a corpus file; nothing when it has no status.
fn answer(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let status = lines.next()?.parse().ok()?;
    let fields = lines.filter_map(|line| line.split_once(": "));
    Some(Answer {
        status,
        headers: fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.into(),
    })
}

/// A server that answers what it was told to, whatever it is asked.
struct Strange<'a> {
    target: &'a Target,
    answers: &'a [Option<Answer>],
    sent: usize,
}

impl<'a> Strange<'a> {
    fn new(target: &'a Target, answers: &'a [Option<Answer>]) -> Self {
        Self {
            target,
            answers,
            sent: 0,
        }
    }
}

impl Subject for Strange<'_> {
    fn send(&mut self, request: &Request) -> Result<Answer, NoAnswer> {
        assert!(
            self.target.is_at(&request.url.origin),
            "a stranger is asked"
        );
        let place = self.sent.checked_rem(self.answers.len());
        self.sent += 1;
        assert!(self.sent <= REQUESTS_PER_CHECK_MAX, "this has no end");
        let answer = place.and_then(|place| self.answers.get(place)?.clone());
        answer.ok_or(NoAnswer::NotHttp)
    }

    fn reset(&mut self) -> Result<(), String> {
        self.sent = 0;
        Ok(())
    }
}

/// The description of the strange server, which is the same whatever it answers.
fn strangers() -> &'static Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let text = include_str!("strange.json");
        let read = TargetFile::read(SourceText::new("strange.json", text));
        let (_, file) = read.unwrap_or_else(|error| unreachable!("{}", error.render(false)));
        Target::new(&file, None)
    })
}
