//! Any learner of yes or no as a learner of when: it is taught person-periods, one cause against none at a time, and the
//! chances of all causes are put together so that they never pass 1.
//!
//! Periods are cut at 3, 6, 9, 12, 18, 24, 30 and 36 months and then at each year, and at the days that are asked about. The
//! period is one more column, its number; for learners of scaled columns it is one column a period, so that the level of each is
//! free. A part period in which a row is censored counts if at least half of it was seen.
//! Reference: Tutz and Schmid (2016), *Modeling Discrete Time-to-Event Data*, chapters 3 and 8; Begg and Gray (1984),
//! *Biometrika* 71, 11-18.

use super::multinomial::bounds;
use super::{TimeLearner, TimeModel, TimeTraining, something_came};
use crate::models::time::discrete::{
    BinaryHazard, Curves, PartPeriod, Periods, PersonPeriods, Spans, combine, expand,
};
use crate::models::{FitError, Learner, Model, Origin, Training};
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, s};

/// A learner of yes or no, and whether its columns are scaled.
pub(super) struct OfAny {
    pub(super) learner: Box<dyn Learner>,
    pub(super) scaled: bool,
}

struct Fitted {
    /// By cause; none of a cause that did not come.
    of_cause: Vec<Option<Box<dyn Model>>>,
    periods: Periods,
    scaled: bool,
    columns: usize,
    last: f64,
}

/// The columns of rows in their periods: those of the row, then the period.
fn lines(x: ArrayView2<'_, f64>, of: &[(usize, u16)], periods: usize, scaled: bool) -> Array2<f64> {
    let p = x.ncols();
    let more = if scaled { periods - 1 } else { 1 };
    let mut out = Array2::zeros((of.len(), p + more));
    for (mut line, (row, period)) in out.axis_iter_mut(Axis(0)).zip(of) {
        line.slice_mut(s![..p]).assign(&x.row(*row));
        match (scaled, usize::from(*period).checked_sub(1)) {
            (false, _) => line[p] = f64::from(*period),
            (true, Some(place)) => line[p + place] = 1.0,
            (true, None) => {}
        }
    }
    out
}

impl OfAny {
    /// One cause against none.
    fn one(
        &self,
        data: &TimeTraining,
        all: &PersonPeriods,
        (cause, periods): (u8, usize),
        origin: &Origin,
    ) -> Result<Box<dyn Model>, FitError> {
        let kept = all.of_cause(cause, BinaryHazard::OneVersusNone);
        let of: Vec<(usize, u16)> =
            kept.iter().map(|(line, _)| (all.row[*line], all.period[*line])).collect();
        let x = lines(data.x.view(), &of, periods, self.scaled);
        let came: Array1<bool> = kept.iter().map(|(_, came)| *came).collect();
        let rows: Vec<usize> = of.iter().map(|(row, _)| *row).collect();
        let mut origin = origin.select(&rows);
        if !origin.direction.is_empty() {
            origin.direction.resize(x.ncols(), 0);
        }
        self.learner.learn(&Training::new(x, came), &origin)
    }
}

impl TimeLearner for OfAny {
    fn learn(&self, data: &TimeTraining, origin: &Origin) -> Result<Box<dyn TimeModel>, FitError> {
        something_came(data)?;
        let months = [3, 6, 9, 12, 18, 24, 30, 36].into_iter().chain((48..=240).step_by(12));
        let periods = bounds(&data.days, months)?;
        let all = expand(&Spans::new(&data.times, &periods, PartPeriod::Half));
        let present = data.present();
        let of_cause = (1..=data.causes).map(|cause| {
            // Its only events may lie in part periods that do not count.
            let any = present.contains(&cause) && all.cause.contains(&cause);
            any.then(|| self.one(data, &all, (cause, periods.count()), origin)).transpose()
        });
        Ok(Box::new(Fitted {
            of_cause: of_cause.collect::<Result<_, FitError>>()?,
            periods: periods.clone(),
            scaled: self.scaled,
            columns: data.x.ncols(),
            last: data.last(),
        }))
    }
}

impl TimeModel for Fitted {
    fn incidence(&self, x: ArrayView2<'_, f64>, days: &[f64]) -> Result<Array3<f64>, FitError> {
        if x.ncols() != self.columns {
            return Err(FitError::Library("other columns than those of the training rows".into()));
        }
        let (rows, periods, causes) = (x.nrows(), self.periods.count(), self.of_cause.len());
        let mut chances = Array3::zeros((rows, periods, causes));
        for period in 0..periods {
            let of: Vec<(usize, u16)> = (0..rows).map(|row| (row, period as u16)).collect();
            let lines = lines(x, &of, periods, self.scaled);
            for (cause, model) in self.of_cause.iter().enumerate() {
                let Some(model) = model else { continue };
                chances.slice_mut(s![.., period, cause]).assign(&model.probabilities(&lines));
            }
        }
        let hazards = combine(&chances, BinaryHazard::OneVersusNone).map_err(FitError::library)?.hazards;
        let curves = Curves::new(self.periods.clone(), hazards).map_err(FitError::library)?;
        let mut out = Array3::zeros((rows, days.len(), causes));
        for (day, at) in days.iter().enumerate() {
            let by = curves.at(at.clamp(0.0, self.last)).map_err(FitError::library)?;
            out.slice_mut(s![.., day, ..]).assign(&by.incidence);
        }
        Ok(out)
    }
}
