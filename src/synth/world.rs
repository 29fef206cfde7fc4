//! Everything that is the same for all households, worked out once from the scenario.

use super::course::Courses;
use super::draw::Table;
use super::facts::From;
use super::published::{self, Ages};
use super::risk::Risk;
use super::scenario::Scenario;
use crate::num::Day;
use crate::schema::codes::{self, CodeList};

/// Days in a year, for rates.
pub(super) const YEAR: f64 = 365.25;

/// Months of age at the first referral of a household's first-referred child, `(from, to, share)`. Ours: younger than
/// the published stock of children in need, since children stay in it and come back.
static FIRST_AGES: &[(i32, i32, f64)] =
    &[(-4, -1, 3.5), (0, 11, 8.5), (12, 59, 22.0), (60, 119, 27.0), (120, 191, 31.0), (192, 214, 8.0)];

/// A list of codes with the share of each.
#[derive(Debug)]
pub(super) struct Mix {
    codes: Vec<u8>,
    table: Table,
}

impl Mix {
    /// The codes of `list` in the stated shares.
    pub(super) fn new(list: &CodeList, shares: impl IntoIterator<Item = (&'static str, f64)>) -> Self {
        let (codes, weights): (Vec<u8>, Vec<f64>) =
            shares.into_iter().filter_map(|(code, share)| Some((list.find(code)?, share))).unzip();
        Self { codes, table: Table::new(0, weights) }
    }

    /// A code drawn at random, as its place in the list.
    pub(super) fn draw(&self, rng: &mut rand_chacha::ChaCha8Rng) -> u8 {
        self.codes.get(self.table.place(rng)).copied().unwrap_or_default()
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
    /// Day of the household's first referral, as days after the start.
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
    /// Primary need; of a child with a disability; of a child with a protection plan.
    pub(super) need: [Mix; 3],
    pub(super) abuse: Mix,
    pub(super) factors: Vec<Factor>,
    pub(super) courses: Courses,
    pub(super) risk: Risk,
}

impl<'a> World<'a> {
    /// Works out all tables.
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        let (families, returns) = (&scenario.families, &scenario.returns);
        let courses = Courses::new();
        let longest = usize::try_from(scenario.end.0 - scenario.start.0).unwrap_or(0) + 1;
        let leave = (families.moves_per_year + families.deaths_per_year) / YEAR;
        let risk = Risk::new(returns.shape, returns.scale_days, longest, &courses, leave);
        Self {
            scenario,
            onset: onset(scenario),
            authority: Table::new(0, scenario.authorities.iter().map(|a| a.share)),
            size: Table::new(0, families.sizes.iter().copied()),
            first_age: Table::pieces(FIRST_AGES),
            ethnicity: Mix::new(&codes::ETHNICITY, published::ETHNICITIES.iter().copied()),
            source: [source(true), source(false)],
            from: codes::SOURCE.codes.iter().map(|c| From::of(c.group)).collect(),
            need: [need(1.0, 0.4), need(1.0, 12.0), need(12.0, 0.1)],
            abuse: Mix::new(&codes::ABUSE, published::ABUSE.iter().copied()),
            factors: factors(),
            courses,
            risk,
        }
    }
}

/// First referrals by day: the months' pattern times a surplus that fades. Returns follow no calendar, so the pattern
/// of first referrals is drawn somewhat stronger than the published one of all referrals.
fn onset(scenario: &Scenario) -> Table {
    const STRONGER: f64 = 1.4;
    let (families, mean) = (&scenario.families, published::MONTHS.iter().sum::<f64>() / 12.0);
    Table::new(
        0,
        (scenario.start.0..=scenario.end.0).map(|day| {
            let month = usize::try_from(Day(day).month() - 1).unwrap_or(0);
            let years = f64::from(day - scenario.start.0) / YEAR;
            let level = 1.0 + families.surplus * (-years / families.surplus_years).exp();
            (published::MONTHS[month] / mean).powf(STRONGER) * level
        }),
    )
}

/// Sources of referral: under 5 more from health and fewer from schools, from 5 the reverse, so that all together
/// are near the published shares.
fn source(under_five: bool) -> Sources {
    let tilt = |code: &str| match (code.as_bytes().first(), under_five) {
        (Some(b'2'), true) => 0.40,
        (Some(b'2'), false) => 1.35,
        (Some(b'3'), true) => 1.70,
        (Some(b'3'), false) => 0.60,
        _ => 1.0,
    };
    let since = published::SOURCES.iter().map(|&(code, share)| (code, share * tilt(code)));
    // Before 5D existed, such referrals were recorded as from the authority's social care.
    let before = since.clone().map(|(code, share)| (if code == "5D" { "5A" } else { code }, share));
    Sources { before: Mix::new(&codes::SOURCE, before), since: Mix::new(&codes::SOURCE, since) }
}

fn need(abuse: f64, disability: f64) -> Mix {
    let tilt = |code: &str| match code {
        "N1" => abuse,
        "N2" => disability,
        _ => 1.0,
    };
    Mix::new(&codes::NEED, published::NEEDS.iter().map(|&(code, share)| (code, share * tilt(code))))
}

fn factors() -> Vec<Factor> {
    published::FACTORS
        .iter()
        .filter_map(|&(code, percent, ages)| {
            let place = codes::FACTOR.find(code)?;
            let spec = codes::FACTOR.get(place)?;
            Some(Factor {
                code: place,
                share: percent / 100.0,
                ages,
                from_year: spec.from_year,
                to_year: spec.to_year,
            })
        })
        .collect()
}
