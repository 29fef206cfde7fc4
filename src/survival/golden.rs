//! Equal to R survival, cmprsk and scikit-survival on their data sets, by path only (their licences): skipped where the folder
//! `REREFER_SHARED` is absent.

use super::Times;
use super::aalen_johansen::{AalenJohansen, at};
use super::aalen_variance::{Form, aalen_variance};
use super::gray::gray;
use super::interval::{Scale, interval};
use super::kaplan_meier::KaplanMeier;
use super::log_rank::{Weighing, log_rank};
use super::mean_cumulative::{Others, mean_cumulative};
use super::one_minus_km::one_minus_km;
use super::restricted_mean::restricted_mean;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Within a relative tolerance of a number of another program's.
pub(super) fn near(what: &str, found: f64, expected: &Json, tolerance: f64) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{what}: no number but {expected}"));
    let apart = (found - expected).abs();
    assert!(apart <= tolerance * expected.abs().max(1e-3), "{what}: {found}, not {expected}");
}

/// A list of numbers.
pub(super) fn numbers(of: &Json) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Numeric columns of a table by name; words as their place among those of the column.
pub(super) fn table(text: &str) -> BTreeMap<String, Vec<f64>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |at: usize| {
        let mut words: Vec<&str> = rows.iter().map(|row| &row[at]).collect();
        words.sort_unstable();
        words.dedup();
        let of = |row: &csv::StringRecord| {
            row[at].parse().unwrap_or_else(|_| words.iter().position(|w| *w == &row[at]).unwrap() as f64)
        };
        rows.iter().map(of).collect()
    };
    names.into_iter().enumerate().map(|(at, name)| (name, column(at))).collect()
}

type Columns = BTreeMap<String, Vec<f64>>;

/// What a program found, and a table of its data.
fn golden(program: &str, data: &str) -> Option<(Json, Columns)> {
    #[expect(clippy::disallowed_methods, reason = "where the golden numbers are is no option of a run")]
    let folder = std::env::var("REREFER_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let folder = format!("{folder}/golden/{program}");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}"));
    let (Ok(expected), Ok(data)) = (read("expected.json"), read(&format!("data/{data}"))) else {
        println!("skipped: no golden numbers at {folder}");
        return None;
    };
    Some((serde_json::from_str(&expected).unwrap(), table(&data)))
}

fn causes(of: &[f64]) -> Vec<u8> {
    of.iter().map(|v| *v as u8).collect()
}

#[test]
fn lung_kaplan_meier_restricted_mean_and_log_rank() {
    let Some((r, data)) = golden("r-survival", "lung.csv") else { return };
    let r = &r["lung"];
    let cause = data["status"].iter().map(|v| *v as u8 - 1).collect();
    let times = Times::new(data["time"].clone(), cause).unwrap();
    let found = KaplanMeier::new(&times, None, None).unwrap();
    for (i, t) in numbers(&r["km"]["times"]).into_iter().enumerate() {
        near("S", found.at(t).unwrap(), &r["km"]["surv"][i], 1e-12);
        near("error", found.standard_error(t).unwrap(), &r["km"]["se"][i], 1e-11);
        let ends = found.interval(t, Scale::Log, 0.95).unwrap();
        near("lower", ends.lower, &r["km"]["lower_log"][i], 1e-11);
        near("upper", ends.upper, &r["km"]["upper_log"][i], 1e-11);
    }
    near("median", found.quantile(0.5).unwrap(), &r["km"]["median"], 1e-14);
    let scales = [
        (Scale::Plain, "plain"),
        (Scale::LogLog, "log-log"),
        (Scale::Logit, "logit"),
        (Scale::Arcsin, "arcsin"),
    ];
    for (scale, name) in scales {
        let ends = found.interval(365.0, scale, 0.95).unwrap();
        near(name, ends.lower, &r["km_ci_365"][name][0], 1e-11);
        near(name, ends.upper, &r["km_ci_365"][name][1], 1e-11);
    }
    let mean = restricted_mean(&times, None, None, 365.0).unwrap();
    near("restricted mean", mean.value, &r["km"]["rmean365"], 1e-12);
    near("its error", mean.standard_error, &r["km"]["se_rmean365"], 1e-11);
    let sex: Vec<u16> = data["sex"].iter().map(|v| *v as u16).collect();
    let test = log_rank(&times, None, &sex, None, Weighing::LogRank).unwrap();
    near("log-rank", test.test.statistic, &r["logrank_sex"]["chisq"], 1e-12);
    for g in 0..2 {
        near("expected", test.expected[g], &r["logrank_sex"]["exp"][g], 1e-12);
    }
    let peto = log_rank(&times, None, &sex, None, Weighing::Peto).unwrap();
    near("Peto", peto.test.statistic, &r["peto_sex_chisq"], 1e-12);
}

