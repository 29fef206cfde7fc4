//! A fitted machine: its terms, and what they add up to.

use super::bins::bin;
use super::links::sigmoid;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// A sum of terms on the log-odds.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct FittedEbm {
    pub(super) intercept: f64,
    pub(super) terms: Vec<Term>,
}

/// What one feature, or two together, add to the log-odds.
///
/// A feature with k - 1 cuts has k bins of values and then one of missing values. A bin holds what is over the cut before
/// it and up to the cut after it; the first and last bins have no end. The cells of two features are in rows: bin of the
/// first × bins of the second + bin of the second.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Term {
    /// The column of the feature, or the columns of two.
    pub features: Vec<usize>,
    /// The cuts between the bins of each feature, rising.
    pub cuts: Vec<Vec<f64>>,
    /// Added log-odds in each bin or cell: the mean over the bags. Their mean over the training rows is 0.
    pub values: Vec<f64>,
    /// Standard deviation over the bags of each value, 0 for a single bag: how far the shape depends on whom it learned from.
    pub deviations: Vec<f64>,
    /// Weight of the training rows in each bin or cell; not saved, because a bin may hold few children.
    #[serde(skip)]
    pub weights: Vec<f64>,
}

impl Term {
    /// Mean absolute contribution over the training rows, in log-odds.
    #[must_use]
    pub fn importance(&self) -> f64 {
        let total: f64 = self.weights.iter().sum();
        let sum: f64 = self.values.iter().zip(&self.weights).map(|(v, w)| v.abs() * w).sum();
        if total > 0.0 { sum / total } else { 0.0 }
    }

    /// What the term adds to the log-odds where its features have these values, one each.
    #[must_use]
    pub fn at(&self, values: &[f64]) -> f64 {
        self.values[self.place(values.iter().copied())]
    }

    /// The standard deviation over the bags of [`Self::at`].
    #[must_use]
    pub fn deviation_at(&self, values: &[f64]) -> f64 {
        self.deviations[self.place(values.iter().copied())]
    }

    fn place(&self, values: impl Iterator<Item = f64>) -> usize {
        values.zip(&self.cuts).fold(0, |at, (value, cuts)| at * (cuts.len() + 2) + bin(cuts, value))
    }

    /// The bin or cell of a row.
    fn cell(&self, row: ArrayView1<'_, f64>) -> usize {
        self.place(self.features.iter().map(|feature| row[*feature]))
    }
}

impl FittedEbm {
    /// The terms: every feature by itself in the order of the columns, then the pairs, most promising first.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The mean log-odds over the training rows.
    #[must_use]
    pub const fn intercept(&self) -> f64 {
        self.intercept
    }

    /// Probability of the outcome for each row of `x` (rows × features; NaN is missing).
    #[must_use]
    pub fn probabilities(&self, x: ArrayView2<'_, f64>) -> Array1<f64> {
        let score = |row: ArrayView1<'_, f64>| {
            self.terms.iter().fold(self.intercept, |sum, term| sum + term.values[term.cell(row)])
        };
        x.rows().into_iter().map(|row| sigmoid(score(row))).collect()
    }

    /// What each term adds to the log-odds of each row: rows × terms. With the intercept they sum to the log-odds.
    #[must_use]
    pub fn contributions(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        Array2::from_shape_fn((x.nrows(), self.terms.len()), |(i, t)| {
            self.terms[t].values[self.terms[t].cell(x.row(i))]
        })
    }
}
