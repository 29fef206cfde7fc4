use super::disclose;
use crate::evaluate::survival::found::{Fact, Landmark, Models, Steady};
use crate::evaluate::survival::score::{Point, measures, place};
use crate::evaluate::{Contrast, Row, Status};
use crate::num::seed;
use crate::privacy::disclosure::PerHundred;
use crate::report::Line;
use crate::report::when_models::Models as Shown;
use rand::RngExt as _;

const THRESHOLD: u64 = 10;

fn row(measure: &'static str, (group, level): (&str, &str), at: &str, n: u64, rests_on: Vec<u64>) -> Row {
    Row {
        model: if measure == measures::INCIDENCE.id { "" } else { "m" }.to_owned(),
        split: "s".to_owned(),
        measure,
        group: group.to_owned(),
        level: level.to_owned(),
        at: at.to_owned(),
        estimate: Some(0.123_456),
        low: Some(0.1),
        high: Some(0.2),
        theory: None,
        shrunk: None,
        n,
        events: rests_on[0],
        rests_on,
        households: Vec::new(),
        status: Status::Ok,
        reason: None,
        convention: "",
    }
}

/// What came of the rows of a level by each time, and how many are still followed; flagged with and without, others with and
/// without.
#[derive(Clone, Debug)]
struct Level {
    n: u64,
    came: Vec<u64>,
    at_risk: Vec<u64>,
    flags: Vec<[u64; 4]>,
}

fn level(draw: &mut impl rand::Rng) -> Level {
    let n = [0, 8, 40, 120, 300][draw.random_range(0..5)] + draw.random_range(0..12);
    let (mut came, mut at_risk, mut flags) = (Vec::new(), Vec::new(), Vec::new());
    let (mut so_far, mut left) = (0, n);
    for _ in 0..3 {
        so_far += draw.random_range(0..=(n - so_far) / 3);
        left = draw.random_range(left / 2..=left).min(n - so_far);
        let with = draw.random_range(0..=so_far);
        let without = draw.random_range(0..=n - so_far);
        came.push(so_far);
        at_risk.push(left);
        flags.push([with, without, so_far - with, n - so_far - without]);
    }
    Level { n, came, at_risk, flags }
}

fn sum(levels: &[Level]) -> Level {
    let add =
        |of: &dyn Fn(&Level, usize) -> u64| (0..3).map(|t| levels.iter().map(|l| of(l, t)).sum()).collect();
    Level {
        n: levels.iter().map(|l| l.n).sum(),
        came: add(&|l, t| l.came[t]),
        at_risk: add(&|l, t| l.at_risk[t]),
        flags: (0..3).map(|t| std::array::from_fn(|k| levels.iter().map(|l| l.flags[t][k]).sum())).collect(),
    }
}

const TIMES: [u32; 3] = [3, 12, 24];

fn models(levels: &[Level]) -> Models {
    let mut rows = Vec::new();
    let named = levels.iter().enumerate().map(|(i, l)| ("g", format!("l{i}"), l.clone()));
    let all = std::iter::once(("overall", "all".to_owned(), sum(levels))).chain(named);
    for (group, name, level) in all {
        for (time, months) in TIMES.iter().enumerate() {
            let (at, of) = (place(*months), (group, name.as_str()));
            let plain = vec![level.came[time], level.at_risk[time]];
            rows.push(row(measures::INCIDENCE.id, of, &at, level.n, plain.clone()));
            rows.push(row(measures::RATIO.id, of, &at, level.n, plain.clone()));
            rows.push(row(measures::PPV.id, of, &at, level.n, [plain, level.flags[time].to_vec()].concat()));
        }
    }
    Models { times: TIMES.to_vec(), rows, ..Models::default() }
}

fn line<'a>(shown: &'a Shown, measure: &str, level: &str, months: u32) -> &'a Line {
    let fits = |l: &&Line| l.measure == measure && l.level == level && l.at == place(months);
    shown.lines.iter().find(fits).unwrap()
}

