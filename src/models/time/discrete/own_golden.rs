//! Golden of VGAM, nnet and glm of R on person-periods of simulated rows: ties, delayed entry, weights.
use super::super::golden::{DATA, known, numbers};
use super::*;
use crate::survival::Times;
use ndarray::{Array2, array};
use serde_json::Value as Json;

#[track_caller]
fn near<'a>(found: impl IntoIterator<Item = &'a f64>, known: &Json, tolerance: f64) {
    let (found, known): (Vec<f64>, Vec<f64>) = (found.into_iter().copied().collect(), numbers(known));
    assert_eq!(found.len(), known.len());
    for (f, k) in found.iter().zip(&known) {
        assert!((f - k).abs() <= tolerance * k.abs().max(0.1), "{found:?}\n{known:?}");
    }
}

/// Columns a, b, group, home, weight, entry, time, cause.
fn rows() -> (Array2<f64>, Times, Vec<f64>) {
    let rows: Vec<Vec<f64>> =
        csv::Reader::from_reader(DATA.as_bytes()).deserialize().map(|r| r.unwrap()).collect();
    let of = |j: usize| rows.iter().map(|r| r[j]).collect::<Vec<f64>>();
    let x = Array2::from_shape_fn((rows.len(), 2), |(i, j)| rows[i][j]);
    let times = Times::with_entry(of(5), of(6), of(7).iter().map(|c| *c as u8).collect()).unwrap();
    (x, times, of(4))
}

const PLAIN: DiscreteOptions = DiscreteOptions { l2: 0.0, alpha_ridge: 0.0, part_period: PartPeriod::Drop };

#[test]
fn multinomial_and_curves() {
    let ((x, times, _), known) = (rows(), known());
    let periods = Periods::new(numbers(&known["bounds"])).unwrap();
    let spans = Spans::new(&times, &periods, PartPeriod::Drop);
    assert_eq!(spans.person_periods() as u64, known["person_periods"].as_u64().unwrap());
    let data = DiscreteData { x: x.view(), times: &times, weight: None, varying: &NoVarying };
    let found = fit(&data, &periods, &PLAIN).unwrap();
    let wanted = &known["multinomial"];
    near(&found.alpha, &wanted["alpha"], 1e-8);
    near(&found.beta, &wanted["beta"], 1e-8);
    near([&found.log_likelihood], &wanted["loglik"], 1e-11);
    near(&found.beta, &known["nnet"]["beta"], 1e-6);
    let curves = found.curves(array![[0.7, 1.0]].view(), &NoVarying).unwrap();
    near(curves.event_free.iter().skip(1), &known["curves"]["free"], 1e-8);
    near(curves.incidence.iter().skip(2), &known["curves"]["cif"], 1e-8);
    // The default ridge does not show.
    let ridge = fit(&data, &periods, &DiscreteOptions { l2: 0.0, ..DiscreteOptions::default() }).unwrap();
    near(&ridge.beta, &wanted["beta"], 1e-6);
}

#[test]
fn effects_that_vary_and_weights() {
    let ((x, times, weight), known) = (rows(), known());
    let periods = Periods::new(numbers(&known["bounds"])).unwrap();
    let terms = [Product { column: 0, of_period: (0..periods.count()).map(|j| j as f64).collect() }];
    let varying = Products::new(x.view(), &terms, periods.count()).unwrap();
    let data = DiscreteData { x: x.view(), times: &times, weight: Some(&weight), varying: &varying };
    let found = fit(&data, &periods, &PLAIN).unwrap();
    let wanted = &known["multinomial_varying_weighted"];
    near(&found.alpha, &wanted["alpha"], 1e-8);
    near(&found.beta, &wanted["beta"], 1e-8);
    near(&found.gamma, &wanted["gamma"], 1e-8);
    near([&found.log_likelihood], &wanted["loglik"], 1e-11);
}

#[test]
fn one_cause_is_a_binary_logistic() {
    // Other causes are lines without the event: expanded, as a learner of cause-specific hazards sees them.
    let ((x, times, _), known) = (rows(), known());
    let periods = Periods::new(numbers(&known["bounds"])).unwrap();
    let lines = expand(&Spans::new(&times, &periods, PartPeriod::Drop));
    let kept = lines.of_cause(1, BinaryHazard::CauseSpecific);
    // Each line as a row of one period that it enters as it begins and leaves as it ends.
    let bound = |line: usize, next: usize| periods.bounds()[usize::from(lines.period[line]) + next];
    let single = Times::with_entry(
        kept.iter().map(|(line, _)| bound(*line, 0)).collect(),
        kept.iter().map(|(line, _)| bound(*line, 1)).collect(),
        kept.iter().map(|(_, came)| u8::from(*came)).collect(),
    )
    .unwrap();
    let wide = Array2::from_shape_fn((kept.len(), 2), |(i, j)| x[[lines.row[kept[i].0], j]]);
    let data = DiscreteData { x: wide.view(), times: &single, weight: None, varying: &NoVarying };
    let found = fit(&data, &periods, &PLAIN).unwrap();
    let wanted = &known["one_cause"];
    near(&found.alpha, &wanted["alpha"], 1e-8);
    near(&found.beta, &wanted["beta"], 1e-8);
    near([&found.log_likelihood], &wanted["loglik"], 1e-11);
}
