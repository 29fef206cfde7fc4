//! Learning curve.
//!
//! # Measures
//! How well the model does when it learns from a part of the households it could learn from: whether more data would still
//! help.
//!
//! # Formula
//! AUROC, average precision and log loss (as in [`measures`](crate::evaluate::measures)) on the same tested rows, of models
//! trained on 10, 20, 40, 60, 80 and 100% of the training households of each fold. Where several draws of households were
//! made, the mean over draws. The gain is the AUROC at 100% less that at 40%, paired. Intervals: 95%, bootstrap of tested
//! households, the same draws at every share; percentiles, but for average precision, whose replicates run high, the normal
//! interval. They tell what other families tested would have given, not what other families learned from would have.
//!
//! # Inputs
//! For each share, the mean number of training rows of a fold, and the risks of all tested rows, draw by draw. The parts of
//! one draw must be nested, or the curve shows differences between draws as well. Do not pass risks of training rows.
//!
//! # Undefined when
//! Fewer than 10 rows with or without the outcome were tested, or a measure is undefined in more than 5% of replicates.
//!
//! # Reference
//! Figueroa and others 2012, BMC Med. Inform. Decis. Mak. 12:8.

use super::{Ranged, Reading, Tested};
use crate::evaluate::measures::Spread;
use crate::evaluate::resample::draw::{Draw, interval};
use crate::evaluate::resample::harmonic::{Harmonic, precision_of_tied};
use crate::evaluate::resample::pass::LANES;
use crate::evaluate::tally::both_kinds;
use rayon::prelude::*;

/// Shares of the training households, rising.
pub const SHARES: [f64; 6] = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0];
/// The share from which the gain is counted, up to all households.
pub const GAIN_FROM: f64 = 0.4;
/// Most bootstrap replicates: every one of them measures every share and draw.
pub const MOST_REPLICATES: usize = 400;

/// The risks of all tested rows, by models trained on a share of the households.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Share of the training households.
    pub share: f64,
    /// Mean number of training rows of a fold.
    pub rows: f64,
    /// Risks, one list a draw of households; none where the model could not be fitted.
    pub draws: Vec<Vec<f64>>,
}

/// One point of the curve.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CurvePoint {
    /// Share of the training households.
    pub share: f64,
    /// Mean number of training rows of a fold.
    pub rows: f64,
    /// AUROC.
    pub auroc: Reading<Ranged>,
    /// Average precision.
    pub average_precision: Reading<Ranged>,
    /// Log loss.
    pub log_loss: Reading<Ranged>,
}

/// A learning curve.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LearningCurve {
    /// Draws of households that each point is the mean of.
    pub draws: u64,
    /// The points, by rising share.
    pub points: Vec<CurvePoint>,
    /// AUROC at all households less that at [`GAIN_FROM`] of them.
    pub gain: Reading<Ranged>,
}

/// AUROC, average precision, log loss.
type Measured = [Option<f64>; 3];

