//! The weighted Aalen-Johansen estimate of the cumulative incidence of cause 1 at one time, with its influences.
//!
//! # Formula
//! `F(t) = sum over times u <= t of S(u-) d1(u) / n(u)`, `S` the Kaplan-Meier estimate of no event of any cause,
//! `n(u)` the weight of rows with exit at `u` or later. The influence of a row is the derivative of `F(t)` by its weight (the
//! infinitesimal jackknife); influences times weights sum to 0.
//!
//! # Inputs
//! Rows in order of time (of [`Prepared::by_time`] or [`Prepared::split`]); events come before censoring at one time.
//!
//! # Undefined when
//! There are no rows, or the last row ends before `t` while some are still event-free.
//!
//! # Reference
//! Aalen and Johansen 1978, Scandinavian Journal of Statistics. Equals `survfit` of R survival, influences
//! `residuals(survfit, type = "pstate")`.

use super::prepared::{BAD_WEIGHTS, NO_ROWS, Prepared};
use crate::evaluate::Value;

/// How the measure is counted.
pub const CONVENTION: &str = "Aalen-Johansen estimate; events come before censoring at one time; not carried on past the last row seen";

/// Follow-up is too short.
pub const TOO_SHORT: &str = "nobody event-free was observed for that long";

/// One time of the estimate.
struct Step {
    /// Rows of the list from this place on...
    from: usize,
    /// ...to before this one leave at the time.
    to: usize,
    at_risk: f64,
    events: f64,
    ends: f64,
    free_before: f64,
    incidence: f64,
}

fn steps(
    prepared: &Prepared,
    rows: &[u32],
    weights: &[f64],
    t: f64,
) -> Result<(Vec<Step>, f64), &'static str> {
    let mut found = Vec::new();
    let value = walk(prepared, rows, weights, t, |step| found.push(step))?;
    Ok((found, value))
}

/// Goes through the times up to `t`; gives the incidence.
fn walk(prepared: &Prepared, rows: &[u32], weights: &[f64], t: f64, mut each: impl FnMut(Step)) -> Value {
    if weights.len() != prepared.exit.len() {
        return Err(BAD_WEIGHTS);
    }
    let mut at_risk: f64 = rows.iter().map(|row| weights[*row as usize]).sum();
    if at_risk.is_nan() || at_risk <= 0.0 {
        return Err(NO_ROWS);
    }
    let (mut free, mut incidence, mut from) = (1.0, 0.0, 0);
    while let Some(&first) = rows.get(from) {
        let time = prepared.exit[first as usize];
        if time > t {
            break;
        }
        let (mut to, mut events, mut ends, mut leave) = (from, 0.0, 0.0, 0.0);
        while let Some(row) = rows.get(to).map(|row| *row as usize).filter(|row| prepared.exit[*row] <= time)
        {
            leave += weights[row];
            match prepared.cause[row] {
                0 => {}
                1 => events += weights[row],
                _ => ends += weights[row],
            }
            to += 1;
        }
        // Rounding of fractional weights must not leave fewer at risk than go.
        at_risk = f64::max(at_risk, leave);
        if events + ends > 0.0 {
            incidence += free * events / at_risk;
            each(Step { from, to, at_risk, events, ends, free_before: free, incidence });
            free *= 1.0 - (events + ends) / at_risk;
        } else if leave > 0.0 {
            each(Step { from, to, at_risk, events, ends, free_before: free, incidence });
        }
        at_risk -= leave;
        from = to;
    }
    let last = rows.iter().rev().find(|row| weights[**row as usize] > 0.0);
    let seen = last.is_some_and(|row| prepared.exit[*row as usize] >= t);
    if seen || free <= 0.0 { Ok(incidence) } else { Err(TOO_SHORT) }
}

/// The cumulative incidence of cause 1 at `t` among `rows`. O(rows).
///
/// # Errors
/// As the module says.
pub fn cumulative_incidence(prepared: &Prepared, rows: &[u32], weights: &[f64], t: f64) -> Value {
    walk(prepared, rows, weights, t, |_| ())
}

