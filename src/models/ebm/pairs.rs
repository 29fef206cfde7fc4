//! Pairs of features: which to take, and small trees over their cells.
//!
//! Cells are crossings of coarse bins, missing values last.

use super::bins::{Column, Sums};
use super::tree::{Limits, Part};
use rayon::prelude::*;

/// Coarse bins of values of one feature, at most.
const COARSE: usize = 16;
/// Features with the strongest shapes among which pairs are sought.
const SCREENED: usize = 60;

/// A feature in coarse bins.
#[derive(Debug)]
pub(super) struct Coarse {
    pub(super) feature: usize,
    pub(super) cuts: Vec<f64>,
    bins: Vec<u8>,
}

/// A pair of features, and the cell of each row: the bin of the first times the bins of the second plus its bin.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) features: [usize; 2],
    pub(super) cuts: [Vec<f64>; 2],
    /// Bins of either, those of missing values included.
    pub(super) shape: [usize; 2],
    pub(super) cells: Vec<u16>,
}

impl Coarse {
    /// Joins bins next to each other, each to have about the same weight.
    fn new(feature: usize, column: &Column) -> Self {
        let values = column.cuts.len() + 1;
        let mut left: f64 = column.weights[..values].iter().sum();
        let (mut cuts, mut map, mut held) = (Vec::new(), vec![0u8; values + 1], 0.0);
        for (b, coarse) in map.iter_mut().enumerate().take(values) {
            *coarse = cuts.len() as u8;
            held += column.weights[b];
            let fits = values <= COARSE;
            if b + 1 < values
                && cuts.len() + 1 < COARSE
                && (fits || held * (COARSE - cuts.len()) as f64 >= left)
            {
                cuts.push(column.cuts[b]);
                left -= held;
                held = 0.0;
            }
        }
        map[values] = cuts.len() as u8 + 1;
        let bins = column.each().into_iter().map(|b| map[usize::from(b)]).collect();
        Self { feature, cuts, bins }
    }

    fn width(&self) -> usize {
        self.cuts.len() + 2
    }
}

impl Pair {
    fn new(a: &Coarse, b: &Coarse) -> Self {
        let shape = [a.width(), b.width()];
        let cell = |(i, j): (&u8, &u8)| u16::from(*i) * shape[1] as u16 + u16::from(*j);
        Self {
            features: [a.feature, b.feature],
            cuts: [a.cuts.clone(), b.cuts.clone()],
            shape,
            cells: a.bins.iter().zip(&b.bins).map(cell).collect(),
        }
    }

    /// Cells.
    pub(super) fn width(&self) -> usize {
        self.shape[0] * self.shape[1]
    }

    /// Sums over the rows of each cell.
    pub(super) fn sums(&self, derivatives: &[[f32; 2]]) -> Vec<Sums> {
        let mut sums = vec![[0.0; 2]; self.width()];
        for (cell, d) in self.cells.iter().zip(derivatives) {
            let sum = &mut sums[usize::from(*cell)];
            *sum = [sum[0] + f64::from(d[0]), sum[1] + f64::from(d[1])];
        }
        sums
    }
}

/// The `count` pairs that promise most, best first, among the features of the largest `strengths`.
///
/// As FAST (Lou et al. 2013, section 4), every pair is cut once on either side at all pairs of coarse cuts, on what the
/// features leave over. The promise is the fall of the loss's parabola from the four quadrants' steps against the best sum of a step
/// for either side: d² / (1/H₁ + 1/H₂ + 1/H₃ + 1/H₄), where d is the contrast of the quadrants' Newton steps and H are
/// their Hessians, so that what either feature alone could still explain does not count.
pub(super) fn choose(
    columns: &[Column],
    strengths: &[f64],
    derivatives: &[[f32; 2]],
    count: usize,
) -> Vec<Pair> {
    let mut strongest: Vec<usize> = (0..columns.len()).filter(|j| !columns[*j].is_constant()).collect();
    strongest.sort_by(|a, b| strengths[*b].total_cmp(&strengths[*a]).then(a.cmp(b)));
    strongest.truncate(SCREENED);
    strongest.sort_unstable();
    let coarse: Vec<Coarse> = strongest.par_iter().map(|j| Coarse::new(*j, &columns[*j])).collect();
    let sides: Vec<(usize, usize)> = (0..coarse.len()).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
    let mut promises: Vec<(f64, (usize, usize))> =
        sides.into_par_iter().map(|(a, b)| (promise(&coarse[a], &coarse[b], derivatives), (a, b))).collect();
    promises.retain(|(promise, _)| *promise > 0.0);
    promises.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    promises.truncate(count);
    promises.into_par_iter().map(|(_, (a, b))| Pair::new(&coarse[a], &coarse[b])).collect()
}

