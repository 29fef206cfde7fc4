//! Gaussian naive Bayes by linfa-bayes: each fact is taken as normal among children who came back and among those who did
//! not, and as telling something by itself whatever the others say.
//!
//! linfa's probabilities are made of likelihoods, which with a hundred facts underflow to 0 and are then no numbers; here they
//! come from the difference of the logarithms.

use super::adapters::{FittedFromLinfa, FromLinfa};
use super::prepare::Wants;
use super::registry::Entry;
use super::saved::LoadError;
use super::settings::Setting;
use crate::num::sigmoid;
use linfa_bayes::{GaussianNb, GaussianNbParams, NaiveBayes as _};
use ndarray::{Array1, Array2};
use serde::Deserialize as _;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "naive-bayes",
    title: "Naive Bayes",
    words: "It asks of each recorded fact by itself how much more often it is found among children who came back, and multiplies the \
            answers as if no fact repeated another. So it is often too sure.",
    baseline: false,
    wants: Wants::Scaled,
    takes_weights: false,
    draws: false,
    made_of: &[],
    settings: &[Setting::number(
        "smoothing",
        1e-9,
        (1e-12, 10.0),
        "Added to every variance, as a share of the largest: more makes it less sure.",
    )],
    make: |s| {
        let params = GaussianNbParams::new().var_smoothing(s.number("smoothing"));
        Box::new(FromLinfa::new(params, chances as Chances))
    },
    load: |saved| {
        let object = GaussianNb::deserialize(&saved.json).map_err(LoadError::new)?;
        Ok(Box::new(FittedFromLinfa { object, chances: chances as Chances }))
    },
};

/// The surest log-odds that are given, about 1 in ten million million: beyond, probabilities would be 0 and 1 to a computer, and
/// a single case to the contrary would make every mean infinite.
const SUREST: f64 = 30.0;

type Chances = fn(&GaussianNb<f64, bool>, &Array2<f64>) -> Array1<f64>;

fn chances(model: &GaussianNb<f64, bool>, x: &Array2<f64>) -> Array1<f64> {
    let log = model.joint_log_likelihood(x.view());
    match (log.get(&true), log.get(&false)) {
        (Some(came), Some(not)) => (came - not).mapv_into(|odds| sigmoid(odds.clamp(-SUREST, SUREST))),
        _ => Array1::from_elem(x.nrows(), f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Origin, Training};
    use ndarray::array;

    /// Two came back, with 1 and 3, and four did not, with 4, 4, 6 and 6: means 2 and 5, variances 1 and 1, odds 2 to 4. At x
    /// the log-odds are ln(1/2) - (x - 2)^2 / 2 + (x - 5)^2 / 2.
    #[test]
    fn worked_by_hand() {
        let x = array![[1.0], [3.0], [4.0], [4.0], [6.0], [6.0]];
        let y = array![true, true, false, false, false, false];
        let mut settings = crate::models::settings::Settings::default();
        settings.set("naive-bayes", "smoothing", 1e-12);
        let model = ENTRY.learner(&settings).learn(&Training::new(x, y), &Origin::apart(6)).unwrap();
        let p = model.probabilities(&array![[3.0], [3.5], [-100.0], [100.0]]);
        assert!((p[0] - sigmoid(0.5_f64.ln() + 1.5)).abs() < 1e-9, "{p}");
        assert!((p[1] - 1.0 / 3.0).abs() < 1e-9, "as far from one mean as from the other");
        assert!(p[2] < 1.0 && p[2] > 0.999 && p[3] > 0.0 && p[3] < 0.001, "never quite sure");
    }
}
