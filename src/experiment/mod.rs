//! An experiment: the question written down before running, and the run that answers it.
//!
//! [`config`] turns the written file into an [`Experiment`] that has no gaps; [`run`] is the path from history to
//! report ingredients, which `ingredients` gathers; [`folder`] writes what a run leaves.

pub mod config;
pub mod folder;
pub mod groups;
mod ingredients;
pub mod predict;
pub mod run;
pub mod words;

pub use config::Experiment;
