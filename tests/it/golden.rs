//! Measures against numbers from other programs. Each case names its program and version.

use std::path::{Path, PathBuf};

use rerefer::evaluate::measures::{self, Formula};
use rerefer::evaluate::{Input, Sample, Scores, Settings, Tally, evaluate, tally};

use crate::support::shared;

mod calibration;
mod inference;
mod smoothers;

/// Rows to measure, all of one fold.
struct Rows {
    y: Vec<bool>,
    p: Vec<f64>,
}

impl Rows {
    fn tally(&self, capacities: &[f64]) -> Tally {
        let n = self.y.len();
        let (fold, weight) = (vec![0; n], vec![1; n]);
        tally(&Sample { y: &self.y, p: &self.p, fold: &fold, weight: &weight, capacities, thresholds: &[] })
    }

    fn value(&self, id: &str) -> f64 {
        match measures::find(id).unwrap().formula {
            Formula::Whole(f) => f(&self.tally(&[])).unwrap(),
            // Compares unequal to everything.
            _ => f64::NAN,
        }
    }
}

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(folder)
}

/// A CSV file of numbers, by column.
fn columns(path: &Path) -> Vec<(String, Vec<f64>)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut columns: Vec<(String, Vec<f64>)> =
        reader.headers().unwrap().iter().map(|h| (h.to_owned(), vec![])).collect();
    for record in reader.records() {
        for (column, cell) in columns.iter_mut().zip(&record.unwrap()) {
            column.1.push(cell.parse().unwrap());
        }
    }
    columns
}

fn column<'a>(columns: &'a [(String, Vec<f64>)], name: &str) -> &'a [f64] {
    &columns.iter().find(|c| c.0 == name).unwrap().1
}

fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: found {found}, expected {expected} within {tolerance}"
    );
}

fn expected(folder: &str) -> toml::Table {
    std::fs::read_to_string(own(folder).join("expected.toml")).unwrap().parse().unwrap()
}

/// Checks every `[[number]]` of a file, and that each has a source and a tolerance that may stand.
fn check_numbers(file: &toml::Table, rows: &Rows) {
    let numbers = file["number"].as_array().unwrap();
    assert!(!numbers.is_empty());
    for number in numbers {
        let (id, program) = (number["measure"].as_str().unwrap(), number["program"].as_str().unwrap());
        let (value, tolerance) =
            (number["value"].as_float().unwrap(), number["tolerance"].as_float().unwrap());
        assert!(program.len() > 5, "{id} has no source");
        assert!(tolerance <= 1e-2 && (tolerance <= 1e-6 || number.get("why").is_some()), "{id}: tolerance");
        let scale = if number.get("absolute").is_some() { 1.0 } else { value.abs() };
        close(&format!("{id} ({program})"), rows.value(id), value, tolerance * scale);
    }
}

fn dcurves() -> Rows {
    let data = columns(&own("dcurves/df_binary.csv"));
    Rows { y: column(&data, "y").iter().map(|y| *y > 0.5).collect(), p: column(&data, "p").to_vec() }
}

#[test]
fn dcurves_data_in_r() {
    check_numbers(&expected("dcurves"), &dcurves());
}

#[test]
fn dcurves_rates_at_thresholds() {
    let (file, rows) = (expected("dcurves"), dcurves());
    let rate = rows.value("outcome-rate");
    for threshold in file["threshold"].as_array().unwrap() {
        let number = |key: &str| threshold[key].as_float().unwrap();
        let (capacity, tp, fp) = (number("capacity"), number("tp_rate"), number("fp_rate"));
        let t = rows.tally(&[capacity]);
        for (id, value) in [
            ("ppv", tp / capacity),
            ("sensitivity", tp / rate),
            ("missed-share", 1.0 - tp / rate),
            ("false-positive-rate", fp / (1.0 - rate)),
            ("selection-rate", capacity),
        ] {
            let found = match measures::find(id).unwrap().formula {
                Formula::Flagged(f) => f(&t, t.flagged[0]).unwrap(),
                _ => f64::NAN,
            };
            close(&format!("{id} at {capacity}"), found, value, 1e-9);
        }
    }
}

#[test]
fn scikit_learn_and_statsmodels() {
    let file = expected("sklearn");
    let data = columns(&own("sklearn/breast_cancer.csv"));
    let intercept = file["intercept"].as_float().unwrap();
    let coefficients: Vec<f64> =
        file["coefficients"].as_array().unwrap().iter().map(|c| c.as_float().unwrap()).collect();
    let names = ["mean_radius", "mean_texture", "mean_smoothness"];
    let test = (0..569).filter(|i| i % 3 == 2);
    let p = |i: usize| {
        let terms = names.iter().zip(&coefficients).map(|(name, c)| c * column(&data, name)[i]);
        1.0 / (1.0 + (-(intercept + terms.sum::<f64>())).exp())
    };
    let rows = Rows {
        y: test.clone().map(|i| column(&data, "target")[i] > 0.5).collect(),
        p: test.map(p).collect(),
    };
    check_numbers(&file, &rows);
}

