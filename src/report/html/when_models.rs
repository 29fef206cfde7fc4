//! Models of when: which for which time, and whether their chances come true.

use maud::{Markup, html};

use super::format::{about, cell, decimals, per_hundred, thousands};
use super::table::{TableRow, table};
use super::{when_flags, when_waiting};
use crate::evaluate::measures::Unit;
use crate::evaluate::survival::score::{measures, place};
use crate::experiment::gate::OVERALL;
use crate::privacy::disclosure::{Number, PerHundred};
use crate::report::when::When;
use crate::report::when_models::{Models, Point};
use crate::report::{Line, figure};

/// The part of the section about models; `of` is what there are a hundred of, `what` what came.
pub(super) fn models(when: &When, of: &str, what: &str) -> Markup {
    let Some(models) = &when.models else {
        return html! {
            h3 { "Can a model tell when?" }
            p { "Not asked in this run: " code { "[when]" } " names no " code { "learners" } "." }
        };
    };
    let models = match models {
        Ok(models) => models,
        Err(reason) => {
            return html! { h3 { "Can a model tell when?" } p { "No model of when was tested: " (reason) "." } };
        }
    };
    html! {
        h3 { "Can a model tell when?" }
        p { b { "In short. " } (in_short(models)) }
        (introduction(models, of))
        (which(models))
        h3 { "Do the chances come true in time?" }
        (calibration(models, of, what))
        h3 { "Whom would such a model flag?" }
        (when_flags::flagged(models))
        (when_flags::by_group(models))
        @if !models.landmarks.is_empty() { h3 { "Does predicting again later help?" } (when_waiting::waiting(when, models)) }
        @if let Some(steady) = &models.steady { h3 { "Do facts weigh the same at all times?" } (when_waiting::over_time(steady)) }
        (conventions(models))
    }
}

/// Candidate against reference, time by time.
fn in_short(models: &Models) -> String {
    let (candidate, reference) = (models.title(&models.candidate), models.title(&models.reference));
    let mut better = Vec::new();
    let (mut no_better, mut unsure) = (Vec::new(), Vec::new());
    for months in &models.times {
        let at = place(*months);
        let line = models.overall(&models.candidate, measures::IPA_DIFFERENCE.id, &at);
        match line.and_then(|l| l.number.interval()) {
            Some((low, _)) if low > 0.0 => better.push(at),
            Some((_, high)) if high <= 0.0 => no_better.push(at),
            Some(_) => unsure.push(at),
            None => {}
        }
    }
    let list = |times: &[String]| times.join(", ");
    let mut says = Vec::new();
    if !better.is_empty() {
        says.push(format!(
            "\u{201c}{candidate}\u{201d} tells better than \u{201c}{reference}\u{201d} who comes back within {}",
            list(&better)
        ));
    }
    if !no_better.is_empty() {
        says.push(format!(
            "\u{201c}{candidate}\u{201d} does no better than \u{201c}{reference}\u{201d}, or worse, within {}",
            list(&no_better)
        ));
    }
    if !unsure.is_empty() {
        says.push(format!(
            "within {} the difference between \u{201c}{candidate}\u{201d} and \u{201c}{reference}\u{201d} may be chance",
            list(&unsure)
        ));
    }
    if says.is_empty() {
        return format!(
            "Whether \u{201c}{candidate}\u{201d} tells better than \u{201c}{reference}\u{201d} cannot be shown."
        );
    }
    let mut text = says.join("; ");
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    format!(
        "{text}.{} Better is not good enough: the tables say how much better, how often it is wrong, and whether its chances can be believed.",
        strongest(models)
    )
}

/// The candidate beside the baseline that comes nearest at the main time; no test of the difference.
fn strongest(models: &Models) -> String {
    let at = place(models.main_months);
    let of = |id: &str| models.overall(id, measures::IPA.id, &at)?.number.estimate();
    let baselines = models.cards.iter().filter(|card| card.baseline && card.id != models.candidate);
    let known = baselines.filter_map(|card| Some((card.title.as_str(), of(&card.id)?)));
    let best = known.max_by(|a, b| a.1.total_cmp(&b.1));
    let Some(((title, theirs), ours)) = best.zip(of(&models.candidate)) else { return String::new() };
    let part = |v: f64| decimals(v * 100.0, 1);
    format!(
        " Within {at}, of 100 parts of the way from giving everybody the same chance to being always right, it goes {}; the best of the \
         baselines, \u{201c}{title}\u{201d}, goes {}.",
        part(ours),
        part(theirs)
    )
}

