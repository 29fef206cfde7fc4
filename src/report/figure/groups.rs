//! Mistakes by group: missed, flagged without coming back, and flags that were wrong.

use super::Figure;
use super::bars::{Mark, Panel, Scale, bars};
use crate::report::html::format::about;
use crate::report::words;
use crate::report::{GroupTable, LevelLine, Line, Report};

/// One grouping; `None` if no level may be shown. Every level has its row.
pub(in crate::report) fn groups(report: &Report, table: &GroupTable) -> Option<Figure> {
    let panels = panels(report, table);
    if !panels.iter().flat_map(|p| &p.marks).any(Mark::is_dot) {
        return None;
    }
    let title = words::group(&table.group);
    let labels: Vec<String> = table.levels.iter().map(|l| words::level(&l.level)).collect();
    let (drawing, size) = bars(&labels, &panels);
    Some(Figure {
        id: format!("figure-group-{}", slug(&table.group)),
        title: format!("{title}: came back and was not flagged; flagged and did not come back"),
        words: in_words(&title, table),
        size,
        drawing,
    })
}

fn panels(report: &Report, table: &GroupTable) -> [Panel; 3] {
    let all = |measure: &str, other: bool| {
        let declared = report.declared();
        let fits = |l: &&Line| {
            l.measure == measure
                && l.model == report.finding.candidate
                && l.group == "overall"
                && l.at == declared
        };
        let share = report.lines.iter().find(fits).and_then(|l| l.number.estimate())?;
        Some(if other { 1.0 - share } else { share })
    };
    let marks = |of: fn(&LevelLine) -> Mark| {
        let mark = |level: &LevelLine| if level.is_empty() { Mark::Words("no referrals") } else { of(level) };
        table.levels.iter().map(mark).collect()
    };
    [
        Panel {
            heads: ["Of those who came", "back: not flagged"],
            marks: marks(|l| Mark::of_hundred(&l.missed_per_hundred)),
            scale: Scale::Share,
            level: all("missed-share", false),
        },
        Panel {
            heads: ["Of those who did not", "come back: flagged"],
            marks: marks(|l| Mark::of_hundred(&l.flagged_in_vain_per_hundred)),
            scale: Scale::Share,
            level: all("false-positive-rate", false),
        },
        Panel {
            heads: ["Of those flagged:", "did not come back"],
            marks: marks(|l| Mark::of_hundred(&l.wrong_flags)),
            scale: Scale::Share,
            level: all("ppv", true),
        },
    ]
}

fn in_words(title: &str, table: &GroupTable) -> String {
    let mut words = String::from(
        "Dots are estimates and bars their 95% intervals. The dotted line is all children together.",
    );
    for level in &table.levels {
        let name = words::level(&level.level);
        let (missed, in_vain) = (level.missed_per_hundred.yes(), level.flagged_in_vain_per_hundred.yes());
        if let (Some(missed), Some(in_vain)) = (missed, in_vain) {
            words.push_str(&format!(
                " {title} \u{201c}{name}\u{201d}: {} of 100 who came back were not flagged, {} of 100 who did not come \
                 back were flagged.",
                about(missed),
                about(in_vain)
            ));
        }
    }
    if table.levels.iter().any(LevelLine::is_unjudged) {
        words.push_str(
            " Where a row says \u{201c}hidden\u{201d}, there are too few children to show a number.",
        );
    }
    words
}

/// A name as an id.
pub(super) fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
