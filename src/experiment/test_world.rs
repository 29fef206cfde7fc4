//! Rows made by hand, for tests.

use super::Experiment;
use super::fit::Ground;
use super::run::Progress;
use super::tuning::Tuned;
use crate::cohort::{Cohort, IndexRow};
use crate::features::Matrix;
use crate::features::dictionary::Feature;
use crate::num::{Day, seed, sigmoid};
use crate::split::{Fold, Plan};
use rand::RngExt;

/// Progress that nobody sees.
pub(super) struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: u64) {}
    fn step(&self, _: u64) {}
}

/// 300 households of one to three rows, two folds by household. The first feature carries the outcome, the second half as
/// much of it, the third is noise, the fourth never varies.
pub(super) struct World {
    pub(super) experiment: Experiment,
    pub(super) cohort: Cohort,
    pub(super) matrix: Matrix,
    pub(super) plan: Plan,
    pub(super) household: Vec<u32>,
    pub(super) tuned: Tuned,
}

fn row(child: u32, label: bool) -> IndexRow {
    IndexRow {
        child,
        referral_event: 0,
        episode: 0,
        referral: Day(0),
        predict_on: Day(0),
        complete_on: Day(1),
        labelled_on: Day(1),
        label,
        outcome_on: None,
        competing_on: None,
        open_throughout: false,
    }
}

impl World {
    pub(super) fn new() -> Self {
        let text = include_str!("../../experiments/first-look/experiment.toml");
        let mut rng = seed::stream(4, "world");
        let (mut rows, mut values, mut household) = (Vec::new(), Vec::new(), Vec::new());
        for home in 0..300_u32 {
            for _ in 0..=home % 3 {
                let x: [f32; 3] = std::array::from_fn(|_| rng.random::<f32>() * 4.0);
                let risk = sigmoid(1.6 * f64::from(x[0]) + 0.8 * f64::from(x[1]) - 6.0);
                rows.push(row(home, rng.random::<f64>() < risk));
                values.extend(x);
                values.push(1.0);
                household.push(home);
            }
        }
        let feature = |i: u32| Feature::dated(format!("f{i}"), format!("fact {i}"), "ever", "made by hand");
        let fold = |k: u32| {
            let select = |test: bool| {
                let rows = household.iter().enumerate().filter(|(_, home)| (**home % 2 == k) == test);
                rows.map(|(i, _)| i as u32).collect::<Vec<u32>>()
            };
            Fold {
                name: format!("group {k}"),
                cut_off: None,
                train: select(false),
                tune: Vec::new(),
                calibrate: Vec::new(),
                test: select(true),
            }
        };
        Self {
            experiment: Experiment::read("experiment.toml", text).unwrap(),
            plan: Plan { folds: vec![fold(0), fold(1)] },
            cohort: Cohort {
                rows,
                attrition: Vec::new(),
                backward: Vec::new(),
                short_follow_up: Vec::new(),
                under_unclosed: 0,
            },
            matrix: Matrix { features: (0..4).map(feature).collect(), values },
            household,
            tuned: Tuned::default(),
        }
    }

    pub(super) fn ground(&self) -> Ground<'_> {
        Ground {
            experiment: &self.experiment,
            cohort: &self.cohort,
            matrix: &self.matrix,
            household: &self.household,
            tuned: &self.tuned,
        }
    }
}
