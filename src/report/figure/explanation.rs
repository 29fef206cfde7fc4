//! What parts of the records add, how estimates move with a fact, and what moved one simulated case.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::bars::{Mark, Panel, Scale, bars};
use super::groups::slug;
use super::plot::{Frame, Look, at, short};
use super::stability::{foot, grid};
use crate::report::explanation::{Case, Curve, CurvePoint, Explained, SourceLine};
use crate::report::html::format::recorded;

/// By how much the AUROC falls without each part of the records; `None` if nothing may be shown.
pub(in crate::report) fn sources(title: &str, of: &Explained) -> Option<Figure> {
    let lines = of.sources.as_ref().ok()?;
    let marks = |number: fn(&SourceLine) -> &crate::privacy::disclosure::Number| -> Vec<Mark> {
        lines.iter().map(|l| Mark::of(Some(number(l)))).collect()
    };
    let panel = |heads, marks| Panel { heads, marks, scale: Scale::Difference, level: Some(0.0) };
    let panels: Vec<Panel> = [
        panel(["AUROC falls: left out,", "trained again"], marks(|l| &l.auroc)),
        panel(["AUROC falls:", "mixed up"], marks(|l| &l.mixed)),
    ]
    .into_iter()
    .filter(|p| p.marks.iter().any(Mark::is_dot))
    .collect();
    if panels.is_empty() {
        return None;
    }
    let labels: Vec<String> = lines.iter().map(|l| l.label.clone()).collect();
    let (drawing, size) = bars(&labels, &panels);
    let named: Vec<&str> = lines.iter().filter(|l| l.helps()).map(|l| l.words.as_str()).collect();
    let mut words = "Each row is a part of the records. A dot to the right of the dotted line at 0 means that children are put \
                     in order less well without that part. Bars on the left are 95% intervals; bars on the right go from the \
                     group of families where it mattered least to the one where it mattered most."
        .to_owned();
    if panels.len() == 2 {
        words += &match named[..] {
            [] => " No bar on the left lies wholly to the right of 0.".to_owned(),
            _ => format!(" Bars on the left that lie wholly to the right of 0: {}.", named.join("; ")),
        };
    }
    Some(Figure {
        id: format!("figure-sources-{}", slug(&of.model)),
        title: format!("{title}: how much worse it does without each part of the records"),
        words,
        size,
        drawing,
    })
}

/// Chances by the value of a fact.
pub(in crate::report) fn curve(model: &str, of: &Curve) -> Figure {
    let chance = |p: &CurvePoint| Some((p.at?, p.chance.get(), Some((p.folds.0.get(), p.folds.1.get()))));
    let dependence: Vec<Bounded> = of.points.iter().filter_map(chance).collect();
    let local: Vec<Bounded> = of.points.iter().filter_map(|p| Some((p.at?, p.local?.get(), None))).collect();
    let shape: Vec<Bounded> = of
        .points
        .iter()
        .filter_map(|p| p.at.zip(p.shape))
        .map(|(at, (v, low, high))| (at, v.get(), Some((low.get(), high.get()))))
        .collect();
    let second = if shape.is_empty() { 0.0 } else { 236.0 };
    let drawing = html! {
        (panel(&of.words, 10.0, (&dependence, &local), (0.02, 2), "Chance"))
        @if !shape.is_empty() { (panel(&of.words, 10.0 + second, (&shape, &[]), (0.1, 1), "Added to the log-odds")) }
        text class="label" text-anchor="middle" x="218" y=(at(232.0 + second)) { (short(&of.words, 62)) }
        (Look::Candidate.key(58.0, 254.0 + second, "if all referrals had this value"))
        @if !local.is_empty() { (Look::Baseline.key(58.0, 276.0 + second, "moving each referral a little only")) }
    };
    Figure {
        id: format!("figure-curve-{}-{}", slug(model), slug(&of.id)),
        title: format!("How the model\u{2019}s chances move with: {}", of.words),
        words: in_words(of, !shape.is_empty()),
        size: (400.0, 290.0 + second),
        drawing,
    }
}

