//! The search of `FasterRisk`: a beam of sparse logistic regressions, a pool of their near equals, integers for each.

use super::cells::{Cells, Groups, dot, sigmoid};
use super::design::Design;
use super::rounding::star_search;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Columns tried in the place of each that is taken out, as in the reference implementation.
const ATTEMPTS: usize = 50;

/// What the search may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Lines k at most.
    pub(crate) facts: usize,
    /// Largest points a line gives.
    pub(crate) points: u32,
    /// Cards kept at most.
    pub(crate) pool: usize,
    /// Share of the loss by which a card may be worse than the best.
    pub(crate) gap: f64,
    /// Supports kept at each size, and children tried of each.
    pub(crate) beam: usize,
}

/// A card on the columns of a design.
#[derive(Clone, Debug)]
pub(crate) struct IntegerSolution {
    /// Columns with points other than nought, rising, and their points.
    pub(crate) lines: Vec<(usize, i32)>,
    /// In points.
    pub(crate) intercept: i32,
    /// Points that make up one unit of log-odds.
    pub(crate) multiplier: f64,
    /// Logistic loss, summed over the rows with their weights.
    pub(crate) loss: f64,
}

/// A sparse logistic regression with real coefficients.
#[derive(Clone, Debug)]
struct Sparse {
    support: Vec<usize>,
    groups: Groups,
    /// Intercept, then one a column of the support.
    beta: Vec<f64>,
    loss: f64,
}

/// A design with its outcomes, and what makes its columns comparable.
struct Problem<'a> {
    design: &'a dyn Design,
    y: &'a [bool],
    weights: &'a [f64],
    settings: &'a Settings,
    means: Vec<f64>,
    /// √Σ w (x - mean)²; nought for a constant column.
    norms: Vec<f64>,
}

/// The best integer cards, best first, at most `settings.pool`, none worse than the first by more than `settings.gap` of its
/// loss; empty when no column tells anything. `weights` are one a row and not negative; both outcomes must occur.
pub(crate) fn search(
    design: &dyn Design,
    y: &[bool],
    weights: &[f64],
    settings: &Settings,
) -> Vec<IntegerSolution> {
    let problem = Problem::new(design, y, weights, settings);
    let beam = problem.beam();
    let Some(best) = beam.first() else { return Vec::new() };
    let mut pool = problem.swaps(best);
    pool.extend(beam.iter().cloned());
    pool.sort_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| sorted(&a.support).cmp(&sorted(&b.support))));
    let mut seen = BTreeSet::new();
    pool.retain(|s| s.loss <= best.loss * (1.0 + settings.gap) && seen.insert(sorted(&s.support)));
    pool.truncate(settings.pool.max(1));
    let mut cards: Vec<IntegerSolution> = pool.par_iter().filter_map(|s| problem.integers(s)).collect();
    cards.sort_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.lines.cmp(&b.lines)));
    let most = cards.first().map_or(0.0, |c| c.loss * (1.0 + settings.gap));
    // Two supports may round to the same lines; the better multiplier stands first.
    let mut seen = BTreeSet::new();
    cards.retain(|c| c.loss <= most && seen.insert(c.lines.clone()));
    cards
}

impl<'a> Problem<'a> {
    fn new(design: &'a dyn Design, y: &'a [bool], weights: &'a [f64], settings: &'a Settings) -> Self {
        let total: f64 = weights.iter().sum();
        let means: Vec<f64> = design.sums(weights).iter().map(|s| s / total).collect();
        let norm = |(s, m): (&f64, &f64)| {
            let squared = s - total * m * m;
            if squared > 1e-12 * s { squared.sqrt() } else { 0.0 }
        };
        let norms = design.squares(weights).iter().zip(&means).map(norm).collect();
        Self { design, y, weights, settings, means, norms }
    }

    fn bound(&self) -> f64 {
        f64::from(self.settings.points)
    }

