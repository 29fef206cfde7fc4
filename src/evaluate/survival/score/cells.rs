//! All rows, and the rows of each level of each grouping, sorted once.

use super::Tested;
use crate::evaluate::households::{behind, together};
use crate::evaluate::survival::auc::MarkerOrder;
use crate::evaluate::survival::harrell::PairOrder;
use crate::evaluate::survival::observed::Observed;
use crate::evaluate::survival::prepared::Prepared;
use crate::evaluate::survival::slots::Slots;

/// What became of the rows of a cell, and what was said of them.
#[derive(Clone, Debug)]
pub struct Columns {
    group: String,
    level: String,
    /// Places among all rows.
    place: Vec<usize>,
    /// Ends.
    pub exit: Vec<f64>,
    /// Causes.
    pub cause: Vec<u8>,
    household: Vec<u32>,
    /// Rows, household after household.
    by_household: Vec<u32>,
    /// Ends and causes once more.
    pub observed: Observed,
    /// The same as if whatever is not asked about were the end of what was seen.
    pub alone: Observed,
    /// Chances by model and time.
    risk: Vec<Vec<Vec<f64>>>,
}

impl Columns {
    /// Of all rows, then of every level.
    ///
    /// # Errors
    /// With columns that do not fit together.
    pub fn all(tested: &Tested) -> Result<Vec<Self>, &'static str> {
        let rows = tested.exit.len();
        let risks = tested.models.iter().all(|m| m.risk.dim() == (rows, tested.times.len()));
        let frees = tested.models.iter().all(|m| m.free.is_empty() || m.free.len() == rows);
        let groupings = tested.groupings.iter().all(|g| g.level_of.len() == rows);
        if !(risks && frees && groupings && tested.household.len() == rows) {
            return Err("the columns are not equally long");
        }
        let overall = ("overall".to_owned(), "all".to_owned(), (0..rows).collect());
        let levels = tested.groupings.iter().flat_map(|grouping| {
            (0_u16..).zip(&grouping.levels).map(|(place, level)| {
                let own = (0..rows).filter(|row| grouping.level_of[*row] == place).collect();
                (grouping.name.clone(), level.clone(), own)
            })
        });
        std::iter::once(overall).chain(levels).map(|cell| Self::new(tested, cell)).collect()
    }

    fn new(
        tested: &Tested,
        (group, level, place): (String, String, Vec<usize>),
    ) -> Result<Self, &'static str> {
        let take = |of: &[f64]| -> Result<Vec<f64>, &'static str> {
            place.iter().map(|row| of.get(*row).copied().ok_or("the columns are not equally long")).collect()
        };
        let cause: Vec<u8> = place.iter().filter_map(|row| tested.cause.get(*row).copied()).collect();
        let exit = take(&tested.exit)?;
        let observed =
            Observed::new(exit.clone(), cause.clone())?.with_administrative(take(&tested.administrative)?)?;
        let only = cause.iter().map(|k| if *k == 1 { 1 } else { 0 }).collect();
        let alone = Observed::new(exit.clone(), only)?;
        let of_time = |model: usize, time: usize| {
            place.iter().map(|row| tested.models[model].risk[[*row, time]]).collect::<Vec<f64>>()
        };
        let times = 0..tested.times.len();
        let risk =
            (0..tested.models.len()).map(|model| times.clone().map(|time| of_time(model, time)).collect());
        let household: Vec<u32> = place.iter().map(|row| tested.household[*row]).collect();
        Ok(Self {
            by_household: together(&household),
            household,
            risk: risk.collect(),
            group,
            level,
            exit,
            cause,
            observed,
            alone,
            place,
        })
    }
}

/// A cell: all rows, or those of a level.
#[derive(Debug)]
pub struct Cell<'a> {
    /// Grouping, or `overall`.
    pub group: String,
    /// Level, or `all`.
    pub level: String,
    /// Its rows.
    pub columns: &'a Columns,
    /// The distinct ends.
    pub slots: Slots,
    /// The models that are measured here, by place.
    pub models: Vec<usize>,
    /// By measured model and time: rows sorted for rates and calibration.
    pub prepared: Vec<Vec<Prepared<'a>>>,
    /// The same for ranking.
    pub markers: Vec<Vec<Result<MarkerOrder, &'static str>>>,
    /// By model: rows sorted by their chance by the last time.
    pub order: Vec<Result<PairOrder, &'static str>>,
}

/// The cells; by group only the candidate is measured.
///
/// # Errors
/// With chances outside [0, 1].
pub fn cells<'a>(
    tested: &Tested,
    columns: &'a [Columns],
    candidate: Option<usize>,
) -> Result<Vec<Cell<'a>>, &'static str> {
    let cell = |(place, columns): (usize, &'a Columns)| {
        let models: Vec<usize> = match place {
            0 => (0..tested.models.len()).collect(),
            _ => candidate.into_iter().collect(),
        };
        let (mut prepared, mut markers, mut order) = (Vec::new(), Vec::new(), Vec::new());
        for model in &models {
            let risk = &columns.risk[*model];
            let of = |p: &'a Vec<f64>| Prepared::new(&columns.exit, &columns.cause, p, &columns.household);
            prepared.push(risk.iter().map(of).collect::<Result<Vec<_>, _>>()?);
            markers.push(risk.iter().map(|p| MarkerOrder::new(p)).collect());
            if place == 0 {
                order.push(risk.last().map_or(Err("no times"), |p| PairOrder::new(&columns.observed, p)));
            }
        }
        Ok(Cell {
            group: columns.group.clone(),
            level: columns.level.clone(),
            slots: Slots::new(&columns.observed),
            columns,
            models,
            prepared,
            markers,
            order,
        })
    };
    columns.iter().enumerate().map(cell).collect()
}

impl Cell<'_> {
    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.place.len()
    }

    /// The weights of its rows among those of all; 1 where there are none.
    #[must_use]
    pub fn weights(&self, all: Option<&[f64]>) -> Vec<f64> {
        self.columns.place.iter().map(|row| all.map_or(1.0, |all| all[*row])).collect()
    }

    /// Of each part of its rows, the households that it comes from, or 0 where two hold nine tenths of it; `part` says how much of
    /// a row belongs to each.
    pub fn behind<const N: usize>(&self, part: impl Fn(usize) -> [f64; N]) -> [u64; N] {
        behind(&self.columns.household, &self.columns.by_household, part)
    }

    /// Whether a row was seen to end by the cause asked about by `days`.
    #[must_use]
    pub fn came(&self, row: usize, days: f64) -> bool {
        self.columns.exit[row] <= days && self.columns.cause[row] == 1
    }

    /// Rows that were seen to end by the cause asked about by `days`, and those still followed then.
    #[must_use]
    pub fn ended(&self, days: f64) -> (u64, u64) {
        let rows = || self.columns.exit.iter().zip(&self.columns.cause);
        let came = rows().filter(|(exit, cause)| **exit <= days && **cause == 1).count();
        let free = rows().filter(|(exit, _)| **exit >= days).count();
        (came as u64, free as u64)
    }
}
