//! Who would be flagged at a capacity.
//!
//! A capacity is a share of each fold's rows: the `capacity * n` rows with the highest scores, rounded down to whole
//! places, for a part of a place would give away what the one row at the cut is. Rows tied at the cut share the places
//! left equally, which is the expected value when ties are broken at random. In a bootstrap replicate the cut is found
//! again from the weights. Groups are not ranked again: a group's flagged rows are those above the cut of all rows.

use super::cell::{Cell, Load};
use super::tally::Flagged;

/// The cut of one fold at the declared capacity: everyone on a lower rung is flagged, this rung in part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cut {
    rung: u32,
    share: f64,
}

/// The capacities measured overall, rising: a fixed grid for the curves, and the declared one.
#[derive(Clone, Debug)]
pub(super) struct Capacities {
    pub(super) shares: Vec<f64>,
    /// Place of the declared capacity.
    pub(super) declared: usize,
}

/// Percentages of the grid; dense at the top, where a service works.
const GRID: [u8; 14] = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90];

impl Capacities {
    pub(super) fn new(declared: f64) -> Self {
        let mut shares: Vec<f64> = GRID.iter().map(|percent| f64::from(*percent) / 100.0).collect();
        shares.push(1.0);
        let place = shares.partition_point(|s| *s < declared - 1e-9);
        if (shares[place] - declared).abs() > 1e-9 {
            shares.insert(place, declared);
        }
        Self { shares, declared: place }
    }

    /// How a row says at which capacity it was taken, such as `top 10%`.
    pub(super) fn words(&self, place: usize) -> String {
        let percent = (self.shares[place] * 1e8).round() / 1e6;
        format!("top {percent}%")
    }
}

/// Flags the top of each fold at each of the rising `shares`. Also returns, for each share, the cuts by fold number.
pub(super) fn flag_shares(cell: &Cell, load: &Load, shares: &[f64]) -> (Vec<Flagged>, Vec<Vec<Cut>>) {
    let folds = load.folds.iter().map(|s| usize::from(s.fold) + 1).max().unwrap_or(0);
    let mut flagged = vec![Flagged::default(); shares.len()];
    let mut cuts = vec![vec![Cut::default(); folds]; shares.len()];
    for span in &load.folds {
        let total: u64 = load.mass[span.at.clone()].iter().map(|m| u64::from(m.all)).sum();
        let (mut above, mut with) = (0_u64, 0_u64);
        let mut next = 0;
        for m in &load.mass[span.at.clone()] {
            while let Some(share) = shares.get(next) {
                let places = whole_places(*share, total) - above as f64;
                if places > f64::from(m.all) {
                    break;
                }
                let part = (places / f64::from(m.all)).clamp(0.0, 1.0);
                flagged[next].with += with as f64 + part * f64::from(m.events);
                flagged[next].without += (above - with) as f64 + part * f64::from(m.all - m.events);
                cuts[next][usize::from(span.fold)] = Cut { rung: cell.rung(m), share: part };
                next += 1;
            }
            above += u64::from(m.all);
            with += u64::from(m.events);
        }
    }
    (flagged, cuts)
}

/// The whole places that a share of so many rows gives.
fn whole_places(share: f64, total: u64) -> f64 {
    // 0.29 of 100 is 28.999999999999996 to a computer.
    (share * total as f64 + 1e-9).floor()
}

/// Counts the rows of a cell flagged by the cuts of all rows.
pub(super) fn flag_by_cuts(cell: &Cell, load: &Load, cuts: &[Cut]) -> Flagged {
    let mut flagged = Flagged::default();
    for span in &load.folds {
        let cut = cuts[usize::from(span.fold)];
        let (mut with, mut without) = (0_u64, 0_u64);
        for m in &load.mass[span.at.clone()] {
            let rung = cell.rung(m);
            if rung > cut.rung {
                break;
            }
            if rung == cut.rung {
                flagged.with += cut.share * f64::from(m.events);
                flagged.without += cut.share * f64::from(m.all - m.events);
            } else {
                with += u64::from(m.events);
                without += u64::from(m.all - m.events);
            }
        }
        flagged.with += with as f64;
        flagged.without += without as f64;
    }
    flagged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::cell::whole;

    fn close(a: Flagged, with: f64, without: f64) {
        assert!((a.with - with).abs() < 1e-12 && (a.without - without).abs() < 1e-12, "{a:?}");
    }

    #[test]
    fn ties_share_the_places_left() {
        // Scores .9 | .5 .5 .5 .5 | .1 with outcomes 1 | 1 0 0 0 | 0. Half of 6 rows is 3 places: one for .9, two shared
        // by four tied rows, half each: with = 1 + 1/2, without = 3/2.
        let y = [true, true, false, false, false, false];
        let (cell, load) = whole(&y, &[0.9, 0.5, 0.5, 0.5, 0.5, 0.1], &[0; 6], &[1; 6]);
        let (flagged, cuts) = flag_shares(&cell, &load, &[0.1, 0.5, 1.0]);
        // A tenth of 6 rows is no place.
        close(flagged[0], 0.0, 0.0);
        close(flagged[1], 1.5, 1.5);
        close(flagged[2], 2.0, 4.0);
        close(flag_by_cuts(&cell, &load, &cuts[1]), 1.5, 1.5);
    }

    #[test]
    fn each_fold_has_its_own_places() {
        // Two folds of two rows; half of each is one place: .2 is flagged in its fold though .3 of the other is not.
        let (cell, load) = whole(&[true, false, true, false], &[0.9, 0.3, 0.2, 0.1], &[0, 0, 1, 1], &[1; 4]);
        close(flag_shares(&cell, &load, &[0.5]).0[0], 2.0, 0.0);
    }

    #[test]
    fn the_declared_capacity_joins_the_grid() {
        let on = Capacities::new(0.1);
        assert_eq!((on.shares.len(), on.declared, on.words(3)), (15, 3, "top 10%".to_owned()));
        let off = Capacities::new(0.125);
        assert_eq!((off.shares.len(), off.declared, off.words(4)), (16, 4, "top 12.5%".to_owned()));
        assert_eq!(Capacities::new(0.07).words(3), "top 7%");
    }
}
