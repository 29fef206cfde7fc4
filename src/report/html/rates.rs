//! How much work it would be, how often each group is referred, and who was left out for want of time.

use maud::{Markup, html};

use super::format::{cell, count, hidden, percent, thousands};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::Number;
use crate::report::rates::{Rates, Referred};
use crate::report::{Report, words};

/// All three, the work first.
pub(super) fn rates(report: &Report) -> Markup {
    html! {
        (work(report))
        h3 { "How often each group is referred" }
        (referred(&report.rates))
        h3 { "Left out because the records end too early" }
        (censored(report))
    }
}

fn work(report: &Report) -> Markup {
    let rates = &report.rates;
    let declared = rates.workload.iter().find(|(share, _)| (share - report.capacity).abs() < 1e-9);
    let month = declared.and_then(|(_, month)| *month);
    let share = percent(report.capacity);
    let rows: Vec<TableRow> = rates
        .workload
        .iter()
        .map(|(share, month)| {
            let cell = month.map_or_else(hidden, |n| html! { (per_month(n.get())) });
            TableRow::new(html! { (percent(*share)) " of referrals" }, vec![cell])
        })
        .collect();
    html! {
        @match (month, rates.months) {
            (Some(month), Some(months)) => p {
                b { "Flagging " (share) " of referrals would mean looking again at " (per_month(month.get())) " of them a month" }
                ", on average over the " (months) " months of the test."
            },
            _ => p { b { "How many referrals a month would be flagged is hidden" } ": too few were tested." },
        }
        @if !rows.is_empty() { (table("Referrals flagged a month, on average", &["Share flagged", "A month"], &rows)) }
    }
}

fn per_month(n: u64) -> String {
    if n == 0 { "fewer than 1".to_owned() } else { format!("about {}", thousands(n)) }
}

fn referred(rates: &Rates) -> Markup {
    if rates.referred.is_empty() {
        return html! {
            p {
                b { "No population was given" } ", so nothing can be said of how often each group is referred. Being referred \
                 is itself something that happens to families more in some groups than in others; who is in these records at \
                 all is not explained by anything in this report."
            }
        };
    }
    let rows: Vec<TableRow> = rates.referred.iter().map(row).collect();
    let heads = [
        "Group",
        "Children, as the research team gave them",
        "Referrals tested a year, for each 10,000 children",
        "Times as often as the group it is compared with (Relative Rate Index)",
    ];
    html! {
        p { b { (conclusion(&rates.referred)) } }
        p {
            "Only referrals that were tested are counted: those whose follow-up was over. A group that is referred more often is not \
             shown by that to need it more. The intervals allow for brothers and sisters being referred together, and not for \
             errors in the numbers of children, which the research team gave."
        }
        (table("Referrals by group, against the children there are", &heads, &rows))
    }
}

/// The most and the least referred of those compared.
fn conclusion(all: &[Referred]) -> String {
    let known = all.iter().filter_map(|r| Some((r, r.index.estimate()?)));
    let furthest = known.max_by(|a, b| a.1.ln().abs().total_cmp(&b.1.ln().abs()));
    match furthest.and_then(|(of, index)| Some((of, of.against.as_ref()?, index))) {
        None => "The groups cannot be compared, because their numbers are hidden.".to_owned(),
        Some((of, against, index)) => format!(
            "Of as many children, for each 100 referrals of \u{201c}{}\u{201d} there were about {} of \u{201c}{}\u{201d}: the \
             widest gap of the groups compared.",
            words::level(against),
            thousands((100.0 * index).round() as u64),
            words::level(&of.level)
        ),
    }
}

fn row(of: &Referred) -> TableRow {
    let head = html! { (words::group(&of.group)) ": " (words::level(&of.level)) };
    let index = match (&of.against, &of.index) {
        (None, Number::Undefined(_)) => html! { "compared with" },
        _ => cell(&of.index, Unit::Ratio),
    };
    let rate = cell(&of.per_ten_thousand, Unit::Ratio);
    TableRow::new(head, vec![html! { (thousands(of.population)) }, rate, index])
}

fn censored(report: &Report) -> Markup {
    let rows: Vec<TableRow> = report
        .rates
        .censored
        .iter()
        .map(|of| {
            let head = html! { (words::group(&of.group)) ": " (words::level(&of.level)) };
            TableRow::new(head, vec![count(of.count)])
        })
        .collect();
    html! {
        @if rows.iter().len() == 0 {
            p { "No numbers of groups were asked for." }
        } @else {
            p {
                "These referrals were left out because the records end less than " (report.horizon_days) " days after them, so that \
                 nobody knows yet what came of them. If one group has more of them than its share of the referrals studied, \
                 this report knows less of its latest years. Numbers under " (report.threshold) " are hidden, and so is a zero."
            }
            (table("Referrals whose follow-up was too short, by group", &["Group", "Referrals left out"], &rows))
        }
    }
}
