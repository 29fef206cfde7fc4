//! Refuses input that contradicts itself, with every fault at once.

use super::{EvaluateError, FEWEST, Input, Settings};

/// Checks input and settings; candidate and reference too if the candidate is to be judged.
///
/// # Errors
/// See [`super::evaluate`].
pub(super) fn check(input: &Input, settings: &Settings, judged: bool) -> Result<(), EvaluateError> {
    let mut faults = Vec::new();
    lengths(input, &mut faults);
    numbers(input, &mut faults);
    for (i, scores) in input.scores.iter().enumerate() {
        if input.scores[..i].iter().any(|s| s.model == scores.model) {
            faults.push(format!("model `{}` comes twice", scores.model));
        }
    }
    for (name, level) in &settings.references {
        let grouping = input.groupings.iter().find(|g| g.name == *name);
        if grouping.is_some_and(|g| !g.levels.contains(level)) {
            faults.push(format!("grouping `{name}` has no level called as its reference level"));
        }
    }
    if judged {
        roles(input, settings, &mut faults);
    }
    if settings.capacities.is_empty() {
        faults.push("at least one capacity is needed".to_owned());
    }
    for (what, values) in [("capacities", &settings.capacities), ("thresholds", &settings.thresholds)] {
        let between = values.iter().all(|v| *v > 0.0 && *v < 1.0);
        if !between || !values.is_sorted_by(|a, b| a < b) {
            faults.push(format!("{what} must rise and lie between 0 and 1, got {values:?}"));
        }
    }
    if !faults.is_empty() {
        return Err(EvaluateError::Input(faults));
    }
    let with = input.y.iter().filter(|y| **y).count() as u64;
    let without = input.y.len() as u64 - with;
    if with < FEWEST || without < FEWEST {
        return Err(EvaluateError::TooFew { events: with < FEWEST, non_events: without < FEWEST });
    }
    Ok(())
}

fn lengths(input: &Input, faults: &mut Vec<String>) {
    let n = input.y.len();
    if u32::try_from(n).is_ok_and(|n| n <= u32::MAX >> 1) {
        let mut same = |name: String, len: usize| {
            if len != n {
                faults.push(format!("{name} has {len} rows, the outcome has {n}"));
            }
        };
        same("the household column".to_owned(), input.household.len());
        same("the fold column".to_owned(), input.fold.len());
        for grouping in &input.groupings {
            same(format!("grouping `{}`", grouping.name), grouping.level_of.len());
        }
        for scores in &input.scores {
            same(format!("model `{}`", scores.model), scores.p.len());
        }
    } else {
        faults.push(format!("at most {} rows can be evaluated at once, got {n}", u32::MAX >> 1));
    }
}

fn numbers(input: &Input, faults: &mut Vec<String>) {
    for scores in &input.scores {
        let mut wrong = scores.p.iter().enumerate().filter(|(_, p)| !(0.0..=1.0).contains(*p));
        if let Some((row, _)) = wrong.next() {
            let count = 1 + wrong.count();
            let model = &scores.model;
            faults.push(format!(
                "model `{model}` has {count} predictions that are not a number from 0 to 1, the first in row {}",
                row + 1
            ));
        }
    }
    for grouping in &input.groupings {
        let levels = grouping.levels.len();
        if let Some(row) = grouping.level_of.iter().position(|l| usize::from(*l) >= levels) {
            faults.push(format!(
                "grouping `{}` has {levels} levels, but row {} has a level beyond them",
                grouping.name,
                row + 1
            ));
        }
    }
    dense("households", input.household.iter().map(|h| *h as usize), faults);
    dense("folds", input.fold.iter().map(|f| usize::from(*f)), faults);
}

/// A number without rows would be drawn by the bootstrap as an empty household.
fn dense(name: &str, numbers: impl Iterator<Item = usize> + Clone, faults: &mut Vec<String>) {
    let count = numbers.clone().max().map_or(0, |last| last + 1);
    let rows = numbers.clone().count();
    let mut seen = vec![false; count.min(rows)];
    for number in numbers {
        if let Some(seen) = seen.get_mut(number) {
            *seen = true;
        }
    }
    if count > rows || seen.contains(&false) {
        faults.push(format!("{name} must be numbered from 0 without gaps"));
    }
}

fn roles(input: &Input, settings: &Settings, faults: &mut Vec<String>) {
    if !(settings.smallest_gain.is_finite() && settings.smallest_gain >= 0.0) {
        faults.push(format!("the smallest gain must be 0 or more, got {}", settings.smallest_gain));
    }
    for (role, model) in [("candidate", &settings.candidate), ("reference", &settings.reference)] {
        if !input.scores.iter().any(|s| s.model == *model) {
            faults.push(format!("the {role} `{model}` is not among the models"));
        }
    }
    if settings.candidate == settings.reference {
        faults.push(format!("the candidate and the reference are both `{}`", settings.candidate));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Grouping, Scores};
    use super::*;

    #[test]
    fn every_fault_is_reported_at_once() {
        let input = Input {
            split: "test".to_owned(),
            y: vec![true, false, true],
            household: vec![0, 2, 2],
            fold: vec![0, 0],
            groupings: vec![Grouping {
                name: "sex".to_owned(),
                levels: vec!["F".to_owned()],
                level_of: vec![0, 1, 0],
            }],
            scores: vec![Scores { model: "a".to_owned(), p: vec![0.5, f64::NAN, 2.0] }],
        };
        let settings = Settings {
            capacities: vec![1.0],
            thresholds: vec![0.3, 0.2],
            replicates: 10,
            seed: 1,
            references: vec![],
            candidate: "a".to_owned(),
            reference: "b".to_owned(),
            smallest_gain: 0.0,
        };
        let text = check(&input, &settings, true).unwrap_err().to_string();
        for part in [
            "the fold column has 2 rows",
            "2 predictions that are not a number from 0 to 1, the first in row 2",
            "row 2 has a level beyond them",
            "households must be numbered from 0 without gaps",
            "the reference `b` is not among the models",
            "capacities must rise and lie between 0 and 1, got [1.0]",
            "thresholds must rise and lie between 0 and 1, got [0.3, 0.2]",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
