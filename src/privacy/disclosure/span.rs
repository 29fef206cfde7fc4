//! What follows from all shown levels of all groupings together, by adding and subtracting any of them.
//!
//! In: the parts of every grouping, and which levels occur together. Out: a part to be hidden, if something small follows
//! from those that are shown. A referral's levels in all groupings are its combination; a level is the sum of its
//! combinations, so that the shown levels are equations in them. What follows from the equations is what Gauss-Jordan
//! elimination finds: in a table of two characteristics, the hidden cells that lie on no cycle of hidden cells (Gusfield
//! 1988, "A graph theoretic approach to statistical data security", SIAM Journal on Computing 17).

use super::covers::Place;
use super::levels::{Part, SLACK};

/// With more combinations than these, groupings that would make more are left to [`super::covers`].
const MOST: usize = 2000;
/// Nothing, in sums of whole coefficients.
const NOTHING: f64 = 1e-9;

/// The combinations of levels that occur.
#[derive(Clone, Debug, Default)]
pub(super) struct Combinations {
    /// The groupings that are followed.
    groupings: Vec<usize>,
    /// The place of each followed grouping's level in every combination.
    found: Vec<Vec<usize>>,
}

/// One equation, or a sum of several: what the combinations that it counts hold.
#[derive(Clone, Debug)]
struct Equation {
    /// How often each combination is counted.
    counts: Vec<f64>,
    /// The cells they hold.
    cells: Vec<f64>,
    /// How often each equation that was known is in it.
    of: Vec<f64>,
}

impl Combinations {
    /// Follows as many groupings as can be, given the place in every grouping of each combination; `None` for a level that
    /// is not among the parts.
    pub(super) fn new(all: &[Vec<Option<usize>>]) -> Self {
        let count = all.first().map_or(0, Vec::len);
        let project = |groupings: &[usize]| -> Vec<Vec<usize>> {
            let one =
                |c: &Vec<Option<usize>>| groupings.iter().map(|g| c[*g]).collect::<Option<Vec<usize>>>();
            let mut found: Vec<Vec<usize>> = all.iter().filter_map(one).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let mut order: Vec<usize> = (0..count).collect();
        // A grouping by two characteristics makes the two follow for nothing.
        let size = |g: &usize| project(&[*g]).len();
        let crosses =
            |g: &usize| (0..count).any(|h| h != *g && size(&h) > 1 && project(&[*g, h]).len() == size(g));
        order.sort_by_cached_key(|g| (!crosses(g), size(g)));
        let mut groupings: Vec<usize> = Vec::new();
        for g in order {
            groupings.push(g);
            if project(&groupings).len() > MOST {
                groupings.pop();
            }
        }
        Self { found: project(&groupings), groupings }
    }

    /// The part to be hidden next, if the shown ones give away a combination, a hidden part or two hidden parts together
    /// that have a cell under the threshold.
    pub(super) fn to_hide(&self, groupings: &[Vec<Part>], total: &[f64], threshold: f64) -> Option<Place> {
        let parts: Vec<Place> =
            self.groupings.iter().flat_map(|g| (0..groupings[*g].len()).map(move |p| (*g, p))).collect();
        let part = |place: &Place| &groupings[place.0][place.1];
        let shown: Vec<Place> = parts.iter().copied().filter(|place| !part(place).hidden).collect();
        let everyone = (vec![1.0; self.found.len()], total.to_vec());
        let known =
            shown.iter().map(|place| (self.counts(*place), part(place).cells.clone().unwrap_or_default()));
        let solved = solve(known.chain([everyone]).collect());
        let small = |cells: &[f64]| cells.iter().any(|cell| *cell < threshold - SLACK);
        let of_one = solved
            .iter()
            .find(|(_, e)| e.counts.iter().filter(|c| c.abs() > NOTHING).count() == 1 && small(&e.cells));
        let hidden: Vec<Place> =
            parts.into_iter().filter(|place| part(place).hidden && part(place).size > SLACK).collect();
        let pairs = hidden.iter().enumerate().flat_map(|(i, a)| {
            let others = hidden[i + 1..].iter().filter(move |b| b.0 == a.0);
            std::iter::once(vec![*a]).chain(others.map(move |b| vec![*a, *b]))
        });
        let given_away = |places: Vec<Place>| {
            let mut counts = vec![0.0; self.found.len()];
            for place in places {
                counts.iter_mut().zip(self.counts(place)).for_each(|(sum, count)| *sum += count);
            }
            follows(&solved, counts, total.len()).filter(|e| small(&e.cells))
        };
        let found = of_one.map(|(_, e)| e.clone()).or_else(|| pairs.into_iter().find_map(given_away))?;
        let used =
            shown.iter().zip(&found.of).filter(|(_, times)| times.abs() > NOTHING).map(|(place, _)| *place);
        used.min_by(|a, b| part(a).size.total_cmp(&part(b).size).then(a.cmp(b)))
    }

    /// How often a part counts each combination.
    fn counts(&self, (grouping, level): Place) -> Vec<f64> {
        let at = self.groupings.iter().position(|g| *g == grouping);
        self.found.iter().map(|c| f64::from(u8::from(at.is_some_and(|at| c[at] == level)))).collect()
    }
}

/// Reduces equations until each has a combination of its own, at the place given with it, which no other counts.
fn solve(known: Vec<(Vec<f64>, Vec<f64>)>) -> Vec<(usize, Equation)> {
    let n = known.len();
    let mut solved: Vec<(usize, Equation)> = Vec::with_capacity(n);
    for (i, (counts, cells)) in known.into_iter().enumerate() {
        let mut of = vec![0.0; n];
        of[i] = 1.0;
        let mut equation = Equation { counts, cells, of };
        for (own, other) in &solved {
            equation.less(other, equation.counts[*own]);
        }
        let Some(own) = largest(&equation.counts) else { continue };
        equation.divide(equation.counts[own]);
        for (_, other) in &mut solved {
            other.less(&equation, other.counts[own]);
        }
        solved.push((own, equation));
    }
    solved
}

/// The place of the largest count, unless all are nothing.
fn largest(counts: &[f64]) -> Option<usize> {
    let place = (0..counts.len()).rev().max_by(|a, b| counts[*a].abs().total_cmp(&counts[*b].abs()))?;
    (counts[place].abs() > NOTHING).then_some(place)
}

/// What these counts hold, if it follows.
fn follows(solved: &[(usize, Equation)], counts: Vec<f64>, cells: usize) -> Option<Equation> {
    let n = solved.first().map_or(0, |(_, e)| e.of.len());
    let mut rest = Equation { counts, cells: vec![0.0; cells], of: vec![0.0; n] };
    for (own, equation) in solved {
        rest.less(equation, rest.counts[*own]);
    }
    if largest(&rest.counts).is_some() {
        return None;
    }
    rest.divide(-1.0);
    Some(rest)
}

impl Equation {
    fn each(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        [&mut self.counts, &mut self.cells, &mut self.of].into_iter()
    }

