//! Counts of a rate by group from rows in households.

use super::rate_table::{RateCell, rate_spread};
use super::sibling_pairs::SiblingPairs;

/// One row of the rate's denominator: for a false-positive rate a row without the event, for a positive predictive
/// value a flagged row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateRow {
    /// The household's code, any number.
    pub household: usize,
    /// The group's code, from 0.
    pub group: usize,
    /// Whether the row has the property: 0 or 1, or a share between for a row tied at a cut.
    pub success: f64,
    /// How much of the row is in the denominator: 1, or a share for a row tied at a cut; 0 leaves it out.
    pub weight: f64,
}

/// What the households say about a rate: the counts by group and how alike rows of one household are.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseholdCounts {
    /// One cell a group, in order of code, groups not tested having a total of 0.
    pub cells: Vec<RateCell>,
    /// The rate of all tested groups together.
    pub pooled: f64,
    /// The correlation of the property between two rows of one household, over all groups, from 0 to 1.
    pub correlation: f64,
    /// The same for two rows of one household and one group, by group, drawn toward `correlation`.
    pub correlations: Vec<f64>,
    /// The same for two rows of one household and different groups.
    pub across: f64,
    /// For each household how many rows it has in each tested group: pairs of (group, rows), rising by group.
    pub compositions: Vec<Vec<(usize, u64)>>,
}

/// Counts `rows` by group and estimates how alike rows of one household are.
///
/// Only groups with `included[group]` take part. Residuals are about the pooled rate, because residuals about the
/// rates of small groups would hide correlation. A group's own correlation is drawn toward that of all, since it is
/// noise where there are few siblings and may truly differ where there are many ([`SiblingPairs::drawn_toward`]). Two rows
/// of different groups may be less alike than two of one: a child's own referrals are all of one sex. Where shares make the
/// variance of a row other than p(1-p), the design effects carry the ratio, by group. O(n log n).
///
/// # Errors
/// With a group code not covered by `included`, a success or weight outside 0 to 1, or no row or every row having
/// the property.
pub fn household_counts(rows: &[RateRow], included: &[bool]) -> Result<HouseholdCounts, &'static str> {
    let kept = tested_rows(rows, included)?;
    let mut cells = vec![RateCell { successes: 0.0, total: 0.0, design_effect: 1.0 }; included.len()];
    for row in &kept {
        if let Some(cell) = cells.get_mut(row.group) {
            cell.successes += row.weight * row.success;
            cell.total += row.weight;
        }
    }
    let pooled = rate_spread(&cells).ok_or("no row or every row in all groups has the property")?.pooled;
    let (mut all, mut within) = (SiblingPairs::default(), SiblingPairs::default());
    let mut own = vec![SiblingPairs::default(); included.len()];
    let mut compositions = Vec::new();
    for household in kept.chunk_by(|a, b| a.household == b.household) {
        all.add_household(household.iter().map(|r| (r.weight, r.success)), pooled);
        let mut composition = Vec::new();
        for members in household.chunk_by(|a, b| a.group == b.group) {
            let group = members.first().map_or(0, |r| r.group);
            if let Some(pairs) = own.get_mut(group) {
                pairs.add_household(members.iter().map(|r| (r.weight, r.success)), pooled);
                within.add_household(members.iter().map(|r| (r.weight, r.success)), pooled);
            }
            composition.push((group, members.len() as u64));
        }
        compositions.push(composition);
    }
    let (correlation, variance) = (all.correlation(), all.variance());
    let across = SiblingPairs {
        products: all.products - within.products,
        product_weights: all.product_weights - within.product_weights,
        ..all
    };
    let across = across.drawn_toward(correlation, variance);
    let shared = kept.iter().any(|r| r.success > 0.0 && r.success < 1.0);
    let of_shares = |own: &SiblingPairs| {
        if shared { own.variance_toward(variance) / (pooled * (1.0 - pooled)) } else { 1.0 }
    };
    let correlations: Vec<f64> = own.iter().map(|p| p.drawn_toward(correlation, variance)).collect();
    for ((cell, pairs), correlation) in cells.iter_mut().zip(&own).zip(&correlations) {
        if cell.total > 0.0 {
            cell.design_effect = of_shares(pairs) * pairs.design_effect(*correlation, cell.total);
        }
    }
    if cells.iter().any(|c| c.design_effect <= 0.0) {
        return Err("no row or every row in all groups has the property");
    }
    Ok(HouseholdCounts { cells, pooled, correlation, correlations, across, compositions })
}

