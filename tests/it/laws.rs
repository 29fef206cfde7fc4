//! Every registered measure against every law it declares, on random scores full of ties and with exact 0 and 1.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rerefer::evaluate::measures::{self, Formula, Law, Measure, REGISTRY};
use rerefer::evaluate::smooth::errors::Errors;
use rerefer::evaluate::smooth::knots::Knots;
use rerefer::evaluate::smooth::{Point, loess, rcs};
use rerefer::evaluate::{Flagged, Sample, Tally, tally};
use rerefer::num::{logit, seed, sigmoid};

/// A capacity within ties, one on a fraction of a place, and everyone.
const CAPACITIES: [f64; 4] = [0.013, 0.1, 0.5, 1.0];
/// Thresholds: one that is a score, one that is not.
const THRESHOLDS: [f64; 2] = [0.25, 0.55];

/// Rows with the scores of two models.
#[derive(Clone, Debug)]
struct Rows {
    y: Vec<bool>,
    p: [Vec<f64>; 2],
    fold: Vec<u16>,
    weight: Vec<u16>,
}

impl Rows {
    /// 40 to 120 rows in 1 to 3 folds, scores in twelfths, with exact 0 and 1 if `ends`, weights 0 to 3.
    fn random(stream: &mut ChaCha8Rng, ends: bool) -> Self {
        let n: usize = stream.random_range(40..120);
        let folds = stream.random_range(1..4_u16);
        let steps = if ends { 0..13_u8 } else { 1..12 };
        let mut score = || f64::from(stream.random_range(steps.clone())) / 12.0;
        let (p, q): (Vec<f64>, Vec<f64>) = (0..n).map(|_| (score(), score())).unzip();
        let y = p.iter().map(|p| stream.random_range(0.0..1.0) < 0.1 + 0.5 * p).collect();
        let fold =
            (0..n).map(|i| if i < 3 { i as u16 % folds } else { stream.random_range(0..folds) }).collect();
        let weight = (0..n).map(|_| stream.random_range(0..4)).collect();
        Self { y, p: [p, q], fold, weight }
    }

    fn order(&self, order: &[usize]) -> Self {
        Self {
            y: order.iter().map(|i| self.y[*i]).collect(),
            p: [0, 1].map(|m| order.iter().map(|i| self.p[m][*i]).collect()),
            fold: order.iter().map(|i| self.fold[*i]).collect(),
            weight: order.iter().map(|i| self.weight[*i]).collect(),
        }
    }

    fn scores(&self, change: impl Fn(f64) -> f64) -> Self {
        let p = [0, 1].map(|m| self.p[m].iter().map(|p: &f64| change(*p)).collect());
        Self { p, ..self.clone() }
    }

    fn swapped(&self) -> Self {
        Self { y: self.y.iter().map(|y| !y).collect(), ..self.clone() }
    }

    /// As many copies of each row as its weight.
    fn copied(&self) -> Self {
        let order: Vec<usize> =
            (0..self.y.len()).flat_map(|i| std::iter::repeat_n(i, usize::from(self.weight[i]))).collect();
        Self { weight: vec![1; order.len()], ..self.order(&order) }
    }

    fn tally(&self, model: usize) -> Tally {
        let (y, fold, weight) = (&self.y, &self.fold, &self.weight);
        let p = &self.p[model];
        tally(&Sample { y, p, fold, weight, capacities: &CAPACITIES, thresholds: &THRESHOLDS })
    }

    /// The values of a measure: one, or one for each capacity.
    fn values(&self, measure: &Measure) -> Vec<Option<f64>> {
        let t = self.tally(0);
        match measure.formula {
            Formula::Whole(f) => vec![f(&t).ok()],
            Formula::Flagged(f) => t.flagged.iter().map(|flagged| f(&t, *flagged).ok()).collect(),
            Formula::Utility(f) => {
                let at = t.flagged[CAPACITIES.len()..].iter().zip(THRESHOLDS);
                at.map(|(flagged, threshold)| f(&t, *flagged, threshold).ok()).collect()
            }
            Formula::Group(f) => vec![f(t.n, t.events).ok()],
            Formula::Curve(f) => (0..t.curves.loess.len()).map(|place| f(&t, place).ok()).collect(),
            Formula::DifferenceOf(of) => {
                let Formula::Whole(f) = measures::find(of).unwrap().formula else { return vec![] };
                vec![f(&t).ok().zip(f(&self.tally(1)).ok()).map(|(a, b)| a - b)]
            }
        }
    }

