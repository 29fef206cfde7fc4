//! Permutation importance of columns and of groups of columns: how much worse predictions of tested rows become when what a
//! group says is handed to other rows (Breiman 2001, Machine Learning 45:5; Fisher, Rudin and Dominici 2019, JMLR 20:177,
//! section 3; groups: Gregorutti, Michel and Saint-Pierre 2015, Computational Statistics & Data Analysis 90:15).
//!
//! Columns of a group are permuted together, so that what they say of each other stays. Columns that say the same share
//! their importance if permuted one by one; a group has it whole. Rows of a household are alike and stay together: see
//! [`of_households`].

use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Importance of one group of columns, in units of the loss.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Importance {
    /// Loss after permutation less loss before, the mean over permutations.
    pub mean: f64,
    /// Its standard error over permutations; no number for one permutation. It says how exactly the mean is known for these
    /// rows and this model, not how it would vary with other children.
    pub error: f64,
    /// By permutation.
    pub increases: Vec<f64>,
}

/// A permutation of rows that keeps those of a household together: entry i is the row from which row i takes its values.
///
/// Households of as many rows trade places, each taking the rows of another in order. One whose size is its own joins
/// those of the next smaller size (the smallest one those of the next larger size); there rows are handed on in the order of
/// the drawn households, so that a household's rows may fall to two that stand next to each other.
#[must_use]
pub fn of_households(household: &[u32], rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, code) in household.iter().enumerate() {
        rows.entry(*code).or_default().push(row);
    }
    let mut out = vec![0; household.len()];
    for homes in peers(rows.into_values().collect()) {
        let mut drawn: Vec<&Vec<usize>> = homes.iter().collect();
        drawn.shuffle(rng);
        let from = drawn.into_iter().flatten();
        homes.iter().flatten().zip(from).for_each(|(row, from)| out[*row] = *from);
    }
    out
}

/// Households that trade places: of one size, or joined so that none is alone unless there is no other.
fn peers(mut homes: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    homes.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    let mut out: Vec<Vec<Vec<usize>>> = Vec::new();
    for class in homes.chunk_by(|a, b| a.len() == b.len()) {
        match out.last_mut() {
            Some(alone) if alone.len() == 1 => alone.extend_from_slice(class),
            _ => out.push(class.to_vec()),
        }
    }
    if out.len() > 1 && out.last().is_some_and(|class| class.len() == 1) {
        let alone = out.pop().unwrap_or_default();
        out.iter_mut().rev().take(1).for_each(|class| class.extend_from_slice(&alone));
    }
    out
}

/// Importance of each group of columns, in order. `x` is rows × columns as `predict` takes them, `loss` is of all its
/// predictions, lower better. Every group sees the same permutations, so that chance does not put one of them ahead. A group
/// without columns has importance 0.
///
/// The same bytes at any number of threads, provided that `predict` gives them. Each thread holds one copy of `x`.
///
/// # Errors
/// If there is no permutation, if one is not a permutation of the rows, or if a group has a column that is not there.
pub fn importance(
    predict: impl Fn(&Array2<f64>) -> Array1<f64> + Sync,
    loss: impl Fn(&Array1<f64>) -> f64 + Sync,
    x: &Array2<f64>,
    groups: &[Vec<usize>],
    permutations: &[Vec<usize>],
) -> Result<Vec<Importance>, &'static str> {
    if permutations.is_empty() {
        return Err("there is no permutation");
    }
    if !permutations.iter().all(|order| permutes(order, x.nrows())) {
        return Err("a permutation is not one of the rows");
    }
    if groups.iter().flatten().any(|column| *column >= x.ncols()) {
        return Err("a group has a column that is not there");
    }
    let before = loss(&predict(x));
    let tasks: Vec<(&[usize], &[usize])> =
        groups.iter().flat_map(|g| permutations.iter().map(move |p| (g.as_slice(), p.as_slice()))).collect();
    let increases: Vec<f64> = tasks
        .into_par_iter()
        .map_init(
            || x.clone(),
            |permuted, (columns, order)| {
                if columns.is_empty() {
                    return 0.0;
                }
                for &column in columns {
                    permuted.column_mut(column).assign(&x.column(column).select(Axis(0), order));
                }
                let increase = loss(&predict(permuted)) - before;
                // As it was, for the next.
                columns.iter().for_each(|&column| permuted.column_mut(column).assign(&x.column(column)));
                increase
            },
        )
        .collect();
    Ok(increases.chunks(permutations.len()).map(summed_up).collect())
}

fn permutes(order: &[usize], rows: usize) -> bool {
    let mut seen = vec![false; rows];
    let fresh = |&row: &usize| seen.get_mut(row).is_some_and(|seen| !std::mem::replace(seen, true));
    order.len() == rows && order.iter().all(fresh)
}

