//! Chances of coming back by each time, and what happened: one small panel a time.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::plot::{Frame, Look, at, round_up, short};
use crate::evaluate::survival::score::place;
use crate::experiment::gate::OVERALL;
use crate::report::when_models::{Models, Point};

/// Size and gaps of a panel.
const SIDE: f64 = 190.0;
const STEP: (f64, f64) = (270.0, 282.0);
/// Panels in a row.
const ROW: usize = 3;
/// Groups of a curve.
const FIFTHS: usize = 5;

/// The figure; `None` where nothing may be shown.
pub(in crate::report) fn when_models(models: &Models, of: &str, what: &str) -> Option<Figure> {
    let panels: Vec<(u32, Vec<Bounded>)> = models
        .times
        .iter()
        .map(|months| {
            let own = models.points.iter().filter(|p| p.group == OVERALL && p.months == *months);
            (*months, own.filter_map(point).collect())
        })
        .filter(|(_, points): &(u32, Vec<Bounded>)| !points.is_empty())
        .collect();
    if panels.is_empty() {
        return None;
    }
    let all = panels.iter().flat_map(|(_, points)| points);
    let most = round_up(all.flat_map(|(x, y, ends)| [*x, *y, ends.map_or(*y, |(_, high)| high)]));
    let frame = |n: usize| Frame {
        left: 58.0 + STEP.0 * (n % ROW) as f64,
        top: 30.0 + STEP.1 * (n / ROW) as f64,
        width: SIDE,
        height: SIDE,
        x: (0.0, most),
        y: (0.0, most),
    };
    let drawing = html! {
        @for (n, (months, points)) in panels.iter().enumerate() { (panel(&frame(n), *months, points)) }
    };
    let rows = panels.len().div_ceil(ROW);
    let title = models.title(&models.candidate);
    Some(Figure {
        id: "when-calibration".to_owned(),
        title: format!("Predicted chance by each time, and what happened: {}", short(title, 50)),
        words: in_words(&panels, of, what),
        size: (58.0 + STEP.0 * panels.len().min(ROW) as f64, 20.0 + STEP.1 * rows as f64),
        drawing,
    })
}

fn point(point: &Point) -> Option<Bounded> {
    let part = |n: u64| n as f64 / 100.0;
    let ends = point.observed.range().map(|(low, high)| (part(low), part(high)));
    Some((part(point.predicted.yes()?), part(point.observed.yes()?), ends))
}

fn panel(frame: &Frame, months: u32, points: &[Bounded]) -> Markup {
    let (low, high) = frame.x;
    html! {
        text class="label strong" x=(at(frame.left)) y=(at(frame.top - 12.0)) { "Within " (place(months)) }
        (frame.axes("Expected", "Came back"))
        line class="ideal" x1=(at(frame.across(low))) y1=(at(frame.down(low))) x2=(at(frame.across(high))) y2=(at(frame.down(high))) {}
        @for (x, y, ends) in points {
            @if let Some((from, to)) = ends {
                (Look::Candidate.upright(frame.across(*x), frame.down(*to), frame.down(*from)))
            }
            (Look::Candidate.mark(frame.across(*x), frame.down(*y)))
        }
    }
}

fn in_words(panels: &[(u32, Vec<Bounded>)], of: &str, what: &str) -> String {
    let whole = |share: f64| (share * 100.0).round();
    let each = panels.iter().filter_map(|(months, points)| {
        let (low, high) = (points.first()?, points.last()?);
        let few = match points.len() {
            FIFTHS => "of five groups".to_owned(),
            1 => "only one of five groups can be shown:".to_owned(),
            n => format!("only {n} of five groups can be shown; of these,"),
        };
        Some(format!(
            "Within {}, {few} the one with the lowest chances was given about {} of 100 and {} came back, the one with the highest {} and {}",
            place(*months),
            whole(low.0),
            whole(low.1),
            whole(high.0),
            whole(high.1)
        ))
    });
    format!(
        "Each mark is a group of {of} with about the same chance: across, how many were expected; up, in how many {what}; the line \
         through it is the 95% interval. On the dotted line both are the same; above it more came back than expected. {}.",
        each.collect::<Vec<_>>().join(". ")
    )
}
