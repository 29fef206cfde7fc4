//! The first page: what this is, the question, the answer, and what it would cost.

use maud::{Markup, html};

use super::format::{about, between, interval, per_hundred, percent, value};
use super::table::{TableRow, table};
use crate::evaluate::Answer;
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::{Number, PerHundred};
use crate::report::{CapacityTable, Report, figure};

/// Title and banners.
pub(super) fn head(report: &Report) -> Markup {
    html! {
        p class="kicker" { "Report of a research run" }
        h1 { (report.title) }
        div class="banner" role="note" aria-label="Use of this report" {
            p {
                strong { "Research use only. Not for decisions about any child." } " "
                "This report describes past referrals in groups. It scores no child, ranks no child and advises nothing \
                 about any child."
            }
        }
        @if report.simulated {
            div class="banner simulated" role="note" aria-label="Simulated data" {
                p {
                    strong { "SIMULATED DATA." } " "
                    "The children in this report do not exist. The numbers show how the method works. They say nothing \
                     about any real service."
                }
            }
        }
    }
}

/// The question as it was asked.
pub(super) fn question(report: &Report) -> Markup {
    html! {
        p class="lead" { (report.question) }
        p {
            "In this report a child " b { "came back" } " if the child " (report.outcome_words) " within "
            (report.horizon_days) " days, " (report.clock_words) ". Chances were predicted " (report.point_words)
            ", from " (report.features) " facts on record."
        }
        p class="note" {
            "What is counted is referrals: a child who was referred twice counts each time. For short, we write \
             \u{201c}children\u{201d}."
        }
    }
}

/// The verdict in two sentences, then how it was reached.
pub(super) fn answer(report: &Report) -> Markup {
    let finding = &report.finding;
    let (candidate, reference) =
        (report.model_title(&finding.candidate), report.model_title(&finding.reference));
    let short = match finding.answer {
        Answer::Better => "Yes: better than the simple baseline",
        Answer::NoBetter => "No better than the simple baseline",
        Answer::CannotSay => "We cannot say",
    };
    let first = match finding.answer {
        Answer::Better => format!(
            "\u{201c}{candidate}\u{201d} put children who came back nearer the top of its list than the simple baseline \
             \u{201c}{reference}\u{201d} did, by more than chance alone would explain."
        ),
        Answer::NoBetter => format!(
            "\u{201c}{candidate}\u{201d} is not better than the simple baseline \u{201c}{reference}\u{201d} by any amount \
             that was declared to matter."
        ),
        Answer::CannotSay => format!(
            "These data leave open whether \u{201c}{candidate}\u{201d} is better than the simple baseline \
             \u{201c}{reference}\u{201d}: a gain that matters is possible, and so is none."
        ),
    };
    html! {
        div class="verdict" {
            p class="short" { (short) }
            p { (first) " " (in_hundreds(report)) }
        }
        @if let Some(model) = report.models.iter().find(|m| m.id == finding.candidate) {
            p { b { "What the model does. " } (model.title) ": " (model.words) }
        }
        p {
            b { "How we decided. " } (gain(report))
            " The rule was set before the test: if the whole interval is under "
            (value(finding.smallest_gain, Unit::Score)) ", the answer is \u{201c}no better\u{201d}; if it is above 0 and \
             reaches " (value(finding.smallest_gain, Unit::Score)) ", \u{201c}better\u{201d}; otherwise \u{201c}we cannot \
             say\u{201d}. All three are normal results."
        }
        p {
            "Better than a baseline does not mean good enough to use. The next sections show what it would get wrong, for \
             whom, and what the records cannot show at all."
        }
    }
}

fn in_hundreds(report: &Report) -> String {
    let models = &report.at_capacity;
    let yes = |i: usize| models.get(i).and_then(|t| Some((t.flagged_came_back.yes()?, &t.flagged_came_back)));
    let (Some((candidate, a)), Some((reference, b))) = (yes(0), yes(1)) else {
        return "The numbers are too small to show it in children.".to_owned();
    };
    format!(
        "If it had flagged the top {} of children, then of every 100 flagged {}{} came back; with the baseline {}{}.",
        percent(report.capacity),
        about(candidate),
        between(a),
        about(reference),
        between(b)
    )
}

