//! What people write and look at: scenario files, and lessons.

use grantlab_sim::input_error::SourceText;
use grantlab_sim::lesson::page;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Scenario, run};

/// Steps of a scenario that is played; reading one costs the same whatever it has.
const STEPS_MAX: usize = 12;

/// A scenario file is refused with a message that names it, or is a scenario that can be played without a panic, and
/// twice alike.
///
/// Files that repeat something many times are read but not played: that they take long is no finding.
pub fn scenario_file(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let source = SourceText::new("fuzzed.json", text);
    match Scenario::read(source, &Profiles::built_in()) {
        Err(error) => assert!(error.render(false).contains("fuzzed.json")),
        Ok(scenario) => {
            if scenario.file.steps.len() <= STEPS_MAX && !text.contains("times") {
                let hash = |scenario| run(scenario).trace.hash().value();
                assert_eq!(hash(&scenario), hash(&scenario));
            }
        }
    }
}

/// Whatever a lesson contains, its data do not end their `<script>`, open none and are read back as they were, and its
/// text is no markup: a reader of HTML gets back the same text.
pub fn lesson_embedding(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let data = page::data(&text);
    assert!(
        !data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
        "{data}"
    );
    let read: Result<String, _> = serde_json::from_str(&data);
    assert_eq!(read.ok().as_deref(), Some(&*text));

    let escaped = page::escaped(&text);
    assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped}");
    assert_eq!(unescaped(&escaped), text);

    // What is filled in is not filled again, whatever it says.
    let page = page::filled(
        "<script>{{data}}</script>",
        &[("data", &data), ("x", "never")],
    );
    assert_eq!(page.matches("</script").count(), 1);
    assert_eq!(page.find("</script"), page.rfind('<'));
}

/// Reads the character references that a lesson writes (HTML standard §13.2.5.72).
fn unescaped(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, behind) = after.split_once(';').unwrap_or((after, ""));
        out.push_str(match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "#39" => "'",
            _ => "\u{fffd}\u{fffd}",
        });
        rest = behind;
    }
    out.push_str(rest);
    out
}
