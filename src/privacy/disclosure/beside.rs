//! Another report on nearly the same referrals: what both together would give away.
//!
//! In: the exact numbers of a report that has left, or will. Out: for every level, how many referrals the two reports differ by.
//! A level is shown only if they differ by many, with and without the outcome, and if the same holds for all hidden levels
//! together, so that subtracting the one report from the other tells of no few ([`super::levels`]). Where the two hold the same
//! referrals in every level nothing is added: then there is no difference to tell of.
//!
//! Whoever was added to a cohort is found by subtracting, in whatever level they are: so "nobody was added to this level" counts
//! as small too, as a nought does within one report. Tables at a place are hidden where one of their four counts differs by
//! few; models that were taught anew rank in other ways, so that this tells of nobody for certain, and is a precaution. Groups of
//! chances, referrals left out by level, and competing ends, which have exact counts, are not shown at all.
//!
//! Not covered: what leaves with counts to the nearest ten and estimates alone (tests by themselves, stability, years, times,
//! explanations, what-if, privacy), from which a difference follows only roughly.

use std::collections::BTreeMap;

use super::facts::CohortNumbers;
use super::levels::SLACK;
use super::passed::{Count, Number};
use super::rows::{BIN, gather};
use super::tables::{Table, is_at_capacity};
use crate::evaluate::Row;
use crate::report::ingredients::{CohortFacts, Ingredients};
use crate::report::{AttritionStep, Facts, Line, Removed};

/// Counts of another report.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// Referrals, and those with the outcome, by grouping and level.
    levels: BTreeMap<(String, String), [u64; 2]>,
    /// The four counts of tables, by model, grouping, level and place.
    tables: BTreeMap<[String; 4], [f64; 4]>,
    /// Referrals, children, outcomes: of every state of the cohort.
    states: Vec<[u64; 3]>,
    /// Households: of all and of those tested.
    households: Vec<u64>,
}

/// Reports that stand beside this one, less those of the same referrals.
#[derive(Clone, Debug, Default)]
pub(super) struct Others(Vec<Beside>);

impl Others {
    /// Those that differ from `rows`.
    pub(super) fn new(rows: &[Row], others: &[Ingredients]) -> Self {
        let differs = |beside: &Beside| {
            rows.iter().filter(|row| of_level(row)).any(|row| beside.apart(row).iter().any(|d| *d > SLACK))
        };
        Self(others.iter().map(Beside::new).filter(differs).collect())
    }

    /// By how many referrals a level differs from the other reports, with and without the outcome, report after report.
    pub(super) fn apart(&self, row: &Row) -> Vec<f64> {
        self.0.iter().flat_map(|beside| beside.apart(row)).collect()
    }

    /// The same of referrals with or without the outcome.
    pub(super) fn rows_apart(&self, row: &Row) -> Vec<f64> {
        self.0.iter().map(|beside| beside.apart(row).iter().sum()).collect()
    }

    /// Whether the table that these rows belong to differs by few.
    pub(super) fn is_near(&self, row: &Row, table: &Table, threshold: u64) -> bool {
        let key = [&row.model, &row.group, &row.level, &row.at].map(Clone::clone);
        let near = |theirs: &[f64; 4], ours: &[f64; 4]| {
            ours.iter().zip(theirs).any(|(a, b)| few((a - b).abs(), threshold))
        };
        let ours = table.cells;
        self.0.iter().any(|b| b.tables.get(&key).zip(ours.as_ref()).is_some_and(|(a, b)| near(a, b)))
    }

    /// Hides groups of chances, whose bounds move with the model.
    pub(super) fn hide_bins(&self, lines: &mut [Line]) {
        for line in lines.iter_mut().filter(|line| !self.0.is_empty() && line.measure == BIN) {
            line.number = Number::Suppressed;
            (line.n, line.events) = (Count::Suppressed, Count::Suppressed);
            line.at.clear();
            line.theory = None;
        }
    }

    /// An exact count of a level that was not compared.
    pub(super) fn of_level(&self, count: Count) -> Count {
        if self.0.is_empty() { count } else { Count::Suppressed }
    }

    /// Hides counts of the cohort that differ by few from those of another report.
    pub(super) fn hide(&self, of: &mut CohortNumbers, threshold: u64) {
        for beside in &self.0 {
            beside.hide_states(&mut of.attrition, threshold);
            beside.hide_facts(&mut of.cohort, threshold);
            beside.hide_facts(&mut of.tested, threshold);
        }
    }
}

