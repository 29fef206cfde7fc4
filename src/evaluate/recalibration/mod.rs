//! Recalibration: a map from predicted risk to outcome probability, learnt on one window and applied to
//! others.

pub mod beta;
pub mod intercept;
pub mod isotonic;
pub mod log_odds;
pub mod logistic;
pub mod platt;
pub mod venn_abers;
pub mod window;

use beta::{Beta, Version};
use intercept::Intercept;
use isotonic::Isotonic;
use logistic::Logistic;
use platt::{Platt, Scale};
use venn_abers::VennAbers;

/// A recalibration method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// See [`Intercept`].
    Intercept,
    /// See [`Logistic`].
    Logistic,
    /// See [`Platt`].
    Platt,
    /// See [`Isotonic`].
    Isotonic,
    /// See [`Beta`], version 'abm'.
    Beta,
    /// See [`Beta`], version 'ab': one half is left where it is.
    BetaAb,
    /// See [`Beta`], version 'am': as logistic, but never falling.
    BetaAm,
    /// See [`VennAbers`].
    VennAbers,
}

impl Method {
    /// Every method, from the stiffest to the most flexible.
    pub const ALL: [Self; 8] = [
        Self::Intercept,
        Self::BetaAm,
        Self::Logistic,
        Self::Platt,
        Self::BetaAb,
        Self::Beta,
        Self::Isotonic,
        Self::VennAbers,
    ];

    /// The name used in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Intercept => "intercept",
            Self::Logistic => "logistic",
            Self::Platt => "platt",
            Self::Isotonic => "isotonic",
            Self::Beta => "beta",
            Self::BetaAb => "beta-ab",
            Self::BetaAm => "beta-am",
            Self::VennAbers => "venn-abers",
        }
    }

    /// The method with the given name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.id() == id)
    }

    /// One sentence in plain words.
    pub fn description(self) -> &'static str {
        match self {
            Self::Intercept => "Moves all log-odds up or down by one amount, so that the mean risk is right.",
            Self::Logistic => "Moves and stretches the log-odds by a straight line fitted to the outcomes.",
            Self::Platt => {
                "As logistic, with outcomes drawn slightly towards the middle to guard small windows."
            }
            Self::Isotonic => {
                "Replaces risks by event rates of neighbouring rows, never letting the rate fall."
            }
            Self::Beta => "Stretches low and high risks by separate amounts fitted to the outcomes.",
            Self::BetaAb => "As beta, but leaves a risk of one half where it is.",
            Self::BetaAm => "As logistic, but refuses outcomes that become rarer as the risk rises.",
            Self::VennAbers => {
                "Fits isotonic twice, with the new row as non-event and as event, and merges the two."
            }
        }
    }
}

/// A learnt recalibration.
#[derive(Debug, Clone, PartialEq)]
pub enum Recalibrator {
    /// See [`Intercept`].
    Intercept(Intercept),
    /// See [`Logistic`].
    Logistic(Logistic),
    /// See [`Platt`].
    Platt(Platt),
    /// See [`Isotonic`].
    Isotonic(Isotonic),
    /// See [`Beta`].
    Beta(Beta),
    /// See [`VennAbers`].
    VennAbers(VennAbers),
}

/// Learns a recalibration on one window.
///
/// Inputs: `p` predicted risks in [0, 1], `y` outcomes, of the same length; not the rows the model itself was
/// fitted to, nor those it will be evaluated on. Every method refuses a window that [`window::gather`]
/// refuses; intercept, logistic, Platt and beta also refuse risks of exactly 0 or 1. Cost: one sort, then
/// O(rows) an iteration.
pub fn learn(method: Method, p: &[f64], y: &[bool]) -> Result<Recalibrator, &'static str> {
    match method {
        Method::Intercept => Intercept::learn(p, y).map(Recalibrator::Intercept),
        Method::Logistic => rising(Logistic::learn(p, y)?, Logistic::slope).map(Recalibrator::Logistic),
        Method::Platt => {
            rising(Platt::learn(p, y, Scale::LogOdds)?, |platt| -platt.a()).map(Recalibrator::Platt)
        }
        Method::Isotonic => Isotonic::learn(p, y).map(Recalibrator::Isotonic),
        Method::Beta => Beta::learn(p, y, Version::Abm).map(Recalibrator::Beta),
        Method::BetaAb => Beta::learn(p, y, Version::Ab).map(Recalibrator::Beta),
        Method::BetaAm => Beta::learn(p, y, Version::Am).map(Recalibrator::Beta),
        Method::VennAbers => VennAbers::learn(p, y).map(Recalibrator::VennAbers),
    }
}

/// A line that falls would turn the order of all risks round: then the window says that they are of no use.
fn rising<T>(line: T, slope: impl Fn(&T) -> f64) -> Result<T, &'static str> {
    if slope(&line) < 0.0 {
        return Err(
            "outcomes are fewer at higher predicted risks, so that adjusting would turn their order round",
        );
    }
    Ok(line)
}

