//! The same numbers as the published ones, counted in simulated records.

use super::targets::{AGES, ETHNICITIES, FACTORS, NEEDS, PLAN_BANDS, SOURCES};
use crate::history::{Event, History, NO_CODE};
use crate::num::{Day, MONTHS, quantile};
use crate::schema::{Kind, codes};
use std::collections::BTreeMap;

/// Days over which returns are followed from a closure: 72 months.
const FOLLOWED: usize = 2_192;
/// Days of the window in which families are watched (27 months, as in the study).
const FAMILY_DAYS: i32 = 821;

/// Counts by name.
type Counts = BTreeMap<String, f64>;

/// An authority's referrals, those re-referred, those with no further action, those assessed as not in need.
pub(super) type Practice = [f64; 4];

/// Running counts over the observed years.
#[derive(Debug)]
pub(super) struct Measure {
    from: Day,
    end: Day,
    flow: Counts,
    by: BTreeMap<&'static str, Counts>,
    authorities: Vec<Practice>,
    returns: Vec<f64>,
    /// Change of the number at risk by days since closure.
    at_risk: Vec<f64>,
    /// Families by their number of re-referrals within the window.
    families: BTreeMap<u32, u32>,
    family: Option<(u32, Option<u32>)>,
}

/// One episode of a child.
#[derive(Clone, Debug)]
struct Episode {
    opened: Day,
    source: u8,
    need: u8,
    closed: Option<(Day, &'static str)>,
    nfa: bool,
    factors: Vec<u8>,
    assessed: Option<Day>,
    plan: Option<(Day, Option<Day>)>,
    care: Option<(Day, Option<Day>)>,
}

/// A child's facts for the stock.
struct Child {
    birth: Day,
    sex: u8,
    ethnicity: u8,
    disabled: bool,
    authority: usize,
    left: Option<Day>,
}

impl Measure {
    /// Counts from `from` to `end`; what happened before serves as history.
    pub(super) fn new(from: Day, end: Day, authorities: usize) -> Self {
        Self {
            from,
            end,
            flow: Counts::new(),
            by: BTreeMap::new(),
            authorities: vec![[0.0; 4]; authorities],
            returns: vec![0.0; FOLLOWED + 2],
            at_risk: vec![0.0; FOLLOWED + 2],
            families: BTreeMap::new(),
            family: None,
        }
    }

    fn count(&mut self, what: &str, by: f64) {
        *self.flow.entry(what.to_owned()).or_default() += by;
    }

    fn tally(&mut self, family: &'static str, item: &str, by: f64) {
        *self.by.entry(family).or_default().entry(item.to_owned()).or_default() += by;
    }

    /// Adds the children of a part.
    pub(super) fn add(&mut self, history: &History) {
        for place in 0..history.children.len() {
            let children = &history.children;
            let none = 1_u16;
            let child = Child {
                birth: children.birth_month[place].unwrap_or(self.end),
                sex: children.sex[place],
                ethnicity: children.ethnicity[place],
                disabled: children.disabilities[place] > none,
                authority: usize::from(children.authority[place]),
                left: children.left_on[place],
            };
            let episodes = episodes(history, place);
            self.referrals(&child, &episodes);
            self.closures(&child, &episodes);
            self.plans(&episodes);
            self.factors(&episodes);
            self.stock(&child, &episodes);
            self.household(children.household[place], &episodes);
        }
    }

    fn referrals(&mut self, child: &Child, episodes: &[Episode]) {
        let (from, mut last_year) = (self.from, None);
        for (i, episode) in episodes.iter().enumerate().filter(|(_, e)| e.opened >= from) {
            let day = episode.opened;
            let again = i > 0 && day.0 - episodes[i - 1].opened.0 <= 365;
            let not_in_need = matches!(episode.closed, Some((_, "RC8" | "RC9")));
            self.count("referrals", 1.0);
            self.count("re-referrals", f64::from(u8::from(again)));
            self.count("nfa", f64::from(u8::from(episode.nfa)));
            self.count("not in need", f64::from(u8::from(not_in_need)));
            if last_year != Some(day.census_year()) {
                self.count("children referred", 1.0);
                last_year = Some(day.census_year());
            }
            let counts = &mut self.authorities[child.authority];
            let flags = [true, again, episode.nfa, not_in_need];
            for (count, flag) in counts.iter_mut().zip(flags) {
                *count += f64::from(u8::from(flag));
            }
            self.tally("source", source(episode.source), 1.0);
            let month = MONTHS[usize::try_from(day.month() - 1).unwrap_or(0)];
            let in_break = day.census_year() == 2021;
            self.tally(if in_break { "break of 2020" } else { "month" }, month, 1.0);
        }
    }

