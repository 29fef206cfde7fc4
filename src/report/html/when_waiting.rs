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
                Some(line) if measure == measures::RATIO.id => cell(&line.number, Unit::Ratio),
                Some(line) => parts(&line.number),
            }
        };
        let cells = vec![
            html! { @if landmark.waiting.get().is_some() { "about " } (count(landmark.waiting)) },
            find("", measures::INCIDENCE.id),
            find("now", measures::RATIO.id),
            find("now", measures::IPA.id),
            find("then", measures::IPA.id),
            find("now", measures::IPA_DIFFERENCE.id),
            find("now", measures::AUROC.id),
            find("then", measures::AUROC.id),
        ];
        TableRow::new(html! { (head) }, cells)
    };
    let rows: Vec<TableRow> = models.landmarks.iter().map(row).collect();
    let window = models.landmarks.first().map_or(0, |l| l.window);
    html! {
        p {
            (waiting_in_short(models)) " Some months after the start, \u{201c}" (models.title(&models.candidate)) "\u{201d} learned again, of those who \
             had not come back by then and by what was known then, and predicted the " (place(window)) " that follow. Beside it stands what \
             the first prediction, made on " (start) ", says of the same children and months. This describes groups: that a child has not come \
             back does not mean that it is safer."
        }
        (table(
            &format!("Predictions of the {} that follow: how much nearer to what happened than giving everybody the same chance (0: no nearer, 100: always right; 95% intervals)", place(window)),
            &[
                "Made on",
                "Still waiting and followed",
                "Came back of 100",
                "Came, for each one predicted again",
                "Predicted again",
                "First prediction",
                "Gain of predicting again",
                "Ranking, predicted again (AUROC)",
                "Ranking, first prediction",
            ],
            &rows,
        ))
        @for landmark in &models.landmarks {
            @if let Err(why) = &landmark.lines { p { "Nothing is said of " (place(landmark.months)) " later: " (why) "." } }
        }
    }
}

/// Where predicting again was better, or worse, by more than chance.
fn waiting_in_short(models: &Models) -> String {
    let gains = |l: &Landmark| -> Vec<(f64, f64)> {
        let lines = l.lines.iter().flatten();
        let of = [measures::IPA_DIFFERENCE.id, measures::AUROC_DIFFERENCE.id];
        lines.filter(|line| of.contains(&line.measure)).filter_map(|line| line.number.interval()).collect()
    };
    let list = |fits: &dyn Fn((f64, f64)) -> bool| {
        let own = models.landmarks.iter().filter(|l| gains(l).into_iter().any(fits));
        own.map(|l| place(l.months)).collect::<Vec<String>>().join(", ")
    };
    if models.landmarks.iter().all(|l| gains(l).is_empty()) {
        return "Whether predicting again later is better cannot be shown.".to_owned();
    }
    let (better, worse) = (list(&|(low, _)| low > 0.0), list(&|(_, high)| high < 0.0));
    match (better.is_empty(), worse.is_empty()) {
        (true, true) => "Predicting again later was neither better nor worse, by more than chance, than the first prediction.".to_owned(),
        (false, true) => format!("Predicting again was better, by more than chance, after {better}."),
        (true, false) => format!("Predicting again was no better, and by more than chance worse, in chances or in ranking, after {worse}."),
        (false, false) => format!(
            "Predicting again was better, by more than chance, after {better}, in chances or in ranking; and worse after {worse}."
        ),
    }
}

pub(super) fn over_time(steady: &Steady) -> Markup {
    let number = |n: &Number| n.estimate().map_or_else(|| "\u{2013}".to_owned(), |v| decimals(v, 2));
    let rows: Vec<TableRow> = steady
        .facts
        .iter()
        .map(|fact| {
            let with_ends = |of: &Number| {
                let ends = of.interval().map(|ends| format!(" ({})", interval(ends, Unit::Ratio)));
                html! { (number(of)) @if let Some(ends) = ends { span class="interval" { (ends) } } }
            };
            let changes = match fact.p.estimate() {
                Some(p) if p < RARE => "yes",
                Some(_) => "not by more than chance",
                None => "\u{2013}",
            };
            TableRow::new(
                html! { (fact.words) },
                vec![
                    with_ends(&fact.factor),
                    with_ends(&fact.again),
                    html! { (number(&fact.thirds.0)) },
                    html! { (number(&fact.thirds.1)) },
                    html! { (changes) },
                ],
            )
        })
        .collect();
    let changed = steady.facts.iter().filter(|f| f.p.estimate().is_some_and(|p| p < RARE)).count();
    let says = if steady.p.get() < RARE {
        format!(
            "Not all of them do: of the {} facts below, {changed} by more than chance. A model that gives each fact one weight for good \
             (proportional hazards) describes an average over time; the tables above say whether its chances come true all the same.",
            steady.facts.len()
        )
    } else {
        "No change over time that is more than chance was found in the facts that weigh most.".to_owned()
    };
    html! {
        p { (says) " None of this shows that a fact is a reason for anything: who refers a child, and what is recorded, is in it too." }
        (table(
            "Records with more of this were followed by the event sooner (above 1) or later (below 1): factor on its pace, for one standard deviation more",
            &["Fact", "Over all times (95% interval)", "Counting every return (95% interval)", "Early", "Late", "Changes over time"],
            &rows,
        ))
        p class="note" {
            "Cox\u{2019}s model of the facts that weighed most in a model of all, taught by all referrals; counting every return: Andersen and Gill\u{2019}s \
             model of the same facts, in time since a child\u{2019}s first start; early and late: first and last third of the events. Chosen by looking, so that intervals are too narrow and changes are found too easily. For \
             statisticians: test of Grambsch and Therneau, Kaplan\u{2013}Meier transform, which takes children of a household as independent, all together p = "
            (p_value(steady.p.get())) "; intervals robust over households."
        }
    }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "under 0.001".to_owned() } else { decimals(p, 3) }
}
