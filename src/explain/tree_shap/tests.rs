use super::super::trees::{Ensemble, Node, Tree, TreeError};
use super::{Explained, interventional};
use ndarray::{Array2, ArrayView2, array, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LEAF: Node = Node::Leaf { value: 0.0 };

fn split(column: usize, threshold: f64, left: usize, right: usize) -> Node {
    Node::Split { column, threshold, missing_left: false, strict: true, left, right }
}

fn one(nodes: Vec<Node>) -> Ensemble {
    Ensemble { trees: vec![Tree { nodes }], base: 0.0, scale: 1.0, single: false }
}

/// A tree grown at random, on columns with replacement, to at most `depth` questions.
fn random_tree(rng: &mut ChaCha8Rng, columns: usize, depth: usize, leaf: f64) -> Tree {
    let mut nodes = vec![LEAF];
    let mut open = vec![(0, 0)];
    while let Some((at, level)) = open.pop() {
        if level == depth || (level > 0 && rng.random::<f64>() < leaf) {
            nodes[at] = Node::Leaf { value: rng.random::<f64>() - 0.5 };
            continue;
        }
        let children = nodes.len();
        nodes.extend([LEAF, LEAF]);
        nodes[at] = Node::Split {
            column: rng.random_range(0..columns),
            threshold: f64::from(rng.random_range(1_u8..8)) / 8.0,
            missing_left: rng.random(),
            strict: rng.random(),
            left: children,
            right: children + 1,
        };
        open.extend([(children, level + 1), (children + 1, level + 1)]);
    }
    Tree { nodes }
}

/// Values on a grid, so that some lie on thresholds; one in ten is missing.
fn random_rows(rng: &mut ChaCha8Rng, rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || match rng.random::<f64>() < 0.1 {
        true => f64::NAN,
        false => f64::from(rng.random_range(0_u8..9)) / 8.0,
    })
}

fn random_ensemble(rng: &mut ChaCha8Rng, trees: usize, columns: usize, depth: usize, leaf: f64) -> Ensemble {
    let trees = (0..trees).map(|_| random_tree(rng, columns, depth, leaf)).collect();
    Ensemble { trees, base: 0.25, scale: 0.5, single: false }
}

/// The Shapley formula over all subsets of columns.
fn by_subsets(ensemble: &Ensemble, x: ArrayView2<f64>, background: ArrayView2<f64>) -> Array2<f64> {
    let columns = x.ncols();
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let mut found = Array2::zeros(x.dim());
    for (row, mut found) in x.rows().into_iter().zip(found.rows_mut()) {
        let worth: Vec<f64> = (0..1_usize << columns)
            .map(|set| {
                let mut mixed = background.to_owned();
                for column in (0..columns).filter(|column| set >> column & 1 == 1) {
                    mixed.column_mut(column).fill(row[column]);
                }
                ensemble.predict(mixed.view()).unwrap().mean().unwrap()
            })
            .collect();
        for column in 0..columns {
            for set in (0..worth.len()).filter(|set| set >> column & 1 == 0) {
                let size = set.count_ones() as usize;
                let weight = factorial(size) * factorial(columns - size - 1) / factorial(columns);
                found[column] += weight * (worth[set | 1 << column] - worth[set]);
            }
        }
    }
    found
}

