//! Random forest: the mean of many deep trees, each grown on other rows and asking other questions (Breiman 2001, Machine
//! Learning 45:5), by hessboost. A leaf's value is its share of rows with the outcome, so that a forest's is a mean of
//! shares.
//!
//! Each tree has each row with a chance of 632 in 1,000 (as many as differ in a bootstrap sample), and splits are found on
//! binned values. A learner of `smartcore` 0.7 was measured in its place (benches/README.md): it has no least number of
//! children in a leaf, works on one core and takes more than ten times as long.

use super::boosted;
use super::prepare::Wants;
use super::registry::Entry;
use super::settings::Setting;
use super::{FitError, Learner, Model, Origin, Training};
use crate::num::seed;
use hessboost::config::{GrowPolicy, TrainingParams, TreeMethod};
use hessboost::objective::{Objective, RegLoss};
use rand::Rng;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "forest",
    title: "Random forest",
    words: "It groups children by hundreds of long series of yes-or-no questions about the recorded history, each made from other \
            referrals, and takes the mean of how often children of these groups came back.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: true,
    made_of: &[],
    settings: &[
        Setting::whole("trees", 300.0, (1.0, 10_000.0), "Trees."),
        Setting::whole("min_leaf", 20.0, (1.0, 1e6), "Children in a group, at least."),
        Setting::number(
            "facts",
            0.0,
            (0.0, 1.0),
            "Share of the facts that each question is chosen from; 0: the square root of their number.",
        ),
    ],
    make: |s| {
        Box::new(Forest {
            trees: s.whole("trees"),
            min_leaf: s.whole("min_leaf"),
            facts: s.number("facts"),
            seed: s.seed(),
        })
    },
    load: boosted::load,
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Forest {
    /// Trees.
    pub trees: usize,
    /// Children with a training row in a leaf, at least.
    pub min_leaf: usize,
    /// Share in (0, 1] of columns that a split is chosen from; 0 for the square root of their number.
    pub facts: f64,
    /// Which rows and columns are drawn.
    pub seed: u64,
}

/// Share of rows that differ in a large bootstrap sample: 1 - 1/e.
const DRAWN: f64 = 0.632;

/// Trees that are grown at once, at most: each holds a list of its rows.
const TOGETHER: usize = 20;

/// The largest number of trees, at most [`TOGETHER`], of which a whole number of batches makes them all; all at once where
/// that would be very few.
fn together(trees: usize) -> usize {
    (TOGETHER / 4..=TOGETHER).rev().find(|n| trees.is_multiple_of(*n)).unwrap_or(trees)
}

impl Learner for Forest {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let columns = data.records.ncols().max(1) as f64;
        let facts = if self.facts > 0.0 {
            self.facts
        } else {
            // The library takes the whole part of this share of the columns: half a column keeps it from falling short.
            ((columns.sqrt().round() + 0.5) / columns).min(1.0)
        };
        let together = together(self.trees);
        // No fewer rows than children: that changes no split, and finds those that are out of the question sooner.
        let lightest = data.weights().into_iter().flatten().fold(1.0_f32, |least, w| least.min(*w));
        // A little less, for sums in single precision.
        let weight = 0.999 * f64::from(lightest) * self.min_leaf as f64;
        let params = |batch: usize| {
            TrainingParams::builder()
                .objective(Objective::SquaredError(RegLoss::default()))
                .tree_method(TreeMethod::Hist)
                .grow_policy(GrowPolicy::DepthWise)
                .unlimited_depth()
                .num_parallel_tree(together)
                .eta(1.0)
                .lambda(0.0)
                .subsample(DRAWN)
                .colsample_bynode(facts)
                .min_child_weight(weight)
                .min_child_groups(self.min_leaf)
                .seed(seed::stream(self.seed, &format!("trees/{batch}")).next_u64())
                .build()
        };
        let all: Vec<TrainingParams> = (0..self.trees / together).map(params).collect::<Result<_, _>>()?;
        Ok(Box::new(boosted::fit_mean(&all, data, origin)?))
    }
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn batches_make_all_trees() {
        assert_eq!([300, 200, 60, 17, 12, 23].map(together), [20, 20, 20, 17, 12, 23]);
    }
}
