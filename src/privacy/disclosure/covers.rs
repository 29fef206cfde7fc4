//! Levels of different groupings that hold the same referrals: unborn children are all of unknown sex, an authority may
//! record no disability. Who knows which levels share nobody can add up one grouping and subtract it from another.
//!
//! In: the parts of every grouping, and which of their levels occur together. Out: further parts hidden, until no sum of
//! one grouping over another leaves a hidden part alone or a small number, and nothing small follows from several
//! groupings together ([`super::span`]).

use std::collections::BTreeSet;

use super::levels::{Part, SLACK, protect};
use super::span::Combinations;

/// A part: the number of its grouping, and its number there.
pub(super) type Place = (usize, usize);

/// Parts that lie within others: every referral of `inner` is one of `outer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cover {
    inner: Vec<Place>,
    /// Parts of one grouping; `None`: all referrals.
    outer: Option<(usize, Vec<usize>)>,
}

/// How groupings hang together.
#[derive(Clone, Debug, Default)]
pub(super) struct Structure {
    covers: Vec<Cover>,
    combinations: Combinations,
}

/// Groupings with up to so many levels are tried in all combinations, larger ones by single levels and pairs.
const FEW: usize = 8;

impl Structure {
    /// From the place in every grouping of each combination of levels that occurs; `None` for a level that is not among the
    /// parts.
    pub(super) fn new(found: &[Vec<Option<usize>>]) -> Self {
        let groupings = found.first().map_or(0, Vec::len);
        let mut levels = vec![BTreeSet::new(); groupings];
        let mut together = BTreeSet::new();
        for combination in found {
            let places: Vec<Place> =
                combination.iter().enumerate().filter_map(|(g, level)| Some((g, (*level)?))).collect();
            for a in &places {
                levels[a.0].insert(a.1);
                together.extend(places.iter().filter(|b| a.0 != b.0).map(|b| (*a, *b)));
            }
        }
        let levels: Vec<Vec<usize>> = levels.into_iter().map(|l| l.into_iter().collect()).collect();
        let share = |a: Place, b: Place| together.contains(&(a, b));
        Self { covers: covers(&levels, &share), combinations: Combinations::new(found) }
    }
}

/// Every cover, given the levels of each grouping that have a referral and whether two levels of different groupings
/// share one.
fn covers(levels: &[Vec<usize>], share: &dyn Fn(Place, Place) -> bool) -> Vec<Cover> {
    let mut covers = Vec::new();
    for (g, own) in levels.iter().enumerate() {
        let subsets = subsets(own);
        for (h, others) in levels.iter().enumerate().filter(|(h, _)| *h != g) {
            // Chosen levels, and all levels that lie within chosen levels of the other grouping.
            let within = |outer: &Vec<usize>| -> Vec<usize> {
                let lies =
                    |a: &&usize| !others.iter().any(|b| !outer.contains(b) && share((g, **a), (h, *b)));
                own.iter().filter(lies).copied().collect()
            };
            let nested = self::subsets(others)
                .iter()
                .map(within)
                .filter(|inner| !inner.is_empty())
                .collect::<BTreeSet<_>>();
            let chosen: BTreeSet<&Vec<usize>> = subsets.iter().chain(&nested).collect();
            for subset in chosen {
                let touches = |b: &&usize| subset.iter().any(|a| share((g, *a), (h, **b)));
                let outer: Vec<usize> = others.iter().filter(touches).copied().collect();
                if outer.len() < others.len() {
                    let inner = subset.iter().map(|a| (g, *a)).collect();
                    covers.push(Cover { inner, outer: Some((h, outer)) });
                }
            }
            // Two levels without a common referral are, with the rest, everybody.
            for (a, b) in own.iter().flat_map(|a| others.iter().map(move |b| ((g, *a), (h, *b)))) {
                if g < h && !share(a, b) {
                    covers.push(Cover { inner: vec![a, b], outer: None });
                }
            }
        }
    }
    covers
}

fn subsets(levels: &[usize]) -> Vec<Vec<usize>> {
    let pick = |keep: &dyn Fn(usize) -> bool| -> Vec<usize> {
        levels.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, level)| *level).collect()
    };
    let n = levels.len();
    if n <= FEW {
        return (1_u32..1 << n).map(|mask| pick(&|i| mask >> i & 1 == 1)).collect();
    }
    let pairs = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
    let mut subsets: Vec<Vec<usize>> = pairs.map(|(i, j)| pick(&|k| k == i || k == j)).collect();
    subsets.extend((0..n).map(|i| pick(&|k| k != i)));
    subsets
}

/// Hides parts until every grouping is protected by itself and nothing is given away by several. `total` are the cells of all
/// referrals, `size` is their number.
pub(super) fn settle(
    groupings: &mut [Vec<Part>],
    structure: &Structure,
    size: f64,
    total: &[f64],
    threshold: f64,
) {
    loop {
        for parts in groupings.iter_mut() {
            protect(parts, size, total, threshold);
        }
        let covers =
            || structure.covers.iter().find_map(|cover| cover.to_hide(groupings, size, total, threshold));
        let next = covers().or_else(|| structure.combinations.to_hide(groupings, total, threshold));
        let Some((grouping, part)) = next else { return };
        groupings[grouping][part].hidden = true;
    }
}

