//! Comebacks that were never recorded.
//!
//! # Measures
//! Between what values a rate of one group could lie if up to a share δ of the children who truly came back have no
//! comeback on record.
//!
//! # Formula
//! With E comebacks on record, up to M = E δ / (1 − δ) more happened. The worst and the best case place all of them
//! among the flagged, all among the others, or take none to be missing. `alike`: δ of the comebacks of the flagged and δ
//! of those of the others are missing, so that each recorded comeback stands for 1 / (1 − δ).
//!
//! # Inputs
//! The group's table as recorded, and δ in [0, 1).
//!
//! # Undefined when
//! δ is not in [0, 1), or a case leaves nobody to divide by.
//!
//! # Reference
//! Worst-case bounds: Manski 2003, *Partial Identification of Probability Distributions*, Springer, chapter 1.

use super::{Bounds, Rate, Table};

/// See the module.
///
/// # Errors
/// Says why in words where there are no bounds.
pub fn under_recording(table: &Table, rate: Rate, share: f64) -> Result<Bounds, &'static str> {
    if !(0.0..1.0).contains(&share) {
        return Err("the share that is missing must lie from 0 to less than 1");
    }
    let most = table.with() * share / (1.0 - share);
    let alike = table.scaled(1.0 / (1.0 - share)).and_then(|table| rate.of(&table));
    table.corners(rate, most.min(table.flagged_without), most.min(table.unflagged_without), alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table =
        Table { flagged_with: 30.0, flagged_without: 50.0, unflagged_with: 70.0, unflagged_without: 250.0 };

    #[test]
    fn by_hand() {
        // 100 on record are 80% of 125: up to 25 are missing. All flagged: 55 of 80 flags right, 25 of 275 flagged in
        // vain, 70 of 125 missed. None flagged: 30 of 80, 50 of 275, 95 of 125. Alike: 37.5 of 80, 42.5 of 275, 0.7.
        let near = |of: Rate, low: f64, alike: f64, high: f64| {
            let bounds = under_recording(&TABLE, of, 0.2).unwrap();
            assert!((bounds.low - low).abs() < 1e-12, "{of:?} {bounds:?}");
            assert!((bounds.alike.unwrap() - alike).abs() < 1e-12, "{of:?} {bounds:?}");
            assert!((bounds.high - high).abs() < 1e-12, "{of:?} {bounds:?}");
        };
        near(Rate::Ppv, 30.0 / 80.0, 37.5 / 80.0, 55.0 / 80.0);
        near(Rate::FalsePositive, 25.0 / 275.0, 42.5 / 275.0, 50.0 / 275.0);
        near(Rate::Missed, 70.0 / 125.0, 0.7, 95.0 / 125.0);
    }

    #[test]
    fn nothing_missing_leaves_the_rate_alone() {
        for rate in Rate::ALL {
            let (bounds, recorded) = (under_recording(&TABLE, rate, 0.0).unwrap(), rate.of(&TABLE).unwrap());
            for value in [bounds.low, bounds.alike.unwrap(), bounds.high] {
                assert!((value - recorded).abs() < 1e-12, "{rate:?}");
            }
        }
    }

    #[test]
    fn no_way_of_placing_the_missing_leaves_the_bounds() {
        let table =
            Table { flagged_with: 6.0, flagged_without: 3.0, unflagged_with: 9.0, unflagged_without: 12.0 };
        // 15 on record are 60% of 25: up to 10 are missing, and only 3 flagged can be among them.
        for rate in Rate::ALL {
            let bounds = under_recording(&table, rate, 0.4).unwrap();
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for flagged in 0..=3_u8 {
                for unflagged in 0..=(10 - flagged) {
                    let value = rate.of(&table.with_more(flagged.into(), unflagged.into())).unwrap();
                    (low, high) = (low.min(value), high.max(value));
                }
            }
            assert!((bounds.low - low).abs() < 1e-12 && (bounds.high - high).abs() < 1e-12, "{rate:?}");
        }
        // 6 right flags would stand for 10, and only 9 were flagged.
        assert!(under_recording(&table, Rate::Ppv, 0.4).unwrap().alike.is_err());
        assert!(under_recording(&table, Rate::Ppv, 1.0).is_err());
    }
}
