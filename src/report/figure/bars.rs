//! Dots with intervals, one row a group and one panel a measure: what the figures by group share.

use maud::{Markup, html};

use super::plot::{Frame, at, round_up, short};
use crate::privacy::disclosure::{Number, PerHundred};

const ROW: f64 = 26.0;
const TOP: f64 = 44.0;
const LEFT: f64 = 166.0;
const PANEL: f64 = 132.0;
const GAP: f64 = 46.0;
/// Ratios above this are drawn at the edge, with an arrow.
const MOST_RATIO: f64 = 3.0;

/// What stands in one row of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// An estimate and its interval.
    Dot(f64, Option<(f64, f64)>),
    /// No number, and why.
    Words(&'static str),
}

impl Mark {
    pub(super) fn of(number: Option<&Number>) -> Self {
        match (number.and_then(Number::estimate), number) {
            (Some(estimate), Some(number)) => Self::Dot(estimate, number.interval()),
            (_, Some(Number::Undefined(_))) => Self::Words("not defined"),
            _ => Self::Words("hidden"),
        }
    }

    /// Whole children of a hundred, as the table has them.
    pub(super) fn of_hundred(share: &PerHundred) -> Self {
        let part = |n: u64| n as f64 / 100.0;
        match (share.yes(), share) {
            (Some(yes), _) => Self::Dot(part(yes), share.range().map(|(low, high)| (part(low), part(high)))),
            (None, PerHundred::Undefined(_)) => Self::Words("not defined"),
            _ => Self::Words("hidden"),
        }
    }

    pub(super) fn is_dot(&self) -> bool {
        matches!(self, Self::Dot(..))
    }
}

/// What the numbers of a panel are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// Shares, in per cent.
    Share,
    /// Ratios and slopes, around 1.
    Ratio,
    /// Differences of scores, between these ends.
    Difference((f64, f64)),
}

impl Scale {
    /// Ends that hold all marks, and 0.
    pub(super) fn around_nought(marks: &[Mark]) -> (f64, f64) {
        let values = || {
            marks.iter().flat_map(|mark| match mark {
                Mark::Dot(value, ends) => ends.map_or(vec![*value], |(low, high)| vec![low, high]),
                Mark::Words(_) => Vec::new(),
            })
        };
        let far = values().fold(0.0, |far, v| f64::max(far, v.abs()));
        let step = if far <= 0.05 { 0.01 } else { 0.05 };
        let end = |v: f64| (v / step).ceil() * step;
        (-end(values().fold(0.005, |far, v| f64::max(far, -v))), end(values().fold(0.005, f64::max)))
    }
}

/// One panel.
pub(super) struct Panel {
    pub(super) heads: [&'static str; 2],
    pub(super) marks: Vec<Mark>,
    pub(super) scale: Scale,
    /// Where a dotted line stands: all children, or what would be right.
    pub(super) level: Option<f64>,
}

impl Panel {
    /// The smallest and largest value that fit.
    fn ends(&self) -> (f64, f64) {
        let values = || {
            self.marks.iter().flat_map(|mark| match mark {
                Mark::Dot(value, ends) => {
                    let (low, high) = ends.unwrap_or((*value, *value));
                    vec![low, *value, high]
                }
                Mark::Words(_) => Vec::new(),
            })
        };
        match self.scale {
            Scale::Share => (0.0, round_up(values().chain(self.level))),
            Scale::Ratio => {
                let most = values().fold(1.5, f64::max).min(MOST_RATIO);
                let least = values().fold(0.0, f64::min).max(-1.0);
                ((least * 2.0).floor() / 2.0, (most * 2.0).ceil() / 2.0)
            }
            Scale::Difference(ends) => ends,
        }
    }

