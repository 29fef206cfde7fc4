use super::question::Question;
use super::{Ground, main, measure};
use crate::cohort::{TimedCohort, build_timed};
use crate::experiment::Experiment;
use crate::experiment::run::Test;
use crate::experiment::test_world::Silent;
use crate::history::History;
use crate::io::digest;
use crate::models::time::learners::registry::{TimeEntry, find};
use crate::num::Day;
use crate::synth::{Fitted, Preset, Scenario, simulate};
use std::collections::BTreeSet;

/// Learners of every kind that take no time to teach.
const LEARNERS: [&str; 3] = ["incidence-by-earlier-referrals", "three-facts-cox", "tree-hazard"];

fn experiment(more: &str) -> Experiment {
    let text = include_str!("../../../../experiments/when/experiment.toml");
    let (head, _) = text.split_once("[when]").unwrap();
    let head = head.replace("replicates = 500", "replicates = 20").replace("folds = 5", "folds = 2");
    Experiment::read("experiment.toml", &format!("{head}[when]\nhorizons_months = [3, 12]\n{more}")).unwrap()
}

fn asked() -> Experiment {
    experiment(&format!(
        "learners = {LEARNERS:?}\ncandidate = \"three-facts-cox\"\nreference = \"incidence-by-earlier-referrals\"\n"
    ))
}

fn history() -> History {
    simulate(
        &Scenario::of_preset(Preset::England, 3, 9, 3, Fitted::committed()).with_households(900),
        &|_, _| {},
    )
    .history
}

fn cohort(experiment: &Experiment, history: &History) -> (TimedCohort, u8) {
    let definition = experiment.when.as_ref().unwrap().definition(&experiment.cohort);
    (build_timed(history, &definition), definition.leaving())
}

fn ground<'a>(
    experiment: &'a Experiment,
    history: &'a History,
    (cohort, leaving): (&'a TimedCohort, u8),
) -> Ground<'a> {
    Ground {
        experiment,
        settings: experiment.when.as_ref().unwrap(),
        history,
        cohort,
        leaving,
        test: Test::Ordinary,
    }
}

fn entries() -> Vec<&'static TimeEntry> {
    LEARNERS.iter().map(|id| find(id).unwrap()).collect()
}

/// A digest of everything that each learner says.
fn said(question: &Question<'_>) -> Vec<String> {
    let of = question.predict(&entries(), &[91.0, 365.0], None, &|_| {});
    let bits = |of: super::OfModel| {
        let bytes: Vec<u8> = of.incidence.iter().flat_map(|p| p.to_le_bytes()).collect();
        digest::hex(&bytes)
    };
    of.into_iter().map(|of| bits(of.unwrap())).collect()
}

/// What a referral comes to after the cut-off teaches no model; what it came to before does.
#[test]
fn what_comes_after_the_cut_off_changes_no_prediction() {
    let (experiment, history) = (asked(), history());
    let (cohort, leaving) = cohort(&experiment, &history);
    for months in [0, 3] {
        after_the_cut_off(&experiment, &history, (&cohort, leaving), months);
    }
}

fn after_the_cut_off(
    experiment: &Experiment,
    history: &History,
    (cohort, leaving): (&TimedCohort, u8),
    months: u32,
) {
    let question = Question::new(ground(experiment, history, (cohort, leaving)), months, &Silent).unwrap();
    let before = said(&question);
    let cut_off = question.plan.folds.iter().filter_map(|f| f.cut_off).max().unwrap();
    let from_start = question.from;
    let changed = |from: Day| {
        let mut other = cohort.clone();
        let mut differ = 0;
        // Those that are tested stay as they are: whom a model is asked about is not what it says.
        let late = cut_off.plus(-from_start);
        for spell in other.spells.iter_mut().filter(|spell| spell.start < late) {
            let (events, left) = (spell.came.len(), spell.left);
            spell.came.retain(|c| c.on < from && c.known_on < from);
            spell.left = spell.left.filter(|(on, _)| *on < from);
            differ += usize::from(events != spell.came.len() || left != spell.left);
        }
        assert!(differ > 50, "{differ}: or nothing is tested");
        let question =
            Question::new(ground(experiment, history, (&other, leaving)), months, &Silent).unwrap();
        said(&question)
    };
    let test = question.test();
    assert!(test.len() > 100, "{}", test.len());
    assert_eq!(before, changed(cut_off));
    for (now, then) in changed(cut_off.plus(-700)).iter().zip(&before) {
        assert_ne!(now, then, "and what came before it is not forgotten");
    }
}

