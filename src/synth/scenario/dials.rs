//! The dials of a researcher: each bends the records, or the world behind them, by a known amount.
//!
//! All are at rest by default. What each does to a referral is written beside its truth.

use super::number;
use crate::history::NO_CODE;
use crate::io::settings::Section;
use crate::num::Day;
use crate::schema::codes;

/// A recorded group of children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Place in [`codes::SEX`].
    Sex(u8),
    /// A broad ethnic group, as in the code list.
    Ethnicity(&'static str),
    /// Children with a recorded disability.
    Disabled,
}

impl Group {
    /// The group called `name`, such as `black`, `F` or `disabled`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let ethnicity = codes::ETHNICITY.codes.iter().map(|c| c.group).find(|group| *group == name);
        match name {
            "disabled" => Some(Self::Disabled),
            _ => ethnicity.map(Self::Ethnicity).or_else(|| codes::SEX.find(name).map(Self::Sex)),
        }
    }

    /// Whether a child with these facts is in it.
    #[must_use]
    pub fn holds(self, sex: u8, ethnicity: u8, disabled: bool) -> bool {
        match self {
            Self::Sex(place) => sex == place && sex != NO_CODE,
            Self::Ethnicity(group) => codes::ETHNICITY.get(ethnicity).is_some_and(|c| c.group == group),
            Self::Disabled => disabled,
        }
    }
}

/// A factor on a group's hazard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tilt {
    /// Which children.
    pub group: Group,
    /// The factor, above 0.
    pub factor: f64,
}

/// A change of the world over the recorded years.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drift {
    /// Log hazard ratio of a return per year of the records.
    pub level_per_year: f64,
    /// Log of the factor on all effects per year of the records: below 0 what drives returns fades.
    pub signal_per_year: f64,
}

/// Fields that are left empty or written late.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fields {
    /// Share of sources, needs, ethnicities and disabilities that are not recorded, each by itself.
    pub missing: f64,
    /// Share of assessments and closures that are written down late.
    pub late: f64,
    /// Days by which they are late, at most; each number from 1 is equally likely.
    pub late_days: i32,
}

impl Default for Fields {
    fn default() -> Self {
        Self { missing: 0.0, late: 0.0, late_days: 60 }
    }
}

/// Records that a reorganisation lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostHistory {
    /// Names of the authorities.
    pub authorities: Vec<String>,
    /// The first day of the new records. Episodes opened before it are lost.
    pub before: Day,
}

/// All dials.
#[derive(Clone, Debug, PartialEq)]
pub struct Dials {
    /// Factor on every log hazard ratio and on the spread of the frailty: 0 leaves nothing to find, 1 is as fitted.
    pub signal: f64,
    /// One group's referrals are recorded `factor` times as often as others' at equal need.
    pub recording_bias: Option<Tilt>,
    /// One group's returns are `factor` times as likely at an equal record: a model that is not told the group is
    /// miscalibrated for it.
    pub group_shift: Option<Tilt>,
    /// Label noise: share of referrals that happened and were not recorded.
    pub missed: f64,
    /// Label noise: referrals a year recorded by mistake for a child whose case is closed.
    pub spurious_per_year: f64,
    /// Missing and late fields.
    pub fields: Fields,
    /// Lost history.
    pub lost_history: Option<LostHistory>,
    /// Drift.
    pub drift: Drift,
    /// Log hazard ratio of a return between families whom the notes describe as working with services and others.
    /// Nothing but the notes tells them apart.
    pub text: f64,
}

impl Default for Dials {
    fn default() -> Self {
        Self {
            signal: 1.0,
            recording_bias: None,
            group_shift: None,
            missed: 0.0,
            spurious_per_year: 0.0,
            fields: Fields::default(),
            lost_history: None,
            drift: Drift::default(),
            text: 0.0,
        }
    }
}

impl Dials {
    pub(super) fn read(section: Option<&Section<'_>>) -> Self {
        let rest = Self::default();
        let part = |name: &str| section.and_then(|s| s.section(name));
        let (fields, drift) = (part("fields"), part("drift"));
        let (fields, drift) = (fields.as_ref(), drift.as_ref());
        let late_days = fields.and_then(|s| s.integer("late_days", 1..=1_000));
        Self {
            signal: number(section, "signal", 0.0..=5.0, rest.signal),
            recording_bias: part("recording_bias").and_then(|s| tilt(&s, 1.0..=10.0)),
            group_shift: part("group_shift").and_then(|s| tilt(&s, 0.05..=20.0)),
            missed: number(section, "missed", 0.0..=0.9, rest.missed),
            spurious_per_year: number(section, "spurious_per_year", 0.0..=5.0, rest.spurious_per_year),
            fields: Fields {
                missing: number(fields, "missing", 0.0..=1.0, rest.fields.missing),
                late: number(fields, "late", 0.0..=1.0, rest.fields.late),
                late_days: late_days.and_then(|d| i32::try_from(d).ok()).unwrap_or(rest.fields.late_days),
            },
            lost_history: part("lost_history").and_then(|s| {
                let authorities = s.required("authorities", s.texts("authorities"));
                let before = s.required("before", s.day("before"));
                Some(LostHistory { authorities: authorities?, before: before? })
            }),
            drift: Drift {
                level_per_year: number(drift, "level_per_year", -0.5..=0.5, 0.0),
                signal_per_year: number(drift, "signal_per_year", -1.0..=0.2, 0.0),
            },
            text: number(section, "text", -3.0..=3.0, rest.text),
        }
    }

    /// Whether the recorded returns are fewer, or others, than the true ones.
    #[must_use]
    pub fn label_noise(&self) -> bool {
        self.missed > 0.0 || self.spurious_per_year > 0.0
    }
}

fn tilt(section: &Section<'_>, range: std::ops::RangeInclusive<f64>) -> Option<Tilt> {
    let name = section.required("group", section.text("group"));
    let factor = section.required("factor", section.number("factor", range));
    let group = name.as_deref().and_then(Group::named);
    if name.is_some() && group.is_none() {
        let allowed = "`F`, `M`, `disabled`, `white`, `mixed`, `asian`, `black` or `other`";
        section.fault("group", format!("no such group: allowed are {allowed}"));
    }
    Some(Tilt { group: group?, factor: factor? })
}
