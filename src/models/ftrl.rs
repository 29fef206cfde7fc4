//! Follow the regularised leader by linfa-ftrl: a logistic regression that learns from referrals in the order in which they
//! came, a handful at a time, and never looks back but for as many passes as it is set to (`McMahan` and others 2013, KDD,
//! *Ad click prediction: a view from the trenches*).

use super::prepare::Wants;
use super::registry::Entry;
use super::saved::{AllJson, from_json};
use super::settings::Setting;
use super::{FitError, Learner, Model, Origin, Training, both_classes};
use linfa::prelude::ParamGuard;
use linfa::traits::{FitWith, PredictInplace};
use linfa_ftrl::Ftrl as Fitted;
use ndarray::{Array1, Array2, Axis, concatenate};
use serde::{Deserialize, Serialize};

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "ftrl",
    title: "Logistic regression that learns as referrals come",
    words: "It adds up weighted facts about the child\u{2019}s recorded history, as logistic regression does, but learns the weights \
            from referrals in the order in which they came, so that late ones count for more.",
    baseline: false,
    wants: Wants::Scaled,
    takes_weights: false,
    draws: false,
    made_of: &[],
    settings: &[
        Setting::number("alpha", 0.05, (1e-4, 10.0), "How far one step goes."),
        Setting::number("l1", 0.01, (0.0, 1.0), "Penalty on the sizes of weights."),
        Setting::number("l2", 0.01, (0.0, 1.0), "Penalty on half the squares of weights."),
        Setting::whole("batch", 32.0, (1.0, 1e6), "Referrals learned from at once."),
        Setting::whole("passes", 3.0, (1.0, 1000.0), "Times that it goes through all referrals."),
    ],
    make: |s| {
        Box::new(Ftrl {
            alpha: s.number("alpha"),
            l1: s.number("l1"),
            l2: s.number("l2"),
            batch: s.whole("batch"),
            passes: s.whole("passes"),
        })
    },
    load: from_json::<FittedFtrl>,
};

/// How soon steps grow shorter (1 there). With linfa's 0 the first steps are as long as the penalty on squares is small, and
/// start from weights drawn at random.
const BETA: f64 = 1.0;

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Ftrl {
    /// Step size > 0.
    pub alpha: f64,
    /// Penalty in [0, 1] on absolute values.
    pub l1: f64,
    /// Penalty in [0, 1] on half the squares.
    pub l2: f64,
    /// Rows learned from at once.
    pub batch: usize,
    /// Times through all rows.
    pub passes: usize,
}

/// linfa's model, whose last column is 1 for all rows: it has no intercept of its own.
#[derive(Debug, Serialize, Deserialize)]
pub struct FittedFtrl(Fitted<f64>);

impl Learner for Ftrl {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        both_classes(data)?;
        let mut order: Vec<usize> = (0..data.targets.len()).collect();
        // The child, so that the order of the input does not matter.
        order.sort_by_key(|i| (origin.day[*i], origin.household[*i], origin.child[*i]));
        let x = with_ones(&data.records);
        let batches: Vec<Training> = order
            .chunks(self.batch)
            .map(|rows| Training::new(x.select(Axis(0), rows), data.targets.select(Axis(0), rows)))
            .collect();
        drop(x);
        let params = Fitted::<f64>::params()
            .alpha(self.alpha)
            .beta(BETA)
            .l1_ratio(self.l1)
            .l2_ratio(self.l2)
            .check()
            .map_err(FitError::library)?;
        let mut model = None;
        for batch in (0..self.passes).flat_map(|_| &batches) {
            model = Some(params.fit_with(model, batch).map_err(FitError::library)?);
        }
        model.map(|model| Box::new(FittedFtrl(model)) as Box<dyn Model>).ok_or(FitError::OneClass)
    }
}

fn with_ones(x: &Array2<f64>) -> Array2<f64> {
    // Both have as many rows, so they fit together.
    concatenate(Axis(1), &[x.view(), Array2::ones((x.nrows(), 1)).view()]).unwrap_or_default()
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedFtrl {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        // From the weights, because linfa's probabilities have single precision.
        let weights = self.0.get_weights();
        y.assign(&with_ones(x).dot(&weights).mapv_into(crate::num::sigmoid));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

impl AllJson for FittedFtrl {
    fn learned(&self) -> Option<u64> {
        Some(self.0.get_weights().len() as u64)
    }
}
