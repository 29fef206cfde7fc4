//! The whole fit, and the search against brute force.

use super::cells::{Cells, Groups};
use super::numbers::Numbers;
use super::rounding::{round, star_search};
use super::*;
use ndarray::{Array2, Axis, concatenate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Rows whose log-odds are a sum of `effects` of "column j is at least 2"; columns are 0 to 3, with gaps.
fn drawn(rows: usize, effects: &[f64], missing: f64, seed: u64) -> (Array2<f64>, Vec<bool>, Vec<u32>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let x = Array2::from_shape_fn((rows, effects.len()), |_| {
        let value = f64::from(rng.random_range(0..4u32));
        if rng.random::<f64>() < missing { f64::NAN } else { value }
    });
    let y = x.rows().into_iter().map(|row| {
        let yes = |(x, e): (&f64, &f64)| if *x >= 2.0 { *e } else { 0.0 };
        let odds: f64 = row.iter().zip(effects).map(yes).sum::<f64>() - 1.0;
        rng.random::<f64>() < cells::sigmoid(odds)
    });
    let y = y.collect();
    (x, y, (0..rows as u32).map(|i| i / 2).collect())
}

fn fit(x: &Array2<f64>, y: &[bool], child: &[u32]) -> FittedScorecard {
    Scorecard { facts: 4, ..Scorecard::default() }
        .fit(&Rows { x: x.view(), y, weights: None, child })
        .unwrap()
}

#[test]
fn no_integer_card_of_a_small_problem_beats_ours_by_a_thousandth() {
    for seed in 0..5 {
        let (x, y, _) = drawn(200, &[1.5, -1.0, 0.4], 0.0, seed);
        let x = x.mapv(|v| f64::from(u8::from(v >= 2.0)));
        let design = Numbers::new(x.view());
        let settings = Settings { facts: 3, points: 2, pool: 50, gap: 0.05, beam: 10 };
        let ours = &search(&design, &y, &vec![1.0; y.len()], &settings)[0];
        let cells = Cells::new(&Groups::of(&design, &[0, 1, 2]), &y, &vec![1.0; y.len()]);
        let mut best = f64::INFINITY;
        for m in (5..=60).map(|m| f64::from(m) / 10.0) {
            for code in 0..125 * 31 {
                let points = [code % 5 - 2, code / 5 % 5 - 2, code / 25 % 5 - 2].map(f64::from);
                let intercept = f64::from(code / 125 - 15);
                let beta = [intercept, points[0], points[1], points[2]].map(|b| b / m);
                best = best.min(cells.loss(&beta));
            }
        }
        assert!(ours.loss <= best * 1.001, "seed {seed}: {} against {best}", ours.loss);
    }
}

#[test]
fn the_bounded_fit_is_stationary_and_its_coefficients_on_a_bound_would_leave_it() {
    let (x, y, _) = drawn(300, &[3.0, -0.5, 0.2], 0.0, 3);
    let design = Numbers::new(x.view());
    let weights = vec![1.0; y.len()];
    let cells = Cells::new(&Groups::of(&design, &[0, 1, 2]), &y, &weights);
    let bound = 0.3;
    let (beta, loss) = cells.fit(&[0.0; 4], bound);
    assert!((loss - cells.loss(&beta)).abs() < 1e-12);
    let mut bounded = 0;
    for j in 0..4 {
        let moved = |by: f64| {
            let mut next = beta.clone();
            next[j] += by;
            cells.loss(&next)
        };
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        if j > 0 && (beta[j].abs() - bound).abs() < 1e-12 {
            bounded += 1;
            assert!(slope * beta[j] < 0.0);
        } else {
            assert!(slope.abs() < 1e-4, "slope {slope} of {j}");
        }
    }
    assert_eq!(bounded, 1);
}

#[test]
fn cells_have_the_loss_of_the_rows() {
    let (x, y, _) = drawn(150, &[1.0, -0.5], 0.0, 4);
    let weights: Vec<f64> = (0..150).map(|i| f64::from(i % 4)).collect();
    let cells = Cells::new(&Groups::of(&Numbers::new(x.view()), &[1, 0]), &y, &weights);
    let row = |((r, &y), w): ((ndarray::ArrayView1<'_, f64>, &bool), &f64)| {
        let odds = 0.2 - 0.7 * r[1] + 0.4 * r[0];
        w * (if y { -odds } else { odds }).exp().ln_1p()
    };
    let by_hand: f64 = x.rows().into_iter().zip(&y).zip(&weights).map(row).sum();
    assert!((cells.loss(&[0.2, -0.7, 0.4]) - by_hand).abs() < 1e-10);
}

#[test]
fn the_rounding_is_no_worse_than_naive_rounding_at_the_best_multiplier_and_better_on_average() {
    let (mut ours, mut naive, mut auxiliary) = (0.0, 0.0, 0.0);
    for seed in 0..10 {
        let (x, y, _) = drawn(300, &[1.3, -0.9, 0.6, 0.3], 0.0, seed);
        let cells = Cells::new(&Groups::of(&Numbers::new(x.view()), &[0, 1, 2, 3]), &y, &vec![1.0; 300]);
        let (beta, _) = cells.fit(&[0.0; 5], 5.0);
        let found = star_search(&cells, &beta, 5.0).unwrap();
        let m = found.multiplier;
        let rounded: Vec<f64> = beta.iter().map(|b| (b * m).round() / m).collect();
        assert!(found.loss <= cells.loss(&rounded) + 1e-9);
        ours += found.loss;
        // At a coarse multiplier the theorem's rounding must earn its keep.
        let coarse: Vec<f64> = beta.iter().map(|b| (2.0 * b).round() / 2.0).collect();
        let scaled: Vec<f64> = beta.iter().map(|b| 2.0 * b).collect();
        naive += cells.loss(&coarse);
        let by_bound = round(&cells, &scaled, 2.0);
        assert!(by_bound.iter().zip(&scaled).all(|(r, s)| (r - s).abs() < 1.0 && r.fract().abs() < 1e-12));
        auxiliary += cells.loss(&by_bound.iter().map(|r| r / 2.0).collect::<Vec<_>>());
    }
    assert!(auxiliary < naive, "{auxiliary} against {naive}");
    assert!(ours <= naive);
}

#[test]
fn every_card_fits_its_page_is_within_the_gap_and_differs_from_the_others() {
    let (x, y, child) = drawn(2000, &[1.0, -0.8, 0.5, 0.1, 0.1, 0.1], 0.1, 6);
    let fit = fit(&x, &y, &child);
    assert!(fit.pool().len() > 5);
    assert_eq!(fit.card(), &fit.pool()[0]);
    let loss = |card: &Card| {
        let p = card.probabilities(x.view());
        p.iter().zip(&y).map(|(p, &y)| -(if y { *p } else { 1.0 - p }).ln()).sum::<f64>() / y.len() as f64
    };
    for (i, card) in fit.pool().iter().enumerate() {
        assert!((loss(card) - card.loss).abs() < 1e-12);
        assert!(card.loss <= 1.05 * fit.card().loss);
        assert!((1..=4).contains(&card.lines.len()));
        assert!(card.lines.iter().all(|l| l.points != 0 && l.points.abs() <= 5));
        assert!(fit.pool()[..i].iter().all(|other| other.lines != card.lines));
    }
}

#[test]
fn a_narrow_gap_keeps_fewer_cards_even_where_rounding_is_coarse() {
    let (x, y, child) = drawn(2000, &[1.0, -0.8, 0.5, 0.2, 0.1, 0.1], 0.1, 6);
    let pool = |gap| {
        let card = Scorecard { facts: 4, points: 1, gap, ..Scorecard::default() };
        card.fit(&Rows { x: x.view(), y: &y, weights: None, child: &child }).unwrap().pool
    };
    let (narrow, wide) = (pool(0.004), pool(0.05));
    assert!(narrow.len() < wide.len() && narrow.len() > 1, "{} of {}", narrow.len(), wide.len());
    assert!(narrow.iter().all(|c| c.loss <= 1.004 * narrow[0].loss));
    // Real coefficients within the gap do not make their integers so: at some of these gaps rounding steps over it.
    for gap in (1..=20).map(|g| f64::from(g) / 2000.0) {
        let cards = pool(gap);
        assert!(cards.iter().all(|c| c.loss <= (1.0 + gap) * cards[0].loss), "gap {gap}");
    }
}

#[test]
fn the_questions_that_made_the_outcomes_are_found() {
    let (x, y, child) = drawn(4000, &[1.5, 0.0, -1.5, 0.0], 0.0, 7);
    let card = fit(&x, &y, &child).card().clone();
    let points = |column| {
        let asked = Question { column, ask: Ask::AtLeast(2.0) };
        card.lines.iter().find(|l| l.question == asked).map_or(0, |l| l.points)
    };
    assert!(points(0) > 0 && points(2) < 0, "{card:?}");
}

#[test]
fn that_a_value_is_missing_can_earn_points() {
    let (mut x, _, child) = drawn(1000, &[0.0, 0.0], 0.0, 8);
    let y: Vec<bool> = (0..1000).map(|i| i % 3 == 0 && i % 4 > 0).collect();
    for i in (0..1000).step_by(3) {
        x[[i, 1]] = f64::NAN;
    }
    let card = fit(&x, &y, &child).card().clone();
    let line = card.lines.iter().find(|l| l.question == Question { column: 1, ask: Ask::Missing });
    assert!(line.is_some_and(|l| l.points > 0), "{card:?}");
}

#[test]
fn a_weight_of_two_is_a_row_that_stands_twice_and_of_nought_one_that_is_not_there() {
    let (x, y, child) = drawn(600, &[1.0, -0.7, 0.4], 0.1, 9);
    let weights: Vec<f32> = (0..600).map(|i| if i % 3 == 0 { 2.0 } else { 1.0 }).collect();
    let twice: Vec<usize> = (0..600).step_by(3).collect();
    let copied = concatenate![Axis(0), x, x.select(Axis(0), &twice)];
    let copied_y: Vec<bool> = y.iter().copied().chain(twice.iter().map(|&i| y[i])).collect();
    let copied_child: Vec<u32> = child.iter().copied().chain(twice.iter().map(|&i| child[i])).collect();
    let weighed = Scorecard { facts: 4, ..Scorecard::default() }
        .fit(&Rows { x: x.view(), y: &y, weights: Some(&weights), child: &child })
        .unwrap();
    let copied = fit(&copied, &copied_y, &copied_child);
    assert_eq!(weighed.card().lines, copied.card().lines);
    assert_eq!(weighed.card().intercept, copied.card().intercept);
    assert!((weighed.card().loss - copied.card().loss).abs() < 1e-12);
}

#[test]
fn one_thread_and_four_give_the_same_bytes() {
    let (x, y, child) = drawn(1500, &[1.0, -0.8, 0.5, 0.1, 0.1, 0.1], 0.1, 10);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| serde_json::to_string(&fit(&x, &y, &child)).unwrap())
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn contributions_and_the_intercept_add_up_to_the_log_odds() {
    let (x, y, child) = drawn(800, &[1.0, -0.8, 0.5], 0.2, 11);
    let fit = fit(&x, &y, &child);
    let (lines, chances) = (fit.contributions(x.view()), fit.probabilities(x.view()));
    assert_eq!(lines.dim(), (800, fit.card().lines.len()));
    for (row, p) in lines.rows().into_iter().zip(&chances) {
        let odds = row.sum() + f64::from(fit.card().intercept) / fit.card().multiplier;
        assert!((odds - (p / (1.0 - p)).ln()).abs() < 1e-12);
    }
}

#[test]
fn every_chance_stands_in_the_table() {
    let (x, y, child) = drawn(800, &[1.0, -0.8, 0.5], 0.2, 12);
    let fit = fit(&x, &y, &child);
    let table = fit.table();
    assert!(table.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
    for p in fit.probabilities(x.view()) {
        assert!(table.iter().any(|(_, risk)| risk.to_bits() == p.to_bits()));
    }
}

#[test]
fn a_saved_card_comes_back_the_same() {
    let (x, y, child) = drawn(500, &[1.0, -0.8], 0.1, 13);
    let fit = fit(&x, &y, &child);
    let back: FittedScorecard = serde_json::from_str(&serde_json::to_string(&fit).unwrap()).unwrap();
    assert_eq!(back, fit);
}

#[test]
fn what_cannot_be_fitted_is_an_error() {
    let (x, y, child) = drawn(50, &[1.0], 0.0, 14);
    let try_with =
        |card: Scorecard, y: &[bool], weights| card.fit(&Rows { x: x.view(), y, weights, child: &child });
    let plain = Scorecard::default();
    assert_eq!(try_with(plain, &[true; 50], None).unwrap_err(), CardError::OneClass);
    let only: Vec<f32> = y.iter().map(|y| f32::from(u8::from(*y))).collect();
    assert_eq!(try_with(plain, &y, Some(&only)).unwrap_err(), CardError::OneClass);
    assert_eq!(try_with(plain, &y[1..], None).unwrap_err(), CardError::Mismatch);
    assert_eq!(try_with(plain, &y, Some(&[-1.0; 50])).unwrap_err(), CardError::Mismatch);
    assert_eq!(try_with(Scorecard { points: 0, ..plain }, &y, None).unwrap_err(), CardError::NoPoints);
}

#[test]
fn where_nothing_can_be_asked_everyone_gets_the_base_rate() {
    let child: Vec<u32> = (0..40).collect();
    let y: Vec<bool> = (0..40).map(|i| i < 10).collect();
    let constant = Array2::from_elem((40, 2), 3.0);
    let lost = Array2::from_elem((40, 2), f64::NAN);
    let none = Array2::zeros((40, 0));
    for x in [constant, lost, none] {
        let fit = fit(&x, &y, &child);
        assert!(fit.card().lines.is_empty());
        assert!(fit.probabilities(x.view()).iter().all(|p| (p - 0.25).abs() < 1e-12));
        assert_eq!((fit.table().len(), fit.contributions(x.view()).ncols()), (1, 0));
    }
}

#[test]
fn few_rows_and_outcomes_that_a_question_tells_apart_are_harmless() {
    let x = Array2::from_shape_fn((4, 1), |(i, _)| i as f64);
    let card = Scorecard { min_children: 1, ..Scorecard::default() };
    let y = [false, false, true, true];
    let fit = card.fit(&Rows { x: x.view(), y: &y, weights: None, child: &[1, 2, 3, 4] }).unwrap();
    let p = fit.probabilities(x.view());
    assert!(p.iter().all(|p| p.is_finite()) && p[0] < 0.1 && p[3] > 0.9, "{p}");
}
