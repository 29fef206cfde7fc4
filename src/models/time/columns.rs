//! Weighted means and standard deviations of columns, by which models centre and scale them before they are fitted.
//!
//! `m <- m + w (x - m) / W` row by row (Welford's update, which takes no difference of large sums; Welford (1962), *Technometrics* 4, 419-420). The deviation has the summed weight below the line. Weights are 0 or
//! more; with a summed weight of 0, or a constant column, the deviation given is 1, so that it can be divided by.

use ndarray::{Array1, ArrayView2, Axis};

/// The weighted mean and standard deviation of each column; 1 for the latter where a column is constant.
pub(super) fn moments(x: ArrayView2<'_, f64>, weight: Option<&[f64]>) -> (Array1<f64>, Array1<f64>) {
    let p = x.ncols();
    let (mut total, mut mean, mut square) = (0.0, Array1::<f64>::zeros(p), Array1::<f64>::zeros(p));
    for (i, row) in x.axis_iter(Axis(0)).enumerate() {
        let w = weight.map_or(1.0, |w| w[i]);
        if w <= 0.0 {
            continue;
        }
        // Welford's update: no difference of large sums.
        total += w;
        for ((m, s), v) in mean.iter_mut().zip(square.iter_mut()).zip(row) {
            let from = v - *m;
            *m += from * w / total;
            *s += w * from * (v - *m);
        }
    }
    let scale = square.mapv(|s| {
        let deviation = (s / total).sqrt();
        if deviation > 0.0 && deviation.is_finite() { deviation } else { 1.0 }
    });
    (mean, scale)
}

#[cfg(test)]
mod tests {
    use super::moments;
    use ndarray::{arr1, array};

    #[test]
    fn moments_by_hand() {
        // 1, 3, 3: mean 7 / 3, variance (16 + 4 + 4) / 27 = 8 / 9.
        let x = array![[1.0, 5.0], [9.0, 5.0], [3.0, 5.0]];
        let (mean, scale) = moments(x.view(), Some(&[1.0, 0.0, 2.0]));
        assert!((mean[0] - 7.0 / 3.0).abs() < 1e-15 && (scale[0] - (8.0_f64 / 9.0).sqrt()).abs() < 1e-15);
        assert!((mean[1] - 5.0).abs() < 1e-15 && (scale[1] - 1.0).abs() < 1e-15);
        assert_eq!(moments(x.view(), Some(&[0.0; 3])).1, arr1(&[1.0, 1.0]));
    }
}
