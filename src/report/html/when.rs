//! How long until what.

use maud::{Markup, html};

use super::format::{count, per_hundred, thousands};
use super::table::{TableRow, table};
use crate::privacy::disclosure::{Count, PerHundred};
use crate::report::when::{Group, Horizon, When};
use crate::report::{AttritionStep, Removed, Report, figure, words};

/// The section.
pub(super) fn when(report: &Report) -> Markup {
    match &report.when {
        None => html! {
            p { "Not asked in this run: the experiment has no section " code { "[when]" } "." }
        },
        Some(Err(reason)) => html! { p { "Not shown: " (reason) "." } },
        Some(Ok(when)) => shown(report, when),
    }
}

fn shown(report: &Report, when: &When) -> Markup {
    let came = many(when.causes.first().map_or("", String::as_str));
    let start = if when.from_closure { "the case was closed" } else { "the referral" };
    html! {
        p { b { "In short. " } (in_short(when, &came)) }
        p {
            "Time is counted from the day " @if when.from_closure { "the case was closed" } @else { "of the referral" } ". These are \
             counts of what happened, before any model; they do not say what will come of one child, and not why."
        }
        h3 { "What had come first, by each time" }
        @let numbers = horizons(when, &came);
        @match figure::when(when, &came) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
        (leaving(when, &came))
        h3 { "What the end of the records hides" }
        (hides(when, start))
        @if !when.groups.is_empty() { h3 { "By group" } }
        @if !when.groups.is_empty() {
            p {
                "Of 100 children of each group, about so many " (came) " by then (95% intervals over families). A difference between \
                 groups can come from what families live through, from who is reported and recorded, or from chance."
            }
        }
        @for group in &when.groups { (by_group(when, group)) }
        h3 { "What was seen to end the waiting" }
        (ended(when))
        h3 { "Who was left out" }
        (left_out(report, &when.attrition))
    }
}

/// What follows "the child", of several.
fn many(words: &str) -> String {
    words.strip_prefix("was ").map_or_else(|| words.to_owned(), |rest| format!("were {rest}"))
}

fn months(n: u32) -> String {
    if n == 1 { "1 month".to_owned() } else { format!("{n} months") }
}

fn in_short(when: &When, came: &str) -> String {
    let shown: Vec<(u32, u64)> =
        when.horizons.iter().filter_map(|h| Some((h.months, h.shares.first()?.yes()?))).collect();
    let Some(((first, few), more)) = shown.split_first() else {
        return "Too few were followed for any number to be shown.".to_owned();
    };
    let whose =
        if when.from_closure { "children whose case was closed" } else { "children who were referred" };
    let more: Vec<String> = more.iter().map(|(m, yes)| format!("{yes} within {}", months(*m))).collect();
    let more = if more.is_empty() { String::new() } else { format!(", {}", more.join(", ")) };
    format!("Of 100 {whose}, about {few} {came} within {}{more}.", months(*first))
}

