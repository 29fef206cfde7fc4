//! Mistakes by group: who would be missed, and who flagged without coming back.

use maud::{Markup, html};

use super::format::{about, cell, count, per_hundred, thousands};
use super::table::{TableRow, table};
use crate::report::words;
use crate::report::{GroupTable, LevelLine, Report, figure};

/// Figures and tables by group, and the groups that could not be judged.
pub(super) fn affected(report: &Report) -> Markup {
    let candidate = report.model_title(&report.finding.candidate);
    html! {
        p class="lead" { (found(report)) }
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
        @for grouping in &report.groups {
            h3 { (words::group(&grouping.group)) ": mistakes" }
            @match figure::groups(report, grouping) {
                Some(figure) => (figure.render(&group_table(report, grouping))),
                None => {
                    p { "No group can be shown: all of them are too small." }
                    (group_table(report, grouping))
                }
            }
        }
        @if report.groups.is_empty() { p { "No groups were asked for in the experiment." } }
        (super::compared::impossible(report))
    }
}

/// From which to which the share missed runs over the groups that can be shown.
pub(super) fn found(report: &Report) -> String {
    let shown = || {
        report.groups.iter().flat_map(|table| {
            let name = |l: &LevelLine| {
                format!("{} \u{201c}{}\u{201d}", words::group(&table.group), words::level(&l.level))
            };
            table.levels.iter().filter_map(move |l| Some((l.missed_per_hundred.yes()?, name(l))))
        })
    };
    let ends = shown().min_by_key(|(n, _)| *n).zip(shown().max_by_key(|(n, _)| *n));
    let levels = || report.groups.iter().flat_map(|table| &table.levels).filter(|level| !level.is_empty());
    let (all, unjudged) = (levels().count(), levels().filter(|level| level.is_unjudged()).count());
    match ends {
        Some(_) if 2 * unjudged > all => format!(
            "We cannot tell whether groups are treated alike: of {all} groups, mistakes of {unjudged} are hidden or cannot be judged. \
             Do not read this report as showing that the method is fair."
        ),
        Some(((least, low), (most, high))) if low != high => format!(
            "Of 100 children who came back, from {} ({low}) to {} ({high}) would not have been flagged, as far as groups can \
             be shown. Whether such differences are more than chance is under \u{201c}Are the groups treated alike?\u{201d}",
            about(least),
            about(most)
        ),
        _ => "How often the tool would be wrong about one group and another cannot be compared: too few groups can be \
              shown."
            .to_owned(),
    }
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
                     the tables below and under \u{201c}Further measures by group\u{201d}, and some of it may be unfavourable."
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

fn group_table(report: &Report, grouping: &GroupTable) -> Markup {
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
                count(report.rates.children_of(&grouping.group, &level.level)),
                per_hundred(&level.came_back),
                per_hundred(&level.flagged),
                per_hundred(&level.missed_per_hundred),
                per_hundred(&level.flagged_in_vain_per_hundred),
                per_hundred(&level.wrong_flags),
            ],
        )
    };
    let rows: Vec<TableRow> = grouping.levels.iter().map(row).collect();
    table(
        &format!("{title}: mistakes out of every 100 children, with 95% intervals"),
        &[
            title.as_str(),
            "Referrals tested",
            "Children, to the nearest ten",
            "Of 100: came back",
            "Of 100: flagged",
            "Of 100 who came back: not flagged",
            words::IN_VAIN,
            "Of 100 flagged: did not come back",
        ],
        &rows,
    )
}

/// What is not in the tables of the sections above: of the candidate, then of the baseline.
const OF_CANDIDATE: &[&str] = &["auroc", "average-precision", "brier", "scaled-brier"];
const OF_BASELINE: &[&str] =
    &["auroc", "brier", "observed-over-expected", "calibration-in-the-large", "calibration-slope", "ici"];

/// Further measures by group for the candidate and the baseline.
pub(super) fn all_measures(report: &Report) -> Markup {
    let finding = &report.finding;
    html! {
        p {
            "For statisticians, beside the tables by group above: how well children are put in order within each group, and \
             what the baseline does. Every other model is in " code { "evaluation.json" } "."
        }
        (measure_table(report, &finding.candidate, OF_CANDIDATE))
        (measure_table(report, &finding.reference, OF_BASELINE))
    }
}

fn measure_table(report: &Report, model: &str, measures: &[&'static str]) -> Markup {
    let measures: Vec<&'static str> = measures
        .iter()
        .copied()
        .filter(|m| report.lines.iter().any(|l| l.measure == *m && l.group != "overall"))
        .collect();
    let row = |grouping: &GroupTable, level: &LevelLine| {
        let mut cells = vec![count(level.n), events(report, grouping, level)];
        cells.extend(measures.iter().map(|measure| {
            report
                .of_level(model, measure, &grouping.group, &level.level)
                .map_or_else(|| html! { "\u{2013}" }, |l| cell(&l.number, words::unit(measure)))
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
    heads.extend(measures.iter().map(|&m| words::title(m)));
    table(
        &format!("{}: further measures by group, with 95% intervals", report.model_title(model)),
        &heads,
        &rows,
    )
}

fn events(report: &Report, grouping: &GroupTable, level: &LevelLine) -> Markup {
    let line = report.lines.iter().find(|l| l.group == grouping.group && l.level == level.level);
    line.map_or_else(super::format::hidden, |l| count(l.events))
}
