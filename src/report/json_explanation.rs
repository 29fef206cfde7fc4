//! The `explanations` of `evaluation.json`: one entry a learner that the experiment asks to explain.
//!
//! `{"model","folds","rows","permutations","sources":[…],"facts":{…},"curves":[…],"case":{…}}`; a part that was not measured or is hidden
//! is `{"reason":"…"}`, and `case` is null where none is asked for. Of `sources`, `mixed` is the fall of the AUROC when the part is mixed up
//! (`lowest` and `highest`: the folds where it fell least and most), `auroc` and `average_precision` what it adds, with 95% intervals. Of `facts`,
//! `share` is the importance where the first has 1, and `push` the mean absolute contribution as a difference in chance. `proxies` beside it has one line a level of a
//! characteristic that was left out, with the AUROC of telling it from the features.

use serde_json::{Value, json as object};

use super::explanation::{
    Case, Curve, CurvePoint, Explained, FactTable, Proxies, ProxyLine, SourceLine, Way,
};
use super::json::status;
use super::json_stability::{number, part};
use crate::explain::found::How;
use crate::privacy::disclosure::{Number, Passed};

/// How well features tell what was left out, as JSON.
pub(super) fn proxies(of: &Proxies) -> Value {
    let line = |l: &ProxyLine| object!({ "characteristic": l.characteristic, "level": l.level, "auroc": number(&l.auroc) });
    object!({ "lines": of.lines.iter().map(line).collect::<Vec<Value>>(), "untested": of.untested })
}

/// Explanations as JSON.
pub(super) fn explanations(of: &[Explained]) -> Value {
    Value::Array(of.iter().map(one).collect())
}

fn one(of: &Explained) -> Value {
    let how = of.pushes.as_ref().map(|how| match how {
        How::Sum => "sum",
        How::Trees => "trees",
    });
    object!({
        "model": of.model,
        "folds": of.folds,
        "rows": of.rows.get(),
        "permutations": of.permutations,
        "background": of.background,
        "sources": part(&of.sources, |lines| Value::Array(lines.iter().map(source).collect())),
        "facts": part(&of.facts, facts),
        "pushes": how.unwrap_or("none"),
        "curves": of.curves.iter().map(curve).collect::<Vec<Value>>(),
        "case": of.case.as_ref().map(|found| part(found, case)),
    })
}

fn source(of: &SourceLine) -> Value {
    object!({
        "source": of.id,
        "features": of.features,
        "mixed": mixed(&of.mixed),
        "auroc": number(&of.auroc),
        "average_precision": number(&of.average_precision),
    })
}

/// The ends are no interval.
fn mixed(of: &Number) -> Value {
    let ends = of.interval();
    object!({
        "estimate": of.estimate(),
        "lowest": ends.map(|(low, _)| low),
        "highest": ends.map(|(_, high)| high),
        "status": status(of).0,
    })
}

fn facts(of: &FactTable) -> Value {
    let lines: Vec<Value> = of
        .lines
        .iter()
        .map(|l| {
            object!({
                "feature": l.id,
                "share": l.share.get(),
                "best": l.range.map(|r| r.0.get()),
                "worst": l.range.map(|r| r.1.get()),
                "push": l.push.map(Passed::get),
                "way": l.way.map(|way| match way {
                    Way::Up => "up",
                    Way::Down => "down",
                    Way::Both => "both",
                }),
            })
        })
        .collect();
    object!({
        "offered": of.offered,
        "models": of.models,
        "concordance": number(&of.concordance),
        "agreement": number(&of.agreement),
        "some_left_out": of.some_left_out,
        "leading": lines,
    })
}

fn curve(of: &Curve) -> Value {
    let point = |p: &CurvePoint| {
        object!({
            "at": p.at,
            "rows": p.rows.get(),
            "chance": p.chance.get(),
            "folds": p.folds.map(|(low, high)| [low.get(), high.get()]),
            "local": p.local.map(Passed::get),
            "shape": p.shape.map(|(v, low, high)| [v.get(), low.get(), high.get()]),
        })
    };
    object!({
        "feature": of.id,
        "points": of.points.iter().map(point).collect::<Vec<Value>>(),
        "missing": of.missing.as_ref().map(point),
    })
}

fn case(of: &Case) -> Value {
    let parts: Vec<Value> = of
        .parts
        .iter()
        .map(|p| object!({ "fact": p.id, "recorded": p.recorded, "push": p.push.get() }))
        .collect();
    object!({
        "from": of.from.get(),
        "to": of.to.get(),
        "log_odds": of.log_odds,
        "parts": parts,
        "others": of.others.get(),
    })
}