/// In random worlds: what is shown rests on enough, step by step, and what is hidden cannot be taken from the rest.
#[test]
fn nothing_small_is_shown_or_follows() {
    let mut draw = seed::stream(8, "when models");
    let (mut some, mut hidden_some) = (0, 0);
    for _ in 0..400 {
        let levels: Vec<Level> = (0..draw.random_range(2..6)).map(|_| level(&mut draw)).collect();
        let shown = disclose(&models(&levels), &[], THRESHOLD);
        let all = sum(&levels);
        let mut before = vec![0; levels.len() + 1];
        for (time, months) in TIMES.iter().enumerate() {
            let is_shown = |measure: &str, level: &str| {
                line(&shown, measure, level, *months).number.estimate().is_some()
            };
            let overall = is_shown(measures::INCIDENCE.id, "all");
            let good = |l: &Level, before: u64| {
                l.came[time] >= before + 10 && l.n - l.came[time] >= 10 && l.at_risk[time] >= 50
            };
            assert!(!overall || good(&all, before[levels.len()]));
            if overall {
                before[levels.len()] = all.came[time];
            }
            for measure in [measures::INCIDENCE.id, measures::PPV.id] {
                let flags = measure == measures::PPV.id;
                let of = |i: usize| is_shown(measure, &format!("l{i}"));
                let (mut cells, mut hidden) = ([0; 6], 0);
                for (i, level) in levels.iter().enumerate() {
                    if of(i) {
                        some += 1;
                        assert!(overall && (flags || good(level, before[i])), "{level:?}");
                        assert!(!flags || level.flags[time].iter().all(|n| *n >= 10), "{level:?}");
                    } else if level.n > 0 {
                        hidden += 1;
                        let own = [level.came[time], level.n - level.came[time]];
                        let own = own.into_iter().chain(level.flags[time]);
                        cells.iter_mut().zip(own).for_each(|(cell, n)| *cell += n);
                    }
                }
                let any = (0..levels.len()).any(of);
                if any && hidden > 0 {
                    hidden_some += 1;
                    assert!(hidden > 1, "one hidden level follows from the others");
                    assert!(cells.iter().take(if flags { 6 } else { 2 }).all(|n| *n >= 10), "{cells:?}");
                }
            }
            for (i, level) in levels.iter().enumerate() {
                let ratio = is_shown(measures::RATIO.id, &format!("l{i}"));
                let plain = is_shown(measures::INCIDENCE.id, &format!("l{i}"));
                assert_eq!(ratio, plain);
                assert!(plain || !is_shown(measures::PPV.id, &format!("l{i}")));
                if plain {
                    before[i] = level.came[time];
                }
            }
        }
    }
    assert!(some > 200 && hidden_some > 50, "{some} {hidden_some}: or nothing was tested");
}

#[test]
fn shares_are_whole_ones_of_a_hundred_and_no_count_leaves() {
    let level = Level {
        n: 1000,
        came: vec![100, 200, 300],
        at_risk: vec![500; 3],
        flags: vec![[50, 50, 100, 800]; 3],
    };
    let shown = disclose(&Models { tested: 1_234, ..models(&[level.clone(), level]) }, &[], THRESHOLD);
    let share = line(&shown, measures::INCIDENCE.id, "l0", 12);
    assert_eq!(share.number.estimate(), Some(0.12));
    assert_eq!(line(&shown, measures::RATIO.id, "l0", 12).number.estimate(), Some(0.123));
    assert!(shown.lines.iter().all(|l| l.n.get().is_none() && l.events.get().is_none()));
    assert_eq!(shown.tested.get(), Some(1_230));
}

