//! Quantiles.

/// The quantile at `share` (0 to 1) of values sorted upwards, by linear interpolation between order statistics
/// (type 7 of Hyndman and Fan 1996, the default of R and `NumPy`). `None` when there are no values.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let part = place - below as f64;
    Some(sorted[below] + part * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn interpolates_between_order_statistics() {
        // R 4.2.2: quantile(c(1, 2, 4, 8), c(0, 0.5, 0.9, 1)) = 1, 3, 6.8, 8. By hand: place 0.9 * 3 = 2.7 lies 0.7 of
        // the way from 4 to 8.
        let values = [1.0, 2.0, 4.0, 8.0];
        for (share, expected) in [(0.0, 1.0), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((quantile(&values, share).unwrap() - expected).abs() < 1e-12, "{share}");
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.025), Some(7.0));
    }
}
