//! What a run found of how long until what, exact: it leaves only through disclosure control.

use super::aalen_johansen::Estimate;
use super::wald::Test;
use crate::cohort::attrition::AttritionRow;
use crate::evaluate::survival::found::Models;
use serde::{Deserialize, Serialize};

/// Nothing is said of a time by which fewer spells are still followed: one more end would move the estimate by 2 in 100.
pub const LEAST_AT_RISK: u64 = 50;
/// Of every interval.
pub(crate) const CONFIDENCE: f64 = 0.95;

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
    /// Households behind these, then behind all but the first, and behind those to whom nothing had come; 0 where two hold nine tenths.
    #[serde(default)]
    pub households: Vec<u64>,
    /// The cumulative incidence of each, in the same order.
    pub shares: Vec<Share>,
    /// The share to whom nothing had come (Kaplan-Meier).
    pub free: Share,
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

/// How often the first cause had come to children by one time, counted from the start of the first spell of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Often {
    /// Children still followed on that day.
    pub at_risk: u64,
    /// How often it was seen by then.
    pub events: u64,
    /// Children to whom it was seen to come by then.
    pub with: u64,
    /// The mean number a child, from 0.
    pub mean: f64,
    /// Its interval, where it has one.
    pub interval: Option<(f64, f64)>,
}

/// A test over groups.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChiSquare {
    /// Chi-square.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees: u64,
    /// P(at least so large) where groups do not differ.
    pub p_value: f64,
}

impl From<Test> for ChiSquare {
    fn from(test: Test) -> Self {
        Self { statistic: test.statistic, degrees: test.degrees as u64, p_value: test.p_value }
    }
}

/// Whether the incidence of the first cause differs between all levels of a grouping, up to a horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Differ {
    /// Of the time lost, with the spells of a household together.
    pub clustered: ChiSquare,
    /// Gray's, which takes spells as independent.
    pub gray: Reading<ChiSquare>,
}

/// What else is described, by horizon.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct More {
    /// Children who are followed from their first spell.
    pub children: u64,
    /// How often the first cause came to them; `None` where it is not a referral.
    pub often: Option<Vec<Reading<Often>>>,
    /// The share of the time up to each horizon that is lost to the first cause.
    pub lost: Vec<Reading<Share>>,
    /// By grouping, in the order of [`When::groups`], and horizon.
    pub differ: Vec<Vec<Reading<Differ>>>,
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
    /// The cumulative hazard of the first cause by each horizon (Nelson-Aalen).
    pub hazards: Vec<Reading<f64>>,
    /// What had come by each month at which enough are still followed.
    pub curve: Vec<(u32, By)>,
    /// By grouping.
    pub groups: Vec<Group>,
    /// Models of when, if any are asked for.
    pub models: Option<Reading<Models>>,
    /// How often, how much time without, and whether groups differ.
    #[serde(default)]
    pub more: More,
}
