//! The fit against the crate `survival` 2.0.0, a port of R's, on seeded rows: (start, stop], many ties, strata, weights.
//!
//! Its weights with Efron's ties are R's: `d` counts rows and each step of the average takes `W / d`. So are ours; weight 2
//! is then two rows only where events are not tied, which [`weights_with_efron_follow_r`] holds to.
use super::{
    tests::{data, options, simulated},
    *,
};
use ::survival::regression::{CoxPHFit, CoxphData, CoxphOptions, TieMethod};
use ndarray::Array2;

/// The other program's fit; rows seen from the start enter before all times, and weight 0 (which it refuses) is left out.
fn other<const P: usize>(rows: &CoxData<'_>, ties: Ties) -> CoxPHFit {
    let kept: Vec<usize> = (0..rows.times.len()).filter(|i| rows.weight_of(*i) > 0.0).collect();
    let pick = |v: &[f64]| kept.iter().map(|i| v[*i]).collect::<Vec<f64>>();
    let whole = |v: &[u32]| kept.iter().map(|i| v[*i] as i32).collect::<Vec<i32>>();
    // Its matrices are of another version of ndarray, which takes rows of fixed width.
    let x: Vec<[f64; P]> = kept.iter().map(|i| std::array::from_fn(|j| rows.x[[*i, j]])).collect();
    let late = rows.times.entry.iter().any(|e| e.is_finite());
    let entry = pick(&rows.times.entry).iter().map(|e| e.max(-1.0)).collect();
    let status = kept.iter().map(|i| i32::from(rows.is_event(*i))).collect();
    let given = CoxphData::try_new(
        pick(&rows.times.exit),
        late.then_some(entry),
        status,
        x.into(),
        rows.weight.map(pick),
        rows.stratum.map(whole),
        rows.offset.map(pick),
    );
    let method = if ties == Ties::Efron { TieMethod::Efron } else { TieMethod::Breslow };
    let cluster = rows.cluster.map(whole);
    let how =
        CoxphOptions { method, eps: 1e-13, iter_max: 50, cluster, robust: Some(true), ..Default::default() };
    CoxPHFit::fit(given.unwrap(), how).unwrap()
}

#[track_caller]
fn close(found: &[f64], known: &[f64]) {
    assert_eq!(found.len(), known.len());
    for (f, k) in found.iter().zip(known) {
        assert!((f - k).abs() <= 1e-8 * (1e-2 + k.abs()), "{found:?} {known:?}");
    }
}

#[track_caller]
fn same<const P: usize>(rows: &CoxData<'_>, ties: Ties) {
    let (found, known) = (fit(rows, &options(ties, true)).unwrap(), other::<P>(rows, ties));
    close(&found.coef, &known.coefficients);
    close(&found.loglik, &known.loglik);
    let (model, robust): (Vec<f64>, Vec<f64>) =
        (known.naive_var.unwrap().iter().copied().collect(), known.var.iter().copied().collect());
    close(found.variance.as_slice().unwrap(), &model);
    close(found.robust_variance.unwrap().as_slice().unwrap(), &robust);
}

#[test]
fn fits_are_those_of_survival() {
    for seed in 1..6 {
        let (x, late, _, stratum) = simulated(seed, 300, 4);
        let weight: Vec<f64> = (0..300).map(|i| [0.0, 1.0, 2.0, 0.7, 3.5][(i * 7 + i / 11) % 5]).collect();
        let offset: Vec<f64> = (0..300).map(|i| f64::from((i * 13) % 17) / 20.0).collect();
        let cluster: Vec<u32> = (0..300).map(|i| (i * 31) % 97).collect();
        let start = Times::new(late.exit.clone(), late.cause.clone()).unwrap();
        for ties in [Ties::Efron, Ties::Breslow] {
            for times in [&start, &late] {
                for mask in 0..16 {
                    let has = |bit: u32| mask >> bit & 1 == 1;
                    let rows = CoxData {
                        weight: has(0).then_some(&weight[..]),
                        stratum: has(1).then_some(&stratum[..]),
                        offset: has(2).then_some(&offset[..]),
                        cluster: has(3).then_some(&cluster[..]),
                        ..data(&x, times)
                    };
                    same::<4>(&rows, ties);
                }
            }
        }
    }
}

/// Two rows of weight 2 tied at time 1 against one left at risk, `x = (1, 0, 0)`, at coefficient 0: the risk set weighs 5,
/// the events 4. R's Efron: `-(2 ln 5 + 2 ln(5 - 4/2)) = -5.416...`; four rows would give `-(ln 5 + ln 4 + ln 3 + ln 2)`.
#[test]
fn weights_with_efron_follow_r() {
    let x = Array2::from_shape_vec((3, 1), vec![1.0, 0.0, 0.0]).unwrap();
    let times = Times::new(vec![1.0, 1.0, 2.0], vec![1, 1, 0]).unwrap();
    let weight = [2.0, 2.0, 1.0];
    let rows = CoxData { weight: Some(&weight), ..data(&x, &times) };
    let at = |rows: &CoxData<'_>| {
        let sets = risk_sets::RiskSets::new(rows).unwrap();
        derivatives::terms(&sets, &ndarray::array![0.0], Ties::Efron).loglik
    };
    let by_hand = -2.0 * (5_f64.ln() + 3_f64.ln());
    assert!((at(&rows) - by_hand).abs() < 1e-12);
    let four = Array2::from_shape_vec((5, 1), vec![1.0, 1.0, 0.0, 0.0, 0.0]).unwrap();
    let copied = Times::new(vec![1.0, 1.0, 1.0, 1.0, 2.0], vec![1, 1, 1, 1, 0]).unwrap();
    assert!((at(&data(&four, &copied)) + 120_f64.ln()).abs() < 1e-12);
    let (x, times, _, _) = simulated(9, 120, 2);
    let weight: Vec<f64> = (0..120).map(|i| f64::from(1 + i % 3)).collect();
    same::<2>(&CoxData { weight: Some(&weight), ..data(&x, &times) }, Ties::Efron);
}

/// Distinct times, events a multiple of 3: means of the other's scaled Schoenfeld residuals over the first and last third.
#[test]
fn drift_is_means_of_scaled_schoenfeld_residuals() {
    let (x, tied, _, stratum) = simulated(2, 301, 3);
    let exit: Vec<f64> = tied.exit.iter().enumerate().map(|(i, e)| e + i as f64 / 1000.0).collect();
    let mut cause = tied.cause;
    let mut spare = cause.iter().filter(|c| **c == 1).count() % 3;
    cause.iter_mut().filter(|c| **c == 1).for_each(|c| {
        if spare > 0 {
            (*c, spare) = (0, spare - 1);
        }
    });
    let times = Times::with_entry(tied.entry, exit, cause).unwrap();
    let rows = CoxData { stratum: Some(&stratum), ..data(&x, &times) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let found = fit(&rows, &options(ties, false)).unwrap();
        let known = other::<3>(&rows, ties).scaled_schoenfeld_residuals(false).unwrap();
        let mut order: Vec<usize> = (0..known.time.len()).collect();
        order.sort_by(|a, b| known.time[*a].total_cmp(&known.time[*b]));
        let third = order.len() / 3;
        assert_eq!(third * 3, order.len());
        let mean = |part: &[usize], j: usize| {
            part.iter().map(|k| known.residuals[*k][j]).sum::<f64>() / third as f64
        };
        for (j, d) in proportional::drift(&rows, &found).unwrap().iter().enumerate() {
            close(&[d.early, d.late], &[mean(&order[..third], j), mean(&order[2 * third..], j)]);
        }
    }
}
