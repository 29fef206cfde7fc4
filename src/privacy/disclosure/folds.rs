//! Results of each test by itself, through the rules: a test with few referrals of a kind is hidden with another one, as periods
//! are, and what is made of all tests with it. Tests that are authorities are shown only where all authorities are.

use super::facts::tens;
use super::levels::{Part, protect};
use super::passed::{Count, Number, Passed};
use super::rows::PREVALENCE;
use super::stability::Total;
use crate::evaluate::stability::{Deal, FoldResult, ModelFolds, Reading};
use crate::report::Line;
use crate::report::folds::{ByFold, Deals, FoldLine, Over, Spread};
use crate::report::ingredients::{FoldFacts, Ingredients};
use crate::report::stability::Shown;

const HIDDEN: &str = "hidden, because it would tell about small numbers";

/// Discloses results by fold; `None` where there are none.
pub(super) fn disclose(
    ingredients: &Ingredients,
    lines: &[Line],
    total: Total,
    threshold: u64,
) -> Option<Shown<ByFold>> {
    let verdict = &ingredients.evaluation.verdict;
    let judged = [verdict.candidate.as_str(), verdict.reference.as_str()];
    let results = (ingredients.by_fold.as_slice(), ingredients.deals.as_slice());
    shown(results, (&ingredients.folds, judged), lines, total, threshold)
}

fn shown(
    (all, deals): (&[ModelFolds], &[Reading<Deal>]),
    (named, judged): (&[FoldFacts], [&str; 2]),
    lines: &[Line],
    (rows, events): Total,
    threshold: u64,
) -> Option<Shown<ByFold>> {
    let first = all.first()?;
    let part = |f: &FoldResult| {
        let cells = vec![f.events as f64, (f.n - f.events) as f64];
        Part { size: f.n as f64, cells: Some(cells), hidden: false }
    };
    let mut parts: Vec<Part> = first.folds.iter().map(part).collect();
    protect(&mut parts, rows as f64, &[events as f64, (rows - events.min(rows)) as f64], threshold as f64);
    if of_authorities(lines) && lines.iter().any(|l| l.group == "authority" && l.number == Number::Suppressed)
    {
        return Some(Err(HIDDEN.to_owned()));
    }
    let visible = parts.iter().all(|p| !p.hidden);
    let of = |id: &str| all.iter().find(|m| m.model == id);
    let judged: Vec<&ModelFolds> = judged.into_iter().filter_map(of).collect();
    let line = |(i, (facts, part)): (usize, (&FoldFacts, &Part))| FoldLine {
        name: facts.name.clone(),
        n: Count::new(tens(first.folds[i].n), !part.hidden),
        models: judged.iter().map(|m| numbers(&m.folds[i], part.hidden)).collect(),
    };
    let spread = |m: &ModelFolds| Spread {
        model: m.model.clone(),
        measures: [0, 1].map(|measure| {
            let values: Vec<&Reading<f64>> = m.folds.iter().map(|f| &f.values[measure]).collect();
            if visible { over(&m.pooled[measure], &values) } else { Err(HIDDEN.to_owned()) }
        }),
    };
    Some(Ok(ByFold {
        folds: named.iter().zip(&parts).enumerate().map(line).collect(),
        // How the same chance for all of a test fares tells how many came back in it.
        models: all.iter().filter(|m| m.model != PREVALENCE).map(spread).collect(),
        deals: (!deals.is_empty()).then(|| of_deals(deals, &judged)),
    }))
}

fn of_authorities(lines: &[Line]) -> bool {
    lines.iter().any(|l| l.split == "leave-one-authority-out")
}

fn numbers(of: &FoldResult, hidden: bool) -> [Number; 4] {
    let mut all = [0, 1, 2, 3].map(|i| match &of.values[i] {
        _ if hidden => Number::Suppressed,
        Ok(value) => Number::new(*value, None),
        Err(reason) => Number::Undefined(reason.clone()),
    });
    if let (false, Ok(ranged)) = (hidden, &of.auroc) {
        all[0] = Number::new(ranged.estimate, Some((ranged.low, ranged.high)));
    }
    all
}

