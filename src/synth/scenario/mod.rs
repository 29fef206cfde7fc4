//! The scenario: everything that decides a simulation, read from a TOML file or made from a [`Preset`].

mod dials;
mod families;
mod preset;
mod returns;

pub use dials::{Dials, Drift, Fields, Group, LostHistory, Tilt};
pub use families::{Authority, Families};
pub use preset::Preset;
pub use returns::{After, Effects, Returns};

use super::fitted::Fitted;
use super::notes::NoteSettings;
use crate::io::settings::{self, Section, SettingsError};
use crate::num::Day;
use std::ops::RangeInclusive;

/// A simulation as meant: every setting has its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Root seed of every draw.
    pub seed: u64,
    /// Number of households that are ever referred between the beginning of the burn-in and `end`. A scenario that
    /// differs only in having more of them contains the households of the smaller one unchanged.
    pub households: u32,
    /// Stops once this many children are in the records.
    pub children: Option<u32>,
    /// First day of the records. What happened before is lived through but not written.
    pub start: Day,
    /// Last day of the records (`observed_to`).
    pub end: Day,
    /// Years lived through before `start`: 18 give every child its whole history.
    pub burn_in_years: u32,
    /// The authorities, sorted by name.
    pub authorities: Vec<Authority>,
    /// Who lives in a household, when its children are first referred, and how they leave.
    pub families: Families,
    /// What makes a referred child come back.
    pub returns: Returns,
    /// What a researcher bends.
    pub dials: Dials,
    /// Case notes, if any are to be written.
    pub notes: Option<NoteSettings>,
    /// The fitted values behind everything else.
    pub fitted: Fitted,
}

impl Scenario {
    /// Reads a scenario file. `seed` must be there, and either `preset` or `households`, `start` and `end`.
    ///
    /// # Errors
    /// Returns every fault at once, each with its line and column.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        settings::read(file, text, |root| {
            let fitted = Fitted::committed().clone();
            let seed = root.required("seed", root.integer("seed", 0..=i64::MAX));
            // Everything is asked for before the first `?`, so that one fault hides no other.
            let (preset, years) = (root.choice("preset", &Preset::NAMED), root.integer("years", 1..=40));
            let children = root.integer("children", 1..=20_000_000);
            let burn_in_years = root.integer("burn_in_years", 0..=40);
            let span = Span::read(root, preset, years, burn_in_years);
            let households = root.integer("households", 1..=100_000_000);
            // A preset that is none has been reported: what it would have given is not missing.
            let named = root.keys().iter().any(|key| key == "preset");
            if !named {
                root.required("households", households);
            }
            let authorities = authorities(root, preset, &fitted);
            let families = Families::read(root.section("families").as_ref(), preset, &fitted);
            let returns = Returns::read(root.section("returns").as_ref(), &fitted);
            let dials = Dials::read(root.section("dials").as_ref());
            let notes = root.section("notes").map(|s| NoteSettings::read(&s));
            lost_authorities_exist(root, &dials, &authorities);
            if dials.text != 0.0 && notes.is_none() {
                root.fault("dials", "`dials.text` needs a section `[notes]`: without notes there is no text");
            }
            let span = span?;
            let households = households.and_then(|n| u32::try_from(n).ok());
            let households = households.or_else(|| Some(preset?.households(&span, &fitted)))?;
            let children = children.and_then(|n| u32::try_from(n).ok());
            Some(Self {
                seed: u64::try_from(seed?).ok()?,
                // Enough households for the children asked for; the simulation stops when it has them.
                households: children.map_or(households, |n| n.saturating_mul(20).max(households)),
                children,
                start: span.start,
                end: span.end,
                burn_in_years: span.burn_in_years,
                authorities,
                families,
                returns,
                dials,
                notes,
                fitted,
            })
        })
    }

    /// A preset as it is, with so many years of records and of burn-in, and other fitted values than the committed.
    #[must_use]
    pub fn of_preset(preset: Preset, seed: u64, years: u32, burn_in_years: u32, fitted: &Fitted) -> Self {
        let end = preset.end();
        let span = Span { start: back(end.plus(1), years), end, burn_in_years };
        Self {
            seed,
            households: preset.households(&span, fitted),
            children: None,
            start: span.start,
            end,
            burn_in_years,
            authorities: preset.authorities(fitted),
            families: Families::read(None, Some(preset), fitted),
            returns: Returns::read(None, fitted),
            dials: Dials::default(),
            notes: None,
            fitted: fitted.clone(),
        }
    }

    /// The same with another number of households.
    #[must_use]
    pub fn with_households(self, households: u32) -> Self {
        Self { households, ..self }
    }

    /// The first day that is lived through.
    #[must_use]
    pub fn origin(&self) -> Day {
        back(self.start, self.burn_in_years)
    }

    /// The first day of the records of an authority, by its place.
    #[must_use]
    pub fn recorded_from(&self, authority: usize) -> Day {
        let name = self.authorities.get(authority).map(|a| a.name.as_str()).unwrap_or_default();
        match &self.dials.lost_history {
            Some(lost) if lost.authorities.iter().any(|a| a == name) => lost.before.max(self.start),
            _ => self.start,
        }
    }
}

