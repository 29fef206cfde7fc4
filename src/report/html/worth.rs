//! When would acting on the flags do more good than harm? The decision curve with its table.

use maud::{Markup, html};

use super::format::{cell, families, of_thousand, percent, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::Number;
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
        p class="lead" { (found(report, &candidate)) (against_baseline(report, &candidate)) }
        p {
            "A second look costs a family something even when it finds nothing. Whoever would flag from a predicted chance of \
             10% on says that one child who comes back is worth disturbing 9 families who do not; at 20% it is 4 families, at \
             50% only 1. The tool does not choose: the board can look along the line for the price that it would pay."
        }
        p {
            "Net benefit is children found, less families looked at in vain at that price, in 1,000 children referred: 20 is as \
             good as finding 20 children with nobody looked at in vain. Flagging nobody is 0. A model is of use only where it is \
             above 0, above flagging everyone, and above the baseline."
        }
        @let numbers = net_benefit(report, &candidate);
        @match figure::decision(report) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
        p class="note" {
            "Every threshold has its row. Where a number is hidden, it would show a small number of children when it is \
             compared with its neighbours. A number below 0 under \u{201c}Looks saved\u{201d} means that flagging everyone would do more good."
        }
    }
}

/// At how many of the shown thresholds the intervals say that the flags do more good than nobody and than everybody flagged,
/// and whether the baseline does as well there.
fn found(report: &Report, candidate: &[(f64, &Line)]) -> String {
    let of = |model: &str, measure: &str| figure::thresholds(report, model, measure);
    let saved = of(&report.finding.candidate, "interventions-avoided");
    let share = of(&report.finding.candidate, "standardised-net-benefit");
    let reference = of(&report.finding.reference, "net-benefit");
    let at = |lines: &[(f64, &Line)], at: &str| {
        lines.iter().find(|(_, l)| l.at == at).map(|(_, l)| l.number.clone())
    };
    let above_zero =
        |number: Option<Number>| number.and_then(|n| n.interval()).is_some_and(|(low, _)| low > 0.0);
    let shown = candidate.iter().filter(|(_, l)| l.number.interval().is_some()).count();
    // The share of the most possible is the net benefit divided by a constant, and so has more digits.
    let good = candidate.iter().filter(|(_, l)| {
        (above_zero(Some(l.number.clone())) || above_zero(at(&share, &l.at))) && above_zero(at(&saved, &l.at))
    });
    let (mut best, mut beaten, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for (x, line) in good {
        let other = at(&reference, &line.at).and_then(|n| n.estimate());
        let list = match other.zip(line.number.estimate()) {
            None => &mut alone,
            Some((other, own)) if other >= own => &mut beaten,
            Some(_) => &mut best,
        };
        list.push(percent(*x));
    }
    if shown == 0 {
        return "How sure the net benefit is cannot be shown.".to_owned();
    }
    let mut text = match best.as_slice() {
        [] => format!("At none of the {shown} thresholds that can be shown is the model shown to be of use."),
        some => format!(
            "At {} of the {shown} thresholds that can be shown ({}) the flags do more good than flagging nobody and than \
             flagging everyone by more than chance, and more than the simple baseline (which could be chance).",
            some.len(),
            some.join(", ")
        ),
    };
    if !beaten.is_empty() {
        text.push_str(&format!(
            " At {} its flags do more good than flagging nobody or everyone, but the simple baseline did as well or better.",
            beaten.join(", ")
        ));
    }
    if !alone.is_empty() {
        text.push_str(&format!(
            " At {} its flags do more good than flagging nobody or everyone, and the baseline is hidden.",
            alone.join(", ")
        ));
    }
    text
}

/// Children in 1,000, and the interval under it.
fn thousand(number: &Number) -> Markup {
    match number.estimate() {
        Some(estimate) => html! {
            (of_thousand(estimate))
            @if let Some((low, high)) = number.interval() {
                " " span class="interval" { "(" (of_thousand(low)) " to " (of_thousand(high)) ")" }
            }
        },
        None => cell(number, Unit::Score),
    }
}

/// How often the baseline did as well as the model or better, where both can be shown.
fn against_baseline(report: &Report, candidate: &[(f64, &Line)]) -> String {
    let reference = figure::thresholds(report, &report.finding.reference, "net-benefit");
    let pairs: Vec<bool> = candidate
        .iter()
        .filter_map(|(_, line)| {
            let other = reference.iter().find(|(_, l)| l.at == line.at)?.1.number.estimate()?;
            Some(other >= line.number.estimate()?)
        })
        .collect();
    match (pairs.len(), pairs.iter().filter(|as_well| **as_well).count()) {
        (0, _) => " The baseline cannot be shown beside it at any of them.".to_owned(),
        (n, k) => format!(
            " Of the {n} where the simple baseline can be shown too, it did as well or better at {k}."
        ),
    }
}

fn net_benefit(report: &Report, candidate: &[(f64, &Line)]) -> Markup {
    let finding = &report.finding;
    let column = |model: &str, measure: &str| figure::thresholds(report, model, measure);
    type Show = fn(&Number) -> Markup;
    let share: Show = |number| cell(number, Unit::Share);
    let columns = [
        (column(&finding.reference, "net-benefit"), thousand as Show),
        (column(&finding.candidate, "net-benefit-of-all"), thousand),
        (column(&finding.candidate, "standardised-net-benefit"), share),
        (column(&finding.candidate, "interventions-avoided"), thousand),
    ];
    let rows: Vec<TableRow> = candidate
        .iter()
        .map(|(at, line)| {
            let mut cells = vec![html! { (families(*at)) }, thousand(&line.number)];
            cells.extend(columns.iter().map(|(column, show)| {
                let same = column.iter().find(|(_, l)| l.at == line.at);
                same.map_or_else(|| html! { "\u{2013}" }, |(_, l)| show(&l.number))
            }));
            TableRow::new(html! { (value(*at, Unit::Share).replace(".0%", "%")) }, cells)
        })
        .collect();
    table(
        "Net benefit in 1,000 children referred, with 95% intervals",
        &[
            "Flagged from a chance of",
            "Families that one child found is worth",
            report.model_title(&finding.candidate),
            report.model_title(&finding.reference),
            "Flagging everyone",
            "The model's, of the most possible",
            "Looks saved in 1,000 referrals, against flagging everyone",
        ],
        &rows,
    )
}
