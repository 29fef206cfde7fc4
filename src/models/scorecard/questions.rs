//! Yes/no questions made of raw columns: "is it at least this much?" and "is it missing?".
//!
//! The cuts of one column are nested, so a column is kept as one byte a row (its bin), and a sum over the rows is one
//! histogram a column for all its questions.

use super::card::{Ask, Question};
use super::design::Design;
use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Cuts a column has at most.
const CUTS: usize = 8;

/// The bins of one raw column and its cuts: code 0 is missing, code b > 0 is at least b - 1 of the cuts.
#[derive(Debug)]
struct Binned {
    codes: Vec<u8>,
    cuts: Vec<f64>,
}

/// Where a question's answers come from.
#[derive(Clone, Copy, Debug)]
struct Source {
    /// Place in [`Questions::columns`].
    column: usize,
    /// Yes from this code on; `None` where yes is to be missing.
    from: Option<u8>,
}

/// A question of a column, with the fingerprint of the rows that say yes.
#[derive(Clone, Copy, Debug)]
struct Asked {
    from: Option<u8>,
    print: u64,
}

/// Every question that divides the children well enough, once.
#[derive(Debug)]
pub(crate) struct Questions {
    rows: usize,
    columns: Vec<Binned>,
    sources: Vec<Source>,
    questions: Vec<Question>,
}

impl Questions {
    /// The questions of `x` (rows x columns, missing is not a number) that at least `min_children` distinct children answer
    /// with yes and as many with no. Of questions that all rows answer alike, or all opposite, the first is kept.
    pub(crate) fn new(x: ArrayView2<'_, f64>, child: &[u32], min_children: usize) -> Self {
        let child = renumber(child);
        let children = child.iter().max().map_or(0, |c| c + 1);
        let views: Vec<ArrayView1<'_, f64>> = x.axis_iter(Axis(1)).collect();
        let made: Vec<(Binned, Vec<Asked>)> = views
            .par_iter()
            .map(|&column| {
                let binned = bin(column, &child);
                let asked = divide(&binned, &child, children, min_children);
                (binned, asked)
            })
            .collect();
        let total = (0..x.nrows()).fold(0u64, |sum, i| sum.wrapping_add(mark(i)));
        let mut all =
            Self { rows: x.nrows(), columns: Vec::new(), sources: Vec::new(), questions: Vec::new() };
        let mut known: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (raw, (binned, asked)) in made.into_iter().enumerate() {
            let column = all.columns.len();
            let cuts = binned.cuts.clone();
            all.columns.push(binned);
            for Asked { from, print } in asked {
                let source = Source { column, from };
                // A question and its opposite share a key.
                let alike = known.entry(print.min(total.wrapping_sub(print))).or_default();
                if alike.iter().any(|&j| all.same(all.sources[j], source)) {
                    continue;
                }
                alike.push(all.sources.len());
                all.sources.push(source);
                let ask = from.map_or(Ask::Missing, |from| Ask::AtLeast(cuts[usize::from(from) - 2]));
                all.questions.push(Question { column: raw, ask });
            }
        }
        all
    }

    /// The questions, in the order of the design's columns.
    pub(crate) fn questions(&self) -> &[Question] {
        &self.questions
    }

    fn answer(&self, source: Source, row: usize) -> bool {
        let code = self.columns[source.column].codes[row];
        source.from.map_or(code == 0, |from| code >= from)
    }

    /// Whether all rows answer alike, or all opposite.
    fn same(&self, a: Source, b: Source) -> bool {
        let differs = |i| self.answer(a, i) != self.answer(b, i);
        self.rows == 0 || (1..self.rows).all(|i| differs(i) == differs(0))
    }
}

impl Design for Questions {
    fn rows(&self) -> usize {
        self.rows
    }

    fn levels(&self, _: usize) -> Vec<f64> {
        vec![0.0, 1.0]
    }

    fn codes(&self, j: usize) -> Vec<u32> {
        (0..self.rows).map(|i| u32::from(self.answer(self.sources[j], i))).collect()
    }

    fn sums(&self, r: &[f64]) -> Vec<f64> {
        let histogram = |column: &Binned| {
            let mut sums = [0.0; CUTS + 2];
            for (&code, r) in column.codes.iter().zip(r) {
                sums[usize::from(code)] += r;
            }
            sums
        };
        let histograms: Vec<[f64; CUTS + 2]> = self.columns.par_iter().map(histogram).collect();
        let sum = |s: &Source| {
            let h = &histograms[s.column];
            s.from.map_or(h[0], |from| h[usize::from(from)..].iter().sum())
        };
        self.sources.iter().map(sum).collect()
    }

