//! Properties of the fit and of what is made from it, against the definitions, `O(n)` an event time.
use super::{
    baseline::baseline,
    path::{PathOptions, path},
    proportional::*,
    tests::{data, near, options, simulated},
    *,
};
use ndarray::{Array2, Axis};

/// Sums at one event time of one stratum, by the definition, on uncentred columns.
struct Naive {
    stratum: u32,
    time: f64,
    weight: f64,
    hazard: f64,
    variance: f64,
    hazard_mean: Vec<f64>,
    gradient: Vec<f64>,
}

fn naive(rows: &CoxData<'_>, coef: &[f64], ties: Ties) -> Vec<Naive> {
    let (n, p) = rows.x.dim();
    let theta = |i: usize| {
        let eta: f64 = rows.x.row(i).iter().zip(coef).map(|(x, c)| x * c).sum();
        rows.weight_of(i) * (eta + rows.offset.map_or(0.0, |o| o[i])).exp()
    };
    let live: Vec<usize> = (0..n).filter(|i| rows.weight_of(*i) > 0.0).collect();
    let events: Vec<usize> = live.iter().copied().filter(|i| rows.is_event(*i)).collect();
    let mut keys: Vec<(u32, f64)> =
        events.iter().map(|i| (rows.stratum_of(*i), rows.times.exit[*i])).collect();
    keys.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    keys.dedup();
    let at = |(stratum, time): (u32, f64)| {
        let risk: Vec<usize> = live
            .iter()
            .copied()
            .filter(|i| rows.stratum_of(*i) == stratum)
            .filter(|i| rows.times.entry[*i] < time && time <= rows.times.exit[*i])
            .collect();
        let tied: Vec<usize> =
            risk.iter().copied().filter(|i| rows.is_event(*i) && rows.times.exit[*i] <= time).collect();
        let sum = |over: &[usize], of: &dyn Fn(usize) -> f64| over.iter().map(|i| of(*i)).sum::<f64>();
        let (d, weight) = (tied.len(), sum(&tied, &|i| rows.weight_of(i)));
        let mut out = Naive {
            stratum,
            time,
            weight,
            hazard: 0.0,
            variance: 0.0,
            hazard_mean: vec![0.0; p],
            gradient: (0..p).map(|j| sum(&tied, &|i| rows.weight_of(i) * rows.x[[i, j]])).collect(),
        };
        for k in 0..d {
            let f = if ties == Ties::Efron { k as f64 / d as f64 } else { 0.0 };
            let part = weight / d as f64;
            let below = sum(&risk, &theta) - f * sum(&tied, &theta);
            out.hazard += part / below;
            out.variance += if ties == Ties::Efron { part / below.powi(2) } else { 0.0 };
            for j in 0..p {
                let of = |i: usize| theta(i) * rows.x[[i, j]];
                let mean = (sum(&risk, &of) - f * sum(&tied, &of)) / below;
                out.hazard_mean[j] += part / below * mean;
                out.gradient[j] -= part * mean;
            }
        }
        if ties == Ties::Breslow {
            out.variance = weight / sum(&risk, &theta).powi(2);
        }
        out
    };
    keys.into_iter().map(at).collect()
}

fn total_gradient(naive: &[Naive], p: usize) -> Vec<f64> {
    (0..p).map(|j| naive.iter().map(|g| g.gradient[j]).sum()).collect()
}

/// Weights with zeros and halves, and offsets.
fn weights_and_offsets(n: usize) -> (Vec<f64>, Vec<f64>) {
    let weight = (0..n).map(|i| [1.0, 0.0, 2.5, 0.5][(i * 5 + i / 7) % 4]).collect();
    (weight, (0..n).map(|i| ((i * 13) % 17) as f64 / 20.0).collect())
}

#[test]
fn gradient_by_the_definition_is_zero_at_the_fit() {
    let (x, times, _, stratum) = simulated(3, 200, 3);
    let (weight, offset) = weights_and_offsets(200);
    let rows =
        CoxData { weight: Some(&weight), stratum: Some(&stratum), offset: Some(&offset), ..data(&x, &times) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let found = fit(&rows, &options(ties, false)).unwrap();
        let slope = total_gradient(&naive(&rows, &found.coef, ties), 3);
        assert!(slope.iter().all(|s| s.abs() < 1e-10), "{slope:?}");
    }
}

