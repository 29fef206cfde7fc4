//! Equal to R survival and cmprsk on simulated spells of the project's own (`tests/golden/r-survival-own`).

use super::aalen_johansen::{AalenJohansen, at};
use super::aalen_variance::{Form, aalen_variance};
use super::difference::{Target, difference};
use super::gray::gray;
use super::interval::Scale;
use super::kaplan_meier::KaplanMeier;
use super::log_rank::{Weighing, log_rank};
use super::mean_cumulative::{Others, mean_cumulative};
use super::nelson_aalen::{NelsonAalen, Ties};
use super::one_minus_km::one_minus_km;
use super::restricted_mean::time_lost;
use super::sorted::Sorted;
use super::{Times, golden};
use golden::{near, numbers, table};
use serde_json::Value as Json;

const DATA: &str = include_str!("../../tests/golden/r-survival-own/data.csv");
const EXPECTED: &str = include_str!("../../tests/golden/r-survival-own/expected.json");
const AT: [f64; 4] = [3.0, 8.0, 15.0, 30.0];

struct Own {
    times: Times,
    start: Times,
    weight: Vec<f64>,
    group: Vec<u16>,
    house: Vec<u32>,
    child: Vec<u32>,
    r: Json,
}

fn own() -> Own {
    let column = table(DATA);
    let whole = |name: &str| column[name].iter().map(|v| *v as u32).collect::<Vec<u32>>();
    let cause: Vec<u8> = column["cause"].iter().map(|v| *v as u8).collect();
    Own {
        times: Times::with_entry(column["entry"].clone(), column["exit"].clone(), cause.clone()).unwrap(),
        start: Times::new(column["exit"].clone(), cause).unwrap(),
        weight: column["weight"].clone(),
        group: column["group"].iter().map(|v| *v as u16).collect(),
        house: whole("house"),
        child: whole("child"),
        r: serde_json::from_str(EXPECTED).unwrap(),
    }
}

#[test]
fn kaplan_meier() {
    let own = own();
    let found = KaplanMeier::new(&own.times, None, None).unwrap();
    let weighted = KaplanMeier::new(&own.times, Some(&own.weight), None).unwrap();
    for (i, t) in AT.iter().enumerate() {
        near("S", found.at(*t).unwrap(), &own.r["km"]["surv"][i], 1e-13);
        near("error", found.standard_error(*t).unwrap(), &own.r["km"]["se"][i], 1e-12);
        near("weighted", weighted.at(*t).unwrap(), &own.r["km_weighted"]["surv"][i], 1e-13);
        near("weighted", weighted.standard_error(*t).unwrap(), &own.r["km_weighted"]["se"][i], 1e-12);
        let came: f64 = found.time.iter().zip(&found.events).filter(|(u, _)| *u <= t).map(|(_, d)| d).sum();
        let expected: f64 = numbers(&own.r["km"]["n_event"])[..=i].iter().sum();
        assert!((came - expected).abs() < 1e-12);
    }
    let scales = [Scale::Plain, Scale::Log, Scale::LogLog, Scale::Logit, Scale::Arcsin];
    for (scale, name) in scales.into_iter().zip(["plain", "log", "log-log", "logit", "arcsin"]) {
        let r = &own.r["km_intervals"][name];
        for (i, t) in AT.iter().enumerate() {
            let ends = found.interval(*t, scale, 0.95).unwrap();
            near(name, ends.lower, &r["lower"][i], 1e-10);
            near(name, ends.upper, &r["upper"][i], 1e-10);
        }
        for (i, p) in [0.25, 0.5, 0.75].into_iter().enumerate() {
            near(name, found.quantile(p).unwrap(), &r["quantile"][i], 1e-14);
            let ends = found.quantile_interval(p, scale, 0.95).unwrap();
            for (end, r) in [(ends.lower, &r["q_lower"][i]), (ends.upper, &r["q_upper"][i])] {
                match end {
                    Some(end) => near(name, end, r, 1e-14),
                    None => assert!(r.as_f64().is_none(), "{name} {p}: {r}"),
                }
            }
        }
    }
}

#[test]
fn hazards_and_one_minus_kaplan_meier() {
    let own = own();
    let found = NelsonAalen::new(&own.times, None, Some(1), Ties::Poisson).unwrap();
    let naive = one_minus_km(&own.times, None, 1, &AT).unwrap();
    for (i, t) in AT.iter().enumerate() {
        near("H", found.at(*t).unwrap(), &own.r["nelson_aalen"]["cumhaz"][i], 1e-13);
        near("error", found.standard_error(*t).unwrap(), &own.r["nelson_aalen"]["se"][i], 1e-12);
        near("1 - KM", naive[i].unwrap(), &own.r["one_minus_km"]["value"][i], 1e-12);
    }
}

