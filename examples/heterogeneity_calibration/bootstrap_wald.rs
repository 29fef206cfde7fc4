//! A Wald-type test from replicates of a household bootstrap, for comparison: it accuses too often where groups are small.

use rerefer::evaluate::inference::null_summary::{at_least, monte_carlo_p};

/// The p value that groups with these estimates are equal; `replicates` holds each group's value in every replicate.
///
/// Null: the same statistic of `replicate - estimate` (Hall and Wilson 1991, Biometrics 47:757). 1 with fewer than two
/// groups.
pub(super) fn bootstrap_wald(estimates: &[f64], replicates: &[Vec<f64>]) -> f64 {
    let draws = replicates.first().map_or(0, Vec::len);
    if estimates.len() < 2 || draws < 2 {
        return 1.0;
    }
    let precisions: Vec<f64> = replicates.iter().map(|r| precision(r)).collect();
    let observed = spread(estimates, &precisions);
    let reached = |draw: &usize| {
        let centred: Vec<f64> = replicates.iter().zip(estimates).map(|(r, e)| r[*draw] - e).collect();
        at_least(spread(&centred, &precisions), observed)
    };
    monte_carlo_p((0..draws).filter(reached).count(), draws)
}

/// One over the sample variance of a group's replicates.
fn precision(replicates: &[f64]) -> f64 {
    let count = replicates.len() as f64;
    let mean = replicates.iter().sum::<f64>() / count;
    (count - 1.0) / replicates.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>()
}

fn spread(values: &[f64], precisions: &[f64]) -> f64 {
    let weights: f64 = precisions.iter().sum();
    let mean = values.iter().zip(precisions).map(|(v, p)| v * p).sum::<f64>() / weights;
    values.iter().zip(precisions).map(|(v, p)| p * (v - mean) * (v - mean)).sum()
}