#[test]
fn offset_is_a_column_of_known_coefficient() {
    let (x, times, weight, stratum) = simulated(4, 300, 3);
    let rows = CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let all = fit(&rows, &options(ties, false)).unwrap();
        let offset: Vec<f64> = x.column(2).iter().map(|v| v * all.coef[2]).collect();
        let two = x.select(Axis(1), &[0, 1]);
        let less = CoxData { x: two.view(), offset: Some(&offset), ..rows };
        let found = fit(&less, &options(ties, false)).unwrap();
        near(&found.coef, &all.coef[..2], 1e-10);
        near(&found.loglik[1..], &all.loglik[1..], 1e-12);
        let (one, other) = (baseline(&rows, &all).unwrap(), baseline(&less, &found).unwrap());
        one.iter().zip(&other).for_each(|(a, b)| near(&a.hazard, &b.hazard, 1e-10));
        // A constant offset changes no coefficient, and divides the baseline by its exponential.
        let higher: Vec<f64> = offset.iter().map(|o| o + 2.0).collect();
        let less = CoxData { offset: Some(&higher), ..less };
        let again = fit(&less, &options(ties, false)).unwrap();
        near(&again.coef, &found.coef, 1e-10);
        for (a, b) in baseline(&less, &again).unwrap().iter().zip(&other) {
            near(&a.hazard.iter().map(|h| h * 2_f64.exp()).collect::<Vec<_>>(), &b.hazard, 1e-10);
        }
    }
}

#[test]
fn baseline_and_survival_are_the_definition() {
    let (x, times, _, stratum) = simulated(5, 200, 3);
    let (weight, offset) = weights_and_offsets(200);
    let rows =
        CoxData { weight: Some(&weight), stratum: Some(&stratum), offset: Some(&offset), ..data(&x, &times) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let found = fit(&rows, &options(ties, false)).unwrap();
        let (fast, slow) = (baseline(&rows, &found).unwrap(), naive(&rows, &found.coef, ties));
        assert_eq!(fast.len(), 3);
        for base in &fast {
            let slow: Vec<&Naive> = slow.iter().filter(|g| g.stratum == base.stratum).collect();
            near(&base.time, &slow.iter().map(|g| g.time).collect::<Vec<_>>(), 1e-15);
            near(&base.hazard, &slow.iter().map(|g| g.hazard).collect::<Vec<_>>(), 1e-10);
            near(&base.variance, &slow.iter().map(|g| g.variance).collect::<Vec<_>>(), 1e-10);
            let means: Vec<f64> = slow.iter().flat_map(|g| g.hazard_mean.clone()).collect();
            near(base.hazard_mean.as_slice().unwrap(), &means, 1e-10);
            let (new, shift, until) = ([0.3, -0.5, 0.9], 0.4, 7.0);
            let past = || slow.iter().filter(|g| g.time <= until);
            let h: f64 = past().map(|g| g.hazard).sum();
            let q: Vec<f64> =
                (0..3).map(|j| past().map(|g| (new[j] * g.hazard) - g.hazard_mean[j]).sum()).collect();
            let mut spread: f64 = past().map(|g| g.variance).sum();
            for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
                spread += q[i] * q[j] * found.variance[[i, j]];
            }
            let risk = (new.iter().zip(&found.coef).map(|(x, c)| x * c).sum::<f64>() + shift).exp();
            let at = base.survival(&found, &new, shift, until).unwrap();
            let s = (-risk * h).exp();
            near(&[at.survival, at.standard_error], &[s, s * risk * spread.sqrt()], 1e-10);
            near(&[base.cumulative(until), base.cumulative(-1.0)], &[h, 0.0], 1e-10);
        }
    }
}

