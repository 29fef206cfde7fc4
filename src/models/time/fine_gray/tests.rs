//! The fit against the definition, and its properties.
use super::*;
use crate::num::seed::stream;
use crate::survival::Times;
use ndarray::{Array1, Array2, Axis, array};
use rand::RngExt;

fn simulated(rows: usize, columns: usize, seed: u64) -> (Array2<f64>, Times, Vec<u32>) {
    let mut draw = stream(seed, "fine_gray/tests");
    let x = Array2::from_shape_fn((rows, columns), |_| draw.random_range(-1.0..1.0_f64));
    let group: Vec<u32> = (0..rows).map(|_| draw.random_range(0..3_u32)).collect();
    let (mut exit, mut cause) = (vec![], vec![]);
    for (row, group) in x.outer_iter().zip(&group) {
        let rate = 0.05 * (0.6 * row[0] - 0.4 * row[columns - 1]).exp();
        let event = (-draw.random_range(1e-12..1.0_f64).ln() / rate).ceil().max(1.0);
        let censored = f64::from(draw.random_range(1..30 + 10 * group));
        exit.push(event.min(censored));
        let came = 1 + u8::from(draw.random_bool(0.5 + 0.2 * row[0]));
        cause.push(if event <= censored { came } else { 0 });
    }
    (x, Times::new(exit, cause).unwrap(), group)
}

fn data<'a>(x: &'a Array2<f64>, times: &'a Times) -> FineGrayData<'a> {
    FineGrayData { x: x.view(), times, cause: 1, weight: None, group: None, cluster: None }
}

#[track_caller]
fn near<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>, tolerance: f64) {
    let (a, b): (Vec<f64>, Vec<f64>) = (a.into_iter().copied().collect(), b.into_iter().copied().collect());
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= tolerance * b.abs().max(1e-3)), "{a:?}\n{b:?}");
}

/// Everything by its definition, each row against each time.
struct Naive<'a> {
    x: &'a Array2<f64>,
    times: &'a Times,
    group: &'a [u32],
}

