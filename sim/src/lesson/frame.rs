//! A step as a frame of text: the terminal walkthrough.
//!
//! A pure function of lesson, run, step, width and signs. Colours are the 16 of every terminal, written as ANSI
//! sequences; whoever prints takes them out where nobody wants them.

use std::fmt::Write as _;

use super::canvas::{Canvas, Charset, Paint, width_of, wrapped};
use super::model::{
    CheckResult, DeltaSign, Lamp, Line, MessageKind, Run, Sign, SpanStyle, Step, StepKind, Value,
};
use super::transcript::Reader;

/// Columns of a frame at least.
pub const WIDTH_MIN: usize = 60;

/// Rows of the diagram at most: the steps up to this one.
const ROWS_MAX: usize = 10;

/// Columns before the first lane: mark, number, time.
const GUTTER: usize = 14;

/// Columns of a label that still says something.
const SHORT_LABEL: usize = 12;

/// The look of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Which signs there are.
    pub charset: Charset,
}

/// The frame of a step, counted from 1. A number beyond the run shows its last step.
#[must_use]
pub fn frame(reader: Reader<'_>, run: &Run, number: usize, look: Look) -> String {
    let look = Look {
        width: look.width.max(WIDTH_MIN),
        ..look
    };
    let number = number.clamp(1, run.steps.len().max(1));
    let Some(step) = run.steps.get(number.saturating_sub(1)) else {
        return String::new();
    };
    let framer = Framer { reader, run, look };
    let mut out = String::new();
    framer.heading(number, step, &mut out);
    framer.diagram(number, &mut out);
    framer.words(step, &mut out);
    framer.message(step, &mut out);
    framer.checks(step, &mut out);
    framer.deltas(step, &mut out);
    framer.lamps(number, &mut out);
    framer.branches(step, &mut out);
    look.charset.translated(&out)
}

struct Framer<'a> {
    reader: Reader<'a>,
    run: &'a Run,
    look: Look,
}

