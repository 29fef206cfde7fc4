//! Models against each other on the same rows.
//!
//! In: what was measured of each model. Out: differences, each with an interval and a p value, of every model against the
//! reference and of the candidate against every other model. All models see the same draws of households, so what two
//! models share cancels in their difference (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13).

use super::inference::benjamini_hochberg::benjamini_hochberg;
use super::inference::normal::two_sided_p;
use super::measures::{self, Spread};
use super::model::Measured;
use super::resample::draw::interval;
use super::table::Side;
use super::{Input, Settings, Status};

/// One model less another, over all rows.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Comparison {
    /// Model id.
    pub model: String,
    /// The model that is taken away.
    pub against: String,
    /// The split.
    pub split: String,
    /// Measure id.
    pub measure: String,
    /// Place, as a row says it.
    pub at: String,
    /// The difference of the estimates.
    pub difference: Option<f64>,
    /// The 95% interval of paired differences by household bootstrap.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p value of no difference, in (0, 1], from the replicates that the interval is from: by the normal
    /// distribution where the interval is, otherwise twice the share of replicates on the far side of 0, where one more is
    /// counted on each side.
    pub p: Option<f64>,
    /// The same after allowing for all comparisons (Benjamini and Hochberg).
    pub p_adjusted: Option<f64>,
    /// Whether there is a difference.
    pub status: Status,
    /// Why there is none, or why it has no interval.
    pub reason: Option<String>,
}

/// Measures that models are compared by, at the declared places where they have one.
const COMPARED: [&str; 8] =
    ["auroc", "partial-auroc", "average-precision", "brier", "log-loss", "sensitivity", "ppv", "net-benefit"];

/// Every comparison, by pair of models, then by measure.
pub(super) fn comparisons(input: &Input, settings: &Settings, results: &[Measured]) -> Vec<Comparison> {
    let name = |result: &Measured| &input.scores[result.model].model;
    let find = |model: &String| results.iter().find(|r| name(r) == model);
    let (Some(candidate), Some(reference)) = (find(&settings.candidate), find(&settings.reference)) else {
        return Vec::new();
    };
    let others = || results.iter().filter(|r| name(r) != name(reference));
    let mut pairs: Vec<(&Measured, &Measured)> = others().map(|r| (r, reference)).collect();
    pairs.extend(others().filter(|r| name(r) != name(candidate)).map(|r| (candidate, r)));
    let mut out = Vec::new();
    for (model, against) in pairs {
        for id in COMPARED {
            for at in places(settings, model, id) {
                let named = (name(model).clone(), name(against).clone());
                out.extend(compare(input, (model, against), named, id, &at));
            }
        }
    }
    let adjusted = benjamini_hochberg(&out.iter().map(|c| c.p).collect::<Vec<_>>());
    out.iter_mut().zip(adjusted).for_each(|(c, p)| c.p_adjusted = p);
    out
}

/// Where a measure is compared: at the declared capacities and thresholds.
fn places(settings: &Settings, model: &Measured, id: &str) -> Vec<String> {
    let percent = |share: &f64| (share * 1e8).round() / 1e6;
    let mut declared: Vec<String> =
        settings.capacities.iter().map(|c| format!("top {}%", percent(c))).collect();
    declared.extend(settings.thresholds.iter().map(|t| format!("risk from {}%", percent(t))));
    declared.push(String::new());
    let has = |at: &String| place(model, id, at).is_some();
    declared.retain(has);
    declared
}

fn place(model: &Measured, id: &str, at: &str) -> Option<usize> {
    model.slots.iter().position(|s| s.side == Side::Own && s.cell == 0 && s.measure.id == id && s.at == at)
}

fn compare(
    input: &Input,
    (model, against): (&Measured, &Measured),
    (name, other): (String, String),
    id: &str,
    at: &str,
) -> Option<Comparison> {
    let (a, b) = (place(model, id, at)?, place(against, id, at)?);
    let measure = measures::find(id)?;
    let mut out = Comparison {
        model: name,
        against: other,
        split: input.split.clone(),
        measure: id.to_owned(),
        at: at.to_owned(),
        difference: None,
        interval: None,
        p: None,
        p_adjusted: None,
        status: Status::Undefined,
        reason: None,
    };
    let enough = |of: &Measured, slot: usize| {
        let tally = &of.tallies[0];
        let flagged = tally.flagged.get(of.slots[slot].place).copied().unwrap_or_default();
        measure.needs.met(tally.n, tally.events, flagged).and(of.estimates[slot])
    };
    match (enough(model, a), enough(against, b)) {
        (Ok(x), Ok(y)) => {
            (out.status, out.difference) = (Status::Ok, Some(x - y));
            let pairs: Vec<Option<f64>> =
                model.column(a).zip(against.column(b)).map(|(x, y)| Some(x? - y?)).collect();
            // The ends of a measure are not those of a difference.
            let spread = match measure.spread {
                Spread::Normal(..) => Spread::Normal(f64::NEG_INFINITY, f64::INFINITY),
                spread => spread,
            };
            match interval(spread, x - y, pairs.iter().copied()) {
                Ok(ends) => {
                    out.interval = Some(ends);
                    out.p = Some(p_value(spread, x - y, &pairs.into_iter().flatten().collect::<Vec<_>>()));
                }
                Err(reason) => out.reason = Some(reason.to_owned()),
            }
        }
        (Err(reason), _) | (_, Err(reason)) => out.reason = Some(reason.to_owned()),
    }
    Some(out)
}

