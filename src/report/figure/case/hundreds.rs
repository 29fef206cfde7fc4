//! Hundreds of referrals as marks, with what the interval leaves open.

use maud::{Markup, html};

use super::super::Figure;
use super::super::plot::at;
use crate::report::html::format::about;

const STEP: f64 = 19.0;
const LEFTS: [f64; 2] = [4.0, 330.0];
const TOP: f64 = 42.0;

/// A hundred referrals: so many came back, with the ends of the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Hundred {
    /// Of a hundred, about this many.
    pub(in crate::report) yes: u64,
    /// Lower and upper end of the interval, in whole ones of a hundred.
    pub(in crate::report) ends: (u64, u64),
}

/// Referrals with a chance like the case's, and all that were tested.
pub(in crate::report) fn hundreds(like: Hundred, all: Hundred) -> Figure {
    let block = STEP * 10.0;
    let titles = [
        ["100 tested referrals", "with a chance most like this one"],
        ["100 tested referrals", "of any kind"],
    ];
    let drawing = html! {
        @for ((of, left), [first, second]) in [like, all].iter().zip(LEFTS).zip(titles) {
            text class="label strong" x=(at(left)) y="14" { (first) }
            text class="label strong" x=(at(left)) y="30" { (second) }
            (marks(left, of))
            text class="label strong" x=(at(left)) y=(at(TOP + block + 18.0)) { (about(of.yes)) " came back" }
            text class="label" x=(at(left)) y=(at(TOP + block + 35.0)) { "between " (of.ends.0) " and " (of.ends.1) }
        }
        (key(TOP + block + 60.0))
    };
    let words = format!(
        "Of 100 tested referrals with a chance most like this one, {} came back (between {} and {}). Of 100 tested referrals of any \
         kind, {} came back (between {} and {}). Filled marks came back even at the low end of the interval; rings with a dot are \
         those that the interval leaves open; empty rings did not come back.",
        about(like.yes),
        like.ends.0,
        like.ends.1,
        about(all.yes),
        all.ends.0,
        all.ends.1
    );
    Figure {
        id: "figure-chance".to_owned(),
        title: "What became of referrals with a chance like this one, beside all that were tested".to_owned(),
        words,
        size: (560.0, TOP + block + 84.0),
        drawing,
    }
}

fn marks(left: f64, of: &Hundred) -> Markup {
    html! {
        @for row in 0_u8..10 {
            @for column in 0_u8..10 {
                (mark(
                    left + STEP * (f64::from(column) + 0.5),
                    TOP + STEP * (f64::from(row) + 0.5),
                    (u64::from(row * 10 + column) < of.ends.0, u64::from(row * 10 + column) < of.ends.1),
                ))
            }
        }
    }
}

/// One referral: whether it came back at the low end of the interval, and at the high end.
fn mark(x: f64, y: f64, (low, high): (bool, bool)) -> Markup {
    html! {
        circle class=(if low { "person yes" } else { "person no" }) cx=(at(x)) cy=(at(y)) r="6.5" {}
        @if high && !low { circle class="person open" cx=(at(x)) cy=(at(y)) r="2.5" {} }
    }
}

fn key(y: f64) -> Markup {
    let entries = [
        ((true, true), 4.0, "came back"),
        ((false, true), 130.0, "left open by the interval"),
        ((false, false), 330.0, "did not come back"),
    ];
    html! {
        @for (state, x, words) in entries {
            (mark(x + 8.0, y, state))
            text class="label" x=(at(x + 22.0)) y=(at(y + 4.0)) { (words) }
        }
    }
}
