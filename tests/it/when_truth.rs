//! How long from the closing of a case until what, against the known truth of synthetic England, over twelve years of records.

use ndarray::Array2;
use rerefer::cohort::{Point, Seen, build_timed};
use rerefer::experiment::{Experiment, groups, when};
use rerefer::history::History;
use rerefer::models::time::cause_specific::{Baselines, CauseBaseline, Increments};
use rerefer::models::time::cox::{CoxData, CoxOptions, baseline, fit};
use rerefer::num::Day;
use rerefer::survival::Times;
use rerefer::survival::found::{Share, When};
use rerefer::synth::{ClosingRow, Closings, Fitted, Preset, Scenario, Within, simulate, simulate_closings};
use std::collections::BTreeMap;

/// 12 and 72 months, as `[when]` counts them.
const HORIZONS: [u16; 2] = [365, 2_192];
/// The place of 72 months among them.
const LATE: usize = 1;
/// One of a hundred.
const POINT: f64 = 0.01;

/// The committed experiment, which asks from the closing, at other horizons.
fn experiment() -> Experiment {
    let committed = include_str!("../../experiments/when/experiment.toml");
    let (from, to) = ("[3, 6, 12, 24, 60]", "[12, 72]");
    let groups = "[\"sex\", \"ethnic-group\", \"age-band\", \"disability\", \"authority\"]";
    assert!(committed.contains(from) && committed.contains(groups));
    let text = committed.replace(from, to).replace(groups, "[\"age-band\"]");
    Experiment::read("experiment.toml", &text).unwrap()
}

/// Some households of synthetic England, recorded for twelve years.
fn england(households: u32, seed: u64) -> Scenario {
    Scenario::of_preset(Preset::England, seed, 12, 18, Fitted::committed()).with_households(households)
}

fn world(households: u32, seed: u64) -> Closings {
    simulate_closings(&england(households, seed), &HORIZONS, &|_, _| {})
}

fn measured(history: &History) -> When {
    let when = when::describe(&experiment(), history).unwrap().unwrap();
    assert!(when.from_closure && when.horizons.iter().map(|h| h.days).eq(HORIZONS.map(i32::from)));
    when
}

/// A spell of the cohort with its truth, the place of its age band, and its household.
struct Followed<'a> {
    truth: &'a ClosingRow,
    seen: Seen,
    age: u16,
    household: u32,
    /// Whole years of age at the closing, 0 for the unborn.
    years: u32,
    /// Spells of the child before this one.
    earlier: u32,
    /// Whether the case was open for a week or less.
    short: bool,
}

/// Every spell that `[when]` follows.
fn followed(closings: &Closings) -> Vec<Followed<'_>> {
    let (history, experiment) = (&closings.history, experiment());
    let definition = experiment.when.as_ref().unwrap().definition(&experiment.cohort);
    assert_eq!(definition.point, Point::AtClosure);
    let cohort = build_timed(history, &definition);
    let ages = groups::grouping("age-band", history, &cohort.rows).level_of;
    let by_closing: BTreeMap<(i64, Day), &ClosingRow> =
        closings.rows.iter().map(|row| ((row.child, row.closed), row)).collect();
    assert_eq!(by_closing.len(), closings.rows.len(), "a child's cases do not close twice on a day");
    let mut before: BTreeMap<u32, u32> = BTreeMap::new();
    let mut earlier = |child: u32| {
        let n = before.entry(child).or_default();
        *n += 1;
        *n - 1
    };
    let years = |child: u32, on: Day| {
        let birth = history.children.birth_month[child as usize].unwrap();
        (1..18).filter(|years| birth.plus_years(*years) <= on).count() as u32
    };
    let spells = cohort.rows.iter().zip(&cohort.spells).zip(ages);
    let found = spells.map(|((row, spell), age)| Followed {
        years: years(row.child, row.predict_on),
        earlier: earlier(row.child),
        short: row.predict_on.0 - row.referral.0 <= 7,
        truth: by_closing[&(history.children.id[row.child as usize], row.predict_on)],
        seen: spell.seen_before(None, definition.leaving()).unwrap(),
        age,
        household: history.children.household[row.child as usize],
    });
    found.collect()
}

