//! Models against each other on the same referrals.

use maud::{Markup, html};

use super::compared::size;
use super::format::cell;
use super::table::{TableRow, table};
use crate::report::{ComparisonLine, Report, words};

/// A p value under which a difference is called more than chance.
const LEVEL: f64 = 0.05;

/// The measures that are shown; all of them are in `evaluation.json`.
const SHOWN: [&str; 4] = ["average-precision", "auroc", "partial-auroc", "brier"];

/// Every model against the reference, and the candidate against every other model.
pub(super) fn versus(report: &Report) -> Markup {
    let reference = &report.finding.reference;
    html! {
        p { (conclusion(report)) }
        p {
            "Each number is the result of the model in the row less that of the model it is compared with, on the same \
             referrals, with a 95% interval. For the Brier score lower is better, for the others higher. Beside it stands how \
             often chance alone would show as much (the p value), after allowing for the number of comparisons made. A \
             difference that is more than chance can still be too small to matter."
        }
        (table_of(report, &format!("Every model against \u{201c}{}\u{201d}", report.model_title(reference)), &|c| &c.against == reference, &|c| &c.model))
        @if others(report).next().is_some() {
            (table_of(
                report,
                &format!("\u{201c}{}\u{201d} against every other model", report.model_title(&report.finding.candidate)),
                &|c| &c.against != reference,
                &|c| &c.against,
            ))
        }
    }
}

fn others(report: &Report) -> impl Iterator<Item = &ComparisonLine> {
    report.comparisons.iter().filter(|c| c.against != report.finding.reference)
}

/// Which models rank better than the reference by more than chance, in one sentence.
fn conclusion(report: &Report) -> String {
    let reference = report.model_title(&report.finding.reference);
    let by_precision: Vec<&ComparisonLine> = report
        .comparisons
        .iter()
        .filter(|c| c.against == report.finding.reference && c.measure == "average-precision")
        .filter(|c| c.difference.estimate().is_some() && c.p_adjusted.is_some())
        .collect();
    if by_precision.is_empty() {
        return "No two models can be compared: the numbers are hidden or cannot be measured.".to_owned();
    }
    let sure = |sign: f64| -> Vec<String> {
        let fits = |c: &&&ComparisonLine| {
            c.p_adjusted.is_some_and(|p| p.get() < LEVEL)
                && c.difference.estimate().is_some_and(|d| d * sign > 0.0)
        };
        by_precision
            .iter()
            .filter(fits)
            .map(|c| format!("\u{201c}{}\u{201d}", report.model_title(&c.model)))
            .collect()
    };
    let (better, worse) = (sure(1.0), sure(-1.0));
    let mut text = match better.as_slice() {
        [] => format!(
            "No model had a higher average precision than \u{201c}{reference}\u{201d} by more than chance."
        ),
        [one] => format!(
            "{one} had a higher average precision than \u{201c}{reference}\u{201d} by more than chance."
        ),
        many => format!(
            "These had a higher average precision than \u{201c}{reference}\u{201d} by more than chance: {}.",
            many.join(", ")
        ),
    };
    if !worse.is_empty() {
        text.push_str(&format!(" Lower by more than chance: {}.", worse.join(", ")));
    }
    text + &of_candidate(report)
}

/// What of the candidate differs from the reference by more than chance on the other measures.
fn of_candidate(report: &Report) -> String {
    let finding = &report.finding;
    let sure = |better: bool| -> Vec<&str> {
        let fits = |c: &ComparisonLine| {
            let sign = if c.measure == "brier" { -1.0 } else { 1.0 };
            c.model == finding.candidate
                && c.against == finding.reference
                && c.at.is_empty()
                && c.p_adjusted.is_some_and(|p| p.get() < LEVEL)
                && c.difference.estimate().is_some_and(|d| d != 0.0 && (d * sign > 0.0) == better)
        };
        let is_sure = |measure: &&&str| report.comparisons.iter().any(|c| c.measure == ***measure && fits(c));
        SHOWN[1..].iter().filter(is_sure).map(|measure| words::title(measure)).collect()
    };
    let say = |better: bool, word: &str| match sure(better).as_slice() {
        [] => String::new(),
        some => format!(
            " The model in question, \u{201c}{}\u{201d}, was {word} by more than chance on: {}.",
            report.model_title(&finding.candidate),
            some.join(", ")
        ),
    };
    say(true, "better") + &say(false, "worse")
}

fn table_of<'a>(
    report: &'a Report,
    caption: &str,
    wanted: &dyn Fn(&ComparisonLine) -> bool,
    name: &dyn Fn(&'a ComparisonLine) -> &'a String,
) -> Markup {
    let of: Vec<&ComparisonLine> = report.comparisons.iter().filter(|c| wanted(c)).collect();
    let mut models: Vec<&String> = of.iter().map(|c| name(c)).collect();
    models.dedup();
    let one = |model: &String, measure: &str| {
        let found = of.iter().find(|c| name(c) == model && c.measure == measure && c.at.is_empty());
        found.map_or_else(
            || html! { "\u{2013}" },
            |c| {
                html! {
                    (cell(&c.difference, words::unit(measure)))
                    @if let Some(p) = c.p_adjusted { br; small { (size(p.get())) } }
                }
            },
        )
    };
    let row = |model: &&String| {
        TableRow::new(html! { (report.model_title(model)) }, SHOWN.iter().map(|m| one(model, m)).collect())
    };
    let rows: Vec<TableRow> = models.iter().map(row).collect();
    let mut heads = vec!["Model"];
    heads.extend(SHOWN.iter().map(|m| words::title(m)));
    table(caption, &heads, &rows)
}
