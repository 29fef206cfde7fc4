//! A learner fitted to rows of the cohort: preparation learned, applied, and the model taught.

use super::Experiment;
use super::tuning::Tuned;
use crate::cohort::Cohort;
use crate::features::Matrix;
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
        }
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
        let (came, origin) = (self.came(rows), self.origin(rows));
        let labels = Labels { came: &came, household: &origin.household };
        let (prepared, numbers) = prepare::learn_labelled(self.matrix, rows, &entry.wants, labels);
        let x = prepared.training(self.matrix, rows, &numbers);
        let mut training = Training::new(x, Array1::from(came));
        if let Some(weights) = weights {
            training = training.with_weights(weights);
        }
        let model = entry.learner(settings).learn(&training, &origin)?;
        Ok(FittedModel { prepared, model })
    }
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
