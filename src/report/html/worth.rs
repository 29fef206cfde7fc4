//! When would acting on the flags do more good than harm? The decision curve with its table.

use maud::{Markup, html};

use super::format::{cell, families, percent, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::report::{Line, Report, figure};

/// What was found, how to read it, the figure and its table.
pub(super) fn worth(report: &Report) -> Markup {
    let finding = &report.finding;
    let of = |model: &str, measure: &str| figure::thresholds(report, model, measure);
    let candidate = of(&finding.candidate, "net-benefit");
    if candidate.iter().all(|(_, line)| line.number.estimate().is_none()) {
        return html! {
            p class="lead" { "Whether acting on the flags would do more good than harm cannot be shown: the numbers rest on too few children." }
        };
    }
    html! {
        p class="lead" { (found(report, &candidate)) }
        p {
            "A second look costs a family something even when it finds nothing. Whoever would flag from a predicted chance of \
             10% on says that one child who comes back is worth disturbing 9 families who do not; at 20% it is 4 families, at \
             50% only 1. The tool does not choose: the board can look along the line for the price that it would pay."
        }
        p {
            "Net benefit is children found, less families looked at in vain at that price: 0.020 is as good as finding 20 of \
             1,000 children referred with nobody looked at in vain. Flagging nobody is 0. A model is of use only where it is \
             above 0, above flagging everyone, and above the baseline."
        }
        @let numbers = net_benefit(report, &candidate);
        @match figure::decision(report) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
        p class="note" {
            "Every threshold has its row. Where a number is hidden, it would show a small number of children when it is \
             compared with its neighbours."
        }
    }
}

/// At how many of the shown thresholds the intervals say that the flags do more good than nobody and than everybody flagged.
fn found(report: &Report, candidate: &[(f64, &Line)]) -> String {
    let shown: Vec<(f64, f64)> =
        candidate.iter().filter_map(|(at, l)| Some((*at, l.number.interval()?.0))).collect();
    let saved = figure::thresholds(report, &report.finding.candidate, "interventions-avoided");
    let beats_all = |at: f64| {
        saved.iter().any(|(x, l)| *x == at && l.number.interval().is_some_and(|(low, _)| low > 0.0))
    };
    let good: Vec<String> =
        shown.iter().filter(|(at, low)| *low > 0.0 && beats_all(*at)).map(|(at, _)| percent(*at)).collect();
    match (shown.len(), good.len()) {
        (0, _) => "How sure the net benefit is cannot be shown.".to_owned(),
        (n, 0) => format!(
            "At none of the {n} thresholds that can be shown do the flags clearly do more good than flagging nobody and \
             flagging everyone."
        ),
        (n, k) => format!(
            "At {k} of the {n} thresholds that can be shown ({}) the flags clearly do more good than flagging nobody and than \
             flagging everyone.",
            good.join(", ")
        ),
    }
}

fn net_benefit(report: &Report, candidate: &[(f64, &Line)]) -> Markup {
    let finding = &report.finding;
    let column = |model: &str, measure: &str| figure::thresholds(report, model, measure);
    let columns = [
        column(&finding.reference, "net-benefit"),
        column(&finding.candidate, "net-benefit-of-all"),
        column(&finding.candidate, "standardised-net-benefit"),
        column(&finding.candidate, "interventions-avoided"),
    ];
    let rows: Vec<TableRow> = candidate
        .iter()
        .map(|(at, line)| {
            let mut cells = vec![html! { (families(*at)) }, cell(&line.number, Unit::Score)];
            cells.extend(columns.iter().map(|column| {
                let line = column.iter().find(|(x, _)| x == at);
                line.map_or_else(|| html! { "\u{2013}" }, |(_, l)| cell(&l.number, Unit::Score))
            }));
            TableRow::new(html! { (value(*at, Unit::Share).replace(".0%", "%")) }, cells)
        })
        .collect();
    table(
        "Net benefit for each child referred, with 95% intervals",
        &[
            "Flagged from a chance of",
            "Families that one child found is worth",
            report.model_title(&finding.candidate),
            report.model_title(&finding.reference),
            "Flagging everyone",
            "The model's, of the most possible",
            "Looks saved for each referral, against flagging everyone",
        ],
        &rows,
    )
}
