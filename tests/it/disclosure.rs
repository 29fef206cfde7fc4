//! What leaves by way of disclosure control gives no small count away: not to [`attacker`](super::attacker), and not to a
//! reader who looks for a planted value.

use proptest::prelude::*;
use rerefer::evaluate::calibration::{corp, point};
use rerefer::evaluate::{Answer, Input, Settings, evaluate};
use rerefer::privacy::disclosure::{Count, Number, Profile, disclose, hidden};
use rerefer::report::{html, json};

use crate::attacker::attack;
use crate::report::builder::{World, ingredients};
use crate::report::inputs::input;
use crate::report::inputs::service;

/// A small run with everything random, from one number.
fn small(root: u64) -> (World, rerefer::report::ingredients::Ingredients) {
    let pick = |from: u64, to: u64, salt: u64| from + (root / salt) % (to - from + 1);
    let groupings =
        vec![("sex", vec!["male", "female", "unknown"]), ("age-band", vec!["0", "1", "2", "3", "4"])];
    let skew = [0.1, 0.25, 0.4, 0.6, 0.8][pick(0, 4, 3) as usize];
    let base = [-3.0, -2.0, -1.0, 0.5, 2.0][pick(0, 4, 17) as usize];
    let mut world = World::new(root, pick(20, 420, 1) as usize, groupings, skew, base);
    if root.is_multiple_of(4) {
        // As unborn children, who are all of unknown sex.
        let (inner, twin) = (pick(1, 4, 5) as usize, root.is_multiple_of(8));
        for referral in &mut world.referrals {
            if referral.level[1] == inner {
                referral.level[0] = 2;
            } else if twin && referral.level[0] == 2 {
                // Then the two levels are the same referrals.
                referral.level[0] = 0;
            }
        }
    }
    if root % 3 == 1 {
        world = world.crossed();
    }
    if root % 5 < 2 {
        world.others = vec![0.05, 0.3];
    }
    let mut made = ingredients(&world, Answer::CannotSay);
    // Attrition with steps of 0 to 30, down to the cohort, and a cohort that may lie close to what was tested.
    made.cohort.rows = made.tested.rows + pick(0, 25, 7);
    made.cohort.events = made.tested.events + pick(0, made.cohort.rows - made.tested.rows, 29);
    made.cohort.children = made.tested.children + pick(0, made.cohort.rows - made.tested.rows, 31);
    let unseen = (made.cohort.rows - made.tested.rows) - (made.cohort.events - made.tested.events);
    let others = made.tested.rows - made.tested.events;
    made.tested.competing = if root.is_multiple_of(3) {
        others.saturating_sub(pick(0, 30, 43))
    } else {
        others.min(pick(0, 30, 43))
    };
    made.cohort.competing = made.tested.competing + pick(0, 14, 37).min(unseen);
    made.tested.open = (others - made.tested.competing).min(pick(0, 60, 47));
    let unseen = unseen - (made.cohort.competing - made.tested.competing);
    made.cohort.open = made.tested.open + pick(0, 14, 53).min(unseen);
    for (i, year) in made.backward.iter_mut().enumerate() {
        year.referrals = pick(0, 60, 71 + i as u64);
        year.re_referrals = pick(0, year.referrals, 83 + i as u64);
    }
    let (mut rows, mut children, mut outcomes) = (made.cohort.rows, made.cohort.children, made.cohort.events);
    let steps = made.attrition.len();
    for i in (0..steps).rev() {
        let step = &mut made.attrition[i];
        (step.rows, step.children, step.outcomes) = (rows, children, outcomes);
        let removed = [0, 1, 4, 9, 10, 13, 30][pick(0, 6, 41 + i as u64) as usize];
        step.removed = if i == 0 { 0 } else { removed };
        rows += step.removed;
        outcomes += step.removed.min(pick(0, 12, 53 + i as u64));
        children += step.removed.min(pick(0, 9, 61 + i as u64));
    }
    (world, made)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_small_count_can_be_worked_out(root in any::<u64>()) {
        let (world, mut made) = small(root);
        if root % 2 == 0 {
            // The counts behind a rate are then worked back from the rate itself.
            made.evaluation.rows.iter_mut().for_each(|row| row.rests_on.clear());
        }
        let report = disclose(&made, Profile::default());
        let attack = attack(&report, &world);
        prop_assert!(attack.is_sound());
        prop_assert!(attack.found().is_empty(), "{:?}", attack.found());
    }

    #[test]
    fn no_shown_count_is_small(root in any::<u64>()) {
        let (_, made) = small(root);
        let report = disclose(&made, Profile::default());
        for line in &report.lines {
            if let (Some(n), Some(events)) = (line.n.get(), line.events.get()) {
                prop_assert!(events >= 10 && n - events >= 10);
            }
            prop_assert!(line.n.get().is_none_or(|n| n == 0 || n >= 10));
            prop_assert!(line.number.estimate().is_none() || line.events.get().is_some());
        }
    }
}

