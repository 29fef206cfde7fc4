//! Who is at risk at each distinct event time: the layout all sums over risk sets run on.
//!
//! A row is at risk at the event times `t` of its stratum with `entry < t <= exit`: a run `first..last` of numbers in one
//! list of event times, strata one after another. A sum over the risk set is then a suffix sum of differences, so that its
//! cost is the number of rows plus the number of distinct times, whatever the ties. Rows of weight 0, and rows that are at
//! risk at no event time, add nothing to the partial likelihood and are left out.
//!
//! Columns are centred and scaled to standard deviation 1 (weighted), as the difference of two large sums in the
//! information would lose digits otherwise.
//! Undefined: see [`CoxError`]. Reference: Therneau, Grambsch, Modeling Survival Data (2000), section 3.1.
use super::{CoxData, CoxError};
use ndarray::{Array2, ArrayView2};

/// Rows in the order of their exits, and the event times they are at risk at.
#[derive(Clone, Debug)]
pub struct RiskSets {
    /// Where each kept row stands in the data given.
    pub row: Vec<usize>,
    /// Covariates of the kept rows, centred and scaled.
    pub x: Array2<f64>,
    /// What was subtracted from each column.
    pub mean: Vec<f64>,
    /// What each column was divided by.
    pub scale: Vec<f64>,
    /// Weight of each kept row, above 0.
    pub weight: Vec<f64>,
    /// Known part of the log hazard of each kept row.
    pub offset: Vec<f64>,
    /// Number of the first event time the row is at risk at.
    pub first: Vec<usize>,
    /// One past the number of the last event time the row is at risk at; never falls from row to row.
    pub last: Vec<usize>,
    /// Whether the row ends with the event of interest, at event time `last - 1`.
    pub event: Vec<bool>,
    /// Distinct event times, rising inside each stratum.
    pub time: Vec<f64>,
    /// Label of each stratum with events, and the run of its event times.
    pub strata: Vec<(u32, usize, usize)>,
    /// Rows with the event at each event time.
    pub deaths: Vec<u32>,
    /// Their weight in total.
    pub death_weight: Vec<f64>,
    /// Run of rows whose last event time is `g`: `leaving[g]..leaving[g + 1]`.
    pub leaving: Vec<usize>,
    /// Rows that enter after an event time of their stratum, in the order of the time before their first.
    pub entrants: Vec<usize>,
    /// Run of `entrants` whose first event time is `g + 1`: `entering[g]..entering[g + 1]`.
    pub entering: Vec<usize>,
}

/// Checks lengths and numbers.
fn check(data: &CoxData<'_>) -> Result<(), CoxError> {
    let n = data.times.len();
    let wrong = |length: Option<usize>| length.is_some_and(|l| l != n);
    if data.x.nrows() != n
        || wrong(data.weight.map(<[f64]>::len))
        || wrong(data.stratum.map(<[u32]>::len))
        || wrong(data.cluster.map(<[u32]>::len))
        || wrong(data.offset.map(<[f64]>::len))
    {
        return Err(CoxError::Lengths);
    }
    if !data.weight.is_none_or(|w| w.iter().all(|w| *w >= 0.0 && w.is_finite())) {
        return Err(CoxError::Weights);
    }
    let offsets = data.offset.is_none_or(|o| o.iter().all(|o| o.is_finite()));
    if offsets && data.x.iter().all(|v| v.is_finite()) { Ok(()) } else { Err(CoxError::Numbers) }
}

/// Weighted mean and standard deviation of each column over the kept rows; a constant column keeps scale 1.
fn moments(x: &ArrayView2<'_, f64>, row: &[usize], weight: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let total: f64 = weight.iter().sum();
    let mut mean = vec![0.0; x.ncols()];
    for (i, w) in row.iter().zip(weight) {
        mean.iter_mut().zip(x.row(*i)).for_each(|(m, v)| *m += w * v);
    }
    mean.iter_mut().for_each(|m| *m /= total);
    let mut scale = vec![0.0; x.ncols()];
    for (i, w) in row.iter().zip(weight) {
        scale.iter_mut().zip(x.row(*i)).zip(&mean).for_each(|((s, v), m)| *s += w * (v - m) * (v - m));
    }
    for (s, m) in scale.iter_mut().zip(&mean) {
        let sd = (*s / total).sqrt();
        *s = if sd > 1e-12 * (1.0 + m.abs()) { sd } else { 1.0 };
    }
    (mean, scale)
}

