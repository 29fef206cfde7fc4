//! What a fitted model holds on to of the children it learned from.

use crate::experiment::fit::{FittedModel, Ground};
use crate::explain::trees::Ensemble;
use crate::explain::xgboost_json;
use crate::models::naive_bayes;
use crate::models::registry::Entry;
use crate::models::settings::Settings;
use crate::privacy::anonymity::{Counter, Groups, Structure, number};
use ndarray::Array2;
use rayon::prelude::*;

/// Training rows that are prepared at once.
const BLOCK: usize = 4096;

/// Chances that differ by less than this are the same: the last digits depend on where in a block a row stands.
const SAME: f64 = 1e-9;

/// Looks at a model that was taught by `rows` with these settings.
pub(in crate::experiment) fn of(
    ground: &Ground<'_>,
    (entry, settings): (&Entry, &Settings),
    fitted: &FittedModel,
    rows: &[u32],
) -> Structure {
    let children: Vec<u32> = rows.iter().map(|&i| ground.cohort.rows[i as usize].child).collect();
    let came = ground.came(rows);
    let trees = ensemble(fitted);
    let chances = chances(ground, fitted, rows, (&children, &came));
    let least = settings.of(entry).whole("min_leaf") as u64;
    Structure {
        model: entry.id.to_owned(),
        kept: false,
        rows: rows.len() as u64,
        children: chances.children(),
        parameters: parameters(entry, fitted, trees.as_ref()),
        asked: (least > 0).then_some(least),
        leaves: leaves(ground, fitted, trees, rows, (&children, &came)),
        chances,
    }
}

/// The trees of a model that is a sum of them, or why they cannot be read.
fn ensemble(fitted: &FittedModel) -> Option<Result<Ensemble, String>> {
    let json = fitted.model.xgboost_json()?;
    let read = |json: Vec<u8>| xgboost_json::read(&json).map_err(|e| e.to_string());
    Some(json.map_err(|e| e.to_string()).and_then(read))
}

/// Numbers learned. Of trees as SACRO-ML counts: two a question, one a leaf, and one a tree where trees correct each other.
fn parameters(
    entry: &Entry,
    fitted: &FittedModel,
    trees: Option<&Result<Ensemble, String>>,
) -> Result<u64, String> {
    let width = fitted.prepared.width() as u64;
    if entry.id == naive_bayes::ENTRY.id {
        // For each of two outcomes a mean and a variance of every column; and how frequent the outcome is.
        return Ok(4 * width + 1);
    }
    match trees {
        Some(Ok(trees)) => {
            let (all, leaves) = (trees.trees.len() as u64, trees.leaves() as u64);
            let nodes = trees.trees.iter().map(|tree| tree.nodes.len() as u64).sum::<u64>();
            // A forest's trees have no weights of their own: their mean is taken.
            let weights = if entry.id == "boosting" { all } else { 0 };
            Ok(2 * (nodes - leaves) + leaves + weights)
        }
        Some(Err(why)) => Err(why.clone()),
        None if entry.made_of.is_empty() => {
            fitted.model.parameters().ok_or_else(|| "its numbers are not counted".to_owned())
        }
        None => Err("it is made of several models, whose numbers are not counted together".to_owned()),
    }
}

/// Children by the chance of their rows.
fn chances(
    ground: &Ground<'_>,
    fitted: &FittedModel,
    rows: &[u32],
    (children, came): (&[u32], &[bool]),
) -> Groups {
    let of = |part: &[u32]| -> Vec<u64> {
        // In [0, 1], so that the cast loses nothing but the part; what is no number is 0.
        fitted.chances(ground.matrix, part).iter().map(|p| (p / SAME).round() as u64).collect()
    };
    let keys: Vec<u64> = rows.chunks(BLOCK).flat_map(of).collect();
    let (group, many) = number(&keys);
    let mut counter = Counter::new(children, came);
    counter.add(&group, many);
    counter.groups()
}

/// Children by leaf: of all rows that it learned from, also where a tree was shown some of them only.
fn leaves(
    ground: &Ground<'_>,
    fitted: &FittedModel,
    trees: Option<Result<Ensemble, String>>,
    rows: &[u32],
    (children, came): (&[u32], &[bool]),
) -> Option<Result<Groups, String>> {
    let prepared = |part: &[u32]| fitted.x(ground.matrix, part);
    let mut counter = Counter::new(children, came);
    match trees {
        None => {
            let parts: Option<Vec<(Vec<u32>, usize)>> =
                rows.chunks(BLOCK).map(|part| fitted.model.leaves(&prepared(part))).collect();
            let parts = parts?;
            let many = parts.first().map_or(0, |(_, many)| *many);
            counter.add(&parts.into_iter().flat_map(|(leaves, _)| leaves).collect::<Vec<u32>>(), many);
        }
        Some(Err(why)) => return Some(Err(why)),
        Some(Ok(trees)) => {
            if let Err(error) = trees.check(fitted.prepared.width()) {
                return Some(Err(error.to_string()));
            }
            let blocks: Vec<Array2<f64>> = rows.chunks(BLOCK).map(prepared).collect();
            for tree in &trees.trees {
                let leaves: Vec<Option<usize>> =
                    blocks.par_iter().flat_map_iter(|x| trees.leaves_of(tree, x.view())).collect();
                let leaves: Vec<u32> = leaves.into_iter().flatten().map(|leaf| leaf as u32).collect();
                if leaves.len() == rows.len() {
                    counter.add(&leaves, tree.nodes.len());
                }
            }
        }
    }
    Some(Ok(counter.groups()))
}