fn promise(a: &Coarse, b: &Coarse, derivatives: &[[f32; 2]]) -> f64 {
    let shape = [a.width(), b.width()];
    let mut sums = vec![[0.0; 2]; shape[0] * shape[1]];
    for ((i, j), d) in a.bins.iter().zip(&b.bins).zip(derivatives) {
        let sum: &mut Sums = &mut sums[usize::from(*i) * shape[1] + usize::from(*j)];
        *sum = [sum[0] + f64::from(d[0]), sum[1] + f64::from(d[1])];
    }
    let table = Table::new(&sums, &vec![0; sums.len()], shape);
    let mut best = 0.0f64;
    for i in 1..shape[0] {
        for j in 1..shape[1] {
            let quadrants = [
                table.part([0, i], [0, j]),
                table.part([0, i], [j, shape[1]]),
                table.part([i, shape[0]], [0, j]),
                table.part([i, shape[0]], [j, shape[1]]),
            ];
            if quadrants.iter().all(|q| q.hessian > 1.0) {
                let [a, b, c, d] = quadrants.map(|q| q.gradient / q.hessian);
                let spread: f64 = quadrants.iter().map(|q| 1.0 / q.hessian).sum();
                best = best.max((a - b - c + d).powi(2) / spread);
            }
        }
    }
    best
}

/// Running sums over rectangles of cells.
struct Table {
    running: Vec<Part>,
    stride: usize,
}

impl Table {
    fn new(sums: &[Sums], children: &[u32], shape: [usize; 2]) -> Self {
        let stride = shape[1] + 1;
        let mut running = vec![Part::default(); (shape[0] + 1) * stride];
        for i in 0..shape[0] {
            let mut line = Part::default();
            for j in 0..shape[1] {
                let cell = i * shape[1] + j;
                line = line.plus(Part {
                    gradient: sums[cell][0],
                    hessian: sums[cell][1],
                    children: f64::from(children[cell]),
                });
                running[(i + 1) * stride + j + 1] = running[i * stride + j + 1].plus(line);
            }
        }
        Self { running, stride }
    }

    /// The sum of a rectangle, each side from the first (included) to the second (not).
    fn part(&self, i: [usize; 2], j: [usize; 2]) -> Part {
        let at = |i: usize, j: usize| self.running[i * self.stride + j];
        let mut part = at(i[1], j[1]).minus(at(i[0], j[1])).minus(at(i[1], j[0])).plus(at(i[0], j[0]));
        // Rounding must not leave a rectangle without rows with a Hessian below 0.
        part.hessian = part.hessian.max(0.0);
        part
    }
}

/// A rectangle of cells and what it holds.
#[derive(Clone, Copy)]
struct Leaf {
    sides: [[usize; 2]; 2],
    part: Part,
}

fn leaf(table: &Table, sides: [[usize; 2]; 2]) -> Leaf {
    Leaf { sides, part: table.part(sides[0], sides[1]) }
}

/// The best cut of a leaf across one axis: its halves and their gain, or the leaf itself.
fn cut(table: &Table, whole: Leaf, axis: usize, children: f64) -> (f64, Vec<Leaf>) {
    let mut best = (whole.part.gain(), vec![whole]);
    for at in whole.sides[axis][0] + 1..whole.sides[axis][1] {
        let mut sides = [whole.sides; 2];
        sides[0][axis][1] = at;
        sides[1][axis][0] = at;
        let halves = sides.map(|s| leaf(table, s));
        if halves.iter().any(|h| h.part.children < children) {
            continue;
        }
        let gain = halves[0].part.gain() + halves[1].part.gain();
        if gain > best.0 {
            best = (gain, halves.to_vec());
        }
    }
    best
}

