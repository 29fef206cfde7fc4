//! Who was left out: a bar for what is left after each step.

use maud::html;

use super::Figure;
use super::plot::at;
use crate::report::html::format::thousands;
use crate::report::{Removed, Report};

const TEXT_LINE: f64 = 15.0;
const BAR_LINE: f64 = 31.0;
/// Characters that fit into a line.
const CHARACTERS: usize = 76;
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
            @let lines = wrapped(&format!("{}. {}", i + 1, step.words));
            @let start = { y += BAR_LINE + TEXT_LINE * lines.len() as f64; y - BAR_LINE - TEXT_LINE * lines.len() as f64 };
            @for (line, below) in lines.iter().zip(1_u8..) {
                text class="label" x="2" y=(at(start + TEXT_LINE * f64::from(below))) { (line) }
            }
            @let top = start + TEXT_LINE * (lines.len() as f64 - 1.0);
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

/// A text in lines that fit.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < CHARACTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
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