    fn closures(&mut self, child: &Child, episodes: &[Episode]) {
        for (i, episode) in episodes.iter().enumerate() {
            let Some((closed, reason)) = episode.closed else { continue };
            let leaving =
                ["RC1", "RC2", "RC5", "RC6"].contains(&reason) || child.left.is_some_and(|l| l <= closed);
            if closed < self.from || leaving {
                continue;
            }
            let days = |to: Day| usize::try_from(to.0 - closed.0).unwrap_or(0).min(FOLLOWED + 1);
            let end = days(child.left.map_or(self.end, |left| left.plus(-1).min(self.end)));
            self.at_risk[0] += 1.0;
            match episodes.get(i + 1) {
                Some(next) => {
                    let day = days(next.opened);
                    self.at_risk[day] -= 1.0;
                    self.returns[day] += 1.0;
                }
                None => self.at_risk[end] -= 1.0,
            }
        }
    }

    fn plans(&mut self, episodes: &[Episode]) {
        let mut before = false;
        for episode in episodes {
            if let Some((start, end)) = episode.plan {
                if start >= self.from {
                    self.count("plans", 1.0);
                    let year = start.census_year().to_string();
                    self.tally("plans", &year, 1.0);
                    self.tally("repeats", &year, f64::from(u8::from(before)));
                }
                if let Some(end) = end.filter(|end| *end >= self.from) {
                    let band = PLAN_BANDS.iter().find(|band| end.0 - start.0 <= band.1);
                    self.tally("plan length", band.map_or("", |band| band.0), 1.0);
                }
                before = true;
            }
            if episode.care.is_some_and(|(start, _)| start >= self.from) {
                self.count("care", 1.0);
            }
        }
    }

    /// Factors as recorded since the last change of the list (2022).
    fn factors(&mut self, episodes: &[Episode]) {
        for episode in episodes {
            if !episode.assessed.is_some_and(|d| d >= self.from && d.census_year() >= 2022) {
                continue;
            }
            self.count("assessments", 1.0);
            for factor in &episode.factors {
                let code = codes::FACTOR.get(*factor).map_or("", |c| c.code);
                if let Some((name, _)) = FACTORS.iter().find(|(_, of)| *of == code) {
                    self.tally("factor", name, 1.0);
                }
            }
        }
    }

    fn stock(&mut self, child: &Child, episodes: &[Episode]) {
        let mut year = self.end.year();
        while let Some(day) = Day::from_ymd(year, 3, 31).filter(|day| *day > self.from) {
            year -= 1;
            let open = |e: &&Episode| e.opened <= day && e.closed.is_none_or(|(closed, _)| closed > day);
            if let Some(episode) = episodes.iter().find(open).filter(|e| !e.nfa) {
                self.in_need(child, episode, day);
            }
            let in_care = |(start, end): (Day, Option<Day>)| start <= day && end.is_none_or(|end| end > day);
            if episodes.iter().filter_map(|e| e.care).any(in_care) {
                self.count("in care", 1.0);
            }
        }
    }

    fn in_need(&mut self, child: &Child, episode: &Episode, day: Day) {
        self.count("stock", 1.0);
        self.count("disabled", f64::from(u8::from(child.disabled)));
        self.tally("need", need(episode.need), 1.0);
        let months = (day.year() - child.birth.year()) * 12 + month(day) - month(child.birth);
        let age = match months {
            ..=-1 => 0,
            0..=11 => 1,
            12..=59 => 2,
            60..=119 => 3,
            120..=191 => 4,
            _ => 5,
        };
        self.tally("age", AGES[age], 1.0);
        let sex = codes::SEX.get(child.sex).map_or("", |c| c.code);
        self.tally("sex", sex, 1.0);
        let code = codes::ETHNICITY.get(child.ethnicity).map_or("", |c| c.code);
        if let Some((name, _)) = ETHNICITIES.iter().find(|(_, of)| of.contains(&code)) {
            self.tally("ethnicity", name, 1.0);
        }
    }

