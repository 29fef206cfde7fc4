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
    let both: Vec<Mark> = marks(|l| &l.auroc).into_iter().chain(marks(|l| &l.mixed)).collect();
    let ends = Scale::around_nought(&both);
    let panel = |heads, marks| Panel { heads, marks, scale: Scale::Difference(ends), level: Some(0.0) };
    let panels: Vec<Panel> = [
        panel(["Left out,", "trained again"], marks(|l| &l.auroc)),
        panel(["Mixed up", ""], marks(|l| &l.mixed)),
    ]
    .into_iter()
    .filter(|p| p.marks.iter().any(Mark::is_dot))
    .collect();
    if panels.is_empty() {
        return None;
    }
    let labels: Vec<String> = lines.iter().map(|l| l.label.clone()).collect();
    let (rows, (width, height)) = bars(&labels, &panels);
    let drawing = html! {
        (rows)
        text class="label" text-anchor="end" x=(at(width)) y=(at(height + 14.0)) { "right of 0: worse without it; left of 0: better without it" }
    };
    let size = (width, height + 20.0);
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
    let chance =
        |p: &CurvePoint| Some((p.at?, p.chance.get(), p.folds.map(|(low, high)| (low.get(), high.get()))));
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
        text class="label" text-anchor="middle" x="218" y=(at(232.0 + second)) { "What is on record" }
        (Look::Candidate.key(58.0, 254.0 + second, "if all had it; band: lowest to highest"))
        @if !local.is_empty() { (Look::Baseline.key(58.0, 276.0 + second, "each referral moved a little only")) }
    };
    Figure {
        id: format!("figure-curve-{}-{}", slug(model), slug(&of.id)),
        title: format!("A test of the model, not of children: {}", of.words),
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
    let yes_or_no = words.starts_with("whether ");
    let (first, last) = (full.first().map_or(0.0, |p| p.0), full.last().map_or(1.0, |p| p.0));
    let frame = Frame {
        left: 58.0,
        top,
        width: 320.0,
        height: 180.0,
        x: if yes_or_no { (first - 0.5, last + 0.5) } else { (first, last) },
        y: (
            ((low / step).floor() * step),
            ((high / step).ceil() * step).max((low / step).floor() * step + step),
        ),
    };
    html! {
        (grid(&frame, places, title))
        (foot(&frame, &ticks(words, &frame, full), ""))
        @if yes_or_no {
            // Between no and yes there is nothing to draw.
            @for (x, _, ends) in full {
                @if let Some((low, high)) = ends { (Look::Candidate.upright(frame.across(*x), frame.down(*low), frame.down(*high))) }
            }
        } @else {
            (frame.band(full))
            (Look::Baseline.line(&frame.places(dashed)))
            (Look::Candidate.line(&frame.places(full)))
        }
        @for (x, y) in frame.places(dashed) { (Look::Baseline.mark(x, y)) }
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
    let all = || of.points.iter().chain(&of.missing);
    let mut words = String::new();
    if let (Some(least), Some(most)) = (all().min_by(by), all().max_by(by)) {
        let hundred = |p: &CurvePoint| format!("{:.1}", p.chance.get() * 100.0);
        words = format!(
            "The same fact was written into every record, also where it could not be, and the model was asked again: with \
             \u{201c}{}\u{201d} it expects {} of 100 to come back, with \u{201c}{}\u{201d} {} of 100. ",
            recorded(&of.words, least.at),
            hundred(least),
            recorded(&of.words, most.at),
            hundred(most)
        );
    }
    words += "Bands and upright lines go from the lowest to the highest of the models trained on different families. Dashes move each \
              record only as far as its neighbours (accumulated local effects). None of this is what would happen to a child whose \
              record were different.";
    if shape {
        words += " The lower panel is the curve that the model adds up, without its tables of two facts together, with two standard \
                  deviations over the models it is the mean of.";
    }
    words
}

/// What moved one simulated case.
pub(in crate::report) fn case(model: &str, of: &Case) -> Figure {
    const ROW: f64 = 34.0;
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
            @for (line, part) in halves(words).iter().enumerate() {
                text class="label" x="2" y=(at(y + 10.0 + 14.0 * line as f64)) { (part) }
            }
            rect class="bar" x=(at(x(push.min(0.0)))) y=(at(y + 4.0)) width=(at((x(*push) - 480.0).abs())) height="16" {}
        }
    };
    let list: Vec<String> = of
        .parts
        .iter()
        .map(|p| format!("{} ({})", p.words, if p.push.get() > 0.0 { "raises" } else { "lowers" }))
        .collect();
    Figure {
        id: format!("figure-case-{}", slug(model)),
        title: if of.told.is_simulated() {
            "Which recorded facts moved the estimate of one simulated case"
        } else {
            "Which recorded facts moved the estimate"
        }
        .to_owned(),
        words: format!(
            "The longer a bar, the more the fact moved the estimate. In order: {}.",
            list.join("; ")
        ),
        size: (600.0, height + 6.0),
        drawing,
    }
}

/// Words in two lines at most.
fn halves(words: &str) -> Vec<String> {
    const MOST: usize = 64;
    if words.chars().count() <= MOST {
        return vec![words.to_owned()];
    }
    let mut first = String::new();
    for word in words.split_inclusive(' ') {
        if first.chars().count() + word.chars().count() > MOST {
            break;
        }
        first.push_str(word);
    }
    let rest = words.get(first.len()..).unwrap_or_default();
    vec![first, short(rest, MOST)]
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn long_labels_take_two_lines() {
        assert_eq!(halves("an enquiry started"), ["an enquiry started"]);
        let long = "another child of the household: a child protection plan started, and so on and on";
        let lines = halves(long);
        assert_eq!((lines.len(), lines.concat()), (2, long.to_owned()));
    }
}
