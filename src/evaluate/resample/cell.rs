//! The rows of one cell (all rows, or one level of one grouping), listed once for every replicate.

use std::ops::Range;

use super::order::Order;
use super::score_bins::TENTHS;
use crate::num::logit;

/// Rows of one fold and one bin of the score.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// Number of this fold and bin in the order of all rows: the same in every cell.
    pub(crate) key: u32,
    /// Whether it is the first of its fold in this cell.
    pub(crate) opens_fold: bool,
    /// Place of the bin in [`Cell::bins`].
    pub(crate) bin: u16,
    /// End of its rows; they start where the segment before ends.
    pub(crate) rows: u32,
    /// End of its runs.
    pub(crate) runs: u32,
}

/// Either rows no two of which are tied, or all the rows tied at one score.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// End of its rows.
    pub(crate) rows: u32,
    /// Whether they are tied.
    pub(crate) tied: bool,
}

/// The segments of one fold.
#[derive(Clone, Debug)]
pub(crate) struct FoldSpan {
    pub(crate) fold: u16,
    pub(crate) segments: Range<usize>,
}

/// What the rows of one bin have in common: means over the sample, of rows with and without the outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bin {
    /// Number among all bins of the score.
    pub(crate) number: u16,
    /// Rows and rows with the outcome.
    rows: [f64; 2],
    /// Predicted risk.
    pub(crate) p: f64,
    /// Its log-odds; 0 where the risk is exactly 0 or 1.
    pub(crate) x: f64,
    /// Predicted risk of rows without and with the outcome.
    pub(crate) p_of: [f64; 2],
    /// Squared difference between risk and outcome (0 or 1), of rows without and with the outcome.
    pub(crate) square: [f64; 2],
    /// Minus the logarithm of the probability given to what happened, of rows without and with the outcome; infinite where
    /// that was zero.
    pub(crate) loss: [f64; 2],
    /// Whether the risk is exactly 0 or 1.
    pub(crate) certain: bool,
    /// Which of ten bins of equal width it lies in.
    pub(crate) tenth: u8,
}

/// The rows of one cell in the order of all rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// Place of each row among all sorted rows, times two, plus one if the outcome came: one memory access tells both,
    /// and weights in sorted order are read forwards.
    pub(crate) rows: Vec<u32>,
    pub(crate) runs: Vec<Run>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) folds: Vec<FoldSpan>,
    /// Bins that have a row.
    pub(crate) bins: Vec<Bin>,
    /// Places of bins by rising risk.
    pub(crate) rising: Vec<u16>,
    /// Neighbours in `rising` that make one of few points, of about equal numbers of rows; risks of exactly 0 and 1 stay
    /// alone.
    pub(crate) coarse: Vec<Range<usize>>,
}

/// Builds cells from the order of all rows.
struct Builder<'a> {
    order: &'a Order,
    keys: &'a [u32],
    /// How many times each place counts in the means of bins.
    weight: &'a [u16],
    cell: Cell,
    /// Place in `cell.bins` of each bin of the score, plus one.
    place_of: Vec<u16>,
    last: Option<usize>,
}

/// Number of the fold and bin of each place, in the order of all rows.
fn keys(order: &Order) -> Vec<u32> {
    let mut key = 0;
    let mut keys = Vec::with_capacity(order.row.len());
    for place in 0..order.row.len() {
        let new = place > 0
            && (order.fold[place] != order.fold[place - 1] || order.bin[place] != order.bin[place - 1]);
        key += u32::from(new);
        keys.push(key);
    }
    keys
}

