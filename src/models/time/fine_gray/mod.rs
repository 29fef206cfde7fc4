//! Fine and Gray's proportional hazards of the subdistribution: a regression for the cumulative incidence of one cause.
//!
//! `CIF(t | x) = 1 - exp(-L0(t) exp(x' b))`. Those who had another cause stay at risk with the weight `G(t-) / G(T_i-)`, G the
//! Kaplan-Meier curve of being uncensored. Ties are Breslow's. Equals `cmprsk::crr` 2.2-11 (coefficients, log-likelihood,
//! robust standard errors, predicted CIFs); sums are made by scans over time, so that a step costs O(n p^2) and not O(n^2).
//!
//! Separate models of several causes do not know of each other: their CIFs may add up to more than 1. [`excess()`] counts.
//! [`super::cause_specific`] has no such fault.
//!
//! Reference: Fine and Gray (1999), *JASA* 94, 496-509; Kawaguchi, Shen, Li and Suchard (2021), *The R Journal* 12(2),
//! 163-180 (the scan); Zhou, Fine, Latouche and Labopin (2012), *Biostatistics* 13, 371-383 (clusters).

mod censoring;
mod excess;
mod fitted;
mod model;
mod sandwich;
mod sums;

#[cfg(test)]
mod own_golden;
#[cfg(test)]
mod tests;

pub use excess::{Excess, excess};
pub use fitted::FittedFineGray;
pub use model::{FineGrayData, FineGrayError, FineGrayOptions, fit};
pub use sandwich::CensoringTerm;
