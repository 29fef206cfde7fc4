//! `History`: what every reader makes and every later stage starts from.
//!
//! In: the rows of the canonical tables ([`crate::schema::tables`]), checked by a reader in [`crate::ingest`] or made
//! by [`crate::synth`]. Out: the same as columns in memory, sorted, with codes as their places in the code lists.

use crate::num::Day;
use crate::schema::Kind;

/// The place of "no code" or "not recorded" in a column of code places.
pub const NO_CODE: u8 = u8::MAX;
/// The episode number of an event outside any episode.
pub const NO_EPISODE: u32 = u32::MAX;

/// The children, a column a field, sorted by `id`. All columns are as long as `id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Children {
    /// Surrogate as given.
    pub id: Vec<i64>,
    /// First day of the month of birth, or of the expected birth.
    pub birth_month: Vec<Option<Day>>,
    /// Place in [`crate::schema::codes::SEX`], or [`NO_CODE`].
    pub sex: Vec<u8>,
    /// Place in [`crate::schema::codes::ETHNICITY`], or [`NO_CODE`].
    pub ethnicity: Vec<u8>,
    /// Bit *i* set: the *i*-th code of [`crate::schema::codes::DISABILITY`] is recorded. 0: nothing recorded.
    pub disabilities: Vec<u16>,
    /// Dense household number from 0; every child has one, a child without a recorded household its own.
    pub household: Vec<u32>,
    /// Place in [`History::authorities`].
    pub authority: Vec<u16>,
    /// First observed day.
    pub observed_from: Vec<Day>,
    /// Last observed day.
    pub observed_to: Vec<Day>,
    /// Day the child left, if recorded.
    pub left_on: Vec<Option<Day>>,
    /// Place in [`crate::schema::codes::LEFT`], or [`NO_CODE`].
    pub left_reason: Vec<u8>,
}

impl Children {
    /// The number of children.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Adds rows at the end.
    pub(crate) fn append(&mut self, more: Self) {
        self.id.extend(more.id);
        self.birth_month.extend(more.birth_month);
        self.sex.extend(more.sex);
        self.ethnicity.extend(more.ethnicity);
        self.disabilities.extend(more.disabilities);
        self.household.extend(more.household);
        self.authority.extend(more.authority);
        self.observed_from.extend(more.observed_from);
        self.observed_to.extend(more.observed_to);
        self.left_on.extend(more.left_on);
        self.left_reason.extend(more.left_reason);
    }

    /// Keeps the first `most` rows.
    pub(crate) fn truncate(&mut self, most: usize) {
        self.id.truncate(most);
        self.birth_month.truncate(most);
        self.sex.truncate(most);
        self.ethnicity.truncate(most);
        self.disabilities.truncate(most);
        self.household.truncate(most);
        self.authority.truncate(most);
        self.observed_from.truncate(most);
        self.observed_to.truncate(most);
        self.left_on.truncate(most);
        self.left_reason.truncate(most);
    }
}

/// The events, a column a field, sorted by child, date, kind, code, episode, `known_on`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Place of the child in [`Children`].
    pub child: Vec<u32>,
    /// Day it happened.
    pub date: Vec<Day>,
    /// Day it entered the record; never before `date`.
    pub known_on: Vec<Day>,
    /// What happened.
    pub kind: Vec<Kind>,
    /// Place in the kind's code list, or [`NO_CODE`].
    pub code: Vec<u8>,
    /// Episode number, or [`NO_EPISODE`]. Unique over the whole history, so an episode belongs to one child.
    pub episode: Vec<u32>,
}

impl Events {
    /// The number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.child.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.child.is_empty()
    }

    /// Adds one event at the end; call [`History::new`] to sort.
    pub fn push(&mut self, event: Event) {
        self.child.push(event.child);
        self.date.push(event.date);
        self.known_on.push(event.known_on);
        self.kind.push(event.kind);
        self.code.push(event.code);
        self.episode.push(event.episode);
    }

    /// The event at a place.
    #[must_use]
    pub fn get(&self, i: usize) -> Event {
        Event {
            child: self.child[i],
            date: self.date[i],
            known_on: self.known_on[i],
            kind: self.kind[i],
            code: self.code[i],
            episode: self.episode[i],
        }
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = Event> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Adds rows at the end.
    pub(crate) fn append(&mut self, more: Self) {
        self.child.extend(more.child);
        self.date.extend(more.date);
        self.known_on.extend(more.known_on);
        self.kind.extend(more.kind);
        self.code.extend(more.code);
        self.episode.extend(more.episode);
    }

    /// Keeps the first `most` rows.
    pub(crate) fn truncate(&mut self, most: usize) {
        self.child.truncate(most);
        self.date.truncate(most);
        self.known_on.truncate(most);
        self.kind.truncate(most);
        self.code.truncate(most);
        self.episode.truncate(most);
    }
}

/// The notes, a column a field, sorted by child, date and `known_on`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Place of the child in [`Children`].
    pub child: Vec<u32>,
    /// Day the note is about.
    pub date: Vec<Day>,
    /// Day it was written; never before `date`.
    pub known_on: Vec<Day>,
    /// Kind of note.
    pub kind: Vec<String>,
    /// The text, already redacted.
    pub text: Vec<String>,
}

