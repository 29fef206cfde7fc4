//! Two groups' scores side by side: the area between their ROC curves, and ranks across groups.

use crate::evaluate::inference::abroca::abroca;
use crate::evaluate::inference::roc_steps::RocStep;
use crate::evaluate::resample::cell::Cell;
use crate::evaluate::resample::order::Order;
use crate::evaluate::resample::pass::Pass;
use crate::evaluate::tally::Value;

/// What is measured of a group and its reference group together. Scores of all folds are compared as risks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairTally {
    /// Area between the two ROC curves.
    pub abroca: Value,
    /// How often a row of the group with the outcome has a higher risk than one of the reference group without it.
    pub came_here: Value,
    /// How often a row of the reference group with the outcome has a higher risk than one of the group without it.
    pub came_there: Value,
}

/// Rows without and with the outcome of both groups, at one score.
type Both = [RocStep; 2];

impl PairTally {
    /// From the fine bins of two cells in one replicate.
    pub(in crate::evaluate) fn of_bins(cells: [&Cell; 2], passes: [&Pass; 2], lane: usize) -> Self {
        let bins = cells.iter().flat_map(|cell| &cell.bins).map(|bin| bin.number);
        let most = bins.max().map_or(0, |last| usize::from(last) + 1);
        let mut steps: Vec<Both> = vec![Both::default(); most];
        for (side, (cell, pass)) in cells.iter().zip(passes).enumerate() {
            for (bin, count) in cell.bins.iter().zip(pass.bins(lane)) {
                // From the highest score to the lowest.
                let step = &mut steps[most - 1 - usize::from(bin.number)][side];
                step.events = f64::from(count.events);
                step.non_events = f64::from(count.rows - count.events);
            }
        }
        Self::of(&steps)
    }

    /// From all rows of two cells.
    pub(in crate::evaluate) fn of_rows(cells: [&Cell; 2], order: &Order) -> Self {
        let mut rows: Vec<(f64, usize, bool)> = Vec::new();
        for (side, cell) in cells.iter().enumerate() {
            rows.extend(cell.rows.iter().map(|row| (order.p[(row >> 1) as usize], side, row & 1 == 1)));
        }
        rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let steps: Vec<Both> = rows
            .chunk_by(|a, b| a.0 <= b.0)
            .map(|tied| {
                let mut both = Both::default();
                for (_, side, came) in tied {
                    let step = &mut both[*side];
                    *(if *came { &mut step.events } else { &mut step.non_events }) += 1.0;
                }
                both
            })
            .collect();
        Self::of(&steps)
    }

    fn of(steps: &[Both]) -> Self {
        let side = |side: usize| steps.iter().map(|both| both[side]).collect::<Vec<RocStep>>();
        Self {
            abroca: abroca(&side(0), &side(1)).map(|of| of.area),
            came_here: across(steps, 0, 1),
            came_there: across(steps, 1, 0),
        }
    }

    /// What these add to others.
    pub(in crate::evaluate) fn less(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a - b)
    }

    /// These with others added, kept within 0 and 1.
    pub(in crate::evaluate) fn plus(&self, other: &Self) -> Self {
        self.combine(other, |a, b| (a + b).clamp(0.0, 1.0))
    }

    fn combine(&self, other: &Self, with: impl Fn(f64, f64) -> f64) -> Self {
        let value = |a: Value, b: Value| Ok(with(a?, b?));
        Self {
            abroca: value(self.abroca, other.abroca),
            came_here: value(self.came_here, other.came_here),
            came_there: value(self.came_there, other.came_there),
        }
    }
}

/// How often a row with the outcome on one side has a higher score than a row without it on the other, ties by half.
fn across(steps: &[Both], with: usize, without: usize) -> Value {
    let (mut above, mut won, mut others) = (0.0, 0.0, 0.0);
    for both in steps {
        let (events, non_events) = (both[with].events, both[without].non_events);
        won += non_events * (above + 0.5 * events);
        above += events;
        others += non_events;
    }
    if above > 0.0 && others > 0.0 {
        Ok(won / (above * others))
    } else {
        Err("a group has no referrals with the outcome, or the other none without it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn across_by_hand() {
        let step = |events, non_events| RocStep { events, non_events };
        // By falling score: here 1 came; there 1 not; tied: here 1 came, there 1 came and 1 not; here 2 not.
        let steps = [
            [step(1.0, 0.0), step(0.0, 0.0)],
            [step(0.0, 0.0), step(0.0, 1.0)],
            [step(1.0, 0.0), step(1.0, 1.0)],
            [step(0.0, 2.0), step(0.0, 0.0)],
        ];
        let pair = PairTally::of(&steps);
        // Came here, against not there: the first beats both, the second one of two by half.
        assert!((pair.came_here.unwrap() - 2.5 / 4.0).abs() < 1e-12);
        // Came there, against not here: beats both.
        assert!((pair.came_there.unwrap() - 1.0).abs() < 1e-12);
        assert!(PairTally::of(&[[step(1.0, 0.0), step(1.0, 1.0)]]).abroca.is_err());
    }
}
