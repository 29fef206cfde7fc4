//! `[stability]` of an experiment file.

use crate::io::settings::Section;

/// How often models are fitted again. `[stability]` alone takes these defaults: `refits = 50`, `importance_refits = 10`,
/// `importance_rows = 2000`, `curve_draws = 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bootstrap refits, 10 to 1000.
    pub refits: usize,
    /// Bootstrap refits in which the importance of features is measured, 2 to `refits`.
    pub importance_refits: usize,
    /// Most tested referrals, over all folds, on which it is measured, 100 or more.
    pub importance_rows: usize,
    /// Draws of households that each point of the learning curve is the mean of, 1 to 100.
    pub curve_draws: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { refits: 50, importance_refits: 10, importance_rows: 2000, curve_draws: 3 }
    }
}

/// Reads the section.
pub(in crate::experiment) fn read(s: &Section<'_>) -> Settings {
    let default = Settings::default();
    let whole =
        |key, range, default| s.integer(key, range).and_then(|n| usize::try_from(n).ok()).unwrap_or(default);
    let refits = whole("refits", 10..=1000, default.refits);
    let settings = Settings {
        refits,
        importance_refits: whole("importance_refits", 2..=1000, default.importance_refits.min(refits)),
        importance_rows: whole("importance_rows", 100..=10_000_000, default.importance_rows),
        curve_draws: whole("curve_draws", 1..=100, default.curve_draws),
    };
    if settings.importance_refits > refits {
        s.fault(
            "importance_refits",
            format!(
                "`stability.importance_refits` must not be more than `stability.refits`, which is {refits}"
            ),
        );
    }
    settings
}

impl Settings {
    /// The section as meant.
    #[must_use]
    pub fn meant(&self) -> String {
        let Self { refits, importance_refits, importance_rows, curve_draws } = self;
        format!(
            "[stability]\nrefits = {refits}\nimportance_refits = {importance_refits}\nimportance_rows = {importance_rows}\n\
             curve_draws = {curve_draws}\n"
        )
    }
}
