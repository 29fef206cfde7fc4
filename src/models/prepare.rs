//! Preparation of the feature matrix for a learner, learned on training rows only.
//!
//! Missing values become the training mean, with a column that says they were missing. A column in which fewer than
//! [`LEAST`] training rows differ from the middle value, or that repeats an earlier one, is dropped: too little is
//! known of it, and of too few children. Values beyond the range seen in training are taken as its end, so that no
//! model extrapolates. For linear models, counts and days enter as log(1 + x), and every column is centred and scaled
//! to unit standard deviation; numbers with many values can enter as curves ([`spline`](super::spline)).
//!
//! Codes are one column each (one-hot). A code that fewer than [`LEAST`] training rows have is dropped like any other such
//! column: its rows then have none of the codes that are kept, and so form one level of all rare codes.

use super::spline::{Term, knots};
use super::target::{Category, Labels};
use crate::features::Matrix;
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The same, and for numbers with enough values the other terms of a curve with so many knots.
    Curved(usize),
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
    /// The term of a curve that it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    term: Option<Term>,
}

/// Why a feature has no column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dropped {
    /// Fewer than [`LEAST`] training rows differ from the middle value.
    Constant,
    /// Its training values are those of the feature at this place.
    Repeats(usize),
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
    /// Features that were offered and have no column, by place.
    #[serde(default)]
    dropped: Vec<(usize, Dropped)>,
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
    let log = matches!(wants, Wants::Scaled | Wants::Curved(_) | Wants::Columns(_));
    let curved = if let Wants::Curved(knots) = wants { *knots } else { 0 };
    let sources: Vec<usize> = match wants {
        Wants::Nothing => Vec::new(),
        Wants::Columns(ids) => {
            (0..matrix.features.len()).filter(|&i| ids.contains(&matrix.features[i].id.as_str())).collect()
        }
        Wants::Scaled | Wants::Curved(_) | Wants::Filled | Wants::Raw => (0..matrix.features.len()).collect(),
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
        .par_iter()
        .map(|&i| match numbers.iter().find(|(source, _)| *source == i) {
            Some((_, numbers)) => describe(numbers, i, (false, 0)),
            None => {
                let values: Vec<f32> = train.iter().map(|&r| matrix.row(r as usize)[i]).collect();
                describe(&values, i, (log, curved))
            }
        })
        .collect();
    let mut seen: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let (mut columns, mut dropped) = (Vec::new(), Vec::new());
    for (source, of_source) in sources.into_iter().zip(found) {
        let (before, mut repeats) = (columns.len(), None);
        for (column, digest) in of_source {
            let first = *seen.entry(digest).or_insert(source);
            if first == source {
                columns.push(column);
            } else {
                repeats = Some(first);
            }
        }
        if columns.len() == before {
            dropped.push((source, repeats.map_or(Dropped::Constant, Dropped::Repeats)));
        }
    }
    if *wants == Wants::Raw {
        // What is missing stays so in the column itself, if that is kept.
        let kept: BTreeSet<usize> = columns.iter().filter(|c| !c.missing).map(|c| c.source).collect();
        columns.retain(|c| !c.missing || !kept.contains(&c.source));
    }
    (Prepared { columns, log, keeps_missing: *wants == Wants::Raw, categories, dropped }, numbers)
}

/// The columns made from feature `source`, if enough rows vary, each with a digest of its training values.
fn describe(values: &[f32], source: usize, (log, curved): (bool, usize)) -> Vec<(Column, [u8; 32])> {
    let mut seen: Vec<f64> = values.iter().filter(|v| !v.is_nan()).map(|v| transform(*v, log)).collect();
    let (n, missing) = (values.len() as f64, values.len() - seen.len());
    let mut columns = Vec::new();
    let mean = seen.iter().sum::<f64>() / seen.len().max(1) as f64;
    let variance = seen.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    if varied(&mut seen) {
        let bits = values.iter().flat_map(|v| v.to_bits().to_le_bytes());
        let digest = Sha256::digest(bits.collect::<Vec<u8>>()).into();
        let range = seen.iter().fold((mean, mean), |(low, high), v| (low.min(*v), high.max(*v)));
        let column = Column { source, missing: false, mean, scale: variance.sqrt(), range, term: None };
        columns.push((column, digest));
        for term in knots(&seen, curved).map(|knots| Term::all(&knots)).unwrap_or_default() {
            columns.extend(bent(&seen, n, source, (range, digest), term));
        }
    }
    if missing >= LEAST && values.len() - missing >= LEAST {
        let share = missing as f64 / n;
        let digest = Sha256::digest(values.iter().map(|v| u8::from(v.is_nan())).collect::<Vec<u8>>()).into();
        let scale = (share * (1.0 - share)).sqrt();
        let column = Column { source, missing: true, mean: share, scale, range: (0.0, 1.0), term: None };
        columns.push((column, digest));
    }
    columns
}

/// The column of one term of a curve through values of `n` rows, some of which may be missing; none where it does not vary.
fn bent(
    seen: &[f64],
    n: f64,
    source: usize,
    (range, digest): ((f64, f64), [u8; 32]),
    term: Term,
) -> Option<(Column, [u8; 32])> {
    let at: Vec<f64> = seen.iter().map(|v| term.at(*v)).collect();
    let mean = at.iter().sum::<f64>() / at.len() as f64;
    let scale = (at.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let own = Sha256::digest([&digest[..], &[term.number as u8]].concat()).into();
    (scale > 0.0).then_some((Column { source, missing: false, mean, scale, range, term: Some(term) }, own))
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
pub struct Described<'a> {
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
    /// The term of a curve that it is, if it is one; it bends the value after log and ends.
    pub term: Option<&'a Term>,
}

impl Described<'_> {
    /// Whether it rises with the feature's value.
    #[must_use]
    pub fn is_value(&self) -> bool {
        !self.says_missing && self.term.is_none() && !self.category
    }
}

impl Prepared {
    /// The columns, in order.
    #[must_use]
    pub fn described(&self) -> Vec<Described<'_>> {
        let category = |source: usize| self.categories.iter().any(|c| c.source == source);
        let mut all = Vec::with_capacity(self.columns.len());
        for c in &self.columns {
            all.push(Described {
                source: c.source,
                says_missing: c.missing,
                log: self.log && !category(c.source),
                category: category(c.source),
                centre: c.mean,
                scale: c.scale,
                range: c.range,
                term: c.term.as_ref(),
            });
        }
        all
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The features that were offered and have no column, by place.
    #[must_use]
    pub fn dropped(&self) -> &[(usize, Dropped)] {
        &self.dropped
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
                    (false, false) => {
                        let value = transform(value, log).clamp(column.range.0, column.range.1);
                        (column.term.as_ref().map_or(value, |term| term.at(value)), false)
                    }
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
mod tests;