/// The attack works: without disclosure control it finds small counts in most small runs.
#[test]
fn the_attack_finds_small_counts_where_nothing_is_hidden() {
    let broken = (0..40_u64).filter(|root| {
        let (world, mut made) = small(root * 7919);
        made.threshold = 1;
        !attack(&disclose(&made, Profile { threshold: 1, ..Profile::default() }), &world).found().is_empty()
    });
    assert!(broken.count() >= 30);
}

#[test]
fn a_realistic_service_keeps_most_of_its_numbers() {
    let world = service();
    let report = disclose(&ingredients(&world, Answer::Better), Profile::default());
    let attack = attack(&report, &world);
    assert!(attack.is_sound() && attack.found().is_empty(), "{:?}", attack.found());
    let lines: Vec<_> = report.lines.iter().filter(|l| l.model != "prevalence").collect();
    let shown = lines.iter().filter(|l| l.number.estimate().is_some()).count();
    assert!(shown * 10 > lines.len() * 7, "{shown} of {}", lines.len());
}

/// The same attack on what the evaluation of the product itself makes of a world.
#[test]
fn a_real_evaluation_gives_nothing_away() {
    for root in 0..12_u64 {
        // Whole places at every capacity and no ties, so that every rate is a quotient of whole counts.
        let (world, mut made) = small(root * 104_729);
        let many = 400 * (1 + root as usize % 4);
        let mut world =
            World { referrals: world.referrals.into_iter().cycle().take(many).collect(), ..world };
        for (i, referral) in world.referrals.iter_mut().enumerate() {
            for score in &mut referral.score {
                *score = (*score * 0.9 + 1e-7 * i as f64).clamp(0.0, 1.0);
            }
        }
        if world.events() < 10 || world.n() - world.events() < 10 {
            continue;
        }
        let fresh = ingredients(&world, Answer::CannotSay);
        (made.tested, made.cohort) = (fresh.tested, fresh.cohort);
        made.attrition = fresh.attrition;
        made.evaluation = evaluate(&input(&world), &settings(), &|_, _| {}).unwrap();
        let report = disclose(&made, Profile::default());
        let attack = attack(&report, &world);
        assert!(attack.is_sound());
        assert!(attack.found().is_empty(), "{root}: {:?}", attack.found());
        assert!(html(&report).contains("Research use only"));
    }
}

/// What compares two groups, or leans on all of them, leaves only where all that it rests on does.
#[test]
fn comparisons_leave_only_where_both_sides_do() {
    let (mut shown, mut hidden, mut diagrams) = (0, 0, 0);
    for root in 0..16_u64 {
        let (world, mut made) = small(root * 7919);
        if world.events() < 10 || world.n() - world.events() < 10 {
            continue;
        }
        made.evaluation = evaluate(&input(&world), &settings(), &|_, _| {}).unwrap();
        let report = disclose(&made, Profile::default());
        let line = |model: &str, measure: &str, group: &str, level: &str, at: &str| {
            let of_model = |m: &str| m == model || m.is_empty();
            let fits = |l: &&rerefer::report::Line| {
                of_model(&l.model)
                    && l.measure == measure
                    && l.group == group
                    && l.level == level
                    && l.at == at
            };
            report.lines.iter().find(fits).is_some_and(|l| l.number.estimate().is_some())
        };
        for c in &report.contrasts {
            let side =
                |level: &str| level == "everyone else" || line(&c.model, &c.measure, &c.group, level, &c.at);
            let both = side(&c.level) && side(&c.against);
            let given = [&c.difference, &c.ratio].iter().any(|n| n.estimate().is_some())
                || c.newcombe.is_some()
                || c.log_ratio.is_some();
            assert!(both || !given, "{root}: {c:?}");
            *(if given { &mut shown } else { &mut hidden }) += 1;
        }
        for test in report.group_tests.iter().filter(|t| t.range.is_some()) {
            let of = report.lines.iter().filter(|l| {
                l.measure == test.measure && l.group == test.group && l.at == test.at && l.model == test.model
            });
            assert!(of.clone().all(|l| l.number != Number::Suppressed), "{root}: {test:?}");
        }
        for l in report.lines.iter().filter(|l| l.shrunk.is_some()) {
            let family = report
                .lines
                .iter()
                .filter(|o| (&o.model, o.measure, &o.group, &o.at) == (&l.model, l.measure, &l.group, &l.at));
            assert!(family.clone().all(|o| o.number != Number::Suppressed), "{root}: {l:?}");
        }
        // Each step of the reliability diagram that leaves holds ten of each kind, counted anew.
        let rows = input(&world);
        let model = rows.scores.iter().find(|s| s.model == "logistic").unwrap();
        let steps = corp::curve(&point::collapse(&model.p, &rows.y).unwrap()).unwrap();
        let large = |rate: f64| {
            let of = steps.iter().filter(|s| (s.event_rate - rate).abs() < 6e-4);
            of.map(|s| s.rows * s.event_rate.min(1.0 - s.event_rate)).any(|least| least > 9.5)
        };
        let diagram =
            report.lines.iter().filter(|l| l.model == "logistic" && l.measure == "calibration-corp");
        for rate in diagram.filter_map(|l| l.number.estimate()) {
            assert!(large(rate), "{root}: a step of few at {rate}");
            diagrams += 1;
        }
    }
    assert!(diagrams > 5, "{diagrams}");
    assert!(shown > 50 && hidden > 500, "{shown} {hidden}");
}

