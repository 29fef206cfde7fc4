//! The floor that touches the disk: atomic writes, digests, settings files. Stages do not; they are given values.

pub mod atomic;
pub mod digest;
pub mod parquet;
pub mod settings;
