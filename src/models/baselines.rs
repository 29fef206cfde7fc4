//! Baselines of one to three facts: what a person could do by leafing through the file. Anything more complicated has to
//! beat them.

use super::logistic::{FittedLogistic, Logistic};
use super::prepare::Wants;
use super::registry::Entry;
use super::saved::from_json;

/// A ridge so small that it only keeps a fit of few columns finite when they separate the outcomes.
const TINY_L2: f64 = 1e-6;

/// A logistic regression on a few columns.
const fn of_columns(
    id: &'static str,
    title: &'static str,
    words: &'static str,
    columns: &'static [&'static str],
) -> Entry {
    Entry {
        id,
        title,
        words,
        baseline: true,
        wants: Wants::Columns(columns),
        takes_weights: true,
        draws: false,
        made_of: &[],
        settings: &[],
        make: |_| Box::new(Logistic { l2: TINY_L2 }),
        load: from_json::<FittedLogistic>,
    }
}

/// The count of earlier referrals.
pub const EARLIER_REFERRALS: Entry = of_columns(
    "earlier-referrals",
    "Number of earlier referrals",
    "It counts how often the child was referred before, and nothing else: what a person can do by leafing through the file.",
    &["referral_n_ever"],
);

/// The time since the last referral.
pub const RECENCY: Entry = of_columns(
    "recency",
    "Time since the last referral",
    "It looks at how long ago the child was last referred, or that it never was, and nothing else.",
    &["referral_since"],
);

/// Count, recency and age.
pub const THREE_FACTS: Entry = of_columns(
    "three-facts",
    "Three facts",
    "It weighs three facts: how often the child was referred before, how long ago the last time, and the child\u{2019}s age.",
    &["referral_n_ever", "referral_since", "age_years"],
);
