//! How long until what, as it may be shown.

use super::when_models::Models;
use super::when_more::More;
use crate::privacy::disclosure::{Count, Number, PerHundred};
use serde_json::{Value, json as object};

/// A time that the experiment asks about.
#[derive(Clone, Debug, PartialEq)]
pub struct Horizon {
    /// In months.
    pub months: u32,
    /// In days.
    pub days: i32,
    /// Referrals that could be followed for so long, whatever happened, to the nearest ten.
    pub followed: Count,
    /// Referrals still followed by then that nothing had ended, to the nearest ten.
    pub at_risk: Count,
    /// Of a hundred, those to whom each declared cause came first, then those who left first.
    pub shares: Vec<PerHundred>,
    /// Of a hundred, those to whom nothing had come.
    pub free: PerHundred,
    /// The cumulative hazard of the first cause.
    pub hazard: Number,
    /// What counting as if nobody could leave would say of the first cause.
    pub overstated: PerHundred,
}

/// One level of a grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Name.
    pub name: String,
    /// Of a hundred, those to whom the first cause came first by each horizon.
    pub came: Vec<PerHundred>,
}

/// A grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name, such as `sex`.
    pub name: String,
    /// Its levels.
    pub levels: Vec<Level>,
}

/// How long until what.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// Whether time is counted from the closing of the case, and not from the referral.
    pub from_closure: bool,
    /// Whether only the first of each child is followed.
    pub first_per_child: bool,
    /// Declared causes in words that follow "the child"; the first is asked about.
    pub causes: Vec<String>,
    /// Whether referrals from before the records begin are followed from when they do.
    pub delayed_entry: bool,
    /// Referrals followed, to the nearest ten.
    pub spells: Count,
    /// Children, to the nearest ten.
    pub children: Count,
    /// Referrals by what was seen first: nothing, each cause; to the nearest ten.
    pub ended: Vec<Count>,
    /// How children left, in words that follow "the child", with referrals to the nearest ten.
    pub leavings: Vec<(String, Count)>,
    /// The times asked about.
    pub horizons: Vec<Horizon>,
    /// The last whole month by which enough are still followed.
    pub reach_months: u32,
    /// Month by month: of a hundred, those to whom the first cause came first.
    pub curve: Vec<(u32, PerHundred)>,
    /// By grouping.
    pub groups: Vec<Group>,
    /// Models of when, if any were asked for; or why there are none.
    pub models: Option<Result<Models, String>>,
    /// How often, how long without, and whether groups differ.
    pub more: More,
}

/// A share in JSON: whole ones of a hundred.
pub(super) fn share(of: &PerHundred) -> Value {
    let (status, reason) = match of {
        PerHundred::About { .. } => ("ok", None),
        PerHundred::Suppressed => ("suppressed", None),
        PerHundred::Undefined(reason) => ("undefined", Some(reason.as_str())),
    };
    object!({"of_100": of.yes(), "interval": of.range().map(|(low, high)| [low, high]), "status": status, "reason": reason})
}

impl When {
    /// For `evaluation.json`: shares in whole ones of a hundred, counts to the nearest ten; a null count is withheld.
    #[must_use]
    pub fn json(&self) -> Value {
        let shares = |of: &[PerHundred]| of.iter().map(share).collect::<Vec<Value>>();
        let horizon = |h: &Horizon| {
            object!({
                "months": h.months, "days": h.days, "followed": h.followed.get(), "at_risk": h.at_risk.get(),
                "shares": shares(&h.shares), "nothing_yet": share(&h.free), "cumulative_hazard": h.hazard.estimate(), "one_minus_kaplan_meier": share(&h.overstated),
            })
        };
        let level = |l: &Level| object!({"level": l.name, "came": shares(&l.came)});
        let group = |g: &Group| object!({"group": g.name, "levels": g.levels.iter().map(level).collect::<Vec<Value>>()});
        let month = |(month, of): &(u32, PerHundred)| object!({"months": month, "came": share(of)});
        object!({
            "clock": if self.from_closure { "from-closure" } else { "from-referral" },
            "causes": self.causes.iter().map(String::as_str).chain(["left"]).collect::<Vec<&str>>(),
            "convention": "Aalen-Johansen; events come before ends of observation on one day; 95% intervals by the infinitesimal jackknife over households, complementary log-log",
            "of": if self.first_per_child { "children" } else { "referrals" },
            "delayed_entry": self.delayed_entry,
            "referrals": self.spells.get(),
            "children": self.children.get(),
            "ended": self.ended.iter().map(|n| n.get()).collect::<Vec<Option<u64>>>(),
            "leavings": self.leavings.iter().map(|(how, n)| object!({"how": how, "referrals": n.get()})).collect::<Vec<Value>>(),
            "reach_months": self.reach_months,
            "horizons": self.horizons.iter().map(horizon).collect::<Vec<Value>>(),
            "curve": self.curve.iter().map(month).collect::<Vec<Value>>(),
            "groups": self.groups.iter().map(group).collect::<Vec<Value>>(),
            "models": self.models.as_ref().map(|models| match models {
                Ok(models) => models.json(),
                Err(reason) => object!({"reason": reason}),
            }),
            "how_often": self.more.how_often(&self.horizons),
            "time_without": self.more.time_without(&self.horizons),
            "groups_differ": self.more.groups_differ(&self.groups),
        })
    }
}