    /// The best logistic regressions of at most `facts` columns (section 3.1), best first.
    fn beam(&self) -> Vec<Sparse> {
        let mut beam = vec![self.fit(Vec::new(), Groups::one(self.design.rows()), &[0.0])];
        for _ in 0..self.settings.facts {
            let mut seen = BTreeSet::new();
            let mut children = Vec::new();
            for (parent, s) in beam.iter().enumerate() {
                let next = self.steepest(s, self.settings.beam);
                children.extend(
                    next.iter().map(|&j| (parent, j)).filter(|&(_, j)| seen.insert(with(&s.support, j))),
                );
            }
            let mut next: Vec<Sparse> = children.par_iter().map(|&(p, j)| self.extend(&beam[p], j)).collect();
            next.sort_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.support.cmp(&b.support)));
            next.truncate(self.settings.beam.max(1));
            if next.is_empty() {
                break;
            }
            beam = next;
        }
        beam.retain(|s| !s.support.is_empty());
        beam
    }

    /// `best` with one column swapped for another (section 3.2), within the gap.
    fn swaps(&self, best: &Sparse) -> Vec<Sparse> {
        let most = best.loss * (1.0 + self.settings.gap);
        let mut pool = Vec::new();
        for out in &best.support {
            let support: Vec<usize> = best.support.iter().copied().filter(|j| j != out).collect();
            let groups = Groups::of(self.design, &support);
            let start = vec![0.0; 1 + support.len()];
            let without = self.fit(support, groups, &start);
            let mut next = self.steepest(&without, ATTEMPTS);
            next.retain(|j| j != out);
            let swapped = next.par_iter().map(|&j| self.extend(&without, j)).collect::<Vec<_>>();
            pool.extend(swapped.into_iter().filter(|s| s.loss <= most));
        }
        pool
    }

    fn fit(&self, support: Vec<usize>, groups: Groups, start: &[f64]) -> Sparse {
        let (beta, loss) = Cells::new(&groups, self.y, self.weights).fit(start, self.bound());
        Sparse { support, groups, beta, loss }
    }

    fn extend(&self, parent: &Sparse, j: usize) -> Sparse {
        let mut support = parent.support.clone();
        support.push(j);
        let mut start = parent.beta.clone();
        start.push(0.0);
        self.fit(support, parent.groups.split(self.design, j), &start)
    }

    /// The columns outside the support along which the loss falls the steepest, at most `most`: the gradient on columns
    /// centred and scaled to one length, as in the reference implementation.
    fn steepest(&self, s: &Sparse, most: usize) -> Vec<usize> {
        let chance: Vec<f64> =
            s.groups.values.iter().map(|v| sigmoid(s.beta[0] + dot(&s.beta[1..], v))).collect();
        let rows = s.groups.of.iter().zip(self.y).zip(self.weights);
        let r: Vec<f64> =
            rows.map(|((&g, &y), w)| w * (chance[g as usize] - f64::from(u8::from(y)))).collect();
        let total: f64 = r.iter().sum();
        let slope = |(j, g): (usize, &f64)| {
            let useful = self.norms[j] > 0.0 && !s.support.contains(&j);
            useful.then(|| ((g - self.means[j] * total).abs() / self.norms[j], j))
        };
        let mut slopes: Vec<(f64, usize)> =
            self.design.sums(&r).iter().enumerate().filter_map(slope).collect();
        slopes.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        slopes.iter().take(most).map(|s| s.1).collect()
    }

    fn integers(&self, s: &Sparse) -> Option<IntegerSolution> {
        let cells = Cells::new(&s.groups, self.y, self.weights);
        let found = star_search(&cells, &s.beta, self.bound())?;
        let lines = s.support.iter().zip(&found.integers[1..]).map(|(&j, p)| (j, *p as i32));
        let mut lines: Vec<(usize, i32)> = lines.filter(|l| l.1 != 0).collect();
        lines.sort_unstable();
        let intercept = found.integers[0] as i32;
        Some(IntegerSolution { lines, intercept, multiplier: found.multiplier, loss: found.loss })
    }
}

fn sorted(support: &[usize]) -> Vec<usize> {
    let mut support = support.to_vec();
    support.sort_unstable();
    support
}

fn with(support: &[usize], j: usize) -> Vec<usize> {
    let mut support = support.to_vec();
    support.push(j);
    support.sort_unstable();
    support
}