    fn less(&mut self, other: &Self, times: f64) {
        if times.abs() <= NOTHING {
            return;
        }
        for (own, other) in self.each().zip([&other.counts, &other.cells, &other.of]) {
            own.iter_mut().zip(other).for_each(|(a, b)| *a -= times * b);
        }
    }

    fn divide(&mut self, by: f64) {
        self.each().flatten().for_each(|x| *x /= by);
    }
}

#[cfg(test)]
mod tests {
    use super::Combinations;
    use crate::privacy::disclosure::levels::Part;

    /// Rows (grouping 0), columns (grouping 1) and their cells (grouping 2) of a table of two characteristics.
    fn table(cells: &[&[f64]]) -> (Combinations, Vec<Vec<Part>>, f64) {
        let part = |n: f64| Part { size: n, cells: Some(vec![n]), hidden: false };
        let wide = cells[0].len();
        let row: Vec<Part> = cells.iter().map(|r| part(r.iter().sum())).collect();
        let column: Vec<Part> = (0..wide).map(|c| part(cells.iter().map(|r| r[c]).sum())).collect();
        let all: Vec<Vec<Option<usize>>> = (0..cells.len())
            .flat_map(|r| (0..wide).map(move |c| vec![Some(r), Some(c), Some(r * wide + c)]))
            .collect();
        let inner: Vec<Part> = cells.iter().flat_map(|r| r.iter().map(|n| part(*n))).collect();
        let total = inner.iter().map(|p| p.size).sum();
        (Combinations::new(&all), vec![row, column, inner], total)
    }

    #[test]
    fn a_hidden_cell_between_two_cycles_follows_from_the_margins() {
        // Hidden: two blocks of two by two, and the 4 that joins them. Every row and column has two hidden cells or none, yet
        // rows 1 and 2 less their shown cells and less columns 1 and 2 leave the 4.
        let cells: &[&[f64]] = &[
            &[20.0, 21.0, 40.0, 41.0],
            &[22.0, 23.0, 4.0, 42.0],
            &[43.0, 44.0, 24.0, 25.0],
            &[45.0, 46.0, 26.0, 27.0],
        ];
        let (combinations, mut groupings, total) = table(cells);
        for i in [0, 1, 4, 5, 6, 10, 11, 14, 15] {
            groupings[2][i].hidden = true;
        }
        let next = combinations.to_hide(&groupings, &[total], 10.0);
        assert!(next.is_some_and(|(g, p)| !groupings[g][p].hidden), "{next:?}");
        // With 14 in its place nothing small follows.
        let mut plenty: Vec<Vec<f64>> = cells.iter().map(|r| r.to_vec()).collect();
        plenty[1][2] = 14.0;
        let plenty: Vec<&[f64]> = plenty.iter().map(Vec::as_slice).collect();
        let (combinations, mut groupings, total) = table(&plenty);
        for i in [0, 1, 4, 5, 6, 10, 11, 14, 15] {
            groupings[2][i].hidden = true;
        }
        assert_eq!(combinations.to_hide(&groupings, &[total], 10.0), None);
    }

    #[test]
    fn margins_of_a_full_table_give_no_cell_away() {
        let (combinations, mut groupings, total) = table(&[&[3.0, 40.0], &[50.0, 60.0]]);
        groupings[2].iter_mut().for_each(|part| part.hidden = true);
        assert_eq!(combinations.to_hide(&groupings, &[total], 10.0), None);
    }

    #[test]
    fn a_cell_that_no_grouping_lists_may_follow_too() {
        // Of two groupings that cross, but for one empty cell: 5 + 40 are row 0, 40 + 30 column 1, 30 is row 1.
        let part = |n: f64| Part { size: n, cells: Some(vec![n]), hidden: false };
        let mut groupings = vec![vec![part(45.0), part(30.0)], vec![part(5.0), part(70.0)]];
        groupings[1][0].hidden = true;
        let all = [[0, 0], [0, 1], [1, 1]].map(|c| c.iter().map(|l| Some(*l)).collect());
        let combinations = Combinations::new(&all);
        // The 5 are row 0 less what column 1 has more than row 1.
        assert_eq!(combinations.to_hide(&groupings, &[75.0], 10.0), Some((0, 1)));
        (groupings[0][1].hidden, groupings[1][1].hidden) = (true, true);
        assert_eq!(combinations.to_hide(&groupings, &[75.0], 10.0), None);
    }
}
