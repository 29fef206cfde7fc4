//! The gate: what was promised before the test, and what came out.

use maud::{Markup, html};

use super::format::cell;
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::experiment::gate::{Look, OVERALL, Standing};
use crate::ledger::Verdict;
use crate::num::Day;
use crate::report::{Gate, GateCriterion, GatePart, Report, words};

/// What was promised and what came of it.
pub(super) fn gate(report: &Report) -> Markup {
    let Some(gate) = &report.gate else {
        return html! {
            p { "Nothing was promised before the test: the experiment has no gate, which is a list of results that a model has to reach." }
        };
    };
    html! {
        p { b { "The gate" } " is a list of results that the model has to reach, all of them." }
        (standing(&gate.standing))
        div class="verdict" {
            p class="short" { (name(gate.verdict)) @if !is_final(gate) { " (not the final test)" } }
            p { (in_short(gate)) }
        }
        (summary(report, gate))
        @for (criterion, number) in gate.criteria.iter().zip(1..).filter(|(c, _)| !is_overall(c)) {
            (by_group(report, criterion, number))
        }
        (meaning())
    }
}

/// Whether the final test was opened for this report.
pub(super) fn is_final(gate: &Gate) -> bool {
    matches!(gate.standing, Standing::Final(_))
}

fn standing(standing: &Standing) -> Markup {
    match standing {
        Standing::NotLocked => html! {
            p {
                "The experiment file says what the model has to show. No referrals were kept for a final test, so nothing \
                 here proves that this was written before the results were seen."
            }
        },
        Standing::Rehearsal { from } => html! {
            p {
                "The experiment file says what the model has to show. It counts in the final test, on the referrals from "
                (from.in_words()) " on. Those were not opened for this report: what follows is a rehearsal on earlier \
                 referrals, and may be repeated and changed."
            }
        },
        Standing::Final(look) => final_test(look),
    }
}

fn final_test(look: &Look) -> Markup {
    let (registered, opened, first) =
        (when(&look.registered_at), when(&look.opened_at), when(&look.first_at));
    html! {
        p {
            "What the model had to show was registered on " (registered) ". The final test, on the referrals from "
            (look.from.in_words()) " on, was opened on " (opened) "."
            @if look.number == 1 { " It had never been opened through this ledger before." }
        }
        @if look.number > 1 {
            p {
                b { "This is the " (ordinal(look.number)) " time the final test was opened; the first was on " (first) ". " }
                "Whoever has seen a test can choose what will pass it. What passes at a second look is weaker evidence \
                 than what passes at the first."
                @if let Some(reason) = &look.reason {
                    " It was registered anew after an earlier opening. The reason given: \u{201c}" (reason) "\u{201d}"
                }
            }
        }
        p class="note" {
            "The times are those of the ledger, a file beside the run folders to which lines can only be added. It cannot \
             show a look at the data by other means."
        }
    }
}

/// "3 May 2026, 09:30 UTC" from the ledger's form of a time.
fn when(at: &str) -> String {
    let day = at.get(..10).and_then(Day::parse).map(Day::in_words);
    match (day, at.get(11..16)) {
        (Some(day), Some(time)) => format!("{day}, {time} UTC"),
        _ => at.to_owned(),
    }
}

/// "2nd".
fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "Pass",
        Verdict::Fail => "Fail",
        Verdict::CannotSay => "Cannot say",
    }
}

/// The verdict and what it stands on, in a line.
pub(super) fn in_a_line(report: &Report) -> Option<String> {
    let gate = report.gate.as_ref()?;
    let test = if is_final(gate) { "" } else { ", but not in the final test" };
    Some(format!("{}{test}. {}", name(gate.verdict), in_short(gate)))
}

fn in_short(gate: &Gate) -> String {
    let count = |verdict| gate.criteria.iter().filter(|c| c.verdict == verdict).count();
    let tally = format!(
        "Of {} criteria, passed: {}; failed: {}; cannot say: {}.",
        gate.criteria.len(),
        count(Verdict::Pass),
        count(Verdict::Fail),
        count(Verdict::CannotSay)
    );
    let says = match gate.verdict {
        Verdict::Pass => "Everything that was asked for was shown.",
        Verdict::Fail => "At least one thing that was asked for is not so.",
        Verdict::CannotSay => {
            "Nothing that was asked for was shown to be wrong, but not all of it was shown. That is no pass."
        }
    };
    format!("{says} {tally}")
}

