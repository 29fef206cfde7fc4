//! The numbers about the cohort, the published-style rates and the folds.

use super::chain::{State, clear, disclose as chain};
use super::levels::{Part, protect};
use super::passed::{Count, Number, PerHundred};
use super::profile::Profile;
use crate::cohort::backward::BackwardRate;
use crate::report::ingredients::{CohortFacts, FoldFacts, Ingredients};
use crate::report::{AttritionStep, BackwardYear, Facts, Fold, Removed};

/// The cohort, disclosed as one chain so that its tables agree.
pub(super) struct CohortNumbers {
    pub(super) attrition: Vec<AttritionStep>,
    pub(super) cohort: Facts,
    pub(super) tested: Facts,
}

impl CohortNumbers {
    /// As a profile shows them: the last step, since what was rounded can no longer be compared.
    pub(super) fn round(&mut self, profile: Profile) {
        profile.facts(&mut self.cohort);
        profile.facts(&mut self.tested);
        for step in &mut self.attrition {
            step.removed = profile.removed(step.removed);
            for count in [&mut step.rows, &mut step.children, &mut step.outcomes] {
                *count = profile.count(*count);
            }
        }
    }
}

/// Discloses attrition and both cohorts: the referrals that were tested are the last state of one chain.
pub(super) fn disclose(ingredients: &Ingredients, threshold: u64) -> CohortNumbers {
    let (cohort, tested) = (&ingredients.cohort, &ingredients.tested);
    let mut states: Vec<State> = ingredients
        .attrition
        .iter()
        .map(|row| State {
            words: capital(&row.words),
            rows: row.rows,
            children: row.children,
            outcomes: row.outcomes,
        })
        .collect();
    let state = |words: &str, facts: &CohortFacts| State {
        words: words.to_owned(),
        rows: facts.rows,
        children: facts.children,
        outcomes: facts.events,
    };
    let same = |state: &State, facts: &CohortFacts| {
        (state.rows, state.children, state.outcomes) == (facts.rows, facts.children, facts.events)
    };
    if !states.last().is_some_and(|last| same(last, cohort)) {
        states.push(state("In the cohort", cohort));
    }
    let cohort_at = states.len() - 1;
    if !same(&states[cohort_at], tested) {
        states.push(state("Not tested: used only to train the models", tested));
    }
    let attrition = chain(&states, threshold);
    let everyone_tested = states.len() - 1 == cohort_at;
    let tested_facts = facts(tested, &attrition[states.len() - 1], threshold);
    let mut cohort_facts = facts(cohort, &attrition[cohort_at], threshold);
    if !everyone_tested {
        hide_near(&mut cohort_facts, cohort, tested, threshold);
    }
    CohortNumbers { attrition, cohort: cohort_facts, tested: tested_facts }
}

fn facts(facts: &CohortFacts, state: &AttritionStep, threshold: u64) -> Facts {
    let neither = neither(facts);
    let shown = state.outcomes != Count::Suppressed;
    let competing = shown && facts.competing >= threshold && neither >= threshold;
    let open = shown && facts.open >= threshold && neither.saturating_sub(facts.open) >= threshold;
    let households = facts.households >= threshold
        && state.children != Count::Suppressed
        && clear(facts.children, facts.households, threshold);
    Facts {
        rows: state.rows,
        children: state.children,
        households: (facts.households > 0).then(|| Count::new(facts.households, households)),
        events: state.outcomes,
        competing: Count::new(facts.competing, competing),
        open: (facts.open > 0).then(|| Count::new(facts.open, open)),
        came_back: share(state.outcomes, state.rows).per_hundred(false),
        months: facts
            .first
            .zip(facts.last)
            .map(|(first, last)| (first.month_in_words(), last.month_in_words())),
    }
}

/// Hides what differs by few between the cohort and its tested part.
fn hide_near(facts: &mut Facts, cohort: &CohortFacts, tested: &CohortFacts, threshold: u64) {
    let rest = |f: &CohortFacts| neither(f).saturating_sub(f.open);
    let apart = |larger: u64, smaller: u64| larger >= smaller.saturating_add(threshold);
    if !apart(cohort.competing, tested.competing) || !apart(neither(cohort), neither(tested)) {
        facts.competing = Count::Suppressed;
    }
    if !apart(cohort.open, tested.open) || !apart(rest(cohort), rest(tested)) {
        facts.open = facts.open.map(|_| Count::Suppressed);
    }
    if !clear(cohort.households, tested.households, threshold) {
        facts.households = facts.households.map(|_| Count::Suppressed);
    }
}

/// Neither followed by the outcome nor ended by a competing event.
fn neither(facts: &CohortFacts) -> u64 {
    facts.rows.saturating_sub(facts.events).saturating_sub(facts.competing)
}

pub(super) fn share(part: Count, whole: Count) -> Number {
    match (part.get(), whole.get()) {
        (Some(part), Some(whole)) if whole > 0 => Number::new(part as f64 / whole as f64, None),
        _ => Number::Suppressed,
    }
}

/// Discloses the published-style rates. Counts are rounded to the nearest ten and the rate is that of the rounded counts:
/// years and the attrition table add up to nearly the same referrals, so that exact years would give away what differs.
/// Where a step removed few, the last year, which follow-up cuts off, is hidden as well.
pub(super) fn backward(
    rates: &[BackwardRate],
    attrition: &[AttritionStep],
    threshold: u64,
) -> Vec<BackwardYear> {
    let few = attrition.iter().any(|step| matches!(step.removed, Removed::Fewer | Removed::Suppressed));
    let last = rates.iter().map(|rate| rate.census_year).max();
    let year = |rate: &BackwardRate| {
        let others = rate.referrals.saturating_sub(rate.re_referrals);
        let open = !few || Some(rate.census_year) != last;
        let both = open && rate.re_referrals >= threshold && others >= threshold;
        let referrals = Count::new(tens(rate.referrals), open && rate.referrals >= threshold);
        let re_referrals = Count::new(tens(rate.re_referrals), both);
        BackwardYear {
            census_year: rate.census_year,
            referrals,
            re_referrals,
            rate: share(re_referrals, referrals),
        }
    };
    rates.iter().map(year).collect()
}

/// Discloses the sizes of the folds, rounded to ten: sizes of neighbouring folds differ by few by chance.
pub(super) fn folds(folds: &[FoldFacts], tested: u64, threshold: u64) -> Vec<Fold> {
    let exact = |count: u64| count as f64;
    let mut parts: Vec<Part> = folds
        .iter()
        .map(|fold| Part { size: exact(fold.test), cells: Some(vec![exact(fold.test)]), hidden: false })
        .collect();
    protect(&mut parts, exact(tested), &[exact(tested)], exact(threshold));
    let fold = |(fold, part): (&FoldFacts, &Part)| Fold {
        name: fold.name.clone(),
        train: Count::new(tens(fold.train), !part.hidden && fold.train >= threshold),
        calibrate: (fold.calibrate > 0)
            .then(|| Count::new(tens(fold.calibrate), !part.hidden && fold.calibrate >= threshold)),
        test: Count::new(tens(fold.test), !part.hidden),
    };
    folds.iter().zip(&parts).map(fold).collect()
}

/// To the nearest ten.
pub(super) fn tens(count: u64) -> u64 {
    count.saturating_add(5) / 10 * 10
}

/// A rule's words as the start of a line.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
}

/// A share that is not known at all.
pub(super) fn not_measured() -> (Number, PerHundred) {
    let reason = "it was not measured";
    (Number::Undefined(reason.to_owned()), PerHundred::Undefined(reason.to_owned()))
}
