//! The first page: what this is, the question, the answer, and what it would cost.

use maud::{Markup, html};

use super::format::{about, between, interval, per_hundred, percent, thousands, value};
use super::table::{TableRow, table};
use crate::evaluate::Answer;
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::{Number, PerHundred};
use crate::report::{CapacityTable, Report, figure, words};

/// Title and banners.
pub(super) fn head(report: &Report) -> Markup {
    html! {
        p class="kicker" { "Report of a research run" }
        h1 { (report.title) }
        div class="banner" role="note" aria-label="Use of this report" {
            p {
                strong { (words::NOTICE) } " "
                "This report describes past referrals in groups and advises nothing about any child. To test the method, a \
                 chance was worked out for every referral tested, and referrals were put in order. Those chances stay in a \
                 private folder where the data are held. They are not in this report and must not be used for any child."
            }
        }
        @if report.simulated {
            div class="banner simulated" role="note" aria-label="Simulated data" {
                p {
                    strong { (words::SIMULATED) } " "
                    "The children in this report do not exist. The numbers show how the method works. They say nothing \
                     about any real service."
                }
            }
        }
    }
}

/// The question as it was asked, and what the models were told.
pub(super) fn question(report: &Report) -> Markup {
    html! {
        p class="lead" { (report.question) }
        p {
            "In this report a child " b { "came back" } " if the child " (report.outcome_words) " within "
            (report.horizon_days) " days, " (report.clock_words) ". Chances were worked out afterwards, from what was on record " (report.point_words)
            "; the exceptions are under \u{201c}What this report cannot tell you\u{201d}."
        }
        p {
            b { "What the computer was told: " } (report.told.join("; ")) ". That makes " (report.features)
            " facts, listed in " code { "dictionary.csv" } " beside this report."
            @if !report.not_told.is_empty() {
                " It was not given the fields for " (listed(&report.not_told)) "; these are used only to check fairness. \
                 Other facts can stand in for them, and an earlier record can name one, such as a disability found at an \
                 assessment."
            }
        }
        p class="note" {
            "What is counted is referrals: a child who was referred twice counts each time. For short, we write \
             \u{201c}children\u{201d}."
        }
    }
}

/// "a, b or c".
fn listed(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

/// The verdict in a few words.
pub(super) fn short(report: &Report) -> &'static str {
    match report.finding.answer {
        Answer::Better => "Yes: better than the simple baseline",
        Answer::NoBetter => "No better than the simple baseline",
        Answer::CannotSay => "We cannot say",
    }
}

/// What flagging would have got right and wrong, where nobody was flagged.
pub(super) fn cost_in_a_line(report: &Report) -> String {
    let share = percent(report.capacity);
    report.at_capacity.first().map(found).map_or_else(
        || "Not measured.".to_owned(),
        |found| format!("Nobody was flagged. Suppose the {share} with the highest chances had been. {found}"),
    )
}

/// The verdict in two sentences, then how it was reached.
pub(super) fn answer(report: &Report) -> Markup {
    let finding = &report.finding;
    let (candidate, reference) =
        (report.model_title(&finding.candidate), report.model_title(&finding.reference));
    let first = match finding.answer {
        Answer::Better => {
            "It put children who came back nearer the top of its list than the baseline did, by more than chance alone \
             would explain."
        }
        Answer::NoBetter => "It is not better than the baseline by any amount that was declared to matter.",
        Answer::CannotSay => {
            "These data do not show whether it is better than the baseline, no different, or worse. That is no ground for \
             using it."
        }
    };
    let worse = finding.gain.interval().is_some_and(|(_, high)| high < 0.0);
    let words = report.models.iter().find(|m| m.id == finding.candidate).map_or("", |m| m.words.as_str());
    html! {
        div class="verdict" {
            p class="short" { (short(report)) }
            p {
                (first) " "
                @if worse { "It did worse than the baseline, by more than chance alone would explain. " }
                (in_hundreds(report))
            }
        }
        p {
            "A computer model (\u{201c}" (candidate) "\u{201d}) was compared with a simple baseline (\u{201c}" (reference)
            "\u{201d}): a method so simple that anything more complicated has to beat it."
        }
        p {
            b { "The model. " } (words)
        }
        p { b { "How we decided. " } (gain(report)) }
        p {
            "The smallest gain that matters and the two methods are in the experiment file; the rule is built into the \
             program: if the whole interval is under " (value(finding.smallest_gain, Unit::Score))
            ", the answer is \u{201c}no better\u{201d}; if it is all above 0 and the gain itself is at least "
            (value(finding.smallest_gain, Unit::Score)) ", \u{201c}better\u{201d}; otherwise \u{201c}we cannot say\u{201d}. \
             All three are normal results. Ask the research team when the experiment was written: it counts only if that was \
             before the test."
        }
        (other_measure(report))
        p {
            "Even a model that beats its baseline may not be good enough to use. The next sections show what this one would \
             get wrong, for whom, and what the records cannot show at all. Differences are worked out before rounding, so \
             they may differ in the last digit from those of the numbers shown."
        }
    }
}

