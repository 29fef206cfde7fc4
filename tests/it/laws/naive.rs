//! The slow definitions.

use super::{CAPACITIES, Rows, THRESHOLDS};
use rerefer::evaluate::Flagged;
use rerefer::evaluate::calibration::hosmer_lemeshow::{self, TestedOn};
use rerefer::evaluate::calibration::{spiegelhalter, weak};
use rerefer::evaluate::measures::Measure;
use rerefer::evaluate::smooth::errors::Errors;
use rerefer::evaluate::smooth::knots::Knots;
use rerefer::evaluate::smooth::{Point, loess, rcs};
use rerefer::num::{logit, sigmoid};

/// The definition of a measure computed the slow way, from rows of weight 1.
pub(super) fn naive(m: &Measure, rows: &Rows) -> Vec<Option<f64>> {
    let (y, p, n) = (&rows.y, &rows.p[0], rows.y.len() as f64);
    let mean = |f: &dyn Fn(usize) -> f64| Some((0..y.len()).map(f).sum::<f64>() / n);
    let came = |i: usize| f64::from(u8::from(y[i]));
    let brier = mean(&|i| (p[i] - came(i)).powi(2));
    let rate = mean(&came);
    let events = mean(&came).unwrap_or(f64::NAN) * n;
    let difference =
        |f: fn(&Rows, usize) -> Option<f64>| vec![f(rows, 0).zip(f(rows, 1)).map(|(a, b)| a - b)];
    match m.id {
        "auroc" => vec![naive_auroc(rows, 0)],
        "partial-auroc" => vec![naive_partial_auroc(rows)],
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
        "miscalibration" | "discrimination" | "uncertainty" | "calibration-corp" => isotonic(m.id, rows),
        "ece-mass" => vec![equal_mass(rows)],
        "spiegelhalter-z" => vec![spiegelhalter(rows)],
        "spiegelhalter-p" | "hosmer-lemeshow" | "hosmer-lemeshow-p" | "unreliability-p" | "level-p"
        | "spread-p" => {
            vec![test_of(m.id, &gathered(rows))]
        }
        "ici" => smooth(rows, false, &|errors, _| vec![errors.ici]),
        "e50" => smooth(rows, false, &|errors, _| vec![errors.e50]),
        "e90" => smooth(rows, false, &|errors, _| vec![errors.e90]),
        "emax" => smooth(rows, false, &|errors, _| vec![errors.emax]),
        "ici-spline" => smooth(rows, true, &|errors, _| vec![errors.ici]),
        "calibration-curve" => smooth(rows, false, &|_, curve| curve.to_vec()),
        "calibration-curve-spline" => smooth(rows, true, &|_, curve| curve.to_vec()),
        other => naive_at(other, rows),
    }
}

