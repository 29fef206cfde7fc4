//! The estimate as children in a hundred, with what came of referrals with such chances, and the base rate.

use maud::{Markup, html};

use super::Subject;
use crate::report::explanation::Case;
use crate::report::figure;
use crate::report::figure::case::{Hundred, hundreds};
use crate::report::html::format::{about, whole};
use crate::report::html::table::{TableRow, table};
use crate::report::{Line, Report};

/// What an estimate is shown with.
pub(super) struct Chance {
    /// The estimate, of a hundred.
    expected: u64,
    /// Average chance of the tested referrals whose chances were most like it, of a hundred.
    near: u64,
    /// What came of these.
    like: Hundred,
    /// What came of all that were tested.
    all: Hundred,
}

impl Chance {
    /// The group of the calibration table whose mean chance is nearest to the case's, and the base rate; `None` where either may not
    /// be shown with its interval.
    pub(super) fn of(report: &Report, model: &str, case: &Case) -> Option<Self> {
        let chance = case.to.get();
        let bins = figure::bins(report, model);
        let far = |of: &(f64, f64, &Line)| (of.0 - chance).abs();
        let (near, _, line) = bins.into_iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
        let all = report.overall("", "outcome-rate")?;
        Some(Self {
            expected: of_hundred(chance),
            near: of_hundred(near),
            like: shown(line)?,
            all: shown(all)?,
        })
    }
}

fn shown(line: &Line) -> Option<Hundred> {
    let (low, high) = line.number.interval()?;
    Some(Hundred { yes: of_hundred(line.number.estimate()?), ends: (of_hundred(low), of_hundred(high)) })
}

/// A share in [0, 1] in whole ones of a hundred.
fn of_hundred(share: f64) -> u64 {
    // Clamped and rounded first, so the cast loses nothing.
    (share.clamp(0.0, 1.0) * 100.0).round() as u64
}

/// The section.
pub(super) fn estimate(of: &Subject<'_>) -> Option<Markup> {
    let Chance { expected, near, like, all } = &of.chance;
    let row = |head: &str, of: &Hundred| {
        TableRow::new(
            html! { (head) },
            vec![
                html! { (whole(of.yes)) span class="interval" { "(" (of.ends.0) " to " (of.ends.1) ")" } },
                html! { (whole(100 - of.yes)) },
            ],
        )
    };
    let expects = TableRow::new(
        html! { "What the model expects of 100 referrals with records like these" },
        vec![html! { (whole(*expected)) }, html! { (whole(100 - expected)) }],
    );
    let like_row = row("What became of 100 tested referrals with a chance most like this one", like);
    let all_row = row("What became of 100 tested referrals of any kind (the base rate)", all);
    let numbers = table(
        "Of 100 referrals (95% intervals)",
        &["Of which referrals", "Came back", "Did not come back"],
        &[expects, like_row, all_row],
    );
    Some(html! {
        p class="lead" {
            "Of 100 referrals with records like these, the model expects " (about(*expected)) " to come back within "
            (of.report.horizon_days) " days, and " (about(100 - expected)) " not to."
        }
        ul class="facts" {
            li {
                b { "What came of referrals like it. " }
                "The tested referrals whose chances were most like this one were given " (about(*near)) " in 100 on average. Of 100 of \
                 these, " (about(like.yes)) " (between " (like.ends.0) " and " (like.ends.1) ") came back."
            }
            li {
                b { "The base rate. " }
                "Of 100 tested referrals of any kind, " (about(all.yes)) " (between " (all.ends.0) " and " (all.ends.1) ") came back: \
                 that is what one would say who had read no record at all."
            }
        }
        (hundreds(*like, *all).render(&numbers))
        p {
            b { "What the interval is. " }
            "It says how well the share who came back is known for referrals with such chances, from the families that were tested (95%). "
            b { "What it is not. " }
            "It is no range for this child, who comes back or does not. A model taught by other families would give this very case \
             another number, and the interval does not say how far off that would be."
            @if like.ends.0 <= all.ends.1 && all.ends.0 <= like.ends.1 {
                " Here it overlaps that of the base rate: referrals with such a chance were not clearly different from any others."
            }
        }
        p class="note" {
            "To come back does not mean that a child was hurt, and not to come back does not mean that a child is safe. Chances are those \
             before any adjustment."
        }
    })
}
