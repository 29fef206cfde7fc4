//! Rows with a prediction, sorted once by time and once by prediction, for measures that are called with many weights.
//!
//! # Inputs
//! `exit`: finite times; `cause`: 0 censored, 1 the event of interest, 2.. competing ends; `p`: predicted cumulative
//! incidence of cause 1 by the time, in [0, 1]; `household`: any code. All rows are at risk from the start. Weights are given
//! to each measure: finite and 0 or above; a row of weight 2 is two rows of one household.
//!
//! # Undefined when
//! Columns differ in length or hold what is out of range.

use crate::evaluate::Value;

/// No rows, or all of weight 0.
pub const NO_ROWS: &str = "there are no rows";
/// The weights do not fit the rows.
pub const BAD_WEIGHTS: &str = "the weights are not one finite number of 0 or above for each row";

/// The rows and their two orders.
#[derive(Clone, Debug)]
pub struct Prepared<'a> {
    /// End of observation.
    pub exit: &'a [f64],
    /// 0 censored, 1 the event, 2.. competing ends.
    pub cause: &'a [u8],
    /// Predicted cumulative incidence of cause 1.
    pub p: &'a [f64],
    /// Household of each row, numbered from 0 without gaps.
    pub household: Vec<u32>,
    /// How many households there are.
    pub households: usize,
    /// Rows from the earliest exit on; ties as given.
    pub by_time: Vec<u32>,
    /// Rows from the lowest prediction on; ties as given.
    pub by_prediction: Vec<u32>,
}

impl<'a> Prepared<'a> {
    /// Checks and sorts. O(n log n).
    ///
    /// # Errors
    /// With columns of different lengths, an exit that is not finite, a prediction outside [0, 1].
    pub fn new(
        exit: &'a [f64],
        cause: &'a [u8],
        p: &'a [f64],
        household: &[u32],
    ) -> Result<Self, &'static str> {
        if [cause.len(), p.len(), household.len()].iter().any(|length| *length != exit.len()) {
            return Err("the columns are not equally long");
        }
        let rows = u32::try_from(exit.len()).map_err(|_| "there are too many rows")?;
        if exit.iter().any(|time| !time.is_finite()) {
            return Err("an exit is not finite");
        }
        if p.iter().any(|p| !(0.0..=1.0).contains(p)) {
            return Err("a prediction is not between 0 and 1");
        }
        let sorted = |column: &[f64]| {
            let mut order: Vec<u32> = (0..rows).collect();
            order.sort_by(|a, b| column[*a as usize].total_cmp(&column[*b as usize]));
            order
        };
        let mut codes = household.to_vec();
        codes.sort_unstable();
        codes.dedup();
        let dense = household.iter().map(|code| codes.partition_point(|other| other < code) as u32).collect();
        Ok(Self {
            exit,
            cause,
            p,
            household: dense,
            households: codes.len(),
            by_time: sorted(exit),
            by_prediction: sorted(p),
        })
    }

    /// The total weight.
    ///
    /// # Errors
    /// With weights that do not fit, or that are all 0.
    pub fn total(&self, weights: &[f64]) -> Value {
        if weights.len() != self.exit.len() || weights.iter().any(|w| !(w.is_finite() && *w >= 0.0)) {
            return Err(BAD_WEIGHTS);
        }
        let total: f64 = weights.iter().sum();
        if total > 0.0 { Ok(total) } else { Err(NO_ROWS) }
    }

    /// Rows of each group in order of time; groups are numbered from 0, and rows of a group from `groups` on are left out.
    #[must_use]
    pub fn split(&self, group: impl Fn(usize) -> usize, groups: usize) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); groups];
        for &row in &self.by_time {
            if let Some(list) = lists.get_mut(group(row as usize)) {
                list.push(row);
            }
        }
        lists
    }

    /// The weighted mean prediction of some rows.
    ///
    /// # Errors
    /// Where they have no weight.
    pub fn mean_prediction(&self, rows: &[u32], weights: &[f64]) -> Value {
        let (mut total, mut sum) = (0.0, 0.0);
        for &row in rows {
            total += weights[row as usize];
            sum += weights[row as usize] * self.p[row as usize];
        }
        if total > 0.0 { Ok(sum / total) } else { Err(NO_ROWS) }
    }

    /// Weighted influences, summed by household.
    #[must_use]
    pub fn household_sums(&self, influence: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.households];
        for ((household, influence), weight) in self.household.iter().zip(influence).zip(weights) {
            sums[*household as usize] += influence * weight;
        }
        sums
    }

    /// The sum over households of their squared summed influence: the cluster-robust variance, without a factor for few
    /// households.
    #[must_use]
    pub fn variance(&self, influence: &[f64], weights: &[f64]) -> f64 {
        self.household_sums(influence, weights).iter().map(|sum| sum * sum).sum()
    }
}

#[cfg(test)]
pub mod testing {
    //! Seeded rows with many ties.
    use rand::RngExt as _;

    /// Exit, cause, prediction, household.
    pub type Columns = (Vec<f64>, Vec<u8>, Vec<f64>, Vec<u32>);

    /// Exponential times: the event at rate `r`, a competing end at rate 1/4, censoring uniform; the prediction is the truth at
    /// time 1. Times are cut to a grid of `grid` a unit where above 0.
    pub fn simulate(n: usize, seed: u64, grid: f64) -> Columns {
        let mut draw = crate::num::seed::stream(seed, "calibration");
        let mut columns = (vec![], vec![], vec![], vec![]);
        for row in 0..n {
            let mut u = || draw.random::<f64>();
            let rate = 0.1 + 1.2 * u();
            let (event, other, end) = (-(1.0 - u()).ln() / rate, -(1.0 - u()).ln() / 0.25, 0.3 + 2.0 * u());
            let exit = event.min(other).min(end);
            let cause = if event <= other.min(end) { 1 } else { 2 * u8::from(other <= end) };
            columns.0.push(if grid > 0.0 { (exit * grid).ceil() / grid } else { exit });
            columns.1.push(cause);
            columns.2.push(rate / (rate + 0.25) * (1.0 - (-(rate + 0.25)).exp()));
            columns.3.push((row / 2) as u32);
        }
        columns
    }
}
