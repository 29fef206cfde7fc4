//! What a replicate of the household bootstrap reads.
//!
//! In: scores, outcomes, folds and households of all rows, and how often each household is drawn. Out: counts and ranks of
//! every cell (all rows, or one level of one grouping).
//!
//! Rows are sorted once for each model, by fold and falling score ([`order`]). A cell ([`cell`]) lists its rows in that
//! order, cut into segments at the borders of fine bins of the score ([`score_bins`]). A replicate is one pass over the
//! list ([`pass`]): only whole numbers are added up, exactly, and with them everything that goes by rank. The running counts
//! at the ends of segments are the cell's histogram of the score; what needs predicted risks (calibration, Brier score,
//! curves) is taken from that, and who is flagged at a capacity is found from it within one segment ([`cuts`]).

pub(super) mod cell;
pub(super) mod cuts;
pub(super) mod draw;
pub(super) mod harmonic;
pub(super) mod order;
pub(super) mod pass;
pub(super) mod score_bins;
