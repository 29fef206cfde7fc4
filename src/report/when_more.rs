//! How often, how long without, and whether groups differ, as it may be shown.

use super::when::{Group, Horizon};
use crate::privacy::disclosure::{Number, Passed};
use serde_json::{Value, json as object};

/// A test over groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// To one decimal.
    pub statistic: Passed<f64>,
    /// Degrees of freedom.
    pub degrees: u64,
    /// To three decimals.
    pub p: Passed<f64>,
}

/// Whether the shown levels of a grouping differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Differ {
    /// Up to so many months.
    pub months: u32,
    /// Of the time lost, with the referrals of a family together.
    pub clustered: ChiSquare,
    /// Gray's, which takes referrals as independent; or why there is none.
    pub gray: Result<ChiSquare, String>,
}

/// What else is said, by horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct More {
    /// To a hundred children, from the first referral of each that is followed: how often the first cause came, in whole times;
    /// `None` where it is not a referral.
    pub often: Option<Vec<Number>>,
    /// Of the months up to the horizon, the mean that is not lost to the first cause, to one decimal.
    pub without: Vec<Number>,
    /// By grouping; or why it is not told.
    pub differ: Vec<Result<Differ, String>>,
}

/// A number in JSON, under its own name.
fn number(name: &str, horizon: &Horizon, of: &Number) -> Value {
    let (status, reason) = match of {
        Number::Shown { .. } => ("ok", None),
        Number::Suppressed => ("suppressed", None),
        Number::Undefined(reason) => ("undefined", Some(reason.as_str())),
    };
    object!({"months": horizon.months, name: of.estimate(), "interval": of.interval().map(|(low, high)| [low, high]), "status": status, "reason": reason})
}

fn chi_square(of: &ChiSquare) -> Value {
    let p = of.p.get();
    let under = p < 0.001;
    object!({"statistic": of.statistic.get(), "degrees": of.degrees, "p": (!under).then_some(p), "p_under": under.then_some(0.001)})
}

impl More {
    fn list(name: &str, horizons: &[Horizon], of: &[Number]) -> Vec<Value> {
        horizons.iter().zip(of).map(|(horizon, of)| number(name, horizon, of)).collect()
    }

    /// How often, for `evaluation.json`.
    pub(super) fn how_often(&self, horizons: &[Horizon]) -> Value {
        self.often.as_ref().map_or(Value::Null, |often| {
            object!({
                "convention": "mean cumulative function of Ghosh and Lin from the first followed referral or closing of each child, ended by leaving; 95% intervals robust by household, on the scale of the logarithm",
                "horizons": Self::list("times_per_100_children", horizons, often),
            })
        })
    }

    /// How long without, for `evaluation.json`.
    pub(super) fn time_without(&self, horizons: &[Horizon]) -> Value {
        object!({
            "convention": "horizon less the restricted mean time lost to the first cause; 95% intervals by the infinitesimal jackknife over households, complementary log-log",
            "horizons": Self::list("months_without", horizons, &self.without),
        })
    }

    /// Whether groups differ, for `evaluation.json`.
    pub(super) fn groups_differ(&self, groups: &[Group]) -> Value {
        let of = |(group, differ): (&Group, &Result<Differ, String>)| match differ {
            Ok(differ) => object!({
                "group": group.name, "months": differ.months, "time_lost_by_household": chi_square(&differ.clustered),
                "gray": differ.gray.as_ref().ok().map(chi_square), "reason": differ.gray.as_ref().err(),
            }),
            Err(reason) => object!({"group": group.name, "reason": reason}),
        };
        groups.iter().zip(&self.differ).map(of).collect()
    }
}
