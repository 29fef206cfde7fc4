//! What was known before each prediction, as numbers.
//!
//! In: [`History`] and the index rows of a cohort. Out: a [`Matrix`] with a dictionary row for each column. The past
//! is cut in [`as_of`] and nowhere else. To add a block of features, add a file with its dictionary and its `write`,
//! and call it in [`household`].

pub mod as_of;
pub mod dictionary;
pub mod person;
pub mod series;
pub mod source_group;
pub mod states;
pub mod windows;

use crate::cohort::{IndexRow, Point};
use crate::history::History;
use as_of::{Item, Past};
use dictionary::{Feature, Topic};
use person::Person;
use rayon::prelude::*;
use states::States;
use windows::{Counter, SeriesMap};

/// Which features to build.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Look-back windows in days, ascending.
    pub windows: Vec<i32>,
    /// Topics that no model may use.
    pub leave_out: Vec<Topic>,
    /// Whether models may use which authority keeps the record.
    pub authority: bool,
}

/// Features of all index rows. Missing values are NaN: not observed, not recorded, or never happened.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Dictionary, one entry a column.
    pub features: Vec<Feature>,
    /// Values, row after row; rows × features.
    pub values: Vec<f32>,
}

impl Matrix {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.features.len()).unwrap_or(0)
    }

    /// One row.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.features.len()..(i + 1) * self.features.len()]
    }
}

/// What every block needs to know, made once.
struct Plan<'a> {
    history: &'a History,
    windows: &'a [i32],
    own: SeriesMap,
    siblings: Option<SeriesMap>,
    person: Person,
    width: usize,
    kept: Option<Vec<usize>>,
}

/// Builds the matrix of `rows`, which must be sorted as a cohort's are. `progress` is told how many rows are done.
#[must_use]
pub fn build(
    history: &History,
    rows: &[IndexRow],
    point: Point,
    settings: &Settings,
    progress: &(dyn Fn(u64) + Sync),
) -> Matrix {
    let (own, own_names) = series::own();
    let (siblings, sibling_names) = series::of_siblings();
    let person = Person::new(point);
    let mut features = series::dictionary(&own_names, &settings.windows);
    features.extend(states::dictionary());
    features.extend(person.features().iter().cloned());
    let has_households = history.source.households;
    if has_households {
        features.extend(
            series::dictionary(&sibling_names, &settings.windows).into_iter().map(Feature::of_household),
        );
        let words = "number of other children of the household already in the records".to_owned();
        features.push(
            Feature::dated("siblings_known".to_owned(), words, "ever", "children: household; events")
                .of_household(),
        );
        let words =
            "days since the first event of another child of the household; missing if none".to_owned();
        features.push(
            Feature::dated(
                "sibling_first_event_since".to_owned(),
                words,
                "ever",
                "children: household; events: date, known_on",
            )
            .of_household(),
        );
    }
    let width = features.len();
    let kept: Vec<usize> = (0..width).filter(|&i| !settings.leave_out.contains(&features[i].topic)).collect();
    let features: Vec<Feature> = kept.iter().map(|&i| features[i].clone()).collect();
    let kept = (kept.len() < width).then_some(kept);
    let siblings = has_households.then_some(siblings);
    let plan = Plan { history, windows: &settings.windows, own, siblings, person, width, kept };

    let out_width = features.len();
    let mut values = vec![0.0_f32; rows.len() * out_width];
    let mut tasks = Vec::new();
    let mut rest = values.as_mut_slice();
    for batch in batches(history, rows) {
        let (own, after) = rest.split_at_mut(batch.len() * out_width);
        tasks.push((batch, own));
        rest = after;
    }
    let members = household_members(history);
    tasks.into_par_iter().for_each_init(
        || Workspace::new(&plan),
        |work, (batch, out)| {
            let mut at = 0;
            for home in batch.chunk_by(|a, b| household_of(history, a) == household_of(history, b)) {
                let next = at + home.len() * out_width;
                household(&plan, work, &members, home, &mut out[at..next]);
                at = next;
            }
            progress(batch.len() as u64);
        },
    );
    let matrix = Matrix { features, values };
    if settings.authority { with_authority(matrix, history, rows) } else { matrix }
}

/// Whether a feature's id is the pattern, or begins with it up to an asterisk at its end.
#[must_use]
pub fn matches(pattern: &str, id: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == id, |start| id.starts_with(start))
}

/// The matrix with one more feature, the authority as a category.
fn with_authority(mut matrix: Matrix, history: &History, rows: &[IndexRow]) -> Matrix {
    let width = matrix.features.len();
    let place = |row: &IndexRow| f32::from(history.children.authority[row.child as usize]);
    let rows_of = matrix.values.chunks_exact(width.max(1)).zip(rows);
    matrix.values = rows_of.flat_map(|(values, row)| values.iter().copied().chain([place(row)])).collect();
    matrix.features.push(Feature {
        levels: history.authorities.clone(),
        ..Feature::attribute(
            "authority".to_owned(),
            "which authority keeps the record; to models, the log-odds of the outcome among training referrals there".to_owned(),
            "authority",
            Topic::Authority,
        )
    });
    matrix
}

fn household_of(history: &History, row: &IndexRow) -> u32 {
    history.children.household[row.child as usize]
}

/// Splits rows into batches of whole households, of about equal size.
fn batches<'r>(history: &History, rows: &'r [IndexRow]) -> Vec<&'r [IndexRow]> {
    const ROWS_PER_BATCH: usize = 4096;
    let mut batches = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let mut end = (start + ROWS_PER_BATCH).min(rows.len());
        while end < rows.len() && household_of(history, &rows[end]) == household_of(history, &rows[end - 1]) {
            end += 1;
        }
        batches.push(&rows[start..end]);
        start = end;
    }
    batches
}

