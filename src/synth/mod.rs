//! A [`Scenario`] in, a simulated [`History`] out, with the true risk of every referral known.
//!
//! No row describes a real child. The shape follows published statistics for England ([`fitted`], `DfE`, Open
//! Government Licence v3.0) and published research on how fast and to how few families returns happen; where nothing
//! is published, the file says "ours".
//!
//! # The model
//!
//! A household has an authority, children, and a frailty `Z ~ Gamma(a, a)` (mean 1) that no record holds. It is lived
//! through event by event ([`life`]), from [`Scenario::origin`] on: what happens in the burn-in before `start` is
//! lived but not recorded.
//!
//! 1. **First referrals** ([`family`]) come at times that do not depend on `Z`: the first of a household by the
//!    [`calendar`] (months, the break of 2020), with it some brothers and sisters, the others later or around birth.
//! 2. **Each referral opens an episode** ([`open`], [`course`], [`episode`]) whose path (no further action, not in
//!    need, child in need, protection, care, adoption) is a multinomial logit of facts recorded by then ([`facts`]), of
//!    the authority's practice, and of the drift of repeat plans. Lengths of stages are tables over days. Neither
//!    depends on `Z`. No referral falls in an open episode.
//! 3. **After closure** a child is at risk of a return ([`hazard`]): on the s-th day with hazard
//!    `Z g h(s) c(month)`, where `h` is the daily step of the Weibull cumulative hazard `(s / scale)^shape`, falling
//!    when `shape < 1`, `c` the level of the month, and `g = exp(effects of facts recorded at the last referral) x
//!    factor of the authority x hazard ratio of the closed path`. Part of the hazard is shared in the household, so that
//!    brothers and sisters often return together.
//! 4. **Children leave** ([`family`]): the household moves, a child dies, is adopted or turns 18. Moves and deaths come
//!    at constant rates. A young person in care at 18 may remain a case for some years.
//! 5. **Records** ([`records`]) are what is written down of this: contacts and early help (which foretell nothing),
//!    factors and need at the end of the assessment, and, if asked for, [`notes`].
//! 6. **Dials** ([`scenario::Dials`]) bend the records or the world by a known amount; each leaves a mark in the truth.
//!
//! Whatever can be is fitted to published tables ([`fit`], [`fitted`]); the rest is "ours" and says so.
//!
//! # The truth
//!
//! For a referral on day `r`, `p_latent` is the probability of another within 365 days given everything in the
//! simulator on that day including `Z`; what is still open (path, length of the episode, leaving) is integrated over.
//! `p_observable` is the same given only what is recorded before `r` and the facts of the referral itself.
//!
//! Let `N` be the number of days up to `r` on which a child of the household came back, and `U` the cumulative hazard
//! without `Z` of such a day, over the days on which any child was at risk. The likelihood of the household's past is
//! proportional to `Z^N exp(-Z U)`: first referrals, paths, lengths and leaving do not depend on `Z`. So `Z` given the
//! whole past is exactly `Gamma(a + N, a + U)`, and with `X` the exposure inside the horizon ([`risk`])
//!
//! ```text
//! p_latent     = sum over paths: P(path | facts) E[ 1 - exp(-Z g X) ]
//! p_observable = sum over paths: P(path | facts) E[ 1 - ((a + U) / (a + U + g X))^(a + N) ]    (nothing missing)
//! ```
//!
//! The referral itself counts in `N` when it is a return; brothers and sisters referred on the same day do not, for
//! they are not recorded before it. Where the records do not hold the whole past (burn-in, lost history, unrecorded
//! referrals), `p_observable` is the mean of the second line over the pasts that leave the same records, learned on a
//! reference population; its method and error are in [`observable`].
//!
//! The truth may also be asked from the closing of a case, at any horizon and with leaving as the other end: [`closing`]. There
//! is nothing to integrate over, and it is exact. It is worked out only if asked for ([`simulate_closings`]).
//!
//! What is not exact: days are whole, so a day of a return counts with half of its hazard in `U` (relative error of the
//! order of the squared daily hazard), and two children who return on one day each by their own process count once in
//! `N`; an episode's length is replaced by points that keep the first three moments of each of its parts, and months by
//! pairs ([`risk`]). The test `the_truth_is_calibrated` checks both probabilities, and those of escalations, against
//! outcomes on a large simulation.
//!
//! # To deepen it
//!
//! One file per concern, named above; [`world`] holds the tables made from the scenario, [`write_as_made`] the writers.
//! Whatever is added, keep `Z` out of everything but returns, or the closed form above no longer holds. Each household
//! draws from its own stream, named by its number, so a bigger scenario contains the smaller one; notes draw from
//! streams of their own, so that with and without them all else is the same.

