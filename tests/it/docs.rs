//! Generated pages are as the code says.

use std::path::Path;

/// Whether a committed page is as the code makes it; where it was deleted, it is made.
fn is_current(file: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if !path.exists() {
        rerefer::io::atomic::write(&path, page.as_bytes()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert!(committed == page, "{file} is out of date: delete it, run this test, and commit the new one");
}

#[test]
fn the_data_dictionary_is_up_to_date() {
    is_current("docs/data-dictionary.md", &rerefer::schema::dictionary::markdown());
}

#[test]
fn the_page_of_learners_is_up_to_date() {
    is_current("docs/learners.md", &rerefer::models::registry::markdown());
}
