//! Harrell's concordance for one cause (other causes end a row like censoring: the cause-specific reading).
//!
//! Measures: the share of comparable pairs in which the row that failed earlier has the higher marker.
//! Formula: pairs of an event `i` and a row `j` with `T_j > T_i`, or `T_j = T_i` and `j` without the event; concordant
//! `M_i > M_j`, ties of markers half. Two events at one time are not compared.
//! Inputs: finite markers and weights a row. Undefined when: no pair is comparable.
//! Reference: Harrell, Lee and Mark (1996), Statistics in Medicine. Equal: scikit-survival
//! `concordance_index_censored`, R `survival::concordance`.

use super::fenwick::{Fenwick, dense_ranks};
use super::observed::{INTEREST, Observed, total_weight};
use super::slots::Slots;
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "Harrell's C: at one time events come before censorings, two events at one time are not \
compared, tied markers count half; other causes end a row like censoring.";

/// Sums of weights over comparable pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pairs {
    /// The earlier has the higher marker.
    pub concordant: f64,
    /// The earlier has the lower marker.
    pub discordant: f64,
    /// Markers are equal.
    pub tied_marker: f64,
    /// Of all comparable pairs, those of an event and a row without it at the same time.
    pub tied_time: f64,
}

impl Pairs {
    /// The concordance.
    ///
    /// # Errors
    /// Where no pair is comparable.
    pub fn concordance(&self) -> Value {
        let all = self.concordant + self.discordant + self.tied_marker;
        if all > 0.0 {
            Ok((self.concordant + self.tied_marker / 2.0) / all)
        } else {
            Err("no comparable pair")
        }
    }
}

/// Rows sorted by time and ranked by marker, to be used with many weights.
#[derive(Clone, Debug)]
pub struct PairOrder {
    pub(super) slots: Slots,
    pub(super) rank: Vec<u32>,
    pub(super) ranks: usize,
}

impl PairOrder {
    /// Sorts: O(n log n).
    ///
    /// # Errors
    /// With a marker that is not finite or another number of markers than rows.
    pub fn new(observed: &Observed, marker: &[f64]) -> Result<Self, &'static str> {
        if marker.len() != observed.len() {
            return Err("markers and rows are not equally many");
        }
        if marker.iter().any(|m| !m.is_finite()) {
            return Err("a marker is no finite number");
        }
        let (rank, ranks) = dense_ranks(marker);
        Ok(Self { slots: Slots::new(observed), rank, ranks })
    }

    /// Pairs of an event and a later row, each pair with the product of the rows' weights and of `factor(i)`, `i` the row
    /// with the event; events with a factor of 0 are passed over. O(n log n).
    pub(super) fn later(&self, cause: &[u8], weight: &[f64], factor: impl Fn(usize) -> f64) -> Pairs {
        let mut pairs = Pairs::default();
        let mut tree = Fenwick::new(self.ranks);
        let slot = |row: &u32| self.slots.slot[*row as usize];
        for group in self.slots.order.chunk_by(|a, b| slot(a) == slot(b)).rev() {
            let mut censored = 0.0;
            for i in group.iter().map(|i| *i as usize).filter(|i| cause[*i] != INTEREST && weight[*i] > 0.0) {
                tree.add(self.rank[i], weight[i]);
                censored += weight[i];
            }
            for i in group.iter().map(|i| *i as usize).filter(|i| cause[*i] == INTEREST && weight[*i] > 0.0) {
                let w = weight[i] * factor(i);
                if w > 0.0 {
                    let (below, same, all) = tree.split(self.rank[i]);
                    pairs.concordant += w * below;
                    pairs.tied_marker += w * same;
                    pairs.discordant += w * (all - below - same);
                    pairs.tied_time += w * censored;
                }
            }
            for i in group.iter().map(|i| *i as usize).filter(|i| cause[*i] == INTEREST && weight[*i] > 0.0) {
                tree.add(self.rank[i], weight[i]);
            }
        }
        pairs
    }
}

/// Harrell's pairs.
///
/// # Errors
/// With unusable markers or weights.
pub fn harrell(observed: &Observed, marker: &[f64], weight: &[f64]) -> Result<Pairs, &'static str> {
    total_weight(weight, observed.len())?;
    Ok(PairOrder::new(observed, marker)?.later(observed.cause(), weight, |_| 1.0))
}

#[cfg(test)]
mod tests;
