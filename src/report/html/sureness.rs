//! How sure we are, and what the report cannot tell.

use maud::{Markup, html};

use super::format::{count, thousands, value};
use crate::evaluate::measures::Unit;
use crate::report::Report;

/// Where the intervals come from, in plain words.
pub(super) fn sure(report: &Report) -> Markup {
    let tested = &report.tested;
    let reach = report.finding.gain.interval().map(|(low, high)| (high - low) / 2.0);
    html! {
        p {
            "The results rest on " (count(tested.rows)) " referrals of " (count(tested.children)) " children"
            @if let Some(households) = tested.households { " in " (count(households)) " households" }
            "; in " (count(tested.events)) " of them the child came back. Each was predicted by a model that had never \
             seen that child"
            @if tested.households.is_some() { " or anyone of the same household" }
            "."
        }
        p {
            "Other families would give somewhat different numbers. To show by how much, the results were worked out again "
            (thousands(report.replicates)) " times, each time on "
            @if tested.households.is_some() { "households" } @else { "children" }
            " drawn at random from those tested (a bootstrap). The 95% interval shows how far such results spread."
        }
        @if let Some(reach) = reach {
            p {
                "The interval of the gain in average precision reaches about " (value(reach, Unit::Score)) " to either \
                 side. With these data a smaller gain could not have been told from none."
            }
        }
        p {
            b { "The true uncertainty is wider. " }
            "For these repeats the models were not trained again, nor families split again into parts; what that may change \
             is under \u{201c}Would another year, another council or another draw give the same answer?\u{201d} The interval does \
             not cover another year, changes in how referrals are made or recorded, or mistakes in the records either."
        }
    }
}

/// What the outcome is not.
fn harm(report: &Report) -> Markup {
    html! {
        li {
            @if report.outcome_is_referral {
                b { "Coming back is not harm. " }
                "The records show contact with services. A child can be harmed and never come back, or come back and \
                 be safe. "
            } @else {
                b { "What is predicted is a decision of services, not harm. " }
                "Where this report says that a child \u{201c}came back\u{201d}, the child " (report.outcome_words) ". "
            }
            "Families who are watched more closely are referred more often."
        }
    }
}

/// What the model used that carries no date.
fn undated(report: &Report) -> Markup {
    html! {
        @if !report.as_last_recorded.is_empty() {
            li {
                b { "Some facts that the model used have no date. " }
                "They are known only as last recorded, and may have been entered after the referral: "
                (report.as_last_recorded.join("; ")) ". All others were on record by the day of the prediction."
            }
        }
    }
}

/// The limits that hold whatever the answer is.
pub(super) fn limits(report: &Report) -> Markup {
    let tested = &report.tested;
    let combined = report.groups.iter().any(|g| g.group.contains("-by-"));
    let by_group = report.explore.iter().any(|e| e.group != "overall" && e.stops.len() > 1);
    html! {
        p class="lead" {
            "This report shows how well past records put past referrals in order. It cannot show who needs help, who was \
             harmed, or whether a second look helps anyone."
        }
        ul class="limits" {
            @if report.simulated {
                li { b { "The data are simulated. " } "No conclusion about real children can be drawn from this report." }
            }
            (harm(report))
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
                 back. A child who died, moved away, was adopted or turned 18 counts as not having come back"
                @if let Some(n) = tested.competing.get() { " (" (thousands(n)) " of the referrals tested)" }
                "."
            }
            @if let Some(open) = tested.open {
                li {
                    b { "A case that stays open cannot come back. " }
                    "A referral while a case is open is not a new one. Where a case stayed open for the whole time ("
                    (count(open)) " of the referrals tested), the child counts as not having come back, so the model may \
                     give low chances to the children with the longest cases."
                }
            }
            li {
                b { "The records have a beginning. " }
                "What happened before it is not known, so in the first years a count of earlier referrals is too low."
            }
            li {
                b { "It tells nothing about one child. " }
                "That about so many of 100 came back does not say which ones will."
            }
            li {
                b { "The groups are as last recorded. " }
                "Sex, ethnic group and disability carry no date, and are missing more often for some children than for \
                 others."
            }
            (undated(report))
            li {
                b { "Not tested: " }
                "whether a second look helps any child; what workers would do with a flag; any other authority or later \
                 year; another meaning of coming back"
                @if !by_group { "; results by group at other shares flagged" }
                @if !combined { "; groups in combination" }
                "."
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
