//! The `by_fold` of `evaluation.json`: null without folds, `{"reason":"…"}` where they are hidden, else `{"folds":[…],"models":[…],"deals":…}`.
//!
//! Ranks are compared within folds only. `pooled` is the value over all folds (of `deals`: of the deal that was evaluated), beside the
//! mean, standard deviation and ends over folds (of `deals`: over deals).

use serde_json::{Value, json as object};

use super::folds::{ByFold, Deals, FoldLine, Over, Spread};
use super::json_stability::{number, part};

/// Results by fold as JSON.
pub(super) fn by_fold(of: Option<&super::stability::Shown<ByFold>>) -> Value {
    of.map_or(Value::Null, |of| part(of, shown))
}

fn shown(of: &ByFold) -> Value {
    object!({
        "folds": of.folds.iter().map(fold).collect::<Vec<Value>>(),
        "models": of.models.iter().map(spread).collect::<Vec<Value>>(),
        "deals": of.deals.as_ref().map(|d| part(d, deals)),
    })
}

fn fold(of: &FoldLine) -> Value {
    let one = |values: &[crate::privacy::disclosure::Number; 4]| {
        object!({
            "auroc": number(&values[0]),
            "average_precision": number(&values[1]),
            "brier": number(&values[2]),
            "observed_over_expected": number(&values[3]),
        })
    };
    let mut models = of.models.iter().map(one);
    object!({ "fold": of.name, "n": of.n.get(), "candidate": models.next(), "reference": models.next() })
}

fn over(of: &Over) -> Value {
    object!({
        "pooled": of.pooled.estimate(),
        "mean": of.mean.get(),
        "deviation": of.deviation.get(),
        "lowest": of.ends.0.get(),
        "highest": of.ends.1.get(),
    })
}

fn spread(of: &Spread) -> Value {
    let [auroc, precision] = &of.measures;
    object!({ "model": of.model, "auroc": part(auroc, over), "average_precision": part(precision, over) })
}

fn deals(of: &Deals) -> Value {
    let one = |values: &[Over; 3]| object!({ "candidate": over(&values[0]), "reference": over(&values[1]), "difference": over(&values[2]) });
    let [auroc, precision] = &of.measures;
    object!({
        "deals": of.deals, "failed": of.failed, "ahead": of.ahead, "auroc": one(auroc), "average_precision": one(precision),
    })
}
