//! How long until what.

use maud::{Markup, html};

use super::format::{count, per_hundred, thousands};
use super::table::{TableRow, table};
use super::when_models;
use super::when_more;
use crate::privacy::disclosure::{Count, PerHundred};
use crate::report::when::{Group, Horizon, When};
use crate::report::{Report, figure, words};

/// The section.
pub(super) fn when(report: &Report) -> Markup {
    match &report.when {
        None => html! {
            p { "Not asked in this run: the experiment has no section " code { "[when]" } "." }
        },
        Some(Err(reason)) => html! { p { "Not shown: " (reason) "." } },
        Some(Ok(when)) => shown(when),
    }
}

fn shown(when: &When) -> Markup {
    let (of, what) = (unit(when), came(when));
    let numbers = horizons(when, of, &what);
    html! {
        p { b { "In short. " } (in_short(when, of, &what)) }
        p {
            "Time is counted from the day " @if when.from_closure { "the case was closed" } @else { "of the referral" } ". These are \
             estimates from what happened, before any model; they allow for the records coming to an end. They do not say what will come \
             of one child, and not why."
            @if !when.first_per_child { " A child with several " (of) " is counted with each." }
        }
        h3 { "What had come first, by each time" }
        @match figure::when(when, of, &what) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
        (others(when, &what))
        (when_more::often(when, of))
        h3 { "What the end of the records hides" }
        (hides(when, of))
        @if !when.groups.is_empty() {
            h3 { "By group" }
            p {
                "In about so many of 100 " (of) " of each group " (what) " by then (95% intervals over families). A difference between \
                 groups can come from what families live through, from who is reported and recorded, or from chance."
            }
        }
        @for (group, differ) in when.groups.iter().zip(&when.more.differ) {
            (by_group(when, of, group))
            (when_more::differ(differ.as_ref()))
        }
        (when_more::tests(when))
        h3 { "What was seen to end the waiting" }
        (ended(when))
        (when_models::models(when, of, &what))
    }
}

/// What there are a hundred of.
fn unit(when: &When) -> &'static str {
    match (when.from_closure, when.first_per_child) {
        (true, false) => "closed cases",
        (true, true) => "first closed cases of a child",
        (false, false) => "referrals",
        (false, true) => "first referrals of a child",
    }
}

/// What came, as a sentence.
fn came(when: &When) -> String {
    let cause = when.causes.first().map_or("", String::as_str);
    let first = if when.causes.len() > 1 { ", before anything else listed here" } else { "" };
    format!("the child {cause}{first}")
}

pub(super) fn months(n: u32) -> String {
    if n == 1 { "1 month".to_owned() } else { format!("{n} months") }
}

fn in_short(when: &When, of: &str, what: &str) -> String {
    let shown: Vec<(u32, u64)> =
        when.horizons.iter().filter_map(|h| Some((h.months, h.shares.first()?.yes()?))).collect();
    let Some(((first, few), more)) = shown.split_first() else {
        return "No number can be shown: too few were followed, or too few of them came back or did not."
            .to_owned();
    };
    let more: String = more.iter().map(|(m, yes)| format!("; in {yes} within {}", months(*m))).collect();
    format!("In about {few} of 100 {of} {what}, within {}{more}.", months(*first))
}

fn horizons(when: &When, of: &str, what: &str) -> Markup {
    let first = if when.causes.len() > 1 { " first" } else { "" };
    let mut heads: Vec<String> =
        when.causes.iter().map(|cause| format!("The child {cause}{first}")).collect();
    heads.push("Could no longer come back".to_owned());
    heads.push("Nothing had come".to_owned());
    heads.push("Still waiting, and still followed".to_owned());
    heads.push("As if nothing else could end the waiting".to_owned());
    let row = |h: &Horizon| {
        let mut cells: Vec<Markup> = h.shares.iter().map(per_hundred).collect();
        cells.push(per_hundred(&h.free));
        cells.push(about(h.at_risk));
        cells.push(per_hundred(&h.overstated));
        TableRow::new(html! { (months(h.months)) }, cells)
    };
    let rows: Vec<TableRow> = when.horizons.iter().map(row).collect();
    let heads: Vec<&str> = std::iter::once("Within").chain(heads.iter().map(String::as_str)).collect();
    table(&format!("In how many of 100 {of} {what}, by each time (95% intervals)"), &heads, &rows)
}

