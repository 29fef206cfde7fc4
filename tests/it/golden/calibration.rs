//! Calibration and recalibration against R and Python. The data are read where they lie, never copied.

use rerefer::evaluate::calibration::{
    Point, corp, corp::Score, expected_calibration_error as ece, hosmer_lemeshow, hosmer_lemeshow::TestedOn,
    murphy, point, spiegelhalter, weak, weak_intervals,
};
use rerefer::evaluate::recalibration::{
    Method, isotonic::Isotonic, learn, platt::Platt, platt::Scale, venn_abers::VennAbers,
};
use serde_json::Value;

use crate::support::shared;

fn place(of: &str) -> Option<std::path::PathBuf> {
    Some(shared("golden")?.join(of))
}

type Rows = (Vec<f64>, Vec<bool>);

fn expected(path: &str) -> Option<Value> {
    Some(serde_json::from_str(&std::fs::read_to_string(place(path)?).unwrap()).unwrap())
}

fn table(path: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(place(path).unwrap()).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn rows(path: &str, risk: &str, outcome: &str) -> Rows {
    let row = |row: std::collections::BTreeMap<String, String>| {
        (row[risk].parse::<f64>().unwrap(), matches!(row[outcome].as_str(), "1" | "TRUE"))
    };
    table(path).into_iter().map(row).unzip()
}

fn points(rows: &Rows) -> Vec<Point> {
    point::collapse(&rows.0, &rows.1).unwrap()
}

/// Relative, and for values below 1 in size absolute, difference.
fn near(name: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("no golden number for {name}"));
    let difference = (found - expected).abs() / expected.abs();
    let shown = format!("{name}: found {found}, expected {expected}, relative difference {difference:.1e}");
    assert!(difference <= tolerance, "{shown}");
    eprintln!("{shown}");
}

fn brier(risks: &[f64], y: &[bool]) -> f64 {
    let loss = |(&risk, &event): (&f64, &bool)| (risk - f64::from(u8::from(event))).powi(2);
    risks.iter().zip(y).map(loss).sum::<f64>() / risks.len() as f64
}

/// model-diagnostics 1.5.0, netcal 1.4.0 and numpy on the predictions of `CalibrationCurves`.
#[test]
fn python_calibration_measures() {
    let Some(golden) = expected("calibration-py/expected.json") else { return };
    let golden = &golden["cc_pred_test"];
    let points = points(&rows("calibration-py/data/cc_pred_test.csv", "p", "y"));
    for bins in [10_u32, 15] {
        let of = |name: &str| &golden[name];
        near(
            "ECE",
            ece::equal_width(&points, bins).unwrap(),
            of(&format!("netcal_ECE_{bins}_equal_width")),
            1e-12,
        );
        near("MCE", ece::maximum(&points, bins).unwrap(), of(&format!("netcal_MCE_{bins}")), 1e-12);
        near("ACE", ece::average(&points, bins).unwrap(), of(&format!("netcal_ACE_{bins}")), 1e-12);
    }
    let mass = ece::equal_mass(&points, 10).unwrap();
    near("ECE equal mass", mass, &golden["own_ECE_10_equal_mass_array_split"], 1e-12);
    for (score, name) in [(Score::Squared, "SquaredError"), (Score::Logarithmic, "LogLoss")] {
        let golden = &golden[format!("CORP_decomposition_{name}").as_str()];
        let found = corp::decompose(&points, score).unwrap();
        near("MCB", found.miscalibration, &golden["miscalibration"], 1e-12);
        near("DSC", found.discrimination, &golden["discrimination"], 1e-12);
        near("UNC", found.uncertainty, &golden["uncertainty"], 1e-12);
        near("score", found.score, &golden["score"], 1e-12);
    }
    let found = murphy::partition(&points, 10).unwrap();
    let golden = &golden["murphy_10_uniform_bins"];
    near("reliability", found.reliability, &golden["reliability"], 1e-12);
    near("resolution", found.resolution, &golden["resolution"], 1e-12);
    near("uncertainty", found.uncertainty, &golden["uncertainty"], 1e-12);
}

