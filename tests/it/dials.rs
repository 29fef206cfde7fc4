//! Each dial of the simulator, measured against the truth that is written beside the records.

use crate::recovery::Silent;
use crate::support::unexplained;
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, run};
use rerefer::history::Event;
use rerefer::num::Day;
use rerefer::schema::{Kind, codes};
use rerefer::synth::oracle::followed;
use rerefer::synth::{Scenario, Simulated, TruthRow, simulate};
use std::collections::BTreeMap;

/// A simulation of three years of burn-in and eight of records with these settings added.
fn simulated(households: u32, settings: &str) -> Simulated {
    let text = format!(
        "seed = 5\nhouseholds = {households}\nstart = 2016-04-01\nend = 2024-03-31\nburn_in_years = 3\n{settings}"
    );
    let scenario = Scenario::read("dials.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    simulate(&scenario, &|_, _| {})
}

fn rows(simulated: &Simulated) -> Vec<(TruthRow, bool)> {
    followed(&simulated.truth, simulated.history.children.observed_to[0]).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}

fn yes(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}

/// The place of each child of the truth in the table of children.
fn places(simulated: &Simulated) -> BTreeMap<i64, usize> {
    simulated.history.children.id.iter().enumerate().map(|(place, id)| (*id, place)).collect()
}

#[test]
fn signal_sets_how_much_can_be_known() {
    let reach =
        |signal: f64| simulated(12_000, &format!("[dials]\nsignal = {signal}\n")).oracle.observable.auroc;
    let [none, half, one, two] = [0.0, 0.5, 1.0, 2.0].map(reach);
    println!("AUROC of p_observable at signal 0, 0.5, 1, 2: {none:.3} {half:.3} {one:.3} {two:.3}");
    // Without signal, only age and how long a case lasts still tell who can return within the year.
    assert!(none < 0.62 && none + 0.02 < half && half + 0.02 < one && one + 0.05 < two);
}

#[test]
fn recording_bias_raises_a_groups_rate_at_equal_need() {
    let settings = "[dials.recording_bias]\ngroup = \"black\"\nfactor = 2.0\n";
    let simulated = simulated(45_000, settings);
    let (places, children) = (places(&simulated), &simulated.history.children);
    let black = |row: &TruthRow| {
        let ethnicity = children.ethnicity[places[&row.child]];
        codes::ETHNICITY.get(ethnicity).is_some_and(|code| code.group == "black")
    };
    let rows = rows(&simulated);
    let of = |group: bool, value: &dyn Fn(&(TruthRow, bool)) -> f64| {
        mean(rows.iter().filter(|(row, _)| black(row) == group).map(value))
    };
    let [need, other_need] = [true, false].map(|group| of(group, &|(row, _)| row.p_need));
    let [rate, other_rate] = [true, false].map(|group| of(group, &|(_, returned)| yes(*returned)));
    println!("need {need:.3} and {other_need:.3}, recorded {rate:.3} and {other_rate:.3}");
    // Returns of the group are all recorded, of others every second. Where the hazard is low, so is the probability.
    assert!((rate / need - 1.0).abs() < 0.06, "{rate} {need}");
    assert!(rate > 1.3 * other_rate && (need / other_need - 1.0).abs() < 0.12);
    for (row, _) in rows.iter().filter(|(row, _)| row.p_need < 0.01 && row.p_need > 0.0) {
        let seen = if black(row) { 1.0 } else { 0.5 };
        assert!((row.p_latent / row.p_need - seen).abs() < 0.03, "{row:?}");
    }

    // A board sees it in the base rates.
    let text = unexplained(include_str!("../../experiments/first-look/experiment.toml"))
        .replace(", \"logistic\", \"tree\"]", "]")
        .replace("replicates = 500", "replicates = 50")
        .replace("candidate = \"logistic\"", "candidate = \"earlier-referrals\"")
        .replace("reference = \"earlier-referrals\"", "reference = \"prevalence\"");
    let experiment = Experiment::read("experiment.toml", &text).unwrap();
    let results = run(&experiment, &simulated.history, &Context::default(), &Silent).unwrap();
    let rows = &results.ingredients.evaluation.rows;
    let level = |level: &str| {
        let row = rows
            .iter()
            .find(|row| row.measure == "outcome-rate" && row.group == "ethnic-group" && row.level == level);
        row.unwrap_or_else(|| panic!("no row for {level}")).estimate.unwrap()
    };
    assert!(level("black") > 1.25 * level("white"), "{} {}", level("black"), level("white"));
}

#[test]
fn label_noise_parts_what_is_recorded_from_what_happened() {
    let missed = simulated(70_000, "[dials]\nmissed = 0.3\n");
    let rows_of_missed = rows(&missed);
    let latent = mean(rows_of_missed.iter().map(|(row, _)| row.p_latent));
    let happened = mean(rows_of_missed.iter().map(|(row, _)| yes(row.returned.unwrap())));
    let recorded = mean(rows_of_missed.iter().map(|(_, recorded)| yes(*recorded)));
    println!("missed: latent {latent:.3}, happened {happened:.3}, recorded {recorded:.3}");
    assert!((happened / latent - 1.0).abs() < 0.03);
    // Of those who come back twice within a year, one return may still be recorded.
    assert!((0.70..0.80).contains(&(recorded / happened)), "{recorded} {happened}");
    let unrecorded = mean(rows_of_missed.iter().map(|(row, _)| f64::from(row.unrecorded_referrals)));
    assert!(unrecorded > 0.2, "{unrecorded}");

    let spurious = simulated(20_000, "[dials]\nspurious_per_year = 0.1\n");
    let made_up = spurious.truth.iter().filter(|row| row.spurious).count() as f64;
    // A child is at risk for some years, so a tenth of a mistake a year is a share of all referrals.
    let share = made_up / spurious.truth.len() as f64;
    let rows = rows(&spurious);
    let happened = mean(rows.iter().map(|(row, _)| yes(row.returned.unwrap())));
    let recorded = mean(rows.iter().map(|(_, recorded)| yes(*recorded)));
    println!("spurious: {share:.3} of referrals; happened {happened:.3}, recorded {recorded:.3}");
    assert!((0.1..0.4).contains(&share) && recorded > happened + 0.03);
    let latent = mean(rows.iter().map(|(row, _)| row.p_latent));
    assert!((happened / latent - 1.0).abs() < 0.03, "{happened} {latent}");
}

/// The kind of miscalibration that was found in Allegheny: at an equal record the same score means more for one group.
#[test]
fn a_group_shift_makes_an_equal_record_mean_more_for_one_group() {
    let simulated = simulated(40_000, "[dials.group_shift]\ngroup = \"F\"\nfactor = 2.5\n");
    let (places, children) = (places(&simulated), &simulated.history.children);
    let girl = |row: &TruthRow| codes::SEX.find("F") == Some(children.sex[places[&row.child]]);
    let mut rows = rows(&simulated);
    for (row, _) in &rows {
        let expected = if girl(row) { 2.5_f64.ln() } else { 0.0 };
        // Children last seen before birth have no recorded sex.
        let known = codes::SEX.find("U") != Some(children.sex[places[&row.child]]);
        assert!(!known || (row.log_dials - expected).abs() < 1e-12);
    }
    // The tenth whose record speaks most for a return, by a score that does not know the group.
    rows.sort_by(|a, b| b.0.log_effects.total_cmp(&a.0.log_effects));
    rows.truncate(rows.len() / 10);
    let of = |group: bool, value: &dyn Fn(&(TruthRow, bool)) -> f64| {
        mean(rows.iter().filter(|(row, _)| girl(row) == group).map(value))
    };
    let [girls, boys] = [true, false].map(|group| of(group, &|(_, returned)| yes(*returned)));
    println!("of the top tenth came back: girls {girls:.3}, boys {boys:.3}");
    assert!(girls > 1.2 * boys, "{girls} {boys}");
    // The truth knows it: calibrated in both.
    for group in [true, false] {
        for p in [|r: &TruthRow| r.p_latent, |r: &TruthRow| r.p_observable] {
            let ratio = of(group, &|(_, y)| yes(*y)) / of(group, &|(row, _)| p(row));
            assert!((ratio - 1.0).abs() < 0.07, "{ratio}");
        }
    }
}

#[test]
fn fields_are_left_out_and_written_late_as_often_as_asked() {
    let settings = "[dials.fields]\nmissing = 0.2\nlate = 0.3\nlate_days = 40\n";
    let simulated = simulated(8_000, settings);
    let history = &simulated.history;
    let unknown = codes::ETHNICITY.find("NOBT").unwrap();
    let share = mean(history.children.ethnicity.iter().map(|e| yes(*e == unknown)));
    let without_dial = 0.024;
    assert!((share - 0.2 - 0.8 * without_dial).abs() < 0.02, "{share}");
    assert!((mean(history.children.disabilities.iter().map(|d| yes(*d == 0))) - 0.2).abs() < 0.02);
    let of = |kind: Kind| history.events.iter().filter(move |e| e.kind == kind);
    let unknown = codes::SOURCE.find("10").unwrap();
    let published = 0.0116;
    let share = mean(of(Kind::Referral).map(|e| yes(e.code == unknown)));
    assert!((share - 0.2 - 0.8 * published).abs() < 0.02, "{share}");
    let late = |event: &Event| event.known_on.0 - event.date.0;
    let share = mean(of(Kind::Closure).map(|e| yes(late(&e) > 0)));
    assert!((share - 0.3).abs() < 0.02, "{share}");
    assert!(history.events.iter().filter(|e| e.kind == Kind::Closure).all(|e| late(&e) <= 40));
    let missing = mean(simulated.truth.iter().map(|row| f64::from(row.fields_missing)));
    assert!((missing - 0.8).abs() < 0.03, "four fields, each missing in 0.2: {missing}");
}

#[test]
fn a_reorganisation_loses_history_and_the_truth_says_how_much() {
    let settings = "[authorities.kept]\n[authorities.lost]\n[dials.lost_history]\nauthorities = [\"lost\"]\n\
        before = 2020-04-01\n";
    let simulated = simulated(40_000, settings);
    let (places, history) = (places(&simulated), &simulated.history);
    let before = Day::from_ymd(2020, 4, 1).unwrap();
    let lost =
        |child: i64| history.authorities[usize::from(history.children.authority[places[&child]])] == "lost";
    for place in 0..history.children.len() {
        if lost(history.children.id[place]) {
            assert_eq!(history.children.observed_from[place], before);
            assert!(history.events_of(place).all(|i| history.events.get(i).date >= before));
        }
    }
    let soon = |row: &TruthRow| row.referral >= before && row.referral < before.plus(365);
    let unrecorded = |of: bool| {
        let rows = simulated.truth.iter().filter(|row| soon(row) && lost(row.child) == of);
        mean(rows.map(|row| f64::from(row.unrecorded_referrals)))
    };
    println!("referrals not on record: {:.3} and {:.3}", unrecorded(true), unrecorded(false));
    assert!(unrecorded(true) > 0.5 && unrecorded(false) < 0.35);
    // Less can be known, and what is said to be known is still right.
    let rows = rows(&simulated);
    let spread = |of: bool| {
        let p: Vec<f64> = rows
            .iter()
            .filter(|(row, _)| soon(row) && lost(row.child) == of)
            .map(|(row, _)| row.p_observable)
            .collect();
        let m = mean(p.iter().copied());
        mean(p.iter().map(|p| (p - m).powi(2)))
    };
    assert!(spread(true) < 0.8 * spread(false), "{} {}", spread(true), spread(false));
    let after: Vec<_> = rows.iter().filter(|(row, _)| soon(row) && lost(row.child)).collect();
    let ratio =
        mean(after.iter().map(|(_, y)| yes(*y))) / mean(after.iter().map(|(row, _)| row.p_observable));
    assert!((ratio - 1.0).abs() < 0.07, "{ratio}");
}

#[test]
fn drift_moves_level_and_signal_over_the_years() {
    let drifting = simulated(30_000, "[dials.drift]\nlevel_per_year = 0.12\n");
    let rows_of = |simulated: &Simulated, year: i32| {
        let all = rows(simulated).into_iter();
        all.filter(|(row, _)| row.referral.census_year() == year).collect::<Vec<_>>()
    };
    let [first, last] = [2018, 2022].map(|year| rows_of(&drifting, year));
    // Where the frailty is low the probability is as the hazard.
    let hazard = |rows: &[(TruthRow, bool)]| {
        let low = rows.iter().filter(|(row, _)| row.frailty < 0.1);
        mean(low.map(|(row, _)| row.p_latent / row.frailty / row.log_effects.exp()))
    };
    // Both years are followed into another year; four years lie between them.
    let growth = (hazard(&last) / hazard(&first)).ln() / 4.0;
    println!("the hazard grows by {growth:.3} a year");
    assert!((growth - 0.12).abs() < 0.02);
    assert!(first.iter().all(|(row, _)| (0.11..0.25).contains(&row.log_dials)));
    let ratio = |rows: &[(TruthRow, bool)]| {
        mean(rows.iter().map(|(_, y)| yes(*y))) / mean(rows.iter().map(|(row, _)| row.p_observable))
    };
    assert!((ratio(&first) - 1.0).abs() < 0.05 && (ratio(&last) - 1.0).abs() < 0.05);

    let fading = simulated(30_000, "[dials.drift]\nsignal_per_year = -0.4\n");
    let effects = |year: i32| {
        let rows = rows_of(&fading, year);
        let m = mean(rows.iter().map(|(row, _)| row.log_effects));
        mean(rows.iter().map(|(row, _)| (row.log_effects - m).powi(2))).sqrt()
    };
    let ratio = effects(2022) / effects(2018);
    println!("after four years effects are {ratio:.2} of what they were");
    assert!((ratio - (-0.4_f64 * 4.0).exp()).abs() < 0.06, "{ratio}");
}

const ENGAGED: [&str; 9] = [
    "has kept every appointment",
    "is glad of the help",
    "is working openly with us",
    "rang back the same day",
    "was welcoming and easy to talk to",
    "had acted on what was agreed",
    "plan is being followed",
    "advice is taken up",
    "working relationship with",
];

#[test]
fn notes_tell_of_returns_only_as_far_as_the_text_dial_makes_them() {
    let quiet = simulated(15_000, "[notes]\ntypos = 0\n");
    assert!(quiet.truth.iter().all(|row| row.p_with_notes.to_bits() == row.p_observable.to_bits()));
    let [with, without] = [true, false].map(|engaged| {
        let rows = rows(&quiet).into_iter().filter(move |(row, _)| row.engaged == Some(engaged));
        let y: Vec<bool> = rows.map(|(_, y)| y).collect();
        (mean(y.iter().map(|y| yes(*y))), y.len() as f64)
    });
    let error = (0.2 * 0.8 * (1.0 / with.1 + 1.0 / without.1)).sqrt();
    assert!((with.0 - without.0).abs() < 4.0 * error, "{with:?} {without:?}");

    let loud = simulated(15_000, "[dials]\ntext = 1.2\n[notes]\ntypos = 0\n");
    let rows = rows(&loud);
    let of = |engaged: bool, value: &dyn Fn(&(TruthRow, bool)) -> f64| {
        mean(rows.iter().filter(|(row, _)| row.engaged == Some(engaged)).map(value))
    };
    let [engaged, not] = [true, false].map(|e| of(e, &|(_, y)| yes(*y)));
    println!("came back: {engaged:.3} of those who work with services, {not:.3} of others");
    assert!(not > 1.6 * engaged);
    for group in [true, false] {
        let ratio = of(group, &|(_, y)| yes(*y)) / of(group, &|(row, _)| row.p_with_notes);
        assert!((ratio - 1.0).abs() < 0.07, "{group}: {ratio}");
    }

    // The notes say it: in the note of each referral, one of the phrases for families who work with services.
    let history = &loud.history;
    let places = places(&loud);
    let mut notes: BTreeMap<(usize, Day), &str> = BTreeMap::new();
    for i in 0..history.notes.child.len() {
        if history.notes.kind[i] == "contact" {
            let key = (history.notes.child[i] as usize, history.notes.date[i]);
            notes.insert(key, &history.notes.text[i]);
        }
    }
    for row in &loud.truth {
        let text = notes[&(places[&row.child], row.referral)];
        let says = ENGAGED.iter().any(|phrase| text.contains(phrase));
        assert_eq!(row.engaged, Some(says), "{text}");
    }
}

#[test]
fn notes_change_nothing_else() {
    let (without, with) = (simulated(3_000, ""), simulated(3_000, "[notes]\nidentifiers = 1\n"));
    assert_eq!(without.history.children, with.history.children);
    assert_eq!(without.history.events, with.history.events);
    assert!(without.history.notes.is_empty() && without.note_marks.is_empty());
    assert!(with.history.notes.child.len() > with.truth.len() && !with.note_marks.is_empty());
    let p = |simulated: &Simulated| simulated.truth.iter().map(|row| row.p_observable).collect::<Vec<_>>();
    assert_eq!(p(&without), p(&with));
}
