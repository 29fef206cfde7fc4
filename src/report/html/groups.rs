//! Who is affected: the candidate by sex, ethnic group, age, disability and authority.

use maud::{Markup, html};

use super::format::{about, cell, count, per_hundred, thousands};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::report::words;
use crate::report::{GroupTable, LevelLine, Report, figure};

/// Figures and tables by group, and the groups that could not be judged.
pub(super) fn affected(report: &Report) -> Markup {
    let candidate = report.model_title(&report.finding.candidate);
    html! {
        p {
            "A tool can be right on average and still fail some children more than others. These are the results of \
             \u{201c}" (candidate) "\u{201d} for each group. A family flagged without need may face intrusion, worry and \
             stigma, and lose trust in services; a child who is missed may be wrongly taken as safe. Which weighs more is \
             for the board to say."
        }
        p {
            "Where the intervals of two groups overlap a lot, the difference may be chance; where they do not overlap, \
             chance alone is an unlikely reason. An interval that is wide says \
             that there are too few children to tell, not that all is well."
        }
        (unjudged(report))
        @for (i, grouping) in report.groups.iter().enumerate() {
            h3 { (words::group(&grouping.group)) }
            @match figure::groups(report, grouping) {
                // Figure 1 is the hundred children.
                Some(figure) => (figure.render(i + 2, &group_table(grouping))),
                None => {
                    p { "No group can be shown: all of them are too small." }
                    (group_table(grouping))
                }
            }
        }
        @if report.groups.is_empty() { p { "No groups were asked for in the experiment." } }
    }
}

/// The number of the first figure after those of the groups.
pub(super) fn next_figure(report: &Report) -> usize {
    report.groups.len() + 2
}

fn unjudged(report: &Report) -> Markup {
    let of = |table: &GroupTable| {
        let names: Vec<String> =
            table.levels.iter().filter(|l| l.is_unjudged()).map(|l| words::level(&l.level)).collect();
        (!names.is_empty()).then(|| (words::group(&table.group), names.join("; "), share_of(table)))
    };
    let list: Vec<(String, String, String)> = report.groups.iter().filter_map(of).collect();
    html! {
        @if list.is_empty() {
            p { b { "Every group could be judged." } " No group was too small." }
        } @else {
            div class="aside" {
                p {
                    b { "For these groups mistakes cannot be shown. " }
                    "How many of them were missed, or flagged without coming back, is hidden: too few came back or were \
                     flagged, or the numbers would give away those of a smaller group. We do not know how often the tool \
                     would be wrong about them, and it should not be called fair on this evidence. What can be shown is in \
                     the tables below and under \u{201c}All measures by group\u{201d}, and some of it may be unfavourable."
                }
                ul { @for (group, names, share) in &list { li { b { (group) ": " } (names) (share) } } }
            }
        }
    }
}

/// " (617 referrals, about 34 of 100)", or nothing.
fn share_of(table: &GroupTable) -> String {
    let share = table.unjudged.as_ref().and_then(|(n, share)| Some((n, share.yes()?)));
    share.map_or_else(String::new, |(n, share)| {
        format!(" ({} referrals, {} of 100)", thousands(*n), about(share))
    })
}

fn group_table(grouping: &GroupTable) -> Markup {
    let title = words::group(&grouping.group);
    let row = |level: &LevelLine| {
        if level.is_empty() {
            let cells = std::iter::once(count(level.n)).chain((0..6).map(|_| html! { "\u{2013}" }));
            return TableRow::new(html! { (words::level(&level.level)) }, cells.collect());
        }
        TableRow::new(
            html! { (words::level(&level.level)) },
            vec![
                count(level.n),
                per_hundred(&level.came_back),
                per_hundred(&level.flagged),
                per_hundred(&level.missed_per_hundred),
                per_hundred(&level.flagged_in_vain_per_hundred),
                per_hundred(&level.wrong_flags),
                cell(&level.observed_over_expected, Unit::Ratio),
            ],
        )
    };
    let rows: Vec<TableRow> = grouping.levels.iter().map(row).collect();
    table(
        &format!("{title}: results out of every 100 children, with 95% intervals"),
        &[
            title.as_str(),
            "Referrals tested",
            "Of 100: came back",
            "Of 100: flagged",
            "Of 100 who came back: missed",
            "Of 100 who did not come back: flagged",
            "Of 100 flagged: did not come back",
            "Came back, for each one expected",
        ],
        &rows,
    )
}

/// The measures of the full table that are not in the tables of the figures.
const MEASURES: [&str; 4] = ["auroc", "brier", "calibration-slope", "calibration-in-the-large"];

/// Every measure by group for the candidate and the baseline.
pub(super) fn all_measures(report: &Report) -> Markup {
    let finding = &report.finding;
    html! {
        p { "For statisticians, beside the tables under \u{201c}Who is affected\u{201d}. Every other model is in " code { "evaluation.json" } "." }
        @for model in [&finding.candidate, &finding.reference] {
            (measure_table(report, model))
        }
    }
}

fn measure_table(report: &Report, model: &str) -> Markup {
    let row = |grouping: &GroupTable, level: &LevelLine| {
        let find = |measure: &str| {
            report.lines.iter().find(|l| {
                l.model == model
                    && l.group == grouping.group
                    && l.level == level.level
                    && l.measure == measure
            })
        };
        let mut cells = vec![count(level.n), events(report, grouping, level)];
        cells.extend(MEASURES.iter().map(|&measure| {
            find(measure).map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, words::unit(measure)))
        }));
        let head = html! { (words::group(&grouping.group)) ": " (words::level(&level.level)) };
        TableRow::new(head, cells)
    };
    let rows: Vec<TableRow> = report
        .groups
        .iter()
        .flat_map(|grouping| grouping.levels.iter().map(|l| row(grouping, l)).collect::<Vec<_>>())
        .collect();
    let mut heads = vec!["Group", "Referrals", "Came back"];
    heads.extend(MEASURES.iter().map(|&m| words::title(m)));
    table(&format!("{}: all measures by group, with 95% intervals", report.model_title(model)), &heads, &rows)
}

fn events(report: &Report, grouping: &GroupTable, level: &LevelLine) -> Markup {
    let line = report.lines.iter().find(|l| l.group == grouping.group && l.level == level.level);
    line.map_or_else(super::format::hidden, |l| count(l.events))
}
