//! What is known of times to events before any model: estimators that take no covariates.
//!
//! In: [`Times`], one subject a row. Out: step functions with their standard errors. A new estimator is one file here.

pub mod aalen_johansen;
pub mod aalen_variance;
pub mod difference;
pub mod found;
pub mod gray;
mod groups;
pub mod influence;
pub mod interval;
pub mod kaplan_meier;
pub mod log_rank;
pub mod mean_cumulative;
pub mod nelson_aalen;
pub mod one_minus_km;
pub mod restricted_mean;
pub mod sorted;
mod times;
pub mod wald;

pub use times::{CENSORED, Times, TimesError};

#[cfg(test)]
mod golden;
#[cfg(test)]
mod own_golden;
