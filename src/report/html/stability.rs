//! Would another year, another council or another draw of families give the same answer?

use maud::{Markup, html};

use super::format::{cell, count, interval, per_hundred, thousands, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::Number;
use crate::report::stability::{
    ByAuthority, Curve, Features, Helps, Movement, OverTime, Pool, Refits, Shown,
};
use crate::report::{Report, figure};

const CHANCE: Unit = Unit::Share;

/// The section.
pub(super) fn stability(report: &Report) -> Markup {
    let (families, _) = who(report);
    html! {
        p { b { "In short. " } (in_short(report)) }
        h3 { "Another draw of " (families) }
        @match &report.stability.refits {
            None => p {
                "Not measured in this run: for this, models have to be trained again many times, which the experiment does not \
                 ask for (it has no section " code { "[stability]" } ")."
            },
            Some(refits) => (another_draw(report, refits)),
        }
        h3 { "Another year" }
        (another_year(report))
        h3 { "Another council" }
        (another_council(report))
    }
}

/// What is drawn: families, where households are recorded; and one of them.
fn who(report: &Report) -> (&'static str, &'static str) {
    if report.tested.households.is_some() { ("families", "family") } else { ("children", "child") }
}

fn candidate(report: &Report) -> &str {
    report.model_title(&report.finding.candidate)
}

/// The conclusion in one sentence.
fn in_short(report: &Report) -> String {
    let (families, _) = who(report);
    let stability = &report.stability;
    let movement = stability.refits.as_ref().map(|r| r.models.first().map(|m| &m.movement));
    let draw = match movement {
        None => format!("what another draw of {families} would have given was not measured in this run"),
        Some(Some(Ok(movement))) if movement.dropped.yes().is_some() => format!(
            "of 100 children it flags, {} would not have been flagged had it learned from another draw of {families}",
            super::format::about(movement.dropped.yes().unwrap_or_default())
        ),
        Some(_) => format!("what another draw of {families} would have given cannot be shown"),
    };
    let year = match &stability.over_time {
        Ok(OverTime { auroc_changes: Ok(order), ratio_changes: Ok(level), .. }) => {
            match (order.is_empty(), level.is_empty()) {
                (true, true) => "over the years tested no change was found",
                (false, true) => "how well it puts children in order changed over the years tested",
                (true, false) => "how far its chances come true changed over the years tested",
                (false, false) => {
                    "both the order it puts children in and how far its chances come true changed over the years tested"
                }
            }
        }
        Ok(OverTime { auroc_changes: Err(_), ratio_changes: Err(_), .. }) => {
            "too few periods were tested to find a change over time"
        }
        Err(_) => "nothing can be said about another year",
        Ok(_) => "changes over time could be sought only in part",
    };
    let council = match &stability.by_authority {
        Ok(ByAuthority { auroc: Ok(pool), .. }) => format!(
            "in another council of the same kind its AUROC would be expected from {} (0.5 is a coin toss)",
            expected(pool, Unit::Score)
        ),
        Ok(_) => {
            "with fewer than three councils to compare, nothing can be said about another one".to_owned()
        }
        Err(_) => "nothing can be said about another council".to_owned(),
    };
    format!("For \u{201c}{}\u{201d}: {draw}; {year}; {council}.", candidate(report))
}

fn expected(pool: &Pool, unit: Unit) -> String {
    interval((pool.expected.0.get(), pool.expected.1.get()), unit)
}

fn another_draw(report: &Report, refits: &Refits) -> Markup {
    let (families, family) = who(report);
    let curves: Vec<(&str, &Shown<Curve>)> =
        refits.models.iter().map(|m| (m.model.as_str(), &m.curve)).collect();
    let curve_table = curve_table(report, &curves);
    html! {
        p {
            "The model learned from certain " (families) ". Had others come to the service's notice, it would have learned \
             something else. To see how much that matters, it was trained again " (thousands(refits.asked)) " times, each time on \
             " (families) " drawn at random from those it had learned from (some twice, some not at all). Each of these models \
             worked out the chances of the same children, none of whom, nor anyone of their " (family) ", it had learned from. No \
             child's chance is shown here, only how far chances move."
        }
        @for model in refits.models.iter().filter(|m| m.failed > 0) {
            p { "Of these models, " (model.failed) " of \u{201c}" (report.model_title(&model.model)) "\u{201d} are left out: they could not be trained, or their chances could not be adjusted." }
        }
        (movement_table(report, refits))
        h4 { "Do these models agree on what matters?" }
        @match &refits.features {
            Ok(features) => (agreement(features)),
            Err(reason) => p { "Not measured: " (reason) "." },
        }
        h4 { "Would more data help?" }
        p { (more_data(report, refits)) }
        @match figure::learning_curve(report) {
            Some(figure) => (figure.render(&curve_table)),
            None => (curve_table),
        }
    }
}

/// One column of a table of movements: its row and how it is written.
type Row = (&'static str, fn(&Movement) -> Markup);

fn movement_table(report: &Report, refits: &Refits) -> Markup {
    let rows: [Row; 9] = [
        ("Of 100 children flagged: would not be flagged after another draw", |m| per_hundred(&m.dropped)),
        ("Of the children flagged: flagged after fewer than 80 of 100 draws", |m| cell(&m.below_80, CHANCE)),
        ("Of the children flagged: flagged after fewer than 95 of 100 draws", |m| cell(&m.below_95, CHANCE)),
        ("How far a chance moves, on average (mean absolute prediction error)", |m| {
            cell(&m.error[0], CHANCE)
        }),
        ("For half of the children it moves by more than", |m| cell(&m.error[1], CHANCE)),
        ("For one child in ten it moves by more than", |m| cell(&m.error[2], CHANCE)),
        ("Range in which 95 of 100 draws put a chance: average width", |m| cell(&m.width[0], CHANCE)),
        ("For half of the children it is wider than", |m| cell(&m.width[1], CHANCE)),
        ("For one child in ten it is wider than", |m| cell(&m.width[2], CHANCE)),
    ];
    let rows: Vec<TableRow> = rows
        .iter()
        .map(|(words, of)| {
            let cells = refits.models.iter().map(|m| match &m.movement {
                Ok(movement) => of(movement),
                Err(_) => html! { span class="hidden" { "not defined" } },
            });
            TableRow::new(html! { (words) }, cells.collect())
        })
        .collect();
    let mut heads = vec!["What"];
    heads.extend(refits.models.iter().map(|m| report.model_title(&m.model)));
    html! {
        (table("How far chances and flags move from draw to draw (chances in percentage points)", &heads, &rows))
        @for model in &refits.models {
            @if let Err(reason) = &model.movement {
                p { "Not defined for \u{201c}" (report.model_title(&model.model)) "\u{201d}: " (reason) "." }
            }
        }
    }
}

fn agreement(features: &Features) -> Markup {
    let place = |rank: f64| format!("{rank:.0}");
    let mut leading: Vec<_> = features.leading.iter().collect();
    leading.sort_by(|a, b| a.rank.get().total_cmp(&b.rank.get()));
    let rows: Vec<TableRow> = leading
        .into_iter()
        .map(|f| {
            let (best, worst) = (f.range.0.get(), f.range.1.get());
            let range = format!("{} to {}", place(best), place(worst));
            TableRow::new(
                html! { (f.words) " " span class="note" { "(" code { (f.id) } ")" } },
                vec![html! { (place(f.rank.get())) }, html! { (range) }],
            )
        })
        .collect();
    // Of fewer than ten facts that matter, ten cannot be spoken of.
    let ten = features.leading.len() == 10;
    let common = features.overlap.estimate().filter(|_| ten).map(|share| (share * 10.0).round() as u64);
    html! {
        p {
            "A fact matters to a model if the model's chances become worse when the fact is mixed up among children. In "
            (thousands(features.refits)) " of the models trained again, all " (thousands(features.features)) " facts were put in \
             order of how much they matter."
            @if let Some(common) = common {
                " Of the ten that matter most to one of these models, on average "
                @if common == 0 { "fewer than 1" } @else { "about " (common) }
                " are among the ten of another."
            }
            @if let Some(spearman) = features.spearman.estimate() {
                " The two orders agree with a rank correlation of " (value(spearman, Unit::Ratio)) " on average (1: the same order, \
                 0: no agreement)."
            }
        }
        @if !rows.is_empty() {
            (table("The facts that matter most on average, and their place from model to model", &["Fact", "Average place", "Best to worst place"], &rows))
        }
        p class="note" {
            "That a fact matters to a model does not make it a cause. Facts that say nearly the same share what they matter, so \
             that each may look unimportant. A fact whose place differs widely from draw to draw should not be read as a finding."
        }
    }
}

const CANNOT_SAY: &str = "These data cannot say whether more of them would help. ";

/// Whether more households to learn from would help, in words.
fn more_data(report: &Report, refits: &Refits) -> Markup {
    let (families, _) = who(report);
    let Some(Ok(curve)) = refits.models.first().map(|m| &m.curve) else {
        return html! { "Whether more data would help could not be measured." };
    };
    let gain = match (curve.gain.estimate(), curve.gain.interval()) {
        (Some(gain), Some(ends)) => {
            format!("{} (95% interval {})", value(gain, Unit::Score), interval(ends, Unit::Score))
        }
        _ => {
            return html! {
                b { (CANNOT_SAY) }
                "The model could not be compared at two fifths and at all of the " (families) ": the reasons are in the table."
            };
        }
    };
    html! {
        @match curve.helps {
            Helps::Yes => {
                b { "More " (families) " to learn from still helped. " }
                "From two fifths of them to all of them, AUROC changed by " (gain) ". More data of the same kind would \
                 probably help further."
            },
            Helps::Hardly => {
                b { "More data of the same kind would hardly help. " }
                "From two fifths of the " (families) " to all of them, AUROC changed by " (gain) ": the whole interval is under \
                 0.010."
            },
            Helps::CannotSay => {
                b { (CANNOT_SAY) }
                "From two fifths of the " (families) " to all of them, AUROC changed by " (gain) "."
            },
        }
        " Each point is the average of " (curve.draws_words()) " at random; the interval tells of other " (families) " tested, not of \
         others learned from."
    }
}

impl Curve {
    fn draws_words(&self) -> String {
        if self.draws == 1 { "one draw".to_owned() } else { format!("{} draws", self.draws) }
    }
}

fn curve_table(report: &Report, curves: &[(&str, &Shown<Curve>)]) -> Markup {
    let (families, _) = who(report);
    let mut rows = Vec::new();
    for (model, curve) in curves {
        let Ok(curve) = curve else { continue };
        for point in &curve.points {
            let numbers = [&point.auroc, &point.average_precision, &point.log_loss];
            let mut cells = vec![count(point.rows)];
            cells.extend(numbers.map(|n| cell(n, Unit::Score)));
            let head = html! { (report.model_title(model)) ", " (super::format::percent(point.share)) };
            rows.push(TableRow::new(head, cells));
        }
    }
    table(
        &format!("Learning from a part of the {families}, with 95% intervals"),
        &[
            "Model and part learned from",
            "Referrals learned from, about",
            "AUROC",
            "Average precision",
            "Log loss",
        ],
        &rows,
    )
}

fn another_year(report: &Report) -> Markup {
    let time = match &report.stability.over_time {
        Ok(time) => time,
        Err(reason) => return html! { p { "Not measured in this run: " (reason) "." } },
    };
    let rows: Vec<TableRow> = time
        .periods
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let cells = vec![count(p.n), cell(&p.auroc, Unit::Score), cell(&p.ratio, Unit::Ratio)];
            TableRow::new(html! { (i + 1) ". " (p.words) }, cells)
        })
        .collect();
    let numbers = table(
        "By time of the prediction, with 95% intervals",
        &["Period", "Referrals tested, about", "AUROC", "Came back, for each one expected (O/E)"],
        &rows,
    );
    let length = match time.months {
        3 => "quarters of a year",
        6 => "half-years",
        _ => "years",
    };
    html! {
        p {
            "The referrals tested were divided into " (length) " (of quarters, half-years and years, the shortest in which at least " (report.threshold)
            " children came back and " (report.threshold) " did not)."
            @if time.joined { " Where one held fewer, it was joined with the next." }
        }
        (changes(time))
        (next_period(time))
        @match figure::over_time(report) {
            Some(figure) => (figure.render(&numbers)),
            None => (numbers),
        }
    }
}