#[test]
fn scikit_learn_naive_bayes() {
    // scikit-learn 1.9.1, GaussianNB().fit on rows 0 mod 3, measured on rows 2 mod 3: confident and badly calibrated.
    let Some(folder) = shared("golden/sklearn") else { return };
    let data = columns(&folder.join("data/breast_cancer.csv"));
    let (features, target) = (&data[..data.len() - 1], column(&data, "target"));
    let train =
        |class: bool| (0..569).filter(move |i| i % 3 == 0).filter(move |i| (target[*i] > 0.5) == class);
    let moments = |values: Vec<f64>| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n)
    };
    // Its variances are smoothed by 1e-9 of the largest variance of any feature.
    let all = |f: &[f64]| moments((0..569).filter(|i| i % 3 == 0).map(|i| f[i]).collect()).1;
    let smooth = 1e-9 * features.iter().map(|f| all(&f.1)).fold(0.0, f64::max);
    let joint = |class: bool, row: usize| -> f64 {
        let log_prior = (train(class).count() as f64 / 190.0).ln();
        features.iter().fold(log_prior, |sum, (_, f)| {
            let (mean, variance) = moments(train(class).map(|i| f[i]).collect());
            let v = variance + smooth;
            sum - 0.5 * ((2.0 * std::f64::consts::PI * v).ln() + (f[row] - mean) * (f[row] - mean) / v)
        })
    };
    let test = (0..569).filter(|i| i % 3 == 2);
    let p: Vec<f64> = test.clone().map(|i| 1.0 / (1.0 + (joint(false, i) - joint(true, i)).exp())).collect();
    let y: Vec<bool> = test.map(|i| target[i] > 0.5).collect();
    // log_loss of scikit-learn clips at the machine's rounding; ours does not, so it is given the clipped risks, and gives
    // a greater loss for what was predicted.
    let clipped = p.iter().map(|p| p.clamp(f64::EPSILON, 1.0 - f64::EPSILON)).collect();
    let clipped = Rows { y: y.clone(), p: clipped };
    let rows = Rows { y, p };
    close("auc", rows.value("auroc"), 0.9822463768115942, 1e-9);
    close("brier", rows.value("brier"), 0.06572845487657587, 1e-9);
    close("log loss", clipped.value("log-loss"), 0.9992126788657331, 1e-6);
    assert!(rows.value("log-loss") > 1.1);
    close("mean p", rows.value("mean-predicted"), 0.6210327842772688, 1e-9);
}

/// Ties, and a false positive rate of 0.1 that lies within a step.
#[test]
fn partial_auroc_of_scikit_learn() {
    let p: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 41) / 41.0).collect();
    let y = p.iter().zip(0..).map(|(p, i)| f64::from((i * i * 7 + 3 * i) % 11) + p * 9.0 > 8.0).collect();
    let rows = Rows { y, p };
    // scikit-learn 1.9.1 roc_auc_score(y, p, max_fpr=0.1) and roc_auc_score(y, p).
    close("partial-auroc", rows.value("partial-auroc"), 0.6235876119665125, 1e-12);
    close("auroc", rows.value("auroc"), 0.7202447163515018, 1e-12);
}

/// The predictions shared by the R and Python calibration tools (GPL data: read in place, never copied).
fn calibration_tools() -> Option<Rows> {
    let data = columns(&shared("golden/r-calibration")?.join("data/cc_pred_test.csv"));
    Some(Rows { y: column(&data, "y").iter().map(|y| *y > 0.5).collect(), p: column(&data, "p").to_vec() })
}

#[test]
fn r_calibration_tools() {
    let Some(rows) = calibration_tools() else { return };
    // R 4.2.2: pROC 1.18, glm, rms 6.5-0, CalibrationCurves 3.1.0; average precision: scikit-learn 1.9.1.
    for (id, value, tolerance) in [
        ("auroc", 0.814267310789, 1e-9),
        ("average-precision", 0.8337122844502858, 1e-9),
        ("brier", 0.17703339472555796, 1e-9),
        ("scaled-brier", 0.2873051742127, 1e-9),
        ("log-loss", 0.5309624876280609, 1e-9),
        ("calibration-in-the-large", 0.2240468048577, 1e-7),
        ("calibration-slope", 0.8227829633566, 1e-7),
        ("observed-over-expected", 1.070390194165, 1e-9),
    ] {
        close(id, rows.value(id), value, tolerance);
    }
}

#[test]
fn scikit_learn_calibration_curve() {
    // scikit-learn 1.9.1 calibration_curve(n_bins=10, strategy="quantile") gives .12 .16 .26 .48 .54 .64 .66 .74 .86 .94
    // over tenths of 50 rows. The first has 6 with the outcome and the ninth 7 without, so each joins its neighbour.
    let Some(rows) = calibration_tools() else { return };
    let n = rows.y.len();
    let input = Input {
        split: "test".to_owned(),
        y: rows.y,
        household: (0..n as u32).collect(),
        fold: vec![0; n],
        groupings: vec![],
        scores: vec![
            Scores { model: "a".to_owned(), p: rows.p },
            Scores { model: "b".to_owned(), p: vec![0.5; n] },
        ],
    };
    let settings = Settings {
        capacities: vec![0.1],
        thresholds: vec![],
        replicates: 50,
        seed: 1,
        references: vec![],
        candidate: "a".to_owned(),
        reference: "b".to_owned(),
        smallest_gain: 0.0,
    };
    let evaluation = evaluate(&input, &settings, &|_, _| ()).unwrap();
    let curve: Vec<(String, f64)> = evaluation
        .rows
        .iter()
        .filter(|r| r.model == "a" && r.measure == "calibration-bin")
        .map(|r| (r.at.clone(), r.estimate.unwrap()))
        .collect();
    let expected = [0.14, 0.26, 0.48, 0.54, 0.64, 0.66, 0.74, 0.90];
    assert_eq!(curve.len(), expected.len());
    for ((_, share), expected) in curve.iter().zip(expected) {
        close("share", *share, expected, 1e-12);
    }
    // Its mean predicted risk of the third tenth is 0.23373131571377264.
    assert_eq!(curve[1].0, "0.2337");
}
