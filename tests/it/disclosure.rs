//! An attacker with the published report tries to find a count that was hidden.
//!
//! The attacker writes down everything the report says as equations over whole numbers (levels add up to their total, a
//! rate times its count is a count, a step is the difference of two states) and narrows every unknown between its least
//! and largest possible value until nothing changes. A count of 1 to 9 that is pinned to one value is a failure.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rerefer::evaluate::{Answer, Grouping, Input, Scores, Settings, evaluate};
use rerefer::privacy::disclosure::{Count, Profile, disclose};
use rerefer::report::{Line, Removed, Report, html, json};

use crate::report::builder::{MODELS, World, ingredients, service};

/// Unknown whole numbers, what is known of each, and sums that must hold.
#[derive(Default)]
struct Attack {
    bounds: BTreeMap<String, (i64, i64)>,
    /// The first is the sum of the others.
    sums: Vec<(String, Vec<String>)>,
}

const FAR: i64 = 1_000_000;

impl Attack {
    fn know(&mut self, name: &str, low: i64, high: i64) {
        let bounds = self.bounds.entry(name.to_owned()).or_insert((0, FAR));
        *bounds = (bounds.0.max(low), bounds.1.min(high));
    }

    fn sum(&mut self, total: &str, parts: &[String]) {
        self.know(total, 0, FAR);
        for part in parts {
            self.know(part, 0, FAR);
        }
        self.sums.push((total.to_owned(), parts.to_vec()));
    }

    /// Narrows until nothing changes.
    fn run(&mut self) {
        loop {
            let before = self.bounds.clone();
            for (total, parts) in self.sums.clone() {
                let get = |name: &String, b: &BTreeMap<String, (i64, i64)>| b[name];
                let low: i64 = parts.iter().map(|p| get(p, &self.bounds).0).sum();
                let high: i64 = parts.iter().map(|p| get(p, &self.bounds).1).sum();
                self.know(&total, low, high);
                let whole = self.bounds[&total];
                for part in &parts {
                    let (l, h) = self.bounds[part];
                    self.know(part, whole.0 - (high - h), whole.1 - (low - l));
                }
            }
            // With contradictory facts the bounds would creep past each other for ever.
            if before == self.bounds || !self.is_sound() {
                return;
            }
        }
    }

    /// Unknowns pinned to one value from 1 to 9.
    fn found(&self) -> Vec<(&str, i64)> {
        self.bounds
            .iter()
            .filter(|(_, (low, high))| low == high && (1..10).contains(low))
            .map(|(name, (low, _))| (name.as_str(), *low))
            .collect()
    }

    /// Unknowns that no value fits: then the attack itself is wrong.
    fn is_sound(&self) -> bool {
        self.bounds.values().all(|(low, high)| low <= high)
    }
}

fn whole(report: &Report, attack: &mut Attack) {
    for line in &report.lines {
        let place = format!("{}/{}", line.group, line.level);
        if line.measure == "calibration-bin" {
            continue;
        }
        counts(attack, &place, line);
        let n = line.n.get().map(|n| n as f64);
        let events = line.events.get().map(|e| e as f64);
        if line.measure == "outcome-rate"
            && let (Some(n), Some(rate)) = (n, line.number.estimate())
        {
            share(attack, &format!("{place}/events"), rate, n);
        }
        if !MODELS.contains(&line.model.as_str()) || !line.at.starts_with("top ") {
            continue;
        }
        let table = format!("{place}/{}/{}", line.model, line.at);
        let cell = |name: &str| format!("{table}/{name}");
        attack.sum(&format!("{place}/events"), &[cell("tp"), cell("fn")]);
        attack.sum(&format!("{place}/others"), &[cell("fp"), cell("tn")]);
        attack.sum(&cell("flagged"), &[cell("tp"), cell("fp")]);
        let Some(estimate) = line.number.estimate() else { continue };
        let known = |name: &str, attack: &Attack| {
            attack.bounds.get(name).filter(|(l, h)| l == h).map(|(l, _)| *l as f64)
        };
        match (line.measure, events, n) {
            ("sensitivity", Some(events), _) => share(attack, &cell("tp"), estimate, events),
            ("missed-share", Some(events), _) => share(attack, &cell("fn"), estimate, events),
            ("false-positive-rate", Some(events), Some(n)) => {
                share(attack, &cell("fp"), estimate, n - events);
            }
            ("selection-rate", _, Some(n)) => share(attack, &cell("flagged"), estimate, n),
            ("ppv", ..) => {
                if let Some(flagged) = known(&cell("flagged"), attack) {
                    share(attack, &cell("tp"), estimate, flagged);
                }
            }
            _ => {}
        }
    }
}

fn pin(attack: &mut Attack, name: &str, value: f64) {
    attack.know(name, value.round() as i64, value.round() as i64);
}

