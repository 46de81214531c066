//! A run as one picture.

use std::fmt::Write as _;

use super::sequence::{card, label};
use crate::lesson::model::{PartyRole, Run, Sign, Step, StepKind};
use crate::lesson::page::escaped;
use crate::lesson::transcript::Reader;

/// Between two lanes, in pixels.
const LANE: usize = 240;

/// Between two rows, in pixels.
const ROW: usize = 40;

/// Above the first row, in pixels.
const HEAD: usize = 80;

/// The run as SVG, in the colours of the light theme.
#[must_use]
pub fn svg(reader: Reader<'_>, run: &Run) -> String {
    let width = run.parties.len().max(1).saturating_mul(LANE);
    let height = run
        .steps
        .len()
        .saturating_add(1)
        .saturating_mul(ROW)
        .saturating_add(HEAD);
    let title = escaped(reader.text(&reader.lesson.title));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\" text-anchor=\"middle\">\n<title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#F6F4EE\"/>\n"
    );
    for (place, id) in run.parties.iter().enumerate() {
        lane(reader, id, x_of(place), height, &mut out);
    }
    for (number, step) in (0..).zip(&run.steps) {
        let y = ROW
            .saturating_mul(number)
            .saturating_add(HEAD)
            .saturating_add(ROW);
        row(reader, run, step, y, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

/// The middle of a lane.
const fn x_of(place: usize) -> usize {
    place.saturating_mul(LANE).saturating_add(LANE / 2)
}

fn lane(reader: Reader<'_>, id: &str, x: usize, height: usize, out: &mut String) {
    let colour = colour(reader.party(id).map(|party| party.role));
    let (left, top) = (x.saturating_sub(110), HEAD);
    let _ = write!(
        out,
        "<path d=\"M{x} {top}V{height}\" stroke=\"{colour}\" stroke-opacity=\".4\" stroke-width=\"2\"/>\n\
         <rect x=\"{left}\" y=\"20\" width=\"220\" height=\"40\" rx=\"8\" fill=\"#FFF\" stroke=\"{colour}\"/>\n\
         <text x=\"{x}\" y=\"45\" fill=\"{colour}\" font-weight=\"600\">{}</text>\n",
        escaped(&card(reader, id)),
    );
}

fn row(reader: Reader<'_>, run: &Run, step: &Step, y: usize, out: &mut String) {
    let place = |id: &str| {
        run.parties
            .iter()
            .position(|known| known == id)
            .map_or(0, x_of)
    };
    let from = place(&step.from);
    let red = step.sign == Sign::Bad;
    let role = reader.party(&step.from).map(|party| party.role);
    let colour = if red {
        colour(Some(PartyRole::Attacker))
    } else {
        colour(role)
    };
    let text = escaped(&label(reader, step));
    let Some(to) = step.to.as_deref().map(place) else {
        let (left, top, baseline) = (
            from.saturating_sub(105),
            y.saturating_sub(14),
            y.saturating_add(4),
        );
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{top}\" width=\"210\" height=\"26\" rx=\"13\" fill=\"#FFF\" stroke=\"{colour}\" stroke-dasharray=\"4 3\"/>\
             <text x=\"{from}\" y=\"{baseline}\" fill=\"#1B2130\">{text}</text>"
        );
        return;
    };
    let dash = if step.kind == StepKind::Response {
        " stroke-dasharray=\"6 4\""
    } else {
        ""
    };
    let back = if to > from {
        to.saturating_sub(8)
    } else {
        to.saturating_add(8)
    };
    let (middle, above) = (from.midpoint(to), y.saturating_sub(7));
    let (upper, lower) = (y.saturating_sub(5), y.saturating_add(5));
    let _ = writeln!(
        out,
        "<path d=\"M{from} {y}H{to}\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>\
         <path d=\"M{to} {y}L{back} {upper}V{lower}Z\" fill=\"{colour}\"/>\
         <text x=\"{middle}\" y=\"{above}\" fill=\"#1B2130\" paint-order=\"stroke\" stroke=\"#F6F4EE\" stroke-width=\"4\">{text}</text>"
    );
}

/// The colour of a party in the light theme.
const fn colour(role: Option<PartyRole>) -> &'static str {
    match role {
        Some(PartyRole::Browser) => "#0B6688",
        Some(PartyRole::Client) => "#6439BE",
        Some(PartyRole::Server) => "#15704A",
        Some(PartyRole::Store | PartyRole::Resource) | None => "#4D566A",
        Some(PartyRole::Attacker) => "#B01E2B",
    }
}
