//! How alike two rows of one household are, and how much that widens the error of a group's rate.

/// As many pairs of siblings as the correlation of all groups weighs against a group's own.
///
/// Chosen by 5,000 simulations of each fair model in `examples/heterogeneity_calibration`. One correlation for all
/// groups (an endless prior) rejects 12% where small groups are more alike than large ones, 200 pairs 9%, 50 pairs
/// 6.2%, 20 pairs 5.4%. The noise of a small group's own correlation does no harm, as the null carries it too.
const PRIOR_PAIRS: f64 = 20.0;

/// Sums over ordered pairs of different rows of one household, and over single rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SiblingPairs {
    /// The sum over ordered pairs of the product of the two weighted residuals.
    pub products: f64,
    /// The sum over ordered pairs of the product of the two weights: for weights of 1 the number of ordered pairs.
    pub product_weights: f64,
    /// The sum over rows of the squared weighted residual.
    pub squares: f64,
    /// The sum over rows of the squared weight: for weights of 1 the number of rows.
    pub square_weights: f64,
}

impl SiblingPairs {
    /// Adds one household given its rows as (weight, success), residuals being taken about the rate `pooled`.
    pub fn add_household(&mut self, rows: impl Iterator<Item = (f64, f64)>, pooled: f64) {
        let (mut whole, mut weights, mut squares, mut square_weights) = (0.0, 0.0, 0.0, 0.0);
        for (weight, success) in rows {
            let residual = weight * (success - pooled);
            whole += residual;
            weights += weight;
            squares += residual * residual;
            square_weights += weight * weight;
        }
        self.products += whole * whole - squares;
        self.product_weights += weights * weights - square_weights;
        self.squares += squares;
        self.square_weights += square_weights;
    }

    /// The mean squared residual, for weights of 1 and whole successes p(1-p); 0 without rows.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.square_weights > 0.0 { self.squares / self.square_weights } else { 0.0 }
    }

    /// The mean squared residual of these rows and of twenty more that have the `common` one.
    #[must_use]
    pub fn variance_toward(&self, common: f64) -> f64 {
        (self.squares + PRIOR_PAIRS * common) / (self.square_weights + PRIOR_PAIRS)
    }

    /// The correlation between two rows of one household, from 0 to 1: mean product over mean square.
    ///
    /// The pairwise moment estimator reviewed by Ridout, Demétrio and Firth (1999, Biometrics 55:137). A negative
    /// estimate is 0, and so is that of no pairs.
    #[must_use]
    pub fn correlation(&self) -> f64 {
        let scale = self.product_weights * self.variance();
        if scale > 0.0 { (self.products / scale).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The correlation of these pairs and of twenty more that have the correlation and variance of all groups.
    #[must_use]
    pub fn drawn_toward(&self, correlation: f64, variance: f64) -> f64 {
        // Every pair was summed in both orders.
        let prior = 2.0 * PRIOR_PAIRS * variance;
        let scale = self.product_weights * self.variance() + prior;
        if scale > 0.0 {
            ((self.products + prior * correlation) / scale).clamp(0.0, 1.0)
        } else {
            correlation
        }
    }

    /// The variance of the group's rate relative to as many independent whole rows.
    ///
    /// `1 + correlation (sum m^2 / sum m - 1)` over households of m rows, with Kish's factor for unequal weights.
    /// `total` is the sum of the weights, above 0.
    #[must_use]
    pub fn design_effect(&self, correlation: f64, total: f64) -> f64 {
        (self.square_weights + correlation * self.product_weights) / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(households: &[&[f64]], pooled: f64) -> SiblingPairs {
        let mut sums = SiblingPairs::default();
        for household in households {
            sums.add_household(household.iter().map(|s| (1.0, *s)), pooled);
        }
        sums
    }

    /// Pairs 11, 00, 10 and singles 1, 0 about 1/2: products 1/4, 1/4, -1/4, mean 1/12, over 1/4 = 1/3.
    #[test]
    fn correlation_and_design_effect_by_hand() {
        let got = pairs(&[&[1.0, 1.0], &[0.0, 0.0], &[1.0, 0.0], &[1.0], &[0.0]], 0.5);
        assert!((got.correlation() - 1.0 / 3.0).abs() < 1e-15 && (got.variance() - 0.25).abs() < 1e-15);
        // sum m^2 / sum m = 14/8.
        assert!((got.design_effect(1.0 / 3.0, 8.0) - 1.25).abs() < 1e-15);
        // Three own pairs at 1/3 and twenty at 0.
        assert!((got.drawn_toward(0.0, 0.25) - 1.0 / 23.0).abs() < 1e-15);
        assert!((got.drawn_toward(1.0 / 3.0, 0.25) - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn copies_are_fully_alike_and_opposites_count_as_unrelated() {
        let copies = pairs(&[&[1.0; 3], &[0.0; 3], &[0.0; 3]], 0.2);
        assert!(
            (copies.correlation() - 1.0).abs() < 1e-12
                && (copies.drawn_toward(1.0, 0.16) - 1.0).abs() < 1e-12
        );
        assert!(pairs(&[&[1.0, 0.0]], 0.5).correlation().abs() < 1e-300);
        assert!(pairs(&[&[1.0], &[0.0]], 0.5).correlation().abs() < 1e-300);
        assert!((SiblingPairs::default().drawn_toward(0.4, 0.0) - 0.4).abs() < 1e-15);
    }
}
