//! Pseudo-values of the cumulative incidence of cause 1 at a time.
//!
//! # Measures
//! A value for each row, censored or not, whose mean is the incidence, for regression on predictions.
//!
//! # Formula
//! `F(t) + W u_i`, `W` the total weight and `u_i` the infinitesimal-jackknife influence. The jackknife that leaves rows out,
//! `n F - (n - 1) F(without i)`, differs by O(1/n).
//!
//! # Inputs
//! [`Prepared`] rows, weights, `t`.
//!
//! # Undefined when
//! As the incidence.
//!
//! # Reference
//! Andersen, Klein and Rosthoj 2003, Biometrika. Equals `pseudo` of R survival 3.5.

use super::super::cumulative_incidence::with_influence;
use super::super::prepared::Prepared;

/// How the measure is counted.
pub const CONVENTION: &str = "infinitesimal-jackknife pseudo-values of the Aalen-Johansen incidence";

/// The pseudo-values in the order of the rows. O(n).
///
/// # Errors
/// As the module says.
pub fn pseudo_values(prepared: &Prepared, weights: &[f64], t: f64) -> Result<Vec<f64>, &'static str> {
    let total = prepared.total(weights)?;
    let (value, influence) = with_influence(prepared, &prepared.by_time, weights, t)?;
    Ok(influence.into_iter().map(|u| value + total * u).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::{cumulative_incidence::with_influence, prepared::Prepared};
    use super::pseudo_values;

    /// Our own rows with what R gives.
    pub(crate) fn golden() -> (Vec<f64>, Vec<u8>, Vec<f64>, Vec<u32>, serde_json::Value) {
        let (mut exit, mut cause, mut p, mut household) = (vec![], vec![], vec![], vec![]);
        for line in
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/r-calibration-own/data.csv"))
                .lines()
                .skip(1)
        {
            let field: Vec<&str> = line.split(',').collect();
            exit.push(field[0].parse().unwrap());
            cause.push(field[1].parse().unwrap());
            p.push(field[2].parse().unwrap());
            household.push(field[3].parse().unwrap());
        }
        let expected = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/golden/r-calibration-own/expected.json"
        ));
        (exit, cause, p, household, serde_json::from_str(expected).unwrap())
    }

    #[test]
    fn equals_r() {
        let (exit, cause, p, household, expected) = golden();
        let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let ones = vec![1.0; exit.len()];
        let (value, influence) = with_influence(&rows, &rows.by_time, &ones, 1.0).unwrap();
        assert!((value - expected["incidence"].as_f64().unwrap()).abs() < 1e-12);
        let single = Prepared::new(&exit, &cause, &p, &(0..300).collect::<Vec<u32>>()).unwrap();
        for (rows, name) in [(&rows, "se_robust"), (&single, "se_rows")] {
            let error = rows.variance(&influence, &ones).sqrt();
            assert!((error - expected[name].as_f64().unwrap()).abs() < 1e-12, "{name}");
        }
        for (ours, r) in
            pseudo_values(&rows, &ones, 1.0).unwrap().iter().zip(expected["pseudo"].as_array().unwrap())
        {
            assert!((ours - r.as_f64().unwrap()).abs() < 1e-11, "{ours} {r}");
        }
    }
}
