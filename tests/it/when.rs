//! How long until what, against the known truth, and what shorter records do to it.

use crate::recovery::simulated;
use crate::report::builder::{World, ingredients};
use crate::synth::big;
use rerefer::cohort::{IndexRow, Seen, TimedDefinition, build_timed};
use rerefer::evaluate::Answer;
use rerefer::experiment::{Experiment, when};
use rerefer::history::History;
use rerefer::num::Day;
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::ingredients::Ingredients;
use rerefer::report::{html, json};
use rerefer::survival::found::{By, When};
use std::collections::BTreeMap;

/// The committed experiment, asked at the referral: the truth is known from there.
fn experiment() -> Experiment {
    let text = include_str!("../../experiments/when/experiment.toml")
        .replace("\"at-closure\"", "\"at-referral\"")
        .replace("\"from-closure\"", "\"from-referral\"");
    Experiment::read("experiment.toml", &text).unwrap()
}

fn measured(history: &History) -> When {
    when::measure(&experiment(), history).unwrap().unwrap()
}

fn at(when: &When, months: u32) -> &By {
    let place = when.horizons.iter().position(|h| h.months == months).unwrap();
    when.by[place].as_ref().unwrap()
}

fn width(by: &By) -> f64 {
    by.shares[0].interval.map_or(f64::NAN, |(low, high)| high - low)
}

fn definition() -> TimedDefinition {
    let experiment = experiment();
    experiment.when.as_ref().unwrap().definition(&experiment.cohort)
}

/// The spells by child and referral, as seen.
fn spells(history: &History, before: Option<Day>) -> BTreeMap<(u32, Day), Seen> {
    let definition = definition();
    let cohort = build_timed(history, &definition);
    let seen = |(row, spell): (&IndexRow, &rerefer::cohort::Spell)| {
        let known = before.is_none_or(|day| row.referral < day);
        let seen = spell.seen_before(before, definition.leaving()).filter(|_| known)?;
        Some(((row.child, row.referral), seen))
    };
    cohort.rows.iter().zip(&cohort.spells).filter_map(seen).collect()
}

/// Of all referrals, those of the last years too, the share that comes back within a year is what the simulator makes it; one
/// minus Kaplan-Meier is above.
#[test]
fn incidence_is_the_truth_and_short_records_only_make_it_less_sure() {
    let simulated = big();
    let history = &simulated.history;
    let whole = measured(history);
    let followed = spells(history, None);
    let truth: BTreeMap<(i64, Day), f64> =
        simulated.truth.iter().map(|t| ((t.child, t.referral), t.p_latent)).collect();
    let of = |(child, referral): &(u32, Day)| truth[&(history.children.id[*child as usize], *referral)];
    let expected = followed.keys().map(of).sum::<f64>() / followed.len() as f64;
    let found = at(&whole, 12).shares[0];
    println!(
        "{} referrals, true {expected:.4}, found {:.4} {:?}",
        followed.len(),
        found.value,
        found.interval
    );
    assert_eq!(whole.size.spells, followed.len() as u64);
    assert!((found.value - expected).abs() < 0.01, "{} is not {expected}", found.value);
    for (months, least) in [(12, 0.002), (60, 0.02)] {
        let place = whole.horizons.iter().position(|h| h.months == months).unwrap();
        let over = whole.overstated[place].as_ref().unwrap() - at(&whole, months).shares[0].value;
        assert!(over > least, "after {months} months 1 - KM is {over} above");
    }
    let sum: f64 = at(&whole, 60).shares.iter().map(|s| s.value).sum();
    assert!(sum < 1.0);

    // The same records as they were two years earlier.
    let last = history.children.observed_to[0];
    let earlier = last.plus(-730);
    let short = measured(&history.before(earlier));
    for months in [3, 12, 60] {
        let (more, fewer) = (at(&whole, months), at(&short, months));
        assert!(fewer.at_risk < more.at_risk, "after {months} months");
        assert!(width(fewer) > width(more), "after {months} months");
        assert!((fewer.shares[0].value - more.shares[0].value).abs() < 0.02, "after {months} months");
    }
    // No answer is another one: what was known then is what the whole records say was known then.
    let then = spells(&history.before(earlier), None);
    let now = spells(history, Some(earlier));
    let differ = then.iter().filter(|(key, seen)| now.get(key) != Some(seen)).count();
    assert_eq!((differ, then.len()), (0, now.len()));
}

/// Page and JSON say the same, in whole children of a hundred.
#[test]
fn the_section_says_what_was_found() {
    let simulated = simulated(1_500, 3);
    let found = measured(&simulated.history);
    let world = World::new(5, 900, vec![("sex", vec!["male", "female"])], 0.2, 0.3);
    let exact = Ingredients { when: Some(Ok(found.clone())), ..ingredients(&world, Answer::Better) };
    let report = disclose(&exact, Profile::tre10());
    let (page, json) = (html(&report), json(&report));
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let when = &parsed["when"];
    for (horizon, by) in when["horizons"].as_array().unwrap().iter().zip(&found.by) {
        let (months, yes) = (&horizon["months"], &horizon["shares"][0]["of_100"]);
        let expected = by.as_ref().unwrap().shares[0].value * 100.0;
        let shown = yes.as_f64().unwrap();
        // To whole children, by way of three decimals.
        assert!((shown - expected).abs() <= 0.55, "{months} months: {shown}, not {expected}");
        assert!(page.contains(&format!("{yes} of 100 by {months} months")), "{months} months");
    }
    assert_eq!(when["clock"], "from-referral");
    for words in [
        "Of 100 children who were referred, about ",
        "overstates",
        "Time is counted from the day of the referral",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // No exact count of the spells is on the page: they are nearly those of the yes-or-no question.
    let exact: Vec<u64> =
        [found.size.spells, found.size.children].into_iter().filter(|n| n % 10 > 0).collect();
    assert!(!exact.is_empty(), "or the next lines show nothing");
    for count in exact {
        assert!(!json.contains(&format!(":{count},")) && !page.contains(&format!(">{count}<")), "{count}");
    }
    let unasked = disclose(&ingredients(&world, Answer::Better), Profile::tre10());
    assert!(html(&unasked).contains("the experiment has no section <code>[when]</code>"));
}

/// What the file may not say is told with its reason.
#[test]
fn a_question_that_cannot_be_asked_is_refused() {
    let text = include_str!("../../experiments/when/experiment.toml");
    let refused = |from: &str, to: &str| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        Experiment::read("experiment.toml", &changed).unwrap_err().to_string()
    };
    let clock = refused("clock = \"from-closure\"", "clock = \"from-referral\"");
    assert!(clock.contains("counts time from the day of the prediction"), "{clock}");
    let twice = refused("[when]", "[when]\nalso = [\"referral\"]");
    assert!(twice.contains("asks about already"), "{twice}");
    let months = refused("[3, 6, 12, 24, 60]", "[6, 3]");
    assert!(months.contains("rising"), "{months}");
    let experiment = Experiment::read("experiment.toml", text).unwrap();
    let again = Experiment::read("experiment.toml", &experiment.meant()).unwrap();
    assert_eq!(again.when, experiment.when);
}
