//! The AUROC over folds, with a variance that holds when rows come in households.
//!
//! # Measures
//! How often a referral with the outcome has the higher risk of the two, when one with and one without it are picked from
//! the same fold.
//!
//! # Formula
//! A = C / P: P the pairs of a row with and a row without the outcome within folds, C those won, ties half. With c the pairs
//! that a row wins (or, without the outcome, that are won against it), ties half, and k all its pairs, a row adds
//! (c - A k) / P. With E and N the sums of what a household's rows with and without the outcome add, and over the e, n and h
//! households that have rows with it, without it, and either: variance = e/(e-1) sum E² + n/(n-1) sum N² + 2 h/(h-1) sum E N.
//!
//! # Inputs
//! Risk (any finite score), outcome, fold and household of each row. A household may have rows in several folds.
//!
//! # Undefined when
//! No fold has rows of both kinds, or fewer than two households have rows of either.
//!
//! # Reference
//! Obuchowski 1997, Biometrics 53:567; in one fold it is that variance exactly, and with one row a household that of `DeLong`
//! and others 1988, Biometrics 44:837. Over folds it is linearised about the common area, so that folds with a single row of
//! a kind count too.

use crate::evaluate::inference::delong::Auroc;
use std::collections::BTreeMap;

/// One tested row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// Predicted risk.
    pub p: f64,
    /// Whether the outcome came.
    pub came: bool,
    /// Fold.
    pub fold: u16,
    /// Household.
    pub household: u32,
}

/// What a household's rows add, with and without the outcome.
#[derive(Clone, Copy, Default)]
struct Home {
    sums: [f64; 2],
    has: [bool; 2],
}

/// The area with its variance. O(n log n).
///
/// # Errors
/// See the module.
pub fn area(cases: &[Case]) -> Result<Auroc, &'static str> {
    if cases.iter().any(|c| !c.p.is_finite()) {
        return Err("a risk is not a finite number");
    }
    let (won, pairs) = wins(cases);
    let all: f64 = cases.iter().zip(&pairs).filter(|(c, _)| c.came).map(|(_, k)| k).sum();
    if all <= 0.0 {
        return Err("no fold has referrals with and without the outcome");
    }
    let of_events = cases.iter().zip(&won).filter(|(c, _)| c.came).map(|(_, c)| c);
    let area = of_events.sum::<f64>() / all;
    let mut homes: BTreeMap<u32, Home> = BTreeMap::new();
    for ((case, won), pairs) in cases.iter().zip(&won).zip(&pairs) {
        let home = homes.entry(case.household).or_default();
        home.sums[usize::from(case.came)] += (won - area * pairs) / all;
        home.has[usize::from(case.came)] = true;
    }
    Ok(Auroc { area, variance: variance(homes.values())? })
}

fn variance<'h>(homes: impl Iterator<Item = &'h Home> + Clone) -> Result<f64, &'static str> {
    let count = |kind: usize| homes.clone().filter(|h| h.has[kind]).count() as f64;
    let (without, with, all) = (count(0), count(1), homes.clone().count() as f64);
    if with < 2.0 {
        return Err("fewer than two households with the outcome");
    }
    if without < 2.0 {
        return Err("fewer than two households without the outcome");
    }
    let sum = |of: fn(&Home) -> f64| homes.clone().map(of).sum::<f64>();
    let variance = sum(|h| h.sums[1] * h.sums[1]) * with / (with - 1.0)
        + sum(|h| h.sums[0] * h.sums[0]) * without / (without - 1.0)
        + 2.0 * sum(|h| h.sums[0] * h.sums[1]) * all / (all - 1.0);
    Ok(variance.max(0.0))
}

