//! The multinomial model of the cause that comes in each period: all causes at once, never above 1 together.
//!
//! Periods are months up to two years and quarters after that, cut at the days that are asked about.

use super::strength;
use super::{TimeLearner, TimeModel, TimeTraining, something_came};
use crate::models::time::discrete::{
    DiscreteData, DiscreteOptions, FittedDiscrete, NoVarying, PartPeriod, Periods, Spans, expand, fit,
};
use crate::models::{FitError, Origin};
use crate::survival::Times;
use ndarray::{Array3, ArrayView2, s};

/// Days of a month.
const MONTH: f64 = 365.25 / 12.0;
/// Of the bounds of periods, those nearer than this to a day that is asked about give way to it.
const NEAR: f64 = 3.0;

/// The model, with the ridge that is chosen for the hazard of the first cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Multinomial;

struct Fitted {
    model: FittedDiscrete,
    /// The causes of the model, by their numbers in the data.
    present: Vec<u8>,
    causes: u8,
    last: f64,
}

/// Bounds of periods from 0 to the last of `days`, at about the months given and exactly at the days.
pub(super) fn bounds(days: &[f64], months: impl Iterator<Item = u32>) -> Result<Periods, FitError> {
    let last = days.last().copied().unwrap_or(0.0);
    let far = |t: &f64| *t < last && days.iter().all(|day| (day - t).abs() > NEAR);
    let mut all: Vec<f64> = months.map(|month| f64::from(month) * MONTH).filter(far).collect();
    all.push(0.0);
    all.extend(days);
    all.sort_by(f64::total_cmp);
    Periods::new(all).map_err(FitError::library)
}

impl TimeLearner for Multinomial {
    fn learn(&self, data: &TimeTraining, origin: &Origin) -> Result<Box<dyn TimeModel>, FitError> {
        something_came(data)?;
        let months = (1..=24).chain((27..=240).step_by(3));
        let periods = bounds(&data.days, months)?;
        // The model wants causes without gaps.
        let lines = expand(&Spans::new(&data.times, &periods, PartPeriod::Half));
        // Its only events may lie in part periods that do not count.
        let present: Vec<u8> =
            data.present().into_iter().filter(|cause| lines.cause.contains(cause)).collect();
        let place = |cause: &u8| present.iter().position(|p| p == cause).map_or(0, |at| at as u8 + 1);
        let times = Times { cause: data.times.cause.iter().map(place).collect(), ..data.times.clone() };
        let rows = DiscreteData { x: data.x.view(), times: &times, weight: None, varying: &NoVarying };
        let first = data.present().first().copied().unwrap_or(1);
        let options = DiscreteOptions {
            l2: strength::ridge(data, first, origin),
            part_period: PartPeriod::Half,
            ..DiscreteOptions::default()
        };
        let model = fit(&rows, &periods, &options).map_err(FitError::library)?;
        Ok(Box::new(Fitted { model, present, causes: data.causes, last: data.last() }))
    }
}

impl TimeModel for Fitted {
    fn incidence(&self, x: ArrayView2<'_, f64>, days: &[f64]) -> Result<Array3<f64>, FitError> {
        let curves = self.model.curves(x, &NoVarying).map_err(FitError::library)?;
        let mut out = Array3::zeros((x.nrows(), days.len(), usize::from(self.causes)));
        for (day, at) in days.iter().enumerate() {
            let by = curves.at(at.clamp(0.0, self.last)).map_err(FitError::library)?.incidence;
            for (column, cause) in by.columns().into_iter().zip(&self.present) {
                out.slice_mut(s![.., day, usize::from(*cause) - 1]).assign(&column);
            }
        }
        Ok(out)
    }
}