    fn rate(&self) -> f64 {
        let t = self.tally(0);
        t.events as f64 / t.n as f64
    }
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * (1.0 + a.abs()),
        (None, None) => true,
        _ => false,
    }
}

fn all_same(a: &[Option<f64>], b: &[Option<f64>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(*a, *b))
}

fn holds(law: Law, m: &Measure, rows: &Rows, stream: &mut ChaCha8Rng) -> bool {
    let values = rows.values(m);
    let each = |expected: f64, values: &[Option<f64>]| {
        values.iter().all(|v| v.is_none() || same(*v, Some(expected)))
    };
    match law {
        Law::RowOrder => {
            let mut order: Vec<usize> = (0..rows.y.len()).collect();
            for i in (1..order.len()).rev() {
                order.swap(i, stream.random_range(0..=i));
            }
            all_same(&values, &rows.order(&order).values(m))
        }
        Law::Duplication => {
            let twice: Vec<usize> = (0..rows.y.len()).chain(0..rows.y.len()).collect();
            all_same(&values, &rows.order(&twice).values(m))
        }
        Law::WeightsAreCopies => all_same(&values, &rows.copied().values(m)),
        Law::Naive => all_same(&values, &naive(m, &rows.copied())),
        Law::MonotoneTransform => {
            // Whom a threshold flags does change.
            let kept = if matches!(m.formula, Formula::Flagged(_)) { CAPACITIES.len() } else { values.len() };
            let changed = rows.scores(|p| 0.25 + 0.5 * p * p * p).values(m);
            all_same(&values[..kept], &changed[..kept])
        }
        Law::SwapOutcomes => {
            let negated: Vec<_> = rows.swapped().values(m).iter().map(|v| v.map(|v| 1.0 - v)).collect();
            all_same(&values, &negated)
        }
        Law::Mirror => all_same(&values, &rows.swapped().scores(|p| 1.0 - p).values(m)),
        Law::MirrorNegates => {
            let mirrored = rows.swapped().scores(|p| 1.0 - p).values(m);
            all_same(&values, &mirrored.iter().map(|v| v.map(|v| -v)).collect::<Vec<_>>())
        }
        Law::Within(low, high) => {
            values.iter().flatten().all(|v| v.is_finite() && *v >= low - 1e-12 && *v <= high + 1e-12)
        }
        Law::Constant(expected) => each(expected, &rows.scores(|_| 0.3).values(m)),
        // Between folds a constant score cannot know the rates apart, so the law is one of a single fold.
        Law::ConstantGivesRate => {
            let one = Rows { fold: vec![0; rows.y.len()], ..rows.scores(|_| 0.3) };
            each(rows.rate(), &one.values(m))
        }
        Law::FlagAll(expected) => same(values[CAPACITIES.len() - 1], Some(expected)),
        Law::FlagAllGivesRate => same(values[CAPACITIES.len() - 1], Some(rows.rate())),
        Law::Perfect(expected) => {
            let outcomes: Vec<f64> = rows.y.iter().map(|y| f64::from(u8::from(*y))).collect();
            let perfect = Rows { p: [outcomes.clone(), outcomes], ..rows.clone() };
            let values = perfect.values(m);
            values.iter().any(Option::is_some) && each(expected, &values)
        }
    }
}

#[test]
fn every_measure_obeys_its_laws() {
    for m in &REGISTRY {
        let mut defined = 0;
        for trial in 0..60 {
            let mut stream = seed::stream(trial, m.id);
            // Risks of exactly 0 or 1 leave nothing of measures on the log-odds scale: these are tried without, too.
            let rows = Rows::random(&mut stream, trial % 2 == 0);
            defined += usize::from(rows.values(m).iter().any(Option::is_some));
            for law in Law::EVERY.iter().chain(m.laws) {
                assert!(
                    holds(*law, m, &rows, &mut stream),
                    "{} breaks {law:?} in trial {trial}: {rows:?}",
                    m.id
                );
            }
        }
        assert!(defined >= 25, "{} is defined in {defined} of 60 trials", m.id);
    }
}

