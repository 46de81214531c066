//! The floor answers what our server answers: whoever compares their times compares the same work.

#![expect(dead_code, reason = "the subjects have more than is compared here")]
#![expect(clippy::expect_used, reason = "a subject that fails is a failed test")]
#![expect(clippy::panic, reason = "a subject that fails is a failed test")]

mod subjects;

use subjects::Subject;
use subjects::floor::{Floor, pairs};
use subjects::grantlab::Grantlab;
use subjects::requests::{authorization, code, redemption, refresh, refresh_token};

/// What a response looks like: everything but the fresh values in it, of which it has the lengths.
#[derive(Debug, PartialEq)]
struct Shape {
    status: String,
    /// Names and values of header fields; of the location, see below.
    fields: Vec<(String, String)>,
    /// The location without its query, and the names and lengths of the parameters of that.
    location: Option<(String, Vec<(String, usize)>)>,
    /// Names and lengths of the members of a JSON object.
    members: Vec<(String, usize)>,
    content_octets: usize,
}

impl Shape {
    fn of(response: &[u8]) -> Self {
        let text = std::str::from_utf8(response).expect("responses are text");
        let (head, content) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.split("\r\n");
        let status = lines.next().expect("a status line").to_owned();
        let mut fields = Vec::new();
        let mut location = None;
        for line in lines {
            let (name, value) = line.split_once(": ").expect("a field");
            if name == "Location" {
                let (uri, query) = value.split_once('?').expect("a query");
                let lengths = pairs(query).map(|(name, value)| (name.to_owned(), value.len()));
                location = Some((uri.to_owned(), lengths.collect()));
            } else {
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
        let mut members = Vec::new();
        if !content.is_empty() {
            let json: serde_json::Value = serde_json::from_str(content).expect("JSON");
            let object = json.as_object().expect("an object");
            let lengths = object
                .iter()
                .map(|(name, value)| (name.clone(), value.to_string().len()));
            members.extend(lengths);
        }
        Self {
            status,
            fields,
            location,
            members,
            content_octets: content.len(),
        }
    }

    fn field(&self, wanted: &str) -> &str {
        let field = self.fields.iter().find(|(name, _)| name == wanted);
        field.map_or("", |(_, value)| value.as_str())
    }
}

/// A flow with a refresh, then its code again, then its first refresh token again.
fn responses(subject: &mut dyn Subject, session: &str) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut ask = |request: &[u8]| {
        let mut response = Vec::new();
        subject.answer(request, &mut response);
        all.push(response.clone());
        response
    };
    let (mut redeem, mut renew) = (String::new(), String::new());
    redemption(code(&ask(&authorization(session))), &mut redeem);
    refresh(refresh_token(&ask(redeem.as_bytes())), &mut renew);
    ask(renew.as_bytes());
    ask(renew.as_bytes());
    ask(redeem.as_bytes());
    redemption(code(&ask(&authorization(session))), &mut redeem);
    ask(redeem.as_bytes());
    ask(redeem.as_bytes());
    ask(redeem.replace("dBjftJeZ4CVP", "dBjftJeZ4CVQ").as_bytes());
    all
}

#[test]
fn the_floor_answers_what_our_server_answers() {
    let mut ours = Grantlab::new();
    let session = ours.session.clone();
    let ours = responses(&mut ours, &session);
    let theirs = responses(&mut Floor::new(&session), &session);
    assert_eq!(ours.len(), theirs.len());
    for (turn, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        let (ours, theirs) = (Shape::of(ours), Shape::of(theirs));
        assert_eq!(
            theirs.content_octets.to_string(),
            theirs.field("Content-Length"),
            "{turn}"
        );
        assert_eq!(ours, theirs, "response {turn}");
    }
}
