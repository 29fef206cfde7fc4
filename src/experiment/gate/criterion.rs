//! A gate and its criteria, as data.

use super::{OVERALL, Verdict};
use crate::evaluate::measures::{self, Formula, Measure};
use crate::evaluate::survival::score::{self, measures::TimeMeasure};
use crate::io::digest;
use crate::models::registry;
use crate::models::time::learners;
use serde::{Deserialize, Serialize};

/// What a model must show, all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// At least one.
    pub criteria: Vec<Criterion>,
}

/// One thing to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Id of the measure.
    pub measure: String,
    /// Id of the model; empty for measures of the data alone.
    pub model: String,
    /// [`OVERALL`], or groupings of which every level must meet the bound.
    pub groups: Vec<String>,
    /// Where the measure is taken, as its rows say it (`top 10%`); empty for measures that are not taken at a place.
    pub at: String,
    /// Where the numbers must lie.
    pub bound: Bound,
}

/// Where a number must lie, ends included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// From the first to the second.
    Between(f64, f64),
}

impl Bound {
    /// PASS if the whole interval from `low` to `high` lies inside, FAIL if the whole of it lies outside, otherwise
    /// CANNOT SAY.
    #[must_use]
    pub fn judge(self, low: f64, high: f64) -> Verdict {
        let (least, most) = match self {
            Self::AtLeast(least) => (least, f64::INFINITY),
            Self::AtMost(most) => (f64::NEG_INFINITY, most),
            Self::Between(least, most) => (least, most),
        };
        if low >= least && high <= most {
            Verdict::Pass
        } else if high < least || low > most {
            Verdict::Fail
        } else {
            Verdict::CannotSay
        }
    }

    /// "at least 0.65", "at most 0.1", "from 0.8 to 1.25"; `number` writes one number.
    #[must_use]
    pub fn words(self, number: impl Fn(f64) -> String) -> String {
        match self {
            Self::AtLeast(least) => format!("at least {}", number(least)),
            Self::AtMost(most) => format!("at most {}", number(most)),
            Self::Between(least, most) => format!("from {} to {}", number(least), number(most)),
        }
    }
}

impl Gate {
    /// The gate as the experiment file would have it, so that it reads back equal.
    #[must_use]
    pub fn meant(&self) -> String {
        self.criteria.iter().map(Criterion::meant).collect::<Vec<_>>().join("\n")
    }

    /// SHA-256 of the gate as meant, for the ledger.
    #[must_use]
    pub fn digest(&self) -> String {
        digest::hex(self.meant().as_bytes())
    }
}

impl Criterion {
    /// Its measure, if it is one of yes or no.
    #[must_use]
    pub fn measure(&self) -> Option<&'static Measure> {
        measures::find(&self.measure)
    }

    /// Its measure, if it is one of when.
    #[must_use]
    pub fn time_measure(&self) -> Option<&'static TimeMeasure> {
        score::measures::find(&self.measure)
    }

    /// Id of its measure, which is registered.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.measure().map(|m| m.id).or(self.time_measure().map(|m| m.id)).unwrap_or("")
    }

    /// Whether a row or line of this model, measure and place is one that this criterion is about.
    #[must_use]
    pub fn is_about(&self, model: &str, measure: &str, at: &str) -> bool {
        self.measure == measure && self.model == model && (self.at.is_empty() || self.at == at)
    }

    /// Whether it is about all referrals together and nothing else.
    #[must_use]
    pub fn is_overall(&self) -> bool {
        self.groups == [OVERALL]
    }

    fn meant(&self) -> String {
        let list = self.groups.iter().map(|g| format!("\"{g}\"")).collect::<Vec<_>>().join(", ");
        let mut lines = vec!["[[gate.criteria]]".to_owned(), format!("measure = \"{}\"", self.measure)];
        // Given by the measure itself, and so refused in the file.
        let of_candidate = self.measure().is_some_and(|m| matches!(m.formula, Formula::DifferenceOf(_)))
            || self.time_measure().is_some_and(TimeMeasure::is_difference);
        if !self.model.is_empty() && !of_candidate {
            lines.push(format!("model = \"{}\"", self.model));
        }
        lines.push(format!("groups = [{list}]"));
        if !self.at.is_empty() {
            lines.push(format!("at = \"{}\"", self.at));
        }
        lines.push(match self.bound {
            Bound::AtLeast(least) => format!("at_least = {least}"),
            Bound::AtMost(most) => format!("at_most = {most}"),
            Bound::Between(least, most) => format!("between = [{least}, {most}]"),
        });
        lines.push(String::new());
        lines.join("\n")
    }

    /// The criterion as a sentence for researchers.
    #[must_use]
    pub fn sentence(&self) -> String {
        let title = self.measure().map(|m| m.title).or(self.time_measure().map(|m| m.title));
        let title = title.unwrap_or(self.measure.as_str());
        let entry = registry::REGISTRY.iter().find(|e| e.id == self.model).map(|e| e.title);
        let of_when = || learners::registry::find(&self.model).map(|e| e.title.as_str());
        let model = entry.or_else(of_when).unwrap_or(self.model.as_str());
        let of = if model.is_empty() { String::new() } else { format!(", \u{201c}{model}\u{201d}") };
        let at = if self.at.is_empty() { String::new() } else { format!(", {}", self.at) };
        let groups: Vec<&str> = self.groups.iter().filter(|g| *g != OVERALL).map(String::as_str).collect();
        let overall = self.groups.iter().any(|g| g == OVERALL);
        let whom = match (overall, groups.is_empty()) {
            (_, true) => "over all referrals".to_owned(),
            (true, false) => format!("over all referrals, and in every group by {}", groups.join(", ")),
            (false, false) => format!("in every group by {}", groups.join(", ")),
        };
        format!("{title}{of}{at}: {}, {whom}.", self.bound.words(|v| v.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_outside_and_across() {
        use Verdict::{CannotSay, Fail, Pass};
        let least = Bound::AtLeast(0.65);
        let cases = [
            ((0.65, 0.7), Pass),
            ((0.66, 0.7), Pass),
            ((0.5, 0.64), Fail),
            ((0.5, 0.65), CannotSay),
            ((0.64, 0.7), CannotSay),
        ];
        for ((low, high), verdict) in cases {
            assert_eq!(least.judge(low, high), verdict, "{low} to {high}");
            assert_eq!(Bound::AtMost(-0.65).judge(-high, -low), verdict, "mirrored {low} to {high}");
        }
        let between = Bound::Between(0.8, 1.25);
        let cases = [
            ((0.8, 1.25), Pass),
            ((0.9, 1.1), Pass),
            ((0.5, 0.79), Fail),
            ((1.26, 2.0), Fail),
            ((0.7, 0.9), CannotSay),
            ((1.2, 1.3), CannotSay),
            ((0.5, 2.0), CannotSay),
        ];
        for ((low, high), verdict) in cases {
            assert_eq!(between.judge(low, high), verdict, "{low} to {high}");
        }
    }
}
