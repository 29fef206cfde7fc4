//! R's `loess(y ~ p)`: local quadratics at the vertices of a tree, joined by cubics.

use std::collections::VecDeque;

use super::local_quadratic::{LocalFit, local_fit, neighbourhood_rows};
use super::{Point, Quantiles, occupied, total_rows};

/// R's default `cell`: a cell of the tree is cut while it has more than `span * cell` of all rows.
const CELL: f64 = 0.2;

/// Part of the range by which the outermost vertices lie outside it (`ehg126`).
const MARGIN: f64 = 0.005;

/// A loess curve of the event rate on predicted risk.
#[derive(Debug, Clone, PartialEq)]
pub struct Loess {
    lowest: f64,
    highest: f64,
    vertices: Vec<(f64, LocalFit)>,
}

/// A cell of the tree: the ranks of its first and last row, counted from 1, and its two ends.
struct Cell {
    first: f64,
    last: f64,
    lower: f64,
    upper: f64,
}

/// Fits `loess(y ~ p, span, degree = 2, family = "gaussian", surface = "interpolate")`.
///
/// `span` is the share of rows in a neighbourhood, above 0 and at most 1; R's default is 0.75. Local
/// quadratics with tricube weights are fitted at the vertices of a k-d tree (`cell = 0.2`); between
/// vertices the curve is the cubic with their heights and slopes. Source: Cleveland, Devlin and Grosse 1988
/// (J Econometrics 37:87-114); routines `ehg126`, `ehg124`, `ehg127` and `ehg128` of R 4.2.2.
/// O(vertices * points), with about 2 / (span * 0.2) vertices.
///
/// # Errors
/// When all predicted risks are the same, there are too few rows, the span is illegal, the points are
/// illegal, or so many rows share one risk that a neighbourhood has no width.
pub fn fit(points: &[Point], span: f64) -> Result<Loess, &'static str> {
    let points = occupied(points)?;
    let rows = total_rows(&points);
    let nearest = neighbourhood_rows(rows, span)?;
    let (lowest, highest) = match points.as_slice() {
        [first, .., last] => (first.p, last.p),
        _ => return Err("all predicted risks are the same"),
    };
    let largest_leaf = (rows * (span * CELL)).floor();
    let vertices = vertices(&points, largest_leaf)
        .into_iter()
        .map(|at| Ok::<_, &'static str>((at, local_fit(&points, nearest, at)?)))
        .collect::<Result<_, _>>()?;
    Ok(Loess { lowest, highest, vertices })
}

impl Loess {
    /// The fitted event rate at a predicted risk.
    ///
    /// Not clipped: the curve may leave 0 to 1. Defined on the range of the fitted risks; a risk outside
    /// takes the value at the nearer end (R gives NA there). O(log vertices).
    #[must_use]
    pub fn at(&self, p: f64) -> f64 {
        let p = p.max(self.lowest).min(self.highest);
        let place = self.vertices.partition_point(|&(vertex, _)| vertex < p).max(1);
        let (Some(&(lower, left)), Some(&(upper, right))) =
            (self.vertices.get(place - 1), self.vertices.get(place))
        else {
            return self.vertices.last().map_or(0.0, |(_, fit)| fit.value);
        };
        let width = upper - lower;
        let h = (p - lower) / width;
        let rest = 1.0 - h;
        rest * rest * (1.0 + 2.0 * h) * left.value
            + h * h * (3.0 - 2.0 * h) * right.value
            + (h * rest * rest * left.slope - h * h * rest * right.slope) * width
    }
}

/// The ends of all cells of the tree, rising.
fn vertices(points: &[Point], largest_leaf: f64) -> Vec<f64> {
    let ranks = Quantiles::new(points.iter().map(|point| (point.p, point.rows)));
    let (lowest, highest) = match points {
        [first, .., last] => (first.p, last.p),
        _ => return Vec::new(),
    };
    let margin = MARGIN * (highest - lowest).max(1e-10 * lowest.abs().max(highest.abs()) + 1e-30);
    let (lower, upper) = (lowest - margin, highest + margin);
    let mut found = vec![lower, upper];
    let mut cells = VecDeque::from([Cell { first: 1.0, last: ranks.count(), lower, upper }]);
    while let Some(cell) = cells.pop_front() {
        if cell.last - cell.first + 1.0 <= largest_leaf {
            continue;
        }
        let middle = middle_rank(&ranks, &cell);
        let Ok(cut) = ranks.ranked(middle) else { continue };
        if cut <= cell.lower || cut >= cell.upper {
            continue;
        }
        found.push(cut);
        cells.push_back(Cell { last: middle, upper: cut, ..cell });
        cells.push_back(Cell { first: middle + 1.0, lower: cut, ..cell });
    }
    found.sort_by(f64::total_cmp);
    found.dedup_by(|left, right| left.total_cmp(right).is_eq());
    found
}

