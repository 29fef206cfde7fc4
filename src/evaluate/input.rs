//! What evaluation is given: out-of-fold predictions and nothing else.

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
    /// Pairs of levels of different groupings, as (grouping, level) numbers, of which every row of the first is of the
    /// second, and not every row of the second of the first.
    #[must_use]
    pub fn nested(&self) -> Vec<((usize, usize), (usize, usize))> {
        let mut nested = Vec::new();
        for (g, inner) in self.groupings.iter().enumerate() {
            for (h, outer) in self.groupings.iter().enumerate().filter(|(h, _)| *h != g) {
                let mut both = vec![vec![0_u64; outer.levels.len()]; inner.levels.len()];
                for (a, b) in inner.level_of.iter().zip(&outer.level_of) {
                    both[usize::from(*a)][usize::from(*b)] += 1;
                }
                for (a, row) in both.iter().enumerate() {
                    let size: u64 = row.iter().sum();
                    let whole = row.iter().position(|n| *n == size && size > 0);
                    let larger = |b: &usize| both.iter().map(|row| row[*b]).sum::<u64>() > size;
                    nested.extend(whole.filter(larger).map(|b| ((g, a), (h, b))));
                }
            }
        }
        nested
    }
}

/// How to evaluate, as declared in the experiment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Share of each fold's rows that could be flagged, in (0, 1).
    pub capacity: f64,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Root seed.
    pub seed: u64,
    /// Model to be judged.
    pub candidate: String,
    /// Model it must beat.
    pub reference: String,
    /// Smallest gain in average precision that would matter.
    pub smallest_gain: f64,
}
