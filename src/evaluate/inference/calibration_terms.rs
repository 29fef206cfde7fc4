//! What a row adds to a test of calibration between groups, and its chance under the null.

use super::calibration_lines::{LinePoint, chance, common_slope, intercept_for};
use super::calibration_null::CalibrationMeasure;
use super::weighted_spread::GroupRow;

/// Means, chances and z of each row.
pub(super) type Terms = (Vec<f64>, Vec<f64>, Vec<f64>);

/// Terms of the slope: an intercept for each group and one slope.
pub(super) fn slope_terms(points: &[LinePoint], groups: usize) -> Result<Terms, &'static str> {
    let lines = common_slope(points, groups)?;
    let chances: Vec<f64> =
        points.iter().map(|x| chance(lines.intercepts[x.group] + lines.slope * x.log_odds)).collect();
    let mut sums = vec![[0.0; 2]; groups];
    for (point, p) in points.iter().zip(&chances) {
        let weight = p * (1.0 - p);
        sums[point.group][0] += weight;
        sums[point.group][1] += weight * point.log_odds;
    }
    let z = points.iter().map(|x| x.log_odds - sums[x.group][1] / sums[x.group][0]).collect();
    Ok((chances.clone(), chances, z))
}

/// Terms of the two measures of level: the measure the same in all groups, and draws by a line of the common slope.
pub(super) fn level_terms(
    measure: CalibrationMeasure,
    rows: &[GroupRow],
    points: &[LinePoint],
    groups: usize,
) -> Result<Terms, &'static str> {
    let events = rows.iter().filter(|r| r.event).count() as f64;
    let means: Vec<f64> = if measure == CalibrationMeasure::ObservedOverExpected {
        let expected: f64 = rows.iter().map(|r| r.risk).sum();
        if expected <= 0.0 {
            return Err("every predicted risk is zero");
        }
        rows.iter().map(|r| events / expected * r.risk).collect()
    } else {
        let log_odds: Vec<f64> = points.iter().map(|x| x.log_odds).collect();
        let intercept = intercept_for(&log_odds, 1.0, events)?;
        log_odds.iter().map(|x| chance(intercept + x)).collect()
    };
    // Constant risks have no slope, and then none is needed.
    let slope = common_slope(points, groups).map_or(1.0, |lines| lines.slope);
    let mut intercepts = Vec::with_capacity(groups);
    for group in 0..groups {
        let of = || points.iter().zip(&means).filter(|(x, _)| x.group == group);
        let log_odds: Vec<f64> = of().map(|(x, _)| x.log_odds).collect();
        intercepts.push(intercept_for(&log_odds, slope, of().map(|(_, m)| m).sum())?);
    }
    let chances = points.iter().map(|x| chance(intercepts[x.group] + slope * x.log_odds)).collect();
    Ok((means, chances, vec![1.0; rows.len()]))
}

/// Log-odds of a risk; those of 0 and 1 are moved inwards by 1e-12.
pub(super) fn log_odds(p: f64) -> f64 {
    let p = p.clamp(1e-12, 1.0 - 1e-12);
    p.ln() - (-p).ln_1p()
}

/// What a household's rows would add to the score of the slope, had the lines been fitted without them.
///
/// Residuals about fitted lines are smaller than those about the true ones, which draws have. With `x = (1, z)`, weights
/// `w = m (1 - m)`, A the inverse of the information of a group's intercept and the common slope, and `e` the residuals of
/// one household in one group, they are `(I - W x A x')^-1 e` (a jackknife of households, CR3: Bell and `McCaffrey` 2002,
/// Survey Methodology 28:169).
pub(super) struct WithoutHousehold<'a> {
    means: &'a [f64],
    z: &'a [f64],
    /// Sum of the weights of each group, and of `w z^2` over all groups.
    intercepts: Vec<f64>,
    slope: f64,
}

impl<'a> WithoutHousehold<'a> {
    pub(super) fn new(rows: &[GroupRow], means: &'a [f64], z: &'a [f64], groups: usize) -> Self {
        let (mut intercepts, mut slope) = (vec![0.0; groups], 0.0);
        for ((row, m), z) in rows.iter().zip(means).zip(z) {
            intercepts[row.group] += m * (1.0 - m);
            slope += m * (1.0 - m) * z * z;
        }
        Self { means, z, intercepts, slope }
    }

    /// How much more the rows `of` one household and group add, with outcomes `events`.
    pub(super) fn more(&self, of: std::ops::Range<usize>, group: usize, events: &[bool]) -> f64 {
        let (mut w, mut wz, mut wzz, mut e, mut ze) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for i in of {
            let (m, z) = (self.means[i], self.z[i]);
            let (weight, residual) = (m * (1.0 - m), f64::from(u8::from(events[i])) - m);
            w += weight;
            wz += weight * z;
            wzz += weight * z * z;
            e += residual;
            ze += residual * z;
        }
        let (a, b, c) = (self.intercepts[group] - w, -wz, self.slope - wzz);
        let determinant = a * c - b * b;
        if a <= 0.0 || determinant <= 0.1 * self.intercepts[group] * self.slope {
            // A household that is nearly all of its group would move the lines without bound.
            return 9.0 * ze;
        }
        (wz * (c * e - b * ze) + wzz * (a * ze - b * e)) / determinant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of a household among four others, against the inverse of I - W x A x' written out; and one row alone,
    /// whose residual is divided by one minus its leverage.
    #[test]
    fn a_household_is_left_out_by_hand() {
        let means = [0.3, 0.6, 0.5, 0.2, 0.4, 0.7];
        let z = [-0.8, 0.5, 0.1, -1.2, 0.3, 1.0];
        let events = [true, false, true, false, false, true];
        let row = |i: usize| GroupRow { household: i, group: 0, fold: 0, event: events[i], risk: 0.5 };
        let rows: Vec<GroupRow> = (0..6).map(row).collect();
        let without = WithoutHousehold::new(&rows, &means, &z, 1);
        let w = |i: usize| means[i] * (1.0 - means[i]);
        let (all, slope): (f64, f64) = ((0..6).map(w).sum(), (0..6).map(|i| w(i) * z[i] * z[i]).sum());
        let e = |i: usize| f64::from(u8::from(events[i])) - means[i];
        let h = |i: usize, j: usize| w(i) * (1.0 / all + z[i] * z[j] / slope);
        let alone = z[3] * e(3) / (1.0 - h(3, 3));
        assert!((z[3] * e(3) + without.more(3..4, 0, &events) - alone).abs() < 1e-12);
        let (p, q, r, s) = (1.0 - h(0, 0), -h(0, 1), -h(1, 0), 1.0 - h(1, 1));
        let d = p * s - q * r;
        let both = (z[0] * (s * e(0) - q * e(1)) + z[1] * (p * e(1) - r * e(0))) / d;
        let plain = z[0] * e(0) + z[1] * e(1);
        assert!((plain + without.more(0..2, 0, &events) - both).abs() < 1e-12);
        // All rows together leave nothing to fit to.
        let score: f64 = (0..6).map(|i| z[i] * e(i)).sum();
        assert!((without.more(0..6, 0, &events) - 9.0 * score).abs() < 1e-12);
    }
}