/// Measures a learning curve.
///
/// # Errors
/// See the module; also when the columns have different lengths.
pub fn learning_curve(
    trained: &[Trained],
    tested: &Tested<'_>,
    replicates: usize,
    seed: u64,
) -> Result<LearningCurve, &'static str> {
    let rows = tested.y.len();
    let columns = || trained.iter().flat_map(|t| &t.draws);
    if tested.fold.len() != rows || tested.household.len() != rows || columns().any(|p| p.len() != rows) {
        return Err("the columns have different lengths");
    }
    let events = tested.y.iter().filter(|y| **y).count() as u64;
    both_kinds(rows as u64, events)?;
    let ranked: Vec<Vec<Ranking<'_>>> =
        trained.iter().map(|t| t.draws.iter().map(|p| Ranking::new(tested, p)).collect()).collect();
    let sums = Harmonic::new(2 * rows);
    let once = measure_all(&ranked, &sums, &|_| 1);
    let replicates = bootstrap(&ranked, &sums, tested, replicates.min(MOST_REPLICATES), seed);
    let reading = |spread: Spread, estimate: Option<f64>, of: &dyn Fn(&[Measured]) -> Option<f64>| {
        let estimate = estimate.ok_or("not fitted on so few households, or not defined on these rows")?;
        let (low, high) = interval(spread, estimate, replicates.iter().map(|r| of(r)))?;
        Ok(Ranged { estimate, low, high })
    };
    let at = |place: usize, measure: usize, spread: Spread| {
        reading(spread, once[place][measure], &|r: &[Measured]| r[place][measure])
    };
    let points = trained.iter().enumerate().map(|(i, t)| CurvePoint {
        share: t.share,
        rows: t.rows,
        auroc: at(i, 0, Spread::Percentile),
        average_precision: at(i, 1, Spread::Normal(0.0, 1.0)),
        log_loss: at(i, 2, Spread::Percentile),
    });
    let place = |share: f64| trained.iter().position(|t| (t.share - share).abs() < 1e-9);
    let gain = match (place(GAIN_FROM), place(1.0)) {
        (Some(from), Some(to)) => {
            let gain = |r: &[Measured]| Some(r[to][0]? - r[from][0]?);
            reading(Spread::Percentile, gain(&once), &gain)
        }
        _ => Err("the shares to compare were not trained".to_owned()),
    };
    Ok(LearningCurve {
        draws: trained.iter().map(|t| t.draws.len()).max().unwrap_or(0) as u64,
        points: points.collect(),
        gain,
    })
}

/// What the risks `full` gain on the risks `part` of the same tested rows: AUROC and average precision of the first less those
/// of the second, paired, with intervals by the bootstrap of tested households.
///
/// # Errors
/// As [`learning_curve`].
pub fn gains(
    full: &[f64],
    part: &[f64],
    tested: &Tested<'_>,
    replicates: usize,
    seed: u64,
) -> Result<[Ranged; 2], String> {
    let rows = tested.y.len();
    if [tested.fold.len(), tested.household.len(), full.len(), part.len()].iter().any(|n| *n != rows) {
        return Err("the columns have different lengths".to_owned());
    }
    both_kinds(rows as u64, tested.y.iter().filter(|y| **y).count() as u64)?;
    let ranked = [part, full].map(|p| vec![Ranking::new(tested, p)]);
    let sums = Harmonic::new(2 * rows);
    let once = measure_all(&ranked, &sums, &|_| 1);
    let replicates = bootstrap(&ranked, &sums, tested, replicates, seed);
    let gain = |measured: &[Measured], measure: usize| Some(measured[1][measure]? - measured[0][measure]?);
    let reading = |measure: usize| {
        let estimate = gain(&once, measure).ok_or("not defined on these rows")?;
        // As for the comparisons of the evaluation.
        let spread = [Spread::Percentile, Spread::Normal(f64::NEG_INFINITY, f64::INFINITY)][measure];
        let (low, high) = interval(spread, estimate, replicates.iter().map(|r| gain(r, measure)))?;
        Ok::<Ranged, String>(Ranged { estimate, low, high })
    };
    Ok([reading(0)?, reading(1)?])
}

/// The measures of every share in every replicate.
fn bootstrap(
    ranked: &[Vec<Ranking<'_>>],
    sums: &Harmonic,
    tested: &Tested<'_>,
    replicates: usize,
    seed: u64,
) -> Vec<Vec<Measured>> {
    let starts: Vec<usize> = (0..replicates).step_by(LANES).collect();
    let measured: Vec<Vec<Vec<Measured>>> = starts
        .into_par_iter()
        .map_init(Draw::default, |draw, start| {
            let end = (start + LANES).min(replicates);
            draw.replicates(seed, start..end, tested.household);
            let weights = &draw.weights;
            (0..end - start).map(|lane| measure_all(ranked, sums, &|row| weights[row][lane])).collect()
        })
        .collect();
    measured.into_iter().flatten().collect()
}

/// The mean over draws of the measures of each share.
fn measure_all(ranked: &[Vec<Ranking<'_>>], sums: &Harmonic, weight: &dyn Fn(usize) -> u16) -> Vec<Measured> {
    let of_share = |draws: &Vec<Ranking<'_>>| {
        if draws.is_empty() {
            return [None; 3];
        }
        let all: Vec<Measured> = draws.iter().map(|ranking| ranking.measure(sums, weight)).collect();
        std::array::from_fn(|measure| {
            let values: Option<Vec<f64>> = all.iter().map(|m| m[measure]).collect();
            values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
        })
    };
    ranked.iter().map(of_share).collect()
}

/// Rows by fold, and within a fold from the highest risk to the lowest.
struct Ranking<'a> {
    order: Vec<u32>,
    p: &'a [f64],
    tested: &'a Tested<'a>,
}

