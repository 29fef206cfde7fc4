//! Pairs won within groups and folds, and the influence of households on them, for any part of ranked rows.

use super::household_deal::DealtRow;
use super::large_groups::CrossProducts;

/// The kind of rows with the outcome; those without it are of the kind 1.
const EVENT: u16 = 0;

/// The kind of a row with or without the outcome.
pub(crate) fn kind(event: bool) -> u16 {
    if event { EVENT } else { 1 }
}

/// Where each row stands when all are sorted by fold and rising score.
#[derive(Clone, Debug)]
pub(crate) struct Ranks {
    folds: usize,
    /// Rank of each place in household order.
    rank: Vec<u32>,
    /// Of each rank its fold, numbered without gaps, and the number of its run of tied scores.
    at: Vec<(u16, u32)>,
}

/// Room for the work of one pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct PassRoom {
    /// One bit a rank, and the row that has it.
    present: Vec<u64>,
    row_of: Vec<u32>,
    /// Rows in order of rank.
    ordered: Vec<u32>,
    /// Of each row: for an event the non-events of its group and fold below it, for a non-event minus the events below
    /// it; ties half.
    beaten: Vec<f64>,
    /// Events and non-events by fold and group, and what a row of each kind is expected to beat.
    kinds: Vec<[f64; 2]>,
    expected: Vec<[f64; 2]>,
}

/// One group's sums.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AurocSums {
    /// Events and non-events passed so far in a fold, and those of the run of tied rows at hand.
    passed: [f64; 2],
    tied: [f64; 2],
    /// Pairs of an event and a non-event that are in the right order, ties half, and all pairs.
    pub concordant: f64,
    pub pairs: f64,
    /// The household at hand.
    household: f64,
    /// The sum over households of the squared influence on `concordant`.
    pub clustered: f64,
    /// Sums of squares over events and over non-events.
    pub squares: [f64; 2],
}

impl Ranks {
    /// Ranks rows given by place as (fold, score), all scores finite. O(n log n).
    pub(crate) fn new(rows: &[(usize, f64)]) -> Self {
        let mut places: Vec<u32> = (0..rows.len() as u32).collect();
        places.sort_by(|a, b| {
            let ((fold, score), (other, against)) = (rows[*a as usize], rows[*b as usize]);
            fold.cmp(&other).then(score.total_cmp(&against))
        });
        let (mut rank, mut at) = (vec![0; rows.len()], Vec::with_capacity(rows.len()));
        let (mut fold_number, mut run) = (0, 0);
        for (number, place) in places.iter().enumerate() {
            let (fold, score) = rows[*place as usize];
            if let Some((f, s)) = number.checked_sub(1).map(|before| rows[places[before] as usize]) {
                fold_number += u16::from(f != fold);
                run += u32::from(f != fold || s < score);
            }
            rank[*place as usize] = number as u32;
            at.push((fold_number, run));
        }
        let folds = at.last().map_or(0, |(fold, _)| usize::from(*fold) + 1);
        Self { folds, rank, at }
    }

    /// Adds up pairs and influences of `rows`, which come household by household (`ends`), into `sums`, one a group;
    /// labels without sums are passed over. O(rows + ranks / 64).
    pub(crate) fn pass(
        &self,
        rows: &[DealtRow],
        ends: &[u32],
        room: &mut PassRoom,
        sums: &mut [AurocSums],
    ) -> CrossProducts {
        self.order(rows, room);
        room.beaten.clear();
        room.beaten.resize(rows.len(), 0.0);
        room.kinds.clear();
        room.kinds.resize(self.folds * sums.len(), [0.0; 2]);
        let rank_of = |row: &u32| &self.at[self.rank[rows[*row as usize].place as usize] as usize];
        for fold in room.ordered.chunk_by(|a, b| rank_of(a).0 == rank_of(b).0) {
            for tied in fold.chunk_by(|a, b| rank_of(a).1 == rank_of(b).1) {
                count(tied, rows, &mut room.beaten, sums);
            }
            let first = fold.first().map_or(0, |row| usize::from(rank_of(row).0) * sums.len());
            for (s, kinds) in sums.iter_mut().zip(&mut room.kinds[first..]) {
                s.pairs += s.passed[0] * s.passed[1];
                (*kinds, s.passed) = (s.passed, [0.0; 2]);
            }
        }
        for (row, beaten) in rows.iter().zip(&room.beaten).filter(|(r, _)| r.kind == EVENT) {
            sums[usize::from(row.label)].concordant += beaten;
        }
        self.households(rows, ends, room, sums)
    }

    /// Lists the rows by rank.
    fn order(&self, rows: &[DealtRow], room: &mut PassRoom) {
        room.present.resize(self.rank.len().div_ceil(64), 0);
        room.row_of.resize(self.rank.len(), 0);
        for (number, row) in rows.iter().enumerate() {
            let rank = self.rank[row.place as usize] as usize;
            room.present[rank / 64] |= 1 << (rank % 64);
            room.row_of[rank] = number as u32;
        }
        room.ordered.clear();
        for (word, bits) in room.present.iter_mut().enumerate() {
            while *bits != 0 {
                room.ordered.push(room.row_of[64 * word + bits.trailing_zeros() as usize]);
                *bits &= *bits - 1;
            }
        }
    }

