//! A test that a rate is the same in all groups, for independent rows and groups of any size.

use super::binomial_draw::binomial_draw;
use super::null_summary::{Heterogeneity, summarise};
use super::rate_table::{RateCell, rate_spread};
use super::two_proportions::Counts;

/// A group with fewer events than this, or fewer non-events, is left out of every heterogeneity test.
pub const MINIMUM_OF_EACH_KIND: f64 = 10.0;

/// Which groups are large enough to be tested: at least ten events and ten non-events.
///
/// `outcomes` holds each group's (events, non-events) of the outcome, not of the rate tested, so that the choice of
/// groups does not depend on the result. The report must name the groups left out.
#[must_use]
pub fn large_enough(outcomes: &[(f64, f64)]) -> Vec<bool> {
    outcomes
        .iter()
        .map(|(events, non_events)| *events >= MINIMUM_OF_EACH_KIND && *non_events >= MINIMUM_OF_EACH_KIND)
        .collect()
}

/// Tests that a rate is the same in all groups of independent rows, by simulation.
///
/// Statistics: Pearson's chi-square over groups, and the range. Null: every group's count is drawn from a binomial at
/// the pooled rate, `draws` times. Unlike the chi-square table this holds for small groups; unlike a permutation of
/// rows it needs only the counts. It must not be used when rows come in households, where it rejects far too often:
/// use [`household_heterogeneity`](super::household_heterogeneity::household_heterogeneity). Pass groups already
/// screened by [`large_enough`]; a group with a total of 0 is left out. Fractional totals are rounded for the draws.
/// `uniform` returns numbers in [0, 1). O(draws times groups times the standard deviation of a count).
///
/// # Errors
/// With a count below zero or above its total, fewer than two groups with rows, no row or every row having the
/// property, or no draws.
pub fn heterogeneity(
    groups: &[Counts],
    draws: usize,
    uniform: &mut impl FnMut() -> f64,
) -> Result<Heterogeneity, &'static str> {
    if groups.iter().any(|g| !(g.successes >= 0.0 && g.successes <= g.total && g.total.is_finite())) {
        return Err("a count is below zero or above its total");
    }
    let mut cells: Vec<RateCell> = groups
        .iter()
        .filter(|g| g.total > 0.0)
        .map(|g| RateCell { successes: g.successes, total: g.total, design_effect: 1.0 })
        .collect();
    if cells.len() < 2 {
        return Err("fewer than two groups with rows of this kind");
    }
    let observed = rate_spread(&cells).ok_or("no row or every row in all groups has the property")?;
    for cell in &mut cells {
        cell.total = cell.total.round().max(1.0);
    }
    summarise(observed, cells.len(), 0.0, [draws, draws], || {
        for cell in &mut cells {
            cell.successes = binomial_draw(cell.total as u64, observed.pooled, uniform) as f64;
        }
        rate_spread(&cells)
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_uniform::Uniform;
    use super::*;

    fn counts(pairs: &[(f64, f64)]) -> Vec<Counts> {
        pairs.iter().map(|&(successes, total)| Counts { successes, total }).collect()
    }

    /// One row each at a pooled rate of 1/2: the draws 01 and 10 (chance 1/2) reach the observed chi-square of 2.
    #[test]
    fn two_single_rows_by_hand() {
        let mut source = Uniform::new(1);
        let got = heterogeneity(&counts(&[(1.0, 1.0), (0.0, 1.0)]), 20_000, &mut || source.next()).unwrap();
        assert!((got.chi_square - 2.0).abs() < 1e-14 && (got.range - 1.0).abs() < 1e-15);
        assert!((got.p_value - 0.5).abs() < 0.015 && (got.expected_range - 0.5).abs() < 0.015);
    }

    #[test]
    fn a_large_difference_is_found_and_the_chi_square_table_approached() {
        let mut source = Uniform::new(2);
        let groups = counts(&[(300.0, 1000.0), (330.0, 1000.0), (270.0, 1000.0)]);
        let got = heterogeneity(&groups, 20_000, &mut || source.next()).unwrap();
        let table = super::super::chi_square::upper_tail(got.chi_square, 2.0).unwrap();
        assert!((got.p_value - table).abs() < 0.002, "{} {table}", got.p_value);
        let far =
            heterogeneity(&counts(&[(900.0, 1000.0), (1.0, 10.0)]), 999, &mut || source.next()).unwrap();
        assert!((far.p_value - 0.001).abs() < 1e-12);
    }

    #[test]
    fn undefined_cases_and_fractions() {
        let mut source = Uniform::new(3);
        let mut test = |pairs: &[(f64, f64)]| heterogeneity(&counts(pairs), 99, &mut || source.next());
        assert!(test(&[(1.0, 2.0)]).is_err() && test(&[(1.0, 2.0), (0.0, 0.0)]).is_err());
        assert!(test(&[(0.0, 2.0), (0.0, 3.0)]).is_err() && test(&[(3.0, 2.0), (0.0, 3.0)]).is_err());
        assert!(test(&[(0.4, 2.5), (1.2, 3.0)]).is_ok());
        assert_eq!(large_enough(&[(10.0, 10.0), (9.5, 100.0), (100.0, 9.0)]), [true, false, false]);
    }
}
