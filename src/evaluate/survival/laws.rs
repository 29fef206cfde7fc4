//! What must hold of scores and ranks whatever the data: small random rows with many ties.

use ndarray::{Array2, Axis};

use super::administrative_brier::{administrative_brier, integrated_administrative_brier};
use super::auc::{Controls, auc};
use super::brier::brier;
use super::censoring::TieOrder::{EventsFirst, Naive};
use super::censoring::{Censoring, GAt};
use super::harrell::harrell;
use super::integrated_brier::integrated_brier;
use super::ipa::ipa;
use super::observed::{CENSORED, INTEREST, Observed};
use super::test_data::{close, tied};
use super::uno::{Tau, uno};
use super::wolbers::wolbers;
use crate::evaluate::Value;

const TIMES: [f64; 4] = [0.5, 2.0, 4.0, 6.5];
const BOTH: [Controls; 2] = [Controls::WithoutEvent, Controls::EventFree];

/// Rows, a marker, and weights.
#[derive(Clone)]
struct Case {
    rows: Observed,
    marker: Vec<f64>,
    weight: Vec<f64>,
}

impl Case {
    fn new(seed: u64) -> Self {
        let (rows, marker, weight) = tied(seed, 80);
        // Follow-up of rows without an event ended as planned; of the others it would have ended at 9 or 10.
        let end = rows.exit().iter().zip(rows.cause()).zip(&marker).map(|((t, c), m)| {
            if *c == CENSORED {
                *t
            } else if *m > 0.5 {
                10.0
            } else {
                9.0
            }
        });
        let end = end.collect();
        Self { rows: rows.with_administrative(end).unwrap(), marker, weight }
    }

    /// Rows at these places, each of weight 1.
    fn take(&self, index: &[usize]) -> Self {
        let pick = |from: &[f64]| index.iter().map(|i| from[*i]).collect::<Vec<f64>>();
        let cause = index.iter().map(|i| self.rows.cause()[*i]).collect();
        let rows = Observed::new(pick(self.rows.exit()), cause).unwrap();
        let rows = rows.with_administrative(pick(self.rows.administrative().unwrap())).unwrap();
        Self { rows, marker: pick(&self.marker), weight: vec![1.0; index.len()] }
    }

    fn risk(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.rows.len(), 4), |(i, k)| self.marker[i] * TIMES[k] / 6.5)
    }

    /// Every measure.
    fn measures(&self) -> Vec<Value> {
        let (rows, m, w, risk) = (&self.rows, &self.marker, &self.weight, self.risk());
        let mut all = administrative_brier(rows, risk.view(), &TIMES, w);
        all.push(integrated_administrative_brier(rows, risk.view(), &TIMES, w));
        all.push(harrell(rows, m, w).and_then(|pairs| pairs.concordance()));
        for ties in [EventsFirst, Naive] {
            let c = Censoring::estimate(rows, w, ties).unwrap();
            all.push(wolbers(rows, m, w, 6.5, &c));
            for g in [GAt::Before, GAt::At] {
                let score = brier(rows, risk.view(), &TIMES, w, (&c, g));
                all.push(integrated_brier(&TIMES, &score));
                all.extend(score);
                all.extend(ipa(rows, risk.view(), &TIMES, w, (&c, g)));
                all.push(uno(rows, m, w, Tau::Before(6.5), (&c, g)));
                for controls in BOTH {
                    all.extend(auc(rows, m, &TIMES, (w, controls), (&c, g)));
                }
            }
        }
        all
    }
}

fn same(a: &[Value], b: &[Value]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        match (a, b) {
            (Ok(a), Ok(b)) => assert!((a - b).abs() < 1e-12, "{a} is not {b}"),
            (a, b) => assert_eq!(a, b),
        }
    }
}