fn horizons(when: &When, came: &str) -> Markup {
    let mut heads: Vec<String> = when.causes.iter().map(|cause| capital(&many(cause))).collect();
    heads.push("Left first".to_owned());
    heads.push("Still followed".to_owned());
    heads.push("As if no child could leave".to_owned());
    let row = |h: &Horizon| {
        let mut cells: Vec<Markup> = h.shares.iter().map(per_hundred).collect();
        cells.push(about(h.at_risk));
        cells.push(per_hundred(&h.overstated));
        TableRow::new(html! { (months(h.months)) }, cells)
    };
    let rows: Vec<TableRow> = when.horizons.iter().map(row).collect();
    let heads: Vec<&str> = std::iter::once("Within").chain(heads.iter().map(String::as_str)).collect();
    table(&format!("Of 100 children, how many {came}, by each time (95% intervals)"), &heads, &rows)
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A rough count.
fn about(of: Count) -> Markup {
    html! { @if of.get().is_some() { "about " } (count(of)) }
}

fn leaving(when: &When, came: &str) -> Markup {
    let others =
        if when.causes.len() > 1 { "something else came first, or who left first" } else { "left first" };
    html! {
        p {
            "A child who died, was adopted, moved away or turned 18 can no longer come back. Here such a child counts as one who did not. \
             The last column leaves out that children leave: it asks what would be if nobody could. It is the number most often \
             published, and it overstates how many " (came) ", because it lets children who " (others) " come back after all."
        }
        p class="note" {
            "For statisticians: Aalen\u{2013}Johansen cumulative incidence; the last column is 1 \u{2212} Kaplan\u{2013}Meier. Events come before \
             ends of observation on one day. Intervals: infinitesimal jackknife summed over households, complementary log-log. Some children are \
             in the table more than once, with one referral each."
        }
    }
}

fn hides(when: &When, start: &str) -> Markup {
    let followed: Vec<String> = when
        .horizons
        .iter()
        .filter_map(|h| Some(format!("about {} for {}", thousands(h.followed.get()?), months(h.months))))
        .collect();
    let too_few: Vec<String> = when
        .horizons
        .iter()
        .filter(|h| matches!(h.shares.first(), Some(PerHundred::Undefined(_))))
        .map(|h| months(h.months))
        .collect();
    html! {
        p {
            "Nobody is left out because the records end early: each child is followed as far as they reach."
            @if let Some(all) = when.spells.get() {
                " Of about " (thousands(all)) " referrals, the records are long enough to follow " (followed.join(", ")) " after " (start) "."
            }
            " The later a time in the table, the fewer children and the earlier years it rests on. If children whose cases are recent \
             come back more often or less often than those of years ago, the later numbers do not show it."
        }
        p {
            @if when.reach_months == 0 { "The records do not reach far enough for a curve." }
            @else { "The records support times up to " (months(when.reach_months)) "." }
            @if !too_few.is_empty() { " Nothing is said of " (too_few.join(", ")) ": fewer than 50 are still followed by then." }
            @if when.delayed_entry {
                " Referrals from before the records begin to be complete are followed from the day on which they do."
            }
        }
    }
}

fn by_group(when: &When, group: &Group) -> Markup {
    let heads: Vec<String> = when.horizons.iter().map(|h| format!("Within {}", months(h.months))).collect();
    let heads: Vec<&str> =
        ["Group", "Referrals"].into_iter().chain(heads.iter().map(String::as_str)).collect();
    let row = |level: &crate::report::when::Level| {
        let cells = std::iter::once(about(level.spells)).chain(level.came.iter().map(per_hundred));
        TableRow::new(html! { (words::level(&level.name)) }, cells.collect())
    };
    let rows: Vec<TableRow> = group.levels.iter().map(row).collect();
    table(
        &format!("By {}: of 100 children, how many by each time", words::group(&group.name).to_lowercase()),
        &heads,
        &rows,
    )
}

fn ended(when: &When) -> Markup {
    let first = std::iter::once("nothing, by the end of the records".to_owned());
    let causes = when.causes.iter().map(|cause| format!("the child {cause}"));
    let names = first.chain(causes).chain(["the child left".to_owned()]);
    let mut rows: Vec<TableRow> = names
        .zip(&when.ended)
        .map(|(name, n)| TableRow::new(html! { (capital(&name)) }, vec![about(*n)]))
        .collect();
    let how = when
        .leavings
        .iter()
        .map(|(how, n)| TableRow::new(html! { "\u{2013} the child " (how) }, vec![about(*n)]));
    rows.extend(how);
    table("What was seen first, to the nearest ten", &["What came first", "Referrals"], &rows)
}

fn left_out(report: &Report, steps: &[AttritionStep]) -> Markup {
    let row = |(i, step): (usize, &AttritionStep)| {
        let removed = match step.removed {
            Removed::First => html! { "\u{2013}" },
            Removed::Nobody => html! { "none" },
            Removed::Fewer => html! { "fewer than " (report.threshold) },
            Removed::Shown(n) => html! { (thousands(n.get())) },
            Removed::Suppressed => super::format::hidden(),
        };
        TableRow::new(
            html! { (i + 1) ". " (step.words) },
            vec![removed, count(step.rows), count(step.children)],
        )
    };
    let rows: Vec<TableRow> = steps.iter().enumerate().map(row).collect();
    table(
        "Who was left out of this section, step by step, to the nearest ten",
        &["Step", "Referrals removed", "Referrals left", "Children left"],
        &rows,
    )
}