/// Values, jackknife by row and by household, log intervals, and influences, with late entries and with weights.
#[test]
fn aalen_johansen() {
    let own = own();
    let rows: Vec<u32> = (0..own.times.len() as u32).collect();
    let alone = at(&own.times, None, &rows, &AT).unwrap();
    let grouped = at(&own.times, None, &own.house, &AT).unwrap();
    let start = at(&own.start, None, &own.house, &AT).unwrap();
    let weighted = at(&own.start, Some(&own.weight), &own.house, &AT).unwrap();
    for i in 0..AT.len() {
        let states = |of: &[Result<super::aalen_johansen::At, &'static str>]| {
            let at = of[i].clone().unwrap();
            [at.free, at.incidence[0], at.incidence[1]]
        };
        for k in 0..3 {
            let (one, r) = (states(&alone)[k], &own.r["aj"]);
            near("share", one.value, &r["pstate"][i][k], 1e-13);
            near("error", one.standard_error, &r["se"][i][k], 1e-12);
            let ends = one.interval(Scale::Log, 0.95).unwrap();
            near("lower", ends.lower, &r["lower"][i][k], 1e-10);
            near("upper", ends.upper, &r["upper"][i][k], 1e-10);
            near("household", states(&grouped)[k].standard_error, &own.r["aj_household"]["se"][i][k], 1e-12);
            for (found, name) in [(&start, "aj_household_start"), (&weighted, "aj_weighted_household")] {
                near(name, states(found)[k].value, &own.r[name]["pstate"][i][k], 1e-13);
                near(name, states(found)[k].standard_error, &own.r[name]["se"][i][k], 1e-12);
            }
        }
    }
    let (sorted, estimate) = (Sorted::new(&own.times), AalenJohansen::new(&own.times, None).unwrap());
    for (cause, name) in [(0, "free"), (1, "cause1"), (2, "cause2")] {
        for (i, t) in AT.iter().enumerate() {
            let influence = estimate.influence(&sorted, cause, *t);
            for (row, influence) in influence.iter().enumerate().take(12) {
                near("influence", *influence, &own.r["influence"][name][row][i], 1e-12);
            }
        }
    }
}

#[test]
fn aalens_variance_of_cmprsk() {
    let own = own();
    let found = AalenJohansen::new(&own.start, None).unwrap();
    for cause in [1_u8, 2] {
        let variance = aalen_variance(&found, cause, Form::Cmprsk);
        let k = usize::from(cause) - 1;
        for (i, t) in AT.iter().enumerate() {
            near("F", found.by(*t).unwrap()[k], &own.r["cuminc"]["est"][k][i], 1e-12);
            near("variance", variance[found.upto(*t) - 1], &own.r["cuminc"]["var"][k][i], 1e-11);
        }
    }
}

#[test]
fn time_within_a_horizon() {
    let own = own();
    for (i, tau) in [15.0, 30.0].into_iter().enumerate() {
        let found = time_lost(&own.times, None, &own.house, tau).unwrap();
        let all = [found.free, found.lost[0], found.lost[1]];
        for (k, name) in ["free", "cause1", "cause2"].into_iter().enumerate() {
            near(name, all[k].value, &own.r["lost"][name][i], 1e-12);
            near(name, all[k].standard_error, &own.r["lost"]["se_household"][i][k], 1e-11);
        }
    }
}

#[test]
fn tests_over_groups() {
    let own = own();
    let found = log_rank(&own.start, None, &own.group, Some(1), Weighing::LogRank).unwrap();
    let r = &own.r["log_rank"];
    near("log-rank", found.test.statistic, &r["chisq"], 1e-11);
    for g in 0..3 {
        near("observed", found.observed[g], &r["observed"][g], 1e-13);
        near("expected", found.expected[g], &r["expected"][g], 1e-12);
    }
    let peto = log_rank(&own.start, None, &own.group, Some(1), Weighing::Peto).unwrap();
    near("Peto", peto.test.statistic, &r["peto"], 1e-11);
    let two: Vec<f64> = own.group.iter().map(|g| f64::from(u8::from(*g < 2))).collect();
    for cause in [1_u8, 2] {
        let k = usize::from(cause) - 1;
        let all = gray(&own.start, None, &own.group, cause).unwrap();
        near("Gray", all.statistic, &own.r["gray"]["stat"][k], 1e-10);
        near("p", all.p_value, &own.r["gray"]["p"][k], 1e-9);
        let pair = gray(&own.start, Some(&two), &own.group, cause).unwrap();
        near("two groups", pair.statistic, &own.r["gray_two"]["stat"][k], 1e-10);
        let weighted = gray(&own.start, Some(&own.weight), &own.group, cause).unwrap();
        near("weighted", weighted.statistic, &own.r["gray_weighted"]["stat"][k], 1e-10);
    }
    let target = Target::Incidence { cause: 1, by: 15.0 };
    let found = difference(&own.times, None, &own.group, &own.house, target).unwrap();
    let r = &own.r["difference"];
    near("difference", found.test.statistic, &r["chisq"], 1e-10);
    for g in 0..3 {
        near("value", found.value[g], &r["value"][g], 1e-13);
        for h in 0..3 {
            near("covariance", found.covariance[g][h], &r["covariance"][g][h], 1e-11);
        }
    }
}

#[test]
fn mean_counts() {
    let own = own();
    let of = |others| mean_cumulative(&own.times, None, &own.child, 1, others, &AT).unwrap();
    let (censor, stop) = (of(Others::Censor), of(Others::Stop));
    for i in 0..AT.len() {
        near("Nelson", censor[i].unwrap().value, &own.r["mean_count"]["cumhaz"][i], 1e-13);
        near("error", censor[i].unwrap().standard_error, &own.r["mean_count"]["se"][i], 1e-12);
        near("Ghosh-Lin", stop[i].unwrap().value, &own.r["mean_count_until"]["value"][i], 1e-12);
        // R's side is a numerical derivative.
        near("error", stop[i].unwrap().standard_error, &own.r["mean_count_until"]["se"][i], 1e-6);
    }
}
