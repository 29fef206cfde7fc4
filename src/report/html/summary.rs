//! The first page: what a board needs before anything else, each answer in a sentence or two, with where the rest stands.

use maud::{Markup, html};

use super::format::count;
use super::{compared, gate, group_calibration, groups, opening};
use crate::evaluate::Answer;
use crate::report::Report;

/// The summary, which fits on the first sheet.
pub(super) fn summary(report: &Report) -> Markup {
    let tested = &report.tested;
    html! {
        dl {
            dt { "The question" }
            dd { (report.question) }
            dt { "The answer" }
            dd {
                b { (opening::short(report)) } ". "
                @if report.finding.answer != Answer::Better { "That is no ground for using it. " }
                (opening::in_hundreds(report)) " " (more("answer"))
            }
            @if let Some(promised) = gate::in_a_line(report) {
                dt { "What was promised beforehand" }
                dd { (promised) " " (more("gate")) }
            }
            dt { "What it would get right and wrong" }
            dd { (opening::cost_in_a_line(report)) " " (more("cost")) }
            dt { "Do its chances come true?" }
            dd { (group_calibration::overall(report)) " " (more("group-calibration")) }
            dt { "Whom it would miss" }
            dd { (groups::found(report)) " " (compared::in_a_line(report)) " " (more("groups")) }
            dt { "How sure this is" }
            dd {
                "It rests on " (count(tested.rows)) " referrals of " (count(tested.children)) " children; in "
                (count(tested.events)) " of them the child came back. Another year, another council or changes in recording \
                 could give other numbers. " (more("sure"))
            }
            dt { "What it cannot tell" }
            dd {
                "Who needs help, who was harmed, or whether a second look helps anyone. Coming back is contact with \
                 services, not harm. " (more("limits"))
            }
            dt { "What the board can do" }
            dd {
                "Ask, ask for more, or refuse. A model that beats a simple baseline may still not be good enough to use, and \
                 this report advises nothing about any child."
            }
        }
    }
}

/// Where the rest stands.
fn more(id: &str) -> Markup {
    html! { "(More: " a href=(format!("#{id}")) { (super::heading(id)) } ")" }
}