/// The p value of no difference, given the difference in each replicate.
fn p_value(spread: Spread, difference: f64, replicates: &[f64]) -> f64 {
    let n = replicates.len() as f64;
    if let Spread::Normal(..) = spread {
        let mean = replicates.iter().sum::<f64>() / n;
        let sd = (replicates.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        // Two models that are one differ by nothing in every replicate.
        return if sd > 0.0 { two_sided_p(difference / sd) } else { 1.0 };
    }
    let beyond =
        |far: &dyn Fn(f64) -> bool| (replicates.iter().filter(|v| far(**v)).count() as f64 + 1.0) / (n + 1.0);
    (2.0 * beyond(&|v| v <= 0.0).min(beyond(&|v| v >= 0.0))).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::{Grouping, Scores, evaluate};
    use super::*;
    use crate::num::{seed, sigmoid};
    use rand::RngExt;

    #[test]
    fn p_values_by_hand() {
        // Of 9 replicates 2 are at or under 0: (2 + 1) / 10, twice.
        let some = [-0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
        assert!((p_value(Spread::Percentile, 0.3, &some) - 0.6).abs() < 1e-12);
        assert!((p_value(Spread::Percentile, 0.3, &[0.1; 99]) - 0.02).abs() < 1e-12);
        assert!((p_value(Spread::Percentile, 0.0, &[0.0; 99]) - 1.0).abs() < 1e-12);
        // Replicates 1, 2, 3 have a standard deviation of 1.
        let normal = Spread::Normal(f64::NEG_INFINITY, f64::INFINITY);
        assert!((p_value(normal, 1.959_963_985, &[1.0, 2.0, 3.0]) - 0.05).abs() < 1e-9);
    }

    fn compared(strength: f64) -> Vec<Comparison> {
        let mut stream = seed::stream(11, "comparison");
        let n = 3_000;
        let x: Vec<f64> = (0..n).map(|_| stream.random_range(-3.0..1.0)).collect();
        let z: Vec<f64> = (0..n).map(|_| stream.random_range(-1.5..1.5)).collect();
        let truth = |i: usize| sigmoid(x[i] + strength * z[i]);
        let y: Vec<bool> = (0..n).map(|i| stream.random_range(0.0..1.0) < truth(i)).collect();
        let scores = |model: &str, p: &dyn Fn(usize) -> f64| Scores {
            model: model.to_owned(),
            p: (0..n).map(p).collect(),
        };
        let input = Input {
            split: "test".to_owned(),
            y,
            household: (0..n as u32).map(|i| i / 2).collect(),
            fold: vec![0; n],
            groupings: Vec::<Grouping>::new(),
            scores: vec![
                scores("simple", &|i| sigmoid(x[i])),
                scores("same", &|i| sigmoid(x[i])),
                scores("full", &truth),
            ],
        };
        let settings = Settings {
            capacities: vec![0.1],
            thresholds: vec![0.2],
            replicates: 199,
            seed: 3,
            references: vec![],
            candidate: "full".to_owned(),
            reference: "simple".to_owned(),
            smallest_gain: 0.02,
        };
        evaluate(&input, &settings, &|_, _| {}).unwrap().comparisons
    }

    #[test]
    fn a_better_model_is_found_and_the_same_model_is_not() {
        let all = compared(1.0);
        let find = |model: &str, measure: &str, at: &str| {
            let fits = |c: &&Comparison| {
                c.model == model && c.against == "simple" && c.measure == measure && c.at == at
            };
            all.iter().find(fits).unwrap()
        };
        for (measure, at) in [
            ("auroc", ""),
            ("average-precision", ""),
            ("partial-auroc", ""),
            ("net-benefit", "risk from 20%"),
        ] {
            let better = find("full", measure, at);
            assert!(better.difference.unwrap() > 0.0 && better.p_adjusted.unwrap() < 0.05, "{better:?}");
            assert!(better.interval.unwrap().0 > 0.0, "{better:?}");
            let same = find("same", measure, at);
            assert!(same.difference == Some(0.0) && same.p == Some(1.0), "{same:?}");
        }
        assert!(find("full", "brier", "").difference.unwrap() < 0.0);
        assert!(find("full", "sensitivity", "top 10%").interval.is_some());
        // Against the reference, then the candidate against the third.
        assert!(all.iter().any(|c| c.model == "full" && c.against == "same"));
        assert!(all.iter().all(|c| c.p_adjusted >= c.p));
    }

    #[test]
    fn interval_and_p_value_agree() {
        for comparison in compared(0.25) {
            let (Some((low, high)), Some(p)) = (comparison.interval, comparison.p) else { continue };
            // The interval interpolates between replicates, and the p value counts one more on each side.
            let near = (0.035..0.065).contains(&p);
            assert!(near || (low > 0.0 || high < 0.0) == (p < 0.05), "{comparison:?}");
        }
    }
}
