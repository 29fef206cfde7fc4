//! Who was left out, step by step, down to the referrals that were tested.

use super::say::many;
use crate::report::html::format::thousands;
use crate::report::{AttritionStep, Removed, Report};

/// Each step by which referrals were left out.
pub(super) fn steps(r: &Report) -> Vec<String> {
    r.attrition.iter().map(|step| left_out(step, r.threshold)).collect()
}

fn left_out(step: &AttritionStep, threshold: u64) -> String {
    let removed = match step.removed {
        Removed::First => "begins with ".to_owned(),
        Removed::Nobody => "removed nobody; left ".to_owned(),
        Removed::Fewer => format!("removed fewer than {threshold}; left "),
        Removed::Shown(n) => format!("removed {}; left ", thousands(n.get())),
        Removed::Suppressed => "removed a number that is hidden; left ".to_owned(),
    };
    format!(
        "{}: {removed}{} of {}.",
        step.words,
        many(step.rows, "referrals"),
        many(step.children, "children")
    )
}
