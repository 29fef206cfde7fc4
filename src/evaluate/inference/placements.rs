//! Placement values: how each row of one kind ranks among the rows of the other kind.

/// The placement value of every row, from which an AUROC, its variance and its covariances follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Placements {
    /// The area under the ROC curve: P(event scores above non-event) + half of P(equal scores).
    pub auroc: f64,
    /// A value from 0 to 1 a row: for an event the share of non-events scoring below it (ties half), for a
    /// non-event the share of events scoring above it (ties half). Both kinds average to `auroc`.
    pub values: Vec<f64>,
    /// The number of events.
    pub events: usize,
    /// The number of non-events.
    pub non_events: usize,
}

/// Placement values of `scores` (any finite numbers, higher = riskier) against `events`, row by row.
///
/// One sort replaces the m by n comparisons of `DeLong` and others (1988): Sun and Xu (2014, IEEE Signal Processing
/// Letters 21:1389). O(n log n), ties exact.
///
/// # Errors
/// With columns of unequal length, a score that is not finite, or fewer than two rows of either kind.
pub fn placements(scores: &[f64], events: &[bool]) -> Result<Placements, &'static str> {
    if scores.len() != events.len() {
        return Err("the columns have different lengths");
    }
    if scores.iter().any(|s| !s.is_finite()) {
        return Err("a score is not a finite number");
    }
    let event_count = events.iter().filter(|e| **e).count();
    let non_event_count = events.len() - event_count;
    if event_count < 2 {
        return Err("fewer than two rows with the event");
    }
    if non_event_count < 2 {
        return Err("fewer than two rows without the event");
    }
    let mut order: Vec<(f64, bool, usize)> =
        scores.iter().zip(events).enumerate().map(|(row, (s, e))| (*s, *e, row)).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let (m, n) = (event_count as f64, non_event_count as f64);
    let mut values = vec![0.0; scores.len()];
    let (mut events_below, mut non_events_below, mut area) = (0.0, 0.0, 0.0);
    // `<=` between sorted neighbours is equality, and makes 0.0 and -0.0 the tie that they are.
    for tied in order.chunk_by(|a, b| b.0 <= a.0) {
        let tied_events = tied.iter().filter(|t| t.1).count() as f64;
        let tied_non_events = tied.len() as f64 - tied_events;
        let for_event = (non_events_below + 0.5 * tied_non_events) / n;
        let for_non_event = (m - events_below - 0.5 * tied_events) / m;
        for &(_, event, row) in tied {
            if let Some(value) = values.get_mut(row) {
                *value = if event { for_event } else { for_non_event };
            }
        }
        area += tied_events * (non_events_below + 0.5 * tied_non_events);
        events_below += tied_events;
        non_events_below += tied_non_events;
    }
    Ok(Placements { auroc: area / (m * n), values, events: event_count, non_events: non_event_count })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events 3, 2; non-events 2, 1: pairs 1, 1, 1/2, 1 of 4.
    #[test]
    fn worked_by_hand_with_a_tie() {
        let got = placements(&[3.0, 2.0, 2.0, 1.0], &[true, true, false, false]).unwrap();
        assert!((got.auroc - 0.875).abs() < 1e-15);
        for (value, want) in got.values.iter().zip([1.0, 0.75, 0.75, 1.0]) {
            assert!((value - want).abs() < 1e-15, "{got:?}");
        }
    }

    #[test]
    fn both_kinds_average_to_the_area_and_zero_equals_minus_zero() {
        let got = placements(&[0.0, -0.0, 0.4, 0.0, 0.4], &[true, false, false, true, true]).unwrap();
        let mean = |kind: [usize; 3], count: usize| {
            kind[..count].iter().map(|r| got.values[*r]).sum::<f64>() / count as f64
        };
        assert!((mean([0, 3, 4], 3) - got.auroc).abs() < 1e-15);
        assert!((mean([1, 2, 0], 2) - got.auroc).abs() < 1e-15);
        assert!((got.auroc - (0.5 + 0.5 + 1.0 + 0.0 + 0.0 + 0.5) / 6.0).abs() < 1e-15);
    }

    #[test]
    fn too_few_of_a_kind_is_undefined() {
        assert!(placements(&[1.0, 2.0, 3.0], &[true, false, false]).is_err());
        assert!(placements(&[1.0, 2.0, 3.0], &[true, true, false]).is_err());
        assert!(placements(&[1.0, f64::NAN, 3.0, 4.0], &[true, true, false, false]).is_err());
        assert!(placements(&[1.0], &[true, true]).is_err());
    }
}
