//! Are the groups treated alike? Tests, differences, and why not everything can be equal.
//!
//! The tests of calibration stand with it: see [`super::group_calibration`].

use maud::{Markup, html};

use super::format::cell;
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::report::words;
use crate::report::{ContrastLine, Report, TestLine};

/// A p value under which a difference is called more than chance.
pub(super) const RARE: f64 = 0.05;
/// Mistakes that are compared, in the order of harm.
const MISTAKES: [&str; 3] = ["missed-share", "false-positive-rate", "false-discovery-rate"];
/// What is tested here: mistakes, and the order in which children are put.
const TESTED: [&str; 4] = ["missed-share", "false-positive-rate", "false-discovery-rate", "auroc"];

/// Tests, then differences grouping by grouping, then the arithmetic.
pub(super) fn compared(report: &Report) -> Markup {
    let tests: Vec<&TestLine> = report.group_tests.iter().filter(|t| mine(report, &t.model)).collect();
    html! {
        @if tests.is_empty() {
            p { "Groups were not compared." }
        } @else {
            p class="lead" { (in_a_line(report)) }
            p {
                "Small groups differ by chance: even a tool that treats everyone alike shows gaps. Each test asks how often \
                 chance alone would give gaps as large as these if all groups were the same (p: 0.05 is 5 times in 100). Where that is fewer than 5 times \
                 in 100, we say \u{201c}more than chance\u{201d}. The p shown allows for the number of tests of mistakes at the same \
                 place (Benjamini and Hochberg): of all that are called more than chance, at most about 1 in 20 should not be. \u{201c}Could be \
                 chance\u{201d} does not mean that the groups are treated alike: with few children a real gap looks the same."
            }
            (test_table(report, "Are the differences between groups more than chance?", &TESTED))
            @if tests.iter().any(|t| t.some_left_out) {
                p {
                    "Groups with fewer than 10 referrals of children who came back, or fewer than 10 of children who did not, are \
                     left out of the tests; with fewer than 20 of those whose mean risk is compared, of that test."
                }
            }
            (differences(report))
            (shrunk(report))
        }
    }
}

fn mine(report: &Report, model: &str) -> bool {
    model == report.finding.candidate
}

fn headline(report: &Report, at: &str) -> bool {
    at.is_empty() || at == format!("top {}", super::format::percent(report.capacity))
}

pub(super) fn verdict(test: &TestLine) -> Markup {
    match test.p_adjusted {
        None => html! { "not tested" },
        Some(p) if p.get() < RARE => html! { b { "more than chance" } " (" (size(p.get())) ")" },
        Some(p) => html! { "could be chance (" (size(p.get())) ")" },
    }
}

/// A p value to three decimals, which is never nothing.
pub(super) fn size(p: f64) -> String {
    if p < 0.001 { "p under 0.001".to_owned() } else { format!("p\u{a0}=\u{a0}{p:.3}") }
}

/// One row a grouping, one column a measure; nothing where no group was compared.
pub(super) fn test_table(report: &Report, caption: &str, measures: &[&'static str]) -> Markup {
    let find = |measure: &str, group: &str| {
        report.group_tests.iter().find(|t| {
            mine(report, &t.model) && t.measure == measure && t.group == group && headline(report, &t.at)
        })
    };
    let rows: Vec<TableRow> = report
        .groups
        .iter()
        .map(|grouping| {
            let cells = measures
                .iter()
                .map(|measure| find(measure, &grouping.group).map_or_else(|| html! { "\u{2013}" }, verdict));
            TableRow::new(html! { (words::group(&grouping.group)) }, cells.collect())
        })
        .collect();
    let mut heads = vec!["Do groups differ by"];
    heads.extend(measures.iter().map(|m| words::title(m)));
    html! {
        @if report.group_tests.iter().any(|t| mine(report, &t.model)) { (table(caption, &heads, &rows)) }
    }
}

/// In how many of the tests shown here the groups differ by more than chance.
pub(super) fn in_a_line(report: &Report) -> String {
    let of = |t: &&TestLine| {
        mine(report, &t.model) && TESTED.contains(&t.measure.as_str()) && headline(report, &t.at)
    };
    let (mut done, mut untested, mut apart) = (0_usize, 0_usize, Vec::new());
    for test in report.group_tests.iter().filter(of) {
        match test.p_adjusted {
            None => untested += 1,
            Some(p) => {
                done += 1;
                if p.get() < RARE {
                    apart.push(format!("{}: {}", words::group(&test.group), what(&test.measure)));
                }
            }
        }
    }
    if done + untested == 0 {
        return "Groups were not compared.".to_owned();
    }
    let tests = |n: usize| if n == 1 { "1 test".to_owned() } else { format!("{n} tests") };
    let mut text = match apart.len() {
        _ if done == 0 => String::new(),
        0 => format!("Groups were compared in {}: in none do they differ by more than chance.", tests(done)),
        n => format!(
            "Groups were compared in {}: in {n} they differ by more than chance ({}).",
            tests(done),
            apart.join("; ")
        ),
    };
    if untested > 0 {
        let such = if done == 0 { tests(untested) } else { format!("{untested} more") };
        text += &format!(" {such} could not be done, because fewer than two groups are large enough.");
    }
    text.trim_start().to_owned()
}

/// What a tested measure is about, for who has read no table.
fn what(measure: &str) -> &str {
    match measure {
        "missed-share" => "who is missed",
        "false-positive-rate" => "who is flagged in vain",
        "false-discovery-rate" => "how often a flag is wrong",
        "auroc" => "how well children are put in order",
        other => crate::evaluate::measures::find(other).map_or(other, |m| words::title(m.id)),
    }
}

fn find<'a>(report: &'a Report, measure: &str, group: &str, level: &str) -> Option<&'a ContrastLine> {
    report.contrasts.iter().find(|c| {
        mine(report, &c.model)
            && c.measure == measure
            && c.group == group
            && c.level == level
            && c.against != "everyone else"
            && headline(report, &c.at)
    })
}

