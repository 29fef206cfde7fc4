//! Baselines that count: the Aalen-Johansen incidence of all training rows, or of those with as many earlier referrals.
//!
//! Values of the one column are strata, from the lowest; a value that fewer than [`LEAST`] rows have goes with the value
//! before it, so that the last stratum is "so many or more". Without a column there is one stratum. After the last day that a
//! stratum was followed, those of it that nothing had come to go on as all rows do.
//! Reference: Aalen and Johansen (1978), *Scandinavian Journal of Statistics* 5, 141-150.

use super::{TimeLearner, TimeModel, TimeTraining, something_came};
use crate::models::{FitError, Origin};
use crate::survival::Times;
use crate::survival::aalen_johansen::AalenJohansen;
use ndarray::{Array3, ArrayView2};

/// Rows of a stratum.
const LEAST: usize = 100;

/// Counts within strata.
pub(super) struct Strata;

/// What was counted.
struct Counted {
    /// The lowest value of each stratum but the first, rising.
    from: Vec<f64>,
    curves: Vec<Curve>,
    all: Curve,
    causes: u8,
    columns: usize,
    last: f64,
}

/// What came to some rows, and the last day that any was followed.
struct Curve {
    found: AalenJohansen,
    last: f64,
}

impl Curve {
    fn new(times: &Times) -> Result<Self, FitError> {
        let last = times.exit.iter().copied().fold(0.0, f64::max);
        Ok(Self { found: AalenJohansen::new(times, None).map_err(fault)?, last })
    }

    /// Incidences by `day`, and the share that is free of all.
    fn by(&self, day: f64) -> Result<(Vec<f64>, f64), FitError> {
        Ok((self.found.by(day).map_err(fault)?, self.found.free_by(day).map_err(fault)?))
    }
}

fn fault(why: &'static str) -> FitError {
    FitError::Library(why.into())
}

impl TimeLearner for Strata {
    fn learn(&self, data: &TimeTraining, _origin: &Origin) -> Result<Box<dyn TimeModel>, FitError> {
        something_came(data)?;
        let values: Vec<f64> = data.x.columns().into_iter().next().map(|c| c.to_vec()).unwrap_or_default();
        let from = bounds(&values);
        let stratum = |row: usize| values.get(row).map_or(0, |v| place(&from, *v));
        let curves = (0..=from.len())
            .map(|wanted| {
                let rows: Vec<usize> = (0..data.times.len()).filter(|row| stratum(*row) == wanted).collect();
                Curve::new(&select(&data.times, &rows))
            })
            .collect::<Result<Vec<_>, FitError>>()?;
        let all = Curve::new(&data.times)?;
        Ok(Box::new(Counted {
            from,
            curves,
            all,
            causes: data.causes,
            columns: data.x.ncols(),
            last: data.last(),
        }))
    }
}

/// The lowest value of each stratum but the first.
fn bounds(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let runs: Vec<&[f64]> = sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()).collect();
    // Only a value with enough rows begins a stratum, so that each has enough.
    let enough = runs.iter().filter(|run| run.len() >= LEAST);
    // The first of them is of all before it too.
    enough.skip(1).filter_map(|run| run.first().copied()).collect()
}

/// The stratum of a value.
fn place(from: &[f64], value: f64) -> usize {
    from.partition_point(|lowest| *lowest <= value)
}

/// The times of some rows.
fn select(times: &Times, rows: &[usize]) -> Times {
    Times {
        entry: rows.iter().map(|row| times.entry[*row]).collect(),
        exit: rows.iter().map(|row| times.exit[*row]).collect(),
        cause: rows.iter().map(|row| times.cause[*row]).collect(),
    }
}

impl Counted {
    /// The incidence of each cause by `day` in a stratum.
    fn by(&self, curve: &Curve, day: f64) -> Result<Vec<f64>, FitError> {
        let day = day.min(self.last).min(self.all.last);
        let (mut incidence, free) = curve.by(day.min(curve.last))?;
        incidence.resize(usize::from(self.causes), 0.0);
        if day > curve.last && free > 0.0 {
            let ((before, free_before), (then, _)) = (self.all.by(curve.last)?, self.all.by(day)?);
            for ((to, before), then) in incidence.iter_mut().zip(before).zip(then) {
                *to += free * (then - before) / free_before;
            }
        }
        Ok(incidence)
    }
}

impl TimeModel for Counted {
    fn incidence(&self, x: ArrayView2<'_, f64>, days: &[f64]) -> Result<Array3<f64>, FitError> {
        if x.ncols() != self.columns {
            return Err(fault("other columns than those of the training rows"));
        }
        let mut by = Vec::with_capacity(self.curves.len());
        for curve in &self.curves {
            by.push(days.iter().map(|day| self.by(curve, *day)).collect::<Result<Vec<_>, FitError>>()?);
        }
        Ok(Array3::from_shape_fn((x.nrows(), days.len(), usize::from(self.causes)), |(row, day, cause)| {
            let stratum = x.row(row).first().map_or(0, |value| place(&self.from, *value));
            by[stratum][day][cause]
        }))
    }
}
