//! Rows in the order of time, counted once: what the estimators share.

use super::{CENSORED, Times};

/// Counts at each distinct time at which an event of any cause comes, rising.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// The times.
    pub(super) time: Vec<f64>,
    /// Weight of the rows at risk at each.
    pub(super) at_risk: Vec<f64>,
    /// Weight of the events of each cause, from 1, at each: `events[k - 1][time]`.
    pub(super) events: Vec<Vec<f64>>,
}

/// Rows by rising time.
fn order(of: &[f64], rows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut order: Vec<usize> = rows.collect();
    // Rows of one time keep their order, so that sums are the same however they came.
    order.sort_by(|a, b| of[*a].total_cmp(&of[*b]));
    order
}

impl Counts {
    /// Counts rows, each `weight` times; rows of weight 0 count as none. O(n log n).
    pub(super) fn new(times: &Times, weight: Option<&[f64]>) -> Self {
        let weight_of = |row: usize| weight.map_or(1.0, |w| w[row]);
        let counted = |row: &usize| weight_of(*row) > 0.0;
        let exits = order(&times.exit, (0..times.len()).filter(counted));
        let late = |row: &usize| times.entry[*row] > f64::NEG_INFINITY;
        let entries = order(&times.entry, exits.iter().copied().filter(late));
        let early: f64 = exits.iter().filter(|row| !late(row)).map(|row| weight_of(*row)).sum();
        let causes = usize::from(times.causes());
        let mut counts = Self { events: vec![Vec::new(); causes], ..Self::default() };
        let (mut entered, mut next, mut left) = (early, 0, 0.0);
        for group in exits.chunk_by(|a, b| times.exit[*a].total_cmp(&times.exit[*b]).is_eq()) {
            let time = times.exit[group[0]];
            while let Some(row) = entries.get(next).filter(|row| times.entry[**row] < time) {
                entered += weight_of(*row);
                next += 1;
            }
            if group.iter().any(|row| times.cause[*row] != CENSORED) {
                counts.time.push(time);
                counts.at_risk.push(entered - left);
                for (events, cause) in counts.events.iter_mut().zip(1..) {
                    let own = group.iter().filter(|row| times.cause[**row] == cause);
                    events.push(own.map(|row| weight_of(*row)).sum());
                }
            }
            left += group.iter().map(|row| weight_of(*row)).sum::<f64>();
        }
        counts
    }
}

/// Weight of the rows at risk at `t`: entered before it, and not ended before it.
pub(super) fn at_risk(times: &Times, weight: Option<&[f64]>, t: f64) -> f64 {
    let at_risk = |row: &usize| times.entry[*row] < t && times.exit[*row] >= t;
    (0..times.len()).filter(at_risk).map(|row| weight.map_or(1.0, |w| w[row])).sum()
}