/// The second measure of the same question, and whether it points the same way.
fn other_measure(report: &Report) -> Markup {
    let finding = &report.finding;
    let line = report.lines.iter().find(|l| l.measure == "auroc-difference" && l.group == "overall");
    let Some((line, difference)) = line.and_then(|l| Some((l, l.number.estimate()?))) else {
        return html! {};
    };
    let ends = line.number.interval();
    let text =
        ends.map_or_else(String::new, |ends| format!(" (95% interval {})", interval(ends, Unit::Score)));
    let apart = finding.gain.estimate().is_some_and(|gain| gain * difference < 0.0);
    html! {
        p {
            b { "A second look. " }
            "On AUROC, which compares pairs of children, the model's gain was " (value(difference, Unit::Score)) (text) "."
            @if apart { " The two measures point different ways: neither difference should be relied on." }
        }
    }
}

pub(super) fn in_hundreds(report: &Report) -> String {
    let models = &report.at_capacity;
    let yes = |i: usize| models.get(i).and_then(|t| Some((t.flagged_came_back.yes()?, &t.flagged_came_back)));
    let (Some((candidate, a)), Some((reference, b))) = (yes(0), yes(1)) else {
        let finding = &report.finding;
        if [&finding.candidate, &finding.reference].iter().any(|id| *id == "prevalence") {
            return "In children it is not shown: a method that says the same of everyone flags nobody in particular."
                .to_owned();
        }
        return "The numbers are too small to show it in children.".to_owned();
    };
    format!(
        "If the {} that each puts highest had been flagged, then of every 100 flagged by the model {}{} came back; of every \
         100 flagged by the baseline {}{}.",
        percent(report.capacity),
        about(candidate),
        between(a),
        about(reference),
        between(b)
    )
}

