//! Models of when: which for which time, whether their chances come true, whom they flag, and what waiting adds.

use maud::{Markup, html};

use super::format::{about, cell, count, decimals, interval, per_hundred, percent, signed, thousands};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::evaluate::survival::score::{measures, place};
use crate::experiment::gate::OVERALL;
use crate::privacy::disclosure::{Number, PerHundred};
use crate::report::when::When;
use crate::report::when_models::{Landmark, Models, Point, Steady};
use crate::report::{Line, figure, words};
use std::collections::BTreeSet;

/// A p value under which a difference is called more than chance.
const RARE: f64 = 0.05;

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
        (flagged(models))
        (by_group(models))
        @if !models.landmarks.is_empty() { h3 { "What waiting adds" } (waiting(when, models)) }
        @if let Some(steady) = &models.steady { h3 { "Do facts weigh the same at all times?" } (over_time(steady)) }
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
        says.push(format!("it does no better, or worse, for {}", list(&no_better)));
    }
    if !unsure.is_empty() {
        says.push(format!("for {} the difference may be chance", list(&unsure)));
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
        "{text}. Better is not good enough: the tables say how much better, and whether the chances can be believed."
    )
}

fn introduction(models: &Models, of: &str) -> Markup {
    html! {
        p {
            "Each model gives a child\u{2019}s chance of coming back by each time, and of leaving or anything else first. It learned from "
            (of) " before the test, as far as they had been followed when the test began, and from no others; none had to be left out because \
             the follow-up was short."
            @if let Some(n) = models.tested.get() { " It was tested on about " (thousands(n)) " " (of) ", each as far as the records reach." }
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
fn parts(number: &Number) -> Markup {
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
            "Which model for when: of 100 parts of the error that is left when everybody gets the same chance, how many each model takes away",
            measures::IPA.id,
            |line| parts(&line.number),
        ))
        p { (most(models)) }
        (by_time(models, &format!("{}: {}", ranking.title, ranking.words), ranking.id, |line| cell(&line.number, Unit::Score)))
        p class="note" {
            "0 parts is no better than giving everybody the same chance, and below 0 is worse. A model that ranks well can still give \
             chances that are wrong: see below."
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
        return "Which model takes away most cannot be shown.".to_owned();
    }
    format!(
        "Most is taken away {}. Where intervals lie across each other, the order may be chance.",
        all.join("; ")
    )
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
            |line| cell(&line.number, Unit::Ratio),
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
        &["Within", "Lowest", "Second", "Third", "Fourth", "Highest"],
        &rows,
    )
}

/// The points of one curve, side by side.
fn fifths(points: &[&Point]) -> Vec<Markup> {
    let pair = |p: &&Point| html! { (per_hundred(&p.predicted)) " \u{2192} " (per_hundred(&p.observed)) };
    let mut cells: Vec<Markup> = points.iter().map(pair).collect();
    cells.resize(5, html! { "\u{2013}" });
    cells
}

/// Shares flagged and found by each time.
fn flagged(models: &Models) -> Markup {
    let shown = [&measures::PPV, &measures::SENSITIVITY, &measures::FALSE_POSITIVES];
    let rows: Vec<TableRow> = models
        .times
        .iter()
        .map(|months| {
            let of =
                |measure: &&&measures::TimeMeasure| number_of(models, (OVERALL, "all"), measure.id, *months);
            TableRow::new(html! { (place(*months)) }, shown.iter().map(|m| of(&m)).collect())
        })
        .collect();
    let heads: Vec<&str> = std::iter::once("Within").chain(shown.iter().map(|m| m.title)).collect();
    html! {
        p {
            "If the " (percent(models.capacity)) " that \u{201c}" (models.title(&models.candidate)) "\u{201d} puts highest for each time were \
             flagged. In this research nobody was told and nothing was done."
        }
        (table("Of those flagged and not flagged, by each time (95% intervals)", &heads, &rows))
    }
}

