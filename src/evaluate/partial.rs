//! The ROC curve where few are flagged in vain.

use super::resample::cell::Cell;
use super::resample::order::Order;
use super::resample::pass::Pass;
use super::tally::Value;

/// The largest false positive rate that is looked at: a service that can act on one referral in ten flags few in vain.
pub(crate) const MOST: f64 = 0.1;

const ONE_KIND: &str = "no fold has referrals with and without the outcome";

/// Area under a ROC curve up to [`MOST`], in pairs of rows, added up over folds.
#[derive(Clone, Copy, Debug, Default)]
struct Area {
    area: f64,
    whole: f64,
}

impl Area {
    /// Adds a fold's curve, given rows without and with the outcome from the highest score down to each point.
    fn add(&mut self, points: impl Iterator<Item = (f64, f64)> + Clone) {
        let Some((without, with)) = points.clone().last() else { return };
        let end = MOST * without;
        self.whole += end * with;
        let mut from = (0.0, 0.0);
        for (x, y) in points {
            let wide: f64 = x - from.0;
            // The part of the step before the end.
            let part = if wide > 0.0 { ((end - from.0) / wide).clamp(0.0, 1.0) } else { 0.0 };
            self.area += part * wide * (from.1 + part * (y - from.1) / 2.0);
            from = (x, y);
        }
    }

    /// Mean sensitivity up to the end.
    fn value(self) -> Value {
        if self.whole > 0.0 { Ok(self.area / self.whole) } else { Err(ONE_KIND) }
    }
}

/// Mean sensitivity up to [`MOST`], row by row; rows tied in score make one point. `weight` gives how often each place
/// counts.
pub(super) fn of_rows(order: &Order, weight: &[u16]) -> Value {
    let mut area = Area::default();
    let (mut points, mut now) = (Vec::new(), (0.0, 0.0));
    for (place, weight) in weight.iter().enumerate() {
        let came = f64::from(u8::from(order.y[place]));
        let w = f64::from(*weight);
        now = (now.0 + w * (1.0 - came), now.1 + w * came);
        let next = place + 1;
        let ends = next == order.row.len() || order.fold[next] != order.fold[place];
        if ends || order.p[next] < order.p[place] {
            points.push(now);
        }
        if ends {
            area.add(points.iter().copied());
            points.clear();
            now = (0.0, 0.0);
        }
    }
    area.value()
}

/// The same, as if the rows of each fine bin of the score were tied.
pub(super) fn of_bins(cell: &Cell, pass: &Pass, lane: usize) -> Value {
    let mut area = Area::default();
    for fold in &cell.folds {
        let point = |segment: usize| {
            let count = pass.upto(segment, lane);
            (f64::from(count.rows - count.events), f64::from(count.events))
        };
        area.add(fold.segments.clone().map(point));
    }
    area.value()
}
