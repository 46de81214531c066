//! The lessons in a browser: Debian's headless Chromium opens the files that `grantlab lesson` writes, and a script
//! beside them uses the pages as readers do.
//!
//! Where there is no Chromium, the tests say so and pass; the same holds for axe-core, which
//! `npm install --prefix target/axe axe-core@4` brings.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod chromium;
mod contrast;
mod live;
mod pages;
#[path = "../support/skipping.rs"]
mod skipping;

use std::fmt::Write as _;

use serde_json::{Value, json};

use chromium::{Chromium, Clock};
use pages::{Lesson, Pages};
use skipping::skipped;

/// Opens a page that tests others, and answers with what it found: nothing, when all is well.
fn findings(chromium: &Chromium, page: &str, options: &[&str]) -> String {
    let seen = chromium.document(page, Clock::Virtual, options);
    let report: Value = serde_json::from_str(&seen.text_of("report"))
        .unwrap_or_else(|error| panic!("{page} says nothing: {error}\n{}", seen.console));
    let mut found = seen.console.clone();
    for test in report.as_array().unwrap() {
        for finding in test["findings"].as_array().unwrap() {
            let (lesson, name) = (&test["lesson"], &test["test"]);
            let _ = writeln!(found, "{lesson}: {name}: {finding}");
        }
    }
    assert!(!report.as_array().unwrap().is_empty(), "nothing was tested");
    found
}

/// Nothing was found.
fn well(findings: &str) {
    assert!(findings.is_empty(), "\n{findings}");
}

/// The lessons that are tested in full: the shortest, and the longest with an attack.
fn shortest_and_longest(lessons: &[Lesson]) -> [&Lesson; 2] {
    let shortest = lessons.iter().min_by_key(|lesson| lesson.steps).unwrap();
    let attacks = lessons.iter().filter(|lesson| lesson.has_attack);
    let longest = attacks.max_by_key(|lesson| lesson.steps);
    [
        shortest,
        longest.unwrap_or_else(|| lessons.iter().max_by_key(|lesson| lesson.steps).unwrap()),
    ]
}

#[test]
fn readers_find_what_a_lesson_promises() {
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let pages = Pages::ready();
    let full = shortest_and_longest(pages.lessons());
    let plan = json!({
        "lessons": full.map(|lesson| json!({ "name": lesson.name, "page": lesson.file })),
        "gallery": { "page": pages::GALLERY },
    });
    let harness = pages.harness("reading.html", &plan);
    well(&findings(&chromium, &harness, &[]));
}

#[test]
fn no_lesson_is_cut_or_asks_the_network() {
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let pages = Pages::ready();
    let lessons = pages.lessons().iter();
    let lessons: Vec<Value> = lessons
        .map(|lesson| json!({ "name": lesson.name, "page": lesson.file }))
        .collect();
    let plan =
        json!({ "lessons": lessons, "only": ["nothing is cut on a desk", "nothing was fetched"] });
    let harness = pages.harness("looking.html", &plan);
    well(&findings(&chromium, &harness, &[]));
}

#[test]
fn axe_finds_nothing() {
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let Some(axe) = pages::axe() else {
        return skipped("axe-core is not installed");
    };
    let pages = Pages::ready();
    let lessons = shortest_and_longest(pages.lessons()).map(|lesson| {
        let seeing = pages.with_script(&lesson.file, "axe", &axe);
        json!({ "name": lesson.name, "page": lesson.file, "seeing": seeing })
    });
    let gallery = pages.with_script(pages::GALLERY, "axe", &axe);
    let plan = json!({
        "lessons": lessons,
        "only": ["axe finds nothing"],
        "gallery": { "page": pages::GALLERY, "seeing": gallery },
    });
    let harness = pages.harness("hearing.html", &plan);
    well(&findings(&chromium, &harness, &[]));
}

#[test]
fn nothing_moves_for_those_who_want_stillness() {
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let pages = Pages::ready();
    let lesson = shortest_and_longest(pages.lessons())[0];
    let plan = json!({
        "still": true,
        "lessons": [{ "name": lesson.name, "page": lesson.file }],
        "only": ["things move only where the reader wants it"],
    });
    let harness = pages.harness("stillness.html", &plan);
    let options = ["--force-prefers-reduced-motion"];
    well(&findings(&chromium, &harness, &options));
}

/// A step patches what changes: with 600 steps it touches a small part of the page. How long that takes is printed,
/// not judged, because tests share their processors; a frame has 16 ms.
#[test]
fn one_of_600_steps_touches_little() {
    const PART_OF_ELEMENTS: u64 = 20;
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let pages = Pages::ready();
    let lesson = shortest_and_longest(pages.lessons())[1];
    let page = pages.with_steps(&lesson.file, 600);
    let page = pages.with_script(&page, "cost", include_str!("cost.js"));
    let options = ["--window-size=1280,887"];
    let seen = chromium.document(&pages.address(&page), Clock::Wall, &options);
    let cost: Value = serde_json::from_str(&seen.text_of("cost")).unwrap();
    println!("milliseconds for a step of 600: {cost}");
    assert_eq!(cost["steps"], 599);
    let touched = cost["touched_most"].as_u64().unwrap();
    assert!(touched > 0, "{cost}");
    assert!(
        touched * PART_OF_ELEMENTS < cost["elements"].as_u64().unwrap(),
        "{cost}"
    );
}

#[test]
fn every_step_is_printed() {
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let pages = Pages::ready();
    let lesson = shortest_and_longest(pages.lessons())[0];
    let paper = chromium.print(&pages.address(&lesson.file));
    // Two to five steps fill a page.
    let sheets = paper.sheets();
    assert!(sheets * 6 >= lesson.steps_of_first_run, "{sheets} pages");
    assert!(sheets <= lesson.steps_of_first_run, "{sheets} pages");
    let Some(words) = paper.words() else {
        return skipped("pdftotext is not installed, the words on paper were not read");
    };
    for title in &lesson.titles_of_first_run {
        assert!(words.contains(title.as_str()), "`{title}` is not printed");
    }
}

#[test]
fn without_a_script_the_transcript_has_every_step() {
    let pages = Pages::ready();
    for lesson in pages.lessons() {
        let html = pages.read(&lesson.file);
        let transcript = html.split("<script").next().unwrap();
        let steps = transcript.matches("<li value=").count();
        assert!(steps >= lesson.steps_of_first_run, "{}", lesson.file);
    }
}