    fn squares(&self, r: &[f64]) -> Vec<f64> {
        self.sums(r)
    }
}

/// Children numbered from nought.
fn renumber(child: &[u32]) -> Vec<usize> {
    let mut found = child.to_vec();
    found.sort_unstable();
    found.dedup();
    child.iter().map(|c| found.partition_point(|f| f < c)).collect()
}

fn bin(column: ArrayView1<'_, f64>, child: &[usize]) -> Binned {
    let cuts = cuts(column, child);
    let code = |&v: &f64| if v.is_nan() { 0 } else { 1 + cuts.partition_point(|c| *c <= v) as u8 };
    Binned { codes: column.iter().map(code).collect(), cuts }
}

/// At most [`CUTS`] cuts between the distinct values: after every value where they are few, else so that the bins share the
/// children as evenly as they can (each counted once a value, so that a row that stands twice moves nothing). A value that
/// alone fills a bin leaves the others to share what remains, so that a column which is mostly nought keeps its cuts.
fn cuts(column: ArrayView1<'_, f64>, child: &[usize]) -> Vec<f64> {
    // Adding nought makes minus nought nought.
    let known = column.iter().zip(child).filter(|(v, _)| !v.is_nan()).map(|(v, child)| (*v + 0.0, *child));
    let mut values: Vec<(f64, usize)> = known.collect();
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    values.dedup_by(|a, b| a.1 == b.1 && a.0.total_cmp(&b.0).is_eq());
    let counts: Vec<(f64, usize)> =
        values.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).map(|alike| (alike[0].0, alike.len())).collect();
    if counts.len() <= CUTS + 1 {
        return counts.windows(2).map(|pair| roundest(pair[0].0, pair[1].0)).collect();
    }
    let (mut rest, mut here, mut cuts) = (values.len(), 0, Vec::new());
    for pair in counts.windows(2) {
        here += pair[0].1;
        if here * (CUTS + 1 - cuts.len()) >= rest && cuts.len() < CUTS {
            cuts.push(roundest(pair[0].0, pair[1].0));
            rest -= here;
            here = 0;
        }
    }
    cuts
}

/// The roundest number over `low` and up to `high`: it divides the rows as `high` does, can be asked aloud, and is not some
/// row's own.
fn roundest(low: f64, high: f64) -> f64 {
    let steps = (-4..=9).map(|digits| 10_f64.powi(digits)).map(|scale| (high * scale).floor() / scale);
    let within = |cut: &f64| *cut > low && *cut <= high;
    let mut found = steps.filter(within);
    found.next().unwrap_or(high)
}

/// The questions of a column that enough children answer either way.
fn divide(binned: &Binned, child: &[usize], children: usize, min_children: usize) -> Vec<Asked> {
    let mut span = vec![(u8::MAX, 0u8); children];
    let mut prints = [0u64; CUTS + 2];
    for (row, (&code, &child)) in binned.codes.iter().zip(child).enumerate() {
        let (least, most) = &mut span[child];
        *least = code.min(*least);
        *most = code.max(*most);
        prints[usize::from(code)] = prints[usize::from(code)].wrapping_add(mark(row));
    }
    let enough =
        |says: &dyn Fn(&(u8, u8)) -> bool| span.iter().filter(|s| says(s)).count() >= min_children.max(1);
    let mut asked = Vec::new();
    for from in 2..=binned.cuts.len() as u8 + 1 {
        if enough(&|s| s.1 >= from) && enough(&|s| s.0 < from) {
            let print = prints[usize::from(from)..].iter().fold(0u64, |a, b| a.wrapping_add(*b));
            asked.push(Asked { from: Some(from), print });
        }
    }
    if enough(&|s| s.0 == 0) && enough(&|s| s.1 > 0) {
        asked.push(Asked { from: None, print: prints[0] });
    }
    asked
}

