//! Aalen's variance of a cumulative incidence, of independent rows.
//!
//! # Formula
//! [`Form::Cmprsk`]: with S and `F_k` as in [`super::aalen_johansen`], a delta-method variance that gives ties of one cause the
//! factor 1 - (`d_k` - 1)/(Y - 1), held between events of the cause, as cmprsk 2.2-11 `cuminc`.
//! [`Form::Pintilie`]: at t, with F = `F_k` and the sums over event times u <= t,
//! sum (F(t) - F(u))² d / ((Y - 1)(Y - d)) + sum S(u-)² `d_k` (Y - `d_k`) / (Y² (Y - 1))
//! - 2 sum (F(t) - F(u)) S(u-) `d_k` (Y - `d_k`) / (Y (Y - d)(Y - 1)), as scikit-survival 0.28.0 (`var_type="Aalen"`).
//!
//! # Inputs
//! An estimate of rows with weights, if any, as whole numbers of rows. Rows of one household are not independent: use the standard
//! errors of [`super::aalen_johansen::at`] for them.
//!
//! # Undefined when
//! Before the first event it is 0, which says nothing of the error. Terms of a time at which all or one at risk had an event are
//! left out, as in both programs.
//!
//! # Reference
//! Aalen 1978, Annals of Statistics 6:534; Gray 1988, Annals of Statistics 16:1141; Pintilie 2006, *Competing Risks*, section 4.2.

use super::aalen_johansen::AalenJohansen;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As R cmprsk.
    Cmprsk,
    /// As scikit-survival.
    Pintilie,
}

/// The variance of the incidence of `cause` at each of `estimate.time`; empty for a cause that there is none of. O(times).
#[must_use]
pub fn aalen_variance(estimate: &AalenJohansen, cause: u8, form: Form) -> Vec<f64> {
    match usize::from(cause).checked_sub(1).filter(|k| *k < estimate.incidence.len()) {
        Some(k) if form == Form::Cmprsk => cmprsk(estimate, k),
        Some(k) => pintilie(estimate, k),
        None => Vec::new(),
    }
}

/// Sums of squares and products in F(t), so that all times take one pass.
#[derive(Default)]
struct Sums {
    constant: f64,
    linear: f64,
    square: f64,
}

impl Sums {
    /// Adds `weight` (constant + linear F(t))².
    fn add(&mut self, constant: f64, linear: f64, weight: f64) {
        self.constant += constant * constant * weight;
        self.linear += constant * linear * weight;
        self.square += linear * linear * weight;
    }

    fn at(&self, f: f64) -> f64 {
        (self.constant + 2.0 * self.linear * f + self.square * f * f).max(0.0)
    }
}

fn cmprsk(estimate: &AalenJohansen, k: usize) -> Vec<f64> {
    let (mut sums, mut before, mut held) = (Sums::default(), 1.0, 0.0);
    let of = |(u, y): (usize, &f64)| {
        let (y, f, free) = (*y, estimate.incidence[k][u], estimate.free[u]);
        let own = estimate.events[k][u];
        let others: f64 = estimate.events.iter().map(|d| d[u]).sum::<f64>() - own;
        let weight = |d: f64| {
            let ties = if d > 1.0 { 1.0 - (d - 1.0) / (y - 1.0) } else { 1.0 };
            before * before * ties * d / (y * y)
        };
        let inverse = if free > 0.0 { 1.0 / free } else { 0.0 };
        if others > 0.0 && free > 0.0 {
            sums.add(f * inverse, -inverse, weight(others));
        }
        if own > 0.0 {
            sums.add(1.0 + f * inverse, -inverse, weight(own));
            held = sums.at(f);
        }
        before = free;
        held
    };
    estimate.at_risk.iter().enumerate().map(of).collect()
}

fn pintilie(estimate: &AalenJohansen, k: usize) -> Vec<f64> {
    let (mut squares, mut own_sum, mut cross, mut cross_linear) = (Sums::default(), 0.0, 0.0, 0.0);
    let mut before = 1.0;
    let of = |(u, y): (usize, &f64)| {
        let (y, f) = (*y, estimate.incidence[k][u]);
        let own = estimate.events[k][u];
        let all: f64 = estimate.events.iter().map(|d| d[u]).sum();
        if y > 1.0 {
            let ties = own * (y - own) / (y * (y - 1.0));
            own_sum += before * before * ties / y;
            if y > all {
                squares.add(-f, 1.0, all / ((y - 1.0) * (y - all)));
                let product = before * ties / (y - all);
                cross -= product * f;
                cross_linear += product;
            }
        }
        before = estimate.free[u];
        (squares.at(f) + own_sum - 2.0 * (cross + cross_linear * f)).max(0.0)
    };
    estimate.at_risk.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::Times;

    /// Ten at risk, one event at each of two times: at the first 1/100; at the second the first's slope is 1 - (1/10)/(9/10) = 8/9, and the
    /// second's S²/Y² is (9/10)²/81 = 1/100: (1 + 64/81)/100.
    #[test]
    fn by_hand() {
        let times = Times::new((1..=10).map(f64::from).collect(), vec![1; 10]).unwrap();
        let found = AalenJohansen::new(&times, None).unwrap();
        let variance = aalen_variance(&found, 1, Form::Cmprsk);
        assert!((variance[0] - 0.01).abs() < 1e-15);
        assert!((variance[1] - 0.01 * (1.0 + 64.0 / 81.0)).abs() < 1e-15);
        assert!(aalen_variance(&found, 0, Form::Cmprsk).is_empty());
        // Pintilie's first is 1 · 9 / (10² · 9).
        let variance = aalen_variance(&found, 1, Form::Pintilie);
        assert!((variance[0] - 0.01).abs() < 1e-15);
        // Then (1/10)²/(9 · 9) + 1/100 + 1/100 - 2 (1/10) 9/(10 · 9 · 9).
        assert!((variance[1] - (0.01 / 81.0 + 0.02 - 0.2 / 90.0)).abs() < 1e-15);
    }
}