#[test]
fn a_weight_is_as_many_rows_and_order_does_not_matter() {
    for seed in 0..20 {
        let case = Case::new(seed);
        let measures = case.measures();
        let defined = measures.iter().filter(|value| value.is_ok()).count();
        assert!(defined > measures.len() * 3 / 4, "{defined} of {}", measures.len());
        let index: Vec<usize> = (0..80).flat_map(|i| vec![i; case.weight[i] as usize]).collect();
        same(&measures, &case.take(&index).measures());
        let mixed: Vec<usize> = (0..index.len()).map(|i| index[(i * 7919) % index.len()]).collect();
        // 7919 is a prime that no number of rows here is a multiple of.
        same(&measures, &case.take(&mixed).measures());
    }
}

/// The share of concordant pairs by the definition: `pair(i, j)` is the weight of a pair.
fn by_pairs(marker: &[f64], pair: impl Fn(usize, usize) -> f64) -> f64 {
    let (mut good, mut all) = (0.0, 0.0);
    for i in 0..marker.len() {
        for j in (0..marker.len()).filter(|j| *j != i) {
            let w = pair(i, j);
            all += w;
            good += match marker[i].total_cmp(&marker[j]) {
                std::cmp::Ordering::Greater => w,
                std::cmp::Ordering::Equal => w / 2.0,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    good / all
}

#[test]
fn ranks_equal_their_definitions_pair_by_pair() {
    for seed in 0..20 {
        let Case { rows, marker, weight: w } = Case::new(seed);
        let (t, cause) = (rows.exit(), rows.cause());
        let c = Censoring::estimate(&rows, &w, EventsFirst).unwrap();
        let value = wolbers(&rows, &marker, &w, 6.5, &c).unwrap();
        let by_definition = by_pairs(&marker, |i, j| {
            if cause[i] != INTEREST || t[i] > 6.5 || w[i] * w[j] <= 0.0 {
                return 0.0;
            }
            // Times are whole: 0.5 apart is apart.
            let (later, tie) = (t[j] > t[i] + 0.5, (t[j] - t[i]).abs() < 0.5);
            if later || (tie && cause[j] == CENSORED) {
                w[i] * w[j] / (c.before(t[i]) * c.at(t[i]))
            } else if cause[j] > INTEREST {
                w[i] * w[j] / (c.before(t[i]) * c.before(t[j]))
            } else {
                0.0
            }
        });
        close(value, by_definition, 1e-12);
        for controls in BOTH {
            for g in [GAt::Before, GAt::At] {
                let end = TIMES[2];
                let value = auc(&rows, &marker, &[end], (&w, controls), (&c, g))[0].unwrap();
                let by_definition = by_pairs(&marker, |i, j| {
                    if t[i] > end || cause[i] != INTEREST || w[i] * w[j] <= 0.0 {
                        return 0.0;
                    }
                    let control = if t[j] > end {
                        1.0 / c.at(end)
                    } else if cause[j] > INTEREST && controls == Controls::WithoutEvent {
                        1.0 / c.take(t[j], g)
                    } else {
                        0.0
                    };
                    w[i] * w[j] / c.take(t[i], g) * control
                });
                close(value, by_definition, 1e-12);
            }
        }
    }
}

#[test]
fn ranks_depend_on_the_order_of_markers_alone_and_turn_with_them() {
    for seed in 0..20 {
        let Case { rows, marker, weight } = Case::new(seed);
        let c = Censoring::estimate(&rows, &weight, EventsFirst).unwrap();
        let ranks = |m: &[f64]| {
            let mut all = vec![
                harrell(&rows, m, &weight).unwrap().concordance(),
                wolbers(&rows, m, &weight, 6.5, &c),
                uno(&rows, m, &weight, Tau::Before(6.5), (&c, GAt::Before)),
            ];
            for controls in BOTH {
                all.extend(auc(&rows, m, &TIMES[1..], (&weight, controls), (&c, GAt::Before)));
            }
            all
        };
        let map = |f: &dyn Fn(f64) -> f64| marker.iter().map(|m| f(*m)).collect::<Vec<f64>>();
        let plain = ranks(&marker);
        same(&plain, &ranks(&map(&|m| m.powi(3) * 5.0 - 2.0)));
        let turned: Vec<Value> = ranks(&map(&|m| -m)).into_iter().map(|v| v.map(|v| 1.0 - v)).collect();
        same(&plain, &turned);
        assert!(ranks(&vec![0.3; 80]).iter().all(|v| (v.unwrap() - 0.5).abs() < 1e-12));
    }
}

/// The same rows with every censoring made a competing event.
fn uncensored(case: &Case) -> Case {
    let cause = case.rows.cause().iter().map(|c| if *c == CENSORED { 3 } else { *c }).collect();
    let rows = Observed::new(case.rows.exit().to_vec(), cause).unwrap();
    Case { rows: rows.with_administrative(vec![10.0; 80]).unwrap(), ..case.clone() }
}

#[test]
fn without_censoring_scores_are_the_plain_ones() {
    for seed in 0..20 {
        let case = uncensored(&Case::new(seed));
        let (rows, w, risk) = (&case.rows, &case.weight, case.risk());
        let c = Censoring::estimate(rows, w, EventsFirst).unwrap();
        let score = brier(rows, risk.view(), &TIMES, w, (&c, GAt::Before));
        same(&score, &administrative_brier(rows, risk.view(), &TIMES, w));
        let total: f64 = w.iter().sum();
        for (k, t) in TIMES.iter().enumerate() {
            let y = |i: usize| rows.exit()[i] <= *t && rows.cause()[i] == INTEREST;
            let miss = |i: usize| f64::from(u8::from(y(i))) - risk[(i, k)];
            let plain: f64 = (0..80).map(|i| w[i] * miss(i).powi(2)).sum();
            close(score[k].unwrap(), plain / total, 1e-12);
            let area = auc(rows, &case.marker, &[*t], (w, Controls::WithoutEvent), (&c, GAt::Before))[0];
            if k == 0 {
                assert!(area.is_err(), "nobody has an event by then");
                continue;
            }
            let pairs = by_pairs(&case.marker, |i, j| if y(i) && !y(j) { w[i] * w[j] } else { 0.0 });
            close(area.unwrap(), pairs, 1e-12);
        }
        let factor = uno(rows, &case.marker, w, Tau::Unbounded, (&c, GAt::Before));
        same(&[factor], &[harrell(rows, &case.marker, w).unwrap().concordance()]);
    }
}

#[test]
fn who_knows_all_scores_perfectly() {
    for seed in 0..20 {
        let case = Case::new(seed);
        let (rows, w) = (&case.rows, &case.weight);
        let c = Censoring::estimate(rows, w, EventsFirst).unwrap();
        let truth = Array2::from_shape_fn((80, 4), |(i, k)| {
            f64::from(u8::from(rows.cause()[i] == INTEREST && rows.exit()[i] <= TIMES[k]))
        });
        let zero = vec![Ok(0.0); 4];
        same(&brier(rows, truth.view(), &TIMES, w, (&c, GAt::Before)), &zero);
        same(&administrative_brier(rows, truth.view(), &TIMES, w), &zero);
        same(&ipa(rows, truth.view(), &TIMES, w, (&c, GAt::Before))[1..], &[Ok(1.0); 3]);
        for (k, t) in TIMES.iter().enumerate().skip(1) {
            let marker = truth.index_axis(Axis(1), k).to_vec();
            for controls in BOTH {
                same(&auc(rows, &marker, &[*t], (w, controls), (&c, GAt::Before)), &[Ok(1.0)]);
            }
        }
        // The earlier the event of interest, the higher; all others lowest.
        let rank = (0..80).map(|i| if rows.cause()[i] == INTEREST { 10.0 - rows.exit()[i] } else { 0.0 });
        let rank: Vec<f64> = rank.collect();
        same(&[wolbers(rows, &rank, w, 6.5, &c)], &[Ok(1.0)]);
        same(&[harrell(rows, &rank, w).unwrap().concordance()], &[Ok(1.0)]);
        same(&[uno(rows, &rank, w, Tau::Before(6.5), (&c, GAt::Before))], &[Ok(1.0)]);
    }
}
