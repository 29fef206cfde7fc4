//! Who stands out, and what was left at the door, as a report may show it; and the `privacy` of `evaluation.json`.
//!
//! `privacy` is null in runs of before it was measured, else `{"format":…,"dropped":[…],"known":[…],"models":[…]}`. A share of children
//! is `{"is":"about","per_hundred":37}`, or `few` (fewer than the threshold, perhaps none), `most` (all but fewer than the
//! threshold, perhaps all) or `hidden`. A smallest group is `{"is":"one"}`, `few` (under the threshold), `at-least` with a `size`,
//! or `hidden`. `models` is `{"reason":"…"}` where none was looked at. Of a model, `itself` and `list` are `passes`, `fails` with
//! `reasons`, or `not-checked` with a `reason`.

use super::stability::Shown;
use crate::privacy::anonymity::Knowledge;
use crate::privacy::disclosure::{Count, Passed, PerHundred};
use serde_json::{Value, json as object};

/// All that may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Privacy {
    /// Format of the data: `native` or `cin-census`.
    pub format: String,
    /// What stood in the files and was not taken in.
    pub dropped: Vec<DroppedLine>,
    /// How many children share what somebody might know.
    pub known: Vec<KnownLine>,
    /// Each model; else why none was looked at.
    pub models: Shown<Vec<ModelLine>>,
}

/// Columns or elements of one name that were not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedLine {
    /// Table or element that it stood in.
    pub place: String,
    /// Its name.
    pub name: String,
    /// Which direct identifier it looks like.
    pub looks_like: Option<String>,
    /// How often; `None` of a column.
    pub times: Option<Times>,
}

/// How often an element was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Fewer times than the threshold.
    Few,
    /// To the nearest ten.
    About(Passed<u64>),
}

/// How many children of a hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    /// Fewer than the threshold of all children, perhaps none.
    Few,
    /// All but fewer than the threshold, perhaps all.
    Most,
    /// So many of a hundred.
    About(PerHundred),
    /// There are too few children to say.
    Hidden,
}

/// Children in the smallest group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smallest {
    /// One: somebody is alone.
    One,
    /// Fewer than the threshold.
    Few,
    /// At least so many.
    AtLeast(Passed<u64>),
    /// Not shown.
    Hidden,
}

/// How many children share what somebody might know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLine {
    /// What.
    pub what: Knowledge,
    /// Children who share it with nobody.
    pub alone: Share,
    /// Children in a group under the threshold, those who are alone among them.
    pub few: Share,
    /// Children in the smallest group.
    pub smallest: Smallest,
}

/// What a model holds on to.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelLine {
    /// Model id.
    pub model: String,
    /// Whether it is the one that is kept.
    pub kept: bool,
    /// Referrals learned from, to the nearest ten.
    pub rows: Count,
    /// Children learned from, to the nearest ten.
    pub children: Count,
    /// Numbers learned, or why they are not counted.
    pub parameters: Result<u64, String>,
    /// Referrals, rounded, less numbers learned.
    pub freedom: Option<Passed<i64>>,
    /// Children that a leaf must have by the settings.
    pub asked: Option<u64>,
    /// Children in the smallest leaf; `None` where there are no leaves.
    pub leaf: Option<Result<Smallest, String>>,
    /// Different chances given to those learned from; over a hundred, to the nearest ten.
    pub chances: Passed<u64>,
    /// Children in the smallest group that shares a chance.
    pub smallest: Smallest,
    /// Children who share their chance with nobody.
    pub alone: Share,
    /// Children who share it with fewer than the threshold.
    pub few: Share,
    /// The model by itself: its weights, leaves and cuts.
    pub itself: Outcome,
    /// A list of the chances of those it learned from.
    pub list: Outcome,
}

/// What came of the checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// None failed.
    Passes,
    /// These failed.
    Fails(Vec<Reason>),
    /// It could not be known, for this reason.
    NotChecked(String),
}

/// A check that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Hardly more referrals than numbers learned.
    Freedom,
    /// A leaf of few children.
    Leaf,
    /// A group of few children, all of whom had one outcome.
    OneOutcome,
    /// A chance that few children share.
    Chance,
}

impl Reason {
    /// Its name in `evaluation.json`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Freedom => "degrees-of-freedom",
            Self::Leaf => "small-leaf",
            Self::OneOutcome => "one-outcome",
            Self::Chance => "small-group-at-a-chance",
        }
    }
}

impl Privacy {
    /// How many share something.
    #[must_use]
    pub fn of(&self, what: Knowledge) -> Option<&KnownLine> {
        self.known.iter().find(|line| line.what == what)
    }

    /// For `evaluation.json`.
    pub(super) fn json(&self) -> Value {
        let dropped = |d: &DroppedLine| {
            let times = d.times.map(|times| match times {
                Times::Few => object!({"is": "few"}),
                Times::About(n) => object!({"is": "about", "to_nearest_ten": n.get()}),
            });
            object!({"place": d.place, "name": d.name, "looks_like": d.looks_like, "times": times})
        };
        let known = |k: &KnownLine| {
            let (alone, few) = (share(&k.alone), share(&k.few));
            object!({"what": k.what.id(), "alone": alone, "under_threshold": few, "smallest": smallest(k.smallest)})
        };
        object!({
            "format": self.format,
            "dropped": self.dropped.iter().map(dropped).collect::<Vec<Value>>(),
            "known": self.known.iter().map(known).collect::<Vec<Value>>(),
            "models": match &self.models {
                Ok(all) => Value::Array(all.iter().map(model).collect()),
                Err(reason) => object!({"reason": reason}),
            },
        })
    }
}

fn share(of: &Share) -> Value {
    match of {
        Share::Few => object!({"is": "few"}),
        Share::Most => object!({"is": "most"}),
        Share::About(share) => object!({"is": "about", "per_hundred": share.yes()}),
        Share::Hidden => object!({"is": "hidden"}),
    }
}

fn smallest(of: Smallest) -> Value {
    match of {
        Smallest::One => object!({"is": "one"}),
        Smallest::Few => object!({"is": "few"}),
        Smallest::AtLeast(size) => object!({"is": "at-least", "size": size.get()}),
        Smallest::Hidden => object!({"is": "hidden"}),
    }
}

fn outcome(of: &Outcome) -> Value {
    match of {
        Outcome::Passes => object!({"is": "passes"}),
        Outcome::Fails(reasons) => {
            object!({"is": "fails", "reasons": reasons.iter().map(|r| r.id()).collect::<Vec<&str>>()})
        }
        Outcome::NotChecked(why) => object!({"is": "not-checked", "reason": why}),
    }
}

fn model(of: &ModelLine) -> Value {
    let leaf = of.leaf.as_ref().map(|leaf| match leaf {
        Ok(size) => smallest(*size),
        Err(reason) => object!({"reason": reason}),
    });
    object!({
        "model": of.model,
        "kept": of.kept,
        "rows": of.rows.get(),
        "children": of.children.get(),
        "parameters": of.parameters.as_ref().ok(),
        "residual_degrees_of_freedom": of.freedom.map(Passed::get),
        "least_in_leaf_by_settings": of.asked,
        "smallest_leaf": leaf,
        "different_chances": of.chances.get(),
        "smallest_at_a_chance": smallest(of.smallest),
        "alone_at_a_chance": share(&of.alone),
        "under_threshold_at_a_chance": share(&of.few),
        "itself": outcome(&of.itself),
        "list": outcome(&of.list),
    })
}
