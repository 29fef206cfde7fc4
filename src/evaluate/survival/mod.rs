//! Measures of predictions of time to an event where other events compete and follow-up ends early.
//!
//! In: when rows ended and by what, predicted cumulative incidences, weights. Out: one measure a file, each with its convention in
//! a sentence. [`observed`], [`slots`] and [`censoring`] serve the scores and ranks, [`prepared`] and [`cumulative_incidence`] the
//! calibration and the rates at a threshold.

pub mod administrative_brier;
pub mod auc;
pub mod brier;
pub mod calibration;
pub mod censoring;
pub mod cumulative_incidence;
mod fenwick;
pub mod found;
#[cfg(test)]
mod goldens;
pub mod harrell;
pub mod integrated_brier;
pub mod integrated_brier_replicates;
pub mod ipa;
#[cfg(test)]
mod laws;
pub mod marginal;
pub mod net_benefit;
pub mod observed;
pub mod prepared;
pub mod replicates;
pub mod score;
pub mod slots;
#[cfg(test)]
mod test_cox;
#[cfg(test)]
mod test_data;
pub mod threshold_rates;
pub mod uno;
pub mod wolbers;
