//! How far the rates of several groups lie apart.

/// One group's count of a rate: so many of so many, with the factor by which households widen its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateCell {
    /// The rows with the property, from 0 to `total`; may be fractional.
    pub successes: f64,
    /// The rows that could have it; 0 leaves the group out.
    pub total: f64,
    /// The variance of the group's rate relative to as many independent rows; 1 for independent rows.
    pub design_effect: f64,
}

/// How far the rates of the groups lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateSpread {
    /// The rate of all groups together.
    pub pooled: f64,
    /// `sum over groups of n (p_g - p)^2 / (p (1 - p) D_g)`: Pearson's chi-square when every design effect D is 1.
    pub chi_square: f64,
    /// The highest rate minus the lowest.
    pub range: f64,
}

/// The spread of the rates in `cells`, or `None` when no row or every row has the property or there are no rows.
///
/// O(groups), allocates nothing.
#[must_use]
pub fn rate_spread(cells: &[RateCell]) -> Option<RateSpread> {
    let (successes, total) = cells.iter().fold((0.0, 0.0), |sum, c| (sum.0 + c.successes, sum.1 + c.total));
    let pooled = successes / total;
    let variance = pooled * (1.0 - pooled);
    if !(total > 0.0 && successes > 0.0 && successes < total && variance > 0.0) {
        return None;
    }
    let (mut chi_square, mut lowest, mut highest) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
    for cell in cells.iter().filter(|c| c.total > 0.0) {
        let rate = cell.successes / cell.total;
        chi_square += cell.total * (rate - pooled) * (rate - pooled) / (variance * cell.design_effect);
        lowest = rate.min(lowest);
        highest = rate.max(highest);
    }
    Some(RateSpread { pooled, chi_square, range: highest - lowest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(successes: f64, total: f64) -> RateCell {
        RateCell { successes, total, design_effect: 1.0 }
    }

    /// 15 of 20 and 5 of 20: the chi-square is the square of the pooled z, 10.
    #[test]
    fn two_groups_give_the_square_of_z() {
        let got = rate_spread(&[cell(15.0, 20.0), cell(0.0, 0.0), cell(5.0, 20.0)]).unwrap();
        assert!((got.chi_square - 10.0).abs() < 1e-13 && (got.range - 0.5).abs() < 1e-15);
        let halved = [15.0, 5.0].map(|k| RateCell { design_effect: 2.0, ..cell(k, 20.0) });
        assert!((rate_spread(&halved).unwrap().chi_square - 5.0).abs() < 1e-13);
    }

    #[test]
    fn constant_columns_have_no_spread() {
        assert!(rate_spread(&[cell(0.0, 5.0), cell(0.0, 2.0)]).is_none());
        assert!(rate_spread(&[cell(5.0, 5.0), cell(2.0, 2.0)]).is_none());
        assert!(rate_spread(&[]).is_none());
    }
}
