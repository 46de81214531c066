//! The walkthrough on a terminal, frame by frame.

use grantlab_sim::lesson::canvas::Charset;
use grantlab_sim::lesson::frame::{Look, frame};
use grantlab_sim::lesson::model::Lesson;
use grantlab_sim::lesson::transcript::Reader;

use crate::{plain, ready};

fn drawn(lesson: &Lesson, run: usize, step: usize, charset: Charset, language: &str) -> String {
    let look = Look { width: 80, charset };
    frame(Reader { lesson, language }, &lesson.runs[run], step, look)
}

/// Without the sequences that make colours.
fn plain_text(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = behind.split_once('m').map_or("", |(_, after)| after);
    }
    out + rest
}

#[test]
fn some_frames_as_they_are() {
    let lesson = plain("flows/login");
    let shown =
        |step, charset, language: &str| plain_text(&drawn(&lesson, 0, step, charset, language));
    insta::assert_snapshot!("callback", shown(9, Charset::Unicode, "en"));
    insta::assert_snapshot!("check", shown(10, Charset::Unicode, "en"));
    insta::assert_snapshot!("callback-in-ascii", shown(9, Charset::Ascii, "en"));
    insta::assert_snapshot!("callback-in-russian", shown(9, Charset::Unicode, "ru"));
    let csrf = ready("login-csrf");
    insta::assert_snapshot!(
        "bug",
        plain_text(&drawn(&csrf, 1, 18, Charset::Unicode, "en"))
    );
}

#[test]
fn no_line_is_wider_than_the_terminal_and_only_sixteen_colours_are_used() {
    for id in ["login-csrf", "mix-up", "race"] {
        let lesson = ready(id);
        for (place, run) in lesson.runs.iter().enumerate() {
            for step in 1..=run.steps.len() {
                let drawn = drawn(&lesson, place, step, Charset::Unicode, "fr");
                for code in drawn.split('\u{1b}').skip(1) {
                    let code = code.split('m').next().unwrap().trim_start_matches('[');
                    let known = code.split(';').all(
                        |part| matches!(part.parse::<u8>().unwrap(), 0..=2 | 30..=37 | 90..=97),
                    );
                    assert!(known, "{code}");
                }
                for line in plain_text(&drawn).lines() {
                    assert!(line.chars().count() <= 82, "{id} {step}: {line}");
                }
            }
        }
    }
}

#[test]
fn ascii_frames_of_english_have_only_ascii() {
    let lesson = plain("flows/login");
    for step in 1..=lesson.runs[0].steps.len() {
        let drawn = drawn(&lesson, 0, step, Charset::Ascii, "en");
        let strange: Vec<char> = drawn.chars().filter(|letter| !letter.is_ascii()).collect();
        assert!(strange.is_empty(), "{step}: {strange:?}");
    }
}