/// A share of a whole, shown to three decimals. Where ties share places, the count behind it is the nearest whole one.
fn share(attack: &mut Attack, name: &str, share: f64, whole: f64) {
    let end = |by: f64| ((share + by) * whole).round() as i64;
    attack.know(name, end(-0.0005), end(0.0005));
}

fn counts(attack: &mut Attack, place: &str, line: &Line) {
    attack.sum(&format!("{place}/n"), &[format!("{place}/events"), format!("{place}/others")]);
    if let Some(n) = line.n.get() {
        pin(attack, &format!("{place}/n"), n as f64);
    }
    if let Some(events) = line.events.get() {
        pin(attack, &format!("{place}/events"), events as f64);
    }
}

/// Levels add up to all rows, in every count and every two-by-two table.
fn levels(report: &Report, world: &World, attack: &mut Attack) {
    for (group, names) in &world.groupings {
        let parts =
            |tail: &str| -> Vec<String> { names.iter().map(|l| format!("{group}/{l}/{tail}")).collect() };
        for count in ["n", "events", "others"] {
            attack.sum(&format!("overall/all/{count}"), &parts(count));
        }
        for model in MODELS {
            for cell in ["tp", "fp", "fn", "tn"] {
                let tail = format!("{model}/top 10%/{cell}");
                attack.sum(&format!("overall/all/{tail}"), &parts(&tail));
            }
        }
    }
    for model in MODELS {
        let lines: Vec<&Line> =
            report.lines.iter().filter(|l| l.measure == "calibration-bin" && l.model == model).collect();
        let parts = |tail: &str| -> Vec<String> {
            (0..lines.len()).map(|i| format!("{model}/bin {i}/{tail}")).collect()
        };
        for (i, line) in lines.iter().enumerate() {
            counts(attack, &format!("{model}/bin {i}"), line);
        }
        for count in ["n", "events", "others"] {
            attack.sum(&format!("overall/all/{count}"), &parts(count));
        }
    }
}

/// Each point of a curve adds rows to the one before.
fn curves(report: &Report, attack: &mut Attack) {
    for model in MODELS {
        let shown: Vec<&str> = report
            .lines
            .iter()
            .filter(|l| {
                l.measure == "sensitivity"
                    && l.model == model
                    && l.group == "overall"
                    && l.number.estimate().is_some()
            })
            .map(|l| l.at.as_str())
            .collect();
        for (a, b) in shown.iter().enumerate().flat_map(|(i, a)| shown[i + 1..].iter().map(move |b| (a, b))) {
            for cell in ["tp", "fp"] {
                let name = |at: &str| format!("overall/all/{model}/{at}/{cell}");
                attack.sum(&name(b), &[name(a), format!("{model}/{cell} from {a} to {b}")]);
            }
        }
    }
}

/// Each step removes the difference of two states; the last state is what was tested.
fn attrition(report: &Report, attack: &mut Attack) {
    for (i, step) in report.attrition.iter().enumerate() {
        let columns = [("rows", step.rows), ("children", step.children), ("outcomes", step.outcomes)];
        for (column, count) in columns {
            let name = format!("state {i}/{column}");
            if let Some(count) = count.get() {
                pin(attack, &name, count as f64);
            }
            if i > 0 {
                attack.sum(&format!("state {}/{column}", i - 1), &[name, format!("step {i}/{column}")]);
            }
        }
        let removed = format!("step {i}/rows");
        match step.removed {
            Removed::First => {}
            Removed::Nobody => attack.know(&removed, 0, 0),
            Removed::Fewer => attack.know(&removed, 1, 9),
            Removed::Suppressed => attack.know(&removed, 10, FAR),
            Removed::Shown(n) => pin(attack, &removed, n.get() as f64),
        }
    }
    for (name, facts) in [("cohort", &report.cohort), ("tested", &report.tested)] {
        let last = report.attrition.len() - if name == "cohort" { 2 } else { 1 };
        attack.sum(
            &format!("state {last}/rows"),
            &[format!("{name}/events"), format!("{name}/competing"), format!("{name}/neither")],
        );
        attack.sum(&format!("{name}/neither"), &[format!("{name}/open"), format!("{name}/rest")]);
        match facts.open.map(Count::get) {
            Some(Some(open)) => pin(attack, &format!("{name}/open"), open as f64),
            Some(None) => {}
            None => attack.know(&format!("{name}/open"), 0, 0),
        }
        attack.sum(&format!("{name}/events"), &[format!("state {last}/outcomes")]);
        if let Some(competing) = facts.competing.get() {
            pin(attack, &format!("{name}/competing"), competing as f64);
        }
    }
    for part in ["competing", "neither", "open", "rest"] {
        attack.sum(&format!("cohort/{part}"), &[format!("tested/{part}"), format!("untested/{part}")]);
    }
    attack.sum(&format!("state {}/rows", report.attrition.len() - 1), &["overall/all/n".to_owned()]);
    attack.sum(&format!("state {}/outcomes", report.attrition.len() - 1), &["overall/all/events".to_owned()]);
}