impl Naive<'_> {
    fn rows(&self) -> std::ops::Range<usize> {
        0..self.times.len()
    }

    fn at_risk(&self, time: f64, group: u32) -> f64 {
        self.rows().filter(|i| self.group[*i] == group && self.times.exit[*i] >= time).count() as f64
    }

    /// G(t-) of a group; 0 after its last time.
    fn uncensored(&self, time: f64, group: u32) -> f64 {
        let own = |i: &usize| self.group[*i] == group;
        if !self.rows().filter(own).any(|i| self.times.exit[i] >= time) {
            return 0.0;
        }
        let mut days: Vec<f64> = self
            .rows()
            .filter(own)
            .filter(|i| self.times.cause[*i] == 0 && self.times.exit[*i] < time)
            .map(|i| self.times.exit[i])
            .collect();
        days.sort_by(f64::total_cmp);
        // One censored after the other at a tied time: the factors telescope to 1 - c / r.
        let mut taken = std::collections::BTreeMap::new();
        days.iter().fold(1.0, |curve, day| {
            let before = taken.entry(day.to_bits()).or_insert(0.0);
            let at_risk = self.at_risk(*day, group) - *before;
            *before += 1.0;
            curve * (1.0 - 1.0 / at_risk)
        })
    }

    fn weight(&self, i: usize, time: f64) -> f64 {
        let own = self.times.exit[i];
        if own >= time {
            1.0
        } else if self.times.cause[i] == 2 {
            self.uncensored(time, self.group[i]) / self.uncensored(own, self.group[i])
        } else {
            0.0
        }
    }

    /// The residual of each row at `beta`: its score, and the censoring term.
    fn residuals(&self, beta: &Array1<f64>, term: CensoringTerm) -> (Array2<f64>, Array2<f64>) {
        let p = beta.len();
        let e = self.x.dot(beta).mapv(f64::exp);
        let events: Vec<usize> = self.rows().filter(|i| self.times.cause[*i] == 1).collect();
        let (mut own, mut information) = (Array2::<f64>::zeros((e.len(), p)), Array2::<f64>::zeros((p, p)));
        let mut moved = Array2::<f64>::zeros((e.len(), p));
        for event in events {
            let s = self.times.exit[event];
            let w: Array1<f64> = self.rows().map(|i| self.weight(i, s) * e[i]).collect();
            let all = w.sum();
            let mean = self.x.t().dot(&w) / all;
            own.row_mut(event).scaled_add(1.0, &(&self.x.row(event) - &mean));
            let mut q_of: Vec<Vec<Array1<f64>>> = vec![];
            for i in self.rows() {
                let far = &self.x.row(i) - &mean;
                own.row_mut(i).scaled_add(-w[i] / all, &far);
                for c in 0..p {
                    information.row_mut(c).scaled_add(w[i] / all * far[c], &far);
                }
                // This event's share of q(T_i) of each group, where T_i is a time of censoring up to s.
                let u = self.times.exit[i];
                let mut q = vec![Array1::<f64>::zeros(p); 3];
                if self.times.cause[i] == 0 && u <= s {
                    for j in self.rows().filter(|j| self.times.cause[*j] == 2 && self.times.exit[*j] < u) {
                        let share = (&self.x.row(j) - &mean) * (w[j] / all);
                        q[self.group[j] as usize] += &share;
                    }
                    if term == CensoringTerm::OwnEvents {
                        let own = self.group[event] as usize;
                        (0..3).filter(|g| *g != own).for_each(|g| q[g].fill(0.0));
                    }
                }
                q_of.push(q);
            }
            for i in self.rows().filter(|i| self.times.cause[*i] == 0) {
                let (u, g) = (self.times.exit[i], self.group[i]);
                let at_risk = self.at_risk(u, g);
                let q = &q_of[i][g as usize];
                moved.row_mut(i).scaled_add(1.0 / at_risk, q);
                for j in self.rows().filter(|j| self.group[*j] == g && self.times.exit[*j] >= u) {
                    moved.row_mut(j).scaled_add(-1.0 / (at_risk * at_risk), q);
                }
            }
        }
        (own + moved, information)
    }
}

#[test]
fn equals_the_definition() {
    let (x, times, group) = simulated(120, 2, 1);
    let one = vec![0; 120];
    for (group, term) in [
        (&one, CensoringTerm::AllEvents),
        (&group, CensoringTerm::AllEvents),
        (&group, CensoringTerm::OwnEvents),
    ] {
        let cluster: Vec<u32> = (0..120).map(|i| i / 3).collect();
        let data = FineGrayData { group: Some(group), ..data(&x, &times) };
        let options = FineGrayOptions { variance: true, censoring: term, l2: 0.0 };
        let found = fit(&data, &options).unwrap();
        let naive = Naive { x: &x, times: &times, group };
        let (u, information) = naive.residuals(&found.coefficients, term);
        assert!(u.sum_axis(Axis(0)).iter().all(|s| s.abs() < 1e-7), "the score is 0");
        // V I = I^-1 times the middle; compared as I V I = middle.
        let through = |v: &Array2<f64>| information.dot(v).dot(&information);
        near(&through(found.variance.as_ref().unwrap()), &u.t().dot(&u), 1e-7);
        let homes = Array2::from_shape_fn((40, 2), |(c, j)| (0..3).map(|i| u[[3 * c + i, j]]).sum());
        let clustered = fit(&FineGrayData { cluster: Some(&cluster), ..data }, &options).unwrap();
        near(&through(clustered.variance.as_ref().unwrap()), &homes.t().dot(&homes), 1e-7);
    }
}

