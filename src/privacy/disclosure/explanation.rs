//! What models go by, through the rules: means over many rows leave; a fact that says of few households what is not the
//! commonest is not spoken of; points of a curve have at least the threshold of households; a single case leaves only where all data are
//! simulated. Nothing leaves of a model whose AUROC may not be shown.

use super::facts::tens;
use super::passed::{Count, Number, Passed};
use super::story::PassedStory;
use crate::evaluate::stability::Ranged;
use crate::experiment::permission::Permission;
use crate::experiment::recalibrate::recalibrated;
use crate::explain::found;
use crate::report::Line;
use crate::report::explanation::{
    Case, CasePart, Curve, CurvePoint, Explained, FactLine, FactTable, Proxies, ProxyLine, SourceLine, Way,
};
use crate::report::folds::ByFold;
use crate::report::ingredients::Ingredients;
use crate::report::stability::Shown;

/// Correlation of value and push from which on a fact is said to push one way.
const ONE_WAY: f64 = 0.5;
const HIDDEN: &str = "hidden, because it would tell about small numbers";

/// Discloses explanations. `lines` are the results that may be shown.
pub(super) fn disclose(
    ingredients: &Ingredients,
    by_fold: Option<&Shown<ByFold>>,
    lines: &[Line],
    threshold: u64,
) -> Vec<Explained> {
    let (of, simulated) = (&ingredients.explanations, ingredients.simulated);
    // Where a fold is hidden, so is what is the least or the most of all folds.
    let each = |f: &Shown<ByFold>| f.as_ref().is_ok_and(|f| f.folds.iter().all(|l| l.n.get().is_some()));
    let folds = by_fold.is_none_or(each);
    let overall = |model: &str| {
        let fits = |l: &&Line| {
            l.group == "overall"
                && l.measure == "auroc"
                && (l.model == model || l.model == recalibrated(model))
        };
        lines.iter().find(fits).is_some_and(|l| l.number.estimate().is_some())
    };
    of.iter().map(|e| one(e, (overall(&e.model), folds), simulated, threshold)).collect()
}

/// Whether features tell what was left out. A level of few children, or whose numbers are hidden elsewhere, is hidden.
pub(super) fn proxies(of: &found::Proxies, lines: &[Line], threshold: u64) -> Proxies {
    let hidden = |group: &str, level: &str| {
        lines.iter().any(|l| l.group == group && l.level == level && l.n.get().is_none())
    };
    let line = |p: &found::Proxy, l: &found::ProxyLevel| {
        let few = l.households.0 < threshold || l.households.1 < threshold;
        ProxyLine {
            characteristic: p.characteristic.clone(),
            level: l.level.clone(),
            auroc: if few || hidden(&p.characteristic, &l.level) {
                Number::Suppressed
            } else {
                number(l.auroc.clone())
            },
        }
    };
    Proxies {
        lines: of.tested.iter().flat_map(|p| p.levels.iter().map(move |l| line(p, l))).collect(),
        untested: of.untested.clone(),
    }
}

fn one(of: &found::Explanation, (shown, folds): (bool, bool), simulated: bool, threshold: u64) -> Explained {
    Explained {
        model: of.model.clone(),
        folds: of.folds,
        rows: Count::new(tens(of.rows), of.rows >= threshold),
        permutations: of.permutations,
        background: of.background,
        sources: if shown { Ok(sources(&of.sources, folds)) } else { Err(HIDDEN.to_owned()) },
        facts: if shown {
            of.facts.as_ref().map(|f| facts(f, folds, threshold)).map_err(Clone::clone)
        } else {
            Err(HIDDEN.to_owned())
        },
        pushes: of.pushes.clone(),
        curves: if shown {
            of.curves.iter().filter_map(|c| curve(c, folds, threshold)).collect()
        } else {
            Vec::new()
        },
        case: of.case.as_ref().map(|found| match (found, simulated) {
            (Ok(found), true) => Ok(case(found)),
            (Err(reason), _) => Err(reason.clone()),
            (Ok(_), false) => Err(HIDDEN.to_owned()),
        }),
    }
}

fn number(of: Result<Ranged, String>) -> Number {
    match of {
        Ok(r) => Number::new(r.estimate, Some((r.low, r.high))),
        Err(reason) => Number::Undefined(reason),
    }
}