/// The best tree that cuts one axis and then each half across the other: four leaves at most, which finds what no single
/// split shows. The change of each cell, or `None` if no cut helps.
pub(super) fn grow_pair(
    sums: &[Sums],
    children: &[u32],
    shape: [usize; 2],
    limits: Limits,
) -> Option<Vec<f32>> {
    let table = Table::new(sums, children, shape);
    let root = leaf(&table, [[0, shape[0]], [0, shape[1]]]);
    let mut best = (root.part.gain(), Vec::new());
    for axis in 0..2 {
        for at in 1..shape[axis] {
            let mut sides = [root.sides; 2];
            sides[0][axis][1] = at;
            sides[1][axis][0] = at;
            let halves = sides.map(|s| leaf(&table, s));
            if halves.iter().any(|h| h.part.children < limits.children) {
                continue;
            }
            let [mut first, second] = halves.map(|h| cut(&table, h, 1 - axis, limits.children));
            if first.0 + second.0 > best.0 {
                first.1.extend(second.1);
                best = (first.0 + second.0, first.1);
            }
        }
    }
    if best.1.is_empty() {
        return None;
    }
    let mut changes = vec![0.0; sums.len()];
    for leaf in best.1 {
        let step = leaf.part.step(limits.rate);
        for i in leaf.sides[0][0]..leaf.sides[0][1] {
            changes[i * shape[1] + leaf.sides[1][0]..i * shape[1] + leaf.sides[1][1]].fill(step);
        }
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { leaves: 3, children: 3.0, rate: 1.0 };

    fn coarse(feature: usize, bins: &[u8]) -> Coarse {
        Coarse { feature, cuts: vec![0.0], bins: bins.to_vec() }
    }

    #[test]
    fn a_promise_worked_by_hand() {
        // Quadrants of Hessian 2 and Newton contrast (1 + 1 + 1 + 1); then features that explain all by themselves.
        let (a, b) = (coarse(0, &[0, 0, 1, 1]), coarse(1, &[0, 1, 0, 1]));
        let crossed = [[2.0, 2.0], [-2.0, 2.0], [-2.0, 2.0], [2.0, 2.0]];
        assert!((promise(&a, &b, &crossed) - 16.0 / 2.0).abs() < 1e-12);
        let additive = [[0.0, 2.0], [2.0, 2.0], [4.0, 2.0], [6.0, 2.0]];
        assert!(promise(&a, &b, &additive).abs() < 1e-12);
    }

    #[test]
    fn a_pair_tree_finds_what_no_single_split_shows() {
        let sums = [
            [3.0, 2.0],
            [-3.0, 2.0],
            [0.0, 0.0],
            [-3.0, 2.0],
            [3.0, 2.0],
            [0.0, 0.0],
            [0.0; 2],
            [0.0; 2],
            [0.0; 2],
        ];
        let children = [3, 3, 0, 3, 3, 0, 0, 0, 0];
        let changes = grow_pair(&sums, &children, [3, 3], LIMITS).unwrap();
        assert_eq!((changes[0], changes[1], changes[3], changes[4]), (-1.0, 1.0, 1.0, -1.0));
    }

    #[test]
    fn a_pair_tree_is_the_best_of_all_and_its_leaves_hold_children_enough() {
        let shape = [4, 3];
        for salt in 0..100usize {
            let whole = |b: usize| (b * 7919 + salt * 104_729) % 101;
            let sums: Vec<Sums> =
                (0..12).map(|c| [whole(c) as f64 - 50.0, 1.0 + (whole(c + 50) % 7) as f64]).collect();
            let children: Vec<u32> = (0..12).map(|c| (whole(c + 90) % 3) as u32).collect();
            let part = |inside: &dyn Fn(usize, usize) -> bool| {
                let mut part = Part::default();
                for cell in (0..12).filter(|c| inside(c / 3, c % 3)) {
                    part.gradient += sums[cell][0];
                    part.hessian += sums[cell][1];
                    part.children += f64::from(children[cell]);
                }
                part
            };
            let mut best = part(&|_, _| true).gain();
            for axis in 0..2 {
                for (at, first, second) in (1..shape[axis]).flat_map(|at| {
                    (0..shape[1 - axis]).flat_map(move |f| (0..shape[1 - axis]).map(move |s| (at, f, s)))
                }) {
                    let leaf = |i: usize, j: usize| {
                        let (u, v) = if axis == 0 { (i, j) } else { (j, i) };
                        if u < at { usize::from(v >= first) } else { 2 + usize::from(v >= second) }
                    };
                    let leaves: Vec<Part> = (0..4)
                        .filter(|l| (0..12).any(|c| leaf(c / 3, c % 3) == *l))
                        .map(|l| part(&|i, j| leaf(i, j) == l))
                        .collect();
                    if leaves.iter().all(|l| l.children >= 3.0) {
                        best = best.max(leaves.iter().map(|l| l.gain()).sum());
                    }
                }
            }
            let fall =
                grow_pair(&sums, &children, shape, LIMITS).map_or(part(&|_, _| true).gain(), |changes| {
                    let mut kinds: Vec<u32> = changes.iter().map(|c| c.to_bits()).collect();
                    kinds.sort_unstable();
                    kinds.dedup();
                    let of = |kind: &u32| part(&|i, j| changes[i * 3 + j].to_bits() == *kind);
                    assert!(kinds.iter().all(|k| of(k).children >= 3.0));
                    kinds.iter().map(|k| of(k).gain()).sum()
                });
            assert!((fall - best).abs() < 1e-9 * best.max(1.0), "{fall} {best} with salt {salt}");
        }
    }
}
