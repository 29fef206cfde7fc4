//! What faults of the records could do to the groups' numbers, as a report may show it.

use serde_json::{Value, json as object};

use crate::privacy::disclosure::Passed;

/// All that is said of recording bias, of the candidate at the declared capacity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingBias {
    /// Gaps between a level and its reference level.
    pub gaps: Vec<BiasGap>,
    /// Between what values the rates of each level could lie.
    pub bounds: Vec<RateBounds>,
}

/// A gap, and the recording bias that would explain it.
#[derive(Clone, Debug, PartialEq)]
pub struct BiasGap {
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Its reference level.
    pub against: String,
    /// Measure id.
    pub measure: &'static str,
    /// The level's value and the reference level's.
    pub values: [Passed<f64>; 2],
    /// Whether the interval of the gap holds 0.
    pub could_be_chance: bool,
    /// What would explain all of it.
    pub explained: Explained,
}

/// What recording bias would make a gap vanish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Explained {
    /// There is no gap.
    NoGap,
    /// So many children of the level would truly have come back for each one on record, relative to the other; with what
    /// the ends of the gap's interval would need, the lesser first.
    By(Passed<f64>, Option<(Passed<f64>, Passed<f64>)>),
    /// None would.
    Impossible,
}

/// Which way the records are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Comebacks were never recorded.
    Missing,
    /// Comebacks are on record that should not be.
    TooMany,
}

/// Between what values a rate of a level could lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// Which way.
    pub fault: Fault,
    /// Share of comebacks that the fault may strike, in (0, 1): an assumption, not a measurement.
    pub share: f64,
    /// Lowest and highest value.
    pub ends: (Passed<f64>, Passed<f64>),
    /// If it strikes the flagged and the others alike; `None` where that cannot be.
    pub alike: Option<Passed<f64>>,
}

/// A rate of a level, as recorded and as it could be.
#[derive(Clone, Debug, PartialEq)]
pub struct RateBounds {
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Measure id.
    pub measure: &'static str,
    /// As recorded.
    pub recorded: Passed<f64>,
    /// As it could be, fault by fault, by rising share.
    pub between: Vec<Between>,
}

impl RecordingBias {
    /// For `evaluation.json`.
    pub(super) fn json(&self) -> Value {
        let gaps: Vec<Value> = self.gaps.iter().map(BiasGap::json).collect();
        let bounds: Vec<Value> = self.bounds.iter().flat_map(RateBounds::json).collect();
        object!({"gaps": gaps, "bounds": bounds})
    }
}

impl BiasGap {
    fn json(&self) -> Value {
        let (status, factor, ends) = match self.explained {
            Explained::NoGap => ("no gap", None, None),
            Explained::By(factor, ends) => {
                ("explained", Some(factor.get()), ends.map(|(low, high)| [low.get(), high.get()]))
            }
            Explained::Impossible => ("no recording bias of this kind can explain it", None, None),
        };
        object!({
            "group": self.group,
            "level": self.level,
            "against": self.against,
            "measure": self.measure,
            "value": self.values[0].get(),
            "value_against": self.values[1].get(),
            "could_be_chance": self.could_be_chance,
            "status": status,
            "true_for_each_recorded": factor,
            "true_for_each_recorded_interval": ends,
        })
    }
}

impl RateBounds {
    fn json(&self) -> impl Iterator<Item = Value> + '_ {
        self.between.iter().map(|between| {
            object!({
                "group": self.group,
                "level": self.level,
                "measure": self.measure,
                "recorded": self.recorded.get(),
                "fault": match between.fault { Fault::Missing => "never recorded", Fault::TooMany => "recorded too often" },
                "share": between.share,
                "low": between.ends.0.get(),
                "alike": between.alike.map(Passed::get),
                "high": between.ends.1.get(),
            })
        })
    }
}