impl Builder<'_> {
    fn push(&mut self, place: usize) {
        let (order, cell) = (self.order, &mut self.cell);
        let before = self.last.replace(place);
        let same_fold = before.is_some_and(|b| order.fold[b] == order.fold[place]);
        let same_bin = same_fold && before.is_some_and(|b| order.bin[b] == order.bin[place]);
        let tied = same_fold && before.is_some_and(|b| order.p[b] <= order.p[place]);
        // Fits: the number of rows is checked to be under 31 bits.
        cell.rows.push((place as u32) << 1 | u32::from(order.y[place]));
        let rows = cell.rows.len() as u32;
        if !same_fold {
            let at = cell.segments.len();
            cell.folds.push(FoldSpan { fold: order.fold[place], segments: at..at });
        }
        if tied {
            join_run(&mut cell.runs, rows);
        } else {
            match cell.runs.last_mut() {
                Some(run) if same_bin && !run.tied => run.rows = rows,
                _ => cell.runs.push(Run { rows, tied: false }),
            }
        }
        let runs = cell.runs.len() as u32;
        if same_bin {
            if let Some(segment) = cell.segments.last_mut() {
                (segment.rows, segment.runs) = (rows, runs);
            }
        } else {
            let bin = self.local_bin(place);
            let (key, opens_fold) = (self.keys[place], !same_fold);
            self.cell.segments.push(Segment { key, opens_fold, bin, rows, runs });
            let segments = self.cell.segments.len();
            if let Some(span) = self.cell.folds.last_mut() {
                span.segments.end = segments;
            }
        }
        self.observe(place);
    }

    fn local_bin(&mut self, place: usize) -> u16 {
        let number = self.order.bin[place];
        let known = &mut self.place_of[usize::from(number)];
        if *known == 0 {
            self.cell.bins.push(Bin { number, ..Bin::default() });
            *known = self.cell.bins.len() as u16;
        }
        *known - 1
    }

    /// Adds a row to the sums of its bin.
    fn observe(&mut self, place: usize) {
        let (p, with) = (self.order.p[place], usize::from(self.order.y[place]));
        let at = usize::from(self.place_of[usize::from(self.order.bin[place])] - 1);
        let (bin, w) = (&mut self.cell.bins[at], f64::from(self.weight[place]));
        bin.certain = p <= 0.0 || p >= 1.0;
        bin.tenth = TENTHS.iter().filter(|border| p >= **border).count() as u8;
        bin.rows[with] += w;
        bin.p += w * p;
        bin.x += if bin.certain { 0.0 } else { w * logit(p) };
        bin.p_of[with] += w * p;
        let miss = if with == 1 { 1.0 - p } else { p };
        bin.square[with] += w * miss * miss;
        // Only of what happened: nothing times infinity is not a number.
        if w > 0.0 {
            bin.loss[with] -= w * if with == 1 { p.ln() } else { (-p).ln_1p() };
        }
    }

    fn finish(mut self) -> Cell {
        for bin in &mut self.cell.bins {
            let all = bin.rows[0] + bin.rows[1];
            if all > 0.0 {
                (bin.p, bin.x) = (bin.p / all, bin.x / all);
            }
            for with in 0..2 {
                if bin.rows[with] > 0.0 {
                    bin.p_of[with] /= bin.rows[with];
                    bin.square[with] /= bin.rows[with];
                    bin.loss[with] /= bin.rows[with];
                }
            }
        }
        let bins = &self.cell.bins;
        self.cell.rising = (0..bins.len() as u16).collect();
        self.cell.rising.sort_unstable_by_key(|at| bins[usize::from(*at)].number);
        self.cell.coarse = coarse(bins, &self.cell.rising);
        self.cell
    }
}

/// What is measured from points in a replicate differs from the exact value by the spread of risks within a point: with
/// this many, by about a hundredth of what chance moves it by (`model::tests`).
const MOST_POINTS: usize = 64;

fn coarse(bins: &[Bin], rising: &[u16]) -> Vec<Range<usize>> {
    let rows = |at: &u16| bins[usize::from(*at)].rows.iter().sum::<f64>();
    let share = rising.iter().map(rows).sum::<f64>() / MOST_POINTS as f64;
    let (mut out, mut start, mut sum) = (Vec::new(), 0, 0.0);
    for (place, at) in rising.iter().enumerate() {
        sum += rows(at);
        let next = rising.get(place + 1).map(|at| bins[usize::from(*at)]);
        let alone = bins[usize::from(*at)].certain || next.is_none_or(|next| next.certain);
        if alone || sum + 0.5 * next.map_or(0.0, |next| next.rows[0] + next.rows[1]) >= share {
            out.push(start..place + 1);
            (start, sum) = (place + 1, 0.0);
        }
    }
    out
}

