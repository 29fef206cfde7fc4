//! Change points in a time series of estimates with known errors.

use super::null_summary::{at_least, monte_carlo_p};
use super::value::{Estimate, sampling_variances};

/// The fewest periods that may lie between two changes, or before the first or after the last.
pub const MINIMUM_SEGMENT: usize = 3;

/// One change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// The position, from 0, of the first period of the new level.
    pub first_period_after: usize,
    /// The precision-weighted mean of the segment before the change.
    pub mean_before: f64,
    /// The precision-weighted mean of the segment after the change.
    pub mean_after: f64,
    /// How much the change lowers the weighted sum of squares: the squared z of the difference of the two means.
    pub statistic: f64,
    /// The permutation p value of the largest such statistic over all positions in the segment searched.
    pub p_value: f64,
}

/// The most likely single change of level in a series of `periods`, such as monthly log observed-to-expected ratios.
///
/// Statistic: `max over splits (m1 - m2)^2 / (1/W1 + 1/W2)`, means and weights W by the known errors, at least three
/// periods a side. The largest of many is not chi-square, so its null comes from permuting the standardised
/// residuals over the periods, `draws` times. Permuting keeps whatever spread the months show beyond their standard
/// errors, which drawing from those errors would mistake for changes. It assumes independent periods: a slow drift
/// or months that follow each other also give small p values. `uniform` returns numbers in [0, 1).
/// O(draws times periods).
///
/// # Errors
/// With fewer than six periods (with six or seven no change can reach a p value of 0.05, so that an empty answer says
/// nothing), an estimate or standard error that cannot be used, no draws, or no spread at all.
pub fn single_change_point(
    periods: &[Estimate],
    draws: usize,
    uniform: &mut impl FnMut() -> f64,
) -> Result<ChangePoint, &'static str> {
    let weights: Vec<f64> = sampling_variances(periods)?.iter().map(|v| 1.0 / v).collect();
    let values: Vec<f64> = periods.iter().map(|p| p.value).collect();
    if periods.len() < 2 * MINIMUM_SEGMENT {
        return Err("fewer than six periods");
    }
    if draws == 0 {
        return Err("no simulated draws were asked for");
    }
    let total: f64 = weights.iter().sum();
    let mean = values.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let mut residuals: Vec<f64> = values.iter().zip(&weights).map(|(v, w)| (v - mean) * w.sqrt()).collect();
    let scale = values.iter().zip(&weights).map(|(v, w)| v * v * w).sum::<f64>();
    if residuals.iter().map(|r| r * r).sum::<f64>() <= 1e-24 * scale {
        return Err("all periods are the same");
    }
    let best = best_split(&values, &weights).ok_or("fewer than six periods")?;
    let mut permuted = values;
    let mut exceedances = 0;
    for _ in 0..draws {
        shuffle(&mut residuals, uniform);
        for ((slot, residual), weight) in permuted.iter_mut().zip(&residuals).zip(&weights) {
            *slot = residual / weight.sqrt();
        }
        let statistic = best_split(&permuted, &weights).map_or(0.0, |c| c.statistic);
        exceedances += usize::from(at_least(statistic, best.statistic));
    }
    Ok(ChangePoint { p_value: monte_carlo_p(exceedances, draws), ..best })
}

/// All changes of level by binary segmentation, in order of time.
///
/// The most likely change is accepted when its permutation p value is at most `level` (such as 0.05), then both sides
/// are searched in the same way (Scott and Knott 1974, Biometrics 30:507; Vostrikova 1981). Each p value belongs to
/// the segment in which the change was found; they are not adjusted for the number of segments, so the first is a
/// test and later ones a description. A rise that is soon undone can hide from the first search. An empty list means
/// no change was found, or that there are fewer than six periods to search.
///
/// # Errors
/// With an estimate or standard error that cannot be used, a `level` not strictly between 0 and 1, or no draws.
pub fn change_points(
    periods: &[Estimate],
    level: f64,
    draws: usize,
    uniform: &mut impl FnMut() -> f64,
) -> Result<Vec<ChangePoint>, &'static str> {
    sampling_variances(periods)?;
    if !(level > 0.0 && level < 1.0) {
        return Err("the level of the test is not strictly between 0 and 1");
    }
    if draws == 0 {
        return Err("no simulated draws were asked for");
    }
    let mut found = Vec::new();
    // Segments still to search, the earliest on top, so that draws are spent in a fixed order.
    let mut waiting = vec![(0, periods.len())];
    while let Some((start, end)) = waiting.pop() {
        let Some(segment) = periods.get(start..end) else { continue };
        // A segment too short or without any spread simply holds no change.
        let Ok(change) = single_change_point(segment, draws, uniform) else { continue };
        if change.p_value <= level {
            let at = start + change.first_period_after;
            found.push(ChangePoint { first_period_after: at, ..change });
            waiting.push((at, end));
            waiting.push((start, at));
        }
    }
    found.sort_by_key(|c| c.first_period_after);
    Ok(found)
}

