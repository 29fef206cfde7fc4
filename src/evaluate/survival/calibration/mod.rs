//! Whether predicted chances of an event by a time agree with what came, under censoring and competing ends.
pub mod curve;
pub mod d_calibration;
#[cfg(test)]
mod laws;
pub mod observed_over_expected;
pub mod one_calibration;
pub mod pseudo_values;
pub mod slope;
pub mod smooth;
