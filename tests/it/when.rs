//! How long until what, against the known truth, and what shorter records do to it.

use crate::recovery::simulated;
use crate::report::builder::{World, ingredients};
use crate::synth::big;
use rand::RngExt;
use rerefer::cohort::{IndexRow, Point, Seen, Spell, TimedDefinition, build_timed};
use rerefer::evaluate::Answer;
use rerefer::experiment::{Experiment, when};
use rerefer::history::History;
use rerefer::num::{Day, seed};
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
    when::describe(&experiment(), history).unwrap().unwrap()
}

fn at(when: &When, months: u32) -> &By {
    let place = when.horizons.iter().position(|h| h.months == months).unwrap();
    when.by[place].as_ref().unwrap()
}

fn width(by: &By) -> f64 {
    by.shares[0].interval.map_or(f64::NAN, |(low, high)| high - low)
}

/// The spells by child and day from which time is counted, as seen.
fn spells(history: &History, point: Point, before: Option<Day>) -> BTreeMap<(u32, Day, Day), Seen> {
    let experiment = experiment();
    let asked = experiment.when.as_ref().unwrap().definition(&experiment.cohort);
    let definition = TimedDefinition { point, ..asked };
    let cohort = build_timed(history, &definition);
    let seen = |(row, spell): (&IndexRow, &Spell)| {
        let seen = spell.seen_before(before, definition.leaving())?;
        Some(((row.child, row.referral, row.predict_on), seen))
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
    let followed = spells(history, Point::AtReferral, None);
    let truth: BTreeMap<(i64, Day), f64> =
        simulated.truth.iter().map(|t| ((t.child, t.referral), t.p_latent)).collect();
    let of =
        |(child, referral, _): &(u32, Day, Day)| truth[&(history.children.id[*child as usize], *referral)];
    let expected = followed.keys().map(of).sum::<f64>() / followed.len() as f64;
    let found = at(&whole, 12).shares[0];
    let over = |months: u32| {
        let place = whole.horizons.iter().position(|h| h.months == months).unwrap();
        *whole.overstated[place].as_ref().unwrap()
    };
    println!("{} referrals, true {expected:.4}, found {found:?}, 1 - KM {:.4}", followed.len(), over(12));
    assert!(followed.len() > 150_000);
    assert!((found.value - expected).abs() < 0.003, "{} is not {expected}", found.value);
    assert!(over(12) - expected > 0.003, "1 - KM would pass: {}", over(12));
    assert!(over(60) - at(&whole, 60).shares[0].value > 0.02);
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
    // No answer is another one: what was known then is what the whole records say was known then. Closings enter the
    // simulated records late, so that it matters.
    for point in [Point::AtReferral, Point::AtClosure] {
        let then = spells(&history.before(earlier), point, None);
        let now = spells(history, point, Some(earlier));
        let differ = then.iter().filter(|(key, seen)| now.get(key) != Some(seen)).count();
        let more = now.keys().filter(|key| !then.contains_key(key)).count();
        println!("{point:?}: of {} spells known then, {differ} differ, {more} were not", then.len());
        assert_eq!((differ, more), (0, 0), "{point:?}");
    }
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
        assert!(page.contains(&format!("{yes} of 100 referrals by {months} months")), "{months} months");
    }
    assert_eq!(when["clock"], "from-referral");
    let words = [
        "of 100 referrals the child was referred again, within 3 months",
        "Time is counted from the day of the referral",
    ];
    for words in words {
        assert!(page.contains(words), "{words}");
    }
    // No exact count of the spells is told: they are nearly those of the yes-or-no question.
    let section = page.split("<section id=\"when\"").nth(1).unwrap().split("</section>").next().unwrap();
    let exact: Vec<u64> =
        [found.size.spells, found.size.children].into_iter().filter(|n| n % 10 > 0).collect();
    assert!(!exact.is_empty(), "or the next lines show nothing");
    assert!(section.contains(&thousands((found.size.spells + 5) / 10 * 10)), "the rough count is told");
    for count in exact {
        assert!(
            !when.to_string().contains(&count.to_string()) && !section.contains(&thousands(count)),
            "{count}"
        );
    }
    let unasked = disclose(&ingredients(&world, Answer::Better), Profile::tre10());
    assert!(html(&unasked).contains("the experiment has no section <code>[when]</code>"));
}

/// As the page writes it.
fn thousands(n: u64) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
}

