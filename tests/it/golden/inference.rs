//! Intervals and tests against other programs: the data are read where they lie. The COMPAS, `CalibrationCurves` and dcurves data are not copied.

use files::{json, table};
use rerefer::evaluate::inference::abroca::abroca;
use rerefer::evaluate::inference::delong::delong;
use rerefer::evaluate::inference::newcombe::newcombe_difference;
use rerefer::evaluate::inference::random_effects::random_effects;
use rerefer::evaluate::inference::ratio::ratio_of_proportions;
use rerefer::evaluate::inference::roc_steps::RocSteps;
use rerefer::evaluate::inference::student;
use rerefer::evaluate::inference::two_proportions::{Counts, two_proportion_test};
use rerefer::evaluate::inference::value::Estimate;
use rerefer::evaluate::inference::wilson::wilson_interval;
use serde_json::Value;

/// Reading the files.
mod files {
    use crate::support::shared;
    use serde_json::Value;

    /// The golden JSON, or `None` (the test then says so and passes) where the folder is absent.
    pub(super) fn json(path: &str) -> Option<Value> {
        let whole = shared("golden")?.join(path);
        Some(serde_json::from_str(&std::fs::read_to_string(whole).unwrap()).unwrap())
    }

    /// The rows of a golden CSV as (column by name) look-ups.
    pub(super) fn table(path: &str, columns: &[&str]) -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(shared("golden").unwrap().join(path)).unwrap();
        let headers = reader.headers().unwrap().clone();
        let at: Vec<usize> = columns.iter().map(|c| headers.iter().position(|h| h == *c).unwrap()).collect();
        reader
            .records()
            .map(|r| {
                let r = r.unwrap();
                at.iter().map(|i| r[*i].to_owned()).collect()
            })
            .collect()
    }
}

fn close(got: f64, want: &Value, tolerance: f64, name: &str) {
    // A missing number becomes one that equals nothing.
    let want = want.as_f64().unwrap_or(f64::NAN);
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-300), "{name}: got {got:e}, want {want:e}");
}

fn counts(successes: f64, total: f64) -> Counts {
    Counts { successes, total }
}

/// Scikit-learn `roc_curve` and the reference code `abroca_ci.py`; tolerance 1e-12 relative.
#[test]
fn abroca_on_compas_deciles() {
    let Some(want) = json("aequitas/expected_abroca_tests.json") else { return };
    let rows =
        table("compas/data/compas_two_years_min.csv", &["race", "sex", "decile_score", "two_year_recid"]);
    let group = |column: usize, name: &str| {
        let kept: Vec<_> = rows.iter().filter(|r| r[column] == name).collect();
        let scores: Vec<f64> = kept.iter().map(|r| r[2].parse().unwrap()).collect();
        let events: Vec<bool> = kept.iter().map(|r| r[3] == "1").collect();
        RocSteps::from_rows(&scores, &events).unwrap()
    };
    for (name, column, one, two) in [
        ("AA_vs_Cauc", 0, "African-American", "Caucasian"),
        ("Hisp_vs_Cauc", 0, "Hispanic", "Caucasian"),
        ("Female_vs_Male", 1, "Female", "Male"),
    ] {
        let got = abroca(group(column, one).steps(), group(column, two).steps()).unwrap();
        close(got.area, &want[name]["abroca"], 1e-12, name);
        close(got.signed_area, &want[name]["signed_area"], 1e-11, name);
        close(got.first_auroc, &want[name]["auc_1"], 1e-12, name);
        close(got.second_auroc, &want[name]["auc_2"], 1e-12, name);
        // The holisticai fault: the signed difference is not the area.
        close(got.first_auroc - got.second_auroc, &want[name]["auc_diff"], 1e-11, name);
    }
    let scores: Vec<f64> = rows.iter().map(|r| r[2].parse().unwrap()).collect();
    let events: Vec<bool> = rows.iter().map(|r| r[3] == "1").collect();
    close(delong(&scores, &events).unwrap().area, &want["overall_auc_decile"], 1e-12, "overall");
}

