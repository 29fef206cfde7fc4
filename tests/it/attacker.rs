//! An attacker with the published report tries to find a count that was hidden.
//!
//! The attacker writes down everything the report says as equations over whole numbers (levels add up to their total, a
//! rate times its count is a count, a step is the difference of two states) and narrows every unknown between its least
//! and largest possible value until nothing changes. A count of 1 to 9 that is pinned to one value is a failure.

use std::collections::{BTreeMap, BTreeSet};

use rerefer::privacy::disclosure::Count;
use rerefer::report::{Line, Removed, Report};

use crate::report::builder::{MODELS, World};
use crate::report::inputs::combinations;

/// Unknown whole numbers, what is known of each, and sums that must hold.
#[derive(Default)]
pub(crate) struct Attack {
    places: BTreeMap<String, usize>,
    bounds: Vec<(i64, i64)>,
    /// The first is the sum of the others.
    sums: BTreeSet<(usize, Vec<usize>)>,
}

const FAR: i64 = 1_000_000;
const CELLS: [&str; 4] = ["tp", "fp", "fn", "tn"];

impl Attack {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        self.places.insert(name.to_owned(), self.bounds.len());
        self.bounds.push((0, FAR));
        self.bounds.len() - 1
    }

    fn know(&mut self, name: &str, low: i64, high: i64) {
        let place = self.place(name);
        self.narrow(place, low, high);
    }

    /// Whether that was news.
    fn narrow(&mut self, place: usize, low: i64, high: i64) -> bool {
        let before = self.bounds[place];
        self.bounds[place] = (before.0.max(low), before.1.min(high));
        self.bounds[place] != before
    }

    /// The value of an unknown that is known.
    fn known(&self, name: &str) -> Option<f64> {
        let (low, high) = self.bounds[*self.places.get(name)?];
        (low == high).then_some(low as f64)
    }

    fn sum(&mut self, total: &str, parts: &[String]) {
        let sum = (self.place(total), parts.iter().map(|part| self.place(part)).collect());
        self.sums.insert(sum);
    }

    /// Narrows until nothing changes.
    fn run(&mut self) {
        let sums: Vec<(usize, Vec<usize>)> = self.sums.iter().cloned().collect();
        let mut of = vec![Vec::new(); self.bounds.len()];
        for (i, (total, parts)) in sums.iter().enumerate() {
            of[*total].push(i);
            parts.iter().for_each(|part| of[*part].push(i));
        }
        let mut due: BTreeSet<usize> = (0..sums.len()).collect();
        while let Some(i) = due.pop_first() {
            let (total, parts) = &sums[i];
            let low: i64 = parts.iter().map(|p| self.bounds[*p].0).sum();
            let high: i64 = parts.iter().map(|p| self.bounds[*p].1).sum();
            let mut news = Vec::new();
            if self.narrow(*total, low, high) {
                news.push(*total);
            }
            let whole = self.bounds[*total];
            for part in parts {
                let (l, h) = self.bounds[*part];
                if self.narrow(*part, whole.0 - (high - h), whole.1 - (low - l)) {
                    news.push(*part);
                }
            }
            // With contradictory facts the bounds would creep past each other for ever.
            if news.iter().any(|place| self.bounds[*place].0 > self.bounds[*place].1) {
                return;
            }
            due.extend(news.into_iter().flat_map(|place| &of[place]));
        }
    }

    /// Unknowns pinned to one value from 1 to 9.
    pub(crate) fn found(&self) -> Vec<(&str, i64)> {
        let small = |(name, place): (_, &usize)| {
            let (low, high) = self.bounds[*place];
            (low == high && (1..10).contains(&low)).then_some((name, low))
        };
        self.places.iter().map(|(name, place)| (name.as_str(), place)).filter_map(small).collect()
    }

    /// Unknowns that no value fits: then the attack itself is wrong.
    pub(crate) fn is_sound(&self) -> bool {
        let wrong = self.places.iter().find(|(_, place)| self.bounds[**place].0 > self.bounds[**place].1);
        wrong.inspect(|(name, place)| eprintln!("{name} cannot be {:?}", self.bounds[**place])).is_none()
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
        if !MODELS.contains(&line.model.as_str()) || !is_place(&line.at) {
            continue;
        }
        let table = format!("{place}/{}/{}", line.model, line.at);
        let cell = |name: &str| format!("{table}/{name}");
        attack.sum(&format!("{place}/events"), &[cell("tp"), cell("fn")]);
        attack.sum(&format!("{place}/others"), &[cell("fp"), cell("tn")]);
        attack.sum(&cell("flagged"), &[cell("tp"), cell("fp")]);
        let Some(estimate) = line.number.estimate() else { continue };
        match (line.measure, events, n) {
            ("sensitivity", Some(events), _) => share(attack, &cell("tp"), estimate, events),
            ("missed-share", Some(events), _) => share(attack, &cell("fn"), estimate, events),
            ("false-positive-rate", Some(events), Some(n)) => {
                share(attack, &cell("fp"), estimate, n - events);
            }
            ("selection-rate", _, Some(n)) => share(attack, &cell("flagged"), estimate, n),
            ("ppv", ..) => {
                if let Some(flagged) = attack.known(&cell("flagged")) {
                    share(attack, &cell("tp"), estimate, flagged);
                }
            }
            _ => {}
        }
    }
}

