//! Reads models in `XGBoost`'s JSON format (`XGBoost` documentation, "Introduction to Model IO"), as Python's
//! `Booster.save_model` and hessboost write it.
//!
//! Only what gives one number a row from questions of less or more: boosted trees or forests (`gbtree`) for a probability
//! or a mean. Numbers are of single precision there: a value goes left where, rounded to it, it is under the split's.

use super::contributions::Unit;
use super::trees::{Ensemble, Node, Tree};
use serde::Deserialize;

/// Why a model cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum XgboostError {
    /// Not JSON of the form expected.
    #[error("not a model in the JSON of XGBoost: {0}")]
    Json(serde_json::Error),
    /// A booster other than `gbtree`.
    #[error("the booster {0} is not read, only gbtree")]
    Booster(String),
    /// An objective other than `binary:logistic`, `reg:logistic` and `reg:squarederror`.
    #[error("the objective {0} is not read, only binary:logistic, reg:logistic and reg:squarederror")]
    Objective(String),
    /// More than one output, or leaves of many numbers.
    #[error("a model of more than one output is not read")]
    Outputs,
    /// A base score that is not one number, or for a probability one outside (0, 1).
    #[error("the base score {0} is not one number in its range")]
    BaseScore(String),
    /// A split by category in the tree with this number (from 0).
    #[error("tree {0} splits by category, which is not read")]
    Category(usize),
    /// Lists of unequal lengths, or a node that is not there, in the tree with this number.
    #[error("the lists of tree {0} do not fit each other")]
    Tree(usize),
}

#[derive(Deserialize)]
struct Document {
    learner: Learner,
}

#[derive(Deserialize)]
struct Learner {
    gradient_booster: Named,
    learner_model_param: Params,
    objective: Objective,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    model: Model,
}

#[derive(Deserialize)]
struct Objective {
    name: String,
}

#[derive(Deserialize)]
struct Params {
    base_score: Scalar,
}

#[derive(Deserialize, Default)]
struct Model {
    /// Missing in boosters that are not read.
    trees: Option<Vec<Columns>>,
    #[serde(default)]
    tree_info: Vec<u32>,
    /// Weights of trees, where some were dropped out in learning.
    weight_drop: Option<Vec<f32>>,
}

/// Numbers are written as such in lists and as text elsewhere.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(f32),
}

/// True and false in old versions, 1 and 0 in new ones.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Number(u8),
}

/// A tree, as a list over nodes for each property.
#[derive(Deserialize)]
struct Columns {
    left_children: Vec<i32>,
    right_children: Vec<i32>,
    split_indices: Vec<u32>,
    split_conditions: Vec<f32>,
    default_left: Vec<Flag>,
    #[serde(default)]
    split_type: Vec<u8>,
    #[serde(default)]
    leaf_weights: Vec<f32>,
}

/// Reads a model: its margin, which for a probability is in log-odds.
///
/// # Errors
/// With JSON of another form, or a model of a kind that is not read.
pub fn read(json: &[u8]) -> Result<Ensemble, XgboostError> {
    Ok(ensemble_of(json)?.0)
}

/// Reads a model, and says in which units its sum is.
///
/// # Errors
/// As [`read`].
pub fn ensemble_of(json: &[u8]) -> Result<(Ensemble, Unit), XgboostError> {
    let Document { learner } = serde_json::from_slice(json).map_err(XgboostError::Json)?;
    let Named { name, model } = learner.gradient_booster;
    if name != "gbtree" {
        return Err(XgboostError::Booster(name));
    }
    let Some(trees) = model.trees else {
        return Err(XgboostError::Json(serde::de::Error::missing_field("trees")));
    };
    let base = base(&learner.learner_model_param.base_score, &learner.objective.name)?;
    if model.tree_info.iter().any(|output| *output != 0) {
        return Err(XgboostError::Outputs);
    }
    if model.weight_drop.as_ref().is_some_and(|weights| weights.len() != trees.len()) {
        return Err(XgboostError::Tree(trees.len()));
    }
    let weight = |number: usize| model.weight_drop.as_ref().map_or(1.0, |weights| f64::from(weights[number]));
    let read = |(number, columns): (usize, &Columns)| tree(columns, number, weight(number));
    let trees = trees.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let unit = if learner.objective.name == "reg:squarederror" { Unit::Chance } else { Unit::LogOdds };
    Ok((Ensemble { trees, base, scale: 1.0, single: true }, unit))
}

