//! Whether facts weigh the same at all times: a check of proportional hazards, on all rows.
//!
//! Cox's model of the first cause with all facts (a ridge) names those that weigh most; a model of these alone, without
//! a penalty, is tested ([`proportional`]) and its coefficients compared between the first and the last third of the events.
//! Facts that were chosen by looking have intervals and p values that are too sure; this is a check, not a finding.

use super::question::{Question, until};
use crate::cohort::Seen;
use crate::evaluate::survival::found::{Fact, Steady};
use crate::models::prepare::{self, Wants};
use crate::models::time::cox::proportional::{TimeTransform, drift, proportional};
use crate::models::time::cox::{CoxData, CoxOptions, fit};
use crate::num::Day;
use crate::survival::Times;
use ndarray::{ArrayView2, Axis};
use std::collections::BTreeMap;

/// Facts that are looked at.
const FACTS: usize = 8;
/// Correlation from which two columns tell nearly the same.
const ALIKE: f64 = 0.8;
/// 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The check; none where no such model can be fitted.
pub(super) fn measure(question: &Question<'_>, last: f64) -> Option<Steady> {
    let all: Vec<u32> = (0..question.rows.len() as u32).collect();
    let early = |seen: &Seen| seen.entry.is_none_or(|entry| f64::from(entry) < last);
    let (rows, seen): (Vec<u32>, Vec<Seen>) =
        all.into_iter().filter_map(|row| Some((row, question.seen(row, None).filter(early)?))).unzip();
    let (times, prepared) = (until(&seen, last), prepare::learn(&question.matrix, &rows, &Wants::Scaled));
    let x = prepared.apply(&question.matrix, &rows);
    let household: Vec<u32> = rows.iter().map(|row| question.household[*row as usize]).collect();
    let data = |x| CoxData {
        x,
        times: &times,
        cause: 1,
        weight: None,
        stratum: None,
        cluster: Some(&household),
        offset: None,
    };
    let whole = fit(&data(x.view()), &CoxOptions { l2: 100.0, ..CoxOptions::default() }).ok()?;
    let order = weightiest(&whole.coef, x.view());
    let few = x.select(Axis(1), &order);
    let data = data(few.view());
    let fitted = fit(&data, &CoxOptions { robust: true, ..CoxOptions::default() }).ok()?;
    let tests = proportional(&data, &fitted, TimeTransform::default()).ok()?;
    let again = returns(question, &rows);
    let again =
        fit(&CoxData { times: &again, ..data }, &CoxOptions { robust: true, ..CoxOptions::default() })
            .ok()?;
    let again_errors = again.standard_errors();
    let (drifts, errors) = (drift(&data, &fitted).ok()?, fitted.standard_errors());
    let described = prepared.described();
    let fact = |(at, column): (usize, &usize)| {
        let (coef, of) = (fitted.coef[at], &described[*column]);
        let words = &question.matrix.features[of.source].words;
        Fact {
            words: if of.says_missing { format!("{words}: not recorded") } else { words.clone() },
            factor: coef.exp(),
            interval: ends(coef, errors[at]),
            again: again.coef[at].exp(),
            again_interval: ends(again.coef[at], again_errors[at]),
            early: drifts[at].early.exp(),
            late: drifts[at].late.exp(),
            p: tests.columns[at].p,
            differ: differ(&few.column(at).to_vec(), &times.cause),
        }
    };
    Some(Steady {
        facts: order.iter().enumerate().map(fact).collect(),
        p: tests.global.p,
        events: fitted.events,
    })
}

/// The 95% interval of a factor.
fn ends(coef: f64, error: f64) -> (f64, f64) {
    ((coef - Z * error).exp(), (coef + Z * error).exp())
}

/// The spells of each child on one clock, from the start of its first: at risk while it waits, and not while its case is open.
/// Facts are those of the start of each spell. Every return counts (Andersen and Gill (1982), *Annals of Statistics* 10,
/// 1100-1120); children of a household are not independent, which the robust errors allow for.
fn returns(question: &Question<'_>, rows: &[u32]) -> Times {
    let mut first: BTreeMap<u32, Day> = BTreeMap::new();
    for row in rows.iter().map(|row| &question.rows[*row as usize]) {
        let start = first.entry(row.child).or_insert(row.predict_on);
        *start = row.predict_on.min(*start);
    }
    let mut times = Times::default();
    for row in rows {
        let (of, Some(seen)) = (&question.rows[*row as usize], question.seen(*row, None)) else { continue };
        let from = of.predict_on.0 - first[&of.child].0;
        let entry = from + seen.entry.unwrap_or(0);
        times.entry.push(if entry > 0 { f64::from(entry) } else { f64::NEG_INFINITY });
        times.exit.push(f64::from(from + seen.exit));
        times.cause.push(seen.cause);
    }
    times
}

/// The columns of the largest coefficients, but none that tells nearly the same as one before it: columns have standard
/// deviation 1.
fn weightiest(coef: &[f64], x: ArrayView2<'_, f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..coef.len()).collect();
    order.sort_by(|a, b| coef[*b].abs().total_cmp(&coef[*a].abs()));
    let alike = |a: usize, b: usize| x.column(a).dot(&x.column(b)).abs() / x.nrows() as f64 > ALIKE;
    let mut chosen: Vec<usize> = Vec::new();
    for column in order {
        if chosen.len() < FACTS && !chosen.iter().any(|before| alike(*before, column)) {
            chosen.push(column);
        }
    }
    chosen
}

/// Rows that differ from the commonest value: with the first cause, and without it.
fn differ(values: &[f64], cause: &[u8]) -> [u64; 2] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let runs = sorted.chunk_by(|a, b| a.total_cmp(b).is_eq());
    let commonest = runs.max_by_key(|run| run.len()).and_then(|run| run.first().copied()).unwrap_or(f64::NAN);
    let mut counts = [0; 2];
    for (value, cause) in values.iter().zip(cause) {
        if value.total_cmp(&commonest).is_ne() {
            counts[usize::from(*cause != 1)] += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{differ, ends};

    #[test]
    fn ends_by_hand() {
        let (low, high) = ends(2.0_f64.ln(), 0.1);
        assert!((low - 1.6440).abs() < 1e-4 && (high - 2.4330).abs() < 1e-4);
    }

    #[test]
    fn rows_that_differ_from_the_commonest_value() {
        assert_eq!(differ(&[0.0, 1.0, 0.0, 2.0, 0.0], &[1, 1, 0, 2, 0]), [1, 1]);
    }
}
