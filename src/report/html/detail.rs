//! The detail: who was studied, who was left out, how predictions were tested, the words, and how to repeat the run.

use maud::{Markup, html};

use super::format::{cell, count, hidden, per_hundred, thousands};
use super::table::{TableRow, steps, table};
use crate::evaluate::measures::Unit;
use crate::report::ingredients::ChosenSetting;
use crate::report::words::{self, FIELD};
use crate::report::{Facts, Fold, Removed, Report, figure};

/// Base rates, competing ends and the published-style rate.
pub(super) fn cohort(report: &Report) -> Markup {
    html! {
        (facts(report))
        h3 { "The rate as the Department for Education counts it" }
        p {
            "The Department for Education counts how many referrals of a year came within 12 months of an earlier one. It \
             looks back; this report looks forward. The two answer different questions and need not agree. Counts are \
             rounded to the nearest ten, and the rate is that of the rounded counts. Only referrals with a full year of \
             records before them are counted."
        }
        @if report.backward.is_empty() {
            p { "No year has a full look-back year on record, so the rate cannot be given." }
        } @else { (backward(report)) }
    }
}

fn facts(report: &Report) -> Markup {
    type Of = fn(&Facts) -> Markup;
    let rows: [(&str, Of); 7] = [
        ("Referrals", |f| count(f.rows)),
        ("Children", |f| count(f.children)),
        ("Households", |f| f.households.map_or_else(|| html! { "not recorded" }, count)),
        ("Came back", |f| count(f.events)),
        ("Of 100: came back", |f| per_hundred(&f.came_back)),
        ("Could not come back: died, moved away, adopted or turned 18", |f| count(f.competing)),
        ("Dates of prediction", |f| match &f.months {
            Some((first, last)) => html! { (first) " to " (last) },
            None => html! { "not known" },
        }),
    ];
    let mut rows: Vec<TableRow> = rows
        .iter()
        .map(|(words, of)| TableRow::new(html! { (words) }, vec![of(&report.cohort), of(&report.tested)]))
        .collect();
    if report.cohort.open.is_some() || report.tested.open.is_some() {
        let cell = |f: &Facts| f.open.map_or_else(|| html! { "none" }, count);
        let words = "Could not be referred again: the case stayed open for the whole time";
        rows.insert(6, TableRow::new(html! { (words) }, vec![cell(&report.cohort), cell(&report.tested)]));
    }
    table("The referrals studied", &["What", "All studied", "Of these, tested"], &rows)
}

fn backward(report: &Report) -> Markup {
    let rows: Vec<TableRow> = report
        .backward
        .iter()
        .map(|year| {
            TableRow::new(
                html! { (year.census_year - 1) "\u{2013}" (format!("{:02}", year.census_year.rem_euclid(100))) },
                vec![count(year.referrals), count(year.re_referrals), cell(&year.rate, Unit::Share)],
            )
        })
        .collect();
    table(
        "Referrals within 12 months of an earlier one, by year from 1 April to 31 March",
        &["Year", "Referrals", "Within 12 months of an earlier one", "Share"],
        &rows,
    )
}

/// Attrition as figure and table.
pub(super) fn left_out(report: &Report) -> Markup {
    let rows: Vec<TableRow> = report
        .attrition
        .iter()
        .enumerate()
        .map(|(i, step)| {
            let removed = match step.removed {
                Removed::First => html! { "\u{2013}" },
                Removed::Nobody => html! { "none" },
                Removed::Fewer => html! { "fewer than " (report.threshold) },
                Removed::Shown(n) => html! { (thousands(n.get())) },
                Removed::Suppressed => hidden(),
            };
            TableRow::new(
                html! { (i + 1) ". " (step.words) },
                vec![removed, count(step.rows), count(step.children), count(step.outcomes)],
            )
        })
        .collect();
    let numbers = steps(
        "Who was left out, step by step",
        &["Step", "Referrals removed", "Referrals left", "Children left", "Of the referrals left, came back"],
        &rows,
    );
    html! {
        p { "Every referral on record is either in the test or in one of these steps." }
        @match figure::attrition(report) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
    }
}

