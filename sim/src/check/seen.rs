//! What a step of a check saw, and what that comes to.

use grantlab_core::json::Json;
use grantlab_core::wire::base64url;
use grantlab_core::wire::json::{parse, write};

use super::answer::{Answer, NoAnswer};
use super::browser::{Exchange, Way};
use super::callback::Callback;
use super::page::ForeignPage;
use super::target::Purpose;
use super::words::Outcome;

/// What a step saw.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What the check calls the step.
    pub name: Option<String>,
    /// The word of the step.
    pub word: &'static str,
    /// Everything that was sent and came.
    pub exchanges: Vec<Exchange>,
    /// What the client was told, if the browser came back to it.
    pub callback: Option<Callback>,
    /// The page that a browser was shown last.
    pub page: Option<ForeignPage>,
    /// What that page is for.
    pub purpose: Option<Purpose>,
    /// The most successes in a round of a race.
    pub winners: Option<u64>,
    /// Whether a browser was on its way, or the client asked by itself.
    pub by_browser: bool,
}

impl Seen {
    /// What came of a browser's way.
    #[must_use]
    pub fn of_way(name: Option<&str>, way: Way) -> Self {
        Self {
            name: name.map(str::to_owned),
            word: "authorize",
            exchanges: way.exchanges,
            callback: way.callback,
            page: way.page,
            purpose: way.purpose,
            winners: None,
            by_browser: true,
        }
    }

    /// What came of one request by the client.
    #[must_use]
    pub fn of_exchange(name: Option<&str>, word: &'static str, exchange: Exchange) -> Self {
        Self {
            name: name.map(str::to_owned),
            word,
            exchanges: vec![exchange],
            callback: None,
            page: None,
            purpose: None,
            winners: None,
            by_browser: false,
        }
    }

    /// The last answer.
    ///
    /// # Errors
    /// Why there is none.
    pub fn answer(&self) -> Result<&Answer, NoAnswer> {
        match self.exchanges.last() {
            Some(exchange) => exchange.answer.as_ref().map_err(|why| *why),
            None => Err(NoAnswer::Unreachable),
        }
    }

    /// The last answer as a JSON object.
    #[must_use]
    pub fn object(&self) -> Option<Json> {
        let json = self.answer().ok()?.json()?;
        json.members().is_some().then_some(json)
    }

    /// A member by its path: `a.b`, `keys.0.kid`, `id_token.claims.nonce`.
    #[must_use]
    pub fn member(&self, path: &str) -> Option<Json> {
        let mut found = self.object()?;
        for name in path.split('.') {
            found = below(&found, name)?;
        }
        Some(found)
    }

