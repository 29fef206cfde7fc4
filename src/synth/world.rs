//! Everything that is the same for all households, worked out once from the scenario.

use super::calendar::Calendar;
use super::closing::Futures;
use super::course::Courses;
use super::draw::Table;
use super::facts::{Age, From, Shares};
use super::fitted::{Fitted, Weight};
use super::published::{self, Ages};
use super::risk::Risk;
use super::scenario::Scenario;
use crate::num::Day;
use crate::schema::codes::{self, CodeList};

/// Days in a year, for rates.
pub(super) const YEAR: f64 = 365.25;

/// Months of age at the first referral of a household's first-referred child, by the bands of [`Fitted::first_ages`].
const FIRST_AGES: [(i32, i32); 6] = [(-4, -1), (0, 11), (12, 59), (60, 119), (120, 191), (192, 215)];

/// A list of codes with the share of each.
#[derive(Debug)]
pub(super) struct Mix {
    codes: Vec<u8>,
    table: Table,
}

impl Mix {
    /// The codes of `list` in the stated shares.
    pub(super) fn new<'c>(list: &CodeList, shares: impl IntoIterator<Item = (&'c str, f64)>) -> Self {
        let (codes, weights): (Vec<u8>, Vec<f64>) =
            shares.into_iter().filter_map(|(code, share)| Some((list.find(code)?, share))).unzip();
        Self { codes, table: Table::new(0, weights) }
    }

    /// A code drawn at random, as its place in the list.
    pub(super) fn draw(&self, rng: &mut rand_chacha::ChaCha8Rng) -> u8 {
        self.codes.get(self.table.place(rng)).copied().unwrap_or_default()
    }

    /// Each code and its probability.
    fn shares(&self) -> impl Iterator<Item = (u8, f64)> + '_ {
        let last = self.codes.len().saturating_sub(1);
        self.codes.iter().copied().zip(self.table.probabilities(last))
    }
}

/// Sources of referral before and since the authority's early help (5D) had a code of its own.
#[derive(Debug)]
pub(super) struct Sources {
    before: Mix,
    since: Mix,
}

impl Sources {
    /// First census year of the code 5D.
    const EARLY_HELP_YEAR: i32 = 2023;

    /// A source drawn at random in a census year.
    pub(super) fn draw(&self, rng: &mut rand_chacha::ChaCha8Rng, year: i32) -> u8 {
        if year < Self::EARLY_HELP_YEAR { self.before.draw(rng) } else { self.since.draw(rng) }
    }
}

/// One assessment factor.
#[derive(Debug)]
pub(super) struct Factor {
    pub(super) code: u8,
    pub(super) share: f64,
    pub(super) ages: Ages,
    pub(super) from_year: i32,
    pub(super) to_year: i32,
}

/// What all households share.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    /// First day that is lived through.
    pub(super) origin: Day,
    /// First recorded day of each authority.
    pub(super) recorded_from: Vec<Day>,
    pub(super) calendar: Calendar,
    /// Day of the household's first referral, as days after the origin.
    pub(super) onset: Table,
    pub(super) authority: Table,
    /// Number of children less one.
    pub(super) size: Table,
    /// Months of age of the first child referred.
    pub(super) first_age: Table,
    pub(super) ethnicity: Mix,
    /// Source of referral for children under 5 and from 5.
    pub(super) source: [Sources; 2],
    /// The roll-up of each source code.
    pub(super) from: Vec<From>,
    /// Probability of each roll-up of the source for children under 5 and from 5.
    pub(super) source_shares: [Shares; 2],
    /// Primary need; of a child with a disability; of a child with a protection plan.
    pub(super) need: [Mix; 3],
    pub(super) abuse: Mix,
    pub(super) factors: Vec<Factor>,
    pub(super) courses: Courses,
    pub(super) risk: Risk,
    /// Shape of the frailty after the signal dial.
    pub(super) frailty_shape: f64,
    /// Whether the truth is worked out.
    pub(super) truth: bool,
    /// Looks ahead from closings, if their truth is asked for.
    pub(super) futures: Option<Futures>,
}

impl<'a> World<'a> {
    /// Works out all tables. `horizons` are the days, besides 365, within which a return is asked for.
    pub(super) fn new(scenario: &'a Scenario, horizons: &[u16]) -> Self {
        Self::made(scenario, horizons, true)
    }

    /// The same for records alone.
    pub(super) fn without_truth(scenario: &'a Scenario) -> Self {
        Self::made(scenario, &[], false)
    }

