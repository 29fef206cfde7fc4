//! Probability, gradient and Hessian of many scores at once.

use super::bins::Sums;

/// e to the power of `x` within 1e-6 of its size, in plain sums and products: the same bits on every machine, and many at
/// once. Powers beyond ±80 are cut off.
fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5 * 2^23 rounds to a whole number, whose last bits the sum then holds.
    const ROUND: f32 = 12_582_912.0;
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.clamp(-80.0, 80.0);
    let sum = x * std::f32::consts::LOG2_E + ROUND;
    let whole = sum - ROUND;
    let r = x - whole * LN2[0] - whole * LN2[1];
    let tail = 0.166_666_65 + r * (0.041_665_795 + r * (0.008_333_452 + r * 0.001_398_2));
    let power = f32::from_bits((sum.to_bits() << 23).wrapping_add(0x3f80_0000));
    (1.0 + r + r * r * (0.5 + r * tail)) * power
}

/// Writes weight * (probability - outcome) and weight * probability * (1 - probability) of each row, and returns their sums.
pub(super) fn derive(
    scores: &[f32],
    offset: f32,
    rows: (&[f32], &[f32]),
    derivatives: &mut [[f32; 2]],
) -> Sums {
    const BLOCK: usize = 1024;
    let (outcomes, weights) = rows;
    let mut total = [0.0f64; 2];
    let blocks = scores.chunks(BLOCK).zip(outcomes.chunks(BLOCK)).zip(weights.chunks(BLOCK));
    for (((scores, outcomes), weights), out) in blocks.zip(derivatives.chunks_mut(BLOCK)) {
        for (((score, outcome), weight), d) in scores.iter().zip(outcomes).zip(weights).zip(out.iter_mut()) {
            let p = 1.0 / (1.0 + exp(-(score + offset)));
            *d = [weight * (p - outcome), weight * p * (1.0 - p)];
        }
        let mut parts = [[0.0f64; 2]; 4];
        for (at, d) in out.iter().enumerate() {
            let part = &mut parts[at % 4];
            *part = [part[0] + f64::from(d[0]), part[1] + f64::from(d[1])];
        }
        for part in parts {
            total = [total[0] + part[0], total[1] + part[1]];
        }
    }
    total
}

/// log(1 + exp(-score)) for an event, log(1 + exp(score)) for none, without overflow.
pub(super) fn log_loss(score: f64, event: bool) -> f64 {
    let z = if event { -score } else { score };
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// The probability at a log-odds.
pub(super) fn sigmoid(score: f64) -> f64 {
    if score >= 0.0 { 1.0 / (1.0 + (-score).exp()) } else { score.exp() / (1.0 + score.exp()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_exponential_is_near_the_exact_one() {
        for step in -7000..7000 {
            let x = f64::from(step) / 100.0;
            assert!((f64::from(exp(x as f32)) / f64::from(x as f32).exp() - 1.0).abs() < 1e-6, "at {x}");
        }
    }

    #[test]
    fn derivatives_are_those_of_the_log_loss() {
        let mut d = [[0.0; 2]; 2];
        let total = derive(&[0.5, -30.0], 0.5, (&[1.0, 0.0], &[2.0, 1.0]), &mut d);
        let p = sigmoid(1.0);
        assert!((f64::from(d[0][0]) - 2.0 * (p - 1.0)).abs() < 1e-6);
        assert!((f64::from(d[0][1]) - 2.0 * p * (1.0 - p)).abs() < 1e-6);
        assert!(d[1][0] > 0.0 && d[1][0] < 1e-12);
        assert!((total[0] - f64::from(d[0][0]) - f64::from(d[1][0])).abs() < 1e-12);
    }
}