/// The rank after which a cell is cut: its middle row, moved to the nearest gap between distinct risks.
///
/// `ehg124` looks at the gap after the middle row, then one row up, one down, two up and so on. It gives up,
/// and cuts at the middle row, as soon as the search meets an end of the cell. Solved here without the
/// search: ties on the middle row reach from `first_tie` to `last_tie`.
fn middle_rank(ranks: &Quantiles, cell: &Cell) -> f64 {
    let middle = ((cell.first + cell.last) / 2.0).floor();
    let (first_tie, last_tie) = ranks.ties(middle);
    let rows_up = last_tie.min(cell.last) - middle;
    let rows_down = middle - first_tie.max(cell.first) + 1.0;
    if rows_up <= rows_down {
        if last_tie < cell.last { last_tie } else { middle }
    } else if first_tie > cell.first {
        first_tie - 1.0
    } else {
        middle
    }
}

#[cfg(test)]
mod tests {
    use super::super::errors::Errors;
    use super::super::local_quadratic::direct;
    use super::*;

    fn point(p: f64, rows: f64, events: f64) -> Point {
        Point { p, rows, events }
    }

    /// A wavy event rate on 61 risks with unequal copies.
    fn wavy() -> Vec<Point> {
        let risks = (0..=60).map(|i| f64::from(i) / 60.0);
        let copies = [2.0, 1.0, 5.0, 3.0].into_iter().cycle();
        risks.zip(copies).map(|(p, n)| point(p, n, (n * (0.5 + 0.4 * (9.0 * p).sin())).round())).collect()
    }

    fn rank_table(points: &[Point]) -> Quantiles {
        Quantiles::new(points.iter().map(|point| (point.p, point.rows)))
    }

    #[test]
    fn the_curve_is_exact_at_vertices_and_quadratics() {
        let curve = fit(&wavy(), 0.75).unwrap();
        let inner: Vec<f64> = curve.vertices.iter().map(|&(at, _)| at).filter(|at| *at > 0.0).collect();
        assert!(inner.len() > 4);
        for at in inner.into_iter().filter(|at| *at < 1.0) {
            assert!((curve.at(at) - direct(&wavy(), 0.75, at).unwrap()).abs() < 1e-12, "{at}");
        }
        let quadratic = |p: f64| 0.1 + 0.7 * p * p;
        let points: Vec<Point> = wavy().iter().map(|w| point(w.p, w.rows, w.rows * quadratic(w.p))).collect();
        let curve = fit(&points, 0.75).unwrap();
        for at in [0.0, 0.01, 0.333, 0.8, 1.0] {
            assert!((curve.at(at) - quadratic(at)).abs() < 1e-12, "{at}");
        }
    }

