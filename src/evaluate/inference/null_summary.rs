//! Comparing observed statistics with their values simulated under equal rates.

use super::rate_table::RateSpread;

/// The result of a test that a rate is the same in all groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heterogeneity {
    /// The number of groups tested.
    pub groups: usize,
    /// The rate of the tested groups together.
    pub pooled_rate: f64,
    /// The chi-square over groups, each term divided by the group's design effect.
    pub chi_square: f64,
    /// The Monte Carlo p value of `chi_square`: the one to report.
    pub p_value: f64,
    /// The highest rate minus the lowest.
    pub range: f64,
    /// The Monte Carlo p value of `range`; weak, because the smallest group decides the range.
    pub range_p_value: f64,
    /// The mean range when all rates are equal: what "highest minus lowest" shows by chance alone.
    pub expected_range: f64,
    /// The range exceeded in 5% of simulations when all rates are equal.
    pub range_95: f64,
    /// The correlation between rows of one household that was allowed for; 0 for independent rows.
    pub household_correlation: f64,
}

/// The Monte Carlo p value `(1 + exceedances) / (1 + draws)`, never 0 (Davison and Hinkley 1997, section 4.2).
#[must_use]
pub fn monte_carlo_p(exceedances: usize, draws: usize) -> f64 {
    (1 + exceedances) as f64 / (1 + draws) as f64
}

/// Whether a simulated statistic is at least the observed one.
///
/// Counts give the same statistic by different sums; the allowance keeps rounding from breaking such ties in favour
/// of a small p.
#[must_use]
pub fn at_least(simulated: f64, observed: f64) -> bool {
    simulated >= observed - 1e-9 * observed.abs()
}

/// Simulates `draws` spreads and summarises them against the observed one. A draw of `None` (no row or every row has
/// the property) has no spread and counts as 0.
///
/// # Errors
/// With no draws.
pub fn summarise(
    observed: RateSpread,
    groups: usize,
    household_correlation: f64,
    draws: usize,
    mut simulate: impl FnMut() -> Option<RateSpread>,
) -> Result<Heterogeneity, &'static str> {
    if draws == 0 {
        return Err("no simulated draws were asked for");
    }
    let (mut by_chi_square, mut by_range) = (0, 0);
    let mut ranges = Vec::with_capacity(draws);
    for _ in 0..draws {
        let (chi_square, range) = simulate().map_or((0.0, 0.0), |s| (s.chi_square, s.range));
        by_chi_square += usize::from(at_least(chi_square, observed.chi_square));
        by_range += usize::from(at_least(range, observed.range));
        ranges.push(range);
    }
    ranges.sort_unstable_by(f64::total_cmp);
    let ninety_five = (draws * 95).div_ceil(100).saturating_sub(1);
    Ok(Heterogeneity {
        groups,
        pooled_rate: observed.pooled,
        chi_square: observed.chi_square,
        p_value: monte_carlo_p(by_chi_square, draws),
        range: observed.range,
        range_p_value: monte_carlo_p(by_range, draws),
        expected_range: ranges.iter().sum::<f64>() / draws as f64,
        range_95: ranges.get(ninety_five).copied().unwrap_or(0.0),
        household_correlation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_ties_and_adds_one() {
        let spread = |at: f64| RateSpread { pooled: 0.5, chi_square: at, range: at / 10.0 };
        let mut next = 0.0;
        let got = summarise(spread(3.0), 2, 0.0, 4, || {
            next += 1.0;
            Some(spread(next))
        })
        .unwrap();
        assert!((got.p_value - 0.6).abs() < 1e-15 && (got.range_p_value - 0.6).abs() < 1e-15);
        assert!((got.expected_range - 0.25).abs() < 1e-15 && (got.range_95 - 0.4).abs() < 1e-15);
        assert!(at_least(1.0 - 1e-12, 1.0) && !at_least(0.99, 1.0));
        assert!(summarise(spread(1.0), 2, 0.0, 0, || None).is_err());
        let none = summarise(spread(1.0), 2, 0.0, 9, || None).unwrap();
        assert!((none.p_value - 0.1).abs() < 1e-15 && none.expected_range.abs() < 1e-300);
    }
}
