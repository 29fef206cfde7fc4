//! Per-period probabilities of several binary learners, one a cause, put together into hazards of competing causes.
//!
//! * [`BinaryHazard::OneVersusNone`]: `q_k = P(cause k | cause k or none)`, from a learner trained without the periods in which
//!   another cause came. `h_k = o_k / (1 + sum_l o_l)` with the odds `o_k = q_k / (1 - q_k)`: never above 1 in sum, and the
//!   same as the multinomial model where the odds are right (Begg and Gray (1984), *Biometrika* 71, 11-18).
//! * [`BinaryHazard::CauseSpecific`]: `q_k = P(cause k)`, against everything else: `h_k = q_k`. Nothing keeps their sum
//!   from passing 1. Where it does, each is divided by the sum, so that nobody is left event-free; how often, and how far above, is
//!   reported (Tutz and Schmid (2016), section 8.3; Heyard et al. (2019), *Biometrical Journal* 61, 514-534).
//!
//! Inputs: probabilities from 0 to 1, rows x periods x causes. Undefined with others.

use super::curves::CurvesError;
use ndarray::{Array3, Axis};
use serde::{Deserialize, Serialize};

/// What a binary learner's probability is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinaryHazard {
    /// The cause, among those who had it or no event in the period.
    OneVersusNone,
    /// The cause, among all at risk.
    CauseSpecific,
}

/// Hazards of competing causes, and what it took to make them add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Combined {
    /// Hazards: rows x periods x causes.
    pub hazards: Array3<f64>,
    /// How many rows and periods had hazards of a sum above 1, which were scaled to 1.
    pub above_one: usize,
    /// The largest sum before that; 0 where there are no hazards.
    pub largest_sum: f64,
}

/// A sum above 1 by less than this is rounding, and not counted.
const ROUNDING: f64 = 1e-12;

/// Puts `probabilities` (rows x periods x causes) together.
///
/// # Errors
/// With a value that is not from 0 to 1.
pub fn combine(probabilities: &Array3<f64>, kind: BinaryHazard) -> Result<Combined, CurvesError> {
    if !probabilities.iter().all(|q| (0.0..=1.0).contains(q)) {
        return Err(CurvesError::Hazard);
    }
    let mut combined = Combined { hazards: probabilities.clone(), above_one: 0, largest_sum: 0.0 };
    for mut row in combined.hazards.axis_iter_mut(Axis(0)) {
        for mut hazards in row.axis_iter_mut(Axis(0)) {
            let sure = hazards.iter().filter(|q| **q >= 1.0).count();
            if kind == BinaryHazard::OneVersusNone {
                if sure > 0 {
                    // Odds without bound: the sure causes share the period.
                    hazards.mapv_inplace(|q| if q >= 1.0 { 1.0 / sure as f64 } else { 0.0 });
                } else {
                    hazards.mapv_inplace(|q| q / (1.0 - q));
                    let all = 1.0 + hazards.sum();
                    hazards /= all;
                }
            }
            let sum = hazards.sum();
            combined.largest_sum = combined.largest_sum.max(sum);
            if sum > 1.0 {
                combined.above_one += usize::from(sum > 1.0 + ROUNDING);
                hazards /= sum;
            }
        }
    }
    Ok(combined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn hazards_by_hand() {
        // q = 1/2 and 1/3: odds 1 and 1/2, so h = 1 / 2.5 and 0.5 / 2.5.
        let one = combine(&array![[[0.5, 1.0 / 3.0]]], BinaryHazard::OneVersusNone).unwrap();
        assert!((one.hazards[[0, 0, 0]] - 0.4).abs() < 1e-15 && (one.hazards[[0, 0, 1]] - 0.2).abs() < 1e-15);
        let both = combine(&array![[[0.9, 0.6], [0.2, 0.3]]], BinaryHazard::CauseSpecific).unwrap();
        assert_eq!(both.above_one, 1);
        assert!((both.largest_sum - 1.5).abs() < 1e-15 && (both.hazards[[0, 0, 0]] - 0.6).abs() < 1e-15);
        assert!((both.hazards[[0, 1, 1]] - 0.3).abs() < 1e-15);
        let sure = combine(&array![[[1.0, 0.4]]], BinaryHazard::OneVersusNone).unwrap();
        assert_eq!(sure.hazards, array![[[1.0, 0.0]]]);
        let rounded =
            combine(&array![[[0.1, 0.2, 0.7], [0.7, 0.2, 0.1]]], BinaryHazard::CauseSpecific).unwrap();
        assert_eq!(rounded.above_one, 0);
        assert_eq!(combine(&array![[[1.2]]], BinaryHazard::CauseSpecific), Err(CurvesError::Hazard));
        assert!(combine(&array![[[f64::NAN]]], BinaryHazard::CauseSpecific).is_err());
    }
}
