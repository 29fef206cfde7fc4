//! Learners of times to events, and what they are built on.
//!
//! In: covariates and [`crate::survival::Times`]. Out: the chance of each cause by each time.
//!
//! - [`cox`]: the hazard of one cause; [`cause_specific`]: the hazards of all causes put together, the default;
//! - [`discrete`]: all causes at once, period by period, and person-periods for any learner of yes or no;
//! - [`learners`]: all of these behind one trait, and their registry;
//! - [`fine_gray`]: the incidence of one cause by itself, for comparison: the incidences of all causes may sum above 1.

pub mod cause_specific;
mod columns;
pub mod cox;
pub mod discrete;
pub mod fine_gray;
#[cfg(test)]
mod golden;
pub mod learners;
