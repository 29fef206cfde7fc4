//! Cox's model with Breslow's ties by Newton's method, for tests that need the predictions behind golden numbers. It visits
//! every pair of rows: for hundreds of rows.

/// Coefficients, and the cumulative baseline hazard at the mean after each event.
pub(super) struct Cox {
    pub(super) coefficient: Vec<f64>,
    mean: Vec<f64>,
    baseline: Vec<(f64, f64)>,
}

impl Cox {
    /// Fits rows of covariates `x` until the step is nil.
    pub(super) fn fit(time: &[f64], cause: &[u8], x: &[Vec<f64>]) -> Self {
        let p = x[0].len();
        let mean: Vec<f64> =
            (0..p).map(|j| x.iter().map(|row| row[j]).sum::<f64>() / x.len() as f64).collect();
        let mut model = Self { coefficient: vec![0.0; p], mean, baseline: vec![] };
        for _ in 0..12 {
            let (gradient, information) = model.derivatives(time, cause, x);
            for (b, step) in model.coefficient.iter_mut().zip(solve(information, gradient)) {
                *b += step;
            }
        }
        let hazard: Vec<f64> = x.iter().map(|row| model.linear(row).exp()).collect();
        let mut jumps: Vec<(f64, f64)> = (0..time.len())
            .filter(|i| cause[*i] == 1)
            .map(|i| (time[i], 1.0 / at_risk(time, time[i]).map(|j| hazard[j]).sum::<f64>()))
            .collect();
        jumps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0.0;
        model.baseline = jumps
            .into_iter()
            .map(|(t, jump)| {
                sum += jump;
                (t, sum)
            })
            .collect();
        model
    }

    /// The linear predictor, from the mean.
    pub(super) fn linear(&self, row: &[f64]) -> f64 {
        self.coefficient.iter().zip(&self.mean).zip(row).map(|((b, m), x)| b * (x - m)).sum()
    }

    /// The risk of the event by `t`.
    pub(super) fn risk(&self, row: &[f64], t: f64) -> f64 {
        let hazard = self.baseline.iter().rev().find(|(s, _)| *s <= t).map_or(0.0, |(_, sum)| *sum);
        1.0 - (-hazard * self.linear(row).exp()).exp()
    }

    /// The gradient and the information of the log partial likelihood.
    fn derivatives(&self, time: &[f64], cause: &[u8], x: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let p = self.mean.len();
        let centred: Vec<Vec<f64>> =
            x.iter().map(|row| row.iter().zip(&self.mean).map(|(x, m)| x - m).collect()).collect();
        let hazard: Vec<f64> = x.iter().map(|row| self.linear(row).exp()).collect();
        let (mut gradient, mut information) = (vec![0.0; p], vec![vec![0.0; p]; p]);
        for i in (0..time.len()).filter(|i| cause[*i] == 1) {
            let (mut s0, mut s1, mut s2) = (0.0, vec![0.0; p], vec![vec![0.0; p]; p]);
            for j in at_risk(time, time[i]) {
                s0 += hazard[j];
                for a in 0..p {
                    s1[a] += hazard[j] * centred[j][a];
                    for b in 0..=a {
                        s2[a][b] += hazard[j] * centred[j][a] * centred[j][b];
                    }
                }
            }
            for a in 0..p {
                gradient[a] += centred[i][a] - s1[a] / s0;
                for b in 0..p {
                    let (high, low) = (a.max(b), a.min(b));
                    information[a][b] += s2[high][low] / s0 - s1[a] * s1[b] / s0 / s0;
                }
            }
        }
        (gradient, information)
    }
}

fn at_risk(time: &[f64], t: f64) -> impl Iterator<Item = usize> {
    (0..time.len()).filter(move |j| time[*j] >= t)
}

/// Gaussian elimination of a positive definite system.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let p = b.len();
    for k in 0..p {
        let pivot = a[k].clone();
        for i in k + 1..p {
            let f = a[i][k] / pivot[k];
            a[i].iter_mut().zip(&pivot).for_each(|(a, p)| *a -= f * p);
            b[i] -= f * b[k];
        }
    }
    for k in (0..p).rev() {
        let known: f64 = (k + 1..p).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - known) / a[k][k];
    }
    b
}
