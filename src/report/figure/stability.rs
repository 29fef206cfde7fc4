//! The learning curve, and performance over calendar time.

use maud::{Markup, html};

use super::Figure;
use super::plot::{Frame, Look, at, short};
use crate::privacy::disclosure::Number;
use crate::report::Report;
use crate::report::html::format::decimals;
use crate::report::stability::{Curve, OverTime};

/// A mark with its interval.
type Mark = (f64, f64, Option<(f64, f64)>);

fn mark(x: f64, number: &Number) -> Option<Mark> {
    Some((x, number.estimate()?, number.interval()))
}

/// The ends of an axis that holds all marks with their intervals and `also`, in whole steps of `step`.
fn ends(marks: &[Mark], also: f64, step: f64) -> (f64, f64) {
    let values = marks.iter().flat_map(|(_, y, ends)| {
        let (low, high) = ends.unwrap_or((*y, *y));
        [low, high]
    });
    let (low, high) = values.fold((also, also), |(low, high), y| (low.min(y), high.max(y)));
    ((low / step).floor() * step, (high / step).ceil() * step)
}

/// Lines across the frame at round values, with their numbers, and the title of the upright axis.
pub(super) fn grid(frame: &Frame, places: usize, title: &str) -> Markup {
    let (low, high) = frame.y;
    let steps = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
    let step = steps.into_iter().find(|s| (high - low) / s <= 6.0).unwrap_or(high - low);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let right = frame.left + frame.width;
    html! {
        @for tick in (first..=last).map(|i| i as f64 * step) {
            line class="grid" x1=(at(frame.left)) x2=(at(right)) y1=(at(frame.down(tick))) y2=(at(frame.down(tick))) {}
            text class="tick" text-anchor="end" x=(at(frame.left - 6.0)) y=(at(frame.down(tick) + 4.0)) { (decimals(tick, places.max(usize::from(step < 0.1) * 2))) }
        }
        text class="label" text-anchor="middle" transform=(format!("translate({} {}) rotate(-90)", at(13.0), at(frame.top + frame.height / 2.0))) { (title) }
    }
}

/// The foot of a frame: ticks with their words, and the title of the level axis.
pub(super) fn foot(frame: &Frame, ticks: &[(f64, String)], title: &str) -> Markup {
    let (bottom, right) = (frame.top + frame.height, frame.left + frame.width);
    html! {
        line class="axis" x1=(at(frame.left)) x2=(at(right)) y1=(at(bottom)) y2=(at(bottom)) {}
        @for (x, words) in ticks {
            line class="axis" x1=(at(frame.across(*x))) x2=(at(frame.across(*x))) y1=(at(bottom)) y2=(at(bottom + 4.0)) {}
            text class="tick" text-anchor="middle" x=(at(frame.across(*x))) y=(at(bottom + 17.0)) { (words) }
        }
        text class="label" text-anchor="middle" x=(at(frame.left + frame.width / 2.0)) y=(at(bottom + 36.0)) { (title) }
    }
}

fn draw(frame: &Frame, look: Look, marks: &[Mark]) -> Markup {
    let points: Vec<(f64, f64)> = marks.iter().map(|(x, y, _)| (frame.across(*x), frame.down(*y))).collect();
    html! {
        @for (x, _, ends) in marks {
            @if let Some((low, high)) = ends { (look.upright(frame.across(*x), frame.down(*low), frame.down(*high))) }
        }
        (look.line(&points))
        @for (x, y) in &points { (look.mark(*x, *y)) }
    }
}

fn level(frame: &Frame, y: f64) -> Markup {
    html! {
        line class="ideal" x1=(at(frame.left)) x2=(at(frame.left + frame.width)) y1=(at(frame.down(y))) y2=(at(frame.down(y))) {}
    }
}

