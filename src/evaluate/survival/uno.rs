//! Uno's concordance for one cause: Harrell's pairs, each event weighted so that the pattern of censoring drops out.
//!
//! Measures: the concordance up to `tau`. Formula: each event `i` with `T_i < tau` (no bound: every event) has the factor
//! `G(T_i-)^-2`; pairs and ties as Harrell's. Inputs: markers, weights, a censoring distribution, `tau`.
//! Undefined when: no pair is comparable, or `G` is 0 at an event that counts.
//! Reference: Uno et al. (2011), Statistics in Medicine. Equal: R `concordance(timewt = "n/G2")`
//! ([`GAt::Before`], the default: the chance of being uncensored at an event is `P(C >= T)`, and with events before
//! censorings that is `G(T-)`), scikit-survival `concordance_index_ipcw` ([`GAt::At`]).

use super::censoring::{Censoring, GAt};
use super::harrell::PairOrder;
use super::observed::{INTEREST, Observed, total_weight};
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "Uno's C up to tau (events before tau), events weighted by G(T-)^-2 (reverse Kaplan-Meier, \
events before censorings); two events at one time are not compared, tied markers count half.";

/// Up to when events count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tau {
    /// Events before this time.
    Before(f64),
    /// Every event: only to compare with other programs, for late events have unbounded weights.
    Unbounded,
}

/// Uno's concordance.
///
/// # Errors
/// See above.
pub fn uno(
    observed: &Observed,
    marker: &[f64],
    weight: &[f64],
    tau: Tau,
    (censoring, g): (&Censoring, GAt),
) -> Value {
    total_weight(weight, observed.len())?;
    let order = PairOrder::new(observed, marker)?;
    uno_sorted(observed, &order, weight, tau, &censoring.rows(observed, g))
}

/// The same with rows sorted and `own` the `G` of each row: O(n log n) with no sorting.
///
/// # Errors
/// See above. Weights must have been checked and be one a row.
pub fn uno_sorted(observed: &Observed, order: &PairOrder, weight: &[f64], tau: Tau, own: &[f64]) -> Value {
    let bound = match tau {
        Tau::Before(t) => t,
        Tau::Unbounded => f64::INFINITY,
    };
    let (exit, cause) = (observed.exit(), observed.cause());
    let counts = |i: usize| exit[i] < bound && cause[i] == INTEREST;
    if (0..exit.len()).any(|i| weight[i] > 0.0 && own[i] <= 0.0 && counts(i)) {
        return Err("nobody is left uncensored at an event");
    }
    order.later(cause, weight, |i| if counts(i) { own[i].powi(-2) } else { 0.0 }).concordance()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::survival::censoring::TieOrder::EventsFirst;
    use crate::evaluate::survival::test_data::{close, golden, numbers, observed, table};

    #[test]
    fn equals_scikit_survival_and_r() {
        let Some(expected) = golden("scikit-survival/expected.json") else { return };
        for (name, case) in expected["vectors"]["uno"].as_object().unwrap() {
            if name == "whas500" {
                continue;
            }
            let (train, test) = (observed(&case["train"]), observed(&case["test"]));
            let ones = vec![1.0; test.len()];
            let c = Censoring::estimate(&train, &vec![1.0; train.len()], EventsFirst).unwrap();
            let tau = case["tau"].as_f64().map_or(Tau::Unbounded, Tau::Before);
            let marker = numbers(&case["risk"]);
            println!("{name}");
            close(
                uno(&test, &marker, &ones, tau, (&c, GAt::At)).unwrap(),
                numbers(&case["expected"])[0],
                1e-10,
            );
            if name == "tied_event" {
                close(uno(&test, &marker, &ones, tau, (&c, GAt::Before)).unwrap(), 0.517_267_3, 1e-7);
            }
        }
        let data = table("scikit-survival/data/whas500_predictions.csv");
        let cause = data["event"].iter().map(|e| u8::from(*e > 0.5)).collect();
        let rows = Observed::new(data["time"].clone(), cause).unwrap();
        let ones = vec![1.0; rows.len()];
        let c = Censoring::estimate(&rows, &ones, EventsFirst).unwrap();
        let value = uno(&rows, &data["risk"], &ones, Tau::Unbounded, (&c, GAt::At)).unwrap();
        close(value, 0.792_927_500_904_901_4, 1e-10);
    }
}
