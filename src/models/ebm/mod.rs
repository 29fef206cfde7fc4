//! An explainable boosting machine: a generalised additive model whose shapes are found by boosting.
//!
//! log-odds = intercept + Σ f(feature) + Σ g(feature, feature). Each shape is a step function over bins, boosted by small
//! trees on one feature at a time in cycles (Lou, Caruana and Gehrke 2012, KDD, *Intelligible models for classification and
//! regression*); then a few pairs, found by FAST (Lou et al. 2013, KDD, *Accurate intelligible models with pairwise
//! interactions*), are boosted on what is left over. Several bags are averaged, as in interpret (Nori et al. 2019,
//! arXiv:1909.09223); how far they differ draws a band around each shape.
//!
//! Every bag holds out about 15 % of the households, all rows of a household together, and stops where these gain no more.
//! Steps are Newton's (Friedman, Hastie and Tibshirani 2000, Annals of Statistics 28:337, section 4). Three things make it
//! fast: only rows outside a feature's commonest bin are read; the gradients are made anew once in a few updates; and
//! features of little gain sit out some cycles.
//!
//! A leaf holds enough different children if enough are counted in it, and each child is counted once a feature, in the
//! rarest bin that it has a row in: the count of a leaf is then never more than the children there, at no cost. Of the sum
//! of many trees this says nothing: a step of a shape may hold fewer, so look at the weights of its bins before
//! showing it.
//!
//! A row of weight 2 is as good as the row twice: in the bins, the sums, the stopping and the means. It is not in the
//! choice of storage, which changes last digits only.

mod bag;
mod bins;
mod fitted;
mod links;
mod pairs;
mod tree;

#[cfg(test)]
mod tests;

use super::prepare::Wants;
use super::registry::Entry;
use super::saved::{SaveError, Saved, from_json};
use super::settings::Setting;
use super::{FitError, Learned, Learner, Model, Origin, Training};
use bag::{Bag, Binned, Plan, shuffle};
pub use fitted::{FittedEbm, Term};
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayView2};
use pairs::Pair;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use tree::Limits;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "ebm",
    title: "Explainable boosting machine",
    words: "It adds up a curve for each recorded fact, and a few tables of two facts together, which can all be drawn and read. \
            Nothing else goes into the estimate.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: true,
    made_of: &[],
    settings: &[
        Setting::whole("rounds", 1000.0, (1.0, 1e5), "Times that it goes through all facts, at most."),
        Setting::number("learning_rate", 0.04, (1e-4, 1.0), "Share of each correction that is made."),
        Setting::whole("max_bins", 128.0, (2.0, 255.0), "Steps of a curve, at most."),
        Setting::whole(
            "max_leaves",
            3.0,
            (2.0, 64.0),
            "Parts of a curve that one correction tells apart, at most.",
        ),
        Setting::whole("min_leaf", 10.0, (1.0, 1e6), "Children in each such part, at least."),
        Setting::whole("bags", 8.0, (1.0, 100.0), "Models that are averaged, each of 85 in 100 households."),
        Setting::whole("pairs", 10.0, (0.0, 200.0), "Tables of two facts together, at most."),
    ],
    make: |s| {
        Box::new(Ebm {
            rounds: s.whole("rounds"),
            learning_rate: s.number("learning_rate"),
            max_bins: s.whole("max_bins"),
            max_leaves: s.whole("max_leaves"),
            min_leaf: s.whole("min_leaf"),
            bags: s.whole("bags"),
            pairs: s.whole("pairs"),
            seed: s.seed(),
        })
    },
    load: from_json::<FittedEbm>,
};

/// Share of households that each bag holds out.
const HELD: f64 = 0.15;
/// With fewer households nothing is held out, and all rounds are made.
const FEWEST_HOUSEHOLDS: usize = 20;

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Ebm {
    /// Cycles over all features, at most; as many again over the pairs.
    pub rounds: usize,
    /// Share in (0, 1] of each leaf's step that is made.
    pub learning_rate: f64,
    /// Bins of values of a feature, from 2 to 255, missing values apart.
    pub max_bins: usize,
    /// Leaves of a tree on one feature, at most.
    pub max_leaves: usize,
    /// Children with a training row in a leaf, at least.
    pub min_leaf: usize,
    /// Models that are averaged.
    pub bags: usize,
    /// Pairs of features, at most.
    pub pairs: usize,
    /// Seed of the bags and of the order of features.
    pub seed: u64,
}

