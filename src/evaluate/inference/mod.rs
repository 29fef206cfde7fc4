//! Statistical inference for the fairness tables: distributions, intervals, tests that hold for small groups and
//! for rows that come in households, shrinkage, areas under and between ROC curves, and change points.

pub mod abroca;
pub mod auroc_permutation;
mod auroc_sums;
pub mod benjamini_hochberg;
pub mod beta_function;
pub mod binomial_draw;
pub mod calibration_lines;
pub mod calibration_null;
mod calibration_terms;
pub mod change_points;
pub mod chi_square;
pub mod delong;
pub mod empirical_bayes;
pub mod gamma_function;
pub mod heterogeneity;
pub mod household_counts;
pub mod household_deal;
pub mod household_heterogeneity;
pub mod household_null;
pub mod large_groups;
pub mod log_odds;
mod mean_blocks;
pub mod mean_permutation;
pub mod newcombe;
pub mod normal;
pub mod null_summary;
pub mod obuchowski;
pub mod placements;
pub mod random_effects;
pub mod rate_table;
pub mod ratio;
pub mod roc_steps;
pub mod root;
pub mod sibling_copies;
pub mod sibling_pairs;
pub mod student;
pub mod two_proportions;
pub mod value;
pub mod weighted_spread;
pub mod wilson;

#[cfg(test)]
mod test_uniform;