/// The window of the records and what is lived through before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: Day,
    pub(super) end: Day,
    pub(super) burn_in_years: u32,
}

impl Span {
    fn read(
        root: &Section<'_>,
        preset: Option<Preset>,
        years: Option<i64>,
        burn: Option<i64>,
    ) -> Option<Self> {
        let (start, end) = (root.day("start"), root.day("end"));
        let named = root.keys().iter().any(|key| key == "preset");
        let end = if named { end.or(preset.map(Preset::end)) } else { root.required("end", end) };
        let years = years.and_then(|y| u32::try_from(y).ok());
        if start.is_some() && years.is_some() {
            root.fault("years", "`years` and `start` cannot both be given: `years` counts back from `end`");
        }
        let years = years.or_else(|| preset.map(Preset::years));
        let start = start.or_else(|| Some(back(end?.plus(1), years?)));
        let start = if named || years.is_some() { start } else { root.required("start", start) };
        let (start, end) = (start?, end?);
        if !(end > start && end.0 - start.0 <= 40 * 366) {
            let message = format!("`end` must be after `start` ({start}), by at most 40 years, found {end}");
            root.fault("end", message);
            return None;
        }
        let burn_in_years = burn.and_then(|y| u32::try_from(y).ok()).unwrap_or(18);
        Some(Self { start, end, burn_in_years })
    }

    /// Years lived through, burn-in and records.
    pub(super) fn years(&self) -> f64 {
        f64::from(self.burn_in_years) + f64::from(self.end.0 - self.start.0 + 1) / super::world::YEAR
    }
}

/// The same day some years earlier.
fn back(day: Day, years: u32) -> Day {
    let year = day.year() - i32::try_from(years).unwrap_or(0);
    Day::from_ymd(year, day.month(), 1).map_or(day, |first| first.plus(day.0 - day.first_of_month().0))
}

pub(super) fn number(
    section: Option<&Section<'_>>,
    key: &str,
    range: RangeInclusive<f64>,
    default: f64,
) -> f64 {
    section.and_then(|s| s.number(key, range)).unwrap_or(default)
}

fn authorities(root: &Section<'_>, preset: Option<Preset>, fitted: &Fitted) -> Vec<Authority> {
    let Some(section) = root.section("authorities") else {
        return preset.map_or_else(|| vec![Authority::typical("synthetic")], |p| p.authorities(fitted));
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

fn lost_authorities_exist(root: &Section<'_>, dials: &Dials, authorities: &[Authority]) {
    let lost = dials.lost_history.iter().flat_map(|lost| &lost.authorities);
    for name in lost.filter(|name| !authorities.iter().any(|a| a.name == **name)) {
        let message = format!("`dials.lost_history.authorities` names `{name}`, which is no authority here");
        root.fault("dials", message);
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
    fn a_preset_needs_a_seed_only_and_years_count_back_from_its_end() {
        let england = Scenario::read("s.toml", "seed = 1\npreset = \"england\"\n").unwrap();
        assert_eq!(england.authorities.len(), 153);
        let short = Scenario::read("s.toml", "seed = 1\npreset = \"england\"\nyears = 2\n").unwrap();
        assert_eq!((short.start.to_string(), short.end), ("2023-04-01".to_owned(), england.end));
        assert!(short.households < england.households);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let text = "seed = 1\nhouseholds = 0\nstart = 2024-04-01\nend = 2020-03-31\n[returns]\nshap = 1\n\
            [families]\nsizes = [0]\n[dials.recording_bias]\ngroup = \"tall\"\nfactor = 2\n\
            [dials.lost_history]\nauthorities = [\"x\"]\nbefore = 2020-01-01\n";
        let error = Scenario::read("s.toml", text).unwrap_err().to_string();
        for part in [
            "s.toml:2:14",
            "`end` must be after",
            "did you mean `shape`?",
            "`families.sizes`",
            "`disabled`",
            "`x`",
        ] {
            assert!(error.contains(part), "{part} not in\n{error}");
        }
    }
}
