//! The mean over parts, and where another part is expected.
//!
//! # Measures
//! What is true on average over years or authorities, how far they differ beyond chance, and what to expect of another one.
//!
//! # Formula
//! Random-effects meta-analysis: see [`random_effects`]. The prediction interval is mean ± t(k-2) sqrt(tau² + se²).
//!
//! # Inputs
//! At least three estimates on a scale where errors are near normal (log-odds of AUROC, logarithm of O/E), from parts that
//! share no rows. Parts that share households are taken as independent all the same.
//!
//! # Undefined when
//! There are fewer than three parts: how far parts differ cannot be told from two.
//!
//! # Reference
//! Higgins, Thompson and Spiegelhalter 2009, J. R. Stat. Soc. A 172:137; `IntHout` and others 2016, BMJ Open 6:e010247; Riley
//! and others 2016, BMJ 353:i3140, on validating a model in several places.

use super::Reading;
use crate::evaluate::inference::random_effects::random_effects;
use crate::evaluate::inference::value::Estimate;

/// The fewest parts that are pooled.
pub const FEWEST_PARTS: usize = 3;

/// The mean over parts.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pooled {
    /// Parts.
    pub parts: u64,
    /// Mean, with its 95% interval, on the scale of the estimates.
    pub mean: [f64; 3],
    /// Where the true value of another part of the same kind is expected, 95%.
    pub expected: (f64, f64),
    /// Share of the spread between parts that is not chance, from 0 to 1 (I²).
    pub beyond_chance: f64,
    /// How often chance alone would spread equal parts so far (Cochran's Q).
    pub p: f64,
}

/// Pools estimates.
///
/// # Errors
/// See the module.
pub fn pooled(estimates: &[Estimate]) -> Reading<Pooled> {
    if estimates.len() < FEWEST_PARTS {
        return Err("fewer than three can be compared".to_owned());
    }
    let of = random_effects(estimates, 0.95)?;
    let expected = of.prediction_interval?;
    Ok(Pooled {
        parts: of.groups as u64,
        mean: [of.mean, of.interval.lower, of.interval.upper],
        expected: (expected.lower, expected.upper),
        beyond_chance: of.i_squared,
        p: of.cochran_p,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(values: &[f64]) -> Vec<Estimate> {
        values.iter().map(|&value| Estimate { value, standard_error: 1.0 }).collect()
    }

    /// Values -2, 0, 2 with errors of 1: tau² 3, se² 4/3, t(1) = 12.706.
    #[test]
    fn parts_that_differ_make_the_next_one_uncertain() {
        let got = pooled(&estimates(&[-2.0, 0.0, 2.0])).unwrap();
        assert!((got.beyond_chance - 0.75).abs() < 1e-12 && got.mean[0].abs() < 1e-12);
        assert!((got.expected.1 - 12.706_204_736_174_705 * (13.0_f64 / 3.0).sqrt()).abs() < 1e-9);
        assert!(got.p < 0.02);
    }

    #[test]
    fn parts_that_are_alike_do_not() {
        let got = pooled(&estimates(&[0.1, 0.0, -0.1, 0.0, 0.1])).unwrap();
        assert!(got.beyond_chance.abs() < 1e-12 && got.expected.1 < 1.5, "{got:?}");
    }

    #[test]
    fn two_parts_are_too_few() {
        let said = pooled(&estimates(&[0.0, 1.0]));
        assert_eq!(said, Err("fewer than three can be compared".to_owned()));
    }
}
