//! Measures of two groups against their slow definitions.

use rand::RngExt;
use rerefer::evaluate::{Grouping, Input, Row, Scores, Settings, measure};
use rerefer::num::seed;

/// Scores in fifteenths of two groups, in two folds.
fn input(trial: u64) -> Input {
    let mut stream = seed::stream(trial, "pairs");
    let n = 160;
    let p: Vec<f64> = (0..n).map(|_| f64::from(stream.random_range(0..16_u8)) / 15.0).collect();
    let level_of: Vec<u16> = (0..n).map(|_| u16::from(stream.random_range(0..3_u8) == 0)).collect();
    let y = p.iter().map(|p| stream.random_range(0.0..1.0) < 0.2 + 0.5 * p).collect();
    Input {
        split: "test".to_owned(),
        y,
        household: (0..n).collect(),
        fold: (0..n).map(|i| u16::from(i % 3 == 0)).collect(),
        groupings: vec![Grouping {
            name: "sex".to_owned(),
            levels: vec!["F".to_owned(), "M".to_owned()],
            level_of,
        }],
        scores: vec![Scores { model: "m".to_owned(), p }],
    }
}

fn settings() -> Settings {
    Settings {
        capacities: vec![0.1],
        thresholds: vec![],
        replicates: 200,
        seed: 1,
        references: vec![("sex".to_owned(), "F".to_owned())],
        candidate: String::new(),
        reference: String::new(),
        smallest_gain: 0.0,
    }
}

/// Sensitivity at a false positive rate, on straight lines between the corners of the curve.
fn roc(input: &Input, level: u16, at: f64) -> f64 {
    let rows: Vec<(f64, bool)> = (0..input.y.len())
        .filter(|i| input.groupings[0].level_of[*i] == level)
        .map(|i| (input.scores[0].p[i], input.y[i]))
        .collect();
    let share = |came: bool, cut: f64| {
        let all = rows.iter().filter(|r| r.1 == came).count() as f64;
        rows.iter().filter(|r| r.1 == came && r.0 >= cut).count() as f64 / all
    };
    let mut corners = vec![(0.0, 0.0)];
    corners
        .extend((0..16).rev().map(|k| f64::from(k) / 15.0).map(|cut| (share(false, cut), share(true, cut))));
    let after = corners.iter().position(|c| c.0 > at).unwrap();
    let ((x, y), (u, v)) = (corners[after - 1], corners[after]);
    y + (v - y) * (at - x) / (u - x)
}

fn row<'a>(rows: &'a [Row], measure: &str) -> &'a Row {
    rows.iter().find(|r| r.measure == measure && r.level == "M").unwrap()
}

#[test]
fn pairs_of_groups() {
    for trial in 0..10 {
        let input = input(trial);
        let rows = measure(&input, &settings(), &|_, _| ()).unwrap();
        let gap = |x: f64| (roc_of(&input, x)[1] - roc_of(&input, x)[0]).abs();
        let area: f64 = (0..2_000).map(|k| gap((f64::from(k) + 0.5) / 2_000.0)).sum::<f64>() / 2_000.0;
        let found = row(&rows, "abroca");
        assert!((found.estimate.unwrap() - area).abs() < 2e-4, "{found:?} {area}");
        assert_eq!(found.at, "against F");
        assert!(found.low.unwrap() <= found.high.unwrap());
        for (id, with, without) in [("auroc-came-here", 1, 0), ("auroc-came-there", 0, 1)] {
            let (mut won, mut pairs) = (0.0, 0.0);
            let side = |i: usize| input.groupings[0].level_of[i];
            let all = 0..input.y.len();
            for i in all.clone().filter(|i| input.y[*i] && side(*i) == with) {
                for j in all.clone().filter(|j| !input.y[*j] && side(*j) == without) {
                    let (a, b) = (input.scores[0].p[i], input.scores[0].p[j]);
                    pairs += 1.0;
                    won += if a > b { 1.0 } else { 0.5 * f64::from(u8::from(a >= b)) };
                }
            }
            let found = row(&rows, id);
            assert!((found.estimate.unwrap() - won / pairs).abs() < 1e-12, "{found:?}");
        }
    }
}

fn roc_of(input: &Input, at: f64) -> [f64; 2] {
    [0, 1].map(|level| roc(input, level, at))
}
