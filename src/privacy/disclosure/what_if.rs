//! Corrections that were not applied, through the rules: a second table of the same groups must give away no more than
//! the first.
//!
//! A level is shown under a correction only if its table is shown as it is, all four cells are at least the threshold
//! under the correction too, and the correction changes the number flagged, among those who came back and among those
//! who did not, by nobody or by at least the threshold, and so does one correction against the other: otherwise two tables
//! together would tell about few children.
//! A single hidden level takes another with it, because all levels together flag as many as before.

use std::collections::BTreeMap;

use super::beside::Others;
use super::levels::SLACK;
use super::passed::{Number, Passed};
use super::rows;
use super::tables::{Table, is_declared};
use crate::evaluate::Row;
use crate::report::Line;
use crate::report::ingredients::{Combinations, Ingredients};
use crate::report::what_if::{
    Correction, MEASURES, OF_LEVELS, ShownCorrection, ShownLevel, ShownWhatIf, WhatIf,
};

/// Discloses what was worked out, beside the lines of the report.
pub(super) fn disclose(ingredients: &Ingredients, lines: &[Line], threshold: u64) -> Option<ShownWhatIf> {
    let what_if = ingredients.what_if.as_ref()?;
    let mut earlier = Tables::new();
    let of = |c: &Correction| correction(ingredients, what_if, c, (lines, threshold), &mut earlier);
    let corrections = what_if.corrections.iter().map(of).collect();
    Some(ShownWhatIf { grouping: what_if.grouping.clone(), corrections })
}

/// Tables of each level that are shown of earlier corrections.
type Tables = BTreeMap<String, Vec<[f64; 4]>>;

/// A level, with what decides whether it is shown.
struct Level {
    name: String,
    shown: ShownLevel,
    rows: u64,
    /// Its table under the correction, or `None` if the level may not be shown.
    table: Option<[f64; 4]>,
}

/// One correction beside the lines of the report.
struct Beside<'a> {
    ingredients: &'a Ingredients,
    what_if: &'a WhatIf,
    correction: &'a Correction,
    /// What is shown as it is.
    lines: &'a [Line],
    /// What could be shown of the correction alone.
    then: Vec<Line>,
    threshold: u64,
}

fn correction(
    ingredients: &Ingredients,
    what_if: &WhatIf,
    correction: &Correction,
    (lines, threshold): (&[Line], u64),
    earlier: &mut Tables,
) -> ShownCorrection {
    let candidate = &ingredients.evaluation.verdict.candidate;
    let others = Others::default();
    let limits = rows::Limits { capacity: ingredients.capacity, threshold, candidate, others: &others };
    let then = rows::disclose(&correction.rows, &Combinations::default(), &limits);
    let beside = Beside { ingredients, what_if, correction, lines, then, threshold };
    let mine = correction.rows.iter().filter(|r| beside.is(r) && r.measure == "selection-rate");
    let mut levels: Vec<Level> = mine.map(|row| beside.level(row, earlier)).collect();
    hide_another(&mut levels);
    for level in &levels {
        earlier.entry(level.name.clone()).or_default().extend(level.table);
    }
    let levels: Vec<ShownLevel> = levels.into_iter().map(Level::into_shown).collect();
    let pair = |measure: &&'static str| {
        let of = |lines: &[Line]| beside.find(lines, measure, "overall", "all");
        (*measure, of(lines), of(&beside.then))
    };
    let measured = correction.refused.is_none();
    ShownCorrection {
        method: correction.method,
        refused: correction.refused.clone(),
        overall: if measured { MEASURES[OF_LEVELS..].iter().map(pair).collect() } else { Vec::new() },
        gap: gap(&levels),
        levels,
    }
}