/// How often and how long without: page and JSON say what was found, rounded, and only once rounded.
#[test]
fn how_often_and_how_long_without_are_what_was_found() {
    let found = measured(&simulated(1_500, 3).history);
    let (page, when) = section(&found);
    let year = found.horizons.iter().position(|h| h.months == 12).unwrap();
    let often = found.more.often.as_ref().unwrap();
    let mut shown = 0;
    for (place, months) in found.horizons.iter().map(|h| h.months).enumerate() {
        let (times, lost) = (often[place].as_ref().unwrap(), found.more.lost[place].as_ref().unwrap());
        let without = f64::from(months) * (1.0 - lost.value);
        let of = |list: &str, name: &str| when[list]["horizons"][place][name].as_f64();
        // Where fewer than ten came a second time, it is hidden.
        if let Some(rounded) = of("how_often", "times_per_100_children") {
            assert!((rounded - 100.0 * times.mean).abs() <= 0.51, "{months}: {rounded}, not {times:?}");
            assert!(rounded.fract().abs() < 1e-9, "{months}: {rounded}");
            shown += 1;
        }
        if let Some(rounded) = of("time_without", "months_without") {
            assert!((rounded - without).abs() <= 0.0505, "{months}: {rounded}, not {without}");
            shown += 1;
        }
        // One child can come back several times.
        let often_again =
            times.events > times.with && times.mean > times.with as f64 / found.more.children as f64;
        assert!(often_again || months < 12, "{months}: {times:?}");
    }
    assert!(shown >= 6, "{shown} of ten numbers are shown");
    let year = |list: &str, name: &str| {
        let of = &when[list]["horizons"][year];
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        [number(&of[name]), number(&of["interval"][0]), number(&of["interval"][1])]
    };
    let [times, low, high] = year("how_often", "times_per_100_children");
    assert!(low < times && times < high);
    let words = format!(
        "Within 12 months of the first referral that is followed, 100 children were referred again about {times} times (between {low} \
         and {high})."
    );
    assert!(page.contains(&words), "{words}");
    let [months, low, high] = year("time_without", "months_without").map(|value| format!("{value:.1}"));
    let words = format!(
        "{months} of the first 12 months (between {low} and {high}) passed without the child being referred again"
    );
    assert!(page.contains(&words), "{words}");
}

/// The section of a page, and of its JSON.
fn section(found: &When) -> (String, serde_json::Value) {
    let world = World::new(5, 900, vec![("sex", vec!["male", "female"])], 0.2, 0.3);
    let exact = Ingredients { when: Some(Ok(found.clone())), ..ingredients(&world, Answer::Better) };
    let report = disclose(&exact, Profile::tre10());
    let page = html(&report);
    let section = page.split("<section id=\"when\"").nth(1).unwrap().split("</section>").next().unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
    (section.to_owned(), parsed["when"].clone())
}

/// How often children are called boys or girls by lot.
const DRAWS: u16 = 100;

/// Children called boys or girls: the same records, another question. By their true chances the groups differ; by lot, child by
/// child or household by household, they do not. Gray's test takes the children of a household as independent, and finds more.
#[test]
fn groups_differ_where_their_chances_do() {
    let simulated = simulated(1_500, 3);
    let text = include_str!("../../experiments/when/experiment.toml")
        .replace("\"at-closure\"", "\"at-referral\"")
        .replace("\"from-closure\"", "\"from-referral\"")
        .replace(
            "groups = [\"sex\", \"ethnic-group\", \"age-band\", \"disability\", \"authority\"]",
            "groups = [\"sex\"]",
        );
    let experiment = Experiment::read("experiment.toml", &text).unwrap();
    let called = |girl: &mut dyn FnMut(usize) -> bool| {
        let mut history = simulated.history.clone();
        for child in 0..history.children.len() {
            history.children.sex[child] = u8::from(girl(child));
        }
        when::describe(&experiment, &history).unwrap().unwrap()
    };
    let children = &simulated.history.children;
    let chance: BTreeMap<i64, f64> = simulated.truth.iter().rev().map(|t| (t.child, t.p_latent)).collect();
    let mut all: Vec<f64> = chance.values().copied().collect();
    all.sort_by(f64::total_cmp);
    let median = all[all.len() / 2];
    let apart = called(&mut |child| chance.get(&children.id[child]).is_some_and(|p| *p > median));
    let (page, when) = section(&apart);
    assert!(
        page.contains("the differences between these groups are larger than chance alone would make them.")
    );
    assert!(page.contains("p under 0.001") && !page.contains("0.000"));
    assert_eq!(when["groups_differ"][0]["time_lost_by_household"]["p_under"], 0.001);

    let place = apart.horizons.iter().position(|h| h.months == 24).unwrap();
    let mut rng = seed::stream(8, "called by lot");
    let (mut alone, mut together, mut clustered, mut gray) = (0, 0, 0.0, 0.0);
    for draw in 0..DRAWS {
        let by_child: Vec<bool> = (0..children.len()).map(|_| rng.random()).collect();
        let by_household: Vec<bool> = (0..=children.len()).map(|_| rng.random()).collect();
        let one = called(&mut |child| by_child[child]);
        let two = called(&mut |child| by_household[children.household[child] as usize]);
        let test = |of: &When| of.more.differ[0][place].clone().unwrap();
        alone += usize::from(test(&one).clustered.p_value < 0.05);
        together += usize::from(test(&two).clustered.p_value < 0.05);
        clustered += test(&two).clustered.statistic / f64::from(DRAWS);
        gray += test(&two).gray.unwrap().statistic / f64::from(DRAWS);
        if draw == 0 {
            assert!(section(&one).0.contains("the differences between these groups could be chance alone."));
        }
    }
    println!("by lot: {alone} and {together} of {DRAWS}; mean statistics {clustered:.2} and {gray:.2}");
    assert!(alone <= 12 && together <= 12, "{alone} and {together} of {DRAWS}");
    // One degree of freedom: the mean of chi-square is 1.
    assert!((clustered - 1.0).abs() < 0.4, "{clustered}");
    assert!(gray > 1.5 * clustered, "{gray} and {clustered}");
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