/// A rough count.
fn about(of: Count) -> Markup {
    html! { @if of.get().is_some() { "about " } (count(of)) }
}

fn others(when: &When, what: &str) -> Markup {
    html! {
        p {
            "A child who died, was adopted, moved away or turned 18 can no longer come back. Here that counts as not having come back"
            @if when.causes.len() > 1 { "; and what came first ends the waiting for all else" }
            ". The last column leaves this out: it asks in how many " (what.split(',').next().unwrap_or_default()) " if nothing else could \
             ever end the waiting. It is the number most often published, and it is too high, because it lets children come back who no \
             longer can."
        }
        p class="note" {
            "For statisticians: Aalen\u{2013}Johansen cumulative incidence; the last column is 1 \u{2212} Kaplan\u{2013}Meier. Events come before \
             ends of observation on one day. Intervals: infinitesimal jackknife summed over households, complementary log-log. A time is \
             shown only where enough came since the last one shown. Nothing had come: Kaplan\u{2013}Meier. Cumulative hazard of what is asked \
             about (Nelson\u{2013}Aalen): " (hazards(when)) "."
        }
    }
}

fn hazards(when: &When) -> String {
    let shown = when.horizons.iter().filter_map(|h| Some((h.months, h.hazard.estimate()?)));
    let all: Vec<String> = shown.map(|(m, hazard)| format!("{hazard:.2} by {}", months(m))).collect();
    if all.is_empty() { "not shown".to_owned() } else { all.join(", ") }
}

fn hides(when: &When, of: &str) -> Markup {
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
            "Unlike the rest of the report, this section also counts those that could not be watched for long, such as those near the end of the \
             records: each for as long as the records reach. Left out are only those under \u{201c}Who was left out\u{201d} for other reasons, and \
             those of which not a single day was seen."
            @if when.from_closure { " Cases that are still open when the records end have not begun to wait." }
            @if let Some(all) = when.spells.get() {
                " Of about " (thousands(all)) " " (of)
                @if !followed.is_empty() { ", the records are long enough to follow " (followed.join(", ")) }
                "."
            }
            " The later a time in the table, the fewer it rests on, and the longer ago they are. If those of late come back more often or \
             less often than those of years ago, the later numbers do not show it."
        }
        p {
            @if when.reach_months == 0 { "The records do not reach far enough for any time." }
            @else { "The records support times up to " (months(when.reach_months)) "." }
            @if !too_few.is_empty() { " Nothing is said of " (too_few.join(", ")) ": fewer than 50 are still followed by then." }
            @if when.delayed_entry {
                " Referrals from before the records begin to be complete are followed from the day on which they do."
            }
        }
    }
}

fn by_group(when: &When, of: &str, group: &Group) -> Markup {
    let heads: Vec<String> = when.horizons.iter().map(|h| format!("Within {}", months(h.months))).collect();
    let heads: Vec<&str> = std::iter::once("Group").chain(heads.iter().map(String::as_str)).collect();
    let row = |level: &crate::report::when::Level| {
        TableRow::new(html! { (words::level(&level.name)) }, level.came.iter().map(per_hundred).collect())
    };
    let rows: Vec<TableRow> = group.levels.iter().map(row).collect();
    let name = words::group(&group.name).to_lowercase();
    let numbers = table(&format!("By {name}: in how many of 100 {of}, by each time"), &heads, &rows);
    figure::when_groups(when, group, of).map_or(numbers.clone(), |figure| figure.render(&numbers))
}

fn ended(when: &When) -> Markup {
    let first = std::iter::once("Nothing, by the end of the records".to_owned());
    let names = first.chain(when.causes.iter().map(|cause| format!("The child {cause}")));
    let ended = names.zip(when.ended.iter().copied());
    let left = when.leavings.iter().map(|(how, n)| (format!("The child {how}"), *n));
    let row = |(name, n): (String, Count)| TableRow::new(html! { (name) }, vec![about(n)]);
    let rows: Vec<TableRow> = ended.chain(left).map(row).collect();
    let unit = if when.from_closure { "Closed cases" } else { "Referrals" };
    table("What was seen first, to the nearest ten", &["What came first", unit], &rows)
}