/// Levels are compared only where both are shown; the difference is that of the numbers shown, and its counts are not too few.
#[test]
fn a_difference_tells_no_more_than_both_sides() {
    let level = |n: u64, came: u64| Level {
        n,
        came: vec![came; 3],
        at_risk: vec![200; 3],
        flags: vec![[came / 2, 50, came - came / 2, n - came - 50]; 3],
    };
    let mut found =
        models(&[level(1000, 300), level(800, 200), level(700, 5), level(900, 6), level(900, 100)]);
    for (place, row) in found.rows.iter_mut().enumerate() {
        row.estimate = Some(0.1 + 0.001_7 * place as f64);
    }
    let contrast = |level: &str, measure: &str, least: u64| Contrast {
        model: if measure == measures::INCIDENCE.id { "" } else { "m" }.to_owned(),
        split: "s".to_owned(),
        measure: measure.to_owned(),
        group: "g".to_owned(),
        level: level.to_owned(),
        at: "3 months".to_owned(),
        against: "l0".to_owned(),
        difference: Some(0.017_345),
        difference_interval: Some((-0.012_345, 0.032_1)),
        newcombe: None,
        ratio: None,
        ratio_interval: None,
        log_ratio: None,
        rests_on: vec![least, 300],
        status: Status::Ok,
        reason: None,
    };
    let asked = [("l1", 200), ("l2", 5), ("l4", 9)];
    for measure in [measures::INCIDENCE.id, measures::RATIO.id] {
        found.contrasts.extend(asked.iter().map(|(level, least)| contrast(level, measure, *least)));
    }
    let shown = disclose(&found, &[], THRESHOLD);
    let of = |level: &str, measure: &str| {
        let own = shown.contrasts.iter().find(|c| c.level == level && c.measure == measure).unwrap();
        own.difference.clone()
    };
    let number = |level: &str, measure: &str| line(&shown, measure, level, 3).number.estimate();
    for measure in [measures::INCIDENCE.id, measures::RATIO.id] {
        let (own, other) = (number("l1", measure).unwrap(), number("l0", measure).unwrap());
        let less = of("l1", measure).estimate().unwrap();
        assert!((less - (own - other)).abs() < 1e-9, "{measure}: {less} {own} {other}");
        assert!(of("l2", measure).estimate().is_none() && number("l2", measure).is_none());
        assert!(of("l4", measure).estimate().is_none(), "nine rows");
    }
    assert_eq!(of("l1", measures::INCIDENCE.id).interval(), Some((-0.01, 0.03)));
}

/// Scores at thresholds that flag few, or nearly the same as others that are shown; a model that gives everybody the same chance.
#[test]
fn flags_of_few_and_flags_nearly_the_same_are_hidden() {
    let level =
        Level { n: 1000, came: vec![300; 3], at_risk: vec![500; 3], flags: vec![[50, 50, 250, 650]; 3] };
    let mut found = models(&[level]);
    found.times = vec![3];
    let at = |threshold: &str| format!("3 months, risk from {threshold}");
    let mut add = |threshold: &str, flags: [u64; 4]| {
        let counts = [vec![300, 500], flags.to_vec()].concat();
        found.rows.push(row(measures::NET_BENEFIT.id, ("overall", "all"), &at(threshold), 1000, counts));
    };
    add("0.1", [200, 300, 100, 400]);
    add("0.2", [195, 250, 105, 450]);
    add("0.3", [54, 80, 246, 620]);
    add("0.4", [20, 9, 280, 691]);
    add("0.5", [20, 20, 280, 680]);
    let shown = disclose(&found, &[], THRESHOLD);
    let is_shown = |threshold: &str| {
        let fits = |l: &&Line| l.measure == measures::NET_BENEFIT.id && l.at == at(threshold);
        shown.lines.iter().find(fits).unwrap().number.estimate().is_some()
    };
    // 0.2 is near 0.1 in those that came, 0.3 near the declared share, 0.4 flags fewer than ten in vain.
    let all: Vec<bool> = ["0.1", "0.2", "0.3", "0.4", "0.5"].into_iter().map(is_shown).collect();
    assert_eq!(all, [true, false, false, false, true]);
    let same = crate::evaluate::survival::found::Card {
        id: "m".to_owned(),
        title: String::new(),
        words: String::new(),
        baseline: true,
        same_for_all: true,
    };
    found.cards = vec![same];
    let shown = disclose(&found, &[], THRESHOLD);
    let told =
        |measure: &str| shown.lines.iter().any(|l| l.measure == measure && l.number.estimate().is_some());
    assert!(told(measures::RATIO.id) && !told(measures::PPV.id) && !told(measures::NET_BENEFIT.id));
}

/// The start is a landmark of the same rows: a time that is hidden among the horizons is hidden there too, and the count of the
/// rows is the rough one of the section.
#[test]
fn the_start_as_a_landmark_tells_no_more_than_the_horizons() {
    // Four more came between 3 and 12 months.
    let level = Level {
        n: 1_006,
        came: vec![100, 104, 300],
        at_risk: vec![500; 3],
        flags: vec![[50, 50, 54, 852]; 3],
    };
    let mut found = models(&[level]);
    found.tested = 1_006;
    let rows = vec![row(measures::INCIDENCE.id, ("overall", "all"), "12 months", 1_006, vec![104, 500])];
    found.landmarks = vec![Landmark { months: 0, window: 12, rows: Ok(rows) }];
    // Another table tells that 999 were asked about.
    let shown = disclose(&found, &[999], THRESHOLD);
    assert_eq!(line(&shown, measures::INCIDENCE.id, "all", 12).number.estimate(), None);
    let start = &shown.landmarks[0];
    assert_eq!(start.lines.as_ref().unwrap()[0].number.estimate(), None);
    assert_eq!(start.waiting, shown.tested);
}