fn gain(report: &Report) -> String {
    let finding = &report.finding;
    let words = "Average precision tells how often a flag is right, averaged over short and long lists of flags: a gain of 0.020 is \
         about 2 more in every 100";
    let mut text = match (&finding.gain, finding.gain.estimate()) {
        (Number::Undefined(reason), _) => format!("{words}. Its gain could not be measured: {reason}."),
        (_, None) => format!("{words}. Its gain rests on too few children to show."),
        (number, Some(estimate)) => {
            let ends = number.interval().map_or_else(String::new, |ends| {
                format!(
                    " (95% interval {}: where it would mostly lie if other families had been drawn)",
                    interval(ends, Unit::Score)
                )
            });
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
        p class="lead" { (found(candidate)) }
        p {
            "Suppose a service had " b { "flagged" } ", for a second look, the " (capacity) " of children that the model puts \
             highest in each part of the test" (flagged_in_fact(report)) ". Nobody did so: this is arithmetic on past referrals, and the " (capacity)
            " is in the experiment file. A child who came back may have been safe, and a child who did not may have needed \
             help: the numbers show contact with services, not need."
        }
        ul class="facts" {
            (fact(&candidate.flagged_came_back, "Of 100 children flagged,", "came back;", "did not within that time."))
            (fact(&candidate.missed, "Of 100 children who came back,", "would not have been flagged (missed);", "would have been."))
            (fact(&candidate.flagged_in_vain, "Of 100 children who did not come back,", "would have been flagged all the same;", "would not."))
        }
        (could_not(report))
        @if let Some(rate) = report.tested.came_back.yes() {
            p { "With no skill at all, " (about(rate)) " of 100 flagged would come back: that is the share of all tested." }
        }
        @match figure {
            Some(figure) => (figure.render(&capacity_table(report))),
            None => (capacity_table(report)),
        }
        (at_others(report))
    }
}

/// The first sentence: what flagging at the declared capacity would have got right and wrong.
fn found(table: &CapacityTable) -> String {
    match (table.flagged_came_back.yes(), table.flagged_came_back.no(), table.missed.yes()) {
        (Some(right), Some(wrong), Some(missed)) => format!(
            "Of 100 children flagged, {} came back and {} did not; of 100 who came back, {} would not have been flagged.",
            about(right),
            about(wrong),
            about(missed)
        ),
        _ => "What flagging would have got right and wrong cannot be shown: it rests on too few children."
            .to_owned(),
    }
}

/// The same arithmetic at every other share that the experiment states.
fn at_others(report: &Report) -> Markup {
    let row = |t: &CapacityTable| {
        TableRow::new(
            html! { "Top " (percent(t.capacity)) ", " (report.model_title(&t.model)) },
            vec![
                per_hundred(&t.flagged_came_back),
                others(&t.flagged_came_back),
                per_hundred(&t.missed),
                others(&t.missed),
                per_hundred(&t.flagged_in_vain),
            ],
        )
    };
    let rows: Vec<TableRow> = report.at_others.iter().map(row).collect();
    let heads = [
        "Flagged by",
        "Of 100 flagged: came back",
        "Of 100 flagged: did not come back",
        words::MISSED,
        "Of 100 who came back: flagged",
        words::IN_VAIN,
    ];
    html! {
        @if !rows.is_empty() {
            h3 { "At the other shares that the experiment states" }
            p {
                "Flagging more children misses fewer and disturbs more families. Where a row is hidden, it would show a \
                 small number of children when it is compared with its neighbours."
            }
            (table("What flagging would have got right and wrong at other shares, with 95% intervals", &heads, &rows))
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

/// Who of those who did not come back could not.
fn could_not(report: &Report) -> Markup {
    let left = report.tested.competing.get();
    let open = report.tested.open.and_then(crate::privacy::disclosure::Count::get);
    html! {
        @if left.is_some() || open.is_some() {
            p {
                "\u{201c}Did not come back\u{201d} includes children who could not: "
                @if let Some(left) = left { (thousands(left)) " of the referrals tested where the child died, moved away, was adopted or turned 18" }
                @if left.is_some() && open.is_some() { ", and " }
                @if let Some(open) = open { (thousands(open)) " where the case stayed open the whole time, so that no new referral could be made" }
                "."
            }
        }
    }
}

/// How many that was, since parts of the test are flagged in whole children.
fn flagged_in_fact(report: &Report) -> String {
    let at = format!("top {}", percent(report.capacity));
    let line = report.lines.iter().find(|l| {
        l.measure == "selection-rate"
            && l.group == "overall"
            && l.at == at
            && l.model == report.finding.candidate
    });
    let share = line.and_then(|l| l.number.estimate());
    share.map_or_else(String::new, |share| {
        format!(" (in whole children, which makes {} of all)", value(share, Unit::Share))
    })
}

/// One row of the table: its words, and which number it shows.
type Row = (&'static str, fn(&CapacityTable) -> Markup);

fn capacity_table(report: &Report) -> Markup {
    let rows: [Row; 5] = [
        ("Of 100 flagged: came back", |t| per_hundred(&t.flagged_came_back)),
        ("Of 100 flagged: did not come back", |t| others(&t.flagged_came_back)),
        (words::MISSED, |t| per_hundred(&t.missed)),
        ("Of 100 who came back: flagged", |t| others(&t.missed)),
        (words::IN_VAIN, |t| per_hundred(&t.flagged_in_vain)),
    ];
    let rows: Vec<TableRow> = rows
        .iter()
        .map(|(words, cell)| TableRow::new(html! { (words) }, report.at_capacity.iter().map(cell).collect()))
        .collect();
    let first = format!("If the top {} were flagged by", percent(report.capacity));
    let mut heads = vec![first.as_str()];
    heads.extend(report.at_capacity.iter().map(|t| report.model_title(&t.model)));
    table("What flagging would have got right and wrong, out of every 100 children", &heads, &rows)
}

fn others(share: &PerHundred) -> Markup {
    match share.no() {
        Some(no) => html! { (super::format::whole(no)) },
        None => per_hundred(share),
    }
}

/// The last lines.
pub(in crate::report) fn foot(report: &Report) -> Markup {
    html! {
        p { "rerefer " (report.version) ", run " code { (report.run_id) } ". " (words::NOTICE) }
        @if report.simulated { p { strong { (words::SIMULATED) } } }
    }
}
