//! Intervals and tests of the measures of when against known truth, on siblings who are alike and follow-up that ends early.
//!
//! `cargo test --release --test it when_coverage_study -- --ignored --nocapture` repeats the study whose table stands in
//! `docs/coverage.md`; the suite runs a small version of it.

use ndarray::Array2;
use rand::RngExt as _;
use rayon::prelude::*;
use rerefer::evaluate::Grouping;
use rerefer::evaluate::survival::score::{Chances, Scored, Settings, Tested, score};
use rerefer::num::seed;
use std::collections::BTreeMap;

/// Levels of the grouping in which every group is treated alike: shares of households.
const FAIR: [f64; 6] = [0.42, 0.25, 0.15, 0.08, 0.06, 0.04];
/// The speed at which something else ends the waiting.
const OTHER: f64 = 0.25;
const CAPACITY: f64 = 0.2;
const THRESHOLD: f64 = 0.4;

/// Rows in households of one to four, whose speeds of coming back share a part that the model knows and one that it does not;
/// followed for half a year to two and a half, where they are not `complete`.
fn world(number: u64, households: u32, complete: bool) -> Tested {
    let mut draw = seed::stream(number, if complete { "when coverage/truth" } else { "when coverage" });
    let (mut exit, mut cause, mut administrative, mut household) = (vec![], vec![], vec![], vec![]);
    let (mut level_of, mut risk) = (vec![], vec![]);
    for h in 0..households {
        let mut place = draw.random::<f64>();
        let level = FAIR.iter().position(|share| {
            place -= share;
            place < 0.0
        });
        let (shared, hidden) = (draw.random::<f64>(), if draw.random::<bool>() { 0.5 } else { 1.5 });
        for _ in 0..1 + (4.0 * draw.random::<f64>().powi(2)) as u32 {
            let known = 0.1 + 0.6 * shared + 0.6 * draw.random::<f64>();
            let mut wait = |rate: f64| -(1.0 - draw.random::<f64>()).ln() / rate;
            let (one, two) = (wait(known * hidden), wait(OTHER));
            let end = if complete { 9.0 } else { 0.5 + 2.0 * draw.random::<f64>() };
            exit.push(one.min(two).min(end));
            cause.push(if one <= two.min(end) { 1 } else { 2 * u8::from(two <= end) });
            administrative.push(end);
            household.push(h);
            level_of.push(level.unwrap_or(FAIR.len() - 1) as u16);
            risk.push(known);
        }
    }
    let by = |rate: f64, t: f64| rate / (rate + OTHER) * (1.0 - (-(rate + OTHER) * t).exp());
    // Over both hidden parts: right on average, whatever it does not know.
    let chance = |known: f64, t: f64| f64::midpoint(by(0.5 * known, t), by(1.5 * known, t));
    let rows = exit.len();
    let of = |f: &dyn Fn(f64, f64) -> f64| {
        Array2::from_shape_fn((rows, 2), |(row, time)| f(risk[row], [0.5, 1.0][time]))
    };
    let model = |model: &str, risk| Chances { model: model.to_owned(), risk, free: vec![] };
    Tested {
        split: "simulated".to_owned(),
        times: vec![(6, 0.5), (12, 1.0)],
        groupings: vec![Grouping {
            name: "fair".to_owned(),
            levels: (0..6).map(|l| char::from(b'A' + l).to_string()).collect(),
            level_of,
        }],
        models: vec![model("model", of(&chance)), model("flat", of(&|_, t| 0.35 * t))],
        exit,
        cause,
        administrative,
        household,
    }
}

fn settings(replicates: usize, seed: u64) -> Settings {
    Settings {
        capacity: CAPACITY,
        thresholds: vec![THRESHOLD],
        replicates,
        seed,
        candidate: "model".to_owned(),
        reference: "flat".to_owned(),
        references: vec![],
    }
}

/// What was covered: overall and, for differences of a small group from the largest, by `group`.
fn covered(scored: &Scored, truth: &BTreeMap<String, f64>) -> Vec<(String, bool)> {
    let own =
        scored.rows.iter().filter(|r| r.group == "overall" && (r.model == "model" || r.model.is_empty()));
    let of_rows = own.filter_map(|r| {
        let at = r.at.split(',').next().unwrap_or_default();
        let (low, high) = r.low.zip(r.high)?;
        let truth = truth.get(r.measure).filter(|_| at.contains("12"))?;
        Some((r.measure.to_owned(), (low..=high).contains(truth)))
    });
    let gaps = scored.contrasts.iter().filter(|c| c.at == "12 months" && c.level == "D").filter_map(|c| {
        let (low, high) = c.difference_interval?;
        Some((format!("gap {}", c.measure), (low..=high).contains(&0.0)))
    });
    of_rows.chain(gaps).collect()
}