#[test]
fn points_facts_and_landmarks_of_few_are_hidden() {
    let level = Level {
        n: 1000,
        came: vec![100, 200, 300],
        at_risk: vec![500; 3],
        flags: vec![[50, 50, 100, 800]; 3],
    };
    let point = |came: u64, at_risk: u64| Point {
        group: "overall".to_owned(),
        level: "all".to_owned(),
        months: 12,
        predicted: 0.2,
        observed: Some(0.25),
        interval: None,
        n: 200,
        came,
        at_risk,
        households: Vec::new(),
    };
    let fact = |words: &str, differ: [u64; 2]| Fact {
        words: words.to_owned(),
        factor: 1.5,
        interval: (1.2, 1.8),
        again: 1.5,
        again_interval: (1.2, 1.8),
        early: 1.4,
        late: 1.6,
        p: 0.3,
        differ,
    };
    let landmark = |rests_on: Vec<u64>| Landmark {
        months: 3,
        window: 12,
        rows: Ok(vec![row(measures::INCIDENCE.id, ("overall", "all"), "12 months", 120, rests_on)]),
    };
    let found = Models {
        points: vec![point(4, 100), point(40, 100), point(60, 100), point(80, 100), point(90, 40)],
        landmarks: vec![landmark(vec![30, 60]), landmark(vec![4, 60])],
        steady: Some(Steady {
            facts: vec![fact("rare", [4, 400]), fact("common", [40, 400])],
            p: 0.2,
            events: 300,
        }),
        ..models(&[level])
    };
    let shown = disclose(&found, &[], THRESHOLD);
    let hidden: Vec<bool> = shown.points.iter().map(|p| p.observed == PerHundred::Suppressed).collect();
    assert_eq!(hidden, [true, false, false, false, true]);
    let facts: Vec<String> = shown.steady.unwrap().facts.into_iter().map(|f| f.words).collect();
    assert_eq!(facts, ["common"]);
    let estimates: Vec<Option<f64>> =
        shown.landmarks.iter().map(|l| l.lines.as_ref().unwrap()[0].number.estimate()).collect();
    assert_eq!(estimates, [Some(0.12), None]);
}

/// However many referrals there are: where they are of few households, or of two above all, the number is hidden, and so is one that
/// would give it.
#[test]
fn numbers_of_few_households_are_hidden() {
    let of = |came: u64| Level {
        n: 400,
        came: vec![came, 2 * came, 3 * came],
        at_risk: vec![300; 3],
        flags: vec![[came / 2, 50, came - came / 2, 350 - came]; 3],
    };
    let mut found = models(&[of(40), of(50), of(60)]);
    let shown = |found: &Models| {
        let all = disclose(found, &[], THRESHOLD);
        let is = |measure: &str, level: &str| line(&all, measure, level, 12).number.estimate().is_some();
        [measures::INCIDENCE.id, measures::PPV.id].map(|m| ["l0", "l1", "l2"].map(|level| is(m, level)))
    };
    assert_eq!(shown(&found), [[true; 3]; 2]);
    let first = |r: &Row| r.level == "l0" && r.at == place(12);
    for row in found.rows.iter_mut().filter(|r| first(r)) {
        row.households = vec![80, 300, 250];
    }
    assert_eq!(shown(&found), [[true; 3]; 2], "enough of them");
    for row in found.rows.iter_mut().filter(|r| first(r) && r.measure == measures::PPV.id) {
        row.households = vec![80, 300, 250, 0, 40, 20, 300];
    }
    let [came, flagged] = shown(&found);
    assert_eq!(came, [true; 3], "only those flagged are of few");
    assert!(!flagged[0] && flagged.iter().filter(|shown| !**shown).count() > 1, "{flagged:?}");
    for row in found.rows.iter_mut().filter(|r| first(r)) {
        row.households = vec![9, 300, 250];
    }
    let [came, flagged] = shown(&found);
    assert!(!came[0] && came.iter().filter(|shown| !**shown).count() > 1, "{came:?}");
    assert!(!flagged[0]);
}
