//! The scenario: everything that decides a simulation, read from a TOML file.

use crate::io::settings::{self, Section, SettingsError};
use crate::num::Day;
use std::ops::RangeInclusive;

/// A simulation as meant: every setting has its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Root seed of every draw.
    pub seed: u64,
    /// Number of households with at least one referral. A scenario that differs only in having more of them contains
    /// the households of the smaller one unchanged.
    pub households: u32,
    /// First day of the records; nothing happens before it.
    pub start: Day,
    /// Last day of the records (`observed_to`).
    pub end: Day,
    /// The authorities, sorted by name.
    pub authorities: Vec<Authority>,
    /// Who lives in a household, when its children are first referred, and how they leave.
    pub families: Families,
    /// What makes a referred child come back.
    pub returns: Returns,
}

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

/// Households.
#[derive(Clone, Debug, PartialEq)]
pub struct Families {
    /// Relative shares of households with 1, 2, … children.
    pub sizes: Vec<f64>,
    /// Probability that a brother or sister is referred with the first child of the household.
    pub together_first: f64,
    /// Rate per year of a later first referral of a brother or sister who was not.
    pub later_first_per_year: f64,
    /// Surplus of first referrals at `start` over the later level, which fades with `surplus_years`. It stands for
    /// the families already known when the records begin, so that the number of referrals a year is about level.
    pub surplus: f64,
    /// Years in which the surplus falls to 1/e.
    pub surplus_years: f64,
    /// Rate per year at which a household moves out of the authority.
    pub moves_per_year: f64,
    /// Death rate per child and year.
    pub deaths_per_year: f64,
}

/// The hazard of a return after a closure: frailty x exp(effects) x Weibull hazard of the days since closure.
#[derive(Clone, Debug, PartialEq)]
pub struct Returns {
    /// Weibull shape; below 1 the hazard falls with time.
    pub shape: f64,
    /// Weibull scale in days.
    pub scale_days: f64,
    /// Shape a of the household frailty, Gamma(a, a) with mean 1 and variance 1/a.
    pub frailty_shape: f64,
    /// Share of the hazard that children of a household share: how often they come back on the same day.
    pub together: f64,
    /// Log hazard ratios of facts recorded at the referral.
    pub effects: Effects,
    /// Hazard ratios by the course of the episode that has closed.
    pub after: After,
}

macro_rules! numbers {
    ($(#[$outer:meta])* $name:ident, $range:expr; $($(#[$doc:meta])* $field:ident = $default:expr;)*) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: f64,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $name {
            fn read(section: Option<&Section<'_>>) -> Self {
                let default = Self::default();
                Self { $($field: number(section, stringify!($field), $range, default.$field),)* }
            }
        }
    };
}

numbers! {
    /// Log hazard ratios of a return. Every fact is recorded before, or with, the referral from which it counts.
    Effects, -3.0..=3.0;
    /// For each unit of ln(1 + earlier referrals of the child).
    earlier_referrals = 0.20;
    /// Last closure 180 days ago or less.
    recent_closure = 0.25;
    /// The last episode ended with no further action.
    previous_nfa = 0.25;
    /// The child has been on a child protection plan.
    previous_plan = 0.15;
    /// A brother or sister was referred on an earlier day.
    siblings_known = 0.15;
    /// A disability is recorded.
    disability = 0.20;
    /// Unborn or under 1 year.
    under_one = 0.30;
    /// 1 to 4 years.
    one_to_four = 0.20;
    /// 10 to 15 years.
    ten_to_fifteen = 0.10;
    /// 16 or 17 years.
    sixteen_plus = -0.40;
    /// Referred by a school.
    schools = 0.10;
    /// Referred by the police.
    police = -0.10;
    /// Referred anonymously.
    anonymous = -0.30;
}

numbers! {
    /// Hazard ratios of a return by what the closed episode was. After adoption nobody returns.
    After, 0.0..=10.0;
    /// No further action.
    no_further_action = 1.10;
    /// Assessed, not in need.
    not_in_need = 1.05;
    /// Child in need plan.
    child_in_need = 1.0;
    /// Child protection plan.
    protection = 0.9;
    /// Looked after.
    looked_after = 0.6;
}

impl Scenario {
    /// Reads a scenario file. Only `seed`, `households`, `start` and `end` must be there.
    ///
    /// # Errors
    /// Returns every fault at once, each with its line and column.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        settings::read(file, text, |root| {
            let seed = root.required("seed", root.integer("seed", 0..=i64::MAX));
            let households = root.required("households", root.integer("households", 1..=20_000_000));
            let start = root.required("start", root.day("start"));
            let end = root.required("end", root.day("end"));
            if let (Some(start), Some(end)) = (start, end)
                && !(end > start && end.0 - start.0 <= 40 * 366)
            {
                root.fault(
                    "end",
                    format!("`end` must be after `start` ({start}), by at most 40 years, found {end}"),
                );
            }
            // Everything is asked for before the first `?`, so that one fault hides no other.
            let authorities = authorities(root);
            let families = Families::read(root.section("families").as_ref());
            let returns = Returns::read(root.section("returns").as_ref());
            Some(Self {
                seed: u64::try_from(seed?).ok()?,
                households: u32::try_from(households?).ok()?,
                start: start?,
                end: end?,
                authorities,
                families,
                returns,
            })
        })
    }
}

