//! The calibration curve: predicted chance against what happened.

use maud::html;

use super::Figure;
use super::plot::{Frame, Look, at, round_up, short};
use crate::report::{Line, Report};

/// The shown bins of one model, by predicted chance.
pub(in crate::report) fn bins<'a>(report: &'a Report, model: &str) -> Vec<(f64, f64, &'a Line)> {
    let lines = report.lines.iter().filter(|l| l.measure == "calibration-bin" && l.model == model);
    lines.filter_map(|l| Some((l.at.parse().ok()?, l.number.estimate()?, l))).collect()
}

/// Calibration of the candidate and the baseline; `None` if no bin may be shown.
pub(in crate::report) fn calibration(report: &Report) -> Option<Figure> {
    let candidate = bins(report, &report.finding.candidate);
    let baseline = bins(report, &report.finding.reference);
    if candidate.is_empty() && baseline.is_empty() {
        return None;
    }
    let ends =
        |(x, y, line): &(f64, f64, &Line)| [*x, *y, line.number.interval().map_or(*y, |(_, high)| high)];
    let most = round_up(candidate.iter().chain(&baseline).flat_map(ends));
    let frame = Frame { left: 58.0, top: 10.0, width: 320.0, height: 320.0, x: (0.0, most), y: (0.0, most) };
    let words = words(report, &candidate);
    let drawing = html! {
        (frame.axes("Predicted chance of coming back", "Share who came back"))
        line class="ideal" x1=(at(frame.across(0.0))) y1=(at(frame.down(0.0))) x2=(at(frame.across(most))) y2=(at(frame.down(most))) {}
        @for (look, points) in [(Look::Baseline, &baseline), (Look::Candidate, &candidate)] {
            @for (x, _, line) in points {
                @if let Some((low, high)) = line.number.interval() {
                    (look.upright(frame.across(*x), frame.down(low), frame.down(high)))
                }
            }
            (look.line(&points.iter().map(|(x, y, _)| (frame.across(*x), frame.down(*y))).collect::<Vec<_>>()))
            @for (x, y, _) in points { (look.mark(frame.across(*x), frame.down(*y))) }
        }
        (Look::Candidate.key(58.0, 390.0, &short(report.model_title(&report.finding.candidate), 38)))
        (Look::Baseline.key(58.0, 412.0, &short(report.model_title(&report.finding.reference), 38)))
        line class="ideal" x1="58" x2="86" y1="434" y2="434" {}
        text class="label" x="94" y="438" { "prediction and outcome agree" }
    };
    Some(Figure {
        id: "figure-calibration".to_owned(),
        title: "Predicted chance and what happened".to_owned(),
        words,
        size: (400.0, 446.0),
        drawing,
    })
}

fn words(report: &Report, bins: &[(f64, f64, &Line)]) -> String {
    let title = report.model_title(&report.finding.candidate);
    let mut words = String::from(
        "Each mark is a group of children with similar predicted chances; upright lines are 95% intervals. \
         On the dotted line, prediction and outcome agree; above it more came back than predicted.",
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