/// Mean over spells of what is true within a horizon.
fn mean(spells: &[&Followed<'_>], horizon: usize, of: fn(&Within) -> f64) -> f64 {
    spells.iter().map(|spell| of(&spell.truth.within[horizon])).sum::<f64>() / spells.len() as f64
}

/// The standard error, as the width of the 95% interval tells it.
fn error(share: &Share) -> f64 {
    let (low, high) = share.interval.unwrap();
    (high - low) / (2.0 * 1.96)
}

/// Returns and leavings, over all and by age at closing, are within a point and within three standard errors (three and a half
/// for the ten of the groups) of the truth at 12 and 72 months; one minus Kaplan-Meier is not.
#[test]
fn incidence_from_the_closing_is_the_truth_and_one_minus_kaplan_meier_is_not() {
    let closings = world(200_000, 5);
    let (spells, when) = (followed(&closings), measured(&closings.history));
    let all: Vec<&Followed<'_>> = spells.iter().collect();
    assert_eq!(spells.len() as u64, when.size.spells);
    for (k, by) in when.by.iter().enumerate() {
        let (months, shares) = (when.horizons[k].months, &by.as_ref().unwrap().shares);
        for (what, share, of) in [
            ("return", &shares[0], (|w| w.p_return) as fn(&Within) -> f64),
            ("leave", &shares[1], |w| w.p_leave),
        ] {
            let (truth, se) = (mean(&all, k, of), error(share));
            println!("{months} months, {what}: true {truth:.4}, found {:.4}, s.e. {se:.4}", share.value);
            assert!(se < 0.003, "{se} is no error well below a point");
            assert!(
                (share.value - truth).abs() < POINT.min(3.0 * se),
                "{what}: {} is not {truth}",
                share.value
            );
        }
        let (over, truth) = (*when.overstated[k].as_ref().unwrap(), mean(&all, k, |w| w.p_return));
        println!("{months} months, 1 - KM {over:.4}, above the truth by {:.4}", over - truth);
        assert!(k != LATE || over - truth > 5.0 * POINT, "1 - KM would pass: {over}, {truth}");
    }
    for (age, level) in (0..).zip(&when.groups[0].levels) {
        let own: Vec<&Followed<'_>> = spells.iter().filter(|spell| spell.age == age).collect();
        for (k, by) in level.by.iter().enumerate() {
            let Ok(by) = by else { continue };
            let (share, truth) = (&by.shares[0], mean(&own, k, |w| w.p_return));
            let (se, months) = (error(share), when.horizons[k].months);
            println!(
                "{}, {months} months: {} spells, true {truth:.4}, found {:.4}, s.e. {se:.4}",
                level.name,
                own.len(),
                share.value
            );
            assert!(
                (share.value - truth).abs() < (3.5 * se).max(0.001),
                "{}: {} is not {truth}",
                level.name,
                share.value
            );
        }
    }
}

/// Spell by spell: of those given 30%, 30% come back; in each tenth, of spells that could be followed for the whole horizon.
#[test]
fn outcomes_are_as_probable_as_the_truth_says() {
    let closings = world(200_000, 6);
    let spells = followed(&closings);
    for (k, days) in HORIZONS.map(i32::from).into_iter().enumerate() {
        for (what, cause, of) in
            [("return", 1, (|w| w.p_return) as fn(&Within) -> f64), ("leave", 2, |w| w.p_leave)]
        {
            let mut whole: Vec<&Followed<'_>> =
                spells.iter().filter(|s| s.seen.administrative >= days).collect();
            whole.sort_by(|a, b| of(&a.truth.within[k]).total_cmp(&of(&b.truth.within[k])));
            let y = |s: &&Followed<'_>| f64::from(u8::from(s.seen.cause == cause && s.seen.exit <= days));
            // The share that came, and its distance from the truth in standard errors of households.
            let against = |part: &[&Followed<'_>]| {
                let mut by_household: BTreeMap<u32, f64> = BTreeMap::new();
                for s in part {
                    *by_household.entry(s.household).or_default() += y(s) - of(&s.truth.within[k]);
                }
                let n = part.len() as f64;
                let found = part.iter().map(y).sum::<f64>() / n;
                let se = by_household.values().map(|d| d * d).sum::<f64>().sqrt() / n;
                (found, mean(part, k, of), se)
            };
            let (found, truth, se) = against(&whole);
            println!(
                "{what} within {days} days: {} spells, true {truth:.4}, came {found:.4}, s.e. {se:.4}",
                whole.len()
            );
            assert!(whole.len() > 50_000 && (found - truth).abs() < 3.0 * se);
            for part in whole.chunks(whole.len().div_ceil(10)) {
                let (found, truth, se) = against(part);
                println!("  {truth:.4} {found:.4} ({:+.2} s.e.)", (found - truth) / se);
                assert!((found - truth).abs() < 4.0 * se, "{what} within {days} days: {truth} but {found}");
            }
        }
    }
}

/// Earlier spells, and whether the case was open for a week or less.
fn covariates(spells: &[&Followed<'_>]) -> Array2<f64> {
    let cell = |(row, column): (usize, usize)| {
        let spell = spells[row];
        if column == 0 { f64::from(spell.earlier).ln_1p() } else { f64::from(u8::from(spell.short)) }
    };
    Array2::from_shape_fn((spells.len(), 2), cell)
}

/// The log hazard ratios of a cause, and its baseline at each year of age.
type Learnt = (Vec<f64>, BTreeMap<u32, CauseBaseline>);

/// Cox's model of one cause, with a baseline for each year of age.
fn learn(spells: &[&Followed<'_>], cause: u8) -> Learnt {
    let exit = spells.iter().map(|s| f64::from(s.seen.exit)).collect();
    let times = Times::new(exit, spells.iter().map(|s| s.seen.cause).collect()).unwrap();
    let (x, stratum) = (covariates(spells), spells.iter().map(|s| s.years).collect::<Vec<u32>>());
    let (x, stratum) = (x.view(), Some(stratum.as_slice()));
    let data = CoxData { x, times: &times, cause, weight: None, stratum, cluster: None, offset: None };
    let found = fit(&data, &CoxOptions::default()).unwrap();
    let of_age = baseline::baseline(&data, &found).unwrap().into_iter();
    let baselines =
        of_age.map(|b| (b.stratum, CauseBaseline { times: b.time, increments: b.hazard })).collect();
    (found.coef, baselines)
}

/// What the models of some causes, put together, expect of returns within each horizon.
fn predict(causes: &[&Learnt], spells: &[&Followed<'_>]) -> Vec<[f64; 2]> {
    let x = covariates(spells);
    let ratio =
        |row: usize, cause: &Learnt| x.row(row).iter().zip(&cause.0).map(|(x, b)| x * b).sum::<f64>().exp();
    let mut out = vec![[0.0; 2]; spells.len()];
    for years in 0..18 {
        let rows: Vec<usize> = (0..spells.len()).filter(|i| spells[*i].years == years).collect();
        let of_age: Vec<CauseBaseline> = causes.iter().map(|cause| cause.1[&years].clone()).collect();
        let risk = Array2::from_shape_fn((rows.len(), causes.len()), |(i, k)| ratio(rows[i], causes[k]));
        let at = HORIZONS.map(f64::from);
        let found =
            Baselines::new(&of_age).unwrap().incidence(risk.view(), &at, Increments::default()).unwrap();
        for (i, row) in rows.into_iter().enumerate() {
            out[row] = [0, 1].map(|k| found.incidence[[i, k, 0]]);
        }
    }
    out
}

/// All rows, those of each tenth of `p`, and those of each year of age: tenths by what is expected, ages by what is known.
fn parts(p: &[f64], spells: &[&Followed<'_>]) -> Vec<(String, Vec<usize>)> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    let mut out = vec![("all".to_owned(), order.clone())];
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let tenths = order.chunks(order.len().div_ceil(10)).enumerate();
    out.extend(tenths.map(|(tenth, rows)| (format!("tenth {tenth}"), rows.to_vec())));
    let of_age = |years| (0..p.len()).filter(|i| spells[*i].years == years).collect();
    out.extend((0..18).map(|years| (format!("age {years}"), of_age(years))));
    out
}

/// Learnt from half of the households, the cause-specific models of returns and leavings together are within a point of the
/// truth of the other half's spells, and within three in each tenth and at each age (frailty makes hazards less than
/// proportional, and some ages are few); the model of returns alone, as if leaving hid a return that came, is not.
#[test]
fn the_model_with_competing_leavings_is_calibrated_and_that_without_is_not() {
    let closings = world(200_000, 7);
    let spells = followed(&closings);
    let (learnt, tested): (Vec<&Followed<'_>>, Vec<_>) = spells.iter().partition(|s| s.household % 2 == 0);
    let (returns, leavings) = (learn(&learnt, 1), learn(&learnt, 2));
    let (both, alone) = (predict(&[&returns, &leavings], &tested), predict(&[&returns], &tested));
    let mut found = BTreeMap::new();
    for (k, days) in HORIZONS.iter().enumerate() {
        let p: Vec<f64> = both.iter().map(|p| p[k]).collect();
        for (name, rows) in parts(&p, &tested) {
            let mean =
                |of: &dyn Fn(usize) -> f64| rows.iter().map(|i| of(*i)).sum::<f64>() / rows.len() as f64;
            let truth = mean(&|i| tested[i].truth.within[k].p_return);
            let (with, without) = (mean(&|i| both[i][k]), mean(&|i| alone[i][k]));
            println!("{days} days, {name}: true {truth:.4}, model {with:.4}, of returns alone {without:.4}");
            found.insert((k, name), (with - truth, without - truth));
        }
    }
    for ((k, name), (with, _)) in &found {
        let allowed = if name == "all" { POINT } else { 3.0 * POINT };
        assert!(with.abs() < allowed, "{} days, {name}: off by {with}", HORIZONS[*k]);
    }
    let without = |k: usize, name: &str| found[&(k, name.to_owned())].1;
    assert!(without(LATE, "all") > 3.0 * POINT && without(0, "age 17") > 5.0 * POINT);
}

/// The records end for late closings before 72 months are over, and late closings are not quite like early ones: what
/// Aalen-Johansen would find with no chance in it, from the truth step by step of those followed so far, is as near the truth
/// of all.
#[test]
fn the_end_of_the_records_moves_the_incidence_little() {
    const STEP: u16 = 137;
    let steps: Vec<u16> = (1..=16).map(|k| k * STEP).collect();
    assert_eq!(steps.last(), HORIZONS.last());
    let closings = simulate_closings(&england(100_000, 8), &steps, &|_, _| {});
    let spells = followed(&closings);
    let (mut free, mut incidence) = (1.0, 0.0);
    for (k, days) in steps.iter().enumerate() {
        let (mut waiting, mut returned, mut left) = (0.0, 0.0, 0.0);
        for spell in spells.iter().filter(|s| s.seen.administrative >= i32::from(*days)) {
            let by = |k: usize| (spell.truth.within[k].p_return, spell.truth.within[k].p_leave);
            let (now, before) = (by(k), if k == 0 { (0.0, 0.0) } else { by(k - 1) });
            waiting += 1.0 - before.0 - before.1;
            returned += now.0 - before.0;
            left += now.1 - before.1;
        }
        incidence += free * returned / waiting;
        free *= 1.0 - (returned + left) / waiting;
    }
    let all: Vec<&Followed<'_>> = spells.iter().collect();
    let truth = mean(&all, steps.len() - 1, |w| w.p_return);
    println!("72 months: true {truth:.4}, of those followed so far {incidence:.4}");
    assert!((incidence - truth).abs() < 0.2 * POINT, "{incidence} is not {truth}");
}

/// Of the 95% intervals of forty small worlds, as many hold the truth of all of them as chance allows: six misses or fewer
/// have probability 0.986 if each is 0.05.
#[test]
fn intervals_hold_the_truth() {
    let (mut sums, mut n) = ([0.0; 2], 0.0);
    let mut intervals = Vec::new();
    for seed in 100..140 {
        let closings = world(5_000, seed);
        let when = measured(&closings.history);
        for spell in &followed(&closings) {
            n += 1.0;
            for (sum, within) in sums.iter_mut().zip(&spell.truth.within) {
                *sum += within.p_return;
            }
        }
        let of = |k: usize| when.by[k].as_ref().unwrap().shares[0].interval.unwrap();
        intervals.push([of(0), of(1)]);
    }
    for k in 0..2 {
        let truth = sums[k] / n;
        let covers = intervals.iter().filter(|of| of[k].0 <= truth && truth <= of[k].1).count();
        let above = intervals.iter().filter(|of| of[k].0 > truth).count();
        println!(
            "within {} days, {n} spells: true {truth:.4}, {covers} of 40 intervals hold it, {above} lie above",
            HORIZONS[k]
        );
        assert!(covers >= 34, "{covers} of 40");
    }
}

/// The truth is asked for without changing a record, and every closing of the cohort has it whatever the dials do.
#[test]
fn the_records_are_the_same_with_and_without() {
    let text = "seed = 9\nhouseholds = 3000\nstart = 2012-04-01\nend = 2024-03-31\nchildren = 900\n\
        [dials]\nmissed = 0.2\nspurious_per_year = 0.1\n[dials.fields]\nlate = 0.3\nmissing = 0.1\n";
    for scenario in [Scenario::read("s.toml", text).unwrap(), england(2_000, 3)] {
        let (closings, plain) =
            (simulate_closings(&scenario, &HORIZONS, &|_, _| {}), simulate(&scenario, &|_, _| {}));
        assert_eq!(closings.history.events, plain.history.events);
        assert_eq!(closings.history.children, plain.history.children);
        let households: BTreeMap<i64, u32> =
            plain.truth.iter().map(|row| (row.child, row.household)).collect();
        assert!(closings.rows.iter().all(|row| households[&row.child] == row.household));
        assert!(followed(&closings).len() > 500);
        for row in &closings.rows {
            let [near, far] = [row.within[0], row.within[1]];
            assert!(
                0.0 <= near.p_return && near.p_return <= far.p_return && near.p_leave <= far.p_leave + 1e-12
            );
            assert!(far.p_return + far.p_leave <= 1.0 + 1e-12);
        }
    }
}