fn settings() -> Settings {
    Settings {
        capacities: vec![0.1, 0.2],
        thresholds: vec![0.3],
        replicates: 20,
        seed: 1,
        references: vec![],
        candidate: "logistic".to_owned(),
        reference: "prior-count".to_owned(),
        smallest_gain: 0.02,
    }
}

#[test]
fn an_experiment_can_raise_the_threshold_but_not_lower_it() {
    let mut made = ingredients(&service(), Answer::Better);
    made.threshold = 1;
    assert_eq!(disclose(&made, Profile::tre10()).threshold, 10);
    made.threshold = 50;
    assert_eq!(disclose(&made, Profile::tre10()).threshold, 50);
}

/// Thirty referrals with the outcome that are three families' tell of three families.
#[test]
fn many_referrals_of_few_households_are_few() {
    let groupings = vec![("sex", vec!["male", "female", "unknown"]), ("disability", vec!["none", "any"])];
    let world = World::new(11, 1500, groupings, 0.3, -1.2);
    let estimate = |given: &Input| {
        let mut made = ingredients(&world, Answer::Better);
        made.evaluation = evaluate(given, &settings(), &|_, _| {}).unwrap();
        let report = disclose(&made, Profile::default());
        let line = |level: &str| {
            let mut found = report.lines.iter().filter(|l| l.level == level && l.measure == "outcome-rate");
            found.any(|l| l.number.estimate().is_some())
        };
        (line("unknown"), line("male"), hidden(&made, Profile::default()))
    };
    let apart = input(&world);
    let unknown: Vec<usize> =
        (0..world.referrals.len()).filter(|i| world.referrals[*i].level[0] == 2 && apart.y[*i]).collect();
    assert!(unknown.len() >= 30, "the level is large enough by itself");
    let (shown, other, log) = estimate(&apart);
    assert!(shown && other);
    assert!(log.iter().all(|entry| entry.measure != "outcome-rate" || !entry.rule.contains("households")));
    let mut together = apart;
    let first = together.household[unknown[0]];
    for (place, row) in unknown.iter().enumerate() {
        together.household[*row] = together.household[unknown[place % 3]];
    }
    assert_eq!(together.household[unknown[3]], first);
    together.household = dense(&together.household);
    let (shown, _, log) = estimate(&together);
    assert!(!shown, "three households came back");
    assert!(log.iter().any(|entry| entry.level == "unknown"
        && entry.rule.contains("households")
        && entry.households == Some(0)));
}

/// Renumbered from 0 without gaps.
fn dense(of: &[u32]) -> Vec<u32> {
    let mut all = of.to_vec();
    all.sort_unstable();
    all.dedup();
    of.iter().map(|n| u32::try_from(all.binary_search(n).unwrap()).unwrap()).collect()
}

/// Under each profile, what is shown keeps its rules; the stricter hides no less.
#[test]
fn every_profile_keeps_its_rules() {
    let groupings = vec![("sex", vec!["male", "female", "unknown"]), ("age-band", vec!["0", "1", "2", "3"])];
    let world = World::new(23, 702, groupings, 0.5, -1.8);
    let mut shown = Vec::new();
    for profile in Profile::ALL {
        let mut made = ingredients(&world, Answer::Better);
        made.threshold = profile.threshold;
        let report = disclose(&made, profile);
        assert_eq!((report.threshold, report.profile), (profile.threshold, profile));
        let steps = report.attrition.iter().flat_map(|s| [s.rows, s.children, s.outcomes]);
        let counts = report.lines.iter().flat_map(|l| [l.n, l.events]).chain(steps);
        for n in counts.chain([report.tested.rows, report.cohort.events]).filter_map(Count::get) {
            assert!(n == 0 || n >= profile.threshold, "{n} under {}", profile.name);
            assert_eq!(n % profile.nearest, 0, "{n} under {}", profile.name);
        }
        for share in report.lines.iter().filter_map(|l| l.number.estimate()) {
            let scaled = share * 10_f64.powi(profile.decimals);
            assert!((scaled - scaled.round()).abs() < 1e-6, "{share} under {}", profile.name);
        }
        if profile.nearest > 1 {
            rounded_counts_stay_rounded(&report, &made);
        }
        assert!(words_of(&html(&report)).contains("hidden"));
        shown.push(report.lines.iter().filter(|l| l.number.estimate().is_some()).count());
    }
    let [tre10, dfe, opensafely] = shown[..] else { panic!("three profiles") };
    assert!(tre10 <= opensafely && opensafely <= dfe, "{shown:?}");
    assert!(tre10 < dfe, "{shown:?}");
}

