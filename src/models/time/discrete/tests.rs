//! The fit against a naive one on written-out person-periods, and its properties.
use super::*;
use crate::models::linear::{derivatives, solve};
use crate::num::seed::stream;
use crate::survival::Times;
use ndarray::{Array1, Array2, Axis, concatenate, s};
use rand::{Rng, RngExt};

/// Rows with ties, delayed entry and causes that depend on the columns.
fn simulated(rows: usize, columns: usize, causes: u8, seed: u64) -> (Array2<f64>, Times) {
    let mut draw = stream(seed, "discrete/tests");
    let x = Array2::from_shape_fn((rows, columns), |_| draw.random_range(-1.5..1.5_f64));
    let (mut entry, mut exit, mut cause) = (vec![], vec![], vec![]);
    for row in x.outer_iter() {
        let from =
            if draw.random_bool(0.3) { f64::from(draw.random_range(0..100_u8)) } else { f64::NEG_INFINITY };
        let rate = 0.004 * (0.5 * row[0] - 0.3 * row[columns - 1]).exp();
        let event = (-draw.random_range(1e-12..1.0_f64).ln() / rate).ceil();
        let censored = f64::from(draw.random_range(30..400_u16));
        let came = 1 + (draw.next_u32() % u32::from(causes)) as u8;
        entry.push(from);
        exit.push(event.min(censored).max(from + 1.0).max(1.0));
        cause.push(if event <= censored { came } else { 0 });
    }
    (x, Times::with_entry(entry, exit, cause).unwrap())
}

fn months() -> Periods {
    Periods::new(vec![0.0, 30.0, 60.0, 90.0, 180.0, 270.0, 365.0]).unwrap()
}

#[track_caller]
fn near<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>, tolerance: f64) {
    let (a, b): (Vec<f64>, Vec<f64>) = (a.into_iter().copied().collect(), b.into_iter().copied().collect());
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= tolerance * b.abs().max(1.0)), "{a:?}\n{b:?}");
}

/// One line a person-period: a flag for each period, the covariates, then the columns that vary.
fn written_out(x: &Array2<f64>, lines: &PersonPeriods, periods: usize, varying: &dyn Varying) -> Array2<f64> {
    let (p, m) = (x.ncols(), varying.width());
    let mut out = Array2::zeros((lines.row.len(), periods + p + m));
    for (line, mut to) in out.outer_iter_mut().enumerate() {
        let (row, period) = (lines.row[line], usize::from(lines.period[line]));
        to[period] = 1.0;
        to.slice_mut(s![periods..periods + p]).assign(&x.row(row));
        let mut z = vec![0.0; m];
        varying.fill(row, period, &mut z);
        to.slice_mut(s![periods + p..]).assign(&Array1::from(z));
    }
    out
}

/// Newton's method on all coefficients at once, causes x (periods + columns).
fn naive(d: &Array2<f64>, cause: &[u8], causes: usize, penalty: &Array1<f64>) -> Array2<f64> {
    let width = d.ncols();
    let mut beta = Array1::<f64>::zeros(causes * width);
    for _ in 0..30 {
        let mut gradient = Array1::<f64>::zeros(causes * width);
        let mut hessian = Array2::<f64>::zeros((causes * width, causes * width));
        for (row, came) in d.outer_iter().zip(cause) {
            let odds: Vec<f64> =
                (0..causes).map(|k| row.dot(&beta.slice(s![k * width..(k + 1) * width])).exp()).collect();
            let all = 1.0 + odds.iter().sum::<f64>();
            for k in 0..causes {
                let residual = odds[k] / all - f64::from(u8::from(usize::from(*came) == k + 1));
                gradient.slice_mut(s![k * width..(k + 1) * width]).scaled_add(residual, &row);
                for l in 0..causes {
                    let v = odds[k] / all * (f64::from(u8::from(k == l)) - odds[l] / all);
                    for c in (0..width).filter(|c| row[*c] != 0.0) {
                        let mut to = hessian.slice_mut(s![k * width + c, l * width..(l + 1) * width]);
                        to.scaled_add(v * row[c], &row);
                    }
                }
            }
        }
        for k in 0..causes {
            for c in 0..width {
                gradient[k * width + c] += penalty[c] * beta[k * width + c];
                hessian[[k * width + c, k * width + c]] += penalty[c];
            }
        }
        beta -= &solve(hessian, &gradient).unwrap();
    }
    beta.into_shape_with_order((causes, width)).unwrap()
}

const PLAIN: DiscreteOptions = DiscreteOptions { l2: 0.7, alpha_ridge: 0.0, part_period: PartPeriod::Keep };

