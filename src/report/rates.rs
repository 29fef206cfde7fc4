//! How much work, who was left out for want of time, and how often each group is referred: exact, and as a report may
//! show it.

use serde_json::{Value, json as object};

use crate::privacy::disclosure::{Count, Number, Passed};

/// What rates are made from, exact.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct RateFacts {
    /// Shares of referrals that could be flagged, rising.
    pub capacities: Vec<f64>,
    /// Referrals whose follow-up is shorter than the horizon.
    pub censored_total: u64,
    /// The same by grouping.
    pub censored: Vec<LevelCounts>,
    /// The combinations of levels, one of each grouping, that such a referral has.
    pub censored_together: Vec<Vec<u16>>,
    /// Different children tested, by grouping; a child may be in several levels, such as those of age.
    pub children: Vec<LevelCounts>,
    /// Levels whose population is given.
    pub populations: Vec<PopulationRate>,
}

/// A number for each level of a grouping.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LevelCounts {
    /// Grouping.
    pub group: String,
    /// Level and number.
    pub levels: Vec<(String, u64)>,
}

/// A level whose population is given.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PopulationRate {
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Children of this level in the population, as the experiment says.
    pub population: u64,
    /// Standard error of the logarithm of the rate, by household.
    pub log_error: f64,
    /// The reference level, and the standard error of the logarithm of the ratio to it.
    pub against: Option<(String, f64)>,
}

/// Rates, disclosed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    /// Months of the test, the first and the last included; `None` where they are hidden.
    pub months: Option<u64>,
    /// Each share flagged, and referrals flagged a month on average; `None` where too few are flagged to be shown.
    pub workload: Vec<(f64, Option<Passed<u64>>)>,
    /// Referrals left out because the records end too early, by group and level; a `None` count is no such referral.
    pub censored: Vec<LevelCount>,
    /// Different children tested, to the nearest ten, by group and level.
    pub children: Vec<LevelCount>,
    /// Rates of groups whose population is given; empty if none was.
    pub referred: Vec<Referred>,
}

/// How many of a level.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelCount {
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// The number.
    pub count: Count,
}

/// How often a group is referred.
#[derive(Clone, Debug, PartialEq)]
pub struct Referred {
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Children, as the experiment says.
    pub population: u64,
    /// Referrals tested a year, for each 10,000 children.
    pub per_ten_thousand: Number,
    /// Reference level; `None` for that level itself.
    pub against: Option<String>,
    /// Relative Rate Index: the rate over that of the reference level.
    pub index: Number,
}

impl Rates {
    /// Different children of a level, to the nearest ten.
    #[must_use]
    pub fn children_of(&self, group: &str, level: &str) -> Count {
        let mine = self.children.iter().find(|c| c.group == group && c.level == level);
        mine.map_or(Count::Suppressed, |c| c.count)
    }

    /// For `evaluation.json`.
    pub(super) fn json(&self) -> Value {
        let workload: Vec<Value> = self
            .workload
            .iter()
            .map(|(share, month)| object!({"share": share, "flagged_a_month": month.map(Passed::get)}))
            .collect();
        let by_level = |counts: &[LevelCount], name: &str| -> Vec<Value> {
            let one = |c: &LevelCount| object!({"group": c.group, "level": c.level, name: c.count.get()});
            counts.iter().map(one).collect()
        };
        let number =
            |n: &Number| object!({"estimate": n.estimate(), "interval": n.interval().map(|(a, b)| [a, b])});
        let referred = |r: &Referred| {
            object!({
                "group": r.group,
                "level": r.level,
                "population": r.population,
                "per_10_000_a_year": number(&r.per_ten_thousand),
                "against": r.against,
                "relative_rate_index": number(&r.index),
            })
        };
        object!({
            "months": self.months,
            "workload": workload,
            "short_follow_up": by_level(&self.censored, "referrals"),
            "children": by_level(&self.children, "to_nearest_ten"),
            "referred": self.referred.iter().map(referred).collect::<Vec<_>>(),
        })
    }
}