/// AUROC against the share of households learned from, of the candidate and the reference; `None` if it was not measured.
pub(in crate::report) fn learning_curve(report: &Report) -> Option<Figure> {
    let refits = report.stability.refits.as_ref()?;
    let of = |curve: &Curve, aside: f64| -> Vec<Mark> {
        // Beside each other, so that intervals can be told apart.
        curve.points.iter().filter_map(|p| mark(p.share + aside, &p.auroc)).collect()
    };
    let looks = [(Look::Candidate, -0.006), (Look::Baseline, 0.006)];
    let curves: Vec<(Look, &str, Vec<Mark>)> = refits
        .models
        .iter()
        .zip(looks)
        .filter_map(|(m, (look, aside))| Some((look, m.model.as_str(), of(m.curve.as_ref().ok()?, aside))))
        .filter(|(_, _, marks)| !marks.is_empty())
        .collect();
    let all: Vec<Mark> = curves.iter().flat_map(|(_, _, marks)| marks.clone()).collect();
    let first = curves.iter().find(|(look, ..)| *look == Look::Candidate)?;
    let frame = Frame {
        left: 58.0,
        top: 10.0,
        width: 320.0,
        height: 240.0,
        x: (0.0, 1.05),
        // Below no skill, so that its line stands clear of the foot.
        y: ends(&all, 0.48, 0.05),
    };
    let ticks: Vec<(f64, String)> =
        [0.1, 0.2, 0.4, 0.6, 0.8, 1.0].map(|share| (share, format!("{:.0}%", share * 100.0))).to_vec();
    let drawing = html! {
        (grid(&frame, 2, "AUROC"))
        (foot(&frame, &ticks, "Part of the households learned from"))
        (level(&frame, 0.5))
        @for (look, _, marks) in curves.iter().rev() { (draw(&frame, *look, marks)) }
        @for ((look, model, _), y) in curves.iter().zip([310.0, 332.0]) {
            (look.key(58.0, y, &short(report.model_title(model), 38)))
        }
        line class="ideal" x1="58" x2="86" y1="354" y2="354" {}
        text class="label" x="94" y="358" { "no skill" }
    };
    let (low, high) = (first.2.first()?, first.2.last()?);
    let per = |share: f64| (share * 100.0).round();
    let words = format!(
        "Each mark is a model that learned from a part of the households; upright lines are 95% intervals. The further right, \
         the more it learned from. \u{201c}{}\u{201d} had an AUROC of {:.3} when it learned from {}% of them, and of {:.3} \
         when it learned from {}%. Where the line still rises on the right, more data may help.",
        report.model_title(first.1),
        low.1,
        per(low.0 + 0.006),
        high.1,
        per(high.0 + 0.006)
    );
    Some(Figure {
        id: "figure-learning-curve".to_owned(),
        title: "How well models do when they learn from more (learning curve)".to_owned(),
        words,
        size: (400.0, 368.0),
        drawing,
    })
}

/// AUROC and O/E of the candidate by period, one above the other; `None` if nothing may be shown.
pub(in crate::report) fn over_time(report: &Report) -> Option<Figure> {
    let time = report.stability.over_time.as_ref().ok()?;
    let of = |number: fn(&crate::report::stability::PeriodLine) -> &Number| -> Vec<Mark> {
        let numbered = time.periods.iter().enumerate();
        numbered.filter_map(|(i, p)| mark((i + 1) as f64, number(p))).collect()
    };
    let (order, level_of) = (of(|p| &p.auroc), of(|p| &p.ratio));
    if order.is_empty() && level_of.is_empty() {
        return None;
    }
    let x = (0.5, time.periods.len() as f64 + 0.5);
    let upper = Frame { left: 58.0, top: 10.0, width: 320.0, height: 150.0, x, y: ends(&order, 0.48, 0.05) };
    let lower =
        Frame { left: 58.0, top: 215.0, width: 320.0, height: 150.0, x, y: ends(&level_of, 1.0, 0.1) };
    // Numbers that would run into each other are left out; the table has them all.
    let every = time.periods.len().div_ceil(12);
    let ticks: Vec<(f64, String)> =
        (1..=time.periods.len()).step_by(every).map(|i| (i as f64, i.to_string())).collect();
    let drawing = html! {
        (grid(&upper, 2, "AUROC"))
        (foot(&upper, &ticks, ""))
        (level(&upper, 0.5))
        (draw(&upper, Look::Candidate, &order))
        (breaks(&upper, time.auroc_changes.as_ref().map_or(&[], Vec::as_slice)))
        (grid(&lower, 1, "O/E"))
        (foot(&lower, &ticks, "Period, as numbered in the table"))
        (level(&lower, 1.0))
        (draw(&lower, Look::Candidate, &level_of))
        (breaks(&lower, time.ratio_changes.as_ref().map_or(&[], Vec::as_slice)))
        line class="ideal" x1="58" x2="86" y1="424" y2="424" {}
        text class="label" x="94" y="428" { "no skill (above), as many as expected (below)" }
    };
    Some(Figure {
        id: "figure-over-time".to_owned(),
        title: "How well the model does from period to period".to_owned(),
        words: words(report, time, &order),
        size: (400.0, 438.0),
        drawing,
    })
}

/// An upright line where a change was found.
fn breaks(frame: &Frame, changes: &[crate::report::stability::ChangeLine]) -> Markup {
    html! {
        @for change in changes {
            @let x = at(frame.across(change.period as f64 + 0.5));
            line class="axis" x1=(x) x2=(x) y1=(at(frame.top)) y2=(at(frame.top + frame.height)) {}
        }
    }
}

fn words(report: &Report, time: &OverTime, order: &[Mark]) -> String {
    let mut words = format!(
        "Each mark is a period; upright lines through marks are 95% intervals. Above: how well \u{201c}{}\u{201d} puts children in \
         order (AUROC). Below: how many came back for each one expected (O/E).",
        report.model_title(&report.finding.candidate)
    );
    let by_value = |a: &&Mark, b: &&Mark| a.1.total_cmp(&b.1);
    if let (Some(least), Some(most)) = (order.iter().min_by(by_value), order.iter().max_by(by_value)) {
        words.push_str(&format!(" AUROC lay between {:.3} and {:.3}.", least.1, most.1));
    }
    let found = |list: &crate::report::stability::Shown<Vec<_>>| list.as_ref().is_ok_and(|l| !l.is_empty());
    if found(&time.auroc_changes) || found(&time.ratio_changes) {
        words.push_str(" A line from top to bottom marks a change.");
    }
    words
}
