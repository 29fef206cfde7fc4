//! Net benefit of flagging by a time, under censoring and competing ends.
//!
//! # Measures
//! Right flags less wrong flags, weighed by the odds of the threshold, for each row.
//!
//! # Formula
//! `q F1 - h / (1 - h) q (1 - F1)`, `q` the share flagged, `F1` the Aalen-Johansen incidence by `t` among them, `h` the
//! threshold; of all: the same with everybody flagged; of none 0; standardised: over the incidence of all rows.
//!
//! # Inputs
//! [`Prepared`] rows, weights, `t`, `h` in (0, 1); flagged from the threshold on, or by capacity: the highest predictions that
//! fit in a share of the weight, ties all in or all out.
//!
//! # Undefined when
//! There are no rows, the flagged are not followed to `t`, `h` is not in (0, 1); standardised: no event came.
//!
//! # Reference
//! Vickers, Cronin, Elkin and Gonen 2008, BMC Medical Informatics and Decision Making. Equals dcurves with one cause.

use super::cumulative_incidence::cumulative_incidence;
use super::prepared::Prepared;
use super::threshold_rates::{ThresholdRates, at_threshold};
use crate::evaluate::Value;

/// How the measure is counted.
pub const CONVENTION: &str = "flagged from the threshold on; Aalen-Johansen incidence within the flagged; weight of a wrong flag h / (1 - h)";

fn odds(threshold: f64) -> Value {
    if threshold > 0.0 && threshold < 1.0 {
        Ok(threshold / (1.0 - threshold))
    } else {
        Err("the threshold is not between 0 and 1")
    }
}

/// Net benefit at the odds of `threshold` of flags already counted; 0 where nobody is flagged.
///
/// # Errors
/// As the module says.
pub fn of_rates(rates: &ThresholdRates, threshold: f64) -> Value {
    let odds = odds(threshold)?;
    if rates.flagged <= 0.0 {
        return Ok(0.0);
    }
    let incidence = rates.incidence_flagged?;
    Ok(rates.flagged * (incidence - odds * (1.0 - incidence)))
}

/// Net benefit of flagging from `threshold` on. O(n).
///
/// # Errors
/// As the module says.
pub fn net_benefit(prepared: &Prepared, weights: &[f64], t: f64, threshold: f64) -> Value {
    of_rates(&at_threshold(prepared, weights, t, threshold)?, threshold)
}

/// Net benefit of flagging everybody. O(n).
///
/// # Errors
/// As the module says.
pub fn of_all(prepared: &Prepared, weights: &[f64], t: f64, threshold: f64) -> Value {
    prepared.total(weights)?;
    let incidence = cumulative_incidence(prepared, &prepared.by_time, weights, t)?;
    Ok(incidence - odds(threshold)? * (1.0 - incidence))
}

/// Net benefit over the incidence of all rows, the most that can be had. O(n).
///
/// # Errors
/// As the module says.
pub fn standardised(prepared: &Prepared, weights: &[f64], t: f64, threshold: f64) -> Value {
    let benefit = net_benefit(prepared, weights, t, threshold)?;
    let incidence = cumulative_incidence(prepared, &prepared.by_time, weights, t)?;
    if incidence > 0.0 { Ok(benefit / incidence) } else { Err("no event came by the time") }
}

/// The lowest prediction that is flagged where at most `share` of the weight can be; infinity where nobody fits. O(n).
///
/// # Errors
/// With no rows or a share outside [0, 1].
pub fn threshold_of_capacity(prepared: &Prepared, weights: &[f64], share: f64) -> Value {
    if !(0.0..=1.0).contains(&share) {
        return Err("the share is not between 0 and 1");
    }
    // A share such as 0.1 of 30 must hold 3 rows whatever the rounding.
    let room = share * prepared.total(weights)? * (1.0 + 1e-12);
    let (mut cut, mut held, mut tied) = (f64::INFINITY, 0.0, f64::INFINITY);
    for &row in prepared.by_prediction.iter().rev() {
        let row = row as usize;
        if prepared.p[row] < tied {
            cut = tied;
            tied = prepared.p[row];
        }
        held += weights[row];
        if held > room {
            return Ok(cut);
        }
    }
    Ok(tied)
}

#[cfg(test)]
mod tests {
    use super::super::prepared::Prepared;
    use super::{net_benefit, of_all, standardised, threshold_of_capacity};

    #[test]
    fn plain_without_censoring_and_by_capacity() {
        // From 1/2 on: 1 right flag and 2 wrong ones of the same weight, of 4; incidence 1/2.
        let (p, ones) = ([0.9, 0.5, 0.6, 0.4], [1.0; 4]);
        let rows = Prepared::new(&[1.0; 4], &[1, 0, 2, 1], &p, &[0; 4]).unwrap();
        assert!((net_benefit(&rows, &ones, 1.0, 0.5).unwrap() + 0.25).abs() < 1e-14);
        assert!((standardised(&rows, &ones, 1.0, 0.5).unwrap() + 0.5).abs() < 1e-14);
        assert!(of_all(&rows, &ones, 1.0, 0.5).unwrap().abs() < 1e-14);
        for (share, cut) in [(0.2, f64::INFINITY), (0.25, 0.9), (0.7, 0.6), (1.0, 0.4)] {
            assert_eq!(threshold_of_capacity(&rows, &ones, share).unwrap().to_bits(), f64::to_bits(cut));
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test finds the shared golden numbers by this variable")]
    fn equals_dcurves() {
        let folder = std::env::var("REREFER_SHARED")
            .unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").into())
            + "/golden/dcurves";
        let Ok(table) = std::fs::read_to_string(format!("{folder}/data/df_surv.csv")) else {
            println!("skipped: no {folder}");
            return;
        };
        let (mut exit, mut cause, mut p) = (vec![], vec![], vec![]);
        for line in table.lines().skip(1) {
            let field: Vec<&str> = line.split(',').collect();
            exit.push(field[2].parse().unwrap());
            cause.push(u8::from(field[1] == "TRUE"));
            p.push(field[7].parse().unwrap());
        }
        let rows = Prepared::new(&exit, &cause, &p, &vec![0; p.len()]).unwrap();
        let text = std::fs::read_to_string(format!("{folder}/expected.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        let ones = vec![1.0; p.len()];
        let golden = &expected["surv_t1_cancerpredmarker"];
        for (threshold, row) in golden["cancerpredmarker"].as_object().unwrap() {
            let h: f64 = threshold.parse().unwrap();
            let ours = net_benefit(&rows, &ones, 1.0, h).unwrap();
            assert!((ours - row["net_benefit"].as_f64().unwrap()).abs() < 1e-9, "{h} {ours} {row}");
            let all = golden["all"][threshold]["net_benefit"].as_f64().unwrap();
            assert!((of_all(&rows, &ones, 1.0, h).unwrap() - all).abs() < 1e-9);
        }
    }
}