/// Statsmodels `proportions_ztest`, `confint_proportions_2indep`, `proportion_confint`; tolerance 1e-11 relative
/// (p values 1e-10, ends near zero 1e-11 of the interval's width).
#[test]
fn two_proportions_of_compas() {
    let Some(want) = json("aequitas/expected_abroca_tests.json") else { return };
    for (name, k1, n1, k2, n2) in [
        ("FPR_AA_vs_Cauc", 805.0, 1795.0, 349.0, 1488.0),
        ("FNR_AA_vs_Cauc", 532.0, 1901.0, 461.0, 966.0),
        ("PPV_AA_vs_Cauc", 1369.0, 2174.0, 505.0, 854.0),
    ] {
        let want = &want[name];
        let test = two_proportion_test(counts(k1, n1), counts(k2, n2)).unwrap();
        close(test.z, &want["z_pooled"], 1e-12, name);
        close(test.p_value, &want["p"], 1e-10, name);
        let newcombe = newcombe_difference(counts(k1, n1), counts(k2, n2), 0.95).unwrap();
        for (got, end) in [(newcombe.lower, 0), (newcombe.upper, 1)] {
            let want = want["diff_newcombe95"][end].as_f64().unwrap();
            assert!((got - want).abs() < 1e-12, "{name}: got {got}, want {want}");
        }
        let ratio = ratio_of_proportions(counts(k1, n1), counts(k2, n2), 0.95).unwrap();
        close(ratio.ratio, &want["ratio"], 1e-12, name);
        close(ratio.interval.lower, &want["ratio_log95"][0], 1e-11, name);
        close(ratio.interval.upper, &want["ratio_log95"][1], 1e-11, name);
        for (k, n, key) in [(k1, n1, "wilson1"), (k2, n2, "wilson2")] {
            let wilson = wilson_interval(k, n, 0.95).unwrap();
            close(wilson.lower, &want[key][0], 1e-11, name);
            close(wilson.upper, &want[key][1], 1e-11, name);
        }
    }
}

/// Student's two-sample t test with equal variances of two 0/1 columns, as scipy `ttest_ind`.
fn t_test(k1: f64, n1: f64, k2: f64, n2: f64) -> Result<f64, &'static str> {
    let squares = k1 * (1.0 - k1 / n1) + k2 * (1.0 - k2 / n2);
    let degrees = n1 + n2 - 2.0;
    let t = (k1 / n1 - k2 / n2) / (squares / degrees * (1.0 / n1 + 1.0 / n2)).sqrt();
    student::two_sided_p(t, degrees)
}

/// Aequitas 1.1.0 prints `fpr_significance` 0.0504 for African-American against Caucasian defendants, where the
/// false-positive rates are 44.8% and 23.5%. Its `bias.py` blanks `binary_fpr` where the PREDICTION is negative
/// instead of where the outcome is positive, so what it t-tests is the false DISCOVERY rate: 805 of 2174 against 349
/// of 854 flagged. Reproduced here to the ten digits printed; the test of the false-positive rate itself gives 2e-37.
#[test]
fn the_aequitas_false_positive_test_is_of_the_false_discovery_rate() {
    let Some(want) = json("aequitas/expected.json") else { return };
    let published = &want["propublica_published_medium_or_high"];
    let cell = |group: &str, key: &str| published[group][key].as_f64().unwrap();
    let rows = table("aequitas/data/compas_for_aequitas.csv", &["race", "score", "label_value"]);
    let count = |group: &str, flagged: bool, event: bool| {
        let matches = |r: &&Vec<String>| {
            (group == "all" || r[0] == group) && r[1].starts_with('1') == flagged && (r[2] == "1") == event
        };
        rows.iter().filter(matches).count() as f64
    };
    for group in ["all", "African-American", "Caucasian"] {
        for (key, flagged, event) in
            [("tp", true, true), ("fp", true, false), ("fn", false, true), ("tn", false, false)]
        {
            assert!((count(group, flagged, event) - cell(group, key)).abs() < 0.5, "{group} {key}");
        }
        let rate = |k: f64, other: f64| k / (k + other);
        let (tp, fp) = (cell(group, "tp"), cell(group, "fp"));
        assert!((100.0 * rate(fp, cell(group, "tn")) - cell(group, "FPR")).abs() < 0.006, "{group}");
        assert!((100.0 * rate(cell(group, "fn"), tp) - cell(group, "FNR")).abs() < 0.006, "{group}");
        assert!((rate(tp, fp) - cell(group, "PPV")).abs() < 0.006, "{group}");
    }
    let (a, c) = ("African-American", "Caucasian");
    let flagged = |g: &str| cell(g, "tp") + cell(g, "fp");
    let non_events = |g: &str| cell(g, "fp") + cell(g, "tn");
    let wrong = t_test(cell(a, "fp"), flagged(a), cell(c, "fp"), flagged(c)).unwrap();
    let printed = want["significance_p"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["attribute_value"] == a)
        .map(|r| r["fpr_significance"].clone())
        .unwrap();
    close(wrong, &printed, 2e-9, "the printed fpr_significance");
    let right =
        two_proportion_test(counts(cell(a, "fp"), non_events(a)), counts(cell(c, "fp"), non_events(c)))
            .unwrap();
    assert!((right.p_value / 2.113_489_738_913_782_5e-37 - 1.0).abs() < 1e-10, "{:e}", right.p_value);
}

