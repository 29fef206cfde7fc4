//! The first sentence of a section says what was found, whatever was found.

use rerefer::evaluate::{Answer, GroupTest, Row, Status, fairness::Null};
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::html;
use rerefer::report::ingredients::Ingredients;

use super::builder::{MODELS, World, ingredients};
use super::inputs::service;
use super::words;

fn page(ingredients: &Ingredients) -> String {
    words(&html(&disclose(ingredients, Profile::default()))).replace('\n', " ")
}

#[test]
fn a_model_that_did_worse_is_said_to_have_done_worse() {
    const WORSE: &str = "It did worse than the baseline, by more than chance alone would explain.";
    let mut made = ingredients(&service(), Answer::NoBetter);
    assert!(!page(&made).contains(WORSE));
    let difference = &mut made.evaluation.verdict.difference;
    (difference.estimate, difference.low, difference.high) = (Some(-0.03), Some(-0.05), Some(-0.01));
    assert!(page(&made).contains(WORSE));
}

fn test(measure: &str, group: &str, p: Option<f64>) -> GroupTest {
    GroupTest {
        model: "logistic".to_owned(),
        split: "rolling-origin".to_owned(),
        measure: measure.to_owned(),
        group: group.to_owned(),
        at: String::new(),
        null: Null::Simulated,
        left_out: vec![],
        range: None,
        expected_range: None,
        p,
        p_adjusted: p,
        family: 4,
        status: if p.is_some() { Status::Ok } else { Status::Undefined },
        reason: p.is_none().then(|| "fewer than two groups large enough to test".to_owned()),
    }
}

#[test]
fn calibration_by_group_begins_with_what_the_tests_found() {
    let mut made = ingredients(&service(), Answer::Better);
    let mut with = |tests: &[(&str, &str, Option<f64>)]| {
        made.evaluation.tests = tests.iter().map(|(measure, group, p)| test(measure, group, *p)).collect();
        page(&made)
    };
    let untested = with(&[("calibration-slope", "sex", None)]);
    assert!(untested.contains("could not be tested: of no grouping are two groups large enough."));
    let none = with(&[("observed-over-expected", "sex", Some(0.2)), ("calibration-slope", "sex", Some(0.9))]);
    assert!(none.contains(
        "No groups were found in which they come true differently by more than chance. The differences by sex could be chance."
    ));
    // One small p of three is enough; a test of ranking says nothing here.
    let some = with(&[
        ("observed-over-expected", "sex", Some(0.2)),
        ("calibration-in-the-large", "sex", Some(0.01)),
        ("calibration-slope", "age-band", Some(0.3)),
        ("auroc", "disability", Some(0.001)),
    ]);
    assert!(
        some.contains(
            "They come true differently, by more than chance, by sex. The differences by age at prediction could be chance."
        ),
        "{}",
        some.split("come true differently").nth(1).unwrap_or(&some).chars().take(200).collect::<String>()
    );
}

/// Rows at two thresholds: the model's net benefit, the baseline's, and looks saved by the model.
fn at_thresholds(world: &World, made: &mut Ingredients, values: [[f64; 3]; 2]) {
    let like = made.evaluation.rows.iter().find(|r| r.measure == "auroc").unwrap().clone();
    for (at, share, [model, baseline, saved]) in
        [("risk from 10%", 0.35, values[0]), ("risk from 30%", 0.12, values[1])]
    {
        let row = |model: usize, measure: &'static str, value: f64| {
            let flagged = world.flagged(model, share);
            let count = |came| {
                let of = world.referrals.iter().zip(&flagged);
                of.filter(|(r, flagged)| **flagged && r.came_back == came).count() as u64
            };
            Row {
                model: MODELS[model].to_owned(),
                measure,
                at: at.to_owned(),
                estimate: Some(value),
                low: Some(value - 0.01),
                high: Some(value + 0.01),
                rests_on: vec![count(true), count(false)],
                ..like.clone()
            }
        };
        // The mistakes are those of the world, so that disclosure control finds the table behind the numbers.
        for number in [1, 2] {
            let counts = row(number, "net-benefit", 0.0).rests_on;
            let (came, others) = (world.events() as f64, (world.n() - world.events()) as f64);
            made.evaluation.rows.extend([
                row(number, "missed-share", 1.0 - counts[0] as f64 / came),
                row(number, "false-positive-rate", counts[1] as f64 / others),
            ]);
        }
        made.evaluation.rows.extend([
            row(2, "net-benefit", model),
            row(1, "net-benefit", baseline),
            row(2, "interventions-avoided", saved),
            row(2, "standardised-net-benefit", model),
        ]);
    }
}

#[test]
fn net_benefit_begins_with_where_the_flags_are_of_use() {
    let world = service();
    let of = |values| {
        let mut made = ingredients(&world, Answer::Better);
        at_thresholds(&world, &mut made, values);
        page(&made)
    };
    let of_use = of([[0.05, 0.03, 0.02], [0.02, 0.03, 0.02]]);
    let lead = of_use.split("When would acting on").last().unwrap().chars().take(600).collect::<String>();
    assert!(
        of_use.contains(
            "At 1 of the 2 thresholds that can be shown (10%) the flags do more good than flagging nobody and than \
             flagging everyone by more than chance"
        ),
        "{lead}"
    );
    assert!(of_use.contains("the simple baseline did as well or better."));
    assert!(
        of_use
            .contains("Of the 2 where the simple baseline can be shown too, it did as well or better at 1.")
    );
    // No better than nobody flagged at one, than everybody flagged at the other.
    let of_none = of([[0.005, 0.003, 0.02], [0.02, 0.01, 0.005]]);
    assert!(
        of_none.contains("At none of the 2 thresholds that can be shown is the model shown to be of use.")
    );
}
