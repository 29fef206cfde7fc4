//! Goldens of R survival, scikit-survival and lifelines, read by path, and properties.
#![allow(clippy::disallowed_methods, reason = "the folder of goldens is named by the environment")]
use super::{proportional::*, *};
use ndarray::Array2;
use serde_json::Value as Json;

type Table = Vec<std::collections::HashMap<String, String>>;

fn golden(folder: &str, table: &str) -> Option<(Table, Json)> {
    let root = std::env::var("REREFER_SHARED").unwrap_or("../shared".into());
    let root = format!("{root}/golden");
    let Ok(text) = std::fs::read_to_string(format!("{root}/{folder}/expected.json")) else {
        println!("skipped: no goldens");
        return None;
    };
    let table = csv::Reader::from_path(format!("{root}/{table}.csv"))
        .unwrap()
        .deserialize()
        .map(|r| r.unwrap())
        .collect();
    Some((table, serde_json::from_str(&text).unwrap()))
}

fn number(row: &std::collections::HashMap<String, String>, name: &str) -> f64 {
    match row.get(name) {
        Some(v) => v.parse().unwrap_or(f64::NAN),
        None => {
            // A level of a factor, as R or patsy name it.
            let of = |c: &str| row.get(c).cloned();
            if let Some((column, level)) = name.split_once('=') {
                let same = |v: &str| {
                    v.parse().is_ok_and(|v: f64| level.parse().is_ok_and(|l: f64| (v - l).abs() < 1e-9))
                };
                return f64::from(u8::from(of(column).is_some_and(|v| v == level || same(&v))));
            }
            let column = row.keys().filter(|k| name.starts_with(k.as_str())).max_by_key(|k| k.len()).unwrap();
            f64::from(u8::from(row[column] == name[column.len()..]))
        }
    }
}

