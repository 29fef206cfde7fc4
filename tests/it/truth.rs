//! The truth that the simulator writes is calibrated: of all referrals given 30%, 30% are followed by another.

use crate::synth::{big, scenario};
use rerefer::num::{logit, sigmoid};
use rerefer::schema::Kind;
use rerefer::synth::oracle::followed;
use rerefer::synth::{Part, Simulated, TruthRow, stream};
use std::collections::BTreeMap;

/// Sorts by `key`, cuts into ten equal parts, and gives for each the mean of `key`, the mean of `value`, and the
/// standard error of the mean difference.
fn by_tenths(
    rows: &[(TruthRow, bool)],
    key: fn(&TruthRow) -> f64,
    value: impl Fn(&(TruthRow, bool)) -> f64,
) -> Vec<[f64; 3]> {
    let mut sorted: Vec<_> = rows.to_vec();
    sorted.sort_by(|a, b| key(&a.0).total_cmp(&key(&b.0)));
    let size = sorted.len().div_ceil(10);
    sorted
        .chunks(size)
        .map(|part| {
            let n = part.len() as f64;
            let mean_key = part.iter().map(|r| key(&r.0)).sum::<f64>() / n;
            let mean_value = part.iter().map(&value).sum::<f64>() / n;
            // Households, not rows, are independent.
            let mut by_household: BTreeMap<u32, f64> = BTreeMap::new();
            for row in part {
                *by_household.entry(row.0.household).or_default() += value(row) - key(&row.0);
            }
            [mean_key, mean_value, by_household.values().map(|d| d * d).sum::<f64>().sqrt() / n]
        })
        .collect()
}

/// Slope and intercept of the logistic regression of the outcome on the log-odds of `p`, by Newton's method.
fn calibration(rows: &[(f64, bool)]) -> (f64, f64) {
    let (mut a, mut b) = (0.0, 1.0);
    for _ in 0..20 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(p, y) in rows {
            let x = logit(p);
            let fitted = sigmoid(a + b * x);
            let (residual, weight) = (f64::from(u8::from(y)) - fitted, fitted * (1.0 - fitted));
            ga += residual;
            gb += residual * x;
            haa += weight;
            hab += weight * x;
            hbb += weight * x * x;
        }
        let determinant = haa * hbb - hab * hab;
        a += (hbb * ga - hab * gb) / determinant;
        b += (haa * gb - hab * ga) / determinant;
    }
    (a, b)
}