fn sources(of: &[found::Source], folds: bool) -> Vec<SourceLine> {
    let line = |s: &found::Source| SourceLine {
        id: s.id.clone(),
        label: s.label.clone(),
        words: s.words.clone(),
        features: s.features,
        mixed: match &s.mixed {
            Ok(r) => Number::new(r.estimate, folds.then_some((r.low, r.high))),
            Err(reason) => Number::Undefined(reason.clone()),
        },
        auroc: number(s.adds.clone().map(|[auroc, _]| auroc)),
        average_precision: number(s.adds.clone().map(|[_, precision]| precision)),
    };
    let mut lines: Vec<SourceLine> = of.iter().map(line).collect();
    // By what is lost without them, or else by what is lost when they are mixed up.
    let by = |l: &SourceLine| l.auroc.estimate().or(l.mixed.estimate()).unwrap_or(f64::NEG_INFINITY);
    lines.sort_by(|a, b| by(b).total_cmp(&by(a)).then_with(|| a.words.cmp(&b.words)));
    lines
}

fn facts(of: &found::Facts, folds: bool, threshold: u64) -> FactTable {
    let all = of.leading.iter().zip(&of.pushes).zip(&of.households);
    let kept: Vec<_> = all.filter(|(_, differ)| **differ >= threshold).collect();
    let first = kept.first().map_or(1.0, |((leading, _), _)| leading.importance);
    let lines: Vec<FactLine> = kept
        .into_iter()
        .map(|((leading, push), _)| FactLine {
            id: leading.name.0.clone(),
            words: leading.name.1.clone(),
            share: Passed::rounded(leading.importance / first),
            range: folds.then(|| Passed::rounded_pair(leading.range)),
            push: push.map(|p| Passed::rounded(p.size)),
            way: push.and_then(|p| p.direction).map(|direction| match direction {
                d if d >= ONE_WAY => Way::Up,
                d if d <= -ONE_WAY => Way::Down,
                _ => Way::Both,
            }),
        })
        .collect();
    let plain = |value: &Result<f64, String>| match value {
        Ok(value) => Number::new(*value, None),
        Err(reason) => Number::Undefined(reason.clone()),
    };
    FactTable {
        offered: of.offered,
        models: of.models,
        concordance: plain(&of.concordance),
        agreement: plain(&of.agreement),
        some_left_out: lines.len() < of.leading.len(),
        lines,
    }
}

fn curve(of: &found::Curve, folds: bool, threshold: u64) -> Option<Curve> {
    let point = |p: &found::CurvePoint| {
        (p.households >= threshold).then(|| CurvePoint {
            at: p.at,
            chance: Passed::rounded(p.chance),
            folds: folds.then(|| Passed::rounded_pair(p.folds)),
            local: p.local.map(Passed::rounded),
            shape: p
                .shape
                .map(|(v, low, high)| (Passed::rounded(v), Passed::rounded(low), Passed::rounded(high))),
            rows: Count::new(tens(p.rows), true),
        })
    };
    let points: Vec<CurvePoint> = of.points.iter().filter_map(point).collect();
    (points.len() > 1).then(|| Curve {
        id: of.id.clone(),
        words: of.words.clone(),
        points,
        missing: of.missing.as_ref().and_then(point),
        local: of.local.clone(),
    })
}

/// One case that was asked for by name: of a simulated child with everything; of a real one under a permission, without its story; of
/// a real one without, nothing.
#[must_use]
pub fn one_case(of: &found::Case, simulated: bool, permission: Option<&Permission>) -> Option<Case> {
    match (simulated, permission) {
        (true, _) => Some(case(of)),
        (false, Some(_)) => Some(Case { told: PassedStory::permitted(&of.given), ..case(of) }),
        (false, None) => None,
    }
}