/// More than nobody, and fewer than the threshold.
fn few(difference: f64, threshold: u64) -> bool {
    difference > SLACK && difference < threshold as f64 - SLACK
}

fn of_level(row: &Row) -> bool {
    row.measure != super::rows::BIN
}

impl Beside {
    fn new(ingredients: &Ingredients) -> Self {
        let rows = &ingredients.evaluation.rows;
        let level = |row: &Row| ((row.group.clone(), row.level.clone()), [row.n, row.events]);
        let at: Vec<usize> = (0..rows.len()).filter(|i| is_at_capacity(&rows[*i])).collect();
        let mut tables = BTreeMap::new();
        for (model, places) in gather(rows, &at, |row| &row.model) {
            for (group, places) in gather(rows, &places, |row| &row.group) {
                for (level, places) in gather(rows, &places, |row| &row.level) {
                    for (at, places) in gather(rows, &places, |row| &row.at) {
                        let key = [model, group, level, at].map(str::to_owned);
                        let table = super::rows::table(rows, &places, 1);
                        tables.extend(table.cells.map(|cells| (key, cells)));
                    }
                }
            }
        }
        let (cohort, tested) = (&ingredients.cohort, &ingredients.tested);
        let of = |f: &CohortFacts| [f.rows, f.children, f.events];
        let states = ingredients.attrition.iter().map(|row| [row.rows, row.children, row.outcomes]);
        Self {
            levels: rows.iter().filter(|row| of_level(row)).map(level).collect(),
            tables,
            states: states.chain([of(cohort), of(tested)]).collect(),
            households: vec![cohort.households, tested.households],
        }
    }

    /// Differences with and without the outcome.
    fn apart(&self, row: &Row) -> [f64; 2] {
        let [n, events] = self.levels.get(&(row.group.clone(), row.level.clone())).copied().unwrap_or([0, 0]);
        let difference = |a: u64, b: u64| a.abs_diff(b) as f64;
        [
            difference(row.events, events),
            difference(row.n.saturating_sub(row.events), n.saturating_sub(events)),
        ]
    }

    /// Whether a count of the cohort, of a column of `states`, is near one of this report.
    fn is_near(&self, count: Count, column: usize, threshold: u64) -> bool {
        let theirs = self.states.iter().map(|state| state[column]);
        count.get().is_some_and(|n| theirs.into_iter().any(|m| few(n.abs_diff(m) as f64, threshold)))
    }

    fn hide_states(&self, attrition: &mut [AttritionStep], threshold: u64) {
        let removed: Vec<u64> =
            self.states.windows(2).map(|pair| pair[0][0].saturating_sub(pair[1][0])).collect();
        for i in 0..attrition.len() {
            let step = &mut attrition[i];
            if let Removed::Shown(n) = step.removed
                && removed.iter().any(|m| few(n.get().abs_diff(*m) as f64, threshold))
            {
                step.removed = Removed::Suppressed;
                step.rows = Count::Suppressed;
            }
            let rows = self.is_near(step.rows, 0, threshold);
            let counts = [&mut step.rows, &mut step.children, &mut step.outcomes];
            for (column, count) in counts.into_iter().enumerate() {
                if rows || self.is_near(*count, column, threshold) {
                    *count = Count::Suppressed;
                }
            }
            // What a step removed is the difference of two states.
            for step in rows.then_some([i, i + 1]).into_iter().flatten() {
                if let Some(step) = attrition.get_mut(step).filter(|s| matches!(s.removed, Removed::Shown(_)))
                {
                    step.removed = Removed::Suppressed;
                }
            }
        }
    }

    fn hide_facts(&self, facts: &mut Facts, threshold: u64) {
        let rows = self.is_near(facts.rows, 0, threshold);
        let counts = [&mut facts.rows, &mut facts.children, &mut facts.events];
        for (column, count) in counts.into_iter().enumerate() {
            if rows || self.is_near(*count, column, threshold) {
                *count = Count::Suppressed;
            }
        }
        facts.competing = Count::Suppressed;
        facts.open = facts.open.map(|_| Count::Suppressed);
        let near = |n: u64| rows || self.households.iter().any(|m| few(n.abs_diff(*m) as f64, threshold));
        if facts.households.and_then(Count::get).is_some_and(near) {
            facts.households = Some(Count::Suppressed);
        }
    }
}