fn gain(report: &Report) -> String {
    let finding = &report.finding;
    let words =
        "Average precision tells how often a flag is right, averaged over short and long lists of flags";
    let mut text = match (&finding.gain, finding.gain.estimate()) {
        (Number::Undefined(reason), _) => format!("{words}. Its gain could not be measured: {reason}."),
        (_, None) => format!("{words}. Its gain rests on too few children to show."),
        (number, Some(estimate)) => {
            let ends = number
                .interval()
                .map_or_else(String::new, |ends| format!(" (95% interval {})", interval(ends, Unit::Score)));
            format!("{words}. The gain over the baseline was {}{ends}.", value(estimate, Unit::Score))
        }
    };
    if finding.answer == Answer::Better && finding.surely_matters == Some(false) {
        text.push_str(
            " The true gain could still be smaller than the smallest one that was declared to matter.",
        );
    }
    text
}

/// Harm arithmetic at the declared capacity.
pub(super) fn cost(report: &Report) -> Markup {
    let capacity = percent(report.capacity);
    let Some(candidate) = report.at_capacity.first() else {
        return html! { p { "Not measured." } };
    };
    let figure = figure::hundred(report);
    html! {
        p {
            "Suppose a service had looked again at the " (capacity) " of children that the model puts highest. Nobody did \
             so: this is arithmetic on past referrals, and the " (capacity) " was chosen by the research team in advance."
        }
        ul class="facts" {
            (fact(&candidate.flagged_came_back, "Of 100 children flagged,", "came back;", "did not, and would have been looked at in vain."))
            (fact(&candidate.missed, "Of 100 children who came back,", "were not flagged: they would have been missed;", "were flagged."))
            (fact(&candidate.flagged_in_vain, "Of 100 children who did not come back,", "were flagged all the same;", "were not."))
        }
        @match figure {
            Some(figure) => (figure.render(1, &capacity_table(report))),
            None => (capacity_table(report)),
        }
    }
}

fn fact(share: &PerHundred, of: &str, yes: &str, no: &str) -> Markup {
    html! {
        li {
            (of) " "
            @match (share.yes(), share.no()) {
                (Some(a), Some(b)) => { b { (about(a)) } (between(share)) " " (yes) " " b { (about(b)) } " " (no) },
                _ => "the number cannot be shown: it rests on too few children.",
            }
        }
    }
}

/// One row of the table: its words, and which number it shows.
type Row = (&'static str, fn(&CapacityTable) -> Markup);

fn capacity_table(report: &Report) -> Markup {
    let rows: [Row; 5] = [
        ("Of 100 flagged: came back", |t| per_hundred(&t.flagged_came_back)),
        ("Of 100 flagged: did not come back", |t| others(&t.flagged_came_back)),
        ("Of 100 who came back: not flagged (missed)", |t| per_hundred(&t.missed)),
        ("Of 100 who came back: flagged", |t| others(&t.missed)),
        ("Of 100 who did not come back: flagged", |t| per_hundred(&t.flagged_in_vain)),
    ];
    let rows: Vec<TableRow> = rows
        .iter()
        .map(|(words, cell)| TableRow::new(html! { (words) }, report.at_capacity.iter().map(cell).collect()))
        .collect();
    let mut heads = vec!["If the top were flagged by"];
    heads.extend(report.at_capacity.iter().map(|t| report.model_title(&t.model)));
    table("What flagging would have got right and wrong, in children of 100", &heads, &rows)
}

fn others(share: &PerHundred) -> Markup {
    match share.no() {
        Some(no) => html! { (super::format::whole(no)) },
        None => per_hundred(share),
    }
}

/// The last lines.
pub(super) fn foot(report: &Report) -> Markup {
    html! {
        p { "rerefer " (report.version) ", run " code { (report.run_id) } ". Research use only. Not for decisions about any child." }
        @if report.simulated { p { strong { "SIMULATED DATA." } } }
    }
}
