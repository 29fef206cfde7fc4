//! How long until what: how often, how long without, and whether groups differ.

use maud::{Markup, html};

use super::compared::{RARE, size};
use super::format::{decimals, hidden, thousands};
use super::table::{TableRow, table};
use super::when::months;
use crate::privacy::disclosure::Number;
use crate::report::when::{Horizon, When};
use crate::report::when_more::{ChiSquare, Differ};
use crate::report::words;

/// Ends of an interval, where there is one.
type Ends = Option<(f64, f64)>;

/// How often children came back, and how much of the time passed without; `of` is what there are a hundred of.
pub(super) fn often(when: &When, of: &str) -> Markup {
    let more = &when.more;
    let start = if when.from_closure { "closing of a case" } else { "referral" };
    let mut heads = vec!["Within"];
    let times = format!("Times that 100 children {}", many(when));
    let without = format!("Months that passed {}", without(when));
    heads.extend(more.often.as_ref().map(|_| times.as_str()));
    heads.push(&without);
    let row = |(i, h): (usize, &Horizon)| {
        let often = more.often.as_ref().map(|often| cell(&often[i], &whole));
        let without = cell(&more.without[i], &|months| decimals(months, 1));
        TableRow::new(html! { (months(h.months)) }, often.into_iter().chain([without]).collect())
    };
    let rows: Vec<TableRow> = when.horizons.iter().enumerate().map(row).collect();
    html! {
        h3 { "How often, and how long without" }
        (sentences(when, of, start))
        (table("How often, and how long without, by each time (95% intervals)", &heads, &rows))
        p class="note" {
            "For statisticians: "
            @if more.often.is_some() {
                "times are the mean cumulative function of Ghosh and Lin from the first followed " (start) " of each child; death and \
                 leaving end the count; intervals are robust by household. "
            } @else { "How often it came is counted of referrals only. " }
            "Months are the horizon less the restricted mean time lost to the first cause, by the infinitesimal jackknife over households."
        }
    }
}

/// A year where it is shown, or the last horizon that is.
fn headline(when: &When, of: &[Number]) -> Option<(u32, f64, Ends)> {
    let shown = when.horizons.iter().zip(of);
    let shown = shown.filter_map(|(h, of)| Some((h.months, of.estimate()?, of.interval())));
    let all: Vec<_> = shown.collect();
    all.iter().find(|(months, ..)| *months == 12).or(all.last()).copied()
}

fn sentences(when: &When, of: &str, start: &str) -> Markup {
    let often = when.more.often.as_ref().and_then(|often| headline(when, often));
    let mean = headline(when, &when.more.without);
    let one = |value: f64| decimals(value, 1);
    html! {
        p {
            @if let Some((within, times, ends)) = often {
                "Within " (months(within)) " of the first " (start) " that is followed, 100 children " (many(when)) " about "
                (whole(times)) " times" (between(ends, &whole)) ". Each time counts, so this is not the number of children: one child \
                 can come back several times; and it starts from the first of each child, where the table above starts from every one, so that the \
                 two do not match. "
            }
            @if let Some((within, passed, ends)) = mean {
                "On average over " @if !when.first_per_child { "all " } (of) ", " (one(passed)) " of the first " (months(within))
                (between(ends, &one)) " passed " (without(when)) ". Months after a child has left"
                @if when.causes.len() > 1 { ", or after anything else listed here has come first," }
                " count as passed without too."
            }
            @if often.is_none() && mean.is_none() { "No number can be shown." }
        }
    }
}

/// What came, of several children.
fn many(when: &When) -> String {
    let cause = when.causes.first().map_or("", String::as_str);
    cause.strip_prefix("was ").map_or_else(|| cause.to_owned(), |rest| format!("were {rest}"))
}

fn without(when: &When) -> String {
    let cause = when.causes.first().map_or("", String::as_str);
    let being = cause.strip_prefix("was ").map(|rest| format!("without the child being {rest}"));
    let becoming = || cause.strip_prefix("became ").map(|rest| format!("without the child becoming {rest}"));
    being.or_else(becoming).unwrap_or_else(|| "without it".to_owned())
}

/// Whole times.
fn whole(times: f64) -> String {
    if times < 0.5 { "fewer than 1".to_owned() } else { thousands(times.round() as u64) }
}

/// " (between 35 and 41)", or nothing.
fn between(ends: Ends, write: &dyn Fn(f64) -> String) -> String {
    ends.map_or_else(String::new, |(low, high)| format!(" (between {} and {})", write(low), write(high)))
}

fn cell(number: &Number, write: &dyn Fn(f64) -> String) -> Markup {
    match (number.estimate(), number) {
        (Some(value), _) => html! {
            (write(value))
            @if let Some((low, high)) = number.interval() {
                " " span class="interval" { "(" (write(low)) " to " (write(high)) ")" }
            }
        },
        (None, Number::Undefined(_)) => html! { "\u{2013}" },
        (None, _) => hidden(),
    }
}

/// Whether the groups of a table differ by more than chance.
pub(super) fn differ(differ: Result<&Differ, &String>) -> Markup {
    html! {
        p {
            @match differ {
                Ok(of) if of.clustered.p.get() < RARE => {
                    "Up to " (months(of.months)) ", the differences between these groups are larger than chance alone would make them."
                }
                Ok(of) => { "Up to " (months(of.months)) ", the differences between these groups could be chance alone." }
                Err(reason) => { "Whether these differences are more than chance is not shown: " (reason) "." }
            }
        }
    }
}

/// The tests behind those sentences.
pub(super) fn tests(when: &When) -> Markup {
    let told = when.groups.iter().zip(&when.more.differ);
    let told: Vec<(String, &Differ)> = told
        .filter_map(|(group, of)| Some((words::group(&group.name).to_lowercase(), of.as_ref().ok()?)))
        .collect();
    let each = |of: &dyn Fn(&Differ) -> String| {
        let each: Vec<String> = told.iter().map(|(name, differ)| format!("{name} {}", of(differ))).collect();
        each.join("; ")
    };
    let gray = |differ: &Differ| differ.gray.as_ref().map_or_else(|why| format!("not given, {why}"), numbers);
    html! {
        @if !told.is_empty() {
            p class="note" {
                "For statisticians: differences are judged, each grouping by itself and with no allowance for looking at several, by a Wald \
                 test of the mean time lost up to the time named, with covariances summed over households, at 5%: "
                (each(&|differ| numbers(&differ.clustered))) ". Gray\u{2019}s test of whole curves up to then takes "
                (if when.from_closure { "closed cases" } else { "referrals" })
                " as independent, which those of one child or household are not, so it finds differences too easily: " (each(&gray)) "."
            }
        }
    }
}

fn numbers(of: &ChiSquare) -> String {
    let degrees = if of.degrees == 1 { "1 degree".to_owned() } else { format!("{} degrees", of.degrees) };
    format!(
        "\u{3c7}\u{b2}\u{a0}=\u{a0}{} on {degrees} of freedom, {}",
        decimals(of.statistic.get(), 1),
        size(of.p.get())
    )
}
