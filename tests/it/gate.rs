//! The gate in the experiment file and in the report.

use crate::report::builder::{World, ingredients};
use crate::report::inputs::service;
use crate::report::words;
use rerefer::evaluate::Answer;
use rerefer::experiment::Experiment;
use rerefer::experiment::gate::{Bound, Criterion, Gate, Look, Promise, Standing, Verdict, judge};
use rerefer::num::Day;
use rerefer::privacy::disclosure::{Number, Profile, disclose};
use rerefer::report::{Report, html, json};

const TEXT: &str = include_str!("../../experiments/gate/experiment.toml");

#[test]
fn a_gate_as_meant_reads_back_equal() {
    let read = |text: &str| Experiment::read("experiment.toml", text).unwrap();
    let written = read(TEXT);
    let again = read(&written.meant());
    assert_eq!((&written.gate, written.holdout, &written.split), (&again.gate, again.holdout, &again.split));
    assert_eq!(written.meant(), again.meant());
    let gate = written.gate.unwrap();
    assert_eq!(gate.criteria[1].at, "top 10%");
    let other = read(&TEXT.replace("at_least = 0.4", "at_least = 0.35")).gate.unwrap();
    assert!(gate.digest() != other.digest());
}

#[test]
fn every_fault_of_gate_and_holdout_is_told_at_once() {
    let before = TEXT.split("[[gate.criteria]]").next().unwrap();
    let text = format!(
        "{}[holdout]\nfrom = 2020-01-01\nuntil = 2022-01-01\n
[[gate.criteria]]\nmeasure = \"average-precison\"\nat_least = 0.65\n
[[gate.criteria]]\nmeasure = \"observed-over-expected\"\ngroups = [\"sex\", \"age\"]\nbetween = [1.25, 0.8]\n
[[gate.criteria]]\nmeasure = \"ppv\"\nat = \"top 12%\"\nat_least = 0.5\nat_most = 0.9\n
[[gate.criteria]]\nmeasure = \"ppv\"\ngroups = [\"sex\"]\nat = \"top 20%\"\nat_least = \"half\"\n
[[gate.criteria]]\nmeasure = \"average-precision-difference\"\nmodel = \"logistic\"\ngroups = [\"sex\"]\nat_leest = 0.0\n
[[gate.criteria]]\nmeasure = \"calibration-bin\"\nmodel = \"forest\"\nat_least = 0.1\n
[[gate.criteria]]\nmeasure = \"auroc\"\nat = \"top 10%\"\ngroups = []\nat_least = 0.7\n",
        before.replace("[holdout]\n# Referrals from here on are kept for the final test.\nfrom = 2022-04-01\n", "")
    );
    let faults = Experiment::read("experiment.toml", &text).unwrap_err();
    insta::assert_snapshot!(faults.to_string());
    let near = TEXT.replace("from = 2022-04-01", "from = 2021-04-01");
    let faults = Experiment::read("experiment.toml", &near).unwrap_err().to_string();
    assert!(faults.contains("must lie after 2021-04-01"), "{faults}");
    let grouped = "method = \"grouped-k-fold\"\nfolds = 5";
    let text = TEXT.replace("method = \"windows\"\nfolds = 5", grouped);
    let faults = Experiment::read("experiment.toml", &text).unwrap_err().to_string();
    assert!(faults.contains("a holdout needs a split in time"), "{faults}");
}

fn criterion(measure: &str, at: &str, groups: &[&str], bound: Bound) -> Criterion {
    Criterion {
        measure: measure.to_owned(),
        model: "logistic".to_owned(),
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
        at: at.to_owned(),
        bound,
    }
}

/// The report of a run that was judged by this gate.
fn judged(world: &World, criteria: Vec<Criterion>, standing: Standing) -> Report {
    let mut made = ingredients(world, Answer::CannotSay);
    let mut rows = made.evaluation.rows.clone();
    rows.push(made.evaluation.verdict.difference.clone());
    let judgement = judge(&Gate { criteria }, &rows);
    made.gate = Some(Promise { judgement, standing });
    disclose(&made, Profile::default())
}