/// The split.
pub(super) fn testing(report: &Report) -> Markup {
    let set_aside = report.folds.iter().any(|fold| fold.calibrate.is_some());
    let cells = |fold: &Fold| {
        let adjusting = set_aside.then(|| fold.calibrate.map_or_else(|| html! { "none" }, count));
        std::iter::once(count(fold.train)).chain(adjusting).chain([count(fold.test)]).collect()
    };
    let rows: Vec<TableRow> =
        report.folds.iter().map(|fold| TableRow::new(html! { (fold.name) }, cells(fold))).collect();
    let mut heads = vec!["Part", "Learned from, referrals"];
    heads.extend(set_aside.then_some("Set aside for adjusting chances, referrals"));
    heads.push("Tested on, referrals");
    html! {
        p { (report.split_words) }
        p {
            @if !report.is_of_other_data() {
                "A model is always tested on children it has not learned from. "
            }
            "The numbers here are rounded to the nearest ten."
        }
        (table("What each model learned from and was tested on", &heads, &rows))
        @if !report.chosen.is_empty() {
            p {
                "Settings that were chosen among the values below, by how well the chances of referrals to learn from were told when they \
                 were left out in turn. A setting that differs from part to part matters little, or the data are too few to choose it."
                @if report.chosen.iter().any(at_an_end) {
                    " Where most parts chose the least or the greatest value, a better one may lie beyond."
                }
            }
            (table(
                "Settings that were chosen",
                &["Model and setting", "Values to choose from (parts that chose them)"],
                &report.chosen.iter().map(|c| chosen(report, c)).collect::<Vec<TableRow>>(),
            ))
        }
    }
}

/// Whether most parts chose an end of the values offered.
fn at_an_end(of: &ChosenSetting) -> bool {
    let all: u64 = of.values.iter().map(|(_, parts)| parts).sum();
    let ends = of.values.iter().map(|(value, _)| *value);
    let ends = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    of.values.iter().any(|(v, parts)| (*v <= ends.0 || *v >= ends.1) && 2 * parts > all)
}

fn chosen(report: &Report, of: &ChosenSetting) -> TableRow {
    let values = of.values.iter().map(|(value, parts)| format!("{value} ({parts})"));
    let head = html! { (report.model_title(&of.model)) ", " code { (of.key) } };
    TableRow::new(head, vec![html! { (values.collect::<Vec<String>>().join("; ")) }])
}

/// Every measure and word of the field in one plain sentence.
pub(super) fn glossary(report: &Report) -> Markup {
    let used = |id: &str| report.lines.iter().any(|l| l.measure == id);
    let convention = |id: &str| {
        report.lines.iter().find(|l| l.measure == id).map(|l| l.convention).filter(|c| !c.is_empty())
    };
    html! {
        dl {
            @for (word, meaning) in FIELD { dt { (word) } dd { (meaning) } }
            @for measure in words::MEASURES.iter().filter(|m| used(m.id)) {
                dt { (measure.title) }
                dd {
                    (measure.words)
                    @if let Some(convention) = convention(measure.id) { " " span class="note" { "For statisticians: " (convention) "." } }
                }
            }
        }
    }
}

/// Command, digests, seed and version.
pub(super) fn again(report: &Report) -> Markup {
    html! {
        p {
            "With the same data, experiment and version, the tool gives the same report, byte for byte"
            @if report.gate.as_ref().is_some_and(super::gate::is_final) { ", but for what it takes from the ledger" }
            "."
        }
        dl class="again" {
            @for (name, value) in &report.reproduce { dt { (name) } dd { code { (value) } } }
        }
        p {
            "The measures of this report, with their intervals, are in " code { "evaluation.json" } " beside it. The counts of \
             children and households, of who was left out and of the parts of the test, and the Department for Education's \
             rate, are only in this report."
        }
    }
}
