//! Disclosure control: the only door from exact numbers to a report.
//!
//! In: [`Ingredients`], exact, and a [`Profile`]. Out: a [`Report`] whose numbers are types that only this folder can
//! make. The rules (threshold 10 by default, as UK trusted research environments ask; zero counts as small):
//!
//! 1. A count under the threshold is hidden, and so is a count whose complement is under it: "all of them" and "none
//!    of them" say something about each one.
//! 2. An estimate is hidden if a count it rests on is hidden.
//! 3. Within a grouping, further levels are hidden until no hidden count follows from the others and the total
//!    ([`levels`]); the same for the two-by-two tables at a capacity and for the bins of a calibration curve.
//! 4. Points of a curve are thinned until each adds at least the threshold of rows with and without the outcome
//!    ([`tables`]).
//! 5. Attrition steps that removed few are joined with their neighbours ([`chain`]); the last step leads to the
//!    referrals that were tested, so that all tables agree.
//! 6. Dates become months, fold sizes and census years are rounded to ten, and small counts are taken out of sentences.
//! 7. Levels of different groupings that hold the same referrals are protected together ([`covers`]), and so is whatever
//!    follows from all shown levels by adding and subtracting ([`span`]).
//! 8. A verdict of the gate may be shown where the number it rests on may not.
//! 9. Estimates have three decimals: with all digits they could be taken apart into counts.
//! 10. Two groups are compared only where both are shown, tests do not say which groups were too small for them, and
//!     estimates drawn towards the mean of their grouping are given only where none of it is hidden ([`fairness`]).
//! 11. A group is shown at several capacities or thresholds only if many lie between any two of them ([`by_group`]).
//! 12. Of stability only summaries leave, and authorities as in the results by group ([`stability`]).
//! 13. What follows from shown numbers is worked out from these, after rounding ([`bias`], [`rates`]).
//! 14. A second table of the same groups, of what was not applied, is shown only where it differs from the first by nobody
//!     or by at least the threshold ([`what_if`]).
//! 15. Of a model and the same model with its chances adjusted, one is shown in full ([`adjusted`]).
//! 16. Of what models go by, facts and points of curves that rest on few children do not leave, and a single case only
//!     where all data are simulated ([`explanation`]), with its story ([`story`]). Of a real child an explanation is written for that
//!     child's file alone, with a permission and without dates (days since an event are facts of it), and never into a report ([`one_case`]).
//! 17. Tests are shown by themselves as periods are ([`folds`]).
//! 18. How long until what leaves in whole ones of a hundred and counts to the nearest ten, each a step that enough came in
//!     ([`when`], [`when_models`]).
//! 19. How many children stand out leaves in whole ones of a hundred, and only where enough do and enough do not ([`privacy`]).
//! 20. A count that comes from fewer households than the threshold, or of which two households hold nine tenths, counts as
//!     small, at the declared places and for the rows of every group (`evaluate::households`).
//! 21. Which numbers are hidden because they are small and which because others would follow is not told: [`hidden()`] says it
//!     for whoever checks outputs where the data are held, and the report only how many of each table are hidden.
//! 22. Of a report that stands beside others on nearly the same referrals, levels, tables and counts of the cohort are hidden
//!     where the two differ by few ([`beside`], [`disclose_beside`]).
//!
//! Whose rules these are: [`Profile`].
//!
//! What it does not do: compare two models that rank in different ways (their tables differ by children on both sides), or
//! two runs that it is not told of. Of two such runs, with other cut-offs, horizons or capacities, release one, or write the
//! second beside the first. To add a rule, add a file here and call it from [`disclose`].

mod adjusted;
mod beside;
mod bias;
mod by_group;
mod chain;
mod comparisons;
mod covers;
mod explanation;
mod explore;
mod facts;
mod fairness;
mod folds;
mod gate;
mod hidden;
mod levels;
mod passed;
mod privacy;
mod profile;
mod rates;
mod remarks;
mod rows;
mod shares;
mod span;
mod stability;
mod story;
mod tables;
mod what_if;
mod when;
mod when_models;