fn panel(
    words: &str,
    top: f64,
    (full, dashed): (&[Bounded], &[Bounded]),
    (step, places): (f64, usize),
    title: &str,
) -> Markup {
    let values = || {
        full.iter().chain(dashed).flat_map(|(_, y, ends)| {
            let (low, high) = ends.unwrap_or((*y, *y));
            [low, *y, high]
        })
    };
    let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)));
    let (first, last) = (full.first().map_or(0.0, |p| p.0), full.last().map_or(1.0, |p| p.0));
    let frame = Frame {
        left: 58.0,
        top,
        width: 320.0,
        height: 180.0,
        x: (first, last),
        y: (
            ((low / step).floor() * step),
            ((high / step).ceil() * step).max((low / step).floor() * step + step),
        ),
    };
    html! {
        (grid(&frame, places, title))
        (frame.band(full))
        (foot(&frame, &ticks(words, &frame, full), ""))
        @if !dashed.is_empty() { (Look::Baseline.line(&frame.places(dashed))) }
        (Look::Candidate.line(&frame.places(full)))
        @for (x, y) in frame.places(full) { (Look::Candidate.mark(x, y)) }
    }
}

/// The values of the points, but those whose numbers would run into each other.
fn ticks(words: &str, frame: &Frame, points: &[Bounded]) -> Vec<(f64, String)> {
    let mut out: Vec<(f64, String)> = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for (x, ..) in points {
        let words = recorded(words, Some(*x));
        let half = 3.5 * words.len() as f64 + 2.0;
        if frame.across(*x) - half > end {
            end = frame.across(*x) + half;
            out.push((*x, words));
        }
    }
    out
}

fn in_words(of: &Curve, shape: bool) -> String {
    let by = |a: &&CurvePoint, b: &&CurvePoint| a.chance.get().total_cmp(&b.chance.get());
    let mut words = String::new();
    if let (Some(least), Some(most)) = (of.points.iter().min_by(by), of.points.iter().max_by(by)) {
        let value = |p: &CurvePoint| recorded(&of.words, p.at);
        let hundred = |p: &CurvePoint| (p.chance.get() * 100.0).round();
        words = format!(
            "If every referral had the value {}, the model would expect about {} of 100 to come back; with the value {}, about {}. ",
            value(least),
            hundred(least),
            value(most),
            hundred(most)
        );
    }
    words += "The shaded band goes from the lowest to the highest of the models trained on different families. It shows what the \
              model says, not what would happen to a child whose record were different.";
    if shape {
        words += " The lower panel is the curve that the model adds up, with two standard deviations over the models it is the \
                  mean of.";
    }
    words
}

/// What moved one simulated case.
pub(in crate::report) fn case(model: &str, of: &Case) -> Figure {
    const ROW: f64 = 30.0;
    let most =
        of.parts.iter().map(|p| p.push.get().abs()).chain([of.others.get().abs()]).fold(1e-9, f64::max);
    let rows = of.parts.iter().map(|p| (p.words.clone(), p.push.get()));
    let rows: Vec<(String, f64)> = rows.chain([("all other facts".to_owned(), of.others.get())]).collect();
    let height = 26.0 + ROW * rows.len() as f64;
    let x = |push: f64| 480.0 + 100.0 * push / most;
    let drawing = html! {
        text class="label strong" text-anchor="end" x="474" y="14" { "lowers" }
        text class="label strong" x="486" y="14" { "raises" }
        line class="axis" x1="480" x2="480" y1="20" y2=(at(height)) {}
        @for (i, (words, push)) in rows.iter().enumerate() {
            @let y = 26.0 + ROW * i as f64;
            text class="label" x="2" y=(at(y + 14.0)) { (short(words, 56)) }
            rect class="bar" x=(at(x(push.min(0.0)))) y=(at(y + 4.0)) width=(at((x(*push) - 480.0).abs())) height="14" {}
        }
    };
    let list: Vec<String> = of
        .parts
        .iter()
        .map(|p| format!("{} ({})", p.words, if p.push.get() > 0.0 { "raises" } else { "lowers" }))
        .collect();
    Figure {
        id: format!("figure-case-{}", slug(model)),
        title: "Which recorded facts moved the estimate of one simulated case".to_owned(),
        words: format!(
            "The longer a bar, the more the fact moved the estimate. In order: {}.",
            list.join("; ")
        ),
        size: (600.0, height + 6.0),
        drawing,
    }
}
