//! Reads `[[gate.criteria]]` of an experiment file.

use super::{Bound, Criterion, Gate, OVERALL, time};
use crate::evaluate::measures::{self, Formula, Measure};
use crate::evaluate::survival::score;
use crate::experiment::when;
use crate::io::settings::{Section, nearest};

/// What the rest of the experiment file says that a gate may name.
#[derive(Clone, Copy, Debug)]
pub(in crate::experiment) struct Known<'a> {
    /// Ids of the models.
    pub(in crate::experiment) models: &'a [String],
    /// Id of the candidate.
    pub(in crate::experiment) candidate: &'a str,
    /// Groupings to report.
    pub(in crate::experiment) groups: &'a [&'static str],
    /// Share of referrals that could be flagged.
    pub(in crate::experiment) capacity: f64,
    /// What is asked of when.
    pub(in crate::experiment) when: Option<&'a when::Settings>,
}

/// Reads the gate. `known` is `None` where the rest of the file is faulty: then names cannot be checked, and all else is.
pub(in crate::experiment) fn read(s: &Section<'_>, known: Option<Known<'_>>) -> Option<Gate> {
    let tables = s.required("criteria", s.sections("criteria"))?;
    if tables.is_empty() {
        s.fault("criteria", "`gate.criteria` must hold at least one criterion");
    }
    // Every table is read before any fault of one ends the reading.
    let criteria: Vec<Option<Criterion>> = tables.iter().map(|t| criterion(t, known)).collect();
    Some(Gate { criteria: criteria.into_iter().collect::<Option<_>>()? })
}

fn criterion(s: &Section<'_>, known: Option<Known<'_>>) -> Option<Criterion> {
    let id = s.required("measure", s.text("measure"));
    if let Some(of_when) = id.as_deref().and_then(score::measures::find) {
        return time::criterion(s, of_when, known);
    }
    let measure = id.and_then(|id| measure(s, &id));
    let model = model(s, measure, known);
    let groups = groups(s, measure, known);
    let at = at(s, measure, known, groups.as_deref().unwrap_or_default());
    let bound = bound(s);
    Some(Criterion {
        measure: measure?.id.to_owned(),
        model: model?,
        groups: groups?,
        at: at?,
        bound: bound?,
    })
}

