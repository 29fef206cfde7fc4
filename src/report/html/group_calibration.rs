//! Do the predicted chances come true in every group? Every group has its row, whether or not a number can be shown.

use maud::{Markup, html};

use super::compared::test_table;
use super::format::{cell, count, interval, of_hundred, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::{Number, Passed};
use crate::report::words;
use crate::report::{GroupTable, LevelLine, Line, Report, figure};

/// Measures of calibration, in the order of the table.
const MEASURES: [&str; 4] =
    ["observed-over-expected", "calibration-in-the-large", "calibration-slope", "ici"];
const RATIO: &str = MEASURES[0];
/// A p value under which a difference is called more than chance.
const RARE: f64 = 0.05;

/// What was found, what the words mean, tests, then figure and table of each grouping.
pub(super) fn group_calibration(report: &Report) -> Markup {
    let candidate = report.model_title(&report.finding.candidate);
    if report.groups.is_empty() {
        return html! {
            p class="lead" { (overall(report)) }
            p { "No groups were asked for in the experiment, so nobody can say whether this holds for each." }
        };
    }
    html! {
        p class="lead" { (overall(report)) " " (by_tests(report)) }
        (found(report))
        p {
            "If \u{201c}" (candidate) "\u{201d} expects 100 children of a group to come back and 120 do, it thinks too little of \
             the chances in that group (\u{201c}came back, for each one expected\u{201d} is 1.20), and with one rule for all \
             its children would be overlooked more often; if 80 do (0.80), they would be flagged too often. The other \
             columns say the same on the scale that statisticians use (in the large), whether the chances are spread too \
             widely (slope under 1), and how far they are off on average along a smooth curve (ICI, by loess)."
        }
        p {
            "Where an interval holds the right value, the gap may be chance; and of 100 intervals about 5 leave out the right \
             value by chance alone, which the tests below allow for. A group that is too small to show may be treated \
             badly without anybody seeing it."
        }
        (test_table(
            report,
            "Do the chances come true differently in different groups, more than chance alone would make it look?",
            &MEASURES[..3],
        ))
        @for grouping in &report.groups {
            h3 { (words::group(&grouping.group)) ": chances" }
            @match figure::group_calibration(report, grouping) {
                Some(figure) => (figure.render(&level_table(report, grouping))),
                None => {
                    p { "No number can be shown for these groups." }
                    (level_table(report, grouping))
                }
            }
        }
    }
}

fn ratio_of<'a>(report: &'a Report, group: &str, level: &str) -> Option<&'a Line> {
    report.of_level(&report.finding.candidate, RATIO, group, level)
}

/// All children together, as natural frequencies.
pub(super) fn overall(report: &Report) -> String {
    let number = report.overall(&report.finding.candidate, RATIO).map(|l| &l.number);
    match number.and_then(|n| Some((n.estimate()?, n.interval()))) {
        None => "Whether the chances come true for all children together cannot be shown.".to_owned(),
        Some((ratio, ends)) => {
            let whole = |ratio: f64| (ratio * 100.0).round() + 0.0;
            let ends = ends.map_or_else(String::new, |(low, high)| {
                format!(" (between {} and {})", whole(low), whole(high))
            });
            format!("For each 100 children who were expected to come back, {}{ends} did.", of_hundred(ratio))
        }
    }
}

/// By which groupings the chances come true differently by more than chance, after the correction for many tests.
fn by_tests(report: &Report) -> String {
    let (mut apart, mut chance) = (Vec::new(), Vec::new());
    for grouping in &report.groups {
        let p: Vec<f64> = report
            .group_tests
            .iter()
            .filter(|t| t.model == report.finding.candidate && t.group == grouping.group && t.at.is_empty())
            .filter(|t| MEASURES[..3].contains(&t.measure.as_str()))
            .filter_map(|t| t.p_adjusted.map(Passed::get))
            .collect();
        if p.iter().any(|p| *p < RARE) {
            apart.push(words::group(&grouping.group).to_lowercase());
        } else if !p.is_empty() {
            chance.push(words::group(&grouping.group).to_lowercase());
        }
    }
    let mut text = match apart.as_slice() {
        [] if chance.is_empty() => {
            return "Whether they come true in each group alike could not be tested: of no grouping are two groups large enough.".to_owned();
        }
        [] => "No groups were found in which they come true differently by more than chance.".to_owned(),
        some => format!("They come true differently, by more than chance, by {}.", some.join("; by ")),
    };
    if !chance.is_empty() {
        text.push_str(&format!(" The differences by {} could be chance.", chance.join("; by ")));
    }
    text
}