/// Of every level that is shown, each pair of counts that rounds to what is shown fits all that is said of it: the attack of a
/// reviewer, who found the one true pair from shares with two decimals beside rounded counts.
fn rounded_counts_stay_rounded(
    report: &rerefer::report::Report,
    made: &rerefer::report::ingredients::Ingredients,
) {
    let mut levels = 0;
    for line in report.lines.iter().filter(|l| l.measure == "outcome-rate" || l.measure == "calibration-bin")
    {
        let (Some(n), Some(events), Some(rate)) = (line.n.get(), line.events.get(), line.number.estimate())
        else {
            continue;
        };
        assert!(
            (rate - events as f64 / n as f64).abs() < 0.0051,
            "{line:?} is not made of the rounded counts"
        );
        levels += 1;
    }
    assert!(levels > 5 && report.tested.rows.get() != Some(made.tested.rows));
    for line in &report.lines {
        let of_counts =
            ["uncertainty", "net-benefit-of-all"].contains(&line.measure) || line.model == "prevalence";
        assert!(!of_counts || line.number.estimate().is_none(), "{line:?}");
        assert!(line.theory.is_none() && line.shrunk.is_none());
    }
}

fn words_of(page: &str) -> String {
    page[page.find("<main").unwrap()..page.find("<script").unwrap()].to_owned()
}

/// A name that stands for one hidden row appears in no output.
#[test]
fn what_stands_for_few_rows_does_not_leave() {
    let world = World::new(5, 600, vec![("sex", vec!["male", "female", "unknown"])], 0.04, -1.2);
    let mut made = ingredients(&world, Answer::Better);
    let bin = made.evaluation.rows.iter().rposition(|r| r.measure == "calibration-bin").unwrap();
    let row = &mut made.evaluation.rows[bin];
    // A bin of three rows whose mean prediction and rate are planted.
    (row.n, row.events, row.rests_on) = (3, 1, vec![1, 2]);
    (row.at, row.estimate) = ("0.7731".to_owned(), Some(0.8842));
    let small =
        made.evaluation.rows.iter_mut().find(|r| r.level == "unknown" && r.measure == "brier").unwrap();
    (small.estimate, small.status) = (Some(0.98765), rerefer::evaluate::Status::Ok);
    small.reason = Some("planted 4417".to_owned());
    let report = disclose(&made, Profile::default());
    for output in [html(&report), json(&report)] {
        for planted in ["0.7731", "77.3%", "0.8842", "88.4%", "0.98765", "0.988", "planted"] {
            assert!(!output.contains(planted), "{planted} left");
        }
    }
}

/// The texts that say why a number is not there are whole, whatever the threshold: "exactly 0 or 1" is no small count.
#[test]
fn reasons_are_shown_as_they_are() {
    let world = World::new(5, 900, vec![("sex", vec!["male", "female"])], 0.0, -1.2);
    let mut made = ingredients(&world, Answer::Better);
    let reason = "some predictions are exactly 0 or 1, which have no log-odds";
    let slope = made
        .evaluation
        .rows
        .iter_mut()
        .find(|r| r.measure == "calibration-slope" && r.model == "logistic")
        .unwrap();
    (slope.status, slope.estimate, slope.low, slope.high) =
        (rerefer::evaluate::Status::Undefined, None, None, None);
    slope.reason = Some(reason.to_owned());
    for threshold in [10, 25] {
        assert!(json(&disclose(&made, Profile { threshold, ..Profile::default() })).contains(reason));
    }
}

/// Without being told which levels occur together, disclosure control lets small remainders through.
#[test]
fn levels_within_levels_need_protection() {
    let broken = (0..200_u64).map(|root| root * 4 * 7919).filter(|root| {
        let (world, mut made) = small(*root);
        // As if all levels crossed.
        let levels = |g: usize| 0..u16::try_from(world.groupings[g].1.len()).unwrap();
        made.combinations.found = levels(0).flat_map(|a| levels(1).map(move |b| vec![a, b])).collect();
        !attack(&disclose(&made, Profile::default()), &world).found().is_empty()
    });
    assert!(broken.count() >= 5);
}
