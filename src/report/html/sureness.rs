//! How sure we are, and what the report cannot tell.

use maud::{Markup, html};

use super::format::{count, thousands};
use crate::report::Report;

/// Where the intervals come from, in plain words.
pub(super) fn sure(report: &Report) -> Markup {
    let tested = &report.tested;
    html! {
        p {
            "The results rest on " (count(tested.rows)) " referrals of " (count(tested.children)) " children"
            @if let Some(households) = tested.households { " in " (count(households)) " households" }
            "; after " (count(tested.events)) " of them the child came back. Each was predicted by a model that had never \
             seen that child"
            @if tested.households.is_some() { " or anyone of the same household" }
            "."
        }
        p {
            "Another year, or other families, would give somewhat different numbers. To show by how much, we repeated \
             every calculation " (thousands(report.replicates)) " times, each time on "
            @if tested.households.is_some() { "households" } @else { "children" }
            " drawn again at random from those in the data. The 95% interval is the range that holds the middle 95 of each \
             100 such results."
        }
        p {
            "The interval covers the luck of the draw. It does not cover changes in how referrals are made or recorded, \
             nor mistakes in the records."
        }
    }
}

/// The limits that hold whatever the answer is.
pub(super) fn limits(report: &Report) -> Markup {
    html! {
        ul class="limits" {
            @if report.simulated {
                li { b { "The data are simulated. " } "No conclusion about real children can be drawn from this report." }
            }
            li {
                b { "Coming back is not harm. " }
                "The records show contact with services. A child can be harmed and never come back, or come back and be \
                 safe. Families who are watched more closely are referred more often."
            }
            li {
                b { "It shows how people recorded and decided, too. " }
                "Who is referred, and what is written down, differs between teams, areas and years. A model learns these \
                 habits along with everything else."
            }
            li {
                b { "We see only what happened after the help that was given. " }
                "A child who did not come back may have done well because of a service. We cannot tell how the same child \
                 would have fared without it."
            }
            li {
                b { "Some children could not be followed. " }
                "A referral too close to the end of the records is left out, as nobody knows yet whether the child came \
                 back. A child who died, moved away, was adopted or turned 18 counts as not having come back."
            }
            li {
                b { "It tells nothing about one child. " }
                "That about so many of 100 came back does not say which ones will."
            }
            li {
                b { "Groups are as last recorded. " }
                "Sex, ethnic group and disability carry no date, and are missing more often for some children than for \
                 others."
            }
            @if report.as_last_recorded.is_empty() {
                li { b { "Facts without a date. " } "No fact used here is known only as last recorded." }
            } @else {
                li {
                    b { "Some facts have no date. " }
                    "They are known only as last recorded, and may have been entered after the referral: "
                    (report.as_last_recorded.join("; ")) "."
                }
            }
            li {
                b { "Small groups are hidden. " }
                "Numbers about fewer than " (report.threshold) " are withheld to protect privacy, and so are numbers from \
                 which these could be worked out."
            }
            @for remark in &report.remarks { li { b { "About these data. " } (remark) } }
        }
    }
}
