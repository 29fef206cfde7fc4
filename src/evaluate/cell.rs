//! The rows of one cell (all rows, or one level of one grouping), sorted once for every replicate.

use std::ops::Range;

use super::Input;
use crate::num::logit;

/// A run of rows of one cell with the same fold and the same score.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// End of its rows in `entries`; it starts where the block before it ends.
    end: u32,
    /// Number of this fold and score among all rows' folds and scores, in sorted order.
    rung: u32,
}

/// The blocks of one fold.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) fold: u16,
    pub(super) at: Range<usize>,
}

/// Weights of a block in one replicate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mass {
    /// Number of the block.
    pub(super) block: u32,
    /// Of its rows.
    pub(super) all: u32,
    /// Of its rows with the outcome.
    pub(super) events: u32,
}

/// The blocks of a cell that have weight in one replicate: about a third of all households are not drawn, and leaving
/// their blocks out once saves every later loop a branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    pub(super) mass: Vec<Mass>,
    /// Folds with weight, and their places in `mass`.
    pub(super) folds: Vec<Span>,
}

/// The rows of one cell, by fold and then from the highest score to the lowest.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// Place of the row among all sorted rows, times two, plus one if the outcome came: one memory access tells both,
    /// and weights in sorted order are read forwards.
    entries: Vec<u32>,
    blocks: Vec<Block>,
    folds: Vec<Span>,
    /// Score of each block.
    p: Vec<f64>,
    /// Log-odds of each block; 0 where the score is exactly 0 or 1, which `certain` tells.
    x: Vec<f64>,
    /// Whether some score is exactly 0 or 1.
    pub(super) certain: bool,
}

impl Cell {
    fn push(&mut self, place: u32, y: bool, rung: u32, fold: u16, p: f64) {
        self.entries.push(place << 1 | u32::from(y));
        let end = self.entries.len() as u32;
        match self.blocks.last_mut() {
            Some(last) if last.rung == rung => last.end = end,
            _ => {
                let sure = p <= 0.0 || p >= 1.0;
                self.certain |= sure;
                self.blocks.push(Block { end, rung });
                self.p.push(p);
                self.x.push(if sure { 0.0 } else { logit(p) });
                match self.folds.last_mut() {
                    Some(span) if span.fold == fold => span.at.end += 1,
                    _ => {
                        let at = self.blocks.len() - 1;
                        self.folds.push(Span { fold, at: at..at + 1 });
                    }
                }
            }
        }
    }

    /// Number of the fold and score of a block among all rows' folds and scores, in sorted order.
    pub(super) fn rung(&self, mass: &Mass) -> u32 {
        self.blocks[mass.block as usize].rung
    }

    /// Score of a block.
    pub(super) fn p(&self, mass: &Mass) -> f64 {
        self.p[mass.block as usize]
    }

    /// Log-odds of a block.
    pub(super) fn x(&self, mass: &Mass) -> f64 {
        self.x[mass.block as usize]
    }

    /// Log-odds of every block.
    pub(super) fn every_x(&self) -> impl Iterator<Item = f64> {
        self.x.iter().copied()
    }

    /// Adds up the weights of each block's rows, given in sorted order.
    pub(super) fn weigh(&self, weight: &[u16], load: &mut Load) {
        load.folds.clear();
        // Every block is written, and the next one overwrites it if it has no weight: cheaper than a branch that cannot
        // be guessed.
        load.mass.resize(self.blocks.len(), Mass::default());
        let (mut row, mut next) = (0, 0);
        for span in &self.folds {
            let first = next;
            for (block, at) in self.blocks[span.at.clone()].iter().zip(span.at.clone()) {
                let end = block.end as usize;
                // Fits: a cell has no more blocks than rows, and rows are numbered in 31 bits.
                let mut mass = Mass { block: at as u32, all: 0, events: 0 };
                for &entry in &self.entries[row..end] {
                    let w = u32::from(weight[(entry >> 1) as usize]);
                    mass.all += w;
                    mass.events += w * (entry & 1);
                }
                row = end;
                load.mass[next] = mass;
                next += usize::from(mass.all > 0);
            }
            if next > first {
                load.folds.push(Span { fold: span.fold, at: first..next });
            }
        }
        load.mass.truncate(next);
    }
}

/// Rows by fold, and then from the highest score to the lowest.
pub(super) struct Sorted {
    /// Row of each place.
    order: Vec<u32>,
}

impl Sorted {
    /// Sorts rows; rows with one fold and score keep their order.
    pub(super) fn new(p: &[f64], fold: &[u16]) -> Self {
        // Fits: the number of rows is checked to be under 31 bits.
        let mut order: Vec<u32> = (0..p.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            let (i, j) = (a as usize, b as usize);
            fold[i].cmp(&fold[j]).then_with(|| p[j].total_cmp(&p[i])).then(a.cmp(&b))
        });
        Self { order }
    }

    /// Values of rows, in sorted order.
    pub(super) fn sort<T: Copy>(&self, values: &[T]) -> Vec<T> {
        self.order.iter().map(|row| values[*row as usize]).collect()
    }

    /// Visits each place with its row and the number of its fold and score.
    fn walk(&self, p: &[f64], fold: &[u16], mut visit: impl FnMut(u32, usize, u32)) {
        let mut rung = 0;
        let mut before = None;
        for (place, row) in (0_u32..).zip(&self.order) {
            let row = *row as usize;
            if let Some(before) = before.replace(row) {
                rung += u32::from(fold[row] != fold[before] || p[row] < p[before]);
            }
            visit(place, row, rung);
        }
    }

    /// The cells of one model: all rows first, then each level of each grouping in the order given.
    pub(super) fn cells(&self, input: &Input, p: &[f64]) -> Vec<Cell> {
        let mut first = vec![1];
        for grouping in &input.groupings {
            first.push(first[first.len() - 1] + grouping.levels.len());
        }
        let mut cells = vec![Cell::default(); first[first.len() - 1]];
        self.walk(p, &input.fold, |place, row, rung| {
            let mut push = |cell: usize| cells[cell].push(place, input.y[row], rung, input.fold[row], p[row]);
            push(0);
            for (grouping, first) in input.groupings.iter().zip(&first) {
                push(first + usize::from(grouping.level_of[row]));
            }
        });
        cells
    }

    /// The one cell of all rows.
    pub(super) fn whole(&self, y: &[bool], p: &[f64], fold: &[u16]) -> Cell {
        let mut cell = Cell::default();
        self.walk(p, fold, |place, row, rung| cell.push(place, y[row], rung, fold[row], p[row]));
        cell
    }
}

/// The one cell of all rows, with weights added up.
pub(super) fn whole(y: &[bool], p: &[f64], fold: &[u16], weight: &[u16]) -> (Cell, Load) {
    let sorted = Sorted::new(p, fold);
    let cell = sorted.whole(y, p, fold);
    let mut load = Load::default();
    cell.weigh(&sorted.sort(weight), &mut load);
    (cell, load)
}
