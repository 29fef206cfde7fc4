//! The upper tail of the chi-square distribution.

use super::{Value, gamma};

/// The probability that a chi-square variable with `degrees_of_freedom` exceeds `statistic`.
///
/// Formula: Q(df / 2, statistic / 2), the upper regularised incomplete gamma function. Inputs: a finite
/// statistic (at or below 0 the answer is 1) and 0 < df <= 10,000. Relative error below 1e-10, also far in
/// the tail; below 1e-308 the answer rounds to 0. Undefined outside those ranges.
pub fn upper_tail(statistic: f64, degrees_of_freedom: f64) -> Value {
    if !statistic.is_finite() {
        return Err("the chi-square statistic is not a finite number");
    }
    if !(degrees_of_freedom > 0.0 && degrees_of_freedom <= 10_000.0) {
        return Err("the degrees of freedom are not above 0 and at most 10,000");
    }
    Ok(gamma::regularised(degrees_of_freedom / 2.0, statistic.max(0.0) / 2.0)?.upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of mpmath 1.4.1 at 60 digits, `gammainc(df/2, x/2, inf, regularized=True)`.
    const EXACT: [(f64, f64, f64); 15] = [
        (0.5, 1.0, 0.479_500_122_186_953_5),
        (3.841_458_820_694_124, 1.0, 0.050_000_000_000_000_06),
        (50.0, 1.0, 1.537_459_794_428_035e-12),
        (700.0, 1.0, 2.990_226_975_124_620_3e-154),
        (1400.0, 1.0, 2.101_014_516_264_217_6e-306),
        (0.01, 2.0, 0.995_012_479_192_682_3),
        (1000.0, 2.0, 7.124_576_406_741_286e-218),
        (500.0, 8.0, 7.035_098_347_285_173e-103),
        (14.85, 10.0, 0.137_627_039_012_141_13),
        (300.0, 30.0, 2.648_048_485_630_878e-46),
        (1000.0, 1000.0, 0.494_052_853_829_239_64),
        (1500.0, 1000.0, 1.045_464_038_597_965_7e-22),
        (10_100.0, 10_000.0, 0.239_015_325_240_175_1),
        (12_000.0, 10_000.0, 1.147_006_552_460_124_8e-40),
        (9000.0, 10_000.0, 0.999_999_999_999_873),
    ];

    #[test]
    fn equals_exact_values_also_far_in_the_tail() {
        for (statistic, degrees_of_freedom, expected) in EXACT {
            let found = upper_tail(statistic, degrees_of_freedom).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-10, "{statistic} {degrees_of_freedom} {found}");
        }
    }

    #[test]
    fn two_degrees_of_freedom_are_an_exponential() {
        assert!((upper_tail(4.6, 2.0).unwrap() - (-2.3_f64).exp()).abs() < 1e-15);
    }

    #[test]
    fn at_and_below_zero_the_tail_is_everything() {
        assert_eq!(upper_tail(0.0, 3.0), Ok(1.0));
        assert_eq!(upper_tail(-1e-13, 1.0), Ok(1.0));
    }

    #[test]
    fn impossible_arguments_are_refused() {
        assert!(upper_tail(f64::NAN, 1.0).is_err());
        assert!(upper_tail(f64::INFINITY, 1.0).is_err());
        assert!(upper_tail(1.0, 0.0).is_err());
        assert!(upper_tail(1.0, 20_000.0).is_err());
    }
}
