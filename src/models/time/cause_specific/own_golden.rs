//! Goldens of R survival: on simulated rows, and on mgus2 by its path.
use super::super::golden::{known, numbers};
use super::*;
use ndarray::array;
use serde_json::Value as Json;

#[track_caller]
fn near(found: &[f64], known: &[f64], tolerance: f64) {
    assert_eq!(found.len(), known.len());
    let close = found.iter().zip(known).all(|(f, k)| (f - k).abs() <= tolerance * k.abs().max(0.01));
    assert!(close, "{found:?}\n{known:?}");
}

/// Event-free, then the incidence of each cause, each at all horizons.
fn flat(at: &CauseIncidence, row: usize) -> Vec<f64> {
    let mut out = at.event_free.row(row).to_vec();
    for k in 0..at.incidence.dim().2 {
        out.extend(at.incidence.slice(ndarray::s![row, .., k]));
    }
    out
}

#[test]
fn incidences_of_simulated_rows() {
    let known = &known()["cause_specific"];
    let causes = known["causes"].as_array().unwrap();
    let of = |c: &Json| CauseBaseline { times: numbers(&c["time"]), increments: numbers(&c["increment"]) };
    let all = Baselines::new(&causes.iter().map(of).collect::<Vec<_>>()).unwrap();
    let new = [[0.7, 1.0], [-1.2, 0.0]];
    let risk = Array2::from_shape_fn((2, 2), |(i, k)| {
        numbers(&causes[k]["coef"]).iter().zip(new[i]).map(|(b, x)| b * x).sum::<f64>().exp()
    });
    let horizons = numbers(&known["times"]);
    for (kind, name) in [(Increments::Exponential, "exponential"), (Increments::Product, "product")] {
        let at = all.incidence(risk.view(), &horizons, kind).unwrap();
        for row in 0..2 {
            near(&flat(&at, row), &numbers(&known[name][row]), 1e-9);
        }
    }
}

/// R's curve of a multi-state coxph from the hazards it reports: exponential increments, not products.
#[test]
fn multi_state_survfit_takes_exponential_increments() {
    let known = &known()["cause_specific"];
    let times = numbers(&known["multistate"]["time"]);
    let of = |k: usize| CauseBaseline {
        times: times.clone(),
        increments: numbers(&known["multistate"]["hazard"][k]),
    };
    let all = Baselines::new(&[of(0), of(1)]).unwrap();
    let horizons = numbers(&known["times"]);
    // R's rows are horizons, its columns states.
    let states: Vec<Vec<f64>> =
        known["multistate"]["pstate"].as_array().unwrap().iter().map(numbers).collect();
    let wanted: Vec<f64> = (0..3).flat_map(|s| states.iter().map(move |row| row[s])).collect();
    let ones = array![[1.0, 1.0]];
    let at = |kind| flat(&all.incidence(ones.view(), &horizons, kind).unwrap(), 0);
    near(&at(Increments::Exponential), &wanted, 1e-9);
    let product = at(Increments::Product);
    assert!(product.iter().zip(&wanted).any(|(a, b)| (a - b).abs() > 1e-4));
}

/// Increments at a coefficient vector: Breslow's, or Efron's where `efron`.
fn increments(rows: &[[f64; 4]], cause: f64, b: &[f64], efron: bool) -> CauseBaseline {
    let risk = |r: &[f64; 4]| (b[0] * r[2] + b[1] * r[3]).exp();
    let mut out = baseline_of(rows, cause);
    for (time, rise) in out.times.iter().zip(&mut out.increments) {
        let at: f64 = rows.iter().filter(|r| r[0] >= *time).map(risk).sum();
        let tied: Vec<f64> = rows
            .iter()
            .filter(|r| (r[0] - time).abs() < 0.5 && (r[1] - cause).abs() < 0.5)
            .map(risk)
            .collect();
        let (d, sum) = (tied.len() as f64, tied.iter().sum::<f64>());
        *rise = (0..tied.len()).map(|l| 1.0 / (at - if efron { l as f64 / d * sum } else { 0.0 })).sum();
    }
    out
}

fn baseline_of(rows: &[[f64; 4]], cause: f64) -> CauseBaseline {
    let mut times: Vec<f64> = rows.iter().filter(|r| (r[1] - cause).abs() < 0.5).map(|r| r[0]).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    CauseBaseline { increments: vec![0.0; times.len()], times }
}

/// R 4.2.2 with survival 3.5-3 on mgus2, age 70, female: `survfit(coxph(Surv(etime, event) ~ age + sex, id = id), newdata,
/// ctype = 1)` (Efron's coefficients, Breslow's increments), and the same with Efron's increments of two separate `coxph`.
///
/// `multistate_cif_age70F` of the golden folder (0.777, 0.0294, 0.193 at 60) is neither: it comes from the default ctype = 2,
/// whose increments of tied times are wrong in that version (therneau/survival issue 268), and differ from `survfit` of each
/// cause's own `coxph` in the same session. It is not reproduced.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test finds its goldens by a path")]
fn mgus2() {
    let shared = std::env::var("REREFER_SHARED").unwrap_or("../shared".into());
    let folder = std::path::Path::new(&shared).join("golden/r-survival");
    let Ok(mut reader) = csv::Reader::from_path(folder.join("data/mgus2_cr.csv")) else {
        println!("skipped: no {}", folder.display());
        return;
    };
    let rows: Vec<[f64; 4]> = reader
        .records()
        .map(|r| {
            let r = r.unwrap();
            let of = |j: usize| r[j].parse::<f64>().unwrap();
            [of(5), of(6), of(0), f64::from(u8::from(&r[1] == "M"))]
        })
        .collect();
    let known: Json =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    let b = ["pcm", "death"].map(|c| numbers(&known["mgus2"]["cause_specific"][c]["coef"]));
    let risk = Array2::from_shape_fn((1, 2), |(_, k)| (b[k][0] * 70.0).exp());
    for (efron, wanted) in [
        (false, [0.7427445355583, 0.0371843204873, 0.2200711439544]),
        (true, [0.741679194603, 0.0371622668584, 0.221158538538]),
    ] {
        let all =
            Baselines::new(&[increments(&rows, 1.0, &b[0], efron), increments(&rows, 2.0, &b[1], efron)])
                .unwrap();
        let at = all.incidence(risk.view(), &[60.0], Increments::Exponential).unwrap();
        near(&flat(&at, 0), &wanted, 1e-8);
    }
}
