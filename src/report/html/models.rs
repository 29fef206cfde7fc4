//! The models compared: table, calibration curve, ROC and precision–recall curves.

use maud::{Markup, html};

use super::format::{cell, count};
use super::groups::next_figure;
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::Number;
use crate::report::words;
use crate::report::{Report, figure};

/// Measures of the order in which a model puts children.
const ORDER: [&str; 3] = ["auroc", "average-precision", "ap-over-prevalence"];
/// Measures of the chances it gives.
const CHANCES: [&str; 5] =
    ["brier", "scaled-brier", "calibration-slope", "calibration-in-the-large", "observed-over-expected"];

/// What each model does and how each fared, baselines first.
pub(super) fn models(report: &Report) -> Markup {
    html! {
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

/// The calibration curve with its table.
pub(super) fn calibration(report: &Report) -> Markup {
    let finding = &report.finding;
    let model_table = |model: &str| {
        let rows: Vec<TableRow> = report
            .lines
            .iter()
            .filter(|l| l.measure == "calibration-bin" && l.model == model)
            .map(|line| {
                let head = line.at.parse::<f64>().map_or_else(
                    |_| super::format::hidden(),
                    |chance| html! { (super::format::value(chance, Unit::Share)) },
                );
                TableRow::new(head, vec![cell(&line.number, Unit::Share), count(line.n), count(line.events)])
            })
            .collect();
        table(
            &format!("{}: predicted chance and what happened", report.model_title(model)),
            &["Average predicted chance", "Share who came back", "Referrals", "Came back"],
            &rows,
        )
    };
    let tables = html! { (model_table(&finding.candidate)) (model_table(&finding.reference)) };
    html! {
        p {
            "If a model gives 100 children a chance of 30%, about 30 of them should come back. Chances that are too high \
             or too low mislead, even when the order is right."
        }
        (spread(report))
        @match figure::calibration(report) {
            Some(figure) => (figure.render(next_figure(report) + 1, &tables)),
            None => (tables),
        }
    }
}

/// What the calibration slope of the candidate says.
fn spread(report: &Report) -> Markup {
    let slope = report.overall(&report.finding.candidate, "calibration-slope").map(|l| &l.number);
    let Some((slope, (low, high))) = slope.and_then(|s| Some((s.estimate()?, s.interval()?))) else {
        return html! {};
    };
    let says = if high < 1.0 {
        "are spread too widely"
    } else if low > 1.0 {
        "are spread too little"
    } else {
        "show no clear sign of being spread too widely or too little"
    };
    let highest = figure::bins(report, &report.finding.candidate).pop();
    let per = |share: f64| (share * 100.0).round();
    html! {
        p {
            b { "In short. " }
            @if let Some((chance, came, _)) = highest {
                "The highest chances of \u{201c}" (report.model_title(&report.finding.candidate)) "\u{201d}, about "
                (per(chance)) " in 100 on average, came true for about " (per(came)) " in 100. "
            }
            "Taken together, its chances " (says) " (calibration slope " (super::format::value(slope, Unit::Ratio))
            ", 95% interval " (super::format::interval((low, high), Unit::Ratio)) "; 1 is right)."
        }
    }
}

/// ROC and precision–recall curves with their tables.
pub(super) fn curves(report: &Report) -> Markup {
    let number = next_figure(report) + 2 + super::stability::figures(report);
    html! {
        p {
            "The numbers of children above are for one share flagged. Here are others. Some are hidden, because comparing \
             them would show a small number of children."
        }
        @if let Some(figure) = figure::roc(report) { (figure.render(number, &figure::roc_table(report))) }
        @if let Some(figure) = figure::precision_recall(report) {
            (figure.render(number + 1, &figure::precision_recall_table(report)))
        }
        (net_benefit(report))
    }
}

/// Decision curves as a table.
fn net_benefit(report: &Report) -> Markup {
    let find = |measure: &str, model: &str, at: &str| {
        report
            .lines
            .iter()
            .find(|l| l.measure == measure && l.model == model && l.group == "overall" && l.at == at)
    };
    let (candidate, reference) = (&report.finding.candidate, &report.finding.reference);
    let places = report.lines.iter().filter(|l| {
        l.measure == "net-benefit"
            && l.group == "overall"
            && l.model == *candidate
            && l.number.estimate().is_some()
    });
    let number = |line: Option<&crate::report::Line>| {
        line.map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, Unit::Score))
    };
    let rows: Vec<TableRow> = places
        .map(|line| {
            let head = html! { (line.at.trim_start_matches("risk from ")) };
            TableRow::new(
                head,
                vec![
                    number(Some(line)),
                    number(find("net-benefit", reference, &line.at)),
                    number(find("net-benefit-of-all", candidate, &line.at)),
                ],
            )
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h3 { "Is flagging worth it? (decision curve)" }
            p {
                "Suppose that children were flagged from some predicted chance on. Whoever picks 20% says that one child found \
                 is worth four looked at in vain. Net benefit counts children found, less those looked at in vain at that \
                 price, for each child referred: 0.020 is as good as finding 2 of 100 children with nobody looked at in vain. \
                 Flagging nobody is 0. A model is of use only where it is above 0, above flagging everyone, and above the \
                 baseline. Chances that are left out would show small numbers of children."
            }
            (table(
                "Net benefit, with 95% intervals",
                &["Flagged from a chance of", report.model_title(candidate), report.model_title(reference), "Flagging everyone"],
                &rows,
            ))
        }
    }
}
