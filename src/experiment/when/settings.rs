//! `[when]` of an experiment file.

use crate::cohort::{Clock, Definition, Point, TimedDefinition};
use crate::io::settings::Section;
use crate::schema::{KINDS, Kind};

/// How long until what. `[when]` alone takes these defaults: no other kinds of event, `horizons_months = [3, 6, 12, 24, 60]`,
/// `delayed_entry = false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Kinds of event, besides the outcome, that end the waiting.
    pub also: Vec<Kind>,
    /// Months after the start, rising.
    pub horizons: Vec<u32>,
    /// Whether referrals from before the records begin are followed from when they do.
    pub delayed_entry: bool,
}

/// Reads the section; `cohort` is that of the experiment.
pub(in crate::experiment) fn read(s: &Section<'_>, cohort: Option<&Definition>) -> Option<Settings> {
    let kinds: Vec<(&str, Kind)> = KINDS.iter().map(|k| (k.name, k.kind)).collect();
    let also = s.choices("also", &kinds).unwrap_or_default();
    let horizons = s.integers("horizons_months", &(1..=240)).unwrap_or_else(|| vec![3, 6, 12, 24, 60]);
    if !horizons.is_sorted_by(|a, b| a < b) || !(1..=12).contains(&horizons.len()) {
        s.fault(
            "horizons_months",
            "`when.horizons_months` must list 1 to 12 numbers of months, rising, each once",
        );
    }
    let delayed_entry = s.boolean("delayed_entry").unwrap_or(false);
    if let Some(cohort) = cohort {
        if also.contains(&cohort.outcome) {
            let name = cohort.outcome.spec().name;
            s.fault("also", format!("`when.also` names `{name}`, which `cohort.outcome` asks about already"));
        }
        let fits = matches!(
            (cohort.point, cohort.clock),
            (Point::AtReferral, Clock::FromReferral) | (Point::AtClosure, Clock::FromClosure)
        );
        if !fits {
            s.fault(
                "horizons_months",
                "`[when]` counts time from the day of the prediction: it needs `cohort.point = \"at-referral\"` with `clock = \
                 \"from-referral\"`, or `\"at-closure\"` with `\"from-closure\"`",
            );
        }
    }
    let horizons = horizons.into_iter().filter_map(|m| u32::try_from(m).ok()).collect();
    Some(Settings { also, horizons, delayed_entry })
}

impl Settings {
    /// The question as the cohort understands it.
    #[must_use]
    pub fn definition(&self, cohort: &Definition) -> TimedDefinition {
        let causes = std::iter::once(cohort.outcome).chain(self.also.iter().copied()).collect();
        TimedDefinition {
            index: cohort.index,
            point: cohort.point,
            causes,
            delayed_entry: self.delayed_entry,
        }
    }

    /// The section as meant.
    #[must_use]
    pub fn meant(&self) -> String {
        let also: Vec<&str> = self.also.iter().map(|kind| kind.spec().name).collect();
        format!(
            "[when]\nalso = {also:?}\nhorizons_months = {:?}\ndelayed_entry = {}\n",
            self.horizons, self.delayed_entry
        )
    }
}

/// So many months in days: twelfths of 365.25 days, rounded.
#[must_use]
pub fn days(months: u32) -> i32 {
    (f64::from(months) * 365.25 / 12.0).round() as i32
}