    fn tick(&self, value: f64) -> String {
        match self.scale {
            Scale::Share => format!("{:.0}%", value * 100.0),
            Scale::Difference(_) => format!("{:.2}", value + 0.0).replace('-', "\u{2212}"),
            Scale::Ratio => format!("{value:.1}").trim_end_matches(".0").replace('-', "\u{2212}"),
        }
    }
}

/// The drawing of named rows, with its width and height.
pub(super) fn bars(labels: &[String], panels: &[Panel]) -> (Markup, (f64, f64)) {
    let width = LEFT + (PANEL + GAP) * panels.len() as f64 - GAP + 18.0;
    let height = TOP + 8.0 + ROW * labels.len() as f64;
    let lefts = (0..panels.len()).map(|i| LEFT + (PANEL + GAP) * i as f64);
    let drawing = html! {
        @for (i, label) in labels.iter().enumerate() {
            @let y = TOP + ROW * (i as f64 + 0.5);
            @if i % 2 == 1 { rect class="stripe" x="0" y=(at(y - ROW / 2.0)) width=(at(width)) height=(at(ROW)) {} }
            text class="label" x="2" y=(at(y + 4.0)) { (short(label, 25)) }
        }
        @for (panel, left) in panels.iter().zip(lefts) { (draw(panel, left, height - 6.0)) }
    };
    (drawing, (width, height + 24.0))
}

fn draw(panel: &Panel, left: f64, bottom: f64) -> Markup {
    let x = panel.ends();
    let frame = Frame { left, top: TOP, width: PANEL, height: bottom - TOP, x, y: (0.0, 1.0) };
    html! {
        @for (head, y) in panel.heads.iter().zip(["13", "29"]) {
            text class="label strong" x=(at(left)) y=(y) { (head) }
        }
        line class="axis" x1=(at(left)) x2=(at(left + PANEL)) y1=(at(bottom)) y2=(at(bottom)) {}
        @for tick in few_ticks(x, if matches!(panel.scale, Scale::Difference(_)) { 3.0 } else { 4.0 }) {
            line class="grid" x1=(at(frame.across(tick))) x2=(at(frame.across(tick))) y1=(at(TOP)) y2=(at(bottom)) {}
            text class="tick" text-anchor="middle" x=(at(frame.across(tick))) y=(at(bottom + 16.0)) { (panel.tick(tick)) }
        }
        @if let Some(level) = panel.level {
            line class="ideal" x1=(at(frame.across(level))) x2=(at(frame.across(level))) y1=(at(TOP - 4.0)) y2=(at(bottom)) {}
        }
        @for (i, mark) in panel.marks.iter().enumerate() { (row(&frame, TOP + ROW * (i as f64 + 0.5), mark)) }
    }
}

fn row(frame: &Frame, y: f64, mark: &Mark) -> Markup {
    let (least, most) = frame.x;
    html! {
        @match mark {
            Mark::Words(words) => text class="tick none" x=(at(frame.left + 3.0)) y=(at(y + 4.0)) { (words) },
            Mark::Dot(value, ends) => {
                @if let Some((low, high)) = ends {
                    line class="whisker candidate" x1=(at(frame.across(*low))) x2=(at(frame.across(*high))) y1=(at(y)) y2=(at(y)) {}
                    @if *low < least { (arrow(frame.across(least), y, -7.0)) }
                    @if *high > most { (arrow(frame.across(most), y, 7.0)) }
                }
                @if *value > most { (arrow(frame.across(most), y, 7.0)) }
                @else { circle class="mark candidate" cx=(at(frame.across(*value))) cy=(at(y)) r="4" {} }
            },
        }
    }
}

/// The head of an arrow: the number lies further out.
fn arrow(x: f64, y: f64, reach: f64) -> Markup {
    let corners = [(x + reach, y), (x, y - 4.0), (x, y + 4.0)].map(|(x, y)| format!("{},{}", at(x), at(y)));
    html! { polygon class="mark candidate" points=(corners.join(" ")) {} }
}

/// Ticks at a round step that end where the panel ends or before, with at most so many steps between.
fn few_ticks((least, most): (f64, f64), steps: f64) -> Vec<f64> {
    let span = most - least;
    let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0]
        .into_iter()
        .find(|s| span / s <= steps + 1e-9)
        .unwrap_or(2.0);
    let first = (least / step - 1e-9).ceil();
    (0_u8..5).map(|i| (first + f64::from(i)) * step).take_while(|t| *t <= most + 1e-9).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_draws_nothing_and_says_so() {
        let panel = Panel {
            heads: ["a", "b"],
            marks: vec![
                Mark::Dot(0.2, Some((0.1, 0.3))),
                Mark::of(Some(&Number::Suppressed)),
                Mark::of(None),
            ],
            scale: Scale::Share,
            level: None,
        };
        let labels = ["x", "y", "z"].map(str::to_owned);
        let drawn = bars(&labels, &[panel]).0.into_string();
        assert_eq!(drawn.matches("<circle").count(), 1);
        assert_eq!(drawn.matches("whisker").count(), 1);
        assert_eq!(drawn.matches("hidden").count(), 2);
    }

    #[test]
    fn an_interval_that_leaves_the_panel_has_an_arrow() {
        let of = |high| Panel {
            heads: ["", ""],
            marks: vec![Mark::Dot(1.2, Some((0.4, high)))],
            scale: Scale::Ratio,
            level: Some(1.0),
        };
        let drawn = |high| bars(&["x".to_owned()], &[of(high)]).0.into_string();
        assert_eq!((drawn(2.4).matches("<polygon").count(), drawn(7.0).matches("<polygon").count()), (0, 1));
    }

    #[test]
    fn ticks_are_few_and_hold_nothing_outside() {
        assert_eq!(few_ticks((0.0, 0.2), 4.0).len(), 5);
        assert_eq!(few_ticks((-0.5, 1.5), 4.0), [-0.5, 0.0, 0.5, 1.0, 1.5]);
        assert!(few_ticks((0.0, 1.0), 4.0).iter().all(|t| (0.0..=1.0).contains(t)));
    }
}