/// Whether a row is measured at a share or at a threshold.
fn is_place(at: &str) -> bool {
    at.starts_with("top ") || at.starts_with("risk from ")
}

/// Every share and threshold at which the report measures, over all referrals or by group.
fn places(report: &Report, by_group: bool) -> Vec<&str> {
    let lines = report.lines.iter().filter(|l| by_group == (l.group != "overall"));
    let mut places: Vec<&str> = lines.map(|l| l.at.as_str()).filter(|at| is_place(at)).collect();
    places.sort_unstable();
    places.dedup();
    places
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
            for (at, cell) in places(report, true).iter().flat_map(|at| CELLS.map(|cell| (at, cell))) {
                let tail = format!("{model}/{at}/{cell}");
                attack.sum(&format!("overall/all/{tail}"), &parts(&tail));
            }
        }
    }
    sums_of_levels(report, world, attack);
    for model in MODELS {
        let lines: Vec<&Line> =
            report.lines.iter().filter(|l| l.measure == "calibration-bin" && l.model == model).collect();
        let parts = |tail: &str| -> Vec<String> {
            (0..lines.len()).map(|i| format!("{model}/bin {i}/{tail}")).collect()
        };
        for (i, line) in lines.iter().enumerate() {
            counts(attack, &format!("{model}/bin {i}"), line);
        }
        // Of a model that says nothing there are no bins.
        for count in ["n", "events", "others"].into_iter().filter(|_| !lines.is_empty()) {
            attack.sum(&format!("overall/all/{count}"), &parts(count));
        }
    }
}