/// The cumulative incidence with the influence of every row of `prepared` (0 for one not in `rows`). O(n).
///
/// # Errors
/// As the module says.
pub fn with_influence(
    prepared: &Prepared,
    rows: &[u32],
    weights: &[f64],
    t: f64,
) -> Result<(f64, Vec<f64>), &'static str> {
    let (steps, value) = steps(prepared, rows, weights, t)?;
    let mut influence = vec![0.0; prepared.exit.len()];
    let (mut at_risk_so_far, mut done) = (0.0, 0);
    for step in steps {
        // Rows of no weight that leave where nothing happens have been at risk up to here.
        for &row in &rows[done..step.from] {
            influence[row as usize] = at_risk_so_far;
        }
        let all = step.events + step.ends;
        let stay = 1.0 - all / step.at_risk;
        // What a rise of the hazard of any end here takes from the incidence later.
        let later = if stay > 0.0 { (value - step.incidence) / stay } else { 0.0 };
        at_risk_so_far += (all * later - step.events * step.free_before) / (step.at_risk * step.at_risk);
        for &row in &rows[step.from..step.to] {
            let own = match prepared.cause[row as usize] {
                0 => 0.0,
                1 => step.free_before - later,
                _ => -later,
            };
            influence[row as usize] = at_risk_so_far + own / step.at_risk;
        }
        done = step.to;
    }
    for &row in &rows[done..] {
        influence[row as usize] = at_risk_so_far;
    }
    Ok((value, influence))
}

#[cfg(test)]
mod tests {
    use super::super::prepared::{Prepared, testing::simulate};
    use super::{TOO_SHORT, cumulative_incidence, with_influence};

    #[test]
    fn by_hand() {
        // 4 at risk: an event at 1 (1/4), a competing end and a censoring at 2 (S 3/4 -> 1/2), an event at 3 of 1: 1/4 + 1/2.
        let (exit, cause, p) = ([3.0, 1.0, 2.0, 2.0], [1, 1, 0, 2], [0.5; 4]);
        let rows = Prepared::new(&exit, &cause, &p, &[0, 1, 2, 3]).unwrap();
        let at = |t| cumulative_incidence(&rows, &rows.by_time, &[1.0; 4], t).unwrap();
        assert!(
            (at(1.0) - 0.25).abs() < 1e-15
                && (at(2.5) - 0.25).abs() < 1e-15
                && (at(3.0) - 0.75).abs() < 1e-15
        );
        let short = Prepared::new(&exit, &[0, 1, 0, 2], &p, &[0; 4]).unwrap();
        assert_eq!(cumulative_incidence(&short, &short.by_time, &[1.0; 4], 3.5), Err(TOO_SHORT));
    }

    #[test]
    fn equals_the_definition_and_its_own_derivative() {
        for seed in 0..20 {
            let (exit, cause, p, household) = simulate(40, seed, 5.0);
            let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
            let weights: Vec<f64> = (0..40).map(|i| f64::from((i * 7 + seed as u32) % 4)).collect();
            let naive = |weights: &[f64]| {
                let mut times = exit.clone();
                times.sort_by(f64::total_cmp);
                times.dedup();
                let sum = |keep: &dyn Fn(usize) -> bool| {
                    (0..40).filter(|i| keep(*i)).map(|i| weights[i]).sum::<f64>()
                };
                let (mut s, mut f) = (1.0, 0.0);
                for u in times.into_iter().filter(|u| *u <= 1.0) {
                    let n = sum(&|i| exit[i] >= u);
                    let d = |one: bool| {
                        sum(&|i| (exit[i] - u).abs() < 1e-12 && cause[i] > 0 && (!one || cause[i] == 1))
                    };
                    f += s * d(true) / n;
                    s *= 1.0 - d(false) / n;
                }
                f
            };
            let (value, influence) = with_influence(&rows, &rows.by_time, &weights, 1.0).unwrap();
            assert!((value - naive(&weights)).abs() < 1e-13);
            let sum: f64 = influence.iter().zip(&weights).map(|(a, b)| a * b).sum();
            assert!(sum.abs() < 1e-13);
            for row in 0..40 {
                let (mut more, step) = (weights.clone(), 1e-5);
                more[row] += step;
                let slope = (naive(&more) - value) / step;
                assert!((slope - influence[row]).abs() < 1e-5, "{slope} {}", influence[row]);
            }
        }
    }

    #[test]
    fn a_weight_is_so_many_rows() {
        let (exit, cause, p, household) = simulate(60, 3, 5.0);
        let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let weights: Vec<f64> = (0..60).map(|i| f64::from(i % 3)).collect();
        let pick: Vec<usize> = (0..60).rev().flat_map(|i| vec![i; i % 3]).collect();
        let (exit2, cause2): (Vec<f64>, Vec<u8>) = pick.iter().map(|i| (exit[*i], cause[*i])).unzip();
        let (p2, household2): (Vec<f64>, Vec<u32>) = pick.iter().map(|i| (p[*i], household[*i])).unzip();
        let copies = Prepared::new(&exit2, &cause2, &p2, &household2).unwrap();
        let ones = vec![1.0; pick.len()];
        let (a, u) = with_influence(&rows, &rows.by_time, &weights, 1.0).unwrap();
        let (b, v) = with_influence(&copies, &copies.by_time, &ones, 1.0).unwrap();
        assert!(
            (a - b).abs() < 1e-13 && (rows.variance(&u, &weights) - copies.variance(&v, &ones)).abs() < 1e-13
        );
    }
}
