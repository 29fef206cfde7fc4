//! Shared by all tests: where the reference material is.

use std::path::PathBuf;

/// A folder of the shared reference material, or `None` (said on stderr) where it is absent.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "only tests look for the reference material")]
    let root = std::env::var("REREFER_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let path = PathBuf::from(root).join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is absent; set REREFER_SHARED to the shared reference folder", path.display());
    None
}

/// An experiment without its section `[explain]`, which is its last: for tests of something else.
pub(crate) fn unexplained(text: &str) -> &str {
    let (before, after) = text.split_once("\n# What ").unwrap();
    assert!(after.contains("[explain]") && after.matches("\n[").count() == 1, "{after}");
    before
}
