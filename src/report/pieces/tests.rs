use super::*;

/// A page with a table, a figure with a table of its own, and a table in a box.
const PAGE: &str = "<!DOCTYPE html><html><body><main>\
    <section id=\"first\"><h2>First</h2>\
    <table><caption>One</caption><thead><tr><th>Group</th><th>Came back</th></tr></thead>\
    <tbody><tr><th>A</th><td>12</td></tr></tbody></table></section>\
    <section id=\"what-if\"><h2>What if?</h2>\
    <figure id=\"x\"><figcaption><b>Figure 1. </b>A &amp; B</figcaption>\
    <div class=\"picture\"><svg viewBox=\"0 0 100 50\"><title>A</title><rect class=\"bar\" width=\"9\" height=\"9\"></rect></svg></div>\
    <p class=\"words\"><b>In words: </b>A is &lt; B.</p>\
    <table><caption>Two</caption><thead><tr><th>Group</th><th>n</th></tr></thead>\
    <tbody><tr><th>A</th><td><span class=\"hidden\">hidden</span></td></tr></tbody></table></figure>\
    <div class=\"aside\"><table><caption>Three</caption><thead><tr><th>Group</th></tr></thead>\
    <tbody><tr><th>A</th></tr></tbody></table></div></section></main></body></html>";

#[test]
fn pieces_are_named_by_number_and_section_and_figures_know_their_tables() {
    let pieces = Pieces::of(PAGE).unwrap();
    let names: Vec<&str> = pieces.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["table-001-first", "table-002-what-if", "table-003-what-if"]);
    let captions: Vec<&str> = pieces.tables.iter().map(|table| table.grid.caption.as_str()).collect();
    assert_eq!(captions, ["One", "Two", "Three"]);
    let [picture] = pieces.pictures.as_slice() else { panic!("one figure") };
    assert_eq!(picture.name, "figure-001-what-if");
    assert_eq!(
        (picture.tables.as_slice(), picture.section.as_str()),
        (&["table-002-what-if".to_owned()][..], "What if?")
    );
    assert_eq!((picture.caption().as_str(), picture.figure.words.as_str()), ("Figure 1. A & B", "A is < B."));
    assert_eq!(String::from_utf8(pieces.tables[1].csv().unwrap()).unwrap(), "\u{feff}Group,n\nA,hidden\n");
    assert_eq!(
        (name("table", 7, ""), place("table-007-all-groups")),
        ("table-007-page".to_owned(), "all groups".to_owned())
    );
}

#[test]
fn captions_break_between_words_and_lose_none() {
    let text = "Figure 1. A\u{2013}b of  counterclockwiseness, c";
    let lines = wrapped(text, 12);
    assert_eq!(lines, ["Figure 1.", "A\u{2013}b of", "counterclockwiseness,", "c"]);
    assert!(wrapped("", 12).is_empty());
}