fn measure(s: &Section<'_>, id: &str) -> Option<&'static Measure> {
    let Some(measure) = measures::find(id) else {
        let hint = nearest(id, measures::REGISTRY.iter().map(|m| m.id)).map_or_else(
            || "; `evaluation.json` of any run names them".to_owned(),
            |n| format!("; did you mean `{n}`?"),
        );
        s.fault("measure", format!("`gate.criteria.measure` has no measure `{id}`{hint}"));
        return None;
    };
    let why = match measure.formula {
        Formula::Group(_) | Formula::Curve(_) => "is many numbers, at chances that the data decide",
        Formula::Utility(_) => "is taken at thresholds of predicted risk, which a gate cannot name",
        Formula::Pair(_) => "compares two groups: bound a measure of each group instead",
        Formula::Whole(_) | Formula::Flagged(_) | Formula::DifferenceOf(_) => return Some(measure),
    };
    s.fault("measure", format!("`gate.criteria.measure` cannot be `{id}`, which {why}"));
    None
}

fn model(s: &Section<'_>, measure: Option<&'static Measure>, known: Option<Known<'_>>) -> Option<String> {
    let Some(known) = known else { return s.text("model").or_else(|| Some(String::new())) };
    let choices: Vec<(&str, &str)> = known.models.iter().map(|id| (id.as_str(), id.as_str())).collect();
    let given = s.choice("model", &choices);
    let (of_data, of_candidate) =
        measure.map_or((false, false), |m| (m.of_data, matches!(m.formula, Formula::DifferenceOf(_))));
    if given.is_some() && (of_data || of_candidate) {
        let what = if of_data { "the data alone" } else { "candidate and reference" };
        s.fault("model", format!("`gate.criteria.model` has no place here: this measure is about {what}"));
    }
    if of_data {
        return Some(String::new());
    }
    Some(given.unwrap_or(known.candidate).to_owned())
}

fn groups(
    s: &Section<'_>,
    measure: Option<&'static Measure>,
    known: Option<Known<'_>>,
) -> Option<Vec<String>> {
    named_groups(s, measure.map(|m| (m.id, m.by_group)), known)
}

/// The groupings of a criterion; `measure` is its id and whether it is measured by group.
pub(super) fn named_groups(
    s: &Section<'_>,
    measure: Option<(&str, bool)>,
    known: Option<Known<'_>>,
) -> Option<Vec<String>> {
    let names = match known {
        Some(known) => {
            let all: Vec<(&str, String)> = std::iter::once(OVERALL)
                .chain(known.groups.iter().copied())
                .map(|g| (g, g.to_owned()))
                .collect();
            s.choices("groups", &all)
        }
        None => s.texts("groups"),
    };
    let Some(names) = names else { return Some(vec![OVERALL.to_owned()]) };
    if names.is_empty() {
        s.fault("groups", "`gate.criteria.groups` must name at least one grouping, or `overall`");
    }
    if let Some((id, false)) = measure
        && names.iter().any(|g| g != OVERALL)
    {
        s.fault(
            "groups",
            format!("`gate.criteria.groups` can only be `overall` here: `{id}` is not measured by group"),
        );
    }
    Some(names)
}

/// Where the measure is taken: the declared share unless the criterion names another that is measured.
fn at(
    s: &Section<'_>,
    measure: Option<&'static Measure>,
    known: Option<Known<'_>>,
    groups: &[String],
) -> Option<String> {
    let given = s.text("at");
    let (Some(measure), Some(known)) = (measure, known) else { return Some(String::new()) };
    if !matches!(measure.formula, Formula::Flagged(_)) {
        if given.is_some() {
            s.fault(
                "at",
                format!(
                    "`gate.criteria.at` has no place here: `{}` is not about a share flagged",
                    measure.id
                ),
            );
        }
        return Some(String::new());
    }
    let words = |share: f64| format!("top {}%", (share * 1e8).round() / 1e6);
    let Some(given) = given else { return Some(words(known.capacity)) };
    let mut shares = vec![known.capacity];
    let by_group = groups.iter().any(|g| g != OVERALL);
    if !by_group {
        shares.extend(GRID.iter().map(|percent| f64::from(*percent) / 100.0));
    }
    let found = shares.into_iter().map(words).find(|w| *w == given);
    if found.is_none() {
        let declared = words(known.capacity);
        let allowed = if by_group {
            format!("by group only the declared share is measured, `{declared}`")
        } else {
            let grid: Vec<String> = GRID.iter().map(ToString::to_string).collect();
            format!("measured are `{declared}` and `top N%` with N of {}", grid.join(", "))
        };
        s.fault(
            "at",
            format!("`gate.criteria.at` names no share that is measured, found `{given}`: {allowed}"),
        );
    }
    found
}

/// Percentages at which [`crate::evaluate`] measures besides the declared one; a test compares them.
const GRID: [u8; 15] = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100];

/// No measure has numbers beyond these.
const RANGE: std::ops::RangeInclusive<f64> = -1e6..=1e6;

pub(super) fn bound(s: &Section<'_>) -> Option<Bound> {
    let (least, most) = (s.number("at_least", RANGE), s.number("at_most", RANGE));
    let between = s.numbers("between", &RANGE);
    let present =
        s.keys().iter().filter(|k| ["at_least", "at_most", "between"].contains(&k.as_str())).count();
    if present != 1 {
        s.fault("", "a criterion needs exactly one of `at_least`, `at_most` and `between`");
        return None;
    }
    if let Some(ends) = between {
        if let [low, high] = ends[..]
            && low < high
        {
            return Some(Bound::Between(low, high));
        }
        s.fault("between", "`gate.criteria.between` must be two numbers, the smaller first");
        return None;
    }
    least.map(Bound::AtLeast).or(most.map(Bound::AtMost))
}

#[cfg(test)]
mod tests {
    use super::GRID;
    use crate::evaluate::{Input, Scores, Settings, measure};
    use std::collections::BTreeSet;

    #[test]
    fn the_shares_allowed_are_those_measured() {
        let n = 60_u32;
        let input = Input {
            split: "s".to_owned(),
            y: (0..n).map(|i| i % 3 == 0).collect(),
            household: (0..n).collect(),
            fold: vec![0; n as usize],
            groupings: Vec::new(),
            scores: vec![Scores { model: "m".to_owned(), p: (0..n).map(|i| f64::from(i) / 60.0).collect() }],
        };
        let settings = Settings {
            capacities: vec![0.1],
            thresholds: Vec::new(),
            replicates: 2,
            seed: 1,
            references: Vec::new(),
            candidate: String::new(),
            reference: String::new(),
            smallest_gain: 0.0,
        };
        let rows = measure(&input, &settings, &|_, _| {}).unwrap();
        let measured: BTreeSet<String> =
            rows.into_iter().map(|r| r.at).filter(|at| at.starts_with("top ")).collect();
        assert_eq!(measured, GRID.iter().map(|percent| format!("top {percent}%")).collect());
    }
}
