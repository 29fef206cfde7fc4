//! One pass over the rows of a cell: counts and ranks under the weights of several replicates at once.
//!
//! Replicates stand side by side in lanes, so that what a row is (its outcome, whether it is tied) is looked up once for
//! all of them, and their sums fill a vector register.

use std::ops::Range;

use super::cell::{Cell, Run};
use super::harmonic::{Harmonic, precision_of_tied};

/// Replicates that are passed over at once.
pub(crate) const LANES: usize = 8;

/// How often a row counts in each lane.
pub(crate) type Weight = [u16; LANES];

/// Weights in sorted order, of which one lane is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) weights: &'a [Weight],
    pub(crate) lane: usize,
}

/// Rows and rows with the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) rows: u32,
    pub(crate) events: u32,
}

/// What goes by rank, added up over folds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ranks {
    pub(crate) rows: u64,
    pub(crate) events: u64,
    /// Pairs of a row with and a row without the outcome, within folds.
    pub(crate) pairs: u64,
    /// Twice the pairs in which the row with the outcome has the higher score, plus once the tied ones.
    pub(crate) concordant_twice: u64,
    /// Sum over rows with the outcome of the precision at their place, expected over all orders of tied rows.
    pub(crate) precision: f64,
    /// The same sum for scores that say nothing: all rows of each fold tied.
    pub(crate) precision_by_chance: f64,
}

/// Room for the results of a pass, used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pass {
    pub(crate) ranks: [Ranks; LANES],
    /// Running counts of each fold at the end of each segment.
    upto: Vec<[Count; LANES]>,
    /// Counts of each bin of the cell.
    bins: Vec<[Count; LANES]>,
}

impl Pass {
    /// Running counts of a segment's fold, up to its end.
    pub(crate) fn upto(&self, segment: usize, lane: usize) -> Count {
        self.upto[segment][lane]
    }

    /// The first of a fold's segments by whose end so many rows have come.
    pub(crate) fn reaching(&self, fold: Range<usize>, rows: u32, lane: usize) -> usize {
        fold.start + self.upto[fold].partition_point(|counts| counts[lane].rows < rows)
    }

    /// Running counts of a fold before a segment; `first` is the fold's first one.
    pub(crate) fn before(&self, segment: usize, first: usize, lane: usize) -> Count {
        if segment > first { self.upto[segment - 1][lane] } else { Count::default() }
    }

    /// Counts of each bin of the cell.
    pub(crate) fn bins(&self, lane: usize) -> impl Iterator<Item = Count> {
        self.bins.iter().map(move |counts| counts[lane])
    }

    /// Counts of one bin of the cell.
    pub(crate) fn bin(&self, bin: u16, lane: usize) -> Count {
        self.bins[usize::from(bin)][lane]
    }
}

/// Running sums within one fold.
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    rows: [u32; LANES],
    events: [u32; LANES],
    /// Pairs in which the row with the outcome has the higher score, and pairs of tied rows.
    higher: [u64; LANES],
    tied: [u64; LANES],
    precision: [f64; LANES],
}

/// Where a pass over one cell has come to.
#[derive(Clone, Copy, Debug, Default)]
struct Walk {
    segment: usize,
    row: usize,
    run: usize,
    now: Running,
}

/// Passes over all cells under weights in sorted order. The first cell is that of all rows. Cells go forward together,
/// segment by segment, so that the weights of a segment are still at hand for the next cell.
pub(crate) fn pass(cells: &[Cell], weights: &[Weight], sums: &Harmonic, out: &mut Vec<Pass>) {
    out.resize_with(cells.len(), Pass::default);
    for (cell, out) in cells.iter().zip(out.iter_mut()) {
        out.upto.clear();
        out.bins.clear();
        out.bins.resize(cell.bins.len(), Default::default());
        out.ranks = Default::default();
    }
    let mut walks = vec![Walk::default(); cells.len()];
    let keys = cells.first().and_then(|all| all.segments.last()).map_or(0, |last| last.key + 1);
    for key in 0..keys {
        for ((cell, walk), out) in cells.iter().zip(&mut walks).zip(out.iter_mut()) {
            if cell.segments.get(walk.segment).is_some_and(|segment| segment.key == key) {
                walk.step(cell, weights, sums, out);
            }
        }
    }
    for (walk, out) in walks.iter().zip(out) {
        out.close_fold(&walk.now, sums);
    }
}

