//! The decision curve: net benefit of flagging by the model, by the baseline, everyone and nobody.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::plot::{Frame, Look, at, short};
use crate::report::html::format::{families, of_thousand};
use crate::report::{Line, Report};

/// A line of net benefit and the chance from which on children are flagged, in (0, 1).
pub(in crate::report) fn thresholds<'a>(
    report: &'a Report,
    model: &str,
    measure: &str,
) -> Vec<(f64, &'a Line)> {
    let lines =
        report.lines.iter().filter(|l| l.measure == measure && l.model == model && l.group == "overall");
    lines.filter_map(|l| Some((threshold(&l.at)?, l))).collect()
}

/// The chance in `risk from 20%`.
fn threshold(at: &str) -> Option<f64> {
    let percent: f64 = at.strip_prefix("risk from ")?.strip_suffix('%')?.parse().ok()?;
    Some(percent / 100.0)
}

fn points(report: &Report, model: &str, measure: &str) -> Vec<Bounded> {
    let all = thresholds(report, model, measure).into_iter();
    all.filter_map(|(x, line)| Some((x, line.number.estimate()?, line.number.interval()))).collect()
}

const BOTTOM: f64 = 344.0;

/// The curves; `None` if no point of the candidate or of the baseline may be shown.
pub(in crate::report) fn decision(report: &Report) -> Option<Figure> {
    let (candidate, baseline) = (&report.finding.candidate, &report.finding.reference);
    let models = [(Look::Baseline, baseline), (Look::Candidate, candidate)]
        .map(|(look, model)| (look, points(report, model, "net-benefit")));
    if models.iter().all(|(_, points)| points.is_empty()) {
        return None;
    }
    let everyone = points(report, candidate, "net-benefit-of-all");
    let frame = frame(&models, &everyone);
    let at_all = everyone.iter().map(|(x, y, _)| (frame.across(*x), frame.fall(*y))).collect::<Vec<_>>();
    let drawing = html! {
        (axes(&frame))
        @for (_, points) in models.iter().filter(|(look, _)| *look == Look::Candidate) { (frame.band(points)) }
        (frame.within(&html! {
            @for ends in [|(low, _): (f64, f64)| low, |(_, high): (f64, f64)| high] {
                polyline class="edge" points=(corners(everyone.iter().filter_map(|(x, _, e)| Some((frame.across(*x), frame.fall(ends((*e)?))))))) {}
            }
            polyline class="everyone" points=(corners(at_all.iter().copied())) {}
        }))
        line class="nobody" x1=(at(frame.left)) x2=(at(frame.left + frame.width)) y1=(at(frame.down(0.0))) y2=(at(frame.down(0.0))) {}
        text class="label" x=(at(frame.left + 4.0)) y=(at(frame.down(0.0) - 6.0)) { "flagging nobody" }
        (label_everyone(&frame, &everyone))
        @for (look, points) in &models {
            @for (x, _, ends) in points {
                @if let (Look::Baseline, Some((low, high))) = (look, ends) {
                    (look.upright(frame.across(*x), frame.down(*low), frame.down(*high)))
                }
            }
            (look.line(&frame.places(points)))
            @for (x, y) in frame.places(points) { (look.mark(x, y)) }
        }
        (Look::Candidate.key(66.0, 440.0, &format!("{}, shaded: 95% interval", short(report.model_title(candidate), 40))))
        (Look::Baseline.key(66.0, 462.0, &format!("{}, upright lines: 95% intervals", short(report.model_title(baseline), 36))))
    };
    Some(Figure {
        id: "figure-decision".to_owned(),
        title: "Is flagging worth it? (decision curve)".to_owned(),
        words: words(report, &models[1].1),
        size: (560.0, 474.0),
        drawing,
    })
}

/// The frame holds what the models show and where flagging everyone starts; below a little less than nothing, lines are cut.
fn frame(models: &[(Look, Vec<Bounded>)], everyone: &[Bounded]) -> Frame {
    let of_models = || models.iter().flat_map(|(_, points)| points);
    let high = of_models().chain(everyone).map(|(_, y, ends)| ends.map_or(*y, |(_, high)| high));
    let low = of_models().map(|(_, y, ends)| ends.map_or(*y, |(low, _)| low));
    let last = everyone.iter().chain(of_models()).map(|(x, _, _)| *x).fold(0.1, f64::max);
    let step = 0.05;
    let most = (high.fold(0.01, f64::max) / step).ceil() * step;
    let least = (low.fold(-0.02, f64::min) / step).floor() * step;
    Frame { left: 66.0, top: 12.0, width: 470.0, height: BOTTOM - 12.0, x: (0.0, last), y: (least, most) }
}

