//! One minus Kaplan-Meier of one cause, with the others treated as ends of what was seen. It overstates.
//!
//! # Formula
//! 1 - product over u <= t of (1 - `d_k(u)/Y(u)`). It says how many would have had cause k if no other cause could come and nothing
//! else changed, which cannot be seen in the data. What does come is the cumulative incidence, and never more than this
//! ([`super::aalen_johansen`]); on mgus2 at 240 months 0.210 against 0.100. Report it only to show by how much it overstates.
//!
//! # Undefined when
//! As [`super::kaplan_meier`].
//!
//! # Reference
//! Putter, Fiocco and Geskus 2007, Statistics in Medicine 26:2389, section 2.

use super::Times;
use super::kaplan_meier::KaplanMeier;
use crate::evaluate::inference::value::Value;

/// One minus Kaplan-Meier of `cause` at each of some times. O(n log n).
///
/// # Errors
/// As [`KaplanMeier::new`]; at a time after the last end of a row, in its place.
pub fn one_minus_km(
    times: &Times,
    weight: Option<&[f64]>,
    cause: u8,
    at: &[f64],
) -> Result<Vec<Value>, &'static str> {
    let km = KaplanMeier::new(times, weight, Some(cause))?;
    Ok(at.iter().map(|t| km.at(*t).map(|s| 1.0 - s)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::aalen_johansen::AalenJohansen;

    /// One of four has cause 1 at 1, one cause 2 at 2, one cause 1 at 3: 1 - 3/4 · 1/2 = 5/8, where 1/2 came.
    #[test]
    fn it_overstates() {
        let times = Times::new(vec![1.0, 2.0, 3.0, 4.0], vec![1, 2, 1, 0]).unwrap();
        let found = one_minus_km(&times, None, 1, &[1.0, 3.0, 5.0]).unwrap();
        assert!((found[0].unwrap() - 0.25).abs() < 1e-15 && (found[1].unwrap() - 0.625).abs() < 1e-15);
        assert!(found[2].is_err());
        let came = AalenJohansen::new(&times, None).unwrap().by(3.0).unwrap();
        assert!((came[0] - 0.5).abs() < 1e-15);
    }
}
