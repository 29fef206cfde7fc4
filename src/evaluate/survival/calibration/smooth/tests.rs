use super::super::super::prepared::{Prepared, testing::simulate};
use super::super::pseudo_values::tests::golden;
use super::{SPAN, between, distances, grid, smooth};

#[test]
fn equals_r() {
    let (exit, cause, p, household, _) = golden();
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/golden/r-calibration-own/expected_smooth.json"
    ));
    let expected: serde_json::Value = serde_json::from_str(text).unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        expected[name].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
    let (ones, twos) = ([1.0; 300], (0..300).map(|i| f64::from(i % 3)).collect::<Vec<f64>>());
    let places = grid(&rows, &ones, 11).unwrap();
    for (ours, r) in places.p.iter().zip(numbers("grid")) {
        assert!((ours - r).abs() < 1e-12, "{ours} {r}");
    }
    let plain = smooth(&rows, &ones, 1.0, &places, SPAN).unwrap();
    let weighted = smooth(&rows, &twos, 1.0, &places, 0.5).unwrap();
    for (ours, name, within) in
        [(&plain, "line", 1e-10), (&plain, "loess", 1e-10), (&weighted, "line_weighted", 1e-10)]
    {
        let r = numbers(name);
        assert_eq!(r.len(), 11);
        for (ours, r) in ours.iter().zip(r) {
            assert!((ours - r).abs() < within, "{name} {ours} {r}");
        }
    }
    let far = distances(&rows, &ones, &places, &plain).unwrap();
    for (ours, r) in [far.ici, far.e50, far.e90, far.emax].iter().zip(numbers("distances")) {
        assert!((ours - r).abs() < 1e-10, "{ours} {r}");
    }
}

#[test]
fn right_predictions_lie_on_the_curve_and_wrong_ones_do_not() {
    let (exit, cause, p, household) = simulate(20_000, 9, 0.0);
    let ones = vec![1.0; 20_000];
    let low: Vec<f64> = p.iter().map(|p| p * 0.7).collect();
    let far = |p: &[f64]| {
        let rows = Prepared::new(&exit, &cause, p, &household).unwrap();
        let places = grid(&rows, &ones, 50).unwrap();
        let curve = smooth(&rows, &ones, 1.0, &places, SPAN).unwrap();
        distances(&rows, &ones, &places, &curve).unwrap()
    };
    let mean = p.iter().sum::<f64>() / 20_000.0;
    let (right, wrong) = (far(&p), far(&low));
    // Three tenths of the mean risk are missing.
    assert!(right.emax < 0.05 && (wrong.ici - 0.3 * mean).abs() < 0.02, "{right:?} {wrong:?}");
    assert!(wrong.e50 <= wrong.e90 && wrong.e90 <= wrong.emax);
}

#[test]
fn few_values_and_edges() {
    // Two predictions only: the curve is the mean of each, 1/4 and 3/4.
    let p = [0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6];
    let rows = Prepared::new(&[1.0; 8], &[1, 0, 0, 2, 1, 1, 1, 0], &p, &[0; 8]).unwrap();
    let places = grid(&rows, &[1.0; 8], 20).unwrap();
    assert_eq!(places.p, [0.2, 0.6]);
    let curve = smooth(&rows, &[1.0; 8], 1.0, &places, 0.5).unwrap();
    assert!((curve[0] - 0.25).abs() < 1e-13 && (curve[1] - 0.75).abs() < 1e-13, "{curve:?}");
    // Distances .05 and .15, half of the rows each.
    let far = distances(&rows, &[1.0; 8], &places, &curve).unwrap();
    for (value, wanted) in [(far.ici, 0.1), (far.e50, 0.05), (far.e90, 0.15), (far.emax, 0.15)] {
        assert!((value - wanted).abs() < 1e-13);
    }
    assert!((between(&places, &curve, -9.0) - 0.25).abs() < 1e-13);
    assert!((between(&places, &curve, 9.0) - 0.75).abs() < 1e-13);
    assert!((between(&places, &curve, (places.x[0] + places.x[1]) / 2.0) - 0.5).abs() < 1e-13);
    assert!(smooth(&rows, &[1.0; 8], 1.0, &places, 0.0).is_err());
    assert!(distances(&rows, &[1.0; 8], &places, &curve[..1]).is_err());
    // Cut: no observed chance is below 0 or above 1.
    let (exit, cause, p, household) = simulate(60, 3, 5.0);
    let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
    let places = grid(&rows, &[1.0; 60], 30).unwrap();
    let curve = smooth(&rows, &[1.0; 60], 1.0, &places, 0.1).unwrap();
    assert!(curve.iter().all(|value| (0.0..=1.0).contains(value)));
}
