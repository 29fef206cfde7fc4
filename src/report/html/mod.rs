//! `report.html`: one self-contained page that needs no network and no script.
//!
//! In: a [`Report`]. Out: the page. The sections stand in the order in which an ethics board reads: what this is, the
//! question, the answer, what it would cost, who is affected, how sure we are, what it cannot tell; then the detail. To
//! add a section, add a function to one of the files and a line to [`SECTIONS`].

mod bias;
mod compared;
mod detail;
pub(in crate::report) mod format;
mod gate;
mod groups;
mod models;
mod opening;
mod rates;
mod sureness;
pub(in crate::report) mod table;
mod whatif;

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::Report;

const STYLE: &str = include_str!("style.css");
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
    Section { id: "groups", heading: "Who is affected", body: groups::affected },
    Section { id: "compared", heading: "Are the groups treated alike?", body: compared::compared },
    Section { id: "bias", heading: "Could the records themselves be to blame?", body: bias::bias },
    Section { id: "what-if", heading: "What if gaps were corrected for?", body: whatif::what_if },
    Section { id: "sure", heading: "How sure we are", body: sureness::sure },
    Section { id: "limits", heading: "What this report cannot tell you", body: sureness::limits },
    Section { id: "cohort", heading: "The referrals studied", body: detail::cohort },
    Section { id: "left-out", heading: "Who was left out", body: detail::left_out },
    Section { id: "rates", heading: "How many referrals, and whose", body: rates::rates },
    Section { id: "testing", heading: "How predictions were tested", body: detail::testing },
    Section { id: "models", heading: "All models", body: models::models },
    Section { id: "calibration", heading: "Do the predicted chances come true?", body: models::calibration },
    Section { id: "curves", heading: "Other shares flagged", body: models::curves },
    Section { id: "all-groups", heading: "All measures by group", body: groups::all_measures },
    Section { id: "words", heading: "The words used", body: detail::glossary },
    Section { id: "again", heading: "How to get the same report again", body: detail::again },
];

/// Writes the page.
#[must_use]
pub fn html(report: &Report) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="color-scheme" content="light dark";
                title { (report.title) @if report.simulated { " (simulated data)" } }
                style { (PreEscaped(STYLE)) @if report.simulated { (PreEscaped(SIMULATED)) } }
            }
            body {
                a class="skip" href="#main" { "Skip to the report" }
                header { (opening::head(report)) }
                nav aria-label="Contents" { (contents()) }
                main id="main" {
                    @for section in SECTIONS {
                        section id=(section.id) aria-labelledby=(format!("{}-heading", section.id)) {
                            h2 id=(format!("{}-heading", section.id)) { (section.heading) }
                            ((section.body)(report))
                        }
                    }
                }
                footer { (opening::foot(report)) }
            }
        }
    };
    page.into_string()
}

fn contents() -> Markup {
    markup! {
        p class="navhead" { "Contents" }
        ol { @for section in SECTIONS { li { a href=(format!("#{}", section.id)) { (section.heading) } } } }
    }
}