impl Recalibrator {
    /// The recalibrated risk, in [0, 1]; at exactly 0 and 1 the limit of the map.
    ///
    /// Input: a predicted risk in [0, 1]; a number outside is taken as the nearer end. Do not pass NaN. Cost:
    /// O(1), isotonic and Venn-Abers O(log of the learning rows).
    pub fn apply(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        match self {
            Self::Intercept(map) => map.apply(p),
            Self::Logistic(map) => map.apply(p),
            Self::Platt(map) => map.apply(p),
            Self::Isotonic(map) => map.apply(p),
            Self::Beta(map) => map.apply(p),
            Self::VennAbers(map) => map.apply(p),
        }
    }

    /// The method that was learnt.
    pub fn method(&self) -> Method {
        match self {
            Self::Intercept(_) => Method::Intercept,
            Self::Logistic(_) => Method::Logistic,
            Self::Platt(_) => Method::Platt,
            Self::Isotonic(_) => Method::Isotonic,
            Self::Beta(map) => match map.version() {
                Version::Abm => Method::Beta,
                Version::Ab => Method::BetaAb,
                Version::Am => Method::BetaAm,
            },
            Self::VennAbers(_) => Method::VennAbers,
        }
    }

    /// The named parameters of the parametric methods; empty for isotonic and Venn-Abers, whose maps are read
    /// with [`Isotonic::thresholds`] and [`VennAbers::pairs`].
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Intercept(map) => vec![("intercept", map.intercept())],
            Self::Logistic(map) => vec![("intercept", map.intercept()), ("slope", map.slope())],
            Self::Platt(map) => vec![("a", map.a()), ("b", map.b())],
            Self::Beta(map) => map.parameters(),
            Self::Isotonic(_) | Self::VennAbers(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows whose event rate rises with the risk, 3 risks of 40 rows.
    fn window() -> (Vec<f64>, Vec<bool>) {
        let group = |p: f64, events: usize| (0..40).map(move |i| (p, i < events));
        group(0.1, 8).chain(group(0.4, 14)).chain(group(0.8, 26)).unzip()
    }

    #[test]
    fn every_method_gives_risks_also_at_the_ends() {
        let (p, y) = window();
        for method in Method::ALL {
            let map = learn(method, &p, &y).unwrap();
            assert_eq!(map.method(), method);
            let risks: Vec<f64> =
                [-1.0, 0.0, 1e-300, 0.3, 0.4, 1.0 - 1e-16, 1.0, 2.0].iter().map(|&p| map.apply(p)).collect();
            assert!(risks.iter().all(|risk| (0.0..=1.0).contains(risk)), "{method:?} {risks:?}");
            assert!(risks.windows(2).all(|pair| pair[0] <= pair[1]), "{method:?} {risks:?}");
        }
    }

    #[test]
    fn every_method_refuses_unfit_windows() {
        let (p, y) = window();
        for method in Method::ALL {
            assert_eq!(learn(method, &p, &[false; 120]), Err("fewer than 10 events"));
            assert_eq!(learn(method, &p, &[true; 120]), Err("fewer than 10 non-events"));
            assert_eq!(learn(method, &[0.3; 120], &y), Err("all predicted risks are the same"));
            let apart: Vec<bool> = p.iter().map(|&p| p > 0.5).collect();
            let reason = "the predicted risks separate events from non-events completely";
            assert_eq!(learn(method, &p, &apart), Err(reason));
            assert!(learn(method, &p, &y[1..]).is_err());
        }
    }

    #[test]
    fn no_method_turns_the_order_round() {
        let (p, y) = window();
        let turned: Vec<f64> = p.iter().map(|p| 1.0 - p).collect();
        for method in Method::ALL {
            let falls = |map: Recalibrator| map.apply(0.2) > map.apply(0.6);
            assert!(!learn(method, &turned, &y).is_ok_and(falls), "{method:?}");
        }
        assert!(learn(Method::Logistic, &turned, &y).is_err() && learn(Method::Platt, &turned, &y).is_err());
    }

    #[test]
    fn methods_on_log_odds_refuse_certain_risks_at_learning() {
        for end in [0.0, 1.0] {
            let (mut p, y) = window();
            p[0] = end;
            for method in Method::ALL {
                let free = matches!(method, Method::Isotonic | Method::VennAbers);
                assert_eq!(learn(method, &p, &y).is_ok(), free, "{method:?}");
            }
        }
    }

    #[test]
    fn names_are_kebab_case_and_read_back() {
        for method in Method::ALL {
            assert_eq!(Method::from_id(method.id()), Some(method));
            assert!(method.id().chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!(method.description().ends_with('.'));
        }
        assert_eq!(Method::from_id("none"), None);
    }

    #[test]
    fn parameters_have_names() {
        let (p, y) = window();
        let names = |method| -> Vec<&str> {
            let map = learn(method, &p, &y).unwrap();
            map.parameters().iter().map(|parameter| parameter.0).collect()
        };
        assert_eq!(names(Method::Intercept), ["intercept"]);
        assert_eq!(names(Method::Logistic), ["intercept", "slope"]);
        assert_eq!(names(Method::Platt), ["a", "b"]);
        for method in [Method::Beta, Method::BetaAb, Method::BetaAm] {
            assert_eq!(names(method), ["a", "b", "c", "m"]);
        }
        assert!(names(Method::Isotonic).is_empty());
    }
}