/// A number of the candidate; shares as whole ones of a hundred.
fn number_of(models: &Models, (group, level): (&str, &str), measure: &str, months: u32) -> Markup {
    let model = if measure == measures::INCIDENCE.id { "" } else { models.candidate.as_str() };
    let Some(line) = models.of_level(model, measure, &place(months), (group, level)) else {
        return html! { "\u{2013}" };
    };
    let whole = |v: f64| decimals(v * 100.0, 0);
    match (words::unit(measure), line.number.estimate()) {
        (Unit::Share, Some(value)) => html! {
            (whole(value))
            @if let Some((low, high)) = line.number.interval() { " " span class="interval" { "(" (whole(low)) " to " (whole(high)) ")" } }
        },
        (unit, _) => cell(&line.number, unit),
    }
}

/// Every grouping at the main time.
fn by_group(models: &Models) -> Markup {
    let shown = [
        (&measures::INCIDENCE, "Came back of 100"),
        (&measures::MEAN, "Expected of 100"),
        (&measures::RATIO, "Came, for each one expected"),
        (&measures::AUROC, "Ranking (AUROC)"),
        (&measures::SELECTED, "Flagged of 100"),
        (&measures::PPV, "Of 100 flagged, came back"),
        (&measures::SENSITIVITY, "Of 100 who came back, had been flagged"),
        (&measures::FALSE_POSITIVES, "Of 100 who did not, had been flagged"),
    ];
    let groups: BTreeSet<&str> =
        models.lines.iter().map(|l| l.group.as_str()).filter(|g| *g != OVERALL).collect();
    let heads: Vec<&str> = std::iter::once("Group").chain(shown.iter().map(|(_, head)| *head)).collect();
    let one = |group: &str| {
        let levels = models.lines.iter().filter(|l| l.group == group && l.measure == measures::INCIDENCE.id);
        let at = place(models.main_months);
        let rows: Vec<TableRow> = levels
            .filter(|l| l.at == at)
            .map(|l| {
                let of = |(measure, _): &(&measures::TimeMeasure, &str)| {
                    number_of(models, (group, &l.level), measure.id, models.main_months)
                };
                TableRow::new(html! { (words::level(&l.level)) }, shown.iter().map(of).collect())
            })
            .collect();
        let name = words::group(group).to_lowercase();
        html! {
            (table(&format!("By {name}, within {at}: \u{201c}{}\u{201d} (95% intervals)", models.title(&models.candidate)), &heads, &rows))
            (group_curves(models, group, &name))
        }
    };
    html! {
        @if !groups.is_empty() {
            p {
                "In every group, are the chances right, and who would be flagged? A group whose children come back more often than expected \
                 would be overlooked; one whose children come back less often would be flagged too often. Other times are in "
                code { "evaluation.json" } "."
            }
        }
        @for group in groups { (one(group)) }
    }
}

/// Points of the curves of the levels at the main time.
fn group_curves(models: &Models, group: &str, name: &str) -> Markup {
    let own: Vec<_> =
        models.points.iter().filter(|p| p.group == group && p.months == models.main_months).collect();
    let rows: Vec<TableRow> = own
        .chunk_by(|a, b| a.level == b.level)
        .filter_map(|points| {
            Some(TableRow::new(html! { (words::level(&points.first()?.level)) }, fifths(points)))
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            (table(
                &format!("By {name}: expected of 100 \u{2192} came back of 100 (95% intervals), from the lowest chances to the highest"),
                &["Group", "Lowest", "Second", "Third", "Fourth", "Highest"],
                &rows,
            ))
        }
    }
}

fn waiting(when: &When, models: &Models) -> Markup {
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

fn over_time(steady: &Steady) -> Markup {
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

fn conventions(models: &Models) -> Markup {
    let overall = |measure: &measures::TimeMeasure| {
        let line = models
            .lines
            .iter()
            .find(|l| l.measure == measure.id && l.model == models.candidate && l.group == OVERALL);
        line.map(|l| (measure.title, l))
    };
    let over: Vec<(&str, &Line)> =
        [&measures::CONCORDANCE, &measures::INTEGRATED, &measures::INTEGRATED_IPA, &measures::D_CALIBRATION]
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
             who left or had something else first counts as not having come back (control). Intervals: " (signed(95.0, 0).trim_start_matches('+'))
            "% percentile bootstrap over households, models not taught again; slopes and curves by pseudo-values and infinitesimal \
             jackknife over households. Every measure, time and convention is in " code { "evaluation.json" } "."
        }
    }
}
