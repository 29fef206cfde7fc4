//! Performance fold by fold, and over other deals of households into groups.
//!
//! # Measures
//! How much a result hangs on which families happened to be tested together.
//!
//! # Formula
//! AUROC, average precision, Brier score and observed over expected of the rows of each fold by itself, as in
//! [`measures`]; for the AUROC with the interval of [`performance`](mod@super::performance).
//! Over all folds: the value that the evaluation gives, in which ranks are compared within folds only, and the mean, standard
//! deviation, lowest and highest of the folds. Of other deals: AUROC and average precision over all folds of a deal.
//!
//! # Inputs
//! Risk, outcome, fold and household of each tested row.
//!
//! # Undefined when
//! As each measure is; a fold with fewer than 10 rows with or without the outcome has no AUROC.
//!
//! # Reference
//! Why scores of folds are not ranked together: Forman and Scholz 2010, ACM SIGKDD Explorations 12:49. Repeated dealing: Kim
//! 2009, Computational Statistics & Data Analysis 53:3735.

use super::area::Case;
use super::{Performance, Ranged, Reading, performance};
use crate::evaluate::measures::{self, Formula};
use crate::evaluate::tally::Flagged;
use crate::evaluate::{Input, Sample, tally};
use crate::num::sigmoid;
use rayon::prelude::*;

/// The measures given for each fold.
pub const MEASURES: [&str; 4] = ["auroc", "average-precision", "brier", "observed-over-expected"];
/// The two-sided 95% point of the normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// One model, fold by fold.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelFolds {
    /// Its id.
    pub model: String,
    /// Its folds, in order.
    pub folds: Vec<FoldResult>,
    /// Over all folds, by measure.
    pub pooled: [Reading<f64>; MEASURES.len()],
}

/// One model on the rows of one fold.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FoldResult {
    /// Rows.
    pub n: u64,
    /// Rows with the outcome.
    pub events: u64,
    /// By measure.
    pub values: [Reading<f64>; MEASURES.len()],
    /// The interval of the AUROC.
    pub auroc: Reading<Ranged>,
}

/// Candidate and reference where households were dealt another way.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Deal {
    /// AUROC and average precision of the candidate.
    pub candidate: [Reading<f64>; 2],
    /// The same of the reference.
    pub reference: [Reading<f64>; 2],
}

/// Measures every model fold by fold.
#[must_use]
pub fn by_fold(input: &Input) -> Vec<ModelFolds> {
    let folds = input.fold.iter().max().map_or(0, |last| last + 1);
    let of_model = |scores: &crate::evaluate::Scores| {
        let of_fold = |fold: u16| {
            let own: Vec<usize> = (0..input.fold.len()).filter(|i| input.fold[*i] == fold).collect();
            result(input, &scores.p, &own)
        };
        ModelFolds {
            model: scores.model.clone(),
            folds: (0..folds).map(of_fold).collect(),
            pooled: values(&input.y, &scores.p, &input.fold),
        }
    };
    input.scores.par_iter().map(of_model).collect()
}

fn result(input: &Input, p: &[f64], rows: &[usize]) -> FoldResult {
    let y: Vec<bool> = rows.iter().map(|i| input.y[*i]).collect();
    let risks: Vec<f64> = rows.iter().map(|i| p[*i]).collect();
    let case = |i: &usize| Case { p: p[*i], came: input.y[*i], fold: 0, household: input.household[*i] };
    let cases: Vec<Case> = rows.iter().map(case).collect();
    FoldResult {
        n: rows.len() as u64,
        events: y.iter().filter(|came| **came).count() as u64,
        values: values(&y, &risks, &vec![0; rows.len()]),
        auroc: auroc(&performance(&cases)),
    }
}

