//! Pointwise intervals of a probability on several scales, as R survival 3.5-3 `survfit` has them.
//!
//! # Formula
//! With z of the confidence and s the standard error of p: plain p ± z s; log exp(log p ± z s/p); log-log, logit and arcsin
//! likewise on log(-log p), log(p/(1-p)) and asin(sqrt p). Ends are cut at 0 and 1.
//!
//! # Undefined when
//! p is 0 or 1, or s is not finite and above 0: the error then says nothing of p, and an interval without width would.
//!
//! # Reference
//! Kalbfleisch and Prentice 2002, section 1.4; Klein and Moeschberger 2003, section 4.3. Log-log is the default in SAS and Stata,
//! log in R.

use crate::evaluate::inference::normal::two_sided_critical;
use crate::evaluate::inference::value::Interval;

/// The scale on which an interval is symmetric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// The probability's own.
    Plain,
    /// log p.
    Log,
    /// log(-log p): stays within 0 and 1.
    #[default]
    LogLog,
    /// log(p / (1 - p)).
    Logit,
    /// asin(sqrt p).
    Arcsin,
}

/// The interval of probability `p` with standard error `error`.
///
/// # Errors
/// Where `p` is not strictly between 0 and 1, `error` is not finite and above 0, or `confidence` not strictly between 0 and 1.
pub fn interval(p: f64, error: f64, scale: Scale, confidence: f64) -> Result<Interval, &'static str> {
    let z = two_sided_critical(confidence)?;
    if !(p > 0.0 && p < 1.0) {
        return Err("an estimate of 0 or 1 has no error to estimate");
    }
    if !(error > 0.0 && error.is_finite()) {
        return Err("the estimate has no standard error above zero");
    }
    let half = z * error;
    let (lower, upper) = match scale {
        Scale::Plain => (p - half, p + half),
        Scale::Log => (p * (-half / p).exp(), p * (half / p).exp()),
        Scale::LogLog => {
            let width = half / (p * -p.ln());
            (p.powf(width.exp()), p.powf((-width).exp()))
        }
        Scale::Logit => {
            let (centre, width) = ((p / (1.0 - p)).ln(), half / (p * (1.0 - p)));
            let back = |x: f64| 1.0 / (1.0 + (-x).exp());
            (back(centre - width), back(centre + width))
        }
        Scale::Arcsin => {
            let (centre, width) = (p.sqrt().asin(), 0.5 * half / (p * (1.0 - p)).sqrt());
            let back = |x: f64| x.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
            (back(centre - width), back(centre + width))
        }
    };
    Ok(Interval { lower: lower.max(0.0), upper: upper.min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// p = 1/4, error 1/20: the half width on the logit scale is z (1/20) / (3/16) = 0.26667 z, on the arcsin scale
    /// z (1/40) / sqrt(3/16).
    #[test]
    fn by_hand() {
        const Z: f64 = 1.959_963_984_540_054;
        let of = |scale| interval(0.25, 0.05, scale, 0.95).unwrap();
        assert!((of(Scale::Plain).lower - (0.25 - 0.05 * Z)).abs() < 1e-12);
        assert!((of(Scale::Log).upper - 0.25 * (0.2 * Z).exp()).abs() < 1e-12);
        let logit = |p: f64| (p / (1.0 - p)).ln();
        assert!((logit(of(Scale::Logit).upper) - logit(0.25) - 0.05 / 0.1875 * Z).abs() < 1e-11);
        let twice = |p: f64| (-p.ln()).ln();
        assert!((twice(of(Scale::LogLog).lower) - twice(0.25) - 0.2 / 4.0_f64.ln() * Z).abs() < 1e-11);
        let arc = |p: f64| p.sqrt().asin();
        assert!((arc(0.25) - arc(of(Scale::Arcsin).lower) - 0.025 / 0.1875_f64.sqrt() * Z).abs() < 1e-12);
    }

    #[test]
    fn no_interval_without_an_error() {
        for (p, error) in [(0.0, 0.1), (1.0, 0.1), (0.5, 0.0), (0.5, f64::NAN), (f64::NAN, 0.1)] {
            assert!(interval(p, error, Scale::Log, 0.95).is_err());
        }
        assert!(interval(0.5, 0.1, Scale::Log, 1.0).is_err());
        let cut = interval(0.5, 0.6, Scale::Plain, 0.95).unwrap();
        assert!(cut.lower.abs() < 1e-15 && (cut.upper - 1.0).abs() < 1e-15);
    }
}