/// The truth, counted plainly on so many rows, all followed to their end, that chance is nearly out of it.
fn truth(households: u32) -> BTreeMap<String, f64> {
    let all = world(1, households, true);
    let n = all.exit.len() as f64;
    let came_by = |t: f64| -> Vec<f64> {
        let came = |(exit, cause): (&f64, &u8)| f64::from(u8::from(*exit <= t && *cause == 1));
        all.exit.iter().zip(&all.cause).map(came).collect()
    };
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let squares = |model: usize, time: usize, came: &[f64]| {
        let p = all.models[model].risk.column(time);
        p.iter().zip(came).map(|(p, y)| (p - y).powi(2)).sum::<f64>() / n
    };
    let (half, came) = (came_by(0.5), came_by(1.0));
    let p: Vec<f64> = all.models[0].risk.column(1).to_vec();
    let null = |y: &[f64]| mean(y) * (1.0 - mean(y));
    let (brier, flat) = (squares(0, 1, &came), squares(1, 1, &came));
    let integrated = f64::midpoint(squares(0, 0, &half), brier);
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let flagged = &order[..(CAPACITY * n) as usize];
    let hits = flagged.iter().map(|row| came[*row]).sum::<f64>();
    let (events, flags) = (came.iter().sum::<f64>(), flagged.len() as f64);
    let (mut above, mut pairs) = (0.0, 0.0);
    for row in order.iter().rev() {
        // From the lowest up: those without the event that lie below.
        if came[*row] > 0.5 { pairs += above } else { above += 1.0 }
    }
    let auroc = pairs / events / (n - events);
    let worth = |from: f64| {
        let above = p.iter().zip(&came).filter(|(p, _)| **p >= from);
        above.map(|(_, y)| y - (1.0 - y) * THRESHOLD / (1.0 - THRESHOLD)).sum::<f64>() / n
    };
    let order = |later: &dyn Fn(usize, usize) -> bool| {
        let (mut right, mut all_pairs) = (0.0, 0.0);
        for i in (0..8_000).filter(|i| came[*i] > 0.5) {
            for j in (0..8_000).filter(|j| later(i, *j)) {
                all_pairs += 1.0;
                right += f64::from(u8::from(p[i] > p[j]));
            }
        }
        right / all_pairs
    };
    let (exit, cause) = (&all.exit, &all.cause);
    let ipa = |of: f64| 1.0 - of / null(&came);
    [
        ("incidence", mean(&came)),
        ("mean-predicted", mean(&p)),
        ("observed-over-expected", 1.0),
        ("auroc", auroc),
        ("auroc-difference", auroc - 0.5),
        ("brier", brier),
        ("administrative-brier", brier),
        ("ipa", ipa(brier)),
        ("ipa-difference", ipa(brier) - ipa(flat)),
        ("calibration-slope", 1.0),
        ("ppv", hits / flags),
        ("sensitivity", hits / events),
        ("false-positive-rate", (flags - hits) / (n - events)),
        ("net-benefit", worth(THRESHOLD)),
        ("net-benefit-of-all", worth(0.0)),
        ("integrated-brier", integrated),
        ("integrated-ipa", 1.0 - integrated / f64::midpoint(null(&half), null(&came))),
        ("concordance", order(&|i, j| exit[i] < exit[j] || cause[j] == 2)),
    ]
    .map(|(id, value)| (format!("time-{id}"), value))
    .into()
}

type Shares = BTreeMap<String, (f64, f64)>;

fn add(to: &mut Shares, name: String, yes: bool) {
    let (share, count) = to.entry(name).or_default();
    *count += 1.0;
    *share += (f64::from(u8::from(yes)) - *share) / *count;
}

/// Shares covered, and shares of tests of groups that are alike that reject at 5%; with how many there were.
fn study(truth: &BTreeMap<String, f64>, runs: u64, households: u32, replicates: usize) -> (Shares, Shares) {
    let one = |run: u64| score(&world(run, households, false), &settings(replicates, run), &|_| {}).unwrap();
    let all: Vec<Scored> = (0..runs).into_par_iter().map(one).collect();
    let (mut held, mut rejected) = (Shares::new(), Shares::new());
    for scored in &all {
        for (name, yes) in covered(scored, truth) {
            add(&mut held, name, yes);
        }
        for test in scored.tests.iter().filter(|t| t.at == "12 months") {
            if let Some(p) = test.p {
                add(&mut rejected, test.measure.clone(), p < 0.05);
            }
        }
    }
    (held, rejected)
}

#[test]
#[ignore = "a study of minutes: cargo test --release --test it when_coverage_study -- --ignored --nocapture"]
fn when_coverage_study() {
    let truth = truth(400_000);
    println!("truth: {truth:?}");
    for (runs, households, replicates) in [(1_000, 800, 400), (500, 3_000, 200)] {
        let (held, rejected) = study(&truth, runs, households, replicates);
        println!("{runs} runs of {households} households, {replicates} replicates");
        for (name, (share, count)) in held {
            println!("| {name} | {:.1}% of {count} |", 100.0 * share);
        }
        for (name, (share, count)) in rejected {
            println!("| test of {name} | {:.1}% of {count} rejected |", 100.0 * share);
        }
    }
}

#[test]
fn intervals_of_when_cover_and_fair_groups_are_not_accused() {
    // Of 60 runs, 57 are expected to cover, with a standard deviation of 1.7; and 3 to reject.
    let truth = truth(60_000);
    let (held, rejected) = study(&truth, 60, 800, 140);
    assert_eq!(held.len(), truth.len() + 8, "{held:?}");
    for (name, (share, count)) in held {
        assert!(share >= 0.84 && count > 50.0, "{name}: {share} of {count}");
    }
    assert_eq!(rejected.len(), 8);
    for (name, (share, count)) in rejected {
        assert!(share <= 0.17 && count > 50.0, "{name}: {share} of {count}");
    }
}
