//! What was hidden: whose rules, which of them, and how much of each table.

use maud::{Markup, html};

use super::format::{about, thousands};
use super::table::{TableRow, table};
use crate::report::{Report, Withheld, words};

/// The section.
pub(super) fn withheld(report: &Report) -> Markup {
    html! {
        p class="lead" { (found(report)) }
        p {
            "Numbers about few children can show who they are. So every number passed these checks before it came into this \
             report, and what did not pass is shown as \u{201c}hidden\u{201d}, never as nought. " (whose(report.profile.name))
        }
        ul { @for rule in rules(report) { li { (rule) } } }
        (numbers(report))
        p class="note" {
            "A hidden number may be small, or large and hidden for the sake of another. Which it is is not said here, because \
             that would help to work it out. Whoever checks outputs where the data are held finds it in "
            code { "private/hidden.csv" } ", for the results of models and groups. "
            @if report.beside.is_empty() {
                "Two reports on nearly the same referrals can give away together what each of them hides. If another one has \
                 left, this one must be written anew beside it (" code { "rerefer report --beside" } ")."
            } @else {
                "This report stands beside that of run " (report.beside.join(", ")) ": counts of groups and of \
                 tables are hidden where the two differ by few, and who was left out is not shown where it differs at all. Numbers \
                 to the nearest ten, and estimates without counts, were not compared."
            }
        }
    }
}

fn found(report: &Report) -> String {
    let (shown, hidden) = report.withheld.iter().fold((0, 0), |(s, h), w| (s + w.shown, h + w.hidden));
    let all = shown + hidden;
    if all == 0 {
        return "Nothing was measured.".to_owned();
    }
    let share = (100 * hidden + all / 2) / all;
    format!("Of 100 numbers that were worked out, {} are hidden to protect children.", about(share))
}

/// Whose rules they are.
fn whose(profile: &str) -> &'static str {
    match profile {
        "dfe" => {
            "The rules are those of the Department for Education's statistics of children in need: numbers from 1 to 5 are \
             hidden. Here a nought is hidden as well: that none came back says something of each child."
        }
        "opensafely" => {
            "The rules are those of OpenSAFELY: numbers up to 7 are hidden, and the others are rounded to the nearest 5. A \
             nought is hidden as well."
        }
        _ => "The rules are those of UK trusted research environments.",
    }
}

fn rules(report: &Report) -> Vec<String> {
    let least = report.threshold;
    vec![
        format!(
            "A count under {least} is hidden, nought included (that a step left nobody out is said); so is a count that leaves fewer than {least} of the whole, and \
             every estimate that rests on such a count."
        ),
        format!(
            "So is a count that comes from fewer than {least} households, or of which two households hold nine tenths or more."
        ),
        "Further numbers are hidden until no hidden one can be worked out from rows, columns, totals, other groups or other \
         tables of this report."
            .to_owned(),
        "Points of curves and groups of chances are left out or joined until each adds enough children.".to_owned(),
        "No smallest or largest value of a child's records is given, no date of a referral, and no name of an authority that is \
         too small."
            .to_owned(),
    ]
}

fn numbers(report: &Report) -> Markup {
    let title = |w: &Withheld| match w.group.as_str() {
        "overall" => "Everyone".to_owned(),
        group => words::group(group),
    };
    let row = |w: &Withheld| {
        let (levels, nothing) = w.levels;
        let cells = [levels, nothing, w.shown, w.hidden].map(|n| html! { (thousands(n)) });
        TableRow::new(html! { (title(w)) }, cells.to_vec())
    };
    table(
        "How much is hidden, over all models and measures",
        &[
            "By",
            "Groups",
            "Groups of which even the number of referrals is hidden",
            "Numbers shown",
            "Numbers hidden",
        ],
        &report.withheld.iter().map(row).collect::<Vec<_>>(),
    )
}
