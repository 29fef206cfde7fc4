//! Fine and Gray's model of each cause by itself, for comparison: nothing keeps the incidences of all causes from adding up to
//! more than 1.

use super::strength;
use super::{TimeLearner, TimeModel, TimeTraining, something_came};
use crate::models::time::fine_gray::{FineGrayData, FineGrayOptions, FittedFineGray, fit};
use crate::models::{FitError, Origin};
use ndarray::{Array3, ArrayView2, s};

/// One model a cause, each with the ridge that is chosen for the hazard of that cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subdistributions;

struct Fitted {
    /// By cause; none of a cause that did not come.
    of_cause: Vec<Option<FittedFineGray>>,
    last: f64,
}

impl TimeLearner for Subdistributions {
    fn learn(&self, data: &TimeTraining, origin: &Origin) -> Result<Box<dyn TimeModel>, FitError> {
        something_came(data)?;
        let present = data.present();
        let one = |cause: u8| {
            let of_cause = FineGrayData {
                x: data.x.view(),
                times: &data.times,
                cause,
                weight: None,
                group: None,
                cluster: None,
            };
            let l2 = strength::ridge(data, cause, origin);
            let options = FineGrayOptions { variance: false, l2, ..FineGrayOptions::default() };
            fit(&of_cause, &options).map_err(FitError::library)
        };
        let of_cause =
            (1..=data.causes).map(|cause| present.contains(&cause).then(|| one(cause)).transpose());
        Ok(Box::new(Fitted { of_cause: of_cause.collect::<Result<_, FitError>>()?, last: data.last() }))
    }
}

impl TimeModel for Fitted {
    fn incidence(&self, x: ArrayView2<'_, f64>, days: &[f64]) -> Result<Array3<f64>, FitError> {
        let mut out = Array3::zeros((x.nrows(), days.len(), self.of_cause.len()));
        for (cause, fitted) in self.of_cause.iter().enumerate() {
            let Some(fitted) = fitted else { continue };
            let days: Vec<f64> = days.iter().map(|day| day.min(self.last).min(fitted.last)).collect();
            for (day, by) in fitted.incidence(x, &days).map_err(FitError::library)?.into_iter().enumerate() {
                let by = by.map_err(|why| FitError::Library(why.into()))?;
                out.slice_mut(s![.., day, cause]).assign(&by);
            }
        }
        Ok(out)
    }
}