/// The definition of a measure computed the slow way, from rows of weight 1.
fn naive(m: &Measure, rows: &Rows) -> Vec<Option<f64>> {
    let (y, p, n) = (&rows.y, &rows.p[0], rows.y.len() as f64);
    let mean = |f: &dyn Fn(usize) -> f64| Some((0..y.len()).map(f).sum::<f64>() / n);
    let came = |i: usize| f64::from(u8::from(y[i]));
    let brier = mean(&|i| (p[i] - came(i)).powi(2));
    let rate = mean(&came);
    let flagged = |share: &dyn Fn(Flagged, f64, f64) -> f64| -> Vec<Option<f64>> {
        let events = y.iter().filter(|y| **y).count() as f64;
        let top = CAPACITIES.iter().map(|capacity| naive_flagged(rows, *capacity));
        let from = THRESHOLDS.iter().map(|threshold| naive_from(rows, *threshold));
        top.chain(from).map(|f| share(f, events, n - events)).map(|v| v.is_finite().then_some(v)).collect()
    };
    let utility = |of: &dyn Fn(Flagged, f64) -> f64| -> Vec<Option<f64>> {
        THRESHOLDS.iter().map(|t| Some(of(naive_from(rows, *t), t / (1.0 - t)) / n)).collect()
    };
    let events = mean(&came).unwrap_or(f64::NAN) * n;
    let difference =
        |f: fn(&Rows, usize) -> Option<f64>| vec![f(rows, 0).zip(f(rows, 1)).map(|(a, b)| a - b)];
    match m.id {
        "auroc" => vec![naive_auroc(rows, 0)],
        "auroc-difference" => difference(naive_auroc),
        "average-precision" => vec![naive_average_precision(rows, 0)],
        "average-precision-difference" => difference(naive_average_precision),
        "ap-over-prevalence" => {
            // Scores that say nothing flag everyone at once.
            let nothing = Rows { p: [vec![0.5; y.len()], vec![]], ..rows.clone() };
            vec![
                naive_average_precision(rows, 0)
                    .zip(naive_average_precision(&nothing, 0))
                    .map(|(a, b)| a / b),
            ]
        }
        "brier" => vec![brier],
        "scaled-brier" => vec![brier.zip(rate).map(|(b, r)| 1.0 - b / (r * (1.0 - r)))],
        "log-loss" => {
            let loss = mean(&|i| -(if y[i] { p[i] } else { 1.0 - p[i] }).ln());
            vec![loss.filter(|l| l.is_finite())]
        }
        "mean-predicted" => vec![mean(&|i| p[i])],
        "outcome-rate" | "calibration-bin" => vec![rate],
        "observed-over-expected" => vec![mean(&|i| p[i]).zip(rate).map(|(e, o)| o / e)],
        "calibration-in-the-large" => vec![naive_line(rows, |_| 1.0).map(|line| line.0)],
        "calibration-slope" => vec![naive_line(rows, |gap| bisect(-50.0, 50.0, gap)).map(|line| line.1)],
        "balance-positive" => {
            vec![mean(&|i| p[i] * came(i)).map(|sum| sum * n / events).filter(|v| v.is_finite())]
        }
        "balance-negative" => {
            let sum = mean(&|i| p[i] * (1.0 - came(i)));
            vec![sum.map(|sum| sum * n / (n - events)).filter(|v| v.is_finite())]
        }
        "ece-width" => {
            let bin = |i: usize| (0..10).rev().find(|k| p[i] >= f64::from(*k) / 10.0);
            let gap = |k: i32| {
                let within = (0..y.len()).filter(|i| bin(*i) == Some(k));
                within.map(|i| p[i] - came(i)).sum::<f64>().abs()
            };
            vec![Some((0..10).map(gap).sum::<f64>() / n)]
        }
        "ici" => smooth(rows, false, &|errors, _| vec![errors.ici]),
        "e50" => smooth(rows, false, &|errors, _| vec![errors.e50]),
        "e90" => smooth(rows, false, &|errors, _| vec![errors.e90]),
        "emax" => smooth(rows, false, &|errors, _| vec![errors.emax]),
        "ici-spline" => smooth(rows, true, &|errors, _| vec![errors.ici]),
        "calibration-curve" => smooth(rows, false, &|_, curve| curve.to_vec()),
        "calibration-curve-spline" => smooth(rows, true, &|_, curve| curve.to_vec()),
        "ppv" => flagged(&|f, _, _| f.with / (f.with + f.without)),
        "sensitivity" => flagged(&|f, events, _| f.with / events),
        "missed-share" => flagged(&|f, events, _| 1.0 - f.with / events),
        "false-positive-rate" => flagged(&|f, _, others| f.without / others),
        "selection-rate" => flagged(&|f, events, others| (f.with + f.without) / (events + others)),
        "false-discovery-rate" => flagged(&|f, _, _| f.without / (f.with + f.without)),
        "npv" => {
            flagged(&|f, events, others| 1.0 - (events - f.with) / (events + others - f.with - f.without))
        }
        "false-omission-rate" => {
            flagged(&|f, events, others| (events - f.with) / (events + others - f.with - f.without))
        }
        "lift" => flagged(&|f, events, others| f.with / (f.with + f.without) / (events / (events + others))),
        "ppv-worst" => flagged(&|f, _, _| f.least / (f.with + f.without)),
        "ppv-best" => flagged(&|f, _, _| f.most / (f.with + f.without)),
        "net-benefit" => utility(&|f, odds| f.with - odds * f.without),
        "net-benefit-of-all" => utility(&|_, odds| events - odds * (n - events)),
        "standardised-net-benefit" => utility(&|f, odds| (f.with - odds * f.without) * n / events)
            .into_iter()
            .map(|v| v.filter(|v| v.is_finite()))
            .collect(),
        "interventions-avoided" => {
            utility(&|f, odds| (f.with - odds * f.without - events + odds * (n - events)) / odds)
        }
        other => unreachable!("write the slow definition of {other}"),
    }
}

