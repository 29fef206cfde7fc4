//! Test of proportional hazards, and how a coefficient drifts with time.
//!
//! Adds `theta_j x_j g(t)` to the model, `g` centred over the rows with the event, and tests `theta = 0` by the score, with
//! the exact information of `(coef, theta)`: `[[I, I(g)], [I(g), I(g^2)]]`, where `I(g)` weights each event time's part by
//! `g`. By column with 1 degree of freedom, and all together.
//!
//! Transforms: identity, rank (among the exits of all rows, averages of ties), log, and 1 minus Kaplan-Meier's survival just before (of all rows as one
//! stratum, unweighted), all at event times. Undefined: exact ties, `g` constant, the log of a time not above 0.
//! Reference: Grambsch, Therneau (1994), Biometrika 81:515. Equals R survival 3.5-3 `cox.zph` (since 3.0; before that, and
//! in lifelines, an approximation with other numbers).
use super::{
    CoxData, CoxError, CoxFit, Ties,
    derivatives::{covariate_sums, expected, gradient, information, terms},
    linear::{cholesky, solve},
    risk_sets::RiskSets,
    robust::event_means,
};
use crate::evaluate::inference::chi_square;
use ndarray::{Array1, Array2, s};
use serde::{Deserialize, Serialize};

/// What the coefficient may drift with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeTransform {
    /// 1 minus Kaplan-Meier's survival just before.
    #[default]
    KaplanMeier,
    /// Rank of the exit among all rows'.
    Rank,
    /// Time itself.
    Identity,
    /// Its logarithm.
    Log,
}

/// One test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreTest {
    /// Chi-square.
    pub chi_square: f64,
    /// Degrees of freedom.
    pub degrees: usize,
    /// Probability of as much or more under proportional hazards.
    pub p: f64,
}

/// Tests by column and of all columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proportional {
    /// One a column.
    pub columns: Vec<ScoreTest>,
    /// All columns together.
    pub global: ScoreTest,
}

/// Log hazard ratios in the first and the last third of the events, from scaled Schoenfeld residuals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Over the first third.
    pub early: f64,
    /// Over the last third.
    pub late: f64,
}

/// Survival just before each time of `at` (rising), all rows as one stratum.
fn survival_before(data: &CoxData<'_>, at: &[f64]) -> Vec<f64> {
    let mut exits: Vec<(f64, bool)> = (0..data.times.len())
        .filter(|i| data.weight_of(*i) > 0.0)
        .map(|i| (data.times.exit[i], data.is_event(i)))
        .collect();
    let mut entries: Vec<f64> =
        (0..data.times.len()).filter(|i| data.weight_of(*i) > 0.0).map(|i| data.times.entry[i]).collect();
    exits.sort_by(|a, b| a.0.total_cmp(&b.0));
    entries.sort_by(f64::total_cmp);
    let (mut survival, mut from) = (1.0, 0);
    at.iter()
        .map(|&t| {
            while from < exits.len() && exits[from].0 < t {
                let time = exits[from].0;
                let to = from + exits[from..].partition_point(|e| e.0 <= time);
                let events = exits[from..to].iter().filter(|e| e.1).count();
                let at_risk = entries.partition_point(|e| *e < time) - from;
                survival *= 1.0 - events as f64 / at_risk as f64;
                from = to;
            }
            survival
        })
        .collect()
}

/// The transform at each event time, centred over the rows with the event.
fn transformed(data: &CoxData<'_>, sets: &RiskSets, transform: TimeTransform) -> Result<Vec<f64>, CoxError> {
    let mut order: Vec<usize> = (0..sets.time.len()).collect();
    order.sort_by(|a, b| sets.time[*a].total_cmp(&sets.time[*b]));
    let sorted: Vec<f64> = order.iter().map(|g| sets.time[*g]).collect();
    let mut g_of = vec![0.0; order.len()];
    match transform {
        TimeTransform::Identity => g_of.clone_from(&sets.time),
        TimeTransform::Log => g_of.iter_mut().zip(&sets.time).for_each(|(g, t)| *g = t.ln()),
        TimeTransform::KaplanMeier => {
            survival_before(data, &sorted).iter().zip(&order).for_each(|(s, g)| g_of[*g] = 1.0 - s);
        }
        TimeTransform::Rank => {
            let mut exits: Vec<f64> = (0..data.times.len())
                .filter(|i| data.weight_of(*i) > 0.0)
                .map(|i| data.times.exit[i])
                .collect();
            exits.sort_by(f64::total_cmp);
            g_of.iter_mut().zip(&sets.time).for_each(|(g, t)| {
                let (below, upto) = (exits.partition_point(|e| e < t), exits.partition_point(|e| e <= t));
                *g = (below + upto + 1) as f64 / 2.0;
            });
        }
    }
    let events: f64 = sets.deaths.iter().map(|d| f64::from(*d)).sum();
    let mean = g_of.iter().zip(&sets.deaths).map(|(g, d)| g * f64::from(*d)).sum::<f64>() / events;
    g_of.iter_mut().for_each(|g| *g -= mean);
    let varies = g_of.iter().any(|g| g.abs() > 1e-12 * (1.0 + mean.abs()));
    if varies && g_of.iter().all(|g| g.is_finite()) { Ok(g_of) } else { Err(CoxError::Transform) }
}

