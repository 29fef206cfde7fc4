//! Sums of a number over households and groups, and which groups' means are as good as normal.

use std::collections::BTreeMap;

use super::household_deal::HouseholdDeal;
use super::large_groups::{HouseholdSizes, LARGE};

/// A row that a mean is taken of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueRow {
    /// The household's code, any number.
    pub household: usize,
    /// The group's code, from 0.
    pub group: usize,
    /// The number; any finite one.
    pub value: f64,
}

/// Some rows: how many, and the sums of their numbers and of the squares, less the mean of all rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    pub(super) rows: f64,
    pub(super) sum: f64,
    pub(super) squares: f64,
}

/// Sums over the rows of a group, and over its households of products of what each adds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) all: Block,
    pub(super) rows_rows: f64,
    rows_sum: f64,
    sum_sum: f64,
}

impl Block {
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.sum += other.sum;
        self.squares += other.squares;
    }
}

impl Sums {
    pub(super) fn add(&mut self, of_household: Block) {
        self.all.add(of_household);
        self.rows_rows += of_household.rows * of_household.rows;
        self.rows_sum += of_household.rows * of_household.sum;
        self.sum_sum += of_household.sum * of_household.sum;
    }

    pub(super) fn mean(&self) -> f64 {
        self.all.sum / self.all.rows
    }

    /// Squared distances from the mean, of rows as if each were a household.
    pub(super) fn single(&self) -> f64 {
        above_rounding(self.all.squares - self.all.sum * self.mean(), self.all.squares)
    }

    /// Squared sums of a household's distances from the mean.
    pub(super) fn clustered(&self) -> f64 {
        let mean = self.mean();
        above_rounding(self.sum_sum - 2.0 * mean * self.rows_sum + mean * mean * self.rows_rows, self.sum_sum)
    }
}

/// What is left of `whole` after subtractions, or 0 if it is no more than they round.
fn above_rounding(left: f64, whole: f64) -> f64 {
    if left > 1e-12 * whole { left } else { 0.0 }
}

/// The blocks and their deal: a block takes the place of another with as many rows. So rows of one child stay together.
pub(super) fn blocks(rows: &[ValueRow], mean: f64) -> (HouseholdDeal, Vec<Block>) {
    let mut found: BTreeMap<(usize, usize), Block> = BTreeMap::new();
    for row in rows {
        let value = row.value - mean;
        let block = Block { rows: 1.0, sum: value, squares: value * value };
        found.entry((row.household, row.group)).or_default().add(block);
    }
    let kind = |block: &Block| block.rows.min(f64::from(u16::MAX)) as u16;
    let listed: Vec<(usize, u16, u16)> =
        found.iter().map(|((household, group), block)| (*household, kind(block), *group as u16)).collect();
    let deal = HouseholdDeal::new(&listed);
    let blocks: Vec<Block> = found.into_values().collect();
    let ordered = deal.row_at.iter().map(|at| blocks[*at as usize]).collect();
    (deal, ordered)
}

/// Which groups are large: with [`LARGE`] rows, divided by how much households widen the error of the mean and by the kurtosis
/// of the numbers, and with enough households.
pub(super) fn large(rows: &[ValueRow], mean: f64, sums: &[Sums]) -> Vec<bool> {
    // Of each group the second and fourth powers of distances, and the range of the numbers.
    let mut powers = vec![[0.0; 2]; sums.len()];
    let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); sums.len()];
    for row in rows {
        let square = (row.value - mean - sums[row.group].mean()).powi(2);
        powers[row.group][0] += square;
        powers[row.group][1] += square * square;
        let (low, high) = &mut ranges[row.group];
        (*low, *high) = (low.min(row.value), high.max(row.value));
    }
    let is_large = |((s, [second, fourth]), (low, high)): ((&Sums, [f64; 2]), (f64, f64))| {
        // In a group without spread nothing says how far it would vary. Sums of distances would not tell: they leave
        // rounding errors.
        if low >= high {
            return false;
        }
        let kurtosis = fourth * s.all.rows / (second * second);
        let enough = HouseholdSizes { rows: s.all.rows, squares: s.rows_rows }.enough_for_normal();
        enough && s.all.rows / (s.clustered() / second).max(1.0) / kurtosis >= LARGE
    };
    sums.iter().zip(powers).zip(ranges).map(is_large).collect()
}