fn summed_up(increases: &[f64]) -> Importance {
    let n = increases.len() as f64;
    let mean = increases.iter().sum::<f64>() / n;
    let squares: f64 = increases.iter().map(|v| (v - mean).powi(2)).sum();
    let error = if increases.len() > 1 { (squares / (n - 1.0) / n).sqrt() } else { f64::NAN };
    Importance { mean, error, increases: increases.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::{RngExt, SeedableRng};

    fn stream(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    fn sum(x: &Array2<f64>) -> Array1<f64> {
        x.column(0).to_owned() + x.column(1)
    }

    /// Predictions 5, 9 and 2 are right. With the first column 0 4 1 as 1 0 4 they are 6, 5 and 5: squared errors 1, 16, 9.
    #[test]
    fn the_increase_in_loss_worked_by_hand() {
        let x = array![[0.0, 5.0], [4.0, 5.0], [1.0, 1.0]];
        let y = array![5.0, 9.0, 2.0];
        let loss = |p: &Array1<f64>| (p - &y).mapv(|e| e * e).sum();
        let orders = [vec![2, 0, 1], vec![0, 1, 2]];
        let got = importance(sum, loss, &x, &[vec![0], vec![], vec![0, 1]], &orders).unwrap();
        assert!((got[0].increases[0] - 26.0).abs() < 1e-12 && got[0].increases[1].abs() < 1e-12, "{got:?}");
        // Mean 13, standard deviation 26/√2, over √2.
        assert!((got[0].mean - 13.0).abs() < 1e-12 && (got[0].error - 13.0).abs() < 1e-12, "{got:?}");
        assert!(got[1].mean.abs() < 1e-12, "no columns");
        // Both columns: predictions 2, 5 and 9, squared errors 9, 16 and 49.
        assert!((got[2].increases[0] - 74.0).abs() < 1e-12, "{got:?}");
    }

    /// Two columns that say the same, of which the model takes the mean: alone each seems to matter a quarter as much.
    #[test]
    fn a_group_has_the_importance_that_its_columns_share() {
        let mut rng = stream(1);
        let base: Vec<f64> = (0..200).map(|_| rng.random_range(-1.0..1.0)).collect();
        let x = Array2::from_shape_fn((200, 2), |(row, _)| base[row]);
        let loss = |p: &Array1<f64>| p.iter().zip(&base).map(|(p, b)| (p / 2.0 - b).powi(2)).sum();
        let household: Vec<u32> = (0..200).collect();
        let orders: Vec<Vec<usize>> = (0..3).map(|i| of_households(&household, &mut stream(i))).collect();
        let got = importance(sum, loss, &x, &[vec![0], vec![1], vec![0, 1]], &orders).unwrap();
        assert!((got[2].mean / got[0].mean - 4.0).abs() < 1e-9 && got[0].mean > 1.0, "{got:?}");
        assert!((got[0].mean - got[1].mean).abs() < 1e-9, "all groups see the same permutations");
    }

    /// Households 7, 8 and 9 have two rows, scattered; 1 to 20 have one.
    #[test]
    fn households_of_as_many_rows_trade_places_whole_and_in_order() {
        let mut household: Vec<u32> = (1..=20).collect();
        household.extend([107, 108, 109, 107, 108, 109]);
        let mut moved = 0;
        for seed in 0..20 {
            let order = of_households(&household, &mut stream(seed));
            assert!(permutes(&order, 26));
            for (first, second) in [(20, 23), (21, 24), (22, 25)] {
                assert_eq!(household[order[first]], household[order[second]], "together");
                assert!(order[first] < order[second], "in order");
            }
            assert!(order[..20].iter().all(|from| *from < 20));
            moved += usize::from(order[20] != 20);
        }
        assert!(moved > 5, "{moved}");
        assert_eq!(of_households(&household, &mut stream(3)), of_households(&household, &mut stream(3)));
        assert_ne!(of_households(&household, &mut stream(3)), of_households(&household, &mut stream(4)));
    }

    #[test]
    fn a_household_without_peers_of_its_size_joins_the_next_smaller_or_else_the_next_larger() {
        let sizes = |sizes: &[usize]| {
            let homes = sizes.iter().map(|n| vec![0; *n]).collect();
            let peers = peers(homes);
            peers.iter().map(|class| class.iter().map(Vec::len).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[2, 1, 5, 2, 1]), [vec![5, 2, 2], vec![1, 1]]);
        assert_eq!(sizes(&[1, 3, 3]), [vec![3, 3, 1]]);
        assert_eq!(sizes(&[4, 3, 2, 1]), [vec![4, 3], vec![2, 1]]);
        assert_eq!(sizes(&[4]), [vec![4]]);
        assert!(sizes(&[]).is_empty());
        // A household of three among six of one row is handed other rows too.
        let household = [1, 1, 1, 2, 3, 4, 5, 6, 7];
        let handed = |seed| of_households(&household, &mut stream(seed))[..3].iter().any(|from| *from > 2);
        assert!((0..20).filter(|seed| handed(*seed)).count() > 10);
    }

    #[test]
    fn threads_change_no_byte_and_nonsense_is_refused() {
        let x = Array2::from_shape_fn((50, 3), |(i, j)| ((i * 7 + j * 3) % 11) as f64);
        let household: Vec<u32> = (0..50).map(|i| i / 2).collect();
        let orders: Vec<Vec<usize>> = (0..8).map(|i| of_households(&household, &mut stream(i))).collect();
        let run = |groups: &[Vec<usize>], orders: &[Vec<usize>]| {
            importance(sum, |p| p.iter().enumerate().map(|(i, p)| p * i as f64).sum(), &x, groups, orders)
        };
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run(&[vec![0], vec![1, 2]], &orders).unwrap())
        };
        assert_eq!(on(1), on(3));
        assert!(run(&[vec![3]], &orders).is_err() && run(&[vec![0]], &[]).is_err());
        assert!(run(&[vec![0]], &[vec![0; 50]]).is_err() && run(&[vec![0]], &[vec![0, 1]]).is_err());
    }
}
