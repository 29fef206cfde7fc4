//! The `stability` of `evaluation.json`.
//!
//! `{"refits":{…},"over_time":{…},"by_authority":{…}}`. `refits` is null where the experiment asks for none; any other part that
//! was not measured is `{"reason":"…"}`. A number is `{"estimate","low","high","status","reason"}`, as in the rows. `kept` is the
//! share of those flagged that a refit flags too; `width` and `error` are mean, median and 90th percentile over cases. Levels of
//! changes and pooled means are on the scale of the measure, and `expected` is the 95% prediction interval of another period or
//! authority.

use serde_json::{Value, json as object};

use super::json::status;
use super::stability::{
    ByAuthority, ChangeLine, Curve, Features, Movement, OverTime, Pool, Refits, Refitted, Shown, Stability,
};
use crate::privacy::disclosure::Number;

/// Stability as JSON.
pub(super) fn stability(of: &Stability) -> Value {
    object!({
        "refits": of.refits.as_ref().map(refits),
        "over_time": part(&of.over_time, over_time),
        "by_authority": part(&of.by_authority, by_authority),
    })
}

/// A part, or why there is none.
pub(super) fn part<T>(of: &Shown<T>, value: impl Fn(&T) -> Value) -> Value {
    match of {
        Ok(of) => value(of),
        Err(reason) => object!({ "reason": reason }),
    }
}

/// A number with its interval and status.
pub(super) fn number(of: &Number) -> Value {
    let (status, reason) = status(of);
    let ends = of.interval();
    object!({
        "estimate": of.estimate(),
        "low": ends.map(|(low, _)| low),
        "high": ends.map(|(_, high)| high),
        "status": status,
        "reason": reason,
    })
}

fn refits(of: &Refits) -> Value {
    let models: Vec<Value> = of.models.iter().map(refitted).collect();
    object!({ "asked": of.asked, "models": models, "features": part(&of.features, features) })
}

fn refitted(of: &Refitted) -> Value {
    object!({
        "model": of.model,
        "failed": of.failed,
        "instability": part(&of.movement, movement),
        "learning_curve": part(&of.curve, curve),
    })
}

fn movement(of: &Movement) -> Value {
    let spread = |numbers: &[Number; 3]| {
        let [mean, median, ninetieth] = numbers;
        object!({ "mean": number(mean), "median": number(median), "ninetieth": number(ninetieth) })
    };
    object!({
        "refits": of.refits,
        "width": spread(&of.width),
        "error": spread(&of.error),
        "kept": number(&of.kept),
        "below_80": number(&of.below_80),
        "below_95": number(&of.below_95),
    })
}

fn curve(of: &Curve) -> Value {
    let points: Vec<Value> = of
        .points
        .iter()
        .map(|p| {
            object!({
                "share": p.share,
                "rows": p.rows.get(),
                "auroc": number(&p.auroc),
                "average_precision": number(&p.average_precision),
                "log_loss": number(&p.log_loss),
            })
        })
        .collect();
    object!({ "draws": of.draws, "points": points, "gain": number(&of.gain) })
}

fn features(of: &Features) -> Value {
    let leading: Vec<Value> = of
        .leading
        .iter()
        .map(|f| {
            object!({
                "feature": f.id,
                "importance": f.importance.get(),
                "rank": f.rank.get(),
                "best": f.range.0.get(),
                "worst": f.range.1.get(),
            })
        })
        .collect();
    object!({
        "refits": of.refits,
        "features": of.features,
        "spearman": number(&of.spearman),
        "overlap": number(&of.overlap),
        "leading": leading,
    })
}

fn over_time(of: &OverTime) -> Value {
    let changes = |found: &Shown<Vec<ChangeLine>>| {
        part(found, |found| {
            let one = |c: &ChangeLine| object!({ "period": c.period, "before": c.before.get(), "after": c.after.get(), "p": c.p.get() });
            Value::Array(found.iter().map(one).collect())
        })
    };
    let periods: Vec<Value> = of
        .periods
        .iter()
        .map(|p| {
            object!({
                "period": p.words, "n": p.n.get(), "auroc": number(&p.auroc), "observed_over_expected": number(&p.ratio),
            })
        })
        .collect();
    object!({
        "months": of.months,
        "periods": periods,
        "auroc_changes": changes(&of.auroc_changes),
        "observed_over_expected_changes": changes(&of.ratio_changes),
        "auroc": part(&of.auroc, pool),
        "observed_over_expected": part(&of.ratio, pool),
    })
}

fn by_authority(of: &ByAuthority) -> Value {
    let authorities: Vec<Value> = of
        .authorities
        .iter()
        .map(|a| {
            object!({
                "authority": a.name, "n": a.n.get(), "auroc": number(&a.auroc), "observed_over_expected": number(&a.ratio),
            })
        })
        .collect();
    object!({
        "authorities": authorities,
        "some_left_out": of.some_left_out,
        "auroc": part(&of.auroc, pool),
        "observed_over_expected": part(&of.ratio, pool),
    })
}

fn pool(of: &Pool) -> Value {
    object!({
        "parts": of.parts,
        "mean": number(&of.mean),
        "expected": [of.expected.0.get(), of.expected.1.get()],
        "beyond_chance": of.beyond_chance.get(),
        "p": of.p.get(),
    })
}
