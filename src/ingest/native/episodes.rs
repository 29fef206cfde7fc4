//! What several rows say together about one episode; and the numbers of episodes in memory.

use std::collections::HashMap;

use super::super::problem::{Findings, Severity};
use super::events::{Judged, OUT};
use super::table::{NO_NUMBER, Raw};
use crate::history::NO_EPISODE;
use crate::num::Day;
use crate::schema::Kind;

/// Judges the episodes, marks the rows that cannot be used as [`OUT`], and returns each row's number of the episode.
pub(super) fn check(raw: &Raw, judged: &mut Judged, findings: &mut Findings) -> Vec<u32> {
    let Some(episode) = raw.numbers("episode") else { return vec![NO_EPISODE; raw.rows] };
    let date = raw.days("date").unwrap_or_default();
    let spells = spells(judged, episode);
    let mut error = |judged: &mut Judged, row: usize, column: &str, found: &str, allowed: &str| {
        findings.add(Severity::Error, raw.at(row, column), found, allowed, None);
        judged.child[row] = OUT;
    };
    let shared = shared(&spells);
    let rows = if shared.is_empty() { 0 } else { raw.rows };
    for (row, number) in episode.iter().enumerate().take(rows) {
        if judged.child[row] != OUT && shared.binary_search(number).is_ok() {
            let allowed =
                "an episode number for one child only; none of the events of such an episode is used";
            error(judged, row, "episode", "an episode that events of another child have too", allowed);
        }
    }
    let numbers = Numbers::new(&spells);
    let (opened, again) = first_of(Kind::Referral, judged, episode, date, &numbers);
    for row in again {
        let allowed = "one referral an episode; give the later referral a number of its own";
        error(judged, row, "episode", "a second referral in one episode", allowed);
    }
    let (_, closed_again) = first_of(Kind::Closure, judged, episode, date, &numbers);
    for row in closed_again {
        let allowed = "one closure an episode; all were kept, and the last counts";
        let found = "a second closure of one episode";
        findings.add(Severity::Warning, raw.at(row, "episode"), found, allowed, None);
    }
    let mut number = vec![NO_EPISODE; raw.rows];
    let mut last = (NO_NUMBER, NO_EPISODE, None);
    for row in 0..raw.rows {
        if judged.child[row] == OUT || episode[row] == NO_NUMBER {
            continue;
        }
        if episode[row] != last.0 {
            let place = numbers.place(episode[row]);
            last = (episode[row], numbers.number(episode[row], place), opened.get(place).copied().flatten());
        }
        number[row] = last.1;
        if last.2.is_some_and(|opened| date[row] < opened) && !before(raw, row, judged.kind[row], findings) {
            judged.child[row] = OUT;
        }
    }
    number
}

/// Reports an event dated before the referral of its episode; returns whether it is kept.
fn before(raw: &Raw, row: usize, kind: Kind, findings: &mut Findings) -> bool {
    let at = raw.at(row, "date");
    if kind == Kind::Closure {
        let allowed = "a closure on or after the referral of its episode";
        findings.add(Severity::Error, at, "a closure before the referral of its episode", allowed, None);
        return false;
    }
    let allowed = "a day on or after that referral; the row was kept";
    findings.add(Severity::Warning, at, "a day before the referral of the event's episode", allowed, None);
    true
}

/// Every pair of episode and child, sorted, each once.
fn spells(judged: &Judged, episode: &[i64]) -> Vec<(i64, u32)> {
    let mut spells: Vec<(i64, u32)> = Vec::new();
    for (episode, child) in episode.iter().zip(&judged.child) {
        let spell = (*episode, *child);
        // Most rows belong to the episode of the row before.
        if spells.last() != Some(&spell) && *episode != NO_NUMBER && *child != OUT {
            spells.push(spell);
        }
    }
    if !spells.is_sorted() {
        spells.sort_unstable();
    }
    spells.dedup();
    spells
}

/// The episodes that more than one child has, sorted.
fn shared(spells: &[(i64, u32)]) -> Vec<i64> {
    let mut shared: Vec<i64> = spells.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0).collect();
    shared.dedup();
    shared
}

/// The numbers of episodes: their own if they fit, else running numbers in their order.
struct Numbers {
    lowest: i64,
    /// Place of each number from the lowest on, where numbers lie close together.
    direct: Vec<u32>,
    spread: HashMap<i64, u32>,
    fit: bool,
    count: usize,
}

impl Numbers {
    fn new(spells: &[(i64, u32)]) -> Self {
        let mut episodes: Vec<i64> = spells.iter().map(|s| s.0).collect();
        episodes.dedup();
        let (lowest, highest) =
            (episodes.first().copied().unwrap_or(0), episodes.last().copied().unwrap_or(0));
        let fit = lowest >= 0 && highest < i64::from(NO_EPISODE);
        let width = usize::try_from(i128::from(highest) - i128::from(lowest) + 1).unwrap_or(usize::MAX);
        let (mut direct, mut spread) = (Vec::new(), HashMap::new());
        if width <= episodes.len().saturating_mul(8).saturating_add(1 << 16) {
            direct = vec![NO_EPISODE; width];
        }
        for (place, episode) in (0_u32..).zip(&episodes) {
            match usize::try_from(episode.wrapping_sub(lowest))
                .ok()
                .filter(|_| !direct.is_empty())
                .and_then(|i| direct.get_mut(i))
            {
                Some(slot) => *slot = place,
                None => {
                    spread.insert(*episode, place);
                }
            }
        }
        Self { lowest, direct, spread, fit, count: episodes.len() }
    }

    /// The place of an episode among all, in their order.
    fn place(&self, episode: i64) -> usize {
        let direct = episode.checked_sub(self.lowest).and_then(|i| usize::try_from(i).ok());
        let place = direct.and_then(|i| self.direct.get(i)).or_else(|| self.spread.get(&episode));
        place.map_or(usize::MAX, |p| *p as usize)
    }

    fn number(&self, episode: i64, place: usize) -> u32 {
        let number = if self.fit { u32::try_from(episode).ok() } else { u32::try_from(place).ok() };
        number.unwrap_or(NO_EPISODE)
    }
}

/// The day on which each episode opened, by place; and the rows of second referrals within one episode.
fn first_of(
    kind: Kind,
    judged: &Judged,
    episode: &[i64],
    date: &[Day],
    numbers: &Numbers,
) -> (Vec<Option<Day>>, Vec<usize>) {
    let mut first: Vec<Option<(Day, usize)>> = vec![None; numbers.count];
    let mut again = Vec::new();
    let referrals = (0..date.len()).filter(|row| judged.kind[*row] == kind && judged.child[*row] != OUT);
    for row in referrals {
        let Some(slot) = first.get_mut(numbers.place(episode[row])) else { continue };
        let this = (date[row], row);
        match *slot {
            Some(before) if before <= this => again.push(row),
            Some(before) => {
                again.push(before.1);
                *slot = Some(this);
            }
            None => *slot = Some(this),
        }
    }
    again.sort_unstable();
    (first.into_iter().map(|s| s.map(|(day, _)| day)).collect(), again)
}
