//! Changes of level over time.
//!
//! # Measures
//! Whether a series of periods shows one level or several, and from when on.
//!
//! # Formula
//! See [`change_points`]: binary segmentation, each change accepted at a permutation p value of at most 0.05.
//!
//! # Inputs
//! At least [`FEWEST_PERIODS`] estimates in order of time, on a scale where errors are near normal.
//!
//! # Undefined when
//! There are fewer than eight periods. Changes are sought by permuting periods, at least three on each side of the change; of
//! six periods that leaves 20 arrangements, of seven 35, and the likeliest change is mirrored among them, so that no p value
//! could be under 0.05 however large the change. "No change found" would say nothing.
//!
//! # Reference
//! Scott and Knott 1974, Biometrics 30:507.

use super::Reading;
use crate::evaluate::inference::change_points::change_points;
use crate::evaluate::inference::value::Estimate;
use crate::num::seed;
use rand::RngExt;

/// Periods below which no change could be found.
pub const FEWEST_PERIODS: usize = 8;
/// P value up to which a change is accepted.
pub const LEVEL: f64 = 0.05;
const DRAWS: usize = 1999;

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Place, from 0, of the first period of the new level.
    pub period: usize,
    /// Mean level from the change before to this one, on the scale of the estimates.
    pub before: f64,
    /// Mean level from this change to the next.
    pub after: f64,
    /// How often chance alone would show one so large.
    pub p: f64,
}

/// The changes found, in order of time; empty if none was.
pub type Changes = Vec<Change>;

/// Seeks changes. `name` names the random stream under the root `seed`.
///
/// # Errors
/// See the module.
pub fn changes(periods: &[Estimate], seed: u64, name: &str) -> Reading<Changes> {
    if periods.len() < FEWEST_PERIODS {
        return Err("there are fewer than eight periods".to_owned());
    }
    let mut stream = seed::stream(seed, name);
    let found = change_points(periods, LEVEL, DRAWS, &mut || stream.random::<f64>())?;
    let change = |c: &crate::evaluate::inference::change_points::ChangePoint| Change {
        period: c.first_period_after,
        before: c.mean_before,
        after: c.mean_after,
        p: c.p_value,
    };
    Ok(found.iter().map(change).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Vec<Estimate> {
        values.iter().map(|&value| Estimate { value, standard_error: 0.1 }).collect()
    }

    #[test]
    fn a_planted_change_is_found_where_it_is_and_none_where_there_is_none() {
        let noise = [0.02, -0.05, 0.04, 0.0, -0.03, 0.05, -0.01, 0.03, -0.04, 0.01, 0.0, -0.02];
        let moved: Vec<f64> =
            noise.iter().enumerate().map(|(i, v)| v + if i < 7 { 0.0 } else { 0.4 }).collect();
        let found = changes(&series(&moved), 1, "test").unwrap();
        assert_eq!(found.iter().map(|c| c.period).collect::<Vec<_>>(), [7], "{found:?}");
        assert!((found[0].after - found[0].before - 0.4).abs() < 0.05 && found[0].p <= LEVEL);
        assert!(changes(&series(&noise), 1, "test").unwrap().is_empty());
    }

    /// The reason for [`FEWEST_PERIODS`]: the largest possible change of six and seven periods has a p value above 0.05.
    #[test]
    fn of_seven_periods_no_change_can_be_found_and_of_eight_one_can() {
        use crate::evaluate::inference::change_points::single_change_point;
        for (periods, can) in [(6, false), (7, false), (8, true)] {
            let step: Vec<f64> = (0..periods).map(|i| if i < periods / 2 { 0.0 } else { 9.0 }).collect();
            let mut stream = seed::stream(3, "fewest");
            let found = single_change_point(&series(&step), 20_000, &mut || stream.random::<f64>()).unwrap();
            assert_eq!(found.p_value <= LEVEL, can, "{periods}: {}", found.p_value);
        }
        assert!(changes(&series(&[0.0; 7]), 1, "test").is_err());
    }
}
