//! Groups of predicted risk for the grouped calibration curve.

use super::FEWEST;

/// How rows fall into groups of predicted risk, from the lowest. Made once on the sample and kept in every replicate.
#[derive(Clone, Debug)]
pub(super) struct Bins {
    /// Group of each row.
    of_row: Vec<u8>,
    /// Mean predicted risk of each group.
    pub(super) mean: Vec<f64>,
}

/// Rows and rows with the outcome.
pub(super) type Count = (u64, u64);

const MOST: usize = 10;

impl Bins {
    /// Up to ten groups of equal size. Rows with one score stay together (they go where the first of them falls), and
    /// neighbours are merged until each group holds [`FEWEST`] rows with and [`FEWEST`] without the outcome.
    pub(super) fn new(y: &[bool], p: &[f64]) -> Self {
        let mut order: Vec<u32> = (0..y.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| p[a as usize].total_cmp(&p[b as usize]).then(a.cmp(&b)));
        // Group of each sorted row, before merging.
        let mut tenth = vec![0; order.len()];
        for k in 0..order.len() {
            let tied = k > 0 && p[order[k] as usize] <= p[order[k - 1] as usize];
            tenth[k] = if tied { tenth[k - 1] } else { k * MOST / order.len() };
        }
        let mut of_row = vec![0_u8; y.len()];
        let (mut start, mut end) = (0, 0);
        let mut cuts = Vec::new();
        let (mut with, mut without) = (0, 0);
        while end < order.len() {
            let group = tenth[end];
            while end < order.len() && tenth[end] == group {
                if y[order[end] as usize] {
                    with += 1;
                } else {
                    without += 1;
                }
                end += 1;
            }
            if with >= FEWEST && without >= FEWEST {
                cuts.push((start, end));
                (start, with, without) = (end, 0, 0);
            }
        }
        // What is left over at the top is too small to stand alone.
        match cuts.last_mut() {
            Some(last) => last.1 = end,
            None => cuts.push((0, end)),
        }
        let mut mean = Vec::new();
        for (group, (start, end)) in (0_u8..).zip(cuts) {
            let rows = &order[start..end];
            mean.push(rows.iter().map(|r| p[*r as usize]).sum::<f64>() / rows.len() as f64);
            for row in rows {
                of_row[*row as usize] = group;
            }
        }
        Self { of_row, mean }
    }

    /// Weighted rows and rows with the outcome of each group.
    pub(super) fn count(&self, y: &[bool], weight: &[u16]) -> Vec<Count> {
        let mut counts = vec![(0, 0); self.mean.len()];
        for ((group, y), w) in self.of_row.iter().zip(y).zip(weight) {
            let count: &mut Count = &mut counts[usize::from(*group)];
            count.0 += u64::from(*w);
            count.1 += u64::from(*w) * u64::from(*y);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_ten_of_each_kind_and_keep_ties_together() {
        // 100 rows with scores 0.00, 0.01, …; every fourth row has the outcome: a tenth of the rows holds 2 or 3 with the
        // outcome, so tenths are merged by fours (10 with the outcome, 30 without), and the last two join the group
        // before them.
        let p: Vec<f64> = (0..100).map(|i| f64::from(i) / 100.0).collect();
        let y: Vec<bool> = (0..100).map(|i| i % 4 == 0).collect();
        let bins = Bins::new(&y, &p);
        assert_eq!(bins.count(&y, &[1; 100]), [(40, 10), (60, 15)]);
        assert!((bins.mean[0] - 0.195).abs() < 1e-12 && (bins.mean[1] - 0.695).abs() < 1e-12);
        // One score: one group.
        let constant = Bins::new(&y, &[0.3; 100]);
        assert_eq!(constant.count(&y, &[2; 100]), [(200, 50)]);
        // A tie over the border of two tenths goes with its first row.
        let y: Vec<bool> = (0..400).map(|i| i % 2 == 0).collect();
        let p: Vec<f64> =
            (0..400).map(|i| if (30..60).contains(&i) { 30.0 } else { f64::from(i) } / 400.0).collect();
        let counts = Bins::new(&y, &p).count(&y, &[1; 400]);
        assert_eq!(counts[..3], [(60, 30), (20, 10), (40, 20)]);
    }
}
