//! What is known of times to events before any model: estimators that take no covariates.
//!
//! In: [`Times`], one subject a row. Out: step functions with their standard errors. A new estimator is one file here.

mod times;

pub use times::{CENSORED, Times, TimesError};