/// A number for each row whose sums tell sets of rows apart (`SplitMix64`: Steele, Lea and Flood 2014, OOPSLA).
fn mark(row: usize) -> u64 {
    let mut z = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array, aview1};

    #[test]
    fn few_distinct_values_give_a_cut_at_each_but_the_least() {
        assert_eq!(cuts(aview1(&[2.0, 0.0, f64::NAN, 1.0, 0.0]), &[0, 1, 2, 3, 4]), vec![1.0, 2.0]);
        assert!(cuts(aview1(&[3.0, 3.0, f64::NAN]), &[0, 1, 2]).is_empty());
        assert!(cuts(aview1(&[0.0, -0.0]), &[0, 1]).is_empty());
    }

    #[test]
    fn cuts_are_round_where_they_can_be() {
        for (low, high, cut) in [(2.0, 3.0, 3.0), (364.0, 365.0, 365.0), (88.0, 131.0, 100.0)] {
            assert!((roundest(low, high) - cut).abs() < 1e-12);
        }
        assert!((roundest(7.3141, 7.3586) - 7.35).abs() < 1e-12 && (roundest(-0.52, 0.41)).abs() < 1e-12);
    }

    #[test]
    fn a_column_that_is_mostly_nought_keeps_all_its_cuts_and_the_first_above_nought() {
        let values: Vec<f64> = (0..1000).map(|i| if i < 900 { 0.0 } else { f64::from(i - 899) }).collect();
        let cuts = cuts(aview1(&values), &(0..1000).collect::<Vec<usize>>());
        assert_eq!(cuts.len(), CUTS);
        assert_eq!(cuts[0].to_bits(), 1.0f64.to_bits());
        assert!(cuts.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn both_answers_need_enough_distinct_children() {
        // Four rows say yes to "at least 1", but they are of two children only.
        let x = Array2::from_shape_fn((10, 1), |(i, _)| if i < 4 { 1.0 } else { 0.0 });
        let child = [7, 7, 9, 9, 1, 2, 3, 4, 5, 6];
        assert_eq!(Questions::new(x.view(), &child, 2).questions().len(), 1);
        assert!(Questions::new(x.view(), &child, 3).questions().is_empty());
    }

    #[test]
    fn a_child_whose_rows_answer_both_ways_counts_on_both_sides() {
        // Both children say yes once and no once; or the value is there once and missing once.
        let x = array![[0.0, 2.0], [1.0, f64::NAN], [0.0, f64::NAN], [1.0, 2.0]];
        let made = Questions::new(x.view(), &[4, 4, 8, 8], 2);
        let asked: Vec<Ask> = made.questions().iter().map(|q| q.ask).collect();
        assert_eq!(asked, [Ask::AtLeast(1.0), Ask::Missing]);
    }

    #[test]
    fn a_question_asked_twice_or_the_other_way_round_is_kept_once() {
        let n = f64::NAN;
        // The second column is the first; the third is missing where the first is 1; the fourth differs.
        let x = array![[0.0, 0.0, 5.0, 1.0], [1.0, 1.0, n, 1.0], [0.0, 0.0, 5.0, 0.0], [1.0, 1.0, n, 0.0]];
        let made = Questions::new(x.view(), &[1, 2, 3, 4], 1);
        let expected =
            [Question { column: 0, ask: Ask::AtLeast(1.0) }, Question { column: 3, ask: Ask::AtLeast(1.0) }];
        assert_eq!(made.questions(), expected);
    }

    #[test]
    fn sums_are_those_of_the_answers_read_from_the_raw_columns() {
        let x = Array2::from_shape_fn((60, 3), |(i, j)| {
            if (i * 7 + j) % 11 == 0 { f64::NAN } else { ((i * (3 + j)) % 23) as f64 }
        });
        let child: Vec<u32> = (0..60).collect();
        let made = Questions::new(x.view(), &child, 5);
        assert!(made.questions().len() > 20);
        let r: Vec<f64> = (0..60).map(|i| (f64::from(i) * 0.37).sin()).collect();
        for (j, (question, sum)) in made.questions().iter().zip(made.sums(&r)).enumerate() {
            let answers: Vec<f64> =
                x.rows().into_iter().map(|row| f64::from(u8::from(question.answer(row)))).collect();
            let codes: Vec<f64> = made.codes(j).iter().map(|&c| f64::from(c)).collect();
            assert_eq!(codes, answers);
            let by_hand: f64 = answers.iter().zip(&r).map(|(a, r)| a * r).sum();
            assert!((by_hand - sum).abs() < 1e-12);
        }
    }
}
