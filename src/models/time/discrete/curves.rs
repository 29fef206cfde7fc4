//! From hazards by period and cause to the event-free curve and the cumulative incidence of each cause.
//!
//! With `h_jk` the probability of cause k in period j of those at risk at its beginning, `h_j` their sum over causes, and S the
//! probability of no event: `S(b_0) = 1`, `S(b_{j+1}) = S(b_j) (1 - h_j)`, `CIF_k(b_{j+1}) = CIF_k(b_j) + S(b_j) h_jk`.
//! Inside a period the hazard of each cause is taken as constant: after a share u of the period
//! `S = S(b_j) (1 - h_j)^u` and `CIF_k` has risen by `S(b_j) (1 - (1 - h_j)^u) h_jk / h_j`. CIFs and S add up to 1.
//!
//! Inputs: hazards from 0 to 1 with a sum over causes of at most 1. Undefined before the first bound and after the last.
//! Reference: Tutz and Schmid (2016), section 8.1.

use super::periods::Periods;
use ndarray::{Array1, Array2, Array3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Why there are no curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CurvesError {
    /// Hazards of other periods.
    #[error("the hazards are not one a period")]
    Shapes,
    /// A hazard that is no probability, or a sum of hazards above 1.
    #[error("a hazard is not from 0 to 1, or the hazards of a period add up to more than 1")]
    Hazard,
    /// A time that no period holds.
    #[error("the time is before the first period or after the last")]
    Horizon,
}

/// Hazards, event-free curves and cumulative incidences of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// The periods.
    pub periods: Periods,
    /// Hazards: rows x periods x causes.
    pub hazards: Array3<f64>,
    /// Probability of no event at each bound: rows x (periods + 1).
    pub event_free: Array2<f64>,
    /// Cumulative incidence at each bound: rows x (periods + 1) x causes.
    pub incidence: Array3<f64>,
}

/// What is expected by one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incidence {
    /// Probability of no event, one a row.
    pub event_free: Array1<f64>,
    /// Cumulative incidence: rows x causes.
    pub incidence: Array2<f64>,
}

/// A sum of hazards may pass 1 by so much, which is rounding.
const ROUNDING: f64 = 1e-12;

impl Curves {
    /// Curves of `hazards`: rows x periods x causes.
    ///
    /// # Errors
    /// With hazards that are not of these periods or are no probabilities.
    pub fn new(periods: Periods, hazards: Array3<f64>) -> Result<Self, CurvesError> {
        let (rows, count, causes) = hazards.dim();
        if count != periods.count() {
            return Err(CurvesError::Shapes);
        }
        let hazards = hazards.as_standard_layout().into_owned();
        let mut event_free = Array2::<f64>::zeros((rows, count + 1));
        let mut incidence = Array3::<f64>::zeros((rows, count + 1, causes));
        if causes > 0 {
            let (free, flat) = (event_free.as_slice_mut(), incidence.as_slice_mut());
            let (Some(free), Some(flat), Some(known)) = (free, flat, hazards.as_slice()) else {
                return Err(CurvesError::Shapes);
            };
            free.par_chunks_mut(count + 1)
                .zip(flat.par_chunks_mut((count + 1) * causes))
                .zip(known.par_chunks(count * causes))
                .map(|((free, flat), known)| accumulate(free, flat, known, causes))
                .collect::<Result<Vec<()>, CurvesError>>()?;
        } else {
            event_free.fill(1.0);
        }
        Ok(Self { periods, hazards, event_free, incidence })
    }