/// Score test of `theta` for the columns chosen.
fn score_test(
    blocks: [&Array2<f64>; 3],
    slope: &Array1<f64>,
    columns: &[usize],
) -> Result<ScoreTest, CoxError> {
    let (p, q) = (slope.len(), columns.len());
    let mut info = Array2::zeros((p + q, p + q));
    info.slice_mut(s![..p, ..p]).assign(blocks[0]);
    let mut right = Array1::zeros(p + q);
    for (k, &c) in columns.iter().enumerate() {
        right[p + k] = slope[c];
        for j in 0..p {
            info[[p + k, j]] = blocks[1][[c, j]];
            info[[j, p + k]] = blocks[1][[c, j]];
        }
        for (l, &d) in columns.iter().enumerate() {
            info[[p + k, p + l]] = blocks[2][[c, d]];
        }
    }
    let factor = cholesky(&info).ok_or(CoxError::Singular)?;
    let chi_square = right.dot(&solve(&factor, &right));
    let p = chi_square::upper_tail(chi_square, q as f64).map_err(|_| CoxError::Transform)?;
    Ok(ScoreTest { chi_square, degrees: q, p })
}

/// Tests proportional hazards of a fit.
///
/// # Errors
/// See [`CoxError`].
pub fn proportional(
    data: &CoxData<'_>,
    fit: &CoxFit,
    transform: TimeTransform,
) -> Result<Proportional, CoxError> {
    let sets = RiskSets::new(data)?;
    if fit.ties == Ties::Exact {
        return Err(CoxError::NotExact);
    }
    let p = fit.coef.len();
    if p != sets.scale.len() {
        return Err(CoxError::Lengths);
    }
    let g = transformed(data, &sets, transform)?;
    // In units of its spread, so that the pivots of the information are of one size; the tests do not change.
    let top = g.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let g: Vec<f64> = g.iter().map(|v| v / top).collect();
    let squared: Vec<f64> = g.iter().map(|v| v * v).collect();
    let terms = terms(&sets, &fit.scaled(&sets), fit.ties);
    let sums = covariate_sums(&sets, &terms);
    let block = |tau: Option<&[f64]>| information(&sets, &terms, &sums, &expected(&sets, &terms, tau), tau);
    let blocks = [block(None), block(Some(&g)), block(Some(&squared))];
    let slope = gradient(&sets, &expected(&sets, &terms, Some(&g)), Some(&g));
    let test = |columns: &[usize]| score_test([&blocks[0], &blocks[1], &blocks[2]], &slope, columns);
    let columns = (0..p).map(|c| test(&[c])).collect::<Result<Vec<_>, _>>()?;
    Ok(Proportional { columns, global: test(&(0..p).collect::<Vec<_>>())? })
}

/// How each coefficient drifts: means of `coef + W V r` over thirds of the events, `W` their weight in total and `r` the
/// Schoenfeld residuals. Thirds are of the weight, and events at one time are shared between thirds alike, so that neither
/// the order of tied rows nor a row given twice instead of weight 2 matters.
///
/// # Errors
/// See [`CoxError`]; fewer than 3 events leave nothing to compare ([`CoxError::NoEvents`]).
pub fn drift(data: &CoxData<'_>, fit: &CoxFit) -> Result<Vec<Drift>, CoxError> {
    let sets = RiskSets::new(data)?;
    if fit.ties == Ties::Exact {
        return Err(CoxError::NotExact);
    }
    let p = fit.coef.len();
    if p != sets.scale.len() {
        return Err(CoxError::Lengths);
    }
    if sets.deaths.iter().map(|d| u64::from(*d)).sum::<u64>() < 3 {
        return Err(CoxError::NoEvents);
    }
    let terms = terms(&sets, &fit.scaled(&sets), fit.ties);
    // Residuals summed by event time, on the columns' own units.
    let mut residual = event_means(&sets, &terms, &covariate_sums(&sets, &terms));
    residual.outer_iter_mut().zip(&sets.death_weight).for_each(|(mut row, w)| row *= -w);
    for r in (0..sets.row.len()).filter(|r| sets.event[*r]) {
        residual.row_mut(sets.last[r] - 1).scaled_add(sets.weight[r], &sets.x.row(r));
    }
    residual.outer_iter_mut().for_each(|mut row| row.iter_mut().zip(&sets.scale).for_each(|(v, s)| *v *= s));
    let total: f64 = sets.death_weight.iter().sum();
    let third = total / 3.0;
    let (mut early, mut late) = (Array1::<f64>::zeros(p), Array1::<f64>::zeros(p));
    let mut order: Vec<usize> = (0..sets.time.len()).collect();
    order.sort_by(|a, b| sets.time[*a].total_cmp(&sets.time[*b]));
    let mut before = 0.0;
    // One time may be an event time of several strata.
    for tied in order.chunk_by(|a, b| sets.time[*a] >= sets.time[*b]) {
        let weight: f64 = tied.iter().map(|g| sets.death_weight[*g]).sum();
        let first = ((third - before) / weight).clamp(0.0, 1.0);
        let last = ((before + weight - (total - third)) / weight).clamp(0.0, 1.0);
        for g in tied {
            early.scaled_add(first / third, &residual.row(*g));
            late.scaled_add(last / third, &residual.row(*g));
        }
        before += weight;
    }
    let (early, late) = (fit.variance.dot(&early) * total, fit.variance.dot(&late) * total);
    let of = |((c, e), l): ((&f64, &f64), &f64)| Drift { early: c + e, late: c + l };
    Ok(fit.coef.iter().zip(&early).zip(&late).map(of).collect())
}
