//! Measures of one cell with one set of weights.

use super::Prepared;
use super::cells::Cell;
use super::measures::{self as m, TimeMeasure};
use crate::evaluate::Value;
use crate::evaluate::survival::auc::{Controls, MarkerOrder, auc_sorted};
use crate::evaluate::survival::brier::reached;
use crate::evaluate::survival::censoring::Censoring;
use crate::evaluate::survival::cumulative_incidence::cumulative_incidence;
use crate::evaluate::survival::net_benefit;
use crate::evaluate::survival::threshold_rates::of_flags;

/// A cell with one set of weights.
pub(super) struct Known<'a> {
    pub(super) cell: &'a Cell<'a>,
    pub(super) weight: &'a [f64],
    pub(super) censoring: &'a Censoring,
    /// `G` of each row just before its own end.
    pub(super) own: &'a [f64],
}

impl Known<'_> {
    pub(super) fn incidence(&self, time: usize, all: &Prepared<'_>) -> Value {
        let any = self.cell.prepared.first().and_then(|times| times.get(time)).ok_or("no model")?;
        cumulative_incidence(any, &any.by_time, self.weight, all.tested.times[time].1)
    }

    /// Mean prediction, and what came over it.
    pub(super) fn expected(&self, model: usize, time: usize, all: &Prepared<'_>) -> (Value, Value) {
        let prepared = &self.cell.prepared[model][time];
        let mean = prepared.mean_prediction(&prepared.by_time, self.weight);
        let ratio = self.incidence(time, all).and_then(|came| {
            let mean = mean?;
            if mean > 0.0 { Ok(came / mean) } else { Err("the mean prediction is 0") }
        });
        (mean, ratio)
    }

    pub(super) fn auroc(&self, model: usize, time: usize, all: &Prepared<'_>) -> Value {
        let day = all.tested.times[time].1;
        let order: &MarkerOrder = self.cell.markers[model][time].as_ref().map_err(|why| *why)?;
        let later = reached(self.censoring, day)?;
        auc_sorted(
            &self.cell.columns.observed,
            order,
            self.own,
            (day, later),
            (self.weight, Controls::WithoutEvent),
        )
    }

    /// The lowest chance that is flagged.
    pub(super) fn cut(&self, model: usize, time: usize, share: f64) -> Value {
        net_benefit::threshold_of_capacity(&self.cell.prepared[model][time], self.weight, share)
    }

    pub(super) fn flagged(
        &self,
        model: usize,
        time: usize,
        cut: Value,
        all: &Prepared<'_>,
    ) -> [(&'static TimeMeasure, Value); 4] {
        let prepared = &self.cell.prepared[model][time];
        let rates = cut.and_then(|cut| {
            of_flags(prepared, self.weight, all.tested.times[time].1, |row| prepared.p[row] >= cut)
        });
        [
            (&m::SELECTED, rates.map(|r| r.flagged)),
            (&m::PPV, rates.and_then(|r| r.ppv())),
            (&m::SENSITIVITY, rates.and_then(|r| r.sensitivity())),
            (&m::FALSE_POSITIVES, rates.and_then(|r| r.false_positive_share())),
        ]
    }
}
