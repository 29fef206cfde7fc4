//! A hundred flagged children as a hundred marks: filled for those who came back, open for those who did not.

use maud::{Markup, html};

use super::Figure;
use super::plot::{at, short};
use crate::report::html::format::{about, percent};
use crate::report::{CapacityTable, Report};

const STEP: f64 = 19.0;
const GAP: f64 = 44.0;

/// Of a hundred children flagged by each of the models; `None` if no model may be shown.
pub(in crate::report) fn hundred(report: &Report) -> Option<Figure> {
    let shown: Vec<(&CapacityTable, u64)> =
        report.at_capacity.iter().filter_map(|t| Some((t, t.flagged_came_back.yes()?))).collect();
    if shown.is_empty() {
        return None;
    }
    let words: Vec<String> = shown
        .iter()
        .map(|(table, yes)| {
            format!(
                "Of 100 children flagged by \u{201c}{}\u{201d}, {} came back and {} did not.",
                report.model_title(&table.model),
                about(*yes),
                about(100 - yes)
            )
        })
        .collect();
    let block = STEP * 10.0;
    let lefts: Vec<f64> = shown
        .iter()
        .scan(4.0, |left, _| {
            let here = *left;
            *left += block + GAP;
            Some(here)
        })
        .collect();
    let width = lefts.last().map_or(block, |left| left + block + 4.0);
    let drawing = html! {
        @for ((table, yes), left) in shown.iter().zip(&lefts) {
            text class="label strong" x=(at(*left)) y="14" { (short(report.model_title(&table.model), 28)) }
            (marks(*left, 26.0, *yes))
            text class="label" x=(at(*left)) y=(at(26.0 + block + 16.0)) { "\u{25cf} came back: " (about(*yes)) }
            text class="label" x=(at(*left)) y=(at(26.0 + block + 34.0)) { "\u{25cb} did not: " (about(100 - yes)) }
        }
    };
    Some(Figure {
        id: "figure-hundred".to_owned(),
        title: format!("Of 100 children flagged, if the top {} were flagged", percent(report.capacity)),
        words: words.join(" "),
        size: (width, 26.0 + block + 42.0),
        drawing,
    })
}

fn marks(left: f64, top: f64, filled: u64) -> Markup {
    html! {
        @for row in 0_u8..10 {
            @for column in 0_u8..10 {
                circle class=(if u64::from(row * 10 + column) < filled { "person yes" } else { "person no" })
                    cx=(at(left + STEP * (f64::from(column) + 0.5))) cy=(at(top + STEP * (f64::from(row) + 0.5))) r="6.5" {}
            }
        }
    }
}
