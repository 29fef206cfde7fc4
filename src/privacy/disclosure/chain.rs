//! Attrition: steps that removed few referrals, and neighbours from which they could be worked out.

use super::passed::{Count, Passed};
use crate::report::{AttritionStep, Removed};

/// One state of the cohort: what is left after a step.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The step in plain words.
    pub(super) words: String,
    /// Referrals left.
    pub(super) rows: u64,
    /// Children left.
    pub(super) children: u64,
    /// Of the referrals left, those followed by the outcome.
    pub(super) outcomes: u64,
}

/// Discloses a chain of states, each a part of the one before.
///
/// Steps are cut into runs; only the states at the ends of runs are shown. A run of one step that removed nobody, or
/// at least the threshold, is shown exactly. A step that removed fewer is joined with its neighbours until what the
/// run removed in all leaves every value from 1 to the threshold less one possible for it.
pub(super) fn disclose(states: &[State], threshold: u64) -> Vec<AttritionStep> {
    let ends = shown_states(states, threshold);
    let children =
        column(states, &ends, threshold, |s| s.children, |a, b, t| clear(a.children, b.children, t));
    let outcomes = column(
        states,
        &ends,
        threshold,
        |s| s.outcomes,
        |a, b, t| {
            // "None of the 50 who left out came back" says something of each of them, so both sides must be large.
            let (rows, outcomes) = (a.rows.saturating_sub(b.rows), a.outcomes.saturating_sub(b.outcomes));
            rows == 0 || (outcomes >= t && rows.saturating_sub(outcomes) >= t)
        },
    );
    let steps = states.iter().enumerate().map(|(i, state)| AttritionStep {
        words: state.words.clone(),
        removed: removed(states, &ends, i, threshold),
        rows: Count::new(state.rows, ends[i]),
        children: Count::new(state.children, children[i] && clear(state.rows, state.children, threshold)),
        outcomes: Count::new(
            state.outcomes,
            outcomes[i] && state.rows.saturating_sub(state.outcomes) >= threshold,
        ),
    });
    steps.collect()
}

/// Whether a difference of two nested counts may be known: nobody, or at least the threshold.
pub(super) fn clear(larger: u64, smaller: u64, threshold: u64) -> bool {
    let difference = larger.saturating_sub(smaller);
    larger >= smaller && (difference == 0 || difference >= threshold)
}

fn step(states: &[State], i: usize) -> u64 {
    states[i - 1].rows.saturating_sub(states[i].rows)
}

fn removed(states: &[State], ends: &[bool], i: usize, threshold: u64) -> Removed {
    if i == 0 {
        return Removed::First;
    }
    match step(states, i) {
        0 => Removed::Nobody,
        n if n < threshold => Removed::Fewer,
        n if ends[i - 1] && ends[i] => Removed::Shown(Passed::new(n)),
        _ => Removed::Suppressed,
    }
}

/// Which states may be shown.
fn shown_states(states: &[State], threshold: u64) -> Vec<bool> {
    let mut shown = vec![true; states.len()];
    // A chain that grows, or a state too small to show, is beyond repair by joining: hide from there on.
    for i in 0..states.len() {
        let grows = i > 0 && states[i].rows > states[i - 1].rows;
        shown[i] = states[i].rows >= threshold && !grows && (i == 0 || shown[i - 1]);
    }
    let usable = shown.iter().take_while(|&&s| s).count();
    // `cuts` are the states at which a run ends; the first run starts at state 0.
    let mut cuts: Vec<usize> = (0..usable).collect();
    while let Some(bad) = (1..cuts.len()).find(|&k| !safe(states, cuts[k - 1], cuts[k], threshold)) {
        // Join with the next run, or for the last one with the one before: the final state is the one to keep.
        let join = if bad + 1 < cuts.len() { bad } else { bad - 1 };
        cuts.remove(join);
    }
    // Steps past the usable part are hidden; if one of them is small, the last shown state is its neighbour.
    (0..states.len()).map(|i| cuts.contains(&i)).collect()
}

/// Whether the states `from` and `to` may both be shown.
fn safe(states: &[State], from: usize, to: usize, threshold: u64) -> bool {
    let steps = || (from + 1..=to).map(|i| step(states, i));
    let small = u64::try_from(steps().filter(|&n| n > 0 && n < threshold).count()).unwrap_or(u64::MAX);
    if small == 0 {
        return true;
    }
    // Each small step is known to be 1 to threshold - 1, each other one at least the threshold. The largest value that
    // a small step can have is what is left of the sum when all others are at their least.
    let large = u64::try_from(steps().filter(|&n| n >= threshold).count()).unwrap_or(u64::MAX);
    let others = (small - 1).saturating_add(large.saturating_mul(threshold));
    large > 0 && steps().sum::<u64>() >= others.saturating_add(threshold - 1)
}

/// Which values of one column may be shown: from the last state back, those whose difference to the next shown one may.
fn column(
    states: &[State],
    ends: &[bool],
    threshold: u64,
    value: impl Fn(&State) -> u64,
    apart: impl Fn(&State, &State, u64) -> bool,
) -> Vec<bool> {
    let mut shown = vec![false; states.len()];
    let mut next: Option<&State> = None;
    for i in (0..states.len()).rev() {
        if ends[i] && value(&states[i]) >= threshold && next.is_none_or(|n| apart(&states[i], n, threshold)) {
            shown[i] = true;
            next = Some(&states[i]);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{State, disclose};
    use crate::report::Removed;

    fn shown(rows: &[u64]) -> (Vec<Option<u64>>, Vec<String>) {
        let states: Vec<State> = rows
            .iter()
            .map(|&rows| State { words: String::new(), rows, children: rows / 2, outcomes: rows / 4 })
            .collect();
        let steps = disclose(&states, 10);
        let removed = steps.iter().map(|s| match s.removed {
            Removed::First => "first".to_owned(),
            Removed::Nobody => "none".to_owned(),
            Removed::Fewer => "fewer".to_owned(),
            Removed::Shown(n) => n.get().to_string(),
            Removed::Suppressed => "hidden".to_owned(),
        });
        (steps.iter().map(|s| s.rows.get()).collect(), removed.collect())
    }

    #[test]
    fn large_steps_and_empty_steps_are_shown() {
        let (rows, removed) = shown(&[1000, 900, 900, 880]);
        assert_eq!(rows, [Some(1000), Some(900), Some(900), Some(880)]);
        assert_eq!(removed, ["first", "100", "none", "20"]);
    }

    #[test]
    fn a_small_step_is_joined_with_the_next_large_one() {
        let (rows, removed) = shown(&[1000, 995, 900, 800]);
        assert_eq!(rows, [Some(1000), None, Some(900), Some(800)]);
        assert_eq!(removed, ["first", "fewer", "hidden", "100"]);
    }

    #[test]
    fn a_small_last_step_is_joined_backwards_and_the_final_state_kept() {
        let (rows, removed) = shown(&[1000, 900, 897]);
        assert_eq!(rows, [Some(1000), None, Some(897)]);
        assert_eq!(removed, ["first", "hidden", "fewer"]);
    }

    #[test]
    fn two_small_steps_alone_are_not_enough() {
        // 9 + 9 = 18 could only be 9 and 9.
        let (rows, _) = shown(&[1000, 991, 982]);
        assert_eq!(rows, [None, None, Some(982)]);
    }
}
