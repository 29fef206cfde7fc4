//! The tests under comparison, each giving a p value for the same rows.

use rerefer::evaluate::inference::binomial_draw::binomial_draw;
use rerefer::evaluate::inference::chi_square;
use rerefer::evaluate::inference::heterogeneity::heterogeneity;
use rerefer::evaluate::inference::household_counts::{RateRow, household_counts};
use rerefer::evaluate::inference::household_heterogeneity::household_heterogeneity;
use rerefer::evaluate::inference::null_summary::{at_least, monte_carlo_p};
use rerefer::evaluate::inference::rate_table::{RateCell, rate_spread};
use rerefer::evaluate::inference::two_proportions::Counts;
use std::collections::BTreeMap;

use super::bootstrap_wald::bootstrap_wald;

pub(super) const METHODS: [&str; 9] = [
    "a:chi2",
    "b:binomMC",
    "c:bootWald",
    "c2:bootLogit",
    "d1:RaoScott2",
    "d2:RS-simul",
    "e:permute",
    "f:household",
    "f:range",
];

/// `SplitMix64`, with normal draws by Box and Muller.
pub(super) struct Source {
    state: u64,
    spare: Option<f64>,
}

impl Source {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0xD134_2543_DE82_EF95), spare: None }
    }

    pub(super) fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }

    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare = Some(radius * angle.sin());
        radius * angle.cos()
    }
}

pub(super) struct Compared {
    pub(super) groups: usize,
    pub(super) correlation: f64,
    pub(super) p_values: [f64; METHODS.len()],
}

/// One household: for each of its groups (group, rows, successes).
type Household = Vec<(usize, u64, u64)>;

/// One group's bootstrap replicates on the rate scale and on the log-odds scale.
type Replicates = (Vec<f64>, Vec<f64>);

/// All p values, those of other tests NaN with `only_ours`; or `None` where no test is defined.
pub(super) fn p_values(
    rows: &[RateRow],
    included: &[bool],
    draws: usize,
    only_ours: bool,
    source: &mut Source,
) -> Option<Compared> {
    let counted = household_counts(rows, included).ok()?;
    let cells: Vec<RateCell> = counted.cells.iter().map(|c| RateCell { design_effect: 1.0, ..*c }).collect();
    let groups = cells.iter().filter(|c| c.total > 0.0).count();
    if groups < 2 {
        return None;
    }
    let plain = rate_spread(&cells)?;
    let household = household_heterogeneity(rows, included, [draws, draws], &mut || source.uniform()).ok()?;
    if only_ours {
        let mut p_values = [f64::NAN; METHODS.len()];
        p_values[METHODS.len() - 2..].copy_from_slice(&[household.p_value, household.range_p_value]);
        return Some(Compared { groups, correlation: counted.correlation, p_values });
    }
    let households = households(rows, included);
    let counts: Vec<Counts> =
        cells.iter().map(|c| Counts { successes: c.successes, total: c.total }).collect();
    let binomial = heterogeneity(&counts, draws, &mut || source.uniform()).ok()?;
    let (wald, logit) = bootstrap(&cells, &households, draws, source);
    let (second_order, simulated) = rao_scott(&cells, &households, plain.chi_square, draws, source);
    Some(Compared {
        groups,
        correlation: counted.correlation,
        p_values: [
            chi_square::upper_tail(plain.chi_square, (groups - 1) as f64).ok()?,
            binomial.p_value,
            wald,
            logit,
            second_order,
            simulated,
            permutation(&cells, &households, draws, source),
            household.p_value,
            household.range_p_value,
        ],
    })
}

fn households(rows: &[RateRow], included: &[bool]) -> Vec<Household> {
    let mut by_code: BTreeMap<usize, BTreeMap<usize, (u64, u64)>> = BTreeMap::new();
    for row in rows.iter().filter(|r| included[r.group]) {
        let cell = by_code.entry(row.household).or_default().entry(row.group).or_default();
        cell.0 += 1;
        cell.1 += u64::from(row.success > 0.5);
    }
    by_code.into_values().map(|h| h.into_iter().map(|(g, (n, k))| (g, n, k)).collect()).collect()
}

