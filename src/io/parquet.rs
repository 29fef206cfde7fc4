//! A data frame as Parquet.

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter, PolarsResult};
use std::io::Write;

/// Rows of a row group: large, since our columns are few and narrow and compress better together.
const ROW_GROUP: usize = 1 << 20;

/// A frame as the bytes of a file; the same frame gives the same bytes.
///
/// # Errors
/// Returns why the frame could not be laid out.
pub fn bytes(frame: &mut DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Zstd(None));
    // One column at a time, so that the bytes do not depend on the number of threads.
    let writer = writer.with_row_group_size(Some(ROW_GROUP)).set_parallel(false);
    let _length = writer.finish(frame)?;
    Ok(bytes)
}

/// A file written frame by frame, each a row group, so that memory holds one frame.
///
/// # Errors
/// Returns why the file could not be begun. `like` gives names and types of the columns.
pub fn batched<W: Write>(file: W, like: &DataFrame) -> PolarsResult<BatchedWriter<W>> {
    let writer = ParquetWriter::new(file).with_compression(ParquetCompression::Zstd(None));
    writer.with_row_group_size(Some(ROW_GROUP)).set_parallel(false).batched(like.schema())
}