    /// The event-free probability and the incidences of all rows at `time`.
    ///
    /// # Errors
    /// With a time that no period holds.
    pub fn at(&self, time: f64) -> Result<Incidence, CurvesError> {
        let period = self.periods.holding(time).ok_or(CurvesError::Horizon)?;
        let (from, to) = (self.periods.bounds()[period], self.periods.bounds()[period + 1]);
        let share = (time - from) / (to - from);
        let (rows, _, causes) = self.hazards.dim();
        let mut at = Incidence { event_free: Array1::zeros(rows), incidence: Array2::zeros((rows, causes)) };
        for row in 0..rows {
            let before = self.event_free[[row, period]];
            let total: f64 = (0..causes).map(|k| self.hazards[[row, period, k]]).sum();
            // ln_1p and exp_m1 keep small hazards exact; a hazard of 1 leaves nobody at once.
            let gone = if share >= 1.0 {
                total
            } else if share > 0.0 {
                -(share * (-total.min(1.0)).ln_1p()).exp_m1()
            } else {
                0.0
            };
            at.event_free[row] = before - before * gone;
            for k in 0..causes {
                let part = if total > 0.0 { self.hazards[[row, period, k]] / total } else { 0.0 };
                at.incidence[[row, k]] = self.incidence[[row, period, k]] + before * gone * part;
            }
        }
        Ok(at)
    }
}

/// One row's curves from its hazards.
fn accumulate(free: &mut [f64], flat: &mut [f64], known: &[f64], causes: usize) -> Result<(), CurvesError> {
    if let Some(first) = free.first_mut() {
        *first = 1.0;
    }
    for (period, hazards) in known.chunks_exact(causes).enumerate() {
        let total: f64 = hazards.iter().sum();
        if !(hazards.iter().all(|h| *h >= 0.0) && total <= 1.0 + ROUNDING) {
            return Err(CurvesError::Hazard);
        }
        let before = free[period];
        free[period + 1] = (before - before * total).max(0.0);
        let (done, next) = flat.split_at_mut((period + 1) * causes);
        for ((next, done), hazard) in next.iter_mut().zip(&done[period * causes..]).zip(hazards) {
            *next = done + before * hazard;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_by_hand() {
        // Periods (0, 10] and (10, 30]. Hazards 0.1 and 0.2, then 0.5 and 0. S: 1, 0.7, 0.35.
        // CIF 1: 0, 0.1, 0.1 + 0.7 x 0.5 = 0.45; CIF 2: 0, 0.2, 0.2. At 15, a quarter of the second period: S = 0.7 x 0.5^0.25.
        let periods = Periods::new(vec![0.0, 10.0, 30.0]).unwrap();
        let hazards = Array3::from_shape_vec((1, 2, 2), vec![0.1, 0.2, 0.5, 0.0]).unwrap();
        let curves = Curves::new(periods.clone(), hazards).unwrap();
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-14, "{a} {b}");
        near(curves.event_free[[0, 2]], 0.35);
        near(curves.incidence[[0, 2, 0]], 0.45);
        near(curves.incidence[[0, 2, 1]], 0.2);
        let at = curves.at(15.0).unwrap();
        let free = 0.7 * 0.5_f64.powf(0.25);
        near(at.event_free[0], free);
        near(at.incidence[[0, 0]], 0.1 + 0.7 - free);
        near(curves.at(0.0).unwrap().event_free[0], 1.0);
        near(curves.at(30.0).unwrap().incidence[[0, 0]], 0.45);
        assert_eq!(curves.at(31.0), Err(CurvesError::Horizon));
        let high = Array3::from_shape_vec((1, 2, 2), vec![0.6, 0.5, 0.5, 0.0]).unwrap();
        assert_eq!(Curves::new(periods, high), Err(CurvesError::Hazard));
    }

    #[test]
    fn incidences_and_event_free_add_up_to_one() {
        let periods = Periods::new(vec![0.0, 1.0, 4.0, 9.0, 16.0]).unwrap();
        let hazards =
            Array3::from_shape_fn((50, 4, 3), |(i, j, k)| ((i * 7 + j * 5 + k * 3) % 11) as f64 / 33.0);
        let curves = Curves::new(periods, hazards).unwrap();
        for time in [0.0, 0.3, 1.0, 2.5, 9.0, 15.9, 16.0] {
            let at = curves.at(time).unwrap();
            for row in 0..50 {
                assert!((at.event_free[row] + at.incidence.row(row).sum() - 1.0).abs() < 1e-12);
            }
        }
    }
}
