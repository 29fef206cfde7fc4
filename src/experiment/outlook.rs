//! What a test will be: its windows and how many referrals they hold, before anything is fitted or judged.

use super::Experiment;
use super::run::{RunError, Test, plan};
use crate::history::History;
use crate::num::Day;
use crate::split::{Design, Fold};
use std::collections::BTreeSet;

/// One window of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What it is for and which referrals it holds, in words.
    pub words: String,
    /// Referrals, over all household groups.
    pub rows: u64,
}

/// The windows of a test, in order of time. Nothing is asked about what came of the referrals to be tested.
///
/// # Errors
/// [`RunError::Split`] if the test cannot be made.
pub fn outlook(experiment: &Experiment, history: &History, test: Test) -> Result<Vec<Window>, RunError> {
    let (history, cohort) = test.seen(experiment, history);
    let plan = plan(experiment, &history, &cohort, test)?;
    let design = test.design(experiment);
    let end = match (test, experiment.holdout) {
        (Test::Ordinary, Some(from)) => format!("as far as their follow-up was over by {}", from.in_words()),
        _ => "as far as the records hold their whole follow-up".to_owned(),
    };
    let mut windows = Vec::new();
    for group in plan.folds.chunk_by(|a, b| a.cut_off == b.cut_off) {
        let mut add = |words: String, rows: fn(&Fold) -> &Vec<u32>| {
            let all: BTreeSet<u32> = group.iter().flat_map(rows).copied().collect();
            windows.push(Window { words, rows: all.len() as u64 });
        };
        let Some(test_from) = group.first().and_then(|f| f.cut_off) else {
            add("learned from and tested, group by group".to_owned(), |f| &f.test);
            continue;
        };
        match &design {
            Design::Windows { windows: w, .. } => {
                let [train, tune] = [w.train_until, w.tune_until].map(Day::in_words);
                let before = format!("if their follow-up was over by {}", test_from.in_words());
                add(format!("to learn from: follow-up over by {train}"), |f| &f.train);
                add(format!("to choose settings by: from {train} until {tune}, {before}"), |f| &f.tune);
                add(format!("to adjust chances by: from {tune} on, {before}"), |f| &f.calibrate);
            }
            Design::GroupedKFold { .. } | Design::RollingOrigin { .. } | Design::LeaveOneAuthorityOut => {
                add(format!("to learn from: follow-up over by {}", test_from.in_words()), |f| &f.train);
            }
        }
        let next = plan.folds.iter().filter_map(|f| f.cut_off).filter(|day| *day > test_from).min();
        let until = next.map_or_else(|| format!("on, {end}"), |day| format!("until {}", day.in_words()));
        add(format!("to be tested: from {} {until}", test_from.in_words()), |f| &f.test);
    }
    Ok(windows)
}
