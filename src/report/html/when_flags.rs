//! Whom a model of when would flag, what that would be worth, and every group at the main time.

use maud::{Markup, html};

use super::format::{cell, decimals, of_thousand, percent};
use super::table::{TableRow, table};
use super::when_compared::compared;
use super::when_models::fifths;
use crate::evaluate::measures::Unit;
use crate::evaluate::survival::score::{measures, place};
use crate::experiment::gate::OVERALL;
use crate::report::when_models::{Models, Point};
use crate::report::{Line, words};
use std::collections::BTreeSet;

/// Shares flagged and found by each time.
pub(super) fn flagged(models: &Models) -> Markup {
    let shown = [
        (&measures::PPV, "Of 100 flagged: came back"),
        (&measures::SENSITIVITY, "Of 100 who came back: had been flagged"),
        (&measures::FALSE_POSITIVES, "Of 100 who did not come back: flagged all the same"),
    ];
    let rows: Vec<TableRow> = models
        .times
        .iter()
        .map(|months| {
            let of = |(measure, _): &(&measures::TimeMeasure, &str)| {
                number_of(models, (OVERALL, "all"), measure.id, *months)
            };
            TableRow::new(html! { (place(*months)) }, shown.iter().map(of).collect())
        })
        .collect();
    let heads: Vec<&str> = std::iter::once("Within").chain(shown.iter().map(|(_, head)| *head)).collect();
    html! {
        p { (in_words(models)) }
        (table("Of those flagged and not flagged, by each time (95% intervals)", &heads, &rows))
        p class="note" {
            "Later times have more right flags above all because more have come back by then, and not because the model gets better."
        }
        (benefit(models))
    }
}

/// The flags at the main time, with what goes wrong.
fn in_words(models: &Models) -> String {
    let at = place(models.main_months);
    let title = models.title(&models.candidate);
    let whole = |measure: &measures::TimeMeasure| {
        let line = models.overall(&models.candidate, measure.id, &at)?;
        Some((line.number.estimate()? * 100.0).round())
    };
    let suppose = format!(
        "Suppose the {} with the highest chances by \u{201c}{title}\u{201d} had been flagged. Nobody was flagged in this research, nobody was told \
         and nothing was done.",
        percent(models.capacity)
    );
    match whole(&measures::PPV).zip(whole(&measures::SENSITIVITY)) {
        Some((right, found)) => format!(
            "{suppose} Within {at}, of 100 flagged about {right} came back and {} did not; of 100 who came back about {found} had been flagged \
             and {} had not.",
            100.0 - right,
            100.0 - found
        ),
        None => format!("{suppose} How many of them came back within {at} cannot be shown."),
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
    // The other times are in the file.
    let main = place(models.main_months);
    at.retain(|at| at.split(',').next() == Some(&main));
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
                "Suppose all with at least a certain chance had been flagged. At a chance of 0.2, one who comes back is held to be worth \
                 four flagged in vain; at 0.5, one. The score is the right flags of 1,000 less the wrong ones, weighed like that; flagging \
                 nobody has 0. A model is of use only where its score is the highest, and above 0."
            }
            (table(
                "Score of flagging from a chance on (net benefit, of 1,000; 95% intervals)",
                &["Time and threshold", models.title(&models.candidate), models.title(&models.reference), "Flagging everybody"],
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
        (&measures::SENSITIVITY, words::FOUND_BY_THEN),
        (&measures::FALSE_POSITIVES, words::IN_VAIN_BY_THEN),
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
        let any =
            models.lines.iter().any(|l| l.group == group && l.at == at && l.number.estimate().is_some());
        if !any {
            return html! { p { "By " (name) " nothing can be shown." } };
        }
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
        p { (unequal(models)) }
        (compared(models))
        @for group in groups { (one(group)) }
    }
}

/// In which groups more or fewer came than was expected, and of which nothing can be said.
fn unequal(models: &Models) -> String {
    let at = place(models.main_months);
    let lines = || {
        models.lines.iter().filter(|l| l.measure == measures::RATIO.id && l.group != OVERALL && l.at == at)
    };
    let name = |l: &Line| format!("{} ({})", words::level(&l.level), words::group(&l.group).to_lowercase());
    let list = |fits: &dyn Fn(f64, f64) -> bool| {
        let own = lines().filter(|l| l.number.interval().is_some_and(|(low, high)| fits(low, high)));
        own.map(name).collect::<Vec<String>>().join(", ")
    };
    let (more, fewer) = (list(&|low, _| low > 1.0), list(&|_, high| high < 1.0));
    let hidden: Vec<String> = lines().filter(|l| l.number.estimate().is_none()).map(name).collect();
    let or_none = |list: String| if list.is_empty() { "none".to_owned() } else { list };
    let mut text = format!(
        "Within {at}, more came back than expected, by more than chance, in: {}. Fewer came back than expected in: {}. Each group is judged by \
         itself, with no allowance for looking at many.",
        or_none(more),
        or_none(fewer)
    );
    if !hidden.is_empty() {
        text.push_str(&format!(
            " Of these nothing can be shown, so that nobody can say whether the model treats them fairly: {}.",
            hidden.join(", ")
        ));
    }
    text
}

/// Points of the curves of the levels at the main time.
fn group_curves(models: &Models, group: &str, name: &str) -> Markup {
    let own: Vec<&Point> =
        models.points.iter().filter(|p| p.group == group && p.months == models.main_months).collect();
    let rows: Vec<TableRow> = own
        .chunk_by(|a, b| a.level == b.level)
        .filter(|points| points.iter().filter(|p| p.observed.yes().is_some()).count() > 1)
        .filter_map(|points| {
            Some(TableRow::new(html! { (words::level(&points.first()?.level)) }, fifths(points)))
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            (table(
                &format!("By {name}: expected of 100 \u{2192} came back of 100 (95% intervals), from the lowest chances to the highest"),
                &["Group", "1 (lowest)", "2", "3", "4", "5"],
                &rows,
            ))
        }
    }
}
