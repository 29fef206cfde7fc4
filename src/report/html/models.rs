//! The models compared: tables, ROC and precision–recall curves.

use maud::{Markup, html};

use super::format::{cell, of_hundred, value};
use super::table::{TableRow, table};
use crate::evaluate::Method;
use crate::privacy::disclosure::Number;
use crate::report::words;
use crate::report::{Line, Report, figure};

/// Measures of the order in which a model puts children.
const ORDER: [&str; 3] = ["auroc", "average-precision", "ap-over-prevalence"];
/// Measures of the chances it gives.
const CHANCES: [&str; 5] =
    ["brier", "scaled-brier", "calibration-slope", "calibration-in-the-large", "observed-over-expected"];

/// What each model does and how each fared, baselines first.
pub(super) fn models(report: &Report) -> Markup {
    html! {
        p class="lead" { (pairs(report)) }
        p { "Baselines come first: a model that does not beat them is not worth its cost. The words are explained below the tables, under \u{201c}The words used\u{201d}." }
        dl {
            @for model in &report.models {
                dt { (model.title) @if model.baseline { " " span class="tag" { "baseline" } } }
                dd { (model.words) }
            }
        }
        (measure_table(report, "How well the models put children in order, with 95% intervals", &ORDER))
        (measure_table(report, "How well their chances come true, with 95% intervals", &CHANCES))
        (undefined(report))
        (theory(report))
    }
}

/// AUROC of candidate and baseline as pairs of children.
fn pairs(report: &Report) -> String {
    let of = |model: &str| report.overall(model, "auroc").and_then(|l| l.number.estimate()).map(of_hundred);
    let finding = &report.finding;
    match (of(&finding.candidate), of(&finding.reference)) {
        (Some(candidate), Some(reference)) => format!(
            "Of 100 pairs of a child who came back and one who did not, the model put the right one higher in {candidate}, \
             the baseline in {reference}; guessing does so in 50."
        ),
        _ => "How well the models put children in order cannot be shown for both.".to_owned(),
    }
}

/// Intervals by theory beside those by drawing households, for who knows them from other programs.
fn theory(report: &Report) -> Markup {
    let rows: Vec<TableRow> = report
        .lines
        .iter()
        .filter(|l| l.group == "overall" && l.at.is_empty() && l.number.estimate().is_some())
        .filter(|l| l.model == report.finding.candidate || l.model == report.finding.reference)
        .filter_map(|l| {
            let (method, low, high) = l.theory?;
            let unit = words::unit(l.measure);
            let head = html! { (report.model_title(&l.model)) ", " (words::title(l.measure)) };
            let ends = html! { (super::format::interval((low.get(), high.get()), unit)) };
            Some(TableRow::new(
                head,
                vec![html! { (value(l.number.estimate()?, unit)) }, drawn(l), ends, html! { (name(method)) }],
            ))
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h3 { "Intervals by formula" }
            p {
                "Other programs give intervals by formula, which take every referral as independent. Where children of one \
                 household are alike, those are too narrow; the ones by drawing households are used everywhere else here."
            }
            (table("95% intervals in two ways", &["Model and measure", "Estimate", "Households drawn", "By formula", "Formula"], &rows))
        }
    }
}

fn drawn(line: &Line) -> Markup {
    let ends = line.number.interval();
    let text = ends.map(|ends| super::format::interval(ends, words::unit(line.measure)));
    html! { (text.unwrap_or_else(|| "\u{2013}".to_owned())) }
}

/// What a theory of intervals is called.
fn name(method: Method) -> &'static str {
    match method {
        Method::Wilson => "Wilson",
        Method::Delong => "DeLong",
        Method::Profile => "profile likelihood",
        Method::Wald => "Wald",
        Method::Consistency => "band of consistency",
    }
}

fn measure_table(report: &Report, caption: &str, measures: &[&'static str]) -> Markup {
    let rows: Vec<TableRow> = report
        .models
        .iter()
        .map(|model| {
            let cells = measures.iter().map(|&measure| {
                report
                    .overall(&model.id, measure)
                    .map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, words::unit(measure)))
            });
            let tag = match model.baseline {
                true => Some("baseline"),
                false => (model.id == report.finding.candidate).then_some("the model in question"),
            };
            let head = html! { (model.title) @if let Some(tag) = tag { " " span class="tag" { (tag) } } };
            TableRow::new(head, cells.collect())
        })
        .collect();
    let mut heads = vec!["Model"];
    heads.extend(measures.iter().map(|&m| words::title(m)));
    table(caption, &heads, &rows)
}

/// Why a number of the table has no value.
fn undefined(report: &Report) -> Markup {
    let reasons: Vec<(&str, &'static str, &str)> = report
        .models
        .iter()
        .flat_map(|model| {
            ORDER.iter().chain(&CHANCES).filter_map(move |&m| Some((model, report.overall(&model.id, m)?)))
        })
        .filter_map(|(model, line)| match &line.number {
            Number::Undefined(reason) => Some((model.title.as_str(), line.measure, reason.as_str())),
            Number::Shown { .. } | Number::Suppressed => None,
        })
        .collect();
    html! {
        @if !reasons.is_empty() {
            p { "Not defined:" }
            ul {
                @for (model, measure, reason) in reasons {
                    li { (model) ", " (words::title(measure)) ": " (reason) "." }
                }
            }
        }
    }
}

/// ROC and precision–recall curves with their tables.
pub(super) fn curves(report: &Report) -> Markup {
    html! {
        p class="lead" { (found(report)) }
        p {
            "The numbers of children above are for one share flagged. Here are others. Some are hidden, because comparing \
             them would show a small number of children."
        }
        @if let Some(figure) = figure::roc(report) { (figure.render(&figure::roc_table(report))) }
        @if let Some(figure) = figure::precision_recall(report) {
            (figure.render(&figure::precision_recall_table(report)))
        }
    }
}

/// The smallest and the largest share flagged that can be shown, in children.
fn found(report: &Report) -> String {
    let candidate = &report.finding.candidate;
    let at = |measure: &str, place: &str| {
        let fits = |l: &&Line| {
            l.measure == measure && l.model == *candidate && l.group == "overall" && l.at == place
        };
        report.lines.iter().find(fits).and_then(|l| l.number.estimate())
    };
    let places = report.lines.iter().filter(|l| {
        l.measure == "sensitivity"
            && l.model == *candidate
            && l.group == "overall"
            && l.at.starts_with("top ")
    });
    let points: Vec<(&str, f64, f64)> = places
        .filter_map(|l| Some((l.at.as_str(), l.number.estimate()?, at("false-positive-rate", &l.at)?)))
        .collect();
    let words = |(place, found, in_vain): &(&str, f64, f64)| {
        format!(
            "with the {place} flagged, {} of 100 who came back are found, and {} of 100 who did not come back are flagged \
             as well",
            of_hundred(*found),
            of_hundred(*in_vain)
        )
    };
    match (points.first(), points.last()) {
        (Some(first), Some(last)) if first.0 != last.0 => format!(
            "More flags find more children and disturb more families: {}; {}.",
            words(first),
            words(last)
        ),
        (Some(only), _) => format!("Only one share can be shown: {}.", words(only)),
        _ => "No share flagged can be shown: the numbers are too small.".to_owned(),
    }
}
