//! Secondary suppression: no hidden count may be worked out by subtracting the shown ones from their total.

/// One part of a whole, such as one level of a grouping.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Rows: the smallest part that is still shown is hidden next.
    pub(super) size: f64,
    /// The counts to be protected; `None` if they could not be worked out, and then the part is hidden. They may be
    /// fractions, where rows tied at the cut share the places that are left.
    pub(super) cells: Option<Vec<f64>>,
    /// Whether it is hidden.
    pub(super) hidden: bool,
}

/// Hidden parts that could together be larger by fewer rows than this are nearly known.
const NARROW: f64 = 3.0;

/// Slack for counts that were worked back from a rate.
pub(super) const SLACK: f64 = 1e-6;

/// Hides parts until none of their cells can be found from the others and `total`.
///
/// First every part with a cell under the threshold is hidden. Then, while the hidden parts together hold less than
/// the threshold in any cell, or are so many that small parts could hardly be more, or only one part is hidden, the smallest shown part is hidden
/// too. Rows that are in no
/// listed part count as a hidden part. An empty part is marked hidden but calls for no others: it protects nobody.
///
/// `total_size` is the number of rows of the whole, `total` its cells in the same order.
pub(super) fn protect(parts: &mut [Part], total_size: f64, total: &[f64], threshold: f64) {
    let enough = |count: f64| count >= threshold - SLACK;
    for part in parts.iter_mut() {
        let fine = part.cells.as_ref().is_some_and(|cells| cells.iter().all(|&c| enough(c)));
        part.hidden |= !fine || part.size < SLACK;
    }
    loop {
        let listed: f64 = parts.iter().map(|p| p.size).sum();
        let unlisted = usize::from((total_size - listed).abs() > 0.5);
        let hidden = unlisted + parts.iter().filter(|p| p.hidden && p.size > SLACK).count();
        let rest = |cell: usize| {
            let shown = parts.iter().filter(|p| !p.hidden).filter_map(|p| p.cells.as_ref());
            total[cell] - shown.filter_map(|cells| cells.get(cell)).sum::<f64>()
        };
        // Whoever knows that each hidden part is small, and that together they are nearly as large as small parts can
        // be, knows each of them nearly.
        let nearly_full = |cell: usize| {
            let small = |p: &&Part| p.cells.as_ref().is_none_or(|cells| !enough(cells[cell]));
            let parts = parts.iter().filter(|p| p.hidden && p.size > SLACK);
            let most = (threshold - 1.0) * hidden as f64;
            unlisted == 0 && parts.clone().all(|p| small(&p)) && most - rest(cell) < NARROW
        };
        let kept = |cell: usize| enough(rest(cell)) && !nearly_full(cell);
        if hidden == 0 || (hidden > 1 && (0..total.len()).all(kept)) {
            return;
        }
        let next = (0..parts.len())
            .filter(|&i| !parts[i].hidden)
            .min_by(|&a, &b| parts[a].size.total_cmp(&parts[b].size).then(a.cmp(&b)));
        match next {
            Some(i) => parts[i].hidden = true,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, protect};

    fn hidden(parts: &[&[f64]], total: &[f64]) -> Vec<bool> {
        let mut parts: Vec<Part> = parts
            .iter()
            .map(|cells| Part { size: cells.iter().sum(), cells: Some(cells.to_vec()), hidden: false })
            .collect();
        protect(&mut parts, total.iter().sum(), total, 10.0);
        parts.iter().map(|p| p.hidden).collect()
    }

    #[test]
    fn a_single_small_part_takes_the_next_smallest_with_it() {
        assert_eq!(hidden(&[&[500.0], &[3.0], &[40.0]], &[543.0]), [false, true, true]);
    }

    #[test]
    fn two_small_parts_may_still_be_too_little_together() {
        assert_eq!(hidden(&[&[3.0], &[4.0], &[40.0], &[90.0]], &[137.0]), [true, true, true, false]);
    }

    #[test]
    fn all_small_or_all_large_parts_need_no_more() {
        assert_eq!(hidden(&[&[30.0], &[40.0]], &[70.0]), [false, false]);
        assert_eq!(hidden(&[&[6.0], &[7.0], &[90.0]], &[103.0]), [true, true, false]);
        // 18 in two parts under 10 is 9 and 9.
        assert_eq!(hidden(&[&[9.0], &[9.0], &[90.0], &[70.0]], &[178.0]), [true, true, false, true]);
    }

    #[test]
    fn an_empty_part_hides_no_other() {
        assert_eq!(hidden(&[&[0.0], &[40.0], &[50.0]], &[90.0]), [true, false, false]);
    }

    #[test]
    fn rows_in_no_listed_part_count_as_hidden() {
        // 4 rows are in no level: shown 40 and 50 of 94 would reveal them.
        assert_eq!(hidden(&[&[40.0], &[50.0]], &[94.0]), [true, false]);
    }
}