/// Lets the last row, tied with the one before it, join that one's run.
fn join_run(runs: &mut Vec<Run>, rows: u32) {
    if let Some(run) = runs.last_mut() {
        if run.tied {
            run.rows = rows;
            return;
        }
        // The row before leaves the run of rows that are not tied, which may have been alone in it.
        run.rows = rows - 2;
        let start = runs.len().checked_sub(2).map_or(0, |before| runs[before].rows);
        if start == rows - 2 {
            runs.pop();
        }
    }
    runs.push(Run { rows, tied: true });
}

/// The cell of all rows, then one for each level of each grouping: `levels` gives the number of levels and the level of
/// each row. `weight` gives how often each place counts in the means of bins.
pub(crate) fn cells(order: &Order, weight: &[u16], groupings: &[(usize, &[u16])]) -> Vec<Cell> {
    let bins = order.bin.iter().max().map_or(0, |last| usize::from(*last) + 1);
    let count = 1 + groupings.iter().map(|(levels, _)| levels).sum::<usize>();
    let keys = keys(order);
    let new = || {
        let cell = Cell::default();
        Builder { order, keys: &keys, weight, cell, place_of: vec![0; bins], last: None }
    };
    let mut builders: Vec<Builder<'_>> = (0..count).map(|_| new()).collect();
    for (place, row) in order.row.iter().enumerate() {
        builders[0].push(place);
        let mut first = 1;
        for (levels, level_of) in groupings {
            builders[first + usize::from(level_of[*row as usize])].push(place);
            first += levels;
        }
    }
    builders.into_iter().map(Builder::finish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::resample::score_bins::ScoreBins;

    #[test]
    fn runs_and_segments_cover_all_rows_in_order() {
        // Fold 0: .59 | .52 .52 .52 | .44 ; fold 1: .52 | .41 .41. Bins: from .4, from .5.
        let p = [0.52, 0.59, 0.52, 0.44, 0.52, 0.41, 0.52, 0.41];
        let fold = [0, 0, 0, 0, 0, 1, 1, 1];
        let y = [true, false, false, true, false, false, true, true];
        let order = Order::new(&y, &p, &fold, &ScoreBins::new(&[], &[]));
        let cells = cells(&order, &[1; 8], &[(2, &[0, 0, 1, 0, 0, 1, 1, 1])]);
        let runs = |c: &Cell| c.runs.iter().map(|r| (r.rows, r.tied)).collect::<Vec<_>>();
        let segments = |c: &Cell| c.segments.iter().map(|s| (s.bin, s.rows, s.runs)).collect::<Vec<_>>();
        let all = &cells[0];
        assert_eq!(runs(all), [(1, false), (4, true), (5, false), (6, false), (8, true)]);
        assert_eq!(segments(all), [(0, 4, 2), (1, 5, 3), (0, 6, 4), (1, 8, 5)]);
        assert_eq!((all.folds[0].segments.clone(), all.folds[1].segments.clone()), (0..2, 2..4));
        // .59 and three times .52 (one with the outcome) and another .52 with it in the upper bin.
        assert!((all.bins[0].p - 2.67 / 5.0).abs() < 1e-15);
        assert!(
            (all.bins[0].p_of[1] - 0.52).abs() < 1e-15 && (all.bins[0].p_of[0] - 1.63 / 3.0).abs() < 1e-15
        );
        // Level 0: fold 0 without one of the tied rows.
        assert_eq!(runs(&cells[1]), [(1, false), (3, true), (4, false)]);
        // Level 1: one .52 of fold 0, then fold 1: rows of different folds are not tied.
        assert_eq!(runs(&cells[2]), [(1, false), (2, false), (4, true)]);
        assert_eq!(segments(&cells[2]), [(0, 1, 1), (0, 2, 2), (1, 4, 3)]);
    }
}
