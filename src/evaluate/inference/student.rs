//! Student's t distribution: tails and quantiles, with whole or fractional degrees of freedom.

use super::beta_function::regularised;
use super::root::{falling_root, upper_bracket};
use super::value::Value;

const BAD_DEGREES: &str = "the degrees of freedom are not above zero";

/// P(T > t) for `degrees` of freedom.
///
/// Relative error below 1e-10 for up to 10,000 degrees of freedom, however far out; use the normal beyond.
///
/// # Errors
/// When `degrees` is not finite and above 0, or `t` is not a finite number.
pub fn upper_tail(t: f64, degrees: f64) -> Value {
    if !(degrees > 0.0 && degrees.is_finite()) {
        return Err(BAD_DEGREES);
    }
    if !t.is_finite() {
        return Err("a t statistic is not a finite number");
    }
    let tail = half_tail(t.abs(), degrees);
    Ok(if t < 0.0 { 1.0 - tail } else { tail })
}

/// P(T <= t) for `degrees` of freedom.
///
/// # Errors
/// As [`upper_tail`].
pub fn cdf(t: f64, degrees: f64) -> Value {
    upper_tail(-t, degrees)
}

/// The two-sided p value of a t statistic.
///
/// # Errors
/// As [`upper_tail`].
pub fn two_sided_p(t: f64, degrees: f64) -> Value {
    upper_tail(t.abs(), degrees).map(|tail| (2.0 * tail).min(1.0))
}

/// The t that a two-sided interval of the given confidence multiplies the standard error by.
///
/// # Errors
/// When `confidence` is not strictly between 0 and 1, or `degrees` is not finite and above 0.
pub fn two_sided_critical(confidence: f64, degrees: f64) -> Value {
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err("the confidence level is not strictly between 0 and 1");
    }
    quantile(0.5 * (1.0 + confidence), degrees)
}

/// The t with P(T <= t) = `p`.
///
/// # Errors
/// When `p` is not strictly between 0 and 1, or `degrees` is not finite and above 0; also when the answer is not
/// finite in double precision (a `p` near 0 with degrees of freedom far below 1).
pub fn quantile(p: f64, degrees: f64) -> Value {
    if !(p > 0.0 && p < 1.0) {
        return Err("a probability is not strictly between 0 and 1");
    }
    if !(degrees > 0.0 && degrees.is_finite()) {
        return Err(BAD_DEGREES);
    }
    let tail = p.min(1.0 - p);
    if tail >= 0.5 {
        return Ok(0.0);
    }
    let excess = |t: f64| half_tail(t, degrees) - tail;
    let high = upper_bracket(excess, 1.0);
    // Beyond this the square of t overflows and the tail can no longer be told from zero.
    if high > 1e150 {
        return Err("the quantile is too large for double precision");
    }
    let t = falling_root(excess, 0.0, high);
    Ok(if p < 0.5 { -t } else { t })
}

/// P(T > t) for t >= 0: half of `I_x(degrees/2, 1/2)` at x = degrees / (degrees + t^2), Abramowitz and Stegun 26.7.1.
fn half_tail(t: f64, degrees: f64) -> f64 {
    let ratio = t * t / degrees;
    let x = 1.0 / (1.0 + ratio);
    let complement = if ratio.is_infinite() { 1.0 } else { ratio / (1.0 + ratio) };
    0.5 * regularised(0.5 * degrees, 0.5, x, complement)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got / want - 1.0).abs() < tolerance, "got {got:e}, want {want:e}");
    }

    /// mpmath 1.4.1, 40 digits: `betainc(df/2, 1/2, 0, df/(df+t^2), regularized=True) / 2`.
    #[test]
    fn tails_equal_forty_digit_arithmetic() {
        for (degrees, t, want) in [
            (1.0, 1.0, 0.25),
            (2.0, 4.302_652_729_911_275, 0.024_999_999_998_258_315),
            (3.0, 0.01, 0.496_324_555_706_426),
            (10.0, 50.0, 1.237_155_164_651_34e-13),
            (3026.0, 1.957, 0.025_219_645_354_405_938),
            (3.5, 7.2, 0.001_618_107_133_192_237_2),
            (1000.0, 6.0, 1.377_684_586_688_734_6e-9),
            (5.0, 1e6, 9.490_167_245_460_68e-30),
        ] {
            close(upper_tail(t, degrees).unwrap(), want, 1e-11);
            close(cdf(-t, degrees).unwrap(), want, 1e-11);
        }
    }

    /// scipy 1.17.1 `t.isf`.
    #[test]
    fn quantiles_equal_scipy() {
        for (degrees, upper, want) in [
            (1.0, 0.025, 12.706_204_736_174_705),
            (2.0, 0.025, 4.302_652_729_749_464),
            (11.0, 0.025, 2.200_985_160_091_639_2),
            (3026.0, 0.025, 1.960_748_255_610_287_8),
            (3.5, 1e-6, 61.045_121_207_720_62),
            (10.0, 0.4, 0.260_184_829_492_080_3),
            (1.0, 1e-10, 3_183_098_861.837_906_4),
        ] {
            close(-quantile(upper, degrees).unwrap(), want, 1e-11);
        }
    }

    #[test]
    fn edges() {
        assert!(quantile(0.5, 4.0).unwrap().abs() < 1e-15);
        assert!((two_sided_p(0.0, 4.0).unwrap() - 1.0).abs() < 1e-15);
        assert!(upper_tail(1.0, 0.0).is_err() && upper_tail(f64::INFINITY, 1.0).is_err());
        assert!(quantile(1e-300, 1e-3).is_err());
    }
}
