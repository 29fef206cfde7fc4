//! Corrections that were not applied, through the rules: a second table of the same groups must give away no more than
//! the first.
//!
//! A level is shown under a correction only if its table is shown as it is, all four cells are at least the threshold
//! under the correction too, and the correction changes the number flagged, among those who came back and among those
//! who did not, by nobody or by at least the threshold: otherwise the two tables together would tell about few children.
//! A single hidden level takes another with it, because all levels together flag as many as before.

use super::levels::SLACK;
use super::passed::{Number, Passed};
use super::rows;
use super::tables::{Table, is_declared};
use crate::evaluate::Row;
use crate::report::Line;
use crate::report::ingredients::Ingredients;
use crate::report::what_if::{
    Correction, MEASURES, OF_LEVELS, ShownCorrection, ShownLevel, ShownWhatIf, WhatIf,
};

/// Discloses what was worked out, beside the lines of the report.
pub(super) fn disclose(ingredients: &Ingredients, lines: &[Line], threshold: u64) -> Option<ShownWhatIf> {
    let what_if = ingredients.what_if.as_ref()?;
    let of = |c: &Correction| correction(ingredients, what_if, c, lines, threshold);
    let corrections = what_if.corrections.iter().map(of).collect();
    Some(ShownWhatIf { grouping: what_if.grouping.clone(), corrections })
}

/// A level, with what decides whether it is shown.
struct Level {
    shown: ShownLevel,
    rows: u64,
    /// Rows whose flag changes at least, or `None` if the level may not be shown.
    change: Option<f64>,
}

fn correction(
    ingredients: &Ingredients,
    what_if: &WhatIf,
    correction: &Correction,
    lines: &[Line],
    threshold: u64,
) -> ShownCorrection {
    let model = &ingredients.evaluation.verdict.candidate;
    let capacity = ingredients.capacity;
    let then = rows::disclose(&correction.rows, &[], capacity, threshold);
    let find = |lines: &[Line], measure: &str, group: &str, level: &str| {
        let fits = |l: &&Line| {
            l.measure == measure
                && l.model == *model
                && l.group == group
                && l.level == level
                && (l.at.is_empty() || is_declared(&l.at, capacity))
        };
        lines.iter().find(fits).map_or(Number::Suppressed, |l| l.number.clone())
    };
    let pair = |measure: &'static str| {
        (measure, find(lines, measure, "overall", "all"), find(&then, measure, "overall", "all"))
    };
    let is = |r: &&Row| r.group == what_if.grouping && r.model == *model;
    let mut levels: Vec<Level> = Vec::new();
    for row in correction.rows.iter().filter(|r| is(r) && r.measure == "selection-rate") {
        let of = |lines: &[Line]| -> Vec<Number> {
            MEASURES[..OF_LEVELS].iter().map(|m| find(lines, m, &row.group, &row.level)).collect()
        };
        let (now, after) = (of(lines), of(&then));
        let known = now.iter().chain(&after).all(|n| n.estimate().is_some());
        let table = |rows: &[Row]| {
            let mine = |r: &&Row| is(r) && r.level == row.level && at_capacity(r, capacity);
            Table::of(&rows.iter().filter(mine).collect::<Vec<_>>(), threshold).cells
        };
        let cells = table(&ingredients.evaluation.rows).zip(table(&correction.rows));
        let change = cells.filter(|_| known).and_then(|(now, then)| change(now, then, threshold as f64));
        // An authority without a shown line has lost its name as well.
        let named = lines.iter().any(|l| l.group == row.group && l.level == row.level);
        let level = if named { row.level.clone() } else { rows::TOO_SMALL.to_owned() };
        levels.push(Level { shown: ShownLevel { level, now, then: after }, rows: row.n, change });
    }
    hide_another(&mut levels);
    let levels: Vec<ShownLevel> = levels.into_iter().map(Level::into_shown).collect();
    let measured = correction.refused.is_none();
    ShownCorrection {
        method: correction.method,
        refused: correction.refused.clone(),
        overall: if measured { MEASURES[OF_LEVELS..].iter().map(|m| pair(m)).collect() } else { Vec::new() },
        gap: gap(&levels),
        levels,
    }
}

