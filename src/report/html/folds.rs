//! Results of each test by itself, and over other deals of families into groups.

use maud::{Markup, html};

use super::format::{cell, count, interval, thousands, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::report::Report;
use crate::report::folds::{ByFold, Deals, FoldLine, Over};

/// The section.
pub(super) fn folds(report: &Report) -> Markup {
    match &report.by_fold {
        Some(Ok(of)) => shown(report, of),
        Some(Err(reason)) => html! { p { "Not shown: " (reason) "." } },
        None => html! { p { "There was one test only; its results are in the sections before." } },
    }
}

fn shown(report: &Report, of: &ByFold) -> Markup {
    html! {
        p { b { "In short. " } (in_short(report, of)) }
        p {
            "Predictions were tested " (of.folds.len()) " times, each by models that had learned from other referrals. Chances of \
             different models are not put in one order: wherever this report compares ranks (AUROC, average precision, who is \
             flagged), it compares referrals of one test only, and puts the tests together afterwards. How far the tests differ \
             shows how much hangs on who was tested together. \u{201c}All\u{201d} is the number that the rest of the report uses: in it \
             a test counts by its size, in the mean each counts the same."
        }
        (spreads(report, of))
        @for (i, model) in [&report.finding.candidate, &report.finding.reference].into_iter().enumerate() {
            (one(report.model_title(model), of, i))
        }
        @match &of.deals {
            None => p class="note" {
                "Families were dealt into groups once. To see what other deals give, the experiment can ask for " code { "split.repeats" } "."
            },
            Some(Ok(deals)) => (dealt(report, deals)),
            Some(Err(reason)) => p { "Other deals of families into groups could not be shown: " (reason) "." },
        }
        p class="note" {
            "By council and by time: see \u{201c}Would another year, another council or another draw give the same answer?\u{201d}."
        }
    }
}

/// The conclusion.
fn in_short(report: &Report, of: &ByFold) -> String {
    let titles = [&report.finding.candidate, &report.finding.reference].map(|id| report.model_title(id));
    let both: Vec<(f64, f64)> = of
        .folds
        .iter()
        .filter_map(|f| Some((f.models.first()?[1].estimate()?, f.models.get(1)?[1].estimate()?)))
        .collect();
    if both.is_empty() {
        return "Results of single tests cannot be shown.".to_owned();
    }
    let ahead = both.iter().filter(|(a, b)| a > b).count();
    let behind = both.iter().filter(|(a, b)| a < b).count();
    let hidden = if both.len() < of.folds.len() { " that can be shown" } else { "" };
    format!(
        "Of {} tests{hidden}, \u{201c}{}\u{201d} had the higher average precision in {behind}, \u{201c}{}\u{201d} in {ahead}. Each test is \
         small, so that which is ahead in one of them is largely chance.",
        both.len(),
        titles[1],
        titles[0]
    )
}

fn over(of: &Over) -> Vec<Markup> {
    let ends = (of.ends.0.get(), of.ends.1.get());
    vec![
        cell(&of.pooled, Unit::Score),
        html! { (value(of.mean.get(), Unit::Score)) },
        html! { (value(of.deviation.get(), Unit::Score)) },
        html! { (interval(ends, Unit::Score)) },
    ]
}

fn spreads(report: &Report, of: &ByFold) -> Markup {
    let row = |m: &crate::report::folds::Spread| {
        let cells = m.measures.iter().flat_map(|measure| match measure {
            Ok(found) => over(found),
            Err(_) => vec![html! { "\u{2013}" }; 4],
        });
        TableRow::new(html! { (report.model_title(&m.model)) }, cells.collect())
    };
    let rows: Vec<TableRow> = of.models.iter().map(row).collect();
    let heads = [
        "Model",
        "AUROC, all",
        "Mean of tests",
        "Standard deviation",
        "Lowest to highest",
        "Average precision, all",
        "Mean of tests",
        "Standard deviation",
        "Lowest to highest",
    ];
    let reason = of.models.iter().flat_map(|m| &m.measures).find_map(|m| m.as_ref().err());
    html! {
        (table("All tests together, and how far they differ", &heads, &rows))
        @if of.models.len() > 2 { p class="note" { "Of so many models the one with the highest number is partly lucky." } }
        @if let Some(reason) = reason { p class="note" { "Where there is a dash: " (reason) "." } }
    }
}

fn one(title: &str, of: &ByFold, model: usize) -> Markup {
    let row = |f: &FoldLine| {
        let units = [Unit::Score, Unit::Score, Unit::Score, Unit::Ratio];
        let numbers = f.models.get(model).into_iter().flatten().zip(units);
        let cells = std::iter::once(count(f.n)).chain(numbers.map(|(number, unit)| cell(number, unit)));
        TableRow::new(html! { (f.name) }, cells.collect())
    };
    let rows: Vec<TableRow> = of.folds.iter().map(row).collect();
    let heads = [
        "Test",
        "Referrals tested, about",
        "AUROC (95% interval)",
        "Average precision",
        "Brier score",
        "Came back, for each one expected (O/E)",
    ];
    table(&format!("{title}, test by test"), &heads, &rows)
}

fn dealt(report: &Report, of: &Deals) -> Markup {
    let names = [
        report.model_title(&report.finding.candidate).to_owned(),
        report.model_title(&report.finding.reference).to_owned(),
        "The first less the second".to_owned(),
    ];
    let row = |(i, name): (usize, &String)| {
        let cells = of.measures.iter().flat_map(|measure| over(&measure[i]));
        TableRow::new(html! { (name) }, cells.collect())
    };
    let rows: Vec<TableRow> = names.iter().enumerate().map(row).collect();
    let heads = [
        "Model",
        "AUROC, this report\u{2019}s deal",
        "Mean of deals",
        "Standard deviation",
        "Lowest to highest",
        "Average precision, this report\u{2019}s deal",
        "Mean of deals",
        "Standard deviation",
        "Lowest to highest",
    ];
    html! {
        h3 { "Had families been dealt into other groups" }
        p {
            "Which families are in one group is decided by lot. The lot was drawn " (thousands(of.deals)) " times, the models trained and \
             tested anew each time. In " (of.ahead) " of these " (of.deals) " deals \u{201c}" (names[0]) "\u{201d} had the higher average precision. \
             All other sections are of the first deal."
            @if of.failed > 0 { " Deals that could not be measured: " (of.failed) "." }
        }
        (table("Over all deals", &heads, &rows))
        p class="note" {
            "The deals are of the same referrals, so that they differ less than other families would: this is no confidence interval."
        }
    }
}
