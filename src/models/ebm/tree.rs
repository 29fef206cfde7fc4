//! A small tree over the bins of one feature, each split the best there is.

use super::bins::Sums;

/// What a leaf must have and how its value is shrunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Leaves, at most.
    pub(super) leaves: usize,
    /// Children counted in a leaf, at least.
    pub(super) children: f64,
    /// Share of each Newton step that is taken.
    pub(super) rate: f64,
}

/// Added to every Hessian, so that a leaf of certain rows takes no endless step.
const L2: f64 = 1.0;

/// Sums of gradient and Hessian, and the children counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    pub(super) gradient: f64,
    pub(super) hessian: f64,
    pub(super) children: f64,
}

impl Part {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            hessian: self.hessian + other.hessian,
            children: self.children + other.children,
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            children: self.children - other.children,
        }
    }

    /// Twice the fall of the loss's parabola at its lowest point.
    pub(super) fn gain(self) -> f64 {
        self.gradient * self.gradient / (self.hessian + L2)
    }

    /// The step that is taken.
    pub(super) fn step(self, rate: f64) -> f32 {
        (-rate * self.gradient / (self.hessian + L2)) as f32
    }
}

/// Bins `from..to` of values, and perhaps that of missing ones.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    from: usize,
    to: usize,
    missing: bool,
    part: Part,
}

/// Running sums over bins of values, and the missing bin.
struct Table {
    running: Vec<Part>,
    missing: Part,
    any_missing: bool,
}

impl Table {
    fn leaf(&self, from: usize, to: usize, missing: bool) -> Leaf {
        let part = self.running[to].minus(self.running[from]);
        let part = if missing { part.plus(self.missing) } else { part };
        Leaf { from, to, missing, part }
    }

    /// The best split of a leaf and its gain; missing values may go with either side or by themselves.
    fn split(&self, leaf: Leaf, children: f64) -> Option<(f64, [Leaf; 2])> {
        let mut best: Option<(f64, [Leaf; 2])> = None;
        for missing_left in [true, false] {
            if missing_left && !leaf.missing {
                continue;
            }
            let first = if missing_left { leaf.from } else { leaf.from + 1 };
            for cut in first..leaf.to {
                let left = self.leaf(leaf.from, cut, missing_left);
                let right = self.leaf(cut, leaf.to, leaf.missing && !missing_left);
                if left.part.children < children || right.part.children < children {
                    continue;
                }
                let gain = left.part.gain() + right.part.gain() - leaf.part.gain();
                if gain > best.map_or(0.0, |(gain, _)| gain) {
                    best = Some((gain, [left, right]));
                }
            }
        }
        best
    }
}

/// Grows a tree, the split of most gain first. `children` are those counted in each bin. The change of each bin is written
/// to `changes`; returned is the gain, or `None` if no split helps.
pub(super) fn grow(sums: &[Sums], children: &[u32], limits: Limits, changes: &mut Vec<f32>) -> Option<f64> {
    let part =
        |b: usize| Part { gradient: sums[b][0], hessian: sums[b][1], children: f64::from(children[b]) };
    let values = sums.len() - 1;
    let mut running = vec![Part::default(); values + 1];
    for b in 0..values {
        running[b + 1] = running[b].plus(part(b));
    }
    let missing = part(values);
    let table = Table { running, missing, any_missing: missing.hessian > 0.0 };
    let root = table.leaf(0, values, table.any_missing);
    let mut leaves = vec![(root, table.split(root, limits.children))];
    let mut gained = 0.0;
    while leaves.len() < limits.leaves {
        let mut best: Option<(usize, f64, [Leaf; 2])> = None;
        for (at, (_, split)) in leaves.iter().enumerate() {
            if let Some((gain, sides)) = split
                && best.is_none_or(|(_, most, _)| *gain > most)
            {
                best = Some((at, *gain, *sides));
            }
        }
        let Some((at, gain, sides)) = best else { break };
        gained += gain;
        leaves[at] = (sides[0], table.split(sides[0], limits.children));
        leaves.push((sides[1], table.split(sides[1], limits.children)));
    }
    if leaves.len() < 2 {
        return None;
    }
    changes.clear();
    changes.resize(sums.len(), 0.0);
    for (leaf, _) in leaves {
        let step = leaf.part.step(limits.rate);
        changes[leaf.from..leaf.to].fill(step);
        if leaf.missing {
            changes[values] = step;
        }
    }
    Some(gained)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(leaves: usize, children: f64) -> Limits {
        Limits { leaves, children, rate: 1.0 }
    }

    /// Bins of which the last is of missing values, from a fixed pattern.
    fn pattern(bins: usize, salt: usize) -> (Vec<Sums>, Vec<u32>) {
        let whole = |b: usize| (b * 7919 + salt * 104_729) % 101;
        let sums = (0..bins).map(|b| [whole(b) as f64 - 50.0, 1.0 + (whole(b + 50) % 7) as f64]).collect();
        (sums, (0..bins).map(|b| (whole(b + 90) % 4) as u32).collect())
    }

    #[test]
    fn a_tree_worked_by_hand() {
        let sums = [[-6.0, 2.0], [-3.0, 1.0], [8.0, 3.0], [4.0, 1.0]];
        let mut changes = Vec::new();
        let gain = grow(&sums, &[5, 5, 5, 5], limits(2, 5.0), &mut changes).unwrap();
        // Left -9 over 3 + 1, right 12 over 4 + 1 with the missing ones; all 3 over 7 + 1.
        assert!((gain - (81.0 / 4.0 + 144.0 / 5.0 - 9.0 / 8.0)).abs() < 1e-12);
        assert_eq!(changes, [2.25, 2.25, -2.4, -2.4]);
    }

    #[test]
    fn one_split_is_the_best_of_all() {
        for salt in 0..200 {
            let (sums, children) = pattern(9, salt);
            let value = |bins: &[usize]| {
                let sum = |side: usize| bins.iter().map(|b| sums[*b][side]).sum::<f64>();
                let held: u32 = bins.iter().map(|b| children[*b]).sum();
                (sum(0).powi(2) / (sum(1) + L2), held)
            };
            let all: Vec<usize> = (0..9).collect();
            let mut best = 0.0f64;
            for cut in 0..=8 {
                for missing_left in [true, false] {
                    let left = |b: usize| if b == 8 { missing_left } else { b < cut };
                    let (l, r): (Vec<usize>, Vec<usize>) = all.iter().partition(|b| left(**b));
                    if value(&l).1 >= 3 && value(&r).1 >= 3 {
                        best = best.max(value(&l).0 + value(&r).0 - value(&all).0);
                    }
                }
            }
            let gain = grow(&sums, &children, limits(2, 3.0), &mut Vec::new()).unwrap_or(0.0);
            assert!((gain - best).abs() < 1e-9 * best.max(1.0), "{gain} {best} with salt {salt}");
        }
    }

    #[test]
    fn leaves_are_as_many_as_asked_for_and_hold_children_enough() {
        for salt in 0..200 {
            let (sums, children) = pattern(20, salt);
            let mut changes = Vec::new();
            if grow(&sums, &children, limits(4, 5.0), &mut changes).is_some() {
                let mut kinds: Vec<u32> = changes.iter().map(|c| c.to_bits()).collect();
                kinds.sort_unstable();
                kinds.dedup();
                assert!(kinds.len() <= 4);
                for kind in kinds {
                    let held: u32 =
                        (0..20).filter(|b| changes[*b].to_bits() == kind).map(|b| children[b]).sum();
                    assert!(held >= 5, "{held} with salt {salt}");
                }
            }
        }
    }
}
