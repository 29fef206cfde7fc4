//! What waiting adds to a model of when, and whether facts weigh the same at all times.

use maud::{Markup, html};

use super::format::{cell, count, decimals, interval};
use super::table::{TableRow, table};
use super::when_models::parts;
use crate::evaluate::measures::Unit;
use crate::evaluate::survival::score::{measures, place};
use crate::experiment::gate::OVERALL;
use crate::privacy::disclosure::Number;
use crate::report::when::When;
use crate::report::when_models::{Landmark, Models, Steady};

/// A p value under which a difference is called more than chance.
const RARE: f64 = 0.05;

pub(super) fn waiting(when: &When, models: &Models) -> Markup {
    let start = if when.from_closure { "the day of closing" } else { "the day of the referral" };
    let row = |landmark: &Landmark| {
        let head =
            if landmark.months == 0 { start.to_owned() } else { format!("{} later", place(landmark.months)) };
        let at = place(landmark.window);
        let find = |model: &str, measure: &str| -> Markup {
            let lines = landmark.lines.as_ref().ok();
            let line = lines.and_then(|lines| {
                lines
                    .iter()
                    .find(|l| l.model == model && l.measure == measure && l.at == at && l.group == OVERALL)
            });
            match line {
                None => html! { "\u{2013}" },
                Some(line) if measure == measures::INCIDENCE.id => html! {
                    @match line.number.estimate() {
                        Some(v) => (decimals(v * 100.0, 0)),
                        None => (cell(&line.number, Unit::Share)),
                    }
                },
                Some(line) if measure == measures::AUROC.id => cell(&line.number, Unit::Score),
                Some(line) => parts(&line.number),
            }
        };
        let cells = vec![
            html! { @if landmark.waiting.get().is_some() { "about " } (count(landmark.waiting)) },
            find("", measures::INCIDENCE.id),
            find("now", measures::IPA.id),
            find("then", measures::IPA.id),
            find("now", measures::IPA_DIFFERENCE.id),
            find("now", measures::AUROC.id),
        ];
        TableRow::new(html! { (head) }, cells)
    };
    let rows: Vec<TableRow> = models.landmarks.iter().map(row).collect();
    let window = models.landmarks.first().map_or(0, |l| l.window);
    html! {
        p {
            "The longer a child has not come back, the less likely it becomes. Some months after the start, \u{201c}"
            (models.title(&models.candidate)) "\u{201d} was taught anew by what was known on that day of those who had not come back, and \
             asked about the " (place(window)) " that follow. Beside it stands what the prediction made on " (start)
            " says of the same children and months."
        }
        (table(
            &format!("Predictions made anew of the {} that follow (parts of 100 of the error taken away, 95% intervals)", place(window)),
            &[
                "Made on",
                "Still waiting",
                "Came back of 100",
                "Error taken away, made anew",
                "Error taken away, made at the start",
                "What waiting adds",
                "Ranking, made anew (AUROC)",
            ],
            &rows,
        ))
        @for landmark in &models.landmarks {
            @if let Err(why) = &landmark.lines { p { "Nothing is said of " (place(landmark.months)) " later: " (why) "." } }
        }
        p class="note" { (waiting_in_short(models)) }
    }
}

fn waiting_in_short(models: &Models) -> String {
    let adds = |l: &&Landmark| {
        let lines = l.lines.as_ref().ok();
        let line =
            lines.and_then(|lines| lines.iter().find(|line| line.measure == measures::IPA_DIFFERENCE.id));
        line.and_then(|line| line.number.interval()).is_some_and(|(low, _)| low > 0.0)
    };
    let surely: Vec<String> = models.landmarks.iter().filter(adds).map(|l| place(l.months)).collect();
    if surely.is_empty() {
        "Predictions made anew are not better by more than chance than those made at the start.".to_owned()
    } else {
        format!("Predictions made anew are better, by more than chance, after {}.", surely.join(", "))
    }
}

pub(super) fn over_time(steady: &Steady) -> Markup {
    let number = |n: &Number| n.estimate().map_or_else(|| "\u{2013}".to_owned(), |v| decimals(v, 2));
    let rows: Vec<TableRow> = steady
        .facts
        .iter()
        .map(|fact| {
            let ends = fact.factor.interval().map(|ends| format!(" ({})", interval(ends, Unit::Ratio)));
            let changes = match fact.p.estimate() {
                Some(p) if p < RARE => "yes",
                Some(_) => "not by more than chance",
                None => "\u{2013}",
            };
            TableRow::new(
                html! { (fact.words) },
                vec![
                    html! { (number(&fact.factor)) @if let Some(ends) = ends { span class="interval" { (ends) } } },
                    html! { (number(&fact.thirds.0)) },
                    html! { (number(&fact.thirds.1)) },
                    html! { (changes) },
                ],
            )
        })
        .collect();
    let says = if steady.p.get() < RARE {
        "The facts that weigh most do not weigh the same at all times. A model that gives each fact one weight for good (proportional \
         hazards) describes an average over time; the tables above say whether its chances come true all the same."
    } else {
        "No change over time that is more than chance was found in the facts that weigh most."
    };
    html! {
        p { (says) }
        (table(
            "By what factor children come back faster (above 1) or slower (below 1), for one standard deviation more of a fact",
            &["Fact", "Over all times (95% interval)", "Early", "Late", "Changes over time"],
            &rows,
        ))
        p class="note" {
            "Cox\u{2019}s model of the facts that weighed most in a model of all, taught by all referrals; early and late: first and last third of \
             the events. Chosen by looking, so that intervals are too narrow and changes are found too easily. A weight is no cause. For \
             statisticians: test of Grambsch and Therneau, Kaplan\u{2013}Meier transform, all together p = "
            (p_value(steady.p.get())) "; errors robust over households."
        }
    }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "under 0.001".to_owned() } else { decimals(p, 3) }
}