/// R 4.2.2, rms 6.5-0 and `CalibrationCurves` 3.1.0.
#[test]
fn r_calibration_measures() {
    let Some(golden) = expected("r-calibration/expected.json") else { return };
    let test_data = points(&rows("calibration-py/data/cc_pred_test.csv", "p", "y"));
    let golden_test = &golden["cc_testdata"];
    r_tests_of_fit(&test_data, golden_test);
    let found = weak::assess(&test_data).unwrap();
    let manual = &golden_test["manual"];
    // `glm` stops at a relative change of the deviance of 1e-8, so its coefficients carry 8 digits.
    near("citl", found.calibration_in_the_large, &manual["calibration_in_the_large"], 1e-8);
    near("intercept", found.intercept, &golden_test["rms_val.prob"]["Intercept"], 1e-8);
    near("slope", found.slope, &golden_test["rms_val.prob"]["Slope"], 1e-8);
    let joint = found.intercept_and_slope;
    near("U chi-square", joint.statistic, &manual["unreliability_LRT_chi2"], 1e-11);
    near("U p", joint.p_value, &golden_test["rms_val.prob"]["U:p"], 1e-11);
    intervals(&test_data, golden_test, [0.003_739_405_258_587_858, 0.445_201_577_289_352_83]);
    let cancer = points(&rows("dcurves/data/df_binary.csv", "cancerpredmarker", "cancer"));
    let golden_cancer = &golden["dcurves_df_binary_cancerpredmarker"];
    r_tests_of_fit(&cancer, golden_cancer);
    intervals(&cancer, golden_cancer, [-0.249_070_903_479_729_53, 0.240_006_827_129_391_84]);
    // The model's own fitted risks: intercept 0, slope 1 and statistic 0 to the digits of the data.
    let found = weak::assess(&cancer).unwrap();
    near("slope of cancer", found.slope, &golden_cancer["rms_val.prob"]["Slope"], 1e-7);
    assert!(found.intercept.abs() < 1e-7 && found.calibration_in_the_large.abs() < 1e-8);
    assert!(found.intercept_and_slope.statistic < 1e-12 && found.intercept_and_slope.p_value > 1.0 - 1e-12);
}

fn r_tests_of_fit(points: &[Point], golden: &Value) {
    let manual = &golden["manual"];
    let found = hosmer_lemeshow::test(points, 10, TestedOn::FittedRows).unwrap();
    near("HL", found.statistic, &manual["HL_g10"], 1e-11);
    near("HL p, 8 df", found.p_value, &manual["HL_df8_p"], 1e-11);
    let found = hosmer_lemeshow::test(points, 10, TestedOn::OtherRows).unwrap();
    near("HL p, 10 df", found.p_value, &manual["HL_df10_p"], 1e-11);
    let found = spiegelhalter::test(points).unwrap();
    near("Spiegelhalter z", found.z, &manual["spiegelhalter_z"], 1e-11);
    near("Spiegelhalter p", found.p_value, &golden["rms_val.prob"]["S:p"], 1e-11);
}

/// The numbers called `Intercept_CI_profile` are Wald intervals (symmetric about the estimate on both
/// data sets).
fn intervals(points: &[Point], golden: &Value, profile: [f64; 2]) {
    let found = weak_intervals::calibration_in_the_large_wald(points, 0.95).unwrap();
    let bounds = [found.estimate, found.lower, found.upper];
    for (bound, golden) in bounds.iter().zip(golden["Intercept_CI_profile"].as_array().unwrap()) {
        // Absolute, as one estimate is 3e-9.
        assert!((bound - golden.as_f64().unwrap()).abs() < 1e-11, "{bound} {golden}");
    }
    // scipy 1.17.1: `brentq` of twice the loss of log-likelihood less `chi2.ppf(0.95, 1)`.
    let found = weak_intervals::calibration_in_the_large(points, 0.95).unwrap();
    near("profile lower", found.lower, &profile[0].into(), 1e-10);
    near("profile upper", found.upper, &profile[1].into(), 1e-10);
    let found = weak_intervals::slope(points, 0.95).unwrap();
    let bounds = [found.estimate, found.lower, found.upper];
    for (bound, golden) in bounds.iter().zip(golden["Slope_CI"].as_array().unwrap()) {
        near("slope interval", *bound, golden, 1e-7);
    }
}