/// Where the runs of equal keys begin, keys rising from 0 to below `count`.
fn runs(keys: impl Iterator<Item = usize>, count: usize) -> Vec<usize> {
    let mut start = vec![0; count + 1];
    for key in keys {
        start[key + 1] += 1;
    }
    for g in 0..count {
        start[g + 1] += start[g];
    }
    start
}

/// Each stratum's label and run of event times, and the times.
type EventTimes = (Vec<(u32, usize, usize)>, Vec<f64>);

/// Distinct event times of each stratum; `order` sorted by stratum and exit.
fn event_times(data: &CoxData<'_>, order: &[usize]) -> EventTimes {
    let (mut strata, mut time): EventTimes = (Vec::new(), Vec::new());
    for &i in order.iter().filter(|i| data.is_event(**i)) {
        let (label, exit) = (data.stratum_of(i), data.times.exit[i]);
        match strata.last_mut() {
            Some((known, _, to)) if *known == label => {
                if time.last().is_some_and(|t| *t < exit) {
                    time.push(exit);
                    *to += 1;
                }
            }
            _ => {
                strata.push((label, time.len(), time.len() + 1));
                time.push(exit);
            }
        }
    }
    (strata, time)
}

impl RiskSets {
    /// Sorts the data once.
    ///
    /// # Errors
    /// Where lengths differ, a number is not finite, a weight is below 0, or nothing of interest happens.
    pub fn new(data: &CoxData<'_>) -> Result<Self, CoxError> {
        check(data)?;
        let mut order: Vec<usize> = (0..data.times.len()).filter(|i| data.weight_of(*i) > 0.0).collect();
        let key = |i: usize| (data.stratum_of(i), data.times.exit[i]);
        order.sort_by(|a, b| key(*a).0.cmp(&key(*b).0).then(key(*a).1.total_cmp(&key(*b).1)));
        let (strata, time) = event_times(data, &order);
        if time.is_empty() {
            return Err(CoxError::NoEvents);
        }
        let (mut row, mut first, mut last, mut start) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for &i in &order {
            let Ok(at) = strata.binary_search_by(|s| s.0.cmp(&data.stratum_of(i))) else { continue };
            let (_, from, to) = strata[at];
            let until = |limit: f64| from + time[from..to].partition_point(|t| *t <= limit);
            let (begin, end) = (until(data.times.entry[i]), until(data.times.exit[i]));
            if begin < end {
                row.push(i);
                first.push(begin);
                last.push(end);
                start.push(from);
            }
        }
        let weight: Vec<f64> = row.iter().map(|i| data.weight_of(*i)).collect();
        let (mean, scale) = moments(&data.x, &row, &weight);
        let x = Array2::from_shape_fn((row.len(), data.x.ncols()), |(r, j)| {
            (data.x[[row[r], j]] - mean[j]) / scale[j]
        });
        let offset = row.iter().map(|i| data.offset.map_or(0.0, |o| o[*i])).collect();
        let event: Vec<bool> = row.iter().map(|i| data.is_event(*i)).collect();
        let (mut deaths, mut death_weight) = (vec![0; time.len()], vec![0.0; time.len()]);
        for r in (0..row.len()).filter(|r| event[*r]) {
            deaths[last[r] - 1] += 1;
            death_weight[last[r] - 1] += weight[r];
        }
        let leaving = runs(last.iter().map(|l| l - 1), time.len());
        let mut entrants: Vec<usize> = (0..row.len()).filter(|r| first[*r] > start[*r]).collect();
        entrants.sort_by_key(|r| first[*r]);
        let entering = runs(entrants.iter().map(|r| first[*r] - 1), time.len());
        Ok(Self {
            row,
            x,
            mean,
            scale,
            weight,
            offset,
            first,
            last,
            event,
            time,
            strata,
            deaths,
            death_weight,
            leaving,
            entrants,
            entering,
        })
    }

    /// Turns differences at each event time into sums over its risk set, column by column of `width`.
    pub fn suffix_sums(&self, sums: &mut [f64], width: usize) {
        for (_, from, to) in &self.strata {
            for g in (*from..to.saturating_sub(1)).rev() {
                let (low, high) = sums.split_at_mut((g + 1) * width);
                low[g * width..].iter_mut().zip(&high[..width]).for_each(|(l, h)| *l += h);
            }
        }
    }
}
