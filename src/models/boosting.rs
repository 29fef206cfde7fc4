//! Gradient boosting: many small trees, each correcting the ones before (Friedman 2001, Annals of Statistics 29:1189), by
//! hessboost. Splits on binned values and finds for missing values the better side of each split; the same bytes on any
//! number of threads.

use super::boosted;
use super::prepare::Wants;
use super::registry::Entry;
use super::settings::Setting;
use super::{FitError, Learner, Model, Origin, Training};
use hessboost::config::{GrowPolicy, TrainingParams, TreeMethod};
use hessboost::objective::{Objective, RegLoss};
use std::num::NonZeroUsize;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "boosting",
    title: "Gradient boosting",
    words: "It asks hundreds of short series of yes-or-no questions about the recorded history, each to correct what the ones before \
            got wrong, and adds up the answers.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: false,
    made_of: &[],
    settings: &[
        Setting::whole("rounds", 300.0, (1.0, 1e5), "Trees, at most."),
        Setting::whole("max_leaves", 31.0, (2.0, 1024.0), "Groups that a tree tells apart, at most."),
        Setting::number(
            "learning_rate",
            0.05,
            (1e-4, 1.0),
            "Share of each tree\u{2019}s correction that is made.",
        ),
        Setting::whole("min_leaf", 20.0, (1.0, 1e6), "Children in a group, at least."),
        Setting::number("l2", 1.0, (0.0, 1e9), "Penalty on half the sum of squared corrections."),
        Setting::whole(
            "patience",
            30.0,
            (0.0, 1e5),
            "Trees that may go by without helping 15 in 100 households, held out to see when to stop; then all are learned from with \
             as many trees. 0: every tree is made.",
        ),
    ],
    make: |s| {
        Box::new(Boosting {
            rounds: s.whole("rounds"),
            max_leaves: s.whole("max_leaves"),
            learning_rate: s.number("learning_rate"),
            min_leaf: s.whole("min_leaf"),
            l2: s.number("l2"),
            patience: s.whole("patience"),
        })
    },
    load: boosted::load,
};

/// Share of households that are held out to see when to stop.
const WATCHED: f64 = 0.15;

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Boosting {
    /// Trees, at most.
    pub rounds: usize,
    /// Leaves of a tree, at most.
    pub max_leaves: usize,
    /// Share in (0, 1] of each leaf's value that is added.
    pub learning_rate: f64,
    /// Children with a training row in a leaf, at least.
    pub min_leaf: usize,
    /// Penalty on half the sum of squared leaf values.
    pub l2: f64,
    /// Trees without gain on held-out households after which no more are made; 0 for all.
    pub patience: usize,
}

impl Learner for Boosting {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let params = TrainingParams::builder()
            .objective(Objective::BinaryLogistic(RegLoss::default()))
            .tree_method(TreeMethod::Hist)
            .grow_policy(GrowPolicy::LossGuide)
            .unlimited_depth()
            .max_leaves(self.max_leaves)
            .eta(self.learning_rate)
            .lambda(self.l2)
            .min_child_groups(self.min_leaf)
            .build()?;
        let rounds = match (NonZeroUsize::new(self.patience), origin.hold_out(WATCHED)) {
            (Some(patience), Some((learn, watch))) => {
                boosted::best_rounds(&params, (self.rounds, patience), data, origin, (&learn, &watch))?
            }
            _ => self.rounds,
        };
        Ok(Box::new(boosted::fit(&params, rounds, data, origin)?))
    }
}
