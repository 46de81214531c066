//! A report as JUnit XML, which build servers show.

use std::fmt::Write as _;

use super::outcome::{Checked, Report};
use super::snapshot::Change;
use super::words::Verdict;

/// The report as JUnit XML. A change from the snapshot is a failure of its own.
#[must_use]
pub fn write(report: &Report, changes: &[Change]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let failures = report.counts.fail + changes.len();
    let skipped = report.counts.not_applicable + report.counts.skipped;
    let _ = writeln!(
        out,
        "<testsuites><testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{}\" skipped=\"{skipped}\">",
        escaped(&report.target),
        report.checks.len() + changes.len(),
        report.counts.could_not_run,
    );
    for checked in &report.checks {
        case(checked, &mut out);
    }
    for change in changes {
        let checks = change.checks.join(", ");
        let _ = writeln!(
            out,
            "  <testcase classname=\"snapshot\" name=\"{}\"><failure message=\"{}\"/></testcase>",
            escaped(&checks),
            escaped(&change.what)
        );
    }
    out.push_str("</testsuite></testsuites>\n");
    out
}

fn case(checked: &Checked, out: &mut String) {
    let group = checked.id.split('-').next().unwrap_or_default();
    let _ = write!(
        out,
        "  <testcase classname=\"{}\" name=\"{} {}\">",
        escaped(group),
        escaped(&checked.id),
        escaped(&checked.title)
    );
    let says = escaped(&checked.says);
    let inside = match checked.verdict {
        Verdict::Fail if !checked.expected => {
            format!(
                "<failure message=\"{says}\">{}</failure>",
                escaped(&told(checked))
            )
        }
        Verdict::CouldNotRun => format!(
            "<error message=\"{says}\">{}</error>",
            escaped(&told(checked))
        ),
        Verdict::NotApplicable | Verdict::Skipped => format!("<skipped message=\"{says}\"/>"),
        Verdict::Pass | Verdict::Warning | Verdict::Recorded | Verdict::Fail => {
            format!(
                "<system-out>{}: {says}</system-out>",
                checked.verdict.word()
            )
        }
    };
    let _ = writeln!(out, "{inside}</testcase>");
}

/// What was sent and came.
fn told(checked: &Checked) -> String {
    let mut out = format!("{}, {}\n", checked.level.word(), checked.reference);
    for exchange in &checked.exchanges {
        let _ = writeln!(out, "> {}\n< {}", exchange.sent, exchange.came);
    }
    out
}

/// Text that XML can hold: what it cannot is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(escaped("a<b>&\"\u{1}é"), "a&lt;b&gt;&amp;&quot;\u{fffd}é");
    }
}
