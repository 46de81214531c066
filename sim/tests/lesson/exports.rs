//! Exports as they are, and as other tools read them.

use std::process::{Command, Stdio};

use grantlab_sim::lesson::export;
use grantlab_sim::lesson::model::Lesson;
use grantlab_sim::lesson::page;
use grantlab_sim::lesson::transcript::Reader;

use crate::{plain, ready};

fn reader(lesson: &Lesson) -> Reader<'_> {
    Reader {
        lesson,
        language: "en",
    }
}

#[test]
fn diagrams_and_text_of_an_honest_run() {
    let lesson = plain("flows/wishtack-login");
    let run = &lesson.runs[0];
    insta::assert_snapshot!("mermaid", export::mermaid(reader(&lesson), run));
    insta::assert_snapshot!("plantuml", export::plantuml(reader(&lesson), run));
    insta::assert_snapshot!("markdown", export::markdown(reader(&lesson), run));
    insta::assert_snapshot!("svg", export::svg(reader(&lesson), run));
}

#[test]
fn an_archive_pairs_requests_with_their_responses() {
    let lesson = plain("flows/login");
    let run = &lesson.runs[0];
    let exchanges = export::exchanges(run);
    assert!(exchanges.iter().all(|exchange| exchange.answer.is_some()));
    let archive = export::har(&lesson, run);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), exchanges.len());
    let token = entries
        .iter()
        .find(|entry| entry["request"]["url"] == "https://as.example/token")
        .unwrap();
    assert_eq!(token["response"]["status"], 200);
    assert_eq!(
        token["request"]["postData"]["mimeType"],
        "application/x-www-form-urlencoded"
    );
}

#[test]
fn a_capture_has_a_header_and_whole_packets() {
    let lesson = plain("flows/login");
    let capture = export::pcap(&lesson.runs[0]);
    assert_eq!(capture[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    let mut rest = &capture[24..];
    let mut packets = 0;
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap());
        let length = usize::try_from(length).unwrap();
        let packet = &rest[16..16 + length];
        assert_eq!(packet[0], 0x45);
        assert_eq!(
            usize::from(u16::from_be_bytes([packet[2], packet[3]])),
            length
        );
        rest = &rest[16 + length..];
        packets += 1;
    }
    assert!(packets > 50, "{packets}");
}

/// Where Wireshark is installed, it sees every request of the run.
#[test]
fn tshark_dissects_a_capture() {
    let there = Command::new("tshark")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !there.is_ok_and(|status| status.success()) {
        println!("skipped: tshark is not installed");
        return;
    }
    let lesson = plain("flows/login");
    let run = &lesson.runs[0];
    let file = std::env::temp_dir().join(format!("grantlab-{}.pcap", std::process::id()));
    std::fs::write(&file, export::pcap(run)).unwrap();
    let output = Command::new("tshark")
        .arg("-r")
        .arg(&file)
        .args([
            "-Y",
            "http.request",
            "-T",
            "fields",
            "-e",
            "http.request.method",
        ])
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    let seen = String::from_utf8_lossy(&output.stdout).lines().count();
    assert_eq!(seen, export::exchanges(run).len());
}

#[test]
fn a_page_holds_every_step_without_scripts_and_asks_nobody() {
    let lesson = ready("login-csrf");
    let html = page::page(&lesson);
    for run in &lesson.runs {
        for step in &run.steps {
            let title = &lesson.texts["en"][&step.title];
            assert!(
                html.contains(&format!("<h3>{}</h3>", page::escaped(title))),
                "{title}"
            );
        }
    }
    assert!(html.contains("default-src 'none'"));
    assert!(!html.contains(" src="));
    for (place, _) in html.match_indices("href=\"http") {
        let target = &html[place + 6..];
        assert!(
            target.starts_with("https://www.rfc-editor.org/")
                || target.starts_with("https://openid.net/"),
            "{}",
            &target[..40]
        );
    }
}
