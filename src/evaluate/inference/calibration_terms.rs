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

/// How much each row pulls the fitted lines towards itself, from 0 to 1.
pub(super) fn leverages(rows: &[GroupRow], means: &[f64], z: &[f64], groups: usize) -> Vec<f64> {
    let mut sums = vec![[0.0; 2]; groups];
    let weight = |i: usize| means[i] * (1.0 - means[i]);
    for (i, row) in rows.iter().enumerate() {
        sums[row.group][0] += weight(i);
        sums[row.group][1] += weight(i) * z[i] * z[i];
    }
    let total: f64 = sums.iter().map(|s| s[1]).sum();
    (0..rows.len())
        .map(|i| {
            let [w, _] = sums[rows[i].group];
            weight(i) * (1.0 / w + z[i] * z[i] / total)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They add up to the number of fitted values: two intercepts and a slope.
    #[test]
    fn leverages_add_up() {
        let row = |i: usize| {
            let (group, event) = (usize::from(i % 5 > 2), i.is_multiple_of(3));
            GroupRow { household: i, group, fold: 0, event, risk: (i * 7 % 19 + 1) as f64 / 20.0 }
        };
        let rows: Vec<GroupRow> = (0..60).map(row).collect();
        let of = |r: &GroupRow| LinePoint { group: r.group, log_odds: log_odds(r.risk), event: r.event };
        let (means, _, z) = slope_terms(&rows.iter().map(of).collect::<Vec<_>>(), 2).unwrap();
        assert!((leverages(&rows, &means, &z, 2).iter().sum::<f64>() - 3.0).abs() < 1e-9);
    }
}