/// A count rounded to the nearest ten.
fn tens(attack: &mut Attack, name: &str, shown: u64) {
    assert!(shown.is_multiple_of(10), "{name}: {shown} is exact");
    attack.know(name, shown as i64 - 5, shown as i64 + 4);
}

fn backward(report: &Report, attack: &mut Attack) {
    for year in &report.backward {
        let name = format!("{}", year.census_year);
        attack.sum(&format!("{name}/n"), &[format!("{name}/events"), format!("{name}/others")]);
        if let Some(n) = year.referrals.get() {
            tens(attack, &format!("{name}/n"), n);
        }
        if let Some(events) = year.re_referrals.get() {
            tens(attack, &format!("{name}/events"), events);
        }
    }
}

fn attack(report: &Report, world: &World) -> Attack {
    let mut attack = Attack::default();
    // Twice, so that the rate of a count found on the way is used.
    for _ in 0..2 {
        whole(report, &mut attack);
        levels(report, world, &mut attack);
        curves(report, &mut attack);
        attrition(report, &mut attack);
        backward(report, &mut attack);
        attack.run();
    }
    attack
}

/// A small run with everything random, from one number.
fn small(root: u64) -> (World, rerefer::report::ingredients::Ingredients) {
    let pick = |from: u64, to: u64, salt: u64| from + (root / salt) % (to - from + 1);
    let groupings =
        vec![("sex", vec!["male", "female", "unknown"]), ("age-band", vec!["0", "1", "2", "3", "4"])];
    let skew = [0.1, 0.25, 0.4, 0.6, 0.8][pick(0, 4, 3) as usize];
    let base = [-3.0, -2.0, -1.0, 0.5, 2.0][pick(0, 4, 17) as usize];
    let world = World::new(root, pick(20, 420, 1) as usize, groupings, skew, base);
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
        !attack(&disclose(&made, Profile { threshold: 1 }), &world).found().is_empty()
    });
    assert!(broken.count() >= 30);
}

#[test]
fn a_realistic_service_keeps_most_of_its_numbers() {
    let world = service();
    let report = disclose(&ingredients(&world, Answer::Better), Profile::default());
    let attack = attack(&report, &world);
    assert!(attack.is_sound() && attack.found().is_empty(), "{:?}", attack.found());
    let shown = report.lines.iter().filter(|l| l.number.estimate().is_some()).count();
    assert!(shown * 10 > report.lines.len() * 7, "{shown} of {}", report.lines.len());
}

/// The same attack on what the evaluation of the product itself makes of a world.
#[test]
fn a_real_evaluation_gives_nothing_away() {
    for root in 0..12_u64 {
        // Whole places at every capacity and no ties, so that every rate is a quotient of whole counts.
        let (world, mut made) = small(root * 104_729);
        let mut world = World { referrals: world.referrals.into_iter().cycle().take(400).collect(), ..world };
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

fn settings() -> Settings {
    Settings {
        capacity: 0.1,
        replicates: 20,
        seed: 1,
        candidate: "logistic".to_owned(),
        reference: "prior-count".to_owned(),
        smallest_gain: 0.02,
    }
}

fn input(world: &World) -> Input {
    let column = |g: usize| world.referrals.iter().map(|r| u16::try_from(r.level[g]).unwrap()).collect();
    let groupings = world.groupings.iter().enumerate().map(|(g, (name, levels))| Grouping {
        name: (*name).to_owned(),
        levels: levels.iter().map(|l| (*l).to_owned()).collect(),
        level_of: column(g),
    });
    let scores = MODELS.iter().enumerate().map(|(m, model)| Scores {
        model: (*model).to_owned(),
        p: world.referrals.iter().map(|r| r.score[m]).collect(),
    });
    Input {
        split: "rolling-origin".to_owned(),
        y: world.referrals.iter().map(|r| r.came_back).collect(),
        household: (0..u32::try_from(world.referrals.len()).unwrap()).collect(),
        fold: vec![0; world.referrals.len()],
        groupings: groupings.collect(),
        scores: scores.collect(),
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
    let slope = made.evaluation.rows.iter_mut().find(|r| r.measure == "calibration-slope").unwrap();
    (slope.status, slope.estimate, slope.low, slope.high) =
        (rerefer::evaluate::Status::Undefined, None, None, None);
    slope.reason = Some(reason.to_owned());
    for threshold in [10, 25] {
        assert!(json(&disclose(&made, Profile { threshold })).contains(reason));
    }
}
