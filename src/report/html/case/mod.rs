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

use super::table::{TableRow, table};
use super::{explanation, figure, opening, page_head};
use crate::experiment::permission::Permission;
use crate::experiment::recalibrate::recalibrated;
use crate::report::cards::Board;
use crate::report::explanation::Case;
use crate::report::{Report, words};

use chance::Chance;

/// One case and what it is shown with.
struct Subject<'a> {
    report: &'a Report,
    board: &'a Board,
    model: &'a str,
    case: &'a Case,
    chance: Chance,
    why: Why<'a>,
}

/// Why this case is shown.
#[derive(Clone, Copy)]
enum Why<'a> {
    /// It is the one that a fixed rule takes of simulated data.
    Rule,
    /// A simulated child was asked for by name.
    Asked,
    /// A real child was, with a permission.
    Permitted(&'a Permission),
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

/// The page of the simulated case; `None` where there is none, or where no interval or no base rate may be shown.
#[must_use]
pub(in crate::report) fn html(report: &Report, board: &Board) -> Option<String> {
    let (model, case) = simulated(report)?;
    let chance = Chance::of(report, model, case)?;
    Some(page(&Subject { report, board, model, case, chance, why: Why::Rule }))
}

/// The page of one case that was asked for by name; `None` where no interval or no base rate may be shown. With a permission the child is
/// a real one.
#[must_use]
pub fn one_case_page(
    (report, board): (&Report, &Board),
    (model, case): (&str, &Case),
    permission: Option<&Permission>,
) -> Option<String> {
    let chance = Chance::of(report, model, case)?;
    let why = permission.map_or(Why::Asked, Why::Permitted);
    Some(page(&Subject { report, board, model, case, chance, why }))
}

fn page(of: &Subject<'_>) -> String {
    let parts: Vec<(&Part, Markup)> =
        PARTS.iter().filter_map(|part| Some((part, (part.body)(of)?))).collect();
    let title = if matches!(of.why, Why::Permitted(_)) { "One case" } else { "One simulated case" };
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
                strong { (words::NOTICE) } " "
                "This page explains one estimate. It decides nothing, recommends nothing, and compares nobody with anybody. An estimate \
                 speaks of many referrals; it cannot say what will become of one child."
            }
        }
        @if of.report.simulated {
            div class="banner simulated" role="note" aria-label=(format!("Simulated data: {}", label.to_lowercase())) {
                p { strong { (words::SIMULATED) } " This child, the family and every record on this page are made up." }
            }
        }
        @if let Why::Permitted(permission) = of.why {
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
    let model = report.model_title(of.model);
    Some(markup! {
        @match of.why {
            Why::Rule | Why::Asked => p class="lead" {
                "One made-up child, one referral, and everything that \u{201c}" (model) "\u{201d} was given about it: so that whoever is asked \
                 to judge such a model can see with their own eyes what it sees, and what it does not."
            },
            Why::Permitted(_) => p class="lead" {
                "What \u{201c}" (model) "\u{201d} was given about one referral of one child, and what its estimate was."
            },
        }
        @match of.why {
            Why::Rule => p {
                "The case was not picked to please. A fixed rule takes it: the one in the middle of those that would have been flagged in \
                 the last test. No command lists cases or puts them in order."
            },
            Why::Asked => p { "This made-up child was asked for by name. No command lists cases or puts them in order." },
            Why::Permitted(_) => p {
                "It was asked for by name, with the permission above. No command lists cases or puts them in order. Days are left out of \
                 this page, and so are the records of other children of the household, but for how often the model counted them. Those counts are \
                 about other people: whoever answers for data protection says whether they may be given out with it."
            },
        }
        p {
            "The question was whether the child " (report.outcome_words) " within " (report.horizon_days) " days, "
            (report.clock_words) ". The estimate was worked out afterwards, to test the method, from what was on record "
            (report.point_words) ". Nobody was told of it, and nothing was done because of it."
        }
    })
}

/// A table of words, which read from the left.
fn texts(caption: &str, heads: &[&str], rows: &[TableRow]) -> Markup {
    markup! { div class="texts" { (table(caption, heads, rows)) } }
}

/// What moved the estimate, as in the report.
fn moved(of: &Subject<'_>) -> Option<Markup> {
    Some(explanation::moved(of.model, of.case))
}