/// The base score, which is written in the units of predictions, in those of the margin.
fn base(stored: &Scalar, objective: &str) -> Result<f64, XgboostError> {
    let (text, number) = match stored {
        Scalar::Number(number) => (number.to_string(), Some(*number)),
        Scalar::Text(text) => {
            let inner = text.trim();
            let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner);
            if inner.contains(',') {
                return Err(XgboostError::Outputs);
            }
            (text.clone(), inner.trim().parse().ok())
        }
    };
    let number = number.filter(|number| number.is_finite()).map(f64::from);
    let margin = match objective {
        "reg:squarederror" => number,
        "binary:logistic" | "reg:logistic" => {
            number.filter(|p| (0.0..=1.0).contains(p)).map(|p| (p / (1.0 - p)).ln()).filter(|m| m.is_finite())
        }
        other => return Err(XgboostError::Objective(other.to_owned())),
    };
    margin.ok_or(XgboostError::BaseScore(text))
}

fn tree(columns: &Columns, number: usize, weight: f64) -> Result<Tree, XgboostError> {
    let Columns { left_children, right_children, split_indices, split_conditions, default_left, .. } =
        columns;
    let nodes = left_children.len();
    let lengths = [right_children.len(), split_indices.len(), split_conditions.len(), default_left.len()];
    let types = columns.split_type.len();
    if lengths.iter().any(|length| *length != nodes) || (types != nodes && types != 0) {
        return Err(XgboostError::Tree(number));
    }
    if !columns.leaf_weights.is_empty() {
        return Err(XgboostError::Outputs);
    }
    let child = |at: i32| {
        usize::try_from(at).ok().filter(|at| (1..nodes).contains(at)).ok_or(XgboostError::Tree(number))
    };
    let node = |at: usize| {
        let number_of = f64::from(split_conditions[at]);
        if left_children[at] == -1 {
            return Ok(Node::Leaf { value: weight * number_of });
        }
        if columns.split_type.get(at).is_some_and(|kind| *kind != 0) {
            return Err(XgboostError::Category(number));
        }
        Ok(Node::Split {
            column: split_indices[at] as usize,
            threshold: number_of,
            missing_left: matches!(default_left[at], Flag::Bool(true) | Flag::Number(1)),
            strict: true,
            left: child(left_children[at])?,
            right: child(right_children[at])?,
        })
    };
    Ok(Tree { nodes: (0..nodes).map(node).collect::<Result<_, _>>()? })
}

#[cfg(test)]
mod tests {
    use super::super::tree_shap::interventional;
    use super::*;
    use ndarray::Array2;
    use serde_json::{Value, json};

    const LOGISTIC: &str = include_str!("../../tests/golden/xgboost/model_logistic.json");
    const SQUARED: &str = include_str!("../../tests/golden/xgboost/model_squared.json");

    fn golden() -> Value {
        serde_json::from_str(include_str!("../../tests/golden/xgboost/expected.json")).unwrap()
    }

    fn table(value: &Value) -> Array2<f64> {
        let rows = value.as_array().unwrap();
        let cells = rows.iter().flat_map(|row| row.as_array().unwrap());
        let cells: Vec<f64> = cells.map(|cell| cell.as_f64().unwrap_or(f64::NAN)).collect();
        Array2::from_shape_vec((rows.len(), cells.len() / rows.len()), cells).unwrap()
    }