pub use explanation::one_case;
pub use hidden::{Hidden, hidden};
pub use passed::{Count, Number, Passed, PerHundred};
pub use profile::Profile;
pub use story::PassedStory;

use beside::Others;
use facts::CohortNumbers;

use crate::evaluate::{Evaluation, Row};
use crate::report::ingredients::Ingredients;
use crate::report::rates::Rates;
use crate::report::when::When;
use crate::report::{ComparisonLine, ContrastLine, EqualPrecision, Line, Report, TestLine, Withheld};
use std::collections::BTreeMap;

/// All rows, that of the verdict among them.
fn rows_of(evaluation: &Evaluation) -> Vec<Row> {
    let mut all = evaluation.rows.clone();
    let difference = &evaluation.verdict.difference;
    if !all.contains(difference) {
        all.push(difference.clone());
    }
    all
}

/// The lines of yes or no, and those of when.
fn with_when(lines: &[Line], when: Option<&Result<When, String>>) -> Vec<Line> {
    let of_when = when.and_then(|when| when.as_ref().ok()?.models.as_ref()?.as_ref().ok());
    lines.iter().chain(of_when.iter().flat_map(|models| &models.lines)).cloned().collect()
}

/// How many numbers of each grouping are shown and hidden. Of single levels it is said in the tables themselves.
fn withheld(lines: &[Line]) -> Vec<Withheld> {
    let mut out: Vec<(Withheld, BTreeMap<&str, bool>)> = Vec::new();
    for line in lines {
        let place = out.iter().position(|(w, _)| w.group == line.group).unwrap_or_else(|| {
            let none = Withheld { group: line.group.clone(), shown: 0, hidden: 0, levels: (0, 0) };
            out.push((none, BTreeMap::new()));
            out.len() - 1
        });
        let (counted, levels) = &mut out[place];
        match line.number {
            Number::Shown { .. } => counted.shown += 1,
            Number::Suppressed => counted.hidden += 1,
            Number::Undefined(_) => {}
        }
        *levels.entry(&line.level).or_default() |= line.n.get().is_some();
    }
    let count = |(counted, levels): (Withheld, BTreeMap<&str, bool>)| Withheld {
        levels: (levels.len() as u64, levels.values().filter(|shown| !**shown).count() as u64),
        ..counted
    };
    out.into_iter().map(count).collect()
}

/// What numbers are held against.
struct Rules {
    threshold: u64,
    profile: Profile,
    others: Others,
}

/// What was measured, disclosed.
struct Measured {
    lines: Vec<Line>,
    contrasts: Vec<ContrastLine>,
    comparisons: Vec<ComparisonLine>,
    group_tests: Vec<TestLine>,
    equal_precision: Vec<EqualPrecision>,
    rates: Rates,
}

fn measured(ingredients: &Ingredients, facts: &CohortNumbers, rules: &Rules) -> Measured {
    let Rules { threshold, profile, others } = rules;
    let (threshold, profile) = (*threshold, *profile);
    let evaluation = &ingredients.evaluation;
    let candidate = &evaluation.verdict.candidate;
    let limits = rows::Limits { capacity: ingredients.capacity, threshold, candidate, others };
    let mut lines = rows::disclose(&rows_of(evaluation), &ingredients.combinations, &limits);
    others.hide_bins(&mut lines);
    profile.coarsen(&mut lines);
    let mut contrasts = fairness::contrasts(&evaluation.contrasts, &lines, threshold);
    profile.contrasts(&mut contrasts);
    let at = tables::words(ingredients.capacity);
    let mut rates = rates::disclose(ingredients, facts, &lines, threshold);
    rates.censored.iter_mut().for_each(|level| level.count = profile.count(level.count));
    others.hide_left_out(&mut rates.censored);
    Measured {
        comparisons: comparisons::comparisons(&evaluation.comparisons, &lines),
        group_tests: fairness::tests(&evaluation.tests, &lines),
        equal_precision: fairness::equal_precision(candidate, &at, &lines),
        contrasts,
        rates,
        lines,
    }
}

