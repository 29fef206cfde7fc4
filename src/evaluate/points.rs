//! Rows of one predicted risk, or of one fine bin of it, as one point.

use super::calibration::Point;
use super::resample::cell::Cell;
use super::resample::order::Order;
use super::resample::pass::Pass;
use crate::num::logit;

/// Points by rising predicted risk: what calibration is measured from. Three rows at one risk are one point of three rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Points {
    /// Predicted risk, or the mean of a bin.
    pub(crate) p: Vec<f64>,
    /// Its log-odds, or the mean of a bin; 0 where the risk is exactly 0 or 1.
    pub(crate) x: Vec<f64>,
    /// Rows.
    pub(crate) rows: Vec<f64>,
    /// Rows with the outcome.
    pub(crate) events: Vec<f64>,
    /// Rows in all, and with the outcome.
    pub(crate) all: f64,
    pub(crate) with: f64,
    /// Whether a risk is exactly 0 or 1.
    pub(crate) certain: bool,
}

impl Points {
    fn clear(&mut self) {
        for values in [&mut self.p, &mut self.x, &mut self.rows, &mut self.events] {
            values.clear();
        }
        (self.all, self.with, self.certain) = (0.0, 0.0, false);
    }

    pub(super) fn push(&mut self, p: f64, x: f64, rows: f64, events: f64) {
        self.p.push(p);
        self.x.push(x);
        self.rows.push(rows);
        self.events.push(events);
        self.all += rows;
        self.with += events;
        self.certain |= p <= 0.0 || p >= 1.0;
    }

    /// Few points made of a cell's bins, neighbours merged as the cell says; none without weight.
    pub(super) fn of_bins(&mut self, cell: &Cell, pass: &Pass, lane: usize) {
        self.clear();
        for bins in &cell.coarse {
            let (mut p, mut x, mut rows, mut events) = (0.0, 0.0, 0, 0);
            for &bin in &cell.rising[bins.clone()] {
                let (bin, count) = (&cell.bins[usize::from(bin)], pass.bin(bin, lane));
                p += f64::from(count.rows) * bin.p;
                x += f64::from(count.rows) * bin.x;
                rows += count.rows;
                events += count.events;
            }
            if rows > 0 {
                let rows = f64::from(rows);
                self.push(p / rows, x / rows, rows, f64::from(events));
            }
        }
    }

    /// As a list, for smoothers and tests.
    pub(super) fn list(&self) -> Vec<Point> {
        let counts = self.rows.iter().zip(&self.events);
        self.p
            .iter()
            .zip(counts)
            .map(|(p, (rows, events))| Point { p: *p, rows: *rows, events: *events })
            .collect()
    }

    /// One point for each distinct risk of a cell, under weights in sorted order.
    pub(super) fn of_rows(cell: &Cell, order: &Order, weight: &[u16]) -> Self {
        let mut rows: Vec<(f64, u32, u32)> = Vec::with_capacity(cell.rows.len());
        for row in &cell.rows {
            let place = (row >> 1) as usize;
            let w = u32::from(weight[place]);
            if w > 0 {
                // -0 is 0.
                rows.push((order.p[place] + 0.0, w, w * (row & 1)));
            }
        }
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        rows.dedup_by(|next, kept| {
            let same = next.0.total_cmp(&kept.0).is_eq();
            if same {
                (kept.1, kept.2) = (kept.1 + next.1, kept.2 + next.2);
            }
            same
        });
        let mut points = Self::default();
        for (p, rows, events) in rows {
            let x = if p > 0.0 && p < 1.0 { logit(p) } else { 0.0 };
            points.push(p, x, f64::from(rows), f64::from(events));
        }
        points
    }
}
