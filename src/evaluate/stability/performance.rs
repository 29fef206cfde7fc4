//! Performance of a part of the rows, such as a period or an authority, on scales on which parts are compared.
//!
//! # Measures
//! How well the risks put the rows of the part in order, and whether their level is right there.
//!
//! # Formula
//! The log-odds of the [area](mod@super::area) with its standard error, variance(A) / (A (1 - A))²; and ln(O/E), O the rows with
//! the outcome and E the sum of risks, with variance h/(h-1) times the sum over the h households of
//! (sum of y - p O/E)² / O²: the linearised ratio. With one row a household and equal risks that is (1 - O/n)/O but for the
//! factor.
//!
//! # Inputs
//! Risk in [0, 1], outcome, fold and household of each row of the part.
//!
//! # Undefined when
//! Fewer than 10 rows have the outcome or fewer than 10 do not. The area also where the risks put the rows in order without
//! a mistake, so that it has no log-odds.
//!
//! # Reference
//! Debray and others 2017, BMJ 356:i6460, and Snell and others 2018, Statistical Methods in Medical Research 27:3505: pool
//! the C statistic on the logit and O/E on the log scale. The variance of the ratio: Särndal, Swensson and Wretman 1992,
//! Model Assisted Survey Sampling, with households as clusters.

use super::Reading;
use super::area::{Case, area};
use crate::evaluate::inference::log_odds::log_odds_with_variance;
use crate::evaluate::inference::value::Estimate;
use crate::evaluate::tally::both_kinds;
use std::collections::BTreeMap;

/// Performance of a part of the rows.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Performance {
    /// Rows.
    pub n: u64,
    /// Rows with the outcome.
    pub events: u64,
    /// Log-odds of the AUROC.
    pub auroc: Reading<Estimate>,
    /// Logarithm of observed over expected.
    pub ratio: Reading<Estimate>,
}

/// Measures a part of the rows.
#[must_use]
pub fn performance(cases: &[Case]) -> Performance {
    let events = cases.iter().filter(|c| c.came).count() as u64;
    let n = cases.len() as u64;
    let enough = both_kinds(n, events);
    let ranked = || area(cases).and_then(|a| log_odds_with_variance(a.area, a.variance));
    Performance {
        n,
        events,
        auroc: enough.and_then(|()| ranked()).map_err(str::to_owned),
        ratio: enough.and_then(|()| ratio(cases)).map_err(str::to_owned),
    }
}

/// The logarithm of observed over expected.
fn ratio(cases: &[Case]) -> Result<Estimate, &'static str> {
    let observed = cases.iter().filter(|c| c.came).count() as f64;
    let expected: f64 = cases.iter().map(|c| c.p).sum();
    if expected <= 0.0 {
        return Err("every predicted risk is zero");
    }
    let of_one = observed / expected;
    let mut homes: BTreeMap<u32, f64> = BTreeMap::new();
    for case in cases {
        *homes.entry(case.household).or_default() += f64::from(u8::from(case.came)) - case.p * of_one;
    }
    let households = homes.len() as f64;
    let squares: f64 = homes.values().map(|sum| sum * sum).sum();
    if households < 2.0 || squares <= 0.0 {
        return Err("too few households to tell how sure the level is");
    }
    let variance = squares * households / (households - 1.0) / (observed * observed);
    Ok(Estimate { value: of_one.ln(), standard_error: variance.sqrt() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: u32, events: u32, p: f64, home: impl Fn(u32) -> u32) -> Vec<Case> {
        (0..n).map(|i| Case { p, came: i < events, fold: 0, household: home(i) }).collect()
    }

    /// 20 of 100 with a risk of .1 each: ln 2; variance 100/99 (1 - .2)/20.
    #[test]
    fn the_ratio_of_independent_rows_by_hand() {
        let got = performance(&rows(100, 20, 0.1, |i| i)).ratio.unwrap();
        assert!((got.value - 2.0_f64.ln()).abs() < 1e-12);
        assert!((got.standard_error - (100.0 / 99.0 * 0.8 / 20.0_f64).sqrt()).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn households_that_come_back_together_make_the_ratio_less_sure() {
        // Pairs of alike rows: 50 households, each of which counts twice, so that the variance doubles but for the factor.
        let pairs = performance(&rows(100, 20, 0.1, |i| i / 2)).ratio.unwrap();
        assert!((pairs.standard_error - (50.0 / 49.0 * 2.0 * 0.8 / 20.0_f64).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn the_area_is_on_the_scale_of_log_odds() {
        let mut rows = rows(40, 20, 0.5, |i| i);
        for (i, row) in rows.iter_mut().enumerate() {
            // Of the pairs 3 in 4 are won: half of the rows with the outcome win all of theirs, the others half.
            row.p = if i < 10 { 0.9 } else { 0.4 };
        }
        let got = performance(&rows).auroc.unwrap();
        assert!((got.value - 3.0_f64.ln()).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn few_of_a_kind_have_neither() {
        let got = performance(&rows(100, 9, 0.1, |i| i));
        assert!(got.auroc.is_err() && got.ratio.is_err() && got.events == 9);
        assert!(performance(&rows(100, 91, 0.1, |i| i)).ratio.is_err());
        assert!(performance(&rows(100, 50, 0.0, |i| i)).ratio.is_err());
    }
}
