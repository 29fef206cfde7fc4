//! ROC and precision–recall curves, from the measures on a grid of capacities.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::plot::{Frame, Look, at, short};
use crate::evaluate::measures::Unit;
use crate::report::html::format::cell;
use crate::report::html::table::{TableRow, table};
use crate::report::{Line, Report};

/// One shown point of a curve; shares with their intervals.
struct Point {
    sensitivity: Bounds,
    false_positive_rate: f64,
    ppv: Bounds,
}

/// A share and its interval.
type Bounds = (f64, Option<(f64, f64)>);

fn points(report: &Report, model: &str) -> Vec<Point> {
    let number = |measure: &str, at: &str| -> Option<Bounds> {
        let line = report
            .lines
            .iter()
            .find(|l| l.measure == measure && l.model == model && l.group == "overall" && l.at == at)?;
        Some((line.number.estimate()?, line.number.interval()))
    };
    // Shares only: the tables have no thresholds of chance.
    let places = report.lines.iter().filter(|l| {
        l.measure == "sensitivity" && l.model == model && l.group == "overall" && l.at.starts_with("top ")
    });
    let mut out: Vec<Point> = places
        .filter_map(|line| {
            Some(Point {
                sensitivity: number("sensitivity", &line.at)?,
                false_positive_rate: number("false-positive-rate", &line.at)?.0,
                ppv: number("ppv", &line.at)?,
            })
        })
        .collect();
    out.sort_by(|a, b| {
        a.false_positive_rate
            .total_cmp(&b.false_positive_rate)
            .then(a.sensitivity.0.total_cmp(&b.sensitivity.0))
    });
    out
}

fn models(report: &Report) -> [(Look, &str); 2] {
    [
        (Look::Candidate, report.finding.candidate.as_str()),
        (Look::Baseline, report.finding.reference.as_str()),
    ]
}

fn frame() -> Frame {
    Frame { left: 58.0, top: 10.0, width: 320.0, height: 320.0, x: (0.0, 1.0), y: (0.0, 1.0) }
}

fn keys(report: &Report) -> Markup {
    html! {
        @for ((look, model), y) in models(report).into_iter().zip([390.0, 412.0]) {
            (look.key(58.0, y, &short(report.model_title(model), 38)))
        }
    }
}

fn band_key() -> Markup {
    html! {
        rect class="band" x="58" y="448" width="28" height="14" {}
        text class="label" x="94" y="460" { "95% interval of the first, upwards" }
    }
}

/// The points of both models, the candidate's first.
fn curves(report: &Report, of: fn(&Point) -> Bounded) -> [(Look, Vec<Bounded>); 2] {
    models(report).map(|(look, model)| (look, points(report, model).iter().map(of).collect()))
}

/// The ROC curve; `None` if no point may be shown.
pub(in crate::report) fn roc(report: &Report) -> Option<Figure> {
    let frame = frame();
    let curves = curves(report, |p| (p.false_positive_rate, p.sensitivity.0, p.sensitivity.1));
    if curves.iter().all(|(_, points)| points.is_empty()) {
        return None;
    }
    let (start, end) = ((frame.across(0.0), frame.down(0.0)), (frame.across(1.0), frame.down(1.0)));
    let drawing = html! {
        (frame.axes("Of those who did not come back, share flagged", "Of those who came back, share flagged"))
        line class="ideal" x1=(at(start.0)) y1=(at(start.1)) x2=(at(end.0)) y2=(at(end.1)) {}
        (frame.band(&curves[0].1))
        @for (look, points) in curves.iter().rev() {
            @let points = frame.places(points);
            // Flagging nobody and flagging everybody are on every curve and say nothing of anyone.
            (look.line(&[&[start], points.as_slice(), &[end]].concat()))
            @for (x, y) in points { (look.mark(x, y)) }
        }
        (keys(report))
        line class="ideal" x1="58" x2="86" y1="434" y2="434" {}
        text class="label" x="94" y="438" { "no skill" }
        (band_key())
    };
    Some(Figure {
        id: "figure-roc".to_owned(),
        title: "Found, and flagged without coming back, as more children are flagged (ROC curve)".to_owned(),
        words: "Each mark is a share of children that could be flagged, growing from left to right. The higher a mark, \
                the more of those who came back are found; the further right, the more of those who did not come back \
                are flagged as well. The shaded band is the 95% interval of the height of the first curve. On the \
                dotted line there is no skill."
            .to_owned(),
        size: (400.0, 468.0),
        drawing,
    })
}