impl<'a> Ranking<'a> {
    fn new(tested: &'a Tested<'a>, p: &'a [f64]) -> Self {
        // Fits: the number of rows of an evaluation is checked to be under 31 bits.
        let mut order: Vec<u32> = (0..p.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            let (i, j) = (a as usize, b as usize);
            tested.fold[i].cmp(&tested.fold[j]).then(p[j].total_cmp(&p[i])).then(a.cmp(&b))
        });
        Self { order, p, tested }
    }

    fn measure(&self, sums: &Harmonic, weight: &dyn Fn(usize) -> u16) -> Measured {
        let Tested { y, fold, .. } = self.tested;
        let (mut rows, mut events, mut pairs, mut won_twice) = (0_u64, 0_u64, 0_u64, 0_u64);
        let (mut precision, mut loss) = (0.0, 0.0);
        for part in self.order.chunk_by(|a, b| fold[*a as usize] == fold[*b as usize]) {
            let (mut above, mut above_with) = (0_u64, 0_u64);
            for tied in part.chunk_by(|a, b| self.p[*a as usize].total_cmp(&self.p[*b as usize]).is_eq()) {
                let mut count = [0_u64; 2];
                for &row in tied {
                    count[usize::from(y[row as usize])] += u64::from(weight(row as usize));
                }
                let [without, with] = count;
                let p = self.p[tied[0] as usize];
                // What was given probability zero and did not happen costs nothing.
                loss -= [(without, (-p).ln_1p()), (with, p.ln())]
                    .iter()
                    .filter(|(n, _)| *n > 0)
                    .map(|(n, log)| *n as f64 * log)
                    .sum::<f64>();
                won_twice += without * (2 * above_with + with);
                precision += precision_of_tied(sums, above, above_with, with + without, with);
                above += with + without;
                above_with += with;
            }
            pairs += above_with * (above - above_with);
            rows += above;
            events += above_with;
        }
        let share = |value: f64, of: u64| (of > 0 && value.is_finite()).then(|| value / of as f64);
        [share(won_twice as f64 / 2.0, pairs), share(precision, events), share(loss, rows)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::measures::{auroc, average_precision, log_loss};
    use crate::evaluate::{Sample, Tally, Value, tally};
    use crate::num::{seed, sigmoid};
    use rand::RngExt;

    struct Rows {
        y: Vec<bool>,
        fold: Vec<u16>,
        household: Vec<u32>,
        signal: Vec<f64>,
        noise: Vec<f64>,
    }

    fn rows(n: u32, root: u64) -> Rows {
        let mut rng = seed::stream(root, "curve");
        let signal: Vec<f64> = (0..n).map(|_| 4.0 * (rng.random::<f64>() - 0.5)).collect();
        Rows {
            y: signal.iter().map(|x| rng.random::<f64>() < sigmoid(x - 1.0)).collect(),
            fold: (0..n).map(|i| (i % 4) as u16).collect(),
            household: (0..n).map(|i| i / 2).collect(),
            noise: (0..n).map(|_| 4.0 * (rng.random::<f64>() - 0.5)).collect(),
            signal,
        }
    }

    /// Models that come the nearer to the signal the more they learn from, `noise` being how far off the first is.
    fn trained(rows: &Rows, noise: f64) -> Vec<Trained> {
        let of = |share: f64| {
            let off = noise * (1.0 - share) / share.sqrt();
            let risks = rows.signal.iter().zip(&rows.noise).map(|(x, e)| sigmoid(x + off * e - 1.0));
            Trained { share, rows: 1000.0 * share, draws: vec![risks.collect()] }
        };
        SHARES.map(of).to_vec()
    }

    fn curve(rows: &Rows, trained: &[Trained]) -> LearningCurve {
        let tested = Tested { y: &rows.y, fold: &rows.fold, household: &rows.household };
        learning_curve(trained, &tested, 200, 7).unwrap()
    }

    #[test]
    fn a_curve_that_rises_is_seen_to_rise_and_a_flat_one_is_not() {
        let rows = rows(1500, 1);
        let rising = curve(&rows, &trained(&rows, 0.5));
        let areas: Vec<f64> = rising.points.iter().map(|p| p.auroc.clone().unwrap().estimate).collect();
        assert!(areas[..5].is_sorted() && areas[5] - areas[0] > 0.1, "{areas:?}");
        let losses: Vec<f64> = rising.points.iter().map(|p| p.log_loss.clone().unwrap().estimate).collect();
        assert!(losses[..5].is_sorted_by(|a, b| a > b) && losses[0] > losses[5] + 0.1, "{losses:?}");
        assert!(rising.gain.unwrap().low > 0.0);
        let flat = curve(&rows, &trained(&rows, 0.0)).gain.unwrap();
        assert!(flat.low.abs() < 1e-12 && flat.high.abs() < 1e-12, "the same rows cancel: {flat:?}");
    }

    #[test]
    fn its_measures_are_those_of_the_evaluation_also_with_ties() {
        let rows = rows(300, 2);
        let p: Vec<f64> =
            rows.signal.iter().map(|x| (sigmoid(x - 1.0) * 20.0).round() / 20.0 * 0.9 + 0.05).collect();
        let got = curve(&rows, &[Trained { share: 1.0, rows: 0.0, draws: vec![p.clone()] }]);
        let t = tally(&Sample {
            y: &rows.y,
            p: &p,
            fold: &rows.fold,
            weight: &[1; 300],
            capacities: &[],
            thresholds: &[],
        });
        let want = |measure: &crate::evaluate::measures::Measure| -> f64 {
            let crate::evaluate::measures::Formula::Whole(value) = measure.formula else { panic!() };
            let value: fn(&Tally) -> Value = value;
            value(&t).unwrap()
        };
        let point = &got.points[0];
        for (got, want) in [
            (&point.auroc, want(&auroc::MEASURE)),
            (&point.average_precision, want(&average_precision::MEASURE)),
            (&point.log_loss, want(&log_loss::MEASURE)),
        ] {
            assert!((got.clone().unwrap().estimate - want).abs() < 1e-12, "{got:?} {want}");
        }
        assert!(got.gain.is_err());
    }

    #[test]
    fn draws_are_averaged() {
        let rows = rows(200, 3);
        let column = |noise: f64| -> Vec<f64> {
            rows.signal.iter().zip(&rows.noise).map(|(x, e)| sigmoid(x + noise * e)).collect()
        };
        let of = |draws: Vec<Vec<f64>>| {
            let got = curve(&rows, &[Trained { share: 1.0, rows: 0.0, draws }]);
            got.points[0].auroc.clone().unwrap().estimate
        };
        let (a, b) = (of(vec![column(0.0)]), of(vec![column(2.0)]));
        assert!((of(vec![column(0.0), column(2.0)]) - (a + b) / 2.0).abs() < 1e-12 && a > b);
    }

    #[test]
    fn the_same_numbers_come_from_any_number_of_threads() {
        let rows = rows(400, 4);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| curve(&rows, &trained(&rows, 0.5)))
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn few_rows_of_a_kind_are_undefined() {
        let mut rows = rows(300, 5);
        rows.y = (0..300).map(|i| i < 9).collect();
        let tested = Tested { y: &rows.y, fold: &rows.fold, household: &rows.household };
        assert!(learning_curve(&trained(&rows, 0.5), &tested, 50, 1).is_err());
    }
}