/// In how many groups the interval leaves out 1, and the names of those groups and of those of which nothing can be said.
fn found(report: &Report) -> Markup {
    let (mut more, mut fewer, mut held, mut unknown) = (Vec::new(), Vec::new(), 0_usize, Vec::new());
    for grouping in &report.groups {
        for level in grouping.levels.iter().filter(|l| !l.is_empty()) {
            let name = || {
                format!("{} \u{201c}{}\u{201d}", words::group(&grouping.group), words::level(&level.level))
            };
            match ratio_of(report, &grouping.group, &level.level).and_then(|l| l.number.interval()) {
                None => unknown.push(name()),
                Some((low, _)) if low > 1.0 => more.push(name()),
                Some((_, high)) if high < 1.0 => fewer.push(name()),
                Some(_) => held += 1,
            }
        }
    }
    let shown = more.len() + fewer.len() + held;
    let list = |what: &str, names: &[String]| {
        html! { @if !names.is_empty() { li { b { (what) ": " } (names.join("; ")) "." } } }
    };
    html! {
        @if shown == 0 {
            p { "No group is large enough to say whether that holds for it." }
        } @else {
            p { "Of " (shown) " groups that can be shown, each by its own 95% interval:" }
        }
        ul {
            @if shown > 0 { li { b { (held) " in line" } " with what was expected." } }
            (list("More came back than expected", &more))
            (list("Fewer came back than expected", &fewer))
            (list("We cannot say for these, because they are too small or would give away a smaller group", &unknown))
        }
    }
}

fn level_table(report: &Report, grouping: &GroupTable) -> Markup {
    let title = words::group(&grouping.group);
    let drawn = grouping
        .levels
        .iter()
        .any(|l| ratio_of(report, &grouping.group, &l.level).is_some_and(|l| l.shrunk.is_some()));
    let row = |level: &LevelLine| {
        let of = |measure: &str| {
            report.of_level(&report.finding.candidate, measure, &grouping.group, &level.level)
        };
        let show = |measure: &&str| match of(measure) {
            Some(line) if !level.is_empty() => cell(&line.number, unit(line.measure)),
            _ => html! { "\u{2013}" },
        };
        let mut cells = vec![count(level.n)];
        cells.extend(MEASURES.iter().map(show));
        if drawn {
            let towards = of(RATIO).and_then(|l| l.shrunk).map(|drawn| value(drawn.get(), Unit::Ratio));
            cells.insert(2, html! { (towards.unwrap_or_else(|| "\u{2013}".to_owned())) });
        }
        cells.push(html! { (status(level, &MEASURES.map(of))) });
        TableRow::new(html! { (words::level(&level.level)) }, cells)
    };
    let rows: Vec<TableRow> = grouping.levels.iter().map(row).collect();
    let mut heads = vec![title.as_str(), "Referrals tested", "Came back, for each one expected (O/E)"];
    if drawn {
        heads.push("The same, drawn towards the mean of the groups");
    }
    heads.extend(["In the large", "Slope", "Average gap (ICI, by loess)", "Can it be shown?"]);
    html! {
        (table(&format!("{title}: do the predicted chances come true? With 95% intervals"), &heads, &rows))
        @if drawn {
            p class="note" {
                "The number of a small group is partly luck. Drawn towards the mean of the groups, by as much as its \
                 uncertainty asks for (empirical Bayes), it is a better guess at what would be seen next time; it can also \
                 hide a real gap of a small group, so both are given."
            }
        }
    }
}

/// Gaps are shares of children, as the figures have them.
pub(super) fn unit(measure: &str) -> Unit {
    match measure {
        "ici" | "ici-spline" | "e50" | "e90" | "emax" => Unit::Share,
        other => words::unit(other),
    }
}

/// Whether the numbers of a level are shown, and if not, why.
fn status(level: &LevelLine, lines: &[Option<&Line>]) -> String {
    if level.is_empty() {
        return "no referrals".to_owned();
    }
    let mut why: Vec<String> = Vec::new();
    for line in lines.iter().flatten() {
        if let Number::Undefined(reason) = &line.number {
            let reason = format!("{} not defined: {reason}", words::title(line.measure));
            why.push(reason);
        }
    }
    let shown = lines.iter().flatten().filter(|l| l.number.estimate().is_some()).count();
    match (shown, why.is_empty()) {
        (0, true) => "hidden: too few, or it would give away a smaller group".to_owned(),
        (0, false) => why.join("; "),
        (_, true) if shown == lines.iter().flatten().count() => "shown".to_owned(),
        (_, true) => "in part: too few for the rest".to_owned(),
        (_, false) => format!("in part: {}", why.join("; ")),
    }
}

/// "1.03 (95% interval 0.92 to 1.15)" of a measure of the candidate over all rows.
pub(super) fn with_interval(report: &Report, measure: &str, unit: Unit) -> Option<String> {
    let number = &report.overall(&report.finding.candidate, measure)?.number;
    let ends = number
        .interval()
        .map_or_else(String::new, |ends| format!(" (95% interval {})", interval(ends, unit)));
    Some(format!("{}{ends}", value(number.estimate()?, unit)))
}