/// pmcalibration's published example: likelihood-ratio tests printed with two decimals.
#[test]
fn pmcalibration_likelihood_ratio_tests() {
    let Some(golden) = expected("pmcalibration/expected.json") else { return };
    let points = points(&rows("pmcalibration/data/pm_binary.csv", "p", "y"));
    let found = weak::assess(&points).unwrap();
    let printed = golden["readme"]["logistic_cal"].as_str().unwrap();
    let statistics =
        [found.intercept_and_slope, found.intercept_given_slope_one, found.slope_given_intercept]
            .map(|test| test.statistic);
    let [joint, intercept, slope] = statistics;
    assert!(
        printed.ends_with(&format!("LRT {joint:.2}/{intercept:.2}/{slope:.2}")),
        "{printed} {statistics:?}"
    );
    near("joint statistic", joint, &golden["rms_val.prob"]["U:Chi-sq"], 1e-11);
    near("joint p", found.intercept_and_slope.p_value, &golden["rms_val.prob"]["U:p"], 1e-11);
    near("citl", found.calibration_in_the_large, &golden["logistic_cal"]["citl"], 1e-8);
    near("intercept", found.intercept, &golden["logistic_cal"]["slope"][0], 1e-8);
    near("slope", found.slope, &golden["logistic_cal"]["slope"][1], 1e-8);
    let z = spiegelhalter::test(&points).unwrap();
    near("Spiegelhalter z", z.z, &golden["rms_val.prob"]["S:z"], 1e-11);
    near("Spiegelhalter p", z.p_value, &golden["rms_val.prob"]["S:p"], 1e-11);
}

