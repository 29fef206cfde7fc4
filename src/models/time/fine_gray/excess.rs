//! How often the incidences of several causes, from models that do not know of each other, add up to more than 1.
//!
//! For each row and time the sum over causes of CIF is compared with 1. Inputs: one matrix a cause, rows x times, all of the same
//! shape, values finite. Undefined with other shapes. With no values nothing is above, and the largest sum is 0.
//! Reference: Austin, Steyerberg and Putter (2021), *Statistics in Medicine* 40, 4200-4212.

use super::model::FineGrayError;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// A sum above 1 by less than this is rounding.
const ROUNDING: f64 = 1e-12;

/// How often, and how far, sums pass 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Excess {
    /// Rows looked at.
    pub rows: usize,
    /// Rows with a sum above 1 at any time.
    pub rows_above: usize,
    /// For each time, the rows with a sum above 1.
    pub above_by_time: Vec<usize>,
    /// The largest sum; 0 where there are no values.
    pub largest_sum: f64,
    /// Mean of how far the sums above 1 are above it; 0 where none is.
    pub mean_above: f64,
}

/// Compares the sums of `causes` (each rows x times) with 1.
///
/// # Errors
/// With matrices of different shapes, or a value that is not finite.
pub fn excess(causes: &[ArrayView2<'_, f64>]) -> Result<Excess, FineGrayError> {
    let Some((rows, times)) = causes.first().map(ArrayView2::dim) else { return Ok(Excess::default()) };
    if causes.iter().any(|c| c.dim() != (rows, times)) {
        return Err(FineGrayError::Shapes);
    }
    if !causes.iter().all(|c| c.iter().all(|v| v.is_finite())) {
        return Err(FineGrayError::NotFinite);
    }
    let mut found = Excess { rows, above_by_time: vec![0; times], ..Excess::default() };
    let (mut cells, mut total) = (0_usize, 0.0);
    for row in 0..rows {
        let mut any = false;
        for (time, above) in found.above_by_time.iter_mut().enumerate() {
            let sum: f64 = causes.iter().map(|c| c[[row, time]]).sum();
            found.largest_sum = found.largest_sum.max(sum);
            if sum > 1.0 + ROUNDING {
                *above += 1;
                cells += 1;
                total += sum - 1.0;
                any = true;
            }
        }
        found.rows_above += usize::from(any);
    }
    found.mean_above = if cells > 0 { total / cells as f64 } else { 0.0 };
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn counts_by_hand() {
        // Sums: 0.5, 1.2 / 0.9, 1.0 / 1.1, 1.4.
        let one = array![[0.3, 0.7], [0.4, 0.5], [0.6, 0.8]];
        let two = array![[0.2, 0.5], [0.5, 0.5], [0.5, 0.6]];
        let found = excess(&[one.view(), two.view()]).unwrap();
        assert_eq!((found.rows, found.rows_above, found.above_by_time), (3, 2, vec![1, 2]));
        assert!((found.largest_sum - 1.4).abs() < 1e-12 && (found.mean_above - 0.7 / 3.0).abs() < 1e-12);
        assert_eq!(excess(&[one.view(), two.slice(ndarray::s![..2, ..])]), Err(FineGrayError::Shapes));
        assert_eq!(excess(&[]), Ok(Excess::default()));
    }
}
