//! A test that a rate is the same in all groups when rows come in households: the one to report.

use super::household_counts::{RateRow, household_counts};
use super::household_null::HouseholdNull;
use super::null_summary::{Heterogeneity, summarise};
use super::rate_table::rate_spread;

/// Tests that a rate (k of n) is the same in all groups of rows that come in households, by simulation.
///
/// Statistic: `sum over groups of n (p_g - p)^2 / (p (1 - p) D_g)`, D the group's design effect estimated from its
/// own siblings and those of all groups (the idea of Rao and Scott 1981, JASA 76:221); and the range. Null: all counts
/// drawn `draws` times at the pooled rate (the first number, and up to the second where p is small), with these correlations and the real make-up of households, by the model of
/// Lunn and Davies (1998, Biometrika 85:487), and D estimated anew from each draw. So small counts stay discrete,
/// siblings stay alike, households that span two groups tie those groups together, and the noise of D is in the null
/// as it is in the statistic. With single-row households it is [`heterogeneity`](super::heterogeneity::heterogeneity).
///
/// `rows` is the denominator of the rate (for a false-positive rate, rows without the event), `included` says for
/// each group code whether it is tested: pass [`large_enough`](super::heterogeneity::large_enough) and name the groups
/// left out. `uniform` returns numbers in [0, 1). The null is "equal rates for groups with different household sizes
/// too": a gap explained by larger families is still a gap. Report `p_value`; the range is for reading beside its
/// `expected_range`. `examples/heterogeneity_calibration` compares this test with others on fair models.
/// O(n log n) once, then O(kinds of households with rows of a group that is not large) a draw, whatever the number of
/// rows.
///
/// # Errors
/// With fewer than two tested groups that have rows, no row or every row having the property, a group code not
/// covered by `included`, a share outside 0 to 1, or no draws.
pub fn household_heterogeneity(
    rows: &[RateRow],
    included: &[bool],
    draws: [usize; 2],
    uniform: &mut impl FnMut() -> f64,
) -> Result<Heterogeneity, &'static str> {
    let counts = household_counts(rows, included)?;
    let groups = counts.cells.iter().filter(|c| c.total > 0.0).count();
    if groups < 2 {
        return Err("fewer than two groups with rows of this kind");
    }
    let observed = rate_spread(&counts.cells).ok_or("no row or every row in all groups has the property")?;
    let mut null = HouseholdNull::new(&counts);
    summarise(observed, groups, counts.correlation, draws, || rate_spread(null.draw(uniform)))
}

#[cfg(test)]
mod tests {
    use super::super::heterogeneity::heterogeneity;
    use super::super::test_uniform::Uniform;
    use super::super::two_proportions::Counts;
    use super::*;

    /// 14 of 40, 6 of 40 and 10 of 20, `copies` identical rows a household.
    fn rows(copies: usize) -> Vec<RateRow> {
        let mut rows = Vec::new();
        for (group, successes, total) in [(0, 14, 40), (1, 6, 40), (2, 10, 20)] {
            for at in 0..total {
                let household = 100 * group + at;
                let success = f64::from(u8::from(at < successes));
                rows.extend(std::iter::repeat_n(RateRow { household, group, success, weight: 1.0 }, copies));
            }
        }
        rows
    }

    fn test(rows: &[RateRow], included: &[bool]) -> Result<Heterogeneity, &'static str> {
        let mut source = Uniform::new(21);
        household_heterogeneity(rows, included, [9999, 9999], &mut || source.next())
    }

    #[test]
    fn single_rows_equal_the_independent_test() {
        let got = test(&rows(1), &[true; 3]).unwrap();
        let counts = [(14.0, 40.0), (6.0, 40.0), (10.0, 20.0)];
        let counts = counts.map(|(successes, total)| Counts { successes, total });
        let mut source = Uniform::new(22);
        let plain = heterogeneity(&counts, 9999, &mut || source.next()).unwrap();
        assert!(
            (got.chi_square - plain.chi_square).abs() < 1e-12 && got.household_correlation.abs() < 1e-300
        );
        assert!((got.p_value - plain.p_value).abs() < 0.006, "{} {}", got.p_value, plain.p_value);
    }

    /// Copying every row inside its household adds no information: the same statistic and p value, where counting the
    /// copies as rows of their own would multiply the chi-square by four.
    #[test]
    fn copies_in_a_household_change_nothing() {
        let (one, four) = (test(&rows(1), &[true; 3]).unwrap(), test(&rows(4), &[true; 3]).unwrap());
        assert!((four.household_correlation - 1.0).abs() < 1e-12);
        assert!((one.chi_square - four.chi_square).abs() < 1e-10);
        assert!((one.p_value - four.p_value).abs() < 0.006 && (one.range - four.range).abs() < 1e-15);
    }

    /// Two households of two alike rows, one a group, one all 1 and one all 0: either they differ (chance 1/2) or not.
    #[test]
    fn two_households_by_hand() {
        let row = |household, group, success| RateRow { household, group, success, weight: 1.0 };
        let rows = [row(0, 0, 1.0), row(0, 0, 1.0), row(1, 1, 0.0), row(1, 1, 0.0)];
        let got = test(&rows, &[true, true]).unwrap();
        assert!((got.chi_square - 2.0).abs() < 1e-12 && (got.p_value - 0.5).abs() < 0.02);
        assert!((got.expected_range - 0.5).abs() < 0.02 && (got.range_95 - 1.0).abs() < 1e-12);
    }

    /// One group's flags are whole, those of two others tenths of ten times as many rows; the rate is the same in all.
    #[test]
    fn tenths_of_rows_do_not_accuse_a_fair_model() {
        let mut source = Uniform::new(23);
        let mut rejected = 0;
        for _ in 0..400 {
            let mut rows = Vec::new();
            for (group, count, weight) in [(0, 100, 1.0), (1, 1000, 0.1), (2, 1000, 0.1)] {
                for _ in 0..count {
                    let success = f64::from(u8::from(source.next() < 0.3));
                    rows.push(RateRow { household: rows.len(), group, success, weight });
                }
            }
            let got = household_heterogeneity(&rows, &[true; 3], [99, 99], &mut || source.next()).unwrap();
            rejected += usize::from(got.p_value <= 0.05);
        }
        assert!((8..=32).contains(&rejected), "{rejected}");
    }

    /// A half row is a half row: shares tied at a cut may be given as share of success or of the denominator.
    #[test]
    fn shares_and_groups_left_out() {
        let mut shared = rows(1);
        shared.iter_mut().filter(|r| r.household % 7 == 0).for_each(|r| r.success *= 0.5);
        shared.iter_mut().filter(|r| r.household % 5 == 0).for_each(|r| r.weight = 0.5);
        let got = test(&shared, &[true, true, false]).unwrap();
        assert_eq!(got.groups, 2);
        assert!(got.p_value > 0.001 && got.p_value < 0.2, "{got:?}");
        assert_eq!(test(&shared, &[true, true, false]), Ok(got));
        assert!(test(&shared, &[true, false, false]).is_err() && test(&shared, &[true, true]).is_err());
        assert!(household_heterogeneity(&shared, &[true; 3], [0, 0], &mut || 0.5).is_err());
    }
}
