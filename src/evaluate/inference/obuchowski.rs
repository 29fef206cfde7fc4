//! The AUROC with a variance that holds when rows come in households.

use super::delong::{Auroc, AurocComparison, comparison};
use super::placements::{Placements, placements};
use super::value::Value;

/// Sums of one household's centred placement values, and how many rows of each kind it has.
#[derive(Clone, Copy, Default)]
struct Household {
    first_events: f64,
    second_events: f64,
    first_non_events: f64,
    second_non_events: f64,
    events: usize,
    non_events: usize,
}

/// The AUROC with Obuchowski's (1997, Biometrics 53:567) variance for rows clustered in households.
///
/// `households` gives each row's household as a code from 0 to below the number of rows. A household may hold events
/// and non-events. With one row a household this is `DeLong`'s variance exactly. O(n log n).
///
/// # Errors
/// As [`placements`]; also with fewer than two households holding either kind, or a code out of range.
pub fn obuchowski(scores: &[f64], events: &[bool], households: &[usize]) -> Result<Auroc, &'static str> {
    let placed = placements(scores, events)?;
    let variance = covariance(&placed, &placed, events, households)?;
    Ok(Auroc { area: placed.auroc, variance: variance.max(0.0) })
}

/// Compares two models' AUROCs on the same rows, allowing for households.
///
/// # Errors
/// As [`obuchowski`]; also when the two models rank the rows alike or `confidence` is not strictly between 0 and 1.
pub fn compare(
    models: [&[f64]; 2],
    events: &[bool],
    households: &[usize],
    confidence: f64,
) -> Result<AurocComparison, &'static str> {
    let (a, b) = (placements(models[0], events)?, placements(models[1], events)?);
    comparison(&a, &b, confidence, |x, y| covariance(x, y, events, households))
}

/// Obuchowski's covariance of two areas on the same rows: `S10/M + S01/N + (S11 + S11')/(M N)`.
///
/// The sums run over households: S10 and S01 over those holding events and non-events, S11 over all; each carries
/// its own I/(I-1). Equals `doAUCcluster` of the Cleveland Clinic's R functions.
///
/// # Errors
/// With columns of unequal length, a household code not below the number of rows, or fewer than two households
/// holding either kind.
pub fn covariance(first: &Placements, second: &Placements, events: &[bool], households: &[usize]) -> Value {
    let rows = events.len();
    if households.len() != rows || first.values.len() != rows || second.values.len() != rows {
        return Err("the columns have different lengths");
    }
    let mut sums = vec![Household::default(); rows];
    for (row, (event, code)) in events.iter().zip(households).enumerate() {
        let a = first.values.get(row).map_or(0.0, |v| v - first.auroc);
        let b = second.values.get(row).map_or(0.0, |v| v - second.auroc);
        let Some(household) = sums.get_mut(*code) else {
            return Err("a household code is not below the number of rows");
        };
        if *event {
            household.events += 1;
            household.first_events += a;
            household.second_events += b;
        } else {
            household.non_events += 1;
            household.first_non_events += a;
            household.second_non_events += b;
        }
    }
    from_households(&sums, first.events as f64, first.non_events as f64)
}

fn from_households(sums: &[Household], events: f64, non_events: f64) -> Value {
    let count = |has: fn(&Household) -> bool| sums.iter().filter(|h| has(h)).count() as f64;
    let with_events = count(|h| h.events > 0);
    let with_non_events = count(|h| h.non_events > 0);
    let all = count(|h| h.events + h.non_events > 0);
    if with_events < 2.0 {
        return Err("fewer than two households with the event");
    }
    if with_non_events < 2.0 {
        return Err("fewer than two households without the event");
    }
    let sum = |product: fn(&Household) -> f64| sums.iter().map(product).sum::<f64>();
    let s10 = sum(|h| h.first_events * h.second_events) * with_events / (with_events - 1.0);
    let s01 = sum(|h| h.first_non_events * h.second_non_events) * with_non_events / (with_non_events - 1.0);
    let s11 = sum(|h| h.first_events * h.second_non_events + h.second_events * h.first_non_events) * all
        / (all - 1.0);
    Ok(s10 / (events * events) + s01 / (non_events * non_events) + s11 / (events * non_events))
}

#[cfg(test)]
mod tests {
    use super::super::delong::delong;
    use super::*;

    const SCORES: [f64; 6] = [0.9, 0.6, 0.6, 0.5, 0.3, 0.1];
    const EVENTS: [bool; 6] = [true, true, false, true, false, false];

    #[test]
    fn single_row_households_are_delong() {
        let got = obuchowski(&SCORES, &EVENTS, &[3, 1, 0, 2, 5, 4]).unwrap();
        assert!((got.variance - delong(&SCORES, &EVENTS).unwrap().variance).abs() < 1e-15);
    }

    /// Every row copied into its own household carries no information: the variance must not change.
    #[test]
    fn copies_within_a_household_change_nothing() {
        let twice = |v: &[f64]| v.iter().chain(v).copied().collect::<Vec<_>>();
        let events: Vec<bool> = EVENTS.iter().chain(&EVENTS).copied().collect();
        let households: Vec<usize> = (0..6).chain(0..6).collect();
        let got = obuchowski(&twice(&SCORES), &events, &households).unwrap();
        let once = delong(&SCORES, &EVENTS).unwrap();
        assert!((got.variance - once.variance).abs() < 1e-15 && (got.area - once.area).abs() < 1e-15);
        assert!(delong(&twice(&SCORES), &events).unwrap().variance < 0.6 * once.variance);
    }

    /// Households {.9 event, .6 non-event}, {.6 event, .3 non-event}, {.5 event, .1 non-event}: centred sums of
    /// events 1/6, 0, -1/6 and of non-events -1/3, 1/6, 1/6; S10 = 3/2 * 1/18, S01 = 3/2 * 1/6, S11 = 3/2 * 2 * -1/12.
    #[test]
    fn mixed_households_by_hand() {
        let got = obuchowski(&SCORES, &EVENTS, &[0, 1, 0, 2, 1, 2]).unwrap();
        let want = (1.5 / 18.0 + 1.5 / 6.0 - 3.0 / 12.0) / 9.0;
        assert!((got.variance - want).abs() < 1e-15, "{got:?} {want}");
    }

    #[test]
    fn one_household_and_bad_codes_are_undefined() {
        assert!(obuchowski(&SCORES, &EVENTS, &[0; 6]).is_err());
        assert!(obuchowski(&SCORES, &EVENTS, &[0, 1, 2, 3, 4, 6]).is_err());
        assert!(compare([&SCORES, &SCORES], &EVENTS, &[0, 1, 2, 3, 4, 5], 0.95).is_err());
        let mirror = SCORES.map(|s| -s);
        let got = compare([&SCORES, &mirror], &EVENTS, &[0, 1, 2, 3, 4, 5], 0.95).unwrap();
        assert!((got.standard_error - (4.0_f64 / 27.0).sqrt()).abs() < 1e-15);
    }
}