impl Walk {
    /// Passes over the next segment.
    fn step(&mut self, cell: &Cell, weights: &[Weight], sums: &Harmonic, out: &mut Pass) {
        let segment = cell.segments[self.segment];
        if segment.opens_fold {
            out.close_fold(&self.now, sums);
            self.now = Running::default();
        }
        let before = self.now.counts();
        for Run { rows, tied } in &cell.runs[self.run..segment.runs as usize] {
            let of_run = &cell.rows[self.row..*rows as usize];
            if *tied {
                block(of_run, weights, sums, &mut self.now);
            } else {
                singles(of_run, weights, sums, &mut self.now);
            }
            self.row = *rows as usize;
        }
        self.run = segment.runs as usize;
        self.segment += 1;
        let counts = self.now.counts();
        out.upto.push(counts);
        let bin = &mut out.bins[usize::from(segment.bin)];
        for lane in 0..LANES {
            bin[lane].rows += counts[lane].rows - before[lane].rows;
            bin[lane].events += counts[lane].events - before[lane].events;
        }
    }
}

impl Pass {
    /// Adds the sums of a fold.
    fn close_fold(&mut self, fold: &Running, sums: &Harmonic) {
        for (lane, ranks) in self.ranks.iter_mut().enumerate() {
            ranks.add(fold, lane, sums);
        }
    }
}

impl Ranks {
    /// Adds the sums of a fold.
    fn add(&mut self, fold: &Running, lane: usize, sums: &Harmonic) {
        let (rows, events) = (u64::from(fold.rows[lane]), u64::from(fold.events[lane]));
        self.rows += rows;
        self.events += events;
        self.pairs += events * (rows - events);
        self.concordant_twice += 2 * fold.higher[lane] + fold.tied[lane];
        self.precision += fold.precision[lane];
        self.precision_by_chance += precision_of_tied(sums, 0, 0, rows, events);
    }
}

impl Running {
    fn counts(&self) -> [Count; LANES] {
        std::array::from_fn(|lane| Count { rows: self.rows[lane], events: self.events[lane] })
    }
}

/// Rows no two of which are tied. Copies of one row are tied among each other, and all alike.
#[inline]
fn singles(rows: &[u32], weights: &[Weight], sums: &Harmonic, now: &mut Running) {
    let Running { rows: mut n, mut events, mut higher, tied, mut precision } = *now;
    for row in rows {
        let weight = weights[(row >> 1) as usize];
        if row & 1 == 0 {
            for lane in 0..LANES {
                higher[lane] += u64::from(weight[lane]) * u64::from(events[lane]);
                n[lane] += u32::from(weight[lane]);
            }
        } else {
            for lane in 0..LANES {
                // Copy a of w has precision (events + a) / (n + a), which is 1 + (events - n) / (n + a).
                let (upto, w) = (n[lane], u32::from(weight[lane]));
                let below_one = f64::from(events[lane]) - f64::from(upto);
                precision[lane] +=
                    f64::from(w) + below_one * sums.between(u64::from(upto), u64::from(upto + w));
                n[lane] += w;
                events[lane] += w;
            }
        }
    }
    *now = Running { rows: n, events, higher, tied, precision };
}

/// All the rows of one score.
#[inline]
fn block(rows: &[u32], weights: &[Weight], sums: &Harmonic, now: &mut Running) {
    let (mut all, mut with) = ([0_u32; LANES], [0_u32; LANES]);
    for row in rows {
        let weight = weights[(row >> 1) as usize];
        for lane in 0..LANES {
            all[lane] += u32::from(weight[lane]);
        }
        if row & 1 == 1 {
            for lane in 0..LANES {
                with[lane] += u32::from(weight[lane]);
            }
        }
    }
    for lane in 0..LANES {
        let (n, events) = (u64::from(now.rows[lane]), u64::from(now.events[lane]));
        let (all, with) = (u64::from(all[lane]), u64::from(with[lane]));
        now.higher[lane] += (all - with) * events;
        now.tied[lane] += (all - with) * with;
        now.precision[lane] += precision_of_tied(sums, n, events, all, with);
        now.rows[lane] += all as u32;
        now.events[lane] += with as u32;
    }
}

impl Lane<'_> {
    /// Weights of rows, and of those with the outcome.
    pub(crate) fn add_up(&self, rows: &[u32]) -> Count {
        let mut sum = Count::default();
        for row in rows {
            let w = u32::from(self.weights[(row >> 1) as usize][self.lane]);
            sum.rows += w;
            sum.events += w * (row & 1);
        }
        sum
    }
}
