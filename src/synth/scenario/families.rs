//! Authorities and the families that live in them.

use super::super::fitted::Fitted;
use super::{Preset, number};
use crate::io::settings::Section;

/// One authority and its practice.
#[derive(Clone, Debug, PartialEq)]
pub struct Authority {
    /// Short name.
    pub name: String,
    /// Share of households, relative to the others' shares.
    pub share: f64,
    /// Share of referrals that end with no further action, in [0, 0.6]; approximate, since facts of the referral move it.
    pub nfa: f64,
    /// Share of referrals closed after assessment as not in need, in [0, 0.6]; approximate likewise.
    pub not_in_need: f64,
    /// Factor on the hazard of a return.
    pub returns: f64,
}

impl Authority {
    /// The practice of England as a whole.
    pub(super) fn typical(name: &str) -> Self {
        Self { name: name.to_owned(), share: 1.0, nfa: 0.065, not_in_need: 0.308, returns: 1.0 }
    }

    pub(super) fn read(name: String, section: Option<&Section<'_>>) -> Self {
        let typical = Self::typical(&name);
        Self {
            share: number(section, "share", 0.0..=1e6, typical.share),
            nfa: number(section, "nfa", 0.0..=0.6, typical.nfa),
            not_in_need: number(section, "not_in_need", 0.0..=0.6, typical.not_in_need),
            returns: number(section, "returns", 0.0..=10.0, typical.returns),
            name,
        }
    }
}

/// Households.
#[derive(Clone, Debug, PartialEq)]
pub struct Families {
    /// Relative shares of households with 1, 2, … children.
    pub sizes: Vec<f64>,
    /// Probability that a brother or sister is referred with the first child of the household.
    pub together_first: f64,
    /// Rate per year of a later first referral of a brother or sister who was not.
    pub later_first_per_year: f64,
    /// Rate per year at which a household moves out of the authority.
    pub moves_per_year: f64,
    /// Death rate per child and year.
    pub deaths_per_year: f64,
    /// Probability of the path into care, before the facts of the referral move it.
    pub care: f64,
}

impl Families {
    pub(super) fn read(section: Option<&Section<'_>>, preset: Option<Preset>, fitted: &Fitted) -> Self {
        let sizes = section
            .and_then(|s| s.integers("sizes", &(0..=1_000_000)))
            .unwrap_or_else(|| vec![46, 31, 15, 6, 2]);
        let total: i64 = sizes.iter().sum();
        if (total == 0 || sizes.len() > 9)
            && let Some(section) = section
        {
            section.fault("sizes", "`families.sizes` must have 1 to 9 shares, not all 0");
        }
        let care = preset.map_or(1.0, Preset::care) * fitted.care;
        Self {
            sizes: sizes.iter().filter_map(|&n| i32::try_from(n).ok()).map(f64::from).collect(),
            together_first: number(section, "together_first", 0.0..=1.0, 0.55),
            later_first_per_year: number(section, "later_first_per_year", 0.0..=10.0, 0.10),
            moves_per_year: number(section, "moves_per_year", 0.0..=1.0, 0.025),
            deaths_per_year: number(section, "deaths_per_year", 0.0..=0.1, 0.0003),
            care: number(section, "care", 0.0..=0.3, care),
        }
    }
}
