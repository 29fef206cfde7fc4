//! Draws from the binomial distribution, given a source of uniform numbers.

use super::gamma_function::log_gamma;

/// A draw of the number of successes in `trials` independent trials of chance `probability`.
///
/// Inversion that adds up chances outward from the most likely count, so one uniform number is spent and the work is
/// of the order of the standard deviation, not of `trials`. `uniform` returns numbers in [0, 1). A `probability`
/// at or below 0 gives 0, at or above 1 gives `trials`; it must not be NaN.
pub fn binomial_draw(trials: u64, probability: f64, uniform: &mut impl FnMut() -> f64) -> u64 {
    if trials == 0 || probability <= 0.0 {
        return 0;
    }
    if probability >= 1.0 {
        return trials;
    }
    if trials == 1 {
        return u64::from(uniform() < probability);
    }
    let (n, odds) = (trials as f64, probability / (1.0 - probability));
    let mode = ((n + 1.0) * probability).floor().min(n);
    let at_mode = chance(n, mode, probability);
    let mut left = uniform() - at_mode;
    let (mut up, mut down, mut up_chance, mut down_chance) = (mode, mode, at_mode, at_mode);
    while left >= 0.0 {
        let before = up_chance + down_chance;
        if up < n {
            up_chance *= (n - up) / (up + 1.0) * odds;
            up += 1.0;
            left -= up_chance;
            if left < 0.0 {
                return up as u64;
            }
        } else {
            up_chance = 0.0;
        }
        if down > 0.0 {
            down_chance *= down / ((n - down + 1.0) * odds);
            down -= 1.0;
            left -= down_chance;
            if left < 0.0 {
                return down as u64;
            }
        } else {
            down_chance = 0.0;
        }
        // Rounding may leave a sliver of the unit interval that no count owns.
        if before < 1e-17 {
            break;
        }
    }
    mode as u64
}

/// The binomial chance of `k` successes in `n` trials.
fn chance(n: f64, k: f64, probability: f64) -> f64 {
    let ways = log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0);
    (ways + k * probability.ln() + (n - k) * (-probability).ln_1p()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform numbers on a fine grid give the exact chances: 3 trials at 1/4 are 27, 27, 9, 1 of 64.
    #[test]
    fn a_grid_reproduces_the_chances() {
        let mut counts = [0_u32; 4];
        for step in 0..6400_u32 {
            let value = (f64::from(step) + 0.5) / 6400.0;
            counts[usize::try_from(binomial_draw(3, 0.25, &mut || value)).unwrap()] += 1;
        }
        assert_eq!(counts, [2700, 2700, 900, 100]);
    }

    #[test]
    fn large_counts_have_the_right_mean_and_variance() {
        let (mut sum, mut squares, steps) = (0.0, 0.0, 20_000_u32);
        for step in 0..steps {
            let value = (f64::from(step) + 0.5) / f64::from(steps);
            let distance = binomial_draw(100_000, 0.3, &mut || value) as f64 - 30_000.0;
            sum += distance;
            squares += distance * distance;
        }
        assert!((sum / f64::from(steps)).abs() < 0.2, "{sum}");
        assert!((squares / f64::from(steps) / 21_000.0 - 1.0).abs() < 0.01);
    }

    #[test]
    fn edges() {
        assert_eq!(binomial_draw(0, 0.5, &mut || 0.5), 0);
        assert_eq!(binomial_draw(9, 0.0, &mut || 0.0), 0);
        assert_eq!(binomial_draw(9, 1.0, &mut || 0.9), 9);
        assert_eq!(binomial_draw(1, 0.25, &mut || 0.2), 1);
        assert_eq!(binomial_draw(1, 0.25, &mut || 0.25), 0);
        assert!(binomial_draw(50, 0.5, &mut || 1.0 - f64::EPSILON) <= 50);
    }
}
