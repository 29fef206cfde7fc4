//! Generated pages are as the code says.

use std::path::Path;

/// Whether a committed page is as the code makes it; where it was deleted, it is made.
pub(crate) fn is_current(file: &str, page: &str) {
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

/// Every key of the committed experiments as they are meant, with every default filled in, is explained. Settings of learners are
/// in their own page.
#[test]
fn the_page_of_the_experiment_file_has_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/experiment.md")).unwrap();
    for name in ["first-look", "learners", "gate"] {
        let text =
            std::fs::read_to_string(root.join("experiments").join(name).join("experiment.toml")).unwrap();
        let more = if name == "gate" { "" } else { "\n[stability]\n" };
        let permission = "[permission]\nreference = \"EX-2026-1\"\ndate = 2026-01-01\nexpiry = 2026-06-30\npurpose = \"an audit\"\n";
        let more = format!("{more}\n{permission}");
        let experiment = rerefer::experiment::Experiment::read(name, &format!("{text}{more}")).unwrap();
        let (mut section, mut missing) = (String::new(), Vec::new());
        for line in experiment.meant().lines() {
            if let Some(title) = line.strip_prefix('[') {
                section = title.trim_end_matches(']').to_owned();
            } else if let Some((key, _)) = line.split_once(" = ") {
                let own = section.contains('.') || section == "gate" || section.starts_with("[");
                if !own && !page.contains(&format!("`{key}`")) {
                    missing.push(format!("{section}.{key}"));
                }
            }
        }
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}