/// Mean, deviation and ends of values that all must be there.
fn over(pooled: &Reading<f64>, values: &[&Reading<f64>]) -> Shown<Over> {
    let values: Vec<f64> = values.iter().map(|v| (*v).clone()).collect::<Result<_, _>>()?;
    if values.len() < 2 {
        return Err("there is one test only".to_owned());
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let ends = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    Ok(Over {
        pooled: match pooled {
            Ok(value) => Number::new(*value, None),
            Err(reason) => Number::Undefined(reason.clone()),
        },
        mean: Passed::rounded(mean),
        deviation: Passed::rounded(deviation),
        ends: Passed::rounded_pair(ends),
    })
}

/// Over the evaluation's deal and all others.
fn of_deals(deals: &[Reading<Deal>], judged: &[&ModelFolds]) -> Shown<Deals> {
    let [candidate, reference] = judged else { return Err("there is no reference".to_owned()) };
    let own = |m: &ModelFolds| [m.pooled[0].clone(), m.pooled[1].clone()];
    let first = Deal { candidate: own(candidate), reference: own(reference) };
    let whole = |d: &&Deal| d.candidate.iter().chain(&d.reference).all(Result::is_ok);
    if let Some(reason) =
        deals.iter().find_map(|d| d.as_ref().err()).filter(|_| deals.iter().all(Result::is_err))
    {
        return Err(format!("no other deal could be measured: {reason}"));
    }
    let good: Vec<&Deal> = std::iter::once(&first).chain(deals.iter().flatten()).filter(whole).collect();
    let column = |measure: usize, of: fn(&Deal) -> &[Reading<f64>; 2]| -> Vec<f64> {
        good.iter().filter_map(|d| of(d)[measure].clone().ok()).collect()
    };
    let of_measure = |measure: usize| -> Shown<[Over; 3]> {
        let (a, b) = (column(measure, |d| &d.candidate), column(measure, |d| &d.reference));
        let gain: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
        let all = |values: &[f64]| {
            let readings: Vec<Reading<f64>> = values.iter().map(|v| Ok(*v)).collect();
            over(readings.first().unwrap_or(&Err("none".to_owned())), &readings.iter().collect::<Vec<_>>())
        };
        Ok([all(&a)?, all(&b)?, all(&gain)?])
    };
    let ahead = good.iter().filter(|d| matches!((&d.candidate[1], &d.reference[1]), (Ok(a), Ok(b)) if a > b));
    Ok(Deals {
        deals: good.len() as u64,
        failed: (deals.len() + 1 - good.len()) as u64,
        ahead: ahead.count() as u64,
        measures: [of_measure(0)?, of_measure(1)?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(n: u64, events: u64, auroc: f64) -> FoldResult {
        FoldResult {
            n,
            events,
            values: [Ok(auroc), Ok(0.3), Ok(0.15), Ok(1.1)],
            auroc: Err("not here".to_owned()),
        }
    }

    fn model(id: &str, folds: Vec<FoldResult>) -> ModelFolds {
        ModelFolds { model: id.to_owned(), folds, pooled: [Ok(0.66), Ok(0.3), Ok(0.15), Ok(1.1)] }
    }

    fn shown(events: u64, deals: &[Reading<Deal>]) -> ByFold {
        let of = |id, up| {
            model(id, vec![fold(104, 30, 0.6 + up), fold(96, events, 0.7 + up), fold(100, 20, 0.65 + up)])
        };
        let all = [of("a", 0.02), of("b", 0.0)];
        let facts = |i: u64| FoldFacts { name: format!("fold {i}"), train: 500, calibrate: 0, test: 100 };
        let folds: Vec<FoldFacts> = (0..3).map(facts).collect();
        super::shown((&all, deals), (&folds, ["a", "b"]), &[], (300, 50 + events), 10).unwrap().unwrap()
    }

    #[test]
    fn tests_are_shown_with_their_spread() {
        let found = shown(25, &[]);
        assert_eq!(
            found.folds.iter().map(|f| f.n.get()).collect::<Vec<_>>(),
            [Some(100), Some(100), Some(100)]
        );
        let over = found.models[1].measures[0].clone().unwrap();
        assert!((over.mean.get() - 0.65).abs() < 1e-12 && (over.deviation.get() - 0.05).abs() < 1e-12);
        assert_eq!((over.ends.0.get(), over.ends.1.get(), over.pooled.estimate()), (0.6, 0.7, Some(0.66)));
        assert!(found.deals.is_none() && found.folds[0].models[0][0].estimate() == Some(0.62));
    }

    #[test]
    fn a_test_of_few_takes_another_with_it_and_what_is_made_of_all() {
        let found = shown(9, &[]);
        assert_eq!(found.folds.iter().filter(|f| f.n.get().is_none()).count(), 2);
        assert!(found.models.iter().all(|m| m.measures.iter().all(Result::is_err)));
    }

    #[test]
    fn deals_count_the_one_that_was_evaluated() {
        let deal = |a: f64, b: f64| Ok(Deal { candidate: [Ok(a), Ok(a)], reference: [Ok(b), Ok(b)] });
        let found =
            shown(25, &[deal(0.7, 0.6), deal(0.5, 0.6), Err("no".to_owned())]).deals.unwrap().unwrap();
        // The evaluation's own: both 0.66 and 0.3.
        assert_eq!((found.deals, found.failed, found.ahead), (3, 1, 1));
        let gain = &found.measures[0][2];
        assert_eq!((gain.ends.0.get(), gain.ends.1.get(), gain.pooled.estimate()), (-0.1, 0.1, Some(0.0)));
    }
}