#[test]
fn without_competing_causes_it_is_coxs_model() {
    // Times 1, 2, 3 with x = 1, 0, 1, all events: b maximises b - ln(2 e^b + 1) - ln(e^b + 1), so with r = e^b
    // 1 - 2 r / (2 r + 1) - r / (r + 1) = 0: r + 1 = r (2 r + 1), r = sqrt(1 / 2).
    let times = Times::new(vec![1.0, 2.0, 3.0], vec![1, 1, 1]).unwrap();
    let x = array![[1.0], [0.0], [1.0]];
    let found = fit(&data(&x, &times), &FineGrayOptions::default()).unwrap();
    assert!((found.coefficients[0] - 0.5_f64.sqrt().ln()).abs() < 1e-9);
    let r = 0.5_f64.sqrt();
    let jumps = 1.0 / (2.0 * r + 1.0) + 1.0 / (r + 1.0);
    let at = found.incidence(array![[0.0]].view(), &[2.5, 9.0]).unwrap();
    assert!((at[0].as_ref().unwrap()[0] - (1.0 - (-jumps).exp())).abs() < 1e-9);
    assert_eq!(at[1], Err("after the last time observed"));
}

#[test]
fn weights_are_copies_and_order_does_not_matter() {
    let (x, times, group) = simulated(300, 3, 2);
    let weight: Vec<f64> = (0..300).map(|i| f64::from(i % 3)).collect();
    let copies: Vec<usize> = (0..300).rev().flat_map(|i| vec![i; i % 3]).collect();
    let repeated = x.select(Axis(0), &copies);
    let more = Times::new(
        copies.iter().map(|i| times.exit[*i]).collect(),
        copies.iter().map(|i| times.cause[*i]).collect(),
    )
    .unwrap();
    let groups: Vec<u32> = copies.iter().map(|i| group[*i]).collect();
    let (home, homes): (Vec<u32>, Vec<u32>) =
        ((0..300).map(|i| i / 4).collect(), copies.iter().map(|i| *i as u32 / 4).collect());
    for clustered in [false, true] {
        let a = FineGrayData {
            weight: Some(&weight),
            group: Some(&group),
            cluster: clustered.then_some(home.as_slice()),
            ..data(&x, &times)
        };
        let b = FineGrayData {
            group: Some(&groups),
            cluster: clustered.then_some(homes.as_slice()),
            ..data(&repeated, &more)
        };
        let (a, b) =
            (fit(&a, &FineGrayOptions::default()).unwrap(), fit(&b, &FineGrayOptions::default()).unwrap());
        near(&a.coefficients, &b.coefficients, 1e-8);
        near(a.variance.as_ref().unwrap(), b.variance.as_ref().unwrap(), 1e-7);
        near(&a.increments, &b.increments, 1e-8);
        near([&a.log_likelihood], [&b.log_likelihood], 1e-11);
    }
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let (x, times, _) = simulated(20_000, 3, 3);
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&data(&x, &times), &FineGrayOptions::default()).unwrap())
    };
    let one = of(1);
    assert_eq!(one, of(2));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(one, serde_json::from_str::<FittedFineGray>(&text).unwrap());
}

#[test]
fn faults_are_values() {
    let (x, times, _) = simulated(60, 2, 4);
    let of = |d: &FineGrayData<'_>| fit(d, &FineGrayOptions::default()).map(|_| ());
    let plain = data(&x, &times);
    assert_eq!(of(&FineGrayData { weight: Some(&[1.0]), ..plain }), Err(FineGrayError::Shapes));
    assert_eq!(of(&FineGrayData { weight: Some(&[f64::NAN; 60]), ..plain }), Err(FineGrayError::NotFinite));
    assert_eq!(of(&FineGrayData { weight: Some(&[0.0; 60]), ..plain }), Err(FineGrayError::NoEvents));
    assert_eq!(of(&FineGrayData { cause: 0, ..plain }), Err(FineGrayError::NoEvents));
    assert_eq!(of(&FineGrayData { cause: 3, ..plain }), Err(FineGrayError::NoEvents));
    let constant = Array2::<f64>::ones((60, 2));
    assert_eq!(of(&data(&constant, &times)), Err(FineGrayError::Singular));
    let mut late = times.clone();
    late.entry[3] = late.exit[3] - 0.5;
    late.exit[4] = 0.5;
    assert_eq!(of(&data(&x, &late)).is_err(), late.entry[3] > 0.0);
    late.entry[3] = 0.0;
    assert_eq!(of(&data(&x, &late)), Ok(()));
}
