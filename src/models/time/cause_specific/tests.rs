//! Cases by hand, and properties.
use super::*;
use crate::num::seed::stream;
use ndarray::{array, s};
use rand::RngExt;

fn baseline(times: &[f64], increments: &[f64]) -> CauseBaseline {
    CauseBaseline { times: times.to_vec(), increments: increments.to_vec() }
}

fn simulated(times: usize, seed: u64) -> Baselines {
    let mut draw = stream(seed, "cause_specific/tests");
    let mut one = || {
        let days: Vec<f64> = (1..=times).filter(|_| draw.random_bool(0.7)).map(|d| d as f64 / 3.0).collect();
        let rises: Vec<f64> = days.iter().map(|_| draw.random_range(0.0..0.02_f64)).collect();
        CauseBaseline { times: days, increments: rises }
    };
    Baselines::new(&[one(), one(), one()]).unwrap()
}

#[test]
fn curves_by_hand() {
    // Cause 1 rises by 0.1 at day 1 and 0.3 at day 3, cause 2 by 0.2 at days 2 and 3. Ratios 1 and 2.
    // Product: day 1: S = 0.9, CIF1 = 0.1; day 2: dH = 0.4, S = 0.54, CIF2 = 0.36; day 3: dH = 0.3 + 0.4 = 0.7,
    // S = 0.162, CIF1 = 0.1 + 0.54 x 0.3 = 0.262, CIF2 = 0.36 + 0.54 x 0.4 = 0.576.
    let all =
        Baselines::new(&[baseline(&[1.0, 3.0], &[0.1, 0.3]), baseline(&[2.0, 3.0], &[0.2, 0.2])]).unwrap();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    let risk = array![[1.0, 2.0]];
    let at = all.incidence(risk.view(), &[3.0, 0.5, 2.0], Increments::Product).unwrap();
    near(at.event_free[[0, 0]], 0.162);
    near(at.incidence[[0, 0, 0]], 0.262);
    near(at.incidence[[0, 0, 1]], 0.576);
    near(at.event_free[[0, 1]], 1.0);
    near(at.incidence[[0, 2, 1]], 0.36);
    // Exponential: S = exp(-0.1), exp(-0.5), exp(-1.2); the last fall is shared 3 to 4.
    let at = all.incidence(risk.view(), &[3.0], Increments::Exponential).unwrap();
    let fall = (-0.5_f64).exp() - (-1.2_f64).exp();
    near(at.event_free[[0, 0]], (-1.2_f64).exp());
    near(at.incidence[[0, 0, 0]], 1.0 - (-0.1_f64).exp() + fall * 3.0 / 7.0);
    near(at.incidence[[0, 0, 1]], (-0.1_f64).exp() - (-0.5_f64).exp() + fall * 4.0 / 7.0);
}

#[test]
fn all_add_up_to_one_however_large_the_hazards() {
    let all = simulated(600, 1);
    let mut draw = stream(2, "risk");
    let risk = Array2::from_shape_fn((37, 3), |_| (draw.random_range(-3.0..6.0_f64)).exp());
    let horizons = [0.0, 10.0, 50.0, 100.0, 199.0, 1e9];
    for kind in [Increments::Exponential, Increments::Product] {
        let at = all.incidence(risk.view(), &horizons, kind).unwrap();
        for row in 0..37 {
            for horizon in 0..6 {
                let sum = at.incidence.slice(s![row, horizon, ..]).sum();
                assert!(sum <= 1.0 + 1e-12 && (sum + at.event_free[[row, horizon]] - 1.0).abs() < 1e-12);
                assert!(at.incidence.slice(s![row, horizon, ..]).iter().all(|c| *c >= 0.0));
            }
        }
        assert_eq!(at.capped > 0, kind == Increments::Product);
        // Rows are worked out eight at a time: alone, each is the same.
        let alone = all.incidence(risk.slice(s![11..12, ..]), &horizons, kind).unwrap();
        assert_eq!(alone.incidence.slice(s![0, .., ..]), at.incidence.slice(s![11, .., ..]));
    }
}

#[test]
fn a_coarser_grid_keeps_event_free_at_its_bounds() {
    let all = simulated(900, 3);
    let days = all.coarser(1.0).unwrap();
    assert!(days.times().len() * 2 < all.times().len());
    let risk = array![[1.0, 0.5, 2.0], [0.3, 0.3, 0.3]];
    let of =
        |b: &Baselines| b.incidence(risk.view(), &[30.0, 150.0, 300.0], Increments::Exponential).unwrap();
    let (fine, coarse) = (of(&all), of(&days));
    assert!(fine.event_free.iter().zip(&coarse.event_free).all(|(a, b)| (a - b).abs() < 1e-12));
    assert!(fine.incidence.iter().zip(&coarse.incidence).all(|(a, b)| (a - b).abs() < 2e-3));
    assert_eq!(days.coarser(1.0).unwrap(), days, "whole windows stay");
}

#[test]
fn faults_are_values() {
    assert_eq!(Baselines::new(&[baseline(&[1.0], &[])]), Err(IncidenceError::Shapes));
    assert_eq!(Baselines::new(&[baseline(&[1.0, 1.0], &[0.1, 0.1])]), Err(IncidenceError::Order));
    assert_eq!(Baselines::new(&[baseline(&[1.0], &[-0.1])]), Err(IncidenceError::Range));
    let one = Baselines::new(&[baseline(&[1.0], &[0.1])]).unwrap();
    let of = |risk: &Array2<f64>, h: f64| one.incidence(risk.view(), &[h], Increments::Product).map(|_| ());
    assert_eq!(of(&array![[1.0, 1.0]], 1.0), Err(IncidenceError::Shapes));
    assert_eq!(of(&array![[f64::NAN]], 1.0), Err(IncidenceError::Range));
    assert_eq!(of(&array![[1.0]], f64::NAN), Err(IncidenceError::Range));
    assert_eq!(one.coarser(0.0), Err(IncidenceError::Range));
    assert!(one.incidence(array![[1.0]].view(), &[], Increments::Product).is_ok());
    assert!(one.incidence(Array2::zeros((0, 1)).view(), &[1.0], Increments::Product).is_ok());
}