    /// Families with a closure in the quarter that is followed for 27 months, by their referrals in that time.
    fn household(&mut self, household: u32, episodes: &[Episode]) {
        let index = self.end.plus(-FAMILY_DAYS - 91)..self.end.plus(-FAMILY_DAYS);
        let closed =
            episodes.iter().filter_map(|e| e.closed).map(|(day, _)| day).find(|day| index.contains(day));
        let again = |after: Day| {
            let within = |e: &&Episode| e.opened > after && e.opened <= after.plus(FAMILY_DAYS);
            u32::try_from(episodes.iter().filter(within).count()).unwrap_or(0)
        };
        let counted = closed.map(|day| (day, again(day)));
        match &mut self.family {
            Some((number, sum)) if *number == household => {
                if let Some((_, more)) = counted {
                    *sum = Some(sum.unwrap_or(0) + more);
                }
            }
            _ => {
                self.settle_family();
                self.family = Some((household, counted.map(|(_, again)| again)));
            }
        }
    }

    fn settle_family(&mut self) {
        if let Some((_, Some(again))) = self.family.take() {
            *self.families.entry(again).or_default() += 1;
        }
    }

    /// Every measured number by family and item, in the units of the targets; and each authority's practice.
    pub(super) fn finish(mut self) -> (BTreeMap<(String, String), f64>, Vec<Practice>) {
        self.settle_family();
        let mut out = BTreeMap::new();
        let of = |name: &str| self.flow.get(name).copied().unwrap_or(0.0);
        let referrals = of("referrals");
        let years = f64::from(self.end.census_year() - self.from.census_year() + 1);
        let mut put = |family: &str, item: &str, value: f64| {
            out.insert((family.to_owned(), item.to_owned()), value);
        };
        let per = |part: &str, whole: f64| 100.0 * of(part) / whole;
        put("flow", "referrals per referred child and year", referrals / of("children referred"));
        put("flow", "referrals a year, thousands", referrals / years / 1_000.0);
        put("flow", "re-referred within 12 months of referral", per("re-referrals", referrals));
        put("flow", "no further action", per("nfa", referrals));
        put("flow", "assessed not in need", per("not in need", referrals));
        let survival = kaplan_meier(&self.returns, &self.at_risk);
        put("flow", "re-referred within 12 months of closure", 100.0 * (1.0 - survival[365]));
        put("flow", "re-referred within 72 months of closure", 100.0 * (1.0 - survival[FOLLOWED - 1]));
        put("flow", "families with half of the re-referrals", concentration(&self.families));
        put("flow", "protection plans per 100 referrals", per("plans", referrals));
        put("flow", "starts to be looked after per 100 referrals", per("care", referrals));
        put("flow", "looked after on 31 March per 100 referrals", per("in care", referrals));
        put("flow", "children in need on 31 March per 100 referrals", per("stock", referrals));
        put("stock", "disability recorded", per("disabled", of("stock")));
        let counts = |family: &str| self.by.get(family).cloned().unwrap_or_default();
        for family in ["source", "need", "age", "ethnicity", "month", "plan length"] {
            let counts = counts(family);
            let total: f64 = counts.values().sum();
            for (item, count) in counts {
                put(family, &item, 100.0 * count / total);
            }
        }
        let mut mean = 0.0;
        for (item, count) in counts("factor") {
            mean += count / of("assessments");
            put("factor", &item, 100.0 * count / of("assessments"));
        }
        put("flow", "factors per assessment", mean);
        let sex = counts("sex");
        let known = |code: &str| sex.get(code).copied().unwrap_or(0.0);
        put("stock", "boys", 100.0 * known("M") / (known("M") + known("F")));
        let (plans, repeats) = (counts("plans"), counts("repeats"));
        for (year, n) in plans {
            put("repeat plans", &year, 100.0 * repeats.get(&year).copied().unwrap_or(0.0) / n);
        }
        let ordinary = counts("month");
        for (month, n) in counts("break of 2020") {
            let usual = ordinary.get(&month).copied().unwrap_or(0.0) / (years - 1.0);
            put("break of 2020", &month, 100.0 * n / usual);
        }
        for (place, item) in [(1, "re-referred"), (2, "no further action")] {
            let large = self.authorities.iter().filter(|a| a[0] > 0.0);
            let mut shares: Vec<f64> = large.map(|a| 100.0 * a[place] / a[0]).collect();
            shares.sort_by(f64::total_cmp);
            for (name, q) in [("p10", 0.1), ("median", 0.5), ("p90", 0.9)] {
                put("authorities", &format!("{item}, {name}"), quantile(&shares, q).unwrap_or(0.0));
            }
        }
        (out, self.authorities)
    }
}

/// The share without a return by days since closure (Kaplan and Meier, JASA 53, 1958).
fn kaplan_meier(returns: &[f64], changes: &[f64]) -> Vec<f64> {
    let (mut at_risk, mut left) = (0.0, 1.0);
    let mut out = Vec::with_capacity(returns.len());
    for (returned, change) in returns.iter().zip(changes) {
        // Those who return on a day, or leave after it, are at risk on it.
        if at_risk > 0.0 {
            left *= 1.0 - returned / at_risk;
        }
        at_risk += change;
        out.push(left);
    }
    out
}

/// The smallest share of families that holds half of the re-referrals, in percent.
fn concentration(families: &BTreeMap<u32, u32>) -> f64 {
    let all: f64 = families.values().map(|n| f64::from(*n)).sum();
    let half: f64 = families.iter().map(|(again, n)| f64::from(*again) * f64::from(*n)).sum::<f64>() / 2.0;
    let (mut held, mut counted) = (0.0, 0.0);
    for (&again, &n) in families.iter().rev() {
        let needed = ((half - held) / f64::from(again.max(1))).min(f64::from(n));
        held += needed * f64::from(again);
        counted += needed;
        if held >= half {
            break;
        }
    }
    100.0 * counted / all
}

fn episodes(history: &History, place: usize) -> Vec<Episode> {
    let mut out: Vec<(u32, Episode)> = Vec::new();
    for event in history.events_of(place).map(|i| history.events.get(i)) {
        if event.kind == Kind::Referral {
            out.push((event.episode, Episode::opened(&event)));
        }
    }
    for event in history.events_of(place).map(|i| history.events.get(i)) {
        // Care is not recorded by episode: it belongs to the last one opened before it.
        let care = matches!(event.kind, Kind::ClaStart | Kind::ClaEnd);
        let own = |(number, e): &&mut (u32, Episode)| {
            if care {
                e.opened <= event.date && e.care.is_none_or(|(start, _)| event.date > start)
            } else {
                *number == event.episode
            }
        };
        let found = if care { out.iter_mut().rev().find(own) } else { out.iter_mut().find(own) };
        if let Some((_, episode)) = found {
            episode.add(&event);
        }
    }
    out.into_iter().map(|(_, episode)| episode).collect()
}

impl Episode {
    fn opened(referral: &Event) -> Self {
        Self {
            opened: referral.date,
            source: referral.code,
            need: NO_CODE,
            closed: None,
            nfa: false,
            factors: Vec::new(),
            assessed: None,
            plan: None,
            care: None,
        }
    }

