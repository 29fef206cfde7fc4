//! Who is flagged at a capacity, row by row.

/// Part of each row (0, 1, or between where rows are tied at the cut) that is flagged when `capacity`, a share of each
/// fold's rows, is flagged in whole places, the highest risks first. Rows tied at the cut share the places left equally.
/// The same rule as that of the measures at a capacity. O(n log n).
#[must_use]
pub fn flagged(p: &[f64], fold: &[u16], capacity: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len().min(fold.len())).collect();
    order.sort_unstable_by(|&a, &b| fold[a].cmp(&fold[b]).then(p[b].total_cmp(&p[a])).then(a.cmp(&b)));
    let mut parts = vec![0.0; p.len()];
    for rows in order.chunk_by(|a, b| fold[*a] == fold[*b]) {
        // 0.29 of 100 is 28.999999999999996 to a computer.
        let mut left = (capacity * rows.len() as f64 + 1e-9).floor();
        for tied in rows.chunk_by(|a, b| p[*a].total_cmp(&p[*b]).is_eq()) {
            let part = (left / tied.len() as f64).clamp(0.0, 1.0);
            tied.iter().for_each(|&row| parts[row] = part);
            left -= tied.len() as f64;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::flagged;

    #[test]
    fn places_are_whole_within_a_fold_and_shared_by_ties() {
        // Fold 0 has 4 rows: 0.6 of them is 2 places, one for .9 and one shared by the two of .5. Fold 1 has 2 rows: 1.
        let got = flagged(&[0.5, 0.9, 0.5, 0.1, 0.2, 0.3], &[0, 0, 0, 0, 1, 1], 0.6);
        assert_eq!(got, [0.5, 1.0, 0.5, 0.0, 0.0, 1.0]);
        assert!((flagged(&[0.5; 100], &[0; 100], 0.29)[7] - 0.29).abs() < 1e-12);
    }

    #[test]
    fn as_many_are_flagged_as_the_measures_count() {
        let p: Vec<f64> = (0..600).map(|i| f64::from(i * 7919 % 97) / 97.0).collect();
        let fold: Vec<u16> = (0..600).map(|i| (i % 3) as u16).collect();
        let y: Vec<bool> = (0..600).map(|i| i % 4 == 0).collect();
        let sample = crate::evaluate::Sample {
            y: &y,
            p: &p,
            fold: &fold,
            weight: &[1; 600],
            capacities: &[0.13],
            thresholds: &[],
        };
        let counted = crate::evaluate::tally(&sample).flagged[0];
        let got = flagged(&p, &fold, 0.13);
        let with: f64 = got.iter().zip(&y).filter(|(_, y)| **y).map(|(part, _)| part).sum();
        assert!((with - counted.with).abs() < 1e-9 && (got.iter().sum::<f64>() - 78.0).abs() < 1e-9);
    }
}