/// Measures of flagged rows, at capacities and from thresholds.
fn naive_at(id: &str, rows: &Rows) -> Vec<Option<f64>> {
    let (n, events) = (rows.y.len() as f64, rows.y.iter().filter(|y| **y).count() as f64);
    let flagged = |share: &dyn Fn(Flagged, f64, f64) -> f64| -> Vec<Option<f64>> {
        let top = CAPACITIES.iter().map(|capacity| naive_flagged(rows, *capacity));
        let from = THRESHOLDS.iter().map(|threshold| naive_from(rows, *threshold));
        top.chain(from).map(|f| share(f, events, n - events)).map(|v| v.is_finite().then_some(v)).collect()
    };
    let utility = |of: &dyn Fn(Flagged, f64) -> f64| -> Vec<Option<f64>> {
        THRESHOLDS.iter().map(|t| Some(of(naive_from(rows, *t), t / (1.0 - t)) / n)).collect()
    };
    match id {
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

/// One point for each risk, from rows gathered anew.
fn gathered(rows: &Rows) -> Vec<Point> {
    let mut sorted: Vec<(f64, bool)> = rows.p[0].iter().copied().zip(rows.y.iter().copied()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let same = |a: &(f64, bool), b: &(f64, bool)| a.0.total_cmp(&b.0).is_eq();
    let point = |of: &[(f64, bool)]| Point {
        p: of[0].0,
        rows: of.len() as f64,
        events: of.iter().filter(|r| r.1).count() as f64,
    };
    sorted.chunk_by(same).map(point).collect()
}

/// The risks by which 2, 5, 10, 20, … of a hundred rows have come.
fn grid(rows: &Rows) -> Vec<f64> {
    let mut p = rows.p[0].clone();
    p.sort_by(f64::total_cmp);
    let mut at: Vec<f64> = [2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98]
        .map(|percent| p[(percent * p.len()).div_ceil(100) - 1])
        .into_iter()
        // Ten rows at least on either side, itself among them.
        .filter(|at| {
            p.iter().filter(|v| *v <= at).count() >= 10 && p.iter().filter(|v| *v >= at).count() >= 10
        })
        .collect();
    at.dedup_by(|a, b| a.total_cmp(b).is_eq());
    at
}

/// Isotonic regression by its formula: the largest, over starts, of the least, over ends, of the rate between them.
fn isotonic(id: &str, rows: &Rows) -> Vec<Option<f64>> {
    let points = gathered(rows);
    let rate = |from: usize, to: usize| {
        let sum = |of: &dyn Fn(&Point) -> f64| points[from..=to].iter().map(of).sum::<f64>();
        sum(&|p| p.events) / sum(&|p| p.rows)
    };
    let fitted = |i: usize| {
        let least = |from: usize| (i..points.len()).map(|to| rate(from, to)).fold(f64::INFINITY, f64::min);
        (0..=i).map(least).fold(0.0, f64::max)
    };
    let all = rate(0, points.len() - 1);
    let brier = |risk: &dyn Fn(usize) -> f64| {
        let each = points
            .iter()
            .enumerate()
            .map(|(i, p)| p.events * (1.0 - risk(i)).powi(2) + (p.rows - p.events) * risk(i).powi(2));
        each.sum::<f64>() / rows.y.len() as f64
    };
    match id {
        "miscalibration" => vec![Some(brier(&|i| points[i].p) - brier(&fitted))],
        "discrimination" => vec![Some(brier(&|_| all) - brier(&fitted))],
        "uncertainty" => vec![Some(all * (1.0 - all))],
        _ => {
            let place = |p: f64| points.iter().position(|point| point.p >= p).unwrap();
            grid(rows).iter().map(|p| Some(fitted(place(*p)))).collect()
        }
    }
}

/// Rows sorted by risk and cut in ten, of which the first few have one row more; tied rows share their outcomes.
fn equal_mass(rows: &Rows) -> Option<f64> {
    let points = gathered(rows);
    let each = points.iter().flat_map(|p| std::iter::repeat_n((p.p, p.events / p.rows), p.rows as usize));
    let gaps: Vec<f64> = each.map(|(p, y)| p - y).collect();
    let (n, mut start, mut sum) = (gaps.len(), 0, 0.0);
    for k in 0..10 {
        let end = start + n / 10 + usize::from(k < n % 10);
        sum += gaps[start..end].iter().sum::<f64>().abs();
        start = end;
    }
    Some(sum / n as f64)
}

fn spiegelhalter(rows: &Rows) -> Option<f64> {
    let (mut sum, mut variance) = (0.0, 0.0);
    for (p, y) in rows.p[0].iter().zip(&rows.y) {
        sum += (f64::from(u8::from(*y)) - p) * (1.0 - 2.0 * p);
        variance += (1.0 - 2.0 * p).powi(2) * p * (1.0 - p);
    }
    (variance > 0.0).then(|| sum / variance.sqrt())
}

/// Tests whose own numbers are held against other programs elsewhere.
fn test_of(id: &str, points: &[Point]) -> Option<f64> {
    let weak = || weak::assess(points);
    let groups = || hosmer_lemeshow::test(points, 10, TestedOn::OtherRows);
    let value = match id {
        "spiegelhalter-p" => spiegelhalter::test(points).map(|test| test.p_value),
        "hosmer-lemeshow" => groups().map(|test| test.statistic),
        "hosmer-lemeshow-p" => groups().map(|test| test.p_value),
        "unreliability-p" => weak().map(|weak| weak.intercept_and_slope.p_value),
        "level-p" => weak().map(|weak| weak.intercept_given_slope_one.p_value),
        _ => weak().map(|weak| weak.slope_given_intercept.p_value),
    };
    value.ok()
}

/// What is read from smooth curves: the smoothers themselves are held against R elsewhere.
fn smooth(rows: &Rows, spline: bool, read: &dyn Fn(Errors, &[f64]) -> Vec<f64>) -> Vec<Option<f64>> {
    let (points, at) = (gathered(rows), grid(rows));
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

/// The curve through the points that every score makes when everyone from it on is flagged, cut off at a false positive rate
/// of one in ten.
fn naive_partial_auroc(rows: &Rows) -> Option<f64> {
    let (mut area, mut whole) = (0.0, 0.0);
    let mut folds = rows.fold.clone();
    folds.sort_unstable();
    folds.dedup();
    for fold in folds {
        let of: Vec<usize> = (0..rows.y.len()).filter(|i| rows.fold[*i] == fold).collect();
        let count = |came: bool, from: f64| {
            of.iter().filter(|i| rows.y[**i] == came && rows.p[0][**i] >= from).count()
        };
        let mut scores: Vec<f64> = of.iter().map(|i| rows.p[0][*i]).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        let mut points = vec![(0.0, 0.0)];
        points.extend(scores.iter().map(|s| (count(false, *s) as f64, count(true, *s) as f64)));
        let (without, with) = (count(false, 0.0) as f64, count(true, 0.0) as f64);
        let end = 0.1 * without;
        whole += end * with;
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            if x1 > x0 && x0 < end {
                let x = x1.min(end);
                let y = y0 + (y1 - y0) * (x - x0) / (x1 - x0);
                area += (x - x0) * (y0 + y) / 2.0;
            }
        }
    }
    let mean = 0.1 * area / whole;
    (whole > 0.0).then(|| 0.5 + 0.5 * (mean - 0.005) / (0.1 - 0.005))
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