impl Framer<'_> {
    fn heading(&self, number: usize, step: &Step, out: &mut String) {
        let title = Paint::Bold.text(self.reader.text(&self.reader.lesson.title));
        let seed = self.reader.text("ui.seed").replace("{n}", &self.run.seed);
        let place = self
            .reader
            .text("ui.step_of")
            .replace("{n}", &number.to_string());
        let place = place.replace("{total}", &self.run.steps.len().to_string());
        let _ = writeln!(
            out,
            "{title}\n{seed} · {place} · t = {}\n",
            time(step.at_ms)
        );
    }

    /// The column of a party's lane.
    fn lane(&self, id: &str) -> usize {
        let count = self.run.parties.len();
        let place = self
            .run
            .parties
            .iter()
            .position(|known| known == id)
            .unwrap_or(0);
        let room = self.look.width.saturating_sub(GUTTER);
        let each = room.checked_div(count).unwrap_or(room);
        GUTTER
            .saturating_add(each.saturating_mul(place))
            .saturating_add(each / 2)
    }

    fn paint(&self, id: &str) -> Paint {
        self.reader
            .party(id)
            .map_or(Paint::Plain, |party| Paint::Party(party.role))
    }

    fn diagram(&self, number: usize, out: &mut String) {
        let mut heads = Canvas::new(self.look.width);
        for id in &self.run.parties {
            let name = self
                .reader
                .party(id)
                .map_or(id.as_str(), |party| self.reader.text(&party.short));
            heads.centred(self.lane(id), name, self.paint(id));
        }
        let _ = writeln!(out, "{}", heads.line());
        let first = number.saturating_sub(ROWS_MAX);
        for (place, step) in self.run.steps.iter().enumerate().take(number).skip(first) {
            self.row(
                place.saturating_add(1),
                step,
                place.saturating_add(1) == number,
                out,
            );
        }
        out.push('\n');
    }

    fn row(&self, number: usize, step: &Step, current: bool, out: &mut String) {
        let mut canvas = Canvas::new(self.look.width);
        for id in &self.run.parties {
            canvas.put(self.lane(id), '│', self.paint(id));
        }
        let here = if current { Paint::Warn } else { Paint::Dim };
        if current {
            canvas.text(0, "▌", Paint::Warn);
        }
        canvas.text(2, &format!("{number:>3} {:>6}", time(step.at_ms)), here);
        let paint = if step.sign == Sign::Bad {
            Paint::Bad
        } else {
            self.paint(&step.from)
        };
        let from = self.lane(&step.from);
        match &step.to {
            Some(to) => self.arrow(step, from, self.lane(to), paint, &mut canvas),
            None => {
                let sign = match (step.sign, step.kind) {
                    (Sign::Good, _) => "✓ ",
                    (Sign::Bad, _) => "✕ ",
                    (Sign::None, StepKind::Fault) => "! ",
                    (Sign::None, _) => "",
                };
                let label = format!("[{sign}{}]", self.reader.text(&step.label));
                canvas.centred_within(GUTTER, from, &label, paint);
            }
        }
        let _ = writeln!(out, "{}", canvas.line());
    }

    fn arrow(&self, step: &Step, from: usize, to: usize, paint: Paint, canvas: &mut Canvas) {
        let (left, right) = (from.min(to), from.max(to));
        let dash = if step.kind == StepKind::Response {
            '╌'
        } else {
            '─'
        };
        for column in left.saturating_add(1)..right {
            canvas.put(column, dash, paint);
        }
        canvas.put(from, '●', paint);
        if to > from {
            canvas.put(right.saturating_sub(1), '▶', paint);
        } else {
            canvas.put(left.saturating_add(1), '◀', paint);
        }
        let tiles = self.tiles(step);
        let tiles_width: usize = tiles.iter().map(|(tile, _)| width_of(tile)).sum();
        let label = self.reader.text(&step.label);
        let whole = width_of(label)
            .saturating_add(tiles_width)
            .saturating_add(2);
        let inside = right.saturating_sub(left).saturating_sub(5);
        let behind = right.saturating_add(1);
        let fits_behind = behind.saturating_add(whole) <= self.look.width;
        let fits_before = left.saturating_sub(GUTTER) >= whole
            && inside < SHORT_LABEL.saturating_add(tiles_width);
        let (start, room) = if whole <= inside {
            (
                left.midpoint(right)
                    .saturating_sub(whole / 2)
                    .saturating_add(1),
                whole,
            )
        } else if fits_behind {
            (behind, whole)
        } else if fits_before {
            (left.saturating_sub(whole), whole)
        } else {
            // Where there is no room at all the label is cut, and the arrow stays whole.
            (left.saturating_add(3), inside)
        };
        let label = canvas.shortened(label, room.saturating_sub(tiles_width).saturating_sub(2));
        canvas.text(start, &format!(" {label}"), Paint::Plain);
        let mut column = start.saturating_add(width_of(&label)).saturating_add(1);
        for (tile, paint) in tiles {
            canvas.text(column, &tile, paint);
            column = column.saturating_add(width_of(&tile));
        }
        canvas.text(column, " ", Paint::Plain);
    }

    fn tiles(&self, step: &Step) -> Vec<(String, Paint)> {
        let values = step
            .values
            .iter()
            .take(4)
            .filter_map(|number| self.value(*number));
        let mut tiles: Vec<(String, Paint)> = values
            .map(|value| (format!("[{}]", value.letter), Paint::Value(value.kind)))
            .collect();
        if let Some((first, _)) = tiles.first_mut() {
            first.insert(0, ' ');
        }
        tiles
    }

    fn value(&self, number: u32) -> Option<&Value> {
        self.reader.lesson.values.get(usize::try_from(number).ok()?)
    }

    fn words(&self, step: &Step, out: &mut String) {
        let _ = writeln!(out, "{}", Paint::Bold.text(self.reader.text(&step.title)));
        let prose = format!(
            "{} {}",
            self.reader.text(&step.what),
            self.reader.text(&step.why)
        );
        for line in wrapped(&prose, self.look.width) {
            let _ = writeln!(out, "{line}");
        }
        out.push('\n');
    }

    fn message(&self, step: &Step, out: &mut String) {
        let Some(message) = &step.message else {
            return;
        };
        if message.kind == MessageKind::Failure {
            return;
        }
        for line in &message.lines {
            let written = self.line(line);
            let _ = writeln!(out, "{}", written.trim_end());
        }
        out.push('\n');
    }

    /// A line of a message, and where its first value comes from.
    fn line(&self, line: &Line) -> String {
        let mut canvas = Canvas::new(self.look.width);
        let mut column = 2;
        for span in line {
            let value = span.value.and_then(|number| self.value(number));
            let paint = match (value, span.style) {
                (Some(value), _) => Paint::Value(value.kind),
                (None, SpanStyle::Strong) => Paint::Bold,
                (None, SpanStyle::Name) => Paint::Dim,
                (None, SpanStyle::Value | SpanStyle::Plain) => Paint::Plain,
            };
            let room = self.look.width.saturating_sub(column);
            let text = canvas.shortened(&span.text, room);
            canvas.text(column, &text, paint);
            column = column.saturating_add(width_of(&text));
        }
        let mut written = canvas.line();
        if let Some(origin) = line.iter().find_map(|span| self.origin(span.value?)) {
            let room = self.look.width.saturating_sub(column).saturating_sub(2);
            if width_of(&origin) <= room {
                let _ = write!(written, "  {}", Paint::Dim.text(&origin));
            }
        }
        written
    }

    /// `[C] Authorization server, step 6`.
    fn origin(&self, number: u32) -> Option<String> {
        let value = self.value(number)?;
        let path = self.run.paths.iter().find(|path| path.value == number)?;
        let minted = path.minted.as_ref()?;
        let words = self.reader.text("ui.minted_by");
        let party = self
            .reader
            .party(&minted.party)
            .map(|party| self.reader.text(&party.short));
        let words = words.replace("{party}", party.unwrap_or(&minted.party));
        Some(format!(
            "[{}] {}",
            value.letter,
            words.replace("{n}", &minted.step.to_string())
        ))
    }

    fn checks(&self, step: &Step, out: &mut String) {
        for check in &step.checks {
            let (sign, paint) = match check.result {
                CheckResult::Equal => ("=", Paint::Good),
                CheckResult::Different => ("≠", Paint::Good),
                CheckResult::Skipped => ("?", Paint::Bad),
            };
            let side = |side: &super::model::Side| {
                let text = side.text.as_deref();
                let text = text.unwrap_or_else(|| self.reader.text("ui.absent"));
                let (head, more) = text.char_indices().nth(16).map_or((text, ""), |(end, _)| {
                    (text.get(..end).unwrap_or(text), "…")
                });
                format!("{} {head}{more}", side.name)
            };
            let _ = writeln!(
                out,
                "  {} {} {}",
                side(&check.left),
                paint.text(sign),
                side(&check.right)
            );
        }
        if !step.checks.is_empty() {
            out.push('\n');
        }
    }

    fn deltas(&self, step: &Step, out: &mut String) {
        for id in &self.run.parties {
            let mine: Vec<_> = step
                .deltas
                .iter()
                .filter(|delta| delta.party == *id)
                .collect();
            if mine.is_empty() {
                continue;
            }
            let name = self
                .reader
                .party(id)
                .map_or(id.as_str(), |party| self.reader.text(&party.short));
            let _ = write!(out, "{}", self.paint(id).text(name));
            let mut column = width_of(name);
            for delta in mine {
                let (sign, paint) = match delta.sign {
                    DeltaSign::Added => ("+", Paint::Good),
                    DeltaSign::Removed => ("−", Paint::Bad),
                    DeltaSign::Changed => ("~", Paint::Warn),
                };
                let letter = delta.value.and_then(|number| self.value(number));
                let tile = letter.map_or_else(String::new, |value| format!(" [{}]", value.letter));
                let piece = format!("{sign} {}{tile}", delta.path);
                if column.saturating_add(width_of(&piece)).saturating_add(2) > self.look.width {
                    let _ = write!(out, "\n    ");
                    column = 4;
                }
                let _ = write!(out, "  {}", paint.text(&piece));
                column = column.saturating_add(width_of(&piece)).saturating_add(2);
            }
            out.push('\n');
        }
        if !step.deltas.is_empty() {
            out.push('\n');
        }
    }

    /// What holds so far, and what does not.
    fn lamps(&self, number: usize, out: &mut String) {
        let mut column: usize = 0;
        for invariant in &self.reader.lesson.invariants {
            let steps = self.run.steps.iter().take(number).rev();
            let lamp = steps
                .into_iter()
                .find_map(|step| step.invariants.get(&invariant.id));
            let name = self.reader.text(&invariant.name);
            let (piece, paint) = match lamp {
                Some(Lamp::Holds) => (format!("✓ {name}"), Paint::Good),
                Some(Lamp::Violated) => (format!("✕ {name}"), Paint::Bad),
                Some(Lamp::NotExercised) | None => continue,
            };
            let width = width_of(&piece).saturating_add(3);
            if column > 0 && column.saturating_add(width) > self.look.width {
                out.push('\n');
                column = 0;
            }
            let gap = if column > 0 { "   " } else { "" };
            let _ = write!(out, "{gap}{}", paint.text(&piece));
            column = column.saturating_add(width);
        }
        if column > 0 {
            out.push('\n');
        }
    }

    fn branches(&self, step: &Step, out: &mut String) {
        for branch in &step.branches {
            let label = self.reader.text(&branch.label);
            let _ = writeln!(out, "{} {label}", Paint::Bad.text("? b"));
        }
    }
}

/// Seconds with milliseconds where there are some; milliseconds below a second.
fn time(at_ms: u64) -> String {
    match at_ms {
        0..=999 => format!("{at_ms} ms"),
        _ if at_ms.is_multiple_of(1000) => format!("{} s", at_ms / 1000),
        _ => format!("{}.{:03} s", at_ms / 1000, at_ms % 1000),
    }
}
