//! What a run found of how long until what, exact: it leaves only through disclosure control.

use super::aalen_johansen::Estimate;
use crate::cohort::attrition::AttritionRow;
use crate::evaluate::survival::found::Models;
use serde::{Deserialize, Serialize};

/// Nothing is said of a time by which fewer spells are still followed: one more end would move the estimate by 2 in 100.
pub const LEAST_AT_RISK: u64 = 50;
/// Of every interval.
const CONFIDENCE: f64 = 0.95;

/// A number, or why there is none.
pub type Reading<T> = Result<T, String>;

/// A share with its 95% interval, where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// In [0, 1].
    pub value: f64,
    /// Lower and upper end.
    pub interval: Option<(f64, f64)>,
}

impl From<&Estimate> for Share {
    fn from(estimate: &Estimate) -> Self {
        // An estimate of 0 or 1 has no error to estimate.
        let interval = estimate.complementary_interval(CONFIDENCE).ok().map(|ends| (ends.lower, ends.upper));
        Self { value: estimate.value, interval }
    }
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Spells of waiting.
    pub spells: u64,
    /// Children they are of.
    pub children: u64,
    /// Households of those.
    pub households: u64,
}

/// What had come by one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct By {
    /// Spells under observation on that day that nothing had ended before it.
    pub at_risk: u64,
    /// Spells that were seen to end by then, by cause: those declared, then leaving.
    pub came: Vec<u64>,
    /// The cumulative incidence of each, in the same order.
    pub shares: Vec<Share>,
}

/// A time that the experiment asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    /// In months.
    pub months: u32,
    /// In days.
    pub days: i32,
    /// Spells that could have been followed for so long, whatever ended them.
    pub followed: u64,
    /// Whether so few are still followed by then that nothing is said.
    pub too_few: bool,
}

/// One level of a grouping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Name.
    pub name: String,
    /// How many.
    pub size: Size,
    /// What had come by each horizon.
    pub by: Vec<Reading<By>>,
}

/// A grouping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Name, such as `sex`.
    pub name: String,
    /// Its levels.
    pub levels: Vec<Level>,
}

/// How long until what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct When {
    /// Whether time is counted from the closing of the case, and not from the referral.
    pub from_closure: bool,
    /// Whether only the first spell of each child is followed.
    pub first_per_child: bool,
    /// The declared causes in words that follow "the child"; the first is asked about.
    pub causes: Vec<String>,
    /// Whether referrals from before the records begin are followed from when they do.
    pub delayed_entry: bool,
    /// Who was left out.
    pub attrition: Vec<AttritionRow>,
    /// How many there are.
    pub size: Size,
    /// Spells by what was seen to end them: nothing, each declared cause, leaving.
    pub ended: Vec<u64>,
    /// Those that ended by leaving, by how, in words that follow "the child".
    pub leavings: Vec<(String, u64)>,
    /// The times asked about.
    pub horizons: Vec<Horizon>,
    /// The last month by which enough are still followed; 0 where there is none.
    pub reach: u32,
    /// What had come by each horizon.
    pub by: Vec<Reading<By>>,
    /// What one minus Kaplan-Meier would say of the first cause by each horizon.
    pub overstated: Vec<Reading<f64>>,
    /// What had come by each month at which enough are still followed.
    pub curve: Vec<(u32, By)>,
    /// By grouping.
    pub groups: Vec<Group>,
    /// Models of when, if any are asked for.
    pub models: Option<Reading<Models>>,
}
