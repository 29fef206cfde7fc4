//! Ready-made scenarios, sized and practised like authorities in England. No authority is named: names are made up.

use super::super::fitted::Fitted;
use super::{Authority, Span};
use crate::num::Day;

/// A ready-made scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// All 153 authorities, six years, about 630,000 referrals a year.
    England,
    /// Twelve authorities, six years, about 40,000 referrals a year.
    Region,
    /// One authority of median size, six years, 3,400 referrals a year.
    Authority,
    /// Three small authorities with a shared service, six years, 4,000 referrals a year, 12 to 20 in 100 re-referred.
    AchievingForChildrenScale,
    /// The committed set: three authorities, eight years, about 3,000 children.
    Tiny,
    /// One authority where about 6 in 100 referred children become looked after within a year: a rare outcome.
    Rare,
}

/// Share re-referred by which the practice of one of England's authorities is chosen, and referrals a year, of the
/// authorities of a preset.
type Members = &'static [(&'static str, f64, f64)];

const REGION: Members = &[
    ("ashcombe", 0.15, 1_600.0),
    ("brindle", 0.23, 5_200.0),
    ("cotterdale", 0.20, 3_300.0),
    ("dunmere", 0.17, 2_100.0),
    ("elmsworth", 0.26, 6_500.0),
    ("fallowby", 0.19, 2_800.0),
    ("gorsedale", 0.22, 4_100.0),
    ("harnley", 0.14, 1_500.0),
    ("ivelham", 0.21, 3_900.0),
    ("jackmoor", 0.25, 3_000.0),
    ("kelthorpe", 0.18, 2_400.0),
    ("larkstead", 0.20, 4_400.0),
];
const SHARED_SERVICE: Members =
    &[("marlbank", 0.155, 1_350.0), ("northwater", 0.17, 1_250.0), ("oakhithe", 0.19, 1_400.0)];
const TINY: Members = &[("ashcombe", 0.21, 300.0), ("brindle", 0.18, 180.0), ("cotterdale", 0.25, 120.0)];

impl Preset {
    /// Every preset and its name.
    pub const NAMED: [(&'static str, Self); 6] = [
        ("england", Self::England),
        ("region", Self::Region),
        ("authority", Self::Authority),
        ("achieving-for-children-scale", Self::AchievingForChildrenScale),
        ("tiny", Self::Tiny),
        ("rare", Self::Rare),
    ];

    /// The last day of the records, unless the scenario says otherwise: the last published census.
    pub(super) fn end(self) -> Day {
        // 31 March 2024 for the committed set, and 2025, in days since 1970.
        Day(if self == Self::Tiny { 19_813 } else { 20_178 })
    }

    /// Years of records.
    pub(super) fn years(self) -> u32 {
        if self == Self::Tiny { 8 } else { 6 }
    }

    /// Factor on the path into care.
    pub(super) fn care(self) -> f64 {
        if self == Self::Rare { 1.04 } else { 1.0 }
    }

    fn members(self) -> Members {
        match self {
            Self::England => &[],
            Self::Region => REGION,
            Self::Authority => &[("penhollow", 0.20, 3_400.0)],
            Self::AchievingForChildrenScale => SHARED_SERVICE,
            Self::Tiny => TINY,
            Self::Rare => &[("quarrington", 0.20, 3_400.0)],
        }
    }

    /// Households that give so many referrals a year over the whole span.
    pub(super) fn households(self, span: &Span, fitted: &Fitted) -> u32 {
        let firsts: f64 = match self {
            Self::England => fitted.authorities.iter().map(|a| a.0).sum(),
            _ => self.members().iter().map(|m| m.2 * firsts(m.1)).sum(),
        };
        let households = firsts * fitted.households_per_referral * span.years();
        format!("{households:.0}").parse().unwrap_or(1)
    }

    /// The authorities: England's published practices without their names, or those nearest to what the preset asks.
    pub(super) fn authorities(self, fitted: &Fitted) -> Vec<Authority> {
        if self == Self::England {
            let numbered = fitted.authorities.iter().enumerate();
            return numbered
                .map(|(i, &(share, nfa, not_in_need, _, returns))| Authority {
                    name: format!("authority-{:03}", i + 1),
                    share,
                    nfa: nfa.min(0.6),
                    not_in_need: not_in_need.min(0.6),
                    returns,
                })
                .collect();
        }
        self.members()
            .iter()
            .map(|&(name, again, referrals)| {
                let typical = Authority::typical(name);
                let near = fitted.practice_near(again, referrals);
                near.map_or(typical.clone(), |&(_, nfa, not_in_need, _, returns)| Authority {
                    share: referrals * firsts(again),
                    nfa: nfa.min(0.6),
                    not_in_need: not_in_need.min(0.6),
                    returns,
                    ..typical
                })
            })
            .collect()
    }
}

/// Households for a referral a year in an authority with this share re-referred, relative to England's 0.226: where fewer
/// come back, it takes more. A line through simulated authorities from 0.10 to 0.23.
fn firsts(again: f64) -> f64 {
    const SLOPE: f64 = 1.65;
    (1.0 - SLOPE * again) / (1.0 - SLOPE * 0.226)
}
