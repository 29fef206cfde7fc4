//! Calibration of one model in two panels: a smooth curve with its band, and a staircase with the band in which it would
//! lie if the chances came true.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::plot::{Frame, Look, at, round_up, short};
use crate::evaluate::Method;
use crate::privacy::disclosure::Passed;
use crate::report::{Line, Report};

/// The shown bins of one model, by predicted chance.
pub(in crate::report) fn bins<'a>(report: &'a Report, model: &str) -> Vec<(f64, f64, &'a Line)> {
    let lines = report.lines.iter().filter(|l| l.measure == "calibration-bin" && l.model == model);
    lines.filter_map(|l| Some((l.at.parse().ok()?, l.number.estimate()?, l))).collect()
}

/// The shown points of a curve of one model, by predicted chance, with what ends `of` gives them.
fn points(report: &Report, model: &str, measure: &str, of: fn(&Line) -> Option<(f64, f64)>) -> Vec<Bounded> {
    let lines =
        report.lines.iter().filter(|l| l.measure == measure && l.model == model && l.group == "overall");
    lines.filter_map(|l| Some((l.at.parse().ok()?, l.number.estimate()?, of(l)))).collect()
}

/// The band of consistency of a line, if it has one.
pub(in crate::report) fn consistency(line: &Line) -> Option<(f64, f64)> {
    let (method, low, high) = line.theory?;
    (method == Method::Consistency).then(|| (Passed::get(low), Passed::get(high)))
}

/// Where the panels of the figure lie.
const LEFTS: [f64; 2] = [58.0, 380.0];
const SIDE: f64 = 250.0;
const TOP: f64 = 34.0;

/// Calibration of one model; `None` if nothing of it may be shown. The baseline's has a longer id.
pub(in crate::report) fn calibration(report: &Report, model: &str) -> Option<Figure> {
    let bins = bins(report, model);
    let smooth = points(report, model, "calibration-curve", |l| l.number.interval());
    let stairs = points(report, model, "calibration-corp", consistency);
    if bins.is_empty() && smooth.is_empty() && stairs.is_empty() {
        return None;
    }
    let of_bins = bins.iter().map(|(x, y, line)| (*x, *y, line.number.interval()));
    let all = of_bins.chain(smooth.iter().copied()).chain(stairs.iter().copied());
    let most = round_up(all.flat_map(|(x, y, ends)| [x, y, ends.map_or(y, |(_, high)| high)]));
    let frame = |left| Frame { left, top: TOP, width: SIDE, height: SIDE, x: (0.0, most), y: (0.0, most) };
    let [left, right] = LEFTS.map(frame);
    let drawing = html! {
        (panel(&left, "A. Smooth curve", &smooth, &html! {
            (Look::Candidate.line(&left.places(&smooth)))
            @for (x, y, _) in &bins { (Look::Baseline.mark(left.across(*x), left.down(*y))) }
        }, smooth.is_empty() && bins.is_empty()))
        (panel(&right, "B. Staircase", &stairs, &Look::Candidate.line(&right.stairs(&stairs)), stairs.is_empty()))
        (keys())
    };
    let (candidate, title) = (model == report.finding.candidate, report.model_title(model));
    Some(Figure {
        id: if candidate { "figure-calibration" } else { "figure-calibration-baseline" }.to_owned(),
        title: format!("Predicted chance and what happened: {}", short(title, 60)),
        words: words(title, &bins),
        size: (650.0, 452.0),
        drawing,
    })
}

fn panel(frame: &Frame, head: &str, points: &[Bounded], lines: &Markup, empty: bool) -> Markup {
    let (low, high) = frame.x;
    html! {
        text class="label strong" x=(at(frame.left)) y="16" { (head) }
        (frame.axes("Predicted chance of coming back", "Share who came back"))
        (frame.band(points))
        line class="ideal" x1=(at(frame.across(low))) y1=(at(frame.down(low))) x2=(at(frame.across(high))) y2=(at(frame.down(high))) {}
        (lines)
        @if empty { text class="label" x=(at(frame.left + 14.0)) y=(at(frame.top + 24.0)) { "hidden: too few children" } }
    }
}

/// One key under both panels.
fn keys() -> Markup {
    let (a, b) = (LEFTS[0], LEFTS[1]);
    html! {
        (Look::Candidate.line(&[(a, 352.0), (a + 28.0, 352.0)]))
        text class="label" x=(at(a + 36.0)) y="356" { "share who came back (by loess)" }
        rect class="band" x=(at(a)) y="367" width="28" height="14" {}
        text class="label" x=(at(a + 36.0)) y="378" { "its 95% interval" }
        (Look::Baseline.mark(a + 14.0, 396.0))
        text class="label" x=(at(a + 36.0)) y="400" { "children with similar chances" }
        (Look::Candidate.line(&[(b, 358.0), (b + 14.0, 358.0), (b + 14.0, 347.0), (b + 28.0, 347.0)]))
        text class="label" x=(at(b + 36.0)) y="356" { "share who came back (CORP)" }
        rect class="band" x=(at(b)) y="367" width="28" height="14" {}
        text class="label" x=(at(b + 36.0)) y="378" { "where 95% of stairs would lie if" }
        text class="label" x=(at(b + 36.0)) y="394" { "the chances were right" }
        line class="ideal" x1=(at(a)) x2=(at(a + 28.0)) y1="418" y2="418" {}
        text class="label" x=(at(a + 36.0)) y="422" { "prediction and outcome agree; above it, more came back than predicted" }
    }
}

fn words(title: &str, bins: &[(f64, f64, &Line)]) -> String {
    let mut words = String::from(
        "Left: the share of children who came back, drawn as a smooth curve over the predicted chance, with its 95% interval \
         at each chance; each square is a group of children with similar chances. Right: the same as a staircase that never \
         falls, with a shaded band. If the chances were right, the staircase would lie in the band at about 95 of 100 \
         chances. On the dotted line, prediction and outcome agree; above it more came back than predicted.",
    );
    if let (Some((x0, y0, _)), Some((x1, y1, _))) = (bins.first(), bins.last()) {
        let per = |share: f64| (share * 100.0).round();
        words.push_str(&format!(
            " For \u{201c}{title}\u{201d}, the group with the lowest chances was given about {} in 100 and {} in 100 came \
             back; the group with the highest was given about {} in 100 and {} in 100 came back.",
            per(*x0),
            per(*y0),
            per(*x1),
            per(*y1)
        ));
    }
    words
}