#[test]
fn mgus2_incidence_and_gray() {
    let Some((r, data)) = golden("r-survival", "mgus2_cr.csv") else { return };
    let r = &r["mgus2"];
    let times = Times::new(data["etime"].clone(), causes(&data["event"])).unwrap();
    let rows: Vec<u32> = (0..times.len() as u32).collect();
    let wanted = numbers(&r["aj"]["times"]);
    for (i, found) in at(&times, None, &rows, &wanted).unwrap().into_iter().enumerate() {
        let found = found.unwrap();
        for (k, one) in [found.free, found.incidence[0], found.incidence[1]].into_iter().enumerate() {
            near("share", one.value, &r["aj"]["pstate"][i][k], 1e-12);
            near("error", one.standard_error, &r["aj"]["se"][i][k], 1e-11);
            let ends = one.interval(Scale::Log, 0.95).unwrap();
            near("lower", ends.lower, &r["aj"]["lower"][i][k], 1e-10);
            near("upper", ends.upper, &r["aj"]["upper"][i][k], 1e-10);
        }
    }
    let naive = one_minus_km(&times, None, 1, &[240.0]).unwrap();
    near("1 - KM", naive[0].unwrap(), &r["km_naive_pcm_240"], 1e-11);
    let (r, _) = golden("r-cmprsk", "crr_example.csv").unwrap();
    let found = AalenJohansen::new(&times, None).unwrap();
    let sex: Vec<u16> = data["sex"].iter().map(|v| *v as u16).collect();
    for cause in [1_u8, 2] {
        let k = usize::from(cause) - 1;
        let variance = aalen_variance(&found, cause, Form::Cmprsk);
        for (i, t) in wanted.iter().enumerate() {
            near("variance", variance[found.upto(*t) - 1], &r["mgus2_cuminc"]["var"][k][i], 1e-8);
        }
        let test = gray(&times, None, &sex, cause).unwrap();
        near("Gray", test.statistic, &r["mgus2_gray_test_by_sex"]["stat"][k], 1e-11);
        near("p", test.p_value, &r["mgus2_gray_test_by_sex"]["p"][k], 1e-10);
    }
}

#[test]
fn bladder2_mean_count() {
    let Some((r, data)) = golden("r-survival", "bladder2.csv") else { return };
    let r = &r["bladder2"]["mcf_nelson_aalen"];
    let times =
        Times::with_entry(data["start"].clone(), data["stop"].clone(), causes(&data["event"])).unwrap();
    let child: Vec<u32> = data["id"].iter().map(|v| *v as u32).collect();
    let found = mean_cumulative(&times, None, &child, 1, Others::Censor, &numbers(&r["times"])).unwrap();
    for (i, found) in found.into_iter().enumerate() {
        near("count", found.unwrap().value, &r["cumhaz"][i], 1e-12);
        near("error", found.unwrap().standard_error, &r["se"][i], 1e-11);
    }
}

/// scikit-survival holds intervals on the log-log scale of F itself.
#[test]
fn bmt_incidence() {
    let Some((r, data)) = golden("scikit-survival", "bmt.csv") else { return };
    let r = &r["cases"]["bmt_aalen_johansen"];
    let times = Times::new(data["ftime"].clone(), causes(&data["status"])).unwrap();
    let found = AalenJohansen::new(&times, None).unwrap();
    let variance = aalen_variance(&found, 1, Form::Pintilie);
    for (i, t) in numbers(&r["time"]).into_iter().enumerate() {
        near("cause 1", found.by(t).unwrap()[0], &r["cif_1"][i], 1e-12);
        near("cause 2", found.by(t).unwrap()[1], &r["cif_2"][i], 1e-12);
        near("any", 1.0 - found.free_by(t).unwrap(), &r["cif_total"][i], 1e-12);
        let upto = found.upto(t) - 1;
        let ends = interval(found.incidence[0][upto], variance[upto].sqrt(), Scale::LogLog, 0.95).unwrap();
        near("lower", ends.lower, &r["ci_aalen_cause1_lower"][i], 1e-10);
        near("upper", ends.upper, &r["ci_aalen_cause1_upper"][i], 1e-10);
    }
}
