//! `[when]` of an experiment file.

use crate::cohort::{Clock, Definition, Point, TimedDefinition};
use crate::io::settings::Section;
use crate::models::time::learners::registry::TIME_REGISTRY;
use crate::schema::{KINDS, Kind};

/// How long until what. `[when]` alone takes these defaults: no other kinds of event, `horizons_months = [3, 6, 12, 24, 60]`,
/// `delayed_entry = false`, no models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Kinds of event, besides the outcome, that end the waiting.
    pub also: Vec<Kind>,
    /// Months after the start, rising.
    pub horizons: Vec<u32>,
    /// Whether referrals from before the records begin are followed from when they do.
    pub delayed_entry: bool,
    /// Models of when; `None`: it is only described.
    pub models: Option<Models>,
}

/// Which models of when are taught, and what they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Models {
    /// Ids, in the order of the registry.
    pub learners: Vec<&'static str>,
    /// Model to be judged.
    pub candidate: &'static str,
    /// Model it must beat.
    pub reference: &'static str,
    /// The time of the tables by group, one of the horizons, in months.
    pub main_months: u32,
    /// Months after the start at which predictions are made anew, rising; 0 is the start.
    pub landmarks: Vec<u32>,
    /// How far those look, in months.
    pub window: u32,
}

/// Keys that mean something only with `learners`.
const OF_MODELS: [&str; 5] = ["candidate", "reference", "main_months", "landmarks_months", "window_months"];

/// Reads the keys of the models; `None` where no learner is named, or something is wrong.
fn models(s: &Section<'_>, horizons: &[u32]) -> Option<Models> {
    let all: Vec<(&str, &'static str)> =
        TIME_REGISTRY.iter().map(|entry| (entry.id.as_str(), entry.id.as_str())).collect();
    let Some(asked) = s.choices("learners", &all) else {
        for key in OF_MODELS.into_iter().filter(|key| s.has(key)) {
            s.fault(key, format!("`when.{key}` is about models, and `when.learners` names none"));
        }
        return None;
    };
    if asked.is_empty() {
        s.fault("learners", "`when.learners` must name at least one learner; leave it out to describe only");
    }
    let learners: Vec<&'static str> = all.iter().map(|(_, id)| *id).filter(|id| asked.contains(id)).collect();
    let named: Vec<(&str, &'static str)> = learners.iter().map(|id| (*id, *id)).collect();
    let candidate = s.required("candidate", s.choice("candidate", &named));
    let reference = s.required("reference", s.choice("reference", &named));
    if candidate.is_some() && candidate == reference {
        s.fault("reference", "`when.reference` must differ from `when.candidate`");
    }
    let months = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let main = months(s.integer("main_months", 1..=240));
    let usual = horizons.iter().copied().filter(|m| *m <= 12).max().or(horizons.first().copied());
    if main.is_some_and(|main| !horizons.contains(&main)) {
        s.fault("main_months", "`when.main_months` must be one of `when.horizons_months`");
    }
    let landmarks = s.integers("landmarks_months", &(0..=120)).unwrap_or_default();
    if !landmarks.is_sorted_by(|a, b| a < b) || landmarks.len() > 12 {
        s.fault(
            "landmarks_months",
            "`when.landmarks_months` must list up to 12 numbers of months, rising, each once",
        );
    }
    let window = months(s.integer("window_months", 1..=120));
    let main_months = main.or(usual)?;
    if landmarks.first() == Some(&0) && window.is_some_and(|window| !horizons.contains(&window)) {
        // Two times of the same rows must be judged together.
        s.fault(
            "window_months",
            "`when.window_months` must be one of `when.horizons_months` where `when.landmarks_months` has 0",
        );
    }
    Some(Models {
        learners,
        candidate: candidate?,
        reference: reference?,
        main_months,
        landmarks: landmarks.into_iter().filter_map(|m| u32::try_from(m).ok()).collect(),
        window: window.unwrap_or(main_months),
    })
}

impl Models {
    fn meant(&self) -> String {
        format!(
            "learners = {:?}\ncandidate = {:?}\nreference = {:?}\nmain_months = {}\nlandmarks_months = {:?}\nwindow_months = {}\n",
            self.learners, self.candidate, self.reference, self.main_months, self.landmarks, self.window
        )
    }
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
    let horizons: Vec<u32> = horizons.into_iter().filter_map(|m| u32::try_from(m).ok()).collect();
    let models = models(s, &horizons);
    Some(Settings { also, horizons, delayed_entry, models })
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
            "[when]\nalso = {also:?}\nhorizons_months = {:?}\ndelayed_entry = {}\n{}",
            self.horizons,
            self.delayed_entry,
            self.models.as_ref().map_or_else(String::new, Models::meant)
        )
    }
}

/// So many months in days: twelfths of 365.25 days, rounded.
#[must_use]
pub fn days(months: u32) -> i32 {
    (f64::from(months) * 365.25 / 12.0).round() as i32
}