fn farthest(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    assert_eq!(a.dim(), b.dim());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn bytes(found: &Explained) -> Vec<u64> {
    found.values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn two_questions_share_what_only_both_together_change() {
    // 12 only where both columns are 1; the row is (1, 1), the background (0, 0): each column is worth half of 12.
    let ensemble =
        one(vec![split(0, 0.5, 1, 2), LEAF, split(1, 0.5, 3, 4), LEAF, Node::Leaf { value: 12.0 }]);
    let found = interventional(&ensemble, array![[1.0, 1.0]].view(), array![[0.0, 0.0]].view()).unwrap();
    assert_eq!(found.values, array![[6.0, 6.0]]);
    // Against (1, 0), the first column is the same and worth nothing; the mean over both backgrounds is the mean.
    let found =
        interventional(&ensemble, array![[1.0, 1.0]].view(), array![[0.0, 0.0], [1.0, 0.0]].view()).unwrap();
    assert_eq!(found.values, array![[3.0, 9.0]]);
    // The row (0, 1) against (1, 0): no prediction differs, but the columns pull apart.
    let found = interventional(&ensemble, array![[0.0, 1.0]].view(), array![[1.0, 0.0]].view()).unwrap();
    assert_eq!(found.values, array![[-6.0, 6.0]]);
}

#[test]
fn random_trees_agree_with_the_formula_over_all_subsets() {
    let mut worst: f64 = 0.0;
    for seed in 0..40 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Six questions on five columns: columns come again on one path.
        let ensemble = random_ensemble(&mut rng, 3, 5, 6, 0.2);
        let x = random_rows(&mut rng, 4, 5);
        let background = random_rows(&mut rng, 3, 5);
        let found = interventional(&ensemble, x.view(), background.view()).unwrap();
        worst = worst.max(farthest(&found.values, &by_subsets(&ensemble, x.view(), background.view())));
    }
    assert!(worst < 1e-12, "{worst}");
}

#[test]
fn values_and_the_expected_value_add_up_to_the_prediction() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let ensemble = random_ensemble(&mut rng, 30, 40, 25, 0.4);
    let x = random_rows(&mut rng, 50, 40);
    let background = random_rows(&mut rng, 30, 40);
    let found = interventional(&ensemble, x.view(), background.view()).unwrap();
    let predicted = ensemble.predict(x.view()).unwrap();
    let sums = predicted.iter().zip(found.values.rows());
    let worst = sums.map(|(p, v)| (p - v.sum() - found.expected).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-10, "{worst}");
}

#[test]
fn a_row_has_the_same_bytes_alone_in_company_and_on_any_number_of_threads() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let ensemble = random_ensemble(&mut rng, 10, 12, 8, 0.1);
    let x = random_rows(&mut rng, 37, 12);
    let background = random_rows(&mut rng, 11, 12);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        bytes(&pool.install(|| interventional(&ensemble, x.view(), background.view())).unwrap())
    };
    let together = run(1);
    assert_eq!(together, run(2));
    assert_eq!(together, run(5));
    let alone = (0..37).flat_map(|row| {
        bytes(&interventional(&ensemble, x.slice(s![row..=row, ..]), background.view()).unwrap())
    });
    assert_eq!(together, alone.collect::<Vec<_>>());
}

#[test]
fn a_missing_value_goes_to_its_side() {
    let mut ensemble = one(vec![split(0, 0.5, 1, 2), LEAF, Node::Leaf { value: 1.0 }]);
    let (x, background) = (array![[f64::NAN]], array![[0.0]]);
    let found = interventional(&ensemble, x.view(), background.view()).unwrap();
    assert_eq!(found.values, array![[1.0]]);
    ensemble.trees[0].nodes[0] =
        Node::Split { column: 0, threshold: 0.5, missing_left: true, strict: true, left: 1, right: 2 };
    let found = interventional(&ensemble, x.view(), background.view()).unwrap();
    assert_eq!(found.values, array![[0.0]]);
}

#[test]
fn a_value_on_the_threshold_goes_left_where_that_is_not_strict() {
    let mut ensemble = one(vec![split(0, 0.5, 1, 2), LEAF, Node::Leaf { value: 1.0 }]);
    let (x, background) = (array![[0.5]], array![[0.0]]);
    assert_eq!(interventional(&ensemble, x.view(), background.view()).unwrap().values, array![[1.0]]);
    ensemble.trees[0].nodes[0] =
        Node::Split { column: 0, threshold: 0.5, missing_left: false, strict: false, left: 1, right: 2 };
    assert_eq!(interventional(&ensemble, x.view(), background.view()).unwrap().values, array![[0.0]]);
}

