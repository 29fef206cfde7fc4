//! The standard normal distribution, exact in both tails.

use super::value::Value;

const INVERSE_ROOT_TWO_PI: f64 = 0.398_942_280_401_432_7;

/// The normal density at `z`.
#[must_use]
pub fn density(z: f64) -> f64 {
    INVERSE_ROOT_TWO_PI * (-0.5 * z * z).exp()
}

/// P(Z <= z).
///
/// `z` may be infinite but not NaN. Relative error below 1e-12 also far in the lower tail.
#[must_use]
pub fn cdf(z: f64) -> f64 {
    upper_tail(-z)
}

/// P(Z > z), with relative error below 1e-12 until it underflows to 0 above z = 38.
///
/// `z` may be infinite but not NaN. Below 3 the central area is summed by the all-positive series
/// `density(z) (z + z^3/3 + z^5/15 + …)` (Marsaglia 2004, Journal of Statistical Software 11(4)); above it Laplace's
/// continued fraction is used, so that nothing is subtracted and a p value of 1e-37 keeps all its digits.
#[must_use]
pub fn upper_tail(z: f64) -> f64 {
    if z < 0.0 {
        1.0 - upper_tail(-z)
    } else if z < 3.0 {
        0.5 - central_area(z)
    } else {
        density(z) * mills_ratio(z)
    }
}

/// The two-sided p value of a z statistic, P(|Z| >= |z|).
#[must_use]
pub fn two_sided_p(z: f64) -> f64 {
    (2.0 * upper_tail(z.abs())).min(1.0)
}

/// The z with P(Z <= z) = `p`.
///
/// Start: Abramowitz and Stegun 26.2.23 (error 4.5e-4), then three Halley steps on the tail above, each cubing the
/// error. Relative error below 1e-14.
///
/// # Errors
/// When `p` is not strictly between 0 and 1.
pub fn quantile(p: f64) -> Value {
    if !(p > 0.0 && p < 1.0) {
        return Err("a probability is not strictly between 0 and 1");
    }
    Ok(if p < 0.5 { -upper_quantile(p) } else { upper_quantile(1.0 - p) })
}

/// The z that a two-sided interval of the given confidence (such as 0.95) multiplies the standard error by.
///
/// # Errors
/// When `confidence` is not strictly between 0 and 1.
pub fn two_sided_critical(confidence: f64) -> Value {
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err("the confidence level is not strictly between 0 and 1");
    }
    quantile(0.5 * (1.0 + confidence))
}

/// The z >= 0 whose upper tail is `tail`, 0 < `tail` <= 0.5.
fn upper_quantile(tail: f64) -> f64 {
    let t = (-2.0 * tail.ln()).sqrt();
    let top = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let bottom = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = (t - top / bottom).max(0.0);
    for _ in 0..3 {
        let newton = (tail - upper_tail(z)) / density(z);
        z -= newton / (1.0 + 0.5 * newton * z);
    }
    z
}

/// P(0 < Z <= z).
fn central_area(z: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    while term > sum * 1e-17 {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    density(z) * sum
}

/// Upper tail over density, for z >= 3: 1/(z + 1/(z + 2/(z + 3/(z + …)))) by Lentz's method.
fn mills_ratio(z: f64) -> f64 {
    if z > 1e8 {
        return 1.0 / z;
    }
    let (mut value, mut numerator, mut denominator) = (z, z, 0.0);
    for step in 1..400 {
        let a = f64::from(step);
        denominator = 1.0 / (z + a * denominator);
        numerator = z + a / numerator;
        let change = numerator * denominator;
        value *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    1.0 / value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got / want - 1.0).abs() < tolerance, "got {got:e}, want {want:e}");
    }

    /// mpmath 1.4.1, 40 digits: `erfc(z / sqrt(2)) / 2`.
    #[test]
    fn tails_equal_forty_digit_arithmetic() {
        for (z, want) in [
            (0.1, 0.460_172_162_722_971),
            (1.0, 0.158_655_253_931_457_05),
            (2.5, 0.006_209_665_325_776_135),
            (2.99, 0.001_394_887_235_492_249_3),
            (3.0, 0.001_349_898_031_630_094_5),
            (3.01, 0.001_306_238_448_769_468_7),
            (5.0, 2.866_515_718_791_939e-7),
            (10.0, 7.619_853_024_160_525e-24),
            (12.780_264_712_128_762, 1.056_744_869_456_906_6e-37),
            (20.0, 2.753_624_118_606_233_7e-89),
            (37.0, 5.725_571_222_524_577e-300),
        ] {
            close(upper_tail(z), want, 1e-12);
            close(cdf(-z), want, 1e-12);
            close(cdf(z), 1.0 - want, 1e-15);
        }
    }

    #[test]
    fn quantiles_equal_forty_digit_arithmetic() {
        for (p, want) in [
            (1e-300, -37.047_096_299_361_2),
            (1e-20, -9.262_340_089_798_407),
            (1e-5, -4.264_890_793_922_825),
            (0.025, -1.959_963_984_540_054_2),
            (0.3, -0.524_400_512_708_040_8),
            (0.975, 1.959_963_984_540_054_2),
        ] {
            close(quantile(p).unwrap(), want, 1e-14);
        }
        assert!(quantile(0.5).unwrap().abs() < 1e-15);
    }

    #[test]
    fn edges_are_named_and_never_infinite() {
        assert!(quantile(0.0).is_err() && quantile(1.0).is_err() && quantile(f64::NAN).is_err());
        assert!(two_sided_critical(1.0).is_err());
        assert!(upper_tail(f64::INFINITY).abs() < 1e-300 && (cdf(f64::INFINITY) - 1.0).abs() < 1e-15);
        assert!((two_sided_p(0.0) - 1.0).abs() < 1e-15);
    }
}
