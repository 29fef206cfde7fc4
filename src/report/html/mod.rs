//! `report.html`: one self-contained page that needs no network, and that reads whole without script.
//!
//! In: a [`Report`]. Out: the page. The sections stand in the order in which an ethics board reads: what this is, the
//! question, the answer, what it would cost, whether chances come true in every group, mistakes by group, how sure we are,
//! what it cannot tell; then the detail. Each begins with one sentence that says what was found. To
//! add a section, add a function to one of the files and a line to [`SECTIONS`].

mod adjusted;
mod bias;
mod calibration;
pub(in crate::report) mod case;
mod compared;
mod detail;
mod explanation;
mod explore;
mod folds;
pub(in crate::report) mod format;
mod gate;
mod group_calibration;
mod groups;
mod models;
pub(in crate::report) mod opening;
pub(in crate::report) mod privacy;
mod rates;
mod stability;
mod summary;
mod sureness;
pub(in crate::report) mod table;
mod versus;
mod whatif;
mod when;
mod when_compared;
mod when_flags;
mod when_models;
mod when_more;
mod when_waiting;
mod withheld;
mod worth;

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

#[cfg(feature = "pdf")]
use super::document::{Figure, svg};
use super::{Report, figure};

/// How the page looks.
pub(in crate::report) const STYLE: &str = include_str!("style.css");
/// What every printed page of a report on simulated data says.
const SIMULATED: &str = "@page{@top-right{content:\"SIMULATED DATA\";font:bold 8pt sans-serif}}";

/// One section: its id, its heading and what it holds.
struct Section {
    id: &'static str,
    heading: &'static str,
    body: fn(&Report) -> Markup,
}

/// The sections in order.
static SECTIONS: &[Section] = &[
    Section { id: "question", heading: "The question", body: opening::question },
    Section { id: "answer", heading: "The answer", body: opening::answer },
    Section { id: "gate", heading: "What was promised beforehand", body: gate::gate },
    Section { id: "cost", heading: "What it would get right and wrong", body: opening::cost },
    Section {
        id: "group-calibration",
        heading: "Do the predicted chances come true in every group?",
        body: group_calibration::group_calibration,
    },
    Section {
        id: "groups",
        heading: "Whom it would miss, and whom it would flag in vain",
        body: groups::affected,
    },
    Section { id: "sure", heading: "How sure we are", body: sureness::sure },
    Section { id: "limits", heading: "What this report cannot tell you", body: sureness::limits },
    Section { id: "worth", heading: "When would acting on the flags be worth it?", body: worth::worth },
    Section {
        id: "calibration",
        heading: "Do the predicted chances come true?",
        body: calibration::calibration,
    },
    Section {
        id: "adjusted",
        heading: "Before and after the chances were adjusted",
        body: adjusted::adjusted,
    },
    Section { id: "when", heading: "How long until a child comes back?", body: when::when },
    Section { id: "explanation", heading: "What do the models go by?", body: explanation::explanation },
    Section {
        id: "stability",
        heading: "Would another year, another council or another draw give the same answer?",
        body: stability::stability,
    },
    Section { id: "compared", heading: "Are the groups treated alike?", body: compared::compared },
    Section { id: "bias", heading: "Could the records themselves be to blame?", body: bias::bias },
    Section { id: "what-if", heading: "What if gaps were corrected for?", body: whatif::what_if },
    Section {
        id: "explore",
        heading: "Explore: what if more or fewer were flagged?",
        body: explore::explore,
    },
    Section { id: "curves", heading: "Other shares flagged", body: models::curves },
    Section { id: "models", heading: "All models", body: models::models },
    Section { id: "versus", heading: "Is any model better than the simplest?", body: versus::versus },
    Section { id: "folds", heading: "Each test by itself", body: folds::folds },
    Section { id: "all-groups", heading: "Further measures by group", body: groups::all_measures },
    Section { id: "cohort", heading: "The referrals studied", body: detail::cohort },
    Section { id: "left-out", heading: "Who was left out", body: detail::left_out },
    Section { id: "rates", heading: "How many referrals, and whose", body: rates::rates },
    Section { id: "testing", heading: "How predictions were tested", body: detail::testing },
    Section { id: "hidden", heading: "What was hidden, and why", body: withheld::withheld },
    Section { id: "privacy", heading: "What could give a child away?", body: privacy::privacy },
    Section { id: "words", heading: "The words used", body: detail::glossary },
    Section { id: "again", heading: "How to get the same report again", body: detail::again },
];

/// The heading of a section.
pub(in crate::report) fn heading(id: &str) -> &'static str {
    if id == "summary" {
        return "In short";
    }
    SECTIONS.iter().find(|section| section.id == id).map_or("", |section| section.heading)
}

/// A figure of the page as it is set on paper.
#[cfg(feature = "pdf")]
pub(in crate::report) fn drawing(figure: &Figure) -> String {
    svg(figure, STYLE)
}

/// Writes the page.
#[must_use]
pub fn html(report: &Report) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang="en-GB" {
            (head(&report.title, report, &format!("; script-src 'sha256-{}'", explore::digest())))
            body {
                a class="skip" href="#main" { "Skip to the report" }
                header { (opening::head(report)) }
                main id="main" {
                    section id="summary" aria-labelledby="summary-heading" {
                        h2 id="summary-heading" { "In short" }
                        (summary::summary(report))
                    }
                    nav aria-label="Contents" { (contents()) }
                    @for section in SECTIONS {
                        section id=(section.id) aria-labelledby=(format!("{}-heading", section.id)) {
                            h2 id=(format!("{}-heading", section.id)) { (section.heading) }
                            ((section.body)(report))
                        }
                    }
                }
                footer { (opening::foot(report)) }
                (explore::script(report))
            }
        }
    };
    figure::number(&page.into_string())
}

/// What stands before the body of a page without script.
pub(in crate::report) fn page_head(title: &str, report: &Report) -> Markup {
    head(title, report, "")
}

/// What stands before the body of a page: how it looks, no network, and no script but what `scripts` allows.
fn head(title: &str, report: &Report, scripts: &str) -> Markup {
    markup! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta http-equiv="Content-Security-Policy" content={ "default-src 'none'; style-src 'unsafe-inline'" (scripts) };
            meta name="color-scheme" content="light dark";
            title { (title) @if report.simulated { " (simulated data)" } }
            style { (PreEscaped(STYLE)) @if report.simulated { (PreEscaped(SIMULATED)) } }
        }
    }
}

fn contents() -> Markup {
    markup! {
        p class="navhead" { "Contents" }
        ol { @for section in SECTIONS { li { a href=(format!("#{}", section.id)) { (section.heading) } } } }
    }
}
