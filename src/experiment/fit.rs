//! A learner fitted to rows of the cohort: preparation learned, applied, and the model taught.

use super::Experiment;
use super::tuning::Tuned;
use crate::cohort::Cohort;
use crate::features::{self, Matrix};
use crate::models::prepare::Prepared;
use crate::models::registry::Entry;
use crate::models::settings::Settings;
use crate::models::target::Labels;
use crate::models::{FitError, Model, Origin, Training, prepare};
use crate::split::Fold;
use ndarray::{Array1, Array2};

/// What models are fitted to.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The experiment.
    pub experiment: &'a Experiment,
    /// The rows.
    pub cohort: &'a Cohort,
    /// Their features.
    pub matrix: &'a Matrix,
    /// Their households.
    pub household: &'a [u32],
    /// The settings chosen for each fold.
    pub tuned: &'a Tuned,
}

/// A learner and what it was taught.
pub type Taught = (&'static Entry, FittedModel);

/// A model with the preparation that it was taught with.
pub struct FittedModel {
    /// How features are prepared.
    pub prepared: Prepared,
    /// The model of prepared features.
    pub model: Box<dyn Model>,
}

impl Ground<'_> {
    /// Whether the outcome came, for each of `rows`.
    #[must_use]
    pub fn came(&self, rows: &[u32]) -> Vec<bool> {
        rows.iter().map(|&i| self.cohort.rows[i as usize].label).collect()
    }

    /// The settings of a learner in a fold.
    #[must_use]
    pub fn settings(&self, entry: &Entry, fold: &Fold) -> Settings {
        self.tuned.settings(&self.experiment.models, entry.id, &fold.name)
    }

    /// Whose rows they are.
    fn origin(&self, rows: &[u32]) -> Origin {
        let row = |i: &u32| &self.cohort.rows[*i as usize];
        Origin {
            child: rows.iter().map(|i| row(i).child).collect(),
            household: rows.iter().map(|&i| self.household[i as usize]).collect(),
            day: rows.iter().map(|i| row(i).predict_on.0).collect(),
            direction: Vec::new(),
        }
    }

    /// Which way estimates may go with each prepared column; empty where the experiment asks for nothing.
    fn direction(&self, prepared: &Prepared) -> Vec<i8> {
        let Experiment { rising, falling, .. } = self.experiment;
        if rising.is_empty() && falling.is_empty() {
            return Vec::new();
        }
        let named = |list: &[String], id: &str| list.iter().any(|pattern| features::matches(pattern, id));
        let of = |column: &prepare::Described<'_>| {
            let id = &self.matrix.features[column.source].id;
            match (column.is_value(), named(rising, id), named(falling, id)) {
                (true, true, false) => 1,
                (true, false, true) => -1,
                _ => 0,
            }
        };
        prepared.described().iter().map(of).collect()
    }

    /// Teaches a learner by `rows`, each counting `weights` times, if given.
    ///
    /// # Errors
    /// Those of the learner.
    pub fn fit(
        &self,
        entry: &Entry,
        settings: &Settings,
        rows: &[u32],
        weights: Option<Array1<f32>>,
    ) -> Result<FittedModel, FitError> {
        let came = self.came(rows);
        let weights = if self.experiment.class_weights.contains(&entry.id) {
            Some(even(&came, weights))
        } else {
            weights
        };
        self.fit_to(entry, settings, rows, came, weights)
    }

    /// Teaches a learner by `rows` what is true of each of them, instead of whether the outcome came.
    ///
    /// # Errors
    /// Those of the learner.
    pub fn fit_to(
        &self,
        entry: &Entry,
        settings: &Settings,
        rows: &[u32],
        came: Vec<bool>,
        weights: Option<Array1<f32>>,
    ) -> Result<FittedModel, FitError> {
        let mut origin = self.origin(rows);
        let labels = Labels { came: &came, household: &origin.household };
        let (prepared, numbers) = prepare::learn_labelled(self.matrix, rows, &entry.wants(settings), labels);
        origin.direction = self.direction(&prepared);
        let x = prepared.training(self.matrix, rows, &numbers);
        let mut training = Training::new(x, Array1::from(came));
        if let Some(weights) = weights {
            training = training.with_weights(weights);
        }
        let model = entry.learner(settings).learn(&training, &origin)?;
        Ok(FittedModel { prepared, model })
    }
}