/// What was found of changes, plainly.
fn changes(time: &OverTime) -> Markup {
    let one = |what: &str, found: &Shown<Vec<crate::report::stability::ChangeLine>>, unit: Unit| {
        let found = match found {
            Ok(found) => found,
            Err(reason) => {
                return html! { li { (what) ": whether it changed cannot be told: " (reason) "." } };
            }
        };
        html! {
            @if found.is_empty() {
                li { (what) ": no change was found. That does not show that there was none: in so few periods only a large one can be seen." }
            }
            @for change in found {
                li {
                    (what) " " b { "changed" } " with " (time.periods.get(change.period).map_or("", |p| p.words.as_str()))
                    ": " (value(change.before.get(), unit)) " before, " (value(change.after.get(), unit)) " from then on (p = "
                    (value(change.p.get(), Unit::Score)) "). A slow drift can look like this too."
                }
            }
        }
    };
    html! {
        ul {
            (one("How well children are put in order (AUROC)", &time.auroc_changes, Unit::Score))
            (one("How many came back for each one expected (O/E)", &time.ratio_changes, Unit::Ratio))
        }
    }
}

fn next_period(time: &OverTime) -> Markup {
    let sentence = |what: &str, pool: &Shown<Pool>, unit: Unit| match pool {
        Ok(pool) => html! {
            (what) " was " (cell(&pool.mean, unit)) " on average over periods, and in another period like these would be expected from "
            (expected(pool, unit)) ". "
        },
        Err(_) => html! {},
    };
    html! {
        p {
            (sentence("AUROC", &time.auroc, Unit::Score))
            (sentence("O/E", &time.ratio, Unit::Ratio))
            "None of this covers a future that differs from these years, such as a new way of referring or recording."
        }
    }
}

