//! The only place where the past is cut.
//!
//! Builders of features never see a history. They see [`Item`]s handed out by a [`Past`], which releases a row only
//! once `known_on` lies before the prediction date, and [`admitted`] facts of the index episode, which are known on
//! the prediction date itself and are admitted by name.

use crate::cohort::{IndexRow, Point};
use crate::history::{History, NO_CODE, NO_EPISODE};
use crate::num::Day;
use crate::schema::Kind;
use crate::schema::codes::{CLOSURE, CodeList, FACTOR, NEED, SOURCE};

/// How many codes a kind may have: an item's key is its kind times this, plus its code.
pub const CODES_PER_KIND: usize = 64;

/// One event as builders see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Day it entered the record, in days since 1970.
    pub known_on: i32,
    /// Day it happened.
    pub date: i32,
    /// What it is: the kind's place times [`CODES_PER_KIND`], plus the code's place (or the last place for no code).
    pub key: u16,
    /// Its episode, or [`NO_EPISODE`].
    pub episode: u32,
}

/// The key of a kind and code.
#[must_use]
pub fn key(kind: Kind, code: u8) -> u16 {
    let code = if code == NO_CODE { CODES_PER_KIND - 1 } else { usize::from(code).min(CODES_PER_KIND - 1) };
    u16::try_from(kind as usize * CODES_PER_KIND + code).unwrap_or(u16::MAX)
}

/// Fills `items` with the events of one child in the order in which they became known.
pub fn items_of(history: &History, child: usize, items: &mut Vec<Item>) {
    let events = &history.events;
    items.clear();
    items.extend(history.events_of(child).map(|i| Item {
        known_on: events.known_on[i].0,
        date: events.date[i].0,
        key: key(events.kind[i], events.code[i]),
        episode: events.episode[i],
    }));
    sort(items);
}

/// Puts items in the order in which they became known. Ties are ordered by all fields, so that the order in which a
/// file happened to list them cannot matter.
pub fn sort(items: &mut [Item]) {
    if !items.is_sorted_by_key(order) {
        items.sort_unstable_by_key(order);
    }
}

fn order(item: &Item) -> (i32, i32, u16, u32) {
    (item.known_on, item.date, item.key, item.episode)
}

/// The past of one child (or of several), released as prediction dates move forward.
#[derive(Debug)]
pub struct Past<'a> {
    items: &'a [Item],
    released: usize,
}

impl<'a> Past<'a> {
    /// The past in `items`, sorted by [`sort`].
    #[must_use]
    pub fn new(items: &'a [Item]) -> Self {
        Self { items, released: 0 }
    }

    /// The items that became known before `predict_on` and were not released yet. Dates must not go back.
    pub fn release(&mut self, predict_on: Day) -> &'a [Item] {
        let rest = &self.items[self.released..];
        let known = rest.iter().take_while(|item| item.known_on < predict_on.0).count();
        self.released += known;
        &rest[..known]
    }
}

/// A fact of the index episode that is admitted by name although it is known only on the prediction date.
#[derive(Clone, Copy, Debug)]
pub struct AdmittedFact {
    /// The event kind.
    pub kind: Kind,
    /// Its code list.
    pub codes: &'static CodeList,
    /// In words, to head its features.
    pub words: &'static str,
    /// From which prediction point on it is admitted.
    pub from: Point,
}

/// Every admitted fact.
pub static ADMITTED: &[AdmittedFact] = &[
    AdmittedFact {
        kind: Kind::Referral,
        codes: &SOURCE,
        words: "source of this referral",
        from: Point::AtReferral,
    },
    AdmittedFact {
        kind: Kind::Need,
        codes: &NEED,
        words: "primary need in this episode",
        from: Point::AtAssessmentEnd,
    },
    AdmittedFact {
        kind: Kind::Factor,
        codes: &FACTOR,
        words: "factor found in this episode",
        from: Point::AtAssessmentEnd,
    },
    AdmittedFact {
        kind: Kind::Closure,
        codes: &CLOSURE,
        words: "reason for closing this episode",
        from: Point::AtClosure,
    },
];

impl AdmittedFact {
    /// Whether it is admitted at a prediction point.
    #[must_use]
    pub fn is_admitted(&self, point: Point) -> bool {
        point as u8 >= self.from as u8
    }
}

/// The places of the events that are admitted for this row: the referrals of the child on the day of the index referral
/// at any point, and later facts of the index episode known by the prediction date.
///
/// Of several referrals on one day the one whose episode lasts longest is the index, which nobody could know on that
/// day; so the sources of all of them are admitted.
pub fn admitted(history: &History, row: &IndexRow, point: Point) -> impl Iterator<Item = usize> {
    let events = &history.events;
    history.events_of(row.child as usize).filter(move |&i| {
        let fact = ADMITTED.iter().find(|f| f.kind == events.kind[i]);
        let of_episode = events.episode[i] == row.episode && row.episode != NO_EPISODE;
        let is_index =
            if events.kind[i] == Kind::Referral { events.date[i] == row.referral } else { of_episode };
        fact.is_some_and(|f| f.is_admitted(point)) && is_index && events.known_on[i] <= row.predict_on
    })
}
