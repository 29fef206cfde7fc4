//! Infinitesimal jackknife: how an estimate changes with the weight of each row.
//!
//! # Formula
//! An estimate that is a sum over event times of products of increments changes with the weight of row i by
//! sum over u of a(u) `dM_iA(u)` + b(u) `dM_iB(u)`, where `dM_iA(u)` = `dN_iA(u)` - `Y_i(u)` `h_A(u)`: an event of set A less its hazard while
//! at risk. The slopes a and b are the estimate's own; those at or before u summed once make a row's part O(1).
//!
//! Summed within clusters, the squares of weight times influence are the variance. No finite-sample factor.
//!
//! # Reference
//! Therneau and Grambsch 2000, *Modeling Survival Data*; R survival, vignette "methods". Equals `residuals(survfit)` of R.

use super::sorted::{Sorted, weight_of};

/// The slopes of an estimate at its event times, up to the time asked about.
#[derive(Clone, Debug, Default)]
pub(super) struct Slopes {
    /// The place on the grid of each event time, rising.
    pub(super) at: Vec<usize>,
    /// a: for an event of set A.
    pub(super) own: Vec<f64>,
    /// b: for an event of set B.
    pub(super) other: Vec<f64>,
    /// a `h_A` + b `h_B`: for being at risk.
    pub(super) exposed: Vec<f64>,
}

impl Slopes {
    /// The influence of each row; `member` says whether a cause is in set A and whether in B. O(rows + times).
    pub(super) fn rows(&self, sorted: &Sorted<'_>, member: impl Fn(u8) -> (bool, bool)) -> Vec<f64> {
        let grid = sorted.time.len();
        let (mut own, mut other, mut upto) = (vec![0.0; grid], vec![0.0; grid], vec![0.0; grid + 1]);
        let mut next = 0;
        for u in 0..grid {
            upto[u + 1] = upto[u];
            if self.at.get(next) == Some(&u) {
                (own[u], other[u]) = (self.own[next], self.other[next]);
                upto[u + 1] += self.exposed[next];
                next += 1;
            }
        }
        let sets: Vec<(f64, f64)> = (0..=u8::MAX)
            .map(|cause| {
                let (a, b) = member(cause);
                (f64::from(u8::from(a)), f64::from(u8::from(b)))
            })
            .collect();
        let of = |row: usize| {
            let (exit, entry) = (sorted.exit_at[row] as usize, sorted.entry_at[row] as usize);
            let (a, b) = sets[usize::from(sorted.cause[row])];
            a * own[exit] + b * other[exit] - (upto[exit + 1] - upto[entry])
        };
        (0..sorted.len()).map(of).collect()
    }
}

/// Clusters by place: rows with equal codes together. Codes may be any numbers.
#[derive(Clone, Debug)]
pub struct Clusters {
    place: Option<Vec<u32>>,
    count: usize,
}

impl Clusters {
    /// Each row by itself.
    #[must_use]
    pub fn of_rows(rows: usize) -> Self {
        Self { place: None, count: rows }
    }

    /// By codes, one a row, not necessarily dense. O(n log n).
    #[must_use]
    pub fn new(codes: &[u32]) -> Self {
        let mut distinct = codes.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let place = codes.iter().map(|code| distinct.partition_point(|d| d < code) as u32).collect();
        Self { place: Some(place), count: distinct.len() }
    }

    /// How many clusters there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether there is a cluster for each of so many rows.
    ///
    /// # Errors
    /// Where there is not.
    pub(super) fn check(&self, rows: usize) -> Result<(), &'static str> {
        let own = self.place.as_ref().map_or(self.count, Vec::len);
        if own == rows { Ok(()) } else { Err("the clusters are not one a row") }
    }

    /// Sums of weight times influence by cluster, in the order of rows.
    pub(super) fn sums(&self, weight: Option<&[f64]>, influence: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        for (row, influence) in influence.iter().enumerate() {
            let place = self.place.as_ref().map_or(row, |place| place[row] as usize);
            sums[place] += weight_of(weight, row) * influence;
        }
        sums
    }

    /// The standard error: the root of the sum of squares of what clusters sum to.
    ///
    /// # Errors
    /// With fewer than two clusters.
    pub(super) fn standard_error(
        &self,
        weight: Option<&[f64]>,
        influence: &[f64],
    ) -> Result<f64, &'static str> {
        if self.count < 2 {
            return Err("one cluster alone has no error to estimate");
        }
        Ok(self.sums(weight, influence).iter().map(|sum| sum * sum).sum::<f64>().sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_sum_before_squaring() {
        let clusters = Clusters::new(&[70, 3, 70]);
        assert_eq!(clusters.count(), 2);
        assert_eq!(clusters.sums(Some(&[1.0, 2.0, 3.0]), &[1.0, 1.0, -1.0]), [2.0, -2.0]);
        let error = clusters.standard_error(None, &[3.0, 4.0, -3.0]).unwrap();
        assert!((error - 4.0).abs() < 1e-15);
        assert!((Clusters::of_rows(2).standard_error(None, &[3.0, 4.0]).unwrap() - 5.0).abs() < 1e-15);
        assert!(Clusters::new(&[1, 1]).standard_error(None, &[1.0, 1.0]).is_err());
        assert!(clusters.check(4).is_err());
    }
}
