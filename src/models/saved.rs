//! What is kept of a fitted model: JSON, and bytes where a library has a format of its own.

use super::{Learned, Model};
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A fitted learner as it is written to disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// Numbers by name; keys in a fixed order.
    pub json: Value,
    /// A library's own format; empty where there is none.
    pub binary: Vec<u8>,
}

/// A fitted model that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the fitted model cannot be written: {0}")]
pub struct SaveError(Box<dyn std::error::Error + Send + Sync>);

/// What was written cannot be read as a model of this learner.
#[derive(Debug, thiserror::Error)]
#[error("the fitted learner cannot be read: {0}")]
pub struct LoadError(Box<dyn std::error::Error + Send + Sync>);

impl SaveError {
    /// For the reason given.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

impl LoadError {
    /// For the reason given.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

impl Saved {
    /// All of a value in JSON.
    ///
    /// # Errors
    /// With a value that JSON cannot hold.
    pub fn json(value: &impl Serialize) -> Result<Self, SaveError> {
        let mut json = serde_json::to_value(value).map_err(SaveError::new)?;
        // Maps of libraries come in any order.
        json.sort_all_objects();
        Ok(Self { json, binary: Vec::new() })
    }
}

/// A model that is all JSON.
pub trait AllJson: Serialize {
    /// Numbers that were learned.
    fn learned(&self) -> Option<u64> {
        None
    }
}

impl<T: AllJson> Learned for T {
    fn saved(&self) -> Result<Saved, SaveError> {
        Saved::json(self)
    }

    fn parameters(&self) -> Option<u64> {
        self.learned()
    }
}

/// Reads a model that is all JSON.
///
/// # Errors
/// With JSON that is no such model.
pub fn from_json<M>(saved: &Saved) -> Result<Box<dyn Model>, LoadError>
where
    M: DeserializeOwned + PredictInplace<Array2<f64>, Array1<f64>> + Learned + Send + Sync + 'static,
{
    Ok(Box::new(M::deserialize(&saved.json).map_err(LoadError::new)?))
}
