//! The standard normal distribution: cumulative probability, upper tail and quantile.

use super::{Value, gamma};

/// The probability that a standard normal variable exceeds `z`.
///
/// Formula: Q(1/2, z^2/2) / 2 for z >= 0 (DLMF 7.11.2). Relative error below 1e-12, also far in the tail;
/// below 1e-308 (z above 37.5) the answer rounds to 0. Undefined for NaN.
pub fn upper_tail(z: f64) -> Value {
    if z.is_nan() {
        return Err("the normal deviate is not a number");
    }
    // Beyond 40 the tail is below the smallest number a double can hold.
    let bounded = z.clamp(-40.0, 40.0);
    let tails = gamma::regularised(0.5, 0.5 * bounded * bounded)?;
    Ok(if bounded >= 0.0 { 0.5 * tails.upper } else { 0.5 + 0.5 * tails.lower })
}

/// The probability that a standard normal variable is at most `z`: the upper tail of -z.
pub fn cumulative(z: f64) -> Value {
    upper_tail(-z)
}

/// The probability of a standard normal variable at least as far from 0 as `z`, on either side.
pub fn two_sided(z: f64) -> Value {
    Ok(2.0 * upper_tail(z.abs())?)
}

/// The value that a standard normal variable falls below with the given probability.
///
/// Abramowitz and Stegun 26.2.23 as a start, then Halley steps on the tail probability; error below 1e-12.
/// Input: a probability strictly between 0 and 1 (undefined at 0 and 1, where the quantile is infinite).
pub fn quantile(probability: f64) -> Value {
    if !(probability > 0.0 && probability < 1.0) {
        return Err("the probability is not strictly between 0 and 1");
    }
    // The smaller tail is used because it keeps its digits; 1 - probability is exact from one half up.
    let (tail, sign) = if probability < 0.5 { (probability, -1.0) } else { (1.0 - probability, 1.0) };
    let t = (-2.0 * tail.ln()).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = t - numerator / denominator;
    for _ in 0..3 {
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        if density <= 0.0 {
            break;
        }
        let error = (upper_tail(z)? - tail) / density;
        z += error / (1.0 - 0.5 * z * error);
    }
    Ok(sign * z)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of mpmath 1.4.1 at 60 digits, `erfc(z/sqrt(2))/2`.
    const EXACT: [(f64, f64); 10] = [
        (1e-5, 0.499_996_010_577_196_06),
        (0.3, 0.382_088_577_811_047_4),
        (1.0, 0.158_655_253_931_457_05),
        (1.7, 0.044_565_462_758_543_04),
        (1.75, 0.040_059_156_863_817_09),
        (2.5, 0.006_209_665_325_776_135),
        (5.0, 2.866_515_718_791_939e-7),
        (10.0, 7.619_853_024_160_525e-24),
        (20.0, 2.753_624_118_606_233_7e-89),
        (37.0, 5.725_571_222_524_577e-300),
    ];

    #[test]
    fn the_upper_tail_equals_exact_values() {
        for (z, expected) in EXACT {
            let found = upper_tail(z).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-12, "{z}: {found}");
            assert!((cumulative(-z).unwrap() / expected - 1.0).abs() < 1e-12);
        }
        assert_eq!(upper_tail(0.0), Ok(0.5));
        assert_eq!(upper_tail(f64::INFINITY), Ok(0.0));
        assert_eq!(cumulative(f64::INFINITY), Ok(1.0));
        assert!(upper_tail(f64::NAN).is_err());
    }

    #[test]
    fn the_two_sided_probability_counts_both_tails() {
        let expected = 2.0 * upper_tail(1.5).unwrap();
        assert!((two_sided(-1.5).unwrap() - expected).abs() < 1e-15);
    }

    #[test]
    fn the_quantile_undoes_the_cumulative_probability() {
        // scipy 1.17.1: norm.ppf(0.975).
        assert!((quantile(0.975).unwrap() - 1.959_963_984_540_054).abs() < 1e-12);
        assert!(quantile(0.5).unwrap().abs() < 1e-15);
        for probability in [1e-300, 1e-100, 1e-10, 0.001, 0.2, 0.499, 0.7] {
            let back = cumulative(quantile(probability).unwrap()).unwrap();
            assert!((back / probability - 1.0).abs() < 2e-12, "{probability}: {back}");
        }
        assert!((quantile(0.3).unwrap() + quantile(0.7).unwrap()).abs() < 1e-14);
    }

    #[test]
    fn the_quantile_has_no_value_at_the_ends() {
        for probability in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(quantile(probability).is_err());
        }
    }
}
