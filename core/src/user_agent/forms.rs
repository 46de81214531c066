//! What a form sends and where (HTML standard §4.10.22).

use super::fetch::{Destination, Fetch, Initiator};
use crate::http::{Body, Encoded, Fields, Form, Page};
use crate::text::Text;
use crate::wire::location::{self, UrlError};

/// A button: the name and value that it adds.
pub(super) type Button = (Text, Text);

/// The form that a press sends, and what the pressed button adds.
///
/// Without a button the first form is sent, as with the return key: its first button counts as pressed.
pub(super) fn pressed<'a>(
    page: &'a Page,
    button: Option<&Button>,
) -> Option<(&'a Form, Option<Button>)> {
    match button {
        None => page
            .forms
            .first()
            .map(|form| (form, form.buttons.0.first().cloned())),
        Some(button) => page
            .forms
            .iter()
            .find(|form| form.buttons.0.contains(button))
            .map(|form| (form, Some(button.clone()))),
    }
}

/// The fields of a form: visible ones as typed, if anything was, and the button's last.
/// What has no name is not sent.
pub(super) fn entries(form: &Form, typed: &Fields, button: Option<Button>) -> Fields {
    let fields = form.fields.iter().map(|field| {
        let typed = typed.first(field.name.as_str()).filter(|_| !field.hidden);
        (field.name.clone(), typed.unwrap_or(&field.value).clone())
    });
    Fields(
        fields
            .chain(button)
            .filter(|(name, _)| !name.is_empty())
            .collect(),
    )
}

/// The request that sends `fields` to where `form` says: as the query of a `GET` or the body of a `POST`.
///
/// # Errors
/// [`UrlError`] when the action is no URL.
pub(super) fn submission(
    form: &Form,
    fields: Fields,
    initiator: Initiator,
    destination: Destination,
) -> Result<Fetch, UrlError> {
    let mut url = location::resolve(&initiator.url, form.action.as_str())?;
    if form.post {
        let body = Body::Form(Encoded::Fields(fields));
        return Ok(Fetch::from_page(initiator, url, destination).with_post(body));
    }
    url.query = Some(Encoded::Fields(fields));
    Ok(Fetch::from_page(initiator, url, destination))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Field, Method, Press, ReferrerPolicy};
    use crate::user_agent::site::SiteForCookies;
    use alloc::vec;

    fn field(name: &str, value: &str, hidden: bool) -> Field {
        Field {
            name: Text::new(name),
            value: Text::new(value),
            hidden,
        }
    }

    fn form(action: &str, post: bool) -> Form {
        Form {
            action: Text::new(action),
            post,
            fields: vec![
                field("username", "", false),
                field("token", "t", true),
                field("", "x", true),
            ],
            buttons: Fields::EMPTY.with("do", "yes").with("do", "no"),
            press: Press::ByUser,
        }
    }

    fn button(value: &str) -> Button {
        (Text::new("do"), Text::new(value))
    }

    #[test]
    fn what_is_typed_goes_into_visible_fields_alone() {
        let typed = Fields::EMPTY.with("username", "alice").with("token", "u");
        let sent = entries(&form("/", true), &typed, Some(button("no")));
        let expected = Fields::EMPTY
            .with("username", "alice")
            .with("token", "t")
            .with("do", "no");
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_press_finds_its_form() {
        let plain = Form {
            buttons: Fields::EMPTY,
            ..form("/first", false)
        };
        let page = Page {
            forms: vec![plain, form("/second", true)],
            ..Page::default()
        };
        let (first, with) = pressed(&page, None).unwrap();
        assert_eq!((first.action.as_str(), with), ("/first", None));
        let (second, with) = pressed(&page, Some(&button("no"))).unwrap();
        assert_eq!(
            (second.action.as_str(), with),
            ("/second", Some(button("no")))
        );
        assert!(pressed(&page, Some(&button("maybe"))).is_none());
        assert!(pressed(&Page::default(), None).is_none());
    }

    #[test]
    fn get_replaces_the_query_and_post_keeps_it() {
        let initiator = || Initiator {
            url: location::parse("https://a.example/login?x=1#f").unwrap(),
            referrer_policy: ReferrerPolicy::NoReferrer,
            site_for_cookies: SiteForCookies::Nobody,
        };
        let fields = Fields::EMPTY.with("a", "b c");
        let table = [
            ("", false, "https://a.example/login?a=b+c"),
            ("", true, "https://a.example/login?x=1"),
            ("/go?y=2#z", false, "https://a.example/go?a=b+c#z"),
            ("https://b.example/cb", true, "https://b.example/cb"),
        ];
        for (action, post, expected) in table {
            let form = form(action, post);
            let fetch = submission(&form, fields.clone(), initiator(), Destination::Tab).unwrap();
            assert_eq!(location::text(&fetch.url), expected);
            assert_eq!(fetch.method == Method::Post, post);
        }
    }
}
