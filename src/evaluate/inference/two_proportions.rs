//! The z test of two proportions with a pooled variance.

use super::normal::two_sided_p;
use super::wilson::proportion;

/// A count out of a total, either possibly fractional (rows tied at a cut count in part).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// The rows with the property, from 0 to `total`.
    pub successes: f64,
    /// All rows that could have it, above 0.
    pub total: f64,
}

/// A z statistic with its two-sided p value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZTest {
    /// The statistic; its sign is the sign of first minus second.
    pub z: f64,
    /// The two-sided p value, above 0 down to the smallest double.
    pub p_value: f64,
}

/// Tests that two independent proportions are equal.
///
/// `z = (p1 - p2) / sqrt(p(1-p)(1/n1 + 1/n2))` with the pooled p, no continuity correction; its square is Pearson's
/// chi-square of the two-by-two table; `proportions_ztest` of statsmodels. Needs independent rows and large counts:
/// for small groups or households use [`household_heterogeneity`](super::household_heterogeneity).
///
/// # Errors
/// When a total is not above 0, a count is outside 0 to its total, or no row or every row has the property.
pub fn two_proportion_test(first: Counts, second: Counts) -> Result<ZTest, &'static str> {
    let p1 = proportion(first.successes, first.total)?;
    let p2 = proportion(second.successes, second.total)?;
    let pooled = (first.successes + second.successes) / (first.total + second.total);
    let variance = pooled * (1.0 - pooled) * (1.0 / first.total + 1.0 / second.total);
    if pooled <= 0.0 || pooled >= 1.0 || variance <= 0.0 {
        return Err("no row or every row in both groups has the property");
    }
    let z = (p1 - p2) / variance.sqrt();
    Ok(ZTest { z, p_value: two_sided_p(z) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(successes: f64, total: f64) -> Counts {
        Counts { successes, total }
    }

    /// 15 of 20 against 5 of 20: pooled 1/2, z = 0.5 / sqrt(0.25 * 0.1) = sqrt(10).
    #[test]
    fn worked_by_hand() {
        let got = two_proportion_test(counts(15.0, 20.0), counts(5.0, 20.0)).unwrap();
        assert!((got.z - 10.0_f64.sqrt()).abs() < 1e-14);
        assert!((got.p_value - 0.001_565_402_258_002_549).abs() < 1e-12);
    }

    #[test]
    fn equal_rates_give_one_and_constant_columns_nothing() {
        let got = two_proportion_test(counts(1.5, 3.0), counts(2.0, 4.0)).unwrap();
        assert!(got.z.abs() < 1e-15 && (got.p_value - 1.0).abs() < 1e-15);
        assert!(two_proportion_test(counts(0.0, 3.0), counts(0.0, 4.0)).is_err());
        assert!(two_proportion_test(counts(3.0, 3.0), counts(4.0, 4.0)).is_err());
        assert!(two_proportion_test(counts(0.0, 0.0), counts(1.0, 4.0)).is_err());
    }
}