impl Cover {
    /// The part to be hidden next, if the cover gives something away and there is one.
    fn to_hide(&self, groupings: &[Vec<Part>], size: f64, total: &[f64], threshold: f64) -> Option<Place> {
        let (known_size, known) = match &self.outer {
            None => (size, total.to_vec()),
            Some((g, set)) => sum(&groupings[*g], set, size, total)?,
        };
        let inner = || self.inner.iter().map(|(g, p)| (&groupings[*g][*p], (*g, *p)));
        let rest = known_size - inner().map(|(part, _)| part.size).sum::<f64>() > SLACK;
        let hidden = inner().filter(|(part, _)| part.hidden && part.size > SLACK).count();
        let left = |cell: usize| {
            let shown = inner().filter(|(part, _)| !part.hidden);
            known[cell] - shown.filter_map(|(part, _)| part.cells.as_ref()).map(|c| c[cell]).sum::<f64>()
        };
        let fine = (0..total.len()).all(|cell| left(cell) >= threshold - SLACK);
        // One hidden part is found out; the rest alone, or several together, may be known if they are many.
        if (hidden == 0 && !rest) || (fine && (hidden != 1 || rest)) {
            return None;
        }
        let outer = self.outer.iter().flat_map(|(g, _)| (0..groupings[*g].len()).map(move |p| (*g, p)));
        let shown = |place: &Place| !groupings[place.0][place.1].hidden;
        let smallest = |places: Vec<Place>| {
            places
                .into_iter()
                .filter(shown)
                .min_by(|a, b| groupings[a.0][a.1].size.total_cmp(&groupings[b.0][b.1].size).then(a.cmp(b)))
        };
        smallest(self.inner.clone()).or_else(|| smallest(outer.collect()))
    }
}

/// Size and cells of these parts together, if they can be worked out: because all of them are shown, or all others.
fn sum(parts: &[Part], set: &[usize], size: f64, total: &[f64]) -> Option<(f64, Vec<f64>)> {
    let add = |within: bool| -> Option<(f64, Vec<f64>)> {
        let mut out = (0.0, vec![0.0; total.len()]);
        for (_, part) in parts.iter().enumerate().filter(|(i, _)| set.contains(i) == within) {
            if part.hidden && part.size > SLACK {
                return None;
            }
            out.0 += part.size;
            for (sum, cell) in out.1.iter_mut().zip(part.cells.iter().flatten()) {
                *sum += cell;
            }
        }
        Some(out)
    };
    let listed: f64 = parts.iter().map(|part| part.size).sum();
    add(true).or_else(|| {
        let (others, cells) = add(false).filter(|_| (size - listed).abs() < 0.5)?;
        Some((size - others, total.iter().zip(&cells).map(|(all, others)| all - others).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::{Structure, settle};
    use crate::privacy::disclosure::levels::Part;

    /// Which parts of two groupings stay shown, given their sizes and which pairs share a row.
    fn shown(a: &[f64], b: &[f64], share: &[(usize, usize)]) -> [Vec<bool>; 2] {
        let part = |n: &f64| Part { size: *n, cells: Some(vec![*n]), hidden: false };
        let mut groupings = [a.iter().map(part).collect::<Vec<_>>(), b.iter().map(part).collect()];
        let found: Vec<Vec<Option<usize>>> = share.iter().map(|(x, y)| vec![Some(*x), Some(*y)]).collect();
        let size = a.iter().sum();
        settle(&mut groupings, &Structure::new(&found), size, &[size], 10.0);
        groupings.map(|parts| parts.iter().map(|p| !p.hidden).collect())
    }

    #[test]
    fn a_level_equal_to_a_hidden_one_is_hidden_too() {
        // Disability: none 399, any 8, not recorded 90. One authority of 90 records none, the other's 407 are the rest: the
        // size of either gives away the 8, unless the sizes by disability are hidden too.
        let [disability, authority] = shown(&[399.0, 8.0, 90.0], &[407.0, 90.0], &[(0, 0), (1, 0), (2, 1)]);
        assert!(!disability[1]);
        assert!(!(disability[0] && authority.contains(&true)), "{disability:?} {authority:?}");
    }

    #[test]
    fn several_levels_within_one_leave_a_rest_that_is_small() {
        // Not recorded 172 holds two authorities of 55 and 110, and 7 more elsewhere.
        let [recorded, authority] =
            shown(&[300.0, 172.0], &[55.0, 110.0, 307.0], &[(1, 0), (1, 1), (0, 2), (1, 2)]);
        assert!(!(recorded[1] && authority[0] && authority[1]), "{recorded:?} {authority:?}");
        let plenty = shown(&[300.0, 190.0], &[55.0, 110.0, 325.0], &[(1, 0), (1, 1), (0, 2), (1, 2)]);
        assert!(plenty.iter().flatten().all(|shown| *shown), "25 elsewhere may be known: {plenty:?}");
    }

    #[test]
    fn groupings_that_cross_need_nothing() {
        let all = [(0, 0), (0, 1), (1, 0), (1, 1)];
        assert_eq!(shown(&[60.0, 40.0], &[50.0, 50.0], &all), [vec![true; 2], vec![true; 2]]);
    }
}
