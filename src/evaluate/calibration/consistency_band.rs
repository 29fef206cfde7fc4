//! Consistency bands of the CORP reliability curve: where the curve would lie if the predicted risks were
//! true.

use super::{Point, binomial::Binomial, point, pool_adjacent_violators};
use crate::num::quantile;

/// The band at one predicted risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The predicted risk at which the band is read.
    pub p: f64,
    /// The lower quantile of the redrawn curves, in [0, 1].
    pub lower: f64,
    /// The upper quantile of the redrawn curves, in [0, 1].
    pub upper: f64,
}

/// Pointwise consistency bands of the reliability curve at the points whose places are given, rising.
///
/// Outcomes are redrawn from the predicted risks `resamples` times and refitted; the band leaves out the
/// share (1 - level)/2 at either end (quantiles by linear interpolation, R's type 7). A curve outside speaks
/// against calibration at that risk, one risk at a time: not jointly. Dimitriadis, Gneiting and Jordan 2021
/// (PNAS, consistency bands by resampling); unlike R `reliabilitydiag`, which also redraws the predicted
/// risks, they are held as they are.
///
/// Inputs: points of whole numbers of rows; `level` strictly between 0 and 1, such as 0.9; at least 20
/// resamples; `uniform` gives numbers in [0, 1). Cost: O(points x resamples) draws (sqrt(rows p (1 - p))
/// steps each), so 200,000 rows with 100 resamples take well under a second; memory O(places x resamples).
pub fn consistency_band(
    points: &[Point],
    read_at: &[usize],
    level: f64,
    resamples: usize,
    uniform: &mut dyn FnMut() -> f64,
) -> Result<Vec<Band>, &'static str> {
    point::whole_totals(points)?;
    if !(level > 0.0 && level < 1.0) {
        return Err("the level of the band is not strictly between 0 and 1");
    }
    if resamples < 20 {
        return Err("fewer than 20 resamples");
    }
    let distributions: Vec<Binomial> =
        points.iter().map(|point| Binomial::new(point.rows, point.p)).collect::<Result<_, _>>()?;
    let mut fits: Vec<Vec<f64>> = vec![Vec::with_capacity(resamples); read_at.len()];
    let mut blocks = Vec::new();
    for _ in 0..resamples {
        let redrawn = points.iter().zip(&distributions).map(|(point, draw)| (point.rows, draw.draw(uniform)));
        pool_adjacent_violators::pool_into(redrawn, &mut blocks);
        let mut covering = blocks.iter().peekable();
        for (place, fit) in read_at.iter().zip(&mut fits) {
            while covering.next_if(|block| block.last < *place).is_some() {}
            fit.extend(covering.peek().map(|block| block.rate()));
        }
    }
    let risk = |place: &usize| points.get(*place).map_or(0.0, |point| point.p);
    let band = read_at.iter().zip(&mut fits).map(|(place, fit)| {
        fit.sort_unstable_by(f64::total_cmp);
        let end = |share: f64| quantile(fit, share).unwrap_or(0.0);
        let (lower, upper) = (end(0.5 - level / 2.0), end(0.5 + level / 2.0));
        Band { p: risk(place), lower, upper }
    });
    Ok(band.collect())
}

/// The places of the curve's corners: the first and last point of each stretch, in order, each once.
pub fn corners(points: &[Point]) -> Vec<usize> {
    let blocks = pool_adjacent_violators::pool(points);
    let mut corners: Vec<usize> = blocks.iter().flat_map(|block| [block.first, block.last]).collect();
    corners.dedup();
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SplitMix64`.
    fn source(mut state: u64) -> impl FnMut() -> f64 {
        move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    #[test]
    fn one_point_has_the_binomial_quantiles() {
        // 100 rows at 0.3: the 5% and 95% quantiles of Binomial(100, 0.3) are 23 and 38 (scipy 1.17.1
        // `binom.ppf`).
        let point = [Point { p: 0.3, rows: 100.0, events: 50.0 }];
        let band = consistency_band(&point, &corners(&point), 0.9, 20_000, &mut source(1)).unwrap();
        assert_eq!(band.len(), 1);
        assert!((band[0].lower - 0.23).abs() < 0.011);
        assert!((band[0].upper - 0.38).abs() < 0.011);
    }

    #[test]
    fn the_band_is_read_at_every_corner_of_the_curve() {
        let p = [0.1, 0.4, 0.6, 0.9];
        let points = point::collapse(&p, &[false, true, false, true]).unwrap();
        let band = consistency_band(&points, &corners(&points), 0.9, 500, &mut source(2)).unwrap();
        let risks: Vec<f64> = band.iter().map(|band| band.p).collect();
        assert_eq!(risks, p);
        assert!(band.iter().all(|band| 0.0 <= band.lower && band.lower <= band.upper && band.upper <= 1.0));
    }

    #[test]
    fn certain_risks_have_a_band_without_width_and_points_without_rows_none() {
        let p = [0.0, 0.5, 1.0].map(|p| Point {
            p,
            rows: if p.fract() > 0.0 { 0.0 } else { 9.0 },
            events: 9.0 * p.floor(),
        });
        let band = consistency_band(&p, &corners(&p), 0.9, 20, &mut source(3)).unwrap();
        let expected = [(0.0, 0.0), (1.0, 1.0)].map(|(p, bound)| Band { p, lower: bound, upper: bound });
        assert_eq!(band, expected);
    }

    #[test]
    fn most_curves_of_calibrated_risks_lie_inside() {
        let mut uniform = source(4);
        let p: Vec<f64> = (0..5000).map(|_| uniform()).collect();
        let y: Vec<bool> = p.iter().map(|&p| uniform() < p).collect();
        let points = point::collapse(&p, &y).unwrap();
        let band = consistency_band(&points, &corners(&points), 0.9, 200, &mut uniform).unwrap();
        let steps = curve_of(&points);
        let inside = band.iter().filter(|band| {
            let step = steps.iter().find(|step| step.0 <= band.p && band.p <= step.1).unwrap();
            band.lower <= step.2 && step.2 <= band.upper
        });
        assert!(inside.count() as f64 >= 0.75 * band.len() as f64);
    }

    fn curve_of(points: &[Point]) -> Vec<(f64, f64, f64)> {
        let steps = super::super::corp::curve(points).unwrap();
        steps.iter().map(|step| (step.lowest_risk, step.highest_risk, step.event_rate)).collect()
    }

    #[test]
    fn unusable_requests_are_refused() {
        let point = [Point { p: 0.3, rows: 2.0, events: 1.0 }];
        assert!(consistency_band(&point, &corners(&point), 1.0, 100, &mut source(5)).is_err());
        assert!(consistency_band(&point, &corners(&point), 0.9, 19, &mut source(5)).is_err());
        assert!(consistency_band(&[], &corners(&[]), 0.9, 100, &mut source(5)).is_err());
        let half = [Point { p: 0.3, rows: 0.5, events: 0.0 }];
        assert!(consistency_band(&half, &corners(&half), 0.9, 100, &mut source(5)).is_err());
    }
}
