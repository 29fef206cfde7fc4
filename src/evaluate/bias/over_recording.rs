//! Comebacks that are on record only because of how the records are made.
//!
//! # Measures
//! Between what values a rate of one group could lie if up to a share ω of its recorded comebacks are on record only by
//! mistake, or because the group is watched more closely than others.
//!
//! # Formula
//! With E comebacks on record, up to M = ω E would not have been. The worst and the best case take all of them from the
//! flagged, all from the others, or none. `alike`: ω of the recorded comebacks of the flagged and ω of those of the
//! others.
//!
//! # Inputs
//! The group's table as recorded, and ω in [0, 1].
//!
//! # Undefined when
//! ω is not in [0, 1], or a case leaves nobody to divide by.
//!
//! # Reference
//! As [`super::under_recording`].

use super::{Bounds, Rate, Table};

/// See the module.
///
/// # Errors
/// Says why in words where there are no bounds.
pub fn over_recording(table: &Table, rate: Rate, share: f64) -> Result<Bounds, &'static str> {
    if !(0.0..=1.0).contains(&share) {
        return Err("the share recorded too often must lie from 0 to 1");
    }
    let most = table.with() * share;
    let alike = table.scaled(1.0 - share).and_then(|table| rate.of(&table));
    table.corners(rate, -most.min(table.flagged_with), -most.min(table.unflagged_with), alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let table = Table {
            flagged_with: 30.0,
            flagged_without: 50.0,
            unflagged_with: 70.0,
            unflagged_without: 250.0,
        };
        // Up to 20 of 100 should not be there. All flagged: 10 of 80, 70 of 320, 70 of 80. None: 30 of 80, 50 of 320, 50
        // of 80. Alike: 24 of 80, 56 of 320, 0.7.
        let near = |of: Rate, low: f64, alike: f64, high: f64| {
            let bounds = over_recording(&table, of, 0.2).unwrap();
            assert!((bounds.low - low).abs() < 1e-12, "{of:?} {bounds:?}");
            assert!((bounds.alike.unwrap() - alike).abs() < 1e-12, "{of:?} {bounds:?}");
            assert!((bounds.high - high).abs() < 1e-12, "{of:?} {bounds:?}");
        };
        near(Rate::Ppv, 10.0 / 80.0, 24.0 / 80.0, 30.0 / 80.0);
        near(Rate::FalsePositive, 50.0 / 320.0, 56.0 / 320.0, 70.0 / 320.0);
        near(Rate::Missed, 50.0 / 80.0, 0.7, 70.0 / 80.0);
    }

    #[test]
    fn no_way_of_taking_them_away_leaves_the_bounds() {
        let table =
            Table { flagged_with: 4.0, flagged_without: 8.0, unflagged_with: 16.0, unflagged_without: 12.0 };
        // Up to 10 of 20, and only 4 of them flagged.
        for rate in Rate::ALL {
            let bounds = over_recording(&table, rate, 0.5).unwrap();
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for flagged in 0..=4_u8 {
                for unflagged in 0..=(10 - flagged) {
                    let (flagged, unflagged) = (f64::from(flagged), f64::from(unflagged));
                    let value = rate.of(&table.with_more(-flagged, -unflagged)).unwrap();
                    (low, high) = (low.min(value), high.max(value));
                }
            }
            assert!((bounds.low - low).abs() < 1e-12 && (bounds.high - high).abs() < 1e-12, "{rate:?}");
        }
        assert!(over_recording(&table, Rate::Ppv, 1.1).is_err());
    }
}
