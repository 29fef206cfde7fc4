//! The recording bias that would explain a gap.
//!
//! # Measures
//! How many children of a group would truly have come back for each one on record, at the bias at which the group's rate
//! equals that of another group. Over 1: comebacks of the group were never recorded, a share 1 − 1/u of them. Under 1: the
//! group is watched more closely, and a share 1 − u of its recorded comebacks would not be on record in the other group.
//! 1/u is the group's relative ascertainment: the share of true comebacks that is on record, relative to the other group.
//!
//! # Formula
//! The bias strikes the flagged and the others alike, and the other group's records are taken as they are. With F
//! flagged of n, T flagged comebacks of E on record, and the other group's rate r:
//! PPV: T u / F = r. Observed over expected: u O/E = r. False positive rate: (F − T u) / (n − E u) = r, so that
//! u = (F − r n) / (T − r E). The missed share does not depend on u: no bias of this kind explains a gap in it.
//!
//! # Inputs
//! The group's table as recorded, and the rate of the other group. To get the tipping point at an end of the gap's
//! interval, give the group's rate less that end.
//!
//! # Undefined when
//! No u above 0 makes the rates equal, or it would need more comebacks than there are children.
//!
//! # Reference
//! A tipping-point analysis of outcome misclassification, as quantitative bias analysis calls it: Fox, `MacLehose` and Lash
//! 2021, *Applying Quantitative Bias Analysis to Epidemiologic Data*, 2nd ed., Springer. The formulas follow from the
//! definitions of the rates.

use super::{Rate, SLACK, Table};

/// No bias of this kind does it.
const NONE: &str = "no recording bias of this kind can explain it";

/// True comebacks for each recorded one at which a rate of the table is `target`.
///
/// # Errors
/// Says in words where no bias of this kind can explain the gap.
pub fn tipping_point(table: &Table, rate: Rate, target: f64) -> Result<f64, &'static str> {
    let (rises, by) = match rate {
        Rate::Ppv => (target * table.flagged(), table.flagged_with),
        Rate::FalsePositive => {
            let n = table.flagged() + table.unflagged();
            (table.flagged() - target * n, table.flagged_with - target * table.with())
        }
        Rate::Missed => return Err(NONE),
    };
    // Where flags are no better than chance, more comebacks do not bring the rate down.
    if by <= SLACK {
        return Err(NONE);
    }
    let factor = rises / by;
    if factor <= 0.0 {
        return Err(NONE);
    }
    table.scaled(factor).map(|_| factor).map_err(|_| NONE)
}

/// The same for the number who came back, for each one expected.
///
/// # Errors
/// Says in words where no bias of this kind can explain the gap.
pub fn of_observed_over_expected(own: f64, target: f64) -> Result<f64, &'static str> {
    if own > SLACK && target > SLACK { Ok(target / own) } else { Err(NONE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table =
        Table { flagged_with: 30.0, flagged_without: 50.0, unflagged_with: 70.0, unflagged_without: 250.0 };

    #[test]
    fn by_hand() {
        // 30 of 80 flags are right. If 1 in 6 comebacks were missing, 36 of 80 would be: 45%.
        let factor = tipping_point(&TABLE, Rate::Ppv, 0.45).unwrap();
        assert!((factor - 1.2).abs() < 1e-12 && (1.0 - 1.0 / factor - 1.0 / 6.0).abs() < 1e-12);
        // Then 44 of 280 who did not come back would be flagged, where 50 of 300 are.
        let factor = tipping_point(&TABLE, Rate::FalsePositive, 44.0 / 280.0).unwrap();
        assert!((factor - 1.2).abs() < 1e-9, "{factor}");
        // 1 in 5 recorded too often: 24 of 80, 56 of 320.
        assert!((tipping_point(&TABLE, Rate::Ppv, 0.3).unwrap() - 0.8).abs() < 1e-12);
        assert!((tipping_point(&TABLE, Rate::FalsePositive, 56.0 / 320.0).unwrap() - 0.8).abs() < 1e-9);
        assert!((of_observed_over_expected(0.8, 1.0).unwrap() - 1.25).abs() < 1e-12);
    }

    #[test]
    fn what_a_bias_cannot_explain_is_said() {
        assert_eq!(tipping_point(&TABLE, Rate::Missed, 0.5), Err(NONE));
        // Every flag right and more than that.
        assert!(tipping_point(&TABLE, Rate::Ppv, 1.0).is_ok());
        assert_eq!(tipping_point(&TABLE, Rate::Ppv, 1.01), Err(NONE));
        assert_eq!(tipping_point(&TABLE, Rate::Ppv, 0.0), Err(NONE));
        // 80 of 400 are flagged: with no comeback at all, 20% of those who did not come back are.
        assert_eq!(tipping_point(&TABLE, Rate::FalsePositive, 0.2), Err(NONE));
        // 30 of 80 flags right would have to be 81 for so few to be flagged in vain.
        assert_eq!(tipping_point(&TABLE, Rate::FalsePositive, -0.01), Err(NONE));
        // The flags are worse than chance.
        let blind = Table { flagged_with: 5.0, unflagged_with: 95.0, ..TABLE };
        assert_eq!(tipping_point(&blind, Rate::FalsePositive, 0.05), Err(NONE));
        assert_eq!(of_observed_over_expected(0.0, 1.0), Err(NONE));
    }
}
