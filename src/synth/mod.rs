//! A [`Scenario`] in, a simulated [`History`] out, with the true risk of every referral known.
//!
//! No row describes a real child. The shape follows published statistics for England ([`published`], `DfE`, Open
//! Government Licence v3.0) and published research on how fast and to how few families returns happen; where nothing
//! is published, the file says "ours".
//!
//! # The model
//!
//! A household has an authority, children, and a frailty `Z ~ Gamma(a, a)` (mean 1) that no record holds.
//!
//! 1. **First referrals** ([`family`]) come at times that do not depend on `Z`: the first of a household by calendar,
//!    with it some brothers and sisters, the others later or around their birth.
//! 2. **Each referral opens an episode** ([`course`], [`episode`]) whose path and length depend on facts recorded by
//!    then ([`facts`]), not on `Z`. No referral falls in an open episode.
//! 3. **After closure** a child is at risk of a return ([`life`]): on the s-th day with hazard `Z g h(s)`, where `h` is
//!    the daily step of the Weibull cumulative hazard `(s / scale)^shape`, falling when `shape < 1`, and
//!    `g = exp(effects of facts recorded at the last referral) x hazard ratio of the closed path`. Part of the hazard
//!    is shared in the household, so that brothers and sisters often return together.
//! 4. **Children leave** ([`family`]): the household moves, a child dies, is adopted or turns 18. Moves and deaths come
//!    at constant rates.
//!
//! # The truth
//!
//! For a referral on day `r`, `p_latent` is the probability of another within 365 days given everything in the
//! simulator on that day including `Z`; what is still open (path, length of the episode, leaving) is integrated over.
//! `p_observable` is the same given only what is recorded before `r` and the facts of the referral itself.
//!
//! Let `N` be the number of days up to `r` on which a child of the household came back, and `U` the cumulative hazard
//! without `Z` of such a day, over the days on which any recorded child was at risk. The likelihood of the household's
//! record is proportional to `Z^N exp(-Z U)`: first referrals, paths, lengths and leaving do not depend on `Z`. So `Z`
//! given the record is exactly `Gamma(a + N, a + U)`, and with `X` the baseline exposure inside the horizon ([`risk`])
//!
//! ```text
//! p_latent     = sum over paths: P(path | facts) E[ 1 - exp(-Z g X) ]
//! p_observable = sum over paths: P(path | facts) E[ 1 - ((a + U) / (a + U + g X))^(a + N) ]
//! ```
//!
//! The referral itself counts in `N` when it is a return; brothers and sisters referred on the same day do not, for
//! they are not recorded before it. When a child has left is taken as known.
//!
//! What is not exact: days are whole, so a day of a return counts with half of its hazard in `U` (relative error of the
//! order of the squared daily hazard), and two children who return on one day each by their own process count once in
//! `N`; the sum over the days of `X` is replaced by points that agree to 1e-6. The test `the_truth_is_calibrated`
//! checks both probabilities against outcomes on a large simulation.
//!
//! # To deepen it
//!
//! One file per concern: [`published`] (shares), [`world`] (tables made from them), [`family`], [`course`], [`facts`],
//! [`life`], [`episode`], [`records`]. Whatever is added, keep `Z` out of everything but returns, or the closed form
//! above no longer holds. Each household draws from its own stream, named by its number, so a bigger scenario contains
//! the smaller one.

mod course;
mod draw;
mod episode;
mod facts;
mod family;
mod life;
pub mod oracle;
mod published;
mod records;
mod risk;
pub mod scenario;
mod world;
mod write;

pub use oracle::Oracle;
pub use risk::HORIZON_DAYS;
pub use scenario::Scenario;
pub use write::{MARK, is_marked, mark, write};

use crate::history::History;
use crate::num::Day;
use rayon::prelude::*;
use records::Recorded;
use world::World;

/// The true risk of one referral.
///
/// Recorded fields that drive a return, all as of the referral: the child's number of earlier referrals, days since
/// the last closure, whether the last episode ended with no further action, earlier child protection plans, age,
/// disability, source, authority, whether a brother or sister was referred before; and, through the frailty, when the
/// children of the household came back and how long they stayed away. Sex, ethnicity, factors, need, contacts and
/// early help drive nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthRow {
    /// The child's surrogate, as in `children`.
    pub child: i64,
    /// The household, as in `children`.
    pub household: u32,
    /// Day of the referral.
    pub referral: Day,
    /// Days within which a return counts.
    pub horizon_days: u16,
    /// Probability of another referral within the horizon given everything including the frailty, in [0, 1].
    pub p_latent: f64,
    /// Probability given only what is recorded before the referral, and its source, in [0, 1].
    pub p_observable: f64,
    /// The household's frailty, above 0, with mean 1 over households.
    pub frailty: f64,
}

/// A simulated authority or country, with its truth.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The records.
    pub history: History,
    /// One row a referral, sorted by child and date.
    pub truth: Vec<TruthRow>,
    /// The best that any model could reach on referrals followed for the whole horizon.
    pub oracle: Oracle,
}

/// Households that one thread simulates at a time.
const CHUNK: u32 = 512;
/// Chunks in flight before they are joined, so that memory holds little more than the result.
const BATCH: usize = 64;

/// Simulates a scenario. The same scenario gives the same result on any number of threads. `progress` is called now and
/// then with the households done and the households in all.
#[must_use]
pub fn simulate(scenario: &Scenario, progress: &dyn Fn(u64, u64)) -> Simulated {
    let world = World::new(scenario);
    let starts: Vec<u32> = (0..scenario.households).step_by(CHUNK as usize).collect();
    let mut all = Recorded::default();
    for batch in starts.chunks(BATCH) {
        let recorded: Vec<Recorded> = batch.par_iter().map(|&start| chunk(&world, start)).collect();
        for chunk in recorded {
            all.append(chunk);
        }
        let done = batch.last().map_or(0, |start| start.saturating_add(CHUNK).min(scenario.households));
        progress(done.into(), scenario.households.into());
    }
    let (history, truth) = all.into_history(&world);
    let oracle = Oracle::new(&truth, scenario.end);
    Simulated { history, truth, oracle }
}

fn chunk(world: &World<'_>, start: u32) -> Recorded {
    let mut recorded = Recorded::default();
    for number in start..start.saturating_add(CHUNK).min(world.scenario.households) {
        life::live(world, number, &mut recorded);
    }
    recorded
}