fn introduction(models: &Models, of: &str) -> Markup {
    html! {
        p {
            "Each model gives a child\u{2019}s chance of coming back by each time, and of leaving or anything else first. It learned from "
            (of) " before the test, as far as they had been followed when the test began, and from no others; none is left out because the \
             follow-up is short, but that models that go period by period need half of a first one."
            @if let Some(n) = models.tested.get() {
                " It was tested on about " (thousands(n)) " others, each as far as the records reach; the numbers from here on are of these, so \
                 that they differ from those above."
            }
            " One model is looked at closely, the one that the experiment names: \u{201c}" (models.title(&models.candidate)) "\u{201d}. It need \
             not be the model of the yes-or-no question."
        }
        dl {
            @for card in &models.cards {
                dt { (card.title) @if card.baseline { " (baseline)" } }
                dd { (card.words) }
            }
        }
        @for (title, why) in &models.failed {
            p { "\u{201c}" (title) "\u{201d} could not be taught: " (why) "." }
        }
        @for (months, why) in &models.without {
            p { "The models say nothing of " (place(*months)) ": " (why) "." }
        }
    }
}

/// One table: models by times.
fn by_time(models: &Models, caption: &str, measure: &str, show: impl Fn(&Line) -> Markup) -> Markup {
    let heads: Vec<String> = models.times.iter().map(|m| format!("Within {}", place(*m))).collect();
    let heads: Vec<&str> = std::iter::once("Model").chain(heads.iter().map(String::as_str)).collect();
    let rows: Vec<TableRow> = models
        .cards
        .iter()
        .map(|card| {
            let of = |months: &u32| {
                models.overall(&card.id, measure, &place(*months)).map_or(html! { "\u{2013}" }, &show)
            };
            TableRow::new(html! { (card.title) }, models.times.iter().map(of).collect())
        })
        .collect();
    table(caption, &heads, &rows)
}

/// A share of the error as parts of a hundred.
pub(super) fn parts(number: &Number) -> Markup {
    let part = |v: f64| decimals(v * 100.0, 1);
    match number.estimate() {
        Some(value) => html! {
            (part(value))
            @if let Some((low, high)) = number.interval() { " " span class="interval" { "(" (part(low)) " to " (part(high)) ")" } }
        },
        None => cell(number, Unit::Score),
    }
}

fn which(models: &Models) -> Markup {
    let ranking = &measures::AUROC;
    html! {
        (by_time(
            models,
            "Which model for when: how much nearer to what happened than giving everybody the same chance (0: no nearer, 100: always right, below \
             0: further away; 95% intervals)",
            measures::IPA.id,
            |line| parts(&line.number),
        ))
        p { (most(models)) }
        (by_time(models, &format!("{}: {}", ranking.title, ranking.words), ranking.id, |line| {
            let same = models.cards.iter().any(|card| card.id == line.model && card.same_for_all);
            if same { html! { "\u{2013}" } } else { cell(&line.number, Unit::Score) }
        }))
        p class="note" {
            "Even \u{201c}The same for everybody\u{201d} is not exactly 0: in each part of the test it learned from other years; it does not rank. A model that ranks well can still give chances that are wrong: see below."
        }
    }
}

/// Which model takes away most of the error by each time.
fn most(models: &Models) -> String {
    let best = |months: &u32| {
        let at = place(*months);
        let of = |card: &crate::evaluate::survival::found::Card| {
            let value = models.overall(&card.id, measures::IPA.id, &at)?.number.estimate()?;
            Some((card.title.clone(), value))
        };
        let found = models.cards.iter().filter_map(of).max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(if found.1 > 0.0 {
            format!("within {at} \u{201c}{}\u{201d}", found.0)
        } else {
            format!("within {at} none: all do worse than giving everybody the same chance")
        })
    };
    let all: Vec<String> = models.times.iter().filter_map(best).collect();
    if all.is_empty() {
        return "Which model is nearest cannot be shown.".to_owned();
    }
    format!("Nearest is {}. Where intervals lie across each other, the order may be chance.", all.join("; "))
}