/// The rows of tested groups, by household and group.
fn tested_rows(rows: &[RateRow], included: &[bool]) -> Result<Vec<RateRow>, &'static str> {
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let in_test = included.get(row.group).ok_or("a group code has no entry in the list of groups")?;
        if !((0.0..=1.0).contains(&row.success) && (0.0..=1.0).contains(&row.weight)) {
            return Err("a row's share is not between 0 and 1");
        }
        if *in_test && row.weight > 0.0 {
            kept.push(*row);
        }
    }
    kept.sort_by_key(|r| (r.household, r.group));
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(household: usize, group: usize, success: f64) -> RateRow {
        RateRow { household, group, success, weight: 1.0 }
    }

    /// Pairs 11, 00, 10 (across groups) and singles 1, 0: correlation 1/3.
    #[test]
    fn worked_by_hand() {
        let rows = [
            row(9, 0, 1.0),
            row(9, 0, 1.0),
            row(4, 1, 0.0),
            row(4, 1, 0.0),
            row(5, 0, 1.0),
            row(5, 1, 0.0),
            row(6, 0, 1.0),
            row(7, 1, 0.0),
        ];
        let got = household_counts(&rows, &[true, true]).unwrap();
        assert!((got.pooled - 0.5).abs() < 1e-15 && (got.correlation - 1.0 / 3.0).abs() < 1e-14);
        // Group 0: one pair at 1 against twenty at 1/3; households of 2, 1 and 1 rows: sum m^2 / sum m = 6/4.
        let own = (1.0 + 20.0 / 3.0) / 21.0;
        assert!((got.correlations[0] - own).abs() < 1e-14);
        assert!((got.cells[0].design_effect - (1.0 + 0.5 * own)).abs() < 1e-14);
        assert!((got.cells[0].successes - 4.0).abs() < 1e-15 && (got.cells[1].total - 4.0).abs() < 1e-15);
        assert_eq!(got.compositions[1], [(0, 1), (1, 1)]);
    }

    #[test]
    fn single_rows_have_no_correlation_and_groups_left_out_do_not_count() {
        let rows = [row(0, 0, 1.0), row(1, 0, 0.0), row(2, 1, 1.0), row(2, 2, 1.0)];
        let got = household_counts(&rows, &[true, true, false]).unwrap();
        assert!(got.correlation.abs() < 1e-300 && got.cells[2].total.abs() < 1e-300);
        assert!((got.cells[1].design_effect - 1.0).abs() < 1e-15);
    }

    #[test]
    fn shares_use_their_own_variance() {
        let halves: Vec<RateRow> = (0..8).map(|h| row(h, h % 2, if h < 4 { 0.5 } else { 0.0 })).collect();
        let got = household_counts(&halves, &[true, true]).unwrap();
        // p = 1/4, residuals ±1/4: variance 1/16 over 3/16.
        assert!((got.cells[0].design_effect - 1.0 / 3.0).abs() < 1e-15);
        let all_half: Vec<RateRow> = (0..8).map(|h| row(h, h % 2, 0.5)).collect();
        assert!(household_counts(&all_half, &[true, true]).is_err());
    }

    #[test]
    fn illegal_rows_are_refused() {
        assert!(household_counts(&[row(0, 2, 1.0)], &[true, true]).is_err());
        assert!(household_counts(&[row(0, 0, 1.5)], &[true]).is_err());
        assert!(household_counts(&[row(0, 0, 1.0)], &[true]).is_err());
        assert!(household_counts(&[], &[]).is_err());
    }
}
