//! Runs `tests/spec/*.md`: a history, a question, the answer.

use crate::story::story;
use rerefer::cohort::{self, Clock, Definition, Index, IndexRow, Point, Spell, TimedDefinition};
use rerefer::num::Day;
use rerefer::schema::Kind;

#[test]
fn cohort() {
    ask(include_str!("../spec/cohort.md"), 12, answer_to);
}

/// Puts every question of a page to its history.
fn ask(page: &str, least: usize, answer_to: impl Fn(&rerefer::history::History, &str) -> String) {
    let mut asked = 0;
    for case in page.split("\n## ").skip(1) {
        let title = case.lines().next().unwrap();
        let mut parts = case.split("\nAsk: ");
        let history = story(&block(parts.next().unwrap()));
        for part in parts {
            let (question, answer) = part.split_once('\n').unwrap();
            assert_eq!(answer_to(&history, question), block(answer), "case: {title}, asked: {question}");
            asked += 1;
        }
    }
    assert!(asked >= least, "only {asked} questions were found in the page");
}

/// The indented lines of a part of the page.
fn block(text: &str) -> String {
    text.lines().filter_map(|l| l.strip_prefix("    ")).collect::<Vec<_>>().join("\n")
}

fn answer_to(history: &rerefer::history::History, question: &str) -> String {
    let words: Vec<&str> = question.split(", ").collect();
    let definition = Definition {
        index: Index::EveryReferral,
        point: match words[0] {
            "at-referral" => Point::AtReferral,
            "at-assessment-end" => Point::AtAssessmentEnd,
            _ => Point::AtClosure,
        },
        outcome: Kind::find(words[1]).unwrap(),
        horizon_days: words[2].strip_suffix(" days").unwrap().parse().unwrap(),
        clock: if words[3] == "from-closure" { Clock::FromClosure } else { Clock::FromReferral },
    };
    let cohort = cohort::build(history, &definition);
    let mut lines: Vec<String> = cohort
        .rows
        .iter()
        .map(|r| {
            let came = match (r.outcome_on, r.competing_on) {
                (Some(day), _) => format!("yes {day}"),
                (None, Some(day)) => format!("no, left {day}"),
                (None, None) => "no".to_owned(),
            };
            assert_eq!(r.label, r.outcome_on.is_some());
            format!("{} {} {came}", history.children.id[r.child as usize], r.predict_on)
        })
        .collect();
    for pair in cohort.attrition.windows(2) {
        assert_eq!(pair[0].rows - pair[1].removed, pair[1].rows, "the attrition table must chain");
    }
    assert_eq!(cohort.attrition.last().unwrap().rows, cohort.rows.len() as u64);
    let out: Vec<String> = cohort
        .attrition
        .iter()
        .filter(|a| a.removed > 0)
        .map(|a| format!("{} {}", a.rule, a.removed))
        .collect();
    if !out.is_empty() {
        lines.push(format!("left out: {}", out.join(", ")));
    }
    lines.join("\n")
}

#[test]
fn first_per_child_keeps_one_and_counts_the_rest() {
    let history = story(
        "child 1 born 2010-05-01\n1 2016-01-05 referral 6 e1\n1 2016-02-01 closure RC8 e1\n\
         1 2018-01-05 referral 6 e2\n1 2018-02-01 closure RC8 e2\nchild 2 born 2010-05-01\n2 2019-01-05 referral 6 e3",
    );
    let definition = Definition {
        index: Index::FirstPerChild,
        point: Point::AtReferral,
        outcome: Kind::Referral,
        horizon_days: 365,
        clock: Clock::FromReferral,
    };
    let cohort = cohort::build(&history, &definition);
    let kept: Vec<String> = cohort.rows.iter().map(|r| r.predict_on.to_string()).collect();
    assert_eq!(kept, ["2016-01-05", "2019-01-05"]);
    let last = cohort.attrition.last().unwrap();
    assert_eq!((&*last.rule, last.removed, last.rows, last.children), ("not-first", 1, 2, 2));
}

#[test]
fn the_backward_rate_needs_a_full_look_back_year() {
    let history = story(
        "child 1 born 2010-05-01\n1 2015-06-01 referral 6 e1\n1 2015-06-05 closure RC8 e1\n\
         1 2016-05-31 referral 6 e2\n1 2016-06-05 closure RC8 e2\n1 2018-05-31 referral 6 e3\n1 2018-06-05 closure RC8 e3",
    );
    let cohort = cohort::build(
        &history,
        &Definition {
            index: Index::EveryReferral,
            point: Point::AtReferral,
            outcome: Kind::Referral,
            horizon_days: 365,
            clock: Clock::FromReferral,
        },
    );
    let rates: Vec<_> =
        cohort.backward.iter().map(|b| (b.census_year, b.referrals, b.re_referrals)).collect();
    // 2015-06-01 has no full year before it; 2016-05-31 is 365 days after 2015-06-01; 2018-05-31 follows none within a year.
    assert_eq!(rates, [(2017, 1, 1), (2019, 1, 0)]);
}

#[test]
fn when() {
    ask(include_str!("../spec/when.md"), 17, waits);
}

/// The spells of waiting, as the page lists them.
fn waits(history: &rerefer::history::History, question: &str) -> String {
    let words: Vec<&str> = question.split(", ").collect();
    let (mut causes, mut known) = (Vec::new(), None);
    for word in words[1..].iter().filter(|w| !["delayed entry", "first-per-child"].contains(w)) {
        match word.strip_prefix("known before ") {
            Some(day) => known = Some(Day::parse(day).unwrap()),
            None => causes.push(Kind::find(word).unwrap_or_else(|| panic!("not a kind: {word}"))),
        }
    }
    let definition = TimedDefinition {
        index: if words.contains(&"first-per-child") { Index::FirstPerChild } else { Index::EveryReferral },
        point: if words[0] == "at-referral" { Point::AtReferral } else { Point::AtClosure },
        causes,
        delayed_entry: words.contains(&"delayed entry"),
    };
    let cohort = cohort::build_timed(history, &definition);
    let line = |(row, spell): (&IndexRow, &Spell)| {
        let seen = spell.seen_before(known, definition.leaving())?;
        let end = match seen.cause {
            0 => "not ended",
            cause if cause == definition.leaving() => seen.left.unwrap().words(),
            cause => definition.causes[usize::from(cause) - 1].spec().name,
        };
        let entry = seen.entry.map_or_else(String::new, |entry| format!("({entry}) "));
        let child = history.children.id[row.child as usize];
        Some(format!("{child} {} {entry}{} {end}", row.predict_on, seen.exit))
    };
    let mut lines: Vec<String> = cohort.rows.iter().zip(&cohort.spells).filter_map(line).collect();
    for pair in cohort.attrition.windows(2) {
        assert_eq!(pair[0].rows - pair[1].removed, pair[1].rows, "the attrition table must chain");
    }
    let out = cohort.attrition.iter().filter(|a| a.removed > 0);
    let out: Vec<String> = out.map(|a| format!("{} {}", a.rule, a.removed)).collect();
    if !out.is_empty() {
        lines.push(format!("left out: {}", out.join(", ")));
    }
    lines.join("\n")
}
