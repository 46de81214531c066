//! A line of text in which every column has a sign and a colour.

use super::model::{PartyRole, ValueKind};

/// Which signs a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// All of them.
    Unicode,
    /// Those of ASCII; letters of texts stay what they are.
    Ascii,
}

/// Signs of frames, and what stands for them in ASCII.
const IN_ASCII: [(char, char); 19] = [
    ('│', '|'),
    ('─', '-'),
    ('╌', '.'),
    ('●', 'o'),
    ('▶', '>'),
    ('◀', '<'),
    ('▌', '>'),
    ('✓', 'v'),
    ('✕', 'x'),
    ('→', '>'),
    ('≠', '!'),
    ('−', '-'),
    ('…', '.'),
    ('·', '-'),
    ('’', '\''),
    ('“', '"'),
    ('”', '"'),
    ('«', '"'),
    ('»', '"'),
];

impl Charset {
    /// A text with the signs that there are.
    #[must_use]
    pub fn translated(self, text: &str) -> String {
        match self {
            Self::Unicode => text.to_owned(),
            Self::Ascii => {
                let plain = |letter: char| {
                    let found = IN_ASCII.iter().find(|(sign, _)| *sign == letter);
                    found.map_or(letter, |(_, plain)| *plain)
                };
                text.chars().map(plain).collect()
            }
        }
    }
}

/// What a piece of text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// As everything.
    Plain,
    /// A headline.
    Bold,
    /// What matters less.
    Dim,
    /// What is fine.
    Good,
    /// What is not.
    Bad,
    /// Where to look.
    Warn,
    /// Of a party.
    Party(PartyRole),
    /// Of a value.
    Value(ValueKind),
}

impl Paint {
    /// Its ANSI code among the 16 colours.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim | Self::Party(PartyRole::Store | PartyRole::Resource) => "2",
            Self::Party(PartyRole::Client) => "35",
            Self::Party(PartyRole::Server) | Self::Good | Self::Value(ValueKind::Token) => "32",
            Self::Party(PartyRole::Attacker) | Self::Value(ValueKind::Secret) => "31",
            Self::Bad => "1;31",
            Self::Warn | Self::Value(ValueKind::State) => "33",
            Self::Party(PartyRole::Browser) => "36",
            Self::Value(ValueKind::Code) => "95",
            Self::Value(ValueKind::Redirect) => "94",
            Self::Value(ValueKind::Nonce | ValueKind::Identifier | ValueKind::Other) => "96",
        }
    }

    /// A text in this colour.
    #[must_use]
    pub fn text(self, text: &str) -> String {
        match self.code() {
            "" => text.to_owned(),
            code => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// One line.
pub(super) struct Canvas {
    cells: Vec<(char, Paint)>,
}

impl Canvas {
    pub(super) fn new(width: usize) -> Self {
        Self {
            cells: vec![(' ', Paint::Plain); width],
        }
    }

    /// Puts a sign into a column, if there is one.
    pub(super) fn put(&mut self, column: usize, sign: char, paint: Paint) {
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = (sign, paint);
        }
    }

    /// Writes text from a column on; what does not fit is left out. Signs that move the cursor become blanks.
    pub(super) fn text(&mut self, column: usize, text: &str, paint: Paint) {
        for (place, sign) in text.chars().enumerate() {
            let sign = if sign.is_control() { ' ' } else { sign };
            self.put(column.saturating_add(place), sign, paint);
        }
    }

    /// Writes text around a column.
    pub(super) fn centred(&mut self, column: usize, text: &str, paint: Paint) {
        self.centred_within(0, column, text, paint);
    }

    /// Writes text around a column, and not left of another.
    pub(super) fn centred_within(&mut self, left: usize, column: usize, text: &str, paint: Paint) {
        let text = self.shortened(text, self.cells.len().saturating_sub(left));
        let width = width_of(&text);
        let start = column.saturating_sub(width / 2).max(left);
        let start = start.min(self.cells.len().saturating_sub(width));
        self.text(start, &text, paint);
    }

    /// A text that has at most so many columns.
    pub(super) fn shortened(&self, text: &str, columns: usize) -> String {
        if width_of(text) <= columns {
            return text.to_owned();
        }
        let mut short: String = text.chars().take(columns.saturating_sub(1)).collect();
        short.push('…');
        short
    }

    /// The line, without blanks at its end.
    pub(super) fn line(&self) -> String {
        let used = self
            .cells
            .iter()
            .rposition(|(sign, _)| *sign != ' ')
            .map_or(0, |last| last.saturating_add(1));
        let mut out = String::new();
        let mut rest = self.cells.get(..used).unwrap_or_default();
        while let Some((_, paint)) = rest.first() {
            let same = rest.iter().take_while(|(_, other)| other == paint).count();
            let (piece, after) = rest.split_at(same);
            let text: String = piece.iter().map(|(sign, _)| *sign).collect();
            out.push_str(&paint.text(&text));
            rest = after;
        }
        out
    }
}

/// How many columns a text takes: the letters of our languages take one each.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().count()
}

/// A text in lines of at most so many columns.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else {
            continue;
        };
        let wanted = width_of(line)
            .saturating_add(width_of(word))
            .saturating_add(1);
        if line.is_empty() {
            line.push_str(word);
        } else if wanted <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_within_the_line_and_moves_no_cursor() {
        let mut canvas = Canvas::new(5);
        canvas.text(3, "a\u{1b}[2Jb", Paint::Plain);
        assert_eq!(canvas.line(), "   a");
        assert_eq!(canvas.shortened("abcdef", 3), "ab…");
    }

    #[test]
    fn equal_neighbours_share_one_colour() {
        let mut canvas = Canvas::new(4);
        canvas.text(0, "ab", Paint::Bad);
        assert_eq!(canvas.line(), "\u{1b}[1;31mab\u{1b}[0m");
    }

    #[test]
    fn words_are_kept_and_lines_fit() {
        let lines = wrapped("one two three four", 9);
        assert_eq!(lines, ["one two", "three", "four"]);
    }
}