/// A column of the truth: its name and value.
type Key = (&'static str, fn(&TruthRow) -> f64);

/// The derivation in `rerefer::synth` is right only if both probabilities are calibrated, everywhere.
#[test]
fn the_truth_is_calibrated() {
    let simulated = big();
    let end = simulated.history.children.observed_to[0];
    let rows: Vec<(TruthRow, bool)> =
        followed(&simulated.truth, end).filter(|(r, _)| r.p_observable > 0.0).collect();
    let outcome = |row: &(TruthRow, bool)| f64::from(u8::from(row.1));
    assert!(rows.len() > 150_000, "{}", rows.len());
    let keys: [Key; 2] = [("p_latent", |r| r.p_latent), ("p_observable", |r| r.p_observable)];
    for (name, key) in keys {
        let (expected, observed) =
            rows.iter().fold((0.0, 0.0), |(e, o), row| (e + key(&row.0), o + outcome(row)));
        let (intercept, slope) = calibration(&rows.iter().map(|(row, y)| (key(row), *y)).collect::<Vec<_>>());
        println!("{name}: O/E {:.4}, slope {slope:.4}, intercept {intercept:.4}", observed / expected);
        assert!((observed / expected - 1.0).abs() < 0.015, "{name}: O/E {}", observed / expected);
        assert!((slope - 1.0).abs() < 0.025, "{name}: slope {slope}");
        for [mean, share, error] in by_tenths(&rows, key, outcome) {
            println!("  {mean:.4} {share:.4} ({:+.2} s.e.)", (share - mean) / error);
            assert!((share - mean).abs() < 4.0 * error, "{name}: {mean} but {share}");
        }
    }
    println!("mean p_latent by tenths of p_observable");
    for [mean, latent, error] in by_tenths(&rows, |r| r.p_observable, |row| row.0.p_latent) {
        println!("  {mean:.4} {latent:.4} ({:+.2} s.e.)", (latent - mean) / error);
        assert!((latent - mean).abs() < 4.0 * error, "p_observable {mean}, mean p_latent {latent}");
        assert!((latent / mean - 1.0).abs() < 0.03);
    }
}

/// Whether an event of `kind` follows each referral within a year of it.
fn followed_by(simulated: &Simulated, kind: Kind) -> Vec<bool> {
    let history = &simulated.history;
    let place: BTreeMap<i64, usize> =
        history.children.id.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    let within = |row: &TruthRow| {
        let events = history.events_of(place[&row.child]).map(|i| history.events.get(i));
        let last = row.referral.plus(365);
        events.into_iter().any(|e| e.kind == kind && e.date >= row.referral && e.date <= last)
    };
    simulated.truth.iter().map(within).collect()
}

/// Escalations are worked out with means and two returns at most: to 4 in 100 of their value, and 6 in 100 in the top tenth.
#[test]
fn the_truth_of_escalations_is_calibrated() {
    let simulated = big();
    let end = simulated.history.children.observed_to[0];
    for (k, kind) in [Kind::S47, Kind::CpStart, Kind::ClaStart].into_iter().enumerate() {
        let outcomes = followed_by(&simulated, kind);
        let all = simulated.truth.iter().zip(outcomes);
        let rows: Vec<(&TruthRow, bool)> = all.filter(|(row, _)| row.referral.plus(365) <= end).collect();
        let sides: [fn(&TruthRow, usize) -> f64; 2] =
            [|row, k| row.escalations[k].latent, |row, k| row.escalations[k].observable];
        for p in sides {
            let mut sorted: Vec<(f64, bool)> = rows.iter().map(|(row, y)| (p(row, k), *y)).collect();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
            let ratio = |rows: &[(f64, bool)]| {
                let observed = rows.iter().filter(|(_, y)| *y).count() as f64;
                observed / rows.iter().map(|(p, _)| p).sum::<f64>()
            };
            let top = &sorted[sorted.len() * 9 / 10..];
            println!("{kind:?}: O/E {:.4}, in the top tenth {:.4}", ratio(&sorted), ratio(top));
            assert!((ratio(&sorted) - 1.0).abs() < 0.04, "{kind:?}: {}", ratio(&sorted));
            assert!((ratio(top) - 1.0).abs() < 0.06, "{kind:?}: {}", ratio(top));
        }
    }
}

#[test]
fn the_truth_of_other_horizons_is_calibrated() {
    let horizons = [90, 730];
    let scenario = scenario(60_000);
    let mut sums = [[0.0_f64; 3]; 2];
    let tally = |part: Part| {
        for (i, row) in part.truth.iter().enumerate() {
            for (k, days) in horizons.iter().enumerate() {
                let last = row.referral.plus(i32::from(*days));
                if last > scenario.end {
                    continue;
                }
                let next = part.truth.get(i + 1).filter(|next| next.child == row.child);
                let p = &part.horizons[(i * horizons.len() + k) * 2..][..2];
                let observed = f64::from(u8::from(next.is_some_and(|next| next.referral <= last)));
                for (sum, value) in sums[k].iter_mut().zip([observed, p[0], p[1]]) {
                    *sum += value;
                }
            }
        }
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(_) = stream(&scenario, &horizons, &|_, _| {}, tally);
    for (days, [observed, latent, observable]) in horizons.iter().zip(sums) {
        println!("{days} days: {observed} of {latent:.0} (latent), {observable:.0} (observable)");
        assert!(observed > 1_000.0);
        assert!((observed / latent - 1.0).abs() < 0.03, "{days}: {observed} {latent}");
        assert!((observed / observable - 1.0).abs() < 0.03, "{days}: {observed} {observable}");
    }
}
