//! Learners of when: prepared features and times in, the cumulative incidence of every cause out.
//!
//! An unfitted value holds settings, a fitted one what it learned, as with the learners of yes or no. To add one, add a file
//! that has its [`TimeLearner`], and a line in [`registry`].

mod any;
mod cox;
mod multinomial;
pub mod registry;
mod strata;
mod strength;
mod subdistribution;

#[cfg(test)]
mod tests;

use crate::models::{FitError, Origin};
use crate::survival::{CENSORED, Times};
use ndarray::{Array2, Array3, ArrayView2};

/// What a learner of when is given.
#[derive(Clone, Debug)]
pub struct TimeTraining {
    /// Prepared features: rows x columns, finite unless the learner takes what is missing.
    pub x: Array2<f64>,
    /// When each row came under observation and ended, in days, and by what: 0 not seen to end, then the causes.
    pub times: Times,
    /// How many causes there are, whether or not any row has them.
    pub causes: u8,
    /// Days at which incidences will be asked for, rising; nothing is learned of later ones.
    pub days: Vec<f64>,
}

impl TimeTraining {
    /// The last day that anything is learned of.
    fn last(&self) -> f64 {
        self.days.last().copied().unwrap_or(0.0)
    }

    /// The causes that some row has, rising.
    fn present(&self) -> Vec<u8> {
        (1..=self.causes).filter(|cause| self.times.cause.contains(cause)).collect()
    }
}

/// A fitted model of when.
pub trait TimeModel: Send + Sync {
    /// The cumulative incidence of each cause by each of `days`: rows x days x causes, from 0 to 1. Days after the last one
    /// of the training are taken as that one.
    ///
    /// # Errors
    /// Where `x` does not have the columns of the training rows.
    fn incidence(&self, x: ArrayView2<'_, f64>, days: &[f64]) -> Result<Array3<f64>, FitError>;
}

/// An unfitted model of when: settings only.
pub trait TimeLearner: Send + Sync {
    /// Learns from the training rows, whose origin is given row by row. A cause that no row has comes to nobody.
    ///
    /// # Errors
    /// Returns an error if nothing can be learned from them.
    fn learn(&self, data: &TimeTraining, origin: &Origin) -> Result<Box<dyn TimeModel>, FitError>;
}

/// Whether anything ended any row.
fn something_came(data: &TimeTraining) -> Result<(), FitError> {
    if data.times.cause.iter().any(|cause| *cause != CENSORED) { Ok(()) } else { Err(FitError::OneClass) }
}