/// What is read from smooth curves, from rows gathered anew: the smoothers themselves are held against R elsewhere.
fn smooth(rows: &Rows, spline: bool, read: &dyn Fn(Errors, &[f64]) -> Vec<f64>) -> Vec<Option<f64>> {
    let mut sorted: Vec<(f64, bool)> = rows.p[0].iter().copied().zip(rows.y.iter().copied()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let same = |a: &(f64, bool), b: &(f64, bool)| a.0.total_cmp(&b.0).is_eq();
    let point = |of: &[(f64, bool)]| Point {
        p: of[0].0,
        rows: of.len() as f64,
        events: of.iter().filter(|r| r.1).count() as f64,
    };
    let points: Vec<Point> = sorted.chunk_by(same).map(point).collect();
    // The risks by which 2, 5, 10, 20, … of a hundred rows have come.
    let mut at: Vec<f64> = [2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98]
        .map(|percent| sorted[(percent * sorted.len()).div_ceil(100) - 1].0)
        .to_vec();
    at.dedup_by(|a, b| a.total_cmp(b).is_eq());
    let nothing = |_| vec![None; read(Errors { ici: 0.0, e50: 0.0, e90: 0.0, emax: 0.0 }, &at).len()];
    let fitted = || -> Result<Vec<Option<f64>>, &'static str> {
        let curve: Box<dyn Fn(f64) -> Result<f64, &'static str>> = if spline {
            let fit = rcs::fit(&points, &Knots::from(&points)?, None)?;
            Box::new(move |p| fit.at(p))
        } else {
            let fit = loess::fit(&points, 0.75)?;
            Box::new(move |p| Ok(fit.at(p).clamp(0.0, 1.0)))
        };
        let read_at = at.iter().map(|p| curve(*p)).collect::<Result<Vec<_>, _>>()?;
        Ok(read(Errors::of_curve(&points, &curve)?, &read_at).into_iter().map(Some).collect())
    };
    fitted().unwrap_or_else(nothing)
}

fn naive_auroc(rows: &Rows, model: usize) -> Option<f64> {
    let p = &rows.p[model];
    let (mut won, mut pairs) = (0.0, 0.0);
    for i in (0..p.len()).filter(|i| rows.y[*i]) {
        for j in (0..p.len()).filter(|j| !rows.y[*j] && rows.fold[*j] == rows.fold[i]) {
            pairs += 1.0;
            won += if p[i] > p[j] {
                1.0
            } else if p[i] < p[j] {
                0.0
            } else {
                0.5
            };
        }
    }
    (pairs > 0.0).then(|| won / pairs)
}

/// For each row with the outcome, the precision at each place that it can have among the rows tied with it, all orders
/// being as likely; folds averaged by their events.
fn naive_average_precision(rows: &Rows, model: usize) -> Option<f64> {
    let p = &rows.p[model];
    let (mut sum, mut weights) = (0.0, 0.0);
    for i in (0..p.len()).filter(|i| rows.y[*i]) {
        let others = || (0..p.len()).filter(|j| *j != i && rows.fold[*j] == rows.fold[i]);
        let count = |of: &dyn Fn(usize) -> bool| others().filter(|j| of(*j)).count() as f64;
        let (above, above_with) = (count(&|j| p[j] > p[i]), count(&|j| p[j] > p[i] && rows.y[j]));
        let is_tied = |j: usize| p[j].total_cmp(&p[i]).is_eq();
        let tied = others().filter(|j| is_tied(*j)).count();
        let tied_with = count(&|j| is_tied(j) && rows.y[j]);
        for before in 0..=tied {
            // Each tied row stands before this one in the same share of the orders.
            let share = if tied == 0 { 0.0 } else { before as f64 / tied as f64 };
            let precision = (above_with + share * tied_with + 1.0) / (above + before as f64 + 1.0);
            sum += precision / (tied + 1) as f64;
        }
        weights += 1.0;
    }
    (weights > 0.0).then(|| sum / weights)
}