    /// The error code, in the redirect or in the JSON object.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        match &self.callback {
            Some(callback) => callback.parameter("error").map(str::to_owned),
            None => {
                let error = self.member("error")?;
                error.as_text().map(ToString::to_string)
            }
        }
    }

    /// The code of an authorization response.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.callback.as_ref()?.parameter("code")
    }

    /// Everything that the answer comes to.
    #[must_use]
    pub fn outcomes(&self) -> Vec<Outcome> {
        if let Some(callback) = &self.callback {
            let code = callback.parameter("code").is_some();
            return match callback.parameter("error").is_some() {
                true => vec![Outcome::ErrorRedirect, Outcome::Refused],
                false if code => vec![Outcome::Code],
                false => vec![Outcome::OtherRedirect],
            };
        }
        let Ok(answer) = self.answer() else {
            return vec![Outcome::Unanswered];
        };
        let mut outcomes = self.of_status(answer.status);
        if self.by_browser {
            outcomes.extend(self.of_page(answer.status));
            return outcomes;
        }
        let has = |member: &str| self.member(member).is_some();
        if (200..300).contains(&answer.status) && has("access_token") {
            outcomes.push(Outcome::Tokens);
        }
        if has("error") {
            outcomes.push(Outcome::Error);
            outcomes.push(Outcome::Refused);
            outcomes.retain(|one| *one != Outcome::Success);
        }
        outcomes
    }

    fn of_status(&self, status: u16) -> Vec<Outcome> {
        match status {
            200..=299 if !self.by_browser => vec![Outcome::Success],
            400..=499 => vec![Outcome::Refused],
            500..=599 => vec![Outcome::Crash],
            _ => Vec::new(),
        }
    }

    fn of_page(&self, status: u16) -> Vec<Outcome> {
        match self.purpose {
            Some(Purpose::Login) => vec![Outcome::LoginPage],
            Some(Purpose::Consent) => vec![Outcome::ConsentPage],
            Some(Purpose::Other) | None if status < 400 => {
                vec![Outcome::ErrorPage, Outcome::Refused]
            }
            Some(Purpose::Other) | None => vec![Outcome::ErrorPage],
        }
    }

    /// What stands on the page at which a browser is stuck, so that somebody can say how to go on.
    #[must_use]
    pub fn stuck_at(&self) -> Option<String> {
        let page = self.page.as_ref().filter(|_| self.callback.is_none())?;
        if *page == ForeignPage::default() {
            return None;
        }
        let mut parts = Vec::new();
        for form in &page.forms {
            let fields = form.fields.iter().filter(|field| field.is_visible());
            let fields = fields.map(|field| format!("{} ({})", field.name, field.kind));
            let buttons = form
                .buttons
                .iter()
                .map(|button| format!("[{}]", button.text));
            let all: Vec<String> = fields.chain(buttons).collect();
            parts.push(format!("a form with {}", all.join(", ")));
        }
        if page.is_script {
            parts.push("nothing that can be read without its script".to_owned());
        }
        let text: String = page.text.chars().take(160).collect();
        Some(format!(
            "the page “{}” has {}: “{text}”",
            page.title,
            match parts.is_empty() {
                true => "no form".to_owned(),
                false => parts.join(", "),
            }
        ))
    }

    /// What came, in one line: `302 callback error=invalid_request state iss`. The same line means the same
    /// behaviour: values that differ from run to run are left out.
    #[must_use]
    pub fn line(&self) -> String {
        if let Some(callback) = &self.callback {
            return callback_line(callback);
        }
        let answer = match self.answer() {
            Ok(answer) => answer,
            Err(why) => return why.to_string(),
        };
        let mut line = answer.status.to_string();
        match self.purpose {
            Some(Purpose::Login) => line.push_str(" login page"),
            Some(Purpose::Consent) => line.push_str(" consent page"),
            Some(Purpose::Other) | None if self.by_browser => line.push_str(" page"),
            Some(Purpose::Other) | None => line.push_str(&object_line(self.object().as_ref())),
        }
        line
    }
}

fn callback_line(callback: &Callback) -> String {
    let mut names: Vec<String> = callback
        .parameters
        .iter()
        .map(|(name, value)| match name.as_str() {
            "error" => format!("error={value}"),
            name => name.to_owned(),
        })
        .collect();
    names.sort();
    let uri = callback.uri.split(['?', '#']).next().unwrap_or_default();
    let channel = callback.channel.word();
    format!(
        "{} callback {uri} {channel} {}",
        callback.status,
        names.join(" ")
    )
}

fn object_line(object: Option<&Json>) -> String {
    let Some(members) = object.and_then(Json::members) else {
        return String::new();
    };
    let mut names: Vec<String> = members
        .iter()
        .map(|(name, value)| match (name.as_str(), value) {
            ("error", Json::String(code)) => format!("error={code}"),
            ("active", Json::Bool(active)) => format!("active={active}"),
            (name, _) => name.to_owned(),
        })
        .collect();
    names.sort();
    format!(" {{{}}}", names.join(" "))
}

/// A member, an item, or a part of a JSON Web Token.
fn below(value: &Json, name: &str) -> Option<Json> {
    match value {
        Json::Object(_) => value.member(name).cloned(),
        Json::Array(items) => items.get(name.parse::<usize>().ok()?).cloned(),
        Json::String(token) => {
            let place = match name {
                "header" => 0,
                "claims" => 1,
                _ => return None,
            };
            let part = token.as_str().split('.').nth(place)?;
            parse(&base64url::decode(part)?).ok()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

/// A JSON value as text: a string without its quotes.
#[must_use]
pub fn text_of(json: &Json) -> String {
    match json {
        Json::String(text) => text.to_string(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            let mut out = String::new();
            write(json, &mut out);
            out
        }
    }
}