/// Weights that make the rows with the outcome weigh as much as those without it, and all together what they did: n / (2
/// n of its kind) each, as in scikit-learn's `class_weight = "balanced"`.
fn even(came: &[bool], weights: Option<Array1<f32>>) -> Array1<f32> {
    let weights = weights.unwrap_or_else(|| Array1::ones(came.len()));
    let sum = |kind: bool| -> f64 {
        came.iter().zip(&weights).filter(|(c, _)| **c == kind).map(|(_, w)| f64::from(*w)).sum()
    };
    let sums = [sum(false), sum(true)];
    let half = (sums[0] + sums[1]) / 2.0;
    let of = |(came, weight): (&bool, &f32)| (f64::from(*weight) * half / sums[usize::from(*came)]) as f32;
    came.iter().zip(&weights).map(of).collect()
}

impl std::fmt::Debug for FittedModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FittedModel").field("columns", &self.prepared.width()).finish_non_exhaustive()
    }
}

impl FittedModel {
    /// The chances of `rows`.
    #[must_use]
    pub fn chances(&self, matrix: &Matrix, rows: &[u32]) -> Array1<f64> {
        self.model.probabilities(&self.prepared.apply(matrix, rows))
    }

    /// Prepared features of `rows`.
    #[must_use]
    pub fn x(&self, matrix: &Matrix, rows: &[u32]) -> Array2<f64> {
        self.prepared.apply(matrix, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::even;
    use crate::experiment::test_world::World;
    use crate::models::registry::REGISTRY;
    use ndarray::array;

    /// One of four with the outcome: 4 / 2 and 4 / 6; with weights 3 1 1 1 for the rows, 6 / (2 · 3).
    #[test]
    fn both_kinds_weigh_the_same_and_all_together_what_they_did() {
        let came = [true, false, false, false];
        let third = 2.0_f32 / 3.0;
        assert!(even(&came, None).abs_diff_eq(&array![2.0, third, third, third], 1e-6));
        assert!(even(&came, Some(array![3.0, 1.0, 1.0, 1.0])).abs_diff_eq(&array![3.0, 1.0, 1.0, 1.0], 1e-6));
    }

    /// The first feature raises the outcome, the third is noise: boosting follows both, unless it is told not to.
    #[test]
    fn estimates_go_only_the_way_that_is_asked() {
        let mut world = World::new();
        let boosting = REGISTRY.iter().find(|e| e.id == "boosting").unwrap();
        assert!(world.experiment.models.set("boosting", "patience", 0.0));
        let fold = &world.plan.folds[0].clone();
        let mut steps = |rising: &[&str], falling: &[&str], feature: usize| -> (bool, bool) {
            let list = |of: &[&str]| of.iter().map(|id| (*id).to_owned()).collect::<Vec<String>>();
            (world.experiment.rising, world.experiment.falling) = (list(rising), list(falling));
            let fitted = world.ground().fit(boosting, &world.experiment.models, &fold.train, None).unwrap();
            let mut x = fitted.x(&world.matrix, &fold.test[..40]);
            let (mut rises, mut falls, mut before) = (false, false, None);
            for step in 0..40 {
                x.column_mut(feature).fill(f64::from(step) * 0.1);
                let p = fitted.model.probabilities(&x);
                if let Some(before) = before.replace(p.clone()) {
                    rises |= p.iter().zip(&before).any(|(p, b)| *p > b + 1e-6);
                    falls |= p.iter().zip(&before).any(|(p, b)| *p < b - 1e-6);
                }
            }
            (rises, falls)
        };
        assert_eq!(steps(&[], &[], 2), (true, true), "noise goes both ways");
        assert_eq!(steps(&["f2"], &[], 2), (true, false));
        assert_eq!(steps(&[], &["f2"], 2), (false, true));
        assert!(!steps(&[], &["f*"], 0).0, "not even what does raise the outcome");
    }
}