    #[test]
    fn vertices_worked_by_hand() {
        // Ten single rows at 0.1 to 1.0 and leaves of at most three rows: ehg124 cuts at row 5, then rows 3
        // and 8; the halves of three and two rows stay whole.
        let points: Vec<Point> = (1..=10).map(|i| point(f64::from(i) / 10.0, 1.0, 0.0)).collect();
        let wanted = [0.1 - 0.0045, 0.3, 0.5, 0.8, 1.0 + 0.0045];
        let found = vertices(&points, 3.0);
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(found.iter().zip(wanted).all(|(f, w)| (f - w).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn cuts_move_to_the_nearest_gap_between_ties() {
        let cell = |first: f64, last: f64| Cell { first, last, lower: 0.0, upper: 1.0 };
        let at = |copies: [f64; 3], cell: &Cell| {
            let points: Vec<Point> =
                [0.1, 0.2, 0.3].iter().zip(copies).map(|(&p, rows)| point(p, rows, 0.0)).collect();
            middle_rank(&rank_table(&points), cell)
        };
        // Middle row 5 of 10 lies in the ties 4 to 6: the gap after 6 is nearer than that after 3.
        assert!((at([3.0, 3.0, 4.0], &cell(1.0, 10.0)) - 6.0).abs() < 1e-12);
        // In the ties 5 to 9, the gap after 4 is nearer.
        assert!((at([4.0, 5.0, 1.0], &cell(1.0, 10.0)) - 4.0).abs() < 1e-12);
        // Both gaps two rows off the middle row 5 in 4 to 7: upwards is looked at first.
        assert!((at([3.0, 4.0, 3.0], &cell(1.0, 10.0)) - 7.0).abs() < 1e-12);
        // Ties that fill the cell from end to end: the search gives up at the middle.
        assert!((at([1.0, 9.0, 1.0], &cell(2.0, 10.0)) - 6.0).abs() < 1e-12);
    }

    /// `ehg124` as written, row by row: the middle row, then the search for a gap between ties.
    fn search(x: &[f64], first: usize, last: usize) -> usize {
        let mut middle = (first + last) / 2;
        let mut offset = 0_i64;
        while let Some(place) =
            middle.checked_add_signed(offset as isize).filter(|m| (first..last).contains(m))
        {
            if (x[place] - x[place + 1]).abs() > 0.0 {
                middle = place;
                break;
            }
            offset = if offset > 0 { -offset } else { 1 - offset };
        }
        middle
    }

    #[test]
    fn copies_are_rows_in_every_cell() {
        let points = wavy();
        let mut x = vec![f64::NAN];
        points.iter().for_each(|w| x.extend((0..w.rows as usize).map(|_| w.p)));
        let ranks = rank_table(&points);
        for first in 1..x.len() {
            for last in first + 1..x.len() {
                let cell = Cell { first: first as f64, last: last as f64, lower: -1.0, upper: 2.0 };
                let wanted = search(&x, first, last);
                assert!((middle_rank(&ranks, &cell) - wanted as f64).abs() < 0.5, "{first} {last}");
            }
        }
    }

    #[test]
    fn points_without_rows_change_nothing() {
        let mut with_empty = wavy();
        with_empty.insert(1, point(0.001, 0.0, 0.0));
        assert_eq!(fit(&with_empty, 0.75), fit(&wavy(), 0.75));
    }

    #[test]
    fn a_calibrated_sample_has_small_errors() {
        // Events as foretold, to the nearest whole row.
        let points: Vec<Point> = (0..256)
            .map(|i| {
                let p = (f64::from(i) + 0.5) / 256.0;
                point(p, 500.0, (500.0 * p).round())
            })
            .collect();
        let curve = fit(&points, 0.75).unwrap();
        let errors = Errors::of_curve(&points, |p| Ok(curve.at(p))).unwrap();
        assert!(errors.ici < 1e-4 && errors.emax < 1e-3, "{errors:?}");
        let overstated: Vec<Point> = points.iter().map(|w| point(w.p, w.rows, w.events * 0.8)).collect();
        let curve = fit(&overstated, 0.75).unwrap();
        let errors = Errors::of_curve(&overstated, |p| Ok(curve.at(p))).unwrap();
        assert!((errors.ici - 0.1).abs() < 1e-3, "{errors:?}");
    }

    #[test]
    fn heavy_ties_and_small_samples_give_a_curve_or_a_reason() {
        let few = [point(0.1, 9.0, 1.0), point(0.5, 9.0, 4.0), point(0.9, 9.0, 8.0)];
        let curve = fit(&few, 0.75).unwrap();
        assert!([0.0, 0.1, 0.3, 0.5, 1.0].iter().all(|&p| curve.at(p).is_finite()));
        let tied = [point(0.1, 90.0, 1.0), point(0.5, 5.0, 4.0), point(0.9, 5.0, 4.0)];
        assert!(fit(&tied, 0.75).unwrap_err().contains("neighbourhood"));
        assert_eq!(fit(&[point(0.1, 90.0, 1.0)], 0.75), Err("all predicted risks are the same"));
        let six: Vec<Point> = (0..6).map(|i| point(f64::from(i) / 5.0, 1.0, f64::from(i % 2))).collect();
        assert!(fit(&six, 0.75).unwrap().at(0.5).is_finite());
        assert!(fit(&six[..5], 0.75).unwrap_err().contains("too few rows"));
    }

    #[test]
    fn outside_the_range_the_nearer_end_holds() {
        let curve = fit(&wavy()[10..50], 0.75).unwrap();
        assert!((curve.at(0.0) - curve.at(10.0 / 60.0)).abs() < 1e-15);
        assert!((curve.at(1.0) - curve.at(49.0 / 60.0)).abs() < 1e-15);
    }
}
