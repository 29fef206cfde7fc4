//! What is written is plain, and says nothing of one child: the reading level of the summary, words that no output may hold, and
//! numbers as they are written in Britain.

use crate::cli::{code, first_look, rerefer, stderr};
use rerefer::evaluate::Answer;
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::html;
use std::fs;
use tempfile::TempDir;

use crate::report::builder::ingredients;
use crate::report::inputs::service;

/// Words of a text, as read aloud: letters and digits together.
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if c.is_alphanumeric() || c == '-' || c == '\u{2019}' {
            out.last_mut().unwrap().push(c.to_ascii_lowercase());
        } else if !out.last().unwrap().is_empty() {
            out.push(String::new());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

/// Syllables of an English word: groups of vowels, less a silent e.
fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.chars().filter(char::is_ascii_alphabetic).collect();
    let vowel = |c: &char| "aeiouy".contains(*c);
    let groups =
        (0..letters.len()).filter(|i| vowel(&letters[*i]) && (*i == 0 || !vowel(&letters[i - 1]))).count();
    let text: String = letters.iter().collect();
    let silent = (text.ends_with('e') && !text.ends_with("le") && !text.ends_with("ee"))
        || (text.ends_with("ed") && !text.ends_with("ted") && !text.ends_with("ded"));
    (groups - usize::from(silent && groups > 1)).max(1)
}

/// The grade of Flesch and Kincaid (Kincaid and others 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.
fn grade(sentences: &[String]) -> f64 {
    let words: Vec<Vec<String>> = sentences.iter().map(|s| words(s)).filter(|w| !w.is_empty()).collect();
    let count: usize = words.iter().map(Vec::len).sum();
    let parts: usize = words.iter().flatten().map(|w| syllables(w)).sum();
    0.39 * count as f64 / words.len() as f64 + 11.8 * parts as f64 / count as f64 - 15.59
}

/// Sentences: text between full stops, questions and ends of blocks. A colon or a semicolon ends none.
fn sentences(part: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = part;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let end = at + rest[at..].find('>').unwrap();
        if ["</dd", "</dt", "</p", "</li", "</h"].iter().any(|tag| rest[at..].starts_with(tag)) {
            text.push_str(". ");
        }
        rest = &rest[end + 1..];
    }
    let text = format!("{text}{rest} ");
    text.split(". ").flat_map(|s| s.split("? ")).map(str::to_owned).collect()
}

#[test]
fn syllables_and_grades_of_known_texts() {
    let known = [
        ("child", 1),
        ("children", 2),
        ("flagged", 1),
        ("expected", 3),
        ("table", 2),
        ("recorded", 3),
        ("fewer", 2),
    ];
    for (word, count) in known {
        assert_eq!(syllables(word), count, "{word}");
    }
    // 6 words, 6 syllables, one sentence: 0.39 x 6 + 11.8 - 15.59.
    let easy = grade(&["The cat sat on the mat".to_owned()]);
    assert!((easy - (0.39 * 6.0 + 11.8 - 15.59)).abs() < 1e-9);
    let hard = "Heterogeneous multivariable calibration methodology necessitates comprehensive statistical justification";
    assert!(grade(&[hard.to_owned()]) > 20.0);
}

/// The part of a page between two marks.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let at = page.find(from).unwrap();
    &page[at..at + page[at..].find(to).unwrap()]
}

#[test]
fn the_summary_can_be_read_by_who_left_school_at_fourteen() {
    let pages = [Answer::Better, Answer::NoBetter, Answer::CannotSay]
        .map(|answer| html(&disclose(&ingredients(&service(), answer), Profile::default())));
    for page in &pages {
        let summary = sentences(between(page, "<section id=\"summary\"", "</section>"));
        let found = grade(&summary);
        assert!(found <= 9.0, "grade {found}");
        // The sentence that each section begins with, all of them together.
        let leads: Vec<String> = page
            .match_indices("<p class=\"lead\">")
            .flat_map(|(at, _)| sentences(between(&page[at..], "<p", "</p>")))
            .collect();
        assert!(leads.len() > 10, "{}", leads.len());
        let found = grade(&leads);
        assert!(found <= 9.0, "leads: grade {found}");
    }
}

/// No output names a band, a score of risk, or tells anyone to act on a child; numbers, dates and plurals are right.
#[test]
fn no_output_labels_a_child() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let all = out.path().join("all");
    written_as_in_britain(&fs::read_to_string(run.join("report.html")).unwrap());
    let output = rerefer(&["report", run.to_str().unwrap(), "--out", all.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mut texts: Vec<(String, String)> = Vec::new();
    for folder in [&run, &all] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let known = ["html", "json", "md", "csv", "toml", "svg"].map(Some);
            if known.contains(&path.extension().and_then(|e| e.to_str())) {
                texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let help = rerefer(&["--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    let commands: Vec<String> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(commands.len() >= 9, "{commands:?}");
    for command in &commands {
        let output = rerefer(&[command, "--help"]);
        texts.push((format!("{command} --help"), String::from_utf8(output.stdout).unwrap()));
    }
    texts.push(("--help".to_owned(), help));
    assert!(texts.len() >= 15, "{}", texts.len());
    let forbidden = [
        "high risk",
        "high-risk",
        "low risk",
        "low-risk",
        "medium risk",
        "risk score",
        "risk level",
        "risk band",
        "flag this child",
        "riskiest",
        "red, amber",
        "at-risk child",
        "dangerous famil",
    ];
    for (name, text) in &texts {
        let text = text.to_lowercase();
        for word in forbidden {
            assert!(!text.contains(word), "{name} says {word}");
        }
    }
}

/// One of something is no plural, thousands have their comma, and days are not written the American way.
fn written_as_in_britain(page: &str) {
    let text = sentences(between(page, "<main", "</main>")).join(". ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let plural = [
        "children",
        "referrals",
        "households",
        "groups",
        "families",
        "years",
        "facts",
        "months",
        "models",
        "tests",
        "days",
    ];
    for pair in words.windows(2) {
        let noun = pair[1].trim_matches(|c: char| !c.is_alphanumeric());
        assert!(pair[0] != "1" || !plural.contains(&noun), "{pair:?}");
        let bare = pair[0].trim_matches(|c: char| !c.is_ascii_digit());
        let long = bare.len() >= 5 && bare.bytes().all(|b| b.is_ascii_digit());
        assert!(!long || !plural.contains(&noun), "no comma in {pair:?}");
    }
    for american in ["04/01/20", "January 1,", "April 1,"] {
        assert!(!text.contains(american), "{american}");
    }
}