mod calendar;
mod closing;
mod course;
mod draw;
mod episode;
mod facts;
mod family;
pub mod fit;
pub mod fitted;
mod hazard;
mod life;
pub mod notes;
mod observable;
mod open;
pub mod oracle;
mod points;
mod published;
mod records;
mod risk;
pub mod scenario;
mod truth;
mod world;
mod write;

pub use closing::{ClosingRow, Within};
pub use fitted::Fitted;
pub use oracle::Oracle;
pub use risk::HORIZON_DAYS;
pub use scenario::{Preset, Scenario};
pub use truth::{Chance, TruthRow};
pub use write::{Format, MARK, Target, Written, is_marked, mark, write_as_made};

use crate::history::{Children, Events, History, Notes, Source};
use life::Population;
use notes::NoteMark;
use observable::Observable;
use oracle::Scorer;
use rayon::prelude::*;
use records::Recorded;
use world::World;

/// A simulated authority or country, with its truth.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The records.
    pub history: History,
    /// One row a referral, sorted by child and date.
    pub truth: Vec<TruthRow>,
    /// What is to be found where in the notes, sorted by child and note.
    pub note_marks: Vec<NoteMark>,
    /// The best that any model could reach on referrals followed for the whole horizon.
    pub oracle: Oracle,
}

/// Consecutive households as they are made, whole.
#[derive(Clone, Debug)]
pub struct Part {
    /// Their records. The numbers of children count from 0 in each part; those of households and episodes go on.
    pub history: History,
    /// Their truth, sorted by child and date.
    pub truth: Vec<TruthRow>,
    /// For each row of the truth and each further horizon, `p_latent` and `p_observable`, row by row.
    pub horizons: Vec<f64>,
    /// What was true at closings, sorted by child and date, if it was asked for.
    pub closings: Vec<ClosingRow>,
    /// What is to be found where in the notes, sorted by child and note.
    pub note_marks: Vec<NoteMark>,
}

/// A simulated authority or country, with what was true at each closing of a case.
#[derive(Clone, Debug)]
pub struct Closings {
    /// The records, the same as without the truth.
    pub history: History,
    /// One row a recorded closing, sorted by child and date. A closing that was not yet written down by the end of the
    /// records has one, too.
    pub rows: Vec<ClosingRow>,
}

/// Households that one thread simulates at a time.
const CHUNK: u32 = 512;
/// Chunks of a part.
const BATCH: u32 = 64;

