//! Why a model gives the numbers that it gives: what each fact adds, and how estimates move with it.
//!
//! In: models, or the trees that they are made of, and rows. Out: contributions, curves with their support, and how far rankings
//! agree. One method, one file; [`found`] is what a run gathers
//! of them for its report.

pub mod contributions;
pub mod dependence;
pub mod found;
#[cfg(test)]
mod golden;
pub mod linear;
pub mod permutation;
pub mod ranking;
pub mod story;
pub mod tree_shap;
pub mod trees;
pub mod xgboost_json;