#[test]
fn a_cluster_of_weight_0_is_no_cluster() {
    let (x, times, _, stratum) = simulated(6, 240, 2);
    let cluster: Vec<u32> = (0..240).map(|i| i % 40).collect();
    let weight: Vec<f64> = cluster.iter().map(|c| if c % 8 == 3 { 0.0 } else { 1.5 }).collect();
    let keep: Vec<usize> = (0..240).filter(|i| weight[*i] > 0.0).collect();
    let pick = |v: &[f64]| keep.iter().map(|i| v[*i]).collect::<Vec<_>>();
    let whole = |v: &[u32]| keep.iter().map(|i| v[*i]).collect::<Vec<_>>();
    let less = x.select(Axis(0), &keep);
    let cause = keep.iter().map(|i| times.cause[*i]).collect();
    let fewer = Times::with_entry(pick(&times.entry), pick(&times.exit), cause).unwrap();
    for ties in [Ties::Efron, Ties::Breslow] {
        let all = fit(
            &CoxData {
                weight: Some(&weight),
                stratum: Some(&stratum),
                cluster: Some(&cluster),
                ..data(&x, &times)
            },
            &options(ties, true),
        );
        let some = fit(
            &CoxData {
                weight: Some(&pick(&weight)),
                stratum: Some(&whole(&stratum)),
                cluster: Some(&whole(&cluster)),
                ..data(&less, &fewer)
            },
            &options(ties, true),
        );
        assert_eq!(all.unwrap(), some.unwrap());
    }
}

#[test]
fn order_of_rows_is_nothing() {
    (20..28).for_each(same_in_another_order);
}

fn same_in_another_order(seed: u64) {
    let (x, times, weight, stratum) = simulated(seed, 300, 3);
    let order: Vec<usize> = (0..300).map(|i| (i * 119 + 31) % 300).collect();
    let pick = |v: &[f64]| order.iter().map(|i| v[*i]).collect::<Vec<_>>();
    let moved = x.select(Axis(0), &order);
    let cause = order.iter().map(|i| times.cause[*i]).collect();
    let other = Times::with_entry(pick(&times.entry), pick(&times.exit), cause).unwrap();
    let (w, s): (Vec<f64>, Vec<u32>) = (pick(&weight), order.iter().map(|i| stratum[*i]).collect());
    let one = CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) };
    let two = CoxData { weight: Some(&w), stratum: Some(&s), ..data(&moved, &other) };
    for ties in [Ties::Efron, Ties::Breslow] {
        let of = |rows: &CoxData<'_>| {
            let found = fit(rows, &options(ties, true)).unwrap();
            let drift = drift(rows, &found).unwrap();
            let zph = proportional(rows, &found, TimeTransform::KaplanMeier).unwrap();
            let mut all = [found.coef.clone(), found.standard_errors()].concat();
            all.extend(drift.iter().flat_map(|d| [d.early, d.late]));
            all.extend(zph.columns.iter().map(|c| c.chi_square));
            all
        };
        near(&of(&one), &of(&two), 1e-8);
    }
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let (x, times, weight, stratum) = simulated(8, 3_000, 6);
    let cluster: Vec<u32> = (0..3_000).map(|i| i % 700).collect();
    let rows = CoxData {
        weight: Some(&weight),
        stratum: Some(&stratum),
        cluster: Some(&cluster),
        ..data(&x, &times)
    };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let found = fit(&rows, &options(Ties::Efron, true)).unwrap();
            let base = baseline(&rows, &found).unwrap();
            let test = proportional(&rows, &found, TimeTransform::Rank).unwrap();
            let run = path(&rows, &PathOptions { alpha: 0.5, count: 20, ..Default::default() }).unwrap();
            // Debug prints the shortest digits that give the same bits back.
            format!("{found:?} {base:?} {test:?} {run:?}")
        })
    };
    let one = run(1);
    assert!(one == run(4) && one == run(3));
}

