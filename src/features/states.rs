//! How long the child has been known, what was open on the prediction date and for how long, and how long such spells
//! have lasted in all.

use super::as_of::{CODES_PER_KIND, Item};
use super::dictionary::Feature;
use super::source_group::SourceGroup;
use crate::history::NO_EPISODE;
use crate::schema::Kind;

/// A kind of spell, with the kinds that start and end it.
const SPELLS: [(&str, &str, Kind, Kind); 6] = [
    ("episode", "episode", Kind::Referral, Kind::Closure),
    ("assessment", "assessment", Kind::AssessmentStart, Kind::AssessmentEnd),
    ("early_help", "early help", Kind::EarlyHelpStart, Kind::EarlyHelpEnd),
    ("cin_plan", "child in need plan", Kind::CinPlanStart, Kind::CinPlanEnd),
    ("cp", "child protection plan", Kind::CpStart, Kind::CpEnd),
    ("cla", "looked-after", Kind::ClaStart, Kind::ClaEnd),
];

/// Values a spell contributes to a row.
const PER_SPELL: usize = 3;

/// Number of values in a row: the spells, and how long the child has been known.
pub const WIDTH: usize = SPELLS.len() * PER_SPELL + 1;

#[derive(Clone, Copy, Debug, Default)]
struct Spell {
    started: i64,
    ended: i64,
    last_start: i64,
    sum_of_starts: i64,
    sum_of_ends: i64,
}

/// Running states of one child.
#[derive(Debug, Default)]
pub struct States {
    spells: [Spell; SPELLS.len()],
    /// Episodes already ended by a decision to take no further action, so that a later closure ends nothing more.
    ended_by_nfa: Vec<u32>,
    /// Date of the earliest event.
    first: Option<i32>,
}

impl States {
    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds items that became known.
    pub fn add(&mut self, items: &[Item]) {
        for item in items {
            self.first = Some(self.first.map_or(item.date, |first| first.min(item.date)));
            let kind = usize::from(item.key) / CODES_PER_KIND;
            let is = |k: Kind| kind == k as usize;
            if is(Kind::ReferralNfa) {
                self.end(0, item);
                self.ended_by_nfa.push(item.episode);
                continue;
            }
            for (i, (_, _, start, end)) in SPELLS.iter().enumerate() {
                if is(*start) {
                    let (spell, day) = (&mut self.spells[i], i64::from(item.date));
                    spell.started += 1;
                    spell.last_start = day;
                    spell.sum_of_starts += day;
                } else if is(*end) && !(i == 0 && self.ended_by_nfa.contains(&item.episode)) {
                    self.end(i, item);
                }
            }
        }
    }

    fn end(&mut self, spell: usize, item: &Item) {
        if spell == 0 && item.episode != NO_EPISODE && self.ended_by_nfa.contains(&item.episode) {
            return;
        }
        self.spells[spell].ended += 1;
        self.spells[spell].sum_of_ends += i64::from(item.date);
    }

    /// Writes the row of prediction day `day`. Where more spells ended than started, an early start is not in the
    /// records and the time in all is missing.
    pub fn write(&self, day: i32, out: &mut [f32]) {
        let (spells, first) = out.split_at_mut(WIDTH - 1);
        first[0] = days_since(self.first, day);
        for (spell, out) in self.spells.iter().zip(spells.chunks_exact_mut(PER_SPELL)) {
            let open = spell.started - spell.ended;
            let in_all = spell.sum_of_ends - spell.sum_of_starts + open * i64::from(day);
            out[0] = if open > 0 { 1.0 } else { 0.0 };
            out[1] = if open > 0 { (i64::from(day) - spell.last_start) as f32 } else { 0.0 };
            out[2] = if open < 0 { f32::NAN } else { in_all as f32 };
        }
    }
}

/// Days from `first` to `day`; missing if there is none.
pub(super) fn days_since(first: Option<i32>, day: i32) -> f32 {
    // Days fit f32 exactly up to 45,000 years.
    first.map_or(f32::NAN, |first| (day - first) as f32)
}

/// The dictionary rows, in the order of [`States::write`].
#[must_use]
pub fn dictionary() -> Vec<Feature> {
    let spell = |(id, words, start, end): &(&str, &str, Kind, Kind)| {
        let group = SourceGroup::of_events(*start, None);
        let source = format!("events: {}, {}", start.spec().name, end.spec().name);
        let feature = |suffix: &str, words: String| {
            Feature::dated(format!("{id}_{suffix}"), words, "ever", &source).of(group)
        };
        [
            feature("open", format!("1 if a spell of {words} was open, else 0")),
            feature("open_days", format!("days since the open spell of {words} started; 0 if none was open")),
            feature(
                "total_days",
                format!("days in all in spells of {words}; missing if an early start is not recorded"),
            ),
        ]
    };
    let words = "days since the child's first event in the records; missing if none".to_owned();
    let first = Feature::dated("first_event_since".to_owned(), words, "ever", "events: date, known_on")
        .of(SourceGroup::Known);
    SPELLS.iter().flat_map(spell).chain([first]).collect()
}
