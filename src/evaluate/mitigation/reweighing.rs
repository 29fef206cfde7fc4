//! Reweighing: learning as if group and outcome had nothing to do with each other.
//!
//! # Measures
//! The weight of each training row under which the outcome is as frequent in every group.
//!
//! # Formula
//! w(g, y) = P(g) P(y) / P(g, y): with N rows, N(g) N(y) / (N N(g, y)).
//!
//! # Inputs
//! The group and the outcome of each training row.
//!
//! # Undefined when
//! Never: a group and outcome without rows need no weight.
//!
//! # Reference
//! Kamiran and Calders 2012, *Knowledge and Information Systems* 33:1, section 4.3.

/// The weight of each row, above 0; the weights add to the number of rows where every group has both outcomes.
#[must_use]
pub fn reweighing(group: &[u16], y: &[bool]) -> Vec<f64> {
    let groups = group.iter().max().map_or(0, |last| usize::from(*last) + 1);
    let mut count = vec![[0.0_f64; 2]; groups];
    for (g, y) in group.iter().zip(y) {
        count[usize::from(*g)][usize::from(*y)] += 1.0;
    }
    let outcomes = [0, 1].map(|y| count.iter().map(|of| of[y]).sum::<f64>());
    let n = outcomes[0] + outcomes[1];
    let weight = |(g, y): (&u16, &bool)| {
        let (of, y) = (count[usize::from(*g)], usize::from(*y));
        (of[0] + of[1]) * outcomes[y] / (n * of[y])
    };
    group.iter().zip(y).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::reweighing;

    #[test]
    fn by_hand() {
        // Ten rows, four of group 0 of which three came back, six of group 1 of which one did; four came back in all.
        let group = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
        let y = [true, true, true, false, true, false, false, false, false, false];
        let weights = reweighing(&group, &y);
        let near = |at: usize, w: f64| assert!((weights[at] - w).abs() < 1e-12, "{at}: {weights:?}");
        near(0, 4.0 * 4.0 / (10.0 * 3.0));
        near(3, 4.0 * 6.0 / 10.0);
        near(4, 6.0 * 4.0 / 10.0);
        near(5, 6.0 * 6.0 / (10.0 * 5.0));
        // Then four in ten came back in both groups, and all weigh as much as they are.
        let came = weights[..3].iter().sum::<f64>() / weights[..4].iter().sum::<f64>();
        assert!((came - 0.4).abs() < 1e-12 && (weights.iter().sum::<f64>() - 10.0).abs() < 1e-12);
        assert!(reweighing(&[], &[]).is_empty());
    }
}
