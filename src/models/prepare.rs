//! Preparation of the feature matrix for a learner, learned on training rows only.
//!
//! Missing values become the training mean, with a column that says they were missing. A column in which fewer than
//! [`LEAST`] training rows differ from the middle value, or that repeats an earlier one, is dropped: too little is
//! known of it, and of too few children. Values beyond the range seen in training are taken as its end, so that no
//! model extrapolates. For linear models, counts and days enter as log(1 + x), and every column is centred and scaled
//! to unit standard deviation.

use super::target::{Category, Labels};
use crate::features::Matrix;
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    columns: Vec<Column>,
    log: bool,
    /// Whether what is missing stays not a number.
    keeps_missing: bool,
    /// Features whose values are categories.
    categories: Vec<Category>,
}

/// Learns the preparation from training rows of a matrix without categories.
#[must_use]
pub fn learn(matrix: &Matrix, train: &[u32], wants: &Wants) -> Prepared {
    learn_labelled(matrix, train, wants, Labels { came: &[], household: &[] }).0
}

/// Learns the preparation from training rows, and prepares them: a category of theirs becomes a number that their own
/// households have no part in (see [`target`](super::target)).
#[must_use]
pub fn learn_labelled(
    matrix: &Matrix,
    train: &[u32],
    wants: &Wants,
    labels: Labels<'_>,
) -> (Prepared, Vec<(usize, Vec<f32>)>) {
    let log = matches!(wants, Wants::Scaled | Wants::Columns(_));
    let sources: Vec<usize> = match wants {
        Wants::Nothing => Vec::new(),
        Wants::Columns(ids) => {
            (0..matrix.features.len()).filter(|&i| ids.contains(&matrix.features[i].id.as_str())).collect()
        }
        Wants::Scaled | Wants::Filled | Wants::Raw => (0..matrix.features.len()).collect(),
    };
    let is_category = |i: &usize| !matrix.features[*i].levels.is_empty();
    let (categories, numbers): (Vec<Category>, Vec<(usize, Vec<f32>)>) = (sources.iter().copied())
        .filter(is_category)
        .map(|i| {
            let (category, numbers) = Category::learn(matrix, train, labels, i);
            (category, (i, numbers))
        })
        .unzip();
    let found: Vec<Vec<(Column, [u8; 32])>> = sources
        .into_par_iter()
        .map(|i| match numbers.iter().find(|(source, _)| *source == i) {
            Some((_, numbers)) => describe(numbers, i, false),
            None => {
                let values: Vec<f32> = train.iter().map(|&r| matrix.row(r as usize)[i]).collect();
                describe(&values, i, log)
            }
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut columns: Vec<Column> =
        found.into_iter().flatten().filter(|(_, d)| seen.insert(*d)).map(|(c, _)| c).collect();
    if *wants == Wants::Raw {
        // What is missing stays so in the column itself, if that is kept.
        let kept: BTreeSet<usize> = columns.iter().filter(|c| !c.missing).map(|c| c.source).collect();
        columns.retain(|c| !c.missing || !kept.contains(&c.source));
    }
    (Prepared { columns, log, keeps_missing: *wants == Wants::Raw, categories }, numbers)
}

/// The columns made from feature `source`, if enough rows vary, each with a digest of its training values.
fn describe(values: &[f32], source: usize, log: bool) -> Vec<(Column, [u8; 32])> {
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

/// A prepared column, described.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Described {
    /// Place of its feature.
    pub source: usize,
    /// Whether it says only that the feature is not recorded.
    pub says_missing: bool,
    /// Whether values enter as log(1 + value).
    pub log: bool,
    /// Whether values are categories, which enter as log-odds.
    pub category: bool,
    /// Taken from the value, if it is scaled; and the training mean in any case.
    pub centre: f64,
    /// What the value is divided by, if it is scaled.
    pub scale: f64,
    /// Values beyond are taken as these ends.
    pub range: (f64, f64),
}

impl Prepared {
    /// The columns, in order.
    #[must_use]
    pub fn described(&self) -> Vec<Described> {
        let category = |source: usize| self.categories.iter().any(|c| c.source == source);
        let of = |c: &Column| Described {
            source: c.source,
            says_missing: c.missing,
            log: self.log && !category(c.source),
            category: category(c.source),
            centre: c.mean,
            scale: c.scale,
            range: c.range,
        };
        self.columns.iter().map(of).collect()
    }

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
        let numbers: Vec<(usize, Vec<f32>)> =
            self.categories.iter().map(|c| (c.source, c.numbers(matrix))).collect();
        self.prepare(matrix, rows, |_, source, value| {
            let of = numbers.iter().find(|(category, _)| *category == source);
            of.map(|(_, numbers)| numbers.get(value as usize).copied().unwrap_or(f32::NAN))
        })
    }

    /// Prepares the training rows, given the numbers that [`learn_labelled`] gave for their categories.
    #[must_use]
    pub fn training(&self, matrix: &Matrix, train: &[u32], numbers: &[(usize, Vec<f32>)]) -> Array2<f64> {
        self.prepare(matrix, train, |at, source, _| {
            numbers.iter().find(|(category, _)| *category == source).map(|(_, numbers)| numbers[at])
        })
    }

    /// Prepares rows; `number` gives that of a category, from the place among `rows`, the feature and its value.
    fn prepare(
        &self,
        matrix: &Matrix,
        rows: &[u32],
        number: impl Fn(usize, usize, f32) -> Option<f32> + Sync,
    ) -> Array2<f64> {
        let any = !self.categories.is_empty();
        let mut out = Array2::zeros((rows.len(), self.columns.len()));
        let scaled = self.log;
        out.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).enumerate().for_each(|(at, (mut out, &row))| {
            let row = matrix.row(row as usize);
            for (out, column) in out.iter_mut().zip(&self.columns) {
                let value = row[column.source];
                let category = if any { number(at, column.source, value) } else { None };
                let (value, log) = category.map_or((value, self.log), |number| (number, false));
                let (value, filled) = match (column.missing, value.is_nan()) {
                    (true, missing) => (f64::from(u8::from(missing)), false),
                    (false, true) => (column.mean, true),
                    (false, false) => (transform(value, log).clamp(column.range.0, column.range.1), false),
                };
                *out = match (scaled, filled) {
                    (true, true) => 0.0,
                    (true, false) => (value - column.mean) / column.scale,
                    (false, true) if self.keeps_missing => f64::NAN,
                    (false, _) => value,
                };
            }
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::dictionary::Feature;

    /// Columns of 40 training rows and one to predict: a count that varies, the same again, one that hardly varies, and days
    /// that are missing in every fourth row.
    fn matrix() -> Matrix {
        let named = |id: &str| Feature::dated(id.to_owned(), String::new(), "", "");
        let row = |i: usize| {
            let count = (i % 4) as f32;
            let days = if i.is_multiple_of(4) { f32::NAN } else { (i % 8) as f32 };
            [count, count, if i == 7 { 1.0 } else { 0.0 }, days]
        };
        let mut values: Vec<f32> = (0..40).flat_map(row).collect();
        values.extend([100.0, 100.0, 1.0, f32::NAN]);
        Matrix { features: ["count", "again", "rare", "days"].map(named).to_vec(), values }
    }

    fn train() -> Vec<u32> {
        (0..40).collect()
    }

    #[test]
    fn what_repeats_or_hardly_varies_is_dropped_and_missing_values_have_a_column() {
        let prepared = learn(&matrix(), &train(), &Wants::Filled);
        assert_eq!(prepared.sources(), [0, 3, 3]);
        let x = prepared.apply(&matrix(), &[0, 5, 40]);
        // Days of rows that are not missing: five rows each of 1, 2, 3, 5, 6, 7; their mean is 4.
        assert_eq!(x.row(0).to_vec(), [0.0, 4.0, 1.0]);
        assert_eq!(x.row(1).to_vec(), [1.0, 5.0, 0.0]);
        // A count beyond what was seen in training is taken as the most that was.
        assert_eq!(x.row(2).to_vec(), [3.0, 4.0, 1.0]);
    }

    #[test]
    fn scaled_columns_have_mean_0_and_spread_1_in_training() {
        let prepared = learn(&matrix(), &train(), &Wants::Scaled);
        let x = prepared.apply(&matrix(), &train());
        for column in x.columns() {
            let mean = column.sum() / 40.0;
            let spread = column.iter().map(|v| v * v).sum::<f64>() / 40.0;
            assert!(mean.abs() < 1e-12 && (spread - 1.0).abs() < 1e-9, "{mean} {spread}");
        }
    }

    #[test]
    fn raw_columns_keep_what_is_missing() {
        let prepared = learn(&matrix(), &train(), &Wants::Raw);
        assert_eq!(prepared.sources(), [0, 3]);
        let x = prepared.apply(&matrix(), &[0, 5, 40]);
        assert!(x[[0, 1]].is_nan() && x[[2, 1]].is_nan());
        assert_eq!(vec![x[[0, 0]], x[[1, 0]], x[[1, 1]], x[[2, 0]]], [0.0, 1.0, 5.0, 3.0]);
    }

    /// A column that only says whether something is missing is kept as that.
    #[test]
    fn a_raw_column_that_is_constant_where_it_is_known_says_whether_it_is() {
        let mut matrix = matrix();
        for row in matrix.values.chunks_exact_mut(4) {
            row[3] = if row[3].is_nan() { f32::NAN } else { 2.0 };
        }
        let prepared = learn(&matrix, &train(), &Wants::Raw);
        let x = prepared.apply(&matrix, &[0, 5]);
        assert_eq!((prepared.sources(), x.column(1).to_vec()), (vec![0, 3], vec![1.0, 0.0]));
    }

    #[test]
    fn named_columns_are_found_and_others_left() {
        let prepared = learn(&matrix(), &train(), &Wants::Columns(&["days"]));
        assert_eq!(prepared.sources(), [3, 3]);
        assert_eq!(learn(&matrix(), &train(), &Wants::Columns(&["absent"])).width(), 0);
        assert_eq!(learn(&matrix(), &train(), &Wants::Nothing).width(), 0);
    }
}