fn halves() -> (Rows, Rows) {
    let (p, y) = rows("calibration-py/data/cc_pred_test.csv", "p", "y");
    ((p[..250].to_vec(), y[..250].to_vec()), (p[250..].to_vec(), y[250..].to_vec()))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn all_near(name: &str, found: &[f64], expected: &Value, tolerance: f64) {
    assert_eq!(found.len(), expected.as_array().unwrap().len(), "{name}");
    for (found, expected) in found.iter().zip(expected.as_array().unwrap()) {
        near(name, *found, expected, tolerance);
    }
}

/// Learns on the first half and compares the Brier score on the second and the parameters.
fn compare(method: Method, golden: &Value, names: &[&str], tolerance: f64) {
    let ((p, y), (new_p, new_y)) = halves();
    let map = learn(method, &p, &y).unwrap();
    let risks: Vec<f64> = new_p.iter().map(|&p| map.apply(p)).collect();
    near(&format!("{method:?} brier"), brier(&risks, &new_y), &golden["brier"], tolerance);
    let parameters = map.parameters();
    for name in names {
        let found = parameters.iter().find(|parameter| parameter.0 == *name).unwrap().1;
        near(&format!("{method:?} {name}"), found, &golden[*name], tolerance);
    }
}

/// scikit-learn 1.9.1: `_SigmoidCalibration` (L-BFGS to a gradient of 1e-6) and
/// `LogisticRegression(C=inf)`, whose default `tol=1e-4` stops at a gradient of 5e-3; with `tol=1e-10` it
/// gives the second set of numbers.
#[test]
fn scikit_learn_logistic_maps() {
    let Some(golden) = expected("calibration-py/expected.json") else { return };
    let golden = &golden["recalibration_250_250"];
    compare(Method::Logistic, &golden["logistic_recalibration_MLE"], &["intercept", "slope"], 1e-4);
    let tight = serde_json::json!({
        "intercept": 0.255_747_373_335_367_9, "slope": 0.694_901_553_970_495_1,
        "brier": 0.160_467_745_869_821_8,
    });
    compare(Method::Logistic, &tight, &["intercept", "slope"], 1e-9);
    compare(Method::Platt, &golden["platt_sklearn_on_logit"], &["a", "b"], 1e-6);
    let ((p, y), (new_p, new_y)) = halves();
    let map = learn(Method::Platt, &p, &y).unwrap();
    let first: Vec<f64> = new_p.iter().take(5).map(|&p| map.apply(p)).collect();
    all_near("Platt risks", &first, &golden["platt_sklearn_on_logit"]["pred5"], 1e-6);
    let map = Platt::learn(&p, &y, Scale::Risk).unwrap();
    let risks: Vec<f64> = new_p.iter().map(|&p| map.apply(p)).collect();
    let golden = &golden["platt_sklearn_on_prob"];
    near("Platt on risk a", map.a(), &golden["a"], 1e-6);
    near("Platt on risk b", map.b(), &golden["b"], 1e-6);
    near("Platt on risk brier", brier(&risks, &new_y), &golden["brier"], 1e-6);
}

/// scikit-learn 1.9.1 `IsotonicRegression(out_of_bounds="clip")`.
#[test]
fn scikit_learn_isotonic() {
    let Some(golden) = expected("calibration-py/expected.json") else { return };
    let golden = &golden["recalibration_250_250"]["isotonic_sklearn"];
    compare(Method::Isotonic, golden, &[], 1e-12);
    let ((p, y), _) = halves();
    let (risks, rates): (Vec<f64>, Vec<f64>) =
        Isotonic::learn(&p, &y).unwrap().thresholds().iter().copied().unzip();
    // Relative differences do not serve where the rate is 0.
    for (found, name) in [(risks, "X_thresholds"), (rates, "y_thresholds")] {
        let golden = numbers(&golden[name]);
        assert_eq!(found.len(), golden.len());
        assert!(found.iter().zip(&golden).all(|(found, golden)| (found - golden).abs() < 1e-14), "{name}");
    }
}

/// venn-abers 1.5.4.
#[test]
fn venn_abers() {
    let Some(golden) = expected("calibration-py/expected.json") else { return };
    let golden = &golden["recalibration_250_250"]["venn_abers_IVAP"];
    compare(Method::VennAbers, golden, &[], 1e-12);
    let ((p, y), (new_p, _)) = halves();
    let map = VennAbers::learn(&p, &y).unwrap();
    let (low, high): (Vec<f64>, Vec<f64>) = new_p.iter().map(|&p| map.pair(p)).unzip();
    let merged: Vec<f64> = new_p.iter().take(5).map(|&p| map.apply(p)).collect();
    all_near("p0", &low[..5], &golden["first5_p0"], 1e-12);
    all_near("p1", &high[..5], &golden["first5_p1"], 1e-12);
    all_near("p", &merged, &golden["first5_p"], 1e-12);
    let width = low.iter().zip(&high).map(|(low, high)| high - low).sum::<f64>() / 250.0;
    near("mean width", width, &golden["mean_width"], 1e-12);
}

/// betacal 1.1.0, which fits by scikit-learn with `tol=1e-4` and finds m to 1e-5; the second set of
/// numbers is numpy 2.4.6, Newton's method to a gradient of 6e-15 on the same two terms, and scipy 1.17.1
/// `brentq` for m.
#[test]
fn beta_calibration() {
    let Some(golden) = expected("calibration-py/expected.json") else { return };
    let golden = &golden["recalibration_250_250"]["beta_abm"];
    let map = &golden["map"];
    let loose = serde_json::json!({"a": map[0], "b": map[1], "m": map[2], "brier": golden["brier"]});
    compare(Method::Beta, &loose, &["a", "b", "m"], 2e-4);
    let tight = serde_json::json!({
        "a": 0.503_535_272_194_451_3, "b": 0.927_249_933_990_117_7, "c": -0.121_148_306_199_984_73,
        "m": 0.438_894_400_409_457_7, "brier": 0.161_665_634_918_498_36,
    });
    compare(Method::Beta, &tight, &["a", "b", "c", "m"], 1e-11);
}

/// As [`beta_calibration`], of the two-parameter versions: betacal's solver stops up to 2e-3 short of the
/// maximum, which numpy 2.4.6 finds to a gradient of 5e-15 by Newton's method on ln(2p) and -ln(2(1 - p)), and
/// on 1 and the log-odds.
#[test]
fn beta_calibration_of_two_parameters() {
    let Some(golden) = expected("calibration-py/expected.json") else { return };
    for (method, name) in [(Method::BetaAb, "beta_ab"), (Method::BetaAm, "beta_am")] {
        let golden = &golden["recalibration_250_250"][name];
        let map = &golden["map"];
        let loose = serde_json::json!({"a": map[0], "b": map[1], "m": map[2], "brier": golden["brier"]});
        compare(method, &loose, &["a", "b", "m"], 2e-3);
    }
    let tight = serde_json::json!({
        "a": 0.356_699_036_434_425, "b": 1.095_057_221_491_767, "c": -0.511_790_894_215_855, "m": 0.5,
        "brier": 0.162_910_193_251_297_94,
    });
    compare(Method::BetaAb, &tight, &["a", "b", "c", "m"], 1e-11);
    let tight = serde_json::json!({
        "a": 0.694_901_553_969_684_4, "b": 0.694_901_553_969_684_4, "c": 0.255_747_373_317_989_47,
        "m": 0.409_016_170_524_539_37, "brier": 0.160_467_745_869_699_56,
    });
    compare(Method::BetaAm, &tight, &["a", "b", "c", "m"], 1e-11);
}

/// scikit-learn 1.9.1 `GaussianNB` of target 1, fitted and applied as `sklearn/make.py` does.
struct NaiveBayes {
    /// For each class its log prior and, for each column, mean and smoothed variance.
    classes: [(f64, Vec<(f64, f64)>); 2],
}

impl NaiveBayes {
    fn fit(rows: &[(Vec<f64>, bool)]) -> Self {
        let moments = |chosen: &[&Vec<f64>], column: usize| {
            let mean = chosen.iter().map(|row| row[column]).sum::<f64>() / chosen.len() as f64;
            let squares = chosen.iter().map(|row| (row[column] - mean).powi(2)).sum::<f64>();
            (mean, squares / chosen.len() as f64)
        };
        let columns = rows[0].0.len();
        let everyone: Vec<&Vec<f64>> = rows.iter().map(|row| &row.0).collect();
        let smoothing = 1e-9 * (0..columns).map(|column| moments(&everyone, column).1).fold(0.0, f64::max);
        let class = |outcome: bool| {
            let chosen: Vec<&Vec<f64>> =
                rows.iter().filter(|row| row.1 == outcome).map(|row| &row.0).collect();
            let shapes = (0..columns).map(|column| moments(&chosen, column));
            let shapes = shapes.map(|(mean, variance)| (mean, variance + smoothing)).collect();
            ((chosen.len() as f64 / rows.len() as f64).ln(), shapes)
        };
        Self { classes: [class(false), class(true)] }
    }

    fn risk(&self, row: &[f64]) -> f64 {
        let [zero, one] = [0, 1].map(|class| {
            let (prior, shapes) = &self.classes[class];
            let density = row.iter().zip(shapes).map(|(value, (mean, variance))| {
                -0.5 * ((2.0 * std::f64::consts::PI * variance).ln() + (value - mean).powi(2) / variance)
            });
            prior + density.sum::<f64>()
        });
        // As scikit-learn: the exponential of the normalised logarithm.
        let largest = zero.max(one);
        (one - largest - ((zero - largest).exp() + (one - largest).exp()).ln()).exp()
    }
}

/// scikit-learn 1.9.1 `CalibratedClassifierCV(FrozenEstimator(GaussianNB))`; many risks there are exactly
/// 0 or 1, and two isotonic thresholds are 8e-12 apart, so the rounding of the naive Bayes risks shows in
/// the eighth digit (on scikit-learn's own risks the isotonic map is equal to the last bit).
#[test]
fn scikit_learn_frozen_naive_bayes() {
    let Some(golden) = expected("sklearn/expected.json") else { return };
    let mut reader = csv::Reader::from_path(place("sklearn/data/breast_cancer.csv").unwrap()).unwrap();
    let rows = reader.records().map(|record| {
        let mut values: Vec<f64> = record.unwrap().iter().map(|text| text.parse().unwrap()).collect();
        let outcome = values.pop().unwrap() > 0.5;
        (values, outcome)
    });
    let rows: Vec<(Vec<f64>, bool)> = rows.collect();
    let part = |rest: usize| -> Vec<_> { rows.iter().skip(rest).step_by(3).cloned().collect() };
    let model = NaiveBayes::fit(&part(0));
    let scored =
        |part: Vec<(Vec<f64>, bool)>| -> Rows { part.iter().map(|row| (model.risk(&row.0), row.1)).unzip() };
    let ((p, y), (new_p, new_y)) = (scored(part(1)), scored(part(2)));
    near("raw brier", brier(&new_p, &new_y), &golden["gaussian_nb_raw"]["brier"], 1e-9);
    let platt = Platt::learn(&p, &y, Scale::Risk).unwrap();
    near("frozen a", platt.a(), &golden["frozen_sigmoid_ab"][0], 1e-6);
    near("frozen b", platt.b(), &golden["frozen_sigmoid_ab"][1], 1e-6);
    let isotonic = Isotonic::learn(&p, &y).unwrap();
    let maps: [(&str, &dyn Fn(f64) -> f64); 2] =
        [("frozen_sigmoid", &|p| platt.apply(p)), ("frozen_isotonic", &|p| isotonic.apply(p))];
    for (name, map) in maps {
        let risks: Vec<f64> = new_p.iter().map(|&p| map(p)).collect();
        let mean = risks.iter().sum::<f64>() / risks.len() as f64;
        near(&format!("{name} brier"), brier(&risks, &new_y), &golden[name]["brier"], 1e-6);
        near(&format!("{name} mean"), mean, &golden[name]["mean_p"], 1e-6);
    }
}
