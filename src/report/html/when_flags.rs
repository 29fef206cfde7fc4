//! Whom a model of when would flag, what that would be worth, and every group at the main time.

use maud::{Markup, html};

use super::format::{cell, decimals, of_thousand, percent};
use super::table::{TableRow, table};
use super::when_models::fifths;
use crate::evaluate::measures::Unit;
use crate::evaluate::survival::score::{measures, place};
use crate::experiment::gate::OVERALL;
use crate::report::when_models::{Models, Point};
use crate::report::words;
use std::collections::BTreeSet;

/// Shares flagged and found by each time.
pub(super) fn flagged(models: &Models) -> Markup {
    let shown = [&measures::PPV, &measures::SENSITIVITY, &measures::FALSE_POSITIVES];
    let rows: Vec<TableRow> = models
        .times
        .iter()
        .map(|months| {
            let of =
                |measure: &&&measures::TimeMeasure| number_of(models, (OVERALL, "all"), measure.id, *months);
            TableRow::new(html! { (place(*months)) }, shown.iter().map(|m| of(&m)).collect())
        })
        .collect();
    let heads: Vec<&str> = std::iter::once("Within").chain(shown.iter().map(|m| m.title)).collect();
    html! {
        p {
            "If the " (percent(models.capacity)) " that \u{201c}" (models.title(&models.candidate)) "\u{201d} puts highest for each time were \
             flagged. In this research nobody was told and nothing was done."
        }
        (table("Of those flagged and not flagged, by each time (95% intervals)", &heads, &rows))
        (benefit(models))
    }
}

/// Net benefit at the declared thresholds.
fn benefit(models: &Models) -> Markup {
    let mut at: Vec<&str> = models
        .lines
        .iter()
        .filter(|l| l.measure == measures::NET_BENEFIT_OF_ALL.id)
        .map(|l| l.at.as_str())
        .collect();
    at.dedup();
    let number = |model: &str, measure: &str, at: &str| {
        let line = models.overall(model, measure, at);
        line.map_or(html! { "\u{2013}" }, |line| match line.number.estimate() {
            Some(value) => html! {
                (of_thousand(value))
                @if let Some((low, high)) = line.number.interval() {
                    " " span class="interval" { "(" (of_thousand(low)) " to " (of_thousand(high)) ")" }
                }
            },
            None => cell(&line.number, Unit::Score),
        })
    };
    let row = |at: &&str| {
        let cells = vec![
            number(&models.candidate, measures::NET_BENEFIT.id, at),
            number(&models.reference, measures::NET_BENEFIT.id, at),
            number("", measures::NET_BENEFIT_OF_ALL.id, at),
        ];
        TableRow::new(html! { "Within " (at) }, cells)
    };
    let rows: Vec<TableRow> = at.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            p {
                "If all from a chance on were looked at: of 1,000, how many more who come back would be found than by looking at nobody, less                  those looked at in vain, each counted by what the threshold says that a look is worth. A model is of use only above                  the other columns and above 0."
            }
            (table(
                "Net benefit by each time and threshold, of 1,000 (95% intervals)",
                &["Time and threshold", models.title(&models.candidate), models.title(&models.reference), "Looking at everybody"],
                &rows,
            ))
        }
    }
}

/// A number of the candidate; shares as whole ones of a hundred.
fn number_of(models: &Models, (group, level): (&str, &str), measure: &str, months: u32) -> Markup {
    let model = if measure == measures::INCIDENCE.id { "" } else { models.candidate.as_str() };
    let Some(line) = models.of_level(model, measure, &place(months), (group, level)) else {
        return html! { "\u{2013}" };
    };
    let whole = |v: f64| decimals(v * 100.0, 0);
    match (words::unit(measure), line.number.estimate()) {
        (Unit::Share, Some(value)) => html! {
            (whole(value))
            @if let Some((low, high)) = line.number.interval() { " " span class="interval" { "(" (whole(low)) " to " (whole(high)) ")" } }
        },
        (unit, _) => cell(&line.number, unit),
    }
}

/// Every grouping at the main time.
pub(super) fn by_group(models: &Models) -> Markup {
    let shown = [
        (&measures::INCIDENCE, "Came back of 100"),
        (&measures::MEAN, "Expected of 100"),
        (&measures::RATIO, "Came, for each one expected"),
        (&measures::AUROC, "Ranking (AUROC)"),
        (&measures::SELECTED, "Flagged of 100"),
        (&measures::PPV, "Of 100 flagged, came back"),
        (&measures::SENSITIVITY, "Of 100 who came back, had been flagged"),
        (&measures::FALSE_POSITIVES, "Of 100 who did not, had been flagged"),
    ];
    let groups: BTreeSet<&str> =
        models.lines.iter().map(|l| l.group.as_str()).filter(|g| *g != OVERALL).collect();
    let heads: Vec<&str> = std::iter::once("Group").chain(shown.iter().map(|(_, head)| *head)).collect();
    let one = |group: &str| {
        let levels = models.lines.iter().filter(|l| l.group == group && l.measure == measures::INCIDENCE.id);
        let at = place(models.main_months);
        let rows: Vec<TableRow> = levels
            .filter(|l| l.at == at)
            .map(|l| {
                let of = |(measure, _): &(&measures::TimeMeasure, &str)| {
                    number_of(models, (group, &l.level), measure.id, models.main_months)
                };
                TableRow::new(html! { (words::level(&l.level)) }, shown.iter().map(of).collect())
            })
            .collect();
        let name = words::group(group).to_lowercase();
        html! {
            (table(&format!("By {name}, within {at}: \u{201c}{}\u{201d} (95% intervals)", models.title(&models.candidate)), &heads, &rows))
            (group_curves(models, group, &name))
        }
    };
    html! {
        @if !groups.is_empty() {
            p {
                "In every group, are the chances right, and who would be flagged? A group whose children come back more often than expected \
                 would be overlooked; one whose children come back less often would be flagged too often. Other times are in "
                code { "evaluation.json" } "."
            }
        }
        @for group in groups { (one(group)) }
    }
}

/// Points of the curves of the levels at the main time.
fn group_curves(models: &Models, group: &str, name: &str) -> Markup {
    let own: Vec<&Point> =
        models.points.iter().filter(|p| p.group == group && p.months == models.main_months).collect();
    let rows: Vec<TableRow> = own
        .chunk_by(|a, b| a.level == b.level)
        .filter_map(|points| {
            Some(TableRow::new(html! { (words::level(&points.first()?.level)) }, fifths(points)))
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            (table(
                &format!("By {name}: expected of 100 \u{2192} came back of 100 (95% intervals), from the lowest chances to the highest"),
                &["Group", "Lowest", "Second", "Third", "Fourth", "Highest"],
                &rows,
            ))
        }
    }
}
