//! The course of an episode: what it comes to, and how long its stages last.
//!
//! Lengths are drawn from tables over whole days, so that the distribution of an episode's length, which the truth
//! integrates over, is known exactly ([`Courses::length`]).

use super::draw::{self, Table};
use super::fitted::Fitted;
use rand_chacha::ChaCha8Rng;

/// What an episode comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Path {
    /// No further action, decided within days.
    NoFurtherAction,
    /// Closed after an assessment: not in need.
    NotInNeed,
    /// A child in need plan.
    ChildInNeed,
    /// A child protection plan.
    Protection,
    /// Looked after, and home again or with family.
    LookedAfter,
    /// Looked after, then adopted: the child cannot be referred again.
    Adopted,
}

/// The number of paths.
pub(super) const PATHS: usize = 6;

/// Every path, from the least to the most intrusive.
pub(super) const ALL: [Path; PATHS] = [
    Path::NoFurtherAction,
    Path::NotInNeed,
    Path::ChildInNeed,
    Path::Protection,
    Path::LookedAfter,
    Path::Adopted,
];

/// One episode's course: the path and the days that each of its three stages takes.
///
/// | path | first stage ends with | second | third |
/// |---|---|---|---|
/// | no further action | the decision | | |
/// | not in need | the assessment, and closure | | |
/// | child in need | the assessment | the plan | |
/// | protection | the conference | the protection plan | the child in need plan after it |
/// | looked after, adopted | the assessment | entry to care | care |
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    /// What it comes to.
    pub(super) path: Path,
    /// Days that each stage takes.
    pub(super) stages: [i32; 3],
}

impl Course {
    /// Days from referral to closure, unless the child leaves before.
    pub(super) fn days(&self) -> i32 {
        self.stages.iter().sum()
    }
}

/// The distributions of all stages.
#[derive(Debug)]
pub(super) struct Courses {
    stages: [[Table; 3]; PATHS],
}

impl Courses {
    /// The tables: assessments of at most 45 working days (59 days leaves room for holidays), plans as fitted, the rest
    /// ours.
    pub(super) fn new(fitted: &Fitted) -> Self {
        let none = Table::zero;
        let assessment = || Table::log_normal(3, 59, 40.0, 0.6);
        let care = |low, median| Table::log_normal(low, 5_000, median, 1.2);
        let stages = ALL.map(|path| match path {
            Path::NoFurtherAction => {
                [Table::new(0, [40.0, 30.0, 12.0, 8.0, 5.0, 3.0, 1.0, 1.0]), none(), none()]
            }
            Path::NotInNeed => [assessment(), none(), none()],
            Path::ChildInNeed => {
                [assessment(), Table::log_normal(14, 3_000, fitted.cin_plan_days, 1.0), none()]
            }
            Path::Protection => [
                Table::log_normal(12, 59, 28.0, 0.35),
                Table::pieces(&fitted.plan_days),
                Table::log_normal(7, 800, 80.0, 0.7),
            ],
            Path::LookedAfter => {
                [assessment(), Table::log_normal(1, 400, 40.0, 1.1), care(7, fitted.care_days)]
            }
            Path::Adopted => [
                assessment(),
                Table::log_normal(1, 300, 30.0, 1.0),
                Table::log_normal(200, 1_500, 620.0, 0.35),
            ],
        });
        Self { stages }
    }

    /// Draws a course. `shared` holds quantiles common to children referred together; a child takes each of them
    /// with probability `alike`, else its own, so its own distribution is unchanged.
    pub(super) fn draw(&self, path: Path, shared: [f64; 3], alike: f64, rng: &mut ChaCha8Rng) -> Course {
        let tables = &self.stages[path as usize];
        let together = draw::chance(rng, alike);
        let mut stages = [0; 3];
        for (stage, (table, &u)) in stages.iter_mut().zip(tables.iter().zip(&shared)) {
            let own = draw::unit(rng);
            *stage = table.at(if together { u } else { own });
        }
        Course { path, stages }
    }

    /// The probability that the first `stages` stages of an episode of `path` last 0, 1, …, `last` days together; longer
    /// ones are left out.
    pub(super) fn length(&self, path: Path, stages: usize, last: usize) -> Vec<f64> {
        let mut total = vec![0.0; last + 1];
        total[0] = 1.0;
        for table in self.stages[path as usize].iter().take(stages) {
            let stage = table.probabilities(last);
            let mut next = vec![0.0; last + 1];
            for (i, &a) in total.iter().enumerate().filter(|(_, a)| **a > 0.0) {
                for (slot, &b) in next[i..].iter_mut().zip(&stage) {
                    *slot += a * b;
                }
            }
            total = next;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Courses};
    use crate::num::seed;
    use crate::synth::fitted::Fitted;

    #[test]
    fn drawn_lengths_follow_the_stated_distribution() {
        let (courses, mut rng) = (Courses::new(Fitted::committed()), seed::stream(3, "course"));
        let n = 20_000_u32;
        for path in ALL {
            let short = courses.length(path, 3, 120).iter().sum::<f64>();
            let drawn =
                (0..n).filter(|_| courses.draw(path, [0.5; 3], 0.0, &mut rng).days() <= 120).count() as f64;
            assert!((drawn / f64::from(n) - short).abs() < 0.015, "{path:?}: {short} {drawn}");
        }
    }
}