    fn list(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|cell| cell.as_f64().unwrap()).collect()
    }

    fn farthest<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
        a.into_iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn margins_and_shap_values_are_those_of_python() {
        let golden = golden();
        let (x, background) = (table(&golden["rows"]), table(&golden["background"]));
        for (name, model) in [("logistic", LOGISTIC), ("squared", SQUARED)] {
            let (golden, ensemble) = (&golden[name], read(model.as_bytes()).unwrap());
            let found = interventional(&ensemble, x.view(), background.view()).unwrap();
            // The library and the package add in single precision.
            let margins = ensemble.predict(x.view()).unwrap();
            assert!(farthest(&margins, &list(&golden["margin"])) < 1e-6);
            assert!((found.expected - golden["expected"].as_f64().unwrap()).abs() < 1e-6);
            assert!(farthest(&found.values, &table(&golden["subsets"])) < 5e-7);
            if !golden["shap"].is_null() {
                assert!(farthest(&found.values, &table(&golden["shap"])) < 1e-7);
            }
        }
    }

    #[test]
    fn predictions_are_those_of_hessboost_that_wrote_the_model() {
        let boosting = (
            include_str!("../../tests/golden/hessboost/model_boosting.json"),
            include_str!("../../tests/golden/hessboost/expected_boosting.json"),
        );
        let forest = (
            include_str!("../../tests/golden/hessboost/model_forest.json"),
            include_str!("../../tests/golden/hessboost/expected_forest.json"),
        );
        for ((model, golden), log_odds) in [(boosting, true), (forest, false)] {
            let golden: Value = serde_json::from_str(golden).unwrap();
            let margins = read(model.as_bytes()).unwrap().predict(table(&golden["rows"]).view()).unwrap();
            let predicted = if log_odds { margins.mapv(|m| 1.0 / (1.0 + (-m).exp())) } else { margins };
            let far = farthest(&predicted, &list(&golden["predictions"]));
            assert!(far < 2e-7, "{far}");
        }
    }

    /// A stump with the changes given.
    fn stump(change: impl Fn(&mut Value)) -> Result<Ensemble, XgboostError> {
        let mut document = json!({"learner": {
            "gradient_booster": {"name": "gbtree", "model": {"tree_info": [0], "trees": [{
                "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [0, 0, 0],
                "split_conditions": [0.1, -1.5, 2.5], "default_left": [1, 0, 0]}]}},
            "learner_model_param": {"base_score": "5E-1", "num_class": "0"},
            "objective": {"name": "binary:logistic"}}});
        change(&mut document["learner"]);
        read(document.to_string().as_bytes())
    }

    #[test]
    fn a_value_equal_to_the_split_in_single_precision_goes_right() {
        let found = stump(|_| ()).unwrap().predict(table(&json!([[0.1], [0.09], [null]])).view()).unwrap();
        assert_eq!(found.to_vec(), [2.5, -1.5, -1.5]);
    }

    #[test]
    fn a_base_score_is_read_in_all_its_forms() {
        let base = |score: Value, objective: &str| {
            stump(|learner| {
                learner["learner_model_param"]["base_score"] = score.clone();
                learner["objective"]["name"] = json!(objective);
            })
            .map(|ensemble| ensemble.base)
        };
        for score in [json!("[2.5E-1]"), json!("2.5E-1"), json!(0.25)] {
            assert!((base(score.clone(), "binary:logistic").unwrap() + 3.0_f64.ln()).abs() < 1e-15);
            assert_eq!(base(score, "reg:squarederror").unwrap().to_bits(), 0.25_f64.to_bits());
        }
        assert!(matches!(base(json!("[1E0]"), "binary:logistic"), Err(XgboostError::BaseScore(_))));
        assert!(matches!(base(json!("x"), "reg:squarederror"), Err(XgboostError::BaseScore(_))));
        assert!(matches!(base(json!("[1,2]"), "reg:squarederror"), Err(XgboostError::Outputs)));
        assert!(matches!(base(json!("[0]"), "rank:ndcg"), Err(XgboostError::Objective(_))));
    }

    #[test]
    fn what_is_not_read_is_refused() {
        let tree = |key: &'static str, value: Value| {
            stump(move |learner| learner["gradient_booster"]["model"]["trees"][0][key] = value.clone())
        };
        let bools = tree("default_left", json!([true, false, false])).unwrap();
        assert_eq!(bools, stump(|_| ()).unwrap());
        assert!(matches!(tree("split_type", json!([1, 0, 0])), Err(XgboostError::Category(0))));
        assert!(matches!(tree("right_children", json!([3, -1, -1])), Err(XgboostError::Tree(0))));
        assert!(matches!(tree("right_children", json!([2])), Err(XgboostError::Tree(0))));
        assert!(matches!(tree("leaf_weights", json!([1.0])), Err(XgboostError::Outputs)));
        let model = |key: &'static str, value: Value| {
            stump(move |learner| learner["gradient_booster"]["model"][key] = value.clone())
        };
        assert!(matches!(model("tree_info", json!([1])), Err(XgboostError::Outputs)));
        let halved = model("weight_drop", json!([0.5])).unwrap();
        assert_eq!(halved.trees[0].nodes[1], Node::Leaf { value: -0.75 });
        let linear = stump(|learner| {
            learner["gradient_booster"] = json!({"name": "gblinear", "model": {"weights": [1.0]}});
        });
        assert!(matches!(linear, Err(XgboostError::Booster(_))));
        let none = stump(|learner| learner["gradient_booster"]["model"] = json!({}));
        assert!(matches!(none, Err(XgboostError::Json(_))));
        assert!(matches!(read(b"{}"), Err(XgboostError::Json(_))));
    }
}
