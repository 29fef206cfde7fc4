//! The distribution of an episode's length as a few points, and what is believed of a frailty.

use crate::num::fast::{exp_of_minus, ln_of_one_plus};

/// Where the range of an episode's length is cut.
const CUTS: [usize; 12] = [30, 60, 120, 180, 270, 365, 550, 730, 1_100, 1_500, 2_200, 4_000];

/// The most points that an episode's length has.
pub(super) const MOST_POINTS: usize = CUTS.len() * 2;

/// One point of the distribution of an episode's length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    weight: f64,
    pub(super) day: f64,
}

/// What is believed of a household's frailty.
#[derive(Clone, Copy, Debug)]
pub(super) enum Belief {
    /// It is known.
    Known(f64),
    /// Gamma with this shape and rate.
    Gamma(f64, f64),
}

impl Belief {
    /// The probability of outliving each of some cumulative hazards.
    #[inline]
    pub(super) fn survive<const N: usize>(self, x: [f64; N]) -> [f64; N] {
        match self {
            Self::Known(z) => exp_of_minus(x.map(|x| z * x)),
            Self::Gamma(shape, rate) => {
                exp_of_minus(ln_of_one_plus(x.map(|x| x / rate)).map(|ln| shape * ln))
            }
        }
    }

    /// The probability of having come back since the last node, over `points`, and the same weighted by exposure.
    /// `survived` holds for each point the probability of not having come back by then.
    pub(super) fn returned(
        self,
        points: &[Point],
        exposure: &[f64],
        pull: f64,
        survived: &mut [f64],
    ) -> (f64, f64) {
        const LANES: usize = 4;
        let (mut returned, mut weighted) = (0.0, 0.0);
        let exposure = exposure.chunks(LANES).zip(survived.chunks_mut(LANES));
        for (points, (exposure, survived)) in points.chunks(LANES).zip(exposure) {
            let mut x = [0.0; LANES];
            for (x, exposure) in x.iter_mut().zip(exposure) {
                *x = pull * exposure;
            }
            let now = self.survive(x);
            for (((point, survived), now), x) in points.iter().zip(survived).zip(now).zip(x) {
                let came = point.weight * (*survived - now);
                returned += came;
                weighted += came * x;
                *survived = now;
            }
        }
        (returned, weighted)
    }
}

/// A few points with the same mass, and in each part the same first three moments, as the probabilities of 0, 1, … days.
pub(super) fn compress(probabilities: &[f64]) -> Vec<Point> {
    let mut from = 0;
    let mut out = Vec::new();
    for cut in CUTS {
        let to = (cut + 1).min(probabilities.len());
        if from < to {
            let days = probabilities[from..to].iter().zip(from..);
            let days = days.filter(|(p, _)| **p > 0.0);
            out.extend(two_points(
                &days.map(|(&weight, d)| Point { weight, day: as_f64(d) }).collect::<Vec<_>>(),
            ));
        }
        from = to;
    }
    out
}

fn as_f64(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

fn two_points(points: &[Point]) -> Vec<Point> {
    let weight: f64 = points.iter().map(|p| p.weight).sum();
    if weight <= 0.0 {
        return Vec::new();
    }
    let mean = points.iter().map(|p| p.weight * p.day).sum::<f64>() / weight;
    let moment =
        |power: i32| points.iter().map(|p| p.weight * (p.day - mean).powi(power)).sum::<f64>() / weight;
    let sd = moment(2).max(0.0).sqrt();
    if sd <= 1e-9 {
        return vec![Point { weight, day: mean }];
    }
    let skew = moment(3) / sd.powi(3);
    let root = skew.hypot(2.0);
    let share = 0.5 * (1.0 - skew / root);
    vec![
        Point { weight: weight * (1.0 - share), day: mean + 0.5 * sd * (skew - root) },
        Point { weight: weight * share, day: mean + 0.5 * sd * (skew + root) },
    ]
}

#[cfg(test)]
mod tests {
    use super::{Belief, MOST_POINTS, compress};
    use crate::synth::course::{ALL, Courses};
    use crate::synth::fitted::Fitted;

    /// The points stand for the whole distribution: of each path, for strong and weak hazards, and for every length of
    /// the horizon that an approaching birthday can leave.
    #[test]
    fn points_give_what_every_day_by_itself_would() {
        let fitted = Fitted::committed();
        let courses = Courses::new(fitted);
        let exposure =
            |days: f64| if days > 0.0 { (days / fitted.scale_days).powf(fitted.shape) } else { 0.0 };
        let (mut worst, mut worst_of_year) = (0.0_f64, 0.0_f64);
        for path in ALL {
            let days = courses.length(path, 3, 365);
            let points = compress(&days);
            for belief in [Belief::Known(0.2), Belief::Known(6.0), Belief::Gamma(0.7, 0.9)] {
                for last in [365.0, 240.0, 100.0] {
                    let all = (0_u16..).zip(&days).map(|(day, p)| {
                        let [survived] = belief.survive([exposure(last - f64::from(day))]);
                        p * (1.0 - survived)
                    });
                    let exact: f64 = all.sum();
                    let x: Vec<f64> = points.iter().map(|p| exposure(last - p.day)).collect();
                    let (few, _) = belief.returned(&points, &x, 1.0, &mut [1.0; MOST_POINTS]);
                    let error = (few - exact).abs();
                    worst = worst.max(error);
                    worst_of_year = if last < 365.0 { worst_of_year } else { worst_of_year.max(error) };
                }
            }
        }
        println!("largest error of a probability: {worst:.1e}, over a whole year {worst_of_year:.1e}");
        assert!(worst < 1e-3 && worst_of_year < 3e-4, "{worst} {worst_of_year}");
    }
}
