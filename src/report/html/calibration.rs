//! Do the predicted chances come true? Curves of candidate and baseline with their tables.

use maud::{Markup, html};

use super::format::{cell, count, interval, of_hundred, value};
use super::group_calibration::{overall, unit, with_interval};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::report::{Line, Report, figure};

/// Numbers of calibration in one table: the smoother is named where there is one.
const NUMBERS: [(&str, &str); 8] = [
    ("observed-over-expected", "Came back, for each one expected (O/E)"),
    ("calibration-in-the-large", "Calibration in the large"),
    ("calibration-slope", "Calibration slope"),
    ("ici", "Average gap (ICI), by loess"),
    ("ici-spline", "Average gap, by spline"),
    ("e50", "Gap that half stay under (E50), by loess"),
    ("e90", "Gap that nine in ten stay under (E90), by loess"),
    ("emax", "Greatest gap (Emax), by loess"),
];

/// What was found, then curves and tables of both models.
pub(super) fn calibration(report: &Report) -> Markup {
    let finding = &report.finding;
    html! {
        p class="lead" { (overall(report)) (highest(report)) }
        p {
            "If a model gives 100 children a chance of 30%, about 30 of them should come back. Chances that are too high \
             or too low mislead, even when the order is right."
        }
        (spread(report))
        (numbers(report))
        @for model in [&finding.candidate, &finding.reference] {
            @let tables = html! { (curve_table(report, model)) (bin_table(report, model)) };
            @match figure::calibration(report, model) {
                Some(figure) => (figure.render(&tables)),
                None => p { "No curve of \u{201c}" (report.model_title(model)) "\u{201d} can be shown: it gives too few different chances, or too few children." },
            }
        }
    }
}

/// What became of the children with the highest chances.
fn highest(report: &Report) -> String {
    let highest = figure::bins(report, &report.finding.candidate).pop();
    highest.map_or_else(String::new, |(chance, came, _)| {
        format!(
            " The highest chances, {} in 100 on average, came true for {} in 100.",
            of_hundred(chance),
            of_hundred(came)
        )
    })
}

/// What the calibration slope of the candidate says.
fn spread(report: &Report) -> Markup {
    let slope = report.overall(&report.finding.candidate, "calibration-slope").map(|l| &l.number);
    let Some((slope, (low, high))) = slope.and_then(|s| Some((s.estimate()?, s.interval()?))) else {
        return html! {};
    };
    let says = if high < 1.0 {
        "are spread too widely"
    } else if low > 1.0 {
        "are spread too little"
    } else {
        "show no clear sign of being spread too widely or too little"
    };
    html! {
        p {
            "Taken together, the chances of \u{201c}" (report.model_title(&report.finding.candidate)) "\u{201d} " (says)
            " (calibration slope " (value(slope, Unit::Ratio)) ", 95% interval " (interval((low, high), Unit::Ratio))
            "; 1 is right)."
            @if let Some(ici) = with_interval(report, "ici", Unit::Share) {
                " On average they are " (ici) " away from a smooth curve through what happened (by loess); chance alone keeps \
                 that above 0."
            }
        }
    }
}

fn numbers(report: &Report) -> Markup {
    let models = [&report.finding.candidate, &report.finding.reference];
    let rows: Vec<TableRow> = NUMBERS
        .iter()
        .filter(|(measure, _)| models.iter().any(|m| report.overall(m, measure).is_some()))
        .map(|(measure, words)| {
            let cells = models.map(|model| {
                report
                    .overall(model, measure)
                    .map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, unit(measure)))
            });
            TableRow::new(html! { (words) }, cells.into())
        })
        .collect();
    table(
        "How far the chances are off, with 95% intervals",
        &["Measure", report.model_title(models[0]), report.model_title(models[1])],
        &rows,
    )
}

/// The curves of one model, at the chances where they are read.
fn curve_table(report: &Report, model: &str) -> Markup {
    let of = |measure: &str| {
        let lines = report.lines.iter().filter(move |l| l.model == model && l.group == "overall");
        let measure = measure.to_owned();
        lines.filter(move |l| l.measure == measure)
    };
    let at = |measure: &str, place: &str| of(measure).find(|l| l.at == place);
    let smooth =
        |line: Option<&Line>| line.map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, Unit::Share));
    let rows: Vec<TableRow> = of("calibration-curve")
        .map(|line| {
            let head = line.at.parse::<f64>().map_or_else(
                |_| super::format::hidden(),
                |chance| html! { (value(chance, Unit::Share)) },
            );
            let stairs = at("calibration-corp", &line.at);
            let band = stairs.and_then(figure::consistency).filter(|_| {
                stairs.is_some_and(|l| l.number.estimate().is_some())
            });
            TableRow::new(
                head,
                vec![
                    smooth(Some(line)),
                    smooth(at("calibration-curve-spline", &line.at)),
                    smooth(stairs),
                    html! { (band.map_or_else(|| "\u{2013}".to_owned(), |ends| interval(ends, Unit::Share))) },
                ],
            )
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            (table(
                &format!("{}: share who came back at a predicted chance", report.model_title(model)),
                &[
                    "Predicted chance",
                    "Smooth curve (loess), 95% interval",
                    "Another smooth curve (spline), 95% interval",
                    "Staircase (CORP)",
                    "Where 95 of 100 staircases would lie if the chances were right",
                ],
                &rows,
            ))
        }
    }
}

fn bin_table(report: &Report, model: &str) -> Markup {
    let rows: Vec<TableRow> = report
        .lines
        .iter()
        .filter(|l| l.measure == "calibration-bin" && l.model == model)
        .map(|line| {
            let head = line
                .at
                .parse::<f64>()
                .map_or_else(|_| super::format::hidden(), |chance| html! { (value(chance, Unit::Share)) });
            TableRow::new(head, vec![cell(&line.number, Unit::Share), count(line.n), count(line.events)])
        })
        .collect();
    table(
        &format!("{}: children with similar chances, and what happened", report.model_title(model)),
        &["Average predicted chance", "Share who came back", "Referrals", "Came back"],
        &rows,
    )
}
