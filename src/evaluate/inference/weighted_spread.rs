//! How far the estimates of several groups lie apart, each weighed by its precision.

/// One row of a test whether groups differ in a measure of scores against outcomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupRow {
    /// The household's code, any number.
    pub household: usize,
    /// The group's code, from 0.
    pub group: usize,
    /// The fold's code: ranks are compared within a fold only. Calibration does not read it.
    pub fold: usize,
    /// Whether the outcome came.
    pub event: bool,
    /// The predicted risk, in [0, 1]; for ranks any finite score.
    pub risk: f64,
}

/// One group's estimate, up to a constant common to all groups, and its squared standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroupEstimate {
    /// The estimate.
    pub value: f64,
    /// The squared standard error; 0 or below leaves the group out.
    pub variance: f64,
}

/// The sum over groups of `(estimate - mean)^2 / variance`, the mean being weighed by 1 / variance.
///
/// Cochran's (1954, Biometrics 10:101) statistic. 0 with fewer than two groups. O(groups), allocates nothing.
#[must_use]
pub fn weighted_spread(groups: impl Iterator<Item = GroupEstimate> + Clone) -> f64 {
    let usable = groups.filter(|g| g.variance > 0.0);
    let (weights, sum) =
        usable.clone().fold((0.0, 0.0), |s, g| (s.0 + 1.0 / g.variance, s.1 + g.value / g.variance));
    if weights <= 0.0 {
        return 0.0;
    }
    let mean = sum / weights;
    usable.map(|g| (g.value - mean) * (g.value - mean) / g.variance).sum()
}

/// The rows of the tested groups with group codes from 0 on without gaps, and the number of those groups.
///
/// # Errors
/// With a group code not covered by `included`, a risk that is not finite, or fewer than two tested groups with rows.
pub fn tested_rows(rows: &[GroupRow], included: &[bool]) -> Result<(Vec<GroupRow>, usize), &'static str> {
    if rows.iter().any(|row| !row.risk.is_finite()) {
        return Err("a score is not a finite number");
    }
    let (code, groups) = tested_codes(rows.iter().map(|row| row.group), included)?;
    let kept = rows.iter().filter_map(|row| Some(GroupRow { group: code[row.group]?, ..*row }));
    Ok((kept.collect(), groups))
}

/// Of each group's code the one among tested groups with rows, from 0 on without gaps; and the number of those groups.
///
/// # Errors
/// With a group code not covered by `included`, or fewer than two tested groups with rows.
pub(crate) fn tested_codes(
    rows: impl Iterator<Item = usize>,
    included: &[bool],
) -> Result<(Vec<Option<usize>>, usize), &'static str> {
    let mut present = vec![false; included.len()];
    for group in rows {
        let in_test = included.get(group).ok_or("a group code has no entry in the list of groups")?;
        present[group] |= *in_test;
    }
    let mut code = vec![None; included.len()];
    let mut groups = 0;
    for (slot, present) in code.iter_mut().zip(&present) {
        if *present {
            *slot = Some(groups);
            groups += 1;
        }
    }
    if groups < 2 {
        return Err("fewer than two groups large enough to test");
    }
    Ok((code, groups))
}

/// A group's own variance, weighing as its `own` rows of the rarer kind, and the variance that all groups have in
/// common, weighing as `prior` such rows.
#[must_use]
pub(crate) fn drawn_toward(own_variance: f64, common_variance: f64, own: f64, prior: f64) -> f64 {
    (own * own_variance + prior * common_variance) / (own + prior)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values 0 and 3 with variances 1 and 2: weights 1 and 1/2, mean 1, spread 1 + 4/2.
    #[test]
    fn worked_by_hand_and_groups_without_variance_are_left_out() {
        let of = |value, variance| GroupEstimate { value, variance };
        let groups = [of(0.0, 1.0), of(3.0, 2.0), of(9.0, 0.0)];
        assert!((weighted_spread(groups.iter().copied()) - 3.0).abs() < 1e-14);
        let moved = groups.map(|g| of(g.value + 7.0, g.variance));
        assert!((weighted_spread(moved.iter().copied()) - 3.0).abs() < 1e-12);
        assert!(weighted_spread(groups[2..].iter().copied()).abs() < 1e-300);
    }

    #[test]
    fn groups_not_tested_leave_and_codes_close_up() {
        let row = |group| GroupRow { household: 7, group, fold: 0, event: true, risk: 0.5 };
        let (kept, groups) = tested_rows(&[row(3), row(1), row(0)], &[true, false, true, true]).unwrap();
        assert_eq!((kept, groups), (vec![GroupRow { group: 1, ..row(3) }, row(0)], 2));
        assert!(tested_rows(&[row(3), row(1)], &[true, true]).is_err());
        assert!(tested_rows(&[row(1), row(0)], &[true, false]).is_err());
        assert!(tested_rows(&[row(0), GroupRow { risk: f64::NAN, ..row(1) }], &[true, true]).is_err());
    }
}
