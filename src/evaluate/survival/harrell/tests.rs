use super::*;
use crate::evaluate::survival::test_data::{close, duplicated, golden, numbers, observed, tied};

#[test]
fn equals_scikit_survival() {
    let Some(expected) = golden("scikit-survival/expected.json") else { return };
    for (name, case) in expected["vectors"]["harrell"].as_object().unwrap() {
        if name == "whas500" {
            continue;
        }
        let rows = observed(case);
        // scikit-survival takes markers within 1e-8 as tied.
        let marker: Vec<f64> = numbers(&case["risk"]).iter().map(|m| (m * 1e7).round() / 1e7).collect();
        let p = harrell(&rows, &marker, &vec![1.0; rows.len()]).unwrap();
        println!("{name} {p:?}");
        let got = [p.concordance().unwrap(), p.concordant, p.discordant, p.tied_marker, p.tied_time];
        for (a, b) in got.iter().zip(numbers(&case["expected"])) {
            close(*a, b, 1e-12);
        }
    }
}

#[test]
fn equals_the_definition_and_duplicated_rows() {
    for seed in 0..20 {
        let (rows, m, w) = tied(seed, 60);
        let p = harrell(&rows, &m, &w).unwrap();
        let (t, c) = (rows.exit(), rows.cause());
        let (mut good, mut all) = (0.0, 0.0);
        for i in (0..60).filter(|i| c[*i] == 1) {
            for j in (0..60).filter(|j| t[*j] > t[i] || ((t[*j] - t[i]).abs() < 1e-12 && c[*j] != 1)) {
                let q = if m[i] > m[j] {
                    1.0
                } else if m[i] < m[j] {
                    0.0
                } else {
                    0.5
                };
                good += w[i] * w[j] * q;
                all += w[i] * w[j];
            }
        }
        close(p.concordance().unwrap(), good / all, 1e-12);
        let (rows, m) = duplicated(&rows, &m, &w);
        close(harrell(&rows, &m, &vec![1.0; rows.len()]).unwrap().concordant, p.concordant, 1e-12);
    }
}
