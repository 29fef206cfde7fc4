//! Preparation of the feature matrix for a learner, learned on training rows only.
//!
//! Missing values become the training mean, with a column that says they were missing. A column in which fewer than
//! [`LEAST`] training rows differ from the middle value, or that repeats an earlier one, is dropped: too little is
//! known of it, and of too few children. Values beyond the range seen in training are taken as its end, so that no
//! model extrapolates. For linear models, counts and days enter as log(1 + x), and every column is centred and scaled
//! to unit standard deviation.

use crate::features::Matrix;
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Training rows that must differ from the middle value for a column to be kept.
pub const LEAST: usize = 10;

/// What a learner wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Nothing: a learner that looks at labels only.
    Nothing,
    /// Some columns, as log(1 + x), centred and scaled.
    Columns(&'static [&'static str]),
    /// Every column, as log(1 + x), centred and scaled.
    Scaled,
    /// Every column as it is, missing values filled.
    Filled,
    /// Every column as it is, missing values not a number.
    Raw,
}

/// One prepared column.
#[derive(Clone, Debug)]
struct Column {
    source: usize,
    /// Whether this is the "was missing" companion.
    missing: bool,
    mean: f64,
    scale: f64,
    /// Smallest and largest value seen, transformed.
    range: (f64, f64),
}

/// What was learned about the columns.
#[derive(Clone, Debug)]
pub struct Prepared {
    columns: Vec<Column>,
    log: bool,
}

/// Learns the preparation from training rows.
#[must_use]
pub fn learn(matrix: &Matrix, train: &[u32], wants: &Wants) -> Prepared {
    let log = matches!(wants, Wants::Scaled | Wants::Columns(_));
    let sources: Vec<usize> = match wants {
        Wants::Nothing => Vec::new(),
        Wants::Columns(ids) => {
            (0..matrix.features.len()).filter(|&i| ids.contains(&matrix.features[i].id.as_str())).collect()
        }
        Wants::Scaled | Wants::Filled | Wants::Raw => (0..matrix.features.len()).collect(),
    };
    let found: Vec<Vec<(Column, [u8; 32])>> =
        sources.into_par_iter().map(|i| describe(matrix, train, i, log)).collect();
    let mut seen = BTreeSet::new();
    let mut columns: Vec<Column> =
        found.into_iter().flatten().filter(|(_, d)| seen.insert(*d)).map(|(c, _)| c).collect();
    if *wants == Wants::Raw {
        // What is missing stays so in the column itself, if that is kept.
        let kept: BTreeSet<usize> = columns.iter().filter(|c| !c.missing).map(|c| c.source).collect();
        columns.retain(|c| !c.missing || !kept.contains(&c.source));
        columns.iter_mut().for_each(|c| c.mean = f64::NAN);
    }
    Prepared { columns, log }
}

/// The columns made from feature `source`, if enough rows vary, each with a digest of its training values.
fn describe(matrix: &Matrix, train: &[u32], source: usize, log: bool) -> Vec<(Column, [u8; 32])> {
    let values: Vec<f32> = train.iter().map(|&r| matrix.row(r as usize)[source]).collect();
    let mut seen: Vec<f64> = values.iter().filter(|v| !v.is_nan()).map(|v| transform(*v, log)).collect();
    let (n, missing) = (values.len() as f64, values.len() - seen.len());
    let mut columns = Vec::new();
    let mean = seen.iter().sum::<f64>() / seen.len().max(1) as f64;
    let variance = seen.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    if varied(&mut seen) {
        let bits = values.iter().flat_map(|v| v.to_bits().to_le_bytes());
        let digest = Sha256::digest(bits.collect::<Vec<u8>>()).into();
        let range = seen.iter().fold((mean, mean), |(low, high), v| (low.min(*v), high.max(*v)));
        columns.push((Column { source, missing: false, mean, scale: variance.sqrt(), range }, digest));
    }
    if missing >= LEAST && values.len() - missing >= LEAST {
        let share = missing as f64 / n;
        let digest = Sha256::digest(values.iter().map(|v| u8::from(v.is_nan())).collect::<Vec<u8>>()).into();
        let scale = (share * (1.0 - share)).sqrt();
        columns.push((Column { source, missing: true, mean: share, scale, range: (0.0, 1.0) }, digest));
    }
    columns
}

/// Whether at least [`LEAST`] values differ from the middle one.
fn varied(values: &mut [f64]) -> bool {
    if values.len() < LEAST {
        return false;
    }
    let (_, middle, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    let middle = *middle;
    values.iter().filter(|v| v.total_cmp(&middle).is_ne()).count() >= LEAST
}

/// Every feature is at least 0, so log(1 + x) is defined; a negative value would be a fault and stays as it is.
fn transform(value: f32, log: bool) -> f64 {
    let value = f64::from(value);
    if log && value > 0.0 { value.ln_1p() } else { value }
}

impl Prepared {
    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The place of the feature that each prepared column is made of, column by column. A feature may have two columns
    /// (its value and whether it was missing), or none.
    #[must_use]
    pub fn sources(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.source).collect()
    }

    /// Prepares rows as learned.
    #[must_use]
    pub fn apply(&self, matrix: &Matrix, rows: &[u32]) -> Array2<f64> {
        let mut out = Array2::zeros((rows.len(), self.columns.len()));
        let scaled = self.log;
        out.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).for_each(|(mut out, &row)| {
            let row = matrix.row(row as usize);
            for (out, column) in out.iter_mut().zip(&self.columns) {
                let value = row[column.source];
                let (value, filled) = match (column.missing, value.is_nan()) {
                    (true, missing) => (f64::from(u8::from(missing)), false),
                    (false, true) => (column.mean, true),
                    (false, false) => {
                        (transform(value, self.log).clamp(column.range.0, column.range.1), false)
                    }
                };
                *out = match (scaled, filled) {
                    (true, true) => 0.0,
                    (true, false) => (value - column.mean) / column.scale,
                    (false, _) => value,
                };
            }
        });
        out
    }
}
