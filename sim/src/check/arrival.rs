//! Arriving at a target: its metadata are read, and clients without an id register themselves.

use grantlab_core::http::{Body, Header, Request};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::wire::location;
use serde_json::{Map, Value, json};

use super::answer::NoAnswer;
use super::resolved::{Client, Target, metadata_urls};
use super::subject::Subject;
use super::target::{ClientPart, TargetFile};
use super::words::{Authentication, Endpoint, Feature};

/// Finds out what is there.
///
/// # Errors
/// Why the target cannot be checked, in a few words.
pub fn arrive(file: &TargetFile, subject: &mut dyn Subject) -> Result<Target, String> {
    let mut tried = Vec::new();
    let metadata = match file.discover {
        true => metadata(file, subject, &mut tried).map_err(|why| why.to_string())?,
        false => None,
    };
    let mut target = Target::new(file, metadata.as_ref().map(|(_, metadata)| metadata));
    if let Some((url, _)) = metadata {
        target.endpoints.insert(Endpoint::Metadata, url);
        target.features.insert(Feature::Metadata);
    }
    if subject.has_clock() {
        target.features.insert(Feature::Clock);
    }
    for endpoint in [Endpoint::Authorization, Endpoint::Token] {
        if !target.endpoints.contains_key(&endpoint) {
            let word = endpoint.word();
            let mut why = format!(
                "its {word} endpoint is not known: no metadata were found, and `endpoints` does not say it"
            );
            for line in tried {
                why.push_str("\n  ");
                why.push_str(&line);
            }
            return Err(why);
        }
    }
    for (place, part) in file.clients.iter().enumerate() {
        if part.client_id.is_none() {
            let client = register(file, part, &target, subject)
                .map_err(|why| format!("client `{}` cannot register itself: {why}", part.name))?;
            target
                .clients
                .insert(place.min(target.clients.len()), client);
        }
    }
    match target.clients.is_empty() {
        true => Err("it has no client".to_owned()),
        false => Ok(target),
    }
}

/// The metadata, and where they are; what came instead is written into `tried`.
///
/// # Errors
/// [`NoAnswer::Untrusted`]: nothing else can be found out then.
fn metadata(
    file: &TargetFile,
    subject: &mut dyn Subject,
    tried: &mut Vec<String>,
) -> Result<Option<(String, Json)>, NoAnswer> {
    for url in metadata_urls(file) {
        let Ok(parsed) = location::parse(&url) else {
            continue;
        };
        let came = match subject.send(&Request::get(parsed)) {
            Ok(answer) if answer.status == 200 => {
                let json = answer.json();
                if let Some(json) = json.filter(|json| json.member("token_endpoint").is_some()) {
                    return Ok(Some((url, json)));
                }
                "status 200, but no object with a token_endpoint".to_owned()
            }
            Ok(answer) => format!("status {}", answer.status),
            Err(NoAnswer::Untrusted) => return Err(NoAnswer::Untrusted),
            Err(why) => why.to_string(),
        };
        tried.push(format!("GET {url}: {came}"));
    }
    Ok(None)
}

/// RFC 7591 §3.
fn register(
    file: &TargetFile,
    part: &ClientPart,
    target: &Target,
    subject: &mut dyn Subject,
) -> Result<Client, String> {
    let url = target.endpoints.get(&Endpoint::Registration);
    let url = url.ok_or("the target has no registration endpoint, and the file no client_id")?;
    let url = location::parse(url).map_err(|error| format!("{url}: {error}"))?;
    let body = Body::Octets {
        content_type: Text::new("application/json"),
        octets: asked(file, part).to_string().into_bytes(),
    };
    let mut request = Request::post(url, body);
    if let Some(token) = &file.registration.initial_access_token {
        let bearer = Text::from(format!("Bearer {token}"));
        request.headers.push(Header::Authorization(bearer));
    }
    let answer = subject.send(&request).map_err(|why| why.to_string())?;
    let object = answer.json();
    let text = |name: &str| {
        let member = object.as_ref().and_then(|object| object.member(name));
        member.and_then(Json::as_text).map(ToString::to_string)
    };
    let Some(client_id) = text("client_id") else {
        let shown: String = answer.text().chars().take(200).collect();
        return Err(format!("{} {shown}", answer.status));
    };
    let registered = ClientPart {
        client_id: Some(client_id),
        client_secret: text("client_secret")
            .filter(|_| part.authentication != Some(Authentication::Id)),
        ..part.clone()
    };
    Client::of(&registered, &file.request).ok_or_else(|| "no client_id".to_owned())
}

fn asked(file: &TargetFile, part: &ClientPart) -> Value {
    let method = match part.authentication {
        Some(Authentication::Post) => "client_secret_post",
        Some(Authentication::Id) => "none",
        Some(
            Authentication::Basic
            | Authentication::BasicRaw
            | Authentication::Own
            | Authentication::Both
            | Authentication::Nothing,
        )
        | None => "client_secret_basic",
    };
    let mut grants = vec!["authorization_code"];
    if part.refreshes {
        grants.push("refresh_token");
    }
    let mut asked = Map::new();
    asked.insert("client_name".to_owned(), json!(part.name));
    asked.insert("redirect_uris".to_owned(), json!(part.redirect_uris));
    asked.insert("token_endpoint_auth_method".to_owned(), json!(method));
    asked.insert("grant_types".to_owned(), json!(grants));
    asked.insert("response_types".to_owned(), json!(["code"]));
    if let Some(scope) = part.scope.as_ref().or(file.request.scope.as_ref()) {
        asked.insert("scope".to_owned(), json!(scope));
    }
    for (name, value) in &file.registration.metadata {
        asked.insert(name.clone(), value.clone());
    }
    Value::Object(asked)
}
