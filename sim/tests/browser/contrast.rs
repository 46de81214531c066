//! What is written can be read: WCAG 2.2 §1.4.3 wants a contrast of 4.5 between text and ground, in both themes.

use std::collections::BTreeMap;

const THEME: &str = include_str!("../../src/lesson/page/theme.css");
const CONTRAST_MIN: f64 = 4.5;

/// Colours in the light and in the dark theme, by name.
type Palette = BTreeMap<&'static str, [[u8; 3]; 2]>;

/// Names of texts, and the grounds that they stand on.
const PAIRS: &[(&[&str], &[&str])] = &[
    (&["ink", "ink-2", "ink-3"], &["paper", "card", "now"]),
    (
        &["ink", "ink-2"],
        &["sunk", "good-soft", "bad-soft", "state-soft"],
    ),
    (
        &["browser", "client", "server", "attacker", "other"],
        &["card", "paper"],
    ),
    (
        &["state", "code", "token", "secret", "redirect", "plain"],
        &["card"],
    ),
    (&["state"], &["state-soft", "paper"]),
    (&["code"], &["code-soft"]),
    (&["token"], &["token-soft"]),
    (&["secret"], &["secret-soft"]),
    (&["redirect"], &["redirect-soft"]),
    (&["plain"], &["plain-soft"]),
    (&["good"], &["good-soft", "card"]),
    (&["bad"], &["bad-soft", "card", "paper"]),
    (&["link"], &["card", "paper"]),
    (
        &["on-ink"],
        &[
            "ink", "bad", "browser", "client", "server", "attacker", "other", "state", "code",
            "token", "secret", "redirect", "plain",
        ],
    ),
];

fn palette() -> Palette {
    let colours = THEME.lines().filter_map(|line| {
        let (name, value) = line
            .trim()
            .strip_prefix("--")?
            .split_once(": light-dark(")?;
        let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
        Some((name, [colour(light)?, colour(dark)?]))
    });
    colours.collect()
}

/// Reads `#rrggbb`.
fn colour(written: &str) -> Option<[u8; 3]> {
    let digits = written
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)?;
    let part = |from: usize| u8::from_str_radix(&digits[from..from + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Relative luminance (WCAG 2.2, definitions).
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_stands_out_from_its_ground() {
    let palette = palette();
    let mut faint = Vec::new();
    for (texts, grounds) in PAIRS {
        for (text, ground) in texts
            .iter()
            .flat_map(|text| grounds.iter().map(move |ground| (text, ground)))
        {
            for (theme, place) in [("light", 0), ("dark", 1)] {
                let found = contrast(palette[text][place], palette[ground][place]);
                if found < CONTRAST_MIN {
                    faint.push(format!("{text} on {ground}, {theme}: {found:.2}"));
                }
            }
        }
    }
    assert!(faint.is_empty(), "{}", faint.join("\n"));
}

#[test]
fn black_on_white_is_21() {
    let found = contrast([0; 3], [255; 3]);
    assert!((found - 21.0).abs() < 1e-9, "{found}");
}
