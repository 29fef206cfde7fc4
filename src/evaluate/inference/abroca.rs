//! The area between the ROC curves of two groups.

use super::roc_steps::RocStep;

/// The area between two ROC curves and the curves' own areas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Abroca {
    /// The area between the curves, from 0 to 1, counted positive on both sides of every crossing.
    pub area: f64,
    /// The signed area, which is the difference of the AUROCs, first minus second.
    pub signed_area: f64,
    /// The first group's AUROC.
    pub first_auroc: f64,
    /// The second group's AUROC.
    pub second_auroc: f64,
}

/// The absolute area between the ROC curves of two groups (Gardner, Brooks and Baker 2019, LAK 19, page 225).
///
/// Exact on the piecewise-linear curves: tied scores give a slanted piece, a step without non-events a vertical jump,
/// and pieces that cross are split where they cross. It is not the difference of the AUROCs (which holisticai 1.0.14
/// returns under this name): two groups can have equal areas and very different curves. Expect above 0 by chance
/// alone; judge it by its bootstrap distribution. `first` and `second` are steps by falling score with weights 0 or
/// above; whole-number weights (bootstrap counts) make every corner exact. Allocates nothing. O(steps).
///
/// # Errors
/// When a group has no events or no non-events, or a weight is negative or not finite.
pub fn abroca(first: &[RocStep], second: &[RocStep]) -> Result<Abroca, &'static str> {
    let (first_total, second_total) = (totals(first)?, totals(second)?);
    // Both axes in units that keep whole-number weights whole: x in first * second non-events, likewise y.
    let width = first_total.non_events * second_total.non_events;
    let height = first_total.events * second_total.events;
    let mut one = Walk::new(first, second_total);
    let mut two = Walk::new(second, first_total);
    let (mut area, mut signed) = (0.0, 0.0);
    while let (Some(to_one), Some(to_two)) = (one.corner(), two.corner()) {
        let to = to_one.min(to_two);
        let run = to - one.x;
        let before = one.y - two.y;
        one.advance(to);
        two.advance(to);
        let after = one.y - two.y;
        signed += 0.5 * run * (before + after);
        area += run * mean_distance(before, after);
    }
    let scale = width * height;
    let (first_auroc, second_auroc) = (auroc(first, first_total), auroc(second, second_total));
    Ok(Abroca { area: area / scale, signed_area: signed / scale, first_auroc, second_auroc })
}

/// The mean of |distance| over a piece where the distance runs straight from `before` to `after`.
fn mean_distance(before: f64, after: f64) -> f64 {
    let sum = before.abs() + after.abs();
    if before * after >= 0.0 { 0.5 * sum } else { 0.5 * (before * before + after * after) / sum }
}

fn totals(steps: &[RocStep]) -> Result<RocStep, &'static str> {
    let mut total = RocStep::default();
    for step in steps {
        if !(step.events >= 0.0 && step.non_events >= 0.0 && (step.events + step.non_events).is_finite()) {
            return Err("a weight is negative or not finite");
        }
        total.events += step.events;
        total.non_events += step.non_events;
    }
    if total.events <= 0.0 {
        Err("a group has no rows with the event")
    } else if total.non_events <= 0.0 {
        Err("a group has no rows without the event")
    } else {
        Ok(total)
    }
}

fn auroc(steps: &[RocStep], total: RocStep) -> f64 {
    let (mut above, mut area) = (0.0, 0.0);
    for step in steps {
        area += step.non_events * (above + 0.5 * step.events);
        above += step.events;
    }
    area / (total.events * total.non_events)
}

/// A point moving rightward along one curve, past vertical jumps.
struct Walk<'a> {
    steps: std::slice::Iter<'a, RocStep>,
    /// What one unit of this curve's weights is on the shared axes: the other group's totals.
    unit: RocStep,
    /// Cumulative weights up to the end of the current piece.
    reached: RocStep,
    x: f64,
    y: f64,
    end_x: f64,
    end_y: f64,
}

impl<'a> Walk<'a> {
    fn new(steps: &'a [RocStep], unit: RocStep) -> Self {
        let reached = RocStep::default();
        Self { steps: steps.iter(), unit, reached, x: 0.0, y: 0.0, end_x: 0.0, end_y: 0.0 }
    }