fn at_capacity(row: &Row, capacity: f64) -> bool {
    is_declared(&row.at, capacity)
}

/// The lesser of the changes among those with and those without the outcome, where both tables may be shown together.
fn change(now: [f64; 4], then: [f64; 4], threshold: f64) -> Option<f64> {
    let enough = |count: f64| count >= threshold - SLACK;
    let changes = [0, 1].map(|cell| (then[cell] - now[cell]).abs());
    let told = changes.iter().all(|c| *c < SLACK || enough(*c));
    (told && then.iter().all(|c| enough(*c))).then(|| changes[0].min(changes[1]))
}

/// One hidden level among shown ones could be found from the others.
fn hide_another(levels: &mut [Level]) {
    let hidden = levels.iter().filter(|l| l.change.is_none() && l.rows > 0).count();
    if hidden == 1 {
        let smallest = levels.iter_mut().filter(|l| l.change.is_some()).min_by_key(|l| l.rows);
        if let Some(level) = smallest {
            level.change = None;
        }
    }
}

impl Level {
    fn into_shown(mut self) -> ShownLevel {
        if self.change.is_none() {
            self.shown.then.iter_mut().for_each(|number| *number = Number::Suppressed);
        }
        self.shown
    }
}

/// By how much the share that is missed differs between shown levels, of a hundred.
fn gap(levels: &[ShownLevel]) -> Option<[Passed<u64>; 2]> {
    let missed = MEASURES.iter().position(|m| *m == "missed-share")?;
    let pairs: Vec<(f64, f64)> = levels
        .iter()
        .filter_map(|l| Some((l.now.get(missed)?.estimate()?, l.then.get(missed)?.estimate()?)))
        .collect();
    let range = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let ends = pairs.iter().map(of).fold((1.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        Passed::new((100.0 * (ends.1 - ends.0)).round() as u64)
    };
    (pairs.len() > 1).then(|| [range(&|p| p.0), range(&|p| p.1)])
}

#[cfg(test)]
mod tests {
    use super::{Level, ShownLevel, change, hide_another};

    #[test]
    fn a_change_of_few_is_hidden_and_one_of_nobody_or_many_is_not() {
        let now = [30.0, 40.0, 50.0, 60.0];
        assert_eq!(change(now, now, 10.0), Some(0.0));
        assert_eq!(change(now, [40.0, 55.0, 40.0, 45.0], 10.0), Some(10.0));
        assert_eq!(change(now, [33.0, 55.0, 47.0, 45.0], 10.0), None, "three who came back");
        assert_eq!(change(now, [45.0, 49.0, 35.0, 51.0], 10.0), None, "nine who did not");
        assert_eq!(change(now, [15.0, 5.0, 65.0, 95.0], 10.0), None, "five flagged in vain are left");
    }

    #[test]
    fn a_single_hidden_level_takes_the_smallest_with_it() {
        let level = |rows, change| Level {
            shown: ShownLevel { level: String::new(), now: vec![], then: vec![] },
            rows,
            change,
        };
        let hidden = |mut levels: Vec<Level>| {
            hide_another(&mut levels);
            levels.iter().map(|l| l.change.is_none()).collect::<Vec<_>>()
        };
        let three = vec![level(500, Some(20.0)), level(200, Some(30.0)), level(90, None)];
        assert_eq!(hidden(three), [false, true, true]);
        assert_eq!(hidden(vec![level(500, Some(20.0)), level(0, None)]), [false, true]);
        let four = vec![level(500, Some(0.0)), level(200, Some(30.0)), level(90, None), level(80, None)];
        assert_eq!(hidden(four), [false, false, true, true]);
    }
}