impl Default for Ebm {
    fn default() -> Self {
        Self {
            rounds: 1000,
            learning_rate: 0.04,
            max_bins: 128,
            max_leaves: 3,
            min_leaf: 10,
            bags: 8,
            pairs: 10,
            seed: 1,
        }
    }
}

impl Learner for Ebm {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let y = data.targets.to_vec();
        let rows = Rows {
            x: data.records.view(),
            y: &y,
            weights: data.weights(),
            child: &origin.child,
            household: &origin.household,
        };
        Ok(Box::new(self.fit(&rows)?))
    }
}

impl Learned for FittedEbm {
    fn saved(&self) -> Result<Saved, SaveError> {
        Saved::json(self)
    }

    fn shapes(&self) -> Option<&FittedEbm> {
        Some(self)
    }

    /// Steps of curves, cells of tables and the cuts between them, and the intercept.
    fn parameters(&self) -> Option<u64> {
        let of = |term: &Term| term.values.len() + term.cuts.iter().map(Vec::len).sum::<usize>();
        Some(1 + self.terms.iter().map(of).sum::<usize>() as u64)
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedEbm {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        y.assign(&Self::probabilities(self, x.view()));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

/// Training rows.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Rows × features; NaN is missing.
    pub x: ArrayView2<'a, f64>,
    /// Whether the outcome came, row by row.
    pub y: &'a [bool],
    /// Weights of the rows, not below 0; without, all are 1.
    pub weights: Option<&'a [f32]>,
    /// Codes of the children, equal for rows of one child.
    pub child: &'a [u32],
    /// Codes of the households.
    pub household: &'a [u32],
}

impl Ebm {
    /// Fits to rows.
    ///
    /// # Errors
    /// With labels of one class among the rows of weight above 0.
    pub fn fit(&self, rows: &Rows<'_>) -> Result<FittedEbm, FitError> {
        self.fit_holding(rows, HELD)
    }

    /// The same with another share of households held out; 0 for none.
    fn fit_holding(&self, rows: &Rows<'_>, share: f64) -> Result<FittedEbm, FitError> {
        let weights = rows.weights.map_or_else(|| vec![1.0; rows.y.len()], <[f32]>::to_vec);
        if !both_classes(rows.y, |row| weights[row] > 0.0) {
            return Err(FitError::OneClass);
        }
        let columns = bins::columns(rows.x, &weights, self.max_bins);
        let outcomes: Vec<f32> = rows.y.iter().map(|y| f32::from(u8::from(*y))).collect();
        let mut by_child: Vec<u32> = (0..rows.y.len() as u32).collect();
        by_child.sort_by_key(|row| rows.child[*row as usize]);
        let data = Binned { columns: &columns, outcomes: &outcomes, child: rows.child, by_child: &by_child };
        let plan = Plan {
            rounds: self.rounds,
            limits: Limits {
                leaves: self.max_leaves,
                children: self.min_leaf.max(1) as f64,
                rate: self.learning_rate,
            },
        };
        let mut bags: Vec<Bag<'_>> = (0..self.bags.max(1) as u64)
            .into_par_iter()
            .map(|at| {
                let seed = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(at);
                let held = hold_out(rows, &weights, share, seed);
                let mut bag = Bag::new(&data, plan, &weights, &held, seed);
                bag.boost_features();
                bag
            })
            .collect();
        let mut fitted = average(&data, &weights, &bags, &[]);
        let pairs = self.pick(&data, &weights, &fitted);
        if !pairs.is_empty() {
            bags.par_iter_mut().for_each(|bag| bag.boost_pairs(&pairs));
            fitted = average(&data, &weights, &bags, &pairs);
        }
        Ok(fitted)
    }

    /// The pairs that promise most on what the averaged features leave over.
    fn pick(&self, data: &Binned<'_>, weights: &[f32], fitted: &FittedEbm) -> Vec<Pair> {
        if self.pairs == 0 {
            return Vec::new();
        }
        let mut scores = vec![0.0; weights.len()];
        let mut offset = fitted.intercept as f32;
        for (column, term) in data.columns.iter().zip(&fitted.terms) {
            let values: Vec<f32> = term.values.iter().map(|v| *v as f32).collect();
            offset += column.add(&values, &mut scores);
        }
        let mut derivatives = vec![[0.0; 2]; weights.len()];
        links::derive(&scores, offset, (data.outcomes, weights), &mut derivatives);
        let strengths: Vec<f64> = fitted.terms.iter().map(Term::importance).collect();
        pairs::choose(data.columns, &strengths, &derivatives, self.pairs)
    }
}

/// Whether both labels are among the rows that are kept.
fn both_classes(y: &[bool], kept: impl Fn(usize) -> bool) -> bool {
    let any = |label: bool| (0..y.len()).any(|row| kept(row) && y[row] == label);
    any(true) && any(false)
}

/// Which rows are held out: those of a share of the households, drawn by seed. None where there are too few households, or
/// where the rest has labels of one class.
fn hold_out(rows: &Rows<'_>, weights: &[f32], share: f64, seed: u64) -> Vec<bool> {
    let mut households: Vec<u32> =
        rows.household.iter().zip(weights).filter(|(_, w)| **w > 0.0).map(|(h, _)| *h).collect();
    households.sort_unstable();
    households.dedup();
    let none = vec![false; rows.y.len()];
    if households.len() < FEWEST_HOUSEHOLDS {
        return none;
    }
    shuffle(&mut households, &mut ChaCha8Rng::seed_from_u64(seed.wrapping_add(1 << 32)));
    households.truncate((share * households.len() as f64).round() as usize);
    households.sort_unstable();
    let held: Vec<bool> = rows.household.iter().map(|h| households.binary_search(h).is_ok()).collect();
    if both_classes(rows.y, |row| weights[row] > 0.0 && !held[row]) { held } else { none }
}

/// The mean of the bags, each term of each bag centred on all training rows.
fn average(data: &Binned<'_>, weights: &[f32], bags: &[Bag<'_>], pairs: &[Pair]) -> FittedEbm {
    let mut intercept = bags.iter().map(|bag| bag.intercept).sum::<f64>() / bags.len() as f64;
    let mut terms = Vec::with_capacity(data.columns.len() + pairs.len());
    for (j, column) in data.columns.iter().enumerate() {
        let shapes: Vec<&[f64]> = bags.iter().map(|bag| bag.shapes[j].as_slice()).collect();
        let (term, shift) = centre(vec![j], vec![column.cuts.clone()], column.weights.clone(), &shapes);
        intercept += shift;
        terms.push(term);
    }
    for (at, pair) in pairs.iter().enumerate() {
        let shapes: Vec<&[f64]> = bags.iter().map(|bag| bag.pair_shapes[at].as_slice()).collect();
        let mut held = vec![0.0; pair.width()];
        for (cell, weight) in pair.cells.iter().zip(weights) {
            held[usize::from(*cell)] += f64::from(*weight);
        }
        let (term, shift) = centre(pair.features.to_vec(), pair.cuts.to_vec(), held, &shapes);
        intercept += shift;
        terms.push(term);
    }
    FittedEbm { intercept, terms }
}

/// A term of these shapes, one a bag, and the mean that was taken from it. Where no training row misses a
/// feature, missing it adds nothing.
fn centre(features: Vec<usize>, cuts: Vec<Vec<f64>>, weights: Vec<f64>, shapes: &[&[f64]]) -> (Term, f64) {
    let total: f64 = weights.iter().sum();
    let mean = |shape: &[f64]| shape.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let means: Vec<f64> = shapes.iter().map(|shape| mean(shape)).collect();
    let (mut values, mut deviations) = (vec![0.0; weights.len()], vec![0.0; weights.len()]);
    let count = shapes.len() as f64;
    for b in 0..weights.len() {
        let centred = || shapes.iter().zip(&means).map(|(shape, mean)| shape[b] - mean);
        values[b] = centred().sum::<f64>() / count;
        let squares: f64 = centred().map(|v| (v - values[b]).powi(2)).sum();
        deviations[b] = if shapes.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 };
    }
    for cell in never_missing(&cuts, &weights) {
        (values[cell], deviations[cell]) = (0.0, 0.0);
    }
    (Term { features, cuts, values, deviations, weights }, means.iter().sum::<f64>() / count)
}

/// The cells that stand for a missing value of a feature that no training row misses.
fn never_missing(cuts: &[Vec<f64>], weights: &[f64]) -> Vec<usize> {
    let widths: Vec<usize> = cuts.iter().map(|c| c.len() + 2).collect();
    let mut cells = Vec::new();
    for (at, width) in widths.iter().enumerate() {
        let stride: usize = widths[at + 1..].iter().product();
        let missing: Vec<usize> =
            (0..weights.len()).filter(|cell| cell / stride % width == width - 1).collect();
        if missing.iter().all(|cell| weights[*cell] <= 0.0) {
            cells.extend(missing);
        }
    }
    cells
}
