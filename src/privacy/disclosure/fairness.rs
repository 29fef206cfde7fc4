//! How groups compare, through the rules: what is said of two groups may be said only where both are shown.
//!
//! In: contrasts and tests, exact, and the lines that may be shown. Out: contrasts whose two sides are shown, tests without
//! the names of groups that are too small, and the arithmetic of why not everything can be equal.

use std::collections::BTreeSet;

use super::passed::{Number, Passed};
use crate::evaluate::{Contrast, GroupTest, Status};
use crate::report::{ContrastLine, EqualPrecision, Line, TestLine};

/// What levels without a name are called.
const TOO_SMALL: &str = "too small to name";

/// Every contrast, in order. A contrast of levels that are too small to name is one line for all of them.
pub(super) fn contrasts(all: &[Contrast], lines: &[Line], threshold: u64) -> Vec<ContrastLine> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for contrast in all {
        let line = contrast_line(contrast, lines, threshold);
        let nameless = line.level == TOO_SMALL || line.against == TOO_SMALL;
        let name = [&line.model, &line.measure, &line.group, &line.level, &line.at, &line.against];
        if !nameless || seen.insert(name.map(String::clone)) {
            out.push(line);
        }
    }
    out
}

fn contrast_line(contrast: &Contrast, lines: &[Line], threshold: u64) -> ContrastLine {
    let find = |level: &str| {
        lines.iter().find(|l| {
            l.measure == contrast.measure
                && (l.model == contrast.model || l.model.is_empty())
                && l.group == contrast.group
                && l.level == level
                && l.at == contrast.at
        })
    };
    let named = lines.iter().filter(|l| l.group == contrast.group);
    let name = |level: &str| {
        let known = level == "everyone else" || named.clone().any(|l| l.level == level);
        if known { level.to_owned() } else { TOO_SMALL.to_owned() }
    };
    let shown = |level: &str| find(level).is_some_and(|l| l.number.estimate().is_some());
    let hidden = |level: &str| find(level).is_none_or(|l| l.number == Number::Suppressed);
    let everyone = contrast.against == "everyone else";
    let small = contrast.rests_on.iter().any(|count| *count < threshold);
    let visible = shown(&contrast.level) && (everyone || shown(&contrast.against)) && !small;
    let number = |estimate: Option<f64>, interval: Option<(f64, f64)>| match (contrast.status, estimate) {
        (Status::Ok, Some(estimate)) if visible => Number::new(estimate, interval),
        (Status::Undefined, _) if !hidden(&contrast.level) && (everyone || !hidden(&contrast.against)) => {
            Number::Undefined(contrast.reason.clone().unwrap_or_default())
        }
        (Status::Ok, None) if visible => Number::Undefined("no ratio is taken of this measure".to_owned()),
        _ => Number::Suppressed,
    };
    ContrastLine {
        model: contrast.model.clone(),
        split: contrast.split.clone(),
        measure: contrast.measure.clone(),
        group: contrast.group.clone(),
        level: name(&contrast.level),
        at: contrast.at.clone(),
        against: name(&contrast.against),
        difference: number(contrast.difference, contrast.difference_interval),
        newcombe: contrast.newcombe.filter(|_| visible).map(Passed::rounded_pair),
        ratio: number(contrast.ratio, contrast.ratio_interval),
        log_ratio: contrast.log_ratio.filter(|_| visible).map(Passed::rounded_pair),
    }
}

/// Every test, in order. The range is that of levels some of which may be hidden, so it is shown only where none is.
pub(super) fn tests(all: &[GroupTest], lines: &[Line]) -> Vec<TestLine> {
    all.iter().map(|test| test_line(test, lines)).collect()
}

fn test_line(test: &GroupTest, lines: &[Line]) -> TestLine {
    let of = |l: &&Line| {
        l.measure == test.measure
            && (l.model == test.model || l.model.is_empty())
            && l.group == test.group
            && l.at == test.at
    };
    let all_shown = lines.iter().filter(of).all(|l| l.number != Number::Suppressed);
    let range = |value: Option<f64>| value.filter(|_| all_shown).map(Passed::rounded);
    TestLine {
        model: test.model.clone(),
        split: test.split.clone(),
        measure: test.measure.clone(),
        group: test.group.clone(),
        at: test.at.clone(),
        null: test.null,
        some_left_out: !test.left_out.is_empty(),
        range: range(test.range),
        expected_range: range(test.expected_range),
        p: test.p.map(Passed::rounded),
        p_adjusted: test.p_adjusted.map(Passed::rounded),
        reason: test.reason.clone(),
    }
}

/// For each grouping, what flags that are right equally often in two groups would do to families who did not come back:
/// the two shown levels whose shares who came back differ most. Only shown numbers are used.
pub(super) fn equal_precision(candidate: &str, at: &str, lines: &[Line]) -> Vec<EqualPrecision> {
    let mut groups: Vec<&str> = Vec::new();
    for line in lines.iter().filter(|l| l.group != "overall") {
        if !groups.contains(&line.group.as_str()) {
            groups.push(&line.group);
        }
    }
    let number = |group: &str, level: &str, measure: &str| {
        let fits = |l: &&Line| {
            l.measure == measure
                && (l.model == candidate || l.model.is_empty())
                && l.group == group
                && l.level == level
                && (l.at.is_empty() || l.at == at)
        };
        lines.iter().find(fits).and_then(|l| l.number.estimate())
    };
    let of = |group: &&str| -> Option<EqualPrecision> {
        let mut levels: Vec<(&str, [f64; 4])> = Vec::new();
        for line in lines.iter().filter(|l| l.group == **group && l.measure == "outcome-rate") {
            let values = ["outcome-rate", "ppv", "sensitivity", "false-positive-rate"]
                .map(|measure| number(group, &line.level, measure));
            if let [Some(rate), Some(ppv), Some(found), Some(in_vain)] = values {
                levels.push((&line.level, [rate, ppv, found, in_vain]));
            }
        }
        let by_rate = |a: &&(&str, [f64; 4]), b: &&(&str, [f64; 4])| a.1[0].total_cmp(&b.1[0]);
        let (low, high) = (levels.iter().min_by(by_rate)?, levels.iter().max_by(by_rate)?);
        let [rate, _, found, in_vain] = low.1;
        let ppv = high.1[1];
        // FPR = r / (1 - r) (1 - PPV) / PPV TPR (Chouldechova 2017, Big Data 5:153, equation 2.6).
        let would = rate / (1.0 - rate) * (1.0 - ppv) / ppv * found;
        let whole = |share: f64| Passed::new((100.0 * share).round() as u64);
        // Nothing to show where it would hardly change.
        let changes = whole(would).get() != whole(in_vain).get();
        let usable = low.0 != high.0 && ppv > 0.0 && rate < 1.0 && would <= 1.0 && changes;
        usable.then(|| EqualPrecision {
            group: (*group).to_owned(),
            low: low.0.to_owned(),
            high: high.0.to_owned(),
            came_back: [whole(rate), whole(high.1[0])],
            right: [whole(low.1[1]), whole(ppv)],
            in_vain: [whole(in_vain), whole(high.1[3])],
            would: whole(would),
        })
    };
    groups.iter().filter_map(of).collect()
}