fn case(of: &found::Case) -> Case {
    let part = |p: &found::CasePart| CasePart {
        id: p.id.clone(),
        words: p.words.clone(),
        recorded: p.recorded,
        push: Passed::rounded(p.push),
    };
    Case {
        from: Passed::rounded(of.from),
        to: Passed::rounded(of.to),
        log_odds: of.log_odds,
        parts: of.parts.iter().map(part).collect(),
        others: Passed::rounded(of.others),
        told: PassedStory::simulated(&of.given, of.story.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::stability::Leading;

    fn found() -> found::Explanation {
        let leading = |id: &str, importance| Leading {
            feature: 0,
            name: (id.to_owned(), format!("words of {id}")),
            importance,
            rank: 1.0,
            range: (1.0, 3.0),
        };
        let push = |direction| Some(found::Push { size: 0.0312, direction });
        let point = |at, households| found::CurvePoint {
            at: Some(at),
            chance: 0.2,
            folds: (0.1, 0.3),
            local: None,
            shape: None,
            households,
            rows: 2 * households,
        };
        found::Explanation {
            model: "logistic".to_owned(),
            folds: 2,
            rows: 604,
            permutations: 5,
            background: 100,
            sources: Vec::new(),
            facts: Ok(found::Facts {
                offered: 100,
                models: 2,
                concordance: Ok(0.5),
                agreement: Err("none".to_owned()),
                leading: vec![
                    leading("a", 0.02),
                    leading("few", 0.01),
                    leading("b", 0.005),
                    leading("all", 0.001),
                ],
                pushes: vec![push(Some(0.7)), push(None), push(Some(-0.1)), push(Some(1.0))],
                households: vec![10, 9, 200, 300],
            }),
            pushes: Ok(found::How::Sum),
            curves: vec![found::Curve {
                id: "a".to_owned(),
                words: "a".to_owned(),
                points: vec![point(0.0, 300), point(1.0, 9), point(2.0, 10)],
                missing: Some(point(0.0, 3)),
                local: Ok(()),
            }],
            case: Some(Ok(found::Case {
                from: 0.2,
                to: 0.4,
                log_odds: true,
                parts: Vec::new(),
                others: 0.1,
                given: Vec::new(),
                story: None,
            })),
        }
    }

    #[test]
    fn facts_and_points_of_few_households_do_not_leave() {
        let shown = one(&found(), (true, true), true, 10);
        let facts = shown.facts.unwrap();
        assert_eq!(facts.lines.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), ["a", "b", "all"]);
        assert!(facts.some_left_out);
        assert_eq!(
            facts.lines.iter().map(|l| l.way).collect::<Vec<_>>(),
            [Some(Way::Up), Some(Way::Both), Some(Way::Up)]
        );
        assert!((facts.lines[1].share.get() - 0.25).abs() < 1e-12);
        assert_eq!(shown.curves[0].points.iter().map(|p| p.at.unwrap() as i32).collect::<Vec<_>>(), [0, 2]);
        assert!(shown.curves[0].missing.is_none() && shown.rows.get() == Some(600));
        assert!(one(&found(), (true, true), true, 11).curves.is_empty(), "one point is no curve");
    }

    #[test]
    fn what_is_of_single_folds_is_hidden_with_one_of_them() {
        let shown = one(&found(), (true, false), true, 10);
        assert!(shown.facts.unwrap().lines.iter().all(|l| l.range.is_none()));
        assert!(shown.curves[0].points.iter().all(|p| p.folds.is_none()));
    }

    #[test]
    fn a_level_of_few_households_is_not_told() {
        let level = |level: &str, households| found::ProxyLevel {
            level: level.to_owned(),
            households,
            auroc: Ok(Ranged { estimate: 0.6123, low: 0.5, high: 0.7 }),
        };
        let levels = vec![level("a", (10, 10)), level("b", (9, 90)), level("c", (90, 9))];
        let tested = vec![found::Proxy { characteristic: "sex".to_owned(), levels }];
        let shown = proxies(&found::Proxies { tested, untested: vec!["disability".to_owned()] }, &[], 10);
        let estimates: Vec<Option<f64>> = shown.lines.iter().map(|l| l.auroc.estimate()).collect();
        assert_eq!(estimates, [Some(0.612), None, None]);
        assert_eq!(shown.untested, ["disability"]);
    }

    #[test]
    fn nothing_leaves_of_a_hidden_model_and_no_case_of_real_data() {
        let hidden = one(&found(), (false, true), true, 10);
        assert!(hidden.facts.is_err() && hidden.sources.is_err() && hidden.curves.is_empty());
        assert!(one(&found(), (true, true), true, 10).case.unwrap().is_ok());
        assert!(one(&found(), (true, true), false, 10).case.unwrap().is_err());
    }
}
