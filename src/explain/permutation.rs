//! Permutation importance of columns and of groups of columns: how much worse predictions of tested rows become when what a
//! group says is handed to other rows (Breiman 2001, Machine Learning 45:5; Fisher, Rudin and Dominici 2019, JMLR 20:177,
//! section 3; groups: Gregorutti, Michel and Saint-Pierre 2015, Computational Statistics & Data Analysis 90:15).
//!
//! Columns of a group are permuted together, so that what they say of each other stays. Columns that say the same share
//! their importance if permuted one by one; a group has it whole.

use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

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

/// A permutation of so many rows: entry i is the row from which row i takes its values.
///
/// Any row may take those of any other. Keeping a household's rows together, or in their order, would hand on what many facts
/// say of them, such as how many referrals came before, and so understate what these matter.
#[must_use]
pub fn shuffled(rows: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.shuffle(rng);
    order
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
        let orders: Vec<Vec<usize>> = (0..3).map(|i| shuffled(200, &mut stream(i))).collect();
        let got = importance(sum, loss, &x, &[vec![0], vec![1], vec![0, 1]], &orders).unwrap();
        assert!((got[2].mean / got[0].mean - 4.0).abs() < 1e-9 && got[0].mean > 1.0, "{got:?}");
        assert!((got[0].mean - got[1].mean).abs() < 1e-9, "all groups see the same permutations");
    }

    /// How many referrals came before is a row's place in its household: kept there, it would seem not to matter.
    #[test]
    fn what_follows_from_the_place_in_a_household_is_mixed_up_as_well() {
        let x = Array2::from_shape_fn((300, 1), |(i, _)| (i % 3) as f64);
        let loss = |p: &Array1<f64>| p.iter().enumerate().map(|(i, p)| (p - (i % 3) as f64).powi(2)).sum();
        let orders = [shuffled(300, &mut stream(2))];
        let got = importance(|x| x.column(0).to_owned(), loss, &x, &[vec![0]], &orders).unwrap();
        assert!(got[0].mean > 200.0, "two draws of 0, 1, 2 differ by 4/3 in the mean square: {got:?}");
    }

    #[test]
    fn threads_change_no_byte_and_nonsense_is_refused() {
        let x = Array2::from_shape_fn((50, 3), |(i, j)| ((i * 7 + j * 3) % 11) as f64);
        let orders: Vec<Vec<usize>> = (0..8).map(|i| shuffled(50, &mut stream(i))).collect();
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
