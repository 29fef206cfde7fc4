//! Target statistics: a category as the log-odds of the outcome among training rows of it (Micci-Barreca 2001, SIGKDD
//! Explorations 3:27).
//!
//! A row never counts in its own number: training rows are given that of the other households' parts, of five that the
//! households are dealt into. Otherwise a category with few rows would tell each of them its own outcome. Few rows are drawn
//! toward the share of all, and a category that no training row has is given that share.

use super::Origin;
use crate::features::Matrix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// As many rows as the share of all weighs against a category's own.
const PRIOR_ROWS: f64 = 50.0;
/// Parts that households are dealt into.
const PARTS: u64 = 5;

/// Labels of training rows, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// Whether the outcome came.
    pub came: &'a [bool],
    /// The household.
    pub household: &'a [u32],
}

/// What was learned of one feature's categories.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Category {
    /// Place of the feature.
    pub(super) source: usize,
    /// Log-odds by name.
    log_odds: BTreeMap<String, f64>,
    /// Those of all rows.
    otherwise: f64,
}

/// Rows and outcomes, of all and by category.
#[derive(Clone, Debug)]
struct Counts {
    all: [f64; 2],
    by_level: Vec<[f64; 2]>,
}

impl Counts {
    fn new(levels: usize) -> Self {
        Self { all: [0.0; 2], by_level: vec![[0.0; 2]; levels] }
    }

    fn add(&mut self, level: usize, came: bool) {
        for of in [&mut self.all, &mut self.by_level[level]] {
            of[0] += 1.0;
            of[1] += f64::from(u8::from(came));
        }
    }

    /// Log-odds of all, one row of each kind being added.
    fn otherwise(&self) -> f64 {
        let [rows, outcomes] = self.all;
        ((outcomes + 1.0) / (rows - outcomes + 1.0)).ln()
    }

    fn log_odds(&self, level: usize) -> f64 {
        let share = (self.all[1] + 1.0) / (self.all[0] + 2.0);
        let [rows, outcomes] = self.by_level[level];
        let p = (outcomes + PRIOR_ROWS * share) / (rows + PRIOR_ROWS);
        (p / (1.0 - p)).ln()
    }
}

impl Category {
    /// Learns the categories of feature `source`, and gives the number of each training row, from other households than its
    /// own part's.
    pub(super) fn learn(
        matrix: &Matrix,
        train: &[u32],
        labels: Labels<'_>,
        source: usize,
    ) -> (Self, Vec<f32>) {
        let names = &matrix.features[source].levels;
        let level = |row: &u32| matrix.row(*row as usize)[source] as usize;
        let part = |household: u32| (Origin::digest(household) % PARTS) as usize;
        let mut whole = Counts::new(names.len());
        let mut others = vec![Counts::new(names.len()); PARTS as usize];
        for ((row, came), household) in train.iter().zip(labels.came).zip(labels.household) {
            whole.add(level(row), *came);
            for (at, counts) in others.iter_mut().enumerate() {
                if at != part(*household) {
                    counts.add(level(row), *came);
                }
            }
        }
        let seen = (0..names.len()).filter(|l| whole.by_level[*l][0] > 0.0);
        let log_odds = seen.map(|l| (names[l].clone(), whole.log_odds(l))).collect();
        let of_row = |(row, household): (&u32, &u32)| others[part(*household)].log_odds(level(row)) as f32;
        let numbers = train.iter().zip(labels.household).map(of_row).collect();
        (Self { source, log_odds, otherwise: whole.otherwise() }, numbers)
    }

    /// The number of each level of the feature in a matrix, which may have other levels.
    pub(super) fn numbers(&self, matrix: &Matrix) -> Vec<f32> {
        let of = |name: &String| self.log_odds.get(name).copied().unwrap_or(self.otherwise) as f32;
        matrix.features[self.source].levels.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::dictionary::Feature;

    fn matrix(levels: &[&str], codes: &[f32]) -> Matrix {
        let levels = levels.iter().map(|l| (*l).to_owned()).collect();
        let feature = Feature { levels, ..Feature::dated("place".to_owned(), String::new(), "", "") };
        Matrix { features: vec![feature], values: codes.to_vec() }
    }

    /// 100 rows of a, 40 with the outcome, and 100 of b, 10 with it: 51 of 202 for all, and 50 rows of that beside.
    #[test]
    fn worked_by_hand() {
        let codes: Vec<f32> = (0..200).map(|i| f32::from(u8::from(i >= 100))).collect();
        let matrix = matrix(&["a", "b"], &codes);
        let came: Vec<bool> = (0..200).map(|i| if i < 100 { i < 40 } else { i < 110 }).collect();
        let household: Vec<u32> = (0..200).collect();
        let rows: Vec<u32> = (0..200).collect();
        let labels = Labels { came: &came, household: &household };
        let (category, numbers) = Category::learn(&matrix, &rows, labels, 0);
        let share = 51.0 / 202.0;
        let of = |outcomes: f64| {
            let p: f64 = (outcomes + 50.0 * share) / 150.0;
            (p / (1.0 - p)).ln() as f32
        };
        let other = super::tests::matrix(&["c", "b", "a"], &[0.0]);
        let found = category.numbers(&other);
        assert!((found[0] - (51.0_f32 / 151.0).ln()).abs() < 1e-6, "{found:?}");
        assert!((found[1] - of(10.0)).abs() < 1e-6 && (found[2] - of(40.0)).abs() < 1e-6, "{found:?}");
        assert!(numbers[..100].iter().all(|n| (n - of(40.0)).abs() < 0.3));
    }

    /// A category of one household: whatever came of it, its own rows are given the same number.
    #[test]
    fn no_row_is_told_its_own_outcome() {
        let codes: Vec<f32> = (0..60).map(|i| if i < 4 { 1.0 } else { 0.0 }).collect();
        let matrix = matrix(&["many", "one household"], &codes);
        let household: Vec<u32> = (0..60).map(|i| if i < 4 { 0 } else { i }).collect();
        let rows: Vec<u32> = (0..60).collect();
        let numbers = |own: bool| {
            let came: Vec<bool> = (0..60).map(|i| if i < 4 { own } else { i % 3 == 0 }).collect();
            Category::learn(&matrix, &rows, Labels { came: &came, household: &household }, 0).1
        };
        assert_eq!(numbers(true)[..4], numbers(false)[..4]);
    }
}
