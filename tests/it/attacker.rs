//! An attacker with the published report tries to find a count that was hidden.
//!
//! The attacker writes down everything the report says as equations over whole numbers (levels add up to their total, a
//! rate times its count is a count, a step is the difference of two states) and narrows every unknown between its least
//! and largest possible value until nothing changes. A count of 1 to 9 that is pinned to one value is a failure.

use std::collections::BTreeMap;

use rerefer::privacy::disclosure::Count;
use rerefer::report::{Line, Removed, Report};

use crate::report::builder::{MODELS, World};
use crate::report::inputs::overlaps;

/// Unknown whole numbers, what is known of each, and sums that must hold.
#[derive(Default)]
pub(crate) struct Attack {
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
    pub(crate) fn found(&self) -> Vec<(&str, i64)> {
        self.bounds
            .iter()
            .filter(|(_, (low, high))| low == high && (1..10).contains(low))
            .map(|(name, (low, _))| (name.as_str(), *low))
            .collect()
    }

    /// Unknowns that no value fits: then the attack itself is wrong.
    pub(crate) fn is_sound(&self) -> bool {
        let wrong = self.bounds.iter().find(|(_, (low, high))| low > high);
        wrong.inspect(|(name, bounds)| eprintln!("{name} cannot be {bounds:?}")).is_none()
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
    sums_of_levels(world, attack);
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
fn sums_of_levels(world: &World, attack: &mut Attack) {
    let shared = overlaps(world);
    let share = |a: &(String, String), b: &(String, String)| {
        shared.iter().any(|[x, y]| (x == a && y == b) || (x == b && y == a))
    };
    let levels = |(group, names): &(&str, Vec<&str>)| -> Vec<(String, String)> {
        names.iter().map(|l| ((*group).to_owned(), (*l).to_owned())).collect()
    };
    let mut tails: Vec<String> = ["n", "events", "others"].map(str::to_owned).to_vec();
    for model in MODELS {
        tails.extend(["tp", "fp", "fn", "tn"].map(|cell| format!("{model}/top 10%/{cell}")));
    }
    for own in &world.groupings {
        for other in world.groupings.iter().filter(|g| g.0 != own.0) {
            let (own, other) = (levels(own), levels(other));
            for mask in 1_u32..(1 << own.len()) - 1 {
                let inner: Vec<_> = (0..own.len()).filter(|i| mask >> i & 1 == 1).map(|i| &own[i]).collect();
                let outer: Vec<_> = other.iter().filter(|b| inner.iter().any(|a| share(a, b))).collect();
                for tail in &tails {
                    let name = |l: &&(String, String)| format!("{}/{}/{tail}", l.0, l.1);
                    let union = format!("{mask} of {} in {}/{tail}", own[0].0, other[0].0);
                    attack.sum(&union, &outer.iter().map(name).collect::<Vec<_>>());
                    let mut parts: Vec<String> = inner.iter().map(name).collect();
                    parts.push(format!("rest of {union}"));
                    attack.sum(&union, &parts);
                }
            }
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

pub(crate) fn attack(report: &Report, world: &World) -> Attack {
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