/// The precision–recall curve; `None` if no point may be shown.
pub(in crate::report) fn precision_recall(report: &Report) -> Option<Figure> {
    let frame = frame();
    let curves = curves(report, |p| (p.sensitivity.0, p.ppv.0, p.ppv.1));
    if curves.iter().all(|(_, points)| points.is_empty()) {
        return None;
    }
    let rate = report.overall("", "outcome-rate").and_then(|l| l.number.estimate());
    let drawing = html! {
        (frame.axes("Of those who came back, share flagged", "Of those flagged, share who came back"))
        @if let Some(rate) = rate {
            line class="ideal" x1=(at(frame.across(0.0))) x2=(at(frame.across(1.0))) y1=(at(frame.down(rate))) y2=(at(frame.down(rate))) {}
        }
        (frame.band(&curves[0].1))
        @for (look, points) in curves.iter().rev() {
            @let points = frame.places(points);
            (look.line(&points))
            @for (x, y) in points { (look.mark(x, y)) }
        }
        (keys(report))
        @if rate.is_some() {
            line class="ideal" x1="58" x2="86" y1="434" y2="434" {}
            text class="label" x="94" y="438" { "no skill: the share who came back" }
        }
        (band_key())
    };
    Some(Figure {
        id: "figure-precision-recall".to_owned(),
        title: "How often a flag is right, as more are found (precision\u{2013}recall curve)".to_owned(),
        words: "Each mark is a share of children that could be flagged, growing from left to right. The higher a mark, \
                the more often a flag is right. As more children are flagged, more of those who came back are found and \
                flags are usually right less often, though not at every step. The shaded band is the 95% interval of \
                the height of the first curve. On the dotted line there is no skill."
            .to_owned(),
        size: (400.0, 468.0),
        drawing,
    })
}

/// The numbers of the ROC curve.
pub(in crate::report) fn roc_table(report: &Report) -> Markup {
    let heads = ["of those who came back, flagged", "of those who did not, flagged"];
    curve_table(
        report,
        "Found, and flagged without coming back",
        ["sensitivity", "false-positive-rate"],
        heads,
    )
}

/// The numbers of the precision–recall curve.
pub(in crate::report) fn precision_recall_table(report: &Report) -> Markup {
    let heads = ["of those who came back, flagged", "of those flagged, came back"];
    curve_table(report, "Found, and how often a flag is right", ["sensitivity", "ppv"], heads)
}

/// Two measures of both models at every capacity.
fn curve_table(report: &Report, caption: &str, measures: [&str; 2], words: [&str; 2]) -> Markup {
    let candidate = report.finding.candidate.as_str();
    let at_overall = |l: &&Line, measure: &str, model: &str| {
        l.measure == measure && l.model == model && l.group == "overall" && l.at.starts_with("top ")
    };
    let places = report.lines.iter().filter(|l| at_overall(l, measures[0], candidate)).map(|l| l.at.as_str());
    let rows: Vec<TableRow> = places
        .map(|place| {
            let number = |measure: &str, model: &str| {
                let line = report.lines.iter().find(|l| at_overall(l, measure, model) && l.at == place);
                line.map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, Unit::Share))
            };
            let cells = models(report).into_iter().flat_map(|(_, model)| measures.map(|m| number(m, model)));
            TableRow::new(html! { (place) }, cells.collect())
        })
        .collect();
    let heads: Vec<String> = models(report)
        .into_iter()
        .flat_map(|(_, model)| words.map(|w| format!("{}: {w}", report.model_title(model))))
        .collect();
    let mut all = vec!["Flagged"];
    all.extend(heads.iter().map(String::as_str));
    table(&format!("{caption}, by share of children flagged"), &all, &rows)
}