fn corners(points: impl Iterator<Item = (f64, f64)>) -> String {
    points.map(|(x, y)| format!("{},{}", at(x), at(y))).collect::<Vec<_>>().join(" ")
}

/// The name of the line, above its interval.
fn label_everyone(frame: &Frame, everyone: &[Bounded]) -> Markup {
    let top = |y: &f64, ends: &Option<(f64, f64)>| ends.map_or(*y, |(_, high)| high);
    let first = everyone.first().map(|(x, y, ends)| (frame.across(*x), frame.down(top(y, ends))));
    html! {
        @if let Some((x, y)) = first { text class="label" x=(at(x + 8.0)) y=(at(y + 4.0)) { "flagging everyone" } }
    }
}

/// Upwards, children found in 1,000; across, the chance, and under it the families that one child found is worth.
fn axes(frame: &Frame) -> Markup {
    let (least, most) = frame.y;
    let rise = [0.01, 0.02, 0.05, 0.1, 0.2].into_iter().find(|s| (most - least) / s <= 8.0).unwrap_or(0.5);
    let first = (least / rise - 1e-9).ceil();
    let up = (0_u8..12).map(|i| (first + f64::from(i)) * rise).take_while(|t| *t <= most + 1e-9);
    let step = if frame.x.1 > 0.61 { 0.2 } else { 0.1 };
    let across = (1_u8..10).map(|i| f64::from(i) * step).take_while(|t| *t <= frame.x.1 + 1e-9);
    let (right, middle) = (frame.left + frame.width, frame.top + frame.height / 2.0);
    let centre = frame.left + frame.width / 2.0;
    html! {
        @for tick in up {
            line class="grid" x1=(at(frame.left)) x2=(at(right)) y1=(at(frame.down(tick))) y2=(at(frame.down(tick))) {}
            text class="tick" text-anchor="end" x=(at(frame.left - 6.0)) y=(at(frame.down(tick) + 4.0)) { (of_thousand(tick)) }
        }
        @for tick in across {
            line class="axis" x1=(at(frame.across(tick))) x2=(at(frame.across(tick))) y1=(at(BOTTOM)) y2=(at(BOTTOM + 4.0)) {}
            text class="tick" text-anchor="middle" x=(at(frame.across(tick))) y=(at(BOTTOM + 17.0)) { (format!("{:.0}%", tick * 100.0)) }
            text class="tick" text-anchor="middle" x=(at(frame.across(tick))) y=(at(BOTTOM + 56.0)) { (families(tick)) }
        }
        line class="axis" x1=(at(frame.left)) x2=(at(right)) y1=(at(BOTTOM)) y2=(at(BOTTOM)) {}
        text class="label" text-anchor="middle" x=(at(centre)) y=(at(BOTTOM + 34.0)) { "Flagged from this predicted chance on" }
        text class="label" text-anchor="middle" x=(at(centre)) y=(at(BOTTOM + 73.0)) {
            "Families looked at in vain that one child found is worth, at that chance"
        }
        text class="label" text-anchor="middle" transform=(format!("translate({} {}) rotate(-90)", at(13.0), at(middle))) {
            "Net benefit: children in 1,000 referred"
        }
    }
}

fn words(report: &Report, candidate: &[Bounded]) -> String {
    let mut words = String::from(
        "The higher a line, the more good the flags do on balance: so many children found in each 1,000 referred, after \
         families looked at in vain are paid for at the price of that threshold. Lines join the thresholds that can be \
         shown. Thin lines beside \u{201c}flagging everyone\u{201d} are its 95% interval; where it falls out of the picture it is \
         cut, and the table has the numbers.",
    );
    let title = report.model_title(&report.finding.candidate);
    for (x, y, _) in candidate {
        words.push_str(&format!(
            " At {:.0}%, where one child found is worth {} families looked at in vain, the net benefit of \u{201c}{title}\u{201d} is \
             {} in 1,000.",
            x * 100.0,
            families(*x),
            of_thousand(*y)
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::threshold;

    #[test]
    fn a_threshold_is_read_from_its_label() {
        assert_eq!(threshold("risk from 20%"), Some(0.2));
        assert_eq!(threshold("top 20%"), None);
    }
}
