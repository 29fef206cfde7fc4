//! Two-by-two tables by group, at the declared capacity and at every other declared place.
//!
//! In: the rows of one model by group. Out: which of them are hidden. Two places together tell of the referrals that are
//! flagged at the one and not at the other, in every group and in every sum of groups. So the declared capacity is decided
//! first, and each further place with all before it: a group is shown at a place only if the referrals between any two
//! places where it is shown are many, with and without the outcome, and do not follow for another group either. A group
//! that is hidden at one place is hidden at those after it.

use std::collections::BTreeSet;

use super::beside::Others;
use super::covers::{Structure, settle};
use super::levels::Part;
use super::rows::{HIDDEN, Levels, OVERALL, exact, gather, key, limit, table_beside};
use super::tables::{Table, is_at_capacity, is_declared};
use crate::evaluate::Row;

/// What decides about the tables of one split.
pub(super) struct ByGroup<'a> {
    pub(super) rows: &'a [Row],
    pub(super) structure: Structure,
    pub(super) levels: &'a Levels<'a>,
    pub(super) capacity: f64,
    pub(super) threshold: u64,
    pub(super) others: &'a Others,
}

/// The rows of one level.
struct Level<'a> {
    /// Its rows of the tables, by place.
    places: Vec<(&'a str, Vec<usize>)>,
    first: &'a Row,
    hidden: bool,
}

impl ByGroup<'_> {
    /// Hides rows of one model's tables; `places` are those of all levels at all places. The rows over all referrals must
    /// have been decided.
    pub(super) fn hide(&self, places: &[usize], hidden: &mut BTreeSet<usize>) {
        let Some(first) = places.first().map(|i| &self.rows[*i]) else { return };
        let level = |places: &Vec<usize>| Level {
            places: gather(self.rows, places, |row| &row.at),
            first: &self.rows[places[0]],
            hidden: !self.levels.get(&key(&self.rows[places[0]])).is_some_and(|shown| shown.events),
        };
        let mut groupings: Vec<Vec<Level<'_>>> = gather(self.rows, places, |row| &row.group)
            .iter()
            .map(|(_, places)| {
                gather(self.rows, places, |row| &row.level).iter().map(|(_, places)| level(places)).collect()
            })
            .collect();
        let mut all: Vec<&str> =
            gather(self.rows, places, |row| &row.at).into_iter().map(|(at, _)| at).collect();
        all.sort_by_key(|at| !is_declared(at, self.capacity));
        let whole = self.levels.get(&(first.split.as_str(), OVERALL, "all")).copied().unwrap_or(HIDDEN);
        let mut shown: Vec<(&str, Table)> = Vec::new();
        for at in all {
            let total = self.overall(first, at).filter(|(rows, table)| {
                whole.events && table.cells.is_some() && rows.iter().all(|i| !hidden.contains(i))
            });
            let parts = total.map(|(_, table)| {
                let mut with = shown.clone();
                with.push((at, table));
                with.sort_by(|a, b| a.1.flagged().total_cmp(&b.1.flagged()).then_with(|| a.0.cmp(b.0)));
                self.decide(&groupings, at, &with)
            });
            let is_hidden = |g: usize, l: usize| parts.as_ref().is_none_or(|(parts, _)| parts[g][l].hidden);
            for (g, levels) in groupings.iter().enumerate() {
                for (l, level) in levels.iter().enumerate().filter(|(l, _)| is_hidden(g, *l)) {
                    debug_assert!(l < levels.len());
                    hidden.extend(level.at(at));
                }
            }
            let Some((parts, table)) = parts.filter(|(parts, _)| parts.iter().flatten().any(|p| !p.hidden))
            else {
                continue;
            };
            shown.push((at, table));
            for (level, part) in groupings.iter_mut().flatten().zip(parts.iter().flatten()) {
                level.hidden = part.hidden;
            }
        }
    }

    /// The rows and the table over all referrals.
    fn overall(&self, like: &Row, at: &str) -> Option<(Vec<usize>, Table)> {
        let fits = |r: &Row| {
            is_at_capacity(r)
                && r.group == OVERALL
                && r.model == like.model
                && r.split == like.split
                && r.at == at
        };
        let rows: Vec<usize> = (0..self.rows.len()).filter(|i| fits(&self.rows[*i])).collect();
        let table =
            (!rows.is_empty()).then(|| table_beside(self.rows, &rows, self.threshold, self.others))?;
        Some((rows, table))
    }

    /// Which levels are shown at `at`, with the places where they are shown already; `with` are the tables over all referrals
    /// at those places and at `at`, by rising numbers of flagged rows. Gives the table at `at` back.
    fn decide(
        &self,
        groupings: &[Vec<Level<'_>>],
        at: &str,
        with: &[(&str, Table)],
    ) -> (Vec<Vec<Part>>, Table) {
        let part = |level: &Level<'_>| {
            let of = |at: &str| table_beside(self.rows, level.at(at), self.threshold, self.others);
            let tables: Vec<Table> = with.iter().map(|(at, _)| of(at)).collect();
            Part { size: exact(level.first.n), cells: between(&tables), hidden: level.hidden || of(at).small }
        };
        let mut parts: Vec<Vec<Part>> =
            groupings.iter().map(|levels| levels.iter().map(part).collect()).collect();
        let tables: Vec<Table> = with.iter().map(|(_, table)| table.clone()).collect();
        match between(&tables) {
            Some(total) => {
                settle(&mut parts, &self.structure, total.iter().sum(), &total, limit(self.threshold));
            }
            None => parts.iter_mut().flatten().for_each(|part| part.hidden = true),
        }
        let own = with
            .iter()
            .find(|(name, _)| *name == at)
            .map_or(Table { cells: None, small: true }, |w| w.1.clone());
        (parts, own)
    }
}

impl Level<'_> {
    fn at(&self, at: &str) -> &[usize] {
        self.places.iter().find(|(name, _)| *name == at).map_or(&[], |(_, places)| places)
    }
}

/// Of tables by rising numbers of flagged rows: flagged at the first, with and without the outcome; flagged at each next
/// and not at the one before; and flagged nowhere. `None` if a table cannot be worked out.
fn between(tables: &[Table]) -> Option<Vec<f64>> {
    let cells: Vec<[f64; 4]> = tables.iter().map(|table| table.cells).collect::<Option<_>>()?;
    let (first, last) = (cells.first()?, cells.last()?);
    let steps = cells.windows(2).flat_map(|pair| [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]]);
    Some(first[..2].iter().copied().chain(steps).chain(last[2..].iter().copied()).collect())
}