/// Everyone with this risk or a higher one.
fn naive_from(rows: &Rows, threshold: f64) -> Flagged {
    let count = |with: bool| {
        rows.y.iter().zip(&rows.p[0]).filter(|(y, p)| **y == with && **p >= threshold).count() as f64
    };
    Flagged { with: count(true), without: count(false), least: count(true), most: count(true) }
}

/// The chance of each row to be flagged when ties are broken at random, and the extremes over orders of ties: rows with
/// the outcome first, or last.
fn naive_flagged(rows: &Rows, capacity: f64) -> Flagged {
    let p = &rows.p[0];
    let mut flagged = Flagged::default();
    for fold in 0..=rows.fold.iter().copied().max().unwrap_or(0) {
        for (first, sum) in [(true, &mut flagged.most), (false, &mut flagged.least)] {
            let mut order: Vec<usize> = (0..p.len()).filter(|i| rows.fold[*i] == fold).collect();
            let places = (capacity * order.len() as f64 + 1e-9).floor() as usize;
            order.sort_by(|i, j| {
                p[*j].total_cmp(&p[*i]).then((rows.y[*i] != first).cmp(&(rows.y[*j] != first)))
            });
            *sum += order[..places].iter().filter(|i| rows.y[**i]).count() as f64;
        }
    }
    for i in 0..p.len() {
        let fold: Vec<usize> = (0..p.len()).filter(|j| rows.fold[*j] == rows.fold[i]).collect();
        let above = fold.iter().filter(|j| p[**j] > p[i]).count() as f64;
        let not_below = fold.iter().filter(|j| p[**j] >= p[i]).count() as f64;
        let places = (capacity * fold.len() as f64 + 1e-9).floor();
        let chance = ((places - above) / (not_below - above)).clamp(0.0, 1.0);
        *(if rows.y[i] { &mut flagged.with } else { &mut flagged.without }) += chance;
    }
    flagged
}

/// Where a falling function crosses zero.
fn bisect(mut low: f64, mut high: f64, f: &dyn Fn(f64) -> f64) -> f64 {
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// Intercept and slope by the equations they solve: residuals add up to nothing, alone and times the log-odds.
fn naive_line(rows: &Rows, slope: impl Fn(&dyn Fn(f64) -> f64) -> f64) -> Option<(f64, f64)> {
    let (y, p) = (&rows.y, &rows.p[0]);
    if p.iter().any(|p| *p <= 0.0 || *p >= 1.0) {
        return None;
    }
    let residual = |i: usize, a: f64, b: f64| f64::from(u8::from(y[i])) - sigmoid(a + b * logit(p[i]));
    let intercept = |b: f64| bisect(-60.0, 60.0, &|a| (0..y.len()).map(|i| residual(i, a, b)).sum());
    let b = slope(&|b| {
        let a = intercept(b);
        (0..y.len()).map(|i| residual(i, a, b) * logit(p[i])).sum()
    });
    Some((intercept(b), b))
}

/// A model that is a count of few values and one that is the same count with noise behind the decimal point know equally
/// much. Flagging all tied rows at once, as is common, puts the second one ahead by 0.03 here, more than the gain that an
/// experiment would call large.
#[test]
fn noise_behind_the_decimal_point_is_no_gain() {
    let mut gains = Vec::new();
    for root in 0..60 {
        let mut stream = seed::stream(root, "jitter");
        let (n, folds) = (1_800, 15);
        let count: Vec<f64> = (0..n).map(|_| f64::from(stream.random_range(0..7_u8)) / 10.0).collect();
        let y: Vec<bool> = count.iter().map(|c| stream.random_range(0.0..1.0) < 0.15 + 0.3 * c).collect();
        let noisy: Vec<f64> = count.iter().map(|c| c + stream.random_range(0.0..1e-9)).collect();
        let fold: Vec<u16> = (0..n).map(|i| u16::try_from(i % folds).unwrap()).collect();
        let weight = vec![1; n];
        let precision = |p: &[f64]| {
            let t =
                tally(&Sample { y: &y, p, fold: &fold, weight: &weight, capacities: &[], thresholds: &[] });
            t.precision / t.events as f64
        };
        gains.push(precision(&noisy) - precision(&count));
    }
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    let variance = gains.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (gains.len() - 1) as f64;
    let error = (variance / gains.len() as f64).sqrt();
    assert!(mean.abs() < 3.0 * error && error < 0.003, "{mean} with a standard error of {error}");
}
