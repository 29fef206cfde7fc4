//! Against the reference implementation on its authors' data sets.

use super::numbers::Numbers;
use super::search::{IntegerSolution, Settings, search};
use ndarray::Array2;
use serde_json::Value;

const SETTINGS: Settings = Settings { facts: 5, points: 5, pool: 50, gap: 0.05, beam: 10 };

fn read(name: &str) -> (Array2<f64>, Vec<bool>, Value) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/fasterrisk");
    let text = std::fs::read_to_string(format!("{folder}/riskslim_{name}_data.csv")).unwrap();
    let rows: Vec<Vec<f64>> =
        text.lines().skip(1).map(|l| l.split(',').map(|v| v.trim().parse().unwrap()).collect()).collect();
    let y = rows.iter().map(|r| r[0] > 0.5).collect();
    let x = Array2::from_shape_fn((rows.len(), rows[0].len() - 1), |(i, j)| rows[i][j + 1]);
    let expected = std::fs::read_to_string(format!("{folder}/expected_fasterrisk.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    (x, y, expected[format!("fasterrisk_{name}_k5")].clone())
}

fn scores(card: &IntegerSolution, x: &Array2<f64>) -> Vec<f64> {
    x.rows().into_iter().map(|r| card.lines.iter().map(|&(j, p)| f64::from(p) * r[j]).sum()).collect()
}

fn auroc(scores: &[f64], y: &[bool]) -> f64 {
    let (mut wins, mut pairs) = (0.0, 0.0);
    for (a, _) in scores.iter().zip(y).filter(|s| *s.1) {
        for (b, _) in scores.iter().zip(y).filter(|s| !*s.1) {
            pairs += 1.0;
            wins += if a > b {
                1.0
            } else if a < b {
                0.0
            } else {
                0.5
            };
        }
    }
    wins / pairs
}

fn at_least_as_good(name: &str) {
    let (x, y, theirs) = read(name);
    let cards = search(&Numbers::new(x.view()), &y, &vec![1.0; y.len()], &SETTINGS);
    let card = &cards[0];
    let area = auroc(&scores(card, &x), &y);
    let signed = |s: f64, y: bool| if y { s } else { -s };
    let loss: f64 = scores(card, &x)
        .iter()
        .zip(&y)
        .map(|(s, &y)| (-signed((s + f64::from(card.intercept)) / card.multiplier, y)).exp().ln_1p())
        .sum();
    assert!((loss - card.loss).abs() < 1e-9);
    assert!(card.loss <= theirs["logistic_loss_sum"].as_f64().unwrap() + 1e-6);
    assert!(area >= theirs["auc"].as_f64().unwrap() - 0.003);
    assert!(card.lines.len() <= 5 && card.lines.iter().all(|l| l.1.abs() <= 5));
}

#[test]
fn the_breast_cancer_card_is_at_least_as_good_as_the_reference() {
    at_least_as_good("breastcancer");
}

#[test]
fn the_mammography_card_is_at_least_as_good_as_the_reference() {
    at_least_as_good("mammo");
}
