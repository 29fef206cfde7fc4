//! Learners of times to events, and what they are built on.
//!
//! In: covariates and [`crate::survival::Times`]. Out: the chance of each cause by each time. [`cox`] is a folder by itself.

pub mod cox;
