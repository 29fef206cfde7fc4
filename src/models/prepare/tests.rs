//! Preparation on columns made by hand.

use super::*;
use crate::features::dictionary::Feature;

/// Columns of 40 training rows and one to predict: a count that varies, the same again, one that hardly varies, and days
/// that are missing in every fourth row.
fn matrix() -> Matrix {
    let named = |id: &str| Feature::dated(id.to_owned(), String::new(), "", "");
    let row = |i: usize| {
        let count = (i % 4) as f32;
        let days = if i.is_multiple_of(4) { f32::NAN } else { (i % 8) as f32 };
        [count, count, if i == 7 { 1.0 } else { 0.0 }, days]
    };
    let mut values: Vec<f32> = (0..40).flat_map(row).collect();
    values.extend([100.0, 100.0, 1.0, f32::NAN]);
    Matrix { features: ["count", "again", "rare", "days"].map(named).to_vec(), values }
}

fn train() -> Vec<u32> {
    (0..40).collect()
}

#[test]
fn what_repeats_or_hardly_varies_is_dropped_and_missing_values_have_a_column() {
    let prepared = learn(&matrix(), &train(), &Wants::Filled);
    assert_eq!(prepared.sources(), [0, 3, 3]);
    let x = prepared.apply(&matrix(), &[0, 5, 40]);
    // Days of rows that are not missing: five rows each of 1, 2, 3, 5, 6, 7; their mean is 4.
    assert_eq!(x.row(0).to_vec(), [0.0, 4.0, 1.0]);
    assert_eq!(x.row(1).to_vec(), [1.0, 5.0, 0.0]);
    // A count beyond what was seen in training is taken as the most that was.
    assert_eq!(x.row(2).to_vec(), [3.0, 4.0, 1.0]);
}

#[test]
fn scaled_columns_have_mean_0_and_spread_1_in_training() {
    let prepared = learn(&matrix(), &train(), &Wants::Scaled);
    let x = prepared.apply(&matrix(), &train());
    for column in x.columns() {
        let mean = column.sum() / 40.0;
        let spread = column.iter().map(|v| v * v).sum::<f64>() / 40.0;
        assert!(mean.abs() < 1e-12 && (spread - 1.0).abs() < 1e-9, "{mean} {spread}");
    }
}

#[test]
fn raw_columns_keep_what_is_missing() {
    let prepared = learn(&matrix(), &train(), &Wants::Raw);
    assert_eq!(prepared.sources(), [0, 3]);
    let x = prepared.apply(&matrix(), &[0, 5, 40]);
    assert!(x[[0, 1]].is_nan() && x[[2, 1]].is_nan());
    assert_eq!(vec![x[[0, 0]], x[[1, 0]], x[[1, 1]], x[[2, 0]]], [0.0, 1.0, 5.0, 3.0]);
}

/// A column that only says whether something is missing is kept as that.
#[test]
fn a_raw_column_that_is_constant_where_it_is_known_says_whether_it_is() {
    let mut matrix = matrix();
    for row in matrix.values.chunks_exact_mut(4) {
        row[3] = if row[3].is_nan() { f32::NAN } else { 2.0 };
    }
    let prepared = learn(&matrix, &train(), &Wants::Raw);
    let x = prepared.apply(&matrix, &[0, 5]);
    assert_eq!((prepared.sources(), x.column(1).to_vec()), (vec![0, 3], vec![1.0, 0.0]));
}

#[test]
fn named_columns_are_found_and_others_left() {
    let prepared = learn(&matrix(), &train(), &Wants::Columns(&["days"]));
    assert_eq!(prepared.sources(), [3, 3]);
    assert_eq!(learn(&matrix(), &train(), &Wants::Columns(&["absent"])).width(), 0);
    assert_eq!(learn(&matrix(), &train(), &Wants::Nothing).width(), 0);
}

#[test]
fn what_is_dropped_is_listed_with_its_reason() {
    let prepared = learn(&matrix(), &train(), &Wants::Scaled);
    assert_eq!(prepared.dropped(), [(1, Dropped::Repeats(0)), (2, Dropped::Constant)]);
    assert!(learn(&matrix(), &train(), &Wants::Columns(&["days"])).dropped().is_empty());
}

/// 40 rows: 18 have the first code, 17 the second, and 5 one of two rare ones.
#[test]
fn rare_codes_become_one_level() {
    let named = |id: &str| Feature::dated(id.to_owned(), String::new(), "", "");
    let code = |i: usize| match i {
        0..18 => 0,
        18..35 => 1,
        35..38 => 2,
        _ => 3,
    };
    let values = (0..40).flat_map(|i| (0..4).map(move |c| if code(i) == c { 1.0 } else { 0.0 })).collect();
    let matrix = Matrix { features: ["a", "b", "rare", "rarer"].map(named).to_vec(), values };
    let prepared = learn(&matrix, &train(), &Wants::Filled);
    let x = prepared.apply(&matrix, &[0, 20, 36, 39]);
    assert_eq!(prepared.sources(), [0, 1]);
    assert_eq!(x.row(2), x.row(3), "both rare codes look alike");
    assert_eq!((x.row(0).to_vec(), x.row(2).to_vec()), (vec![1.0, 0.0], vec![0.0, 0.0]));
}

/// 100 rows with values 0 to 99: a line and one more term, both with mean 0 and spread 1, and a straight line beyond the
/// outer knots.
#[test]
fn curves_add_terms_to_numbers_with_many_values_and_none_to_counts_of_few() {
    let named = |id: &str| Feature::dated(id.to_owned(), String::new(), "", "");
    let values = (0..100).flat_map(|i| [i as f32, if i < 70 { 0.0 } else { 1.0 }]).collect();
    let matrix = Matrix { features: ["number", "count"].map(named).to_vec(), values };
    let rows: Vec<u32> = (0..100).collect();
    let prepared = learn(&matrix, &rows, &Wants::Curved(3));
    assert_eq!(prepared.sources(), [0, 0, 1]);
    let described = prepared.described();
    assert!(described[0].term.is_none() && described[1].term.is_some_and(|t| t.knots.len() == 3));
    let x = prepared.apply(&matrix, &rows);
    for column in x.columns() {
        assert!(column.mean().unwrap().abs() < 1e-12 && (column.std(0.0) - 1.0).abs() < 1e-9);
    }
    assert_eq!(x[[2, 1]].to_bits(), x[[1, 1]].to_bits(), "below the first knot the term is flat");
}
