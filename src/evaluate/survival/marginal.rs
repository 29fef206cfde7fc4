//! The share of rows with the event of interest by a time, by the Aalen-Johansen estimator: the prediction of one who
//! knows nothing of a row.
//!
//! Formula: `F(t) = sum_{s <= t} S(s-) d_1(s) / r(s)`, `S(t) = prod_{s <= t} (1 - d(s) / r(s))`, `r(s)` the weight of rows
//! with exit `>= s`. Undefined when: weights are unusable, or `t` is past the last exit.
//! Reference: Aalen and Johansen (1978), Scandinavian Journal of Statistics. Equal: `prodlim`.

use super::observed::{CENSORED, INTEREST, Observed, total_weight};
use super::slots::Slots;
use crate::evaluate::Value;

/// `F(t)` and `S(t)` at one time, or why there are none.
pub type Marginal = Result<(f64, f64), &'static str>;

/// `F(t)` and `S(t)`, the share without any event, at each time.
///
/// # Errors
/// With weights that are unusable.
pub fn aalen_johansen(
    observed: &Observed,
    weight: &[f64],
    times: &[f64],
) -> Result<Vec<Marginal>, &'static str> {
    total_weight(weight, observed.len())?;
    let slots = Slots::new(observed);
    // Weight in each slot: with the event of interest, with another, censored.
    let mut count = vec![[0.0; 3]; slots.time.len()];
    for ((slot, cause), weight) in slots.slot.iter().zip(observed.cause()).zip(weight) {
        let kind = match *cause {
            INTEREST => 0,
            CENSORED => 2,
            _ => 1,
        };
        count[*slot as usize][kind] += weight;
    }
    let mut risk = 0.0;
    let mut at_risk = vec![0.0; count.len()];
    for (r, c) in at_risk.iter_mut().zip(&count).rev() {
        risk += c[0] + c[1] + c[2];
        *r = risk;
    }
    let (mut f, mut s) = (0.0, 1.0);
    let mut curve = Vec::with_capacity(count.len());
    for (r, c) in at_risk.iter().zip(&count) {
        if *r > 0.0 {
            f += s * c[0] / r;
            s *= 1.0 - (c[0] + c[1]) / r;
        }
        curve.push((f, s));
    }
    let last = at_risk.iter().rposition(|r| *r > 0.0).and_then(|i| slots.time.get(i)).copied();
    let take = |t: &f64| {
        if last.is_none_or(|last| *t > last) {
            return Err("the time is past the end of follow-up");
        }
        let passed = slots.time.partition_point(|s| s <= t);
        Ok(passed.checked_sub(1).and_then(|i| curve.get(i)).copied().unwrap_or((0.0, 1.0)))
    };
    Ok(times.iter().map(take).collect())
}

/// `F(t)` alone at one time.
///
/// # Errors
/// See above.
pub fn marginal_risk(observed: &Observed, weight: &[f64], t: f64) -> Value {
    aalen_johansen(observed, weight, &[t])?.first().copied().unwrap_or(Err("no times")).map(|(f, _)| f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Exits 1 (cause 1), 2 (cause 2), 2 (censored), 3 (cause 1): F = 1/4, 1/4, then S(2) = 3/4 * 2/3 = 1/2, F = 3/4.
        let rows = Observed::new(vec![1.0, 2.0, 2.0, 3.0], vec![1, 2, 0, 1]).unwrap();
        let at = aalen_johansen(&rows, &[1.0; 4], &[0.5, 1.0, 2.5, 3.0, 3.5]).unwrap();
        let want = [0.0, 0.25, 0.25, 0.75];
        for (a, w) in at.iter().zip(want) {
            assert!((a.unwrap().0 - w).abs() < 1e-15);
        }
        assert!((at[2].unwrap().1 - 0.5).abs() < 1e-15);
        assert!(at[4].is_err());
    }
}