#[test]
fn equals_the_naive_fit_on_written_out_person_periods() {
    let ((x, times), periods) = (simulated(700, 3, 3, 1), months());
    let season = Callback {
        width: 2,
        fill: |row: usize, period: usize, out: &mut [f64]| {
            let phase = (row % 7 + period) as f64;
            out.copy_from_slice(&[phase.sin(), x[[row, 1]] * period as f64]);
        },
    };
    for varying in [&NoVarying as &dyn Varying, &season] {
        let data = DiscreteData { x: x.view(), times: &times, weight: None, varying };
        let found = fit(&data, &periods, &PLAIN).unwrap();
        let lines = expand(&Spans::new(&times, &periods, PLAIN.part_period));
        let wide = written_out(&x, &lines, periods.count(), varying);
        let mut penalty = Array1::from_elem(wide.ncols(), PLAIN.l2);
        penalty.slice_mut(s![..periods.count()]).fill(0.0);
        let known = naive(&wide, &lines.cause, 3, &penalty);
        near(&found.alpha, known.slice(s![.., ..6]), 1e-7);
        near(&found.beta, known.slice(s![.., 6..9]), 1e-7);
        near(&found.gamma, known.slice(s![.., 9..]), 1e-7);
        assert!(found.gradient <= 1e-9);
        // Hazards of the rows are those of the naive fit.
        let hazards = found.hazards(x.view(), varying).unwrap();
        let first = wide.row(0);
        let odds = known.dot(&first).mapv(f64::exp);
        let expected = &odds / (1.0 + odds.sum());
        let at = hazards.slice(s![lines.row[0], usize::from(lines.period[0]), ..]);
        near(at, &expected, 1e-7);
    }
}

#[test]
fn one_cause_has_no_gradient_in_the_binary_logistic() {
    let ((x, times), periods) = (simulated(900, 2, 1, 2), months());
    let data = DiscreteData { x: x.view(), times: &times, weight: None, varying: &NoVarying };
    let options = DiscreteOptions { l2: 0.0, ..PLAIN };
    let found = fit(&data, &periods, &options).unwrap();
    let lines = expand(&Spans::new(&times, &periods, options.part_period));
    let wide = written_out(&x, &lines, periods.count(), &NoVarying);
    let y: Vec<bool> = lines.cause.iter().map(|c| *c == 1).collect();
    let beta = concatenate![Axis(0), found.alpha.row(0), found.beta.row(0), Array1::zeros(1)];
    let at = derivatives(wide.view(), &y, None, &beta);
    assert!((at.loss + found.log_likelihood).abs() < 1e-9 * at.loss);
    assert!(at.gradient.slice(s![..8]).iter().all(|g| g.abs() < 1e-6));
}

#[test]
fn weights_are_copies_and_order_does_not_matter() {
    let ((x, times), periods) = (simulated(400, 3, 2, 3), months());
    let weight: Vec<f64> = (0..400).map(|i| f64::from(i % 3)).collect();
    let copies: Vec<usize> = (0..400).rev().flat_map(|i| vec![i; i % 3]).collect();
    let more = Times::with_entry(
        copies.iter().map(|i| times.entry[*i]).collect(),
        copies.iter().map(|i| times.exit[*i]).collect(),
        copies.iter().map(|i| times.cause[*i]).collect(),
    )
    .unwrap();
    let repeated = x.select(Axis(0), &copies);
    let weighted = DiscreteData { x: x.view(), times: &times, weight: Some(&weight), varying: &NoVarying };
    let copied = DiscreteData { x: repeated.view(), times: &more, weight: None, varying: &NoVarying };
    let options = DiscreteOptions::default();
    let (a, b) = (fit(&weighted, &periods, &options).unwrap(), fit(&copied, &periods, &options).unwrap());
    near(&a.beta, &b.beta, 1e-8);
    near(&a.alpha, &b.alpha, 1e-8);
    near(&a.events, &b.events, 0.0);
    near([&a.log_likelihood], [&b.log_likelihood], 1e-11);
}

#[test]
fn products_equal_a_callback_and_a_shifted_column_moves_alpha_only() {
    let ((x, times), periods) = (simulated(500, 2, 2, 4), months());
    let terms = [Product { column: 1, of_period: vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0] }];
    let products = Products::new(x.view(), &terms, 6).unwrap();
    let callback =
        Callback { width: 1, fill: |i: usize, j: usize, out: &mut [f64]| out[0] = x[[i, 1]] * j as f64 };
    let of = |varying: &dyn Varying, x: &Array2<f64>| {
        fit(&DiscreteData { x: x.view(), times: &times, weight: None, varying }, &periods, &PLAIN).unwrap()
    };
    assert_eq!(of(&products, &x), of(&callback, &x));
    let (plain, far) = (of(&NoVarying, &x), of(&NoVarying, &(&x + 2020.0)));
    near(&plain.beta, &far.beta, 1e-7);
    let back = &far.alpha + &(far.beta.sum_axis(Axis(1)) * 2020.0).insert_axis(Axis(1));
    near(&plain.alpha, &back, 1e-6);
    assert!(Products::new(x.view(), &[Product { column: 2, of_period: vec![0.0; 6] }], 6).is_err());
}