fn names(json: &Json) -> Vec<String> {
    json.as_array().unwrap().iter().map(|v| v.as_str().unwrap().into()).collect()
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn matrix(table: &Table, names: &[String]) -> Array2<f64> {
    Array2::from_shape_fn((table.len(), names.len()), |(i, j)| number(&table[i], &names[j]))
}

fn column(table: &Table, name: &str) -> Vec<f64> {
    table.iter().map(|r| number(r, name)).collect()
}

#[track_caller]
pub(super) fn near(found: &[f64], known: &[f64], tolerance: f64) {
    assert_eq!(found.len(), known.len());
    for (f, k) in found.iter().zip(known) {
        assert!((f - k).abs() <= tolerance * (1e-3 + k.abs()), "{found:?} {known:?}");
    }
}

fn times(table: &Table, exit: &str, event: &str, one: f64) -> Times {
    let cause = column(table, event).iter().map(|e| u8::from((e - one).abs() < 0.5)).collect();
    Times::new(column(table, exit), cause).unwrap()
}

pub(super) fn data<'a>(x: &'a Array2<f64>, times: &'a Times) -> CoxData<'a> {
    CoxData { x: x.view(), times, cause: 1, weight: None, stratum: None, cluster: None, offset: None }
}

pub(super) fn options(ties: Ties, robust: bool) -> CoxOptions {
    CoxOptions { ties, robust, ..CoxOptions::default() }
}

#[track_caller]
fn agrees(fit: &CoxFit, known: &Json) {
    near(&fit.coef, &numbers(&known["coef"]), 1e-7);
    if let Some(se) = known.get("se").or(known.get("se_naive")) {
        let model: Vec<f64> = fit.variance.diag().iter().map(|v| v.sqrt()).collect();
        near(&model, &numbers(se), 1e-7);
    }
    if known.get("loglik").is_some() {
        near(&fit.loglik, &numbers(&known["loglik"]), 1e-9);
    }
    if let Some(se) = known.get("se_robust") {
        near(&fit.standard_errors(), &numbers(se), 1e-7);
    }
}

#[test]
fn rossi_of_r() {
    let Some((table, known)) = golden("r-survival", "lifelines/data/rossi") else { return };
    let rossi = &known["rossi"];
    let x = matrix(&table, &names(&rossi["efron"]["terms"]));
    let times = times(&table, "week", "arrest", 1.0);
    let data = data(&x, &times);
    for (ties, name) in [(Ties::Efron, "efron"), (Ties::Breslow, "breslow"), (Ties::Exact, "exact")] {
        agrees(&fit(&data, &options(ties, false)).unwrap(), &rossi[name]);
    }
    let robust = fit(&data, &options(Ties::Efron, true)).unwrap();
    near(&robust.standard_errors(), &numbers(&rossi["robust_se"]), 1e-7);
    let efron = fit(&data, &options(Ties::Efron, false)).unwrap();
    let base = baseline::baseline(&data, &efron).unwrap();
    let found: Vec<f64> = [1.0, 10.0, 25.0, 52.0].iter().map(|t| base[0].cumulative(*t)).collect();
    near(&found, &numbers(&rossi["basehaz_uncentered"]["cumhaz"]), 1e-7);
    let new = |t| base[0].survival(&efron, &[0.0, 20.0, 1.0, 0.0, 0.0, 1.0, 5.0], 0.0, t).unwrap();
    let at = [new(10.0), new(26.0), new(52.0)];
    let expected = &rossi["surv_newdata"];
    near(&at.map(|s| s.survival), &numbers(&expected["surv"]), 1e-7);
    near(&at.map(|s| s.standard_error), &numbers(&expected["se"]), 1e-6);
    near(&at.map(|s| s.lower), &numbers(&expected["lower"]), 1e-6);
    near(&at.map(|s| s.upper), &numbers(&expected["upper"]), 1e-6);
    for (transform, name) in
        [(TimeTransform::KaplanMeier, "cox_zph_km"), (TimeTransform::Rank, "cox_zph_rank")]
    {
        let test = proportional(&data, &efron, transform).unwrap();
        let all: Vec<&ScoreTest> = test.columns.iter().chain([&test.global]).collect();
        let chi: Vec<f64> = all.iter().map(|t| t.chi_square).collect();
        near(&chi, &numbers(&rossi[name]["chisq"])[..chi.len()], 1e-6);
        near(&all.iter().map(|t| t.p).collect::<Vec<_>>(), &numbers(&rossi[name]["p"])[..chi.len()], 1e-6);
    }
    let x = matrix(&table, &names(&rossi["strata_race"]["terms"]));
    let race: Vec<u32> = column(&table, "race").iter().map(|r| *r as u32).collect();
    let strata = CoxData { x: x.view(), stratum: Some(&race), ..data };
    agrees(&fit(&strata, &options(Ties::Efron, false)).unwrap(), &rossi["strata_race"]);
}

#[test]
fn rossi_ridge_of_lifelines() {
    let Some((table, known)) = golden("lifelines", "lifelines/data/rossi") else { return };
    let mut x = matrix(&table, &names(&known["rossi_cox_efron"]["terms"]));
    let scale: Vec<f64> = x.columns().into_iter().map(|c| c.std(1.0)).collect();
    x.columns_mut().into_iter().zip(&scale).for_each(|(mut c, s)| c /= *s);
    let times = times(&table, "week", "arrest", 1.0);
    let ridge = CoxOptions { l2: 0.1 * table.len() as f64, ..CoxOptions::default() };
    let found = fit(&data(&x, &times), &ridge).unwrap();
    let coef: Vec<f64> = found.coef.iter().zip(&scale).map(|(c, s)| c / s).collect();
    near(&coef, &numbers(&known["rossi_cox_pen0.1_l10.0"]["coef"]), 1e-4);
}

#[test]
fn others_of_r() {
    let Some((table, known)) = golden("r-survival", "r-survival/data/lung") else { return };
    let table: Table = table.into_iter().filter(|r| number(r, "ph.ecog").is_finite()).collect();
    let of = |table: &Table, known: &Json, exit: &str, event: &str, one: f64| {
        let x = matrix(table, &names(&known["terms"]));
        let times = times(table, exit, event, one);
        agrees(&fit(&data(&x, &times), &options(Ties::Efron, false)).unwrap(), known);
    };
    of(&table, &known["lung"]["cox"], "time", "status", 2.0);
    let table = golden("r-survival", "r-survival/data/veteran").unwrap().0;
    of(&table, &known["veteran"]["cox"], "time", "status", 1.0);
    let table = golden("r-survival", "r-survival/data/mgus2_cr").unwrap().0;
    of(&table, &known["mgus2"]["cause_specific"]["pcm"], "etime", "event", 1.0);
    of(&table, &known["mgus2"]["cause_specific"]["death"], "etime", "event", 2.0);
    let heart = golden("r-survival", "r-survival/data/heart").unwrap().0;
    let x = matrix(&heart, &names(&known["heart"]["cox_tdc"]["terms"]));
    let cause = column(&heart, "event").iter().map(|e| *e as u8).collect();
    let times = Times::with_entry(column(&heart, "start"), column(&heart, "stop"), cause).unwrap();
    agrees(&fit(&data(&x, &times), &options(Ties::Efron, false)).unwrap(), &known["heart"]["cox_tdc"]);
}

#[test]
fn bladder_of_r() {
    let Some((table, known)) = golden("r-survival", "r-survival/data/bladder2") else { return };
    let x = matrix(&table, &names(&known["bladder2"]["andersen_gill"]["terms"]));
    let whole = |name: &str| column(&table, name).iter().map(|v| *v as u32).collect::<Vec<_>>();
    let (id, number) = (whole("id"), whole("enum"));
    let cause: Vec<u8> = whole("event").iter().map(|v| *v as u8).collect();
    let (start, stop) = (column(&table, "start"), column(&table, "stop"));
    let total = Times::with_entry(start.clone(), stop.clone(), cause.clone()).unwrap();
    let gap = Times::new(start.iter().zip(&stop).map(|(a, b)| b - a).collect(), cause).unwrap();
    for (times, stratum, name) in [
        (&total, None, "andersen_gill"),
        (&total, Some(&number[..]), "pwp_total_time"),
        (&gap, Some(&number[..]), "pwp_gap_time"),
    ] {
        let rows = CoxData { stratum, cluster: Some(&id), ..data(&x, times) };
        agrees(&fit(&rows, &options(Ties::Efron, true)).unwrap(), &known["bladder2"][name]);
    }
    let table = golden("r-survival", "r-survival/data/bladder").unwrap().0;
    let x = matrix(&table, &["rx", "size", "number"].map(String::from));
    let whole = |name: &str| column(&table, name).iter().map(|v| *v as u32).collect::<Vec<_>>();
    let times = times(&table, "stop", "event", 1.0);
    let rows = CoxData { stratum: Some(&whole("enum")), cluster: Some(&whole("id")), ..data(&x, &times) };
    agrees(&fit(&rows, &options(Ties::Efron, true)).unwrap(), &known["bladder"]["wlw"]);
}

#[test]
fn coefficients_of_scikit_survival() {
    let folder = "scikit-survival";
    let Some((veteran, known)) = golden(folder, "scikit-survival/data/veteran") else { return };
    let case = |name: &str| known["cases"][name].clone();
    let table = |name: &str| golden(folder, &format!("scikit-survival/data/{name}")).unwrap().0;
    let mut gbsg2 = table("gbsg2");
    for row in &mut gbsg2 {
        // The grade is a number there: I, II, III.
        let grade = row["tgrade"].len().to_string();
        row.insert("tgrade".into(), grade);
    }
    let whas500 = table("whas500");
    let even: Table = whas500.iter().step_by(2).cloned().collect();
    for (table, exit, event, name, columns, ties) in [
        (&veteran, "Survival_in_days", "Status", "veteran_cox_breslow", "veteran_cox_breslow", Ties::Breslow),
        (&veteran, "Survival_in_days", "Status", "veteran_cox_efron", "veteran_cox_efron", Ties::Efron),
        (&whas500, "lenfol", "fstat", "whas500_cox_breslow", "whas500_cox_breslow", Ties::Breslow),
        (&even, "lenfol", "fstat", "whas500_split_even_odd", "whas500_cox_breslow", Ties::Breslow),
        (&gbsg2, "time", "cens", "gbsg2_cox_efron", "gbsg2_cox_efron", Ties::Efron),
        (&gbsg2, "time", "cens", "gbsg2_cox_breslow_apparent", "gbsg2_cox_efron", Ties::Breslow),
    ] {
        let x = matrix(table, &names(&case(columns)["columns"]));
        let times = times(table, exit, event, 1.0);
        let found = fit(&data(&x, &times), &options(ties, false)).unwrap();
        // Its own steps end at about 1e-8.
        near(&found.coef, &numbers(&case(name)["coef"]), 1e-7);
    }
}

/// Rows with many ties, delayed entry, strata, weights and clusters.
pub(super) fn simulated(seed: u64, n: usize, p: usize) -> (Array2<f64>, Times, Vec<f64>, Vec<u32>) {
    let mut state = seed;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let x = Array2::from_shape_fn((n, p), |_| draw() * 2.0 - 1.0);
    let (mut entry, mut exit, mut cause, mut weight, mut stratum) = (vec![], vec![], vec![], vec![], vec![]);
    for i in 0..n {
        let from = (draw() * 6.0).floor();
        entry.push(if from < 2.0 { f64::NEG_INFINITY } else { from });
        exit.push(from + 1.0 + (-draw().ln() * 8.0 * (-x[[i, 0]]).exp()).floor().min(30.0));
        cause.push((draw() * 2.5) as u8);
        weight.push(f64::from((draw() * 3.0) as u8));
        stratum.push((draw() * 3.0) as u32);
    }
    (x, Times::with_entry(entry, exit, cause).unwrap(), weight, stratum)
}

/// The definition, `O(n^2)`.
fn naive(data: &CoxData<'_>, coef: &[f64], ties: Ties) -> f64 {
    let n = data.times.len();
    let eta: Vec<f64> = (0..n).map(|i| data.x.row(i).iter().zip(coef).map(|(x, c)| x * c).sum()).collect();
    let live = |i: &usize| data.weight_of(*i) > 0.0;
    let mut sum = 0.0;
    for i in (0..n).filter(live).filter(|i| data.is_event(*i)) {
        let t = data.times.exit[i];
        let same = |j: &usize| live(j) && data.stratum_of(*j) == data.stratum_of(i);
        let tied: Vec<usize> = (0..n)
            .filter(same)
            .filter(|j| data.is_event(*j) && (data.times.exit[*j] - t).abs() < 0.5)
            .collect();
        let total = |rows: &[usize]| rows.iter().map(|j| data.weight_of(*j) * eta[*j].exp()).sum::<f64>();
        let risk: Vec<usize> =
            (0..n).filter(same).filter(|j| data.times.entry[*j] < t && t <= data.times.exit[*j]).collect();
        let w = tied.iter().map(|j| data.weight_of(*j)).sum::<f64>() / tied.len() as f64;
        let k = tied.iter().position(|j| *j == i).unwrap() as f64 / tied.len() as f64;
        let k = if ties == Ties::Efron { k } else { 0.0 };
        sum += data.weight_of(i) * eta[i] - w * (total(&risk) - k * total(&tied)).ln();
    }
    sum
}

#[test]
fn fast_is_the_definition_and_its_optimum() {
    let (x, times, weight, stratum) = simulated(1, 150, 3);
    let rows = CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let found = fit(&rows, &options(ties, false)).unwrap();
        assert!((naive(&rows, &[0.0; 3], ties) - found.loglik[0]).abs() < 1e-9);
        assert!((naive(&rows, &found.coef, ties) - found.loglik[1]).abs() < 1e-9);
        let curve = crate::models::time::cox::linear::cholesky(&found.variance)
            .map(|f| crate::models::time::cox::linear::inverse(&f))
            .unwrap();
        for i in 0..3 {
            // Differences of the definition: slope 0, curvature the information.
            let at = |h: f64| {
                let mut c = found.coef.clone();
                c[i] += h;
                naive(&rows, &c, ties)
            };
            assert!((at(1e-4) - at(-1e-4)).abs() / 2e-4 < 1e-4);
            let second = -(at(1e-3) - 2.0 * at(0.0) + at(-1e-3)) / 1e-6;
            assert!((second / curve[[i, i]] - 1.0).abs() < 1e-4, "{second} {}", curve[[i, i]]);
        }
    }
}

