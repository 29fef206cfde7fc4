//! What if gaps between groups were corrected for? Two corrections, their effect and their price; neither is applied.

use maud::{Markup, html};

use super::format::{cell, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::Number;
use crate::report::what_if::{LABEL, MEASURES, Method, OF_LEVELS, ShownCorrection, ShownWhatIf};
use crate::report::{Report, words};

/// What each correction would do, if any was asked for.
pub(super) fn what_if(report: &Report) -> Markup {
    let Some(what_if) = &report.what_if else {
        return html! {
            p {
                "Nothing was worked out here: the experiment does not ask what correcting for gaps between groups would do. \
                 Nothing in this report was corrected for the group a child belongs to."
            }
        };
    };
    html! {
        p { b { "Neither of the two corrections below was applied; no number elsewhere in this report rests on them." } }
        p class="note" { (LABEL) }
        @for correction in &what_if.corrections { (one(what_if, correction)) }
        @if what_if.corrections.iter().any(|c| c.levels.iter().any(|l| l.then.contains(&Number::Suppressed))) {
            p class="note" {
                "A group is hidden where the correction would change what is said of fewer than " (report.threshold)
                " children in it, or where its number could be worked out from the others."
            }
        }
    }
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Reweighing => "Learning with weights (reweighing)",
        Method::GroupRecalibration => "Setting each group\u{2019}s chances right (recalibration by group)",
    }
}

fn explained(method: Method) -> &'static str {
    match method {
        Method::Reweighing => {
            "The model learns anew from the same referrals, each counted as more or less than one, so that in what it learns from \
             every group comes back equally often. It is not told the group by this, but what it learns changes."
        }
        Method::GroupRecalibration => {
            "The chances of each group are moved and stretched until they come true for that group. Half of the households are \
             used to find out by how much, and the other half is moved, and the other way round. Groups with too few children \
             keep their chances."
        }
    }
}

fn one(what_if: &ShownWhatIf, correction: &ShownCorrection) -> Markup {
    html! {
        h3 { (name(correction.method)) " \u{2013} what if; not applied" }
        @if let Some(reason) = &correction.refused {
            p { "This could not be worked out: " (reason) "." }
        } @else {
            p { b { (conclusion(correction)) } }
            p { (explained(correction.method)) }
            (by_level(what_if, correction))
            (overall(correction))
        }
    }
}

/// What it would do to the gap, and what it would cost.
fn conclusion(correction: &ShownCorrection) -> String {
    let cost =
        correction.overall.iter().find(|(m, ..)| *m == "average-precision").and_then(|(_, now, then)| {
            let (now, then) = (now.estimate()?, then.estimate()?);
            let (now, then) = (value(now, Unit::Score), value(then, Unit::Score));
            Some(if now == then {
                format!("The average precision would stay at {now}.")
            } else {
                format!("The average precision would be {then} instead of {now}.")
            })
        });
    let effect = correction.gap.map_or_else(
        || "What it would do to the gaps between groups is hidden.".to_owned(),
        |[now, then]| {
            let (now, then) = (now.get(), then.get());
            let change = match then.cmp(&now) {
                std::cmp::Ordering::Less => "narrow the gap between the groups shown",
                std::cmp::Ordering::Equal => "leave the gap between the groups shown as it is",
                std::cmp::Ordering::Greater => "widen the gap between the groups shown",
            };
            format!(
                "It would {change}: of 100 who came back, the group missed most often would have {then} more missed than the \
                 group missed least often, where it is {now} now."
            )
        },
    );
    format!("{effect} {}", cost.unwrap_or_default())
}

/// A cell: as it is, and as it would be.
fn both(now: &Number, then: &Number, unit: Unit) -> Markup {
    let bare = |number: &Number| number.estimate().map(|v| value(v, unit));
    match (bare(now), bare(then)) {
        (Some(now), Some(then)) => html! { (now) " \u{2192} " (then) },
        _ => cell(&Number::Suppressed, unit),
    }
}

fn by_level(what_if: &ShownWhatIf, correction: &ShownCorrection) -> Markup {
    let measures = &MEASURES[..OF_LEVELS];
    let heads: Vec<&str> = std::iter::once("Group").chain(measures.iter().map(|m| words::title(m))).collect();
    let rows: Vec<TableRow> = correction
        .levels
        .iter()
        .map(|level| {
            let pairs = measures.iter().zip(level.now.iter().zip(&level.then));
            let cells = pairs.map(|(m, (now, then))| both(now, then, words::unit(m))).collect();
            TableRow::new(html! { (words::level(&level.level)) }, cells)
        })
        .collect();
    let caption = format!(
        "{}, by {}: as it is \u{2192} as it would be (not applied)",
        name(correction.method),
        words::group(&what_if.grouping).to_lowercase()
    );
    table(&caption, &heads, &rows)
}

fn overall(correction: &ShownCorrection) -> Markup {
    let rows: Vec<TableRow> = correction
        .overall
        .iter()
        .map(|(measure, now, then)| {
            let unit = words::unit(measure);
            TableRow::new(html! { (words::title(measure)) }, vec![cell(now, unit), cell(then, unit)])
        })
        .collect();
    table(
        "What it would cost over all children (not applied)",
        &["Measure", "As it is", "As it would be"],
        &rows,
    )
}