fn another_council(report: &Report) -> Markup {
    let of = match &report.stability.by_authority {
        Ok(of) => of,
        Err(reason) => return html! { p { "Not measured in this run: " (reason) "." } },
    };
    let rows: Vec<TableRow> = of
        .authorities
        .iter()
        .map(|a| {
            let cells = vec![count(a.n), cell(&a.auroc, Unit::Score), cell(&a.ratio, Unit::Ratio)];
            TableRow::new(html! { (a.name) }, cells)
        })
        .collect();
    html! {
        (council(of))
        @if of.some_left_out {
            p { "Councils in which too few children came back, or did not, are left out, and others that could give their numbers away." }
        }
        @if !rows.is_empty() {
            (table("By council, with 95% intervals", &["Council", "Referrals tested", "AUROC", "Came back, for each one expected (O/E)"], &rows))
        }
        p class="note" {
            (learned_where(report)) " For statisticians: random effects (Paule and Mandel) of the log-odds of AUROC and the logarithm of O/E, \
             with Hartung and Knapp's interval. What is expected of another one is its true value: what is measured there varies more, by \
             chance. Intervals of single periods and councils allow for households."
        }
    }
}

/// Whether the councils were known to the model.
fn learned_where(report: &Report) -> String {
    match report.lines.first().map(|line| line.split.as_str()) {
        Some("other-data") => "The model had learned from other data, perhaps of other councils.".to_owned(),
        Some("leave-one-authority-out") => {
            "The model that predicted a council had learned from the other councils alone.".to_owned()
        }
        _ => format!(
            "The model had learned from other {} of the same councils. In a council that it has never seen it may do worse than this.",
            who(report).0
        ),
    }
}

/// What is expected of another council.
fn council(of: &ByAuthority) -> Markup {
    let (auroc, ratio) = match (&of.auroc, &of.ratio) {
        (Ok(auroc), Ok(ratio)) => (auroc, ratio),
        (Err(reason), _) | (_, Err(reason)) => {
            return html! {
                p { b { "Nothing can be said about another council. " } "How far councils differ cannot be told: " (reason) "." }
            };
        }
    };
    let mean = |number: &Number, unit| cell(number, unit);
    let spread = |pool: &Pool| format!("{:.0}%", pool.beyond_chance.get() * 100.0);
    html! {
        p {
            "Over " (auroc.parts) " councils AUROC was " (mean(&auroc.mean, Unit::Score)) " on average and O/E "
            (mean(&ratio.mean, Unit::Ratio)) ". " b { "In another council like these, " }
            "AUROC would be expected from " (expected(auroc, Unit::Score)) " and O/E from " (expected(ratio, Unit::Ratio))
            ". The fewer the councils, the wider this must be. Of the spread between councils, about " (spread(auroc))
            " (AUROC) and " (spread(ratio)) " (O/E) is more than chance would give."
        }
    }
}
