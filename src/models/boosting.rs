//! Gradient boosting: many small trees, each correcting the ones before (Friedman 2001, Annals of Statistics 29:1189), by
//! hessboost. Splits on binned values and finds for missing values the better side of each split; the same bytes on any
//! number of threads. Where the experiment says that estimates may only rise or fall with a fact, no split goes against it.

use super::boosted;
use super::prepare::Wants;
use super::registry::Entry;
use super::settings::Setting;
use super::{FitError, Learner, Model, Origin, Training};
use hessboost::config::{GrowPolicy, TrainingParams, TreeMethod};
use hessboost::objective::{Objective, RegLoss};
use std::collections::BTreeMap;
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
        Setting::whole(
            "max_depth",
            5.0,
            (1.0, 16.0),
            "Questions that a tree asks one after another, at most.",
        ),
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
            max_depth: s.whole("max_depth"),
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
    /// Splits on a way through a tree, at most.
    pub max_depth: usize,
    /// Share in (0, 1] of each leaf's value that is added.
    pub learning_rate: f64,
    /// Children with a training row in a leaf, at least.
    pub min_leaf: usize,
    /// Penalty on half the sum of squared leaf values.
    pub l2: f64,
    /// Trees without gain on held-out households after which no more are made; 0 for all.
    pub patience: usize,
}

/// What a leaf must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Least {
    /// Sum of the rows' weights times p (1 - p), p being their chances so far.
    weight: f64,
    /// Children that are counted.
    children: usize,
}

/// Where the outcome is as frequent in a leaf as in all rows, the bound may ask for this share of the rows in it. Where it is
/// rarer, it asks for more: leaves of very low chances are large.
const NO_COUNTING: f64 = 0.02;

impl Boosting {
    /// How it is made sure that a leaf has enough children.
    ///
    /// Counting different children in every possible leaf takes most of the time of a fit. But p (1 - p) is never over 1/4:
    /// rows of k children have a weight of a quarter of the rows of the k children with most rows, at most, so that a leaf of
    /// more weight has more children. That asks for more rows than needed; where it would ask for too large a part of all,
    /// because rows are few or the outcome is rare, children are counted.
    fn least(&self, data: &Training, origin: &Origin) -> Least {
        let counted = Least { weight: 1.0, children: self.min_leaf };
        let mut of_child: BTreeMap<u32, f64> = BTreeMap::new();
        let weight = |row: usize| data.weights().map_or(1.0, |w| f64::from(w[row]));
        for (row, child) in origin.child.iter().enumerate() {
            *of_child.entry(*child).or_default() += weight(row);
        }
        let (mut rows, events) = (of_child.values().sum::<f64>(), data.targets.iter().enumerate());
        rows = rows.max(f64::MIN_POSITIVE);
        let share = events.filter(|(_, came)| **came).map(|(row, _)| weight(row)).sum::<f64>() / rows;
        let mut most: Vec<f64> = of_child.into_values().collect();
        most.sort_unstable_by(|a, b| b.total_cmp(a));
        // A little more than the bound, for sums in single precision.
        let bound = 0.2501 * most.iter().take(self.min_leaf.saturating_sub(1)).sum::<f64>();
        if bound <= NO_COUNTING * rows * share * (1.0 - share) {
            Least { weight: bound.max(counted.weight), children: 1 }
        } else {
            counted
        }
    }
}

impl Learner for Boosting {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let least = self.least(data, origin);
        let params = TrainingParams::builder()
            .objective(Objective::BinaryLogistic(RegLoss::default()))
            .tree_method(TreeMethod::Hist)
            .grow_policy(GrowPolicy::DepthWise)
            .max_depth(self.max_depth)
            .eta(self.learning_rate)
            .lambda(self.l2)
            .min_child_weight(least.weight)
            .min_child_groups(least.children)
            .monotone_constraints(
                origin.direction.iter().map(|way| boosted::monotone(*way)).collect::<Vec<_>>(),
            )
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

#[cfg(test)]
mod tests {
    use super::{Boosting, Least};
    use crate::models::{Learner, Origin, Training};
    use crate::num::{seed, sigmoid};
    use ndarray::{Array1, Array2};
    use rand::RngExt;

    fn boosting(min_leaf: usize) -> Boosting {
        Boosting { rounds: 40, max_depth: 5, learning_rate: 0.1, min_leaf, l2: 1.0, patience: 0 }
    }

    /// Children of one to five rows, the outcome in about `share` of them.
    fn rows(n: usize, share: f64) -> (Training, Origin) {
        let mut rng = seed::stream(8, "boosting");
        let x = Array2::from_shape_fn((n, 3), |_| rng.random::<f64>());
        let y = (0..n).map(|i| {
            rng.random::<f64>() < share * 2.0 * sigmoid(4.0 * (x[[i, 0]] - 0.5)).min(0.99 / (2.0 * share))
        });
        let y = Array1::from_iter(y);
        let child = (0..n as u32)
            .map(|i| i / 15 * 5 + [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4][i as usize % 15]);
        (Training::new(x, y), Origin { child: child.collect(), ..Origin::apart(n) })
    }

    /// The nine children with most rows have five each: 45 rows, of a weight of 11.25 at most.
    #[test]
    fn children_are_counted_only_where_a_bound_would_ask_for_too_much() {
        let (many, of_many) = rows(9000, 0.25);
        let least = boosting(10).least(&many, &of_many);
        assert!(least.children == 1 && (least.weight - 11.2545).abs() < 1e-3, "{least:?}");
        let counted = Least { weight: 1.0, children: 10 };
        let (rare, of_rare) = rows(9000, 0.01);
        assert_eq!(boosting(10).least(&rare, &of_rare), counted);
        let (few, of_few) = rows(900, 0.25);
        assert_eq!(boosting(10).least(&few, &of_few), counted);
        let weighed = many.with_weights(Array1::from_elem(9000, 2.0));
        assert!((boosting(10).least(&weighed, &of_many).weight - 22.509).abs() < 1e-3);
    }

    /// Not by the bound but by the leaves themselves: rows of one leaf in a single tree have one chance.
    #[test]
    fn no_leaf_has_fewer_children_either_way() {
        // With half of them followed by the outcome, the bound is as near as it can be.
        for (n, share) in [(9000, 0.5), (900, 0.25)] {
            let (data, origin) = rows(n, share);
            let tree = Boosting { rounds: 1, max_depth: 12, ..boosting(10) };
            let p = tree.learn(&data, &origin).unwrap().probabilities(&data.records);
            let mut by_leaf: Vec<(u64, u32)> = p.iter().map(|p| p.to_bits()).zip(origin.child).collect();
            by_leaf.sort_unstable();
            by_leaf.dedup();
            let children: Vec<usize> = by_leaf.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).collect();
            assert!(children.len() > 3 && children.iter().all(|n| *n >= 10), "{children:?}");
        }
    }
}
