//! Who would be flagged at a capacity.
//!
//! A capacity is a share of each fold's rows: the `capacity * n` rows with the highest scores, rounded down to whole
//! places, for a part of a place would give away what the one row at the cut is. Rows tied at the cut share the places
//! left equally, which is the expected value when ties are broken at random. In a bootstrap replicate the cut is found
//! again from the weights. Groups are not ranked again: a group's flagged rows are those above the cut of all rows.

use super::cell::{Cell, FoldSpan};
use super::pass::{Count, Lane, Pass};
use crate::evaluate::tally::Flagged;

/// The cut of one fold at one capacity, in places of the order of all rows: everyone before `from` is flagged, and from
/// there to `to`, where all are tied, everyone in part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cut {
    from: u32,
    to: u32,
    part: f64,
}

impl Cut {
    /// Writes which part of each place of a fold is flagged; the fold starts at place `first`.
    pub(crate) fn mark(&self, first: usize, parts: &mut [f64]) {
        let (from, to) = (self.from as usize, self.to as usize);
        parts[first..from.max(first)].fill(1.0);
        parts[from..to].fill(self.part);
    }
}

/// Cuts of one capacity, by place of the fold among the folds of all rows.
pub(crate) type Cuts = Vec<Cut>;

/// Flags the top of each fold at each of the rising `shares`, in the cell of all rows.
pub(crate) fn flag_shares(
    cell: &Cell,
    pass: &Pass,
    weights: Lane<'_>,
    shares: &[f64],
) -> (Vec<Flagged>, Vec<Cuts>) {
    let mut flagged = vec![Flagged::default(); shares.len()];
    let mut cuts = vec![Cuts::with_capacity(cell.folds.len()); shares.len()];
    for span in &cell.folds {
        let total = pass.upto(span.segments.end - 1, weights.lane).rows;
        for ((share, flagged), cuts) in shares.iter().zip(&mut flagged).zip(&mut cuts) {
            let (more, cut) = flag_share(cell, pass, weights, span, whole_places(*share, total));
            flagged.add(more);
            cuts.push(cut);
        }
    }
    (flagged, cuts)
}

/// Flags so many places of one fold.
fn flag_share(cell: &Cell, pass: &Pass, weights: Lane<'_>, span: &FoldSpan, places: u32) -> (Flagged, Cut) {
    let segment = pass.reaching(span.segments.clone(), places, weights.lane);
    let mut before = pass.before(segment, span.segments.start, weights.lane);
    let (mut row, runs) = start(cell, segment);
    let place = |row: usize| cell.rows.get(row).map_or(u32::MAX >> 1, |row| row >> 1);
    if before.rows < places {
        for run in &cell.runs[runs..cell.segments[segment].runs as usize] {
            let end = run.rows as usize;
            while row < end {
                let next = if run.tied { end } else { row + 1 };
                let block = weights.add_up(&cell.rows[row..next]);
                if before.rows + block.rows >= places {
                    let part = f64::from(places - before.rows) / f64::from(block.rows);
                    let mut flagged = Flagged::of(before);
                    flagged.add_part(block, part);
                    return (flagged, Cut { from: place(row), to: place(next - 1) + 1, part });
                }
                before = Count { rows: before.rows + block.rows, events: before.events + block.events };
                row = next;
            }
        }
    }
    let at = place(row);
    (Flagged::of(before), Cut { from: at, to: at, part: 0.0 })
}

/// First row and first run of a segment.
fn start(cell: &Cell, segment: usize) -> (usize, usize) {
    let before = segment.checked_sub(1).and_then(|before| cell.segments.get(before));
    before.map_or((0, 0), |before| (before.rows as usize, before.runs as usize))
}

/// The whole places that a share of so many rows gives.
fn whole_places(share: f64, total: u32) -> u32 {
    // 0.29 of 100 is 28.999999999999996 to a computer.
    (share * f64::from(total) + 1e-9).floor() as u32
}

/// Counts the rows of a cell flagged by cuts of all rows. `all` is the cell of all rows, whose folds the cuts are of.
pub(crate) fn flag_by_cuts(cell: &Cell, pass: &Pass, weights: Lane<'_>, all: &Cell, cuts: &[Cut]) -> Flagged {
    let mut flagged = Flagged::default();
    let mut cuts = all.folds.iter().zip(cuts);
    for span in &cell.folds {
        // A cell has its folds in the order of all rows, though it may lack some.
        let Some((_, cut)) = cuts.find(|(of, _)| of.fold == span.fold) else { break };
        let first = start(cell, span.segments.start).0;
        let last = start(cell, span.segments.end).0;
        let place_of = |end: u32| first + cell.rows[first..last].partition_point(|row| row >> 1 < end);
        let (from, to) = (place_of(cut.from), place_of(cut.to));
        // The segment that row `from` is in, or the end of the fold.
        let ends = &cell.segments[span.segments.clone()];
        let segment = span.segments.start + ends.partition_point(|s| s.rows as usize <= from);
        flagged.add(Flagged::of(pass.before(segment, span.segments.start, weights.lane)));
        flagged.add(Flagged::of(weights.add_up(&cell.rows[start(cell, segment).0..from])));
        flagged.add_part(weights.add_up(&cell.rows[from..to]), cut.part);
    }
    flagged
}

/// Counts the rows whose score lies in this bin or a higher one.
pub(crate) fn flag_from(cell: &Cell, pass: &Pass, lane: usize, bin: u16) -> Flagged {
    let mut flagged = Flagged::default();
    for (_, count) in cell.bins.iter().zip(pass.bins(lane)).filter(|(of, _)| of.number >= bin) {
        flagged.add(Flagged::of(count));
    }
    flagged
}
