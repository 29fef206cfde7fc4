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
//! chances are not shown, nor is who was studied and left out, whose steps could be subtracted from each other.
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
use crate::report::ingredients::Ingredients;
use crate::report::rates::LevelCount;
use crate::report::{Facts, Line, Removed};

/// Counts of another report.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// Referrals, and those with the outcome, by grouping and level.
    levels: BTreeMap<(String, String), [u64; 2]>,
    /// The four counts of tables, by model, grouping, level and place.
    tables: BTreeMap<[String; 4], [f64; 4]>,
    /// Of those tested: referrals, children, outcomes, households.
    counts: [u64; 4],
}

/// Reports that stand beside this one.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    /// Those in which other referrals were tested.
    tested: Vec<Beside>,
    /// Whether in any of them other referrals were studied or left out.
    studied: bool,
}

impl Others {
    /// Compares a report with the others. `rows` are all of its rows.
    pub(super) fn new(own: &Ingredients, rows: &[Row], others: &[Ingredients]) -> Self {
        let differs = |beside: &Beside| {
            rows.iter().filter(|row| of_level(row)).any(|row| beside.apart(row).iter().any(|d| *d > SLACK))
        };
        let studied = |of: &Ingredients| {
            let attrition = of.attrition.iter().map(|row| [row.rows, row.children, row.outcomes]);
            let facts = [&of.cohort, &of.tested]
                .map(|f| [f.rows, f.children, f.events, f.households, f.competing, f.open]);
            (attrition.collect::<Vec<_>>(), facts, of.rates.censored.clone())
        };
        let mine = studied(own);
        Self {
            studied: others.iter().any(|other| studied(other) != mine),
            tested: others.iter().map(Beside::new).filter(differs).collect(),
        }
    }

    /// By how many referrals a level differs from the other reports, with and without the outcome, report after report.
    pub(super) fn apart(&self, row: &Row) -> Vec<f64> {
        self.tested.iter().flat_map(|beside| beside.apart(row)).collect()
    }

    /// The same of referrals with or without the outcome.
    pub(super) fn rows_apart(&self, row: &Row) -> Vec<f64> {
        self.tested.iter().map(|beside| beside.apart(row).iter().sum()).collect()
    }

    /// Whether the table that these rows belong to differs by few.
    pub(super) fn is_near(&self, row: &Row, table: &Table, threshold: u64) -> bool {
        let key = [&row.model, &row.group, &row.level, &row.at].map(Clone::clone);
        let near = |theirs: &[f64; 4], ours: &[f64; 4]| {
            ours.iter().zip(theirs).any(|(a, b)| few((a - b).abs(), threshold))
        };
        let ours = table.cells;
        self.tested.iter().any(|b| b.tables.get(&key).zip(ours.as_ref()).is_some_and(|(a, b)| near(a, b)))
    }

    /// Hides groups of chances, whose bounds move with the model.
    pub(super) fn hide_bins(&self, lines: &mut [Line]) {
        for line in lines.iter_mut().filter(|line| !self.tested.is_empty() && line.measure == BIN) {
            line.number = Number::Suppressed;
            (line.n, line.events) = (Count::Suppressed, Count::Suppressed);
            line.at.clear();
            line.theory = None;
        }
    }

    /// Hides how many were left out, by level.
    pub(super) fn hide_left_out(&self, levels: &mut [LevelCount]) {
        for level in levels.iter_mut().filter(|_| self.studied) {
            level.count = Count::Suppressed;
        }
    }

    /// Hides who was studied and left out, and of those tested what differs by few. Steps are differences of states, and those of
    /// two reports have differences too: so none of them is shown.
    pub(super) fn hide(&self, of: &mut CohortNumbers, threshold: u64) {
        if self.studied {
            for step in &mut of.attrition {
                (step.rows, step.children, step.outcomes) =
                    (Count::Suppressed, Count::Suppressed, Count::Suppressed);
                if step.removed != Removed::First {
                    step.removed = Removed::Suppressed;
                }
            }
            hide_all(&mut of.cohort);
            hide_ends(&mut of.tested);
        }
        if self.tested.iter().any(|beside| beside.is_near(&of.tested, threshold)) {
            hide_all(&mut of.tested);
        }
    }
}

fn hide_all(facts: &mut Facts) {
    for count in [&mut facts.rows, &mut facts.children, &mut facts.events] {
        *count = Count::Suppressed;
    }
    facts.households = facts.households.map(|_| Count::Suppressed);
    hide_ends(facts);
}

/// Hides those who could not come back.
fn hide_ends(facts: &mut Facts) {
    facts.competing = Count::Suppressed;
    facts.open = facts.open.map(|_| Count::Suppressed);
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
        let tested = &ingredients.tested;
        Self {
            levels: rows.iter().filter(|row| of_level(row)).map(level).collect(),
            tables,
            counts: [tested.rows, tested.children, tested.events, tested.households],
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

    /// Whether a count of those tested is near the one here.
    fn is_near(&self, tested: &Facts, threshold: u64) -> bool {
        let counts = [Some(tested.rows), Some(tested.children), Some(tested.events), tested.households];
        let near = |(count, theirs): (&Option<Count>, &u64)| {
            count.and_then(Count::get).is_some_and(|n| few(n.abs_diff(*theirs) as f64, threshold))
        };
        counts.iter().zip(&self.counts).any(near)
    }
}