/// For each row, the pairs won by the row with the outcome, ties half, and all pairs it is in.
fn wins(cases: &[Case]) -> (Vec<f64>, Vec<f64>) {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_unstable_by(|&a, &b| {
        let (i, j) = (&cases[a], &cases[b]);
        i.fold.cmp(&j.fold).then(i.p.total_cmp(&j.p)).then(a.cmp(&b))
    });
    let (mut won, mut pairs) = (vec![0.0; cases.len()], vec![0.0; cases.len()]);
    for fold in order.chunk_by(|a, b| cases[*a].fold == cases[*b].fold) {
        let events = fold.iter().filter(|i| cases[**i].came).count() as f64;
        let others = fold.len() as f64 - events;
        let (mut events_below, mut others_below) = (0.0, 0.0);
        // `<=` between sorted neighbours is equality, and makes 0.0 and -0.0 the tie that they are.
        for tied in fold.chunk_by(|a, b| cases[*b].p <= cases[*a].p) {
            let with = tied.iter().filter(|i| cases[**i].came).count() as f64;
            let without = tied.len() as f64 - with;
            for &i in tied {
                (won[i], pairs[i]) = if cases[i].came {
                    (others_below + 0.5 * without, others)
                } else {
                    (events - events_below - 0.5 * with, events)
                };
            }
            events_below += with;
            others_below += without;
        }
    }
    (won, pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::inference::obuchowski::obuchowski;
    use crate::num::{seed, sigmoid};
    use rand::RngExt;

    const SCORES: [f64; 6] = [0.9, 0.6, 0.6, 0.5, 0.3, 0.1];
    const EVENTS: [bool; 6] = [true, true, false, true, false, false];

    fn cases(fold: &[u16; 6], household: &[u32; 6]) -> Vec<Case> {
        (0..6)
            .map(|i| Case { p: SCORES[i], came: EVENTS[i], fold: fold[i], household: household[i] })
            .collect()
    }

    #[test]
    fn in_one_fold_it_is_obuchowskis() {
        for household in [[0, 1, 2, 3, 4, 5], [0, 1, 0, 2, 1, 2]] {
            let got = area(&cases(&[0; 6], &household)).unwrap();
            let want = obuchowski(&SCORES, &EVENTS, &household.map(|h| h as usize)).unwrap();
            assert!((got.area - want.area).abs() < 1e-14 && (got.variance - want.variance).abs() < 1e-14);
        }
    }

    /// Fold 0: .9 came, .6 not (won). Fold 1: .6 came, .5 came, .3 not, .1 not (4 won). A = 5/5, so nobody adds anything.
    /// With the first pair the other way round, A = 4/5: the event of fold 0 adds (0 - 4/5)/5, each of fold 1
    /// (2 - 8/5)/5; the other of fold 0 (0 - 4/5)/5, each of fold 1 (2 - 8/5)/5. So E² and N² sum to
    /// (0.64 + 2 * 0.16)/25 each, and the factor is 3/2.
    #[test]
    fn two_folds_by_hand() {
        let row = |p, came, fold, household| Case { p, came, fold, household };
        let mut rows = vec![
            row(0.6, true, 0, 0),
            row(0.9, false, 0, 1),
            row(0.6, true, 1, 2),
            row(0.5, true, 1, 3),
            row(0.3, false, 1, 4),
            row(0.1, false, 1, 5),
        ];
        let got = area(&rows).unwrap();
        assert!((got.area - 0.8).abs() < 1e-14, "{got:?}");
        assert!((got.variance - 2.0 * 1.5 * 0.96 / 25.0).abs() < 1e-14, "{got:?}");
        rows[0].p = 0.95;
        assert!((area(&rows).unwrap().area - 1.0).abs() < 1e-14);
    }

    /// Ten folds of few rows, households of two or three whose members share half of what they have: of 95% intervals about
    /// 95 in 100 hold the truth, which is the mean over many such samples.
    #[test]
    fn intervals_hold_the_truth_about_95_times_in_100() {
        let sample = |run: u64| -> Vec<Case> {
            let mut rng = seed::stream(run, "area");
            let mut rows = Vec::new();
            for household in 0..160_u32 {
                let shared: f64 = rng.random::<f64>() - 0.5;
                for _ in 0..2 + household % 2 {
                    let x = 2.0 * shared + rng.random::<f64>() - 0.5;
                    let came = rng.random::<f64>() < sigmoid(-1.2 + 1.5 * x);
                    rows.push(Case { p: sigmoid(x), came, fold: (household % 10) as u16, household });
                }
            }
            rows
        };
        let areas: Vec<Auroc> = (0..600).map(|run| area(&sample(run)).unwrap()).collect();
        let truth = areas.iter().map(|a| a.area).sum::<f64>() / 600.0;
        let holds = areas.iter().filter(|a| (a.area - truth).abs() < 1.96 * a.variance.sqrt()).count();
        assert!((555..=585).contains(&holds), "{holds} of 600");
    }

    #[test]
    fn one_kind_or_one_household_is_undefined() {
        assert!(area(&[]).is_err());
        let row = |came, household| Case { p: 0.5, came, fold: 0, household };
        assert!(area(&[row(true, 0), row(true, 1)]).is_err());
        assert!(area(&[row(true, 0), row(false, 1), row(false, 2)]).is_err());
    }
}
