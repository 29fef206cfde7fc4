//! Are groups treated alike by a model of when? Tests at the main time, and differences where they speak against chance.

use maud::{Markup, html};

use super::compared::{RARE, verdict};
use super::format::{cell, decimals};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::evaluate::survival::score::{measures, place};
use crate::privacy::disclosure::Number;
use crate::report::when_models::Models;
use crate::report::{ContrastLine, TestLine, words};

/// What is compared, and what a difference in it is called.
const COMPARED: [(&measures::TimeMeasure, &str); 5] = [
    (&measures::RATIO, "Came, for each one expected"),
    (&measures::AUROC, "Ranking (AUROC)"),
    (&measures::PPV, "Of 100 flagged, came back"),
    (&measures::SENSITIVITY, words::FOUND_BY_THEN),
    (&measures::FALSE_POSITIVES, words::IN_VAIN_BY_THEN),
];

/// Tests of all groupings, then differences of those in which something differs by more than chance.
pub(super) fn compared(models: &Models) -> Markup {
    let at = place(models.main_months);
    let mut groups: Vec<&str> = Vec::new();
    for test in models.tests.iter().filter(|t| t.at == at) {
        if !groups.contains(&test.group.as_str()) {
            groups.push(&test.group);
        }
    }
    let of = |group: &str, measure: &str| {
        models.tests.iter().find(|t| t.group == group && t.measure == measure && t.at == at)
    };
    let rows: Vec<TableRow> = groups
        .iter()
        .map(|group| {
            let cells = COMPARED
                .iter()
                .map(|(measure, _)| of(group, measure.id).map_or_else(|| html! { "\u{2013}" }, verdict));
            TableRow::new(html! { (words::group(group)) }, cells.collect())
        })
        .collect();
    let heads: Vec<&str> =
        std::iter::once("Do groups differ by").chain(COMPARED.iter().map(|(_, head)| *head)).collect();
    let apart = |group: &&&str| {
        let rare = |t: &TestLine| t.p_adjusted.is_some_and(|p| p.get() < RARE);
        COMPARED.iter().any(|(measure, _)| of(group, measure.id).is_some_and(rare))
    };
    html! {
        @if !rows.is_empty() {
            p {
                "Is the model wrong more often about some groups than about others? Small groups differ by chance. Each test asks how often chance \
                 alone would give differences as large as these if all groups were the same, and allows for all such tests at the same time \
                 (Benjamini and Hochberg). \u{201c}Could be chance\u{201d} does not mean that groups are treated alike: with few children a \
                 real gap looks the same. How often groups come back, and are flagged, is tested by itself; see " code { "evaluation.json" } "."
            }
            (table(&format!("Within {at}: are the differences between groups more than chance?"), &heads, &rows))
            @for group in groups.iter().filter(apart) { (differences(models, group, &at)) }
        }
    }
}

/// Each level less the one that it is compared with.
fn differences(models: &Models, group: &str, at: &str) -> Markup {
    let own: Vec<&ContrastLine> =
        models.contrasts.iter().filter(|c| c.group == group && c.at == at).collect();
    let Some(against) = own.first().map(|c| c.against.as_str()) else { return html! {} };
    let levels: Vec<&ContrastLine> =
        own.iter().filter(|c| c.measure == measures::RATIO.id).copied().collect();
    if levels.iter().all(|c| c.difference.estimate().is_none()) {
        return html! { p { "By " (words::group(group).to_lowercase()) " no difference can be shown." } };
    }
    let rows: Vec<TableRow> = levels
        .iter()
        .map(|line| {
            let cells = COMPARED.iter().map(|(measure, _)| {
                let found = own.iter().find(|c| c.level == line.level && c.measure == measure.id);
                found.map_or_else(|| html! { "\u{2013}" }, |c| difference(&c.difference, measure.unit))
            });
            TableRow::new(html! { (words::level(&line.level)) }, cells.collect())
        })
        .collect();
    let heads: Vec<&str> = std::iter::once("Group").chain(COMPARED.iter().map(|(_, head)| *head)).collect();
    let caption = format!(
        "By {}, within {at}: each group less \u{201c}{}\u{201d} (95% intervals)",
        words::group(group).to_lowercase(),
        words::level(against)
    );
    table(&caption, &heads, &rows)
}

/// A difference, with its sign; of shares as so many of a hundred.
fn difference(number: &Number, unit: Unit) -> Markup {
    let (scale, places) = if unit == Unit::Share { (100.0, 0) } else { (1.0, 2) };
    let signed = |v: f64| {
        let text = decimals(v * scale, places);
        let above = v > 0.0 && text.chars().any(|c| matches!(c, '1'..='9'));
        if above { format!("+{text}") } else { text }
    };
    match number.estimate() {
        Some(value) => html! {
            (signed(value))
            @if let Some((low, high)) = number.interval() { " " span class="interval" { "(" (signed(low)) " to " (signed(high)) ")" } }
        },
        None => cell(number, unit),
    }
}