    /// The x of the end of the current piece, after taking any vertical jumps; none at the end of the curve.
    fn corner(&mut self) -> Option<f64> {
        while self.end_x <= self.x {
            self.y = self.end_y;
            let step = self.steps.next()?;
            self.reached.events += step.events;
            self.reached.non_events += step.non_events;
            self.end_x = self.reached.non_events * self.unit.non_events;
            self.end_y = self.reached.events * self.unit.events;
        }
        Some(self.end_x)
    }

    fn advance(&mut self, to: f64) {
        if to >= self.end_x {
            self.y = self.end_y;
        } else {
            self.y += (self.end_y - self.y) * (to - self.x) / (self.end_x - self.x);
        }
        self.x = to;
    }
}

#[cfg(test)]
mod tests {
    use super::super::roc_steps::RocSteps;
    use super::*;

    fn steps(pairs: &[(f64, f64)]) -> Vec<RocStep> {
        pairs.iter().map(|&(events, non_events)| RocStep { events, non_events }).collect()
    }

    /// Perfect ranking against a constant score: the area above the diagonal, 1/2.
    #[test]
    fn perfect_against_constant() {
        let got = abroca(&steps(&[(2.0, 0.0), (0.0, 3.0)]), &steps(&[(5.0, 7.0)])).unwrap();
        assert!((got.area - 0.5).abs() < 1e-15 && (got.signed_area - 0.5).abs() < 1e-15);
        assert!((got.first_auroc - 1.0).abs() < 1e-15 && (got.second_auroc - 0.5).abs() < 1e-15);
    }

    /// Through (0, 1/2) and (1, 1/2), a jump up at both ends, against the diagonal: two triangles of 1/8 each that
    /// cancel in the AUROC difference. Crossing at 1/2, inside a piece of both.
    #[test]
    fn crossing_curves_do_not_cancel() {
        let got = abroca(&steps(&[(1.0, 0.0), (0.0, 1.0), (1.0, 0.0)]), &steps(&[(1.0, 1.0)])).unwrap();
        assert!((got.area - 0.25).abs() < 1e-15 && got.signed_area.abs() < 1e-15);
    }

    #[test]
    fn equal_groups_and_scaled_weights_have_no_area() {
        let one = steps(&[(1.0, 0.0), (2.0, 1.0), (0.0, 0.0), (0.0, 2.0), (3.0, 1.0)]);
        let three = steps(&[(3.0, 0.0), (6.0, 3.0), (0.0, 6.0), (9.0, 3.0)]);
        assert!(abroca(&one, &three).unwrap().area.abs() < 1e-15);
    }

    #[test]
    fn weights_are_copies_and_the_signed_area_is_the_auroc_difference() {
        let scores = [0.9, 0.8, 0.8, 0.4, 0.3, 0.3, 0.1, 0.7];
        let events = [true, false, true, false, true, false, false, true];
        let weights = [1, 2, 1, 3, 0, 1, 1, 2];
        let mut weighted = RocSteps::from_rows(&scores, &events).unwrap();
        weighted.refill(&weights).unwrap();
        let mut copies = (Vec::new(), Vec::new());
        for (row, weight) in weights.iter().enumerate() {
            for _ in 0..*weight {
                copies.0.push(scores[row]);
                copies.1.push(events[row]);
            }
        }
        let copied = RocSteps::from_rows(&copies.0, &copies.1).unwrap();
        let other = RocSteps::from_rows(&scores[1..7], &events[1..7]).unwrap();
        let (a, b) = (
            abroca(weighted.steps(), other.steps()).unwrap(),
            abroca(copied.steps(), other.steps()).unwrap(),
        );
        assert!((a.area - b.area).abs() < 1e-15 && a.area > a.signed_area.abs());
        assert!((a.signed_area - (a.first_auroc - a.second_auroc)).abs() < 1e-15);
        let swapped = abroca(other.steps(), weighted.steps()).unwrap();
        assert!((swapped.area - a.area).abs() < 1e-15 && (swapped.signed_area + a.signed_area).abs() < 1e-15);
    }

    #[test]
    fn one_class_groups_are_undefined() {
        let whole = steps(&[(1.0, 1.0)]);
        assert!(abroca(&steps(&[(1.0, 0.0)]), &whole).is_err());
        assert!(abroca(&whole, &steps(&[(0.0, 1.0)])).is_err());
        assert!(abroca(&[], &whole).is_err());
        assert!(abroca(&whole, &steps(&[(-1.0, 2.0), (3.0, 1.0)])).is_err());
    }
}