fn is_overall(criterion: &GateCriterion) -> bool {
    criterion.parts.iter().all(|part| part.group == OVERALL)
}

fn what(report: &Report, criterion: &GateCriterion) -> Markup {
    html! {
        (words::title(criterion.measure))
        @if !criterion.at.is_empty() { ", " (criterion.at) @if criterion.at.starts_with("top ") { " flagged" } }
        @if !criterion.model.is_empty() { ": \u{201c}" (report.model_title(&criterion.model)) "\u{201d}" }
        @if !is_overall(criterion) { ", in every group" }
    }
}

/// The bound, with all the digits that were written.
fn bound(criterion: &GateCriterion) -> String {
    criterion.bound.words(|v| match words::unit(criterion.measure) {
        Unit::Share => format!("{}%", (v * 1e10).round() / 1e8),
        Unit::Score | Unit::Ratio | Unit::LogOdds => v.to_string(),
    })
}

fn summary(report: &Report, gate: &Gate) -> Markup {
    let rows: Vec<TableRow> = gate
        .criteria
        .iter()
        .zip(1..)
        .map(|(criterion, number)| {
            let unit = words::unit(criterion.measure);
            let result = match &criterion.parts[..] {
                [only] => cell(&only.number, unit),
                parts => tally(parts),
            };
            TableRow::new(
                html! { (number) ". " (what(report, criterion)) },
                vec![html! { (bound(criterion)) }, result, html! { (name(criterion.verdict)) }],
            )
        })
        .collect();
    table(
        "What had to be shown, and what came out, with 95% intervals",
        &["What", "Asked for", "Result", "Verdict"],
        &rows,
    )
}

fn tally(parts: &[GatePart]) -> Markup {
    let count = |verdict| parts.iter().filter(|p| p.verdict == verdict).count();
    html! {
        "pass " (count(Verdict::Pass)) ", fail " (count(Verdict::Fail)) ", cannot say " (count(Verdict::CannotSay))
    }
}

fn by_group(report: &Report, criterion: &GateCriterion, number: usize) -> Markup {
    let unit = words::unit(criterion.measure);
    let rows: Vec<TableRow> = criterion
        .parts
        .iter()
        .map(|part| {
            let head = if part.group == OVERALL {
                "All referrals".to_owned()
            } else {
                format!("{}: {}", words::group(&part.group), words::level(&part.level))
            };
            let cells = vec![cell(&part.number, unit), html! { (name(part.verdict)) }, html! { (part.why) }];
            TableRow::new(html! { (head) }, cells)
        })
        .collect();
    let title = words::title(criterion.measure);
    html! {
        h3 { "Criterion " (number) ", group by group" }
        p {
            (title) ", asked for: " (bound(criterion)) ". Groups without any referral are left out. Where a number is hidden \
             to protect privacy, the verdict still rests on it."
        }
        (table(&format!("Criterion {number} ({}), by group", report.model_title(&criterion.model)), &["Group", "Result", "Verdict", "Why"], &rows))
    }
}

fn meaning() -> Markup {
    html! {
        p {
            b { "What the verdicts mean. " }
            "Pass: the whole 95% interval lies inside what was asked for. Fail: the whole interval lies outside. Cannot say: \
             the interval lies across the line, or there are too few children for an interval. \u{201c}Cannot say\u{201d} is not \
             half a pass: what was asked for was not shown. One fail fails the \
             gate; without one, one \u{201c}cannot say\u{201d} decides. All three are normal results. Numbers are judged before \
             rounding."
        }
        p class="note" {
            "No allowance is made for the number of criteria and groups. To pass, all of them must hold, so many do not make \
             that easier; but the more there are, the likelier it is that one fails, or cannot be said, by chance."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ordinal, when};

    #[test]
    fn times_and_places_read_well() {
        assert_eq!(when("2026-05-03T09:30:00Z"), "3 May 2026, 09:30 UTC");
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 21, 112].map(ordinal),
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th"]
        );
    }
}