fn second_look() -> Standing {
    Standing::Final(Look {
        from: Day::parse("2022-04-01").unwrap(),
        registered_at: "2026-05-04T08:00:00Z".to_owned(),
        reason: Some("the first gate named 3 groups too few".to_owned()),
        opened_at: "2026-05-04T09:30:00Z".to_owned(),
        number: 2,
        first_at: "2026-05-01T10:15:00Z".to_owned(),
    })
}

#[test]
fn the_words_of_a_gate() {
    let world = World::new(11, 900, vec![("sex", vec!["male", "female", "unknown"])], 0.3, -1.2);
    let criteria = vec![
        criterion("average-precision-difference", "", &["overall"], Bound::AtLeast(0.0)),
        criterion("ppv", "top 10%", &["overall"], Bound::AtLeast(0.25)),
        criterion("observed-over-expected", "", &["overall", "sex"], Bound::Between(0.8, 1.25)),
    ];
    let page = words(&html(&judged(&world, criteria, second_look())));
    let section = page.split("What was promised beforehand").nth(4).unwrap();
    insta::assert_snapshot!(section.split("What it would get right and wrong").next().unwrap());
}

#[test]
fn a_report_says_what_the_gate_is_worth() {
    let world = service();
    let gate = || vec![criterion("auroc", "", &["overall"], Bound::AtLeast(0.99))];
    let page = |standing| words(&html(&judged(&world, gate(), standing)));
    assert!(page(Standing::NotLocked).contains("nothing here proves that this was written before"));
    let rehearsal = page(Standing::Rehearsal { from: Day::parse("2022-04-01").unwrap() });
    assert!(
        rehearsal.contains("a rehearsal on earlier referrals")
            && rehearsal.contains("Fail (not the final test)")
    );
    let none = words(&html(&disclose(&ingredients(&world, Answer::Better), Profile::default())));
    assert!(none.contains("Nothing was promised before the test"));
}

/// A number of the gate is shown only where the line it comes from is.
#[test]
fn the_gate_shows_no_number_that_is_hidden() {
    let (mut hidden, mut shown) = (0, 0);
    for root in 0..40 {
        let levels =
            vec![("sex", vec!["male", "female", "unknown"]), ("authority", vec!["North", "Smiths", "West"])];
        let world = World::new(root, 60 + root as usize * 6, levels, 0.3, -1.0);
        let groups = ["overall", "sex", "authority"];
        let criteria = vec![
            criterion("observed-over-expected", "", &groups, Bound::Between(0.9, 1.1)),
            criterion("ppv", "top 10%", &groups, Bound::AtLeast(0.3)),
        ];
        let report = judged(&world, criteria, second_look());
        let gate = report.gate.as_ref().unwrap();
        for criterion in &gate.criteria {
            for part in &criterion.parts {
                let line = report.lines.iter().find(|l| {
                    (l.model.as_str(), l.measure, &l.at) == ("logistic", criterion.measure, &criterion.at)
                        && (&l.group, &l.level) == (&part.group, &part.level)
                });
                assert_eq!(line.map(|l| &l.number), Some(&part.number));
                hidden += usize::from(part.number == Number::Suppressed);
                shown += usize::from(part.number.estimate().is_some());
                assert!(part.number != Number::Suppressed || part.why == "the numbers are hidden");
            }
        }
        let parsed: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
        assert_eq!(parsed["gate"]["look"], 2);
        assert_eq!(parsed["gate"]["verdict"], gate.verdict.words());
    }
    assert!(hidden > 50 && shown > 50, "{hidden} hidden, {shown} shown");
    assert_eq!(Verdict::CannotSay.words(), "CANNOT SAY");
}