#[test]
fn path_meets_its_conditions_by_the_definition() {
    let (p, n) = (6, 250);
    let (x, times, _, stratum) = simulated(10, n, p);
    let (weight, offset) = weights_and_offsets(n);
    let rows =
        CoxData { weight: Some(&weight), stratum: Some(&stratum), offset: Some(&offset), ..data(&x, &times) };
    let total: f64 = weight.iter().sum();
    for (ties, alpha) in [(Ties::Breslow, 1.0), (Ties::Efron, 0.6), (Ties::Breslow, 0.2)] {
        let run = path(&rows, &PathOptions { ties, alpha, count: 15, ratio: 1e-3, lambda: None }).unwrap();
        let at = naive(&rows, &vec![0.0; p], ties);
        let seen = |i: &usize| {
            let here =
                |g: &Naive| g.stratum == stratum[*i] && times.entry[*i] < g.time && g.time <= times.exit[*i];
            weight[*i] > 0.0 && at.iter().any(here)
        };
        let kept: Vec<usize> = (0..n).filter(seen).collect();
        let w: f64 = kept.iter().map(|i| weight[*i]).sum();
        let mean = |of: &dyn Fn(usize) -> f64| kept.iter().map(|i| weight[*i] * of(*i)).sum::<f64>() / w;
        let scale: Vec<f64> = (0..p)
            .map(|j| {
                let m = mean(&|i| x[[i, j]]);
                mean(&|i| (x[[i, j]] - m).powi(2)).sqrt()
            })
            .collect();
        // The first lambda is the least at which nothing enters.
        let slope = total_gradient(&at, p);
        let top = slope.iter().zip(&scale).map(|(g, s)| (g / (s * total)).abs()).fold(0.0, f64::max);
        near(&[run.lambda[0] * alpha], &[top], 1e-10);
        let (mut zero, mut free) = (0, 0);
        for (k, lambda) in run.lambda.iter().enumerate() {
            let coef = run.coef.row(k).to_vec();
            let slope = total_gradient(&naive(&rows, &coef, ties), p);
            for j in 0..p {
                let (s, b) = (slope[j] / (scale[j] * total), coef[j] * scale[j]);
                let (l1, l2) = (lambda * alpha, lambda * (1.0 - alpha));
                if b == 0.0 {
                    zero += 1;
                    assert!(s.abs() <= l1 + 1e-9, "{k} {j}: {s} {l1}");
                } else {
                    free += 1;
                    assert!((s - l2 * b - l1 * b.signum()).abs() < 1e-9, "{k} {j}: {s} {b} {l1} {l2}");
                }
            }
        }
        assert!(zero > p && free > p, "{zero} {free}");
    }
}

/// Events are few (so that risk sets keep their mix) with hazard `0.08 exp(1.5 x + 0.7 z)` to time 0.5 and
/// `0.08 exp(late x + 0.7 z)` after it; `x` and `z` 0 or 1; seen to time 2.
fn fading(late: f64) -> (Array2<f64>, Times) {
    let (uniform, _, _, _) = simulated(11, 6_000, 3);
    let x = Array2::from_shape_fn((6_000, 2), |(i, j)| f64::from(u8::from(uniform[[i, j]] > 0.0)));
    let exit: Vec<f64> = (0..6_000)
        .map(|i| {
            let need = -f64::midpoint(uniform[[i, 2]], 1.0).max(1e-12).ln() * (-0.7 * x[[i, 1]]).exp() / 0.08;
            let (early, late) = ((1.5 * x[[i, 0]]).exp(), (late * x[[i, 0]]).exp());
            if need < 0.5 * early { need / early } else { (0.5 + (need - 0.5 * early) / late).min(2.0) }
        })
        .collect();
    let cause = exit.iter().map(|t| u8::from(*t < 2.0)).collect();
    (x, Times::new(exit, cause).unwrap())
}

#[test]
fn drift_sees_an_effect_that_fades_and_none_where_there_is_none() {
    let of = |late: f64| {
        let (x, times) = fading(late);
        let found = fit(&data(&x, &times), &options(Ties::Efron, false)).unwrap();
        let test = proportional(&data(&x, &times), &found, TimeTransform::KaplanMeier).unwrap();
        (drift(&data(&x, &times), &found).unwrap(), test)
    };
    let (drift, test) = of(0.0);
    assert!((drift[0].early - 1.5).abs() < 0.3 && drift[0].late.abs() < 0.3, "{drift:?}");
    assert!((drift[1].early - 0.7).abs() < 0.25 && (drift[1].late - 0.7).abs() < 0.25, "{drift:?}");
    assert!(test.columns[0].p < 1e-10 && test.columns[1].p > 0.01, "{test:?}");
    let (drift, test) = of(1.5);
    for (d, truth) in drift.iter().zip([1.5, 0.7]) {
        assert!((d.early - truth).abs() < 0.25 && (d.late - truth).abs() < 0.25, "{drift:?}");
    }
    assert!(test.columns.iter().all(|t| t.p > 0.01) && test.global.p > 0.01, "{test:?}");
}