/// Makes the report. The threshold is the larger of the profile's and the experiment's, so that an experiment can ask
/// for more protection and never for less.
#[must_use]
pub fn disclose(ingredients: &Ingredients, profile: Profile) -> Report {
    disclose_beside(ingredients, profile, &[])
}

/// Makes the report of which `others`, reports on nearly the same referrals, have left or will leave: nothing small follows from
/// subtracting the counts of one from those of the other.
#[must_use]
pub fn disclose_beside(ingredients: &Ingredients, profile: Profile, others: &[Ingredients]) -> Report {
    let threshold = profile.threshold.max(ingredients.threshold);
    let evaluation = &ingredients.evaluation;
    let candidate = &evaluation.verdict.candidate;
    let rules = Rules { threshold, profile, others: Others::new(ingredients, &evaluation.rows, others) };
    let mut facts = facts::disclose(ingredients, threshold);
    rules.others.hide(&mut facts, threshold);
    facts.round(profile);
    let Measured { lines, contrasts, comparisons, group_tests, equal_precision, rates } =
        measured(ingredients, &facts, &rules);
    let total = (ingredients.tested.rows, ingredients.tested.events);
    let by_fold = folds::disclose(ingredients, &lines, total, threshold);
    let tested_rows = facts.tested.rows;
    let when = when::disclose(ingredients, threshold);
    let backward = facts::backward(&ingredients.backward, &facts.attrition, threshold);
    Report {
        run_id: ingredients.run_id.clone(),
        version: ingredients.version.clone(),
        title: ingredients.title.clone(),
        question: ingredients.question.clone(),
        outcome_words: ingredients.outcome_words.clone(),
        outcome_is_referral: ingredients.outcome_is_referral,
        horizon_days: ingredients.horizon_days,
        point_words: ingredients.point_words.clone(),
        clock_words: ingredients.clock_words.clone(),
        simulated: ingredients.simulated,
        remarks: ingredients.remarks.iter().map(|r| remarks::without_small_counts(r, threshold)).collect(),
        told: ingredients.told.clone(),
        not_told: ingredients.not_told.clone(),
        as_last_recorded: ingredients.as_last_recorded.clone(),
        features: ingredients.features,
        threshold,
        profile,
        beside: others.iter().map(|other| other.run_id.clone()).collect(),
        attrition: facts.attrition,
        cohort: facts.cohort,
        tested: facts.tested,
        backward,
        split_words: ingredients.split_words.clone(),
        folds: facts::folds(&ingredients.folds, ingredients.tested.rows, threshold),
        chosen: ingredients.chosen.clone(),
        models: ingredients.models.clone(),
        capacity: ingredients.capacity,
        replicates: ingredients.replicates,
        finding: shares::finding(&evaluation.verdict, &lines),
        at_capacity: shares::at_capacity(&evaluation.verdict, &lines, ingredients.capacity),
        at_others: shares::at_others(ingredients, &lines),
        groups: shares::groups(candidate, &lines, ingredients.capacity, tested_rows),
        explore: explore::explore([candidate, &evaluation.verdict.reference], &lines),
        gate: ingredients
            .gate
            .as_ref()
            .map(|promise| gate::disclose(promise, &with_when(&lines, when.as_ref()))),
        stability: stability::disclose(&ingredients.stability, candidate, &lines, total, threshold),
        privacy: privacy::disclose(ingredients, threshold),
        proxies: explanation::proxies(&ingredients.proxies, &lines, threshold),
        explanations: explanation::disclose(ingredients, by_fold.as_ref(), &lines, threshold),
        by_fold,
        what_if: what_if::disclose(ingredients, &lines, threshold),
        when,
        rates,
        recording_bias: bias::disclose(candidate, &tables::words(ingredients.capacity), &lines, &contrasts),
        withheld: withheld(&lines),
        lines,
        comparisons,
        contrasts,
        group_tests,
        equal_precision,
        reproduce: ingredients.reproduce.clone(),
        passed: Passed::new(()),
    }
}