/// The split with the largest statistic, the earliest of equals. The p value is filled in by the caller.
fn best_split(values: &[f64], weights: &[f64]) -> Option<ChangePoint> {
    let total_weight: f64 = weights.iter().sum();
    let total: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
    let (mut weight, mut sum) = (0.0, 0.0);
    let mut best: Option<ChangePoint> = None;
    for (at, (v, w)) in values.iter().zip(weights).enumerate() {
        let rest = total_weight - weight;
        if at >= MINIMUM_SEGMENT && at + MINIMUM_SEGMENT <= values.len() {
            let (mean_before, mean_after) = (sum / weight, (total - sum) / rest);
            let difference = mean_before - mean_after;
            let statistic = difference * difference * weight * rest / total_weight;
            if best.is_none_or(|b| statistic > b.statistic) {
                best = Some(ChangePoint {
                    first_period_after: at,
                    mean_before,
                    mean_after,
                    statistic,
                    p_value: 1.0,
                });
            }
        }
        weight += w;
        sum += v * w;
    }
    best
}

/// Fisher and Yates's shuffle.
fn shuffle(items: &mut [f64], uniform: &mut impl FnMut() -> f64) {
    for last in (1..items.len()).rev() {
        let other = ((uniform() * (last + 1) as f64) as usize).min(last);
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::super::normal;
    use super::super::test_uniform::Uniform;
    use super::*;

    fn series(values: &[f64], standard_error: f64) -> Vec<Estimate> {
        values.iter().map(|&value| Estimate { value, standard_error }).collect()
    }

    /// Levels 0 (three periods) and 2 (three), error 1: z^2 = 4 / (1/3 + 1/3) = 6; two of the 20 arrangements of the
    /// six residuals reach it, so p is near 1/10.
    #[test]
    fn worked_by_hand() {
        let mut source = Uniform::new(5);
        let got =
            single_change_point(&series(&[0.0, 0.0, 0.0, 2.0, 2.0, 2.0], 1.0), 20_000, &mut || source.next());
        let got = got.unwrap();
        assert_eq!(got.first_period_after, 3);
        assert!((got.statistic - 6.0).abs() < 1e-14 && (got.mean_after - 2.0).abs() < 1e-15);
        assert!((got.p_value - 0.1).abs() < 0.01, "{}", got.p_value);
    }

    #[test]
    fn two_changes_are_found_in_order() {
        let mut source = Uniform::new(6);
        let values: Vec<f64> =
            (0..30).map(|t| f64::from(t % 3) * 0.05 + if (8..19).contains(&t) { 1.0 } else { 0.0 }).collect();
        let got = change_points(&series(&values, 0.1), 0.05, 999, &mut || source.next()).unwrap();
        let at: Vec<usize> = got.iter().map(|c| c.first_period_after).collect();
        assert_eq!(at, [8, 19], "{got:?}");
    }

    /// No change, unequal errors, and twice the spread that the errors promise: rejected at 5% about 5% of the time.
    #[test]
    fn calibrated_without_a_change_also_when_overdispersed() {
        let mut source = Uniform::new(7);
        let mut rejected = 0;
        for _ in 0..2000 {
            let periods: Vec<Estimate> = (0..24)
                .map(|t| {
                    let standard_error = 0.1 + 0.01 * f64::from(t % 5);
                    let z = normal::quantile(source.next().max(1e-12)).unwrap();
                    Estimate { value: 2.0 * standard_error * z, standard_error }
                })
                .collect();
            let got = single_change_point(&periods, 99, &mut || source.next()).unwrap();
            rejected += usize::from(got.p_value <= 0.05 + 1e-12);
        }
        assert!((75..=130).contains(&rejected), "{rejected} of 2000");
    }

    #[test]
    fn short_and_constant_series() {
        let mut source = Uniform::new(8);
        assert!(
            single_change_point(&series(&[1.0, 2.0, 3.0, 4.0, 5.0], 1.0), 9, &mut || source.next()).is_err()
        );
        assert!(single_change_point(&series(&[0.3; 9], 1.0), 9, &mut || source.next()).is_err());
        assert!(change_points(&series(&[1.0, 2.0], 1.0), 0.05, 9, &mut || source.next()).unwrap().is_empty());
        assert!(change_points(&series(&[1.0, 2.0], 0.0), 0.05, 9, &mut || source.next()).is_err());
        assert!(change_points(&series(&[1.0, 2.0], 1.0), 1.0, 9, &mut || source.next()).is_err());
    }
}
