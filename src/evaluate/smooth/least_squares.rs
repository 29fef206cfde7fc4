//! Least squares on three columns by an orthogonal factorisation and a pseudo-inverse, as R's loess does it.

/// One row of a least-squares problem: three predictors and the response, each already multiplied by the
/// square root of the row's weight. Finite.
pub type Row = [f64; 4];

/// Singular values below this share of the largest count as zero (`ehg127` of R 4.2.2: 100 machine epsilon).
const TOLERANCE: f64 = 100.0 * f64::EPSILON;

/// The three coefficients that minimise the sum of squares; where they are not unique, those of least norm
/// once every column has been scaled to length one.
///
/// `greatest_rank` bounds the number of singular values used: pass the number of distinct rows, so that
/// rounding cannot turn an exactly singular design into a regular one. The factorisation is modified
/// Gram-Schmidt on the columns with the response as a fourth, which is as stable as Householder reflections
/// (Bjorck 1967, BIT 7:1-21); the singular values are those of its triangle. The rows are overwritten.
/// Source: `ehg127` in the dloess library of Cleveland, Grosse and Shyu, as in R 4.2.2. O(rows).
#[must_use]
pub fn solve(rows: &mut [Row], greatest_rank: usize) -> [f64; 3] {
    let mut lengths = [1.0; 3];
    for (column, length) in lengths.iter_mut().enumerate() {
        let norm = rows.iter().map(|row| row[column] * row[column]).sum::<f64>().sqrt();
        if norm > 0.0 {
            *length = norm;
            rows.iter_mut().for_each(|row| row[column] /= norm);
        }
    }
    let (triangle, response) = factorise(rows);
    let mut coefficients = pseudo_inverse(triangle, response, greatest_rank);
    coefficients.iter_mut().zip(lengths).for_each(|(coefficient, length)| *coefficient /= length);
    coefficients
}

/// Modified Gram-Schmidt: the columns of the upper triangle, and the response in the new directions.
fn factorise(rows: &mut [Row]) -> ([[f64; 3]; 3], [f64; 3]) {
    let mut columns = [[0.0; 3]; 3];
    let mut response = [0.0; 3];
    for pivot in 0..3 {
        let norm = rows.iter().map(|row| row[pivot] * row[pivot]).sum::<f64>().sqrt();
        columns[pivot][pivot] = norm;
        if norm <= 0.0 {
            continue;
        }
        rows.iter_mut().for_each(|row| row[pivot] /= norm);
        for other in pivot + 1..4 {
            let along: f64 = rows.iter().map(|row| row[pivot] * row[other]).sum();
            rows.iter_mut().for_each(|row| row[other] -= along * row[pivot]);
            if other < 3 {
                columns[other][pivot] = along;
            } else {
                response[pivot] = along;
            }
        }
    }
    (columns, response)
}

/// Least-norm solution of a 3 by 3 system by the one-sided Jacobi method: the columns are rotated until
/// they are at right angles; their lengths are then the singular values.
fn pseudo_inverse(mut columns: [[f64; 3]; 3], response: [f64; 3], greatest_rank: usize) -> [f64; 3] {
    let mut directions = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    // Convergence is quadratic; three columns settle in about five sweeps.
    for _ in 0..30 {
        let mut settled = true;
        for (first, second) in [(0, 1), (0, 2), (1, 2)] {
            let cross = dot(columns[first], columns[second]);
            let (left, right) = (dot(columns[first], columns[first]), dot(columns[second], columns[second]));
            if cross.abs() <= f64::EPSILON * (left * right).sqrt() {
                continue;
            }
            settled = false;
            let zeta = (right - left) / (2.0 * cross);
            let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
            rotate(&mut columns, first, second, tangent);
            rotate(&mut directions, first, second, tangent);
        }
        if settled {
            break;
        }
    }
    let mut order = [0, 1, 2].map(|column| (dot(columns[column], columns[column]).sqrt(), column));
    order.sort_by(|left, right| right.0.total_cmp(&left.0));
    let smallest = order[0].0 * TOLERANCE;
    let mut solution = [0.0; 3];
    for &(singular, column) in order.iter().take(greatest_rank).filter(|(singular, _)| *singular > smallest) {
        let along = dot(columns[column], response) / singular / singular;
        solution.iter_mut().zip(directions[column]).for_each(|(sum, direction)| *sum += along * direction);
    }
    solution
}

fn dot(left: [f64; 3], right: [f64; 3]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// Turns two columns by the angle of the given tangent.
fn rotate(columns: &mut [[f64; 3]; 3], first: usize, second: usize, tangent: f64) {
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = cosine * tangent;
    let (left, right) = (columns[first], columns[second]);
    columns[first] = std::array::from_fn(|entry| cosine * left[entry] - sine * right[entry]);
    columns[second] = std::array::from_fn(|entry| sine * left[entry] + cosine * right[entry]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quadratic_rows(at: &[f64], response: impl Fn(f64) -> f64) -> Vec<Row> {
        at.iter().map(|&x| [1.0, x, x * x, response(x)]).collect()
    }

    #[test]
    fn a_regular_design_gives_the_exact_coefficients() {
        let mut rows = quadratic_rows(&[-2.0, 0.0, 1.0, 4.0], |x| 3.0 - 2.0 * x + 0.5 * x * x);
        let coefficients = solve(&mut rows, 4);
        for (found, wanted) in coefficients.iter().zip([3.0, -2.0, 0.5]) {
            assert!((found - wanted).abs() < 1e-12, "{coefficients:?}");
        }
    }

    #[test]
    fn a_singular_design_gives_the_solution_of_least_scaled_norm() {
        // Both rows at x = 1: every column is the same, so the mean 4 is shared equally between the three.
        let coefficients = solve(&mut quadratic_rows(&[1.0, 1.0], |_| 4.0), 1);
        assert!(coefficients.iter().all(|c| (c - 4.0 / 3.0).abs() < 1e-12), "{coefficients:?}");
        // Two distinct rows still pass through both responses.
        let two = solve(&mut quadratic_rows(&[1.0, 2.0], |x| 10.0 * x), 2);
        assert!((two[0] + two[1] + two[2] - 10.0).abs() < 1e-9, "{two:?}");
        assert!((two[0] + 2.0 * two[1] + 4.0 * two[2] - 20.0).abs() < 1e-9, "{two:?}");
    }

    #[test]
    fn no_rows_and_zero_columns_give_zeros() {
        assert!(solve(&mut [], 0).iter().all(|c| c.abs() < f64::MIN_POSITIVE));
        let coefficients = solve(&mut [[1.0, 0.0, 0.0, 5.0]], 1);
        assert!((coefficients[0] - 5.0).abs() < 1e-12 && coefficients[1].abs() < 1e-12);
    }
}
