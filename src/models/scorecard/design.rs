//! What the search reads: columns of few distinct values, be they numbers or yes/no questions.

/// Columns that a card may use. A column has few distinct values (levels), and every row a code that points at one.
pub(crate) trait Design: Sync {
    /// Number of rows.
    fn rows(&self) -> usize;
    /// The distinct values of column `j`, rising.
    fn levels(&self, j: usize) -> Vec<f64>;
    /// For every row the place of its value in [`Design::levels`] of column `j`.
    fn codes(&self, j: usize) -> Vec<u32>;
    /// Σ rᵢ xᵢⱼ over the rows, for every column.
    fn sums(&self, r: &[f64]) -> Vec<f64>;
    /// Σ rᵢ xᵢⱼ² over the rows, for every column.
    fn squares(&self, r: &[f64]) -> Vec<f64>;
}
