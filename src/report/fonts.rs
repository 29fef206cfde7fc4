//! The fonts that come with the program, for paper and for pictures: none of the system's, so that both look the same anywhere.

use std::sync::LazyLock;

/// Font files. One list for all: where it is made, the program holds a copy of each.
pub(super) static FONTS: LazyLock<Vec<&'static [u8]>> = LazyLock::new(|| typst_assets::fonts().collect());
