//! An experiment: the question written down before running, and the run that answers it.
//!
//! [`config`] turns the written file into an [`Experiment`] that has no gaps; [`run`](mod@run) is the path from history to
//! report ingredients, which `ingredients` gathers; [`gate`] is what was promised beforehand, and what came of it;
//! [`fit`] teaches a learner; [`tuning`] chooses its settings; [`keep`](mod@keep) and `external` are for tests on other data; [`stability`] fits models again; [`explain`] says what they go by;
//! [`outlook`] says what a test will be; [`folder`] writes what a run leaves.

pub mod config;
mod deals;
pub mod explain;
mod external;
pub mod fit;
pub mod folder;
pub mod gate;
pub mod groups;
mod ingredients;
pub mod keep;
mod learners;
mod meant;
pub mod outlook;
pub mod permission;
pub mod predict;
mod privacy;
mod proxies;
mod rates;
pub mod recalibrate;
pub mod run;
mod sections;
pub mod stability;
#[cfg(test)]
mod test_world;
pub mod tuning;
mod what_if;
pub mod when;
pub mod words;

pub use config::Experiment;
pub use external::run_external;
pub use recalibrate::Recalibrate;