impl Notes {
    /// The number of notes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.child.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.child.is_empty()
    }

    /// Adds rows at the end.
    pub(crate) fn append(&mut self, more: Self) {
        self.child.extend(more.child);
        self.date.extend(more.date);
        self.known_on.extend(more.known_on);
        self.kind.extend(more.kind);
        self.text.extend(more.text);
    }

    /// Keeps the first `most` rows.
    pub(crate) fn truncate(&mut self, most: usize) {
        self.child.truncate(most);
        self.date.truncate(most);
        self.known_on.truncate(most);
        self.kind.truncate(most);
        self.text.truncate(most);
    }
}

/// Says how many notes there are: a text must not get into a message by way of its debug form.
impl std::fmt::Debug for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Notes({})", self.len())
    }
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Place of the child in [`Children`].
    pub child: u32,
    /// Day it happened.
    pub date: Day,
    /// Day it entered the record.
    pub known_on: Day,
    /// What happened.
    pub kind: Kind,
    /// Place in the kind's code list, or [`NO_CODE`].
    pub code: u8,
    /// Episode number, or [`NO_EPISODE`].
    pub episode: u32,
}

impl Event {
    fn key(&self) -> (u32, Day, Kind, u8, u32, Day) {
        (self.child, self.date, self.kind, self.code, self.episode, self.known_on)
    }
}

/// Facts about the source that readers of the report need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// `native` or `cin-census`.
    pub format: String,
    /// Whether households are recorded; if not, every child stands alone.
    pub households: bool,
    /// Census years read (ending 31 March), ascending; empty for native data.
    pub census_years: Vec<i32>,
    /// Things a reader of the report must know, in plain words, such as a missing census year.
    pub remarks: Vec<String>,
    /// What stood in the files and was left there unread, by place and name.
    pub dropped: Vec<Dropped>,
}

/// Columns or elements of one name that the reader did not take in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Dropped {
    /// Table or XML element that it stood in.
    pub place: String,
    /// Name of the column or element: letters, digits, `_`, `-` and `.`, 40 at most. Never a value.
    pub name: String,
    /// Which direct identifier the name or the content looks like, such as `an NHS number`.
    pub looks_like: Option<String>,
    /// How often an element of this name was met; `None` for a column, which has every row in it.
    pub times: Option<u64>,
}

/// The referral histories of all children: the input of every later stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The children.
    pub children: Children,
    /// Their events.
    pub events: Events,
    /// Their notes; empty where there is no such table.
    pub notes: Notes,
    /// For child *c*, its events are `first_event[c]..first_event[c + 1]`. One longer than `children`.
    pub first_event: Vec<usize>,
    /// Authority names, sorted.
    pub authorities: Vec<String>,
    /// Where it came from.
    pub source: Source,
}

impl History {
    /// Sorts `events` and finds each child's range. `children` must already be sorted by `id`. There are no notes.
    #[must_use]
    pub fn new(children: Children, events: Events, authorities: Vec<String>, source: Source) -> Self {
        let events = sorted(events);
        let mut first_event = vec![0_usize; children.len() + 1];
        for &child in &events.child {
            first_event[child as usize + 1] += 1;
        }
        for c in 0..children.len() {
            first_event[c + 1] += first_event[c];
        }
        Self { children, events, notes: Notes::default(), first_event, authorities, source }
    }

    /// What was known before `day`: the events and notes that were on record by then, and observation that ends on the day
    /// before. What carries no date, such as sex or household, stays as last recorded. Children keep their places.
    #[must_use]
    pub fn before(&self, day: Day) -> Self {
        let mut children = self.children.clone();
        for child in 0..children.len() {
            children.observed_to[child] = children.observed_to[child].min(day.plus(-1));
            if children.left_on[child].is_some_and(|left| left >= day) {
                (children.left_on[child], children.left_reason[child]) = (None, NO_CODE);
            }
        }
        let mut events = Events::default();
        for event in self.events.iter().filter(|event| event.known_on < day) {
            events.push(event);
        }
        let mut notes = Notes::default();
        for i in (0..self.notes.len()).filter(|&i| self.notes.known_on[i] < day) {
            notes.child.push(self.notes.child[i]);
            notes.date.push(self.notes.date[i]);
            notes.known_on.push(self.notes.known_on[i]);
            notes.kind.push(self.notes.kind[i].clone());
            notes.text.push(self.notes.text[i].clone());
        }
        Self { notes, ..Self::new(children, events, self.authorities.clone(), self.source.clone()) }
    }

    /// The places of one child's events.
    #[must_use]
    pub fn events_of(&self, child: usize) -> std::ops::Range<usize> {
        self.first_event[child]..self.first_event[child + 1]
    }
}

fn sorted(events: Events) -> Events {
    if (1..events.len()).all(|i| events.get(i - 1).key() <= events.get(i).key()) {
        return events;
    }
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|&i| events.get(i).key());
    let mut out = Events::default();
    for i in order {
        out.push(events.get(i));
    }
    out
}
