//! Groups of predicted risk for the grouped calibration curve.

use super::FEWEST;
use super::resample::cell::Cell;
use super::resample::pass::Pass;
use super::resample::score_bins::ScoreBins;

/// Groups of rows by predicted risk, from the lowest. Made once on the sample and kept in every replicate.
#[derive(Clone, Debug)]
pub(super) struct Bins {
    /// Least predicted risk of each group.
    pub(super) from: Vec<f64>,
    /// Mean predicted risk of each group.
    pub(super) mean: Vec<f64>,
}

/// Rows and rows with the outcome of one group.
pub(super) type Tenth = (u64, u64);

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
        let (mut from, mut mean) = (Vec::new(), Vec::new());
        for rows in cuts.into_iter().map(|(start, end)| &order[start..end]) {
            from.push(rows.first().map_or(0.0, |r| p[*r as usize]));
            mean.push(rows.iter().map(|r| p[*r as usize]).sum::<f64>() / rows.len() as f64);
        }
        Self { from, mean }
    }

    /// Weighted rows and rows with the outcome of each group. The groups' least risks are borders of the fine bins.
    pub(super) fn count(&self, cell: &Cell, pass: &Pass, lane: usize, scores: &ScoreBins) -> Vec<Tenth> {
        let starts: Vec<u16> = self.from.iter().map(|p| scores.of(*p)).collect();
        let mut counts = vec![(0, 0); self.mean.len()];
        for (bin, count) in cell.bins.iter().zip(pass.bins(lane)) {
            let group = starts.partition_point(|start| *start <= bin.number).max(1) - 1;
            let of: &mut Tenth = &mut counts[group];
            of.0 += u64::from(count.rows);
            of.1 += u64::from(count.events);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::resample::cell::cells;
    use crate::evaluate::resample::harmonic::Harmonic;
    use crate::evaluate::resample::order::Order;
    use crate::evaluate::resample::pass::{LANES, pass};

    fn counts(y: &[bool], p: &[f64], weight: u16) -> Vec<Tenth> {
        let bins = Bins::new(y, p);
        let scores = ScoreBins::new(p, &bins.from);
        let order = Order::new(y, p, &vec![0; y.len()], &scores);
        let cells = cells(&order, &vec![weight; y.len()], &[]);
        let mut passed = Vec::new();
        pass(&cells, &vec![[weight; LANES]; y.len()], &Harmonic::new(0), &mut passed);
        bins.count(&cells[0], &passed[0], 3, &scores)
    }

    #[test]
    fn groups_hold_ten_of_each_kind_and_keep_ties_together() {
        // 100 rows with scores 0.00, 0.01, …; every fourth row has the outcome: a tenth of the rows holds 2 or 3 with the
        // outcome, so tenths are merged by fours (10 with the outcome, 30 without), and the last two join the group
        // before them.
        let p: Vec<f64> = (0..100).map(|i| f64::from(i) / 100.0).collect();
        let y: Vec<bool> = (0..100).map(|i| i % 4 == 0).collect();
        let bins = Bins::new(&y, &p);
        assert_eq!(counts(&y, &p, 1), [(40, 10), (60, 15)]);
        assert!((bins.mean[0] - 0.195).abs() < 1e-12 && (bins.mean[1] - 0.695).abs() < 1e-12);
        // One score: one group.
        assert_eq!(counts(&y, &[0.3; 100], 2), [(200, 50)]);
        // A tie over the border of two tenths goes with its first row.
        let y: Vec<bool> = (0..400).map(|i| i % 2 == 0).collect();
        let p: Vec<f64> =
            (0..400).map(|i| if (30..60).contains(&i) { 30.0 } else { f64::from(i) } / 400.0).collect();
        assert_eq!(counts(&y, &p, 1)[..3], [(60, 30), (20, 10), (40, 20)]);
    }
}
