//! Who was left out: a bar for what is left after each step.

use maud::html;

use super::Figure;
use super::plot::{at, short};
use crate::report::html::format::thousands;
use crate::report::{Removed, Report};

const LINE: f64 = 46.0;
const WIDTH: f64 = 560.0;
const BAR: f64 = 440.0;

/// The attrition; `None` if no step may be shown.
pub(in crate::report) fn attrition(report: &Report) -> Option<Figure> {
    let shown = || report.attrition.iter().filter_map(|step| step.rows.get());
    let (first, last) = (shown().next()?, shown().next_back()?);
    let hidden = report.attrition.iter().filter(|step| step.rows.get().is_none()).count();
    let mut words = format!(
        "The figure starts with {} referrals and ends with {} that were tested.",
        thousands(first),
        thousands(last)
    );
    if hidden > 0 {
        words.push_str(
            " Where a step removed very few, or could give such a step away, the number left is hidden.",
        );
    }
    let mut y = 0.0;
    let drawing = html! {
        @for (i, step) in report.attrition.iter().enumerate() {
            @let top = { y += LINE; y - LINE };
            text class="label" x="2" y=(at(top + 15.0)) { (i + 1) ". " (short(&step.words, 78)) }
            @if let Some(rows) = step.rows.get() {
                @let length = BAR * share(rows, first);
                rect class="bar" x="2" y=(at(top + 21.0)) width=(at(length.max(1.0))) height="13" {}
                text class="label value" x=(at(length + 9.0)) y=(at(top + 32.0)) { (thousands(rows)) (removed(step.removed)) }
            } @else {
                rect class="bar none" x="2" y=(at(top + 21.0)) width=(at(BAR * 0.12)) height="13" {}
                text class="label value" x=(at(BAR * 0.12 + 9.0)) y=(at(top + 32.0)) { "number left hidden" (removed(step.removed)) }
            }
        }
    };
    Some(Figure {
        id: "figure-attrition".to_owned(),
        title: "Referrals left after each step".to_owned(),
        words,
        size: (WIDTH, y),
        drawing,
    })
}

fn removed(removed: Removed) -> String {
    match removed {
        Removed::Shown(n) => format!(" (\u{2212}{})", thousands(n.get())),
        Removed::First | Removed::Nobody | Removed::Fewer | Removed::Suppressed => String::new(),
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