impl Families {
    fn read(section: Option<&Section<'_>>) -> Self {
        let sizes = section
            .and_then(|s| s.integers("sizes", &(0..=1_000_000)))
            .unwrap_or_else(|| vec![46, 31, 15, 6, 2]);
        let total: i64 = sizes.iter().sum();
        if (total == 0 || sizes.len() > 9)
            && let Some(section) = section
        {
            section.fault("sizes", "`families.sizes` must have 1 to 9 shares, not all 0");
        }
        Self {
            sizes: sizes.iter().filter_map(|&n| i32::try_from(n).ok()).map(f64::from).collect(),
            together_first: number(section, "together_first", 0.0..=1.0, 0.55),
            later_first_per_year: number(section, "later_first_per_year", 0.0..=10.0, 0.10),
            surplus: number(section, "surplus", 0.0..=10.0, 2.5),
            surplus_years: number(section, "surplus_years", 0.1..=40.0, 2.0),
            moves_per_year: number(section, "moves_per_year", 0.0..=1.0, 0.025),
            deaths_per_year: number(section, "deaths_per_year", 0.0..=0.1, 0.0003),
        }
    }
}

impl Returns {
    fn read(section: Option<&Section<'_>>) -> Self {
        Self {
            shape: number(section, "shape", 0.2..=2.0, 0.70),
            scale_days: number(section, "scale_days", 10.0..=1e6, 3_000.0),
            frailty_shape: number(section, "frailty_shape", 0.05..=1000.0, 1.0),
            together: number(section, "together", 0.0..=1.0, 0.5),
            effects: Effects::read(section.and_then(|s| s.section("effects")).as_ref()),
            after: After::read(section.and_then(|s| s.section("after")).as_ref()),
        }
    }
}

fn number(section: Option<&Section<'_>>, key: &str, range: RangeInclusive<f64>, default: f64) -> f64 {
    section.and_then(|s| s.number(key, range)).unwrap_or(default)
}

fn authorities(root: &Section<'_>) -> Vec<Authority> {
    let Some(section) = root.section("authorities") else {
        return vec![Authority::read("synthetic".to_owned(), None)];
    };
    let mut names = section.keys();
    names.sort();
    let all: Vec<_> = names
        .into_iter()
        .map(|name| {
            let practice = section.section(&name);
            Authority::read(name, practice.as_ref())
        })
        .collect();
    if all.is_empty() || all.iter().map(|a| a.share).sum::<f64>() <= 0.0 {
        root.fault("authorities", "`authorities` must hold at least one authority with a share above 0");
    }
    all
}

impl Authority {
    fn read(name: String, section: Option<&Section<'_>>) -> Self {
        Self {
            name,
            share: number(section, "share", 0.0..=1e6, 1.0),
            nfa: number(section, "nfa", 0.0..=0.6, 0.065),
            not_in_need: number(section, "not_in_need", 0.0..=0.6, 0.308),
            returns: number(section, "returns", 0.0..=10.0, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    const LEAST: &str = "seed = 1\nhouseholds = 10\nstart = 2016-04-01\nend = 2024-03-31\n";

    #[test]
    fn four_settings_are_enough_and_each_can_be_changed() {
        let least = Scenario::read("s.toml", LEAST).unwrap();
        assert_eq!((least.authorities.len(), least.authorities[0].name.as_str()), (1, "synthetic"));
        let text = format!(
            "{LEAST}[returns]\nshape = 0.5\n[returns.effects]\npolice = -1\n[authorities.b]\nnfa = 0.2\n[authorities.a]\n"
        );
        let more = Scenario::read("s.toml", &text).unwrap();
        assert_eq!((more.returns.shape, more.returns.effects.police), (0.5, -1.0));
        assert_eq!(
            more.authorities.iter().map(|a| (a.name.as_str(), a.nfa)).collect::<Vec<_>>(),
            [("a", 0.065), ("b", 0.2)]
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let text = "seed = 1\nhouseholds = 0\nstart = 2024-04-01\nend = 2020-03-31\n[returns]\nshap = 1\n[families]\nsizes = [0]\n";
        let error = Scenario::read("s.toml", text).unwrap_err().to_string();
        for part in ["s.toml:2:14", "`end` must be after", "did you mean `shape`?", "`families.sizes`"] {
            assert!(error.contains(part), "{part} not in\n{error}");
        }
    }
}