#[test]
fn drift_of_weights_is_drift_of_copies() {
    let (x, times, _, stratum) = simulated(12, 200, 2);
    let weight = vec![2.0; 200];
    let twice: Vec<usize> = (0..400).map(|i| i / 2).collect();
    let pick = |v: &[f64]| twice.iter().map(|i| v[*i]).collect::<Vec<_>>();
    let x2 = x.select(Axis(0), &twice);
    let cause = twice.iter().map(|i| times.cause[*i]).collect();
    let times2 = Times::with_entry(pick(&times.entry), pick(&times.exit), cause).unwrap();
    let stratum2: Vec<u32> = twice.iter().map(|i| stratum[*i]).collect();
    let of = |rows: CoxData<'_>| {
        let found = fit(&rows, &options(Ties::Breslow, false)).unwrap();
        drift(&rows, &found).unwrap().iter().flat_map(|d| [d.early, d.late]).collect::<Vec<f64>>()
    };
    let one = of(CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) });
    let two = of(CoxData { stratum: Some(&stratum2), ..data(&x2, &times2) });
    near(&one, &two, 1e-8);
}

/// Events laid end to end by time, `weight` long each: a third is an interval, and a time counts by what it shares with it.
#[test]
fn drift_with_ties_strata_and_weights_is_the_definition() {
    for seed in 30..36 {
        let (x, times, _, stratum) = simulated(seed, 200, 2);
        let (weight, _) = weights_and_offsets(200);
        let rows = CoxData { weight: Some(&weight), stratum: Some(&stratum), ..data(&x, &times) };
        for ties in [Ties::Efron, Ties::Breslow] {
            let found = fit(&rows, &options(ties, false)).unwrap();
            let mut at = naive(&rows, &found.coef, ties);
            at.sort_by(|a, b| a.time.total_cmp(&b.time));
            let total: f64 = at.iter().map(|g| g.weight).sum();
            let mean = |from: f64, to: f64| {
                let (mut before, mut sum) = (0.0, [0.0; 2]);
                for tied in at.chunk_by(|a, b| a.time >= b.time) {
                    let w: f64 = tied.iter().map(|g| g.weight).sum();
                    let share = (to.min(before + w) - from.max(before)).max(0.0) / w;
                    for (j, s) in sum.iter_mut().enumerate() {
                        *s += share * tied.iter().map(|g| g.gradient[j]).sum::<f64>();
                    }
                    before += w;
                }
                let of = |i: usize| (0..2).map(|j| found.variance[[i, j]] * sum[j]).sum::<f64>();
                [0, 1].map(|i| found.coef[i] + total * of(i) / (to - from))
            };
            let (early, late) = (mean(0.0, total / 3.0), mean(total * 2.0 / 3.0, total));
            let drift = drift(&rows, &found).unwrap();
            near(&drift.iter().map(|d| d.early).collect::<Vec<_>>(), &early, 1e-9);
            near(&drift.iter().map(|d| d.late).collect::<Vec<_>>(), &late, 1e-9);
        }
    }
}

#[test]
fn proportional_hazards_cannot_be_tested_at_one_time_or_by_the_log_of_0() {
    let x = Array2::from_shape_vec((6, 1), vec![0.0, 1.0, 2.0, 0.5, 1.5, 1.0]).unwrap();
    let of = |exit: [f64; 6], transform| {
        let times = Times::new(exit.to_vec(), vec![1, 1, 1, 0, 0, 0]).unwrap();
        let found = fit(&data(&x, &times), &options(Ties::Efron, false)).unwrap();
        proportional(&data(&x, &times), &found, transform)
    };
    let one = [3.0, 3.0, 3.0, 3.0, 4.0, 5.0];
    for transform in
        [TimeTransform::KaplanMeier, TimeTransform::Rank, TimeTransform::Identity, TimeTransform::Log]
    {
        assert_eq!(of(one, transform), Err(CoxError::Transform));
    }
    let zero = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    assert_eq!(of(zero, TimeTransform::Log), Err(CoxError::Transform));
    assert!(of(zero, TimeTransform::Identity).is_ok());
}