    /// Adds up influences by household and group.
    fn households(
        &self,
        rows: &[DealtRow],
        ends: &[u32],
        room: &mut PassRoom,
        sums: &mut [AurocSums],
    ) -> CrossProducts {
        room.expected.clear();
        room.expected.extend(room.kinds.iter().enumerate().map(|(at, kinds)| {
            let s = &sums[at % sums.len()];
            let area = s.concordant / s.pairs.max(1.0);
            [area * kinds[1], (area - 1.0) * kinds[0]]
        }));
        let mut cross = CrossProducts::new(sums.len());
        let (mut start, mut parts) = (0, Vec::new());
        for end in ends {
            let places = start..*end as usize;
            start = places.end;
            for (row, beaten) in rows[places.clone()].iter().zip(&room.beaten[places.clone()]) {
                let (group, kind) = (usize::from(row.label), usize::from(row.kind));
                let fold = usize::from(self.at[self.rank[row.place as usize] as usize].0);
                let influence = beaten - room.expected[fold * sums.len() + group][kind];
                sums[group].household += influence;
                sums[group].squares[kind] += influence * influence;
            }
            parts.clear();
            for row in &rows[places] {
                let group = usize::from(row.label);
                let part = std::mem::take(&mut sums[group].household);
                sums[group].clustered += part * part;
                if part != 0.0 {
                    parts.push((group, part));
                }
            }
            cross.add(&parts);
        }
        cross
    }
}

/// Counts one run of tied rows.
fn count(tied: &[u32], rows: &[DealtRow], beaten: &mut [f64], sums: &mut [AurocSums]) {
    if let [number] = tied {
        let row = &rows[*number as usize];
        let sums = &mut sums[usize::from(row.label)];
        beaten[*number as usize] = if row.kind == EVENT { sums.passed[1] } else { -sums.passed[0] };
        sums.passed[usize::from(row.kind)] += 1.0;
        return;
    }
    for number in tied {
        let row = &rows[*number as usize];
        sums[usize::from(row.label)].tied[usize::from(row.kind)] += 1.0;
    }
    for number in tied {
        let row = &rows[*number as usize];
        let sums = &sums[usize::from(row.label)];
        let below = |kind: usize| sums.passed[kind] + 0.5 * sums.tied[kind];
        beaten[*number as usize] = if row.kind == EVENT { below(1) } else { -below(0) };
    }
    for number in tied {
        let sums = &mut sums[usize::from(rows[*number as usize].label)];
        let tied = std::mem::take(&mut sums.tied);
        sums.passed = [sums.passed[0] + tied[0], sums.passed[1] + tied[1]];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events at 3 and 1 (tied with a non-event), non-events at 1 and 0, of one household each: 3.5 of 4 pairs. Expected
    /// to beat: events 2 * 7/8, non-events -2 * 1/8; influences 1/4, -1/4, -1/4, 1/4.
    #[test]
    fn pairs_and_influences_by_hand() {
        let ranks = Ranks::new(&[(4, 3.0), (4, 1.0), (4, 1.0), (4, 0.0)]);
        let row = |place, label, event| DealtRow { place, label, kind: kind(event) };
        let rows = [row(0, 0, true), row(1, 0, true), row(2, 0, false), row(3, 0, false)];
        let mut sums = [AurocSums::default()];
        ranks.pass(&rows, &[1, 2, 3, 4], &mut PassRoom::default(), &mut sums);
        assert!((sums[0].concordant - 3.5).abs() < 1e-12 && (sums[0].pairs - 4.0).abs() < 1e-12);
        assert!((sums[0].clustered - 0.25).abs() < 1e-12, "{sums:?}");
        assert!((sums[0].squares[0] - 0.125).abs() < 1e-12 && (sums[0].squares[1] - 0.125).abs() < 1e-12);
        // One household of all: influences cancel.
        let mut sums = [AurocSums::default()];
        ranks.pass(&rows, &[4], &mut PassRoom::default(), &mut sums);
        assert!(sums[0].clustered.abs() < 1e-12);
    }

    /// The same rows as part of many, in another fold's company and with a second group between them.
    #[test]
    fn rows_that_are_not_passed_do_not_count() {
        let mut listed = vec![(9, 0.5); 200];
        listed.extend([(4, 3.0), (4, 1.0), (4, 2.0), (4, 1.0), (4, 0.5), (4, 0.0)]);
        let ranks = Ranks::new(&listed);
        let row = |place: u32, label, event| DealtRow { place: 200 + place, label, kind: kind(event) };
        let rows = [
            row(5, 1, false),
            row(0, 1, true),
            row(1, 1, true),
            row(4, 0, false),
            row(3, 1, false),
            row(2, 0, true),
        ];
        let mut room = PassRoom::default();
        for _ in 0..2 {
            let mut sums = [AurocSums::default(); 2];
            let cross = ranks.pass(&rows, &[2, 3, 4, 6], &mut room, &mut sums);
            assert!((sums[1].concordant - 3.5).abs() < 1e-12 && (sums[1].pairs - 4.0).abs() < 1e-12);
            // Household of 5 and 0: 1/4 + 1/4.
            assert!((sums[1].clustered - (0.25 + 0.0625 + 0.0625)).abs() < 1e-12, "{sums:?}");
            assert!((sums[0].concordant - 1.0).abs() < 1e-12 && cross.of(0, 1).abs() < 1e-12);
        }
    }
}