impl Beside<'_> {
    fn is(&self, row: &Row) -> bool {
        row.group == self.what_if.grouping && row.model == self.ingredients.evaluation.verdict.candidate
    }

    fn find(&self, lines: &[Line], measure: &str, group: &str, level: &str) -> Number {
        let capacity = self.ingredients.capacity;
        let fits = |l: &&Line| {
            l.measure == measure
                && l.model == self.ingredients.evaluation.verdict.candidate
                && l.group == group
                && l.level == level
                && (l.at.is_empty() || is_declared(&l.at, capacity))
        };
        lines.iter().find(fits).map_or(Number::Suppressed, |l| l.number.clone())
    }

    /// The level of this row, and its table if it may be shown beside the others.
    fn level(&self, row: &Row, earlier: &Tables) -> Level {
        let of = |lines: &[Line]| -> Vec<Number> {
            MEASURES[..OF_LEVELS].iter().map(|m| self.find(lines, m, &row.group, &row.level)).collect()
        };
        let (now, then) = (of(self.lines), of(&self.then));
        let known = now.iter().chain(&then).all(|n| n.estimate().is_some());
        let table = |rows: &[Row]| {
            let mine = |r: &&Row| {
                self.is(r) && r.level == row.level && is_declared(&r.at, self.ingredients.capacity)
            };
            Table::of(&rows.iter().filter(mine).collect::<Vec<_>>(), self.threshold).cells
        };
        let tables = table(&self.ingredients.evaluation.rows).zip(table(&self.correction.rows));
        let before = earlier.get(&row.level).map_or(&[][..], Vec::as_slice);
        let told = tables.filter(|(now, then)| {
            let mut all = std::iter::once(now).chain(before);
            known && all.all(|other| may_stand_beside(*other, *then, self.threshold as f64))
        });
        // An authority without a shown line has lost its name as well.
        let named = self.lines.iter().any(|l| l.group == row.group && l.level == row.level);
        let level = if named { row.level.as_str() } else { rows::TOO_SMALL };
        let shown = ShownLevel { level: level.to_owned(), now, then };
        Level { name: row.level.clone(), shown, rows: row.n, table: told.map(|(_, then)| then) }
    }
}

/// Whether a table may be shown beside another of the same level.
fn may_stand_beside(other: [f64; 4], then: [f64; 4], threshold: f64) -> bool {
    let enough = |count: f64| count >= threshold - SLACK;
    let changes = [0, 1].map(|cell| (then[cell] - other[cell]).abs());
    changes.iter().all(|c| *c < SLACK || enough(*c)) && then.iter().all(|c| enough(*c))
}

/// One hidden level among shown ones could be found from the others.
fn hide_another(levels: &mut [Level]) {
    let hidden = levels.iter().filter(|l| l.table.is_none() && l.rows > 0).count();
    if hidden == 1 {
        let smallest = levels.iter_mut().filter(|l| l.table.is_some()).min_by_key(|l| l.rows);
        if let Some(level) = smallest {
            level.table = None;
        }
    }
}

impl Level {
    fn into_shown(mut self) -> ShownLevel {
        if self.table.is_none() {
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
    use super::{Level, ShownLevel, hide_another, may_stand_beside};

    #[test]
    fn a_change_of_few_is_hidden_and_one_of_nobody_or_many_is_not() {
        let now = [30.0, 40.0, 50.0, 60.0];
        let beside = |then: [f64; 4]| may_stand_beside(now, then, 10.0);
        assert!(beside(now));
        assert!(beside([40.0, 55.0, 40.0, 45.0]));
        assert!(!beside([33.0, 55.0, 47.0, 45.0]), "three who came back");
        assert!(!beside([45.0, 49.0, 35.0, 51.0]), "nine who did not");
        assert!(!beside([15.0, 5.0, 65.0, 95.0]), "five flagged in vain are left");
    }

    #[test]
    fn a_single_hidden_level_takes_the_smallest_with_it() {
        let level = |rows, table: Option<f64>| Level {
            name: String::new(),
            shown: ShownLevel { level: String::new(), now: vec![], then: vec![] },
            rows,
            table: table.map(|cell| [cell; 4]),
        };
        let hidden = |mut levels: Vec<Level>| {
            hide_another(&mut levels);
            levels.iter().map(|l| l.table.is_none()).collect::<Vec<_>>()
        };
        let three = vec![level(500, Some(20.0)), level(200, Some(30.0)), level(90, None)];
        assert_eq!(hidden(three), [false, true, true]);
        assert_eq!(hidden(vec![level(500, Some(20.0)), level(0, None)]), [false, true]);
        let four = vec![level(500, Some(0.0)), level(200, Some(30.0)), level(90, None), level(80, None)];
        assert_eq!(hidden(four), [false, false, true, true]);
    }
}
