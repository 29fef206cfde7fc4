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

/// Once so many draws reach the observed statistic, a difference is plainly no more than chance, and drawing stops.
const ENOUGH: usize = 50;

/// The p value of up to `draws` draws, made by `reached` so many at a time: which of these numbers reach the observed
/// statistic?
///
/// At the draw l with which fifty have reached it, 50 / l (Besag and Clifford 1991, Biometrika 78:301): large p values
/// cost few draws, and small ones are fine enough for a correction for many tests.
#[must_use]
pub fn sequential_p(draws: usize, mut reached: impl FnMut(std::ops::Range<usize>) -> Vec<bool>) -> f64 {
    let mut hits = 0;
    for first in (0..draws).step_by(AT_A_TIME) {
        for (at, hit) in reached(first..draws.min(first + AT_A_TIME)).into_iter().enumerate() {
            hits += usize::from(hit);
            if hits == ENOUGH {
                return ENOUGH as f64 / (first + at + 1) as f64;
            }
        }
    }
    monte_carlo_p(hits, draws)
}

/// Draws of [`sequential_p`] made at a time.
const AT_A_TIME: usize = 100;

/// Simulates `draws` spreads and summarises them against the observed one; while fewer than fifty reach it, up to `most`
/// are made for the p value of the chi-square, as in [`sequential_p`]. A draw of `None` (no row or every row has the
/// property) has no spread and counts as 0.
///
/// # Errors
/// With no draws.
pub fn summarise(
    observed: RateSpread,
    groups: usize,
    household_correlation: f64,
    [draws, most]: [usize; 2],
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
    let mut p_value = monte_carlo_p(by_chi_square, draws);
    if by_chi_square < ENOUGH && most > draws {
        let mut made = draws;
        while made < most && by_chi_square < ENOUGH {
            made += 1;
            let more = simulate().map_or(0.0, |s| s.chi_square);
            by_chi_square += usize::from(at_least(more, observed.chi_square));
        }
        p_value = if by_chi_square == ENOUGH {
            ENOUGH as f64 / made as f64
        } else {
            monte_carlo_p(by_chi_square, made)
        };
    }
    ranges.sort_unstable_by(f64::total_cmp);
    let ninety_five = (draws * 95).div_ceil(100).saturating_sub(1);
    Ok(Heterogeneity {
        groups,
        pooled_rate: observed.pooled,
        chi_square: observed.chi_square,
        p_value,
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

    /// Every fourth draw reaches it: the fiftieth is draw 200. Every fortieth: 24 of 999.
    #[test]
    fn drawing_stops_where_a_difference_is_plainly_chance() {
        let p = |every: usize, seen: &mut usize| {
            sequential_p(999, |numbers| {
                *seen += numbers.len();
                numbers.map(|n| n % every == every - 1).collect()
            })
        };
        let (mut quick, mut whole) = (0, 0);
        assert!((p(4, &mut quick) - 0.25).abs() < 1e-15 && quick == 200);
        assert!((p(40, &mut whole) - 25.0 / 1000.0).abs() < 1e-15 && whole == 999);
    }

    #[test]
    fn counts_ties_and_adds_one() {
        let spread = |at: f64| RateSpread { pooled: 0.5, chi_square: at, range: at / 10.0 };
        let mut next = 0.0;
        let got = summarise(spread(3.0), 2, 0.0, [4, 4], || {
            next += 1.0;
            Some(spread(next))
        })
        .unwrap();
        assert!((got.p_value - 0.6).abs() < 1e-15 && (got.range_p_value - 0.6).abs() < 1e-15);
        assert!((got.expected_range - 0.25).abs() < 1e-15 && (got.range_95 - 0.4).abs() < 1e-15);
        assert!(at_least(1.0 - 1e-12, 1.0) && !at_least(0.99, 1.0));
        assert!(summarise(spread(1.0), 2, 0.0, [0, 0], || None).is_err());
        // Every fourth draw reaches it: 20 draws are too few, at draw 200 fifty have.
        let mut next = 0_u32;
        let often = summarise(spread(3.0), 2, 0.0, [20, 999], || {
            next += 1;
            Some(spread(if next.is_multiple_of(4) { 5.0 } else { 1.0 }))
        });
        assert!((often.unwrap().p_value - 0.25).abs() < 1e-15 && next == 200);
        let none = summarise(spread(1.0), 2, 0.0, [9, 9], || None).unwrap();
        assert!((none.p_value - 0.1).abs() < 1e-15 && none.expected_range.abs() < 1e-300);
    }
}
