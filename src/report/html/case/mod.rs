//! `case.html`: what a model was given of one case, for those who want to see it: an ethics board, practitioners, and with a
//! permission the file of one child.
//!
//! In: a [`Report`] and a case that passed disclosure control. Out: one self-contained page. There is a page only where the estimate can
//! stand beside an interval and the base rate; and never a list: a report holds one case, chosen by a fixed rule.

mod around;
mod challenge;
mod chance;
mod given;

use maud::{DOCTYPE, Markup, html as markup};

use super::{explanation, figure, opening, page_head};
use crate::experiment::permission::Permission;
use crate::experiment::recalibrate::recalibrated;
use crate::report::Report;
use crate::report::cards::Board;
use crate::report::explanation::Case;

use chance::Chance;

/// One case and what it is shown with.
struct Subject<'a> {
    report: &'a Report,
    board: &'a Board,
    model: &'a str,
    case: &'a Case,
    chance: Chance,
    permission: Option<&'a Permission>,
}

/// One section: its id, its heading and what it holds; nothing where there is nothing to say.
struct Part {
    id: &'static str,
    heading: &'static str,
    body: fn(&Subject<'_>) -> Option<Markup>,
}

/// The sections in order.
static PARTS: &[Part] = &[
    Part { id: "what", heading: "What this page is, and what it is not", body: what },
    Part { id: "estimate", heading: "The estimate, and how much it says", body: chance::estimate },
    Part { id: "timeline", heading: "The records in time", body: around::timeline },
    Part {
        id: "household",
        heading: "The household, and who is on record around it",
        body: around::household,
    },
    Part { id: "moved", heading: "What moved the estimate", body: moved },
    Part { id: "given", heading: "What the model was given", body: given::given },
    Part { id: "unknown", heading: "What is not recorded, and what no model can know", body: given::unknown },
    Part {
        id: "challenge",
        heading: "If a record is wrong: how to challenge it",
        body: challenge::challenge,
    },
];

/// The simulated case of a report: that of the candidate, or else the first.
fn simulated(report: &Report) -> Option<(&str, &Case)> {
    let candidate =
        |model: &str| model == report.finding.candidate || recalibrated(model) == report.finding.candidate;
    let cases = || {
        report.explanations.iter().filter_map(|of| {
            let case = of.case.as_ref()?.as_ref().ok()?;
            case.told.story().map(|_| (of.model.as_str(), case))
        })
    };
    let first = || cases().next();
    cases().find(|(model, _)| candidate(model)).or_else(first).filter(|_| report.simulated)
}

/// Whether a report has a case to show.
#[must_use]
pub(in crate::report) fn is_there(report: &Report) -> bool {
    simulated(report).is_some_and(|(model, case)| Chance::of(report, model, case).is_some())
}

/// The page of the simulated case; `None` where there is none, or where no interval or no base rate may be shown.
#[must_use]
pub(in crate::report) fn html(report: &Report, board: &Board) -> Option<String> {
    let (model, case) = simulated(report)?;
    let chance = Chance::of(report, model, case)?;
    Some(page(&Subject { report, board, model, case, chance, permission: None }))
}

fn page(of: &Subject<'_>) -> String {
    let parts: Vec<(&Part, Markup)> =
        PARTS.iter().filter_map(|part| Some((part, (part.body)(of)?))).collect();
    let title = if of.permission.is_some() { "One case" } else { "One simulated case" };
    let page = markup! {
        (DOCTYPE)
        html lang="en-GB" {
            (page_head(&format!("{title}: {}", of.report.title), of.report))
            body {
                a class="skip" href="#main" { "Skip to the case" }
                header {
                    p class="kicker" { "What a model was given: " (of.report.title) }
                    h1 { (title) ", and what a model was given of it" }
                    (notice(of, "Use of this page"))
                }
                nav aria-label="Contents" {
                    p class="navhead" { "Contents" }
                    ol { @for (part, _) in &parts { li { a href=(format!("#{}", part.id)) { (part.heading) } } } }
                }
                main id="main" {
                    @for (part, body) in &parts {
                        section id=(part.id) aria-labelledby=(format!("{}-heading", part.id)) {
                            h2 id=(format!("{}-heading", part.id)) { (part.heading) }
                            (body)
                        }
                    }
                }
                footer {
                    (notice(of, "Use of this page, once more"))
                    (opening::foot(of.report))
                }
            }
        }
    };
    figure::number(&page.into_string())
}

/// What stands at the head and at the foot.
fn notice(of: &Subject<'_>, label: &str) -> Markup {
    markup! {
        div class="banner" role="note" aria-label=(label) {
            p {
                strong { "Research use only. Not for decisions about any child." } " "
                "This page explains one estimate. It decides nothing, recommends nothing, and compares nobody with anybody. An estimate \
                 speaks of many referrals; it cannot say what will become of one child."
            }
        }
        @if of.report.simulated {
            div class="banner simulated" role="note" aria-label=(format!("Simulated data: {}", label.to_lowercase())) {
                p { strong { "SIMULATED DATA." } " This child, the family and every record on this page are made up." }
            }
        }
        @if let Some(permission) = of.permission {
            div class="banner" role="note" aria-label=(format!("Permission: {}", label.to_lowercase())) {
                p {
                    strong { "Shown with a permission." } " Reference " (permission.reference) ", given on " (permission.date.in_words())
                    ", good until " (permission.expiry.in_words())
                    @if let Some(purpose) = &permission.purpose { "; for: " (purpose) }
                    ". This page belongs in that child\u{2019}s file, and nowhere else. That it was made is in the ledger."
                }
            }
        }
    }
}

fn what(of: &Subject<'_>) -> Option<Markup> {
    let report = of.report;
    let simulated = of.permission.is_none();
    Some(markup! {
        @if simulated {
            p class="lead" {
                "One made-up child, referred once more, and everything that \u{201c}" (report.model_title(of.model))
                "\u{201d} was given about it: so that whoever is asked to judge such a model can see with their own eyes what it sees, \
                 and what it does not."
            }
            p {
                "The case was not picked to please. A fixed rule takes it: the one in the middle of those that would have been flagged in \
                 the last test. There is no way to ask for another, and no command lists cases or puts them in order."
            }
        } @else {
            p class="lead" {
                "What \u{201c}" (report.model_title(of.model)) "\u{201d} was given about one referral of one child, and what its estimate \
                 was. It was asked for by name, with the permission above."
            }
            p { "No command lists cases or puts them in order. Days are left out of this page." }
        }
        p {
            "The question was whether the child " (report.outcome_words) " within " (report.horizon_days) " days, "
            (report.clock_words) ". The estimate was worked out afterwards, to test the method, from what was on record "
            (report.point_words) ". Nobody was told of it, and nothing was done because of it."
        }
    })
}

/// What moved the estimate, as in the report.
fn moved(of: &Subject<'_>) -> Option<Markup> {
    Some(explanation::moved(of.model, of.case))
}