    /// Records, and what is true at closings within `horizons` days of them.
    pub(super) fn of_closings(scenario: &'a Scenario, horizons: &[u16]) -> Self {
        let world = Self::without_truth(scenario);
        Self { futures: Some(Futures::new(scenario, &world.risk, horizons)), ..world }
    }

    fn made(scenario: &'a Scenario, horizons: &[u16], truth: bool) -> Self {
        let (families, returns, fitted) = (&scenario.families, &scenario.returns, &scenario.fitted);
        let courses = Courses::new(fitted);
        let origin = scenario.origin();
        let furthest = i32::from(horizons.iter().copied().max().unwrap_or(0)).max(365);
        let last = scenario.end.plus(furthest + 31);
        let calendar = Calendar::new(origin, last, scenario.start, fitted, &scenario.dials.drift);
        let leave = (families.moves_per_year + families.deaths_per_year) / YEAR;
        let risk = Risk::new(scenario, &courses, truth.then_some(&calendar), leave, horizons);
        let source = [source(fitted, true), source(fitted, false)];
        let from: Vec<From> = codes::SOURCE.codes.iter().map(|c| From::of(c.group)).collect();
        let source_shares = source.each_ref().map(|s| Shares::new(s.since.shares(), &from));
        let first_ages = FIRST_AGES.iter().zip(fitted.first_ages).map(|(&(a, b), share)| (a, b, share));
        let need = |abuse, disability| need(fitted, abuse, disability);
        let signal = scenario.dials.signal;
        Self {
            scenario,
            origin,
            recorded_from: (0..scenario.authorities.len()).map(|a| scenario.recorded_from(a)).collect(),
            onset: Table::new(0, (origin.0..=scenario.end.0).map(|day| calendar.onset(Day(day)))),
            calendar,
            authority: Table::new(0, scenario.authorities.iter().map(|a| a.share)),
            size: Table::new(0, families.sizes.iter().copied()),
            first_age: Table::pieces(&first_ages.collect::<Vec<_>>()),
            ethnicity: mix(&codes::ETHNICITY, &fitted.ethnicities),
            source,
            from,
            source_shares,
            need: [need(1.0, 0.4), need(1.0, 12.0), need(12.0, 0.1)],
            abuse: mix(&codes::ABUSE, &fitted.abuse),
            factors: factors(fitted),
            courses,
            risk,
            frailty_shape: (returns.frailty_shape / (signal * signal)).min(1e6),
            truth,
            futures: None,
        }
    }

    /// The probability of each roll-up of the source at an age.
    pub(super) fn shares(&self, age: Age) -> &Shares {
        &self.source_shares[usize::from(!matches!(age, Age::UnderOne | Age::OneToFour))]
    }
}

fn mix(list: &CodeList, weights: &[Weight]) -> Mix {
    Mix::new(list, weights.iter().map(|(code, share)| (code.as_str(), *share)))
}

/// Sources of referral: under 5 more from health and fewer from schools, from 5 the reverse.
fn source(fitted: &Fitted, under_five: bool) -> Sources {
    let tilt = |code: &str| match (code.as_bytes().first(), under_five) {
        (Some(b'2'), true) => 0.40,
        (Some(b'2'), false) => 1.35,
        (Some(b'3'), true) => 1.70,
        (Some(b'3'), false) => 0.60,
        _ => 1.0,
    };
    let since = fitted.sources.iter().map(|(code, share)| (code.as_str(), share * tilt(code)));
    // Before 5D existed, such referrals were recorded as from the authority's social care.
    let before = since.clone().map(|(code, share)| (if code == "5D" { "5A" } else { code }, share));
    Sources { before: Mix::new(&codes::SOURCE, before), since: Mix::new(&codes::SOURCE, since) }
}

fn need(fitted: &Fitted, abuse: f64, disability: f64) -> Mix {
    let tilt = |code: &str| match code {
        "N1" => abuse,
        "N2" => disability,
        _ => 1.0,
    };
    Mix::new(&codes::NEED, fitted.needs.iter().map(|(code, share)| (code.as_str(), share * tilt(code))))
}

fn factors(fitted: &Fitted) -> Vec<Factor> {
    fitted
        .factors
        .iter()
        .filter_map(|(code, percent)| {
            let place = codes::FACTOR.find(code)?;
            let spec = codes::FACTOR.get(place)?;
            Some(Factor {
                code: place,
                share: percent / 100.0,
                ages: published::ages(code),
                from_year: spec.from_year,
                to_year: spec.to_year,
            })
        })
        .collect()
}
