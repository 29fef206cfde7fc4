//! One grouping as dots with intervals: three panels, one row a level.

use maud::{Markup, html};

use super::Figure;
use super::plot::{Frame, at, round_up, short};
use crate::privacy::disclosure::Number;
use crate::report::html::format::about;
use crate::report::words;
use crate::report::{GroupTable, LevelLine, Report};

const ROW: f64 = 26.0;
const LEFT: f64 = 166.0;
const PANEL: f64 = 132.0;
const GAP: f64 = 46.0;
const WIDTH: f64 = LEFT + (PANEL + GAP) * 3.0 - GAP + 18.0;

/// What one panel shows.
struct Panel {
    heads: [&'static str; 2],
    of: fn(&LevelLine) -> &Number,
    most: f64,
    ratio: bool,
    /// All children, for comparison.
    overall: Option<f64>,
}

/// One grouping; `None` if no level may be shown.
pub(in crate::report) fn groups(report: &Report, table: &GroupTable) -> Option<Figure> {
    let judged: Vec<&LevelLine> = table.levels.iter().filter(|l| !l.is_hidden()).collect();
    if judged.is_empty() {
        return None;
    }
    let panels = panels(report, &judged);
    let height = 52.0 + ROW * judged.len() as f64;
    let lefts = [LEFT, LEFT + PANEL + GAP, LEFT + (PANEL + GAP) * 2.0];
    let title = words::group(&table.group);
    let drawing = html! {
        @for (i, level) in judged.iter().enumerate() {
            @let y = 44.0 + ROW * (i as f64 + 0.5);
            @if i % 2 == 1 { rect class="stripe" x="0" y=(at(y - ROW / 2.0)) width=(at(WIDTH)) height=(at(ROW)) {} }
            text class="label" x="2" y=(at(y + 4.0)) { (short(&words::level(&level.level), 25)) }
        }
        @for (panel, left) in panels.iter().zip(lefts) { (draw(panel, left, height, &judged)) }
    };
    Some(Figure {
        id: format!("figure-group-{}", slug(&table.group)),
        title: format!("{title}: missed, flagged without coming back, and came back for each one expected"),
        words: in_words(&title, &judged),
        size: (WIDTH, height + 24.0),
        drawing,
    })
}

fn panels(report: &Report, judged: &[&LevelLine]) -> [Panel; 3] {
    let candidate = &report.finding.candidate;
    let most = |of: fn(&LevelLine) -> &Number| {
        judged.iter().filter_map(move |l| of(l).interval().map(|(_, high)| high).or(of(l).estimate()))
    };
    let missed: fn(&LevelLine) -> &Number = |l| &l.missed;
    let in_vain: fn(&LevelLine) -> &Number = |l| &l.flagged_in_vain;
    let ratio: fn(&LevelLine) -> &Number = |l| &l.observed_over_expected;
    let declared = format!("top {}", super::super::html::format::percent(report.capacity));
    let overall = |measure: &str| {
        let line = report.lines.iter().find(|l| {
            l.measure == measure
                && &l.model == candidate
                && l.group == "overall"
                && (l.at.is_empty() || l.at == declared)
        });
        line.and_then(|l| l.number.estimate())
    };
    [
        Panel {
            heads: ["Missed, of those", "who came back"],
            of: missed,
            most: 1.0,
            ratio: false,
            overall: overall("missed-share"),
        },
        Panel {
            heads: ["Flagged, of those who", "did not come back"],
            of: in_vain,
            most: round_up(most(in_vain)),
            ratio: false,
            overall: overall("false-positive-rate"),
        },
        Panel {
            heads: ["Came back, for each", "one expected"],
            of: ratio,
            most: (most(ratio).fold(1.5, f64::max) * 2.0).ceil() / 2.0,
            ratio: true,
            overall: Some(1.0),
        },
    ]
}

fn draw(panel: &Panel, left: f64, height: f64, judged: &[&LevelLine]) -> Markup {
    let bottom = height - 6.0;
    let frame =
        Frame { left, top: 44.0, width: PANEL, height: bottom - 44.0, x: (0.0, panel.most), y: (0.0, 1.0) };
    let ticks = if panel.ratio {
        (0_u8..=4).map(|i| f64::from(i) * 0.5).take_while(|t| *t <= panel.most + 1e-9).collect()
    } else {
        few_ticks(panel.most)
    };
    html! {
        @for (head, y) in panel.heads.iter().zip(["13", "29"]) {
            text class="label strong" x=(at(left)) y=(y) { (head) }
        }
        line class="axis" x1=(at(left)) x2=(at(left + PANEL)) y1=(at(bottom)) y2=(at(bottom)) {}
        @for tick in ticks {
            line class="grid" x1=(at(frame.across(tick))) x2=(at(frame.across(tick))) y1="44" y2=(at(bottom)) {}
            text class="tick" text-anchor="middle" x=(at(frame.across(tick))) y=(at(bottom + 16.0)) {
                @if panel.ratio { (tick) } @else { (format!("{:.0}%", tick * 100.0)) }
            }
        }
        @if let Some(overall) = panel.overall {
            line class="ideal" x1=(at(frame.across(overall))) x2=(at(frame.across(overall))) y1="40" y2=(at(bottom)) {}
        }
        @for (i, level) in judged.iter().enumerate() {
            @let y = 44.0 + ROW * (i as f64 + 0.5);
            @let number = (panel.of)(level);
            @if let Some(estimate) = number.estimate() {
                @if let Some((low, high)) = number.interval() {
                    line class="whisker candidate" x1=(at(frame.across(low))) x2=(at(frame.across(high))) y1=(at(y)) y2=(at(y)) {}
                }
                circle class="mark candidate" cx=(at(frame.across(estimate))) cy=(at(y)) r="4" {}
            } @else {
                text class="tick" x=(at(left + 3.0)) y=(at(y + 4.0)) { "hidden" }
            }
        }
    }
}

fn in_words(title: &str, judged: &[&LevelLine]) -> String {
    let mut words = String::from(
        "Dots are estimates and bars their 95% intervals. The dotted line is all children together, or in the last panel \
         as many as expected.",
    );
    for level in judged {
        let name = words::level(&level.level);
        let (missed, in_vain) = (level.missed_per_hundred.yes(), level.flagged_in_vain_per_hundred.yes());
        if let (Some(missed), Some(in_vain)) = (missed, in_vain) {
            words.push_str(&format!(
                " {title} \u{201c}{name}\u{201d}: {} of 100 who came back were missed, {} of 100 who did not come back \
                 were flagged.",
                about(missed),
                about(in_vain)
            ));
        }
    }
    words
}

/// At most four ticks from 0, at a round step.
fn few_ticks(most: f64) -> Vec<f64> {
    let step = [0.05, 0.1, 0.2, 0.25].into_iter().find(|s| most / s <= 3.0 + 1e-9).unwrap_or(0.5);
    (0_u8..4).map(|i| f64::from(i) * step).take_while(|t| *t <= most + 1e-9).collect()
}

/// A name as an id.
fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
