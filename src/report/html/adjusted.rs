//! Models before and after their chances were adjusted.

use maud::{Markup, html};

use super::format::cell;
use super::table::{TableRow, table};
use crate::experiment::recalibrate::recalibrated;
use crate::report::{Report, words};

/// What is shown of each, from what a board needs most.
const SHOWN: [&str; 7] = [
    "observed-over-expected",
    "calibration-in-the-large",
    "calibration-slope",
    "ici",
    "brier",
    "log-loss",
    "auroc",
];

/// A table for each model whose chances were adjusted.
pub(super) fn adjusted(report: &Report) -> Markup {
    let pairs: Vec<(&str, String)> = report
        .models
        .iter()
        .map(|model| (model.id.as_str(), recalibrated(&model.id)))
        .filter(|(_, after)| report.models.iter().any(|model| model.id == *after))
        .collect();
    html! {
        @if pairs.is_empty() {
            p { "In this run no chances were adjusted after a model had learned: all are as the models gave them." }
        } @else {
            p {
                "Adjusting changes how high the chances are, and never who comes first within one part of the test, unless \
                 it makes chances equal. It was learned only from referrals set aside for it, which neither taught the model nor \
                 test it. It can make chances worse, so the measures of both stand side by side. Where their \
                 tables of flags would differ by few children, those of one are hidden."
            }
            @for (before, after) in &pairs { (pair(report, before, after)) }
        }
    }
}

fn pair(report: &Report, before: &str, after: &str) -> Markup {
    let one = |model: &str, measure: &str| {
        let line = report.overall(model, measure);
        line.map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, words::unit(measure)))
    };
    let row = |measure: &&'static str| {
        TableRow::new(html! { (words::title(measure)) }, vec![one(before, measure), one(after, measure)])
    };
    let how = report.models.iter().find(|model| model.id == after).map_or("", |model| model.words.as_str());
    html! {
        p { (how) }
        (table(
            &format!("\u{201c}{}\u{201d} before and after its chances were adjusted, with 95% intervals", report.model_title(before)),
            &["Measure", "Before", "After"],
            &SHOWN.iter().map(row).collect::<Vec<_>>(),
        ))
    }
}
