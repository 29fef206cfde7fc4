//! Exact random draws from a binomial distribution.

use crate::evaluate::inference::gamma_function::log_gamma;

/// A binomial distribution, prepared for many draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binomial {
    trials: f64,
    probability: f64,
    mode: f64,
    mode_probability: f64,
}

impl Binomial {
    /// Inputs: a whole number of trials from 0 to 1e9 and a probability in [0, 1]; others are refused.
    pub fn new(trials: f64, probability: f64) -> Result<Self, &'static str> {
        if !(0.0..=1e9).contains(&trials) || trials.fract() > 0.0 {
            return Err("the number of trials is not a whole number from 0 to a thousand million");
        }
        if !(0.0..=1.0).contains(&probability) {
            return Err("a probability is not a number from 0 to 1");
        }
        let mode = ((trials + 1.0) * probability).floor().min(trials);
        let certain = probability <= 0.0 || probability >= 1.0 || trials <= 1.0;
        let mode_probability = if certain { 1.0 } else { mass(trials, probability, mode) };
        Ok(Self { trials, probability, mode, mode_probability })
    }

    /// One draw, a whole number from 0 to the number of trials.
    ///
    /// Input: a source of uniform numbers in [0, 1), used once a draw. Inversion by search outwards from the
    /// mode (Kemp 1986, Communications in Statistics - Theory and Methods 15:805): about sqrt(trials p (1 -
    /// p)) steps.
    pub fn draw(&self, uniform: &mut dyn FnMut() -> f64) -> f64 {
        let mut left = uniform();
        if self.trials <= 1.0 {
            return if left < self.probability { self.trials } else { 0.0 };
        }
        left -= self.mode_probability;
        if left < 0.0 || self.probability <= 0.0 || self.probability >= 1.0 {
            return self.mode;
        }
        let odds = self.probability / (1.0 - self.probability);
        let (mut low, mut high) = (self.mode, self.mode);
        let (mut low_mass, mut high_mass) = (self.mode_probability, self.mode_probability);
        loop {
            low_mass *= low / ((self.trials - low + 1.0) * odds);
            high_mass *= (self.trials - high) * odds / (high + 1.0);
            // Both ends reached: what is left is rounding.
            if low_mass <= 0.0 && high_mass <= 0.0 {
                return self.mode;
            }
            low -= 1.0;
            left -= low_mass;
            if left < 0.0 {
                return low;
            }
            high += 1.0;
            left -= high_mass;
            if left < 0.0 {
                return high;
            }
        }
    }
}

/// The probability of exactly `count` events, for 0 < probability < 1.
fn mass(trials: f64, probability: f64, count: f64) -> f64 {
    let others = trials - count;
    let ways = log_gamma(trials + 1.0) - log_gamma(count + 1.0) - log_gamma(others + 1.0);
    (ways + count * probability.ln() + others * (-probability).ln_1p()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every uniform number of an even grid once, so that frequencies equal probabilities to the grid's
    /// width.
    fn frequencies(trials: f64, probability: f64, grid: u32) -> Vec<(f64, f64)> {
        let distribution = Binomial::new(trials, probability).unwrap();
        let mut draws: Vec<f64> =
            (0..grid).map(|i| distribution.draw(&mut || (f64::from(i) + 0.5) / f64::from(grid))).collect();
        draws.sort_by(f64::total_cmp);
        let same = draws.chunk_by(|a, b| a.total_cmp(b).is_eq());
        same.map(|run| (run[0], run.len() as f64 / f64::from(grid))).collect()
    }

    #[test]
    fn draws_have_the_binomial_probabilities() {
        for (trials, probability) in [(1.0, 0.3), (2.0, 0.5), (5.0, 0.1), (40.0, 0.75), (3000.0, 0.02)] {
            for (count, frequency) in frequencies(trials, probability, 100_000) {
                let expected = mass(trials, probability, count);
                assert!((frequency - expected).abs() < 3e-5, "{trials} {probability} {count} {frequency}");
            }
        }
    }

    #[test]
    fn two_trials_by_hand() {
        let found = frequencies(2.0, 0.5, 1000);
        assert_eq!(found.len(), 3);
        assert!((found[1].1 - 0.5).abs() < 1e-3);
    }

    #[test]
    fn certain_events_always_or_never_happen() {
        assert_eq!(frequencies(7.0, 0.0, 50), [(0.0, 1.0)]);
        assert_eq!(frequencies(7.0, 1.0, 50), [(7.0, 1.0)]);
        assert_eq!(frequencies(1.0, 1.0, 50), [(1.0, 1.0)]);
        assert_eq!(frequencies(0.0, 0.5, 50), [(0.0, 1.0)]);
    }

    #[test]
    fn a_uniform_number_of_almost_one_ends() {
        let distribution = Binomial::new(10_000.0, 1e-6).unwrap();
        assert!(distribution.draw(&mut || 1.0 - f64::EPSILON) <= 10_000.0);
    }

    #[test]
    fn impossible_distributions_are_refused() {
        assert!(Binomial::new(2.5, 0.5).is_err());
        assert!(Binomial::new(f64::NAN, 0.5).is_err());
        assert!(Binomial::new(2.0, 1.1).is_err());
    }
}
