//! Text that people can read: headings, tables, paragraphs.

use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style};

/// Characters in a line at most: terminals and pull requests show as many.
pub(super) const LINE_CHARACTERS_MAX: usize = 100;

/// Headings and names.
pub(super) const BOLD: Style = Style::new().bold();

/// What is fine.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();

/// What is not.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

/// What could be better.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();

/// What matters less.
pub(super) const DIM: Style = Style::new().dimmed();

/// `text` in `style`.
pub(super) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A paragraph: words in lines that fit, each indented.
pub(super) fn paragraph(text: &str, indent: usize) -> String {
    lines(text.split_whitespace(), indent)
}

/// Pieces of text that are not broken, in lines that fit, each indented.
pub(super) fn lines(pieces: impl IntoIterator<Item: AsRef<str>>, indent: usize) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in pieces {
        let word = word.as_ref();
        let length = word.chars().count();
        if width > 0 && indent + width + 1 + length <= LINE_CHARACTERS_MAX {
            out.push(' ');
            width += 1;
        } else {
            if width > 0 {
                out.push('\n');
            }
            let _ = write!(out, "{:indent$}", "");
            width = 0;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
    out
}

/// Rows with their cells below each other, two blanks between them. The first cell is a name, the last may be of
/// any length and is broken into lines of its own.
pub(super) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut indent = 0;
        for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
            if place + 1 == COLUMNS {
                out.push_str(paragraph(cell, indent).trim_start());
                if cell.is_empty() {
                    out.push('\n');
                }
            } else {
                let gap = width - cell.chars().count() + 2;
                let style = if place == 0 { BOLD } else { Style::new() };
                let _ = write!(out, "{style}{cell}{style:#}{:gap$}", "");
                indent += width + 2;
            }
        }
    }
    out
}

/// `1 login`, `2 logins`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_fits_and_keeps_its_words() {
        let text = "word ".repeat(60);
        let lines = paragraph(&text, 7);
        assert!(lines.lines().count() > 2);
        for line in lines.lines() {
            assert!(
                line.len() <= LINE_CHARACTERS_MAX && line.starts_with("       word"),
                "{line:?}"
            );
        }
        assert_eq!(lines.split_whitespace().count(), 60);
        assert_eq!(paragraph("", 3), "\n");
    }

    #[test]
    fn cells_are_below_each_other() {
        let cell = |text: &str| text.to_owned();
        let rows = [
            [cell("§"), cell("bb"), cell("c")],
            [cell("aaa"), cell("b"), cell("")],
        ];
        let plain = anstream::adapter::strip_str(&table(&rows)).to_string();
        assert_eq!(plain, "§    bb  c\naaa  b   \n");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(count(1, "login"), "1 login");
        assert_eq!(count(0, "login"), "0 logins");
    }
}
