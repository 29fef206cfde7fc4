//! Every text that the program can write, in one catalogue, `docs/words.csv`: who edits, translates or objects to the words reads
//! it there. As gettext does, each text stands in the source where it is used, and the catalogue is drawn from the source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Lit;

use crate::docs::is_current;

/// A text of the program: the file it stands in, and its words. `{}` is where a value goes.
struct Text {
    file: String,
    words: String,
}

/// The sources of the program, without tests, in the order of their names.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let test = path.file_stem().is_some_and(|name| name == "tests");
            if path.is_dir() && !test {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !test {
                files.push(path);
            }
        }
    }
    files.sort();
    let name =
        |path: &Path| path.strip_prefix(root.join("src")).unwrap().to_str().unwrap().replace('\\', "/");
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// The text of a literal, if it is one.
fn literal(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(found) = token else { return None };
    match Lit::new(found.clone()) {
        Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Gathers the texts of a stream of tokens. Neighbours in a page, such as `"about " (n) " came back"`, are one text.
fn gather(tokens: TokenStream, out: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = attribute(&tokens, at) {
            at = end;
            continue;
        }
        if let Some(mut text) = literal(&tokens[at]) {
            // A value goes before it as well, where a page writes one there.
            let before = at.checked_sub(1).map(|i| &tokens[i]);
            let attribute = is_punct(before, '=') && is_unread(&tokens[..at - 1]);
            if matches!(before, Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis) {
                text.insert_str(0, "{}");
            }
            while let Some(next) = tokens.get(at + 1) {
                match (literal(next), next) {
                    (Some(more), _) => {
                        let apart =
                            text.ends_with(char::is_alphanumeric) && more.starts_with(char::is_alphabetic);
                        text.push_str(if apart { " | " } else { "" });
                        text.push_str(&more);
                    }
                    (None, TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                        gather(group.stream(), out);
                        text.push_str("{}");
                    }
                    _ => break,
                }
                at += 1;
            }
            if !attribute {
                out.push(text);
            }
        } else if let TokenTree::Group(group) = &tokens[at] {
            gather(group.stream(), out);
        }
        at += 1;
    }
}

/// Where an attribute ends that begins here, and with it what it marks as a test.
fn attribute(tokens: &[TokenTree], at: usize) -> Option<usize> {
    if !is_punct(tokens.get(at), '#') {
        return None;
    }
    let group = at + 1 + usize::from(is_punct(tokens.get(at + 1), '!'));
    let Some(TokenTree::Group(found)) = tokens.get(group) else { return None };
    if found.delimiter() != Delimiter::Bracket {
        return None;
    }
    if found.to_string().replace(' ', "") != "[cfg(test)]" {
        return Some(group + 1);
    }
    let ends = |token: &TokenTree| {
        is_punct(Some(token), ';')
            || matches!(token, TokenTree::Group(item) if item.delimiter() == Delimiter::Brace)
    };
    Some(group + 2 + tokens[group + 1..].iter().position(ends)?)
}

/// Whether the tokens end with the name of an attribute of a page that nobody reads.
fn is_unread(before: &[TokenTree]) -> bool {
    let unread = ["class", "style", "content", "transform", "points", "d", "viewBox"];
    matches!(before.last(), Some(TokenTree::Ident(name)) if unread.iter().any(|u| name == u))
}

/// Whether a text is words that somebody reads, and no key, path or class.
fn is_words(text: &str, page: bool) -> bool {
    let long = |word: &str| word.chars().filter(char::is_ascii_lowercase).count() >= 2;
    let words = text.split_whitespace().filter(|word| long(word)).count();
    let title = page
        && text.chars().next().is_some_and(char::is_uppercase)
        && text.bytes().all(|b| b.is_ascii_alphabetic());
    let code = ["{{", "::", "fn ", "d=\"", ";}"].iter().any(|sign| text.contains(sign));
    !code && (words >= 2 || (title && words == 1))
}

fn texts() -> Vec<Text> {
    let mut out = Vec::new();
    for (file, source) in sources() {
        let mut found = Vec::new();
        gather(source.parse().unwrap(), &mut found);
        let page = file.starts_with("report/");
        for words in found {
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            if is_words(&words, page) {
                out.push(Text { file: file.clone(), words });
            }
        }
    }
    out
}

#[test]
fn texts_are_found_where_they_stand() {
    let source = r#"
        #[doc = "Not a text at all."]
        fn page() { html! { p class="two words" { "Of 100, about " (number("in the middle")) " came back." } (n) " left it" } }
        const LABEL: &str = "Said \
                             on one line";
        const ARIA: Markup = html! { table aria-label="Read it aloud" {} };
        #[cfg(test)]
        mod tests { const T: &str = "never in a test"; }
        const LAST: &str = "the very last";
    "#;
    let mut found = Vec::new();
    gather(source.parse().unwrap(), &mut found);
    let words = [
        "in the middle",
        "Of 100, about {} came back.",
        "{} left it",
        "Said on one line",
        "Read it aloud",
        "the very last",
    ];
    assert_eq!(found, words);
}

#[test]
fn the_catalogue_of_words_is_up_to_date() {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["file", "text"]).unwrap();
    for text in texts() {
        table.write_record([&text.file, &text.words]).unwrap();
    }
    is_current("docs/words.csv", &String::from_utf8(table.into_inner().unwrap()).unwrap());
}

/// A sentence that stands twice can be changed in one place and not in the other.
#[test]
fn no_sentence_of_a_report_stands_twice() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in texts().into_iter().filter(|text| text.file.starts_with("report/")) {
        if text.words.split(' ').count() >= 8 {
            places.entry(text.words).or_default().push(text.file);
        }
    }
    let twice: Vec<_> = places.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

/// Spelling of Britain, and no plural that leaves the reader to choose.
#[test]
fn the_words_are_british_and_their_plurals_are_right() {
    let american = [
        "behavior",
        "color",
        "center",
        "analyze",
        "summarize",
        "recognize",
        "organize",
        "minimize",
        "maximize",
        "generalize",
        "standardized",
        "randomized",
        "characterize",
        "labeled",
        "modeling",
        "labeling",
        "favor",
        "fulfill",
        "judgment",
        "catalog ",
        "dialog ",
        "license for",
        "percent ",
        "toward ",
        " aging ",
    ];
    let unsure = ["(s)", "(es)", "/s ", "and/or", " e.g. ", " i.e. ", "utilis", "prior to"];
    let mut wrong = Vec::new();
    for text in texts() {
        let words = format!("{} ", text.words.to_lowercase());
        for bad in american.iter().chain(&unsure).filter(|bad| words.contains(**bad)) {
            wrong.push(format!("{}: \u{201c}{bad}\u{201d} in {}", text.file, text.words));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
