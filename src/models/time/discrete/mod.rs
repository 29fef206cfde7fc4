//! Discrete-time hazards of competing causes: time is cut into periods, and each subject at risk at the beginning of a
//! period takes one of the causes, or none, in it.
//!
//! [`fit()`] fits the multinomial logistic model on person-periods without writing them out; [`expand`] writes them out for
//! any other binary learner, and [`combine()`] puts the per-period probabilities of such learners together. Either way
//! [`Curves`] turns hazards into cumulative incidences.
//!
//! Reference: Tutz and Schmid (2016), *Modeling Discrete Time-to-Event Data*, chapters 3 and 8; Allison (1982),
//! *Sociological Methodology* 13, 61-98.

mod combine;
mod curves;
mod fitted;
mod model;
mod newton;
mod periods;
mod person_periods;
mod start;
mod sums;
mod varying;

#[cfg(test)]
mod own_golden;
#[cfg(test)]
mod tests;

pub use combine::{BinaryHazard, Combined, combine};
pub use curves::{Curves, CurvesError, Incidence};
pub use fitted::FittedDiscrete;
pub use model::{DiscreteData, DiscreteError, DiscreteOptions, fit};
pub use periods::{PartPeriod, Periods, PeriodsError, Span, Spans};
pub use person_periods::{PersonPeriods, expand};
pub use varying::{Callback, NoVarying, Product, Products, Varying};
