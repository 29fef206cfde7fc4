//! Calibration by group: came back for each one expected, the spread of the chances, and their average gap.

use super::Figure;
use super::bars::{Mark, Panel, Scale, bars};
use super::groups::slug;
use crate::report::html::format::of_hundred;
use crate::report::words;
use crate::report::{GroupTable, Report};

/// One grouping; `None` if no level may be shown. Every level has its row.
pub(in crate::report) fn group_calibration(report: &Report, table: &GroupTable) -> Option<Figure> {
    let candidate = &report.finding.candidate;
    let marks = |measure: &str| -> Vec<Mark> {
        let mark = |level: &str, empty: bool| match report.of_level(candidate, measure, &table.group, level) {
            _ if empty => Mark::Words("no referrals"),
            line => Mark::of(line.map(|l| &l.number)),
        };
        table.levels.iter().map(|l| mark(&l.level, l.is_empty())).collect()
    };
    let panels = [
        Panel {
            heads: ["Came back, for each", "one expected (O/E)"],
            marks: marks("observed-over-expected"),
            scale: Scale::Ratio,
            level: Some(1.0),
        },
        Panel {
            heads: ["Spread of the chances", "(calibration slope)"],
            marks: marks("calibration-slope"),
            scale: Scale::Ratio,
            level: Some(1.0),
        },
        Panel {
            heads: ["Average gap of the", "chances (ICI, by loess)"],
            marks: marks("ici"),
            scale: Scale::Share,
            level: None,
        },
    ];
    if !panels.iter().flat_map(|p| &p.marks).any(Mark::is_dot) {
        return None;
    }
    let title = words::group(&table.group);
    let labels: Vec<String> = table.levels.iter().map(|l| words::level(&l.level)).collect();
    let (drawing, size) = bars(&labels, &panels);
    Some(Figure {
        id: format!("figure-calibration-{}", slug(&table.group)),
        title: format!("{title}: do the predicted chances come true?"),
        words: in_words(report, table, &title),
        size,
        drawing,
    })
}

fn in_words(report: &Report, table: &GroupTable, title: &str) -> String {
    let mut words = String::from(
        "Dots are estimates and bars their 95% intervals; an arrow means that a number or an interval goes further than the \
         picture. On the dotted lines the chances are right; in the last panel further left is better.",
    );
    for level in &table.levels {
        let line =
            report.of_level(&report.finding.candidate, "observed-over-expected", &table.group, &level.level);
        if let Some(ratio) = line.and_then(|l| l.number.estimate()) {
            words.push_str(&format!(
                " {title} \u{201c}{}\u{201d}: for each 100 expected to come back, {} did.",
                words::level(&level.level),
                of_hundred(ratio)
            ));
        }
    }
    words
}