    fn add(&mut self, event: &Event) {
        match event.kind {
            Kind::Need => self.need = event.code,
            Kind::ReferralNfa => self.nfa = true,
            Kind::AssessmentEnd => self.assessed = Some(event.date),
            Kind::Factor => self.factors.push(event.code),
            Kind::CpStart => self.plan = Some((event.date, None)),
            Kind::CpEnd => self.plan = self.plan.map(|(start, _)| (start, Some(event.date))),
            Kind::ClaStart => self.care = Some((event.date, None)),
            Kind::ClaEnd => self.care = self.care.map(|(start, _)| (start, Some(event.date))),
            Kind::Closure => {
                self.closed = Some((event.date, codes::CLOSURE.get(event.code).map_or("", |c| c.code)));
            }
            _ => {}
        }
    }
}

fn month(day: Day) -> i32 {
    i32::try_from(day.month()).unwrap_or(1)
}

/// The published group of a source.
pub(super) fn source(place: u8) -> &'static str {
    let code = codes::SOURCE.get(place).map_or("", |c| c.code);
    let group = match code.as_bytes() {
        [b'1', b'A'..=b'D'] => 0,
        b"2A" => 1,
        b"2B" => 2,
        [b'3', ..] => 3,
        [b'4', ..] => 4,
        [b'5', ..] => 5,
        [b'6', ..] => 6,
        [b'7', ..] => 7,
        [b'8', ..] => 8,
        [b'9', ..] => 9,
        _ => 10,
    };
    SOURCES[group]
}

/// The published column of a need.
pub(super) fn need(place: u8) -> &'static str {
    let code = codes::NEED.get(place).map_or("N0", |c| c.code);
    NEEDS.iter().find(|name| name.starts_with(code)).copied().unwrap_or(NEEDS[9])
}