#[test]
fn breslow_weights_are_copies_and_zero_is_absent() {
    let (x, times, weight, stratum) = simulated(1, 200, 2);
    let rows = CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) };
    let copies: Vec<usize> =
        (0..200).flat_map(|i| std::iter::repeat_n(i, weight[i] as usize)).rev().collect();
    let x2 = Array2::from_shape_fn((copies.len(), 2), |(r, j)| x[[copies[r], j]]);
    let pick = |v: &[f64]| copies.iter().map(|i| v[*i]).collect::<Vec<_>>();
    let cause = copies.iter().map(|i| times.cause[*i]).collect();
    let times2 = Times::with_entry(pick(&times.entry), pick(&times.exit), cause).unwrap();
    let stratum2: Vec<u32> = copies.iter().map(|i| stratum[*i]).collect();
    let one = fit(&rows, &options(Ties::Breslow, false)).unwrap();
    let two =
        fit(&CoxData { stratum: Some(&stratum2), ..data(&x2, &times2) }, &options(Ties::Breslow, false))
            .unwrap();
    near(&one.coef, &two.coef, 1e-9);
    near(&one.standard_errors(), &two.standard_errors(), 1e-9);
}

#[test]
fn says_why_there_is_no_fit() {
    let times = Times::new(vec![1.0, 2.0, 3.0, 4.0], vec![1, 1, 0, 0]).unwrap();
    let of = |v: Vec<f64>, p: usize| {
        let x = Array2::from_shape_vec((4, p), v).unwrap();
        fit(&data(&x, &times), &CoxOptions::default()).unwrap_err()
    };
    assert_eq!(of(vec![2.0; 4], 1), CoxError::Singular);
    assert_eq!(of(vec![1.0, 2.0, 0.0, 0.0, 3.0, 6.0, 2.0, 4.0], 2), CoxError::Singular);
    assert_eq!(of(vec![1.0, 1.0, 0.0, 0.0], 1), CoxError::Monotone);
    assert_eq!(of(vec![f64::NAN, 1.0, 0.0, 0.0], 1), CoxError::Numbers);
}

#[test]
fn path_ends_at_the_unpenalised_fit() {
    let (x, times, weight, stratum) = simulated(1, 400, 5);
    let rows = CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let run = path::path(&rows, &path::PathOptions { ties, alpha: 0.7, ..Default::default() }).unwrap();
        assert!(run.coef.row(0).iter().all(|c| *c == 0.0) && run.coef.row(1).iter().any(|c| *c != 0.0));
        let zero = path::PathOptions { ties, lambda: Some(vec![0.0]), ..Default::default() };
        let end = path::path(&rows, &zero).unwrap();
        near(end.coef.row(0).as_slice().unwrap(), &fit(&rows, &options(ties, false)).unwrap().coef, 1e-6);
    }
}
