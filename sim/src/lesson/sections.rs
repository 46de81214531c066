//! Where the published texts are.

use super::model::Section;

/// The sections that a list such as "RFC 6749 §4.1.2, §10.5; RFC 9700 §4.2.4" names, one by one.
#[must_use]
pub fn of(list: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    for document in list.split("; ") {
        let (name, places) = document.split_once(" §").unwrap_or((document, ""));
        if places.is_empty() {
            sections.push(section(document, name, ""));
        }
        for place in places.split(", ").filter(|place| !place.is_empty()) {
            let place = place.trim_start_matches('§');
            sections.push(section(&format!("{name} §{place}"), name, place));
        }
    }
    sections
}

fn section(text: &str, document: &str, place: &str) -> Section {
    let number = place.split([' ', ',']).next().unwrap_or_default();
    Section {
        text: text.to_owned(),
        url: url(document, number),
    }
}

fn url(document: &str, place: &str) -> Option<String> {
    let base = match document {
        "OpenID Connect Core" => "https://openid.net/specs/openid-connect-core-1_0.html".to_owned(),
        "Multiple Response Types" => {
            "https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html".to_owned()
        }
        "Form Post Response Mode" => {
            "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html".to_owned()
        }
        "OAuth 2.1" => "https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1".to_owned(),
        "RFC 6265bis" => {
            "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis".to_owned()
        }
        "Referrer Policy" => "https://www.w3.org/TR/referrer-policy/".to_owned(),
        "HTML" => "https://html.spec.whatwg.org/multipage/".to_owned(),
        _ => {
            let number = document.strip_prefix("RFC ")?.split([' ', ',']).next()?;
            let number: u32 = number.parse().ok()?;
            format!("https://www.rfc-editor.org/rfc/rfc{number}.html")
        }
    };
    let is_number = place.starts_with(|first: char| first.is_ascii_digit());
    let anchor = match (is_number, document) {
        (true, "HTML" | "Referrer Policy") | (false, _) => String::new(),
        (true, "OpenID Connect Core" | "Multiple Response Types" | "Form Post Response Mode") => {
            String::new()
        }
        (true, _) => format!("#section-{place}"),
    };
    Some(format!("{base}{anchor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_sections_is_taken_apart() {
        let found = of("RFC 6749 §4.1.2, §10.5; RFC 9700 §4.2.4; grantlab");
        let texts: Vec<&str> = found.iter().map(|section| section.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "RFC 6749 §4.1.2",
                "RFC 6749 §10.5",
                "RFC 9700 §4.2.4",
                "grantlab"
            ]
        );
        let url = found.first().and_then(|section| section.url.as_deref());
        assert_eq!(
            url,
            Some("https://www.rfc-editor.org/rfc/rfc6749.html#section-4.1.2")
        );
        assert_eq!(
            found.last().and_then(|section| section.url.as_deref()),
            None
        );
    }
}
