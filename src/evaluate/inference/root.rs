//! Where a falling function crosses zero, by halving: slow and certain.

/// The point between `low` and `high` where `falling` changes from above zero to zero or below.
///
/// Halving is used because every caller solves one equation per table line, not per row, and because it cannot
/// diverge. `falling(low)` should be above zero and `falling(high)` not; otherwise the nearer end is returned.
/// At most 1,200 evaluations, about 60 when the root is not near zero.
pub fn falling_root(falling: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    for _ in 0..1200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if falling(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The first of `start`, `2 start`, `4 start`, … at which `falling` is zero or below; the last finite one if none.
pub fn upper_bracket(falling: impl Fn(f64) -> f64, start: f64) -> f64 {
    let mut high = start;
    while high < 1e300 && falling(high) > 0.0 {
        high *= 2.0;
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_square_root_of_two() {
        let root = falling_root(|x| 2.0 - x * x, 0.0, upper_bracket(|x| 2.0 - x * x, 1.0));
        assert!((root - std::f64::consts::SQRT_2).abs() < 1e-15);
    }

    #[test]
    fn keeps_relative_precision_near_zero() {
        let root = falling_root(|x| 1e-12 - x, 0.0, 1.0);
        assert!((root / 1e-12 - 1.0).abs() < 1e-14);
    }
}
