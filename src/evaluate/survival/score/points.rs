//! Points of calibration curves at each time, over all rows and by group.
//!
//! Mean prediction and Aalen-Johansen incidence in groups of predicted risk of about equal size; see
//! [`super::super::calibration::curve`].

use super::cells::{Columns, cells};
use super::{CONFIDENCE, Tested};
use crate::evaluate::survival::calibration::curve::{curve, groups};
use serde::{Deserialize, Serialize};

/// Points of a curve: fifths, so that each holds enough to be shown where few are followed for long.
const FIFTHS: usize = 5;

/// One point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Grouping, or `overall`.
    pub group: String,
    /// Level, or `all`.
    pub level: String,
    /// The time.
    pub months: u32,
    /// Mean prediction.
    pub predicted: f64,
    /// Incidence, if it is defined.
    pub observed: Option<f64>,
    /// Its 95% interval by formula, if it has one.
    pub interval: Option<(f64, f64)>,
    /// Rows.
    pub n: u64,
    /// Rows seen to end by the cause asked about by then.
    pub came: u64,
    /// Rows still followed then.
    pub at_risk: u64,
    /// Households behind all of its rows, those that came by then, and the others; 0 where two hold nine tenths.
    #[serde(default)]
    pub households: Vec<u64>,
}

/// The points of the model at `candidate`'s place.
///
/// # Errors
/// With columns that do not fit together.
pub fn points(tested: &Tested, candidate: usize) -> Result<Vec<Point>, &'static str> {
    let columns = Columns::all(tested)?;
    let mut out = Vec::new();
    for cell in cells(tested, &columns, Some(candidate))? {
        let Some(at) = cell.models.iter().position(|model| *model == candidate) else { continue };
        if cell.rows() == 0 {
            continue;
        }
        let ones = cell.weights(None);
        for (prepared, (months, days)) in cell.prepared[at].iter().zip(&tested.times) {
            let (of_row, found) = groups(prepared, &ones, FIFTHS)?;
            let mut counts = vec![[0_u64; 3]; found];
            for (row, group) in of_row.iter().enumerate() {
                let (exit, cause) = (prepared.exit[row], prepared.cause[row]);
                let own = &mut counts[*group];
                own[0] += 1;
                own[1] += u64::from(exit <= *days && cause == 1);
                own[2] += u64::from(exit >= *days);
            }
            let behind = (0..found).map(|group| {
                let part = |row: usize| {
                    let came = f64::from(cell.came(row, *days));
                    if of_row[row] == group { [1.0, came, 1.0 - came] } else { [0.0; 3] }
                };
                cell.behind(part).to_vec()
            });
            let curve = curve(prepared, &ones, *days, FIFTHS, CONFIDENCE)?;
            out.extend(curve.iter().zip(counts).zip(behind).map(
                |((group, [n, came, at_risk]), households)| Point {
                    group: cell.group.clone(),
                    level: cell.level.clone(),
                    months: *months,
                    predicted: group.predicted,
                    observed: group.observed.ok(),
                    interval: group.interval.ok(),
                    n,
                    came,
                    at_risk,
                    households,
                },
            ));
        }
    }
    Ok(out)
}