#[test]
fn single_precision_decides_on_which_side_a_value_falls() {
    // 0.1 is under 0.1_f32 in double precision, and the same in single.
    let mut ensemble = one(vec![split(0, f64::from(0.1_f32), 1, 2), LEAF, Node::Leaf { value: 1.0 }]);
    let value = |ensemble: &Ensemble| {
        interventional(ensemble, array![[0.1]].view(), array![[0.0]].view()).unwrap().values[[0, 0]]
    };
    assert_eq!(value(&ensemble).to_bits(), 0.0_f64.to_bits());
    ensemble.single = true;
    assert_eq!(value(&ensemble).to_bits(), 1.0_f64.to_bits());
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let explain = |nodes: Vec<Node>, columns: usize| {
        let x = Array2::zeros((1, columns));
        interventional(&one(nodes), x.view(), x.view()).map(|_| ())
    };
    assert_eq!(explain(vec![], 1), Err(TreeError::Malformed(0)));
    assert_eq!(explain(vec![split(0, 0.5, 0, 0)], 1), Err(TreeError::Malformed(0)));
    assert_eq!(explain(vec![split(0, 0.5, 1, 2), LEAF], 1), Err(TreeError::Malformed(0)));
    assert_eq!(explain(vec![Node::Leaf { value: f64::NAN }], 1), Err(TreeError::Malformed(0)));
    assert_eq!(explain(vec![split(3, 0.5, 1, 2), LEAF, LEAF], 3), Err(TreeError::Column(0)));
    let x = Array2::zeros((1, 2));
    let none = interventional(&one(vec![LEAF]), x.view(), Array2::zeros((0, 2)).view());
    assert_eq!(none, Err(TreeError::Background));
}

#[test]
fn as_many_columns_as_fit_share_alike_and_more_are_refused() {
    // Worth something only where every column is 1: they all share it alike.
    let explain = |columns: usize, value: f64| {
        let questions = (0..columns).flat_map(|i| [split(i, 0.5, 2 * i + 1, 2 * i + 2), LEAF]);
        let ensemble = one(questions.chain([Node::Leaf { value }]).collect());
        interventional(&ensemble, Array2::ones((1, columns)).view(), Array2::zeros((1, columns)).view())
    };
    let found = explain(128, 128.0).unwrap();
    assert!(farthest(&found.values, &Array2::ones((1, 128))) < 1e-12);
    assert_eq!(explain(129, 1.0), Err(TreeError::TooDeep(0)));
    assert_eq!(explain(1025, 1.0), Err(TreeError::TooDeep(0)));
}

#[test]
fn values_are_those_of_the_shap_package_for_a_tree_of_scikit_learn() {
    let text = include_str!("../../../tests/golden/interpretable/expected.json");
    let golden: serde_json::Value = serde_json::from_str(text).unwrap();
    let list = |name: &str| {
        let list = golden["tree"][name].as_array().unwrap();
        list.iter().map(|v| v.as_f64().unwrap()).collect::<Vec<f64>>()
    };
    let (feature, threshold) = (list("feature"), list("threshold"));
    let (left, right, value) = (list("left"), list("right"), list("value_class1"));
    let node = |i: usize| match feature[i] < 0.0 {
        true => Node::Leaf { value: value[i] },
        false => Node::Split {
            column: feature[i] as usize,
            threshold: threshold[i],
            missing_left: true,
            strict: false,
            left: left[i] as usize,
            right: right[i] as usize,
        },
    };
    let mut ensemble = one((0..feature.len()).map(node).collect());
    ensemble.single = true;
    let data = include_str!("../../../tests/golden/interpretable/data/breast_cancer_4.csv");
    let cells: Vec<f64> =
        data.lines().skip(1).flat_map(|l| l.split(',').take(4)).map(|v| v.parse().unwrap()).collect();
    let x = Array2::from_shape_vec((cells.len() / 4, 4), cells).unwrap();
    let found = interventional(&ensemble, x.slice(s![..5, ..]), x.slice(s![..;50, ..])).unwrap();
    let golden = &golden["tree_shap_interventional_bg_every50"];
    assert!((found.expected - golden["expected_value"].as_f64().unwrap()).abs() < 1e-8, "{}", found.expected);
    let rows = golden["rows0_4"].as_array().unwrap().iter();
    let cells = rows.flat_map(|r| r.as_array().unwrap().iter().map(|v| v.as_f64().unwrap())).collect();
    let theirs = Array2::from_shape_vec((5, 4), cells).unwrap();
    // The package adds in single precision.
    let worst = farthest(&found.values, &theirs);
    assert!(worst < 1e-7, "{worst}");
    assert!(
        farthest(&found.values, &by_subsets(&ensemble, x.slice(s![..5, ..]), x.slice(s![..;50, ..]))) < 1e-14
    );
}