/// R 4.2.2, pROC 1.18 `var` and `ci.auc(method = "delong")`; tolerance 1e-10 relative (printed to 13 digits).
#[test]
fn delong_on_both_r_data_sets() {
    let Some(want) = json("r-calibration/expected.json") else { return };
    let predictions = table("r-calibration/data/cc_pred_test.csv", &["p", "y"]);
    let cancer = table("dcurves/data/df_binary.csv", &["cancerpredmarker", "cancer"]);
    for (name, rows) in [("cc_testdata", predictions), ("dcurves_df_binary_cancerpredmarker", cancer)] {
        let scores: Vec<f64> = rows.iter().map(|r| r[0].parse().unwrap()).collect();
        let events: Vec<bool> = rows.iter().map(|r| r[1] == "1" || r[1] == "TRUE").collect();
        let want = &want[name]["manual"];
        let got = delong(&scores, &events).unwrap();
        close(got.area, &want["auc"], 1e-12, name);
        close(got.variance, &want["auc_delong_var"], 1e-12, name);
        let interval = got.interval(0.95).unwrap();
        close(interval.lower, &want["auc_delong_ci"][0], 1e-12, name);
        close(interval.upper, &want["auc_delong_ci"][2], 1e-12, name);
    }
}

/// The BCG vaccine trials (Colditz and others 1994), log relative risks. Cochran's Q 152.2330, as metafor prints it;
/// Paule-Mandel root, mean and intervals by scipy 1.17.1 `brentq` and `t.isf`; tolerance 1e-11 relative.
#[test]
fn random_effects_on_the_bcg_trials() {
    let trials = [
        [4.0, 119.0, 11.0, 128.0],
        [6.0, 300.0, 29.0, 274.0],
        [3.0, 228.0, 11.0, 209.0],
        [62.0, 13536.0, 248.0, 12619.0],
        [33.0, 5036.0, 47.0, 5761.0],
        [180.0, 1361.0, 372.0, 1079.0],
        [8.0, 2537.0, 10.0, 619.0],
        [505.0, 87886.0, 499.0, 87892.0],
        [29.0, 7470.0, 45.0, 7232.0],
        [17.0, 1699.0, 65.0, 1600.0],
        [186.0, 50448.0, 141.0, 27197.0],
        [5.0, 2493.0, 3.0, 2338.0],
        [27.0, 16886.0, 29.0, 17825.0],
    ];
    let estimates = trials.map(|[a, b, c, d]: [f64; 4]| Estimate {
        value: (a / (a + b) / (c / (c + d))).ln(),
        standard_error: (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt(),
    });
    let got = random_effects(&estimates, 0.95).unwrap();
    let prediction = got.prediction_interval.unwrap();
    for (name, value, want) in [
        ("Q", got.cochran_q, 152.233_008_082_373_26),
        ("p of Q", got.cochran_p, 1.996_764_590_845_992_4e-26),
        ("I squared", got.i_squared, 0.921_173_468_545_620_5),
        ("tau squared", got.between_variance, 0.318_068_452_205_024),
        ("mean", got.mean, -0.714_968_153_493_444_2),
        ("standard error", got.standard_error, 0.180_892_191_537_623_5),
        ("lower", got.interval.lower, -1.109_098_381_202_240_1),
        ("upper", got.interval.upper, -0.320_837_925_784_648_3),
        ("prediction lower", prediction.lower, -2.018_558_054_184_657_3),
        ("prediction upper", prediction.upper, 0.588_621_747_197_768_6),
    ] {
        assert!((value / want - 1.0).abs() < 1e-11, "{name}: got {value:e}, want {want:e}");
    }
}
