//! What is kept for the final test must not reach an ordinary run: not a feature, not a label, not a count.

use crate::recovery::{Silent, simulated};
use rand::RngExt;
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, Results, run};
use rerefer::history::{Events, History, NO_CODE};
use rerefer::num::{Day, seed};

const TEXT: &str = include_str!("../../experiments/gate/experiment.toml");

/// The history with everything that came on record from `from` on deleted, moved, recoded or joined by more.
fn another_future(history: &History, from: Day, root: u64) -> History {
    let mut rng = seed::stream(root, "future");
    let mut events = Events::default();
    for mut event in history.events.iter() {
        if event.known_on >= from {
            match rng.random_range(0..4) {
                0 => continue,
                1 => event.known_on = event.known_on.plus(rng.random_range(0..500)),
                // Dated before, recorded later: unknown whatever its date.
                2 => event.date = event.date.plus(-rng.random_range(0..900)),
                _ => event.code = event.kind.spec().codes.map_or(NO_CODE, |_| rng.random_range(0..5)),
            }
        }
        events.push(event);
    }
    let mut children = history.children.clone();
    for child in 0..children.len() {
        if children.observed_to[child] >= from {
            children.observed_to[child] = from.plus(rng.random_range(0..400));
        }
        if children.left_on[child].is_none_or(|left| left >= from) && rng.random_bool(0.3) {
            children.left_on[child] = Some(from.plus(rng.random_range(0..400)));
            children.left_reason[child] = rng.random_range(0..3);
        }
    }
    History::new(children, events, history.authorities.clone(), history.source.clone())
}

/// All that an ordinary run makes, but how many referrals are kept.
fn made(results: &mut Results) -> [(&'static str, String); 4] {
    results.ingredients.attrition.drain(..2);
    let p = results.input.scores.iter().flat_map(|s| &s.p);
    let bits: Vec<u64> = p.map(|p| p.to_bits()).collect();
    let matrix: Vec<u32> = results.matrix.values.iter().map(|v| v.to_bits()).collect();
    [
        ("the cohort", format!("{:?}", results.cohort.rows)),
        ("the features", format!("{matrix:?}")),
        ("the predictions", format!("{bits:?}")),
        ("the report", serde_json::to_string(&results.ingredients).unwrap()),
    ]
}

#[test]
fn an_ordinary_run_is_the_same_whatever_came_later() {
    let history = simulated(6000, 20_240_331).history;
    let locked =
        Experiment::read("experiment.toml", &TEXT.replace("replicates = 500", "replicates = 20")).unwrap();
    let from = locked.holdout.unwrap();
    let other = another_future(&history, from, 3);
    let done = |experiment: &Experiment, history: &History| {
        run(experiment, history, &Context::default(), &Silent).unwrap()
    };
    let mut one = done(&locked, &history);
    assert!(one.input.y.len() > 300, "{}", one.input.y.len());
    assert!(one.cohort.rows.iter().all(|row| row.labelled_on < from));
    for pair in one.ingredients.attrition.windows(2) {
        assert_eq!(pair[0].rows - pair[1].removed, pair[1].rows, "the attrition table must chain");
    }
    let kept = &one.ingredients.attrition[1];
    assert_eq!((&*kept.rule, kept.removed > 300), ("final-test", true));
    assert_eq!(kept.outcomes, one.ingredients.attrition[0].outcomes, "what came of them is not counted");
    let mut two = done(&locked, &other);
    assert!(
        made(&mut one) == made(&mut two),
        "something of the time kept for the final test reached the run"
    );
    // The futures differ enough to be seen where nothing is kept.
    let open = Experiment { holdout: None, ..locked };
    assert!(done(&open, &history).input.y != done(&open, &other).input.y);
}
