//! Small numeric floor under every stage: days, seeds, ranks, quantiles, logit. Nothing here knows the field.

mod day;
pub mod fast;
mod quantile;
pub mod seed;

pub use day::{Day, MONTHS};
pub use quantile::quantile;

/// The logistic function, 1 / (1 + exp(-x)), without overflow.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// The log-odds of `p`; infinite at exactly 0 and 1.
#[must_use]
pub fn logit(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}
