//! Generated pages are as the code says.

use std::path::Path;

#[test]
fn the_data_dictionary_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/data-dictionary.md");
    let page = rerefer::schema::dictionary::markdown();
    if !path.exists() {
        rerefer::io::atomic::write(&path, page.as_bytes()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert!(
        committed == page,
        "docs/data-dictionary.md is out of date: delete it, run this test, and commit the new one"
    );
}
