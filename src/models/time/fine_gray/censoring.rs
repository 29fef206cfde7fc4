//! Rows by their place among the distinct times, and the Kaplan-Meier curve of being uncensored.
//!
//! `G(t-) = prod_{u < t} (1 - c(u) / r(u))`, with c the censored at u and r those whose time is u or later, by weight and
//! within each group; whoever has an event at u is still in r(u). After the last time of a group its G is 0, as in
//! `cmprsk::crr` (with one group no time comes after).
//! Reference: Fine and Gray (1999), section 3.2.

use crate::survival::{CENSORED, Times};
use ndarray::Array2;

/// What happened to a row at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Censored,
    Event,
    Competing,
}

/// Rows of a weight above 0, with their place in time.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// Place of each row in the data.
    pub(super) row: Vec<usize>,
    /// Place of its time among the distinct ones.
    pub(super) slot: Vec<usize>,
    pub(super) kind: Vec<Kind>,
    pub(super) weight: Vec<f64>,
    /// Group of censoring, from 0.
    pub(super) group: Vec<usize>,
    /// 1 / G at the row's own time, for competing rows; 0 for others.
    pub(super) inverse: Vec<f64>,
    /// Distinct times.
    pub(super) times: Vec<f64>,
    /// Events by weight at each time.
    pub(super) events: Vec<f64>,
    /// The same by group: times x groups.
    pub(super) own_events: Array2<f64>,
    /// G just before each time: times x groups.
    pub(super) uncensored: Array2<f64>,
    /// Censored by weight, and rows at risk by weight: times x groups.
    pub(super) censored: Array2<f64>,
    pub(super) at_risk: Array2<f64>,
}

impl Placed {
    pub(super) fn new(times: &Times, cause: u8, weight: Option<&[f64]>, group: Option<&[u32]>) -> Self {
        let given = |i: usize| weight.map_or(1.0, |w| w[i]);
        let row: Vec<usize> = (0..times.len()).filter(|i| given(*i) > 0.0).collect();
        let mut distinct: Vec<f64> = row.iter().map(|i| times.exit[*i]).collect();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup_by(|a, b| *a <= *b);
        let mut names: Vec<u32> = row.iter().map(|i| group.map_or(0, |g| g[*i])).collect();
        let of_row = names.clone();
        names.sort_unstable();
        names.dedup();
        let kind = |c: u8| match c {
            CENSORED => Kind::Censored,
            c if c == cause => Kind::Event,
            _ => Kind::Competing,
        };
        let shape = (distinct.len(), names.len());
        let mut placed = Self {
            slot: row.iter().map(|i| distinct.partition_point(|t| *t < times.exit[*i])).collect(),
            kind: row.iter().map(|i| kind(times.cause[*i])).collect(),
            weight: row.iter().map(|i| given(*i)).collect(),
            group: of_row.iter().map(|g| names.partition_point(|n| n < g)).collect(),
            inverse: vec![0.0; row.len()],
            events: vec![0.0; distinct.len()],
            own_events: Array2::zeros(shape),
            uncensored: Array2::zeros(shape),
            censored: Array2::zeros(shape),
            at_risk: Array2::zeros(shape),
            times: distinct,
            row,
        };
        placed.count();
        placed
    }

    pub(super) fn len(&self) -> usize {
        self.row.len()
    }

    pub(super) fn groups(&self) -> usize {
        self.uncensored.ncols()
    }

    fn count(&mut self) {
        for i in 0..self.len() {
            let (slot, group, weight) = (self.slot[i], self.group[i], self.weight[i]);
            self.at_risk[[slot, group]] += weight;
            match self.kind[i] {
                Kind::Censored => self.censored[[slot, group]] += weight,
                Kind::Event => {
                    self.events[slot] += weight;
                    self.own_events[[slot, group]] += weight;
                }
                Kind::Competing => {}
            }
        }
        for group in 0..self.groups() {
            for slot in (1..self.times.len()).rev() {
                let later = self.at_risk[[slot, group]];
                self.at_risk[[slot - 1, group]] += later;
            }
            let mut curve = 1.0;
            for slot in 0..self.times.len() {
                let at_risk = self.at_risk[[slot, group]];
                if at_risk <= 0.0 {
                    break;
                }
                self.uncensored[[slot, group]] = curve;
                curve *= 1.0 - self.censored[[slot, group]] / at_risk;
            }
        }
        for i in 0..self.len() {
            if self.kind[i] == Kind::Competing {
                self.inverse[i] = 1.0 / self.uncensored[[self.slot[i], self.group[i]]];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curve_by_hand() {
        // Times 1 (censored), 2 (event and censored), 3 (competing), 4 (event). G before 2: 4/5; before 3: 4/5 x 3/4 = 3/5.
        let times = Times::new(vec![4.0, 2.0, 2.0, 1.0, 3.0], vec![1, 1, 0, 0, 2]).unwrap();
        let placed = Placed::new(&times, 1, None, None);
        let known = [1.0, 0.8, 0.6, 0.6];
        assert!(placed.uncensored.column(0).iter().zip(known).all(|(g, k)| (g - k).abs() < 1e-15));
        assert!((placed.inverse[4] - 1.0 / 0.6).abs() < 1e-15);
        // A group's curve ends with its last row; a row of weight 0 is no row.
        let apart = Placed::new(&times, 1, Some(&[1.0, 1.0, 1.0, 1.0, 0.0]), Some(&[7, 3, 3, 3, 9]));
        assert_eq!((apart.groups(), apart.len(), apart.times.len()), (2, 4, 3));
        let known = [1.0, 2.0 / 3.0, 0.0];
        assert!(apart.uncensored.column(0).iter().zip(known).all(|(g, k)| (g - k).abs() < 1e-15));
        assert_eq!(apart.uncensored.column(1).to_vec(), [1.0, 1.0, 1.0]);
    }
}