/// Any levels of one grouping lie within the levels of another that share a referral with them: what they hold together
/// is what those hold, less a rest.
fn sums_of_levels(report: &Report, world: &World, attack: &mut Attack) {
    let found = combinations(world).found;
    let share = |(g, a): (usize, usize), (h, b): (usize, usize)| {
        found.iter().any(|c| usize::from(c[g]) == a && usize::from(c[h]) == b)
    };
    let mut tails: Vec<String> = ["n", "events", "others"].map(str::to_owned).to_vec();
    for (model, at) in
        MODELS.iter().flat_map(|model| places(report, true).into_iter().map(move |at| (model, at)))
    {
        tails.extend(CELLS.map(|cell| format!("{model}/{at}/{cell}")));
    }
    let count = |g: usize| world.groupings[g].1.len();
    let groups = 0..world.groupings.len();
    for (g, h) in groups.clone().flat_map(|g| groups.clone().map(move |h| (g, h))).filter(|(g, h)| g != h) {
        // Any levels, or all that lie within any levels of the other grouping.
        let picked = |of: usize, mask: u32| (0..of).filter(move |i| mask >> i & 1 == 1);
        let any = (1_u32..(1 << count(g).min(6)) - 1).map(|mask| picked(count(g), mask).collect::<Vec<_>>());
        let within = (1_u32..(1 << count(h).min(6)) - 1).map(|mask| {
            let outside = |a: &usize| picked(count(h), !mask).any(|b| share((g, *a), (h, b)));
            (0..count(g)).filter(|a| !outside(a)).collect::<Vec<_>>()
        });
        for (i, inner) in any.chain(within).enumerate().filter(|(_, inner)| !inner.is_empty()) {
            let outer: Vec<usize> =
                (0..count(h)).filter(|b| inner.iter().any(|a| share((g, *a), (h, *b)))).collect();
            for tail in &tails {
                let name = |of: usize, l: &usize| {
                    let (group, levels) = &world.groupings[of];
                    format!("{group}/{}/{tail}", levels[*l])
                };
                let union = format!("{i} of {g} in {h}/{tail}");
                attack.sum(&union, &outer.iter().map(|l| name(h, l)).collect::<Vec<_>>());
                let mut parts: Vec<String> = inner.iter().map(|l| name(g, l)).collect();
                parts.push(format!("rest of {union}"));
                attack.sum(&union, &parts);
            }
        }
    }
}

/// Each place adds rows to the one before, over all referrals and in every group and every sum of groups.
fn curves(report: &Report, world: &World, attack: &mut Attack) {
    let mut of = vec![("overall", vec!["all"])];
    of.extend(world.groupings.iter().cloned());
    for model in MODELS {
        let flagged = |at: &&str| {
            let fits = |l: &&Line| {
                l.measure == "selection-rate" && l.model == model && l.group == "overall" && l.at == **at
            };
            report.lines.iter().find(fits).and_then(|l| l.number.estimate())
        };
        let rising = |by_group: bool| -> Vec<&str> {
            let all = places(report, by_group).into_iter();
            let mut shown: Vec<&str> = all.filter(|at| flagged(at).is_some()).collect();
            shown.sort_by(|a, b| flagged(a).partial_cmp(&flagged(b)).unwrap());
            shown
        };
        for (shown, of) in [(rising(false), &of[..1]), (rising(true), &of[..])] {
            let next = shown.windows(2).map(|p| (p[0], p[1]));
            for (a, b) in next.chain(shown.windows(3).map(|p| (p[0], p[2]))) {
                steps(attack, &format!("{model}/{a}"), &format!("{model}/{b}"), of);
            }
        }
    }
}

/// The place `b` adds rows to the place `a`, in each level, and in all levels of a grouping as many as over all.
fn steps(attack: &mut Attack, a: &str, b: &str, of: &[(&str, Vec<&str>)]) {
    for cell in ["tp", "fp"] {
        for (group, levels) in of {
            let part = |level: &&str| format!("{group}/{level}/from {a} to {b}/{cell}");
            for level in levels {
                let name = |place: &str| format!("{group}/{level}/{place}/{cell}");
                attack.sum(&name(b), &[name(a), part(level)]);
            }
            let all = levels.iter().map(part).collect::<Vec<_>>();
            attack.sum(&format!("overall/all/from {a} to {b}/{cell}"), &all);
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

pub(crate) fn attack(report: &Report, world: &World) -> Attack {
    let mut attack = Attack::default();
    // Twice, so that the rate of a count found on the way is used.
    for _ in 0..2 {
        whole(report, &mut attack);
        levels(report, world, &mut attack);
        curves(report, world, &mut attack);
        attrition(report, &mut attack);
        backward(report, &mut attack);
        attack.run();
    }
    attack
}
