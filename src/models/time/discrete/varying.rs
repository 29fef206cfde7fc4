//! Columns that change from period to period but are known in advance: effects that change over time (a column times a
//! function of the period), age in the period, the season of the calendar.
//!
//! `z_ij` has the same length for every row i and period j; values must be finite. They are asked for while the sums of the
//! model are made and never stored, so they must be the same each time they are asked for.
//! Reference: Tutz and Schmid (2016), sections 3.6 and 5.1 (effects that vary over time).

use super::model::DiscreteError;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Columns known in advance of each row and period.
pub trait Varying: Sync {
    /// How many columns there are.
    fn width(&self) -> usize;
    /// How many rows there are, where that is known: a fit to other rows is then refused.
    fn rows(&self) -> Option<usize> {
        None
    }
    /// Writes the columns of `row` in `period` to `out`, which has the width's length.
    fn fill(&self, row: usize, period: usize, out: &mut [f64]);
}

/// No columns that vary.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoVarying;

impl Varying for NoVarying {
    fn width(&self) -> usize {
        0
    }

    fn fill(&self, _row: usize, _period: usize, _out: &mut [f64]) {}
}

/// One column times a function of the period: its effect then changes over time as the function does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Which column of the covariates.
    pub column: usize,
    /// The function's value in each period.
    pub of_period: Vec<f64>,
}

/// Several [`Product`]s of one matrix of covariates.
#[derive(Clone, Debug)]
pub struct Products<'a> {
    x: ArrayView2<'a, f64>,
    terms: &'a [Product],
}

impl<'a> Products<'a> {
    /// Products of columns of `x` with functions of `periods` periods.
    ///
    /// # Errors
    /// With a column that is not there, or a function that has not one finite value a period.
    pub fn new(x: ArrayView2<'a, f64>, terms: &'a [Product], periods: usize) -> Result<Self, DiscreteError> {
        let fits = |t: &Product| {
            t.column < x.ncols() && t.of_period.len() == periods && t.of_period.iter().all(|v| v.is_finite())
        };
        if terms.iter().all(fits) { Ok(Self { x, terms }) } else { Err(DiscreteError::Shapes) }
    }
}

impl Varying for Products<'_> {
    fn width(&self) -> usize {
        self.terms.len()
    }

    fn rows(&self) -> Option<usize> {
        Some(self.x.nrows())
    }

    fn fill(&self, row: usize, period: usize, out: &mut [f64]) {
        for (out, term) in out.iter_mut().zip(self.terms) {
            let x = self.x.get((row, term.column)).copied().unwrap_or_default();
            *out = x * term.of_period.get(period).copied().unwrap_or_default();
        }
    }
}

/// Columns worked out by a function of the row, the period and where to write.
pub struct Callback<F> {
    /// How many columns it writes.
    pub width: usize,
    /// Writes the columns of a row and a period.
    pub fill: F,
}

impl<F> std::fmt::Debug for Callback<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback").field("width", &self.width).finish_non_exhaustive()
    }
}

impl<F: Fn(usize, usize, &mut [f64]) + Sync> Varying for Callback<F> {
    fn width(&self) -> usize {
        self.width
    }

    fn fill(&self, row: usize, period: usize, out: &mut [f64]) {
        (self.fill)(row, period, out);
    }
}
