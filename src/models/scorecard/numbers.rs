//! A numeric matrix taken as it is, without questions: what the reference implementation is given.

use super::design::Design;
use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;

/// Columns of a numeric matrix, as they are.
#[derive(Debug)]
pub(crate) struct Numbers {
    rows: usize,
    columns: Vec<(Vec<f64>, Vec<u32>)>,
}

impl Numbers {
    /// The columns of `x` (rows x columns, finite).
    pub(crate) fn new(x: ArrayView2<'_, f64>) -> Self {
        let columns = x.axis_iter(Axis(1)).map(|column| {
            let mut levels = column.to_vec();
            levels.sort_unstable_by(f64::total_cmp);
            levels.dedup_by(|a, b| a.total_cmp(b).is_eq());
            let code = |v: &f64| levels.partition_point(|l| l.total_cmp(v).is_lt()) as u32;
            let codes = column.iter().map(code).collect();
            (levels, codes)
        });
        Self { rows: x.nrows(), columns: columns.collect() }
    }

    fn weigh(&self, r: &[f64], value: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
        let weigh = |(levels, codes): &(Vec<f64>, Vec<u32>)| {
            codes.iter().zip(r).map(|(&c, r)| r * value(levels[c as usize])).sum()
        };
        self.columns.par_iter().map(weigh).collect()
    }
}

impl Design for Numbers {
    fn rows(&self) -> usize {
        self.rows
    }

    fn levels(&self, j: usize) -> Vec<f64> {
        self.columns[j].0.clone()
    }

    fn codes(&self, j: usize) -> Vec<u32> {
        self.columns[j].1.clone()
    }

    fn sums(&self, r: &[f64]) -> Vec<f64> {
        self.weigh(r, |x| x)
    }

    fn squares(&self, r: &[f64]) -> Vec<f64> {
        self.weigh(r, |x| x * x)
    }
}
