//! The administrative Brier score: only rows whose follow-up was to reach the time, no weighting for censoring.
//!
//! Measures: as the Brier score, where all censoring is administrative and its time known of every row.
//! Formula: `sum_{i: C_i >= t} w_i (y_i(t) - F_i(t))^2 / sum_{i: C_i >= t} w_i`, `y_i(t) = 1` where `T_i <= t` by the event of
//! interest, `C_i` the administrative end. Inputs: as the Brier score, and `C`. A row censored before `t` though `C_i >= t`
//! (lost, not administratively) makes it undefined, for its outcome is not known. One censored exactly at `t` had no event by `t`:
//! events come before censorings at one time.
//! Undefined when: ends are not given, no row reaches `t`, a row was lost before, or a risk is not from 0 to 1.
//! Reference: Kvamme and Borgan (2023), Journal of Machine Learning Research.

use ndarray::ArrayView2;

use super::integrated_brier::integrated_brier;
use super::observed::{CENSORED, INTEREST, Observed, total_weight};
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "Brier score of the rows whose administrative end is at or after t, unweighted for censoring; an event at t has come by t.";

/// The score at each time.
#[must_use]
pub fn administrative_brier(
    observed: &Observed,
    risk: ArrayView2<'_, f64>,
    times: &[f64],
    weight: &[f64],
) -> Vec<Value> {
    let score = |(k, t): (usize, &f64)| {
        let end = observed.administrative().ok_or("administrative ends are not known")?;
        if risk.dim() != (observed.len(), times.len()) {
            return Err("risks are not rows x times");
        }
        total_weight(weight, observed.len())?;
        let (mut sum, mut total) = (0.0, 0.0);
        for (i, f) in risk.column(k).iter().enumerate() {
            if end[i] < *t || weight[i] <= 0.0 {
                continue;
            }
            if !(0.0..=1.0).contains(f) {
                return Err("a risk is not from 0 to 1");
            }
            let (exit, cause) = (observed.exit()[i], observed.cause()[i]);
            if cause == CENSORED && exit < *t {
                return Err("a row was lost before its administrative end");
            }
            let y = f64::from(u8::from(exit <= *t && cause == INTEREST));
            sum += weight[i] * (y - f) * (y - f);
            total += weight[i];
        }
        if total > 0.0 { Ok(sum / total) } else { Err("no row was to be followed to this time") }
    };
    times.iter().enumerate().map(score).collect()
}

/// The mean over the grid by the trapezoid rule.
///
/// # Errors
/// As the scores, and as [`integrated_brier`].
pub fn integrated_administrative_brier(
    observed: &Observed,
    risk: ArrayView2<'_, f64>,
    times: &[f64],
    weight: &[f64],
) -> Value {
    integrated_brier(times, &administrative_brier(observed, risk, times, weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn by_hand() {
        // Ends 2, 4, 4, 3. At 3: rows 2 (event at 1), 3 (competing at 2) and 4 (censored at 3 = end): risks 0.5 each.
        let rows = Observed::new(vec![2.0, 1.0, 2.0, 3.0], vec![0, 1, 2, 0])
            .unwrap()
            .with_administrative(vec![2.0, 4.0, 4.0, 3.0])
            .unwrap();
        let risk = array![[0.9, 0.9], [0.6, 0.5], [0.1, 0.2], [0.0, 0.1]];
        let at = administrative_brier(&rows, risk.view(), &[1.0, 3.0], &[1.0; 4]);
        assert!((at[0].unwrap() - (0.81 + 0.16 + 0.01) / 4.0).abs() < 1e-15);
        assert!((at[1].unwrap() - (0.25 + 0.04 + 0.01) / 3.0).abs() < 1e-15);
        let doubled = administrative_brier(&rows, risk.view(), &[1.0, 3.0], &[0.0, 2.0, 1.0, 1.0]);
        assert!((doubled[1].unwrap() - (0.5 + 0.04 + 0.01) / 4.0).abs() < 1e-15);
        assert!(administrative_brier(&rows, risk.view(), &[1.0, 5.0], &[1.0; 4])[1].is_err());
        let both = integrated_administrative_brier(&rows, risk.view(), &[1.0, 3.0], &[1.0; 4]).unwrap();
        assert!((both - f64::midpoint(at[0].unwrap(), at[1].unwrap())).abs() < 1e-15);
        let lost = Observed::new(vec![1.0], vec![0]).unwrap().with_administrative(vec![4.0]).unwrap();
        assert!(administrative_brier(&lost, array![[0.1]].view(), &[3.0], &[1.0])[0].is_err());
    }
}
