//! What evaluation is given: out-of-fold predictions and nothing else.

use std::collections::BTreeSet;

/// A way of dividing the rows, such as by sex.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// Name, such as `sex`.
    pub name: String,
    /// Level names, in the order to show.
    pub levels: Vec<String>,
    /// Level of each row, as a place in `levels`; as long as the rows.
    pub level_of: Vec<u16>,
}

impl Grouping {
    /// The place of the level that others are compared with: the one named for this grouping, or else the largest, the first of
    /// equals.
    #[must_use]
    pub fn reference(&self, named: &[(String, String)]) -> usize {
        let named = named.iter().find(|(name, _)| *name == self.name);
        let named = named.and_then(|(_, level)| self.levels.iter().position(|l| l == level));
        named.unwrap_or_else(|| self.largest())
    }

    fn largest(&self) -> usize {
        let mut rows = vec![0_usize; self.levels.len()];
        for level in &self.level_of {
            rows[usize::from(*level)] += 1;
        }
        // The first of equals.
        (0..rows.len()).rev().max_by_key(|level| rows[*level]).unwrap_or(0)
    }
}

/// One model's predictions.
#[derive(Clone, Debug)]
pub struct Scores {
    /// Model id.
    pub model: String,
    /// Predicted probability of the outcome for each row, in [0, 1].
    pub p: Vec<f64>,
}

/// Out-of-fold predictions of several models on the same rows.
#[derive(Clone, Debug)]
pub struct Input {
    /// Name of the split.
    pub split: String,
    /// Whether the outcome came, for each row.
    pub y: Vec<bool>,
    /// Dense number of each row's household, from 0: what the bootstrap draws.
    pub household: Vec<u32>,
    /// Dense number of the fold whose model predicted each row, from 0. Ranks are compared only within a fold.
    pub fold: Vec<u16>,
    /// The groupings to report, besides all rows.
    pub groupings: Vec<Grouping>,
    /// The models, in the order to report.
    pub scores: Vec<Scores>,
}

impl Input {
    /// The combinations of levels, one of each grouping, that a row has; each once, rising.
    #[must_use]
    pub fn combinations(&self) -> Vec<Vec<u16>> {
        combinations(&self.groupings)
    }
}

/// The combinations of levels, one of each grouping, that a row has; each once, rising.
#[must_use]
pub fn combinations(groupings: &[Grouping]) -> Vec<Vec<u16>> {
    let rows = groupings.first().map_or(0, |g| g.level_of.len());
    let of_row = |row: usize| groupings.iter().map(|g| g.level_of[row]).collect::<Vec<u16>>();
    (0..rows).map(of_row).collect::<BTreeSet<_>>().into_iter().collect()
}

/// How to evaluate, as declared in the experiment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Shares of each fold's rows that could be flagged, rising, each in (0, 1). At least one.
    pub capacities: Vec<f64>,
    /// Predicted risks from which on rows could be flagged, rising, each in (0, 1).
    pub thresholds: Vec<f64>,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Root seed.
    pub seed: u64,
    /// Reference level of groupings, as (grouping, level); the largest level where none is named.
    pub references: Vec<(String, String)>,
    /// Model to be judged.
    pub candidate: String,
    /// Model it must beat.
    pub reference: String,
    /// Smallest gain in average precision that would matter.
    pub smallest_gain: f64,
}