#[test]
fn empty_periods_stay_finite() {
    let (x, times) = simulated(300, 2, 2, 5);
    // Nobody is at risk after day 5,000, and no event is on day 0.
    let periods = Periods::new(vec![-1.0, 0.0, 100.0, 400.0, 5_000.0, 6_000.0]).unwrap();
    let data = DiscreteData { x: x.view(), times: &times, weight: None, varying: &NoVarying };
    let found = fit(&data, &periods, &DiscreteOptions::default()).unwrap();
    let hazards = found.hazards(x.view(), &NoVarying).unwrap();
    assert!(found.alpha.iter().all(|a| a.is_finite()));
    assert!(hazards.slice(s![.., 0, ..]).iter().all(|h| *h < 1e-5));
    let curves = found.curves(x.view(), &NoVarying).unwrap();
    for row in 0..300 {
        let sum = curves.event_free[[row, 5]] + curves.incidence.slice(s![row, 5, ..]).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    let constant = concatenate![Axis(1), x, Array2::ones((300, 1))];
    let data = DiscreteData { x: constant.view(), ..data };
    let same = fit(&data, &periods, &DiscreteOptions { l2: 0.0, ..DiscreteOptions::default() }).unwrap();
    assert!(same.beta.column(2).iter().all(|b| b.abs() < 1e-6), "a constant column has no effect");
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let ((x, times), periods) = (simulated(20_000, 4, 3, 6), months());
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let data = DiscreteData { x: x.view(), times: &times, weight: None, varying: &NoVarying };
        pool.install(|| fit(&data, &periods, &DiscreteOptions::default()).unwrap())
    };
    let one = of(1);
    assert_eq!(one, of(2));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(one, serde_json::from_str::<FittedDiscrete>(&text).unwrap());
}

#[test]
fn multinomial_hazards_come_back_from_one_versus_none() {
    let ((x, times), periods) = (simulated(300, 2, 3, 7), months());
    let data = DiscreteData { x: x.view(), times: &times, weight: None, varying: &NoVarying };
    let hazards = fit(&data, &periods, &PLAIN).unwrap().hazards(x.view(), &NoVarying).unwrap();
    let mut one = hazards.clone();
    for (at, q) in one.indexed_iter_mut() {
        let none = 1.0 - hazards.slice(s![at.0, at.1, ..]).sum();
        *q = hazards[at] / (hazards[at] + none);
    }
    let back = combine(&one, BinaryHazard::OneVersusNone).unwrap();
    near(&back.hazards, &hazards, 1e-12);
    assert_eq!(back.above_one, 0);
}

#[test]
fn faults_are_values() {
    let ((x, mut times), periods) = (simulated(50, 2, 2, 8), months());
    let of = |x: &Array2<f64>, times: &Times, weight: Option<&[f64]>| {
        let data = DiscreteData { x: x.view(), times, weight, varying: &NoVarying };
        fit(&data, &periods, &DiscreteOptions::default()).map(|_| ())
    };
    assert_eq!(of(&x, &times, Some(&[1.0])), Err(DiscreteError::Shapes));
    let terms = [Product { column: 0, of_period: vec![1.0; 6] }];
    let short = Products::new(x.slice(s![..9, ..]), &terms, 6).unwrap();
    let bad = Callback { width: 1, fill: |_: usize, _: usize, out: &mut [f64]| out[0] = f64::NAN };
    for (varying, fault) in
        [(&short as &dyn Varying, DiscreteError::Shapes), (&bad as &dyn Varying, DiscreteError::Singular)]
    {
        let data = DiscreteData { x: x.view(), times: &times, weight: None, varying };
        assert_eq!(fit(&data, &periods, &DiscreteOptions::default()), Err(fault));
    }
    assert_eq!(of(&x, &times, Some(&[-1.0; 50])), Err(DiscreteError::NotFinite));
    assert_eq!(of(&(&x * f64::NAN), &times, None), Err(DiscreteError::NotFinite));
    assert_eq!(of(&x, &times, Some(&[0.0; 50])), Err(DiscreteError::NoEvents(1)));
    times.cause.iter_mut().for_each(|c| *c = 2 * (*c).min(1));
    assert_eq!(of(&x, &times, None), Err(DiscreteError::NoEvents(1)));
    times.cause.fill(0);
    assert_eq!(of(&x, &times, None), Err(DiscreteError::NoEvents(1)));
    assert_eq!(of(&x.slice(s![..9, ..]).to_owned(), &times, None), Err(DiscreteError::Shapes));
}

/// Under a minute for a country's referrals of a decade.
#[test]
#[ignore = "half a minute: 1,500,000 rows"]
fn one_and_a_half_million_rows_take_under_a_minute() {
    let (x, times) = simulated(1_500_000, 20, 3, 9);
    let bounds = (0..25).map(|j| f64::from(j * 14 + j * j / 20)).collect();
    let periods = Periods::new(bounds).unwrap();
    let data = DiscreteData { x: x.view(), times: &times, weight: None, varying: &NoVarying };
    let start = std::time::Instant::now();
    let found = fit(&data, &periods, &DiscreteOptions::default()).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds:.1} s, {} steps, gradient {:e}", found.steps, found.gradient);
    assert!(seconds < 60.0 && found.gradient < 1e-8);
}