/// The AUROC of a part of the rows with its interval.
///
/// # Errors
/// As [`Performance`] has none.
pub fn auroc(of: &Performance) -> Reading<Ranged> {
    of.auroc.clone().map(|e| {
        let at = |aside: f64| sigmoid(e.value + aside * NORMAL_95 * e.standard_error);
        Ranged { estimate: at(0.0), low: at(-1.0), high: at(1.0) }
    })
}

/// AUROC and average precision over the folds of a deal.
pub fn ranked(y: &[bool], p: &[f64], fold: &[u16]) -> [Reading<f64>; 2] {
    let [auroc, precision, ..] = values(y, p, fold);
    [auroc, precision]
}

fn values(y: &[bool], p: &[f64], fold: &[u16]) -> [Reading<f64>; MEASURES.len()] {
    if y.is_empty() {
        return std::array::from_fn(|_| Err("no referrals".to_owned()));
    }
    let weight = vec![1; y.len()];
    let sample = Sample { y, p, fold, weight: &weight, capacities: &[], thresholds: &[] };
    let tally = tally(&sample);
    MEASURES.map(|id| {
        let measure = measures::find(id).ok_or("there is no such measure")?;
        measure.needs.met(tally.n, tally.events, Flagged::default())?;
        match measure.formula {
            Formula::Whole(value) => Ok(value(&tally)?),
            _ => Err("it is not one of all rows".to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Scores;
    use crate::num::seed;
    use rand::RngExt;

    fn input() -> Input {
        let mut rng = seed::stream(3, "by fold");
        let p: Vec<f64> = (0..400).map(|_| rng.random::<f64>()).collect();
        Input {
            split: "by hand".to_owned(),
            y: p.iter().map(|p| rng.random::<f64>() < *p).collect(),
            household: (0..400).collect(),
            fold: (0..400).map(|i| u16::from(i >= 150)).collect(),
            groupings: Vec::new(),
            scores: vec![
                Scores { model: "right".to_owned(), p: p.clone() },
                // The second fold's chances are half of what they should be: ranks within folds stay.
                Scores {
                    model: "halved".to_owned(),
                    p: p.iter().enumerate().map(|(i, p)| if i < 150 { *p } else { p / 2.0 }).collect(),
                },
            ],
        }
    }

    #[test]
    fn folds_are_measured_by_themselves_and_ranks_never_compared_across_them() {
        let found = by_fold(&input());
        let (right, halved) = (&found[0], &found[1]);
        assert_eq!(right.folds.iter().map(|f| f.n).collect::<Vec<_>>(), [150, 250]);
        let value =
            |m: &ModelFolds, fold: usize, measure: usize| m.folds[fold].values[measure].clone().unwrap();
        for fold in 0..2 {
            assert!((value(right, fold, 0) - value(halved, fold, 0)).abs() < 1e-12);
            let auroc = right.folds[fold].auroc.clone().unwrap();
            assert!((auroc.estimate - value(right, fold, 0)).abs() < 1e-9 && auroc.low < auroc.estimate);
        }
        // By the pairs of each fold, as the evaluation has it.
        let pairs = |f: &FoldResult| (f.events * (f.n - f.events)) as f64;
        let mean = |m: &ModelFolds| {
            let all: f64 = m.folds.iter().map(pairs).sum();
            m.folds.iter().map(|f| pairs(f) * f.values[0].clone().unwrap()).sum::<f64>() / all
        };
        assert!((right.pooled[0].clone().unwrap() - mean(right)).abs() < 1e-12);
        assert!((halved.pooled[0].clone().unwrap() - mean(right)).abs() < 1e-12);
        assert!(value(halved, 1, 3) > 1.8 && value(halved, 1, 2) > value(right, 1, 2));
    }

    #[test]
    fn a_fold_of_few_has_no_order() {
        let mut input = input();
        (0..400).for_each(|i| input.fold[i] = u16::from(i >= 12));
        let found = by_fold(&input);
        assert!(found[0].folds[0].values[0].is_err() && found[0].folds[0].auroc.is_err());
        assert!(found[0].folds[1].values[0].is_ok());
    }
}
