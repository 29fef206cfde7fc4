//! Natural frequencies: what the disclosed numbers mean for a hundred children. Only disclosed lines are read here.

use super::facts::not_measured;
use super::passed::{Count, Number, PerHundred};
use super::tables::is_declared;
use crate::evaluate::Verdict;
use crate::report::ingredients::Ingredients;
use crate::report::{CapacityTable, Finding, GroupTable, LevelLine, Line};

/// The answer with the disclosed gain.
pub(super) fn finding(verdict: &Verdict, lines: &[Line]) -> Finding {
    let row = &verdict.difference;
    let line = lines.iter().find(|l| {
        l.measure == row.measure && l.model == row.model && l.group == row.group && l.level == row.level
    });
    let gain = line.map_or_else(|| not_measured().0, |l| l.number.clone());
    Finding {
        answer: verdict.answer,
        candidate: verdict.candidate.clone(),
        reference: verdict.reference.clone(),
        surely_matters: gain.interval().map(|(low, _)| low >= verdict.smallest_gain),
        gain,
        smallest_gain: verdict.smallest_gain,
    }
}

/// The candidate, then the reference, at the declared capacity over all rows.
pub(super) fn at_capacity(verdict: &Verdict, lines: &[Line], capacity: f64) -> Vec<CapacityTable> {
    let table = |model: &String| {
        let of =
            |measure: &str| Found { lines, model, group: "overall", level: "all", capacity }.number(measure);
        CapacityTable {
            capacity,
            model: model.clone(),
            flagged_came_back: of("ppv").per_hundred(false),
            missed: of("missed-share").per_hundred(false),
            flagged_in_vain: of("false-positive-rate").per_hundred(false),
        }
    };
    [&verdict.candidate, &verdict.reference].into_iter().map(table).collect()
}

/// The same at every other share that the experiment states, of which some numbers may be hidden.
pub(super) fn at_others(ingredients: &Ingredients, lines: &[Line]) -> Vec<CapacityTable> {
    let others = ingredients.other_capacities.iter().filter(|c| (*c - ingredients.capacity).abs() > 1e-9);
    others.flat_map(|c| at_capacity(&ingredients.evaluation.verdict, lines, *c)).collect()
}

/// The candidate by every level of every grouping, in the order of the lines.
pub(super) fn groups(candidate: &str, lines: &[Line], capacity: f64, tested: Count) -> Vec<GroupTable> {
    let mut out: Vec<GroupTable> = Vec::new();
    for line in lines.iter().filter(|l| l.group != "overall" && (l.model == candidate || l.model.is_empty()))
    {
        let place = out.iter().position(|t| t.group == line.group).unwrap_or_else(|| {
            out.push(GroupTable { group: line.group.clone(), levels: Vec::new(), unjudged: None });
            out.len() - 1
        });
        if !out[place].levels.iter().any(|l| l.level == line.level) {
            let found = Found { lines, model: candidate, group: &line.group, level: &line.level, capacity };
            out[place].levels.push(found.level(line.n));
        }
    }
    for table in &mut out {
        table.unjudged = unjudged(&table.levels, tested);
    }
    out
}

/// Referrals in levels that cannot be judged: a sum of counts that are all shown.
fn unjudged(levels: &[LevelLine], tested: Count) -> Option<(u64, PerHundred)> {
    let counts: Option<Vec<u64>> = levels.iter().filter(|l| l.is_unjudged()).map(|l| l.n.get()).collect();
    let sum = counts?.iter().sum::<u64>();
    let share = sum as f64 / tested.get().filter(|all| *all > 0)? as f64;
    (sum > 0).then(|| (sum, Number::new(share, None).per_hundred(false)))
}

/// Where to look for numbers.
struct Found<'a> {
    lines: &'a [Line],
    model: &'a str,
    group: &'a str,
    level: &'a str,
    capacity: f64,
}

impl Found<'_> {
    fn number(&self, measure: &str) -> Number {
        let fits = |l: &&Line| {
            l.measure == measure
                && (l.model == self.model || l.model.is_empty())
                && l.group == self.group
                && l.level == self.level
                && (l.at.is_empty() || is_declared(&l.at, self.capacity))
        };
        self.lines.iter().find(fits).map_or_else(|| not_measured().0, |l| l.number.clone())
    }

    fn per_hundred(&self, measure: &str, complement: bool) -> PerHundred {
        self.number(measure).per_hundred(complement)
    }

    fn level(&self, n: Count) -> LevelLine {
        LevelLine {
            level: self.level.to_owned(),
            n,
            came_back: self.per_hundred("outcome-rate", false),
            flagged: self.per_hundred("selection-rate", false),
            missed: self.number("missed-share"),
            missed_per_hundred: self.per_hundred("missed-share", false),
            flagged_in_vain: self.number("false-positive-rate"),
            flagged_in_vain_per_hundred: self.per_hundred("false-positive-rate", false),
            wrong_flags: self.per_hundred("ppv", true),
            observed_over_expected: self.number("observed-over-expected"),
        }
    }
}