/// Each group against its reference group.
fn differences(report: &Report) -> Markup {
    let table_of = |group: &str, of: &[&ContrastLine], against: &str| {
        let mut levels: Vec<&str> = of.iter().map(|c| c.level.as_str()).collect();
        levels.dedup();
        let rows: Vec<TableRow> = levels
            .into_iter()
            .map(|level| {
                let mut cells: Vec<Markup> = MISTAKES
                    .iter()
                    .map(|measure| {
                        let found = find(report, measure, group, level);
                        found.map_or_else(|| html! { "\u{2013}" }, |c| cell(&c.difference, Unit::Score))
                    })
                    .collect();
                let flags = find(report, "selection-rate", group, level);
                cells.push(flags.map_or_else(|| html! { "\u{2013}" }, |c| cell(&c.ratio, Unit::Ratio)));
                TableRow::new(html! { (words::level(level)) }, cells)
            })
            .collect();
        let caption = format!(
            "{}: each group less \u{201c}{}\u{201d}, with 95% intervals",
            words::group(group),
            words::level(against)
        );
        let heads = [
            words::group(group),
            "Missed: difference in share".to_owned(),
            "Flagged though they did not come back: difference in share".to_owned(),
            "Flags that were wrong: difference in share".to_owned(),
            "Flagged: Relative Rate Index".to_owned(),
        ];
        table(&caption, &heads.each_ref().map(String::as_str), &rows)
    };
    html! {
        p {
            "The Relative Rate Index is how often children of a group are flagged for each child flagged of the group that it \
             is compared with, out of equally many: 1 is the same, 2 twice as often. Differences in share are of 1: 0.100 is \
             10 more in every 100. An interval that does not hold 0 (or for the index, 1) speaks against chance, but of the \
             many intervals here about 1 in 20 would do so by chance alone: the tests above allow for that."
        }
        @for grouping in &report.groups {
            @let of = against_reference(report, &grouping.group);
            @match of.first() {
                None => {}
                Some(_) if of.iter().all(|c| c.difference.estimate().is_none()) => {
                    p { b { (words::group(&grouping.group)) ": " } "no two groups can be compared; all differences are hidden or cannot be measured." }
                }
                Some(first) => (table_of(&grouping.group, &of, &first.against)),
            }
        }
    }
}

/// The contrasts of a grouping with its reference group, for the mistakes that are shown.
fn against_reference<'a>(report: &'a Report, group: &str) -> Vec<&'a ContrastLine> {
    let of = |c: &&ContrastLine| {
        mine(report, &c.model)
            && c.group == group
            && c.against != "everyone else"
            && MISTAKES.contains(&c.measure.as_str())
            && headline(report, &c.at)
    };
    report.contrasts.iter().filter(of).collect()
}

/// The missed share of each group as measured, and drawn towards the others.
fn shrunk(report: &Report) -> Markup {
    let rows: Vec<TableRow> = report
        .lines
        .iter()
        .filter(|l| mine(report, &l.model) && MISTAKES.contains(&l.measure) && headline(report, &l.at))
        .filter_map(|l| {
            let drawn = l.shrunk?;
            let head = html! { (words::group(&l.group)) ": " (words::level(&l.level)) ", " (words::title(l.measure)) };
            let drawn = html! { (super::format::value(drawn.get(), Unit::Share)) };
            Some(TableRow::new(head, vec![cell(&l.number, Unit::Share), drawn]))
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            p {
                "A number of a small group is partly luck. Drawn towards the mean of all groups, by as much as its uncertainty \
                 asks for (empirical Bayes), it is a better guess at what would be seen next time. Both are given, because the \
                 drawn one can also hide a real gap of a small group."
            }
            (table("As measured, and drawn towards the mean", &["Group and mistake", "As measured", "Drawn"], &rows))
        }
    }
}

/// Why equal rates of one mistake mean unequal rates of another.
pub(super) fn impossible(report: &Report) -> Markup {
    html! {
        @if !report.equal_precision.is_empty() {
            h3 { "Why not everything can be equal" }
            p {
                "Where children of one group come back more often than those of another, no tool that is less than perfect can be \
                 wrong equally often about both in every sense. If flags were to be right equally often, and find as many of \
                 those who came back, then on the numbers of this test:"
            }
            ul {
                @for of in report.equal_precision.iter().filter(|of| of.came_back[0].get() != of.came_back[1].get()) {
                    li {
                        b { (words::group(&of.group)) ". " }
                        "Of 100 children of \u{201c}" (words::level(&of.low)) "\u{201d} who did not come back, about "
                        b { (of.would.get()) } " would be flagged in vain, where now " (of.in_vain[0].get()) " are; of 100 of \u{201c}"
                        (words::level(&of.high)) "\u{201d}, " (of.in_vain[1].get()) ". (Of 100 children, about "
                        (of.came_back[0].get()) " and " (of.came_back[1].get()) " came back; of 100 flags, about "
                        (of.right[0].get()) " and " (of.right[1].get()) " were right.)"
                    }
                }
            }
            p { "Which of these should be equal is a question of values, not of statistics, and the board's to answer." }
        }
    }
}
