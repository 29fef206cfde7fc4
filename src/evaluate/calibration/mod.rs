//! Whether predicted risks mean what they say: calibration by bins, by the CORP method and by the two
//! parameters of the logistic calibration model.
//!
//! All measures take weighted points sorted by rising distinct predicted risk ([`Point`]); a point of
//! three rows is the same as three rows, so bootstrap replicates need only change the weights.

pub mod binomial;
pub mod bins;
pub mod consistency_band;
pub mod corp;
pub mod expected_calibration_error;
pub mod hosmer_lemeshow;
pub mod logistic_fit;
pub mod murphy;
pub mod point;
pub mod pool_adjacent_violators;
pub mod spiegelhalter;
pub mod weak;
pub mod weak_intervals;

pub use super::tally::Value;
pub use point::Point;
