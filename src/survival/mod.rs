//! What is known of times to events before any model: estimators that take no covariates.
//!
//! In: [`Times`], one subject a row. Out: step functions with their standard errors. A new estimator is one file here.

pub mod aalen_johansen;
pub mod found;
mod sorted;
mod times;

pub use times::{CENSORED, Times, TimesError};
