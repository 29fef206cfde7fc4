//! Rows placed on the grid of their distinct exits, once: what the estimators share.
//!
//! Sorting is done once, and counting with any weights is then O(rows + times), so that a bootstrap that changes weights alone
//! never sorts again. Make a [`Sorted`] and hand it to the `of` of an estimator.

use super::{CENSORED, Times};

/// Where there is nobody.
pub(super) const NO_ROWS: &str = "there is nobody to follow";

/// Rows and the distinct times at which they end. O(n log n) to make.
#[derive(Clone, Debug)]
pub struct Sorted<'a> {
    /// The rows.
    pub(super) times: &'a Times,
    /// The cause of each.
    pub(super) cause: &'a [u8],
    /// The distinct exits, rising.
    pub(super) time: Vec<f64>,
    /// The place of each row's exit among them.
    pub(super) exit_at: Vec<u32>,
    /// The place of the first at which each row is at risk: how many are at or before its entry.
    pub(super) entry_at: Vec<u32>,
    /// The largest cause.
    pub(super) causes: usize,
}

/// Weight of rows at each distinct exit.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    /// At risk.
    pub(super) at_risk: Vec<f64>,
    /// Ending in each cause, with censored as 0: `ended[cause][time]`.
    pub(super) ended: Vec<Vec<f64>>,
    /// The place of the last time at which a row of weight ends.
    pub(super) last: usize,
}

impl<'a> Sorted<'a> {
    /// Places rows.
    #[must_use]
    pub fn new(times: &'a Times) -> Self {
        let mut time = times.exit.clone();
        time.sort_unstable_by(f64::total_cmp);
        time.dedup_by(|a, b| *a <= *b);
        let upto = |t: f64| time.partition_point(|u| *u <= t);
        let entry_at = times.entry.iter().map(|t| upto(*t) as u32).collect();
        let exit_at = times.exit.iter().map(|t| upto(*t).saturating_sub(1) as u32).collect();
        let causes = usize::from(times.causes());
        Self { times, cause: &times.cause, time, exit_at, entry_at, causes }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cause.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cause.is_empty()
    }

    /// Counts rows, each `weight` times. O(rows + times).
    ///
    /// # Errors
    /// With weights that are not one a row, finite and from 0; without rows of weight.
    pub(super) fn counts(&self, weight: Option<&[f64]>) -> Result<Counts, &'static str> {
        check_weight(weight, self.len())?;
        let grid = self.time.len();
        let mut ended = vec![vec![0.0; grid]; self.causes + 1];
        let mut late = vec![0.0; grid + 1];
        let mut last = None;
        for row in 0..self.len() {
            let (w, exit, entry) =
                (weight_of(weight, row), self.exit_at[row] as usize, self.entry_at[row] as usize);
            if w > 0.0 {
                ended[usize::from(self.cause[row])][exit] += w;
                late[entry] += w;
                last = last.max(Some(exit));
            }
        }
        let last = last.ok_or(NO_ROWS)?;
        // From the last time backwards, so that no difference of large sums stands where few are left.
        let mut at_risk = vec![0.0; grid];
        let (mut to_end, mut to_enter) = (0.0, 0.0);
        for u in (0..grid).rev() {
            let here: f64 = ended.iter().map(|of| of[u]).sum();
            to_end += here;
            to_enter += late[u + 1];
            at_risk[u] = (to_end - to_enter).max(here);
        }
        Ok(Counts { at_risk, ended, last })
    }

    /// Weight of the rows at risk at any `t`. O(rows).
    pub(super) fn at_risk(&self, weight: Option<&[f64]>, t: f64) -> f64 {
        let at_risk = |row: &usize| self.times.entry[*row] < t && self.times.exit[*row] >= t;
        (0..self.len()).filter(at_risk).map(|row| weight_of(weight, row)).sum()
    }

    /// Whether a row comes under observation after the first time at which one ends.
    pub(super) fn delayed(&self) -> bool {
        self.entry_at.iter().any(|at| *at > 0)
    }
}

impl Counts {
    /// Weight of the events at time `u`: of `cause`, or of any.
    pub(super) fn events(&self, u: usize, cause: Option<u8>) -> f64 {
        match cause {
            Some(CENSORED) => 0.0,
            Some(cause) => self.ended.get(usize::from(cause)).map_or(0.0, |of| of[u]),
            None => self.ended.iter().skip(1).map(|of| of[u]).sum(),
        }
    }

    /// Weight of all that end at time `u`.
    pub(super) fn all(&self, u: usize) -> f64 {
        self.ended.iter().map(|of| of[u]).sum()
    }
}

/// The weight of a row: 1 where there are none.
pub(super) fn weight_of(weight: Option<&[f64]>, row: usize) -> f64 {
    weight.map_or(1.0, |w| w[row])
}

/// Checks weights.
///
/// # Errors
/// Where they are not one a row, finite and from 0.
pub(super) fn check_weight(weight: Option<&[f64]>, rows: usize) -> Result<(), &'static str> {
    let Some(weight) = weight else { return Ok(()) };
    if weight.len() != rows {
        return Err("the weights are not one a row");
    }
    let fine = weight.iter().all(|w| w.is_finite() && *w >= 0.0);
    if fine { Ok(()) } else { Err("a weight is below 0 or no number") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exits 2 2 3 5, the second entering at 1, the third at 2: at risk at 2 are rows 1, 2 and 4; at 3 rows 3 and 4.
    #[test]
    fn counts_by_hand() {
        let never = f64::NEG_INFINITY;
        let times =
            Times::with_entry(vec![never, 1.0, 2.0, -1.0], vec![2.0, 2.0, 3.0, 5.0], vec![1, 0, 2, 1])
                .unwrap();
        let sorted = Sorted::new(&times);
        let counts = sorted.counts(None).unwrap();
        assert_eq!(sorted.time, [2.0, 3.0, 5.0]);
        assert_eq!(counts.at_risk, [3.0, 2.0, 1.0]);
        assert_eq!(counts.ended, [[1.0, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
        let weighted = sorted.counts(Some(&[0.0, 2.0, 1.0, 0.0])).unwrap();
        assert_eq!((weighted.at_risk, weighted.last), (vec![2.0, 1.0, 0.0], 1));
        assert!(sorted.delayed());
        for bad in [&[1.0, 1.0, 1.0][..], &[1.0, -1.0, 1.0, 1.0], &[f64::NAN; 4], &[0.0; 4]] {
            assert!(sorted.counts(Some(bad)).is_err());
        }
    }
}