fn calibration(models: &Models, of: &str, what: &str) -> Markup {
    let numbers = curve_table(models, of);
    let ratio = &measures::RATIO;
    html! {
        (by_time(models, &format!("{}: {}", ratio.title, ratio.words), ratio.id, |line| cell(&line.number, Unit::Ratio)))
        @match figure::when_models(models, of, what) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
        (by_time(
            models,
            "Calibration slope: 1 is right; below 1 the model is too sure of itself",
            measures::SLOPE.id,
            |line| {
                let same = models.cards.iter().any(|card| card.id == line.model && card.same_for_all);
                if same { html! { "\u{2013}" } } else { cell(&line.number, Unit::Ratio) }
            },
        ))
        @for (id, share, largest) in &models.excess {
            p { (excess(models.title(id), share, largest.get())) }
        }
    }
}

fn excess(title: &str, share: &PerHundred, largest: f64) -> String {
    let sum = format!("The largest sum was {} in 100.", decimals(largest * 100.0, 0));
    match share.yes() {
        Some(0) if largest <= 1.0 => format!(
            "The chances that \u{201c}{title}\u{201d} gives of all that can happen to a child could add up to more than 100 in 100, because \
             it looks at one thing at a time. Here they never did. {sum}"
        ),
        Some(n) => format!(
            "The chances that \u{201c}{title}\u{201d} gives of all that can happen to a child added up to more than 100 in 100 for {} of 100 \
             children, which cannot be. {sum} It is shown for comparison only.",
            about(n)
        ),
        None => format!(
            "The chances that \u{201c}{title}\u{201d} gives of all that can happen to a child added up to more than 100 in 100 for a few \
             children, which cannot be. It is shown for comparison only."
        ),
    }
}

/// The points over all referrals, time by time.
fn curve_table(models: &Models, of: &str) -> Markup {
    let own: Vec<&Point> = models.points.iter().filter(|p| p.group == OVERALL).collect();
    let rows: Vec<TableRow> = own
        .chunk_by(|a, b| a.months == b.months)
        .filter_map(|points| Some(TableRow::new(html! { (place(points.first()?.months)) }, fifths(points))))
        .collect();
    let title = models.title(&models.candidate);
    table(
        &format!(
            "\u{201c}{title}\u{201d}: of 100 {of} with about the same chance, how many were expected \u{2192} how many came back, from the \
             lowest chances to the highest (95% intervals)"
        ),
        &["Within", "1 (lowest)", "2", "3", "4", "5"],
        &rows,
    )
}

/// The points of one curve, side by side.
pub(super) fn fifths(points: &[&Point]) -> Vec<Markup> {
    let pair = |p: &&Point| html! { (per_hundred(&p.predicted)) " \u{2192} " (per_hundred(&p.observed)) };
    let mut cells: Vec<Markup> = points.iter().map(pair).collect();
    cells.resize(5, html! { "\u{2013}" });
    cells
}

fn conventions(models: &Models) -> Markup {
    let overall = |measure: &measures::TimeMeasure| {
        let line = models
            .lines
            .iter()
            .find(|l| l.measure == measure.id && l.model == models.candidate && l.group == OVERALL);
        line.map(|l| (measure.title, l))
    };
    let over: Vec<(&str, &Line)> = [
        &measures::CONCORDANCE,
        &measures::UNO,
        &measures::INTEGRATED,
        &measures::INTEGRATED_IPA,
        &measures::D_CALIBRATION,
    ]
    .into_iter()
    .filter_map(overall)
    .collect();
    let rows: Vec<TableRow> = over
        .iter()
        .map(|(title, line)| {
            TableRow::new(html! { (title) }, vec![html! { (line.at) }, cell(&line.number, Unit::Score)])
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            (table(
                &format!("For statisticians: \u{201c}{}\u{201d} over all times", models.title(&models.candidate)),
                &["Measure", "Times", "Result"],
                &rows,
            ))
        }
        p class="note" {
            "For statisticians: errors are Brier scores weighted by the inverse chance of still being followed (G(T\u{2212}) at events, G(t) \
             beyond t; reverse Kaplan\u{2013}Meier of the tested, the same for all), taken away as in the index of prediction accuracy; \
             who left or had something else first counts as not having come back (control). Intervals: 95% \
             percentile bootstrap over households, models not taught again; slopes and curves by pseudo-values and infinitesimal \
             jackknife over households. Every measure, time and convention is in " code { "evaluation.json" } "."
        }
    }
}
