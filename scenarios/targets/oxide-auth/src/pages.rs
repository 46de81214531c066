//! Two forms. Both carry the whole query of the authorization request in their action, as the library expects it there.
use oxide_auth::endpoint::PreGrant;

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

pub fn login(query: &str, failed: bool) -> String {
    let complaint = if failed {
        "<p>Wrong name or password.</p>"
    } else {
        ""
    };
    format!(
        "<!doctype html><title>Log in</title><h1>Log in</h1>{complaint}\
         <form method=\"post\" action=\"/login?{}\">\
         <label>Name <input type=\"text\" name=\"username\"></label>\
         <label>Password <input type=\"password\" name=\"password\"></label>\
         <button type=\"submit\">Log in</button></form>",
        escaped(query)
    )
}

pub fn consent(user: &str, wish: &PreGrant, query: &str) -> String {
    format!(
        "<!doctype html><title>Allow access</title><h1>Allow access?</h1>\
         <p>{}, the client {} asks for {}.</p>\
         <form method=\"post\" action=\"/authorize?{}\">\
         <button type=\"submit\" name=\"decision\" value=\"approve\">Allow</button>\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></form>",
        escaped(user),
        escaped(&wish.client_id),
        escaped(&wish.scope.to_string()),
        escaped(query)
    )
}