/// The children of each household, as ranges into one list.
struct Members {
    first: Vec<usize>,
    child: Vec<u32>,
}

fn household_members(history: &History) -> Members {
    if !history.source.households {
        return Members { first: Vec::new(), child: Vec::new() };
    }
    let household = &history.children.household;
    let count = household.iter().max().map_or(0, |h| *h as usize + 1);
    let mut first = vec![0_usize; count + 1];
    for &h in household {
        first[h as usize + 1] += 1;
    }
    for h in 0..count {
        first[h + 1] += first[h];
    }
    let mut next = first.clone();
    let mut child = vec![0_u32; household.len()];
    for (c, &h) in (0_u32..).zip(household) {
        child[next[h as usize]] = c;
        next[h as usize] += 1;
    }
    Members { first, child }
}

/// Buffers that one thread keeps from household to household.
struct Workspace<'p> {
    own: Counter<'p>,
    siblings: Option<Counter<'p>>,
    states: States,
    items: Vec<Item>,
    others: Vec<Item>,
    /// When each of the household's other children was first recorded.
    first_known: Vec<i32>,
    /// Date of the earliest event of any of them, as far as released.
    siblings_first: Option<i32>,
    observed: Vec<bool>,
    siblings_observed: Vec<bool>,
    row: Vec<f32>,
}

impl<'p> Workspace<'p> {
    fn new(plan: &'p Plan<'_>) -> Self {
        Self {
            own: Counter::new(&plan.own, plan.windows),
            siblings: plan.siblings.as_ref().map(|map| Counter::new(map, plan.windows)),
            states: States::default(),
            items: Vec::new(),
            others: Vec::new(),
            first_known: Vec::new(),
            siblings_first: None,
            observed: vec![true; plan.windows.len()],
            siblings_observed: vec![true; plan.windows.len()],
            row: vec![0.0; plan.width],
        }
    }
}

/// Writes the rows of one household.
fn household(
    plan: &Plan<'_>,
    work: &mut Workspace<'_>,
    members: &Members,
    rows: &[IndexRow],
    out: &mut [f32],
) {
    let out_width = out.len() / rows.len();
    let mut out_rows = out.chunks_exact_mut(out_width);
    for of_child in rows.chunk_by(|a, b| a.child == b.child) {
        let child = of_child[0].child;
        as_of::items_of(plan.history, child as usize, &mut work.items);
        gather_others(plan, work, members, child);
        let items = std::mem::take(&mut work.items);
        let others = std::mem::take(&mut work.others);
        let (mut past, mut others_past) = (Past::new(&items), Past::new(&others));
        work.own.clear();
        work.states.clear();
        work.siblings_first = None;
        if let Some(siblings) = &mut work.siblings {
            siblings.clear();
        }
        for row in of_child {
            let known = past.release(row.predict_on);
            work.own.add(known);
            work.states.add(known);
            if let Some(siblings) = &mut work.siblings {
                let known = others_past.release(row.predict_on);
                siblings.add(known);
                let first = known.iter().map(|item| item.date).chain(work.siblings_first).min();
                work.siblings_first = first;
            }
            if let Some(out) = out_rows.next() {
                write_row(plan, work, row, out);
            }
        }
        (work.items, work.others) = (items, others);
    }
}

/// Collects the items of the household's other children, and when each of them was first recorded.
fn gather_others(plan: &Plan<'_>, work: &mut Workspace<'_>, members: &Members, child: u32) {
    work.others.clear();
    work.first_known.clear();
    if plan.siblings.is_none() {
        return;
    }
    let home = plan.history.children.household[child as usize] as usize;
    let mut items = Vec::new();
    for &other in members.child[members.first[home]..members.first[home + 1]].iter().filter(|o| **o != child)
    {
        as_of::items_of(plan.history, other as usize, &mut items);
        work.first_known.extend(items.first().map(|i| i.known_on));
        work.others.extend_from_slice(&items);
    }
    as_of::sort(&mut work.others);
}

fn write_row(plan: &Plan<'_>, work: &mut Workspace<'_>, row: &IndexRow, out: &mut [f32]) {
    let (children, child, day) = (&plan.history.children, row.child as usize, row.predict_on.0);
    // A window is observed if the records reach back over it, or over the child's whole life.
    let from = children.observed_from[child].0;
    let born = children.birth_month[child].map_or(i32::MIN, |b| b.0);
    for (i, window) in plan.windows.iter().enumerate() {
        work.observed[i] = from <= (day - window).max(born.min(day));
        // Brothers and sisters may be older than the child.
        work.siblings_observed[i] = from <= day - window;
    }
    let target = if plan.kept.is_some() { work.row.as_mut_slice() } else { &mut *out };
    let (own, rest) = target.split_at_mut(work.own.width());
    let (states, rest) = rest.split_at_mut(states::WIDTH);
    let (person, rest) = rest.split_at_mut(plan.person.features().len());
    work.own.write(day, &work.observed, own);
    work.states.write(day, states);
    plan.person.write(plan.history, row, person);
    if let Some(siblings) = &mut work.siblings {
        let (counts, known) = rest.split_at_mut(siblings.width());
        siblings.write(day, &work.siblings_observed, counts);
        known[0] = work.first_known.iter().filter(|k| **k < day).count() as f32;
        known[1] = states::days_since(work.siblings_first, day);
    }
    if let Some(kept) = &plan.kept {
        for (value, &i) in out.iter_mut().zip(kept) {
            *value = work.row[i];
        }
    }
}