/// Simulates a scenario in memory. The same scenario gives the same result on any number of threads. `progress` is
/// called now and then with the households done and the households in all.
#[must_use]
pub fn simulate(scenario: &Scenario, progress: &dyn Fn(u64, u64)) -> Simulated {
    let (mut whole, mut truth, mut note_marks) = (Whole::default(), Vec::new(), Vec::new());
    let keep = |part: Part| {
        whole.add(part.history);
        truth.extend(part.truth);
        note_marks.extend(part.note_marks);
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(oracle) = stream(scenario, &[], progress, keep);
    Simulated { history: whole.history(), truth, note_marks, oracle }
}

/// Simulates a scenario in memory with what was true at closings, within `horizons` days of each, in place of what was true at
/// referrals. The records are those of [`simulate`]. `progress` is as there.
#[must_use]
pub fn simulate_closings(scenario: &Scenario, horizons: &[u16], progress: &dyn Fn(u64, u64)) -> Closings {
    let (mut whole, mut rows) = (Whole::default(), Vec::new());
    let keep = |part: Part| {
        whole.add(part.history);
        rows.extend(part.closings);
        Ok::<(), std::convert::Infallible>(())
    };
    let world = World::of_closings(scenario, horizons);
    let observable = Observable::learn(&world, 0);
    let Ok(_) = run(&world, &observable, progress, keep);
    Closings { history: whole.history(), rows }
}

/// The records of consecutive parts as one.
#[derive(Default)]
struct Whole {
    children: Children,
    events: Events,
    notes: Notes,
    rest: Option<(Vec<String>, Source)>,
}

impl Whole {
    fn add(&mut self, mut part: History) {
        let first = u32::try_from(self.children.len()).unwrap_or(u32::MAX);
        for child in part.events.child.iter_mut().chain(&mut part.notes.child) {
            *child += first;
        }
        self.children.append(part.children);
        self.events.append(part.events);
        self.notes.append(part.notes);
        self.rest = Some((part.authorities, part.source));
    }

    fn history(self) -> History {
        let (authorities, source) = self.rest.unwrap_or_default();
        History { notes: self.notes, ..History::new(self.children, self.events, authorities, source) }
    }
}

/// Simulates a scenario part by part and hands each part to `sink`, in order, while the next is made: memory holds two
/// parts, whatever the size. `horizons` are days, besides 365, within which the probability of a return is asked for.
///
/// # Errors
/// Returns the first error of `sink`; nothing more is then made.
pub fn stream<E: Send>(
    scenario: &Scenario,
    horizons: &[u16],
    progress: &dyn Fn(u64, u64),
    sink: impl FnMut(Part) -> Result<(), E> + Send,
) -> Result<Oracle, E> {
    let world = World::new(scenario, horizons);
    let observable = Observable::learn(&world, horizons.len());
    run(&world, &observable, progress, sink)
}

fn run<E: Send>(
    world: &World<'_>,
    observable: &Observable,
    progress: &dyn Fn(u64, u64),
    mut sink: impl FnMut(Part) -> Result<(), E> + Send,
) -> Result<Oracle, E> {
    let scenario = world.scenario;
    let mut scorer = Scorer::default();
    let mut left = scenario.children.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let mut numbers = [0; 2];
    let mut start = 0;
    let mut waiting: Option<Part> = None;
    while start < scenario.households && left > 0 {
        let end = start.saturating_add(CHUNK * BATCH).min(scenario.households);
        let make = || part(world, observable, start..end, left, numbers);
        let (made, written) = rayon::join(make, || waiting.take().map_or(Ok(()), &mut sink));
        written?;
        let (part, next) = made;
        left -= part.history.children.len();
        numbers = next;
        scorer.add(&part.truth, scenario.end);
        start = end;
        waiting = Some(part);
        let share = scenario.children.map_or(0.0, |n| 1.0 - left as f64 / f64::from(n));
        let by_children = u64::from(draw::whole_days(share * 1_000.0).unsigned_abs());
        match scenario.children {
            Some(_) => progress(by_children, 1_000),
            None => progress(start.into(), scenario.households.into()),
        }
    }
    waiting.take().map_or(Ok(()), &mut sink)?;
    Ok(scorer.oracle())
}

/// Households that one thread made: their records, truth, further horizons, and closings.
type Chunk = (Recorded, Vec<TruthRow>, Vec<f64>, Vec<ClosingRow>);

/// The records of consecutive households, at most `most` children, households and episodes numbered from `numbers` on.
fn part(
    world: &World<'_>,
    observable: &Observable,
    households: std::ops::Range<u32>,
    most: usize,
    numbers: [u32; 2],
) -> (Part, [u32; 2]) {
    let starts: Vec<u32> = households.clone().step_by(CHUNK as usize).collect();
    let chunks: Vec<Chunk> = starts
        .par_iter()
        .map(|&start| {
            let mut recorded = Recorded::default();
            for number in start..start.saturating_add(CHUNK).min(households.end) {
                life::live(world, Population::Recorded, number, &mut recorded);
            }
            let rows = recorded.truth.iter().map(|raw| truth::row(raw, observable)).collect();
            let more = |raw| truth::horizons(raw, observable);
            let horizons = recorded.truth.iter().flat_map(more).collect();
            recorded.truth.clear();
            let waiting = std::mem::take(&mut recorded.closings);
            let ahead = |futures: &closing::Futures| waiting.iter().map(|w| futures.row(w)).collect();
            let closings = world.futures.as_ref().map(ahead).unwrap_or_default();
            (recorded, rows, horizons, closings)
        })
        .collect();
    let mut all = Recorded::default();
    let (mut truth, mut horizons, mut closings) = (Vec::new(), Vec::new(), Vec::new());
    let [mut household, mut episode] = numbers;
    for (mut recorded, mut rows, more, mut closed) in chunks {
        let children = u32::try_from(all.children.len()).unwrap_or(u32::MAX);
        for row in &mut rows {
            row.household += household;
        }
        for row in &mut closed {
            row.household += household;
        }
        [_, household, episode] = recorded.shift([children, household, episode]);
        all.children.append(recorded.children);
        all.events.append(recorded.events);
        all.notes.append(recorded.notes);
        all.marks.extend(recorded.marks);
        truth.extend(rows);
        horizons.extend(more);
        closings.extend(closed);
    }
    if let Some(&beyond) = all.children.id.get(most) {
        all.keep_first(most);
        let kept = truth.partition_point(|row: &TruthRow| row.child < beyond);
        let per_row = if truth.is_empty() { 0 } else { horizons.len() / truth.len() };
        truth.truncate(kept);
        horizons.truncate(kept * per_row);
        closings.truncate(closings.partition_point(|row: &ClosingRow| row.child < beyond));
    }
    let note_marks = std::mem::take(&mut all.marks);
    (Part { history: all.history(world), truth, horizons, closings, note_marks }, [household, episode])
}
