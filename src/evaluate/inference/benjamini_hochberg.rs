//! Benjamini and Hochberg's adjustment of a family of p values.

/// The adjusted p values of a family, in the order given; undefined members are left out and stay undefined.
///
/// `q_(i) = min over j >= i of min(1, m p_(j) / j)` over the m defined members in rising order (Benjamini and
/// Hochberg 1995, JRSS B 57:289), as `p.adjust(method = "BH")` of R, which also leaves missing members out of m.
/// Reporting q below 0.05 keeps the expected share of false findings below 5%, for independent or positively
/// dependent tests. A member that is not between 0 and 1 is treated as undefined. Equal p values get equal q.
/// O(m log m).
#[must_use]
pub fn benjamini_hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = p_values
        .iter()
        .enumerate()
        .filter_map(|(at, p)| p.filter(|p| (0.0..=1.0).contains(p)).map(|p| (at, p)))
        .collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let family = order.len() as f64;
    let mut adjusted = vec![None; p_values.len()];
    let mut smallest = 1.0_f64;
    for (rank, &(at, p)) in order.iter().enumerate().rev() {
        smallest = smallest.min(p * family / (rank + 1) as f64);
        if let Some(slot) = adjusted.get_mut(at) {
            *slot = Some(smallest);
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(got: &[Option<f64>], want: &[Option<f64>]) {
        assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(want) {
            match (g, w) {
                (Some(g), Some(w)) => assert!((g - w).abs() < 1e-15, "{got:?}"),
                _ => assert_eq!(g, w),
            }
        }
    }

    /// By hand, and R 4.2.2 `p.adjust(c(.01, .04, .03, .005, .55), "BH")` = .025 .05 .05 .025 .55.
    #[test]
    fn worked_by_hand() {
        let got = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.55].map(Some));
        same(&got, &[0.025, 0.05, 0.05, 0.025, 0.55].map(Some));
    }

    #[test]
    fn undefined_members_do_not_count() {
        let got = benjamini_hochberg(&[Some(0.01), None, Some(0.04), Some(f64::NAN), Some(1.5)]);
        same(&got, &[Some(0.02), None, Some(0.04), None, None]);
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    #[test]
    fn ties_zero_and_one() {
        same(&benjamini_hochberg(&[0.02, 0.02, 1.0].map(Some)), &[0.03, 0.03, 1.0].map(Some));
        same(&benjamini_hochberg(&[1.0, 0.0].map(Some)), &[1.0, 0.0].map(Some));
        same(&benjamini_hochberg(&[Some(0.3)]), &[Some(0.3)]);
    }
}