/// (c) Resamples households; Wald on the rate scale, and on the log-odds scale with halves added.
fn bootstrap(cells: &[RateCell], households: &[Household], draws: usize, source: &mut Source) -> (f64, f64) {
    let mut kinds: BTreeMap<&Household, u64> = BTreeMap::new();
    for household in households {
        *kinds.entry(household).or_insert(0) += 1;
    }
    let tested: Vec<usize> = (0..cells.len()).filter(|g| cells[*g].total > 0.0).collect();
    let rate = |k: f64, n: f64| k / n;
    let logit = |k: f64, n: f64| ((k + 0.5) / (n - k + 0.5)).ln();
    let mut replicates = vec![(Vec::new(), Vec::new()); tested.len()];
    let mut made = 0;
    while made < draws {
        let mut sums = vec![(0_u64, 0_u64); cells.len()];
        let (mut left, mut unseen) = (households.len() as u64, households.len() as u64);
        for (kind, number) in &kinds {
            let times = binomial_draw(left, *number as f64 / unseen as f64, &mut || source.uniform());
            left -= times;
            unseen -= number;
            for (group, n, k) in *kind {
                sums[*group].0 += n * times;
                sums[*group].1 += k * times;
            }
        }
        if tested.iter().any(|g| sums[*g].0 == 0) {
            continue;
        }
        for (slot, group) in replicates.iter_mut().zip(&tested) {
            let (n, k) = (sums[*group].0 as f64, sums[*group].1 as f64);
            slot.0.push(rate(k, n));
            slot.1.push(logit(k, n));
        }
        made += 1;
    }
    let test = |scale: &dyn Fn(f64, f64) -> f64, pick: fn(&Replicates) -> &Vec<f64>| {
        // A group whose replicates do not vary cannot enter a Wald statistic and is left out.
        let varying: Vec<usize> = (0..tested.len())
            .filter(|at| {
                let values = pick(&replicates[*at]);
                values.iter().any(|v| (v - values[0]).abs() > 1e-12)
            })
            .collect();
        let estimates: Vec<f64> =
            varying.iter().map(|at| scale(cells[tested[*at]].successes, cells[tested[*at]].total)).collect();
        let chosen: Vec<Vec<f64>> = varying.iter().map(|at| pick(&replicates[*at]).clone()).collect();
        bootstrap_wald(&estimates, &chosen)
    };
    (test(&rate, |r| &r.0), test(&logit, |r| &r.1))
}

/// (d) Pearson's chi-square over the mean estimated design effect: second-order reference, and binomial-simulated.
fn rao_scott(
    cells: &[RateCell],
    households: &[Household],
    chi_square: f64,
    draws: usize,
    source: &mut Source,
) -> (f64, f64) {
    let total: f64 = cells.iter().map(|c| c.total).sum();
    let pooled = cells.iter().map(|c| c.successes).sum::<f64>() / total;
    let mut squares = vec![0.0; cells.len()];
    for (group, n, k) in households.iter().flatten() {
        let residual = *k as f64 - *n as f64 * pooled;
        squares[*group] += residual * residual;
    }
    let tested: Vec<(f64, f64)> = cells
        .iter()
        .zip(&squares)
        .filter(|(c, _)| c.total > 0.0)
        .map(|(c, s)| (1.0 - c.total / total, s / (c.total * pooled * (1.0 - pooled))))
        .collect();
    let degrees = (tested.len() - 1) as f64;
    let mean = tested.iter().map(|(w, d)| w * d).sum::<f64>() / degrees;
    let spread =
        tested.iter().map(|(w, d)| w * (d - mean) * (d - mean)).sum::<f64>() / (degrees * mean * mean);
    let second =
        chi_square::upper_tail(chi_square / (mean * (1.0 + spread)), degrees / (1.0 + spread)).unwrap_or(1.0);
    let mut drawn: Vec<RateCell> = cells.to_vec();
    let mut exceed = 0;
    for _ in 0..draws {
        for cell in &mut drawn {
            cell.successes = binomial_draw(cell.total as u64, pooled, &mut || source.uniform()) as f64;
        }
        exceed += usize::from(at_least(rate_spread(&drawn).map_or(0.0, |s| s.chi_square), chi_square / mean));
    }
    (second, monte_carlo_p(exceed, draws))
}

/// (e) Plain chi-square; households of equal size exchange their members' groups; members exchange places within.
fn permutation(cells: &[RateCell], households: &[Household], draws: usize, source: &mut Source) -> f64 {
    let mut strata: BTreeMap<u64, (Vec<Vec<usize>>, Vec<u64>)> = BTreeMap::new();
    for household in households {
        let size: u64 = household.iter().map(|(_, n, _)| n).sum();
        let labels = household.iter().flat_map(|(g, n, _)| std::iter::repeat_n(*g, *n as usize)).collect();
        let stratum = strata.entry(size).or_default();
        stratum.0.push(labels);
        stratum.1.push(household.iter().map(|(_, _, k)| k).sum());
    }
    let observed = rate_spread(cells).map_or(0.0, |s| s.chi_square);
    let mut drawn = cells.to_vec();
    let mut exceed = 0;
    for _ in 0..draws {
        let mut successes = vec![0_u64; cells.len()];
        for (labels, counts) in strata.values_mut() {
            for at in (1..counts.len()).rev() {
                counts.swap(at, source.below(at + 1));
            }
            for (label, count) in labels.iter_mut().zip(counts.iter()) {
                if label[0] == label[label.len() - 1] {
                    successes[label[0]] += count;
                } else {
                    label.sort_unstable();
                    let mut order = label.clone();
                    for place in 0..*count as usize {
                        let other = place + source.below(order.len() - place);
                        order.swap(place, other);
                        successes[order[place]] += 1;
                    }
                }
            }
        }
        for (cell, k) in drawn.iter_mut().zip(&successes) {
            cell.successes = *k as f64;
        }
        exceed += usize::from(at_least(rate_spread(&drawn).map_or(0.0, |s| s.chi_square), observed));
    }
    monte_carlo_p(exceed, draws)
}