/// Folds: nobody is followed past the cut-off, and no household is on both sides.
#[test]
fn training_ends_with_the_day_before_the_test() {
    let (experiment, history) = (asked(), history());
    let (cohort, leaving) = cohort(&experiment, &history);
    let question = Question::new(ground(&experiment, &history, (&cohort, leaving)), 0, &Silent).unwrap();
    assert!(question.plan.folds.len() > 1);
    for fold in &question.plan.folds {
        let cut_off = fold.cut_off.unwrap();
        let (rows, seen) = question.known(fold);
        for (row, seen) in rows.iter().zip(&seen) {
            let start = question.rows[*row as usize].predict_on;
            assert!(start.plus(seen.exit) < cut_off, "followed to {}", start.plus(seen.exit));
        }
        let homes: BTreeSet<u32> = rows.iter().map(|row| question.household[*row as usize]).collect();
        assert!(fold.test.iter().all(|row| !homes.contains(&question.household[*row as usize])));
    }
}

/// Some months later only those are asked about who still wait, and their time begins then.
#[test]
fn a_landmark_asks_those_who_still_wait() {
    let (experiment, history) = (asked(), history());
    let (cohort, leaving) = cohort(&experiment, &history);
    let ground = ground(&experiment, &history, (&cohort, leaving));
    let (start, later) =
        (Question::new(ground, 0, &Silent).unwrap(), Question::new(ground, 6, &Silent).unwrap());
    let waiting = |place: usize| cohort.spells[place].seen_before(None, leaving).unwrap().exit > later.from;
    let tested: Vec<usize> = later.test().iter().map(|row| later.place[*row as usize]).collect();
    assert!(later.from == 183 && tested.iter().all(|place| waiting(*place)));
    let ended = later.place.iter().filter(|place| !waiting(**place)).count();
    assert!(ended > 100 && later.place.len() < start.place.len(), "those that ended before are not tested");
    for (row, place) in later.place.iter().enumerate().filter(|(_, place)| waiting(**place)) {
        let (then, now) = (
            cohort.spells[*place].seen_before(None, leaving).unwrap(),
            later.seen(row as u32, None).unwrap(),
        );
        assert_eq!((now.exit, now.cause), (then.exit - 183, then.cause));
        assert_eq!(later.rows[row].predict_on, cohort.rows[*place].predict_on.plus(183));
    }
    // Known too late: to whoever begins a test in between, such a child still waits.
    let mut other = cohort.clone();
    let cut_off = later.plan.folds[0].cut_off.unwrap();
    let learned = later.known(&later.plan.folds[0]).0;
    let place = later.place[learned[0] as usize];
    let spell = &mut other.spells[place];
    spell
        .came
        .insert(0, crate::cohort::Came { on: spell.start.plus(10), known_on: cut_off.plus(5), cause: 1 });
    let again = Question::new(super::Ground { cohort: &other, ..ground }, 6, &Silent).unwrap();
    assert!(again.known(&again.plan.folds[0]).0.iter().any(|row| again.place[*row as usize] == place));
}

/// A model that cannot be taught is said, and the others stand; who came under observation late is not tested.
#[test]
fn a_learner_that_fails_takes_no_other_with_it() {
    let more = "delayed_entry = true\nlearners = [\"incidence\", \"three-facts-cox\", \"fine-gray\"]\ncandidate = \"three-facts-cox\"\n\
                reference = \"incidence\"\nlandmarks_months = [0, 6]\n";
    let (experiment, history) = (experiment(more), history());
    let (mut cohort, leaving) = cohort(&experiment, &history);
    // As if the records had begun late for some.
    for spell in cohort.spells.iter_mut().step_by(5) {
        let end = spell.came.iter().map(|c| c.on).chain(spell.left.map(|(on, _)| on)).min();
        let enters = spell.start.plus(20);
        spell.enters = (end.unwrap_or(spell.observed_to).min(spell.observed_to) > enters).then_some(enters);
    }
    let ground = ground(&experiment, &history, (&cohort, leaving));
    let found = measure(ground, &Silent).unwrap().unwrap();
    let titles: Vec<&str> = found.cards.iter().map(|card| card.id.as_str()).collect();
    assert_eq!(titles, ["incidence", "three-facts-cox"]);
    assert!(found.failed.len() == 1 && found.failed[0].1.contains("late"), "{:?}", found.failed);
    assert_eq!(found.times, [3, 12]);
    let waiting: Vec<u64> = found.landmarks.iter().map(|l| l.rows.as_ref().unwrap()[0].n).collect();
    assert!(waiting[1] < waiting[0] && waiting[0] == found.tested, "{waiting:?}");
    let steady = found.steady.unwrap();
    assert!(
        steady.facts.len() == 8
            && steady
                .facts
                .iter()
                .all(|f| f.interval.0 < f.factor && f.factor < f.interval.1 && f.again_interval.0 < f.again)
    );
}

#[test]
fn the_main_time_is_one_that_can_be_measured() {
    let times = [(3, 91.0), (6, 183.0), (24, 731.0)];
    assert_eq!((main(12, &times), main(24, &times), main(1, &times), main(12, &[])), (6, 24, 3, 12));
}
